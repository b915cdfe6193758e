/* A service's life: what follows on what, and what is to be done about it.
 *
 * Pure: a table of states and events, a few facts beside the state, and no
 * system call. Whoever keeps a service feeds events to service_step() and does
 * what the plan it returns says, in the order of the bits. For what it does it
 * owes an event:
 *
 *   DO_SCRIPT   one ON_TOOK or ON_LEFT with that letter, when control/LETTER
 *               has ended, or at once where there is none or it cannot run
 *   DO_RUN      one ON_RUN_ENDED, or ON_FAILED where there is no process
 *   DO_FINISH   one ON_FINISH_ENDED (at once where there is no ./finish) or
 *               ON_FINISH_REFUSED, or ON_FAILED
 *   DO_WAIT     one ON_DUE, unless the state is left before
 *
 * Control scripts run beside everything else, several at a time, each letter
 * once; a letter that comes while its own script runs is remembered and obeyed
 * after it. The last of p and c (d and x, which send CONT, too) counts, however
 * long the other's script takes: after it the signal of the last is sent once
 * more. What follows on a process waits for its scripts: neither finish nor the
 * next run is there before the last script has ended. ON_KILL kills scripts
 * that hang, ON_EXIT terminates them. */
#ifndef WEIR_SERVICE_H
#define WEIR_SERVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "control.h"
#include "status.h"

enum service_state {
	SERVICE_DOWN,   /* nothing runs, nothing is to */
	SERVICE_WAIT,   /* down until ON_DUE, then it starts */
	SERVICE_START,  /* control/u runs, run is next */
	SERVICE_RUN,    /* ./run is a process */
	SERVICE_END,    /* run has ended; control scripts have not */
	SERVICE_FINISH, /* ./finish is a process, or is to be one at ON_DUE */
	SERVICE_OVER,   /* down for good */
	SERVICE_STATES,

	/* Only in service_table: the state follows from what is wanted. */
	SERVICE_STAY = SERVICE_STATES, /* as it is */
	SERVICE_LAUNCH,                /* run if it is to be up; else settle */
	SERVICE_ENDED,  /* finish, or first the end of the scripts */
	SERVICE_SETTLE, /* wait if it is to be up, else down or over */
};

enum service_on {
	/* What somebody asks for; a letter each. */
	ON_UP,     /* u */
	ON_DOWN,   /* d */
	ON_ONCE,   /* o */
	ON_EXIT,   /* x */
	ON_KILL,   /* k */
	ON_SIGNAL, /* t p c a h i q 1 2 */

	/* To be over as soon as run ends by itself: a logger whose input ends.
	 * One that waits is started once more, for what is left of it. */
	ON_RELEASE,

	/* What happens; the first two with the letter of the script. */
	ON_TOOK, /* the script exited 0: it stands for the signal */
	ON_LEFT, /* it did not: the signal is still to be sent */
	ON_RUN_ENDED,
	ON_FINISH_ENDED,
	ON_FINISH_REFUSED, /* finish exited 125: not to be started again */
	ON_FAILED,         /* no process could be made; try later */
	ON_DUE,            /* the time of DO_WAIT is over */
	SERVICE_EVENTS,
};

struct service_event {
	enum service_on on;
	enum control letter; /* of a command or script; else CONTROLS */
};

/* In the order in which it is to be done. */
enum service_do {
	DO_TERM_SCRIPTS = 1 << 0, /* TERM to each script that runs */
	DO_KILL_SCRIPTS = 1 << 1, /* KILL */
	DO_SIGNAL = 1 << 2,       /* plan.signal to the process */
	DO_CONT = 1 << 3,         /* then CONT */
	DO_SCRIPT = 1 << 4,       /* start control/LETTER of plan.script */
	DO_WAIT = 1 << 5,         /* ON_DUE after the delay of a restart */
	DO_RUN = 1 << 6,
	DO_FINISH = 1 << 7,

	/* Only in service_table. */
	DO_ONCE = 1 << 8, /* one start is owed, whatever is wanted */
};

struct service_plan {
	unsigned todo;       /* of enum service_do */
	int signal;          /* for DO_SIGNAL */
	enum control script; /* for DO_SCRIPT */
};

struct service {
	enum service_state state;
	enum status_want want;
	bool once;          /* one start is owed, whatever is wanted */
	bool paused;        /* STOP was sent to run, and no CONT since */
	bool got_term;      /* TERM was sent to run */
	uint16_t scripts;   /* 1 << letter: which run */
	uint16_t again;     /* which letters came meanwhile */
	uint16_t outdone;   /* for which it is too late: p by c d x, c by p */
	enum control after; /* d or x: control/t runs for it; or CONTROLS */
};

/* What a pair of state and event leads to. */
struct service_cell {
	bool listed;             /* true in every cell */
	bool never;              /* a keeper that is right never sees it */
	enum service_state next; /* or one of those above */
	unsigned todo;
};

extern const struct service_cell service_table[SERVICE_STATES][SERVICE_EVENTS];

/* Down, as wanted. ON_UP is what starts it. */
void service_init(struct service *s, enum status_want want);

/* The event of a letter. */
struct service_event service_command(enum control letter);

/* The event of a control script's end. What control/d and control/x exit with
 * counts for nothing. */
struct service_event service_script(enum control letter, bool exited_0);

static inline struct service_event
service_event(enum service_on on)
{
	struct service_event ev = { on, CONTROLS };

	return ev;
}

/* Takes the event: *s is what follows, the plan what is to be done. A pair
 * that is never to be changes nothing. */
struct service_plan service_step(struct service *s, struct service_event ev);

/* Whether there is more to a state than what is wanted. */
static inline bool
service_is_under_way(enum service_state state)
{
	return state == SERVICE_START || state == SERVICE_RUN ||
	       state == SERVICE_END || state == SERVICE_FINISH;
}

/* As supervise/status shows it. */
enum status_state service_shown(enum service_state state);

#endif
