/* Where a service is that is called by its name. */
#include "svdir.h"

#include <errno.h>
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

/* The directory from which the name is seen, or why there is none. */
static int
seen_from(const struct svdir *d, const char *name)
{
	if (*name == 0)
		return -ENOENT;
	return is_path(name) ? AT_FDCWD : d->fd;
}

static bool
is_dirfd(int fd)
{
	return fd >= 0 || fd == AT_FDCWD;
}

static enum svctl_found
nowhere(struct svctl *sv, int err)
{
	*sv = (struct svctl){ .dir = -1, .ok = -1, .news = -1, .err = err };
	return SVCTL_NO_DIR;
}

enum svctl_found
svdir_enter(const struct svdir *d, struct svctl *sv, const char *name)
{
	int from = seen_from(d, name);

	return is_dirfd(from) ? svctl_open(sv, from, name) : nowhere(sv, from);
}

enum svctl_found
svdir_at(const struct svdir *d, struct svctl *sv, const char *name)
{
	int from = seen_from(d, name);

	if (!is_dirfd(from))
		return nowhere(sv, from);
	svctl_at(sv, from, name);
	return SVCTL_FINE;
}
