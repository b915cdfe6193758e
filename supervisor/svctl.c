/* One service as it is seen from outside. */
#include "svctl.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>

#include "hail.h"
#include "sys.h"

const struct svctl_row svctl_rows[SVCTL_FOUNDS] = {
	[SVCTL_FINE] = { "", "" },
	[SVCTL_NO_DIR] = { "fail", "unable to change to service directory" },
	[SVCTL_NO_LOG_DIR] = { "warning", "unable to change directory" },
	[SVCTL_NO_OK] = { "warning", "unable to open supervise/ok" },
	[SVCTL_NO_RUNSV] = { "fail", "runsv not running" },
	[SVCTL_NO_STATUS] = { "warning", "unable to open supervise/status" },
	[SVCTL_UNREAD] = { "warning", "unable to read supervise/status" },
	[SVCTL_BAD_STATUS] = { "warning",
	    "unable to read supervise/status: bad format" },
	[SVCTL_NO_CONTROL] = { "warning", "unable to open supervise/control" },
	[SVCTL_UNSENT] = { "warning", "unable to write to supervise/control" },
};

/* The directory supervise itself may be a link, and often is. */
enum { SAFELY = O_NONBLOCK | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC };

static enum svctl_found
found(struct svctl *sv, int err, enum svctl_found what)
{
	sv->err = err;
	return what;
}

enum svctl_found
svctl_open(struct svctl *sv, int dirfd, const char *path)
{
	*sv = (struct svctl){ .ok = -1, .news = -1 };
	sv->dir =
	    sys_openat(dirfd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	if (sv->dir >= 0)
		return SVCTL_FINE;
	found(sv, sv->dir, SVCTL_NO_DIR);
	sv->dir = -1;
	return SVCTL_NO_DIR;
}

void
svctl_at(struct svctl *sv, int dirfd, const char *path)
{
	*sv = (struct svctl){ .dir = dirfd, .at = path, .ok = -1, .news = -1 };
}

void
svctl_close(struct svctl *sv)
{
	sys_drop(&sv->ok);
	sys_drop(&sv->news);
	if (sv->at)
		sv->dir = -1;
	else
		sys_drop(&sv->dir);
}

/* The name of a file in the directory, seen from sv->dir; path has PATH_MAX.
 * One that does not fit is the empty name, of which there is no file. */
static const char *
name_in(const struct svctl *sv, char *path, const char *name)
{
	if (!sv->at)
		return name;
	buf_join(path, PATH_MAX, sv->at, "/", name, (char *)0);
	return path;
}

static int
open_in(const struct svctl *sv, const char *name, int flags)
{
	char path[PATH_MAX];

	return sys_openat(sv->dir, name_in(sv, path, name), flags, 0);
}

static enum svctl_found
read_status(struct svctl *sv)
{
	unsigned char record[STATUS_SIZE + 1]; /* one more: too long shows */
	ssize_t n;
	int fd = open_in(sv, "supervise/status", O_RDONLY | SAFELY);

	if (fd < 0)
		return found(sv, fd, SVCTL_NO_STATUS);
	n = sys_read(fd, record, sizeof record);
	sys_close(fd);
	if (n < 0)
		return found(sv, (int)n, SVCTL_UNREAD);
	if (status_unpack(&sv->status, record, (size_t)n) < 0)
		return found(sv, 0, SVCTL_BAD_STATUS);
	return found(sv, 0, SVCTL_FINE);
}

/* It, or the directory on the way to it. */
static enum svctl_found
no_ok(struct svctl *sv, int err)
{
	struct svctl dir;

	if (sv->at) {
		if (svctl_open(&dir, sv->dir, sv->at) != SVCTL_FINE)
			return found(sv, dir.err, SVCTL_NO_DIR);
		svctl_close(&dir);
	}
	return found(sv, err, SVCTL_NO_OK);
}

/* supervise/ok is readable for root alone as a rule, and status for all who
 * may come to it. */
enum svctl_found
svctl_hold(struct svctl *sv)
{
	enum svctl_found r;
	int ok;

	sys_drop(&sv->ok);
	ok = open_in(sv, "supervise/ok", O_WRONLY | SAFELY);
	if (ok == -ENXIO)
		return found(sv, 0, SVCTL_NO_RUNSV);
	if (ok < 0 && ok != -EACCES)
		return no_ok(sv, ok);
	r = read_status(sv);
	if (ok >= 0)
		sv->ok = ok;
	else if (r != SVCTL_FINE)
		return no_ok(sv, ok);
	return r;
}

enum svctl_found
svctl_look(struct svctl *sv)
{
	enum svctl_found r = svctl_hold(sv);

	sys_drop(&sv->ok);
	return r;
}

int
svctl_notice(struct svctl *sv)
{
	int r,
	    fd = open_in(sv, "supervise", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return fd;
	r = os_notice_dir(fd);
	if (r < 0) {
		sys_close(fd);
		return r;
	}
	sv->news = fd;
	return fd;
}

enum svctl_found
svctl_send(struct svctl *sv, const char *letters)
{
	size_t n = strlen(letters);
	char path[PATH_MAX];
	ssize_t r;
	int fd;

	if (n == 0)
		return found(sv, 0, SVCTL_FINE);
	fd = hail_open(sv->dir, name_in(sv, path, "supervise/control"));
	if (fd == -ENXIO)
		return found(sv, 0, SVCTL_NO_RUNSV);
	if (fd < 0)
		return found(sv, fd, SVCTL_NO_CONTROL);
	/* Fewer than PIPE_BUF: all of them, or none. */
	r = sys_write(fd, letters, n);
	sys_close(fd);
	if (r == -EPIPE) /* gone since it was opened */
		return found(sv, 0, SVCTL_NO_RUNSV);
	if (r < 0)
		return found(sv, (int)r, SVCTL_UNSENT);
	return found(sv, 0, SVCTL_FINE);
}

int
svctl_down(const struct svctl *sv)
{
	char path[PATH_MAX];
	struct stat st;
	int r = sys_fstatat(sv->dir, name_in(sv, path, "down"), &st, 0);

	return r == -ENOENT ? 0 : r < 0 ? r : 1;
}

bool
svctl_is_barred(enum svctl_found what, const struct svctl *sv)
{
	return what != SVCTL_FINE && (sv->err == -EACCES || sv->err == -EPERM);
}
