/* Seconds since 1970 to civil UTC time and back. */
#include "civil.h"

/* Years are counted from March, so that the leap day ends one; then a year
 * is a number of whole 4, 100 and 400 year spans. */
enum {
	DAY_S = 86400,
	DAYS_400 = 146097,
	DAYS_100 = 36524,
	DAYS_4 = 1461,
	DAYS_1 = 365,
	MARCH_0 = 719468, /* days from March 1st of year 0 to 1970 */
};

/* Days from March 1st to the first of each month, March first. */
static const int month_starts[] = { 0, 31, 61, 92, 122, 153, 184, 214, 245, 275,
	306, 337 };

static int64_t
floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* Which of `most` spans of `size` days holds day *left, which becomes the day
 * within it. The last span may be a day longer. */
static int64_t
take_spans(int64_t *left, int64_t size, int64_t most)
{
	int64_t n = *left / size;

	if (n >= most)
		n = most - 1;
	*left -= n * size;
	return n;
}

struct civil
civil_from_seconds(int64_t seconds)
{
	int64_t days = floor_div(seconds, DAY_S);
	int s = (int)(seconds - days * DAY_S);
	int64_t spans = floor_div(days + MARCH_0, DAYS_400);
	int64_t left = days + MARCH_0 - spans * DAYS_400;
	int64_t year = spans * 400;
	struct civil c;
	int m = 11;

	year += take_spans(&left, DAYS_100, 4) * 100;
	year += take_spans(&left, DAYS_4, 25) * 4;
	year += take_spans(&left, DAYS_1, 4);
	while (left < month_starts[m])
		m--;
	c.year = m < 10 ? year : year + 1;
	c.month = m < 10 ? m + 3 : m - 9;
	c.day = (int)left - month_starts[m] + 1;
	c.hour = s / 3600;
	c.minute = s / 60 % 60;
	c.second = s % 60;
	return c;
}

int64_t
civil_to_seconds(const struct civil *c)
{
	int64_t year = c->month > 2 ? c->year : c->year - 1;
	int m = c->month > 2 ? c->month - 3 : c->month + 9;
	int64_t days = year * DAYS_1 + floor_div(year, 4) -
	               floor_div(year, 100) + floor_div(year, 400) +
	               month_starts[m] + c->day - 1 - MARCH_0;

	return days * DAY_S + c->hour * 3600 + c->minute * 60 + c->second;
}
