/* How far a pattern has looked ahead. */
#include "ahead.h"

enum {
	LOOK_OVER = 16 * 1024, /* as much is looked over at a time, */
	ALONE = 8 * 1024,      /* and as much is not */
	NEAR = 512,            /* where hits are usually closer than that */
};

void
ahead_init(struct ahead *a, const struct match *m)
{
	a->usual = LOOK_OVER;
	ahead_forget(a, m);
}

void
ahead_forget(struct ahead *a, const struct match *m)
{
	a->clear = 0;
	a->alone = m->ops->ahead ? 0 : UINT64_MAX;
}

void
ahead_look(struct ahead *a, const struct match *m, struct view lines,
    uint64_t at)
{
	struct match_ahead found;

	match_look(m, view_first(lines, LOOK_OVER), &found);
	a->clear = at + found.clear;
	a->alone = a->clear + found.hit; /* never before clear */
	a->usual = (7 * a->usual + (found.hit ? found.clear : LOOK_OVER)) / 8;
	if (a->usual < NEAR)
		a->alone += ALONE;
}
