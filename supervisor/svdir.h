/* Where a service is that is called by its name. */
#ifndef WEIR_SVDIR_H
#define WEIR_SVDIR_H

#include "svctl.h"

struct svdir {
	const char *path; /* SVDIR */
	int fd;           /* of it, or -errno */
};

/* Borrows path. */
void svdir_open(struct svdir *d, const char *path);
void svdir_close(struct svdir *d);

/* Opens the service: one whose name begins with a dot or a slash, or ends with
 * a slash, is a path of its own; others are in SVDIR. */
enum svctl_found svdir_enter(const struct svdir *d, struct svctl *sv,
    const char *name);

/* The same for one look, svctl_at(): the name is borrowed. */
enum svctl_found svdir_at(const struct svdir *d, struct svctl *sv,
    const char *name);

#endif
