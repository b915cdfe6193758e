/* supervisor/hail */
#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
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
#include "unit/home.h"

static int
setup(void **state)
{
	assert_int_equal(enter(state), 0);
	signal(SIGPIPE, SIG_IGN);
	home_mkdir("s");
	home_mkdir("s/supervise");
	home_mkdir("s/log");
	home_mkdir("s/log/supervise");
	return 0;
}

/* As a runsv has it. */
static int
fifo(const char *name)
{
	int fd;

	assert_int_equal(mkfifoat(home, name, 0600), 0);
	fd = openat(home, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
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
	assert_false(hail_heard(home, "s"));
	assert_int_equal(hail_service(home, "s", 'x'), -ENOENT);
	ok = fifo("s/supervise/ok");
	control = fifo("s/supervise/control");
	log = fifo("s/log/supervise/control");
	assert_true(hail_heard(home, "s"));
	assert_int_equal(hail_service(home, "s", 'x'), 0);
	assert_int_equal(got(control), 'x');
	assert_int_equal(hail_logger(home, "s", 't'), 0);
	assert_int_equal(got(log), 't');
	close(ok);
	close(control);
	assert_false(hail_heard(home, "s"));
	assert_int_equal(hail_service(home, "s", 'x'), -ENXIO);
	close(log);
}

static void
the_end_of_a_runsv_is_told(void **state)
{
	struct pollfd ok = { .events = 0 };
	int there;

	(void)state;
	assert_int_equal(hail_ok(home, "s"), -ENOENT);
	there = fifo("s/supervise/ok");
	ok.fd = hail_ok(home, "s");
	assert_true(ok.fd >= 0);
	assert_int_equal(poll(&ok, 1, 0), 0);
	close(there);
	assert_int_equal(poll(&ok, 1, 0), 1);
	close(ok.fd);
	assert_int_equal(hail_ok(home, "s"), -ENXIO);
}

static void
nothing_but_a_fifo_is_written_to(void **state)
{
	struct stat st;
	int fd = openat(home, "s/supervise/control", O_CREAT | O_WRONLY, 0600);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(hail_service(home, "s", 'x'), -EINVAL);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_size, 0);
	close(fd);
	assert_int_equal(symlinkat("../../other", home, "s/supervise/ok"), 0);
	close(fifo("other"));
	assert_false(hail_heard(home, "s"));
}

static void
a_name_of_any_length_does_no_harm(void **state)
{
	char name[2 * NAME_MAX];

	(void)state;
	memset(name, 'n', sizeof(name));
	name[sizeof(name) - 1] = 0;
	assert_int_equal(hail_service(home, name, 'x'), -ENAMETOOLONG);
	name[NAME_MAX] = 0;
	assert_int_equal(hail_service(home, name, 'x'), -ENOENT);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, leave)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_living_runsv_is_heard_and_hears),
		T(the_end_of_a_runsv_is_told),
		T(nothing_but_a_fifo_is_written_to),
		T(a_name_of_any_length_does_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
