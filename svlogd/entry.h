/* A line from its first byte on: what rules and masks say of it, and where it
 * goes: to the log, to copies, to targets.
 *
 * All that is decided here, once; for the rest of a line that is longer than
 * what is there of it the record says what becomes of it. */
#ifndef WEIR_ENTRY_H
#define WEIR_ENTRY_H

#include <stdbool.h>

#include "lay.h"

/* Lays out the line that begins at wr: false when the cut has to end, before it
 * or, where it is begun, within it or after it. */
bool entry_lay(struct lay *y);

#endif
