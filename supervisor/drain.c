/* How long a logger may take whose service is over. */
#include "drain.h"

#include "loop.h"

/* So long it may make no headway; and it is looked at that soon where its
 * input does not end: it may have read all. */
#define STUCK_NS (5 * LOOP_S)
#define OPEN_NS (200 * LOOP_MS)

static int64_t
next_look(bool kept_open, int64_t now)
{
	return now + (kept_open ? OPEN_NS : STUCK_NS);
}

struct drain
drain_none(void)
{
	return (struct drain){ .at = LOOP_NEVER, .left = -1 };
}

void
drain_start(struct drain *d, bool kept_open, int64_t now)
{
	*d = (struct drain){ .at = next_look(kept_open, now), .left = -1 };
}

bool
drain_look(struct drain *d, ssize_t left, bool kept_open, int64_t now)
{
	if (left != d->left)
		d->stuck_at = now + STUCK_NS;
	d->left = left;
	if (left > 0 && now < d->stuck_at) {
		d->at = loop_sooner(next_look(kept_open, now), d->stuck_at);
		return false;
	}
	d->at = LOOP_NEVER;
	return true;
}
