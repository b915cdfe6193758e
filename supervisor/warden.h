/* runsvdir's work: a runsv for each service of a directory, as long as it is
 * there. */
#ifndef WEIR_WARDEN_H
#define WEIR_WARDEN_H

#include <stdbool.h>

struct warden_options {
	const char *dir;
	char *log;      /* an argument to be used as a window, or NULL */
	bool sessions;  /* -P: each runsv leads a session of its own */
	bool container; /* -T: TERM stops all services in bounded time */
};

/* Until it is told to end: the exit code (runsvdir(8)). */
int warden_run(const struct warden_options *options);

#endif
