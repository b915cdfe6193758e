/* supervisor/svline */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "svline.h"

#define S INT64_C(1000000000)

/* As runit's sv 2.1.2 prints such a status. */
static const struct {
	struct status st;
	enum svline_normally normally;
	const char *text;
} rows[] = {
	{ { 98 * S, 28706, false, WANT_UP, false, STATUS_RUN }, SVLINE_UP,
	    "(pid 28706) 2s" },
	{ { 98 * S, 28706, true, WANT_UP, false, STATUS_RUN }, SVLINE_UP,
	    "(pid 28706) 2s, paused" },
	{ { 98 * S, 7, false, WANT_UP, false, STATUS_RUN }, SVLINE_DOWN,
	    "(pid 7) 2s, normally down" },
	{ { 98 * S, 7, false, WANT_DOWN, false, STATUS_RUN }, SVLINE_UP,
	    "(pid 7) 2s, want down" },
	{ { 98 * S, 7, false, WANT_EXIT, false, STATUS_RUN }, SVLINE_UP,
	    "(pid 7) 2s, want down" },
	{ { 98 * S, 7, false, WANT_UP, true, STATUS_RUN }, SVLINE_UP,
	    "(pid 7) 2s, got TERM" },
	{ { 98 * S, 7, true, WANT_DOWN, true, STATUS_RUN }, SVLINE_DOWN,
	    "(pid 7) 2s, normally down, paused, want down, got TERM" },
	{ { 98 * S, 7, true, WANT_DOWN, true, STATUS_RUN }, SVLINE_UNKNOWN,
	    "(pid 7) 2s, paused, want down, got TERM" },
	{ { 98 * S, 7, false, WANT_DOWN, true, STATUS_FINISH }, SVLINE_UP,
	    "(pid 7) 2s, want down, got TERM" },
	{ { 98 * S, 7, false, WANT_UP, false, STATUS_FINISH }, SVLINE_UP,
	    "(pid 7) 2s" },
	{ { 98 * S, 0, false, WANT_DOWN, false, STATUS_DOWN }, SVLINE_DOWN,
	    "2s" },
	{ { 98 * S, 0, false, WANT_DOWN, false, STATUS_DOWN }, SVLINE_UP,
	    "2s, normally up" },
	{ { 98 * S, 0, false, WANT_EXIT, false, STATUS_DOWN }, SVLINE_UP,
	    "2s, normally up" },
	{ { 98 * S, 0, false, WANT_UP, false, STATUS_DOWN }, SVLINE_UP,
	    "2s, normally up, want up" },
	{ { 98 * S, 0, false, WANT_UP, false, STATUS_DOWN }, SVLINE_DOWN,
	    "2s, want up" },
	{ { 98 * S, 0, true, WANT_DOWN, true, STATUS_DOWN }, SVLINE_UP,
	    "2s, normally up" },
	{ { 98 * S, 0, false, WANT_UP, false, STATUS_FINISH }, SVLINE_UP,
	    "(pid 0) 2s, normally up, want up" },
	{ { 200 * S, 7, false, WANT_UP, false, STATUS_RUN }, SVLINE_UP,
	    "(pid 7) 0s" },
	{ { 99 * S + 999999999, 7, false, WANT_UP, false, STATUS_RUN },
	    SVLINE_UP, "(pid 7) 1s" },
};

static void
a_line_says_what_runit_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char text[SVLINE_ROOM + 1];
		struct buf b;

		buf_init(&b, text, SVLINE_ROOM);
		svline_state(&b, &rows[i].st, rows[i].normally, 100);
		text[b.n] = 0;
		if (b.over || strcmp(text, rows[i].text) != 0)
			fail_msg("row %zu: %s", i, text);
	}
}

static void
the_longest_line_fits(void **state)
{
	const struct status st = { 0, INT32_MAX, true, WANT_DOWN, true,
		STATUS_FINISH };
	char text[SVLINE_ROOM];
	struct buf b;

	(void)state;
	buf_init(&b, text, SVLINE_ROOM);
	svline_state(&b, &st, SVLINE_DOWN, INT64_MAX);
	assert_false(b.over);
	assert_memory_equal(text, "(pid 2147483647) 9223372036854775807s, ",
	    39);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_says_what_runit_says),
		cmocka_unit_test(the_longest_line_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
