/* The pipe that a runsv has between its service and its logger, and the
 * logger's ring: lent by runsvdir (lent.h), or made here, or had back from the
 * processes of a runsv that died alone (salvage.h). */
#ifndef WEIR_LOGPIPE_H
#define WEIR_LOGPIPE_H

#include <stdbool.h>
#include <sys/types.h>

#include "adopt.h"
#include "lent.h"

struct logpipe {
	struct lent lent;
	bool is_lent; /* runsvdir has the writing end, too */
};

/* What the environment says is lent, if it is that; what is not is said. No
 * child is to know of the variables: they are gone then. */
void logpipe_take(struct logpipe *lp);

/* Makes what is not there: 0, or -errno where there is no pipe. A ring that
 * cannot be made is none. */
int logpipe_open(struct logpipe *lp);

/* Becomes the pipe that the two processes (0: it is not there) were left with,
 * with that ring: had back from them, unless it is that one. Of a pipe that is
 * none nothing is wanted. 0, or -errno as salvage_lent() and as before. */
int logpipe_become(struct logpipe *lp, pid_t service, pid_t logger,
    const struct adopt_file *pipe, const struct adopt_file *ring);

/* The service is over: closes our writing end. */
void logpipe_end(struct logpipe *lp);

/* Whether somebody else may still write to it, for all that is known. */
bool logpipe_is_kept_open(const struct logpipe *lp);

/* How many bytes are in it, or -errno. */
ssize_t logpipe_left(const struct logpipe *lp);

#endif
