/* The time in front of a line, as svlogd's -t, -tt and -ttt put it there. */
#ifndef WEIR_DATED_H
#define WEIR_DATED_H

#include <stdint.h>

#include "view.h"

enum { DATED_SIZE = 26 }; /* the stamp and its blank */

/* 0 and *ns, since 1970; or -EINVAL where the line begins with no stamp and
 * blank. Decimals that were cut are 0. */
int dated_ns(struct view line, int64_t *ns);

#endif
