/* svlogd/safe and svlogd/syncer, where a sync does not do its work */
#define _GNU_SOURCE

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "fault/fault.h"
#include "safe.h"
#include "syncer.h"

static int fd;

static int
enter(void **state)
{
	char path[] = "/tmp/weir-safe-XXXXXX";

	(void)state;
	fault_clear();
	fd = mkstemp(path);
	return fd < 0 || unlink(path) < 0 || fchmod(fd, 0644) < 0 ? -1 : 0;
}

static int
leave(void **state)
{
	(void)state;
	fault_clear();
	return close(fd);
}

static mode_t
mode_of(void)
{
	struct stat st;

	assert_return_code(fstat(fd, &st), errno);
	return st.st_mode & 0777;
}

static int
mark_as(mode_t mode, int err)
{
	int rc;

	fault_call("fsync", 1, err, false);
	rc = safe_mark(fd, mode);
	assert_int_equal(fault_fired(), 1);
	fault_clear();
	return rc;
}

/* On such file systems no file would ever be marked, and each be tried for
 * ever. */
static void
what_cannot_be_synced_is_marked_all_the_same(void **state)
{
	(void)state;
	assert_int_equal(mark_as(0640, EINVAL), 0);
	assert_int_equal(mode_of(), 0740);
	assert_int_equal(mark_as(0600, EROFS), 0);
	assert_int_equal(mode_of(), 0700);
}

static void
a_sync_that_fails_marks_nothing(void **state)
{
	static const int errors[] = { EIO, ENOSPC, EDQUOT, EBADF };

	(void)state;
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		assert_int_equal(mark_as(0640, errors[i]), -errors[i]);
		assert_int_equal(mode_of(), 0644);
	}
}

static int
run_with(int err)
{
	struct syncer s;
	int64_t took;
	int rc;

	syncer_init(&s);
	fault_call("fdatasync", 1, err, false);
	rc = syncer_run(&s, fd, &took);
	assert_int_equal(fault_fired(), 1);
	fault_clear();
	return rc;
}

/* A current whose sync fails is rotated. */
static void
a_current_that_cannot_be_synced_is_no_failure(void **state)
{
	(void)state;
	assert_int_equal(run_with(EINVAL), 0);
	assert_int_equal(run_with(EROFS), 0);
	assert_int_equal(run_with(EIO), -EIO);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, enter, leave)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_cannot_be_synced_is_marked_all_the_same),
		TEST(a_sync_that_fails_marks_nothing),
		TEST(a_current_that_cannot_be_synced_is_no_failure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
