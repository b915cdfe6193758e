/* The rows of os.def for signals, on a system about which only POSIX is
 * known. */
#define _GNU_SOURCE /* pipe2 */

#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

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

int
os_on_crash(void (*act)(int))
{
	return plain_on_crash(act);
}
