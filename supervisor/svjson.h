/* What is seen of services, as JSON. */
#ifndef WEIR_SVJSON_H
#define WEIR_SVJSON_H

#include "out.h"
#include "svsight.h"

/* Before all, and behind all; n: how many there were. */
void svjson_begin(struct out *out);
void svjson_end(struct out *out, size_t n);

/* One, the nth from 0. What is no UTF-8 comes out as U+FFFD. */
void svjson_sight(struct out *out, size_t n, const struct svsight *s);

#endif
