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
select_grow(struct select *s)
{
	size_t cap = s->cap ? 2 * s->cap : 8;
	struct select_rule *rules = realloc(s->rules, cap * sizeof(*rules));

	if (!rules)
		return -ENOMEM;
	s->rules = rules;
	s->cap = cap;
	return 0;
}

int
select_add(struct select *s, struct match match, enum select_what what,
    bool yes)
{
	int r = s->n < s->cap ? 0 : select_grow(s);

	if (r < 0) {
		match_free(&match);
		return r;
	}
	s->rules[s->n++] = (struct select_rule){ match, what, yes };
	s->n_of[what]++;
	return 0;
}

void
select_free(struct select *s)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		match_free(&s->rules[i].match);
	free(s->rules);
	select_init(s);
}

struct verdict
select_default(void)
{
	return (struct verdict){
		.to = { [SELECT_LOG] = true, [SELECT_STDERR] = false },
	};
}

struct verdict
select_line(const struct select *s, struct view line)
{
	struct verdict v = select_default();
	size_t open[SELECT_WHATS]; /* rules still to try; 0 once decided */
	size_t left = 0, i, k;

	for (k = 0; k < SELECT_WHATS; k++) {
		open[k] = s->n_of[k];
		left += open[k];
	}
	for (i = s->n; left > 0; i--) {
		const struct select_rule *rule = &s->rules[i - 1];

		if (open[rule->what] == 0)
			continue;
		open[rule->what]--;
		left--;
		if (!match_hit(&rule->match, line))
			continue;
		v.to[rule->what] = rule->yes;
		left -= open[rule->what];
		open[rule->what] = 0;
	}
	return v;
}
