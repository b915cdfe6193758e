/* supervisor/svopts */
#define _GNU_SOURCE
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "svopts.h"

enum { ARGS = 16 };

#define S INT64_C(1000000000)

static int
parse(struct svopts *o, const char *line)
{
	static char text[256];
	static char *argv[ARGS + 1];
	int argc = 0;
	char *word;

	snprintf(text, sizeof text, "%s", line);
	for (word = strtok(text, " "); word && argc < ARGS;
	     word = strtok(NULL, " "))
		argv[argc++] = strcmp(word, "''") == 0 ? word + 2 : word;
	argv[argc] = NULL;
	optind = 0; /* glibc: begin anew */
	return svopts_parse(o, argc, argv);
}

static const struct {
	const char *line, *svwait;
	bool good, lsb, verbose, json;
	int64_t wait_s;
	size_t n_names;
	enum verb_kind kind;
} rows[] = {
	{ "sv status a", NULL, true, false, false, false, 7, 1, VERB_STATUS },
	{ "sv status a b", NULL, true, false, false, false, 7, 2, VERB_STATUS },
	{ "/bin/sv s a", NULL, true, false, false, false, 7, 1, VERB_STATUS },
	{ "./sv s a", NULL, true, false, false, false, 7, 1, VERB_STATUS },
	{ "sv up a", NULL, true, false, false, false, 7, 1, VERB_SEND },
	{ "sv -v up a", NULL, true, false, true, false, 7, 1, VERB_SEND },
	{ "sv -w3 up a", NULL, true, false, true, false, 3, 1, VERB_SEND },
	{ "sv -w 3 up a", NULL, true, false, true, false, 3, 1, VERB_SEND },
	{ "sv -vw 3 up a", NULL, true, false, true, false, 3, 1, VERB_SEND },
	{ "sv -w 3 -v up a", NULL, true, false, true, false, 3, 1, VERB_SEND },
	{ "sv -w 0 up a", NULL, true, false, true, false, 0, 1, VERB_SEND },
	{ "sv -w '' up a", NULL, true, false, true, false, 0, 1, VERB_SEND },
	{ "sv -w x up a", NULL, true, false, true, false, 0, 1, VERB_SEND },
	{ "sv -w -1 up a", NULL, true, false, true, false, 0, 1, VERB_SEND },
	{ "sv -w 2x up a", NULL, true, false, true, false, 2, 1, VERB_SEND },
	{ "sv -w 99999999999999999999 up a", NULL, true, false, true, false,
	    INT64_C(1) << 31, 1, VERB_SEND },
	{ "sv up a", "20", true, false, false, false, 20, 1, VERB_SEND },
	{ "sv up a", "", true, false, false, false, 0, 1, VERB_SEND },
	{ "sv up a", "x", true, false, false, false, 0, 1, VERB_SEND },
	{ "sv -w 3 up a", "20", true, false, true, false, 3, 1, VERB_SEND },
	{ "sv -- up -a", NULL, true, false, false, false, 7, 1, VERB_SEND },
	{ "sv up -v", NULL, true, false, false, false, 7, 1, VERB_SEND },
	{ "sv list", NULL, true, false, false, false, 7, 0, VERB_LIST },
	{ "sv list a", NULL, true, false, false, false, 7, 1, VERB_LIST },
	{ "sv -j list", NULL, true, false, false, true, 7, 0, VERB_LIST },
	{ "sv -j", NULL, true, false, false, true, 7, 0, VERB_LIST },
	{ "sv -j status a", NULL, true, false, false, true, 7, 1, VERB_STATUS },
	{ "sv log -f a", NULL, true, false, false, false, 7, 2, VERB_LOG },
	{ "sv log", NULL, true, false, false, false, 7, 0, VERB_LOG },
	{ "nginx status", NULL, true, true, false, false, 7, 1, VERB_STATUS },
	{ "/etc/init.d/nginx start", NULL, true, true, false, false, 7, 1,
	    VERB_SEND },
	{ "nginx -w 3 stop", NULL, true, true, true, false, 3, 1, VERB_SEND },
	{ "nginx status more", NULL, true, true, false, false, 7, 1,
	    VERB_STATUS },
	/* Usage. */
	{ "sv", NULL, false, false, false, false, 0, 0, 0 },
	{ "sv -v", NULL, false, false, false, false, 0, 0, 0 },
	{ "sv status", NULL, false, false, false, false, 0, 0, 0 },
	{ "sv up", NULL, false, false, false, false, 0, 0, 0 },
	{ "sv zzz a", NULL, false, false, false, false, 0, 0, 0 },
	{ "sv '' a", NULL, false, false, false, false, 0, 0, 0 },
	{ "sv -j status", NULL, false, false, false, false, 0, 0, 0 },
	{ "sv -j up a", NULL, false, false, false, false, 0, 0, 0 },
	{ "sv -j log a", NULL, false, false, false, false, 0, 0, 0 },
	{ "sv -w", NULL, false, false, false, false, 0, 0, 0 },
	{ "nginx", NULL, false, true, false, false, 0, 0, 0 },
	{ "nginx zzz", NULL, false, true, false, false, 0, 0, 0 },
	{ "nginx s", NULL, false, true, false, false, 0, 0, 0 },
	{ "nginx stat", NULL, false, true, false, false, 0, 0, 0 },
	{ "nginx startx", NULL, false, true, false, false, 0, 0, 0 },
	{ "nginx list", NULL, false, true, false, false, 0, 0, 0 },
	{ "nginx log", NULL, false, true, false, false, 0, 0, 0 },
};

static void
options_mean_what_they_mean_in_runit(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct svopts o;
		int r;

		unsetenv("SVWAIT");
		if (rows[i].svwait)
			setenv("SVWAIT", rows[i].svwait, 1);
		r = parse(&o, rows[i].line);
		if (r != (rows[i].good ? 0 : -EINVAL) || o.lsb != rows[i].lsb)
			fail_msg("row %zu: %d", i, r);
		if (r < 0)
			continue;
		if (o.verbose != rows[i].verbose || o.json != rows[i].json ||
		    o.wait_ns != rows[i].wait_s * S ||
		    o.n_names != rows[i].n_names || o.verb.kind != rows[i].kind)
			fail_msg("row %zu: %d %d %lld %zu", i, o.verbose,
			    o.json, (long long)o.wait_ns, o.n_names);
	}
}

static void
services_are_what_follows_the_command(void **state)
{
	struct svopts o;

	(void)state;
	assert_int_equal(parse(&o, "sv -v up -a b/"), 0);
	assert_string_equal(o.names[0], "-a");
	assert_string_equal(o.names[1], "b/");
}

static void
an_init_script_is_for_the_service_of_its_name(void **state)
{
	struct svopts o;

	(void)state;
	assert_int_equal(parse(&o, "/etc/init.d/nginx status"), 0);
	assert_string_equal(o.names[0], "nginx");
	assert_string_equal(svopts_usage(&o), " [-w sec] command\n\n");
	assert_int_equal(parse(&o, "/usr/bin/sv"), -EINVAL);
	assert_string_equal(svopts_usage(&o),
	    " [-v] [-w sec] command service ...\n\n");
}

static void
svdir_is_the_environments_if_it_says_so(void **state)
{
	struct svopts o;

	(void)state;
	unsetenv("SVDIR");
	assert_int_equal(parse(&o, "sv status a"), 0);
	assert_int_equal(*o.svdir, '/');
	setenv("SVDIR", "/other", 1);
	assert_int_equal(parse(&o, "sv status a"), 0);
	assert_string_equal(o.svdir, "/other");
	setenv("SVDIR", "", 1);
	assert_int_equal(parse(&o, "sv status a"), 0);
	assert_string_equal(o.svdir, "");
}

static void
the_version_is_asked_for_by_usage(void **state)
{
	struct svopts o;

	(void)state;
	assert_int_equal(parse(&o, "sv -V"), -EINVAL);
	assert_true(o.version);
	assert_int_equal(parse(&o, "sv"), -EINVAL);
	assert_false(o.version);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_mean_what_they_mean_in_runit),
		cmocka_unit_test(services_are_what_follows_the_command),
		cmocka_unit_test(an_init_script_is_for_the_service_of_its_name),
		cmocka_unit_test(svdir_is_the_environments_if_it_says_so),
		cmocka_unit_test(the_version_is_asked_for_by_usage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
