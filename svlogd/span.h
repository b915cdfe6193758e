/* A span: input that goes out from the ring as it is, many lines in one part.
 *
 * For a route where there is nothing to do per line (route.spans). */
#ifndef WEIR_SPAN_H
#define WEIR_SPAN_H

#include "lay.h"

/* Lays out the next one: as much as is ready, lies side by side and belongs
 * into this file. */
void span_lay(struct lay *y);

#endif
