/* The supervise directory of a service: the lock, the FIFO that takes commands,
 * the FIFO that says somebody is there, and the files that say how it goes.
 *
 * Other programs know it well (sv(8), monitoring): the names, the modes, and
 * that each file is replaced by rename(2), are for ever. What an administrator
 * gave another owner or mode keeps it. */
#ifndef WEIR_SUPDIR_H
#define WEIR_SUPDIR_H

#include <stdbool.h>
#include <stdint.h>

#include "say.h"
#include "statfiles.h"

struct supdir {
	const char *label; /* before its name in words: "" or "log/" */

	/* -1, or lower: not open. */
	int fd;
	int lock_fd;
	int control_fd;      /* commands are read from it */
	int control_hold_fd; /* so that it never ends */
	int ok_fd;

	struct statfiles files;

	/* The last step that failed, for supdir_complain(). */
	const char *verb, *name;
	int err;
};

/* Nothing is open. Borrows label for ever. */
void supdir_init(struct supdir *d, const char *label);

/* Makes `supervise` in the directory home, or where a symbolic link of that
 * name leads, and takes the lock: 0 or -errno, -EAGAIN where another has
 * it. */
int supdir_lock(struct supdir *d, int home);

/* Makes and opens the control FIFO: 0 or -errno. */
int supdir_open(struct supdir *d);

/* Says that somebody is there: makes and opens the ok FIFO. 0 or -errno. */
int supdir_announce(struct supdir *d);

/* Says which of the three failed, and why. */
void supdir_complain(const struct supdir *d, enum say_level level);

/* Makes the files say it (statfiles.h); nothing without a directory. */
void supdir_show(struct supdir *d, const struct status *st);

/* Makes the two FIFOs again where somebody removed or replaced them; quietly,
 * as far as it can be done. */
void supdir_mend(struct supdir *d);

/* Up to n bytes that were written to the control FIFO, all that fit. */
size_t supdir_commands(struct supdir *d, char *to, size_t n);

void supdir_close(struct supdir *d);

#endif
