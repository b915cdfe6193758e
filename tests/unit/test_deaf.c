/* svlogd/deaf, and who is made so */
#define _GNU_SOURCE

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "deaf.h"
#include "seal.h"
#include "sys.h"
#include "unit/home.h"

static const int signals[] = { SIGHUP, SIGALRM, SIGTERM, SIGCHLD };

enum { N = sizeof(signals) / sizeof(signals[0]), DONE = 7 };

/* Signals as the daemon has them. */
static int
begin(void **state)
{
	static int fd = -1;

	if (fd < 0)
		fd = os_signal_fd(signals, N);
	return fd < 0 ? -1 : enter(state);
}

/* Portable: a signal that comes before the child is deaf ends it. */
static void
need_blocked(void)
{
	if (os_pipe_size(home) == -ENOSYS)
		skip();
}

static int
end_of(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void
what_svlogd_obeys_does_nothing_to_its_child(void **state)
{
	pid_t pid;
	int status;
	size_t i;

	(void)state;
	need_blocked();
	pid = fork();
	if (pid == 0) {
		raise(SIGHUP); /* before it could do anything about it */
		deaf_make();
		for (i = 0; i < N; i++)
			raise(signals[i]);
		_exit(DONE);
	}
	status = end_of(pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == DONE);
}

static void
it_can_be_killed(void **state)
{
	pid_t pid = fork();
	int status;

	(void)state;
	if (pid == 0) {
		deaf_make();
		raise(SIGKILL);
		_exit(DONE);
	}
	status = end_of(pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static void
the_child_that_syncs_old_files_is_deaf(void **state)
{
	struct seal s = { .pid = 0 };
	struct orphans o;
	size_t i;
	int err;

	(void)state;
	need_blocked();
	orphans_init(&o);
	assert_int_equal(seal_start(&s, &home, 1, NULL, 0, &o), 0);
	for (i = 0; i < N; i++)
		kill(s.pid, signals[i]);
	assert_int_equal(seal_reaped(&s, s.pid, end_of(s.pid), 0, &err), 0);
	orphans_close(&o);
}

#define T(test) cmocka_unit_test_setup_teardown(test, begin, leave)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(what_svlogd_obeys_does_nothing_to_its_child),
		T(it_can_be_killed),
		T(the_child_that_syncs_old_files_is_deaf),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
