/* A time to the text in front of a line. */
#ifndef WEIR_STAMP_H
#define WEIR_STAMP_H

#include <stdbool.h>
#include <stdint.h>

#include "view.h"

enum stamp_style {
	STAMP_NONE,
	STAMP_TAI,   /* -t   @ and 24 hex digits */
	STAMP_CIVIL, /* -tt  YYYY-MM-DD_HH:MM:SS.xxxxx, UTC */
	STAMP_ISO,   /* -ttt YYYY-MM-DDTHH:MM:SS.xxxxx, UTC */
};

enum { STAMP_SIZE = 26 }; /* with the blank that follows it */

/* Remembers the last text, since most lines share most of it. */
struct stamp {
	enum stamp_style style;
	int64_t shown; /* the last ns; -1: none yet */
	int64_t until; /* up to it the text stays the same */
	char text[STAMP_SIZE];
};

void stamp_init(struct stamp *s, enum stamp_style style);

/* Whether the text is that of ns, too. */
static inline bool
stamp_covers(const struct stamp *s, int64_t ns)
{
	return ns >= s->shown && ns < s->until;
}

/* The stamp of ns (since 1970) and a blank, valid until the next call; empty
 * for STAMP_NONE. Decimals are cut, not rounded. */
struct view stamp_text(struct stamp *s, int64_t ns);

#endif
