/* Logs that are read while they are written. */
#ifndef WEIR_FOLLOW_H
#define WEIR_FOLLOW_H

#include "merge.h"
#include "show.h"

/* Shows what there is, then what comes, until a line of after the query's end,
 * or that is a second ago, or until nobody reads standard output any more, or
 * it cannot be written: 1 if there were lines, 0 if none, or -errno. */
int follow_run(struct merge *m, struct show *show);

#endif
