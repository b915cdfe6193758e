/* The log daemon: standard input, through the ring, to every directory. */
#ifndef WEIR_DAEMON_H
#define WEIR_DAEMON_H

#include "options.h"

/* Runs until the end of input or SIGTERM; says what goes wrong. The exit
 * code: 0, or 111 where nothing could be logged. */
int daemon_run(const struct options *options);

#endif
