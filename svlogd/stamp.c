/* A time to the text in front of a line. */
#include "stamp.h"

#include "civil.h"
#include "tai.h"

enum {
	NS_PER_TICK = 10000, /* the fifth decimal */
	TICKS_PER_S = 100000,
};

#define NS_PER_S INT64_C(1000000000)

void
stamp_init(struct stamp *s, enum stamp_style style)
{
	s->style = style;
	s->shown = -1;
	s->until = -1;
}

static void
put_digits(char *end, unsigned n, uint64_t value)
{
	while (n--) {
		*--end = (char)('0' + value % 10);
		value /= 10;
	}
}

static void
put_second(struct stamp *s, int64_t ns)
{
	struct civil c = civil_from_seconds(ns / NS_PER_S);
	char *t = s->text;

	put_digits(t + 4, 4, (uint64_t)c.year);
	t[4] = '-';
	put_digits(t + 7, 2, (uint64_t)c.month);
	t[7] = '-';
	put_digits(t + 10, 2, (uint64_t)c.day);
	t[10] = s->style == STAMP_ISO ? 'T' : '_';
	put_digits(t + 13, 2, (uint64_t)c.hour);
	t[13] = ':';
	put_digits(t + 16, 2, (uint64_t)c.minute);
	t[16] = ':';
	put_digits(t + 19, 2, (uint64_t)c.second);
	t[19] = '.';
}

static void
civil_text(struct stamp *s, int64_t ns)
{
	if (s->shown < 0 || s->shown / NS_PER_S != ns / NS_PER_S)
		put_second(s, ns);
	put_digits(s->text + 25, 5, (uint64_t)(ns / NS_PER_TICK % TICKS_PER_S));
	s->until = ns < INT64_MAX - NS_PER_TICK
	               ? ns - ns % NS_PER_TICK + NS_PER_TICK
	               : ns;
}

struct view
stamp_text(struct stamp *s, int64_t ns)
{
	if (s->style == STAMP_NONE)
		return view_of(s->text, 0);
	if (stamp_covers(s, ns))
		return view_of(s->text, STAMP_SIZE);
	if (s->style == STAMP_TAI && s->shown >= 0)
		tai_label_next(s->text, s->shown, ns);
	else if (s->style == STAMP_TAI)
		tai_label(s->text, ns);
	else
		civil_text(s, ns);
	s->text[STAMP_SIZE - 1] = ' ';
	s->shown = ns;
	return view_of(s->text, STAMP_SIZE);
}
