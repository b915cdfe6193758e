/* The driver's children: waiting for them, with a limit. */
#define _GNU_SOURCE
#include "kit/child.h"

#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kit/proc.h"
#include "kit/verdict.h"

static sigset_t taken;

void
signals_take(void)
{
	int sig;

	/* A shell in the background ignores some, and they stay ignored. */
	for (sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_DFL);
	sigemptyset(&taken);
	sigaddset(&taken, SIGCHLD);
	sigaddset(&taken, SIGHUP);
	sigaddset(&taken, SIGINT);
	sigaddset(&taken, SIGTERM);
	sigprocmask(SIG_BLOCK, &taken, NULL);
	signal(SIGPIPE, SIG_IGN);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	prctl(PR_SET_TIMERSLACK, 1000);
}

void
signals_give(void)
{
	sigprocmask(SIG_UNBLOCK, &taken, NULL);
	signal(SIGPIPE, SIG_DFL);
}

void
child_event(int64_t until)
{
	int64_t left = until - now_ns();
	struct timespec ts = timespec_of(left > 0 ? left : 0);
	int sig = sigtimedwait(&taken, NULL, &ts);

	if (sig > 0 && sig != SIGCHLD)
		give_up("stopped by signal %d", sig);
}

bool
child_ended(pid_t pid, int64_t until, int *status)
{
	for (;;) {
		if (waitpid(pid, status, WNOHANG) == pid)
			return true;
		if (now_ns() >= until)
			return false;
		child_event(until);
	}
}

const char *
status_words(int status)
{
	static char words[64];

	if (WIFSIGNALED(status))
		snprintf(words, sizeof(words), "was killed by signal %d",
		    WTERMSIG(status));
	else
		snprintf(words, sizeof(words), "exited %d",
		    WEXITSTATUS(status));
	return words;
}

bool
status_is(int status, int code)
{
	return WIFEXITED(status) && WEXITSTATUS(status) == code;
}

bool
status_is_signal(int status, int sig)
{
	return WIFSIGNALED(status) && WTERMSIG(status) == sig;
}

void
strays_reap(pid_t a, pid_t b)
{
	siginfo_t si;

	for (;;) {
		si.si_pid = 0;
		if (waitid(P_ALL, 0, &si, WEXITED | WNOHANG | WNOWAIT) < 0 ||
		    si.si_pid == 0 || si.si_pid == a || si.si_pid == b)
			return;
		waitpid(si.si_pid, NULL, WNOHANG);
	}
}

static void
strays_kill(void)
{
	pid_t pids[64];
	size_t i, n = proc_children(getpid(), pids, 64);

	for (i = 0; i < n; i++)
		kill(pids[i], SIGKILL);
}

bool
strays_end(int64_t limit)
{
	int64_t until = now_ns() + limit;
	pid_t pid;

	while ((pid = waitpid(-1, NULL, WNOHANG)) >= 0) {
		if (pid > 0)
			continue;
		if (now_ns() >= until) {
			strays_clear();
			return false;
		}
		child_event(until);
	}
	return true;
}

void
strays_clear(void)
{
	for (;;) {
		strays_kill();
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
		if (waitpid(-1, NULL, WNOHANG) < 0)
			return;
		look_again();
	}
}
