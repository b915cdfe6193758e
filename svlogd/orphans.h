/* Deleted files whose bytes are not free yet.
 *
 * To take a file's name away is quick; to free what it holds takes the system
 * long, milliseconds for some megabytes, and the log would wait for it. So a
 * large file is held by a descriptor while it is deleted, and a child is the
 * one that lets it go last (seal.h). Not where the disk is nearly full: what is
 * held would cost an old file that has a name. */
#ifndef WEIR_ORPHANS_H
#define WEIR_ORPHANS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	ORPHANS_MOST = 16,
	ORPHANS_BYTES = 32 << 20, /* they hold no more, or are one */
	ORPHANS_FREE = 256 << 20, /* none where less is free */
	ORPHAN_LEAST = 256 << 10, /* a smaller one is not worth it */
};

struct orphans {
	int fds[ORPHANS_MOST]; /* owned */
	size_t n;
	uint64_t bytes; /* that they hold */
	/* A pipe that is read from until a child has freed what it was given;
	 * -1: there is nothing that one has not. Owned. */
	int child;
};

void orphans_init(struct orphans *o);

/* As sys_unlinkat(); holds the file's bytes if there is room, else they are
 * freed at once. */
int orphans_unlink(struct orphans *o, int dirfd, const char *name);

/* Whether there is no room for more. */
static inline bool
orphans_full(const struct orphans *o)
{
	return o->n == ORPHANS_MOST || o->bytes >= ORPHANS_BYTES;
}

/* Lets go of them: they are free when nobody else has them either. False where
 * there are none. */
bool orphans_let_go(struct orphans *o);

/* A child has them too, and begins to free them when it reads a byte, or the
 * end, from the pipe `to`, which is taken over; it keeps it open as long as it
 * has them. */
void orphans_give(struct orphans *o, int to);

/* The disk is full: lets go of them, or waits for the child, but not beyond
 * `until`: 1 if bytes may have become free, 0 where there were none, -EAGAIN
 * where the child still has them. */
int orphans_free(struct orphans *o, int64_t until);

/* Lets go of all, and of the child. */
void orphans_close(struct orphans *o);

#endif
