/* Old files are synced and get their x bit, and deleted ones are freed, in a
 * child, so that a slow disk never holds up the log. */
#ifndef WEIR_SEAL_H
#define WEIR_SEAL_H

#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "orphans.h"

struct seal {
	pid_t pid;        /* of the child; 0: none */
	int64_t start_at; /* no new one before, monotonic ns */
};

/* One old file: sync, set the owner's x bit where it has none. 0, also where it
 * is gone or no file of its own, or -errno. In a child. */
int seal_file(int dirfd, const struct stat *home, const char *name);

/* One directory's old files, .s and .u, without the owner's x bit: sync, set
 * it, then sync the directory. 0 or the first -errno. Called in the child. */
int seal_dir(int dirfd);

/* Starts a child for n directories where none runs: 0 or -errno. The child
 * first closes the n_locks descriptors of `locks`, which must not outlive the
 * parent, and then it frees the orphans, which it is given; the parent has none
 * of them any more in any case. */
int seal_start(struct seal *s, const int *dirfds, size_t n, const int *locks,
    size_t n_locks, struct orphans *orphans);

/* A child of ours has ended: 1 if it was this one and failed, and *err is why,
 * or 0 where it was killed; 0 if it was and did not, -1 if it was another. */
int seal_reaped(struct seal *s, pid_t pid, int status, int64_t now, int *err);

#endif
