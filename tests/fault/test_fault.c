/* tests/fault: what is noted of signals */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "fault/fault.h"
#include "sys.h"

/* In a group of its own; it ends by itself. */
static pid_t
child(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	assert_true(pid > 0);
	setpgid(pid, pid);
	return pid;
}

static void
a_signal_to_a_child_is_as_it_should_be(void **state)
{
	unsigned long before = fault_strayed();
	siginfo_t si;
	pid_t pid = child();

	(void)state;
	assert_int_equal(sys_kill(pid, SIGTERM), 0);
	assert_return_code(waitid(P_PID, (id_t)pid, &si, WEXITED | WNOWAIT),
	    errno);
	assert_int_equal(sys_kill(pid, SIGTERM), 0); /* a zombie's number */
	assert_int_equal(fault_strayed(), before);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void
a_signal_to_anybody_else_is_noted(void **state)
{
	unsigned long before = fault_strayed();
	pid_t pid = child();

	(void)state;
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	sys_kill(pid, 0);
	assert_int_equal(fault_strayed(), before + 1);
	sys_kill(-pid, 0);
	assert_int_equal(fault_strayed(), before + 2);
	sys_kill(getppid(), 0);
	assert_int_equal(fault_strayed(), before + 3);
	sys_kill(0, 0);
	assert_int_equal(fault_strayed(), before + 4);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_signal_to_a_child_is_as_it_should_be),
		cmocka_unit_test(a_signal_to_anybody_else_is_noted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
