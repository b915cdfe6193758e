/* Which ring to use: one lent by the supervisor, one in a log directory, or
 * one that dies with us. */
#ifndef WEIR_LEASE_H
#define WEIR_LEASE_H

#include <stddef.h>

#include "ring.h"

struct lease {
	struct ring ring;
	int dirfd; /* where its lock.ring is; -1: nowhere */
};

/* Opens the first that can be had: the descriptor of WEIR_RING=N or N:INODE
 * (taken out of the environment, so that children do not see it); where
 * standard input is a pipe, lock.ring in one of n locked directories; memory.
 * But a lock.ring in which a crash has left something comes before any in
 * which nothing is. Says what is discarded, and where there is no promise over
 * a crash. 0 or -errno. */
int lease_open(struct lease *l, const int *dirfds, size_t n);

/* Closes it. With `empty` nothing is pending in it, and its file goes. */
void lease_close(struct lease *l, bool empty);

#endif
