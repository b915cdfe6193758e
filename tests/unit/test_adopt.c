/* supervisor/adopt */
#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "adopt.h"
#include "sys.h"
#include "unit/home.h"

/* Some record, with no padding that is not zero. */
static void
fill(struct adopt *a)
{
	memset(a, 0, sizeof *a);
	os_boot_id(a->boot);
	service_init(&a->service, WANT_DOWN);
	a->service.state = SERVICE_RUN;
	a->status = -1;
	a->since_ns = 123456789;
	a->crew[CREW_PROCESS] = (struct adopt_process){ 4711, 99 };
	a->crew[CREW_SCRIPTS + CONTROL_TERM] =
	    (struct adopt_process){ 4712, 100 };
	a->pipe = (struct adopt_file){ 1, 2 };
}

static void
what_is_put_down_is_found_again(void **state)
{
	struct adopt a, b;
	int fd = adopt_open(home);

	(void)state;
	fill(&a);
	assert_true(fd >= 0);
	memcpy(&b, &a, sizeof b);
	assert_int_equal(adopt_read(fd, &b), -ENOENT);
	assert_int_equal(adopt_write(fd, &a), 0);
	close(fd);
	fd = adopt_open(home);
	memset(&b, 0, sizeof b);
	memcpy(b.boot, a.boot, sizeof b.boot);
	assert_int_equal(adopt_read(fd, &b), 0);
	assert_memory_equal(&a, &b, sizeof a);
	a.service.state = SERVICE_FINISH;
	assert_int_equal(adopt_write(fd, &a), 0);
	assert_int_equal(adopt_read(fd, &b), 0);
	assert_int_equal(b.service.state, SERVICE_FINISH);
	close(fd);
}

static void
a_copy_of_a_record_is_none(void **state)
{
	int fd = adopt_open(home), copy;
	struct adopt a, b;
	char bytes[1024];
	ssize_t n;

	(void)state;
	fill(&a);
	memcpy(&b, &a, sizeof b);
	assert_int_equal(adopt_write(fd, &a), 0);
	n = pread(fd, bytes, sizeof bytes, 0);
	assert_true(n > (ssize_t)sizeof a);
	assert_return_code(renameat(home, "adopt", home, "was"), errno);
	copy = adopt_open(home);
	assert_int_equal(pwrite(copy, bytes, (size_t)n, 0), n);
	assert_int_equal(adopt_read(copy, &b), -ENOENT);
	assert_int_equal(adopt_read(fd, &b), 0); /* by any name */
	assert_int_equal(adopt_clear(fd), 0);
	assert_int_equal(adopt_read(fd, &b), -ENOENT);
	close(copy);
	close(fd);
}

static void
another_boots_record_is_none(void **state)
{
	struct adopt a, b;
	int fd = adopt_open(home);

	(void)state;
	fill(&a);
	assert_int_equal(adopt_write(fd, &a), 0);
	memset(&b, 0, sizeof b);
	b.boot[0] = (unsigned char)~a.boot[0];
	assert_int_equal(adopt_read(fd, &b), -ENOENT);
	assert_int_equal(b.crew[CREW_PROCESS].pid, 0);
	close(fd);
}

static void
a_record_with_any_byte_changed_or_missing_is_none(void **state)
{
	struct adopt a, b;
	int fd = adopt_open(home);
	char bytes[1024];
	ssize_t i, n;

	(void)state;
	fill(&a);
	assert_int_equal(adopt_write(fd, &a), 0);
	n = pread(fd, bytes, sizeof bytes, 0);
	assert_true(n > (ssize_t)sizeof a);
	memcpy(&b, &a, sizeof b);
	for (i = 0; i < n; i++) {
		char c = (char)(bytes[i] ^ 4);

		assert_int_equal(pwrite(fd, &c, 1, i), 1);
		assert_int_equal(adopt_read(fd, &b), -ENOENT);
		assert_int_equal(pwrite(fd, bytes + i, 1, i), 1);
	}
	assert_int_equal(adopt_read(fd, &b), 0);
	for (i = 0; i < n; i++) {
		assert_return_code(ftruncate(fd, i), errno);
		assert_int_equal(adopt_read(fd, &b), -ENOENT);
	}
	close(fd);
}

static void
values_that_nobody_writes_are_none(void **state)
{
	struct adopt a, b;
	int fd = adopt_open(home), i;

	(void)state;
	for (i = 0; i < 5; i++) {
		fill(&a);
		if (i == 0)
			a.service.state = SERVICE_STATES;
		if (i == 1)
			a.service.want = WANT_EXIT + 1;
		if (i == 2)
			a.crew[CREW_PROCESS].pid = 1;
		if (i == 3)
			a.crew[CREW_SCRIPTS].pid = -1;
		if (i == 4)
			a.service.after = CONTROLS + 1;
		assert_int_equal(adopt_write(fd, &a), 0);
		memcpy(&b, &a, sizeof b);
		assert_int_equal(adopt_read(fd, &b), -ENOENT);
	}
	close(fd);
}

static void
a_record_that_others_may_write_is_refused(void **state)
{
	int fd;

	(void)state;
	close(adopt_open(home));
	assert_return_code(fchmodat(home, "adopt", 0620, 0), errno);
	assert_int_equal(adopt_open(home), -EPERM);
	assert_return_code(fchmodat(home, "adopt", 0600, 0), errno);
	if (geteuid() == 0) {
		assert_return_code(fchownat(home, "adopt", 1, 1, 0), errno);
		assert_int_equal(adopt_open(home), -EPERM);
	}
	unlinkat(home, "adopt", 0);
	assert_return_code(symlinkat("elsewhere", home, "adopt"), errno);
	assert_int_equal(adopt_open(home), -EPERM);
	fd = openat(home, "elsewhere", O_RDONLY);
	assert_int_equal(fd, -1);
	fd = adopt_renew(home);
	assert_true(fd >= 0);
	close(fd);
	unlinkat(home, "adopt", 0);
	assert_return_code(mkdirat(home, "adopt", 0700), errno);
	assert_true(adopt_renew(home) < 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_put_down_is_found_again),
		TEST(a_copy_of_a_record_is_none),
		TEST(another_boots_record_is_none),
		TEST(a_record_with_any_byte_changed_or_missing_is_none),
		TEST(values_that_nobody_writes_are_none),
		TEST(a_record_that_others_may_write_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
