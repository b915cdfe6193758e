/* What the log does not get though it should: counted line by line, and said in
 * the log itself when it is written again. */
#ifndef WEIR_LOSS_H
#define WEIR_LOSS_H

#include <stdbool.h>

#include "lay.h"

/* Passes over what is there of the line that wr is in or at, without laying out
 * anything: it is dropped for the reason err (-errno), if the log should have
 * got it. */
void loss_take(struct lay *y, int err);

/* Whether the log is owed something, and that: the end of a line that was
 * dropped half-written, and how many were. */
bool loss_is_owed(const struct ring_out *next);
void loss_lay(struct lay *y);

#endif
