/* lib/scan */
#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "scan.h"
#include "unit/random.h"

static const struct {
	const char *text;
	size_t whole, line;
	uint64_t count;
} rows[] = {
	{ "", 0, 0, 0 },
	{ "\n", 1, 1, 1 },
	{ "a", 0, 0, 0 },
	{ "a\n", 2, 2, 1 },
	{ "a\nb", 2, 2, 1 },
	{ "ab\n\n", 4, 3, 2 },
	{ "\n\n\n", 3, 1, 3 },
	{ "\na", 1, 1, 1 },
};

static void
lines_end_at_newlines(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct view v = view_str(rows[i].text);

		if (scan_whole_lines(v) != rows[i].whole ||
		    scan_line(v) != rows[i].line ||
		    scan_count(v) != rows[i].count)
			fail_msg("row %zu", i);
	}
}

/* Neither what is behind the room nor what is behind the text is touched: the
 * sanitizer sees it. */
static void
check_copy(struct view v, size_t n)
{
	size_t room = n + random_below(2 * SCAN_COPY);
	char *to = malloc(room ? room : 1);

	scan_copy(to, v, n, room);
	assert_memory_equal(to, v.p, n);
	free(to);
}

/* Line by line, as scan_line() says; some are passed over unasked. */
static void
check_lines(struct view v)
{
	struct scan_ends ends;
	size_t most = random_below(2) ? random_below(100) : v.n, n;
	bool skips = random_below(2);

	scan_begin(&ends);
	while ((n = scan_line(v)) > 0) {
		if (n > most && n > SCAN_AHEAD)
			return; /* it may be found, or not */
		if (skips && random_below(3) == 0) {
			v = view_from(v, n);
			scan_resume(&ends, v);
			continue;
		}
		assert_int_equal(scan_next_line(&ends, v, most), n);
		check_copy(v, n);
		v = view_from(v, n);
	}
	assert_int_equal(scan_next_line(&ends, v, most), 0);
}

/* In a room of its own at every length and alignment, for the sanitizer. */
static void
lines_are_found_and_copied_at_every_length_and_alignment(void **state)
{
	unsigned round;

	(void)state;
	for (round = 0; round < 2000; round++) {
		size_t skip = random_below(40);
		size_t n = round < 400 ? round : random_below(20000), i;
		unsigned one_in = random_below(2) ? 5 : 300;
		char *p = malloc(skip + n + 1);
		uint64_t want = 0;
		size_t last = 0, first = 0;

		for (i = 0; i < n; i++) {
			p[skip + i] =
			    (char)(random_below(one_in) ? random_u64() : '\n');
			if (p[skip + i] != '\n')
				continue;
			want++;
			last = i + 1;
			first = first ? first : i + 1;
		}
		p[skip + n] = '\n'; /* not part of it */
		assert_int_equal(scan_count(view_of(p + skip, n)), want);
		assert_int_equal(scan_whole_lines(view_of(p + skip, n)), last);
		assert_int_equal(scan_line(view_of(p + skip, n)), first);
		check_lines(view_of(p + skip, n));
		free(p);
	}
}

/* As many as fit and no more, and none is forgotten where words are full. */
static void
the_ends_of_many_empty_lines_are_all_found(void **state)
{
	static char text[5 * SCAN_ENDS + 1];
	struct view v = { text, sizeof text };
	struct scan_ends ends;

	(void)state;
	memset(text, '\n', sizeof text);
	scan_begin(&ends);
	for (; v.n > 0; v = view_from(v, 1))
		assert_int_equal(scan_next_line(&ends, v, 1), 1);
}

/* As in a ring: what comes next may lie before what came last. */
static void
ends_in_other_bytes_are_forgotten(void **state)
{
	static char text[] = "a\nbb\nccc\nd\n";
	struct scan_ends ends;

	(void)state;
	scan_begin(&ends);
	assert_int_equal(scan_next_line(&ends, view_of(text + 5, 6), 9), 4);
	scan_resume(&ends, view_of(text, 5));
	assert_int_equal(scan_next_line(&ends, view_of(text, 5), 9), 2);
	scan_resume(&ends, view_of(text + 9, 2));
	assert_int_equal(scan_next_line(&ends, view_of(text + 9, 2), 9), 2);
}

/* A line that is longer than one looks ahead is found if it may be that long,
 * and costs no more than that if not. */
static void
a_long_line_is_looked_for_as_far_as_said(void **state)
{
	enum { LONG = 3 * SCAN_AHEAD };
	static char text[LONG];
	struct view v = { text, sizeof text };
	struct scan_ends ends;

	(void)state;
	memset(text, 'a', sizeof text);
	text[LONG - 1] = '\n';
	scan_begin(&ends);
	assert_int_equal(scan_next_line(&ends, v, LONG), LONG);
	scan_begin(&ends);
	assert_int_equal(scan_next_line(&ends, v, LONG - 1), 0);
}

static void
no_counter_overflows(void **state)
{
	size_t n = 1 << 20;
	char *p = malloc(n);

	(void)state;
	memset(p, '\n', n);
	assert_int_equal(scan_count(view_of(p, n)), n);
	assert_int_equal(scan_count(view_of(p, n - 1)), n - 1);
	memset(p, '\n' + 128, n);
	assert_int_equal(scan_count(view_of(p, n)), 0);
	free(p);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_end_at_newlines),
		cmocka_unit_test(
		    lines_are_found_and_copied_at_every_length_and_alignment),
		cmocka_unit_test(ends_in_other_bytes_are_forgotten),
		cmocka_unit_test(the_ends_of_many_empty_lines_are_all_found),
		cmocka_unit_test(a_long_line_is_looked_for_as_far_as_said),
		cmocka_unit_test(no_counter_overflows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
