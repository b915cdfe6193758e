/* The rows of sys.def: one kernel call each. */
#define _GNU_SOURCE /* chroot, flock, MAP_ANONYMOUS, pipe2, ppoll, sync */

#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "retry.h"

/* glibc wants an enum of its own where POSIX has an int. */
#ifdef __GLIBC__
#define RESOURCE(what) ((__rlimit_resource_t)(what))
#else
#define RESOURCE(what) (what)
#endif

/* musl's open() sets close-on-exec once more, by a call of its own. */
int
sys_open(const char *path, int flags, mode_t mode)
{
	int r;

	RETRY(r, openat(AT_FDCWD, path, flags, mode));
	return r < 0 ? -errno : r;
}

int
sys_openat(int dir, const char *name, int flags, mode_t mode)
{
	int r;

	RETRY(r, openat(dir, name, flags, mode));
	return r < 0 ? -errno : r;
}

/* Never made again: after EINTR the descriptor is gone already, and may be
 * somebody else's. */
int
sys_close(int fd)
{
	int r = close(fd);

	return r < 0 && errno != EINTR ? -errno : 0;
}

int
sys_renameat(int dir, const char *from, const char *to)
{
	int r;

	RETRY(r, renameat(dir, from, dir, to));
	return r < 0 ? -errno : r;
}

int
sys_unlinkat(int dir, const char *name)
{
	int r;

	RETRY(r, unlinkat(dir, name, 0));
	return r < 0 ? -errno : r;
}

int
sys_symlinkat(const char *text, int dir, const char *name)
{
	return symlinkat(text, dir, name) < 0 ? -errno : 0;
}

int
sys_fstat(int fd, struct stat *st)
{
	int r;

	RETRY(r, fstat(fd, st));
	return r < 0 ? -errno : r;
}

int
sys_fstatat(int dir, const char *name, struct stat *st, int flags)
{
	int r;

	RETRY(r, fstatat(dir, name, st, flags));
	return r < 0 ? -errno : r;
}

int
sys_faccessat(int dir, const char *name, int mode)
{
	int r;

	RETRY(r, faccessat(dir, name, mode, 0));
	return r < 0 ? -errno : r;
}

int64_t
sys_free_bytes(int fd)
{
	struct statvfs st;
	int r;

	RETRY(r, fstatvfs(fd, &st));
	if (r < 0)
		return -errno;
	if (st.f_frsize && st.f_bavail > INT64_MAX / st.f_frsize)
		return INT64_MAX;
	return (int64_t)(st.f_bavail * st.f_frsize);
}

int
sys_fchmod(int fd, mode_t mode)
{
	int r;

	RETRY(r, fchmod(fd, mode));
	return r < 0 ? -errno : r;
}

int
sys_chmod(const char *path, mode_t mode)
{
	int r;

	RETRY(r, chmod(path, mode));
	return r < 0 ? -errno : r;
}

int
sys_fchown(int fd, uid_t owner, gid_t group)
{
	int r;

	RETRY(r, fchown(fd, owner, group));
	return r < 0 ? -errno : r;
}

int
sys_mkdirat(int dir, const char *name, mode_t mode)
{
	int r;

	RETRY(r, mkdirat(dir, name, mode));
	return r < 0 ? -errno : r;
}

int
sys_mkfifoat(int dir, const char *name, mode_t mode)
{
	int r;

	RETRY(r, mkfifoat(dir, name, mode));
	return r < 0 ? -errno : r;
}

ssize_t
sys_readlinkat(int dir, const char *name, char *text, size_t n)
{
	ssize_t r;

	RETRY(r, readlinkat(dir, name, text, n));
	return r < 0 ? -errno : r;
}

int
sys_cloexec(int fd)
{
	int flags = fcntl(fd, F_GETFD);

	if (flags < 0)
		return -errno;
	if (flags & FD_CLOEXEC)
		return 1;
	return fcntl(fd, F_SETFD, FD_CLOEXEC) < 0 ? -errno : 0;
}

int
sys_nonblock(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	return flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0 ? -errno
	                                                               : 0;
}

int
sys_blocking(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	return flags < 0 || fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) < 0 ? -errno
	                                                                : 0;
}

int
sys_futimens(int fd, const struct timespec times[2])
{
	int r;

	RETRY(r, futimens(fd, times));
	return r < 0 ? -errno : r;
}

int
sys_ftruncate(int fd, off_t size)
{
	int r;

	RETRY(r, ftruncate(fd, size));
	return r < 0 ? -errno : r;
}

int
sys_fsync(int fd)
{
	int r;

	RETRY(r, fsync(fd));
	return r < 0 ? -errno : r;
}

int
sys_fdatasync(int fd)
{
	int r;

	RETRY(r, fdatasync(fd));
	return r < 0 ? -errno : r;
}

int
sys_sync(void)
{
	sync();
	return 0;
}

int
sys_flock(int fd)
{
	int r;

	RETRY(r, flock(fd, LOCK_EX | LOCK_NB));
	if (r == 0)
		return 0;
	return errno == EWOULDBLOCK ? -EAGAIN : -errno;
}

int
sys_flock_wait(int fd)
{
	int r;

	RETRY(r, flock(fd, LOCK_EX));
	return r < 0 ? -errno : r;
}

int
sys_setlk(int fd)
{
	struct flock all = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int r;

	RETRY(r, fcntl(fd, F_SETLK, &all));
	if (r >= 0)
		return 0;
	return errno == EACCES ? -EAGAIN : -errno;
}

ssize_t
sys_read(int fd, void *p, size_t n)
{
	ssize_t r;

	RETRY(r, read(fd, p, n));
	return r < 0 ? -errno : r;
}

ssize_t
sys_write(int fd, const void *p, size_t n)
{
	ssize_t r;

	RETRY(r, write(fd, p, n));
	return r < 0 ? -errno : r;
}

ssize_t
sys_writev(int fd, const struct iovec *iov, int n)
{
	ssize_t r;

	RETRY(r, writev(fd, iov, n));
	return r < 0 ? -errno : r;
}

ssize_t
sys_pread(int fd, void *p, size_t n, off_t at)
{
	ssize_t r;

	RETRY(r, pread(fd, p, n, at));
	return r < 0 ? -errno : r;
}

ssize_t
sys_pwrite(int fd, const void *p, size_t n, off_t at)
{
	ssize_t r;

	RETRY(r, pwrite(fd, p, n, at));
	return r < 0 ? -errno : r;
}

off_t
sys_lseek(int fd, off_t at, int whence)
{
	off_t r = lseek(fd, at, whence);

	return r < 0 ? -errno : r;
}

int
sys_isatty(int fd)
{
	return isatty(fd) ? 1 : -errno;
}

ssize_t
sys_readable(int fd)
{
	int n = 0, r;

	RETRY(r, ioctl(fd, FIONREAD, &n));
	return r < 0 ? -errno : n;
}

int
sys_poll(struct pollfd *fds, size_t n, int64_t timeout_ns)
{
	struct timespec ts = {
		.tv_sec = (time_t)(timeout_ns / 1000000000),
		.tv_nsec = (long)(timeout_ns % 1000000000),
	};
	int r = ppoll(fds, (nfds_t)n, timeout_ns < 0 ? NULL : &ts, NULL);

	if (r >= 0)
		return r;
	return errno == EINTR ? 0 : -errno;
}

static int64_t
clock_ns(clockid_t clock)
{
	struct timespec ts;

	if (clock_gettime(clock, &ts) < 0)
		return -errno;
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

int64_t
sys_wall_ns(void)
{
	return clock_ns(CLOCK_REALTIME);
}

int64_t
sys_mono_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

pid_t
sys_fork(void)
{
	pid_t r;

	RETRY(r, fork());
	return r < 0 ? -errno : r;
}

int
sys_processors(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n < 1 ? 1 : (int)n;
}

int
sys_execve(const char *path, char *const argv[], char *const envp[])
{
	int r;

	RETRY(r, execve(path, argv, envp));
	return -errno;
}

pid_t
sys_waitpid(pid_t pid, int *status, int flags)
{
	pid_t r;

	RETRY(r, waitpid(pid, status, flags));
	return r < 0 ? -errno : r;
}

int
sys_kill(pid_t pid, int sig)
{
	return kill(pid, sig) < 0 ? -errno : 0;
}

int
sys_dup2(int from, int to)
{
	int r;

	RETRY(r, dup2(from, to));
	return r < 0 ? -errno : r;
}

int
sys_dup_from(int fd, int least)
{
	int r = fcntl(fd, F_DUPFD_CLOEXEC, least);

	return r < 0 ? -errno : r;
}

int
sys_fchdir(int fd)
{
	int r;

	RETRY(r, fchdir(fd));
	return r < 0 ? -errno : r;
}

int
sys_setpgid(pid_t pid, pid_t group)
{
	return setpgid(pid, group) < 0 ? -errno : 0;
}

int
sys_chdir(const char *path)
{
	int r;

	RETRY(r, chdir(path));
	return r < 0 ? -errno : r;
}

int
sys_chroot(const char *path)
{
	return chroot(path) < 0 ? -errno : 0;
}

pid_t
sys_setsid(void)
{
	pid_t r = setsid();

	return r < 0 ? -errno : r;
}

/* -1 may be the new value. */
int
sys_nice(int more)
{
	errno = 0;
	return nice(more) == -1 && errno != 0 ? -errno : 0;
}

int
sys_getrlimit(int what, struct rlimit *rl)
{
	return getrlimit(RESOURCE(what), rl) < 0 ? -errno : 0;
}

int
sys_setrlimit(int what, const struct rlimit *rl)
{
	return setrlimit(RESOURCE(what), rl) < 0 ? -errno : 0;
}

int
sys_getgroups(int n, gid_t *gids)
{
	int r = getgroups(n, gids);

	return r < 0 ? -errno : r;
}

int
sys_share(size_t n, void **p)
{
	*p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
	    -1, 0);
	return *p == MAP_FAILED ? -errno : 0;
}

int
sys_unshare(void *p, size_t n)
{
	return munmap(p, n) < 0 ? -errno : 0;
}

int
sys_pipe(int fd[2])
{
	return pipe2(fd, O_CLOEXEC) < 0 ? -errno : 0;
}

int
sys_host_name(char *name, size_t n)
{
	int r = gethostname(name, n) < 0 ? -errno : 0;

	name[r < 0 ? 0 : n - 1] = 0;
	return r;
}

/* tm_gmtoff is not everywhere: the difference of the two clocks. */
int
sys_zone(int64_t seconds, int *east_s)
{
	time_t t = (time_t)seconds;
	struct tm here, there;
	int days;

	if (!localtime_r(&t, &here) || !gmtime_r(&t, &there))
		return -EOVERFLOW;
	days = here.tm_yday - there.tm_yday;
	if (here.tm_year != there.tm_year)
		days = here.tm_year > there.tm_year ? 1 : -1;
	*east_s = days * 86400 + (here.tm_hour - there.tm_hour) * 3600 +
	          (here.tm_min - there.tm_min) * 60 + here.tm_sec -
	          there.tm_sec;
	return 0;
}

int
sys_mark(const char *what)
{
	(void)what;
	return 0;
}
