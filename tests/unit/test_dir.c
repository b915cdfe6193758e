/* lib/dir */
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
#include <unistd.h>

#include <cmocka.h>

#include "dir.h"
#include "unit/home.h"

static struct stat home_st;

static int
setup(void **state)
{
	assert_int_equal(enter(state), 0);
	return fstat(home, &home_st);
}

static int
open_file(const char *name, int flags)
{
	struct stat st;

	return dir_open_file(home, &home_st, name, flags, 0600, &st);
}

static const struct {
	uid_t owner; /* 1: this process's user */
	mode_t mode;
	bool foreign;
} homes[] = {
	{ 0, 0755, false },
	{ 1, 0755, false },
	{ 1, 02700, false },
	{ 1, 0775, true },
	{ 1, 0757, true },
	{ 0, 01777, true },
	{ 54321, 0755, true },
	{ 54321, 0500, true },
};

static void
a_time_of_change_fits_whatever_it_is(void **state)
{
	static const struct {
		int64_t s, ns, is;
	} rows[] = {
		{ 0, 7, 7 },
		{ 2, 999999999, INT64_C(2999999999) },
		{ -1, 5, 0 },
		{ INT64_MIN, 0, 0 },
		{ INT64_C(9223372035), 1, INT64_C(9223372035000000001) },
		{ INT64_C(9223372036), 0, INT64_MAX },
		{ INT64_MAX, 999999999, INT64_MAX },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct stat st = {
			.st_mtim = { (time_t)rows[i].s, (long)rows[i].ns },
		};

		assert_true(dir_changed_ns(&st) == rows[i].is);
	}
}

static void
a_directory_others_can_write_is_foreign(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(homes) / sizeof(homes[0]); i++) {
		struct stat st = {
			.st_uid =
			    homes[i].owner == 1 ? geteuid() : homes[i].owner,
			.st_mode = S_IFDIR | homes[i].mode,
		};

		if (dir_is_foreign(&st) != homes[i].foreign)
			fail_msg("row %zu", i);
	}
}

static void
only_a_directory_is_opened_as_one(void **state)
{
	int fd = dir_open(home_path);

	(void)state;
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	close(fd);
	home_put("file", "", 0644);
	assert_int_equal(dir_open(home_in("file")), -ENOTDIR);
	assert_int_equal(dir_open(home_in("none")), -ENOENT);
}

static void
a_regular_file_is_opened_or_made(void **state)
{
	struct stat st;
	char got[8];
	int fd;

	(void)state;
	umask(022);
	fd = dir_open_file(home, &home_st, "new", O_RDWR | O_CREAT, 0664, &st);
	assert_true(fd >= 0);
	assert_int_equal(st.st_mode, S_IFREG | 0644);
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	assert_int_equal(write(fd, "text", 4), 4);
	close(fd);
	fd = dir_open_file(home, &home_st, "new", O_RDONLY, 0, &st);
	assert_true(fd >= 0);
	assert_int_equal(st.st_size, 4);
	assert_int_equal(read(fd, got, sizeof(got)), 4);
	close(fd);
	assert_int_equal(open_file("none", O_RDONLY), -ENOENT);
	assert_int_equal(open_file("new", O_RDWR | O_CREAT | O_EXCL), -EEXIST);
}

static void
nothing_is_truncated(void **state)
{
	struct stat st;
	int fd;

	(void)state;
	home_put("file", "text", 0644);
	fd = open_file("file", O_WRONLY | O_TRUNC);
	assert_true(fd >= 0);
	fstat(fd, &st);
	close(fd);
	assert_int_equal(st.st_size, 4);
}

static const struct {
	const char *name;
	int flags;
} strange[] = {
	{ "symlink", O_RDONLY },
	{ "symlink", O_WRONLY | O_APPEND | O_CREAT },
	{ "dangling", O_WRONLY | O_CREAT },
	{ "loop", O_WRONLY | O_CREAT },
	{ "hardlink", O_RDWR | O_CREAT },
	{ "target", O_RDONLY }, /* the other name of the hard link */
	{ "fifo", O_RDONLY },
	{ "fifo", O_WRONLY | O_CREAT },
	{ "fifo", O_RDWR },
	{ "folder", O_RDONLY },
	{ "folder", O_WRONLY },
};

static void
what_is_no_plain_file_is_EPERM_at_once(void **state)
{
	int next = dup(home);
	size_t i;

	(void)state;
	close(next);
	home_put("target", "", 0644);
	assert_return_code(symlinkat("target", home, "symlink"), errno);
	assert_return_code(symlinkat("absent", home, "dangling"), errno);
	assert_return_code(symlinkat("loop", home, "loop"), errno);
	assert_return_code(linkat(home, "target", home, "hardlink", 0), errno);
	assert_return_code(mkfifoat(home, "fifo", 0600), errno);
	assert_return_code(mkdirat(home, "folder", 0700), errno);
	alarm(10); /* an open that waits would wait for ever */
	for (i = 0; i < sizeof(strange) / sizeof(strange[0]); i++) {
		int r = open_file(strange[i].name, strange[i].flags);

		if (r != -EPERM)
			fail_msg("%s: %d", strange[i].name, r);
	}
	alarm(0);
	assert_int_equal(faccessat(home, "absent", F_OK, 0), -1);
	assert_int_equal(dup(home), next); /* none was left open */
	close(next);
}

static void
in_a_foreign_directory_a_strangers_file_is_EPERM(void **state)
{
	static const struct {
		uid_t home, file;
		mode_t mode;
		bool works;
	} owners[] = {
		{ 0, 54322, 0755, true }, /* the home is ours */
		{ 54321, 54322, 0755, false },
		{ 54321, 54321, 0755, true },
		{ 54321, 0, 0755, true },
		{ 0, 54322, 01777, false },
		{ 0, 0, 01777, true },
	};
	size_t i;

	(void)state;
	if (geteuid() != 0)
		skip();
	home_put("file", "", 0644);
	for (i = 0; i < sizeof(owners) / sizeof(owners[0]); i++) {
		int r;

		assert_return_code(fchmod(home, owners[i].mode), errno);
		assert_return_code(fchown(home, owners[i].home, 0), errno);
		assert_return_code(fchownat(home, "file", owners[i].file, 0, 0),
		    errno);
		assert_return_code(fstat(home, &home_st), errno);
		r = open_file("file", O_RDWR);
		if (r >= 0)
			close(r);
		if (owners[i].works ? r < 0 : r != -EPERM)
			fail_msg("row %zu: %d", i, r);
	}
}

/* Which of the files f0, f1, ... the walk names; each only once. */
static int
walk(bool *seen, int n)
{
	struct dir_walk w;
	const char *name;
	int err, count = 0;

	memset(seen, 0, (size_t)n);
	dir_walk(&w, home);
	while ((name = dir_next(&w, &err)) != NULL) {
		int i = atoi(name + 1);

		assert_int_equal(name[0], 'f');
		assert_true(i >= 0 && i < n && !seen[i]);
		seen[i] = true;
		count++;
	}
	assert_int_equal(err, 0);
	assert_null(dir_next(&w, &err));
	assert_int_equal(err, 0);
	return count;
}

/* What has the name goes, and nothing is done to what it leads to. */
static void
a_fresh_file_is_nobody_elses(void **state)
{
	char text[8] = "";
	struct stat st;
	int fd;

	(void)state;
	home_put("victim", "text", 0644);
	assert_int_equal(symlinkat("victim", home, "fresh"), 0);
	fd = dir_fresh_file(home, "fresh", O_RDWR, 0600);
	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &st), 0);
	assert_true(S_ISREG(st.st_mode) && st.st_size == 0);
	assert_int_equal(write(fd, "x", 1), 1);
	close(fd);
	fd = open_file("victim", O_RDONLY);
	assert_int_equal(read(fd, text, sizeof(text)), 4);
	assert_string_equal(text, "text");
	close(fd);
	assert_int_equal(mkdirat(home, "dir", 0700), 0);
	fd = dir_fresh_file(home, "dir", O_RDWR, 0600);
	assert_true(fd == -EISDIR || fd == -EPERM);
}

static void
a_walk_names_each_file_once_and_can_be_done_again(void **state)
{
	enum { FILES = 400 };
	bool seen[FILES];
	int i;

	(void)state;
	assert_int_equal(walk(seen, FILES), 0);
	for (i = 0; i < FILES; i++) {
		char name[256];

		/* lengths of every remainder, up to the longest */
		memset(name, '-', sizeof(name));
		name[snprintf(name, sizeof(name), "f%d", i)] = '-';
		name[i < 5 ? 255 : 10 + i % 60] = '\0';
		home_put(name, "", 0644);
	}
	assert_int_equal(walk(seen, FILES), FILES);
	assert_int_equal(walk(seen, FILES), FILES);
}

static void
a_walk_that_cannot_start_says_why(void **state)
{
	struct dir_walk w;
	int fd, err = 0;

	(void)state;
	dir_walk(&w, 999);
	assert_null(dir_next(&w, &err));
	assert_int_equal(err, -EBADF);
	home_put("file", "", 0644);
	fd = open_file("file", O_RDONLY);
	dir_walk(&w, fd);
	assert_null(dir_next(&w, &err));
	assert_int_equal(err, -ENOTDIR);
	close(fd);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, leave)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_time_of_change_fits_whatever_it_is),
		T(a_directory_others_can_write_is_foreign),
		T(only_a_directory_is_opened_as_one),
		T(a_regular_file_is_opened_or_made),
		T(nothing_is_truncated),
		T(what_is_no_plain_file_is_EPERM_at_once),
		T(in_a_foreign_directory_a_strangers_file_is_EPERM),
		T(a_fresh_file_is_nobody_elses),
		T(a_walk_names_each_file_once_and_can_be_done_again),
		T(a_walk_that_cannot_start_says_why),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
