/* The one thing all kinds of pattern share: how they end. */
#include "match.h"

void
match_free(struct match *m)
{
	if (m->ops)
		m->ops->free(m->self);
	m->ops = NULL;
	m->self = NULL;
}
