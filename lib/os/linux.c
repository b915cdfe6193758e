/* The rows of os.def, as Linux has them. */
#define _GNU_SOURCE

#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <sched.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "num.h"
#include "os/linux.h"
#include "os/plain.h"

/* The kernel's numbers, where musl's headers or an older glibc's have no
 * name for them. */
enum {
	LINUX_RWF_NOWAIT = 0x8,
	LINUX_RENAME_NOREPLACE = 0x1,
	LINUX_STATX_BTIME = 0x800,
	LINUX_GRND_INSECURE = 0x4,
	LINUX_IOPRIO_PROCESS = 1, /* of whom ioprio_set() is */
	LINUX_SCHED_IDLE = 5,
	LINUX_IOPRIO_IDLE = 3, /* the class, above so many bits: */
	LINUX_IOPRIO_SHIFT = 13,
};

struct linux_time {
	int64_t s;
	uint32_t ns;
	int32_t spare;
};

struct linux_statx {
	uint32_t mask;
	uint32_t before_size[9];
	uint64_t size, blocks, attributes_mask;
	struct linux_time accessed, born, changed, modified;
	uint64_t after_times[16];
};

_Static_assert(sizeof(struct linux_statx) == 256, "the kernel's statx");
_Static_assert(offsetof(struct linux_statx, born) == 80, "the kernel's statx");

static ssize_t
pipe_result(int r)
{
	if (r >= 0)
		return r;
	return errno == EBADF ? -EINVAL : -errno;
}

ssize_t
os_pipe_size(int fd)
{
	return pipe_result(fcntl(fd, F_GETPIPE_SZ));
}

ssize_t
os_pipe_resize(int fd, size_t size)
{
	if (size > INT_MAX)
		return -EINVAL;
	return pipe_result(fcntl(fd, F_SETPIPE_SZ, (int)size));
}

static bool
is_regular(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

ssize_t
os_read_nowait(int fd, void *p, size_t n)
{
	static bool missing; /* the kernel has no such call at all */
	struct iovec iov = { .iov_base = p, .iov_len = n };
	ssize_t r;

	if (missing)
		return plain_read_nowait(fd, p, n);
	RETRY(r, syscall(SYS_preadv2, fd, &iov, 1L, -1L, -1L,
		     (long)LINUX_RWF_NOWAIT));
	if (r >= 0)
		return r;
	missing = errno == ENOSYS;
	if (missing || errno == EOPNOTSUPP || errno == EINVAL)
		return plain_read_nowait(fd, p, n);
	/* Of a file it says that the page is not in memory: nothing will ever
	 * announce that it is. */
	if (errno == EAGAIN && is_regular(fd))
		return plain_read_nowait(fd, p, n);
	return -errno;
}

/* By a description of our own, so that O_NONBLOCK is nobody else's. A terminal
 * that was taken from us (vhangup(2)) must not come back that way: the look is
 * after the open, and with what is wrong the descriptor itself answers. */
static ssize_t
write_anew(int fd, const void *p, size_t n)
{
	struct pollfd look = { .fd = fd, .events = POLLOUT };
	char path[40];
	ssize_t put = -EAGAIN;
	int r, own;

	own_path(path, fd);
	RETRY(own, open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
	if (own < 0)
		return plain_write_nowait(fd, p, n);
	RETRY(r, poll(&look, 1, 0));
	if (r != 0) {
		RETRY(put, write(look.revents == POLLOUT ? own : fd, p, n));
		if (put < 0)
			put = -errno;
	}
	close(own);
	return put;
}

ssize_t
os_write_nowait(int fd, const void *p, size_t n)
{
	struct iovec iov = { .iov_base = (void *)(uintptr_t)p, .iov_len = n };
	struct stat st;
	ssize_t r;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (S_ISSOCK(st.st_mode)) {
		RETRY(r, send(fd, p, n, MSG_DONTWAIT | MSG_NOSIGNAL));
		return r < 0 ? -errno : r;
	}
	if (!S_ISFIFO(st.st_mode) && !isatty(fd))
		return plain_write_nowait(fd, p, n);
	RETRY(r, syscall(SYS_pwritev2, fd, &iov, 1L, -1L, -1L,
		     (long)LINUX_RWF_NOWAIT));
	if (r >= 0)
		return r;
	if (errno == EOPNOTSUPP || errno == EINVAL)
		return write_anew(fd, p, n);
	return errno == ENOSYS ? plain_write_nowait(fd, p, n) : -errno;
}

ssize_t
os_tee(int from, int to, size_t n)
{
	ssize_t r;

	RETRY(r, tee(from, to, n, SPLICE_F_NONBLOCK));
	return r < 0 ? -errno : r;
}

int64_t
os_birth_ns(int fd)
{
	struct linux_statx sx;
	long r;

	memset(&sx, 0, sizeof(sx));
	RETRY(r,
	    syscall(SYS_statx, fd, "", AT_EMPTY_PATH, LINUX_STATX_BTIME, &sx));
	if (r < 0)
		return -errno;
	if ((sx.mask & LINUX_STATX_BTIME) == 0)
		return -ENOSYS;
	return sx.born.s * 1000000000 + sx.born.ns;
}

int
os_hold(int dir, const char *name)
{
	int fd = openat(dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int
os_rename_new(int dir, const char *from, const char *to)
{
	long r;

	RETRY(r,
	    syscall(SYS_renameat2, dir, from, dir, to, LINUX_RENAME_NOREPLACE));
	if (r == 0)
		return 0;
	if (errno == ENOSYS || errno == EINVAL)
		return plain_rename_new(dir, from, to);
	return -errno;
}

/* Never waits for entropy: early at boot a log daemon must not. */
int
os_random(void *p, size_t n)
{
	char *at = p;

	while (n > 0) {
		long r;

		RETRY(r,
		    syscall(SYS_getrandom, at, n, (long)LINUX_GRND_INSECURE));
		if (r < 0) /* before Linux 5.6 */
			return plain_random(at, n);
		at += r;
		n -= (size_t)r;
	}
	return 0;
}

/* The digits of a UUID, whatever stands between them. */
static int
uuid_bytes(const char *text, size_t n, unsigned char id[16])
{
	size_t i, digits = 0;

	for (i = 0; i < n && digits < 32; i++) {
		int d = num_hex(text[i]);

		if (d < 0)
			continue;
		id[digits / 2] = (unsigned char)(id[digits / 2] << 4 | d);
		digits++;
	}
	return digits == 32 ? 0 : -EIO;
}

int
os_boot_id(unsigned char id[16])
{
	char text[64];
	ssize_t n;
	int fd;

	memset(id, 0, 16);
	fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	RETRY(n, read(fd, text, sizeof(text)));
	if (n < 0)
		n = -errno;
	close(fd);
	return n < 0 ? (int)n : uuid_bytes(text, (size_t)n, id);
}

ssize_t
os_link_text(int dir, const char *name, struct stat *st, char *text, size_t n)
{
	int fd = openat(dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	ssize_t len = -1;
	int err;

	if (fd < 0)
		return -errno;
	if (fstat(fd, st) == 0) {
		errno = ELOOP;
		if (S_ISLNK(st->st_mode))
			len = readlinkat(fd, "", text, n);
	}
	err = errno;
	close(fd);
	if (len < 0)
		return -err;
	if ((size_t)len >= n)
		return -ENAMETOOLONG;
	text[len] = 0;
	return len;
}

/* O_PATH opens nothing. What was looked at is opened then, whatever has the
 * name by now. */
int
os_open_regular(int dir, const char *name, int flags)
{
	struct stat st;
	char path[40];
	int fd, seen, r = 0;

	RETRY(seen, openat(dir, name, O_PATH | O_CLOEXEC));
	if (seen < 0)
		return -errno;
	if (fstat(seen, &st) < 0)
		r = -errno;
	else if (!S_ISREG(st.st_mode))
		r = -EPERM;
	if (r == 0) {
		own_path(path, seen);
		RETRY(fd, open(path, flags));
		r = fd < 0 ? -errno : fd;
	}
	close(seen);
	return r == -ENOENT ? plain_open_regular(dir, name, flags) : r;
}

int
os_is_privileged(void)
{
	return getauxval(AT_SECURE) != 0;
}

int
os_set_uids(uid_t uid)
{
	return setresuid(uid, uid, uid) < 0 ? -errno : 0;
}

int
os_set_gids(gid_t gid)
{
	return setresgid(gid, gid, gid) < 0 ? -errno : 0;
}

int
os_get_uids(uid_t uids[3])
{
	return getresuid(&uids[0], &uids[1], &uids[2]) < 0 ? -errno : 0;
}

int
os_get_gids(gid_t gids[3])
{
	return getresgid(&gids[0], &gids[1], &gids[2]) < 0 ? -errno : 0;
}

int
os_set_groups(size_t n, const gid_t *gids)
{
	return setgroups(n, gids) < 0 ? -errno : 0;
}

int
os_idle(void)
{
	long idle = (long)LINUX_IOPRIO_IDLE << LINUX_IOPRIO_SHIFT;
	struct sched_param none = { 0 };

	/* 0: this process. musl has no sched_setscheduler(). */
	if (syscall(SYS_sched_setscheduler, 0, LINUX_SCHED_IDLE, &none) < 0)
		return -errno;
	return syscall(SYS_ioprio_set, LINUX_IOPRIO_PROCESS, 0, idle) < 0
	           ? -errno
	           : 0;
}

int
os_reboot(enum sys_end how)
{
	static const unsigned calls[] = {
		[SYS_RESTART] = RB_AUTOBOOT,
		[SYS_POWER_OFF] = RB_POWER_OFF,
		[SYS_HALT] = RB_HALT_SYSTEM,
	};

	return reboot((int)calls[how]) < 0 ? -errno : 0;
}

int
os_ctrl_alt_del(void)
{
	return reboot(RB_DISABLE_CAD) < 0 ? -errno : 0;
}

int
os_own_terminal(int fd)
{
	return plain_own_terminal(fd);
}
