/* lib/civil */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "civil.h"

static const struct {
	int64_t seconds;
	struct civil civil;
} known[] = {
	{ 0, { 1970, 1, 1, 0, 0, 0 } },
	{ -1, { 1969, 12, 31, 23, 59, 59 } },
	{ 68169599, { 1972, 2, 28, 23, 59, 59 } },
	{ 68169600, { 1972, 2, 29, 0, 0, 0 } },
	{ 951782400, { 2000, 2, 29, 0, 0, 0 } },
	{ 951868800, { 2000, 3, 1, 0, 0, 0 } },
	{ 1000000000, { 2001, 9, 9, 1, 46, 40 } },
	{ 1234567890, { 2009, 2, 13, 23, 31, 30 } },
	{ 2147483647, { 2038, 1, 19, 3, 14, 7 } },
	{ 4107542400, { 2100, 3, 1, 0, 0, 0 } },
	{ 253402300799, { 9999, 12, 31, 23, 59, 59 } },
	{ -62135596800, { 1, 1, 1, 0, 0, 0 } },
	{ -62135596801, { 0, 12, 31, 23, 59, 59 } },
	{ -62167219200, { 0, 1, 1, 0, 0, 0 } },
};

static void
assert_civil(struct civil c, struct civil want)
{
	if (c.year != want.year || c.month != want.month || c.day != want.day ||
	    c.hour != want.hour || c.minute != want.minute ||
	    c.second != want.second)
		fail_msg("%lld-%02d-%02d %02d:%02d:%02d, not %lld-%02d-%02d",
		    (long long)c.year, c.month, c.day, c.hour, c.minute,
		    c.second, (long long)want.year, want.month, want.day);
}

static void
known_times_are_known(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		assert_civil(civil_from_seconds(known[i].seconds),
		    known[i].civil);
		assert_true(
		    civil_to_seconds(&known[i].civil) == known[i].seconds);
	}
}

static int
month_days(int64_t year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30,
		31 };
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return days[month - 1] + (month == 2 && leap);
}

/* Counts day by day, as anyone would, from a year that starts a cycle. */
static void
count_days(int64_t first_year, int64_t first_second, int64_t years)
{
	struct civil c = { first_year, 1, 1, 12, 34, 56 };
	int64_t s = first_second + 45296;

	for (; c.year < first_year + years; s += 86400) {
		assert_civil(civil_from_seconds(s), c);
		assert_true(civil_to_seconds(&c) == s);
		if (++c.day > month_days(c.year, c.month)) {
			c.day = 1;
			if (++c.month > 12) {
				c.month = 1;
				c.year++;
			}
		}
	}
}

static void
every_day_follows_the_one_before(void **state)
{
	const int64_t cycle = INT64_C(146097) * 86400; /* 400 years */

	(void)state;
	count_days(-400, -62167219200 - cycle, 1200);
	count_days(1600, -62167219200 + 4 * cycle, 1200);
	count_days(-100000, -62167219200 - 250 * cycle, 400);
	count_days(99600, -62167219200 + 249 * cycle, 401);
}

static void
every_second_of_a_day_comes_back(void **state)
{
	int64_t s;

	(void)state;
	for (s = -86400; s < 86400; s++) {
		struct civil c = civil_from_seconds(s);

		assert_true(civil_to_seconds(&c) == s);
		assert_true(c.hour >= 0 && c.hour < 24 && c.minute >= 0 &&
			    c.minute < 60 && c.second >= 0 && c.second < 60);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_times_are_known),
		cmocka_unit_test(every_day_follows_the_one_before),
		cmocka_unit_test(every_second_of_a_day_comes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
