/* Wildcard patterns, compiled and by definition. */
#define _GNU_SOURCE /* MAP_ANONYMOUS */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "glob.h"

#define TEXT(s)                                                                \
	{                                                                      \
		s, sizeof(s) - 1                                               \
	}

static bool
compiled(struct view pattern, struct view line)
{
	struct match m;
	bool hit;

	assert_int_equal(glob_compile(&m, pattern), 0);
	hit = match_hit(&m, line);
	match_free(&m);
	return hit;
}

static const struct {
	struct view pattern, line;
	bool hit;
} cases[] = {
	/* literals */
	{ TEXT(""), TEXT(""), true },
	{ TEXT(""), TEXT("a"), false },
	{ TEXT("a"), TEXT(""), false },
	{ TEXT("a"), TEXT("a"), true },
	{ TEXT("a"), TEXT("b"), false },
	{ TEXT("a"), TEXT("aa"), false },
	{ TEXT("ab"), TEXT("a"), false },
	{ TEXT("ab"), TEXT("ac"), false },
	{ TEXT("a?[b]\\"), TEXT("a?[b]\\"), true },
	{ TEXT("a\0b"), TEXT("a\0b"), true },
	{ TEXT("a\0b"), TEXT("a\0c"), false },
	{ TEXT("\377"), TEXT("\377"), true },
	/* a star goes to the first of the next character, and stays */
	{ TEXT("*"), TEXT(""), true },
	{ TEXT("*"), TEXT("ab"), true },
	{ TEXT("a*"), TEXT("a"), true },
	{ TEXT("a*"), TEXT("ba"), false },
	{ TEXT("*a"), TEXT("a"), true },
	{ TEXT("*a"), TEXT("bba"), true },
	{ TEXT("*a"), TEXT("aa"), false },
	{ TEXT("*a"), TEXT(""), false },
	{ TEXT("*ab"), TEXT("xxab"), true },
	{ TEXT("*ab"), TEXT("acab"), false },
	{ TEXT("*GET /*"), TEXT("1.2.3.4 - GET / HTTP"), true },
	{ TEXT("*GET /*"), TEXT("Geneva GET / HTTP"), false },
	{ TEXT("*\0b"), TEXT("aa\0b"), true },
	{ TEXT("*\377b"), TEXT("aa\377b"), true },
	{ TEXT("a*b*c"), TEXT("axxbxxc"), true },
	/* a star or plus behind a star is looked for, then at work */
	{ TEXT("**"), TEXT(""), false },
	{ TEXT("**"), TEXT("a"), false },
	{ TEXT("**"), TEXT("*"), true },
	{ TEXT("**"), TEXT("a*b"), true },
	{ TEXT("***"), TEXT("a*b"), true },
	{ TEXT("**b"), TEXT("a*b"), true },
	{ TEXT("**b"), TEXT("ab"), false },
	{ TEXT("*+"), TEXT(""), false },
	{ TEXT("*+"), TEXT("+"), false },
	{ TEXT("*+a"), TEXT("a"), false },
	{ TEXT("*+a"), TEXT("+a"), false },
	{ TEXT("*++"), TEXT("a++"), true },
	{ TEXT("*++"), TEXT("a"), false },
	/* a plus takes whatever is behind it, and all of it */
	{ TEXT("+a"), TEXT(""), false },
	{ TEXT("+a"), TEXT("a"), true },
	{ TEXT("+a"), TEXT("aaa"), true },
	{ TEXT("+a"), TEXT("aab"), false },
	{ TEXT("+ab"), TEXT("aab"), true },
	{ TEXT("+aab"), TEXT("aab"), false },
	{ TEXT("b+a"), TEXT("baa"), true },
	{ TEXT("b+a"), TEXT("b"), false },
	{ TEXT("+a+b"), TEXT("aabb"), true },
	{ TEXT("+a*"), TEXT("aa"), true },
	{ TEXT("+*"), TEXT("**"), true },
	{ TEXT("+*"), TEXT("a"), false },
	{ TEXT("+*a"), TEXT("**a"), true },
	{ TEXT("++"), TEXT("++"), true },
	{ TEXT("++"), TEXT(""), false },
	{ TEXT("+++a"), TEXT("++a"), true },
	{ TEXT("+++a"), TEXT("+a"), true },
	{ TEXT("+\0"), TEXT("\0\0"), true },
	/* where runit reads on and calls it a match */
	{ TEXT("+ab"), TEXT("aa"), false },
	{ TEXT("+aa"), TEXT("aa"), false },
	{ TEXT("+a+b"), TEXT("aa"), false },
	{ TEXT("+a**"), TEXT("aa"), false },
	{ TEXT("+a+"), TEXT("aa"), false },
	/* a plus with nothing behind it */
	{ TEXT("+"), TEXT(""), false },
	{ TEXT("+"), TEXT("+"), false },
	{ TEXT("+"), TEXT("\0"), false },
	{ TEXT("a+"), TEXT("a"), false },
	{ TEXT("a+"), TEXT("a+"), false },
	{ TEXT("a+"), TEXT("a\0"), false },
};

static void
a_line_matches_when_the_whole_of_it_is_used_up(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct view p = cases[i].pattern, line = cases[i].line;

		if (glob_matches(p, line) != cases[i].hit ||
		    compiled(p, line) != cases[i].hit)
			fail_msg("case %zu: %s on %s", i, p.p, line.p);
	}
}

static void
views_of_nothing_at_all_are_empty_texts(void **state)
{
	static const char *const patterns[] = { "", "*", "*a", "+a", "+", "a",
		"**" };
	struct view none = { NULL, 0 };
	size_t i;

	(void)state;
	assert_true(compiled(none, none));
	assert_true(glob_matches(none, none));
	for (i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		struct view p = view_str(patterns[i]);

		assert_int_equal(compiled(p, none), i < 2);
		assert_int_equal(glob_matches(p, none), i < 2);
	}
}

static void
a_compiled_pattern_outlives_its_text(void **state)
{
	char text[] = "ab*c";
	struct match m;

	(void)state;
	assert_int_equal(glob_compile(&m, view_str(text)), 0);
	memset(text, 'x', sizeof(text));
	assert_true(match_hit(&m, view_str("ab--c")));
	assert_false(match_hit(&m, view_str("xxxx")));
	match_free(&m);
	match_free(&m); /* and may be freed twice */
}

/* The same numbers everywhere, each time. */
static uint32_t
next_random(uint64_t *seed, uint32_t below)
{
	*seed = *seed * 6364136223846793005U + 1442695040888963407U;
	return (uint32_t)(*seed >> 33) % below;
}

static struct view
random_text(uint64_t *seed, char *to, size_t longest)
{
	static const char alphabet[] = { 'a', 'b', '*', '+', ' ', 0, '\377' };
	size_t n = next_random(seed, (uint32_t)longest + 1), i;
	uint32_t letters = 2 + next_random(seed, sizeof(alphabet) - 1);

	for (i = 0; i < n; i++)
		to[i] = alphabet[next_random(seed, letters)];
	return view_of(to, n);
}

static void
the_compiled_pattern_agrees_with_the_definition(void **state)
{
	uint64_t seed = 19;
	char a[8], b[12];
	size_t i, hits = 0;

	(void)state;
	for (i = 0; i < 200000; i++) {
		struct view p = random_text(&seed, a, sizeof(a));
		struct view line = random_text(&seed, b, sizeof(b));
		bool hit = glob_matches(p, line);

		if (compiled(p, line) != hit)
			fail_msg("pair %zu", i);
		hits += hit;
	}
	assert_in_range(hits, 5000, 195000);
}

/* One page; the byte behind it kills. */
static char *
page_end(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *p = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	assert_ptr_not_equal(p, MAP_FAILED);
	assert_int_equal(mprotect(p + page, page, PROT_NONE), 0);
	return p + page;
}

static void
page_free(char *end)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	assert_int_equal(munmap(end - page, 2 * page), 0);
}

static struct view
at_end(char *end, struct view v)
{
	if (v.n > 0)
		memcpy(end - v.n, v.p, v.n);
	return view_of(end - v.n, v.n);
}

static void
nothing_is_read_behind_the_line_or_the_pattern(void **state)
{
	char *left = page_end(), *right = page_end();
	uint64_t seed = 20;
	char a[8], b[12];
	size_t i, n = sizeof(cases) / sizeof(cases[0]);

	(void)state;
	for (i = 0; i < 20000; i++) {
		struct view p =
		    i < n ? cases[i].pattern : random_text(&seed, a, sizeof(a));
		struct view line =
		    i < n ? cases[i].line : random_text(&seed, b, sizeof(b));

		p = at_end(left, p);
		line = at_end(right, line);
		assert_int_equal(compiled(p, line), glob_matches(p, line));
	}
	page_free(left);
	page_free(right);
}

static void
only_a_star_alone_is_said_to_hit_all(void **state)
{
	static const char *const others[] = { "", "**", "***", "*+", "+", "a*",
		"*a" };
	struct match m;
	size_t i;

	(void)state;
	assert_int_equal(glob_compile(&m, view_str("*")), 0);
	assert_true(m.ops->all);
	match_free(&m);
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		assert_int_equal(glob_compile(&m, view_str(others[i])), 0);
		assert_false(m.ops->all);
		match_free(&m);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    a_line_matches_when_the_whole_of_it_is_used_up),
		cmocka_unit_test(views_of_nothing_at_all_are_empty_texts),
		cmocka_unit_test(a_compiled_pattern_outlives_its_text),
		cmocka_unit_test(
		    the_compiled_pattern_agrees_with_the_definition),
		cmocka_unit_test(
		    nothing_is_read_behind_the_line_or_the_pattern),
		cmocka_unit_test(only_a_star_alone_is_said_to_hit_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
