/* svlogd/current */
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
#include <unistd.h>

#include <cmocka.h>

#include "current.h"
#include "unit/home.h"

static struct stat home_st;
static struct current c;

static int
setup(void **state)
{
	assert_int_equal(enter(state), 0);
	c = (struct current){ .fd = -1 };
	return fstat(home, &home_st);
}

static int
teardown(void **state)
{
	current_leave(&c);
	return leave(state);
}

static void
its_mode_says_how_it_was_left(void **state)
{
	static const struct {
		const char *text;
		mode_t mode;
		enum current_found found;
	} rows[] = {
		{ "", 0644, CURRENT_CLEAN },
		{ "text\n", 0744, CURRENT_CLEAN },
		{ "text\n", 0644, CURRENT_UNDONE },
		{ "text\n", 0711, CURRENT_CLEAN },
	};
	size_t i;

	(void)state;
	assert_int_equal(current_open(&c, home, &home_st), CURRENT_NONE);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		home_put("current", rows[i].text, rows[i].mode);
		assert_int_equal(current_open(&c, home, &home_st),
		    rows[i].found);
		assert_int_equal(c.size, strlen(rows[i].text));
		current_leave(&c);
		assert_int_equal(unlinkat(home, "current", 0), 0);
	}
}

static void
what_is_no_file_of_its_own_is_not_opened(void **state)
{
	(void)state;
	assert_int_equal(mkdirat(home, "current", 0755), 0);
	assert_int_equal(current_open(&c, home, &home_st), CURRENT_UNSAFE);
	assert_true(c.fd < 0);
	assert_int_equal(unlinkat(home, "current", AT_REMOVEDIR), 0);
	assert_int_equal(mkfifoat(home, "current", 0644), 0);
	assert_int_equal(current_open(&c, home, &home_st), CURRENT_UNSAFE);
	assert_int_equal(unlinkat(home, "current", 0), 0);
	assert_int_equal(symlinkat("elsewhere", home, "current"), 0);
	assert_int_equal(current_open(&c, home, &home_st), CURRENT_UNSAFE);
	assert_true(c.fd < 0);
}

static void
a_new_one_replaces_nothing(void **state)
{
	(void)state;
	home_put("current", "text\n", 0644);
	assert_int_equal(current_create(&c, home, 0640), -EEXIST);
	assert_int_equal(unlinkat(home, "current", 0), 0);
	assert_int_equal(current_create(&c, home, 0640), 0);
	assert_int_equal(c.size, 0);
}

/* The parts "one", "", "two", from each byte on. */
static void
a_write_goes_on_where_the_last_one_ended(void **state)
{
	char one[] = "one", two[] = "two", got[8];
	const struct iovec parts[] = { { one, 3 }, { one, 0 }, { two, 3 } };
	size_t skip;

	(void)state;
	assert_int_equal(current_create(&c, home, 0644), 0);
	for (skip = 0; skip <= 6; skip++) {
		assert_int_equal(current_cut(&c, 0), 0);
		assert_int_equal(current_write(&c, parts, 3, skip), 6 - skip);
		assert_int_equal(c.size, 6 - skip);
		assert_int_equal(pread(c.fd, got, sizeof(got), 0), 6 - skip);
		assert_memory_equal(got, &"onetwo"[skip], 6 - skip);
	}
}

static void
the_parts_are_found_again_byte_by_byte(void **state)
{
	char one[] = "one", two[] = "two";
	const struct iovec parts[] = { { one, 3 }, { two, 3 } };
	size_t n;

	(void)state;
	home_put("current", "before one two", 0644);
	assert_int_equal(current_open(&c, home, &home_st), CURRENT_UNDONE);
	for (n = 0; n <= 3; n++)
		assert_true(current_holds(&c, 7, parts, n));
	assert_false(current_holds(&c, 7, parts, 4)); /* a blank */
	assert_false(current_holds(&c, 8, parts, 1));
	assert_int_equal(current_cut(&c, 10), 0);
	assert_int_equal(current_write(&c, parts + 1, 1, 0), 3);
	assert_true(current_holds(&c, 7, parts, 6));
	assert_int_equal(current_cut(&c, 12), 0);
	assert_false(current_holds(&c, 7, parts, 6)); /* it ends before */
}

static void
a_check_tells_who_took_what_away(void **state)
{
	char text[] = "text\n";
	const struct iovec part = { text, 5 };

	(void)state;
	assert_int_equal(current_create(&c, home, 0644), 0);
	assert_int_equal(current_write(&c, &part, 1, 0), 5);
	assert_int_equal(current_check(&c, 5), 0);
	/* Cut before the write: what was written is there. */
	assert_int_equal(current_write(&c, &part, 1, 0), 5);
	assert_int_equal(ftruncate(c.fd, 5), 0);
	assert_int_equal(current_check(&c, 5), 0);
	assert_int_equal(c.size, 5);
	/* Cut behind it: that is gone. */
	assert_int_equal(current_write(&c, &part, 1, 0), 5);
	assert_int_equal(ftruncate(c.fd, 0), 0);
	assert_int_equal(current_check(&c, 5), -ESTALE);
	/* Somebody else appended. */
	assert_int_equal(current_cut(&c, 0), 0);
	assert_int_equal(current_write(&c, &part, 1, 0), 5);
	assert_int_equal(write(c.fd, "more", 4), 4);
	assert_int_equal(current_check(&c, 5), 0);
	assert_int_equal(c.size, 9);
	assert_int_equal(unlinkat(home, "current", 0), 0);
	assert_int_equal(current_check(&c, 5), -ENOENT);
}

/* As one does whose disk is full. */
static void
what_somebody_cut_shorter_does_not_grow(void **state)
{
	char text[] = "text\n";
	const struct iovec part = { text, 5 };
	struct stat st;

	(void)state;
	assert_int_equal(current_create(&c, home, 0644), 0);
	assert_int_equal(current_write(&c, &part, 1, 0), 5);
	assert_int_equal(ftruncate(c.fd, 2), 0);
	assert_int_equal(current_cut(&c, 4), 0);
	assert_int_equal(fstat(c.fd, &st), 0);
	assert_int_equal(st.st_size, 2);
	assert_int_equal(c.size, 2);
}

static void
a_seal_is_the_owner_s_x_bit(void **state)
{
	struct stat st;

	(void)state;
	assert_int_equal(current_seal(&c, 0640), 0); /* there is none */
	assert_int_equal(current_create(&c, home, 0640), 0);
	assert_int_equal(current_seal(&c, 0640), 0);
	assert_true(c.fd < 0);
	assert_int_equal(fstatat(home, "current", &st, 0), 0);
	assert_int_equal(st.st_mode & 07777, 0740);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		T(its_mode_says_how_it_was_left),
		T(what_is_no_file_of_its_own_is_not_opened),
		T(a_new_one_replaces_nothing),
		T(a_write_goes_on_where_the_last_one_ended),
		T(the_parts_are_found_again_byte_by_byte),
		T(a_check_tells_who_took_what_away),
		T(what_somebody_cut_shorter_does_not_grow),
		T(a_seal_is_the_owner_s_x_bit),
	};

	umask(022);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
