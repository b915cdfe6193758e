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

#include "sieve.h"

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
	/* A stamp is not looked at. */
	{ { "2026" }, false, STAMP "a\n" STAMP "in 2026\n", STAMP "in 2026\n" },
	{ { "^a" }, false, STAMP "a\n" STAMP "ba\n", STAMP "a\n" },
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
		cmocka_unit_test(a_wrong_expression_is_refused_in_words),
		cmocka_unit_test(no_byte_behind_the_lines_is_looked_at),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
