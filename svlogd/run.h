/* A run of usual lines: whole ones that fit, of which no copy or datagram goes
 * anywhere. Nearly all lines are, and this is where the time goes. */
#ifndef WEIR_RUN_H
#define WEIR_RUN_H

#include <stdint.h>

#include "lay.h"
#include "scan.h"

/* Lays out those from wr, where a line begins, up to `most` or to the first
 * that is otherwise: maybe none. What it has found ahead of line ends is good
 * for the next run of the same cut. */
void run_lay(struct lay *y, uint64_t most, struct scan_ends *ends);

#endif
