/* What another keeper of a directory left behind when it died: the state of its
 * service, and the processes of it that live. */
#ifndef WEIR_RECALL_H
#define WEIR_RECALL_H

#include <stdbool.h>

#include "keeper.h"

/* How things are: as the other keeper left them, or down, and with `down` to
 * stay so. Needs the lock. 0, or -errno where it cannot be told now whether a
 * process of that one's lives, which was said: then nothing may be started. */
int recall_life(struct keeper *k, bool down);

#endif
