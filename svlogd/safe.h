/* What is on the disk, and says so: a file that was synced has the owner's x
 * bit, as multilog and runit's svlogd have it. */
#ifndef WEIR_SAFE_H
#define WEIR_SAFE_H

#include <errno.h>
#include <stdbool.h>
#include <sys/types.h>

/* Whether a sync said with rc that such a file cannot be synced there: it is
 * as safe as it gets. */
static inline bool
safe_as_it_gets(int rc)
{
	return rc == -EINVAL || rc == -EROFS;
}

/* fsync(2): 0, also for what cannot be synced, or -errno. */
int safe_sync(int fd);

/* The same, then chmod to `mode` with the x bit. */
int safe_mark(int fd, mode_t mode);

#endif
