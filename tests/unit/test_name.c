/* svlogd/name */
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

#include "name.h"

static const struct {
	const char *name;
	bool is_old;
	int64_t ns;
} rows[] = {
	{ "@400000000000000a00000000.s", true, 0 },
	{ "@400000000000000b00000005.u", true, 1000000005 },
	{ "@400000000000000b00000005.t", true, 1000000005 },
	{ "@400000000000000b00000005.x", true, 1000000005 },
	{ "@400000000000000B0000000A.s", true, 1000000010 },
	{ "@400000000000000b00000005xs", true, -1 },
	{ "@400000000000000g00000005.s", true, -1 },
	{ "@400000000000000b3b9aca00.s", true, -1 },
	{ "@zzzzzzzzzzzzzzzzzzzzzzzzzz", true, -1 },
	{ "@400000000000000b00000005.", false, -1 },
	{ "@400000000000000b00000005.ss", false, -1 },
	{ "@400000000000000b00000005.s.gz", true, 1000000005 },
	{ "@400000000000000b00000005.t.gz", true, 1000000005 },
	{ "@400000000000000g00000005.s.gz", true, -1 },
	{ "@400000000000000b00000005.u.gz", false, -1 },
	{ "@400000000000000b00000005.s.gs", false, -1 },
	{ "@400000000000000b00000005xs.gz", false, -1 },
	{ "@400000000000000b00000005.s.g", false, -1 },
	{ "@400000000000000b00000005.s.gzz", false, -1 },
	{ "x400000000000000b00000005.s.gz", false, -1 },
	{ "x400000000000000b00000005.s", false, -1 },
	{ "current", false, -1 },
	{ "@", false, -1 },
	{ "", false, -1 },
};

static void
an_old_name_is_an_at_and_26_more_or_gz(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (name_is_old(rows[i].name) != rows[i].is_old ||
		    name_ns(rows[i].name) != rows[i].ns)
			fail_msg("row %zu", i);
}

static void
a_name_says_what_it_was_made_of(void **state)
{
	static const int64_t times[] = { 0, 1, 999999999, 1000000000,
		INT64_C(1700000000123456789), INT64_MAX };
	static const enum name_kind kinds[] = { NAME_OLD, NAME_UNDONE,
		NAME_TRIAL, NAME_ASIDE };
	char name[NAME_SIZE], other[NAME_SIZE];
	size_t i, k;

	(void)state;
	for (i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		for (k = 0; k < 4; k++) {
			name_make(name, times[i], kinds[k]);
			assert_int_equal(strlen(name), NAME_PLAIN);
			assert_true(name_is_old(name));
			assert_true(name_ns(name) == times[i]);
			assert_int_equal(name_letter(name), kinds[k]);
			name_turn(other, name, NAME_TRIAL);
			assert_int_equal(name_letter(other), 't');
			assert_memory_equal(name, other, NAME_LABEL);
			name_turn(other, name, kinds[k]);
			assert_string_equal(name, other);
			assert_false(name_is_packed(other));
		}
	}
}

static void
a_compressed_name_is_the_same_label(void **state)
{
	char name[NAME_SIZE], packed[NAME_SIZE], other[NAME_SIZE];

	(void)state;
	name_make(name, 1000000005, NAME_OLD);
	name_pack(packed, name, NAME_OLD);
	assert_string_equal(packed, "@400000000000000b00000005.s.gz");
	assert_true(name_is_old(packed) && name_is_packed(packed));
	name_copy(other, packed);
	assert_string_equal(other, packed);
	name_turn(other, packed, NAME_OLD);
	assert_string_equal(other, name);
	name_pack(other, packed, NAME_TRIAL);
	assert_string_equal(other, "@400000000000000b00000005.t.gz");
}

static void
a_finished_file_has_one_of_three_names_the_whole_one_first(void **state)
{
	static const struct {
		const char *name;
		enum name_form form;
	} forms[] = {
		{ "@400000000000000b00000005.s", NAME_FORM_PLAIN },
		{ "@400000000000000b00000005.s.gz", NAME_FORM_PACKED },
		{ "@400000000000000b00000005.u", NAME_FORM_UNDONE },
		{ "@400000000000000b00000005.t", NAME_FORMS },
		{ "@400000000000000b00000005.x", NAME_FORMS },
		{ "@400000000000000b00000005.t.gz", NAME_FORMS },
		{ "@400000000000000b00000005.u.gz", NAME_FORMS },
		{ "@400000000000000g00000005.s", NAME_FORMS },
		{ "current", NAME_FORMS },
		{ "", NAME_FORMS },
	};
	char name[NAME_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
		if (name_form(forms[i].name) != forms[i].form)
			fail_msg("row %zu", i);
	for (size_t i = 0; i < NAME_FORMS; i++) {
		assert_int_equal(forms[i].form, i);
		for (size_t k = 0; k < NAME_FORMS; k++) {
			name_reform(name, forms[k].name, forms[i].form);
			assert_string_equal(name, forms[i].name);
		}
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_old_name_is_an_at_and_26_more_or_gz),
		cmocka_unit_test(a_name_says_what_it_was_made_of),
		cmocka_unit_test(a_compressed_name_is_the_same_label),
		cmocka_unit_test(
		    a_finished_file_has_one_of_three_names_the_whole_one_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
