/* A yes/no about a line. */
#ifndef WEIR_MATCH_H
#define WEIR_MATCH_H

#include <stdbool.h>
#include <string.h>

#include "view.h"

enum { MATCH_ALL = -1 };

/* What is known of the lines that begin within `clear` bytes: none is a hit. */
struct match_ahead {
	size_t clear;
	bool hit; /* the line behind them may be one */
};

/* What a kind of pattern knows to do; one static instance per kind. */
struct match_ops {
	const char *name; /* "glob", for a reader */
	bool (*hit)(const void *self, struct view scope);
	void (*free)(void *self);
	/* Says of lines, the first of which begins where `lines` does, what it
	 * knows at a look; of the last the end may be missing. NULL: it only
	 * does them one by one. */
	void (*ahead)(const void *self, struct view lines,
	    struct match_ahead *found);
	bool all; /* every line is a hit */
};

/* One compiled pattern. `self` belongs to it. */
struct match {
	const struct match_ops *ops;
	void *self;
	/* The byte from whose first place in the line on it looks: a line
	 * without it is no hit. MATCH_ALL: it looks from the beginning. */
	int from;
};

/* What is known of the lines at a look, if the pattern can look. */
static inline void
match_look(const struct match *m, struct view lines, struct match_ahead *found)
{
	*found = (struct match_ahead){ 0, true };
	m->ops->ahead(m->self, lines, found);
}

/* Where a byte was found in a line, for the next pattern that asks for it:
 * rules often begin with the same `*"` or `* `. A new line starts with none. */
struct match_found {
	int from;          /* MATCH_ALL: none yet */
	struct view scope; /* the line from there on; p is NULL: not in it */
};

static inline struct match_found
match_none(void)
{
	return (struct match_found){ .from = MATCH_ALL };
}

/* Whether the line is a hit, and *last is of this line. */
static inline bool
match_hit_next(const struct match *m, struct view line,
    struct match_found *last)
{
	const char *at;

	if (m->from == MATCH_ALL)
		return m->ops->hit(m->self, line);
	if (m->from != last->from) {
		at = line.n ? memchr(line.p, m->from, line.n) : NULL;
		last->from = m->from;
		last->scope = at ? view_from(line, (size_t)(at - line.p))
		                 : view_of(NULL, 0);
	}
	return last->scope.p && m->ops->hit(m->self, last->scope);
}

static inline bool
match_hit(const struct match *m, struct view line)
{
	struct match_found last = match_none();

	return match_hit_next(m, line, &last);
}

void match_free(struct match *m);

#endif
