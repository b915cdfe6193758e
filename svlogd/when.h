/* What people write for a point in time. */
#ifndef WEIR_WHEN_H
#define WEIR_WHEN_H

#include <stdint.h>

#include "view.h"

/* The time that text says, in ns since 1970, as seen at now_ns:
 *
 *   10:05  10:05:07  10:05:07.25            today
 *   2026-11-22                              when that day begins
 *   2026-11-22 10:05[:07[.25]]              also with _ or T between
 *   now  today  yesterday
 *   -90  -90s  -15m  -2h  -3d  -1w          before now
 *   @1795000000                             seconds since 1970
 *   @400000006925d7e00f1a2b3c[.s]           TAI64N, a file's label
 *
 * All times are UTC, as stamps are, but for one that ends with its offset: Z,
 * +01:00 or +0100. 0; -EINVAL where it is none of these, -ERANGE where there is
 * no such day or hour, or it is not between 1970 and 2262. */
int when_parse(struct view text, int64_t now_ns, int64_t *ns);

#endif
