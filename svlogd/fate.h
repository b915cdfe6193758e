/* What becomes of input, and how a directory's record counts it. */
#ifndef WEIR_FATE_H
#define WEIR_FATE_H

#include <stddef.h>
#include <stdint.h>

#include "ring.h"

enum fate {
	FATE_WRITTEN,
	FATE_DESELECTED,
	FATE_DROPPED,
	FATE_FORWARDED, /* to targets alone */
};

/* n bytes of input that hold `lines` line ends are done with: wr goes on, and
 * the counters with it. */
static inline void
fate_pass(struct ring_out *next, enum fate fate, size_t n, uint64_t lines)
{
	struct ring_counts *c = &next->n;

	next->wr += n;
	c->read_bytes += n;
	c->read_lines += lines;
	switch (fate) {
	case FATE_WRITTEN:
		c->written_bytes += n;
		c->written_lines += lines;
		break;
	case FATE_DESELECTED:
		c->deselected_bytes += n;
		c->deselected_lines += lines;
		break;
	case FATE_DROPPED:
		c->dropped_bytes += n;
		c->dropped_lines += lines;
		break;
	case FATE_FORWARDED:
		c->forwarded_bytes += n;
		c->forwarded_lines += lines;
		break;
	}
}

/* What becomes of the rest of the line that wr is in. */
static inline enum fate
fate_of_rest(const struct ring_out *next)
{
	if (next->rest == RING_DROP)
		return FATE_DROPPED;
	if (next->rest == RING_SENT)
		return FATE_FORWARDED;
	return next->rest == RING_SKIP ? FATE_DESELECTED : FATE_WRITTEN;
}

#endif
