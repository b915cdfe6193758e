/* The life of a machine: what follows on what, and what is to be done about it.
 *
 * Pure: a table of states and events, and no system call. Process 1 feeds
 * events to stage_step() and does what the plan that it returns says, in the
 * order of the bits. For what it does it owes an event:
 *
 *   DO_START, DO_SYNC, DO_DOWN, DO_HALT
 *               one of the first four when that process has ended; where none
 *               can be made it is tried again
 *   a state with a limit (stage_limit_ms())
 *               ON_DUE, unless the state is left before
 *   DO_TERM_ALL, DO_KILL_ALL
 *               ON_ALONE when no process is left
 *
 * In a container the same stages are run, with a limit for each: who stops a
 * container waits for ten seconds and no longer. */
#ifndef WEIR_STAGE_H
#define WEIR_STAGE_H

#include <stdbool.h>
#include <stdint.h>

enum stage_state {
	STAGE_ONE,    /* /etc/runit/1 runs */
	STAGE_TWO,    /* /etc/runit/2 runs */
	STAGE_AGAIN,  /* it failed, and is run again at ON_DUE */
	STAGE_TOLD,   /* 1 or 2 has TERM, and some time to end */
	STAGE_KILLED, /* ... and KILL */
	STAGE_THREE,  /* /etc/runit/3 runs */
	STAGE_LATE,   /* it took too long and has KILL */
	STAGE_PART,   /* container: what is left has TERM */
	STAGE_ALONE,  /* what is left has KILL */
	STAGE_SYNC,   /* a process syncs */
	STAGE_DOWN,   /* a process powers off, or reboots */
	STAGE_HALT,   /* a process halts */
	STAGE_GONE,   /* container: there is nothing more to do but to exit */
	STAGE_STATES,

	/* Only in stage_table: */
	STAGE_STAY = STAGE_STATES, /* as it is */
	STAGE_END,                 /* PART in a container, ALONE elsewhere */
	STAGE_DISK,                /* DOWN in a container, SYNC elsewhere */
	STAGE_LAST,                /* GONE in a container, HALT elsewhere */
};

enum stage_on {
	/* The process that a state is about has ended. */
	ON_EXIT,     /* with any other code */
	ON_EXIT_100, /* stage 1: do not run stage 2 */
	ON_EXIT_111, /* stage 2: run it again */
	ON_CRASH,    /* by a signal */

	ON_DUE,   /* the state's time is over */
	ON_ALONE, /* no process is left */

	/* What somebody asks for (orders.h). */
	ON_IDLE,   /* a signal that asks for nothing now */
	ON_STOP,   /* stopit says so */
	ON_SCRIPT, /* ctrlaltdel or pwrfail is to be run first */
	ON_LEAVE,  /* container: it is to end */
	STAGE_EVENTS,
};

/* In the order in which it is to be done. */
enum stage_do {
	DO_SAY_ONLY_2 = 1 << 0, /* signals only work in stage 2 */
	DO_SAY_SKIP = 1 << 1,   /* stage 2 is left out */
	DO_SAY_LEAVE = 1 << 2,  /* the stage under way is over */
	DO_DISARM = 1 << 3,     /* stopit has done its work: mode 0 */
	DO_HURRY = 1 << 4,      /* container: the seconds are counted */
	DO_SCRIPT = 1 << 5, /* run ctrlaltdel or pwrfail, beside the stage */
	DO_TERM = 1 << 6,   /* TERM to the stage under way */
	DO_KILL = 1 << 7,   /* KILL */
	DO_KILL_GROUP = 1 << 8, /* KILL to all of stage 2 */
	DO_SAY_AGAIN = 1 << 9,  /* stage 2 is run again */
	DO_START = 1 << 10,     /* the state's stage */
	DO_TERM_ALL = 1 << 11,  /* TERM to every process */
	DO_KILL_ALL = 1 << 12,  /* KILL */
	DO_SYNC = 1 << 13,      /* sync, unless nosync is there */
	DO_DOWN = 1 << 14,      /* reboot, if reboot says so; else power off */
	DO_HALT = 1 << 15,      /* halt */
	DO_EXIT = 1 << 16,      /* only ever in a container */
};

/* Of which a process comes. */
enum { STAGE_STARTS = DO_START | DO_SYNC | DO_DOWN | DO_HALT };

struct stage {
	enum stage_state state;
	bool container;
};

/* What a pair of state and event leads to. */
struct stage_cell {
	bool listed;           /* true in every cell */
	bool never;            /* who acts right never sees it */
	enum stage_state next; /* or one of those above */
	unsigned todo;
};

extern const struct stage_cell stage_table[STAGE_STATES][STAGE_EVENTS];

/* Before anything: stage 1 is to be started. */
void stage_init(struct stage *s, bool container);

/* Takes the event: *s is what follows; returns what is to be done. A pair that
 * is never to be changes nothing. */
unsigned stage_step(struct stage *s, enum stage_on on);

/* What is done where the state is entered: once more by who does not know
 * whether it was done, unless it is a process that runs. */
unsigned stage_entry(enum stage_state state);

/* How a process ended: a wait status, to one of the first four. */
enum stage_on stage_ended(int status);

/* The stage that runs in the state: 1 to 3, or 0. */
int stage_number(enum stage_state state);

/* How long the state may last; 0: as long as it takes. In a container that is
 * in a hurry, stage_left_ms() may be less. */
int64_t stage_limit_ms(const struct stage *s);

/* A container that is to end has that long in all, and all that comes after the
 * state in question wants some of it. */
enum { STAGE_HURRY_MS = 8500 };
int64_t stage_left_ms(enum stage_state state);

#endif
