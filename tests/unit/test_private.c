/* lib/private */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "private.h"
#include "sys.h"
#include "unit/home.h"

enum { STRANGER = 54321 };

static const struct {
	const char *path;
	int result; /* 0: a descriptor */
} rows[] = {
	{ "/file", 0 },
	{ "file", 0 },
	{ "new", 0 },
	{ "/dir/new", 0 },
	{ "dir/../dir/./file", 0 },
	{ "//dir///file", 0 },
	{ "to-file", 0 }, /* links of ours, in places of ours */
	{ "to-dir/file", 0 },
	{ "abs/file", 0 },
	{ "abs/../file", 0 },
	{ "to-new", 0 },
	{ "", -ENOENT },
	{ "/", -ENOENT },
	{ "dir", -EISDIR }, /* not a file */
	{ "dir/.", -EISDIR },
	{ "fifo", -EPERM },
	{ "double", -EPERM },
	{ "theirs", -EPERM },
	{ "writable", -EPERM },
	{ "loop", -ELOOP },
	{ "nosuch/file", -ENOENT },
	{ "file/x", -EPERM },
	{ "open/file", -EPERM }, /* places of others */
	{ "open/../file", -EPERM },
	{ "open/link/file", -EPERM },
	{ "open/to-file", -EPERM },
	{ "open/dir/file", -EPERM },
	{ "sticky/file", -EPERM },
	{ "strangers/file", -EPERM },
	{ "to-open/file", -EPERM },
	{ "to-open-file", -EPERM },
};

static void
put(const char *path, mode_t mode, uid_t owner)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);

	assert_true(fd >= 0);
	assert_int_equal(fchown(fd, owner, owner), 0);
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

static void
put_dir(const char *path, mode_t mode, uid_t owner)
{
	char file[64];

	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(file, sizeof(file), "%s/file", path);
	put(file, 0600, 0);
	assert_int_equal(chown(path, owner, owner), 0);
	assert_int_equal(chmod(path, mode), 0);
}

static void
make_world(void)
{
	static const char *const links[][2] = {
		{ "file", "to-file" },
		{ "dir", "to-dir" },
		{ "/dir", "abs" },
		{ "dir/new2", "to-new" },
		{ "loop", "loop" },
		{ "open", "to-open" },
		{ "open/file", "to-open-file" },
		{ "/dir", "open/link" },
		{ "../file", "open/to-file" },
	};
	size_t i;

	put("file", 0644, 0);
	put("double", 0600, 0);
	assert_int_equal(link("double", "twice"), 0);
	put("theirs", 0600, STRANGER);
	put("writable", 0622, 0);
	assert_int_equal(mkfifo("fifo", 0600), 0);
	put_dir("dir", 0755, 0);
	put_dir("open", 0777, 0);
	put_dir("open/dir", 0700, 0);
	put_dir("sticky", 01777, 0);
	put_dir("strangers", 0755, STRANGER);
	for (i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		assert_int_equal(symlink(links[i][0], links[i][1]), 0);
}

/* How many descriptors are open. */
static int
count_fds(void)
{
	int fd, n = 0;

	for (fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

/* Links in a directory that everybody may write to. */
static const struct {
	const char *name, *text;
	bool theirs;
	int result; /* 0: a descriptor */
} configs[] = {
	{ "good", "/file", false, 0 },
	{ "by-link", "/to-dir/file", false, 0 },
	{ "theirs", "/file", true, -EPERM },
	{ "relative", "../file", false, -EPERM },
	/* They choose what open/link is, so they would choose the file. */
	{ "through", "/open/link/file", false, -EPERM },
	{ "none", "/none", false, -ENOENT },
};

static int
child_looks_by_link(void)
{
	int dir = open("open", O_RDONLY | O_DIRECTORY);
	char text[64];
	struct stat st;
	size_t i;

	/* Nothing is trusted where a link cannot be held on to. */
	if (os_link_text(dir, "link", &st, text, sizeof(text)) == -ENOSYS)
		return private_open_by_link(dir, "link") == -EPERM ? 0 : 205;
	for (i = 0; i < sizeof(configs) / sizeof(configs[0]); i++) {
		int r;

		if (symlinkat(configs[i].text, dir, configs[i].name) != 0 ||
		    (configs[i].theirs &&
			fchownat(dir, configs[i].name, STRANGER, STRANGER,
			    AT_SYMLINK_NOFOLLOW) != 0))
			return 202;
		r = private_open_by_link(dir, configs[i].name);
		if (r >= 0 ? configs[i].result != 0 ||
				 fcntl(r, F_GETFD) != FD_CLOEXEC
			   : r != configs[i].result) {
			dprintf(2, "%s: %d\n", configs[i].name, r);
			return 203;
		}
	}
	return private_open_by_link(dir, "dir") == -EPERM ? 0 : 204;
}

/* The number of the first row that is not so, or 0; rows count from 1. */
static int
child_looks(void)
{
	size_t i;
	int before = count_fds();

	if (chroot(".") != 0)
		return 200;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int r = private_open(rows[i].path, O_CREAT);

		if (r >= 0 ? rows[i].result != 0 || fcntl(r, F_GETFD) != 0
			   : r != rows[i].result) {
			dprintf(2, "%s: %d\n", rows[i].path, r);
			return (int)i + 1;
		}
		if (r >= 0)
			close(r);
		if (count_fds() != before)
			return 100;
	}
	return access("dir/new2", F_OK) == 0 && access("open/new", F_OK) != 0
	           ? child_looks_by_link()
	           : 201;
}

static void
only_what_nobody_else_decides_is_opened(void **state)
{
	int status;
	pid_t pid;

	(void)state;
	if (geteuid() != 0)
		skip();
	/* A root of its own: below /tmp nothing is private. */
	assert_int_equal(chdir(home_path), 0);
	make_world();
	pid = fork();
	if (pid == 0)
		_exit(child_looks());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(chdir("/"), 0);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void
below_a_directory_of_everybodys_nothing_is_private(void **state)
{
	char path[128];

	(void)state;
	snprintf(path, sizeof(path), "%s/file", home_path);
	assert_int_equal(private_open(path, O_CREAT), -EPERM);
	assert_int_equal(access(path, F_OK), -1);
}

static void
a_path_has_its_length(void **state)
{
	static char path[8192];

	(void)state;
	memset(path, 'x', sizeof(path) - 1);
	assert_int_equal(private_open(path, O_CREAT), -ENAMETOOLONG);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(only_what_nobody_else_decides_is_opened),
		TEST(below_a_directory_of_everybodys_nothing_is_private),
		TEST(a_path_has_its_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
