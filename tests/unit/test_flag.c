/* init/flag */
#define _GNU_SOURCE

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "flag.h"
#include "home.h"

static const char *
at(const char *name)
{
	static char path[96];

	snprintf(path, sizeof(path), "%s/%s", home_path, name);
	return path;
}

static mode_t
mode(const char *name)
{
	struct stat st;

	assert_int_equal(fstatat(home, name, &st, 0), 0);
	return st.st_mode & 07777;
}

static void
a_flag_is_made_set_and_cleared(void **state)
{
	(void)state;
	assert_false(flag_is(at("stopit")));
	assert_false(flag_exists(at("stopit")));
	assert_int_equal(flag_clear(at("stopit")), 0);
	assert_false(flag_exists(at("stopit")));
	assert_int_equal(flag_set(at("stopit")), 0);
	assert_int_equal(mode("stopit"), 0100);
	assert_true(flag_is(at("stopit")));
	assert_int_equal(flag_clear(at("stopit")), 0);
	assert_int_equal(mode("stopit"), 0);
	assert_false(flag_is(at("stopit")));
	assert_true(flag_exists(at("stopit")));
	assert_int_equal(flag_set(at("stopit")), 0);
	assert_true(flag_is(at("stopit")));
	assert_int_equal(flag_set(at("no/stopit")), -ENOENT);
}

static void
only_the_owners_bit_says_yes(void **state)
{
	(void)state;
	assert_int_equal(flag_set(at("reboot")), 0);
	assert_int_equal(chmod(at("reboot"), 0677), 0);
	assert_false(flag_is(at("reboot")));
	assert_int_equal(chmod(at("reboot"), 0700), 0);
	assert_true(flag_is(at("reboot")));
}

static void
a_link_is_followed_though_it_leads_nowhere_yet(void **state)
{
	(void)state;
	assert_int_equal(symlinkat("there", home, "stopit"), 0);
	assert_false(flag_is(at("stopit")));
	assert_int_equal(flag_set(at("stopit")), 0);
	assert_int_equal(mode("there"), 0100);
	assert_true(flag_is(at("stopit")));
}

static void
what_is_no_plain_file_of_ours_says_nothing(void **state)
{
	(void)state;
	assert_int_equal(mkfifoat(home, "fifo", 0700), 0);
	assert_false(flag_is(at("fifo")));
	assert_int_equal(mkdirat(home, "dir", 0700), 0);
	assert_false(flag_is(at("dir")));
	assert_int_equal(flag_set(at("theirs")), 0);
	if (geteuid() != 0)
		return;
	assert_int_equal(chown(at("theirs"), 65534, 65534), 0);
	assert_int_equal(chmod(at("theirs"), 0100), 0);
	assert_false(flag_is(at("theirs")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_flag_is_made_set_and_cleared),
		TEST(only_the_owners_bit_says_yes),
		TEST(a_link_is_followed_though_it_leads_nowhere_yet),
		TEST(what_is_no_plain_file_of_ours_says_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
