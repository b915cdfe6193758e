/* svlogd/proc: the order of things; what a run does is tests/prog/procs.c */
#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "loop.h"
#include "proc.h"
#include "unit/home.h"

static struct stat home_st;
static struct proc p;
static struct proc_job job;
static int first_fds;

static int
setup(void **state)
{
	assert_int_equal(enter(state), 0);
	job = (struct proc_job){
		.dirfd = home,
		.path = home_path,
		.home = &home_st,
		.command = "cat",
		.mode = 0644,
	};
	proc_init(&p);
	first_fds = open_fds();
	return fstat(home, &home_st);
}

/* The parent keeps none of a run's files. */
static int
teardown(void **state)
{
	assert_int_equal(open_fds(), first_fds);
	return leave(state);
}

#define OLD "@400000000000000100000000."
#define NEW "@400000000000000200000000."

/* Steps until it waits for its child, whose end it is told. */
static enum proc_did
run(int64_t now)
{
	enum proc_did did;
	int err, status;
	pid_t pid;

	while (p.state == PROC_LOOK || p.state == PROC_WAIT) {
		did = proc_step(&p, &job, now, &err);
		if (did == PROC_FAILED)
			return did;
	}
	assert_int_equal(p.state, PROC_RUN);
	pid = waitpid(p.pid, &status, 0);
	assert_int_equal(pid, p.pid);
	assert_true(proc_reaped(&p, &job, pid, status, now, &did));
	return did == PROC_FAILED ? did : proc_step(&p, &job, now, &err);
}

static void
state_is(const char *text)
{
	char got[16] = "";
	int fd = open(home_in("state"), O_RDONLY | O_CLOEXEC);

	assert_return_code(fd, errno);
	assert_return_code(read(fd, got, sizeof(got) - 1), errno);
	assert_string_equal(got, text);
	close(fd);
}

static void
it_looks_once_and_waits_to_be_woken(void **state)
{
	int err;

	(void)state;
	assert_true(proc_works(&p));
	assert_int_equal(proc_deadline(&p), 0);
	assert_int_equal(proc_step(&p, &job, 0, &err), PROC_NOTHING);
	assert_false(proc_works(&p));
	assert_true(proc_deadline(&p) == LOOP_NEVER);
	assert_int_equal(proc_step(&p, &job, 0, &err), PROC_NOTHING);
	proc_wake(&p);
	assert_int_equal(proc_deadline(&p), 0);
}

static void
the_oldest_goes_first(void **state)
{
	(void)state;
	home_put(NEW "u", "", 0644);
	home_put(OLD "u", "", 0644);
	assert_int_equal(run(0), PROC_DONE);
	assert_true(home_has(OLD "s") && !home_has(OLD "u"));
	assert_true(home_has(NEW "u"));
	assert_int_equal(run(0), PROC_DONE);
	assert_true(home_has(NEW "s") && !home_has(NEW "u"));
}

static void
a_bad_one_does_not_keep_the_others_waiting(void **state)
{
	(void)state;
	home_put(NEW "u", "", 0644);
	home_put(OLD "u", "", 0644);
	job.command = "test -e fine";
	assert_int_equal(run(0), PROC_FAILED);
	assert_string_equal(p.tried, OLD "u");
	home_put("fine", "", 0644);
	assert_int_equal(run(LOOP_S), PROC_DONE);
	assert_true(home_has(NEW "s") && home_has(OLD "u"));
}

static void
each_failure_waits_twice_as_long_up_to_a_minute(void **state)
{
	static const int seconds[] = { 1, 2, 4, 8, 16, 32, 60, 60, 60 };
	int64_t now = 1000;
	size_t i;
	int err;

	(void)state;
	home_put(OLD "u", "", 0644);
	assert_int_equal(mkdirat(job.dirfd, "state", 0755), 0);
	for (i = 0; i < sizeof(seconds) / sizeof(seconds[0]); i++) {
		assert_int_equal(proc_step(&p, &job, now, &err), PROC_FAILED);
		assert_string_equal(p.culprit, "state");
		assert_true(err < 0);
		assert_int_equal(proc_deadline(&p), now + seconds[i] * LOOP_S);
		now = proc_deadline(&p);
		assert_int_equal(proc_step(&p, &job, now - 1, &err),
		    PROC_NOTHING);
		assert_int_equal(p.state, PROC_WAIT);
		assert_int_equal(proc_step(&p, &job, now, &err), PROC_NOTHING);
		assert_int_equal(p.state, PROC_LOOK);
	}
	assert_int_equal(unlinkat(job.dirfd, "state", AT_REMOVEDIR), 0);
	assert_int_equal(run(now), PROC_DONE);
	/* All is forgotten. */
	home_put(NEW "u", "", 0644);
	job.command = "exit 1";
	assert_int_equal(run(now), PROC_FAILED);
	assert_int_equal(proc_deadline(&p), now + LOOP_S);
}

static void
a_result_that_a_crash_left_is_not_made_again(void **state)
{
	int err;

	(void)state;
	home_put(OLD "u", "", 0644);
	home_put(OLD "s", "", 0644);
	home_put("newstate", "", 0644);
	job.command = "exit 1";
	assert_int_equal(proc_step(&p, &job, 0, &err), PROC_NOTHING);
	assert_string_equal(proc_busy(&p), OLD "u");
	assert_int_equal(proc_step(&p, &job, 0, &err), PROC_DONE);
	assert_true(home_has(OLD "s") && !home_has(OLD "u"));
	assert_true(home_has("state") && !home_has("newstate"));
	assert_null(proc_busy(&p));
}

/* Its state is where another's run would put its own. */
static void
what_a_crash_left_to_finish_goes_before_older_files(void **state)
{
	int err;

	(void)state;
	home_put(OLD "u", "", 0644);
	home_put(NEW "u", "", 0644);
	home_put(NEW "s", "", 0644);
	home_put("newstate", "new", 0644);
	job.command = "printf old >&5; exit 1";
	assert_int_equal(proc_step(&p, &job, 0, &err), PROC_NOTHING);
	assert_string_equal(proc_busy(&p), NEW "u");
	assert_int_equal(proc_step(&p, &job, 0, &err), PROC_DONE);
	state_is("new");
	assert_true(home_has(OLD "u") && !home_has(NEW "u"));
}

static void
a_failure_leaves_neither_output_nor_newstate(void **state)
{
	(void)state;
	home_put(OLD "u", "", 0644);
	home_put("state", "good", 0644);
	job.command = "echo bad; echo bad >&5; exit 1";
	assert_int_equal(run(0), PROC_FAILED);
	assert_true(home_has(OLD "u"));
	assert_false(home_has(OLD "t") || home_has("newstate"));
	state_is("good");
}

static void
a_directory_is_no_result(void **state)
{
	(void)state;
	home_put(OLD "u", "", 0644);
	assert_int_equal(mkdirat(job.dirfd, OLD "s", 0755), 0);
	assert_int_equal(run(0), PROC_FAILED);
	assert_string_equal(p.culprit, OLD "s");
	assert_true(home_has(OLD "u"));
	assert_int_equal(unlinkat(job.dirfd, OLD "s", AT_REMOVEDIR), 0);
	assert_int_equal(run(LOOP_S), PROC_DONE);
	assert_true(home_has(OLD "s") && !home_has(OLD "u"));
}

static void
another_child_is_none_of_its_business(void **state)
{
	enum proc_did did;
	int err;

	(void)state;
	assert_false(proc_reaped(&p, &job, 1, 0, 0, &did));
	home_put(OLD "u", "", 0644);
	assert_int_equal(proc_step(&p, &job, 0, &err), PROC_STARTED);
	assert_false(proc_reaped(&p, &job, p.pid + 1, 0, 0, &did));
	assert_int_equal(p.state, PROC_RUN);
	assert_true(proc_works(&p));
	assert_int_equal(run(0), PROC_DONE);
}

/* In another directory: nothing of it is counted, removed or run there. */
static void
it_ends_before_another_directory_has_its_turn(void **state)
{
	enum proc_did did;
	int err, status;
	pid_t pid;

	(void)state;
	home_put(OLD "u", "", 0644);
	job.command = "sleep 1000 | sleep 1000";
	assert_int_equal(proc_step(&p, &job, 0, &err), PROC_STARTED);
	pid = p.pid;
	proc_enter(&p, 0);
	assert_int_equal(p.state, PROC_STOP);
	assert_null(proc_busy(&p));
	assert_true(proc_works(&p));
	proc_wake(&p);
	assert_true(proc_deadline(&p) > 0);
	assert_int_equal(proc_step(&p, &job, 0, &err), PROC_NOTHING);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(proc_reaped(&p, &job, pid, status, 0, &did));
	assert_int_equal(did, PROC_NOTHING);
	assert_true(home_has(OLD "u") && home_has(OLD "t"));
	assert_true(home_has("newstate"));
	job.command = "cat";
	assert_int_equal(run(0), PROC_DONE);
}

/* ... and holds it up for five seconds, however often the directory changes. */
static void
one_that_ignores_term_is_killed(void **state)
{
	const int64_t limit = 5 * LOOP_S;
	enum proc_did did;
	int err, fd, status;
	pid_t pid;

	(void)state;
	home_put(OLD "u", "", 0644);
	assert_return_code(mkfifo(home_in("deaf"), 0600), errno);
	job.command = "trap '' TERM; echo >deaf; sleep 1000";
	assert_int_equal(proc_step(&p, &job, 0, &err), PROC_STARTED);
	pid = p.pid;
	fd = open(home_in("deaf"), O_RDONLY | O_CLOEXEC); /* waits for it */
	assert_return_code(fd, errno);
	close(fd);
	proc_enter(&p, 0);
	proc_enter(&p, LOOP_S);
	assert_int_equal(proc_deadline(&p), limit);
	proc_step(&p, &job, limit - 1, &err);
	assert_int_equal(waitpid(pid, &status, WNOHANG), 0);
	assert_int_equal(proc_step(&p, &job, limit, &err), PROC_NOTHING);
	assert_true(proc_deadline(&p) == LOOP_NEVER);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	assert_true(proc_reaped(&p, &job, pid, status, limit, &did));
	job.command = "cat";
	assert_int_equal(run(limit), PROC_DONE);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		T(it_looks_once_and_waits_to_be_woken),
		T(the_oldest_goes_first),
		T(a_bad_one_does_not_keep_the_others_waiting),
		T(each_failure_waits_twice_as_long_up_to_a_minute),
		T(a_result_that_a_crash_left_is_not_made_again),
		T(what_a_crash_left_to_finish_goes_before_older_files),
		T(a_failure_leaves_neither_output_nor_newstate),
		T(a_directory_is_no_result),
		T(another_child_is_none_of_its_business),
		T(it_ends_before_another_directory_has_its_turn),
		T(one_that_ignores_term_is_killed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
