/* What people write for a point in time. */
#include "when.h"

#include <errno.h>
#include <stdbool.h>

#include "civil.h"
#include "num.h"
#include "tai.h"

#define NS_PER_S INT64_C(1000000000)

enum {
	DAY_S = 86400,
	FRACTION = 9, /* decimals of a second that count */
};

static const struct num_unit spans[] = {
	{ 's', 1 },
	{ 'm', 60 },
	{ 'h', 3600 },
	{ 'd', DAY_S },
	{ 'w', 7 * DAY_S },
	{ 0, 0 },
};

static int
seconds_to_ns(int64_t s, int64_t part, int64_t *ns)
{
	if (s < 0 || s > (INT64_MAX - part) / NS_PER_S)
		return -ERANGE;
	*ns = s * NS_PER_S + part;
	return 0;
}

static bool
take(struct view *at, const char *set)
{
	if (at->n == 0 || !memchr(set, at->p[0], strlen(set)))
		return false;
	*at = view_from(*at, 1);
	return true;
}

static bool
is_digit(struct view at)
{
	return at.n > 0 && at.p[0] >= '0' && at.p[0] <= '9';
}

/* Exactly n digits. */
static bool
take_digits(struct view *at, int n, int *value)
{
	*value = 0;
	for (; n > 0; n--) {
		if (!is_digit(*at))
			return false;
		*value = *value * 10 + (at->p[0] - '0');
		*at = view_from(*at, 1);
	}
	return true;
}

/* The digits behind a point, as nanoseconds; more than there are of these are
 * passed over. */
static bool
take_fraction(struct view *at, int64_t *part)
{
	int n = 0;

	if (!is_digit(*at))
		return false;
	for (; is_digit(*at); *at = view_from(*at, 1), n++)
		if (n < FRACTION)
			*part = *part * 10 + (at->p[0] - '0');
	for (; n < FRACTION; n++)
		*part *= 10;
	return true;
}

/* HH:MM[:SS[.FRACTION]] */
static bool
take_clock(struct view *at, struct civil *c, int64_t *part)
{
	if (!take_digits(at, 2, &c->hour) || !take(at, ":") ||
	    !take_digits(at, 2, &c->minute))
		return false;
	if (!take(at, ":"))
		return true;
	if (!take_digits(at, 2, &c->second))
		return false;
	return !take(at, ".") || take_fraction(at, part);
}

/* Nothing, Z, +HH:MM or +HHMM, the same with a minus; then the end. */
static bool
take_offset(struct view *at, int64_t *east_s)
{
	int sign = at->n > 0 && at->p[0] == '-' ? -1 : 1;
	int hours = 0, minutes = 0;

	if (take(at, "Z") || at->n == 0)
		return at->n == 0;
	if (!take(at, "+-") || !take_digits(at, 2, &hours))
		return false;
	take(at, ":");
	if (!take_digits(at, 2, &minutes) || hours > 24 || minutes > 59)
		return false;
	*east_s = sign * (hours * 3600 + minutes * 60);
	return at->n == 0;
}

static bool
take_date(struct view *at, struct civil *c)
{
	int year;

	if (!take_digits(at, 4, &year) || !take(at, "-") ||
	    !take_digits(at, 2, &c->month) || !take(at, "-") ||
	    !take_digits(at, 2, &c->day))
		return false;
	c->year = year;
	return true;
}

/* A day or hour that there is not comes back as another one; a leap second is
 * the first of the next minute. */
static bool
is_real(const struct civil *c)
{
	struct civil day = { c->year, c->month, c->day, 0, 0, 0 };
	struct civil same;

	if (c->month < 1 || c->month > 12 || c->day < 1 || c->day > 31 ||
	    c->hour > 23 || c->minute > 59 || c->second > 60)
		return false;
	same = civil_from_seconds(civil_to_seconds(&day));
	return same.day == c->day && same.month == c->month;
}

/* A date, a time of day or both. */
static int
parse_civil(struct view at, int64_t now_ns, int64_t *ns)
{
	struct civil c = civil_from_seconds(now_ns / NS_PER_S);
	bool has_date = at.n > 4 && at.p[4] == '-';
	int64_t part = 0, east_s = 0;

	c.hour = c.minute = c.second = 0;
	if (has_date && !take_date(&at, &c))
		return -EINVAL;
	if (!has_date || take(&at, " _T")) {
		if (!take_clock(&at, &c, &part) || !take_offset(&at, &east_s))
			return -EINVAL;
	} else if (at.n > 0) {
		return -EINVAL;
	}
	if (!is_real(&c))
		return -ERANGE;
	return seconds_to_ns(civil_to_seconds(&c) - east_s, part, ns);
}

/* A label, alone or as a file's name, or seconds. */
static int
parse_at(struct view text, int64_t *ns)
{
	uint64_t s;
	int r;

	if (text.n >= TAI_LABEL &&
	    (text.n == TAI_LABEL || text.p[TAI_LABEL] == '.'))
		return tai_parse(view_first(text, TAI_LABEL), ns);
	r = num_parse(view_from(text, 1), NULL, 0, INT64_MAX / NS_PER_S, &s);
	return r < 0 ? r : seconds_to_ns((int64_t)s, 0, ns);
}

static int
parse_ago(struct view text, int64_t now_ns, int64_t *ns)
{
	uint64_t s;
	int r = num_parse(text, spans, 0, INT64_MAX / NS_PER_S, &s);

	if (r < 0)
		return r;
	*ns = (int64_t)s * NS_PER_S;
	if (*ns > now_ns)
		return -ERANGE;
	*ns = now_ns - *ns;
	return 0;
}

int
when_parse(struct view text, int64_t now_ns, int64_t *ns)
{
	int64_t today = now_ns - now_ns % (DAY_S * NS_PER_S);
	const struct {
		const char *name;
		int64_t ns;
	} words[] = {
		{ "now", now_ns },
		{ "today", today },
		{ "yesterday", today - DAY_S * NS_PER_S },
	};

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (view_eq(text, view_str(words[i].name))) {
			*ns = words[i].ns;
			return 0;
		}
	if (text.n > 1 && text.p[0] == '-')
		return parse_ago(view_from(text, 1), now_ns, ns);
	if (text.n > 1 && text.p[0] == '@')
		return parse_at(text, ns);
	return parse_civil(text, now_ns, ns);
}
