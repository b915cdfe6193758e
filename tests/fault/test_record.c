/* supervisor/record and supervisor/recall, each of their system calls failing
 */
#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "fault/fault.h"
#include "recall.h"
#include "say.h"
#include "sys.h"
#include "unit/home.h"

static struct adopt life;
static struct record record;
static int said, old_err;

static int
setup(void **state)
{
	assert_int_equal(enter(state), 0);
	fault_clear();
	said = open(home_in("said"), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC,
	    0600);
	old_err = dup(2);
	assert_true(said >= 0 && old_err >= 0);
	dup2(said, 2);
	say_as("runsv");
	memset(&life, 0, sizeof(life));
	os_boot_id(life.boot);
	service_init(&life.service, WANT_UP);
	life.crew[CREW_PROCESS] = (struct adopt_process){ 4711, 99 };
	record_init(&record, "log/");
	return 0;
}

static int
teardown(void **state)
{
	fault_clear();
	record_close(&record);
	dup2(old_err, 2);
	close(old_err);
	close(said);
	return leave(state);
}

static long
times_said(const char *words)
{
	static char text[4096];
	ssize_t n = pread(said, text, sizeof(text) - 1, 0);
	const char *at = text;
	long times = 0;

	text[n > 0 ? n : 0] = '\0';
	while ((at = strstr(at, words))) {
		at++;
		times++;
	}
	return times;
}

/* Another keeper: what it is told, and what it finds. */
static int
read_anew(struct adopt *a)
{
	struct record other;
	int rc;

	memset(a, 0, sizeof(*a));
	record_init(&other, "log/");
	rc = record_read(&other, home, a);
	record_close(&other);
	return rc;
}

static void
what_cannot_be_put_down_is_said_once_and_put_down_later(void **state)
{
	static const struct {
		const char *call;
		int err;
	} rows[] = {
		{ "openat", ENOSPC },
		{ "fstat", EIO },
		{ "pwrite", EIO },
	};
	struct adopt a;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		record_close(&record);
		assert_int_equal(ftruncate(said, 0), 0);
		life.started_ns++;
		fault_call(rows[i].call, 1, rows[i].err, true);
		record_put(&record, home, &life);
		record_put(&record, home, &life);
		assert_int_equal(fault_fired(), 2);
		fault_clear();
		assert_int_equal(
		    times_said("unable to write log/supervise/adopt: "), 1);
		record_put(&record, home, &life);
		assert_int_equal(read_anew(&a), 1);
		assert_memory_equal(&a, &life, sizeof(a));
	}
}

static void
what_is_as_it_was_costs_no_call(void **state)
{
	(void)state;
	record_put(&record, home, &life);
	fault_clear();
	record_put(&record, home, &life);
	assert_int_equal(fault_calls(), 0);
}

/* Who cannot read it must not start another process beside the old one. */
static void
a_record_that_cannot_be_read_now_is_an_error_and_is_said(void **state)
{
	static const struct {
		const char *call;
		int err, rc;
	} rows[] = {
		{ "openat", EMFILE, -EMFILE },
		{ "openat", ENFILE, -ENFILE },
		{ "pread", EIO, -EIO },
		{ "boot_id", ENOMEM, -ENOMEM },
		{ "openat", EROFS, 0 }, /* nobody could have put one down */
		{ "boot_id", ENOENT, 0 },
	};
	struct adopt a;

	(void)state;
	record_put(&record, home, &life);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(ftruncate(said, 0), 0);
		fault_call(rows[i].call, 1, rows[i].err, false);
		if (read_anew(&a) != rows[i].rc)
			fail_msg("row %zu", i);
		assert_int_equal(fault_fired(), 1);
		assert_int_equal(
		    times_said("unable to read log/supervise/adopt: "),
		    rows[i].rc < 0);
	}
	fault_clear();
	assert_int_equal(read_anew(&a), 1);
}

static void
a_file_of_somebody_else_is_made_anew(void **state)
{
	struct stat was, is;
	struct adopt a;

	(void)state;
	home_put("adopt", "something", 0666);
	assert_int_equal(fstatat(home, "adopt", &was, 0), 0);
	record_put(&record, home, &life);
	assert_int_equal(fstatat(home, "adopt", &is, 0), 0);
	assert_int_equal(is.st_mode & 07777, 0600);
	assert_int_equal(times_said("was not a file of our own, made anew"), 1);
	assert_int_equal(read_anew(&a), 1);
}

static void
an_old_file_is_cleared_or_that_is_said(void **state)
{
	struct adopt a;
	int old;

	(void)state;
	record_put(&record, home, &life);
	old = record_give_up(&record);
	fault_call("ftruncate", 1, EIO, false);
	record_clear(&record, dup(old));
	assert_int_equal(fault_fired(), 1);
	assert_int_equal(times_said("unable to clear the old log/"), 1);
	assert_int_equal(read_anew(&a), 1);
	fault_clear();
	record_clear(&record, old);
	assert_int_equal(read_anew(&a), 0);
	assert_int_equal(fcntl(old, F_GETFD), -1);
}

static void
who_is_in_it_is_found_by_pid_and_start(void **state)
{
	const struct adopt_process yes = { 4711, 99 }, no = { 4711, 98 };
	unsigned char other[sizeof(life.boot)] = "another boot";

	(void)state;
	assert_false(record_has(&record, life.boot, &yes));
	record_put(&record, home, &life);
	assert_true(record_has(&record, life.boot, &yes));
	assert_false(record_has(&record, life.boot, &no));
	assert_false(record_has(&record, other, &yes));
	fault_call("pread", 1, EIO, false);
	assert_false(record_has(&record, life.boot, &yes));
	assert_int_equal(fault_fired(), 1);
}

/* --- taken over ----------------------------------------------------------- */

/* Another keeper than the one that put the record down. */
static int
recall_anew(struct keeper *k)
{
	int rc;

	keeper_init(k, true, NULL);
	k->sup.fd = home;
	rc = recall_life(k, false);
	record_close(&k->record);
	return rc;
}

/* Who cannot tell whether the old process lives must not start one beside
 * it: all is as if there were no record, and the error says so. */
static void
a_process_that_cannot_be_looked_at_is_not_taken_over(void **state)
{
	static const struct {
		const char *call;
		unsigned long n;
		int err, rc;
		bool said, goes_on;
		bool lives;
	} rows[] = {
		{ "close", 1, 0, 0, false, true, true }, /* no fault */
		{ "process_start", 1, EMFILE, -EMFILE, true, false, false },
		{ "process_start", 1, EIO, -EIO, true, false, false },
		{ "process_start", 2, EIO, -EIO, true, false, false },
		{ "process_start", 1, ESRCH, 0, false, true, false },
		{ "process_start", 1, ENOSYS, 0, true, true, false },
		{ "pread", 1, EIO, -EIO, false, false, false },
	};
	const pid_t self = getpid();
	const int64_t start = os_process_start(self);

	(void)state;
	if (start <= 0)
		skip();
	life.service.state = SERVICE_RUN;
	life.crew[CREW_PROCESS] = (struct adopt_process){ self, start };
	life.crew[CREW_SCRIPTS] = life.crew[CREW_PROCESS]; /* one is enough */
	record_put(&record, home, &life);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct keeper k;
		int rc;

		assert_int_equal(ftruncate(said, 0), 0);
		fault_clear();
		if (rows[i].err)
			fault_call(rows[i].call, rows[i].n, rows[i].err, false);
		rc = recall_anew(&k);
		assert_int_equal(fault_fired(), rows[i].err != 0);
		fault_clear();
		if (rc != rows[i].rc ||
		    times_said("whether an old process lives: log/./run") !=
			rows[i].said ||
		    (keeper_state(&k) == SERVICE_RUN) != rows[i].goes_on ||
		    (k.crew.of[CREW_PROCESS].pid == self) != rows[i].lives)
			fail_msg("row %zu: %d", i, rc);
		crew_forget(&k.crew);
	}
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		T(what_cannot_be_put_down_is_said_once_and_put_down_later),
		T(what_is_as_it_was_costs_no_call),
		T(a_record_that_cannot_be_read_now_is_an_error_and_is_said),
		T(a_file_of_somebody_else_is_made_anew),
		T(an_old_file_is_cleared_or_that_is_said),
		T(who_is_in_it_is_found_by_pid_and_start),
		T(a_process_that_cannot_be_looked_at_is_not_taken_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
