/* lib/buf */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buf.h"

static void
what_is_put_is_there_in_order(void **state)
{
	char mem[32];
	struct buf b;

	(void)state;
	buf_init(&b, mem, sizeof(mem));
	assert_int_equal(buf_room(&b), sizeof(mem));
	buf_str(&b, "one ");
	buf_put(&b, view_of("t\0o", 3));
	buf_ch(&b, ' ');
	buf_u64(&b, 3);
	assert_false(b.over);
	assert_true(view_eq(buf_view(&b), view_of("one t\0o 3", 9)));
	assert_int_equal(buf_room(&b), sizeof(mem) - 9);
}

static void
what_does_not_fit_is_refused_whole_and_remembered(void **state)
{
	char mem[5] = "....#";
	struct buf b;

	(void)state;
	buf_init(&b, mem, 4);
	buf_str(&b, "abc");
	buf_str(&b, "de");
	assert_true(b.over);
	assert_true(view_eq(buf_view(&b), view_str("abc")));
	buf_ch(&b, 'd');
	buf_ch(&b, 'e');
	assert_true(b.over);
	assert_true(view_eq(buf_view(&b), view_str("abcd")));
	assert_int_equal(mem[4], '#');
	buf_init(&b, mem, 4);
	assert_false(b.over);
}

static void
nothing_always_fits(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, NULL, 0);
	buf_put(&b, view_of(NULL, 0));
	assert_false(b.over);
	assert_int_equal(b.n, 0);
}

static const struct {
	uint64_t value;
	const char *text;
} numbers[] = {
	{ 0, "0" },
	{ 7, "7" },
	{ 10, "10" },
	{ 4294967296, "4294967296" },
	{ UINT64_MAX, "18446744073709551615" },
};

static void
a_number_is_put_in_decimal(void **state)
{
	char mem[20], string[BUF_DECIMAL];
	struct buf b;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		buf_init(&b, mem, sizeof(mem));
		buf_u64(&b, numbers[i].value);
		assert_true(view_eq(buf_view(&b), view_str(numbers[i].text)));
		assert_string_equal(buf_decimal(string, numbers[i].value),
		    numbers[i].text);
	}
}

static void
texts_are_joined_to_a_string_or_to_an_empty_one(void **state)
{
	char mem[8];

	(void)state;
	assert_true(
	    buf_join(mem, sizeof(mem), "abc", "", "/", "def", (char *)0));
	assert_string_equal(mem, "abc/def");
	assert_false(buf_join(mem, sizeof(mem), "abc", "/", "defg", (char *)0));
	assert_string_equal(mem, "");
	assert_false(buf_join(mem, sizeof(mem), "too long", "a", (char *)0));
	assert_string_equal(mem, "");
	assert_true(buf_join(mem, sizeof(mem), "", (char *)0));
	assert_string_equal(mem, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_put_is_there_in_order),
		cmocka_unit_test(
		    what_does_not_fit_is_refused_whole_and_remembered),
		cmocka_unit_test(nothing_always_fits),
		cmocka_unit_test(a_number_is_put_in_decimal),
		cmocka_unit_test(
		    texts_are_joined_to_a_string_or_to_an_empty_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
