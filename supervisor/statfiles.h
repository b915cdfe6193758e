/* The files of a supervise directory that say how its service goes: pid, stat
 * and status.
 *
 * Each is replaced by rename(2), so that whoever reads one has all of it, and
 * keeps the owner and mode that an administrator gave it. */
#ifndef WEIR_STATFILES_H
#define WEIR_STATFILES_H

#include <stdbool.h>
#include <stdint.h>

#include "mute.h"
#include "status.h"

struct statfiles {
	struct status says;
	bool any;         /* ... if they were ever written */
	int64_t retry_at; /* they say something older; LOOP_NEVER: no */
	struct mute mute; /* that they cannot be written */
};

/* Nothing was written. */
void statfiles_init(struct statfiles *f);

/* Makes them say it, in that directory and in this order, if it is not what
 * they say. What cannot be written is said once, by `label` and its name, and
 * is to be tried again at retry_at; where there is no room for new files the
 * record goes into the old one meanwhile. */
void statfiles_put(struct statfiles *f, int dirfd, const char *label,
    const struct status *st);

#endif
