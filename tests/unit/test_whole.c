/* supervisor/whole */
#define _GNU_SOURCE

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "loop.h"
#include "unit/home.h"
#include "whole.h"

static void
it_starts_soon_with_a_run_and_late_without(void **state)
{
	static const struct {
		int64_t age_ms, waited_ms;
		bool has_runs;
		int64_t wait_ms;
	} rows[] = {
		{ 0, 0, true, 10 }, { 5, 5, true, 10 }, { 15, 15, true, 5 },
		{ 20, 20, true, 0 }, { 20, 20, false, 10 },
		{ 995, 995, false, 5 }, { 1000, 1000, false, 0 },
		{ 3600000, 0, false, 0 },
		{ -1, 0, false, 0 },    /* made in the future */
		{ 10, 4999, true, 10 }, /* somebody never stops... */
		{ 10, 5000, false, 0 }, /* ... and is not waited for */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(whole_wait(rows[i].age_ms * LOOP_MS,
				     rows[i].waited_ms * LOOP_MS,
				     rows[i].has_runs),
		    rows[i].wait_ms * LOOP_MS);
}

/* Last changed so long ago. */
static void
age(int64_t ms)
{
	struct timespec ts[2] = { { .tv_nsec = UTIME_OMIT } };

	clock_gettime(CLOCK_REALTIME, &ts[1]);
	ts[1].tv_nsec -= ms % 1000 * 1000000;
	ts[1].tv_sec -= ms / 1000;
	if (ts[1].tv_nsec < 0) {
		ts[1].tv_nsec += 1000000000;
		ts[1].tv_sec--;
	}
	assert_int_equal(utimensat(home, "s", ts, 0), 0);
}

static int64_t
look(void)
{
	return whole_look(home, "s", 0);
}

static void
what_is_to_run_must_be_there_and_executable(void **state)
{
	(void)state;
	assert_int_equal(look(), 0); /* no such directory: runsv says so */
	home_mkdir("s");
	age(500);
	assert_true(look() > 0);
	age(2000);
	assert_int_equal(look(), 0);
	home_put("s/run", "", 0644);
	age(500);
	assert_true(look() > 0);
	home_put("s/run", "", 0755);
	age(500);
	assert_int_equal(look(), 0);
	age(0);
	assert_true(look() > 0);
	home_mkdir("s/log");
	age(500);
	assert_true(look() > 0);
	home_put("s/log/run", "", 0700);
	age(500);
	assert_int_equal(look(), 0);
}

/* Anybody can set such a time. */
static void
a_time_that_no_clock_shows_is_waited_for_by_nobody(void **state)
{
	struct timespec ts[2] = { { .tv_nsec = UTIME_OMIT } };

	(void)state;
	home_mkdir("s");
	ts[1].tv_sec = (time_t)1 << 34; /* in 2514 */
	assert_int_equal(utimensat(home, "s", ts, 0), 0);
	assert_int_equal(look(), 0);
	ts[1].tv_sec = -((time_t)1 << 31); /* in 1901 */
	assert_int_equal(utimensat(home, "s", ts, 0), 0);
	assert_int_equal(look(), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_starts_soon_with_a_run_and_late_without),
		TEST(what_is_to_run_must_be_there_and_executable),
		TEST(a_time_that_no_clock_shows_is_waited_for_by_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
