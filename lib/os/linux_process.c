/* The rows of os.def for processes. */
#define _GNU_SOURCE

#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/linux.h"
#include "os/plain.h"

enum {
	LINUX_CLOSE_RANGE_UNSHARE = 0x2,
	LINUX_PIDFD_INFO_EXIT = 0x8,
};

static const ino_t LINUX_FIRST_PIDS = 0xeffffffc;

struct linux_pidfd_info {
	uint64_t mask, cgroup;
	uint32_t ids[11];
	int32_t exit_code;
};

#define LINUX_PIDFD_GET_INFO _IOWR(0xff, 11, struct linux_pidfd_info)

_Static_assert(sizeof(struct linux_pidfd_info) == 64, "the first version's");

/* Fields of /proc/PID/stat, counted from 1. The second is the program's name,
 * in parentheses, and may hold anything. */
enum { STAT_STATE = 3, STAT_THREADS = 20, STAT_START = 22 };

/* The n-th field, which is the state or behind it; NULL where there is none. */
static const char *
stat_field(const char *state, int n)
{
	const char *at = state;
	int i;

	for (i = STAT_STATE; i < n; i++) {
		at = strchr(at, ' ');
		if (at == NULL)
			return NULL;
		at++;
	}
	return at;
}

static int64_t
stat_number(const char *at)
{
	int64_t value = 0;

	for (; *at >= '0' && *at <= '9'; at++)
		value = value * 10 + (*at - '0');
	return value;
}

/* As os_process_start() has it. The state is that of the first thread, which
 * may have ended before others; it counts until they have. */
static int64_t
start_of(const char *stat)
{
	const char *state = strrchr(stat, ')'), *threads, *start;

	if (state == NULL || state[1] != ' ')
		return -EIO;
	state += 2;
	threads = stat_field(state, STAT_THREADS);
	start = stat_field(state, STAT_START);
	if (threads == NULL || start == NULL)
		return -EIO;
	if ((*state == 'Z' || *state == 'X' || *state == 'x') &&
	    stat_number(threads) <= 1)
		return -ESRCH;
	return stat_number(start);
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
	return start_of(text);
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

int
os_subreaper(void)
{
	return prctl(PR_SET_CHILD_SUBREAPER, 1L, 0L, 0L, 0L) < 0 ? -errno : 0;
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
