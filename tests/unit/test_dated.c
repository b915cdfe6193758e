/* filters/dated */
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

#include "dated.h"
#include "stamp.h"
#include "unit/random.h"

#define S INT64_C(1000000000)

static const struct {
	const char *line;
	int64_t ns; /* -1: it has no stamp */
} rows[] = {
	{ "@400000000000000a00000000 x", 0 },
	{ "@400000000000000a00000001 ", 1 },
	{ "@400000000000000B0000000A and more", S + 10 },
	{ "1970-01-01_00:00:00.00000 ", 0 },
	{ "1970-01-01_00:00:01.00001 x", S + 10000 },
	{ "2000-02-29T00:00:00.00000 x", 951782400 * S },
	{ "2099-12-31T23:59:59.12345 x", 4102444799 * S + 123450000 },
	{ "2262-04-11T23:47:14.85477 x", 9223372034 * S + 854770000 },
	{ "2262-04-11T23:47:17.00000 x", -1 }, /* more ns than there are */
	{ "9999-12-31T23:59:59.00000 x", -1 },
	{ "@400000000000000a00000000", -1 }, /* no blank */
	{ "@400000000000000a00000000x", -1 },
	{ "@400000000000000a3b9aca00 ", -1 },
	{ "@400000000000000g00000000 ", -1 },
	{ "@ffffffffffffffff00000000 ", -1 },
	{ "1969-12-31_23:59:59.00000 ", -1 },
	{ "2000-00-01_00:00:00.00000 ", -1 },
	{ "2000-13-01_00:00:00.00000 ", -1 },
	{ "2000-01-32_00:00:00.00000 ", -1 },
	{ "2000-01-01_24:00:00.00000 ", -1 },
	{ "2000-01-01_00:60:00.00000 ", -1 },
	{ "2000-01-01_00:00:60.00000 ", -1 },
	{ "2000-01-01_00:00:00.0000x ", -1 },
	{ "2000-01-01 00:00:00.00000 ", -1 },
	{ "2000-01-01_00-00:00.00000 ", -1 },
	{ "-200-01-01_00:00:00.00000 ", -1 },
	{ "192.0.2.1 - - [27/Nov/2026:10:00:00", -1 },
	{ "", -1 },
	{ "\n", -1 },
};

static void
a_stamp_is_a_time_and_nothing_else_is(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int64_t ns = -1;
		int rc = dated_ns(view_str(rows[i].line), &ns);

		if (rc != (rows[i].ns < 0 ? -EINVAL : 0) || ns != rows[i].ns)
			fail_msg("row %zu: %d, %lld", i, rc, (long long)ns);
	}
}

static void
every_stamp_is_read_back_as_far_as_it_was_written(void **state)
{
	enum stamp_style style;
	unsigned i;

	(void)state;
	for (style = STAMP_TAI; style <= STAMP_ISO; style++) {
		struct stamp s;

		stamp_init(&s, style);
		for (i = 0; i < 100000; i++) {
			int64_t want = (int64_t)(random_u64() >> 1) -
			               (int64_t)(random_u64() % 3) * S;
			int64_t cut = style == STAMP_TAI ? 1 : 10000, ns;

			if (want < 0 || want > INT64_MAX - 3 * S)
				continue;
			assert_int_equal(dated_ns(stamp_text(&s, want), &ns),
			    0);
			assert_true(ns == want - want % cut);
		}
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stamp_is_a_time_and_nothing_else_is),
		cmocka_unit_test(
		    every_stamp_is_read_back_as_far_as_it_was_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
