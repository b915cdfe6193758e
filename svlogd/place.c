/* A directory of the command line, opened and locked. */
#include "place.h"

#include <errno.h>
#include <fcntl.h>

#include "dir.h"
#include "rotor.h"
#include "say.h"
#include "sys.h"

static int
open_lock(struct place *p)
{
	struct rotor r = { .dirfd = p->fd };
	struct stat st;
	int fd = dir_open_file(p->fd, &p->home, "lock",
	    O_WRONLY | O_APPEND | O_CREAT, 0600, &st);

	if (fd != -EPERM)
		return fd;
	fd = rotor_set_aside(&r, "lock", NAME_ASIDE);
	if (fd < 0)
		return fd;
	say_warning(0, "lock was not a file of its own, set aside: ", p->path,
	    "/", r.named);
	return dir_open_file(p->fd, &p->home, "lock",
	    O_WRONLY | O_APPEND | O_CREAT, 0600, &st);
}

static int
open_locked(struct place *p)
{
	int rc;

	p->fd = dir_open(p->path);
	if (p->fd < 0)
		return p->fd;
	p->found = true;
	rc = sys_fstat(p->fd, &p->home);
	if (rc < 0)
		return rc;
	p->foreign = dir_is_foreign(&p->home);
	p->lock_fd = open_lock(p);
	return p->lock_fd < 0 ? p->lock_fd : sys_flock(p->lock_fd);
}

int
place_open(struct place *p, const char *path)
{
	int rc;

	*p = (struct place){ .path = path, .fd = -1, .lock_fd = -1 };
	rc = open_locked(p);
	if (rc < 0)
		place_close(p);
	return rc;
}

void
place_complain(const struct place *p, int err)
{
	if (p->found)
		say_warning(err, "unable to lock directory: ", p->path);
	else
		say_warning(err, "unable to open log directory: ", p->path);
}

bool
place_moved(const struct place *p)
{
	struct stat st;

	return sys_fstatat(AT_FDCWD, p->path, &st, 0) == 0 &&
	       !dir_is_same(&st, &p->home);
}

void
place_close(struct place *p)
{
	if (p->lock_fd >= 0)
		sys_close(p->lock_fd);
	if (p->fd >= 0)
		sys_close(p->fd);
	p->fd = p->lock_fd = -1;
}
