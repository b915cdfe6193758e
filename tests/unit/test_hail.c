/* supervisor/hail */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "hail.h"

static char base[] = "/tmp/test_hail.XXXXXX";
static int dirfd;

static int
setup(void **state)
{
	(void)state;
	signal(SIGPIPE, SIG_IGN);
	strcpy(strrchr(base, '.'), ".XXXXXX");
	assert_non_null(mkdtemp(base));
	dirfd = open(base, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(dirfd >= 0);
	assert_int_equal(mkdirat(dirfd, "s", 0755), 0);
	assert_int_equal(mkdirat(dirfd, "s/supervise", 0755), 0);
	assert_int_equal(mkdirat(dirfd, "s/log", 0755), 0);
	assert_int_equal(mkdirat(dirfd, "s/log/supervise", 0755), 0);
	return 0;
}

static int
teardown(void **state)
{
	char command[80];

	(void)state;
	close(dirfd);
	snprintf(command, sizeof(command), "rm -rf %s", base);
	return system(command);
}

/* As a runsv has it. */
static int
fifo(const char *name)
{
	int fd;

	assert_int_equal(mkfifoat(dirfd, name, 0600), 0);
	fd = openat(dirfd, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	assert_true(fd >= 0);
	return fd;
}

static char
got(int fd)
{
	char c[2] = { 0 };

	assert_int_equal(read(fd, c, 2), 1);
	return c[0];
}

static void
a_living_runsv_is_heard_and_hears(void **state)
{
	int ok, control, log;

	(void)state;
	assert_false(hail_heard(dirfd, "s"));
	assert_int_equal(hail_service(dirfd, "s", 'x'), -ENOENT);
	ok = fifo("s/supervise/ok");
	control = fifo("s/supervise/control");
	log = fifo("s/log/supervise/control");
	assert_true(hail_heard(dirfd, "s"));
	assert_int_equal(hail_service(dirfd, "s", 'x'), 0);
	assert_int_equal(got(control), 'x');
	assert_int_equal(hail_logger(dirfd, "s", 't'), 0);
	assert_int_equal(got(log), 't');
	close(ok);
	close(control);
	assert_false(hail_heard(dirfd, "s"));
	assert_int_equal(hail_service(dirfd, "s", 'x'), -ENXIO);
	close(log);
}

static void
nothing_but_a_fifo_is_written_to(void **state)
{
	struct stat st;
	int fd = openat(dirfd, "s/supervise/control", O_CREAT | O_WRONLY, 0600);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(hail_service(dirfd, "s", 'x'), -EINVAL);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_size, 0);
	close(fd);
	assert_int_equal(symlinkat("../../other", dirfd, "s/supervise/ok"), 0);
	close(fifo("other"));
	assert_false(hail_heard(dirfd, "s"));
}

static void
a_name_of_any_length_does_no_harm(void **state)
{
	char name[2 * NAME_MAX];

	(void)state;
	memset(name, 'n', sizeof(name));
	name[sizeof(name) - 1] = 0;
	assert_int_equal(hail_service(dirfd, name, 'x'), -ENAMETOOLONG);
	name[NAME_MAX] = 0;
	assert_int_equal(hail_service(dirfd, name, 'x'), -ENOENT);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_living_runsv_is_heard_and_hears),
		T(nothing_but_a_fifo_is_written_to),
		T(a_name_of_any_length_does_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
