/* A yes/no about a line. */
#ifndef WEIR_MATCH_H
#define WEIR_MATCH_H

#include <stdbool.h>

#include "view.h"

/* What a kind of pattern knows to do; one static instance per kind. */
struct match_ops {
	const char *name; /* "glob", for a reader */
	bool (*hit)(const void *self, struct view line);
	void (*free)(void *self);
};

/* One compiled pattern. `self` belongs to it. */
struct match {
	const struct match_ops *ops;
	void *self;
};

static inline bool
match_hit(const struct match *m, struct view line)
{
	return m->ops->hit(m->self, line);
}

void match_free(struct match *m);

#endif
