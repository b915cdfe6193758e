/* The time in front of a line. */
#include "dated.h"

#include <errno.h>
#include <stdbool.h>

#include "civil.h"
#include "tai.h"

enum { NS_PER_TICK = 10000, TICKS = 5 }; /* the fifth decimal is the last */

#define NS_PER_S INT64_C(1000000000)
#define LAST_S (INT64_MAX / NS_PER_S - 1)

/* n digits at p, or -1. */
static int
digits(const char *p, unsigned n)
{
	int value = 0;

	while (n--) {
		if (*p < '0' || *p > '9')
			return -1;
		value = value * 10 + (*p++ - '0');
	}
	return value;
}

static bool
is_within(int value, int least, int most)
{
	return value >= least && value <= most;
}

/* What is between the digits of YYYY-MM-DD_HH:MM:SS.xxxxx, the _ a T by
 * -ttt. */
static bool
has_form(const char *p)
{
	return p[4] == '-' && p[7] == '-' && (p[10] == '_' || p[10] == 'T') &&
	       p[13] == ':' && p[16] == ':' && p[19] == '.';
}

static int
civil_ns(const char *p, int64_t *ns)
{
	struct civil c = {
		.year = digits(p, 4),
		.month = digits(p + 5, 2),
		.day = digits(p + 8, 2),
		.hour = digits(p + 11, 2),
		.minute = digits(p + 14, 2),
		.second = digits(p + 17, 2),
	};
	int ticks = digits(p + 20, TICKS);
	int64_t s;

	if (!has_form(p) || c.year < 1970 || !is_within(c.month, 1, 12) ||
	    !is_within(c.day, 1, 31) || !is_within(c.hour, 0, 23) ||
	    !is_within(c.minute, 0, 59) || !is_within(c.second, 0, 59) ||
	    ticks < 0)
		return -EINVAL;
	s = civil_to_seconds(&c);
	if (s > LAST_S)
		return -EINVAL;
	*ns = s * NS_PER_S + (int64_t)ticks * NS_PER_TICK;
	return 0;
}

int
dated_ns(struct view line, int64_t *ns)
{
	if (line.n < DATED_SIZE || line.p[DATED_SIZE - 1] != ' ')
		return -EINVAL;
	if (line.p[0] == '@')
		return tai_parse(view_of(line.p, TAI_LABEL), ns);
	return civil_ns(line.p, ns);
}
