/* A yes/no about a line. */
#ifndef WEIR_MATCH_H
#define WEIR_MATCH_H

#include <stdbool.h>
#include <string.h>

#include "view.h"

enum { MATCH_ALL = -1 };

/* What a kind of pattern knows to do; one static instance per kind. */
struct match_ops {
	const char *name; /* "glob", for a reader */
	bool (*hit)(const void *self, struct view scope);
	void (*free)(void *self);
};

/* One compiled pattern. `self` belongs to it. */
struct match {
	const struct match_ops *ops;
	void *self;
	/* The byte from whose first place in the line on it looks: a line
	 * without it is no hit. MATCH_ALL: it looks from the beginning. */
	int from;
};

/* What of the line a pattern with that `from` looks at; p is NULL where there
 * is nothing, and it does not hit. */
static inline struct view
match_scope(int from, struct view line)
{
	const char *at = line.n ? memchr(line.p, from, line.n) : NULL;

	return at ? view_from(line, (size_t)(at - line.p)) : view_of(NULL, 0);
}

static inline bool
match_hit(const struct match *m, struct view line)
{
	if (m->from == MATCH_ALL)
		return m->ops->hit(m->self, line);
	line = match_scope(m->from, line);
	return line.p && m->ops->hit(m->self, line);
}

void match_free(struct match *m);

#endif
