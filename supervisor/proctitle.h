/* The end of what services say on standard error, shown in the process list:
 * a window in a program's own argument. */
#ifndef WEIR_PROCTITLE_H
#define WEIR_PROCTITLE_H

#include <stddef.h>

#include "view.h"

struct proctitle {
	char *p;
	size_t n; /* 0: there is no window */
};

/* All of the argument but its first five characters, which stay, is the
 * window; borrowed for ever. -EINVAL where it is shorter than seven. */
int proctitle_init(struct proctitle *t, char *argument);

/* Moves the window on by these bytes. NUL is left out, which would end the
 * argument; newlines stay, and any other control byte is shown as `?`, for a
 * service must not write to the terminal of whoever lists processes. */
void proctitle_put(struct proctitle *t, struct view text);

#endif
