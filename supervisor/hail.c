/* Speaking to a runsv by what it keeps in its service directory. */
#include "hail.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>

#include "buf.h"
#include "sys.h"

int
hail_open(int dirfd, const char *path)
{
	struct stat st;
	int r, fd;

	fd = sys_openat(dirfd, path,
	    O_WRONLY | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC, 0);
	if (fd < 0)
		return fd;
	r = sys_fstat(fd, &st);
	if (r == 0 && !S_ISFIFO(st.st_mode))
		r = -EINVAL;
	if (r == 0)
		return fd;
	sys_close(fd);
	return r;
}

/* The one of a service. */
static int
open_fifo(int dirfd, const char *name, const char *fifo)
{
	char path[NAME_MAX + 64];

	if (!buf_join(path, sizeof(path), name, fifo, (char *)0))
		return -ENAMETOOLONG;
	return hail_open(dirfd, path);
}

static int
send_to(int dirfd, const char *name, const char *fifo, char letter)
{
	int fd = open_fifo(dirfd, name, fifo);
	ssize_t r;

	if (fd < 0)
		return fd;
	r = sys_write(fd, &letter, 1);
	sys_close(fd);
	return r < 0 ? (int)r : 0;
}

int
hail_ok(int dirfd, const char *name)
{
	return open_fifo(dirfd, name, "/supervise/ok");
}

bool
hail_heard(int dirfd, const char *name)
{
	int fd = hail_ok(dirfd, name);

	if (fd >= 0)
		sys_close(fd);
	return fd >= 0;
}

int
hail_service(int dirfd, const char *name, char letter)
{
	return send_to(dirfd, name, "/supervise/control", letter);
}

int
hail_logger(int dirfd, const char *name, char letter)
{
	return send_to(dirfd, name, "/log/supervise/control", letter);
}
