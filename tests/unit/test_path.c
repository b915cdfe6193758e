/* supervisor/path */
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
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "path.h"

static char home[64];

static void
put(const char *name, const char *text, mode_t mode)
{
	FILE *f = fopen(name, "w");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(name, mode), 0);
}

static int
enter(void **state)
{
	(void)state;
	strcpy(home, "/tmp/weir-path-XXXXXX");
	if (mkdtemp(home) == NULL || chdir(home) != 0)
		return -1;
	mkdir("one", 0755);
	mkdir("two", 0755);
	put("here", "#!/bin/sh\nexit 10\n", 0755);
	put("one/both", "#!/bin/sh\nexit 11\n", 0755);
	put("two/both", "#!/bin/sh\nexit 12\n", 0755);
	put("one/later", "#!/bin/sh\nexit 11\n", 0644);
	put("two/later", "#!/bin/sh\nexit 12\n", 0755);
	put("one/broken", "text\n", 0755);
	put("two/broken", "#!/bin/sh\nexit 12\n", 0755);
	put("one/never", "#!/bin/sh\nexit 11\n", 0644);
	put("file", "", 0644);
	return symlink("loop", "one/loop");
}

static int
leave(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", home);
	return chdir("/") != 0 ? -1 : system(command);
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
		err = path_exec(path, file, argv, none);
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
a_program_is_found_as_runit_finds_it(void **state)
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

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    a_program_is_found_as_runit_finds_it, enter, leave),
		cmocka_unit_test_setup_teardown(
		    a_name_that_is_too_long_ends_the_search, enter, leave),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
