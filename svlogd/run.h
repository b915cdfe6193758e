/* A run of usual lines: whole ones that fit, of which no copy or datagram goes
 * anywhere. Nearly all lines are, and this is where the time goes. */
#ifndef WEIR_RUN_H
#define WEIR_RUN_H

#include <stdint.h>

#include "lay.h"

/* Lays out those from wr, where a line begins, up to `most` or to the first
 * that is otherwise: maybe none. */
void run_lay(struct lay *y, uint64_t most);

#endif
