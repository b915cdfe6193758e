/* When a command to a service has taken effect. */
#ifndef WEIR_WANTED_H
#define WEIR_WANTED_H

#include "status.h"

enum wanted {
	WANTED_NOTHING,  /* it has as soon as it is sent */
	WANTED_UP,       /* runs, and is to */
	WANTED_DOWN,     /* no process, and is to have none */
	WANTED_AS_TOLD,  /* one of these two, whichever it was told last */
	WANTED_RAN,      /* runs, or has run meanwhile, and is not to again */
	WANTED_AGAIN,    /* runs anew, or is not to run */
	WANTED_AGAIN_UP, /* runs anew, and is to */
	WANTED_PAUSED,   /* is stopped, or has no process */
	WANTED_CONT,     /* is not stopped */
	WANTED_GONE,     /* its runsv is no more */
};

enum wanted_found {
	WANTED_NOT_YET,
	WANTED_IF_CHECK, /* if ./check, where there is one, says so too */
	WANTED_IS_SO,
};

/* Judges by what the status was before the command was sent, and is now; with
 * both the same for `sv check`, which sends none. A runsv that is no more is
 * not seen in either, and so WANTED_GONE is always not yet. */
enum wanted_found wanted_find(enum wanted wanted, const struct status *before,
    const struct status *now);

#endif
