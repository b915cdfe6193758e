/* svlogd/packer: the order of things; the work itself is test_pack.c */
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
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "packer.h"
#include "unit/home.h"

#define A "@400000000000000b00000000."
#define B "@400000000000000c00000000."
#define C "@400000000000000d00000000."

static struct packer p;
static int err;

static enum packer_did
step(int64_t now)
{
	return packer_step(&p, home, 6, now, &err);
}

/* Waits for the child, and tells of its end. */
static enum packer_did
reap(int64_t now)
{
	enum packer_did did;
	pid_t pid = p.pid;
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_false(packer_reaped(&p, home, pid + 1, status, now, &did, &err));
	assert_true(packer_reaped(&p, home, pid, status, now, &did, &err));
	assert_false(packer_runs(&p));
	return did;
}

static enum packer_did
run(int64_t now)
{
	enum packer_did did = step(now);

	return did == PACKER_STARTED ? reap(now) : did;
}

static void
it_looks_once_and_waits_to_be_woken(void **state)
{
	(void)state;
	packer_init(&p);
	assert_int_equal(packer_deadline(&p), 0);
	assert_int_equal(step(0), PACKER_NOTHING);
	assert_true(packer_deadline(&p) == LOOP_NEVER);
	home_put(A "s", "a\n", 0744);
	assert_int_equal(step(0), PACKER_NOTHING);
	packer_wake(&p);
	assert_int_equal(run(0), PACKER_DONE);
	assert_true(home_has(A "s.gz") && !home_has(A "s"));
	assert_true(p.bytes_in == 2 && p.bytes_out > 50);
}

static void
the_oldest_goes_first_and_only_finished_logs(void **state)
{
	(void)state;
	packer_init(&p);
	home_put(C "s", "c\n", 0744);
	home_put(B "u", "b\n", 0744);
	home_put(A "x", "a\n", 0744);
	home_put(B "t", "b\n", 0744);
	home_put("@zzzzzzzzzzzzzzzzzzzzzzzzzs", "junk\n", 0744);
	home_put("current", "d\n", 0744);
	home_put(A "s", "a\n", 0744);
	assert_int_equal(run(0), PACKER_DONE);
	assert_true(home_has(A "s.gz") && home_has(C "s"));
	assert_int_equal(run(0), PACKER_DONE);
	assert_int_equal(run(0), PACKER_NOTHING);
	assert_true(home_has(C "s.gz"));
	assert_true(home_has("@zzzzzzzzzzzzzzzzzzzzzzzzzs"));
	assert_true(home_has(B "u") && home_has(B "t") && home_has(A "x"));
}

/* The processor is about to delete the .u, or to make the .s again. */
static void
what_a_processor_made_waits_until_its_input_is_gone(void **state)
{
	(void)state;
	packer_init(&p);
	home_put(A "s", "a\n", 0744);
	home_put(A "u", "a\n", 0744);
	home_put(B "s", "b\n", 0744);
	assert_int_equal(run(0), PACKER_DONE);
	assert_int_equal(run(0), PACKER_NOTHING);
	assert_true(home_has(A "s") && !home_has(B "s"));
	assert_int_equal(unlinkat(home, A "u", 0), 0);
	packer_wake_for(&p, A "u");
	assert_int_equal(run(0), PACKER_DONE);
	assert_true(home_has(A "s.gz"));
}

static void
who_is_woken_while_a_child_runs_looks_at_all_afterwards(void **state)
{
	(void)state;
	packer_init(&p);
	home_put(A "s", "a\n", 0744);
	home_put(A "u", "a\n", 0744);
	home_put(C "s", "c\n", 0744);
	assert_int_equal(step(0), PACKER_STARTED);
	assert_int_equal(unlinkat(home, A "u", 0), 0);
	packer_wake_for(&p, A "u");
	assert_int_equal(reap(0), PACKER_DONE);
	assert_true(home_has(C "s.gz") && home_has(A "s"));
	assert_int_equal(step(0), PACKER_STARTED);
	home_put(B "s", "b\n", 0744);
	packer_wake_for(&p, B "u"); /* in its turn anyway */
	assert_int_equal(reap(0), PACKER_DONE);
	assert_true(home_has(A "s.gz"));
	assert_int_equal(step(0), PACKER_STARTED);
	home_put(A "s", "a\n", 0744);
	packer_wake_for_all(&p);
	assert_int_equal(reap(0), PACKER_DONE);
	assert_true(home_has(B "s.gz"));
	assert_int_equal(unlinkat(home, A "s.gz", 0), 0);
	assert_int_equal(run(0), PACKER_DONE);
	assert_true(home_has(A "s.gz"));
	assert_int_equal(run(0), PACKER_NOTHING);
}

static void
a_failure_waits_longer_each_time_and_others_are_tried(void **state)
{
	int64_t now = 100 * LOOP_S;
	unsigned i;

	(void)state;
	packer_init(&p);
	home_put(A "s", "a\n", 0744);
	home_put(B "s", "b\n", 0744);
	assert_int_equal(mkdirat(home, A "s.gz", 0700), 0);
	assert_int_equal(run(now), PACKER_FAILED);
	assert_true(err < 0);
	assert_true(packer_deadline(&p) == now + 1 * LOOP_S);
	assert_int_equal(step(now), PACKER_NOTHING);
	now += 1 * LOOP_S;
	assert_int_equal(run(now), PACKER_DONE);
	assert_true(home_has(B "s.gz"));
	for (i = 0; i < 8; i++) {
		static const int64_t pauses[] = { 1, 2, 4, 8, 16, 32, 60, 60 };

		assert_int_equal(run(now), PACKER_FAILED);
		assert_string_equal(p.busy, A "s");
		assert_true(packer_deadline(&p) == now + pauses[i] * LOOP_S);
		now += pauses[i] * LOOP_S;
	}
	assert_int_equal(unlinkat(home, A "s.gz", AT_REMOVEDIR), 0);
	assert_int_equal(run(now), PACKER_DONE);
	assert_int_equal(run(now), PACKER_NOTHING);
	assert_true(packer_deadline(&p) == LOOP_NEVER);
}

static void
what_there_is_nothing_to_do_for_is_passed_over(void **state)
{
	(void)state;
	packer_init(&p);
	home_put(A "s", "\x1f\x8b\x08 gzip", 0744);
	assert_int_equal(symlinkat("current", home, B "s"), 0);
	assert_int_equal(run(0), PACKER_NOTHING);
	assert_int_equal(run(0), PACKER_NOTHING);
	home_put(C "s", "c\n", 0744);
	packer_wake(&p);
	assert_int_equal(run(0), PACKER_DONE);
	assert_int_equal(step(0), PACKER_NOTHING);
	assert_true(home_has(A "s") && home_has(C "s.gz"));
	packer_wake(&p); /* once is enough */
	assert_int_equal(step(0), PACKER_NOTHING);
	packer_wake_for_all(&p);
	assert_int_equal(step(0), PACKER_STARTED);
	assert_int_equal(reap(0), PACKER_NOTHING);
}

static void
what_another_process_has_is_tried_again_without_a_word(void **state)
{
	int fd;

	(void)state;
	packer_init(&p);
	home_put(A "s", "a\n", 0744);
	fd = openat(home, A "s", O_RDONLY);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	assert_int_equal(run(0), PACKER_NOTHING);
	assert_true(packer_deadline(&p) == 1 * LOOP_S);
	close(fd);
	assert_int_equal(run(1 * LOOP_S), PACKER_DONE);
}

static void
who_is_stopped_leaves_the_log(void **state)
{
	(void)state;
	packer_init(&p);
	assert_false(packer_stop(&p, home));
	home_put(A "s", "a\n", 0744);
	home_put(A "t.gz", "half", 0744);
	assert_int_equal(step(0), PACKER_STARTED);
	assert_string_equal(packer_busy(&p), A "s");
	assert_true(packer_stop(&p, home));
	assert_false(packer_stop(&p, home));
	assert_int_equal(step(0), PACKER_NOTHING);
	/* It may have been through, but then that is so. */
	if (reap(0) != PACKER_DONE) {
		assert_true(home_has(A "s"));
		assert_true(packer_deadline(&p) == 1 * LOOP_S);
		assert_int_equal(run(1 * LOOP_S), PACKER_DONE);
	}
	assert_true(home_has(A "s.gz") && !home_has(A "s"));
}

/* One that is stopped by another signal, so that it cannot end before. */
static void
it_is_stopped_by_a_kill(void **state)
{
	enum packer_did did;
	siginfo_t info;
	int status;
	pid_t pid;

	(void)state;
	packer_init(&p);
	home_put(A "s", "a\n", 0744);
	assert_int_equal(step(0), PACKER_STARTED);
	pid = p.pid;
	kill(pid, SIGSTOP);
	assert_int_equal(
	    waitid(P_PID, (id_t)pid, &info, WSTOPPED | WEXITED | WNOWAIT), 0);
	if (info.si_code != CLD_STOPPED)
		skip(); /* it was through */
	assert_true(packer_stop(&p, home));
	kill(pid, SIGCONT);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	assert_true(packer_reaped(&p, home, pid, status, 0, &did, &err));
	assert_int_equal(did, PACKER_NOTHING);
	assert_true(home_has(A "s") && !home_has(A "s.gz"));
}

static void
who_is_killed_has_failed(void **state)
{
	enum packer_did did;

	(void)state;
	packer_init(&p);
	home_put(A "s", "a\n", 0744);
	assert_int_equal(step(0), PACKER_STARTED);
	kill(p.pid, SIGKILL);
	waitpid(p.pid, &(int){ 0 }, 0);
	assert_true(packer_reaped(&p, home, p.pid, SIGKILL, 0, &did, &err));
	assert_int_equal(did, PACKER_FAILED);
	assert_int_equal(err, 0);
}

static void
in_another_directory_all_begins_anew(void **state)
{
	(void)state;
	packer_init(&p);
	home_put(A "s", "a\n", 0744);
	assert_int_equal(step(0), PACKER_STARTED);
	packer_enter(&p);
	assert_true(packer_runs(&p)); /* it counts until it is gone */
	assert_int_equal(step(0), PACKER_NOTHING);
	assert_int_equal(reap(0), PACKER_NOTHING);
	assert_int_equal(packer_deadline(&p), 0);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(it_looks_once_and_waits_to_be_woken),
		TEST(the_oldest_goes_first_and_only_finished_logs),
		TEST(what_a_processor_made_waits_until_its_input_is_gone),
		TEST(who_is_woken_while_a_child_runs_looks_at_all_afterwards),
		TEST(a_failure_waits_longer_each_time_and_others_are_tried),
		TEST(what_there_is_nothing_to_do_for_is_passed_over),
		TEST(what_another_process_has_is_tried_again_without_a_word),
		TEST(who_is_stopped_leaves_the_log),
		TEST(it_is_stopped_by_a_kill),
		TEST(who_is_killed_has_failed),
		TEST(in_another_directory_all_begins_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
