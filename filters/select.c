/* Rules tried from the last to the first until every question is answered. */
#include "select.h"

#include <errno.h>
#include <stdlib.h>

void
select_init(struct select *s)
{
	*s = (struct select){ 0 };
}

static int
grow(struct select_list *l)
{
	size_t cap = l->cap ? 2 * l->cap : 8;
	struct select_rule *rule = realloc(l->rule, cap * sizeof(*rule));
	struct ahead *ahead;

	if (!rule)
		return -ENOMEM;
	l->rule = rule;
	ahead = realloc(l->ahead, cap * sizeof(*ahead));
	if (!ahead)
		return -ENOMEM;
	l->ahead = ahead;
	l->cap = cap;
	return 0;
}

int
select_add(struct select *s, struct match match, enum select_what what,
    bool yes)
{
	struct select_list *l = &s->of[what];
	int r = l->n < l->cap ? 0 : grow(l);

	if (r < 0) {
		match_free(&match);
		return r;
	}
	s->looks_ahead |= match.ops->ahead != NULL;
	ahead_init(&l->ahead[l->n], &match);
	l->rule[l->n++] = (struct select_rule){ .match = match, .yes = yes };
	return 0;
}

void
select_free(struct select *s)
{
	for (int what = 0; what < SELECT_WHATS; what++) {
		struct select_list *l = &s->of[what];

		for (size_t i = 0; i < l->n; i++)
			match_free(&l->rule[i].match);
		free(l->rule);
		free(l->ahead);
	}
	select_init(s);
}

/* A line that is asked about, and those from it on, where they are looked at.
 */
struct question {
	struct view line, lines;
	uint64_t at, clear;
	struct match_found last;
};

/* Whether a rule hits. */
static inline bool
hits(const struct select_rule *r, struct ahead *ahead, struct question *q)
{
	if (r->match.ops->all)
		return true; /* those before it say nothing of any line */
	if (q->at >= ahead->alone)
		ahead_look(ahead, &r->match, q->lines, q->at);
	if (ahead->clear < q->clear)
		q->clear = ahead->clear;
	return ahead->clear <= q->at &&
	       match_hit_next(&r->match, q->line, &q->last);
}

/* A line that is asked about alone has no `lines`. */
__attribute__((always_inline)) static inline struct verdict
ask(const struct select *s, struct question *q, bool alone)
{
	struct verdict v = select_default();

	for (int what = 0; what < SELECT_WHATS; what++) {
		const struct select_list *l = &s->of[what];

		for (size_t i = l->n; i > 0; i--) {
			const struct select_rule *r = &l->rule[i - 1];

			if (alone ? match_hit_next(&r->match, q->line, &q->last)
				  : hits(r, &l->ahead[i - 1], q)) {
				v.to[what] = r->yes;
				break;
			}
		}
	}
	return v;
}

struct verdict
select_line(const struct select *s, struct view line)
{
	struct question q = { .line = line, .last = match_none() };

	return ask(s, &q, true);
}

struct verdict
select_next(const struct select *s, struct view line, struct view lines,
    uint64_t at, uint64_t *clear)
{
	struct question q = { line, lines, at, UINT64_MAX, match_none() };
	struct verdict v = ask(s, &q, !s->looks_ahead);

	*clear = s->looks_ahead ? q.clear : at;
	return v;
}

void
select_forget(const struct select *s)
{
	for (int what = 0; what < SELECT_WHATS; what++) {
		const struct select_list *l = &s->of[what];

		for (size_t i = 0; i < l->n; i++)
			ahead_forget(&l->ahead[i], &l->rule[i].match);
	}
}
