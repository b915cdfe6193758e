/* The rows of os.def, as Linux has them. */
#define _GNU_SOURCE

#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/reboot.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "buf.h"
#include "num.h"
#include "os/plain.h"

/* The kernel's numbers, where musl's headers or an older glibc's have no
 * name for them. */
enum {
	LINUX_RWF_NOWAIT = 0x8,
	LINUX_RENAME_NOREPLACE = 0x1,
	LINUX_STATX_BTIME = 0x800,
	LINUX_MFD_NOEXEC_SEAL = 0x8,
	LINUX_MADV_POPULATE_WRITE = 23,
	LINUX_GRND_INSECURE = 0x4,
	LINUX_CLOSE_RANGE_UNSHARE = 0x2,
	LINUX_CLOSE_RANGE_CLOEXEC = 0x4,
	LINUX_PIDFD_INFO_EXIT = 0x8,
	LINUX_IOPRIO_PROCESS = 1, /* of whom ioprio_set() is */
	LINUX_IOPRIO_IDLE = 3,    /* the class, above so many bits: */
	LINUX_IOPRIO_SHIFT = 13,
};

static const ino_t LINUX_FIRST_PIDS = 0xeffffffc;

struct linux_pidfd_info {
	uint64_t mask, cgroup;
	uint32_t ids[11];
	int32_t exit_code;
};

#define LINUX_PIDFD_GET_INFO _IOWR(0xff, 11, struct linux_pidfd_info)

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

struct linux_dirent {
	uint64_t inode;
	int64_t next;
	uint16_t size;
	uint8_t type;
	char name[];
};

_Static_assert(sizeof(struct linux_pidfd_info) == 64, "the first version's");
_Static_assert(sizeof(struct linux_statx) == 256, "the kernel's statx");
_Static_assert(offsetof(struct linux_statx, born) == 80, "the kernel's statx");

int
os_signal_fd(const int *signals, size_t n)
{
	struct sigaction dfl = { .sa_handler = SIG_DFL }, was;
	sigset_t set;
	size_t i;
	int fd;

	sigemptyset(&set);
	for (i = 0; i < n; i++)
		if (sigaddset(&set, signals[i]) < 0)
			return -errno;
	fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (fd < 0)
		return -errno;
	/* Blocked first: none may act by default in between. An inherited
	 * SIG_IGN would keep SIGCHLD's children from being waited for. Where it
	 * is SIG_DFL it stays: to set it forgets a CONT that is pending. */
	sigprocmask(SIG_BLOCK, &set, NULL);
	for (i = 0; i < n; i++)
		if (sigaction(signals[i], NULL, &was) == 0 &&
		    was.sa_handler != SIG_DFL)
			sigaction(signals[i], &dfl, NULL);
	return fd;
}

int
os_signal_next(int fd)
{
	struct signalfd_siginfo si;
	ssize_t r;

	RETRY(r, read(fd, &si, sizeof(si)));
	if (r < 0)
		return errno == EAGAIN ? 0 : -errno;
	return r == (ssize_t)sizeof(si) ? (int)si.ssi_signo : 0;
}

int
os_signal_clear(void)
{
	/* A kernel's struct sigaction of any layout that says SIG_DFL. By the
	 * system call: libc keeps two signals for itself, which a parent may
	 * have left ignored. */
	static const unsigned long dfl[16];
	sigset_t none;
	int sig;

	for (sig = 1; sig < NSIG; sig++)
		syscall(SYS_rt_sigaction, sig, dfl, NULL, 8);
	sigemptyset(&none);
	return sigprocmask(SIG_SETMASK, &none, NULL) < 0 ? -errno : 0;
}

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

int
os_reserve(int fd, off_t size)
{
	int r;

	RETRY(r, fallocate(fd, 0, 0, size));
	if (r == 0)
		return 0;
	if (errno == EOPNOTSUPP || errno == ENOSYS)
		return plain_reserve(fd, size);
	return -errno;
}

int
os_memfd(const char *name, off_t size)
{
	const unsigned flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
	int r, fd = memfd_create(name, flags | LINUX_MFD_NOEXEC_SEAL);

	if (fd < 0 && errno == EINVAL) /* before Linux 6.3 */
		fd = memfd_create(name, flags);
	if (fd < 0)
		return -errno;
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
	return fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK) < 0 ? -errno : 0;
}

int
os_map_ring(int fd, size_t head, size_t data, void **base)
{
	int r = plain_map_ring(fd, head, data, base);

	if (r == 0) /* log lines may be secret; a core without them will do */
		madvise(*base, head + 2 * data, MADV_DONTDUMP);
	return r;
}

int
os_unmap_ring(void *base, size_t head, size_t data)
{
	return plain_unmap_ring(base, head, data);
}

int
os_map_touch(void *p, size_t n)
{
	size_t before = (uintptr_t)p % plain_page();
	int r;

	if (n == 0)
		return 0;
	RETRY(r,
	    madvise((char *)p - before, before + n, LINUX_MADV_POPULATE_WRITE));
	if (r == 0)
		return 0;
	if (errno != EINVAL) /* before Linux 5.14 */
		return -errno;
	plain_map_touch(p, n);
	return 0;
}

int
os_map_forget(void *p, size_t n, int fd, off_t at, bool punch)
{
	const int mode = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
	char *first;
	size_t inside = plain_pages_inside(p, n, &first);
	int r;

	if (inside > 0 && madvise(first, inside, MADV_DONTNEED) < 0)
		return -errno;
	if (!punch || n == 0)
		return 0;
	RETRY(r, fallocate(fd, mode, at, (off_t)n));
	if (r == 0)
		return 0;
	if (errno != EOPNOTSUPP && errno != ENOSYS)
		return -errno;
	memset(p, 0, n);
	return 0;
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

static ssize_t
entries(int fd, char *buf, size_t n)
{
	ssize_t r;

	RETRY(r, syscall(SYS_getdents64, fd, buf, n));
	return r < 0 ? -errno : r;
}

/* Packs the kernel's records in buf into ours, in place: ours are shorter. */
static size_t
pack_names(char *buf, size_t n)
{
	const size_t at_size = offsetof(struct linux_dirent, size);
	const size_t at_name = offsetof(struct linux_dirent, name);
	size_t from = 0, to = 0;

	while (from < n) {
		const char *name = buf + from + at_name;
		size_t len = strlen(name);
		uint16_t theirs, ours;

		memcpy(&theirs, buf + from + at_size, sizeof(theirs));
		ours = (uint16_t)((sizeof(ours) + len + 2) & ~(size_t)1);
		memmove(buf + to + sizeof(ours), name, len + 1);
		memcpy(buf + to, &ours, sizeof(ours));
		from += theirs;
		to += ours;
	}
	return to;
}

ssize_t
os_dir_names(int fd, char *buf, size_t n)
{
	ssize_t r = entries(fd, buf, n);

	return r <= 0 ? r : (ssize_t)pack_names(buf, (size_t)r);
}

/* "." and ".." and what is no number are no descriptor. */
static int
fd_number(const char *name)
{
	int fd = 0;

	if (*name == '\0')
		return -1;
	for (; *name != '\0'; name++) {
		if (*name < '0' || *name > '9' || fd > INT_MAX / 10 - 1)
			return -1;
		fd = fd * 10 + (*name - '0');
	}
	return fd;
}

/* What /proc lists. Its position is a descriptor's number, so that closing
 * some does not hide others. */
static int
close_listed(int first, bool cloexec)
{
	_Alignas(8) char buf[1024];
	int dir = open("/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ssize_t n, at;

	if (dir < 0)
		return -errno;
	while ((n = entries(dir, buf, sizeof(buf))) > 0) {
		for (at = 0; at < n;) {
			uint16_t size;
			int fd;

			memcpy(&size,
			    buf + at + offsetof(struct linux_dirent, size),
			    sizeof(size));
			fd = fd_number(
			    buf + at + offsetof(struct linux_dirent, name));
			if (fd >= first && fd != dir)
				plain_close(fd, cloexec);
			at += size;
		}
	}
	close(dir);
	return (int)n;
}

int
os_close_from(int first, bool cloexec)
{
	unsigned flags = cloexec ? LINUX_CLOSE_RANGE_CLOEXEC : 0;

	if (syscall(SYS_close_range, first, UINT_MAX, flags) == 0)
		return 0;
	if (close_listed(first, cloexec) < 0)
		plain_close_from(first, cloexec);
	return 0;
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

/* "/proc/PID/WHAT". */
static void
proc_path(char path[40], pid_t pid, const char *what)
{
	struct buf b;

	buf_init(&b, path, 40);
	buf_str(&b, "/proc/");
	buf_u64(&b, (uint64_t)pid);
	buf_ch(&b, '/');
	buf_str(&b, what);
	buf_ch(&b, '\0');
}

/* Of /proc/PID/stat: the state and the 22nd field. The second field is the
 * program's name, in parentheses, and may hold anything. */
static int64_t
start_field(const char *text)
{
	const char *at = strrchr(text, ')');
	int64_t value = 0;
	int field;

	if (at == NULL || at[1] != ' ')
		return -EIO;
	at += 2;
	if (*at == 'Z' || *at == 'X' || *at == 'x')
		return -ESRCH;
	for (field = 3; field < 22; field++) {
		at = strchr(at, ' ');
		if (at == NULL)
			return -EIO;
		at++;
	}
	for (; *at >= '0' && *at <= '9'; at++)
		value = value * 10 + (*at - '0');
	return value;
}

int64_t
os_process_start(pid_t pid)
{
	char path[40], text[512];
	ssize_t n;
	int fd;

	proc_path(path, pid, "stat");
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 && errno != ENOENT && errno != ESRCH)
		return -errno;
	if (fd < 0) /* without /proc nothing is known */
		return access("/proc/self/stat", F_OK) < 0 ? -ENOSYS : -ESRCH;
	RETRY(n, read(fd, text, sizeof(text) - 1));
	if (n < 0)
		n = -errno;
	close(fd);
	if (n < 0)
		return n;
	text[n] = '\0';
	return start_field(text);
}

int
os_pidfd_open(pid_t pid)
{
	long fd = syscall(SYS_pidfd_open, pid, 0);

	return fd < 0 ? -errno : (int)fd;
}

int
os_pidfd_signal(int fd, int sig)
{
	return syscall(SYS_pidfd_send_signal, fd, sig, NULL, 0) < 0 ? -errno
	                                                            : 0;
}

int
os_pidfd_status(int fd, int *status)
{
	struct linux_pidfd_info info = { .mask = LINUX_PIDFD_INFO_EXIT };

	/* By the system call: musl's ioctl() takes an int. */
	if (syscall(SYS_ioctl, fd, LINUX_PIDFD_GET_INFO, &info) < 0)
		return errno == ENOTTY || errno == EINVAL ? -ENOSYS : -errno;
	if ((info.mask & LINUX_PIDFD_INFO_EXIT) == 0)
		return -EAGAIN;
	*status = info.exit_code;
	return 0;
}

/* Whether a name in /proc/PID/fd is such a file: 0, -ENOENT where it is not;
 * -EACCES: the name may be seen, and not what it stands for. */
static int
is_that(int dir, const char *name, const struct stat *what)
{
	struct stat st;

	if (fd_number(name) < 0)
		return -ENOENT;
	if (fstatat(dir, name, &st, 0) < 0)
		return errno == EACCES ? -EACCES : -ENOENT;
	if (st.st_dev != what->st_dev || st.st_ino != what->st_ino ||
	    ((st.st_mode ^ what->st_mode) & S_IFMT) != 0)
		return -ENOENT;
	return 0;
}

static int
open_listed(int dir, const struct stat *what, int flags)
{
	_Alignas(8) char buf[1024];
	int none = -ENOENT;
	ssize_t n, at;

	while ((n = entries(dir, buf, sizeof(buf))) > 0) {
		for (at = 0; at < n;) {
			const char *name =
			    buf + at + offsetof(struct linux_dirent, name);
			uint16_t size;
			int fd, rc;

			memcpy(&size,
			    buf + at + offsetof(struct linux_dirent, size),
			    sizeof(size));
			at += size;
			rc = is_that(dir, name, what);
			if (rc == -EACCES)
				none = rc;
			if (rc < 0)
				continue;
			RETRY(fd, openat(dir, name, flags | O_CLOEXEC));
			return fd < 0 ? -errno : fd;
		}
	}
	return n < 0 ? (int)n : none;
}

int
os_open_of(pid_t pid, const struct stat *what, int flags)
{
	char path[40];
	int r, dir;

	proc_path(path, pid, "fd");
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return -errno;
	r = open_listed(dir, what, flags);
	close(dir);
	return r;
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

int
os_subreaper(void)
{
	return prctl(PR_SET_CHILD_SUBREAPER, 1L, 0L, 0L, 0L) < 0 ? -errno : 0;
}

int
os_idle_disk(void)
{
	long idle = (long)LINUX_IOPRIO_IDLE << LINUX_IOPRIO_SHIFT;

	/* 0: this process. */
	return syscall(SYS_ioprio_set, LINUX_IOPRIO_PROCESS, 0, idle) < 0
	           ? -errno
	           : 0;
}

int
os_power_signal(void)
{
	return SIGPWR;
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

/* The sanitizer wants every stack to be a thread's. */
#ifdef __SANITIZE_ADDRESS__
enum { MAY_SHARE_MEMORY = 0 };
#else
enum { MAY_SHARE_MEMORY = 1 };
#endif

struct brief {
	int keep;
	void (*run)(const void *);
	const void *arg;
	bool refused;
};

/* The table of descriptors is still its parent's at first, and nothing in it
 * may be touched; in the memory, which stays so, it leaves a word. */
static int
brief_child(void *arg)
{
	struct brief *b = arg;

	if (syscall(SYS_close_range, b->keep, UINT_MAX,
		LINUX_CLOSE_RANGE_UNSHARE) < 0 &&
	    unshare(CLONE_FILES) < 0) { /* before Linux 5.9 */
		b->refused = true;
		_exit(127);
	}
	b->run(b->arg);
	_exit(127);
}

/* Old containers allow neither call. */
pid_t
os_fork_brief(int keep, void (*run)(const void *), const void *arg)
{
	static bool refused;
	/* Here, not static: a program that never comes here has its few
	 * variables in as few pages as they need. */
	_Alignas(16) char stack[64 * 1024];
	struct brief b = { keep, run, arg, false };
	pid_t pid;

	if (!MAY_SHARE_MEMORY || refused)
		return plain_fork_brief(run, arg);
	pid = clone(brief_child, stack + sizeof(stack),
	    CLONE_VM | CLONE_VFORK | CLONE_FILES | SIGCHLD, &b);
	if (pid < 0)
		return -errno;
	if (!b.refused)
		return pid;
	refused = true;
	waitpid(pid, NULL, 0);
	return plain_fork_brief(run, arg);
}

/* The numbers of a container have an inode of their own, those of the machine
 * the one that the kernel was compiled with. */
int
os_first_pids(void)
{
	struct stat st;

	if (stat("/proc/self/ns/pid", &st) < 0)
		return 1;
	return st.st_ino == LINUX_FIRST_PIDS;
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

int
os_on_crash(void (*act)(int))
{
	return plain_on_crash(act);
}
