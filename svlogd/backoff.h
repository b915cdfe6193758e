/* Pauses after failures in a row: 1 s, doubling up to 60. */
#ifndef WEIR_BACKOFF_H
#define WEIR_BACKOFF_H

#include <stdint.h>

#include "loop.h"

struct backoff {
	int64_t next_ns;
};

/* It has worked. */
static inline void
backoff_reset(struct backoff *b)
{
	b->next_ns = 1 * LOOP_S;
}

/* It has failed: when to try again. */
static inline int64_t
backoff_next(struct backoff *b, int64_t now)
{
	int64_t at = now + b->next_ns;

	b->next_ns = b->next_ns < 30 * LOOP_S ? 2 * b->next_ns : 60 * LOOP_S;
	return at;
}

#endif
