/* supervisor/statfiles */
#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "loop.h"
#include "statfiles.h"
#include "unit/home.h"

static const struct status running = {
	.since_ns = INT64_C(1795000000123456789),
	.pid = 4711,
	.want = WANT_UP,
	.state = STATUS_RUN,
};

/* The inode of a file changes when it is written. */
static ino_t
inode_of(const char *name)
{
	struct stat st;

	assert_return_code(fstatat(home, name, &st, 0), errno);
	return st.st_ino;
}

static void
what_has_not_changed_is_not_written(void **state)
{
	struct statfiles f;
	struct status st = running;
	ino_t pid, stat;

	(void)state;
	statfiles_init(&f);
	statfiles_put(&f, home, "", &st);
	pid = inode_of("pid");
	stat = inode_of("stat");
	assert_return_code(linkat(home, "stat", home, "s", 0), 0);
	assert_return_code(linkat(home, "pid", home, "p", 0), 0);
	statfiles_put(&f, home, "", &st);
	assert_int_equal(inode_of("stat"), stat);
	st.got_term = true;
	statfiles_put(&f, home, "", &st);
	assert_int_not_equal(inode_of("stat"), stat);
	assert_int_equal(inode_of("pid"), pid);
	assert_string_equal(home_text("stat"), "run, got TERM\n");
	st.pid = 0;
	statfiles_put(&f, home, "", &st);
	assert_int_not_equal(inode_of("pid"), pid);
	assert_string_equal(home_text("pid"), "");
}

static void
a_new_file_never_goes_through_what_was_put_in_its_place(void **state)
{
	struct statfiles f;

	(void)state;
	statfiles_init(&f);
	home_put("victim", "precious", 0644);
	assert_return_code(symlinkat("victim", home, "stat.new"), errno);
	statfiles_put(&f, home, "", &running);
	assert_string_equal(home_text("victim"), "precious");
	assert_string_equal(home_text("stat"), "run\n");
	assert_int_equal(home_mode("stat") & S_IFMT, S_IFREG);
}

static void
what_cannot_be_written_is_tried_again(void **state)
{
	struct statfiles f;

	(void)state;
	statfiles_init(&f);
	assert_return_code(mkdirat(home, "stat", 0700), errno);
	assert_return_code(mkdirat(home, "stat/x", 0700), errno);
	assert_int_equal(f.retry_at, LOOP_NEVER);
	statfiles_put(&f, home, "", &running);
	assert_true(
	    f.retry_at > loop_now() && f.retry_at < loop_now() + 2 * LOOP_S);
	unlinkat(home, "stat/x", AT_REMOVEDIR);
	unlinkat(home, "stat", AT_REMOVEDIR);
	statfiles_put(&f, home, "", &running);
	assert_int_equal(f.retry_at, LOOP_NEVER);
	assert_string_equal(home_text("pid"), "4711\n");
	assert_string_equal(home_text("stat"), "run\n");
}

static enum status_want
want_of_record(void)
{
	struct status st = { 0 };
	unsigned char record[STATUS_SIZE];
	int fd = openat(home, "status", O_RDONLY);

	assert_return_code(fd, errno);
	assert_int_equal(read(fd, record, sizeof record), sizeof record);
	close(fd);
	assert_int_equal(status_unpack(&st, record, sizeof record), 0);
	return st.want;
}

static void
where_no_file_can_be_made_the_record_goes_into_the_old_one(void **state)
{
	struct statfiles f;
	struct status st = running;

	(void)state;
	statfiles_init(&f);
	statfiles_put(&f, home, "", &st);
	st.want = WANT_DOWN;
	assert_return_code(mkdirat(home, "status.new", 0700), errno);
	statfiles_put(&f, home, "", &st);
	assert_int_equal(want_of_record(), WANT_DOWN);
	assert_true(f.retry_at != LOOP_NEVER);
	/* ... but not where that has another name, somewhere else. */
	st.want = WANT_UP;
	assert_return_code(linkat(home, "status", home, "mine", 0), errno);
	statfiles_put(&f, home, "", &st);
	assert_int_equal(want_of_record(), WANT_DOWN);
	assert_return_code(unlinkat(home, "mine", 0), errno);
	assert_return_code(unlinkat(home, "status.new", AT_REMOVEDIR), errno);
	statfiles_put(&f, home, "", &st);
	assert_int_equal(want_of_record(), WANT_UP);
	assert_int_equal(f.retry_at, LOOP_NEVER);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_has_not_changed_is_not_written),
		TEST(a_new_file_never_goes_through_what_was_put_in_its_place),
		TEST(what_cannot_be_written_is_tried_again),
		TEST(
		    where_no_file_can_be_made_the_record_goes_into_the_old_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
