/* Where a service is that is called by its name. */
#include "svdir.h"

#include <fcntl.h>

#include "dir.h"
#include "sys.h"

void
svdir_open(struct svdir *d, const char *path)
{
	d->path = path;
	d->fd = dir_open(path);
}

void
svdir_close(struct svdir *d)
{
	if (d->fd >= 0)
		sys_close(d->fd);
}

static bool
is_path(const char *name)
{
	size_t n = strlen(name);

	return *name == '.' || *name == '/' || (n > 0 && name[n - 1] == '/');
}

enum svctl_found
svdir_enter(const struct svdir *d, struct svctl *sv, const char *name)
{
	if (is_path(name))
		return svctl_open(sv, AT_FDCWD, name);
	if (d->fd >= 0)
		return svctl_open(sv, d->fd, name);
	*sv = (struct svctl){ .dir = -1, .ok = -1, .news = -1, .err = d->fd };
	return SVCTL_NO_DIR;
}
