/* A directory that others may write to, handled by descriptor. */
#include "dir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "loop.h"
#include "sys.h"

int
dir_open(const char *path)
{
	return sys_open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
}

bool
dir_is_ours(uid_t owner)
{
	return owner == 0 || owner == geteuid();
}

bool
dir_is_foreign(const struct stat *st)
{
	/* The sticky bit does not help: it lets others create. */
	return !dir_is_ours(st->st_uid) ||
	       (st->st_mode & (S_IWGRP | S_IWOTH)) != 0;
}

int64_t
dir_changed_ns(const struct stat *st)
{
	const struct timespec *t = &st->st_mtim;

	if (t->tv_sec < 0)
		return 0;
	if (t->tv_sec >= INT64_MAX / LOOP_S)
		return INT64_MAX;
	return (int64_t)t->tv_sec * LOOP_S + t->tv_nsec;
}

/* Whether the failure to open means that something else has the name. */
static bool
is_not_a_file(int err)
{
	return err == -ELOOP || err == -EMLINK || /* a link; the second BSD's */
	       err == -ENXIO || err == -ENODEV || /* a FIFO, socket, device */
	       err == -EISDIR;
}

/* 0, or why the file that was opened is none of ours. */
static int
judge(const struct stat *home, const struct stat *st)
{
	if (!S_ISREG(st->st_mode) || st->st_nlink > 1)
		return -EPERM;
	if (st->st_nlink == 0) /* deleted since it was opened */
		return -ENOENT;
	if (dir_is_foreign(home) && !dir_is_ours(st->st_uid) &&
	    st->st_uid != home->st_uid)
		return -EPERM;
	return 0;
}

int
dir_open_file(int dirfd, const struct stat *home, const char *name, int flags,
    mode_t mode, struct stat *st)
{
	int fd, r;

	flags &= ~O_TRUNC;
	flags |= O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	fd = sys_openat(dirfd, name, flags, mode);
	if (fd < 0)
		return is_not_a_file(fd) ? -EPERM : fd;
	r = sys_fstat(fd, st);
	if (r == 0)
		r = judge(home, st);
	if (r == 0)
		return fd;
	sys_close(fd);
	return r;
}

int
dir_fresh_file(int dirfd, const char *name, int flags, mode_t mode)
{
	int rc = sys_unlinkat(dirfd, name);

	if (rc < 0 && rc != -ENOENT)
		return rc;
	return sys_openat(dirfd, name,
	    flags | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
}

void
dir_walk(struct dir_walk *w, int dirfd)
{
	off_t r = sys_lseek(dirfd, 0, SEEK_SET);

	w->fd = r < 0 ? (int)r : dirfd;
	w->at = w->filled = 0;
}

static const char *
next_record(struct dir_walk *w)
{
	const char *name = w->names + w->at + sizeof(uint16_t);
	uint16_t size;

	memcpy(&size, w->names + w->at, sizeof(size));
	w->at += size;
	return name;
}

static bool
is_dots(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* More records: how many bytes, 0 at the end, or why not. */
static ssize_t
refill(struct dir_walk *w)
{
	ssize_t r = w->fd; /* why it could not even start */

	if (w->fd >= 0)
		r = os_dir_names(w->fd, w->names, sizeof(w->names));
	w->at = 0;
	w->filled = r > 0 ? (size_t)r : 0;
	return r;
}

const char *
dir_next(struct dir_walk *w, int *err)
{
	const char *name;

	*err = 0;
	do {
		if (w->at == w->filled) {
			ssize_t r = refill(w);

			if (r <= 0) {
				*err = (int)r;
				return NULL;
			}
		}
		name = next_record(w);
	} while (is_dots(name));
	return name;
}
