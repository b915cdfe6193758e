/* Ordered rules about a line to one verdict: to the log, to stderr. */
#ifndef WEIR_SELECT_H
#define WEIR_SELECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ahead.h"
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
	struct ahead *ahead; /* one for each of them */
	size_t n, cap;
};

struct select {
	struct select_list of[SELECT_WHATS];
	bool looks_ahead; /* there are rules that can */
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

/* The same of one line of many, which are gone through in their order: `line`
 * is the first of `lines`, which begin at `at` bytes of all that there is. What
 * a rule has found out about the lines ahead is kept until select_forget(). All
 * lines that begin before *clear have the same verdict. */
struct verdict select_next(const struct select *s, struct view line,
    struct view lines, uint64_t at, uint64_t *clear);
void select_forget(const struct select *s);

/* Whether there is any rule to ask. */
static inline bool
select_has_rules(const struct select *s)
{
	return s->of[SELECT_LOG].n || s->of[SELECT_STDERR].n;
}

#endif
