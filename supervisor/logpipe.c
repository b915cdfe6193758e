/* The pipe that a runsv has between its service and its logger. */
#include "logpipe.h"

#include <stdlib.h>

#include "salvage.h"
#include "say.h"
#include "sys.h"

void
logpipe_take(struct logpipe *lp)
{
	const char *text = getenv(LENT_LOG);
	int rc;

	lp->lent = lent_none();
	if (text != NULL) {
		rc = lent_take(&lp->lent, text);
		if (rc < 0)
			say_warning(rc, "unable to use the lent pipe, "
					"a new one is made");
	}
	lp->is_lent = lent_is_open(&lp->lent);
	unsetenv(LENT_LOG);
	unsetenv(LENT_RING);
}

int
logpipe_open(struct logpipe *lp)
{
	int rc = 0;

	if (!lent_is_open(&lp->lent))
		rc = lent_make(&lp->lent);
	if (rc == 0 && lp->lent.ring_fd < 0)
		lp->lent.ring_fd = lent_ring();
	return rc;
}

static bool
is_file(int fd, const struct adopt_file *f)
{
	struct adopt_file is;

	return adopt_file_of(fd, &is) == 0 && adopt_is_file(&is, f);
}

int
logpipe_become(struct logpipe *lp, pid_t service, pid_t logger,
    const struct adopt_file *pipe, const struct adopt_file *ring)
{
	struct lent found;
	int rc;

	if (pipe->ino == 0 || is_file(lp->lent.read_fd, pipe))
		return 0;
	rc = salvage_lent(&found, service, logger, pipe, ring);
	if (rc < 0)
		return rc;
	lent_close(&lp->lent);
	lp->lent = found;
	lp->is_lent = false;
	return 0;
}

void
logpipe_end(struct logpipe *lp)
{
	sys_drop(&lp->lent.write_fd);
}

/* Nobody has the writing end any more. */
static bool
is_ended(int fd)
{
	struct pollfd look = { .fd = fd, .events = POLLIN };

	return sys_poll(&look, 1, 0) == 1 && (look.revents & POLLHUP);
}

bool
logpipe_is_kept_open(const struct logpipe *lp)
{
	return lp->is_lent && !is_ended(lp->lent.read_fd);
}

ssize_t
logpipe_left(const struct logpipe *lp)
{
	return sys_readable(lp->lent.read_fd);
}
