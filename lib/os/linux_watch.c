/* The rows of os.def for what tells of changes in directories. */
#define _GNU_SOURCE

#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "os/plain.h"

int
os_watch_fd(void)
{
	int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int
os_watch_dir(int fd, const char *path)
{
	const uint32_t news = IN_CREATE | IN_DELETE | IN_MOVED_FROM |
	                      IN_MOVED_TO | IN_ATTRIB | IN_DELETE_SELF |
	                      IN_MOVE_SELF;
	int r = inotify_add_watch(fd, path, news | IN_ONLYDIR);

	return r < 0 ? -errno : r;
}

int
os_watch_growth(int fd, const char *path)
{
	const uint32_t news =
	    IN_MODIFY | IN_CREATE | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF;
	int r = inotify_add_watch(fd, path, news | IN_ONLYDIR);

	return r < 0 ? -errno : r;
}

ssize_t
os_watch_read(int fd, int *which, size_t n)
{
	_Alignas(8) char events[4096];
	const size_t least = sizeof(struct inotify_event);
	size_t room = n < sizeof(events) / least ? n * least : sizeof(events);
	ssize_t r, at = 0, got = 0;

	RETRY(r, read(fd, events, room));
	if (r < 0)
		return errno == EAGAIN ? 0 : -errno;
	while (at < r) {
		struct inotify_event event;

		memcpy(&event, events + at, sizeof(event));
		which[got++] = event.wd;
		at += (ssize_t)(sizeof(event) + event.len);
	}
	return got;
}

/* By signal: each report is one of its own, with the descriptor. Where the
 * queue is full it is a SIGIO without one. */
int
os_notice_fd(void)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN);
	sigaddset(&set, SIGIO);
	fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (fd < 0)
		return -errno;
	sigprocmask(SIG_BLOCK, &set, NULL);
	return fd;
}

int
os_notice_dir(int dir)
{
	const long news = DN_RENAME | DN_MULTISHOT;

	if (fcntl(dir, F_SETSIG, SIGRTMIN) < 0 ||
	    fcntl(dir, F_NOTIFY, news) < 0)
		return errno == EINVAL ? -ENOSYS : -errno;
	return 0;
}

ssize_t
os_notice_read(int fd, int *which, size_t n)
{
	struct signalfd_siginfo si[32];
	size_t most = sizeof(si) / sizeof(si[0]), i;
	ssize_t r;

	if (n < most)
		most = n;
	RETRY(r, read(fd, si, most * sizeof(si[0])));
	if (r < 0)
		return errno == EAGAIN ? 0 : -errno;
	n = (size_t)r / sizeof(si[0]);
	for (i = 0; i < n; i++)
		which[i] = si[i].ssi_signo == SIGIO ? -1 : (int)si[i].ssi_fd;
	return (ssize_t)n;
}
