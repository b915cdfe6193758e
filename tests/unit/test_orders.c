/* init/orders */
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

#include "orders.h"

enum { POWER = 30 };

static const struct {
	int signal;
	bool container, stopit, ctrlaltdel;
	enum stage_on on;
	enum order_script script;
} rows[] = {
	{ SIGCONT, false, false, false, ON_IDLE, ORDER_SCRIPTS },
	{ SIGCONT, false, true, false, ON_STOP, ORDER_SCRIPTS },
	{ SIGCONT, false, false, true, ON_IDLE, ORDER_SCRIPTS },
	{ SIGCONT, true, false, true, ON_IDLE, ORDER_SCRIPTS },
	{ SIGCONT, true, true, true, ON_STOP, ORDER_SCRIPTS },
	{ SIGINT, false, true, false, ON_IDLE, ORDER_CTRLALTDEL },
	{ SIGINT, false, false, true, ON_SCRIPT, ORDER_CTRLALTDEL },
	{ SIGINT, true, false, true, ON_LEAVE, ORDER_SCRIPTS },
	{ POWER, false, false, false, ON_SCRIPT, ORDER_PWRFAIL },
	{ POWER, true, false, false, ON_LEAVE, ORDER_SCRIPTS },
	{ SIGTERM, false, true, true, STAGE_EVENTS, ORDER_SCRIPTS },
	{ SIGTERM, true, false, false, ON_LEAVE, ORDER_SCRIPTS },
	{ SIGHUP, false, true, true, STAGE_EVENTS, ORDER_SCRIPTS },
	{ SIGHUP, true, true, true, STAGE_EVENTS, ORDER_SCRIPTS },
	{ SIGALRM, true, true, true, STAGE_EVENTS, ORDER_SCRIPTS },
	{ SIGPIPE, true, true, true, STAGE_EVENTS, ORDER_SCRIPTS },
	{ SIGCHLD, true, true, true, STAGE_EVENTS, ORDER_SCRIPTS },
};

static void
a_signal_asks_for_what_the_files_allow(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct order_flags flags = { rows[i].stopit,
			rows[i].ctrlaltdel };
		struct order o =
		    order_of(rows[i].signal, POWER, rows[i].container, flags);

		if (o.on != rows[i].on ||
		    (o.on == ON_SCRIPT && o.script != rows[i].script))
			fail_msg("row %zu", i);
	}
}

static bool
has(const int *signals, size_t n, int signal)
{
	while (n-- > 0)
		if (signals[n] == signal)
			return true;
	return false;
}

static void
the_signals_that_are_orders_are_listed(void **state)
{
	int signals[16];
	size_t n = order_signals(signals, 16, POWER);

	(void)state;
	assert_true(has(signals, n, SIGCONT));
	assert_true(has(signals, n, SIGINT));
	assert_true(has(signals, n, SIGTERM));
	assert_true(has(signals, n, SIGHUP));
	assert_true(has(signals, n, SIGALRM));
	assert_true(has(signals, n, SIGPIPE));
	assert_true(has(signals, n, POWER));
	assert_int_equal(order_signals(signals, 2, POWER), 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_signal_asks_for_what_the_files_allow),
		cmocka_unit_test(the_signals_that_are_orders_are_listed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
