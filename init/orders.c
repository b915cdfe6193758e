/* What a signal to process 1 asks for, given what the files say. */
#include "orders.h"

#include <signal.h>

enum asks {
	ASKS_NOTHING,
	ASKS_STOPIT,     /* to look whether stopit says so */
	ASKS_CTRLALTDEL, /* for the script, if it may be run */
	ASKS_PWRFAIL,
	ASKS_LEAVE,
};

enum { POWER = -1 };

/* What else there is never ends process 1, and is blocked so that it does not
 * end a system call either. */
static const struct row {
	int signal;
	enum asks machine, container;
} rows[] = {
	{ SIGCONT, ASKS_STOPIT, ASKS_STOPIT },
	{ SIGINT, ASKS_CTRLALTDEL, ASKS_LEAVE },
	{ POWER, ASKS_PWRFAIL, ASKS_LEAVE },
	{ SIGTERM, ASKS_NOTHING, ASKS_LEAVE },
	{ SIGHUP, ASKS_NOTHING, ASKS_NOTHING },
	{ SIGALRM, ASKS_NOTHING, ASKS_NOTHING },
	{ SIGPIPE, ASKS_NOTHING, ASKS_NOTHING },
};

enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

static int
number(const struct row *row, int power)
{
	return row->signal == POWER ? power : row->signal;
}

size_t
order_signals(int *signals, size_t n, int power)
{
	size_t i;

	for (i = 0; i < ROWS && i < n; i++)
		signals[i] = number(&rows[i], power);
	return i;
}

static struct order
order(enum asks asks, struct order_flags flags)
{
	struct order o = { STAGE_EVENTS, ORDER_SCRIPTS };

	switch (asks) {
	case ASKS_NOTHING:
		break;
	case ASKS_STOPIT:
		o.on = flags.stopit ? ON_STOP : ON_IDLE;
		break;
	case ASKS_CTRLALTDEL:
		o.on = flags.ctrlaltdel ? ON_SCRIPT : ON_IDLE;
		o.script = ORDER_CTRLALTDEL;
		break;
	case ASKS_PWRFAIL:
		o.on = ON_SCRIPT;
		o.script = ORDER_PWRFAIL;
		break;
	case ASKS_LEAVE:
		o.on = ON_LEAVE;
		break;
	}
	return o;
}

struct order
order_of(int signal, int power, bool container, struct order_flags flags)
{
	const struct row *row;

	for (row = rows; row < rows + ROWS; row++)
		if (number(row, power) == signal)
			return order(container ? row->container : row->machine,
			    flags);
	return order(ASKS_NOTHING, flags);
}
