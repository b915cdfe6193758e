/* What is seen of services, as a table for people. */
#ifndef WEIR_SVTABLE_H
#define WEIR_SVTABLE_H

#include "out.h"
#include "svsight.h"

/* The table of n services. */
void svtable_print(struct out *out, const struct svsight *s, size_t n,
    bool colour);

/* A time span in at most two units, "3d 4h", into text. */
enum { SVTABLE_SPAN = 32 };
void svtable_span(char text[SVTABLE_SPAN], uint64_t seconds);

#endif
