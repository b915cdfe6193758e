/* lib/spawn */
#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "spawn.h"

/* A descriptor from which text can be read, at the number `at`. */
static void
text_at(int at, const char *text)
{
	int fd[2];

	assert_return_code(pipe2(fd, O_CLOEXEC), errno);
	assert_int_equal(write(fd[1], text, strlen(text)), strlen(text));
	close(fd[1]);
	assert_return_code(dup3(fd[0], at, O_CLOEXEC), errno);
	close(fd[0]);
}

static int
ended(pid_t pid)
{
	int status = -1;

	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

/* Runs the shell command with its output to a pipe, as `sp` says beyond that;
 * what it printed, and how it ended. */
static int
run(struct spawn *sp, const char *command, char *out, size_t size)
{
	const char *argv[] = { "/bin/sh", "-c", command, NULL };
	size_t used = 0;
	ssize_t r;
	pid_t pid;
	int fd[2];

	assert_return_code(pipe2(fd, O_CLOEXEC), errno);
	sp->argv = argv;
	sp->fd[sp->n_fd++] = (struct spawn_fd){ 1, fd[1] };
	pid = spawn_start(sp);
	close(fd[1]);
	while ((r = read(fd[0], out + used, size - 1 - used)) > 0)
		used += (size_t)r;
	out[used] = '\0';
	close(fd[0]);
	return ended(pid);
}

static void
a_child_runs_and_its_exit_code_is_seen(void **state)
{
	struct spawn sp = { .cwd = -1 };
	char out[64];
	int status;

	(void)state;
	status = run(&sp, "echo hello; exit 7", out, sizeof(out));
	assert_string_equal(out, "hello\n");
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 7);
}

static void
descriptors_that_swap_places_are_both_placed(void **state)
{
	struct spawn sp = {
		.cwd = -1,
		.fd = { { 8, 9 }, { 9, 8 }, { 0, 0 }, { 3, 9 }, { 2, -1 } },
		.n_fd = 5,
	};
	char out[64];

	(void)state;
	text_at(8, "eight ");
	text_at(9, "nine ");
	run(&sp, "cat <&8; cat <&9; cat <&3", out, sizeof(out));
	assert_string_equal(out, "nine eight ");
	close(8);
	close(9);
}

static void
a_source_just_above_the_targets_is_not_overwritten(void **state)
{
	struct spawn sp = {
		.cwd = -1,
		.fd = { { 8, 8 }, { 4, 9 } },
		.n_fd = 2,
	};
	char out[64];

	(void)state;
	text_at(8, "eight ");
	text_at(9, "nine ");
	run(&sp, "cat <&4; cat <&8", out, sizeof(out));
	assert_string_equal(out, "nine eight ");
	close(8);
	close(9);
}

static void
a_descriptor_may_be_given_its_own_number(void **state)
{
	struct spawn sp = { .cwd = -1, .fd = { { 8, 8 } }, .n_fd = 1 };
	char out[64];

	(void)state;
	text_at(8, "eight");
	run(&sp, "cat <&8", out, sizeof(out));
	assert_string_equal(out, "eight");
	assert_int_equal(fcntl(8, F_GETFD), FD_CLOEXEC);
	close(8);
}

static void
no_other_descriptor_reaches_the_child(void **state)
{
	struct spawn sp = { .cwd = -1,
		.fd = { { 6, 8 }, { 4, 8 } },
		.n_fd = 2 };
	char out[64];
	int fd;

	(void)state;
	text_at(8, "");
	for (fd = 3; fd < 10; fd++)
		if (fd != 8)
			dup2(8, fd);
	dup2(8, 100);
	run(&sp,
	    "for f in 0 1 2 3 4 5 6 7 8 9; do"
	    " ( : <&$f ) 2>/dev/null && printf $f;"
	    " done; ls /proc/$$/fd | grep -c '^[0-9][0-9]'",
	    out, sizeof(out));
	for (fd = 3; fd < 10; fd++)
		close(fd);
	close(100);
	if (access("/proc/self/fd", F_OK) == 0)
		assert_string_equal(out, "012460\n");
	else
		assert_memory_equal(out, "01246", 5);
}

static void
a_child_starts_where_it_is_told(void **state)
{
	struct spawn sp = { .cwd = -1 };
	char out[64];
	int fd = open("/usr", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	(void)state;
	sp.cwd = fd;
	run(&sp, "pwd -P", out, sizeof(out));
	assert_string_equal(out, "/usr\n");
	close(fd);
}

static void
every_signal_is_default_and_unblocked_in_a_child(void **state)
{
	const int signals[] = { SIGTERM, SIGHUP, SIGPIPE, SIGALRM, SIGUSR2,
		SIGRTMIN };
	sigset_t all, old;
	size_t i;

	(void)state;
	sigfillset(&all);
	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		struct spawn sp = { .cwd = -1 };
		char command[64], out[64];
		int status;

		snprintf(command, sizeof(command), "kill -%d $$; echo alive",
		    signals[i]);
		signal(signals[i], SIG_IGN);
		sigprocmask(SIG_BLOCK, &all, &old);
		status = run(&sp, command, out, sizeof(out));
		sigprocmask(SIG_SETMASK, &old, NULL);
		signal(signals[i], SIG_DFL);
		assert_string_equal(out, "");
		assert_true(WIFSIGNALED(status));
		assert_int_equal(WTERMSIG(status), signals[i]);
	}
}

static void
a_group_of_its_own_is_there_when_the_parent_knows_the_pid(void **state)
{
	static const char *const argv[] = { "/bin/sleep", "60", NULL };
	struct spawn sp = { .argv = argv, .cwd = -1, .own_group = true };
	pid_t pid;
	int status;

	(void)state;
	pid = spawn_start(&sp);
	assert_int_equal(getpgid(pid), pid);
	assert_int_equal(kill(-pid, SIGTERM), 0);
	status = ended(pid);
	assert_true(WIFSIGNALED(status));
	sp.own_group = false;
	pid = spawn_start(&sp);
	assert_int_equal(getpgid(pid), getpgrp());
	kill(pid, SIGTERM);
	ended(pid);
}

static void
the_environment_is_the_parents(void **state)
{
	struct spawn sp = { .cwd = -1 };
	char out[64];

	(void)state;
	setenv("WEIR_TEST", "inherited", 1);
	run(&sp, "echo $WEIR_TEST", out, sizeof(out));
	assert_string_equal(out, "inherited\n");
}

static void
one_variable_is_added_replaced_or_taken_out(void **state)
{
	static const struct {
		const char *env, *seen;
	} cases[] = {
		{ NULL, "[old] inherited\n" },
		{ "WEIR_TEST=new", "[new] inherited\n" },
		{ "WEIR_TEST=", "[] inherited\n" },
		{ "WEIR_TEST", "[unset] inherited\n" },
		{ "WEIR_TES=no", "[old] inherited\n" },
		{ "WEIR_TEST2=2", "[old] 2\n" },
	};
	size_t i;

	(void)state;
	setenv("WEIR_TEST", "old", 1);
	setenv("WEIR_TEST2", "inherited", 1);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct spawn sp = { .cwd = -1, .env = cases[i].env };
		char out[64];

		run(&sp, "echo \"[${WEIR_TEST-unset}]\" $WEIR_TEST2", out,
		    sizeof(out));
		assert_string_equal(out, cases[i].seen);
	}
	assert_string_equal(getenv("WEIR_TEST"), "old");
	unsetenv("WEIR_TEST");
	unsetenv("WEIR_TEST2");
}

static void
an_environment_that_is_too_large_stays_as_it_is(void **state)
{
	struct spawn sp = { .cwd = -1, .env = "WEIR_TEST=new" };
	char name[16], out[64];
	int i;

	(void)state;
	for (i = 0; i < SPAWN_ENV; i++) {
		snprintf(name, sizeof(name), "WEIR_%d", i);
		setenv(name, "", 1);
	}
	run(&sp, "echo ${WEIR_TEST-unset}", out, sizeof(out));
	assert_string_equal(out, "unset\n");
	for (i = 0; i < SPAWN_ENV; i++) {
		snprintf(name, sizeof(name), "WEIR_%d", i);
		unsetenv(name);
	}
}

static void
a_session_of_its_own_is_led_by_the_child(void **state)
{
	struct spawn sp = { .cwd = -1, .session = true };
	char out[64];

	(void)state;
	run(&sp,
	    "set -- $(cat /proc/$$/stat); [ $1 = $5 ] && [ $1 = $6 ] &&"
	    " echo leader",
	    out, sizeof(out));
	if (access("/proc/self/stat", F_OK) == 0)
		assert_string_equal(out, "leader\n");
}

static void
behind_its_gate_a_child_does_nothing_until_a_byte_comes(void **state)
{
	static const char *const argv[] = { "/bin/sh", "-c", "echo ran", NULL };
	struct spawn sp = { .argv = argv, .cwd = -1, .n_fd = 1 };
	int gate[2], opened;

	(void)state;
	for (opened = 0; opened < 2; opened++) {
		char out[64];
		int fd[2];
		ssize_t n;
		pid_t pid;

		assert_return_code(pipe2(fd, O_CLOEXEC), errno);
		assert_return_code(pipe2(gate, O_CLOEXEC), errno);
		sp.gate = gate;
		sp.fd[0] = (struct spawn_fd){ 1, fd[1] };
		pid = spawn_start(&sp);
		close(fd[1]);
		close(gate[0]);
		assert_int_equal(waitpid(pid, NULL, WNOHANG), 0);
		if (opened)
			assert_int_equal(write(gate[1], "", 1), 1);
		close(gate[1]);
		n = read(fd[0], out, sizeof(out));
		assert_int_equal(n, opened ? 4 : 0);
		assert_int_equal(ended(pid), 0);
		close(fd[0]);
	}
}

static bool
is_known(const void *of)
{
	return *(const bool *)of;
}

static void
without_a_byte_a_child_that_is_known_goes_on(void **state)
{
	static const char *const argv[] = { "/bin/sh", "-c", "exit 7", NULL };
	struct spawn sp = { .argv = argv, .cwd = -1, .is_known = is_known };
	bool known;
	int i;

	(void)state;
	sp.of = &known;
	for (i = 0; i < 2; i++) {
		int gate[2];
		pid_t pid;

		known = i;
		assert_return_code(pipe2(gate, O_CLOEXEC), errno);
		sp.gate = gate;
		pid = spawn_start(&sp);
		close(gate[0]);
		close(gate[1]);
		assert_int_equal(ended(pid), known ? 7 << 8 : 0);
	}
}

static void
what_cannot_be_executed_says_and_exits_as_told(void **state)
{
	static const char *const argv[] = { "./none", NULL };
	struct spawn sp = {
		.argv = argv,
		.cwd = -1,
		.words = "unable to start ./none",
		.unable = 111,
		.n_fd = 1,
	};
	char out[128];
	int status, fd[2];
	ssize_t n;

	(void)state;
	assert_return_code(pipe2(fd, O_CLOEXEC), errno);
	sp.fd[0] = (struct spawn_fd){ 2, fd[1] };
	status = ended(spawn_start(&sp));
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 111);
	n = read(fd[0], out, sizeof(out) - 1);
	assert_true(n > 0);
	out[n] = 0;
	assert_string_equal(out,
	    "weir: fatal: unable to start ./none: file does not exist\n");
	close(fd[0]);
	close(fd[1]);
}

static void
the_path_may_be_another_than_its_name(void **state)
{
	const char *argv[] = { "a name", "-c", "test \"$0\" = 'a name'", NULL };
	struct spawn sp = { .argv = argv, .path = "/bin/sh", .cwd = -1 };

	(void)state;
	assert_int_equal(ended(spawn_start(&sp)), 0);
}

static void
a_limit_on_descriptors_is_the_childs_alone(void **state)
{
	rlim_t few = 17;
	struct spawn sp = {
		.cwd = -1,
		.nofile = &few,
		.fd = { { 20, 0 } },
		.n_fd = 1,
	};
	char out[64];

	(void)state;
	/* What it was given is open, however high. */
	run(&sp, "ulimit -n; test -e /dev/fd/20 && echo open", out,
	    sizeof(out));
	assert_string_equal(out, "17\nopen\n");
	sp.nofile = NULL;
	sp.n_fd = 0;
	run(&sp, "ulimit -n", out, sizeof(out));
	assert_string_not_equal(out, "17\n");
	few = RLIM_INFINITY; /* above the hard limit */
	sp.nofile = &few;
	run(&sp, "test $(ulimit -n) = $(ulimit -H -n) && echo all", out,
	    sizeof(out));
	assert_string_equal(out, "all\n");
}

/* From 100 on there is one; the other is below. */
static void
a_brief_child_has_what_it_is_given_and_nothing_else(void **state)
{
	struct spawn sp = {
		.cwd = -1,
		.brief = true,
		.fd = { { 3, 100 }, { 4, 9 }, { 5, 101 } },
		.n_fd = 3,
		.env = "VALUE=set",
	};
	char out[256];

	(void)state;
	text_at(100, "high ");
	text_at(9, "low ");
	text_at(101, "higher ");
	dup2(9, 20); /* a stray */
	run(&sp,
	    "cat <&3; cat <&4; cat <&5; echo $VALUE\n"
	    "for n in 6 9 20 100 101; do test -e /dev/fd/$n && echo $n\n"
	    "done",
	    out, sizeof(out));
	assert_string_equal(out, "high low higher set\n");
	/* No copies are left. */
	assert_int_equal(fcntl(100, F_GETFD), FD_CLOEXEC);
	assert_int_equal(fcntl(3, F_GETFD), -1);
	close(9);
	close(20);
	close(100);
	close(101);
}

static void
a_brief_child_may_have_to_be_a_common_one(void **state)
{
	struct spawn sp = {
		.cwd = -1,
		.brief = true,
		.fd = { { 3, 100 } },
		.n_fd = 1,
	};
	char out[64];
	int n, from = dup(0);

	(void)state;
	text_at(100, "high ");
	for (n = from + 1; n < SPAWN_LOW; n++)
		dup2(0, n);
	/* run() needs one for its pipe, and gets two that are high. */
	close(SPAWN_LOW - 1);
	run(&sp, "cat <&3", out, sizeof(out));
	assert_string_equal(out, "high ");
	for (n = from; n < SPAWN_LOW; n++)
		close(n);
	close(100);
}

static void
what_a_brief_child_cannot_execute_is_said_and_harms_nobody(void **state)
{
	const char *argv[] = { "/none", NULL };
	struct spawn sp = {
		.argv = argv,
		.cwd = -1,
		.brief = true,
		.session = true,
		.unable = 55,
	};
	pid_t session = getsid(0); /* 0 where that is of another namespace */
	int i;

	(void)state;
	for (i = 0; i < 3; i++) {
		int status = ended(spawn_start(&sp));

		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), 55);
	}
	sp.cwd = 999;
	assert_int_equal(WEXITSTATUS(ended(spawn_start(&sp))), 55);
	assert_int_equal(getsid(0), session);
}

/* As the filters of old containers do it: only in this process. */
static int
refuse_calls(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_close_range, 1, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_unshare, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog filter = { sizeof(code) / sizeof(code[0]), code };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -1;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter);
}

static void
where_a_brief_child_is_refused_there_is_a_common_one(void **state)
{
	const char *argv[] = { "/bin/sh", "-c", "test ! -e /dev/fd/20", NULL };
	struct spawn sp = { .argv = argv, .cwd = -1, .brief = true };
	pid_t pid = fork();

	(void)state;
	if (pid == 0) {
		int status = -1;

		if (refuse_calls() < 0)
			_exit(0); /* it cannot be shown here */
		dup2(0, 20);
		for (int i = 0; i < 2; i++) {
			pid = spawn_start(&sp);
			if (waitpid(pid, &status, 0) != pid || status != 0)
				_exit(1);
		}
		_exit(waitpid(-1, NULL, 0) > 0);
	}
	assert_int_equal(ended(pid), 0);
}

static void
what_cannot_be_prepared_or_executed_exits_127(void **state)
{
	static const char *const no_file[] = { "/nonexistent/x", NULL };
	static const char *const no_program[] = { "/", NULL };
	static const char *const fine[] = { "/bin/true", NULL };
	const struct spawn bad[] = {
		{ .argv = no_file, .cwd = -1 },
		{ .argv = no_program, .cwd = -1 },
		{ .argv = fine, .cwd = 999 },
		{ .argv = fine, .cwd = -1, .fd = { { 4, 999 } }, .n_fd = 1 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		int status = ended(spawn_start(&bad[i]));

		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), 127);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_child_runs_and_its_exit_code_is_seen),
		cmocka_unit_test(descriptors_that_swap_places_are_both_placed),
		cmocka_unit_test(
		    a_source_just_above_the_targets_is_not_overwritten),
		cmocka_unit_test(a_descriptor_may_be_given_its_own_number),
		cmocka_unit_test(no_other_descriptor_reaches_the_child),
		cmocka_unit_test(a_child_starts_where_it_is_told),
		cmocka_unit_test(
		    every_signal_is_default_and_unblocked_in_a_child),
		cmocka_unit_test(
		    a_group_of_its_own_is_there_when_the_parent_knows_the_pid),
		cmocka_unit_test(the_environment_is_the_parents),
		cmocka_unit_test(one_variable_is_added_replaced_or_taken_out),
		cmocka_unit_test(
		    an_environment_that_is_too_large_stays_as_it_is),
		cmocka_unit_test(a_session_of_its_own_is_led_by_the_child),
		cmocka_unit_test(
		    behind_its_gate_a_child_does_nothing_until_a_byte_comes),
		cmocka_unit_test(without_a_byte_a_child_that_is_known_goes_on),
		cmocka_unit_test(
		    what_cannot_be_executed_says_and_exits_as_told),
		cmocka_unit_test(the_path_may_be_another_than_its_name),
		cmocka_unit_test(a_limit_on_descriptors_is_the_childs_alone),
		cmocka_unit_test(
		    a_brief_child_has_what_it_is_given_and_nothing_else),
		cmocka_unit_test(a_brief_child_may_have_to_be_a_common_one),
		cmocka_unit_test(
		    what_a_brief_child_cannot_execute_is_said_and_harms_nobody),
		cmocka_unit_test(
		    where_a_brief_child_is_refused_there_is_a_common_one),
		cmocka_unit_test(what_cannot_be_prepared_or_executed_exits_127),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
