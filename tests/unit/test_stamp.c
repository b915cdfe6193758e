/* svlogd/stamp */
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

#include "stamp.h"
#include "unit/random.h"

#define S INT64_C(1000000000)

static const struct {
	enum stamp_style style;
	int64_t ns;
	const char *text;
} rows[] = {
	{ STAMP_NONE, 5, "" },
	{ STAMP_TAI, 0, "@400000000000000a00000000 " },
	{ STAMP_TAI, 1, "@400000000000000a00000001 " },
	{ STAMP_TAI, S - 1, "@400000000000000a3b9ac9ff " },
	{ STAMP_TAI, S, "@400000000000000b00000000 " },
	{ STAMP_CIVIL, 0, "1970-01-01_00:00:00.00000 " },
	{ STAMP_ISO, 0, "1970-01-01T00:00:00.00000 " },
	{ STAMP_CIVIL, 9999, "1970-01-01_00:00:00.00000 " },
	{ STAMP_CIVIL, 10000, "1970-01-01_00:00:00.00001 " },
	{ STAMP_CIVIL, S - 1, "1970-01-01_00:00:00.99999 " },
	{ STAMP_CIVIL, S, "1970-01-01_00:00:01.00000 " },
	{ STAMP_CIVIL, 951782399 * S, "2000-02-28_23:59:59.00000 " },
	{ STAMP_CIVIL, 951782400 * S, "2000-02-29_00:00:00.00000 " },
	{ STAMP_ISO, 4102444799 * S + 123456789, "2099-12-31T23:59:59.12345 " },
	{ STAMP_ISO, INT64_MAX, "2262-04-11T23:47:16.85477 " },
};

static void
a_time_has_its_text_and_decimals_are_cut(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct stamp s;
		struct view v;

		stamp_init(&s, rows[i].style);
		v = stamp_text(&s, rows[i].ns);
		if (!view_eq(v, view_str(rows[i].text)))
			fail_msg("row %zu: %.*s", i, (int)v.n, v.p);
	}
}

static void
what_is_remembered_never_shows(void **state)
{
	static const int64_t steps[] = { 1, 9999, 10000, 12345, S / 3, S,
		61 * S, 90000 * S };
	enum stamp_style style;
	unsigned round;

	(void)state;
	for (style = STAMP_TAI; style <= STAMP_ISO; style++) {
		int64_t ns = INT64_C(1700000000) * S;
		struct stamp s;

		stamp_init(&s, style);
		for (round = 0; round < 200000; round++) {
			struct stamp fresh;
			struct view a, b;

			stamp_init(&fresh, style);
			a = stamp_text(&s, ns);
			b = stamp_text(&fresh, ns);
			if (!view_eq(a, b))
				fail_msg("%ld: %.26s", (long)ns, a.p);
			ns += (int64_t)random_below(
			    (size_t)steps[random_below(8)] + 1);
			if (random_below(1000) == 0) /* it may fall, too */
				ns -= (int64_t)random_below((size_t)(2 * S));
		}
	}
}

static void
stamps_sort_by_time(void **state)
{
	char last[STAMP_SIZE];
	int64_t ns = 0;
	struct stamp s;
	unsigned round;

	(void)state;
	stamp_init(&s, STAMP_TAI);
	memcpy(last, stamp_text(&s, ns).p, STAMP_SIZE);
	for (round = 0; round < 100000; round++) {
		struct view v;

		ns += 1 + (int64_t)random_below((size_t)(S / 2));
		v = stamp_text(&s, ns);
		assert_true(memcmp(last, v.p, STAMP_SIZE) < 0);
		memcpy(last, v.p, STAMP_SIZE);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_time_has_its_text_and_decimals_are_cut),
		cmocka_unit_test(what_is_remembered_never_shows),
		cmocka_unit_test(stamps_sort_by_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
