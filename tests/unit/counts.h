/* What a ring may have counted: every counter another number, and read is the
 * sum of what became of it. */
#ifndef WEIR_TEST_COUNTS_H
#define WEIR_TEST_COUNTS_H

#include "ring.h"

static const struct ring_counts some_counts = { .read_lines = 75,
	.read_bytes = 616,
	.written_lines = 30,
	.written_bytes = 310,
	.deselected_lines = 20,
	.deselected_bytes = 190,
	.dropped_lines = 10,
	.dropped_bytes = 100,
	.cut_lines = 1,
	.alerts = 2,
	.rotations = 3,
	.processor_runs = 4,
	.processor_failures = 5,
	.sync_ns = 6,
	.sync_failures = 7,
	.masked_lines = 12,
	.withheld_lines = 13,
	.given_up = 14,
	.forwarded_lines = 15,
	.forwarded_bytes = 16,
	.datagrams = 17,
	.outcome = { 18, 19, 20, 21, 22, 23, 24 },
	.datagrams_unknown = 25 };

#endif
