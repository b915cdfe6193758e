/* When to read next: at once when idle, a little later under load, so that a
 * writer is not woken line by line. */
#ifndef WEIR_PACE_H
#define WEIR_PACE_H

#include <stddef.h>
#include <stdint.h>

struct pace {
	int64_t most_ns; /* the longest wait (-w) */
	int64_t last;    /* the last read, monotonic ns */
	int64_t next;
	size_t owed; /* bytes still to read before leaving */
};

void pace_init(struct pace *p, int64_t most_ns);

/* A read just now found n bytes in a pipe of that size. One that finds over a
 * quarter of the pipe full is followed by the next at once, and so is one at a
 * rate that would make it so within a wait; else the next waits most_ns. */
void pace_read(struct pace *p, size_t n, size_t pipe_size, int64_t now);

/* No read before. */
static inline int64_t
pace_next(const struct pace *p)
{
	return p->next;
}

/* Time since the last read. */
static inline int64_t
pace_gap(const struct pace *p, int64_t now)
{
	return p->last ? now - p->last : 0;
}

#endif
