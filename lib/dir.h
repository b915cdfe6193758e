/* A directory that others may write to, handled by descriptor. */
#ifndef WEIR_DIR_H
#define WEIR_DIR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

/* Opens it for reading names; -ENOTDIR where it is something else. */
int dir_open(const char *path);

/* Whether it is root, or this process's user. */
bool dir_is_ours(uid_t owner);

/* Whether anyone but root and this process's user can write to it. */
bool dir_is_foreign(const struct stat *st);

/* Whether both are of one file, whatever its names. */
static inline bool
dir_is_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* When its names, or a file's bytes, last changed, ns since 1970; times before
 * that and after 2262 are held at 0 and INT64_MAX: anybody can set them. */
int64_t dir_changed_ns(const struct stat *st);

/* A regular file with one name, never through a symbolic link, never waiting
 * on a FIFO: the descriptor and its *st, or -errno; -EPERM when there is
 * something else of that name (a link, a device, a second name, or, in a
 * directory that is foreign by *home, a file of a stranger's). Flags as
 * open(2), O_TRUNC excepted: what is not ours is never truncated. */
int dir_open_file(int dirfd, const struct stat *home, const char *name,
    int flags, mode_t mode, struct stat *st);

/* A new, empty file, by flags as dir_open_file(); what has its name goes first,
 * so that nothing is ever written through a link. */
int dir_fresh_file(int dirfd, const char *name, int flags, mode_t mode);

/* Names, in the order the system keeps them, "." and ".." left out. */
struct dir_walk {
	int fd;
	size_t at, filled;
	_Alignas(8) char names[2048];
};

/* Starts at the first name; borrows dirfd and moves its position. */
void dir_walk(struct dir_walk *w, int dirfd);

/* The next name, valid until the next call, or NULL at the end or on error
 * (*err is then -errno, else 0). */
const char *dir_next(struct dir_walk *w, int *err);

#endif
