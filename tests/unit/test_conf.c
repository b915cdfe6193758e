/* svlogd/conf */
#define _GNU_SOURCE

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "conf.h"

enum { SEEN = 64 };

static struct {
	struct conf_problem problem[SEEN];
	unsigned n;
} seen;

static void
see(void *arg, const struct conf_problem *problem)
{
	assert_ptr_equal(arg, &seen);
	assert_non_null(problem->what);
	assert_non_null(problem->why);
	if (seen.n < SEEN)
		seen.problem[seen.n] = *problem;
	seen.n++;
}

static void
parse_view(struct conf *c, struct view text)
{
	seen.n = 0;
	assert_int_equal(conf_parse(c, text, see, &seen), 0);
}

static void
parse(struct conf *c, const char *text)
{
	parse_view(c, view_str(text));
}

/* --- numbers ------------------------------------------------------------- */

#define D                                                                      \
	{                                                                      \
		1000000, 10, 10, 0, 0, 0, 0, 0644, 0, 0                        \
	}

struct values {
	uint64_t size, keep, keep_full, age_s, total, total_s, sync_ms, mode,
	    drop, copy_out;
};

static const struct {
	const char *text;
	unsigned problems;
	struct values want;
} rows[] = {
	{ "", 0, D },
	{ "\n\n\n", 0, D },
	{ "# nothing\n#", 0, D },
	/* Each directive. */
	{ "s123\n", 0, { 123, 10, 10, 0, 0, 0, 0, 0644, 0, 0 } },
	{ "s2k\n", 0, { 2048, 10, 10, 0, 0, 0, 0, 0644, 0, 0 } },
	{ "s2m\n", 0, { 2097152, 10, 10, 0, 0, 0, 0, 0644, 0, 0 } },
	{ "n3\n", 0, { 1000000, 3, 10, 0, 0, 0, 0, 0644, 0, 0 } },
	{ "N3\n", 0, { 1000000, 10, 3, 0, 0, 0, 0, 0644, 0, 0 } },
	{ "t30\n", 0, { 1000000, 10, 10, 30, 0, 0, 0, 0644, 0, 0 } },
	{ "t2m\n", 0, { 1000000, 10, 10, 120, 0, 0, 0, 0644, 0, 0 } },
	{ "t2h\n", 0, { 1000000, 10, 10, 7200, 0, 0, 0, 0644, 0, 0 } },
	{ "S9\n", 0, { 1000000, 10, 10, 0, 9, 0, 0, 0644, 0, 0 } },
	{ "S1k\n", 0, { 1000000, 10, 10, 0, 1024, 0, 0, 0644, 0, 0 } },
	{ "S1m\n", 0, { 1000000, 10, 10, 0, 1048576, 0, 0, 0644, 0, 0 } },
	{ "S1g\n", 0, { 1000000, 10, 10, 0, 1073741824, 0, 0, 0644, 0, 0 } },
	{ "A9\n", 0, { 1000000, 10, 10, 0, 0, 9, 0, 0644, 0, 0 } },
	{ "A2m\n", 0, { 1000000, 10, 10, 0, 0, 120, 0, 0644, 0, 0 } },
	{ "A2h\n", 0, { 1000000, 10, 10, 0, 0, 7200, 0, 0644, 0, 0 } },
	{ "A2d\n", 0, { 1000000, 10, 10, 0, 0, 172800, 0, 0644, 0, 0 } },
	{ "y50\n", 0, { 1000000, 10, 10, 0, 0, 0, 50, 0644, 0, 0 } },
	{ "y0\n", 0, D },
	{ "m600\n", 0, { 1000000, 10, 10, 0, 0, 0, 0, 0600, 0, 0 } },
	{ "m0640\n", 0, { 1000000, 10, 10, 0, 0, 0, 0, 0640, 0, 0 } },
	{ "Bdrop\n", 0, { 1000000, 10, 10, 0, 0, 0, 0, 0644, 1, 0 } },
	{ "Bblock\n", 0, D },
	{ "O\n", 0, { 1000000, 10, 10, 0, 0, 0, 0, 0644, 0, 1 } },
	/* What runit takes an old line for, with a warning. */
	{ "s\n", 0, { 0, 10, 10, 0, 0, 0, 0, 0644, 0, 0 } },
	{ "sx\n", 1, { 0, 10, 10, 0, 0, 0, 0, 0644, 0, 0 } },
	{ "sk\n", 1, { 0, 10, 10, 0, 0, 0, 0, 0644, 0, 0 } },
	{ "s-5\n", 1, { 0, 10, 10, 0, 0, 0, 0, 0644, 0, 0 } },
	{ "s 5\n", 1, { 0, 10, 10, 0, 0, 0, 0, 0644, 0, 0 } },
	{ "s5 \n", 1, { 5, 10, 10, 0, 0, 0, 0, 0644, 0, 0 } },
	{ "s5g\n", 1, { 5, 10, 10, 0, 0, 0, 0, 0644, 0, 0 } },
	{ "s5kb\n", 1, { 5120, 10, 10, 0, 0, 0, 0, 0644, 0, 0 } },
	{ "s5\r\n", 1, { 5, 10, 10, 0, 0, 0, 0, 0644, 0, 0 } },
	{ "n7k\n", 1, { 1000000, 7, 10, 0, 0, 0, 0, 0644, 0, 0 } },
	{ "nx\n", 1, { 1000000, 0, 10, 0, 0, 0, 0, 0644, 0, 0 } },
	{ "Nx\n", 1, { 1000000, 10, 0, 0, 0, 0, 0, 0644, 0, 0 } },
	{ "tx\n", 1, D },
	{ "t1d\n", 1, { 1000000, 10, 10, 1, 0, 0, 0, 0644, 0, 0 } },
	{ "s99999999999999999999\n", 1,
	    { INT64_MAX, 10, 10, 0, 0, 0, 0, 0644, 0, 0 } },
	{ "s9999999999999999m\n", 1,
	    { INT64_MAX, 10, 10, 0, 0, 0, 0, 0644, 0, 0 } },
	{ "n99999999999999999999\n", 1,
	    { 1000000, INT64_MAX, 10, 0, 0, 0, 0, 0644, 0, 0 } },
	/* Ours are used as a whole or not at all. */
	{ "S\n", 1, D },
	{ "S5x\n", 1, D },
	{ "S99999999999999999999\n", 1, D },
	{ "A5x\n", 1, D },
	{ "A\n", 1, D },
	{ "A9999999999999d\n", 1, D },
	{ "A99999999999999999999\n", 1, D },
	{ "y\n", 1, D },
	{ "y5s\n", 1, D },
	{ "y86400001\n", 1, D },
	{ "m\n", 1, D },
	{ "m64\n", 1, D },
	{ "m444\n", 1, D },
	{ "m755\n", 1, D },
	{ "m1644\n", 1, D },
	{ "m698\n", 1, D },
	{ "m0xffff\n", 1, D },
	{ "B\n", 1, D },
	{ "Bdrop \n", 1, D },
	{ "BDROP\n", 1, D },
	{ "O1\n", 1, D },
	/* What is not built yet, and what never will be. */
	{ "~+x\n~-x\n~ex\n~Ex\n~mx\n", 5, D },
	{ "z\nz6\nu1.2.3.4\nU1.2.3.4:5\nFraw\n", 5, D },
	{ "q\nx5\n S\n", 3, D },
	/* The last one of a kind wins, good after bad and bad after good. */
	{ "s1\nn1\ns2\n", 0, { 2, 1, 10, 0, 0, 0, 0, 0644, 0, 0 } },
	{ "S1\nS2x\n", 1, { 1000000, 10, 10, 0, 1, 0, 0, 0644, 0, 0 } },
	{ "Bdrop\nBblock\n", 0, D },
	/* The last line needs no newline, and one character is a line. */
	{ "s5", 0, { 5, 10, 10, 0, 0, 0, 0, 0644, 0, 0 } },
	{ "s5\nn", 0, { 5, 0, 10, 0, 0, 0, 0, 0644, 0, 0 } },
	{ "s", 0, { 0, 10, 10, 0, 0, 0, 0, 0644, 0, 0 } },
	{ "O", 0, { 1000000, 10, 10, 0, 0, 0, 0, 0644, 0, 1 } },
};

static struct values
values_of(const struct conf *c)
{
	struct values v = { c->size, c->keep, c->keep_full, c->age_s, c->total,
		c->total_s, c->sync_ms, c->mode, c->drop, c->copy_out };

	return v;
}

static void
each_line_sets_what_it_says(void **state)
{
	unsigned bad = 0;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct values v;
		struct conf c;

		parse(&c, rows[i].text);
		v = values_of(&c);
		if (memcmp(&v, &rows[i].want, sizeof(v)) != 0 ||
		    seen.n != rows[i].problems) {
			print_error("row %zu: %s: %u problems, s%lu n%lu "
				    "t%lu\n",
			    i, rows[i].text, seen.n, v.size, v.keep, v.age_s);
			bad++;
		}
		conf_free(&c);
	}
	assert_int_equal(bad, 0);
}

static void
the_defaults_are_those_of_no_config(void **state)
{
	struct conf a, b;
	struct values v, w;

	(void)state;
	conf_init(&a);
	parse(&b, "");
	v = values_of(&a);
	w = values_of(&b);
	assert_memory_equal(&v, &w, sizeof(v));
	assert_null(a.processor);
	assert_int_equal(a.prefix.n, 0);
	assert_int_equal(select_has_rules(&a.select), false);
	conf_free(&b);
	conf_free(&b);
	w = values_of(&b);
	assert_memory_equal(&v, &w, sizeof(v));
}

static void
an_age_never_overflows_as_nanoseconds(void **state)
{
	static const char *const text[] = { "t9223372036854775807\n",
		"t99999999999999999999h\n", "t4611686019\n", "A4611686019\n" };
	struct conf c;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(text) / sizeof(text[0]); i++) {
		parse(&c, text[i]);
		assert_true(c.age_s <= INT64_MAX / 2000000000);
		assert_true(c.total_s <= INT64_MAX / 2000000000);
		conf_free(&c);
	}
}

/* --- texts --------------------------------------------------------------- */

static void
a_prefix_is_taken_as_it_is(void **state)
{
	static const struct {
		struct view text, want;
	} texts[] = {
		{ { "pweb: \n", 7 }, { "web: ", 5 } },
		{ { "p  x\t\n", 6 }, { "  x\t", 4 } },
		{ { "p\n", 2 }, { "", 0 } },
		{ { "p", 1 }, { "", 0 } },
		{ { "p \n", 3 }, { " ", 1 } },
		{ { "pp", 2 }, { "p", 1 } },
		{ { "pa\r\n", 4 }, { "a\r", 2 } },
		{ { "pa\0b\n", 5 }, { "a\0b", 3 } },
		{ { "pone\np\n", 7 }, { "one", 3 } },
		{ { "pone\nptwo\n", 10 }, { "two", 3 } },
	};
	struct conf c;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		parse_view(&c, texts[i].text);
		if (!view_eq(c.prefix, texts[i].want) || seen.n)
			fail_msg("row %zu", i);
		conf_free(&c);
	}
}

static void
a_processor_is_the_rest_of_its_line(void **state)
{
	struct conf c;

	(void)state;
	parse(&c, "!exec gzip -9  \n");
	assert_string_equal(c.processor, "exec gzip -9  ");
	conf_free(&c);
	parse(&c, "!one\n!two");
	assert_string_equal(c.processor, "two");
	conf_free(&c);
	parse(&c, "!one\n!\n");
	assert_null(c.processor);
	conf_free(&c);
}

static void
the_text_may_go_once_it_is_parsed(void **state)
{
	char text[] = "pabc\n!cmd\n-deny*\n+deny not\n";
	struct conf c;

	(void)state;
	parse(&c, text);
	memset(text, 'X', sizeof(text));
	assert_true(view_eq(c.prefix, view_str("abc")));
	assert_string_equal(c.processor, "cmd");
	assert_false(
	    select_line(&c.select, view_str("deny it")).to[SELECT_LOG]);
	assert_true(
	    select_line(&c.select, view_str("deny not")).to[SELECT_LOG]);
	conf_free(&c);
}

static void
rules_add_up_in_the_order_of_the_lines(void **state)
{
	struct verdict v;
	struct conf c;

	(void)state;
	parse(&c, "-*\n+*a*\ne*b*\nEb\n-\n");
	assert_int_equal(seen.n, 0);
	assert_int_equal(c.select.of[SELECT_LOG].n, 3);
	v = select_line(&c.select, view_str("xay"));
	assert_true(v.to[SELECT_LOG] && !v.to[SELECT_STDERR]);
	v = select_line(&c.select, view_str("xby"));
	assert_true(!v.to[SELECT_LOG] && v.to[SELECT_STDERR]);
	v = select_line(&c.select, view_str("b"));
	assert_true(!v.to[SELECT_LOG] && !v.to[SELECT_STDERR]);
	v = select_line(&c.select, view_str(""));
	assert_true(!v.to[SELECT_LOG] && !v.to[SELECT_STDERR]);
	conf_free(&c);
}

static void
ten_thousand_lines_of_a_kind_are_no_harm(void **state)
{
	static const char *const lines[] = { "s1234\n", "+*abc*\n", "\n",
		"pxyz\n", "!cmd\n", "junk\n", "#\n" };
	size_t i, k;

	(void)state;
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		size_t n = strlen(lines[i]);
		char *text = malloc(10000 * n);
		struct conf c;

		for (k = 0; k < 10000; k++)
			memcpy(text + k * n, lines[i], n);
		parse_view(&c, view_of(text, 10000 * n));
		free(text);
		assert_int_equal(c.size, i == 0 ? 1234 : 1000000);
		assert_int_equal(c.select.of[SELECT_LOG].n, i == 1 ? 10000 : 0);
		assert_int_equal(seen.n, i == 5 ? 10000 : 0);
		conf_free(&c);
	}
}

static void
nul_bytes_are_bytes(void **state)
{
	struct conf c;

	(void)state;
	parse_view(&c, view_of("s5\0k\n\0\nn3\n-a\0b\n", 15));
	assert_int_equal(c.size, 5);
	assert_int_equal(c.keep, 3);
	assert_int_equal(seen.n, 2);
	assert_false(select_line(&c.select, view_of("a\0b", 3)).to[SELECT_LOG]);
	assert_true(select_line(&c.select, view_of("a", 1)).to[SELECT_LOG]);
	conf_free(&c);
	parse_view(&c, view_of("!ab\0cd\n", 7));
	assert_string_equal(c.processor, "ab"); /* as a shell sees it */
	conf_free(&c);
}

/* --- problems ------------------------------------------------------------ */

static void
a_problem_says_where_it_is(void **state)
{
	struct conf c;

	(void)state;
	parse(&c, "# fine\n\ns5x\nn10\n?\nBmaybe");
	assert_int_equal(seen.n, 3);
	assert_int_equal(seen.problem[0].line, 3);
	assert_int_equal(seen.problem[0].column, 2);
	assert_int_equal(seen.problem[1].line, 5);
	assert_int_equal(seen.problem[1].column, 1);
	assert_int_equal(seen.problem[2].line, 6);
	assert_int_equal(seen.problem[2].column, 2);
	assert_false(seen.problem[0].error);
	conf_free(&c);
	assert_int_equal(conf_parse(&c, view_str("?\n"), NULL, NULL), 0);
	conf_free(&c);
}

/* The reader of our messages may not be allowed to read the config. */
static void
no_problem_quotes_the_config(void **state)
{
	static const char *const keys[] = { "s", "s1", "n", "n1", "N", "t", "S",
		"A", "y", "m", "B", "O", "~+", "z", "u", "U", "F", "q" };
	char text[64];
	struct conf c;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		snprintf(text, sizeof(text), "%sSECRET\n", keys[i]);
		parse(&c, text);
		assert_int_equal(seen.n, 1);
		assert_null(strstr(seen.problem[0].what, "SECRET"));
		assert_null(strstr(seen.problem[0].why, "SECRET"));
		conf_free(&c);
		/* Still there when the text is not. */
		assert_true(strlen(seen.problem[0].what) > 0);
		assert_true(strlen(seen.problem[0].why) > 0);
	}
}

/* --- compressors --------------------------------------------------------- */

static const struct {
	const char *command;
	bool is_gzip;
} commands[] = {
	{ "gzip", true },
	{ "gzip -1", true },
	{ "gzip -6", true },
	{ "gzip -9", true },
	{ "gzip -9c -", true },
	{ "", false },
	{ "gzip ", false },
	{ " gzip", false },
	{ "gzip -0", false },
	{ "gzip -", false },
	{ "gzip -99", false },
	{ "gzip -9 ", false },
	{ "gzip -9c", false },
	{ "gzip -9c - ", false },
	{ "gzip -9;reboot", false },
	{ "gzip\n", false },
	{ "gzip -d", false },
	{ "/bin/gzip", false },
	{ "GZIP", false },
	{ "gzip -9c -\n", false },
};

static void
only_the_exact_words_are_a_compressor(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (conf_processor_is_gzip(commands[i].command) !=
		    commands[i].is_gzip)
			fail_msg("%s", commands[i].command);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_line_sets_what_it_says),
		cmocka_unit_test(the_defaults_are_those_of_no_config),
		cmocka_unit_test(an_age_never_overflows_as_nanoseconds),
		cmocka_unit_test(a_prefix_is_taken_as_it_is),
		cmocka_unit_test(a_processor_is_the_rest_of_its_line),
		cmocka_unit_test(the_text_may_go_once_it_is_parsed),
		cmocka_unit_test(rules_add_up_in_the_order_of_the_lines),
		cmocka_unit_test(ten_thousand_lines_of_a_kind_are_no_harm),
		cmocka_unit_test(nul_bytes_are_bytes),
		cmocka_unit_test(a_problem_says_where_it_is),
		cmocka_unit_test(no_problem_quotes_the_config),
		cmocka_unit_test(only_the_exact_words_are_a_compressor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
