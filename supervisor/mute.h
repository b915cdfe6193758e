/* What would be said each second, and is said once a minute. */
#ifndef WEIR_MUTE_H
#define WEIR_MUTE_H

#include <stdbool.h>
#include <stdint.h>

#include "loop.h"

/* Zero: it is to be said. */
struct mute {
	int64_t until;
};

static inline bool
mute_is_on(const struct mute *m)
{
	return loop_now() < m->until;
}

/* It has happened: true where it is to be said, and then not again soon. */
static inline bool
mute_start(struct mute *m)
{
	if (mute_is_on(m))
		return false;
	m->until = loop_now() + 60 * LOOP_S;
	return true;
}

/* It is no longer so: the next time is news. */
static inline void
mute_end(struct mute *m)
{
	m->until = 0;
}

/* The one or the other, where somebody else says it. */
static inline void
mute_while(struct mute *m, bool is_so)
{
	if (is_so)
		mute_start(m);
	else
		mute_end(m);
}

#endif
