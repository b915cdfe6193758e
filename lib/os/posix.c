/* The rows of os.def, on a system about which only POSIX is known. */
#define _GNU_SOURCE /* where it means anything: all there is */

#include "sys.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <utmpx.h>

#include "os/plain.h"

/* Handlers write to it; one per process. */
static int signal_to = -1;
static pid_t signal_owner;

/* Each signal is in the pipe at most once, so that it never fills. */
static volatile sig_atomic_t signal_waits[NSIG];

static void
on_signal(int sig)
{
	unsigned char c = (unsigned char)sig;
	int saved = errno;

	if (getpid() != signal_owner) { /* a child on its way to exec */
		signal(sig, SIG_DFL);
		raise(sig);
	} else if (signal_waits[sig] == 0) {
		signal_waits[sig] = 1;
		if (write(signal_to, &c, 1) < 0)
			signal_waits[sig] = 0;
	}
	errno = saved;
}

int
os_signal_fd(const int *signals, size_t n)
{
	struct sigaction act = { .sa_handler = on_signal };
	sigset_t set;
	int fd[2];
	size_t i;

	sigemptyset(&set);
	for (i = 0; i < n; i++)
		if (sigaddset(&set, signals[i]) < 0)
			return -errno;
	if (pipe2(fd, O_CLOEXEC | O_NONBLOCK) < 0)
		return -errno;
	if (signal_to >= 0)
		close(signal_to);
	signal_to = fd[1];
	signal_owner = getpid();
	act.sa_mask = set;
	act.sa_flags = SA_RESTART;
	for (i = 0; i < n; i++) {
		signal_waits[signals[i]] = 0;
		sigaction(signals[i], &act, NULL);
	}
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	return fd[0];
}

int
os_signal_next(int fd)
{
	unsigned char c = 0;
	ssize_t r;

	RETRY(r, read(fd, &c, 1));
	if (r < 0)
		return errno == EAGAIN ? 0 : -errno;
	if (r == 0 || c >= NSIG)
		return 0;
	signal_waits[c] = 0;
	return c;
}

int
os_signal_ignore(int sig)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	return sigaction(sig, &ignore, NULL) < 0 ? -errno : 0;
}

int
os_signal_clear(void)
{
	struct sigaction dfl = { .sa_handler = SIG_DFL };
	sigset_t none;
	int sig;

	for (sig = 1; sig < NSIG; sig++)
		sigaction(sig, &dfl, NULL); /* some refuse; they are so */
	sigemptyset(&none);
	return sigprocmask(SIG_SETMASK, &none, NULL) < 0 ? -errno : 0;
}

ssize_t
os_pipe_size(int fd)
{
	(void)fd;
	return -ENOSYS;
}

ssize_t
os_pipe_resize(int fd, size_t size)
{
	(void)fd;
	(void)size;
	return -ENOSYS;
}

ssize_t
os_read_nowait(int fd, void *p, size_t n)
{
	return plain_read_nowait(fd, p, n);
}

ssize_t
os_write_nowait(int fd, const void *p, size_t n)
{
	return plain_write_nowait(fd, p, n);
}

ssize_t
os_tee(int from, int to, size_t n)
{
	(void)from;
	(void)to;
	(void)n;
	return -ENOSYS;
}

int64_t
os_birth_ns(int fd)
{
	(void)fd;
	return -ENOSYS;
}

int
os_hold(int dir, const char *name)
{
	(void)dir;
	(void)name;
	return -ENOSYS;
}

int
os_rename_new(int dir, const char *from, const char *to)
{
	return plain_rename_new(dir, from, to);
}

int
os_open_regular(int dir, const char *name, int flags)
{
	return plain_open_regular(dir, name, flags);
}

int
os_reserve(int fd, off_t size)
{
	return plain_reserve(fd, size);
}

int
os_memfd(const char *name, off_t size)
{
	char unique[32];
	uint64_t nonce;
	int r, fd;

	(void)name;
	r = plain_random(&nonce, sizeof(nonce));
	if (r < 0)
		return r;
	snprintf(unique, sizeof(unique), "/weir.%016llx",
	    (unsigned long long)nonce);
	fd = shm_open(unique, O_RDWR | O_CREAT | O_EXCL, 0600);
	if (fd < 0)
		return -errno;
	shm_unlink(unique);
	RETRY(r, ftruncate(fd, size));
	if (r == 0)
		return fd;
	r = -errno;
	close(fd);
	return r;
}

int
os_seal_shrink(int fd)
{
	(void)fd;
	return -ENOSYS;
}

int
os_map_ring(int fd, size_t head, size_t data, void **base)
{
	return plain_map_ring(fd, head, data, base);
}

int
os_unmap_ring(void *base, size_t head, size_t data)
{
	return plain_unmap_ring(base, head, data);
}

int
os_map_touch(void *p, size_t n)
{
	plain_map_touch(p, n);
	return 0;
}

int
os_map_forget(void *p, size_t n, int fd, off_t at, bool punch)
{
	char *first;
	size_t inside = plain_pages_inside(p, n, &first);

	(void)fd;
	(void)at;
	if (punch)
		memset(p, 0, n);
	return inside > 0 ? -posix_madvise(first, inside, POSIX_MADV_DONTNEED)
	                  : 0;
}

int
os_random(void *p, size_t n)
{
	return plain_random(p, n);
}

int
os_boot_id(unsigned char id[16])
{
	struct utmpx boot = { .ut_type = BOOT_TIME };
	const struct utmpx *found;
	int64_t when[2];

	memset(id, 0, 16);
	setutxent();
	found = getutxid(&boot);
	if (found != NULL) {
		when[0] = found->ut_tv.tv_sec;
		when[1] = found->ut_tv.tv_usec;
		memcpy(id, when, sizeof(when));
	}
	endutxent();
	return 0;
}

int
os_close_from(int first, bool cloexec)
{
	plain_close_from(first, cloexec);
	return 0;
}

/* Appends the name as a record; false where it does not fit. */
static bool
put_name(char *buf, size_t n, size_t *used, const char *name)
{
	size_t len = strlen(name);
	size_t size = (sizeof(uint16_t) + len + 2) & ~(size_t)1;
	uint16_t size16 = (uint16_t)size;

	if (size > UINT16_MAX || size > n - *used)
		return false;
	memcpy(buf + *used, &size16, sizeof(size16));
	memcpy(buf + *used + sizeof(size16), name, len + 1);
	*used += size;
	return true;
}

/* Leaves out the first *at names; *at moves past those it puts. */
static ssize_t
names_from(DIR *d, off_t *at, char *buf, size_t n)
{
	size_t used = 0;
	off_t i = 0;

	for (;; i++) {
		const struct dirent *de;

		errno = 0;
		de = readdir(d);
		if (de == NULL && errno != 0)
			return -errno;
		if (de == NULL)
			return (ssize_t)used;
		if (i < *at)
			continue;
		if (!put_name(buf, n, &used, de->d_name))
			return used > 0 ? (ssize_t)used : -EINVAL;
		*at = i + 1;
	}
}

/* The descriptor's position counts names: a stream reads ahead, and what
 * telldir() says means nothing to another stream. */
ssize_t
os_dir_names(int fd, char *buf, size_t n)
{
	off_t at = lseek(fd, 0, SEEK_CUR);
	ssize_t r;
	int own;
	DIR *d;

	if (at < 0)
		return -errno;
	RETRY(own, openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	if (own < 0)
		return -errno;
	d = fdopendir(own);
	if (d == NULL) {
		r = -errno;
		close(own);
		return r;
	}
	r = names_from(d, &at, buf, n);
	closedir(d);
	if (r > 0 && lseek(fd, at, SEEK_SET) < 0)
		return -errno;
	return r;
}

ssize_t
os_link_text(int dir, const char *name, struct stat *st, char *text, size_t n)
{
	(void)dir;
	(void)name;
	(void)st;
	(void)text;
	(void)n;
	return -ENOSYS;
}

int64_t
os_process_start(pid_t pid)
{
	(void)pid;
	return -ENOSYS;
}

int
os_pidfd_open(pid_t pid)
{
	(void)pid;
	return -ENOSYS;
}

int
os_pidfd_signal(int fd, int sig)
{
	(void)fd;
	(void)sig;
	return -ENOSYS;
}

int
os_pidfd_status(int fd, int *status)
{
	(void)fd;
	(void)status;
	return -ENOSYS;
}

int
os_open_of(pid_t pid, const struct stat *what, int flags)
{
	(void)pid;
	(void)what;
	(void)flags;
	return -ENOSYS;
}

int
os_is_privileged(void)
{
	return getuid() != geteuid() || getgid() != getegid();
}

int
os_set_uids(uid_t uid)
{
	return setuid(uid) < 0 ? -errno : 0;
}

int
os_set_gids(gid_t gid)
{
	return setgid(gid) < 0 ? -errno : 0;
}

int
os_get_uids(uid_t uids[3])
{
	uids[0] = getuid();
	uids[1] = uids[2] = geteuid();
	return 0;
}

int
os_get_gids(gid_t gids[3])
{
	gids[0] = getgid();
	gids[1] = gids[2] = getegid();
	return 0;
}

/* Everywhere, but in no standard; some count in an int. */
int
os_set_groups(size_t n, const gid_t *gids)
{
	if (n > INT_MAX)
		return -EINVAL;
	return setgroups(n, gids) < 0 ? -errno : 0;
}

int
os_watch_fd(void)
{
	return -ENOSYS;
}

int
os_watch_dir(int fd, const char *path)
{
	(void)fd;
	(void)path;
	return -ENOSYS;
}

int
os_watch_growth(int fd, const char *path)
{
	(void)fd;
	(void)path;
	return -ENOSYS;
}

ssize_t
os_watch_read(int fd, int *which, size_t n)
{
	(void)fd;
	(void)which;
	(void)n;
	return -ENOSYS;
}

int
os_subreaper(void)
{
	return -ENOSYS;
}

int
os_idle(void)
{
	return -ENOSYS;
}

int
os_power_signal(void)
{
	return -ENOSYS;
}

int
os_notice_fd(void)
{
	return -ENOSYS;
}

int
os_notice_dir(int dir)
{
	(void)dir;
	return -ENOSYS;
}

ssize_t
os_notice_read(int fd, int *which, size_t n)
{
	(void)fd;
	(void)which;
	(void)n;
	return -ENOSYS;
}

pid_t
os_fork_brief(int keep, void (*run)(const void *), const void *arg)
{
	(void)keep;
	return plain_fork_brief(run, arg);
}

int
os_reboot(enum sys_end how)
{
	(void)how;
	return -ENOSYS;
}

int
os_ctrl_alt_del(void)
{
	return -ENOSYS;
}

int
os_own_terminal(int fd)
{
	return plain_own_terminal(fd);
}

int
os_first_pids(void)
{
	return 1;
}

int
os_on_crash(void (*act)(int))
{
	return plain_on_crash(act);
}
