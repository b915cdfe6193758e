/* lib/loop */
#define _GNU_SOURCE

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include <cmocka.h>

#include "loop.h"
#include "unit/alarm.h"

static void
a_wait_with_nothing_ready_lasts_until_the_deadline(void **state)
{
	struct pollfd none = { .fd = -1, .events = POLLIN };
	int64_t start = loop_now(), end = start + 30 * LOOP_MS;

	(void)state;
	assert_int_equal(loop_wait(&none, 1, end), 0);
	assert_true(loop_now() >= end);
	assert_true(loop_now() < end + 5 * LOOP_S);
	assert_int_equal(loop_wait(NULL, 0, loop_now() + LOOP_MS), 0);
}

static void
signals_do_not_shorten_a_wait(void **state)
{
	int64_t end = loop_now() + 60 * LOOP_MS;
	int r;

	(void)state;
	every_ms(5);
	r = loop_wait(NULL, 0, end);
	every_ms(0);
	assert_int_equal(r, 0);
	assert_true(loop_now() >= end);
	assert_true(alarms > 1);
}

static void
a_deadline_that_is_past_still_looks_once(void **state)
{
	struct pollfd in = { .events = POLLIN };
	int fd[2];

	(void)state;
	assert_return_code(pipe(fd), errno);
	in.fd = fd[0];
	assert_int_equal(loop_wait(&in, 1, loop_now() - LOOP_S), 0);
	assert_int_equal(loop_wait(&in, 1, INT64_MIN), 0);
	assert_int_equal(write(fd[1], "x", 1), 1);
	assert_int_equal(loop_wait(&in, 1, loop_now() - LOOP_S), 1);
	assert_int_equal(in.revents, POLLIN);
	close(fd[0]);
	close(fd[1]);
}

static void
what_is_ready_ends_a_wait_without_a_deadline(void **state)
{
	struct pollfd in[2] = { { .fd = -1 }, { .events = POLLIN } };
	int fd[2];

	(void)state;
	assert_return_code(pipe(fd), errno);
	in[1].fd = fd[0];
	assert_int_equal(write(fd[1], "x", 1), 1);
	assert_int_equal(loop_wait(in, 2, LOOP_NEVER), 1);
	assert_int_equal(in[0].revents, 0);
	assert_int_equal(in[1].revents, POLLIN);
	close(fd[0]);
	close(fd[1]);
}

static void
the_sooner_of_two_deadlines_is_the_smaller(void **state)
{
	(void)state;
	assert_true(loop_sooner(3, LOOP_NEVER) == 3);
	assert_true(loop_sooner(LOOP_NEVER, 3) == 3);
	assert_true(loop_sooner(-1, 3) == -1);
}

static void
there_may_be_more_places_than_descriptors_are_allowed(void **state)
{
	struct pollfd fds[32];
	struct rlimit old, few;
	int fd[2], i;

	(void)state;
	assert_return_code(pipe(fd), errno);
	for (i = 0; i < 32; i++)
		fds[i] = (struct pollfd){ .fd = -1, .events = POLLIN };
	fds[3].fd = fd[0];
	fds[30] = (struct pollfd){ .fd = fd[1], .events = POLLOUT };
	assert_return_code(getrlimit(RLIMIT_NOFILE, &old), errno);
	few = old;
	few.rlim_cur = 16;
	assert_return_code(setrlimit(RLIMIT_NOFILE, &few), errno);
	assert_int_equal(loop_wait(fds, 32, loop_now() + 10 * LOOP_S), 1);
	assert_int_equal(fds[30].revents, POLLOUT);
	assert_int_equal(fds[3].revents, 0);
	assert_int_equal(write(fd[1], "x", 1), 1);
	assert_int_equal(loop_wait(fds, 32, LOOP_NEVER), 2);
	assert_int_equal(fds[3].revents, POLLIN);
	fds[30].fd = -1;
	assert_int_equal(read(fd[0], &i, 1), 1);
	assert_int_equal(loop_wait(fds, 32, loop_now() + LOOP_MS), 0);
	assert_int_equal(fds[3].revents | fds[30].revents, 0);
	assert_return_code(setrlimit(RLIMIT_NOFILE, &old), errno);
	close(fd[0]);
	close(fd[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    a_wait_with_nothing_ready_lasts_until_the_deadline),
		cmocka_unit_test(signals_do_not_shorten_a_wait),
		cmocka_unit_test(a_deadline_that_is_past_still_looks_once),
		cmocka_unit_test(what_is_ready_ends_a_wait_without_a_deadline),
		cmocka_unit_test(the_sooner_of_two_deadlines_is_the_smaller),
		cmocka_unit_test(
		    there_may_be_more_places_than_descriptors_are_allowed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
