/* svlogd/proc, each system call of a run's end failing */
#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "fault/fault.h"
#include "proc.h"
#include "unit/home.h"

#define LABEL "@400000000000000100000000."

static struct stat home_st;
static struct proc p;
static struct proc_job job;

/* A log, and a processor that is through with it. */
static void
begin(void)
{
	enum proc_did did;
	int err, status;
	pid_t pid;

	fault_clear();
	unlinkat(home, LABEL "s", 0);
	unlinkat(home, LABEL "t", 0);
	home_put(LABEL "u", "log\n", 0644);
	job = (struct proc_job){
		.dirfd = home,
		.path = home_path,
		.home = &home_st,
		.command = "cat; echo made; echo new >&5",
		.mode = 0644,
	};
	assert_int_equal(fstat(home, &home_st), 0);
	proc_init(&p);
	assert_int_equal(proc_step(&p, &job, 0, &err), PROC_STARTED);
	pid = p.pid;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(proc_reaped(&p, &job, pid, status, 0, &did));
	assert_int_equal(p.state, PROC_FINISH);
}

/* The input, or all that was made of it, marked as whole. */
static void
nothing_is_lost(unsigned long n)
{
	bool made = home_has(LABEL "s");

	if (!made && !home_has(LABEL "u"))
		fail_msg("call %lu: both are gone", n);
	if (made && home_mode(LABEL "s") != (S_IFREG | 0744))
		fail_msg("call %lu: it is not marked", n);
	if (made)
		assert_string_equal(home_text(LABEL "s"), "log\nmade\n");
	else
		assert_string_equal(home_text(LABEL "u"), "log\n");
}

static void
a_call_that_fails_at_the_end_of_a_run_loses_nothing(void **state)
{
	unsigned long n, fired, failures = 0;

	(void)state;
	for (n = fired = 1; fired; n++) {
		enum proc_did did;
		int err;

		begin();
		fault_at(n, EIO);
		did = proc_step(&p, &job, 0, &err);
		fired = fault_fired();
		fault_clear();
		assert_int_equal(err, did == PROC_FAILED ? -EIO : 0);
		assert_int_equal(did == PROC_DONE, !home_has(LABEL "u"));
		failures += did == PROC_FAILED;
		nothing_is_lost(n);
	}
	assert_true(failures >= 5);
	assert_string_equal(home_text("state"), "new\n");
}

static void
what_is_not_on_the_disk_is_no_result(void **state)
{
	int err;

	(void)state;
	begin();
	fault_call("fsync", 1, EIO, false);
	assert_int_equal(proc_step(&p, &job, 0, &err), PROC_FAILED);
	assert_int_equal(fault_fired(), 1);
	fault_clear();
	assert_int_equal(err, -EIO);
	assert_string_equal(p.culprit, LABEL "t");
	assert_true(home_has(LABEL "u") && !home_has(LABEL "s"));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(a_call_that_fails_at_the_end_of_a_run_loses_nothing),
		TEST(what_is_not_on_the_disk_is_no_result),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
