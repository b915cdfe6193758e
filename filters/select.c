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

	if (!rule)
		return -ENOMEM;
	l->rule = rule;
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
	}
	select_init(s);
}

struct verdict
select_line(const struct select *s, struct view line)
{
	struct verdict v = select_default();
	struct match_found last = match_none();

	for (int what = 0; what < SELECT_WHATS; what++) {
		const struct select_list *l = &s->of[what];

		for (size_t i = l->n; i > 0; i--) {
			const struct select_rule *r = &l->rule[i - 1];

			if (!match_hit_next(&r->match, line, &last))
				continue;
			v.to[what] = r->yes;
			break;
		}
	}
	return v;
}
