/* The rows of os.def for signals. */
#define _GNU_SOURCE

#include "sys.h"

#include <errno.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "os/plain.h"

/* A kernel's struct sigaction of any layout: the handler is in its first two
 * words, flags at most beside it; all zero it says SIG_DFL. By the system call:
 * libc keeps two signals for itself, which a parent may have left ignored. */
struct linux_action {
	unsigned long words[16];
};

static int
set_action(int sig, const struct linux_action *new, struct linux_action *old)
{
	return (int)syscall(SYS_rt_sigaction, sig, new, old, 8);
}

/* The signals that may not be as they are by default, a bit each: to set the
 * others, too, would be sixty calls in each child. Looked for in the parent,
 * once, and in a child only where it has changed any since. */
static struct {
	uint64_t bits;
	bool known;
} changed;

static void
look_for_changes(void)
{
	struct linux_action is;

	for (int sig = 1; sig < NSIG; sig++)
		if (set_action(sig, NULL, &is) == 0 &&
		    (is.words[0] | is.words[1]) != 0)
			changed.bits |= UINT64_C(1) << (sig - 1);
	changed.known = true;
}

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
	look_for_changes();
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
os_signal_ignore(int sig)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	if (sigaction(sig, &ignore, NULL) < 0)
		return -errno;
	changed.known = false;
	return 0;
}

int
os_signal_clear(void)
{
	static const struct linux_action dfl;
	sigset_t none;

	if (!changed.known)
		look_for_changes();
	for (int sig = 1; sig < NSIG; sig++)
		if (changed.bits >> (sig - 1) & 1)
			set_action(sig, &dfl, NULL);
	sigemptyset(&none);
	return sigprocmask(SIG_SETMASK, &none, NULL) < 0 ? -errno : 0;
}

int
os_power_signal(void)
{
	return SIGPWR;
}

int
os_on_crash(void (*act)(int))
{
	changed.known = false;
	return plain_on_crash(act);
}
