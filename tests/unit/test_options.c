/* svlogd/options */
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

#include "options.h"

enum { ARGS = 16 };

static int
parse(struct options *o, const char *line)
{
	static char text[256];
	static char *argv[ARGS + 1];
	int argc = 0;
	char *word;

	snprintf(text, sizeof(text), "svlogd %s", line);
	for (word = strtok(text, " "); word && argc < ARGS;
	     word = strtok(NULL, " "))
		argv[argc++] = strcmp(word, "''") == 0 ? word + 2 : word;
	argv[argc] = NULL;
	optind = 0; /* glibc: begin anew */
	return options_parse(o, argc, argv);
}

static const struct {
	const char *line;
	bool good;
	int stamp;
	uint64_t line_max, buffer;
	int64_t wait_ms;
	size_t n_dirs;
} rows[] = {
	{ "a", true, 0, 1000, 98304, 2, 1 },
	{ "a b c", true, 0, 1000, 98304, 2, 3 },
	{ "-t a", true, 1, 1000, 98304, 2, 1 },
	{ "-tt a", true, 2, 1000, 98304, 2, 1 },
	{ "-t -t a", true, 2, 1000, 98304, 2, 1 },
	{ "-ttt a", true, 3, 1000, 98304, 2, 1 },
	{ "-ttttttt a", true, 3, 1000, 98304, 2, 1 },
	{ "-l 50 a", true, 0, 50, 98304, 2, 1 },
	{ "-l50 a", true, 0, 50, 98304, 2, 1 },
	{ "-l 0 a", true, 0, 1000, 98304, 2, 1 },
	{ "-l x a", true, 0, 1000, 98304, 2, 1 },
	{ "-b 0 a", true, 0, 1000, 98304, 2, 1 },
	{ "-b x a", true, 0, 1000, 98304, 2, 1 },
	{ "-b 1001 a", true, 0, 1000, 1001, 2, 1 },
	{ "-b 2000 -l 1999 a", true, 0, 1999, 2000, 2, 1 },
	{ "-l 1999 -b 2000 a", true, 0, 1999, 2000, 2, 1 },
	{ "-w 0 a", true, 0, 1000, 98304, 0, 1 },
	{ "-w 50 a", true, 0, 1000, 98304, 50, 1 },
	{ "-w 99999 a", true, 0, 1000, 98304, 1000, 1 },
	{ "-l 99999999999999999999 a", true, 0, 1 << 30, 98304, 2, 1 },
	{ "-vt -- -a", true, 1, 1000, 98304, 2, 1 },
	{ "a -t", true, 0, 1000, 98304, 2, 2 },
	/* Usage. */
	{ "", false, 0, 0, 0, 0, 0 },
	{ "-t", false, 0, 0, 0, 0, 0 },
	{ "-x a", false, 0, 0, 0, 0, 0 },
	{ "-l", false, 0, 0, 0, 0, 0 },
	{ "-r xy a", false, 0, 0, 0, 0, 0 },
	{ "-r '' a", false, 0, 0, 0, 0, 0 },
	{ "-b 1000 a", false, 0, 0, 0, 0, 0 },
	{ "-b 5 a", false, 0, 0, 0, 0, 0 },
	{ "-b 50 -l 50 a", false, 0, 0, 0, 0, 0 },
	{ "-V a", false, 0, 0, 0, 0, 0 },
};

static void
options_mean_what_they_mean_in_runit(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct options o;
		int rc = parse(&o, rows[i].line);

		if (!rows[i].good) {
			if (rc != -EINVAL)
				fail_msg("row %zu: %d", i, rc);
			continue;
		}
		if (rc != 0 || (int)o.stamp != rows[i].stamp ||
		    o.line_max != rows[i].line_max ||
		    o.buffer != rows[i].buffer ||
		    o.wait_ns != rows[i].wait_ms * 1000000 ||
		    o.n_dirs != rows[i].n_dirs)
			fail_msg("row %zu: %d, l %lu b %lu w %ld", i, rc,
			    o.line_max, o.buffer, (long)o.wait_ns);
	}
}

static void
directories_are_what_follows_the_options(void **state)
{
	struct options o;

	(void)state;
	assert_int_equal(parse(&o, "-v -tt -- -one two"), 0);
	assert_true(o.verbose);
	assert_false(o.check);
	assert_string_equal(o.dirs[0], "-one");
	assert_string_equal(o.dirs[1], "two");
	assert_int_equal(parse(&o, "-n one"), 0);
	assert_true(o.check);
	assert_false(o.verbose);
}

static void
the_version_is_asked_for_by_usage(void **state)
{
	struct options o;

	(void)state;
	assert_int_equal(parse(&o, "-V"), -EINVAL);
	assert_true(o.version);
	assert_int_equal(parse(&o, "-x"), -EINVAL);
	assert_false(o.version);
	assert_non_null(strstr(options_usage, "[-b buflen]"));
}

static const struct {
	const char *line, *text, *want;
} scrubs[] = {
	{ "a", "a\tb\x80", "a\tb\x80" },
	{ "-r . a", "a\tb\x80\x7f~ ", "a.b..~ " },
	{ "-R xy a", "axy\tb", "a___b" },
	{ "-r . -R xy a", "axy\tb", "a...b" },
	{ "-R xy -r . a", "axy\tb", "a...b" },
	{ "-r . a", "a\nb", "a\nb" },
	{ "-R '' a", "a\tb", "a_b" },
};

static void
odd_bytes_are_replaced_but_never_a_newline(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(scrubs) / sizeof(scrubs[0]); i++) {
		struct options o;
		char text[32];

		assert_int_equal(parse(&o, scrubs[i].line), 0);
		strcpy(text, scrubs[i].text);
		assert_int_equal(o.scrub.on, i > 0);
		scrub_apply(&o.scrub, text, strlen(text));
		if (strcmp(text, scrubs[i].want) != 0)
			fail_msg("row %zu: %s", i, text);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_mean_what_they_mean_in_runit),
		cmocka_unit_test(directories_are_what_follows_the_options),
		cmocka_unit_test(the_version_is_asked_for_by_usage),
		cmocka_unit_test(odd_bytes_are_replaced_but_never_a_newline),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
