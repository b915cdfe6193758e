/* Files and directories of a driver. */
#define _GNU_SOURCE
#include "kit/file.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kit/verdict.h"

enum { TREE_FDS = 16 };

const char *
path_join(char *out, const char *dir, const char *name)
{
	int n = snprintf(out, PATH_ROOM, "%s/%s", dir, name);

	if (n < 0 || n >= PATH_ROOM)
		give_up("path too long: %s/%s", dir, name);
	return out;
}

void
temp_make(char *out, const char *tmp, const char *name)
{
	if (!tmp)
		tmp = file_is("/dev/shm") ? "/dev/shm" : "/tmp";
	path_join(out, tmp, name);
	if (!mkdtemp(out))
		give_up("mkdtemp: %s: %s", out, strerror(errno));
}

void
dir_new(const char *path, mode_t mode)
{
	if (mkdir(path, mode) < 0)
		give_up("mkdir: %s: %s", path, strerror(errno));
}

static int
tree_remove_one(const char *path, const struct stat *st, int kind,
    struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	(void)remove(path);
	return 0;
}

void
tree_remove(const char *path)
{
	nftw(path, tree_remove_one, TREE_FDS, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

int
fd_keep(int fd, const char *what)
{
	if (fd < 0)
		give_up("%s: %s", what, strerror(errno));
	return fd;
}

void
fd_drop(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void
file_put(const char *path, const void *p, size_t n, mode_t mode)
{
	int fd = fd_keep(
	    open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), path);

	if (write(fd, p, n) != (ssize_t)n || fchmod(fd, mode) < 0)
		give_up("%s: %s", path, strerror(errno));
	close(fd);
}

void
file_write(const char *path, const char *text)
{
	file_put(path, text, strlen(text), 0644);
}

bool
file_add(struct bytes *b, const char *path)
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;
	bool is_one;

	if (fd < 0)
		return false;
	is_one = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
	if (is_one)
		bytes_read(b, fd);
	close(fd);
	return is_one;
}

const char *
file_text(const char *path)
{
	static struct bytes text;

	text.n = 0;
	(void)file_add(&text, path);
	bytes_add(&text, "", 1);
	return text.p;
}

bool
file_is(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

off_t
file_size(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 ? st.st_size : 0;
}
