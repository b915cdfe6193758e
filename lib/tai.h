/* TAI64N labels: 25 characters that sort by time. */
#ifndef WEIR_TAI_H
#define WEIR_TAI_H

#include <stdint.h>

#include "view.h"

#define TAI_EPOCH ((UINT64_C(1) << 62) + 10) /* 1970, by djb's count */

enum { TAI_LABEL = 25 }; /* '@' and 24 hex digits, no terminator */

/* ns: nanoseconds since 1970-01-01 UTC, from 0. The label counts TAI seconds
 * as 2^62 + 10 + Unix seconds (as runit does: no leap second table). */
void tai_label(char label[TAI_LABEL], int64_t ns);

/* The inverse: 0 and *ns, or -EINVAL. Takes exactly 25 characters, hex digits
 * of either case, nanoseconds below 10^9, a time from 1970 up to the year
 * 2262. */
int tai_parse(struct view label, int64_t *ns);

/* Rewrites the low eight digits and what carries into them when ns is in the
 * same second as `last`; the same result as tai_label(), cheaper. */
void tai_label_next(char label[TAI_LABEL], int64_t last, int64_t ns);

#endif
