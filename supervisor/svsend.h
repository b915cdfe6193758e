/* sv's commands that are sent to services, and may be waited for. */
#ifndef WEIR_SVSEND_H
#define WEIR_SVSEND_H

#include "out.h"
#include "svopts.h"
#include "tally.h"

/* Sends the command to each service, waits if it is to, and says what came of
 * it. 0, or -errno where nothing could be begun; *sig is one that was to
 * end this program meanwhile, or 0. */
int svsend_run(const struct svopts *options, struct out *out,
    struct tally *tally, int *sig);

#endif
