/* svlogd/sieve */
#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "dated.h"
#include "pcre.h"
#include "sieve.h"
#include "unit/expression.h"
#include "unit/random.h"

#define STAMP "2026-11-22_16:51:04.07799 "

enum { PATTERNS = 3 };

static const struct {
	const char *patterns[PATTERNS];
	bool invert;
	const char *lines, *want;
} rows[] = {
	{ { NULL }, false, "a\nb\n", "a\nb\n" },
	{ { "b" }, false, "a\nb\nab\nc\n", "b\nab\n" },
	{ { "b" }, true, "a\nb\nab\nc\n", "a\nc\n" },
	{ { "b" }, true, "b\nb\n", "" },
	{ { "b" }, true, "b\na\nb", "a\n" },
	{ { "b", "c" }, false, "a\nb\nc\nd\n", "b\nc\n" },
	{ { "b", "^c" }, true, "a\nb\nc\nxc\n", "a\nxc\n" },
	{ { "^$" }, false, "\na\n\n", "\n\n" },
	{ { "a$" }, false, "ab\nba\n", "ba\n" },
	{ { "a.b" }, false, "a\nb\naxb\n", "axb\n" },
	{ { "[^x]b" }, false, "a\nb\nab\n", "ab\n" },
	{ { "b" }, false, "xx\nb", "b" },
	{ { "^" }, false, "xx", "xx" },
	{ { "\\B" }, false, "a\nb\n", "" }, /* behind the last is no line */
	/* No line has an end in it, with a stamp or without. */
	{ { "b\nc" }, false, "the end of a line is here: ab\nc\n", "" },
	{ { "b\nc" }, false, STAMP "ab\nc\n", "" },
	{ { "b\nc", "a" }, true, STAMP "b\nc\n", STAMP "b\nc\n" },
	/* A group is had again. */
	{ { "(.)\\1" }, false, "ab\nabba\n", "abba\n" },
	{ { "^(a|b)(c)?(?(2)d|e)" }, false, "acd\nad\nbe\n", "acd\nbe\n" },
	{ { "^((.)(?1)?\\2)$" }, false, "abba\nabab\n", "abba\n" },
	/* A stamp is not looked at. */
	{ { "2026" }, false, STAMP "a\n" STAMP "in 2026\n", STAMP "in 2026\n" },
	{ { "^a" }, false, STAMP "a\n" STAMP "ba\n", STAMP "a\n" },
	{ { "^(a|b)" }, false, STAMP "a\n" STAMP "cb\n", STAMP "a\n" },
	{ { "\\b(a|b)" }, false, STAMP "a\n" STAMP "cb\n", STAMP "a\n" },
	{ { "(.|a){27}" }, false, STAMP "a\n" STAMP "b\n", "" },
	{ { "799 a" }, false, STAMP "a\n799 a\n", "799 a\n" },
	{ { "16:51" }, true, STAMP "a\n", STAMP "a\n" },
};

static void
the_lines_that_are_wanted_come_in_order(void **state)
{
	char words[SIEVE_WORDS], got[256];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct view left = view_str(rows[i].lines), run;
		struct sieve s;
		size_t n = 0;

		sieve_init(&s);
		s.invert = rows[i].invert;
		for (size_t k = 0; k < PATTERNS && rows[i].patterns[k]; k++)
			assert_int_equal(
			    sieve_add(&s, rows[i].patterns[k], words), 0);
		while (sieve_next(&s, left, &run)) {
			const char *end = left.p + left.n;

			assert_true(run.n > 0);
			memcpy(got + n, run.p, run.n);
			n += run.n;
			left = view_of(run.p + run.n,
			    (size_t)(end - (run.p + run.n)));
		}
		got[n] = 0;
		if (strcmp(got, rows[i].want) != 0)
			fail_msg("row %zu: %s", i, got);
		sieve_free(&s);
	}
}

/* --- any patterns and any lines --------------------------------------------*/

enum { ROOM = 40000 };

/* Lines with a stamp, or without one, or none of the two, the last perhaps
 * without its end; where hits are rare they are of `letters` alone. */
static struct view
random_log(char *to, size_t n, const char *letters)
{
	static const char *const stamps[] = { "", STAMP,
		"@4000000069219a2c12345678 ", "2026-11-22T16:51:04.07799 ",
		"2026-13-22_16:51:04.07799 ", "2026" };
	const size_t kinds = sizeof stamps / sizeof stamps[0];
	size_t at = 0, kind = random_below(kinds), mixed = random_below(2);

	while (at + 40 < n) {
		size_t end = at + random_below(12);

		if (mixed)
			kind = random_below(kinds);
		memcpy(to + at, stamps[kind], strlen(stamps[kind]));
		end += strlen(stamps[kind]);
		for (at += strlen(stamps[kind]); at < end; at++)
			to[at] = letters[random_below(strlen(letters))];
		to[at++] = '\n';
	}
	return view_of(to, at - (at > 0 && random_below(2)));
}

/* A pattern by itself, line by line. */
static bool
slowly_hits(const struct match *m, size_t n, struct view line)
{
	int64_t ns;

	if (line.n > 0 && line.p[line.n - 1] == '\n')
		line.n--;
	if (dated_ns(line, &ns) == 0)
		line = view_from(line, DATED_SIZE);
	for (size_t i = 0; i < n; i++)
		if (match_hit(&m[i], line))
			return true;
	return false;
}

static size_t
slowly(const struct match *m, size_t n, bool invert, struct view v, char *to)
{
	size_t size = 0;

	while (v.n > 0) {
		const char *end = memchr(v.p, '\n', v.n);
		size_t one = end ? (size_t)(end - v.p) + 1 : v.n;

		if (slowly_hits(m, n, view_first(v, one)) != invert) {
			memcpy(to + size, v.p, one);
			size += one;
		}
		v = view_from(v, one);
	}
	return size;
}

static size_t
sieved(struct sieve *s, struct view v, char *to)
{
	size_t size = 0;
	struct view run;

	while (sieve_next(s, v, &run)) {
		assert_true(run.n > 0 && run.p >= v.p);
		memcpy(to + size, run.p, run.n);
		size += run.n;
		v = view_from(v, (size_t)(run.p - v.p) + run.n);
	}
	return size;
}

static void
check_logs(struct sieve *s, const struct match *m, const char *words)
{
	static const char *const letters[] = { "abcABC. ", "xyz", "xyzxyzxyza",
		"ab", "2016-: ." };
	static char room[ROOM], want[ROOM], got[ROOM];

	for (size_t k = 0; k < 6; k++) {
		size_t size = k == 0 ? ROOM : random_below(400);
		struct view v =
		    random_log(room, size, letters[random_below(5)]);
		size_t n, wants;

		s->invert = random_below(2);
		wants = slowly(m, s->n, s->invert, v, want);
		n = sieved(s, v, got);
		if (n != wants || memcmp(got, want, n) != 0)
			fail_msg("%s", words);
	}
}

static void
any_lines_are_wanted_that_each_by_itself_is(void **state)
{
	char re[PATTERNS][EXPRESSION_SIZE], words[SIEVE_WORDS], all[400];
	size_t tried = 0, looked = 0;

	(void)state;
	random_seed(5);
	for (int round = 0; round < 12000; round++) {
		size_t n = random_below(4) ? 1 : PATTERNS;
		struct match m[PATTERNS];
		struct pcre_error err;
		struct sieve s;

		sieve_init(&s);
		all[0] = 0;
		while (s.n < n) {
			struct view one = any_expression(re[s.n]);

			if (pcre_compile(&m[s.n], one, &err) < 0)
				continue;
			strcat(strcat(all, one.p), "  ");
			assert_int_equal(sieve_add(&s, one.p, words), 0);
		}
		check_logs(&s, m, all);
		tried += n == 1;
		looked += n == 1 && s.pattern[0].ahead.usual > 4096;
		for (size_t i = 0; i < n; i++)
			match_free(&m[i]);
		sieve_free(&s);
	}
	assert_in_range(tried, 8000, 12000);
	/* Some were looked for in many lines at once, others were not. */
	assert_in_range(looked, tried / 20, tried / 20 * 19);
}

static void
a_wrong_expression_is_refused_in_words(void **state)
{
	char words[SIEVE_WORDS];
	struct sieve s;

	(void)state;
	sieve_init(&s);
	assert_int_equal(sieve_add(&s, "ab(c", words), -EINVAL);
	assert_non_null(strstr(words, "parenthes"));
	assert_non_null(strstr(words, "character 5"));
	assert_int_equal(s.n, 0);
	sieve_free(&s);
}

static void
no_byte_behind_the_lines_is_looked_at(void **state)
{
	char words[SIEVE_WORDS], *p = malloc(3);
	struct view run;
	struct sieve s;

	(void)state;
	assert_non_null(p);
	sieve_init(&s);
	assert_int_equal(sieve_add(&s, "aaa", words), 0);
	assert_int_equal(sieve_add(&s, "^b+$", words), 0);
	memcpy(p, "a\na", 3);
	assert_false(sieve_next(&s, view_of(p, 3), &run));
	free(p);
	sieve_free(&s);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_lines_that_are_wanted_come_in_order),
		cmocka_unit_test(any_lines_are_wanted_that_each_by_itself_is),
		cmocka_unit_test(a_wrong_expression_is_refused_in_words),
		cmocka_unit_test(no_byte_behind_the_lines_is_looked_at),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
