/* init/stage */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "stage.h"

/* What follows on what, written down a second time: a letter for each state, a
 * column for each event; a dot stays, a dash is never to be. */
static const char letters[] = "12ATK3LPNSDHG";

static const char *const machine[STAGE_STATES] = {
	/* exit, 100, 111, crash, due, alone, idle, stop, script, leave */
	[STAGE_ONE] = "2323--...T",
	[STAGE_TWO] = "33AA--.T.T",
	[STAGE_AGAIN] = "----2-.3.3",
	[STAGE_TOLD] = "3333K-....",
	[STAGE_KILLED] = "33333-....",
	[STAGE_THREE] = "NNNNL-....",
	[STAGE_LATE] = "NNNNN-....",
	[STAGE_PART] = "----NN....",
	[STAGE_ALONE] = "----SS....",
	[STAGE_SYNC] = "DDDDD-....",
	[STAGE_DOWN] = "..H.H-....",
	[STAGE_HALT] = "....H-....",
	[STAGE_GONE] = "..........",
};

static const char *const container[STAGE_STATES] = {
	[STAGE_THREE] = "PPPPL-....",
	[STAGE_LATE] = "PPPPP-....",
	[STAGE_ALONE] = "----DD....",
	[STAGE_DOWN] = "..G.G-....",
};

static const char *
row(enum stage_state state, bool in_container)
{
	return in_container && container[state] ? container[state]
	                                        : machine[state];
}

static void
check(enum stage_state state, enum stage_on on, bool in_container)
{
	const struct stage_cell *cell = &stage_table[state][on];
	struct stage s = { state, in_container };
	char due = row(state, in_container)[on];
	unsigned todo = stage_step(&s, on);

	if (!cell->listed)
		fail_msg("not listed: %d, %d", state, on);
	if (cell->never != (due == '-'))
		fail_msg("never? %d, %d", state, on);
	if (due == '-' && (todo != 0 || s.state != state))
		fail_msg("what is never to be does something: %d, %d", state,
		    on);
	if (due == '.' && s.state != state)
		fail_msg("does not stay: %d, %d", state, on);
	if (due != '.' && due != '-' && letters[s.state] != due)
		fail_msg("%d, %d: %c, not %c", state, on, letters[s.state],
		    due);
	if (s.container != in_container)
		fail_msg("moved house: %d, %d", state, on);
}

static void
each_pair_leads_where_it_is_to_lead(void **state)
{
	int s, on;

	(void)state;
	for (s = 0; s < STAGE_STATES; s++)
		for (on = 0; on < STAGE_EVENTS; on++) {
			check((enum stage_state)s, (enum stage_on)on, false);
			check((enum stage_state)s, (enum stage_on)on, true);
		}
}

/* Every state that can be reached from stage 1. */
static void
reach(bool in_container, bool seen[STAGE_STATES])
{
	bool more = true;
	int state, on;

	seen[STAGE_ONE] = true;
	while (more) {
		more = false;
		for (state = 0; state < STAGE_STATES; state++)
			for (on = 0; seen[state] && on < STAGE_EVENTS; on++) {
				struct stage s = { (enum stage_state)state,
					in_container };

				stage_step(&s, (enum stage_on)on);
				more |= !seen[s.state];
				seen[s.state] = true;
			}
	}
}

static void
a_machine_never_exits(void **state)
{
	bool seen[STAGE_STATES] = { false };

	(void)state;
	reach(false, seen);
	assert_false(seen[STAGE_GONE]);
	assert_true(seen[STAGE_HALT]);
	assert_true(seen[STAGE_SYNC]);
}

static void
a_container_syncs_nothing_and_exits(void **state)
{
	bool seen[STAGE_STATES] = { false };

	(void)state;
	reach(true, seen);
	assert_true(seen[STAGE_GONE]);
	assert_false(seen[STAGE_HALT]);
	assert_false(seen[STAGE_SYNC]);
}

/* Also one that somebody within has told to end, without hurry. */
static void
whoever_stops_a_container_sets_its_seconds(void **state)
{
	int from;

	(void)state;
	for (from = 0; from < STAGE_SYNC; from++) {
		struct stage s = { (enum stage_state)from, true };

		if (!(stage_step(&s, ON_LEAVE) & DO_HURRY))
			fail_msg("no hurry: %d", from);
	}
}

/* Whatever hangs, time alone ends it. */
static void
what_is_to_end_ends_though_nothing_answers(void **state)
{
	bool seen[STAGE_STATES] = { false };
	int from, steps;

	(void)state;
	reach(true, seen);
	for (from = 0; from < STAGE_STATES; from++) {
		struct stage s = { (enum stage_state)from, true };

		if (!seen[from])
			continue;
		stage_step(&s, ON_LEAVE);
		for (steps = 0; s.state != STAGE_GONE && steps < 20; steps++) {
			assert_true(stage_limit_ms(&s) > 0);
			stage_step(&s, ON_DUE);
		}
		assert_int_equal(s.state, STAGE_GONE);
	}
}

static void
only_stages_1_and_2_take_as_long_as_they_like(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < STAGE_STATES; i++) {
		struct stage s = { (enum stage_state)i, false };

		assert_int_equal(stage_limit_ms(&s) == 0,
		    i == STAGE_ONE || i == STAGE_TWO);
	}
}

/* Nobody else is answered, and in stage 2 they do. */
static void
that_signals_only_work_in_stage_2_is_said_to_signals(void **state)
{
	(void)state;
	for (int i = 0; i < STAGE_STATES; i++)
		for (int on = 0; on < STAGE_EVENTS; on++) {
			bool signal =
			    on == ON_IDLE || on == ON_STOP || on == ON_SCRIPT;
			struct stage s = { (enum stage_state)i, false };

			if (signal && i != STAGE_TWO)
				continue;
			if (stage_step(&s, (enum stage_on)on) & DO_SAY_ONLY_2)
				fail_msg("%d, %d", i, on);
		}
}

static void
a_stage_runs_where_its_name_says(void **state)
{
	static const int rows[STAGE_STATES] = {
		[STAGE_ONE] = 1,
		[STAGE_TWO] = 2,
		[STAGE_THREE] = 3,
	};

	(void)state;
	for (int i = 0; i < STAGE_STATES; i++) {
		bool starts = stage_entry((enum stage_state)i) & DO_START;

		assert_int_equal(stage_number((enum stage_state)i), rows[i]);
		assert_int_equal(starts, rows[i] != 0);
	}
}

static void
the_times_are_those_of_the_manual(void **state)
{
	static const struct {
		enum stage_state state;
		int seconds;
	} rows[] = {
		{ STAGE_AGAIN, 5 },
		{ STAGE_TOLD, 5 },
		{ STAGE_THREE, 30 * 60 },
		{ STAGE_PART, 1 },
		{ STAGE_ALONE, 2 },
		{ STAGE_SYNC, 60 },
		{ STAGE_DOWN, 2 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct stage s = { rows[i].state, false };

		if (stage_limit_ms(&s) != rows[i].seconds * 1000)
			fail_msg("row %zu", i);
	}
}

/* What comes later is left less of a container's seconds. */
static void
a_hurry_leaves_time_to_each_that_comes(void **state)
{
	static const enum stage_state walk[] = { STAGE_TOLD, STAGE_KILLED,
		STAGE_THREE, STAGE_LATE, STAGE_PART, STAGE_ALONE };
	size_t i;

	(void)state;
	assert_true(STAGE_HURRY_MS < 9000);
	assert_true(stage_left_ms(STAGE_TOLD) < STAGE_HURRY_MS - 5000);
	for (i = 1; i < sizeof(walk) / sizeof(walk[0]); i++)
		assert_true(
		    stage_left_ms(walk[i]) < stage_left_ms(walk[i - 1]));
}

static void
what_is_done_is_what_runit_does(void **state)
{
	static const struct {
		enum stage_state from;
		enum stage_on on;
		unsigned todo;
	} rows[] = {
		{ STAGE_ONE, ON_EXIT, DO_SAY_LEAVE | DO_START },
		{ STAGE_ONE, ON_EXIT_100,
		    DO_SAY_LEAVE | DO_SAY_SKIP | DO_START },
		{ STAGE_ONE, ON_CRASH, DO_SAY_LEAVE | DO_SAY_SKIP | DO_START },
		{ STAGE_ONE, ON_STOP, DO_SAY_ONLY_2 },
		{ STAGE_ONE, ON_IDLE, DO_SAY_ONLY_2 },
		{ STAGE_ONE, ON_LEAVE, DO_HURRY | DO_TERM },
		{ STAGE_TWO, ON_EXIT_111, DO_KILL_GROUP },
		{ STAGE_TWO, ON_CRASH, DO_KILL_GROUP },
		{ STAGE_TWO, ON_STOP, DO_DISARM | DO_TERM },
		{ STAGE_TWO, ON_SCRIPT, DO_SCRIPT },
		{ STAGE_TWO, ON_IDLE, 0 },
		{ STAGE_AGAIN, ON_DUE, DO_SAY_AGAIN | DO_START },
		{ STAGE_TOLD, ON_DUE, DO_KILL },
		{ STAGE_THREE, ON_STOP, DO_SAY_ONLY_2 },
		{ STAGE_THREE, ON_EXIT, DO_SAY_LEAVE | DO_KILL_ALL },
		{ STAGE_ALONE, ON_ALONE, DO_SYNC },
		{ STAGE_SYNC, ON_EXIT, DO_DOWN },
		{ STAGE_DOWN, ON_DUE, DO_HALT },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct stage s = { rows[i].from, false };

		if (stage_step(&s, rows[i].on) != rows[i].todo)
			fail_msg("row %zu", i);
	}
}

/* What comes of a step is what is done on entry, and more. */
static void
an_entry_is_part_of_every_step_that_leads_there(void **state)
{
	int from, on;

	(void)state;
	for (from = 0; from < STAGE_STATES; from++)
		for (on = 0; on < STAGE_EVENTS; on++) {
			struct stage s = { (enum stage_state)from, false };
			unsigned todo = stage_step(&s, (enum stage_on)on);
			unsigned entry = stage_entry(s.state);

			if (s.state != (enum stage_state)from)
				assert_int_equal(todo & entry, entry);
			if (stage_number(s.state) != 0)
				assert_int_equal(entry, DO_START);
		}
}

static void
a_wait_status_is_one_of_four(void **state)
{
	(void)state;
	assert_int_equal(stage_ended(0), ON_EXIT);
	assert_int_equal(stage_ended(7 << 8), ON_EXIT);
	assert_int_equal(stage_ended(100 << 8), ON_EXIT_100);
	assert_int_equal(stage_ended(111 << 8), ON_EXIT_111);
	assert_int_equal(stage_ended(SIGKILL), ON_CRASH);
	assert_int_equal(stage_ended(SIGSEGV | 0x80), ON_CRASH);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_pair_leads_where_it_is_to_lead),
		cmocka_unit_test(a_machine_never_exits),
		cmocka_unit_test(a_container_syncs_nothing_and_exits),
		cmocka_unit_test(whoever_stops_a_container_sets_its_seconds),
		cmocka_unit_test(what_is_to_end_ends_though_nothing_answers),
		cmocka_unit_test(only_stages_1_and_2_take_as_long_as_they_like),
		cmocka_unit_test(
		    that_signals_only_work_in_stage_2_is_said_to_signals),
		cmocka_unit_test(a_stage_runs_where_its_name_says),
		cmocka_unit_test(the_times_are_those_of_the_manual),
		cmocka_unit_test(a_hurry_leaves_time_to_each_that_comes),
		cmocka_unit_test(what_is_done_is_what_runit_does),
		cmocka_unit_test(
		    an_entry_is_part_of_every_step_that_leads_there),
		cmocka_unit_test(a_wait_status_is_one_of_four),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
