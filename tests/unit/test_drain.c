/* supervisor/drain */
#define _GNU_SOURCE

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "drain.h"
#include "loop.h"

enum { START = 100, NEVER = -1, LOOKS = 4 }; /* ms; as all times here */

/* One logger: each look is when it was due, and its bytes. */
struct row {
	const char *what;
	bool kept_open;
	struct {
		int at;
		ssize_t left;
		bool told;
	} look[LOOKS];
};

static const struct row rows[] = {
	{ "has read all, and its input never ends", true,
	    { { 300, 0, true }, { NEVER, 0, false } } },
	{ "reads on, and its input never ends", true,
	    { { 300, 900, false }, { 500, 800, false }, { 700, 0, true },
		{ NEVER, 0, false } } },
	{ "has read all, and does not end", false,
	    { { 5100, 0, true }, { NEVER, 0, false } } },
	{ "reads on for a long time", false,
	    { { 5100, 900, false }, { 10100, 800, false },
		{ 15100, 700, false }, { 20100, 600, false } } },
	{ "is stuck", false,
	    { { 5100, 900, false }, { 10100, 900, true },
		{ NEVER, 0, false } } },
	{ "was stuck, but not for so long", false,
	    { { 5100, 900, false }, { 10100, 899, false }, { 15100, 899, true },
		{ NEVER, 0, false } } },
	{ "has a pipe that cannot be looked at", true,
	    { { 300, -EBADF, true }, { NEVER, 0, false } } },
};

static int64_t
ns_of(int ms)
{
	return ms == NEVER ? LOOP_NEVER : ms * LOOP_MS;
}

static void
check(const struct row *row)
{
	struct drain d = drain_none();

	drain_start(&d, row->kept_open, ns_of(START));
	for (int i = 0; i < LOOKS; i++) {
		int64_t at = ns_of(row->look[i].at);

		if (d.at != at)
			fail_msg("%s: look %d", row->what, i);
		if (at == LOOP_NEVER)
			return;
		if (drain_look(&d, row->look[i].left, row->kept_open, at) !=
		    row->look[i].told)
			fail_msg("%s: told after look %d", row->what, i);
	}
}

static void
a_logger_is_told_when_it_has_read_all_or_is_stuck(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		check(&rows[i]);
}

static void
one_that_is_stuck_with_an_open_pipe_is_told_after_five_seconds(void **state)
{
	struct drain d = drain_none();
	int looks = 0;

	(void)state;
	drain_start(&d, true, ns_of(START));
	while (!drain_look(&d, 900, true, d.at))
		if (++looks > 1000)
			fail_msg("never told");
	/* From the first look on, each 200 ms. */
	assert_int_equal(looks, 25);
	assert_int_equal(d.at, LOOP_NEVER);
}

static void
a_pipe_that_ends_meanwhile_leaves_it_more_time(void **state)
{
	struct drain d = drain_none();

	(void)state;
	drain_start(&d, true, ns_of(START));
	assert_false(drain_look(&d, 900, true, ns_of(300)));
	assert_false(drain_look(&d, 900, false, ns_of(500)));
	assert_int_equal(d.at, ns_of(5300)); /* it has been stuck since 300 */
	assert_false(drain_look(&d, 800, false, ns_of(5300)));
	assert_int_equal(d.at, ns_of(10300));
}

static void
nothing_is_looked_at_before_the_end(void **state)
{
	(void)state;
	assert_int_equal(drain_none().at, LOOP_NEVER);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    a_logger_is_told_when_it_has_read_all_or_is_stuck),
		cmocka_unit_test(
		    one_that_is_stuck_with_an_open_pipe_is_told_after_five_seconds),
		cmocka_unit_test(
		    a_pipe_that_ends_meanwhile_leaves_it_more_time),
		cmocka_unit_test(nothing_is_looked_at_before_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
