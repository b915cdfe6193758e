/* Counters that other programs can read: the file lock.stats. */
#ifndef WEIR_STATS_H
#define WEIR_STATS_H

#include <stdint.h>

#include "buf.h"
#include "conf.h"
#include "ring.h"

enum { STATS_SIZE = 8192 };

/* What is not in a directory's record. */
struct stats_extra {
	int64_t now_ns; /* since 1970 */
	uint64_t current_size;
	uint64_t pipe_full_ns; /* with at least half of the pipe full: an
	                        * estimate */
	uint64_t copies_dropped;
	const uint64_t *targets[CONF_MAX_TARGETS]; /* OUTCOMES of each */
	size_t n_targets;
};

/* The file's text: lines of a name, a blank and a number, then blanks up to
 * STATS_SIZE, so that each writing replaces the last. `begin` and `end` are
 * equal in a whole one. */
void stats_text(struct buf *b, const struct ring_counts *n,
    const struct stats_extra *extra, uint64_t serial);

#endif
