/* lib/scan */
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

static void
check_copy(struct view v, size_t line)
{
	size_t room =
	    random_below(2) ? random_below(v.n + 40) : line + random_below(3);
	char *to = malloc(room ? room : 1);
	size_t n = scan_copy_line(to, v, room);

	assert_int_equal(n, line <= room ? line : 0);
	assert_true(n == 0 || memcmp(to, v.p, n) == 0);
	free(to);
}

/* In a room of its own at every length and alignment, for the sanitizer. */
static void
lines_are_found_and_copied_at_every_length_and_alignment(void **state)
{
	unsigned round;

	(void)state;
	for (round = 0; round < 4000; round++) {
		size_t skip = random_below(40);
		size_t n = round < 400 ? round : random_below(20000), i;
		char *p = malloc(skip + n + 1);
		uint64_t want = 0;
		size_t last = 0, first = 0;

		for (i = 0; i < n; i++) {
			p[skip + i] =
			    (char)(random_below(5) ? random_u64() : '\n');
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
		check_copy(view_of(p + skip, n), first);
		free(p);
	}
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
		cmocka_unit_test(no_counter_overflows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
