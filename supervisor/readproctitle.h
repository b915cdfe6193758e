/* What services say on standard error, read from a pipe and shown at its end in
 * the process list (proctitle.h): runsvdir's argument `log`. */
#ifndef WEIR_READPROCTITLE_H
#define WEIR_READPROCTITLE_H

#include <stdint.h>

#include "proctitle.h"

struct readproctitle {
	struct proctitle title;
	int fd;         /* to be polled for reading; -1: there is no window */
	int64_t dot_at; /* when a dot is due, by loop_now(); LOOP_NEVER */
};

/* From now on standard error, which children inherit, is the pipe, and the
 * argument its window, borrowed for ever; NULL: neither is wanted. Nobody waits
 * for us to read: what does not fit in the pipe is lost. What stands in the way
 * is said, and standard error stays what it is. */
void readproctitle_open(struct readproctitle *r, char *argument);

/* There is something to read. */
void readproctitle_read(struct readproctitle *r);

/* The dot that is due, which moves on what was said long ago. */
void readproctitle_tick(struct readproctitle *r, int64_t now);

#endif
