/* svlogd/pace */
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

#include "pace.h"

#define MS INT64_C(1000000)

enum { PIPE = 65536 };

/* The first read at 1 s, the next `gap` later. */
static const struct {
	int64_t most, gap;
	size_t n;
	int64_t wait;
} rows[] = {
	{ 2 * MS, 100 * MS, 100, 2 * MS },
	{ 2 * MS, 100 * MS, PIPE / 4 - 1, 2 * MS },
	{ 2 * MS, 100 * MS, PIPE / 4, 0 },
	{ 2 * MS, 100 * MS, PIPE, 0 },
	{ 2 * MS, MS, 0, 2 * MS },
	{ 2 * MS, 0, 1, 2 * MS },
	{ 0, 100 * MS, 1, 0 },
};

static void
a_pipe_a_quarter_full_is_read_again_at_once(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int64_t now = 1000 * MS;
		struct pace p;

		pace_init(&p, rows[i].most);
		assert_int_equal(pace_next(&p), 0);
		assert_int_equal(pace_gap(&p, now), 0);
		pace_read(&p, 1, PIPE, now);
		assert_int_equal(pace_next(&p), now + rows[i].most);
		now += rows[i].gap;
		assert_int_equal(pace_gap(&p, now), rows[i].gap);
		pace_read(&p, rows[i].n, PIPE, now);
		if (pace_next(&p) != now + rows[i].wait)
			fail_msg("row %zu: %ld", i,
			    (long)(pace_next(&p) - now));
	}
}

static void
a_wait_is_never_longer_than_allowed(void **state)
{
	int64_t most, gap;
	size_t n;

	(void)state;
	for (most = 0; most <= 1000 * MS; most = most * 3 + MS / 2) {
		for (gap = 0; gap < 100000 * MS; gap = gap * 5 + 1000) {
			for (n = 1; n <= 1 << 20; n *= 4) {
				struct pace p;

				pace_init(&p, most);
				pace_read(&p, 1, PIPE, MS);
				pace_read(&p, n, PIPE, MS + gap);
				assert_true(pace_next(&p) >= MS + gap);
				assert_true(pace_next(&p) <= MS + gap + most);
			}
		}
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pipe_a_quarter_full_is_read_again_at_once),
		cmocka_unit_test(a_wait_is_never_longer_than_allowed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
