/* svlogd/limit */
#define _GNU_SOURCE

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "limit.h"
#include "unit/random.h"

/* --- the rules, one line after the other --------------------------------- */

static size_t
span_by_lines(uint64_t s, uint64_t l, struct view v, uint64_t size,
    bool in_line, bool *rotate)
{
	size_t at = 0;

	*rotate = false;
	while (s && at < v.n && !*rotate) {
		const char *nl = memchr(v.p + at, '\n', v.n - at);
		size_t n = nl ? (size_t)(nl - (v.p + at)) + 1 : v.n - at;
		uint64_t room = size < s ? s - size : 0;

		/* No line crosses s ... */
		if (n > room && !in_line && size > 0) {
			*rotate = true;
			break;
		}
		/* ... but one that is longer than s itself. */
		if (n > room) {
			at += (size_t)room;
			*rotate = true;
			break;
		}
		at += n;
		size += n;
		in_line = !nl;
		/* A line that ends at s - l or later is the last. */
		if (nl && s >= l && size >= s - l)
			*rotate = true;
	}
	return s ? at : v.n;
}

static const struct {
	uint64_t s, l;
	const char *text;
	uint64_t size;
	bool in_line;
	size_t n;
	bool rotate;
} rows[] = {
	{ 0, 1000, "any\nthing", 5, false, 9, false },
	{ 10, 1000, "", 5, false, 0, false },
	{ 10, 1000, "abc\nd\n", 0, false, 6, false },
	{ 10, 1000, "abcdefghi\n", 0, false, 10, false },
	{ 10, 1000, "abc\n", 10, false, 0, true },
	{ 10, 1000, "abc\n", 12, false, 0, true },
	{ 10, 1000, "abc\n", 7, false, 0, true },
	{ 10, 1000, "abc\n", 6, false, 4, false },
	{ 10, 1000, "abc\nd\n", 6, false, 4, true },
	{ 10, 1000, "abcdefghijkl\n", 0, false, 10, true },
	{ 10, 1000, "abcdefghijkl\n", 1, false, 0, true },
	{ 10, 1000, "abcdefghijkl\n", 1, true, 9, true },
	{ 10, 1000, "abc", 8, true, 2, true },
	{ 10, 1000, "abc", 8, false, 0, true },
	{ 10, 1000, "abc", 7, false, 3, false },
	{ 10, 4, "abc\nd\ne\n", 0, false, 6, true },
	{ 10, 4, "abcde\nd\n", 0, false, 6, true },
	{ 10, 4, "abcdefghi\nd\n", 0, false, 10, true },
	{ 10, 4, "abcdefghij\nd\n", 0, false, 10, true },
	{ 10, 4, "abcdef", 0, false, 6, false },
	{ 10, 4, "a\n", 8, false, 2, true },
	{ 10, 10, "a\nb\n", 0, false, 2, true },
	{ 10, 10, "\n\n", 0, false, 1, true },
	{ UINT64_MAX, 1, "a\nb\n", UINT64_MAX - 3, false, 2, true },
	{ UINT64_MAX, 2, "a\nb\n", 0, false, 4, false },
};

static void
a_span_ends_where_the_rules_say(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct limit m = limit_of(rows[i].s, rows[i].l);
		struct view v = view_str(rows[i].text);
		bool rotate;
		size_t n;

		n = limit_span(&m, v, rows[i].size, rows[i].in_line, &rotate);
		if (n != rows[i].n || rotate != rows[i].rotate)
			fail_msg("row %zu: %zu, %d", i, n, rotate);
		n = span_by_lines(rows[i].s, rows[i].l, v, rows[i].size,
		    rows[i].in_line, &rotate);
		if (n != rows[i].n || rotate != rows[i].rotate)
			fail_msg("model of row %zu: %zu, %d", i, n, rotate);
	}
}

static void
a_span_is_what_line_by_line_gives(void **state)
{
	static const size_t longest[] = { 0, 2, 9, 40, 150 };
	char *text = malloc(300);
	unsigned round;

	(void)state;
	for (round = 0; round < 400000; round++) {
		size_t n = random_below(300), want, is;
		uint64_t s = random_below(220), l = random_below(240);
		uint64_t size = random_below(4) ? random_below(240) : 0;
		bool in_line = random_below(2), r1, r2;
		struct limit m;
		struct view v;

		random_lines(text, n, longest[random_below(5)]);
		v = view_of(text, n);
		m = limit_of(s, l);
		want = span_by_lines(s, l, v, size, in_line, &r1);
		is = limit_span(&m, v, size, in_line, &r2);
		if (want != is || r1 != r2)
			fail_msg("s %lu l %lu size %lu in %d: %zu %d, not "
				 "%zu %d: %.*s",
			    s, l, size, in_line, is, r2, want, r1, (int)n,
			    text);
	}
	free(text);
}

/* It stops at what it needs: in a room of its own for the sanitizer, and with
 * bytes behind it that would change the answer. */
static void
a_span_does_not_look_behind_its_bytes(void **state)
{
	struct limit m = limit_of(10, 4);
	char *text = malloc(3);
	bool rotate;

	(void)state;
	memcpy(text, "abc", 3);
	assert_int_equal(limit_span(&m, view_of(text, 3), 4, false, &rotate),
	    3);
	assert_false(rotate);
	free(text);
	assert_int_equal(
	    limit_span(&m, view_of("a\nb\n", 3), 4, false, &rotate), 2);
	assert_true(rotate);
}

static void
the_questions_about_one_line_agree(void **state)
{
	unsigned round;

	(void)state;
	for (round = 0; round < 200000; round++) {
		uint64_t s = random_below(60), l = random_below(60);
		uint64_t size = random_below(80), n = random_below(80);
		struct limit m = limit_of(s, l);

		assert_int_equal(limit_ends(&m, size),
		    s && s >= l && size >= s - l);
		assert_int_equal(limit_refuses(&m, size, n),
		    s && size > 0 && (size >= s || size + n > s));
		assert_true(limit_room(&m, size) ==
			    (s ? (size < s ? s - size : 0) : UINT64_MAX));
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_span_ends_where_the_rules_say),
		cmocka_unit_test(a_span_is_what_line_by_line_gives),
		cmocka_unit_test(a_span_does_not_look_behind_its_bytes),
		cmocka_unit_test(the_questions_about_one_line_agree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
