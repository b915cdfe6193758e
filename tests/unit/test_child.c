/* supervisor/child */
#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "child.h"
#include "loop.h"
#include "sys.h"

static const char *const sleeper[] = { "/bin/sleep", "60", NULL };

static struct child
started(const char *const *argv)
{
	struct spawn sp = { .argv = argv, .cwd = -1, .unable = 111 };
	struct child c;
	int gate;

	assert_int_equal(child_start(&c, &sp, &gate), 0);
	assert_true(child_lives(&c));
	assert_null(sp.gate);
	child_go(gate);
	return c;
}

static int
ended(struct child *c)
{
	int status = -1;

	assert_int_equal(waitpid(c->pid, &status, 0), c->pid);
	child_forget(c);
	return status;
}

static void
a_child_waits_for_its_gate(void **state)
{
	static const char *const argv[] = { "/bin/sh", "-c", "exit 7", NULL };
	struct spawn sp = { .argv = argv, .cwd = -1 };
	struct child c;
	int gate, status;

	(void)state;
	assert_int_equal(child_start(&c, &sp, &gate), 0);
	assert_int_equal(fcntl(gate, F_GETFD), FD_CLOEXEC);
	assert_int_equal(waitpid(c.pid, &status, WNOHANG), 0);
	child_go(gate);
	status = ended(&c);
	assert_int_equal(WEXITSTATUS(status), 7);
	assert_false(child_lives(&c));
}

static void
without_its_parent_a_child_is_gone(void **state)
{
	static const char *const argv[] = { "/bin/sh", "-c", "exit 7", NULL };
	struct spawn sp = { .argv = argv, .cwd = -1 };
	struct child c;
	int gate;

	(void)state;
	assert_int_equal(child_start(&c, &sp, &gate), 0);
	close(gate);
	assert_int_equal(ended(&c), 0);
}

static void
a_gate_of_a_dead_child_does_no_harm(void **state)
{
	struct spawn sp = { .argv = sleeper, .cwd = -1 };
	struct child c;
	siginfo_t si;
	int gate, status;

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	assert_int_equal(child_start(&c, &sp, &gate), 0);
	child_signal(&c, SIGKILL);
	assert_return_code(waitid(P_PID, (id_t)c.pid, &si, WEXITED | WNOWAIT),
	    errno);
	child_go(gate);
	status = ended(&c);
	assert_true(WIFSIGNALED(status));
	signal(SIGPIPE, SIG_DFL);
}

static void
its_limit_kills_a_child_once(void **state)
{
	struct child c = started(sleeper);
	int64_t now = loop_now();
	int status;

	(void)state;
	assert_int_equal(child_deadline(&c), LOOP_NEVER);
	assert_false(child_limit(&c, now));
	c.limit_at = now + 5;
	assert_int_equal(child_deadline(&c), now + 5);
	assert_false(child_limit(&c, now + 4));
	assert_true(child_limit(&c, now + 5));
	assert_false(child_limit(&c, now + 5));
	status = ended(&c);
	assert_int_equal(WTERMSIG(status), SIGKILL);
}

static void
nobody_is_signalled_where_there_is_no_child(void **state)
{
	struct child c;

	(void)state;
	child_init(&c);
	assert_int_equal(c.pid, 0); /* which would be our own group */
	child_signal(&c, SIGKILL);
	assert_false(child_limit(&c, INT64_MAX));
	assert_int_equal(child_deadline(&c), LOOP_NEVER);
}

/* By its pidfd where the system has them, else by looking. */
static void
wait_for_end(struct child *c, int *status)
{
	struct pollfd look = { .fd = c->pidfd, .events = POLLIN };

	if (c->pidfd >= 0)
		assert_int_equal(poll(&look, 1, 10000), 1);
	else
		c->look_at = 0;
	assert_true(child_ended(c, true, status));
}

static void
a_process_is_adopted_signalled_and_seen_to_end(void **state)
{
	struct child c = started(sleeper), a;
	int status = 0;
	siginfo_t si;

	(void)state;
	if (child_adopt(&a, c.pid, c.start) == -ENOSYS) {
		child_signal(&c, SIGKILL);
		ended(&c);
		return;
	}
	assert_true(a.adopted);
	assert_false(child_ended(&a, false, &status));
	child_signal(&a, SIGTERM);
	assert_return_code(waitid(P_PID, (id_t)c.pid, &si, WEXITED | WNOWAIT),
	    errno);
	ended(&c);
	wait_for_end(&a, &status);
	if (status != -1) {
		assert_true(WIFSIGNALED(status));
		assert_int_equal(WTERMSIG(status), SIGTERM);
	}
	child_forget(&a);
	assert_int_equal(a.pidfd, -1);
}

/* Its parent, which may be slow, is us here. */
static void
how_it_ended_is_known_when_its_parent_has_waited(void **state)
{
	struct child c = started(sleeper), a;
	struct pollfd look;
	int status = 0;
	siginfo_t si;

	(void)state;
	if (child_adopt(&a, c.pid, c.start) == -ENOSYS || a.pidfd < 0) {
		child_signal(&c, SIGKILL);
		ended(&c);
		return;
	}
	child_signal(&a, SIGKILL);
	assert_return_code(waitid(P_PID, (id_t)c.pid, &si, WEXITED | WNOWAIT),
	    errno);
	look = child_poll(&a);
	assert_int_equal(poll(&look, 1, 10000), 1);
	if (!child_ended(&a, true, &status)) {
		/* It does not say so again and again, but by the clock. */
		look = child_poll(&a);
		assert_int_equal(poll(&look, 1, 0), 0);
		assert_int_equal(child_deadline(&a), a.look_at);
		assert_true(a.look_at > loop_now());
		assert_false(child_ended(&a, false, &status));
		ended(&c);
		assert_int_equal(poll(&look, 1, 10000), 1);
		assert_true(child_ended(&a, true, &status));
		if (status != -1)
			assert_int_equal(WTERMSIG(status), SIGKILL);
	} else {
		ended(&c);
	}
	child_forget(&a);
	assert_false(a.over);
}

static void
an_end_that_nobody_waits_for_is_one_all_the_same(void **state)
{
	struct child c = started(sleeper), a;
	int status = 0;
	siginfo_t si;

	(void)state;
	if (child_adopt(&a, c.pid, c.start) == 0 && a.pidfd >= 0) {
		child_signal(&a, SIGKILL);
		waitid(P_PID, (id_t)c.pid, &si, WEXITED | WNOWAIT);
		if (!child_ended(&a, true, &status)) {
			a.look_at = 0;
			assert_true(child_ended(&a, false, &status));
		}
		assert_int_equal(status, -1);
		child_forget(&a);
	}
	child_signal(&c, SIGKILL);
	ended(&c);
}

static void
neither_a_dead_process_nor_a_namesake_is_adopted(void **state)
{
	struct child c = started(sleeper), a;
	int64_t start = c.start;
	pid_t pid = c.pid;

	(void)state;
	if (child_adopt(&a, pid, start) == 0) {
		child_forget(&a);
		assert_int_equal(child_adopt(&a, pid, start + 1), -ESRCH);
		child_signal(&c, SIGKILL);
		ended(&c);
		assert_int_equal(child_adopt(&a, pid, start), -ESRCH);
	} else {
		child_signal(&c, SIGKILL);
		ended(&c);
	}
	assert_int_equal(child_adopt(&a, getpid(), 0), -ENOSYS);
}

/* A process of that number, if we may choose it: clone3() with set_tid. */
static pid_t
namesake(pid_t pid)
{
	struct {
		uint64_t flags, pidfd, child_tid, parent_tid, exit_signal;
		uint64_t stack, stack_size, tls, set_tid, set_tid_size;
	} args = {
		.exit_signal = SIGCHLD,
		.set_tid = (uint64_t)(uintptr_t)&pid,
		.set_tid_size = 1,
	};
	long made = syscall(SYS_clone3, &args, sizeof(args));

	if (made == 0)
		for (;;)
			pause();
	return (pid_t)made;
}

static void
a_number_that_is_used_anew_gets_no_signal(void **state)
{
	struct child c = started(sleeper), a, blind;
	int64_t start = c.start;
	pid_t pid = c.pid;
	int status;

	(void)state;
	if (child_adopt(&a, pid, start) < 0) {
		child_signal(&c, SIGKILL);
		ended(&c);
		skip();
	}
	blind = a; /* as where there are no pidfds */
	blind.pidfd = -1;
	child_signal(&c, SIGKILL);
	ended(&c);
	while (usleep(20000), namesake(pid) != pid)
		if (errno == EPERM || errno == ENOSYS || errno == EINVAL) {
			child_forget(&a);
			skip();
		}
	child_signal(&a, SIGKILL);
	child_signal(&blind, SIGKILL);
	child_signal(&c, SIGKILL);
	assert_int_equal(waitpid(pid, &status, WNOHANG), 0);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	child_forget(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_child_waits_for_its_gate),
		cmocka_unit_test(without_its_parent_a_child_is_gone),
		cmocka_unit_test(a_gate_of_a_dead_child_does_no_harm),
		cmocka_unit_test(its_limit_kills_a_child_once),
		cmocka_unit_test(nobody_is_signalled_where_there_is_no_child),
		cmocka_unit_test(
		    a_process_is_adopted_signalled_and_seen_to_end),
		cmocka_unit_test(
		    how_it_ended_is_known_when_its_parent_has_waited),
		cmocka_unit_test(
		    an_end_that_nobody_waits_for_is_one_all_the_same),
		cmocka_unit_test(
		    neither_a_dead_process_nor_a_namesake_is_adopted),
		cmocka_unit_test(a_number_that_is_used_anew_gets_no_signal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
