/* Regular expressions as matchers. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pcre.h"
#include "unit/expression.h"
#include "unit/random.h"

static struct match
compiled(const char *re)
{
	struct pcre_error err;
	struct match m;

	if (pcre_compile(&m, view_str(re), &err) < 0)
		fail_msg("%s: %zu: %s", re, err.at, err.words);
	return m;
}

/* The same, and certain not to be machine code. */
static struct match
interpreted(const char *re)
{
	char text[256];
	struct match m;

	snprintf(text, sizeof(text), "(*NO_JIT)%s", re);
	m = compiled(text);
	assert_false(pcre_is_compiled(&m));
	return m;
}

static const struct {
	const char *re;
	struct view line;
	bool hit;
} cases[] = {
	{ "b", { "abc", 3 }, true },
	{ "d", { "abc", 3 }, false },
	{ "^b", { "abc", 3 }, false },
	{ "^a", { "abc", 3 }, true },
	{ "c$", { "abc", 3 }, true },
	{ "c$", { "abcd", 3 }, true }, /* the line ends where it ends */
	{ "^$", { "", 0 }, true },
	{ "^$", { NULL, 0 }, true },
	{ ".", { NULL, 0 }, false },
	{ "x*", { "abc", 3 }, true },
	{ "\" 5\\d\\d ", { "\"GET /\" 503 12", 14 }, true },
	{ "\" 5\\d\\d ", { "\"GET /\" 200 503", 15 }, false },
	{ "(?i)error", { "an ERROR", 8 }, true },
	{ "error", { "an ERROR", 8 }, false },
	{ "a|b|c", { "xxc", 3 }, true },
	/* bytes are bytes */
	{ "^.$", { "\xc3\xa4", 2 }, false },
	{ "^..$", { "\xc3\xa4", 2 }, true },
	{ "\\x{e4}", { "\xe4", 1 }, true },
	{ "^[^a]$", { "\xff", 1 }, true },
	{ "\xff", { "\xff", 1 }, true },
	{ "a.c", { "a\0c", 3 }, true },
	{ "c", { "a\0c", 3 }, true },
	{ "a.c", { "a\rc", 3 }, true },
	{ "a$", { "a\r", 2 }, false },
	/* looking around */
	{ "(?<=a)b", { "ab", 2 }, true },
	{ "(?<=a)b", { "cb", 2 }, false },
	{ "\\bfoo\\b", { "a foo b", 7 }, true },
	{ "\\bfoo\\b", { "afoo b", 6 }, false },
	/* groups capture only by a name */
	{ "(a|b)c", { "xbc", 3 }, true },
	{ "(?<q>['\"]).*\\k<q>", { "'x\"'", 4 }, true },
	{ "(?<q>['\"]).*\\k<q>", { "'x\"", 3 }, false },
};

static void
an_expression_is_found_anywhere_among_bytes(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct match a = compiled(cases[i].re);
		struct match b = interpreted(cases[i].re);

		if (match_hit(&a, cases[i].line) != cases[i].hit ||
		    match_hit(&b, cases[i].line) != cases[i].hit)
			fail_msg("row %zu: %s", i, cases[i].re);
		match_free(&a);
		match_free(&b);
	}
	assert_int_equal(pcre_given_up(), 0);
}

/* PCRE2's own words are not ours to test: only where, and that there are. */
static const struct {
	const char *re;
	size_t at;
} bad[] = {
	{ "(", 1 },
	{ "a(b", 3 },
	{ "a)", 1 },
	{ "ab[c", 4 },
	{ "*a", 0 },
	{ "\\", 1 },
	{ "(a)\\1", 4 }, /* captures nothing */
	/* what is not allowed */
	{ "\\C", 2 },
	{ "(*UTF)a", 6 },
	{ "(*UCP)a", 6 },
};

static void
a_bad_expression_is_told_where_and_why(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct pcre_error err = { 999, "" };
		struct match m;

		assert_int_equal(pcre_compile(&m, view_str(bad[i].re), &err),
		    -EINVAL);
		if (err.at != bad[i].at || err.words[0] == '\0')
			fail_msg("%s: at %zu: %s", bad[i].re, err.at,
			    err.words);
	}
}

static void
an_expression_has_an_end(void **state)
{
	static char text[PCRE_MOST + 1];
	struct pcre_error err;
	struct match m;

	(void)state;
	memset(text, 'a', sizeof(text));
	assert_int_equal(pcre_compile(&m, view_of(text, PCRE_MOST), &err), 0);
	assert_true(match_hit(&m, view_of(text, PCRE_MOST)));
	assert_false(match_hit(&m, view_of(text, PCRE_MOST - 1)));
	match_free(&m);
	assert_int_equal(pcre_compile(&m, view_of(text, PCRE_MOST + 1), &err),
	    -EINVAL);
	/* A short one may be large all the same, and deep. */
	assert_int_equal(pcre_compile(&m,
			     view_str("((((a{1,60}){1,60}){1,60}){1,60})"),
			     &err),
	    -EINVAL);
	memset(text, '(', 200);
	memset(text + 200, ')', 200);
	assert_int_equal(pcre_compile(&m, view_of(text, 400), &err), -EINVAL);
}

/* Each of them is a promise of years on such a line. */
static const struct {
	const char *re, *hit;
} evil[] = {
	{ "(a+)+[!?]", "aa!" },
	{ "(a|aa)+[!?]", "aaa?" },
	{ "(.*)*[XY]", "aaY" },
	{ "(?:a?){20}a{20}[!?]", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!" },
};

static void
what_costs_too_much_is_no_match_and_is_counted(void **state)
{
	static char line[1000];
	size_t i;

	(void)state;
	memset(line, 'a', sizeof(line));
	for (i = 0; i < sizeof(evil) / sizeof(evil[0]); i++) {
		struct match a = compiled(evil[i].re);
		struct match b = interpreted(evil[i].re);
		uint64_t before = pcre_given_up();

		assert_false(match_hit(&a, view_of(line, sizeof(line))));
		assert_int_equal(pcre_given_up(), before + 1);
		assert_false(match_hit(&b, view_of(line, sizeof(line))));
		assert_int_equal(pcre_given_up(), before + 2);
		/* The next line is another matter. */
		assert_true(match_hit(&a, view_str(evil[i].hit)));
		assert_true(match_hit(&b, view_str(evil[i].hit)));
		assert_int_equal(pcre_given_up(), before + 2);
		match_free(&a);
		match_free(&b);
	}
}

/* What the interpreter takes is bounded too. */
static void
deep_recursion_is_given_up(void **state)
{
	static char line[60000];
	struct match a = compiled("^(?<p>a(?&p)b|c)[!?]");
	struct match b = interpreted("^(?<p>a(?&p)b|c)[!?]");
	uint64_t before = pcre_given_up();
	int i;

	(void)state;
	memset(line, 'a', sizeof(line));
	for (i = 0; i < 3; i++) {
		assert_false(match_hit(&a, view_of(line, sizeof(line))));
		assert_false(match_hit(&b, view_of(line, sizeof(line))));
		assert_true(match_hit(&a, view_str("aaacbbb!")));
		assert_true(match_hit(&b, view_str("aaacbbb!")));
	}
	assert_int_equal(pcre_given_up(), before + 6);
	match_free(&a);
	match_free(&b);
}

static void
an_expression_can_only_lower_the_limits(void **state)
{
	static const char *const verbs[] = { "(*LIMIT_MATCH=4000000000)",
		"(*LIMIT_HEAP=4000000000)", "(*LIMIT_DEPTH=4000000000)" };
	static char line[1000];
	uint64_t before = pcre_given_up();
	struct match m;
	size_t i;
	char re[96];

	(void)state;
	memset(line, 'a', sizeof(line));
	for (i = 0; i < 6; i++) {
		snprintf(re, sizeof(re), "%s%s(a+)+[!?]", verbs[i / 2],
		    i % 2 ? "(*NO_JIT)" : "");
		m = compiled(re);
		assert_false(match_hit(&m, view_of(line, sizeof(line))));
		match_free(&m);
	}
	assert_int_equal(pcre_given_up(), before + 6);
	m = compiled("(*LIMIT_MATCH=10)(a+)+[!?]");
	assert_false(match_hit(&m, view_of(line, 8)));
	assert_int_equal(pcre_given_up(), before + 7);
	match_free(&m);
}

/* From each place some 4,000, which are not too many for one. */
static void
all_places_of_a_line_share_its_steps(void **state)
{
	static char line[2000];
	struct match m = compiled("(?:a?){12}[!?]");
	uint64_t before = pcre_given_up();

	(void)state;
	memset(line, 'a', sizeof(line));
	assert_false(match_hit(&m, view_of(line, 8)));
	line[0] = '!';
	assert_true(match_hit(&m, view_of(line, sizeof(line))));
	assert_int_equal(pcre_given_up(), before);
	line[0] = 'a';
	line[1000] = '?';
	assert_false(match_hit(&m, view_of(line, sizeof(line))));
	assert_int_equal(pcre_given_up(), before + 1);
	match_free(&m);
}

/* The first place alone takes ten times the share of a place. */
static void
one_place_may_use_the_steps_of_all(void **state)
{
	static char line[1000];
	struct match m = compiled("a(?:.?){10}!");
	uint64_t before = pcre_given_up();

	(void)state;
	memset(line, 'b', sizeof(line));
	line[0] = 'a';
	line[980] = 'a';
	line[999] = '!';
	assert_false(match_hit(&m, view_of(line, sizeof(line))));
	line[990] = '!';
	assert_true(match_hit(&m, view_of(line, sizeof(line))));
	assert_int_equal(pcre_given_up(), before);
	match_free(&m);
}

/* --- groups --------------------------------------------------------------- */

static struct match
with_groups(const char *re)
{
	struct pcre_error err;
	struct match m;

	assert_int_equal(pcre_compile_groups(&m, view_str(re), &err), 0);
	return m;
}

static void
groups_are_told_with_the_match(void **state)
{
	struct match m = with_groups("(\\w+)=(?:(\\d+)|(\\w+));");
	const struct pcre_span *s;

	(void)state;
	assert_int_equal(pcre_groups(&m), 3);
	assert_int_equal(pcre_find(&m, view_str("a=1;bc=de;"), 0, false, &s),
	    3);
	assert_int_equal(s[0].from, 0);
	assert_int_equal(s[0].to, 4);
	assert_int_equal(s[2].from, 2);
	assert_int_equal(s[2].to, 3);
	assert_int_equal(pcre_find(&m, view_str("a=1;bc=de;"), 4, false, &s),
	    4);
	assert_int_equal(s[0].from, 4);
	assert_int_equal(s[2].from, SIZE_MAX);
	assert_int_equal(s[3].from, 7);
	assert_int_equal(s[3].to, 9);
	assert_int_equal(pcre_find(&m, view_str("a=1;bc=de;"), 10, false, &s),
	    0);
	match_free(&m);
	m = with_groups("a*");
	assert_int_equal(pcre_groups(&m), 0);
	assert_int_equal(pcre_find(&m, view_str("baa"), 0, false, &s), 1);
	assert_int_equal(s[0].to, 0);
	assert_int_equal(pcre_find(&m, view_str("baa"), 0, true, &s), 1);
	assert_int_equal(s[0].from, 1);
	assert_int_equal(s[0].to, 3);
	match_free(&m);
	/* It may look back to before where it begins. */
	m = with_groups("(?<=b)(a)");
	assert_int_equal(pcre_find(&m, view_str("ba"), 1, false, &s), 2);
	match_free(&m);
}

static void
patterns_with_more_groups_make_room_for_them(void **state)
{
	char re[2000] = "";
	struct match few = with_groups("(a)(b)"), many;
	const struct pcre_span *s;
	int i;

	(void)state;
	for (i = 0; i < 400; i++)
		strcat(re, "(.)");
	many = with_groups(re);
	memset(re, 'x', 400);
	assert_int_equal(pcre_find(&many, view_of(re, 400), 0, false, &s), 401);
	assert_int_equal(s[400].from, 399);
	assert_int_equal(pcre_find(&few, view_str("ab"), 0, false, &s), 3);
	match_free(&few);
	match_free(&many);
}

/* --- both ways to run one ------------------------------------------------- */

static void
random_expression(char *re, size_t n)
{
	static const char *const parts[] = { "a", "b", "c", ".", "[ab]", "[^a]",
		"(a|b)", "(?:ab|c)", "a*", "b+", "c?", "a{2}", "^", "$", "|",
		"(?=a)", "(?!b)", "(?<=a)", "\\b", "(?i)", "b*?", "(ab)+" };

	for (*re = '\0'; n > 0; n--)
		strcat(re, parts[random_below(22)]);
}

static void
machine_code_and_interpreter_agree(void **state)
{
	unsigned round, hits = 0;
	char re[256], line[32];
	size_t i;

	(void)state;
	random_seed(7);
	for (round = 0; round < 3000; round++) {
		struct match a, b;

		random_expression(re, 1 + random_below(6));
		a = compiled(re);
		b = interpreted(re);
		for (i = 0; i < 20; i++) {
			size_t n = random_below(sizeof(line));
			struct view v = view_of(line, n);

			while (n-- > 0)
				line[n] = "abcA "[random_below(5)];
			if (match_hit(&a, v) != match_hit(&b, v))
				fail_msg("%s on '%.*s'", re, (int)v.n, v.p);
			hits += match_hit(&a, v);
		}
		match_free(&a);
		match_free(&b);
	}
	assert_in_range(hits, 6000, 54000);
}

static void
the_engine_tells_what_runs_a_pattern(void **state)
{
	struct match a = compiled("a"), b = interpreted("a");
	char ours[128];
	struct view v = pcre_engine(&a);

	(void)state;
	assert_in_range(v.n, 4, sizeof(ours));
	memcpy(ours, v.p, v.n);
	assert_true(view_eq(pcre_engine(&a), view_of(ours, v.n)));
	if (pcre_is_compiled(&a))
		assert_false(view_eq(pcre_engine(&b), view_of(ours, v.n)));
	match_free(&a);
	match_free(&b);
}

/* --- many lines at once ----------------------------------------------------
 */

/* Short lines, the last one perhaps without its end. */
static size_t
random_text(char *to, size_t most)
{
	size_t n = random_below(most), i;

	for (i = 0; i < n; i++)
		to[i] = "abcABC. \n\n"[random_below(10)];
	return n;
}

/* None of the lines that begin before `clear` is a hit. */
static size_t
require_clear(const char *re, const struct match *m, struct view lines,
    size_t clear)
{
	size_t from = 0, n = 0;

	while (from < clear) {
		const char *end = memchr(lines.p + from, '\n', lines.n - from);
		struct view line =
		    view_of(lines.p + from, (size_t)(end - lines.p) - from);

		assert_non_null(end);
		if (m->ops->hit(m->self, line))
			fail_msg("%s hits \"%.*s\"", re, (int)line.n, line.p);
		from += line.n + 1;
		n++;
	}
	assert_int_equal(from, clear);
	return n;
}

static void
what_is_said_of_the_lines_ahead_is_so(void **state)
{
	char re[EXPRESSION_SIZE], room[160];
	size_t round, k, tried = 0, lines = 0;

	(void)state;
	random_seed(11);
	for (round = 0; round < 60000; round++) {
		struct pcre_error err;
		struct match m;

		if (pcre_compile(&m, any_expression(re), &err) < 0)
			continue;
		tried++;
		for (k = 0; k < 10; k++) {
			struct view v =
			    view_of(room, random_text(room, sizeof(room)));
			struct match_ahead a;

			match_look(&m, v, &a);
			assert_true(a.hit || a.clear <= v.n);
			lines += require_clear(re, &m, v, a.clear);
		}
		match_free(&m);
	}
	assert_in_range(tried, 20000, 60000);
	assert_in_range(lines, 100000, SIZE_MAX);
}

/* A line of which the end is not there yet may go on to be a hit. */
static void
of_a_line_without_its_end_nothing_is_said(void **state)
{
	static const char *const expressions[] = { "needle", "(needle|x)",
		"needle|x", "(a|b)c" };
	struct view lines = view_str("one\ntwo\nnee");
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(expressions) / sizeof(expressions[0]); i++) {
		struct match m = compiled(expressions[i]);
		struct match_ahead a;

		match_look(&m, lines, &a);
		assert_int_equal(a.clear, 8);
		match_free(&m);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_expression_is_found_anywhere_among_bytes),
		cmocka_unit_test(a_bad_expression_is_told_where_and_why),
		cmocka_unit_test(an_expression_has_an_end),
		cmocka_unit_test(
		    what_costs_too_much_is_no_match_and_is_counted),
		cmocka_unit_test(deep_recursion_is_given_up),
		cmocka_unit_test(an_expression_can_only_lower_the_limits),
		cmocka_unit_test(groups_are_told_with_the_match),
		cmocka_unit_test(patterns_with_more_groups_make_room_for_them),
		cmocka_unit_test(machine_code_and_interpreter_agree),
		cmocka_unit_test(the_engine_tells_what_runs_a_pattern),
		cmocka_unit_test(what_is_said_of_the_lines_ahead_is_so),
		cmocka_unit_test(of_a_line_without_its_end_nothing_is_said),
		cmocka_unit_test(all_places_of_a_line_share_its_steps),
		cmocka_unit_test(one_place_may_use_the_steps_of_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
