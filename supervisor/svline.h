/* What sv says of a service, in runit's words, which other programs read. */
#ifndef WEIR_SVLINE_H
#define WEIR_SVLINE_H

#include "buf.h"
#include "status.h"

enum { SVLINE_ROOM = 128 }; /* for svline_state() */

/* What `down` says: whether the service is up when runsv starts. */
enum svline_normally {
	SVLINE_UNKNOWN, /* could not be told, or nobody asked */
	SVLINE_UP,
	SVLINE_DOWN,
};

/* All that comes behind the name: "(pid 7) 3s, want down". now_s: seconds
 * since 1970. Never more than SVLINE_ROOM bytes. */
void svline_state(struct buf *b, const struct status *st,
    enum svline_normally normally, int64_t now_s);

/* Of that, what comes behind the seconds: ", want down". */
void svline_marks(struct buf *b, const struct status *st,
    enum svline_normally normally);

/* Seconds since the last change, never below 0, counted as runit does, from
 * one whole second to another. */
uint64_t svline_age(const struct status *st, int64_t now_s);

#endif
