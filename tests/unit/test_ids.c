/* supervisor/ids */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "ids.h"

static const struct {
	const char *text;
	int result;
	uid_t uid;
	size_t n;
	gid_t first, last;
} numbers[] = {
	{ "0:0", 0, 0, 1, 0, 0 },
	{ "1:2", 0, 1, 1, 2, 2 },
	{ "1:2:3", 0, 1, 2, 2, 3 },
	{ "1:2:2", 0, 1, 2, 2, 2 },
	{ "0001:0002", 0, 1, 1, 2, 2 },
	{ "4294967294:4294967294", 0, 4294967294, 1, 4294967294, 4294967294 },
	/* A group is wanted. */
	{ "1", -EINVAL, 0, 0, 0, 0 },
	/* Digits are. */
	{ "", -EINVAL, 0, 0, 0, 0 },
	{ ":", -EINVAL, 0, 0, 0, 0 },
	{ "::", -EINVAL, 0, 0, 0, 0 },
	{ ":1", -EINVAL, 0, 0, 0, 0 },
	{ "1:", -EINVAL, 0, 0, 0, 0 },
	{ "1:2:", -EINVAL, 0, 0, 0, 0 },
	{ "1::3", -EINVAL, 0, 0, 0, 0 },
	{ "-1:2", -EINVAL, 0, 0, 0, 0 },
	{ "+1:2", -EINVAL, 0, 0, 0, 0 },
	{ " 1:2", -EINVAL, 0, 0, 0, 0 },
	{ "1 :2", -EINVAL, 0, 0, 0, 0 },
	{ "1:2x", -EINVAL, 0, 0, 0, 0 },
	{ "0x1:2", -EINVAL, 0, 0, 0, 0 },
	{ "root:2", -EINVAL, 0, 0, 0, 0 },
	/* -1, and what wraps. */
	{ "4294967295:1", -EINVAL, 0, 0, 0, 0 },
	{ "1:4294967295", -EINVAL, 0, 0, 0, 0 },
	{ "4294967296:1", -EINVAL, 0, 0, 0, 0 },
	{ "1:4294967296", -EINVAL, 0, 0, 0, 0 },
	{ "18446744073709551616:1", -EINVAL, 0, 0, 0, 0 },
	{ "1:18446744073709551617", -EINVAL, 0, 0, 0, 0 },
};

static void
numbers_are_digits_and_nothing_else(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		struct ids ids;
		int r = ids_numbers(&ids, view_str(numbers[i].text));

		if (r != numbers[i].result)
			fail_msg("%s: %d", numbers[i].text, r);
		if (r == 0 &&
		    (ids.uid != numbers[i].uid || ids.n != numbers[i].n ||
			ids.gid[0] != numbers[i].first ||
			ids.gid[ids.n - 1] != numbers[i].last))
			fail_msg("%s: %u:%u, %zu", numbers[i].text, ids.uid,
			    ids.gid[0], ids.n);
	}
}

/* `first` and n times ":1". */
static char *
many(const char *first, const char *more, size_t n)
{
	char *text = malloc(64 + n * 16), *at = text;

	assert_non_null(text);
	at += sprintf(at, "%s", first);
	while (n-- > 0)
		at += sprintf(at, "%s", more);
	return text;
}

static void
a_group_too_many_is_an_error(void **state)
{
	struct ids ids;
	char *text;

	(void)state;
	text = many("1", ":7", IDS_GROUPS);
	assert_int_equal(ids_numbers(&ids, view_str(text)), 0);
	assert_int_equal(ids.n, IDS_GROUPS);
	free(text);
	text = many("1", ":7", IDS_GROUPS + 1);
	assert_int_equal(ids_numbers(&ids, view_str(text)), -EINVAL);
	free(text);
	text = many("root", ":root", IDS_GROUPS);
	assert_int_equal(ids_names(&ids, text), 1);
	assert_int_equal(ids.n, IDS_GROUPS);
	free(text);
	text = many("root", ":root", IDS_GROUPS + 1);
	assert_int_equal(ids_names(&ids, text), -E2BIG);
	free(text);
}

/* root is the one name that every system has. */
static const struct {
	const char *text;
	int names, account;
} names[] = {
	{ "root", 1, 1 },
	{ "root:root", 1, 0 },
	{ "root:root:root", 1, 0 },
	{ "", 0, 0 },
	{ ":", 0, 0 },
	{ "root:", 0, 0 },
	{ "root:root:", 0, 0 },
	{ "root::root", 0, 0 },
	{ ":0:0", 0, 0 },
	{ "0", 0, 0 },
	{ "0:0", 0, 0 },
	{ "root:0", 0, 0 },
	{ " root", 0, 0 },
	{ "nosuch user", 0, 0 },
	{ "root:nosuch group", 0, 0 },
	{ "nosuch user:root", 0, 0 },
};

static void
names_are_those_of_the_files(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct ids ids;
		int r = ids_names(&ids, names[i].text);

		if (r != names[i].names)
			fail_msg("%s: %d", names[i].text, r);
		if (r == 1 && (ids.uid != 0 || ids.n < 1 || ids.gid[0] != 0))
			fail_msg("%s: %u:%u", names[i].text, ids.uid,
			    ids.gid[0]);
		r = ids_account(&ids, names[i].text);
		if (r != names[i].account)
			fail_msg("account %s: %d", names[i].text, r);
	}
}

static void
a_name_that_is_too_long_is_unknown(void **state)
{
	char *text = many("root", "x", 5000);
	struct ids ids;

	(void)state;
	assert_int_equal(ids_names(&ids, text), 0);
	text[4] = ':';
	assert_int_equal(ids_names(&ids, text), 0);
	free(text);
}

static void
the_groups_of_a_user_are_added_once_each(void **state)
{
	struct ids ids;
	size_t i, k;

	(void)state;
	assert_int_equal(ids_names(&ids, "root:root"), 1);
	assert_int_equal(ids_add_groups(&ids, "root:root"), 1);
	assert_int_equal(ids.gid[0], 0);
	for (i = 0; i < ids.n; i++)
		for (k = 0; k < i; k++)
			assert_int_not_equal(ids.gid[i], ids.gid[k]);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_digits_and_nothing_else),
		cmocka_unit_test(a_group_too_many_is_an_error),
		cmocka_unit_test(names_are_those_of_the_files),
		cmocka_unit_test(a_name_that_is_too_long_is_unknown),
		cmocka_unit_test(the_groups_of_a_user_are_added_once_each),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
