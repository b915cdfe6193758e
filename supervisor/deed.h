/* What a plan of service.h asks for, done for a keeper: programs started and
 * signalled, restarts put off. */
#ifndef WEIR_DEED_H
#define WEIR_DEED_H

#include <stdint.h>

#include "keeper.h"

/* Does it in the order of its bits; `on` is what it was planned for. What that
 * leads to at once, or SERVICE_EVENTS. */
struct service_event deed_do(struct keeper *k, struct service_plan plan,
    enum service_on on);

/* Puts down what is so. */
void deed_put_down(struct keeper *k);

/* The end of as many seconds from now on as a file of the directory says, or
 * LOOP_NEVER. */
int64_t deed_limit(struct keeper *k, const char *file);

#endif
