/* Ordered rules about a line to one verdict: to the log, to stderr. */
#ifndef WEIR_SELECT_H
#define WEIR_SELECT_H

#include <stdbool.h>
#include <stddef.h>

#include "match.h"

/* Where a verdict sends a line. The two questions are independent. */
enum select_what {
	SELECT_LOG,    /* + and -; selected where no rule says anything */
	SELECT_STDERR, /* e and E; deselected where no rule says anything */
	SELECT_WHATS,
};

struct select_rule {
	struct match match;
	enum select_what what;
	bool yes;
};

struct select {
	struct select_rule *rules; /* in the order of the config */
	size_t n, cap;
	size_t n_of[SELECT_WHATS];
};

struct verdict {
	bool to[SELECT_WHATS];
};

void select_init(struct select *s);

/* Appends a rule and takes the match over (also on failure): 0 or -ENOMEM. */
int select_add(struct select *s, struct match match, enum select_what what,
    bool yes);
void select_free(struct select *s);

/* The last rule of a kind that hits decides, so they are tried from the last
 * to the first and the first hit ends the search. Allocates nothing. */
struct verdict select_line(const struct select *s, struct view line);

/* What the verdict is when no rule hits. */
struct verdict select_default(void);

#endif
