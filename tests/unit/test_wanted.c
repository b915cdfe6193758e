/* supervisor/wanted */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "wanted.h"

/* The states that a service goes through; a time of its own for each. */
enum moment {
	UP,          /* runs */
	UP_TERM,     /* the same, TERM was sent */
	UP_PAUSED,   /* ... stopped */
	UP_LAST,     /* ... told not to run again */
	UP_EXIT,     /* ... and its runsv told to end */
	UP_ANEW,     /* another process */
	UP_SAME_PID, /* another, whose pid is the same */
	ANEW_TERM,
	ANEW_LAST,
	FINISH,
	FINISH_LAST,
	RESTS, /* down, to be started in a second */
	DOWN,
	DOWN_EXIT,
	DOWN_AFTER, /* down, and has run meanwhile */
	MOMENTS,
};

#define S INT64_C(1000000000)

static const struct status at[MOMENTS] = {
	[UP] = { 5 * S, 7, false, WANT_UP, false, STATUS_RUN },
	[UP_TERM] = { 5 * S, 7, false, WANT_UP, true, STATUS_RUN },
	[UP_PAUSED] = { 5 * S, 7, true, WANT_UP, false, STATUS_RUN },
	[UP_LAST] = { 5 * S, 7, false, WANT_DOWN, false, STATUS_RUN },
	[UP_EXIT] = { 5 * S, 7, false, WANT_EXIT, false, STATUS_RUN },
	[UP_ANEW] = { 9 * S, 8, false, WANT_UP, false, STATUS_RUN },
	[UP_SAME_PID] = { 9 * S, 7, false, WANT_UP, false, STATUS_RUN },
	[ANEW_TERM] = { 9 * S, 8, false, WANT_UP, true, STATUS_RUN },
	[ANEW_LAST] = { 9 * S, 8, false, WANT_DOWN, false, STATUS_RUN },
	[FINISH] = { 5 * S, 9, false, WANT_UP, false, STATUS_FINISH },
	[FINISH_LAST] = { 5 * S, 9, false, WANT_DOWN, false, STATUS_FINISH },
	[RESTS] = { 8 * S, 0, false, WANT_UP, false, STATUS_DOWN },
	[DOWN] = { 8 * S, 0, false, WANT_DOWN, false, STATUS_DOWN },
	[DOWN_EXIT] = { 8 * S, 0, false, WANT_EXIT, false, STATUS_DOWN },
	[DOWN_AFTER] = { 9 * S, 0, false, WANT_DOWN, false, STATUS_DOWN },
};

#define NO WANTED_NOT_YET
#define IF WANTED_IF_CHECK
#define SO WANTED_IS_SO

static const struct {
	enum wanted wanted;
	enum moment before, now;
	enum wanted_found found;
} rows[] = {
	{ WANTED_NOTHING, UP, UP, SO },
	{ WANTED_NOTHING, DOWN, DOWN, SO },
	{ WANTED_UP, DOWN, DOWN, NO },
	{ WANTED_UP, DOWN, RESTS, NO },
	{ WANTED_UP, DOWN, UP, IF },
	{ WANTED_UP, UP, UP, IF },
	{ WANTED_UP, UP_TERM, UP_TERM, IF },
	{ WANTED_UP, UP_PAUSED, UP_PAUSED, IF },
	{ WANTED_UP, UP_LAST, UP_LAST, NO }, /* not taken up by runsv yet */
	{ WANTED_UP, FINISH, FINISH, NO },
	{ WANTED_DOWN, UP, UP, NO },
	{ WANTED_DOWN, UP, UP_LAST, NO },
	{ WANTED_DOWN, UP, FINISH_LAST, NO },
	{ WANTED_DOWN, UP, RESTS, NO }, /* not taken up by runsv yet */
	{ WANTED_DOWN, UP, DOWN, SO },
	{ WANTED_DOWN, DOWN, DOWN, SO },
	{ WANTED_DOWN, DOWN_EXIT, DOWN_EXIT, SO },
	{ WANTED_AS_TOLD, UP, UP, IF },
	{ WANTED_AS_TOLD, RESTS, RESTS, NO }, /* 2.1.2 said ok */
	{ WANTED_AS_TOLD, DOWN, DOWN, SO },
	{ WANTED_AS_TOLD, UP_LAST, UP_LAST, NO },
	{ WANTED_AS_TOLD, FINISH, FINISH, NO },
	{ WANTED_RAN, DOWN, DOWN, NO },
	{ WANTED_RAN, DOWN, UP_LAST, SO },
	{ WANTED_RAN, DOWN, DOWN_AFTER, SO },
	{ WANTED_RAN, UP, UP, NO },
	{ WANTED_RAN, UP, UP_LAST, SO },
	{ WANTED_AGAIN, UP, UP, NO },
	{ WANTED_AGAIN, UP, UP_TERM, NO },
	{ WANTED_AGAIN, UP, FINISH, NO },
	{ WANTED_AGAIN, UP, RESTS, NO },
	{ WANTED_AGAIN, UP, UP_ANEW, IF },
	{ WANTED_AGAIN, UP, UP_SAME_PID, IF },
	{ WANTED_AGAIN, UP, ANEW_TERM, NO },
	{ WANTED_AGAIN, UP_LAST, DOWN, SO },
	{ WANTED_AGAIN, DOWN, DOWN, SO },
	{ WANTED_AGAIN_UP, UP, UP, NO },
	{ WANTED_AGAIN_UP, UP, UP_ANEW, IF },
	{ WANTED_AGAIN_UP, UP, ANEW_LAST, NO },
	{ WANTED_AGAIN_UP, UP_LAST, DOWN, NO },
	{ WANTED_AGAIN_UP, DOWN, DOWN, NO },
	{ WANTED_AGAIN_UP, DOWN, UP, IF },
	{ WANTED_PAUSED, UP, UP, NO },
	{ WANTED_PAUSED, UP, UP_PAUSED, SO },
	{ WANTED_PAUSED, DOWN, DOWN, SO },
	{ WANTED_CONT, UP_PAUSED, UP_PAUSED, NO },
	{ WANTED_CONT, UP_PAUSED, UP, SO },
	{ WANTED_CONT, DOWN, DOWN, SO },
	{ WANTED_GONE, UP, UP_EXIT, NO },
	{ WANTED_GONE, DOWN, DOWN_EXIT, NO },
};

static void
a_command_has_taken_effect_when_the_status_shows_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		enum wanted_found r = wanted_find(rows[i].wanted,
		    &at[rows[i].before], &at[rows[i].now]);

		if (r != rows[i].found)
			fail_msg("row %zu: %d", i, (int)r);
	}
}

static void
a_clock_that_was_set_back_makes_no_difference(void **state)
{
	struct status now = at[UP_ANEW];

	(void)state;
	now.since_ns = 1 * S;
	assert_int_equal(wanted_find(WANTED_AGAIN, &at[UP], &now), IF);
	now = at[UP];
	now.since_ns = 1 * S;
	assert_int_equal(wanted_find(WANTED_AGAIN_UP, &at[UP], &now), IF);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    a_command_has_taken_effect_when_the_status_shows_it),
		cmocka_unit_test(a_clock_that_was_set_back_makes_no_difference),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
