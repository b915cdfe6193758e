/* What a log must not hold, hidden in a line.
 *
 * Wherever a mask matches, its groups are hidden, or all of the match where the
 * mask has none. Each mask looks at the line as it came, so that their order
 * does not matter. What is hidden, and if it is several pieces side by side,
 * becomes MASK_SIGN: it does not tell how long it was.
 *
 * A line that cannot be looked through is no less a secret: it is withheld. */
#ifndef WEIR_MASK_H
#define WEIR_MASK_H

#include <stdbool.h>
#include <stddef.h>

#include "match.h"

#define MASK_SIGN "***"

enum {
	MASK_MOST = 16 * 1024, /* bytes of a line that is looked through */
	/* ... and of what comes of it: each second byte may be hidden. */
	MASK_ROOM = 2 * MASK_MOST + sizeof MASK_SIGN,
};

struct masks {
	struct match *v;
	size_t n, cap;
	struct mask_room *room; /* shared by all; NULL without a mask */
};

enum mask_fate {
	MASK_SHOWN,    /* nothing to hide: the line itself */
	MASK_HIDDEN,   /* something is hidden */
	MASK_WITHHELD, /* all of it: a mask was given up, or it is too long */
};

struct masked {
	enum mask_fate fate;
	struct view text; /* a newline stands behind it, unless it is shown */
};

void masks_init(struct masks *ms);

/* Appends a pattern with groups (pcre.h) and takes it over, on failure too: 0
 * or -ENOMEM. */
int masks_add(struct masks *ms, struct match m);
void masks_free(struct masks *ms);

/* What of a line may be shown; good until the next call. Allocates nothing. */
struct masked masks_apply(const struct masks *ms, struct view line);

/* A line of which not all is known. */
struct masked masks_withhold(void);

#endif
