/* The pipe and the ring of a runsv that died alone. */
#include "salvage.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "sys.h"

/* What a process has open, opened again: both ends through a third, so that
 * no open waits for the other end. */
static int
find_pipe(pid_t pid, const struct adopt_file *f, struct lent *l)
{
	struct stat what = {
		.st_mode = S_IFIFO,
		.st_dev = (dev_t)f->dev,
		.st_ino = (ino_t)f->ino,
	};
	int rc, both = os_open_of(pid, &what, O_RDWR);

	if (both < 0)
		return both;
	rc = l->read_fd = os_open_of(pid, &what, O_RDONLY);
	if (rc >= 0)
		rc = l->write_fd = os_open_of(pid, &what, O_WRONLY);
	sys_close(both);
	if (rc >= 0)
		return 0;
	lent_close(l);
	return rc;
}

static int
find_ring(pid_t pid, const struct adopt_file *f)
{
	struct stat what = {
		.st_mode = S_IFREG,
		.st_dev = (dev_t)f->dev,
		.st_ino = (ino_t)f->ino,
	};

	return f->ino ? os_open_of(pid, &what, O_RDWR) : -ENOENT;
}

int
salvage_lent(struct lent *l, pid_t service, pid_t logger,
    const struct adopt_file *pipe, const struct adopt_file *ring)
{
	int rc = -ENOENT;

	*l = lent_none();
	if (service)
		rc = find_pipe(service, pipe, l);
	if (rc < 0 && !adopt_may_pass(rc) && logger)
		rc = find_pipe(logger, pipe, l);
	if (rc < 0)
		return rc;
	rc = logger ? find_ring(logger, ring) : -ENOENT;
	if (adopt_may_pass(rc)) {
		lent_close(l);
		return rc;
	}
	l->ring_fd = rc < 0 ? -1 : rc;
	return 0;
}
