/* sv status, and sv list: what services are doing. */
#ifndef WEIR_SVSTATUS_H
#define WEIR_SVSTATUS_H

#include "out.h"
#include "svopts.h"
#include "tally.h"

/* A line for each service, or JSON: 0, or -errno where there is no memory. */
int svstatus_run(const struct svopts *options, struct out *out,
    struct tally *tally);

/* A table of the services, or JSON; of all in SVDIR where none is named. 0,
 * or -errno where SVDIR cannot be read. */
int svstatus_list(const struct svopts *options, struct out *out,
    struct tally *tally);

#endif
