/* Ordered rules and their verdict. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "glob.h"
#include "pcre.h"
#include "select.h"
#include "unit/random.h"

/* One rule a word, as in a config: + and - for the log, e and E for stderr. */
static void
add_rules(struct select *s, const char *config)
{
	while (*config) {
		size_t n = strcspn(config, " ");
		struct match m;

		assert_int_equal(glob_compile(&m, view_of(config + 1, n - 1)),
		    0);
		assert_int_equal(
		    select_add(s, m,
			strchr("+-", *config) ? SELECT_LOG : SELECT_STDERR,
			strchr("+e", *config) != NULL),
		    0);
		config += n + strspn(config + n, " ");
	}
}

static const struct {
	const char *config, *line;
	bool to_log, to_stderr;
} cases[] = {
	{ "", "a", true, false },
	{ "", "", true, false },
	{ "-a", "a", false, false },
	{ "-a", "b", true, false },
	{ "+a", "b", true, false },
	{ "-* +a", "a", true, false },
	{ "-* +a", "b", false, false },
	{ "+a -*", "a", false, false },
	{ "-* +a* -ab", "ab", false, false },
	{ "-* +a* -ab", "ac", true, false },
	{ "ea", "a", true, true },
	{ "ea", "b", true, false },
	{ "e* Ea", "a", true, false },
	{ "e* Ea", "b", true, true },
	{ "Ea e*", "a", true, true },
	/* the kinds do not see each other */
	{ "-a ea", "a", false, true },
	{ "ea -a", "a", false, true },
	{ "-* e* +a Ea", "a", true, false },
	{ "-* e* +a Ea", "b", false, true },
	{ "e* -a -b -c", "b", false, true },
	/* an empty pattern is the empty line */
	{ "-* +", "", true, false },
	{ "-* +", "a", false, false },
	/* more than the first few */
	{ "-* +a +b +c +d +e +f +g +h +i +j", "a", true, false },
	{ "-* +a +b +c +d +e +f +g +h +i +j", "j", true, false },
	{ "-* +a +b +c +d +e +f +g +h +i +j", "k", false, false },
};

static void
the_last_rule_of_each_kind_that_hits_decides(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct select s;
		struct verdict v;

		select_init(&s);
		add_rules(&s, cases[i].config);
		v = select_line(&s, view_str(cases[i].line));
		if (v.to[SELECT_LOG] != cases[i].to_log ||
		    v.to[SELECT_STDERR] != cases[i].to_stderr)
			fail_msg("%s on %s", cases[i].config, cases[i].line);
		select_free(&s);
	}
}

/* A pattern that counts how often it is asked. */
struct probe {
	int asked, freed;
	bool hit;
};

static bool
probe_hit(const void *self, struct view line)
{
	struct probe *probe = *(struct probe *const *)self;

	(void)line;
	probe->asked++;
	return probe->hit;
}

static void
probe_free(void *self)
{
	(*(struct probe **)self)->freed++;
	free(self);
}

static const struct match_ops probe_ops = { .name = "probe",
	.hit = probe_hit,
	.free = probe_free };

static void
add_probe(struct select *s, struct probe *probe, enum select_what what)
{
	struct probe **self = malloc(sizeof(struct probe *));

	assert_non_null(self);
	*self = probe;
	assert_int_equal(select_add(s,
			     (struct match){ &probe_ops, self, MATCH_ALL },
			     what, true),
	    0);
}

/* What is asked of the rules l and L (log) and e and E (stderr), of which
 * the capitals hit. */
static const struct {
	const char *rules, *asked;
} searches[] = {
	{ "", "" },
	{ "l", "1" },
	{ "L", "1" },
	{ "LL", "01" },
	{ "lL", "01" },
	{ "Ll", "11" },
	{ "LLLE", "0011" },
	{ "EEEL", "0011" },
	{ "lelELe", "000111" },
	{ "lelELL", "000101" },
	{ "LeLL", "0101" },
	{ "eeLl", "1111" },
	{ "EeLLl", "11011" },
};

static void
no_rule_is_asked_once_its_kind_is_decided(void **state)
{
	size_t i, k;

	(void)state;
	for (i = 0; i < sizeof(searches) / sizeof(searches[0]); i++) {
		const char *rules = searches[i].rules;
		struct probe probes[8] = { { 0 } };
		struct select s;

		select_init(&s);
		for (k = 0; rules[k]; k++) {
			probes[k].hit = strchr("LE", rules[k]) != NULL;
			add_probe(&s, &probes[k],
			    strchr("lL", rules[k]) ? SELECT_LOG
						   : SELECT_STDERR);
		}
		select_line(&s, view_str("x"));
		for (k = 0; rules[k]; k++)
			if (probes[k].asked != searches[i].asked[k] - '0')
				fail_msg("rule %zu of %s", k, rules);
		select_free(&s);
		for (k = 0; rules[k]; k++)
			assert_int_equal(probes[k].freed, 1);
	}
}

/* --- patterns and expressions, mixed -------------------------------------- */

enum { RULES_MOST = 12 };

struct rule {
	bool is_glob, yes;
	enum select_what what;
	const char *text;
	struct match alone; /* its own, asked for itself */
};

static struct match
random_match(struct rule *r)
{
	static const char *const globs[] = { "*", "a*", "*b", "*a*b*", "+a*",
		"ab*", "", "*c" };
	static const char *const expressions[] = { "a", "^b", "c$", "a.*b",
		"^$", "[bc]{2}", "b|cc", "(*NO_JIT)ab?c", "\\bab",
		"(*LIMIT_MATCH=9)(\\w+)+[!?]", "(a|b)+c", "(?i)A" };
	struct pcre_error err;
	struct match m;

	r->is_glob = random_below(2);
	r->text =
	    r->is_glob ? globs[random_below(8)] : expressions[random_below(12)];
	assert_int_equal(r->is_glob ? glob_compile(&m, view_str(r->text))
				    : pcre_compile(&m, view_str(r->text), &err),
	    0);
	return m;
}

/* From the first to the last, as the manual says it. */
static struct verdict
verdict_of(const struct rule *rules, size_t n, struct view line)
{
	struct verdict v = { .to = { [SELECT_LOG] = true } };
	size_t i;

	for (i = 0; i < n; i++) {
		const struct rule *r = &rules[i];

		if (r->is_glob ? glob_matches(view_str(r->text), line)
			       : r->alone.ops->hit(r->alone.self, line))
			v.to[r->what] = r->yes;
	}
	return v;
}

static unsigned
check_lines(const struct select *s, const struct rule *rules, size_t n,
    struct view lines)
{
	uint64_t clear = 0, at = random_below(2) ? 1000 : 0;
	struct verdict got = select_default();
	unsigned asked = 0;
	const char *end;

	select_forget(s);
	for (; (end = memchr(lines.p, '\n', lines.n)); at++) {
		struct view line = view_of(lines.p, (size_t)(end - lines.p));
		struct verdict want = verdict_of(rules, n, line);

		if (at >= clear) {
			got = select_next(s, line, lines, at, &clear);
			asked++;
		}
		if (memcmp(&got, &want, sizeof(got)) != 0)
			fail_msg("%.*s, of many", (int)line.n, line.p);
		lines = view_from(lines, line.n + 1);
		at += line.n;
	}
	return asked;
}

static void
the_verdict_is_that_of_the_rules_in_their_order(void **state)
{
	static char line[24], many[600];
	struct rule rules[RULES_MOST];
	unsigned round, hidden = 0, asked = 0;

	(void)state;
	random_seed(3);
	for (round = 0; round < 3000; round++) {
		size_t i, k, n = random_below(RULES_MOST + 1);
		struct select s;

		select_init(&s);
		for (i = 0; i < n; i++) {
			struct rule *r = &rules[i];
			struct pcre_error err;
			struct match m = random_match(r);

			r->yes = random_below(2);
			r->what = random_below(3) ? SELECT_LOG : SELECT_STDERR;
			assert_int_equal(select_add(&s, m, r->what, r->yes), 0);
			if (!r->is_glob)
				assert_int_equal(pcre_compile(&r->alone,
						     view_str(r->text), &err),
				    0);
		}
		for (k = 0; k < 30; k++) {
			struct view v = view_of(line, random_below(24));
			struct verdict got, want;

			for (i = 0; i < v.n; i++)
				line[i] = "abcA"[random_below(4)];
			got = select_line(&s, v);
			want = verdict_of(rules, n, v);
			if (memcmp(&got, &want, sizeof(got)) != 0)
				fail_msg("round %u: %.*s", round, (int)v.n,
				    v.p);
			hidden += !got.to[SELECT_LOG];
		}
		for (k = 0; k < sizeof(many); k++)
			many[k] = "abcA\n"[random_below(5)];
		asked += check_lines(&s, rules, n, view_of(many, sizeof(many)));
		for (i = 0; i < n; i++)
			if (!rules[i].is_glob)
				match_free(&rules[i].alone);
		select_free(&s);
	}
	assert_in_range(hidden, 9000, 81000);
	assert_in_range(asked, 200000, 353000); /* of these 390,000 */
	assert_true(pcre_given_up() > 1000);
}

static void
a_freed_selection_is_empty_and_can_be_used_again(void **state)
{
	struct select s;

	(void)state;
	select_init(&s);
	add_rules(&s, "-* e*");
	select_free(&s);
	assert_false(select_has_rules(&s));
	assert_true(select_line(&s, view_str("a")).to[SELECT_LOG]);
	add_rules(&s, "-*");
	assert_false(select_line(&s, view_str("a")).to[SELECT_LOG]);
	select_free(&s);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_last_rule_of_each_kind_that_hits_decides),
		cmocka_unit_test(no_rule_is_asked_once_its_kind_is_decided),
		cmocka_unit_test(
		    the_verdict_is_that_of_the_rules_in_their_order),
		cmocka_unit_test(
		    a_freed_selection_is_empty_and_can_be_used_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
