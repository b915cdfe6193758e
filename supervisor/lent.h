/* The pipe between a service and its logger, and the logger's ring: what
 * outlives both. Whoever supervises keeps them open; runsvdir lends them to
 * each runsv of an entry, so that they outlive runsv too.
 *
 * They are lent by inheritance and by WEIR_LOG=R:W:PIPE:M:RING in the
 * environment: the pipe's two descriptors and its inode, the ring's and its
 * inode, all decimal; M and RING are 0 where there is no ring. The logger gets
 * the ring alone, as WEIR_RING=N:RING. */
#ifndef WEIR_LENT_H
#define WEIR_LENT_H

#include "buf.h"

#define LENT_LOG "WEIR_LOG"
#define LENT_RING "WEIR_RING"

enum {
	LENT_TEXT = 128,   /* the longest text of either variable, and more */
	LENT_RING_FD = 10, /* where the logger has it: shells use those below */
};

struct lent {
	int read_fd, write_fd;
	int ring_fd; /* -1: the system has no such memory, or no more of it */
};

/* A new pair, close-on-exec: 0, or -errno where there is no pipe. The ring is
 * an empty file that never shrinks: its size is the logger's to choose. */
int lent_make(struct lent *l);

/* A ring alone, or -errno. */
int lent_ring(void);

/* Moves them to numbers from `least` on, as far as there are any. */
void lent_move(struct lent *l, int least);

/* WEIR_LOG=... for a child that has the descriptors as `first` and the two
 * numbers behind: 0 or -errno. */
int lent_text(const struct lent *l, int first, struct buf *b);

/* WEIR_RING=... for a child that has the ring as LENT_RING_FD: 0, or -errno;
 * -ENOENT where there is no ring. */
int lent_ring_text(const struct lent *l, struct buf *b);

/* What the value of WEIR_LOG says, made close-on-exec: 0, or -errno where not
 * all of it is what it is said to be; then nothing is touched. */
int lent_take(struct lent *l, const char *text);

static inline struct lent
lent_none(void)
{
	struct lent l = { -1, -1, -1 };

	return l;
}

/* Whether there is a pipe. */
static inline bool
lent_is_open(const struct lent *l)
{
	return l->read_fd >= 0;
}

/* Closes it, unless something is in the pipe: nobody else may have that. */
void lent_spare(struct lent *l);

/* Closes what is open. */
void lent_close(struct lent *l);

#endif
