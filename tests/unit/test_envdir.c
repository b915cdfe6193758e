/* supervisor/envdir */
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

#include "envdir.h"
#include "unit/home.h"

/* --- values ---------------------------------------------------------------*/

#define BYTES(text) text, sizeof(text) - 1

static const struct {
	const char *file;
	size_t n;
	const char *value;
	size_t value_n;
} values[] = {
	{ BYTES("v"), BYTES("v") },
	{ BYTES("v\n"), BYTES("v") },
	{ BYTES("v\nw\n"), BYTES("v") },
	{ BYTES("\n"), BYTES("") },
	{ BYTES("\nw"), BYTES("") },
	{ BYTES(""), BYTES("") },
	{ BYTES("v \t \n"), BYTES("v") },
	{ BYTES("v \t "), BYTES("v") },
	{ BYTES(" \t\n"), BYTES("") },
	{ BYTES(" v w\n"), BYTES(" v w") },
	{ BYTES("v\r\n"), BYTES("v\r") },
	{ BYTES("v\v \n"), BYTES("v\v") },
	{ BYTES("a\0b\0\n"), BYTES("a\nb\n") },
	{ BYTES("a\0 \n"), BYTES("a\n") },
	{ BYTES("\0"), BYTES("\n") },
	{ BYTES("a\0\nb"), BYTES("a\n") },
};

static void
a_value_is_the_first_line_without_blanks_at_its_end(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		char text[32];
		size_t n;

		memcpy(text, values[i].file, values[i].n);
		n = envdir_value(text, values[i].n);
		if (n != values[i].value_n ||
		    memcmp(text, values[i].value, n) != 0)
			fail_msg("row %zu: %zu '%.*s'", i, n, (int)n, text);
	}
}

/* --- directories ----------------------------------------------------------*/

static void
put(const char *name, const char *text, size_t n)
{
	int fd = openat(home, name, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, n), n);
	close(fd);
}

static int
compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* What the directory makes of OLD=1, GONE=1: sorted, a blank after each; or
 * the error. */
static const char *
read_all(bool verbose)
{
	static char text[512], old[] = "OLD=1", gone[] = "GONE=1";
	char *const from[] = { old, gone, NULL };
	struct vars vars;
	size_t i, n = 0;
	int r;

	assert_int_equal(vars_init(&vars, from), 0);
	r = envdir_read(&vars, home_path, verbose);
	if (r < 0) {
		strcpy(text, r == -EFBIG ? "EFBIG" : "error");
		vars_free(&vars);
		return text;
	}
	qsort(vars.v, vars.n, sizeof(*vars.v), compare);
	text[0] = '\0';
	for (i = 0; i < vars.n; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%.40s ",
		    vars.v[i]);
	vars_free(&vars);
	return text;
}

static void
files_are_variables_and_empty_ones_remove_theirs(void **state)
{
	(void)state;
	assert_string_equal(read_all(false), "GONE=1 OLD=1 ");
	put("NEW", BYTES("new\nmore\n"));
	put("GONE", BYTES(""));
	put("EMPTY", BYTES("\n"));
	put(".HIDDEN", BYTES("x\n"));
	put("OLD", BYTES("2"));
	put("A B", BYTES("c\n"));
	assert_string_equal(read_all(true), "A B=c EMPTY= NEW=new OLD=2 ");
}

static void
what_is_no_variable_is_passed_over(void **state)
{
	(void)state;
	assert_int_equal(mkdirat(home, "SUB", 0755), 0);
	assert_int_equal(symlinkat("nowhere", home, "LINK"), 0);
	put("A=B", BYTES("x\n"));
	put("=", BYTES("x\n"));
	put("NEW", BYTES("new"));
	assert_string_equal(read_all(false), "GONE=1 NEW=new OLD=1 ");
	assert_string_equal(read_all(true), "GONE=1 NEW=new OLD=1 ");
}

static void
links_are_followed(void **state)
{
	(void)state;
	put(".file", BYTES("text\n"));
	assert_int_equal(symlinkat(".file", home, "LINK"), 0);
	assert_string_equal(read_all(false), "GONE=1 LINK=text OLD=1 ");
}

static void
a_fifo_does_not_hold_it_up(void **state)
{
	(void)state;
	assert_int_equal(mkfifoat(home, "GONE", 0644), 0);
	assert_string_equal(read_all(false), "OLD=1 ");
}

static void
only_the_first_line_has_a_limit(void **state)
{
	char *text = malloc(2 * ENVDIR_LINE);

	(void)state;
	assert_non_null(text);
	memset(text, 'x', 2 * ENVDIR_LINE);
	text[3] = '\n';
	put("LONG", text, 2 * ENVDIR_LINE);
	assert_string_equal(read_all(false), "GONE=1 LONG=xxx OLD=1 ");
	text[3] = 'x';
	put("LONG", text, ENVDIR_LINE - 1);
	assert_string_equal(read_all(false),
	    "GONE=1 LONG=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx OLD=1 ");
	text[ENVDIR_LINE - 1] = '\n';
	put("LONG", text, ENVDIR_LINE + 5);
	assert_string_equal(read_all(false),
	    "GONE=1 LONG=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx OLD=1 ");
	text[ENVDIR_LINE - 1] = 'x';
	put("LONG", text, ENVDIR_LINE);
	assert_string_equal(read_all(false), "EFBIG");
	free(text);
}

static void
what_never_ends_is_too_long(void **state)
{
	(void)state;
	assert_int_equal(symlinkat("/dev/zero", home, "ZERO"), 0);
	assert_string_equal(read_all(false), "EFBIG");
}

static void
a_directory_that_is_none_is_an_error(void **state)
{
	char *const none[] = { NULL };
	struct vars vars;

	(void)state;
	assert_int_equal(vars_init(&vars, none), 0);
	assert_int_equal(envdir_read(&vars, "", false), -ENOENT);
	assert_int_equal(envdir_read(&vars, "/nonexistent/x", false), -ENOENT);
	assert_int_equal(envdir_read(&vars, "/dev/null", false), -ENOTDIR);
	vars_free(&vars);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    a_value_is_the_first_line_without_blanks_at_its_end),
		TEST(files_are_variables_and_empty_ones_remove_theirs),
		TEST(what_is_no_variable_is_passed_over),
		TEST(links_are_followed),
		TEST(a_fifo_does_not_hold_it_up),
		TEST(only_the_first_line_has_a_limit),
		TEST(what_never_ends_is_too_long),
		cmocka_unit_test(a_directory_that_is_none_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
