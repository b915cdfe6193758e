/* What became of the services of one command, and the exit code it makes. */
#ifndef WEIR_TALLY_H
#define WEIR_TALLY_H

#include <stdbool.h>
#include <stddef.h>

enum outcome {
	OUTCOME_FINE,
	OUTCOME_DOWN,    /* by `status` alone: fine, but for an init script */
	OUTCOME_FAILED,  /* no such service, no runsv, no effect in time */
	OUTCOME_UNKNOWN, /* a runsv may be there, and cannot be asked */
	OUTCOME_BARRED,  /* for want of permission */
	OUTCOMES,
};

enum {
	TALLY_MOST = 99,
	TALLY_FATAL = 100, /* usage too */
	TALLY_LSB_USAGE = 2,
	TALLY_LSB_FATAL = 151,
};

struct tally {
	size_t of[OUTCOMES];
};

void tally_add(struct tally *tally, enum outcome outcome);

/* The exit code: how many failed, TALLY_MOST at most; TALLY_FATAL where all
 * that failed did for want of permission. Of an init script (lsb), which has
 * one service: what LSB has for it; `status` is a command of its own there. */
int tally_exit(const struct tally *tally, bool lsb, bool status);

#endif
