/* lib/which */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "unit/home.h"
#include "which.h"

static int
setup(void **state)
{
	assert_int_equal(enter(state), 0);
	home_mkdir("a");
	home_mkdir("b");
	home_mkdir("a/folder");
	home_put("a/plain", "", 0644);
	home_put("a/both", "", 0644);
	home_put("b/both", "", 0755);
	home_put("a/first", "", 0755);
	home_put("b/first", "", 0755);
	home_put("here", "", 0755);
	return 0;
}

static int
teardown(void **state)
{
	setenv("PATH", "/bin:/usr/bin", 1);
	return leave(state);
}

/* "@" is the test's directory. */
static void
expand(char *out, size_t size, const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += (size_t)snprintf(out + n, size - n, "%s%c",
		    *text == '@' ? home_path : "", *text == '@' ? '/' : *text);
	out[n] = 0;
}

static void
the_first_that_can_be_executed_is_found(void **state)
{
	static const struct {
		const char *path, *name;
		int r;
		const char *found; /* below base, or as it is */
	} rows[] = {
		{ "@a:@b", "first", 0, "a/first" },
		{ "@b:@a", "first", 0, "b/first" },
		{ "@a:@b", "both", 0, "b/both" },
		{ "/none:@a:@b", "both", 0, "b/both" },
		{ "@a:@b", "plain", -EACCES, NULL },
		{ "@a:@b", "folder", -EACCES, NULL },
		{ "@a:@b", "missing", -ENOENT, NULL },
		{ "@a:@b", "a/first", 0, "=a/first" },
		{ "@a:@b", "a/plain", -EACCES, NULL },
		{ "a:b", "first", 0, "=a/first" },
		{ "@a:", "here", 0, "=./here" },
		{ ":@a", "here", 0, "=./here" },
		{ "", "here", 0, "=./here" },
		{ "@a", "here", -ENOENT, NULL },
	};
	char path[128], want[128], out[PATH_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		expand(path, sizeof(path), rows[i].path);
		setenv("PATH", path, 1);
		assert_int_equal(
		    which_find(home, rows[i].name, out, sizeof(out)),
		    rows[i].r);
		if (!rows[i].found)
			continue;
		if (rows[i].found[0] == '=')
			snprintf(want, sizeof(want), "%s", rows[i].found + 1);
		else
			snprintf(want, sizeof(want), "%s/%s", home_path,
			    rows[i].found);
		assert_string_equal(out, want);
	}
}

static void
without_path_there_are_two_directories(void **state)
{
	char out[PATH_MAX];

	(void)state;
	unsetenv("PATH");
	assert_int_equal(which_find(AT_FDCWD, "sh", out, sizeof(out)), 0);
	assert_string_equal(out, "/bin/sh");
	assert_int_equal(which_find(AT_FDCWD, "sh", out, 6), -ENOENT);
}

/* --- executing ------------------------------------------------------------*/

static int
setup_to_run(void **state)
{
	assert_int_equal(enter(state), 0);
	home_mkdir("one");
	home_mkdir("two");
	home_put("here", "#!/bin/sh\nexit 10\n", 0755);
	home_put("one/both", "#!/bin/sh\nexit 11\n", 0755);
	home_put("two/both", "#!/bin/sh\nexit 12\n", 0755);
	home_put("one/later", "#!/bin/sh\nexit 11\n", 0644);
	home_put("two/later", "#!/bin/sh\nexit 12\n", 0755);
	home_put("one/broken", "text\n", 0755);
	home_put("two/broken", "#!/bin/sh\nexit 12\n", 0755);
	home_put("one/never", "#!/bin/sh\nexit 11\n", 0644);
	home_put("file", "", 0644);
	assert_int_equal(fchdir(home), 0);
	return symlink("loop", "one/loop");
}

static int
teardown_elsewhere(void **state)
{
	return chdir("/") != 0 ? -1 : leave(state);
}

/* What the program returns, or -errno. */
static int
look(const char *path, const char *file)
{
	char name[] = "name";
	char *const argv[] = { name, NULL }, *const none[] = { NULL };
	int status, report[2], err = 0;
	pid_t pid;

	assert_int_equal(pipe2(report, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0) {
		err = which_exec(path, file, argv, none);
		_exit(write(report[1], &err, sizeof(err)) < 0);
	}
	close(report[1]);
	if (read(report[0], &err, sizeof(err)) < 0)
		err = 1;
	close(report[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return err ? err : WEXITSTATUS(status);
}

static const struct {
	const char *path, *file;
	int result;
} rows[] = {
	{ "one:two", "both", 11 },
	{ "two:one", "both", 12 },
	{ "two", "both", 12 },
	{ "nosuch:two", "both", 12 },
	{ "one:two", "later", 12 },
	{ "one:nosuch", "never", -EACCES },
	{ "nosuch:one", "never", -EACCES },
	{ "one:two", "nosuch", -ENOENT },
	{ "one:two", "broken", -ENOEXEC },
	{ "one:two", "loop", -ELOOP },
	{ "file:two", "both", -ENOTDIR },
	{ "", "here", 10 },
	{ ":one", "here", 10 },
	{ "one:", "here", 10 },
	{ "one::two", "here", 10 },
	{ "one:two", "here", -ENOENT },
	{ "one", "./here", 10 },
	{ "nosuch", "two/both", 12 },
	{ "one", "two/nosuch", -ENOENT },
	{ "one", "", -EACCES },
	{ NULL, "true", 0 },
	{ NULL, "here", -ENOENT },
};

static void
a_program_is_executed_as_runit_finds_it(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int r = look(rows[i].path, rows[i].file);

		if (r != rows[i].result)
			fail_msg("%s in %s: %d", rows[i].file,
			    rows[i].path ? rows[i].path : "no path", r);
	}
}

static void
a_name_that_is_too_long_ends_the_search(void **state)
{
	static char name[8192];

	(void)state;
	memset(name, 'x', sizeof(name) - 1);
	assert_int_equal(look("one:two", name), -ENAMETOOLONG);
	assert_int_equal(look(name, "both"), -ENAMETOOLONG);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(the_first_that_can_be_executed_is_found),
		T(without_path_there_are_two_directories),
		cmocka_unit_test_setup_teardown(
		    a_program_is_executed_as_runit_finds_it, setup_to_run,
		    teardown_elsewhere),
		cmocka_unit_test_setup_teardown(
		    a_name_that_is_too_long_ends_the_search, setup_to_run,
		    teardown_elsewhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
