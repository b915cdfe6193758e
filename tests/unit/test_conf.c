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
	assert_true(strlen(problem->what) > 0 && strlen(problem->why) > 8);
	if (seen.n < SEEN)
		seen.problem[seen.n] = *problem;
	seen.n++;
}

/* The config of a test; freed after it. */
static struct conf c;

static int
leave(void **state)
{
	(void)state;
	conf_free(&c);
	return 0;
}

static void
parse_view(struct view text)
{
	seen.n = 0;
	conf_free(&c);
	assert_int_equal(conf_parse(&c, text, see, &seen), 0);
}

static void
parse(const char *text)
{
	parse_view(view_str(text));
}

/* --- numbers ------------------------------------------------------------- */

enum field {
	NONE,
	SIZE,
	KEEP,
	KEEP_FULL,
	AGE_S,
	TOTAL,
	TOTAL_S,
	SYNC_MS,
	MODE,
	DROP,
	COPY_OUT,
	GZIP_AT,
	FIELDS,
};

struct values {
	uint64_t of[FIELDS];
};

static const struct values defaults = {
	.of = { [SIZE] = 1000000, [KEEP] = 10, [KEEP_FULL] = 10, [MODE] = 0644 }
};

#define NOTHING                                                                \
	{                                                                      \
		{                                                              \
			NONE, 0                                                \
		}                                                              \
	}

static const struct {
	const char *text;
	unsigned problems;
	struct {
		enum field field; /* the others have their defaults */
		uint64_t value;
	} set[2];
} rows[] = {
	{ "", 0, NOTHING },
	{ "\n\n\n", 0, NOTHING },
	{ "# nothing\n#", 0, NOTHING },
	/* Each directive. */
	{ "s123\n", 0, { { SIZE, 123 } } },
	{ "s2k\n", 0, { { SIZE, 2048 } } },
	{ "s2m\n", 0, { { SIZE, 2097152 } } },
	{ "n3\n", 0, { { KEEP, 3 } } },
	{ "N3\n", 0, { { KEEP_FULL, 3 } } },
	{ "t30\n", 0, { { AGE_S, 30 } } },
	{ "t2m\n", 0, { { AGE_S, 120 } } },
	{ "t2h\n", 0, { { AGE_S, 7200 } } },
	{ "S9\n", 0, { { TOTAL, 9 } } },
	{ "S1k\n", 0, { { TOTAL, 1024 } } },
	{ "S1m\n", 0, { { TOTAL, 1048576 } } },
	{ "S1g\n", 0, { { TOTAL, 1073741824 } } },
	{ "A9\n", 0, { { TOTAL_S, 9 } } },
	{ "A2m\n", 0, { { TOTAL_S, 120 } } },
	{ "A2h\n", 0, { { TOTAL_S, 7200 } } },
	{ "A2d\n", 0, { { TOTAL_S, 172800 } } },
	{ "y50\n", 0, { { SYNC_MS, 50 } } },
	{ "y0\n", 0, NOTHING },
	{ "m600\n", 0, { { MODE, 0600 } } },
	{ "m0640\n", 0, { { MODE, 0640 } } },
	{ "Bdrop\n", 0, { { DROP, 1 } } },
	{ "Bblock\n", 0, NOTHING },
	{ "O\n", 0, { { COPY_OUT, 1 } } },
	{ "z\n", 0, { { GZIP_AT, 6 } } },
	{ "z1\n", 0, { { GZIP_AT, 1 } } },
	{ "z9", 0, { { GZIP_AT, 9 } } },
	/* What runit takes an old line for, with a warning. */
	{ "s\n", 0, { { SIZE, 0 } } },
	{ "sx\n", 1, { { SIZE, 0 } } },
	{ "sk\n", 1, { { SIZE, 0 } } },
	{ "s-5\n", 1, { { SIZE, 0 } } },
	{ "s 5\n", 1, { { SIZE, 0 } } },
	{ "s5 \n", 1, { { SIZE, 5 } } },
	{ "s5g\n", 1, { { SIZE, 5 } } },
	{ "s5kb\n", 1, { { SIZE, 5120 } } },
	{ "s5\r\n", 1, { { SIZE, 5 } } },
	{ "n7k\n", 1, { { KEEP, 7 } } },
	{ "nx\n", 1, { { KEEP, 0 } } },
	{ "Nx\n", 1, { { KEEP_FULL, 0 } } },
	{ "tx\n", 1, NOTHING },
	{ "t1d\n", 1, { { AGE_S, 1 } } },
	{ "s99999999999999999999\n", 1, { { SIZE, INT64_MAX } } },
	{ "s9999999999999999m\n", 1, { { SIZE, INT64_MAX } } },
	{ "n99999999999999999999\n", 1, { { KEEP, INT64_MAX } } },
	/* Ours are used as a whole or not at all. */
	{ "S\n", 1, NOTHING },
	{ "S5x\n", 1, NOTHING },
	{ "S99999999999999999999\n", 1, NOTHING },
	{ "A5x\n", 1, NOTHING },
	{ "A\n", 1, NOTHING },
	{ "A9999999999999d\n", 1, NOTHING },
	{ "A99999999999999999999\n", 1, NOTHING },
	{ "y\n", 1, NOTHING },
	{ "y5s\n", 1, NOTHING },
	{ "y86400001\n", 1, NOTHING },
	{ "m\n", 1, NOTHING },
	{ "m64\n", 1, NOTHING },
	{ "m444\n", 1, NOTHING },
	{ "m755\n", 1, NOTHING },
	{ "m1644\n", 1, NOTHING },
	{ "m698\n", 1, NOTHING },
	{ "m0xffff\n", 1, NOTHING },
	{ "z0\n", 1, NOTHING },
	{ "z10\n", 1, NOTHING },
	{ "z 6\n", 1, NOTHING },
	{ "z6k\n", 1, NOTHING },
	{ "z-6\n", 1, NOTHING },
	{ "zcat\n", 1, NOTHING },
	{ "z3\nzz\n", 1, { { GZIP_AT, 3 } } },
	{ "B\n", 1, NOTHING },
	{ "Bdrop \n", 1, NOTHING },
	{ "BDROP\n", 1, NOTHING },
	{ "O1\n", 1, NOTHING },
	/* Expressions, of which only those that are bad are told. */
	{ "~+x\n~-x\n~ex\n~Ex\n~mx\n", 0, NOTHING },
	{ "~\n~x\n~+\n~m\n~+(\n~m*\n", 6, NOTHING },
	{ "q\nx5\n S\n", 3, NOTHING },
	/* The last one of a kind wins, good after bad and bad after good. */
	{ "s1\nn1\ns2\n", 0, { { SIZE, 2 }, { KEEP, 1 } } },
	{ "S1\nS2x\n", 1, { { TOTAL, 1 } } },
	{ "Bdrop\nBblock\n", 0, NOTHING },
	/* The last line needs no newline, and one character is a line. */
	{ "s5", 0, { { SIZE, 5 } } },
	{ "s5\nn", 0, { { SIZE, 5 }, { KEEP, 0 } } },
	{ "s", 0, { { SIZE, 0 } } },
	{ "O", 0, { { COPY_OUT, 1 } } },
};

static struct values
values_of(const struct conf *conf)
{
	return (struct values){ .of = {
				    [SIZE] = conf->size,
				    [KEEP] = conf->keep,
				    [KEEP_FULL] = conf->keep_full,
				    [AGE_S] = conf->age_s,
				    [TOTAL] = conf->total,
				    [TOTAL_S] = conf->total_s,
				    [SYNC_MS] = conf->sync_ms,
				    [MODE] = conf->mode,
				    [DROP] = conf->drop,
				    [COPY_OUT] = conf->copy_out,
				    [GZIP_AT] = (uint64_t)conf->gzip_level,
				} };
}

static bool
row_is_right(size_t i)
{
	struct values got, want = defaults;
	size_t k;

	parse(rows[i].text);
	for (k = 0; k < 2; k++)
		want.of[rows[i].set[k].field] = rows[i].set[k].value;
	want.of[NONE] = 0;
	got = values_of(&c);
	return memcmp(&got, &want, sizeof(got)) == 0 &&
	       seen.n == rows[i].problems;
}

static void
each_line_sets_what_it_says(void **state)
{
	unsigned bad = 0;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (row_is_right(i))
			continue;
		print_error("row %zu: %s: %u problems, s%lu n%lu t%lu\n", i,
		    rows[i].text, seen.n, c.size, c.keep, c.age_s);
		bad++;
	}
	assert_int_equal(bad, 0);
}

static void
the_defaults_are_those_of_no_config(void **state)
{
	struct conf none;
	struct values v;

	(void)state;
	conf_init(&none);
	v = values_of(&none);
	assert_memory_equal(&v, &defaults, sizeof(v));
	assert_null(none.processor);
	assert_int_equal(none.prefix.n, 0);
	assert_false(select_has_rules(&none.select));
	parse("s5\nn7\np x\n");
	conf_free(&c);
	conf_free(&c);
	v = values_of(&c);
	assert_memory_equal(&v, &defaults, sizeof(v));
}

static void
an_age_never_overflows_as_nanoseconds(void **state)
{
	static const char *const text[] = { "t9223372036854775807\n",
		"t99999999999999999999h\n", "t4611686019\n", "A4611686019\n" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(text) / sizeof(text[0]); i++) {
		parse(text[i]);
		assert_true(c.age_s <= INT64_MAX / 2000000000);
		assert_true(c.total_s <= INT64_MAX / 2000000000);
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
		{ { "pa\0b\n", 5 }, { "a\0b", 3 } },
		{ { "pone\np\n", 7 }, { "one", 3 } },
		{ { "pone\nptwo\n", 10 }, { "two", 3 } },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		parse_view(texts[i].text);
		if (!view_eq(c.prefix, texts[i].want) || seen.n)
			fail_msg("row %zu", i);
	}
}

static void
a_processor_is_the_rest_of_its_line(void **state)
{

	(void)state;
	parse("!exec gzip -9  \n");
	assert_string_equal(c.processor, "exec gzip -9  ");
	parse("!one\n!two");
	assert_string_equal(c.processor, "two");
	parse("!one\n!\n");
	assert_null(c.processor);
}

static void
the_text_may_go_once_it_is_parsed(void **state)
{
	char text[] = "pabc\n!cmd\n-deny*\n+deny not\n";

	(void)state;
	parse(text);
	memset(text, 'X', sizeof(text));
	assert_true(view_eq(c.prefix, view_str("abc")));
	assert_string_equal(c.processor, "cmd");
	assert_false(
	    select_line(&c.select, view_str("deny it")).to[SELECT_LOG]);
	assert_true(
	    select_line(&c.select, view_str("deny not")).to[SELECT_LOG]);
}

static void
rules_add_up_in_the_order_of_the_lines(void **state)
{
	struct verdict v;

	(void)state;
	parse("-*\n+*a*\ne*b*\nEb\n-\n");
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

		for (k = 0; k < 10000; k++)
			memcpy(text + k * n, lines[i], n);
		parse_view(view_of(text, 10000 * n));
		free(text);
		assert_int_equal(c.size, i == 0 ? 1234 : 1000000);
		assert_int_equal(c.select.of[SELECT_LOG].n, i == 1 ? 10000 : 0);
		assert_int_equal(seen.n, i == 5 ? 10000 : 0);
	}
}

static void
nul_bytes_are_bytes(void **state)
{

	(void)state;
	parse_view(view_of("s5\0k\n\0\nn3\n-a\0b\n", 15));
	assert_int_equal(c.size, 5);
	assert_int_equal(c.keep, 3);
	assert_int_equal(seen.n, 2);
	assert_false(select_line(&c.select, view_of("a\0b", 3)).to[SELECT_LOG]);
	assert_true(select_line(&c.select, view_of("a", 1)).to[SELECT_LOG]);
	parse_view(view_of("!ab\0cd\n", 7));
	assert_string_equal(c.processor, "ab"); /* as a shell sees it */
}

/* --- problems ------------------------------------------------------------ */

static void
a_problem_says_where_it_is(void **state)
{

	(void)state;
	parse("# fine\n\ns5x\nn10\n?\nBmaybe");
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
}

static void
a_carriage_return_is_told_and_part_of_the_line(void **state)
{
	(void)state;
	parse("#a\r\npab\r\n~-x\r\ns9\r\n+a\rb\n");
	assert_int_equal(seen.n, 3);
	assert_int_equal(seen.problem[0].line, 2);
	assert_int_equal(seen.problem[0].column, 4);
	assert_int_equal(seen.problem[1].line, 3);
	assert_int_equal(seen.problem[2].line, 4);
	assert_int_equal(seen.problem[2].column, 2);
	assert_int_equal(c.errors, 0);
	assert_true(view_eq(c.prefix, view_str("ab\r")));
	conf_free(&c);
}

/* The reader of our messages may not be allowed to read the config. */
static void
no_problem_quotes_the_config(void **state)
{
	static const char *const keys[] = { "s", "s1", "n", "n1", "N", "t", "S",
		"A", "y", "m", "B", "O", "~", "~+(", "z", "u ", "U ", "F",
		"F3164 local0.info tag ", "q" };
	char text[64];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		snprintf(text, sizeof(text), "%sSECRET\n", keys[i]);
		parse(text);
		assert_int_equal(seen.n, 1);
		assert_null(strstr(seen.problem[0].what, "SECRET"));
		assert_null(strstr(seen.problem[0].why, "SECRET"));
		/* Still there when the text is not. */
		assert_true(strlen(seen.problem[0].what) > 0);
		assert_true(strlen(seen.problem[0].why) > 0);
	}
}

/* --- datagrams ------------------------------------------------------------ */

static void
targets_add_up_and_the_last_form_counts(void **state)
{
	(void)state;
	parse("u1.2.3.4\nuhost:5\nu[::1]\nu1.2.3.4:514\nFraw max=500\n"
	      "F5424 local1.err app\n");
	assert_int_equal(seen.n, 0);
	assert_int_equal(c.n_targets, 3);
	assert_int_equal(c.targets[0].line, 4); /* the same one again */
	assert_int_equal(c.targets[1].line, 2);
	assert_string_equal(c.targets[1].address.name, "host");
	assert_int_equal(c.targets[1].address.port, 5);
	assert_int_equal(c.targets[2].address.ip.version, 6);
	assert_false(c.only);
	assert_int_equal(c.form.style, FRAME_5424);
	assert_int_equal(c.form.max, 2048);
	parse("U1.2.3.4\nuhost\n");
	assert_true(c.only);
	parse("");
	assert_int_equal(c.n_targets, 0);
	assert_int_equal(c.form.style, FRAME_RAW);
}

static void
a_bad_target_is_left_out_and_the_config_is_used(void **state)
{
	(void)state;
	parse("s5\nUx y\nU300.1.1.1\nU1.1.1.1:65536\nF5424 local9.err x\n");
	assert_int_equal(seen.n, 4);
	assert_int_equal(c.n_targets, 0);
	assert_int_equal(c.bad_targets, 3);
	assert_int_equal(c.errors, 0);
	assert_false(c.only);
	assert_int_equal(c.size, 5);
	assert_int_equal(seen.problem[0].column, 3);
	assert_int_equal(seen.problem[1].column, 4);
	assert_int_equal(seen.problem[2].column, 10);
	assert_int_equal(seen.problem[3].column, 7);
	/* Eight are enough. */
	parse("ua\nub\nuc\nud\nue\nuf\nug\nuh\nui\nUa\n");
	assert_int_equal(seen.n, 1);
	assert_int_equal(c.n_targets, 8);
	assert_int_equal(c.bad_targets, 1);
	assert_true(c.only);
}

/* --- expressions ---------------------------------------------------------- */

static const struct {
	const char *text;
	unsigned line, column, errors, lost_masks;
} bad[] = {
	{ "~", 1, 2, 1, 0 },
	{ "~q\n", 1, 2, 1, 0 },
	{ "s5\n~+\n", 2, 3, 1, 0 },
	{ "s5\n~+(\n", 2, 4, 1, 0 },
	{ "~+a\n~-ab(c\n~eb", 2, 7, 1, 0 },
	{ "~m(a\n", 1, 5, 1, 1 },
	{ "~m\n", 1, 3, 1, 0 },
	{ "~m(\n~m)\n", 1, 4, 2, 2 },
};

static void
a_bad_expression_is_an_error_at_its_place(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		parse(bad[i].text);
		if (seen.n != bad[i].errors || c.errors != seen.n ||
		    c.lost_masks != bad[i].lost_masks ||
		    !seen.problem[0].error ||
		    seen.problem[0].line != bad[i].line ||
		    seen.problem[0].column != bad[i].column)
			fail_msg("row %zu: %u problems, %u:%u", i, seen.n,
			    seen.problem[0].line, seen.problem[0].column);
	}
	/* It is left out, and nothing else is. */
	parse("s5\n-*\n~+(\n+b\nn3\n");
	assert_int_equal(c.size + c.keep, 8);
	assert_false(select_line(&c.select, view_str("(")).to[SELECT_LOG]);
	assert_true(select_line(&c.select, view_str("b")).to[SELECT_LOG]);
	/* Nothing else is an error. */
	parse("s\nsx\nq\nSx\nBmaybe\nz\n");
	assert_int_equal(c.errors, 0);
	assert_false(seen.problem[1].error);
}

static void
patterns_and_expressions_have_one_order(void **state)
{
	static const struct {
		const char *text, *line;
		bool to_log, to_stderr;
	} some[] = {
		{ "-*\n~+b\n", "abc", true, false },
		{ "~+b\n-*\n", "abc", false, false },
		{ "~-b\n+*b*\n", "abc", true, false },
		{ "+*b*\n~-b\n", "abc", false, false },
		{ "~eb\n", "abc", true, true },
		{ "~eb\n~Ec$\n", "abc", true, false },
		{ "~Ec$\n~eb\n", "abc", true, true },
		{ "e*\n~Eb\n", "abc", true, false },
		{ "~mb\n", "abc", true, false },
		{ "~-^abc", "abc", false, false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(some) / sizeof(some[0]); i++) {
		struct verdict v;

		parse(some[i].text);
		assert_int_equal(seen.n, 0);
		v = select_line(&c.select, view_str(some[i].line));
		if (v.to[SELECT_LOG] != some[i].to_log ||
		    v.to[SELECT_STDERR] != some[i].to_stderr)
			fail_msg("row %zu", i);
	}
	parse("~m(b)c\n~mx\n");
	assert_int_equal(c.masks.n, 2);
	assert_true(view_eq(masks_apply(&c.masks, view_str("abcx")).text,
	    view_str("a***c***")));
}

static void
no_more_expressions_are_taken_than_lines_can_bear(void **state)
{
	char text[100 * 5 + 1] = "";
	int i;

	(void)state;
	for (i = 0; i < 100; i++)
		strcat(text, i % 2 ? "~ma\n" : "~+a\n");
	parse(text);
	assert_int_equal(c.expressions, CONF_MAX_EXPRESSIONS);
	assert_int_equal(c.select.of[SELECT_LOG].n + c.masks.n,
	    CONF_MAX_EXPRESSIONS);
	assert_int_equal(c.errors, 36);
	assert_int_equal(seen.problem[0].line, 65);
}

static void
what_runs_the_expressions_is_known(void **state)
{
	uint64_t engine;

	(void)state;
	parse("s5\n-*\n");
	assert_int_equal(c.engine, 0);
	parse("~+a\n");
	engine = c.engine;
	assert_true(engine != 0);
	parse("~+b\n");
	assert_true(engine == c.engine); /* the text is another matter */
	parse("~+(*NO_JIT)a\n");
	assert_int_equal(c.interpreted, 1);
	parse("~+a\n");
	if (c.interpreted)
		return; /* here nothing is machine code */
	parse("~+(*NO_JIT)a\n");
	assert_true(engine != c.engine);
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, NULL, leave)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(each_line_sets_what_it_says),
		TEST(the_defaults_are_those_of_no_config),
		TEST(an_age_never_overflows_as_nanoseconds),
		TEST(a_prefix_is_taken_as_it_is),
		TEST(a_processor_is_the_rest_of_its_line),
		TEST(the_text_may_go_once_it_is_parsed),
		TEST(rules_add_up_in_the_order_of_the_lines),
		TEST(ten_thousand_lines_of_a_kind_are_no_harm),
		TEST(nul_bytes_are_bytes),
		TEST(a_problem_says_where_it_is),
		TEST(a_carriage_return_is_told_and_part_of_the_line),
		TEST(no_problem_quotes_the_config),
		TEST(targets_add_up_and_the_last_form_counts),
		TEST(a_bad_target_is_left_out_and_the_config_is_used),
		TEST(a_bad_expression_is_an_error_at_its_place),
		TEST(patterns_and_expressions_have_one_order),
		TEST(no_more_expressions_are_taken_than_lines_can_bear),
		TEST(what_runs_the_expressions_is_known),
		TEST(only_the_exact_words_are_a_compressor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
