/* The times of lines, as the record gives them: one for each, from the clock
 * that was read once for a batch.
 *
 * A copy of the few fields of the record that it takes, so that a loop over
 * many lines can keep them to itself. */
#ifndef WEIR_TICKS_H
#define WEIR_TICKS_H

#include <stdint.h>

#include "ring.h"

struct ticks {
	uint64_t wr, fresh;
	int64_t tail_ns, fresh_ns, last_ns;
};

static inline struct ticks
ticks_of(const struct ring_out *next)
{
	return (struct ticks){ next->wr, next->fresh, next->tail_ns,
		next->fresh_ns, next->last_ns };
}

/* The time of the line that begins at wr. They only rise, by 1 ns at least, so
 * that each names one line. */
static inline int64_t
ticks_next(struct ticks *t)
{
	int64_t ns = t->wr < t->fresh ? t->tail_ns : t->fresh_ns;

	t->last_ns = ns > t->last_ns ? ns : t->last_ns + 1;
	return t->last_ns;
}

#endif
