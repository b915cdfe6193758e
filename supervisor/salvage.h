/* The pipe and the ring of a runsv that died alone, had back from the processes
 * that it left. */
#ifndef WEIR_SALVAGE_H
#define WEIR_SALVAGE_H

#include <sys/types.h>

#include "adopt.h"
#include "lent.h"

/* From the one of the two processes (0: it is not there) that has that pipe
 * open, and the ring from the logger, where it has that. 0, or -errno and
 * there is none; one that may pass (adopt.h) also where only the ring is not
 * to be had for now. */
int salvage_lent(struct lent *l, pid_t service, pid_t logger,
    const struct adopt_file *pipe, const struct adopt_file *ring);

#endif
