/* What is hidden in a line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mask.h"
#include "pcre.h"
#include "unit/random.h"

/* One mask a word. */
static void
add_masks(struct masks *ms, const char *config)
{
	while (*config) {
		size_t n = strcspn(config, " ");
		struct pcre_error err;
		struct match m;

		assert_int_equal(
		    pcre_compile_groups(&m, view_of(config, n), &err), 0);
		assert_int_equal(masks_add(ms, m), 0);
		config += n + strspn(config + n, " ");
	}
}

static const struct {
	const char *masks, *line, *shown; /* NULL: withheld */
} cases[] = {
	{ "secret", "no such thing", "no such thing" },
	{ "secret", "", "" },
	{ "secret", "a secret, a secret", "a ***, a ***" },
	{ "secret", "secret", "***" },
	{ "secret", "secretsecret", "***" }, /* nobody can count them */
	{ "secret", "secret secret", "*** ***" },
	{ "\\d", "1234567", "***" },
	{ "\\d", "a1b2c3", "a***b***c***" },
	{ "\\d", "1a2b3", "***a***b***" },
	/* groups, if there are any */
	{ "password=(\\S+)", "user=a password=b c", "user=a password=*** c" },
	{ "password=(\\S+)", "password= c", "password= c" },
	{ "(\\w+):(\\w+)@", "ftp://joe:pass@host joe:@",
	    "ftp://***:***@host joe:@" },
	{ "(?<k>a)b", "ab", "***b" },
	{ "x(a)?y", "xay xy", "x***y xy" },
	{ "((a)b)c", "abc", "***c" },
	{ "(?=(abc))", "xabc", "x***" },
	{ "(?<=(abc))x", "abcx", "***x" },
	{ "a|(?=(b))", "ab", "a***" },
	{ "(?:key|token)=(\\w+)", "key=1&token=2", "key=***&token=***" },
	/* nothing found is nothing hidden */
	{ "()", "abc", "abc" },
	{ "a*", "bbb", "bbb" },
	{ "a*", "baab", "b***b" },
	{ "|b", "abc", "a***c" },
	{ "\\b", "ab cd", "ab cd" },
	{ "a\\Kb", "ab", "a***" },
	/* more than one, each sees the line as it came */
	{ "ab bc", "abc", "***" },
	{ "a c", "abc", "***b***" },
	{ "c a", "abc", "***b***" },
	{ "(a)b .(b)c", "abc", "***c" },
	{ "a \\*", "a*b", "***b" },
	/* one that cannot say what is to be hidden hides all */
	{ "(a+)+[!?]", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	    NULL },
	{ "b (a+)+[!?]", "b aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	    NULL },
	{ "(a+)+[!?]", "aaaa!aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	    NULL },
};

static void
groups_or_all_of_a_match_are_hidden(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct view line = view_str(cases[i].line);
		const char *want = cases[i].shown;
		struct masks ms;
		struct masked m;

		masks_init(&ms);
		add_masks(&ms, cases[i].masks);
		m = masks_apply(&ms, line);
		if (!want)
			want = "*** line withheld: it could not be masked";
		if (!view_eq(m.text, view_str(want)))
			fail_msg("%s on %s: %.*s", cases[i].masks,
			    cases[i].line, (int)m.text.n, m.text.p);
		if (m.fate == MASK_SHOWN)
			assert_ptr_equal(m.text.p, line.p);
		else
			assert_int_equal(m.text.p[m.text.n], '\n');
		assert_int_equal(m.fate == MASK_WITHHELD, !cases[i].shown);
		assert_int_equal(m.fate == MASK_SHOWN,
		    view_eq(line, view_str(want)));
		masks_free(&ms);
	}
}

static void
a_line_too_long_to_be_looked_through_is_withheld(void **state)
{
	static char line[MASK_MOST + 1];
	struct masks ms;
	struct masked m;
	size_t i;

	(void)state;
	masks_init(&ms);
	add_masks(&ms, "secret z");
	for (i = 0; i < sizeof(line); i++)
		line[i] = "z."[i & 1];
	m = masks_apply(&ms, view_of(line, MASK_MOST));
	assert_int_equal(m.fate, MASK_HIDDEN);
	assert_int_equal(m.text.n, 2 * MASK_MOST);
	assert_in_range(m.text.n, 0, MASK_ROOM - 1);
	/* Whatever is in it: what is not looked at may be anything. */
	memset(line, '.', sizeof(line));
	assert_int_equal(masks_apply(&ms, view_of(line, MASK_MOST)).fate,
	    MASK_SHOWN);
	assert_int_equal(masks_apply(&ms, view_of(line, MASK_MOST + 1)).fate,
	    MASK_WITHHELD);
	masks_free(&ms);
}

/* --- the definition, byte by byte ----------------------------------------- */

/* Hides the matches of a literal, of which the first `front` bytes stay. */
static void
hide_literal(bool *hidden, struct view line, struct view what, size_t front)
{
	size_t i = 0, k;

	while (i + what.n <= line.n) {
		if (memcmp(line.p + i, what.p, what.n) != 0) {
			i++;
			continue;
		}
		for (k = front; k < what.n; k++)
			hidden[i + k] = true;
		i += what.n;
	}
}

static size_t
show(char *to, const bool *hidden, struct view line)
{
	size_t n = 0, i;

	for (i = 0; i < line.n; i++) {
		if (!hidden[i])
			to[n++] = line.p[i];
		else if (i == 0 || !hidden[i - 1])
			n += (size_t)sprintf(to + n, "***");
	}
	return n;
}

static void
no_byte_that_is_to_be_hidden_is_shown(void **state)
{
	enum { LONGEST = 300 };
	static char line[LONGEST], want[3 * LONGEST + 4];
	unsigned round, masked = 0;

	(void)state;
	random_seed(11);
	for (round = 0; round < 20000; round++) {
		bool hidden[LONGEST] = { false };
		struct view v = view_of(line, random_below(LONGEST));
		size_t i, k, n = random_below(4);
		struct masks ms;
		struct masked m;

		masks_init(&ms);
		for (i = 0; i < v.n; i++)
			line[i] = "abc*"[random_below(4)];
		for (i = 0; i <= n; i++) {
			size_t len = 1 + random_below(4);
			size_t front = random_below(2) ? random_below(len) : 0;
			char what[8], re[16];

			for (k = 0; k < len; k++)
				what[k] = "abc"[random_below(3)];
			snprintf(re, sizeof(re),
			    front ? "%.*s(%.*s)" : "%.*s%.*s", (int)front, what,
			    (int)(len - front), what + front);
			add_masks(&ms, re);
			hide_literal(hidden, v, view_of(what, len), front);
		}
		m = masks_apply(&ms, v);
		n = show(want, hidden, v);
		if (!view_eq(m.text, view_of(want, n)))
			fail_msg("round %u: %.*s", round, (int)v.n, line);
		masked += m.fate == MASK_HIDDEN;
		masks_free(&ms);
	}
	assert_in_range(masked, 10000, 20000);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(groups_or_all_of_a_match_are_hidden),
		cmocka_unit_test(
		    a_line_too_long_to_be_looked_through_is_withheld),
		cmocka_unit_test(no_byte_that_is_to_be_hidden_is_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
