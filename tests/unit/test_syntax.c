/* What the text of an expression says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "syntax.h"

static const struct {
	const char *re, *text, *linewise; /* NULL: nothing is said */
} cases[] = {
	{ "abc", "abc", "abc" },
	{ "a", NULL, "a" },
	{ "", NULL, NULL },
	{ "\" 5[0-9][0-9] ", "\" 5", "\" 5[0-9][0-9] " },
	{ "[?]q=x", "?q=x", "[?]q=x" },
	{ "a\\.b\\+", "a.b+", "a\\.b\\+" },
	/* of two long ones the later, of others the longer */
	{ "/static/[a-z]+/x1-", "/x1-", "/static/[a-z]+/x1-" },
	{ "ab.cd", "ab", "ab.cd" },
	{ "ab.cde", "cde", "ab.cde" },
	{ "abcde.fg", "abcde", "abcde.fg" },
	/* what may not be there */
	{ "abc?", "ab", "abc?" },
	{ "abc*", "ab", "abc*" },
	{ "abc{0,2}", "ab", "abc{0,2}" },
	{ "abc{,2}", "ab", "abc{,2}" },
	{ "abc{2}{3}de", "ab", "abc{2}{3}de" },
	{ "abx{1|2}", NULL, "abx{1|2}" },
	{ "ab(cde)?", "ab", "ab(cde)?" },
	{ "ab(cde|fgh)ij", "ab", "ab(cde|fgh)ij" },
	{ "ab|cd", NULL, "ab|cd" },
	{ "(ab)", NULL, "(ab)" },
	/* what may be there more than once ends a text */
	{ "abc+de", "abc", "abc+de" },
	{ "abc+?de", "ab", "abc+?de" },
	{ "abc++de", "abc", "abc++de" },
	{ "^ab$", "ab", "^ab$" },
	{ "ab\\bcd", "ab", "ab\\bcd" },
	/* what is not to be this is not to be a newline */
	{ "[^a]", NULL, "[^\\na]" },
	{ "ab[^\\s]", "ab", "ab[^\\n\\s]" },
	{ "[^-a]", NULL, NULL },
	{ "[^]a]", NULL, NULL },
	{ "[]a]", NULL, NULL },
	{ "[[:space:]]ab", NULL, NULL },
	/* what can be a newline, or see one */
	{ "ab\\s", "ab", NULL },
	{ "ab\\Dx", "ab", NULL },
	{ "ab\\W", "ab", NULL },
	{ "ab\\Rc", "ab", NULL },
	{ "ab[\\D]", "ab", NULL },
	{ "ab[\\x09-z]", NULL, NULL },
	{ "ab[\t-z]", "ab", NULL },
	{ "ab\\A", "ab", NULL },
	{ "ab\\z", "ab", NULL },
	{ "a\\nb", NULL, NULL },
	{ "a\\x0ab", NULL, NULL },
	{ "\\Qab\\E", NULL, NULL },
	{ "(a)\\1b", NULL, NULL },
	{ "ab\\Kcd", NULL, NULL },
	/* what changes the meaning of the rest */
	{ "(?i)ab", NULL, "(?i)ab" },
	{ "(?i:ab)", NULL, "(?i:ab)" },
	{ "(?:ab)cd", "cd", "(?:ab)cd" },
	{ "(?s)ab", NULL, NULL },
	{ "(?x)a b", NULL, NULL },
	{ "(?=ab)cd", NULL, NULL },
	{ "(?<!ab)cd", NULL, NULL },
	{ "(*LIMIT_MATCH=9)ab", NULL, NULL },
	{ "ab(*ACCEPT)cd", NULL, NULL },
};

static void
expect(const char *re, const char *what, struct view got, const char *want)
{
	if (!view_eq(got, view_str(want ? want : "")))
		fail_msg("%s: %s: %.*s instead of %s", re, what, (int)got.n,
		    got.p, want ? want : "nothing");
}

static void
only_what_is_certain_is_said(void **state)
{
	char to[SYNTAX_LINEWISE(64)];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct view re = view_str(cases[i].re);

		assert_in_range(re.n, 0, 64);
		expect(cases[i].re, "text", view_of(to, syntax_text(re, to)),
		    cases[i].text);
		expect(cases[i].re, "linewise",
		    view_of(to, syntax_linewise(re, to)), cases[i].linewise);
	}
}

static void
an_expression_is_tried_once_unless_it_speaks_of_itself(void **state)
{
	static const struct {
		const char *re, *once;
	} rows[] = {
		{ "a|b", "(?s:.*?)\\K(?:a|b)" },
		{ "", "(?s:.*?)\\K(?:)" },
		{ "(a)\\1", "(?s:.*?)\\K(?:(a)\\1)" },
		{ "(*LIMIT_MATCH=9)a", NULL },
		{ "a(*SKIP)b", NULL },
		{ "a(?R)?b", NULL },
		{ "a(?0)?b", NULL },
		{ "a\\g<0>?b", NULL },
	};
	char to[64 + SYNTAX_ONCE];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		expect(rows[i].re, "once",
		    view_of(to, syntax_once(view_str(rows[i].re), to)),
		    rows[i].once);
}

static const struct {
	const char *re;
	bool begin;
} begins[] = {
	{ "^", true },
	{ "ab^", true },
	{ "(^|a)b", true },
	{ "a|^b", true },
	{ "(?i)^a", true },
	{ "ab", false },
	{ "\\bab", false },
	{ "\\Bab$", false },
	{ "[^a]b", false },
	{ "[a^]b", false },
	{ "a\\^b", false },
	{ "(?:a|[^b])", false },
};

static void
where_a_line_begins_matters_to_a_caret_alone(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(begins) / sizeof(begins[0]); i++)
		if (syntax_has_begin(view_str(begins[i].re)) != begins[i].begin)
			fail_msg("%s", begins[i].re);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_is_certain_is_said),
		cmocka_unit_test(
		    an_expression_is_tried_once_unless_it_speaks_of_itself),
		cmocka_unit_test(where_a_line_begins_matters_to_a_caret_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
