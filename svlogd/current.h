/* The file `current`: the one that is written to. */
#ifndef WEIR_CURRENT_H
#define WEIR_CURRENT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/uio.h>

struct current {
	int fd; /* -1: none */
	uint64_t dev, ino;
	uint64_t size;
	int64_t born_ns; /* since 1970 */
};

/* What the directory has of that name. */
enum current_found {
	CURRENT_NONE,
	CURRENT_CLEAN,  /* closed in order, or empty */
	CURRENT_UNDONE, /* in use when its writer died */
	CURRENT_UNSAFE, /* a link, a device, a stranger's: not opened */
};

/* Opens what is there: how it was found, or -errno. c->fd is >= 0 only for
 * the middle two. */
int current_open(struct current *c, int dirfd, const struct stat *home);

/* Makes a new one, which must not exist: 0 or -errno. */
int current_create(struct current *c, int dirfd, mode_t mode);

/* Writes the parts but their first `skip` bytes; may be short. The bytes
 * written, or -errno. */
ssize_t current_write(struct current *c, const struct iovec *part, int n,
    size_t skip);

/* Whether the first n bytes of the parts stand in the file from `at` on. */
bool current_holds(const struct current *c, uint64_t at,
    const struct iovec *part, size_t n);

/* After a write: whether what was written is still to be found. -ENOENT: the
 * file has no name any more; -ESTALE: it was cut behind our back; else 0 and
 * size is the truth. `wrote` bytes are the ones that matter. */
int current_check(struct current *c, size_t wrote);

/* Cuts it to `size` bytes, if it has more: 0 or -errno. */
int current_cut(struct current *c, uint64_t size);

/* Just closes it: its mode says that it was in use. */
void current_leave(struct current *c);

/* Syncs it, sets the owner's x bit, closes it: 0 or the first -errno. */
int current_seal(struct current *c, mode_t mode);

#endif
