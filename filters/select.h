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
	bool yes;
	unsigned line; /* of the config, for a reader; 0: not known */
};

/* The rules about one question, in the order of the config. */
struct select_list {
	struct select_rule *rule;
	size_t n, cap;
};

struct select {
	struct select_list of[SELECT_WHATS];
};

struct verdict {
	bool to[SELECT_WHATS];
};

void select_init(struct select *s);

/* Appends a rule and takes the match over (also on failure): 0 or -ENOMEM. */
int select_add(struct select *s, struct match match, enum select_what what,
    bool yes);
void select_free(struct select *s);

/* What the verdict is when no rule hits. */
static inline struct verdict
select_default(void)
{
	return (struct verdict){ .to = { [SELECT_LOG] = true } };
}

/* Of each list the last rule that hits decides, so they are tried from the
 * last to the first and the first hit ends the search. Allocates nothing. */
struct verdict select_line(const struct select *s, struct view line);

/* Whether there is any rule to ask. */
static inline bool
select_has_rules(const struct select *s)
{
	return s->of[SELECT_LOG].n || s->of[SELECT_STDERR].n;
}

#endif
