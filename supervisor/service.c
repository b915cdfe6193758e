/* A service's life: what follows on what, and what is to be done about it. */
#include "service.h"

#include <signal.h>

/* clang-format off */
#define TO(state, todo)  { true, false, SERVICE_##state, (todo) }
#define STAY(todo)       TO(STAY, todo)
#define NEVER            { true, true, SERVICE_STAY, 0 }

const struct service_cell service_table[SERVICE_STATES][SERVICE_EVENTS] = {
	[SERVICE_DOWN] = {
		[ON_UP] =             TO(START, 0),
		[ON_DOWN] =           STAY(0),
		[ON_ONCE] =           TO(START, DO_ONCE),
		[ON_EXIT] =           TO(OVER, 0),
		[ON_KILL] =           STAY(0),
		[ON_SIGNAL] =         STAY(0),
		[ON_RELEASE] =        TO(OVER, 0),
		[ON_TOOK] =           NEVER,
		[ON_LEFT] =           NEVER,
		[ON_RUN_ENDED] =      NEVER,
		[ON_FINISH_ENDED] =   NEVER,
		[ON_FINISH_REFUSED] = NEVER,
		[ON_FAILED] =         NEVER,
		[ON_DUE] =            NEVER,
	},
	[SERVICE_WAIT] = {
		[ON_UP] =             TO(START, 0), /* told to: at once */
		[ON_DOWN] =           TO(DOWN, 0),
		[ON_ONCE] =           TO(START, DO_ONCE),
		[ON_EXIT] =           TO(OVER, 0),
		[ON_KILL] =           STAY(0),
		[ON_SIGNAL] =         STAY(0),
		[ON_RELEASE] =        TO(START, DO_ONCE),
		[ON_TOOK] =           NEVER,
		[ON_LEFT] =           NEVER,
		[ON_RUN_ENDED] =      NEVER,
		[ON_FINISH_ENDED] =   NEVER,
		[ON_FINISH_REFUSED] = NEVER,
		[ON_FAILED] =         NEVER,
		[ON_DUE] =            TO(START, 0),
	},
	[SERVICE_START] = {
		[ON_UP] =             STAY(0),
		[ON_DOWN] =           STAY(0), /* no run after the script */
		[ON_ONCE] =           STAY(DO_ONCE),
		[ON_EXIT] =           STAY(DO_TERM_SCRIPTS),
		[ON_KILL] =           STAY(DO_KILL_SCRIPTS),
		[ON_SIGNAL] =         STAY(0),
		[ON_RELEASE] =        STAY(DO_ONCE),
		[ON_TOOK] =           TO(LAUNCH, 0),
		[ON_LEFT] =           TO(LAUNCH, 0),
		[ON_RUN_ENDED] =      NEVER,
		[ON_FINISH_ENDED] =   NEVER,
		[ON_FINISH_REFUSED] = NEVER,
		[ON_FAILED] =         NEVER,
		[ON_DUE] =            NEVER,
	},
	[SERVICE_RUN] = {
		[ON_UP] =             STAY(0),
		[ON_DOWN] =           STAY(DO_SCRIPT),
		[ON_ONCE] =           STAY(0),
		[ON_EXIT] =           STAY(DO_TERM_SCRIPTS | DO_SCRIPT),
		[ON_KILL] =           STAY(DO_KILL_SCRIPTS | DO_SCRIPT),
		[ON_SIGNAL] =         STAY(DO_SCRIPT),
		[ON_RELEASE] =        STAY(0),
		[ON_TOOK] =           STAY(0),
		[ON_LEFT] =           STAY(DO_SIGNAL),
		[ON_RUN_ENDED] =      TO(ENDED, 0),
		[ON_FINISH_ENDED] =   NEVER,
		[ON_FINISH_REFUSED] = NEVER,
		[ON_FAILED] =         TO(SETTLE, 0),
		[ON_DUE] =            NEVER,
	},
	[SERVICE_END] = {
		[ON_UP] =             STAY(0),
		[ON_DOWN] =           STAY(0),
		[ON_ONCE] =           STAY(0),
		[ON_EXIT] =           STAY(DO_TERM_SCRIPTS),
		[ON_KILL] =           STAY(DO_KILL_SCRIPTS),
		[ON_SIGNAL] =         STAY(0),
		[ON_RELEASE] =        STAY(0),
		[ON_TOOK] =           TO(ENDED, 0),
		[ON_LEFT] =           TO(ENDED, 0), /* too late for a signal */
		[ON_RUN_ENDED] =      NEVER,
		[ON_FINISH_ENDED] =   NEVER,
		[ON_FINISH_REFUSED] = NEVER,
		[ON_FAILED] =         NEVER,
		[ON_DUE] =            NEVER,
	},
	[SERVICE_FINISH] = {
		[ON_UP] =             STAY(0),
		[ON_DOWN] =           STAY(0), /* finish is to do its work */
		[ON_ONCE] =           STAY(0),
		[ON_EXIT] =           STAY(DO_SIGNAL | DO_CONT),
		[ON_KILL] =           STAY(DO_SIGNAL),
		[ON_SIGNAL] =         STAY(0),
		[ON_RELEASE] =        STAY(0),
		[ON_TOOK] =           NEVER,
		[ON_LEFT] =           NEVER,
		[ON_RUN_ENDED] =      NEVER,
		[ON_FINISH_ENDED] =   TO(SETTLE, 0),
		[ON_FINISH_REFUSED] = TO(SETTLE, 0),
		[ON_FAILED] =         STAY(DO_WAIT),
		[ON_DUE] =            TO(FINISH, 0),
	},
	[SERVICE_OVER] = {
		[ON_UP] =             STAY(0),
		[ON_DOWN] =           STAY(0),
		[ON_ONCE] =           STAY(0),
		[ON_EXIT] =           STAY(0),
		[ON_KILL] =           STAY(0),
		[ON_SIGNAL] =         STAY(0),
		[ON_RELEASE] =        STAY(0),
		[ON_TOOK] =           NEVER,
		[ON_LEFT] =           NEVER,
		[ON_RUN_ENDED] =      NEVER,
		[ON_FINISH_ENDED] =   NEVER,
		[ON_FINISH_REFUSED] = NEVER,
		[ON_FAILED] =         NEVER,
		[ON_DUE] =            NEVER,
	},
};

/* What is done where a state is entered. */
static const unsigned entry[SERVICE_STATES] = {
	[SERVICE_DOWN] = 0,
	[SERVICE_WAIT] = DO_WAIT,
	[SERVICE_START] = DO_SCRIPT,
	[SERVICE_RUN] = DO_RUN,
	[SERVICE_END] = 0,
	[SERVICE_FINISH] = DO_FINISH,
	[SERVICE_OVER] = 0,
};

static const enum status_state shown[SERVICE_STATES] = {
	[SERVICE_DOWN] = STATUS_DOWN,
	[SERVICE_WAIT] = STATUS_DOWN,
	[SERVICE_START] = STATUS_DOWN,
	[SERVICE_RUN] = STATUS_RUN,
	[SERVICE_END] = STATUS_FINISH,
	[SERVICE_FINISH] = STATUS_FINISH,
	[SERVICE_OVER] = STATUS_DOWN,
};

/* The kind of each command. */
static const enum service_on kinds[CONTROLS] = {
	[CONTROL_UP] = ON_UP,
	[CONTROL_DOWN] = ON_DOWN,
	[CONTROL_ONCE] = ON_ONCE,
	[CONTROL_EXIT] = ON_EXIT,
	[CONTROL_TERM] = ON_SIGNAL,
	[CONTROL_KILL] = ON_KILL,
	[CONTROL_PAUSE] = ON_SIGNAL,
	[CONTROL_CONT] = ON_SIGNAL,
	[CONTROL_ALARM] = ON_SIGNAL,
	[CONTROL_HUP] = ON_SIGNAL,
	[CONTROL_INTERRUPT] = ON_SIGNAL,
	[CONTROL_QUIT] = ON_SIGNAL,
	[CONTROL_USR1] = ON_SIGNAL,
	[CONTROL_USR2] = ON_SIGNAL,
};
/* clang-format on */

struct service_event
service_command(enum control letter)
{
	struct service_event ev = { kinds[letter], letter };

	return ev;
}

struct service_event
service_script(enum control letter, bool exited_0)
{
	bool after = letter == CONTROL_DOWN || letter == CONTROL_EXIT;
	struct service_event ev = { exited_0 || after ? ON_TOOK : ON_LEFT,
		letter };

	return ev;
}

enum status_state
service_shown(enum service_state state)
{
	return shown[state];
}

void
service_init(struct service *s, enum status_want want)
{
	*s = (struct service){ .want = want, .after = CONTROLS };
}

static uint16_t
bit(enum control letter)
{
	return (uint16_t)(1u << letter);
}

/* The last word counts, unless all is over; a start that is owed counts until
 * run has ended, or somebody says something else. */
static void
take_want(struct service *s, enum service_on on)
{
	if (s->state == SERVICE_OVER)
		return;
	switch (on) {
	case ON_UP:
		s->want = WANT_UP;
		break;
	case ON_DOWN:
	case ON_ONCE:
		s->want = WANT_DOWN;
		break;
	case ON_EXIT:
	case ON_RELEASE:
		s->want = WANT_EXIT;
		break;
	case ON_FINISH_REFUSED:
		if (s->want == WANT_UP)
			s->want = WANT_DOWN;
		return;
	case ON_RUN_ENDED:
		break;
	case ON_KILL:
	case ON_SIGNAL:
	case ON_TOOK:
	case ON_LEFT:
	case ON_FINISH_ENDED:
	case ON_FAILED:
	case ON_DUE:
	case SERVICE_EVENTS:
		return;
	}
	s->once = false;
}

/* Only run is told to be paused or terminated. */
static void
note_signal(struct service *s, int signal)
{
	if (s->state != SERVICE_RUN)
		return;
	if (signal == SIGTERM)
		s->got_term = true;
	if (signal == SIGSTOP || signal == SIGCONT)
		s->paused = signal == SIGSTOP;
}

/* Of d and x the letter itself. TERM to what is not to be up is the same again
 * as what was said then: one that is paused goes on, and ends. Else CONTROLS.
 */
static enum control
stop_by(const struct service *s, struct service_event ev)
{
	if (ev.on == ON_DOWN || ev.on == ON_EXIT)
		return ev.letter;
	if (ev.letter != CONTROL_TERM || s->want == WANT_UP)
		return CONTROLS;
	return s->want == WANT_EXIT ? CONTROL_EXIT : CONTROL_DOWN;
}

/* Starts the script of a letter, unless it runs: then control/t's end will do
 * for a stop, KILL has ended k's, and any other is started again. */
static void
plan_script(struct service *s, struct service_plan *plan,
    struct service_event ev, bool stop)
{
	plan->script = stop ? CONTROL_TERM : ev.letter;
	if (!(s->scripts & bit(plan->script)))
		return;
	plan->todo &= ~(unsigned)DO_SCRIPT;
	if (ev.on == ON_SIGNAL && !stop)
		s->again |= bit(ev.letter);
}

/* A STOP that was asked for earlier is not to come after this, nor a CONT
 * after a p. */
static void
outdo(struct service *s, enum control letter)
{
	uint16_t older = 0;

	if (letter == CONTROL_PAUSE)
		older = bit(CONTROL_CONT);
	if (letter == CONTROL_CONT || letter == CONTROL_DOWN ||
	    letter == CONTROL_EXIT)
		older = bit(CONTROL_PAUSE);
	s->outdone |= (uint16_t)(older & s->scripts);
	s->again &= (uint16_t)~older;
}

/* A script may have done its work, whatever it exits with, after what counts by
 * now: that is sent once more. */
static void
insist(const struct service *s, struct service_plan *plan, enum control letter)
{
	if (letter == CONTROL_PAUSE)
		plan->todo |= DO_CONT;
	if (letter == CONTROL_CONT && s->paused) {
		plan->todo |= DO_SIGNAL;
		plan->signal = SIGSTOP;
	}
}

/* What a script's end leads to, besides its signal. */
static void
plan_after(struct service *s, struct service_plan *plan,
    struct service_event ev)
{
	enum control letter = ev.letter;
	bool again = s->again & bit(letter);
	bool outdone = s->outdone & bit(letter);

	s->scripts &= (uint16_t)~bit(letter);
	s->again &= (uint16_t)~bit(letter);
	s->outdone &= (uint16_t)~bit(letter);
	if (s->state != SERVICE_RUN)
		return;
	if (outdone)
		insist(s, plan, letter);
	else if (ev.on == ON_TOOK && letter == CONTROL_CONT)
		s->paused = false; /* the script did it */
	if (letter == CONTROL_TERM && s->after != CONTROLS) {
		plan->todo |= DO_CONT;
		again = !(s->scripts & bit(s->after));
		letter = s->after;
		s->after = CONTROLS;
	}
	if (again) {
		plan->todo |= DO_SCRIPT;
		plan->script = letter;
	}
}

/* What run leaves behind. */
static void
forget_run(struct service *s)
{
	s->paused = s->got_term = false;
	s->again = s->outdone = 0;
	s->after = CONTROLS;
}

static enum service_state
resolve(const struct service *s, enum service_state next)
{
	bool up = s->want == WANT_UP || s->once;

	if (next == SERVICE_ENDED)
		return s->scripts ? SERVICE_END : SERVICE_FINISH;
	if (next == SERVICE_LAUNCH && up)
		return SERVICE_RUN;
	if (next == SERVICE_LAUNCH || next == SERVICE_SETTLE) {
		if (up)
			return SERVICE_WAIT;
		return s->want == WANT_EXIT ? SERVICE_OVER : SERVICE_DOWN;
	}
	return next;
}

static void
enter(struct service *s, struct service_plan *plan, enum service_state next)
{
	if (next == SERVICE_STAY)
		return;
	s->state = next;
	plan->todo |= entry[next];
	if (next == SERVICE_START)
		plan->script = CONTROL_UP;
}

struct service_plan
service_step(struct service *s, struct service_event ev)
{
	const struct service_cell *cell = &service_table[s->state][ev.on];
	struct service_plan plan = { cell->todo, 0, CONTROLS };

	if (cell->never)
		return plan;
	take_want(s, ev.on);
	if (plan.todo & DO_ONCE)
		s->once = true;
	if (plan.todo & DO_SCRIPT) {
		enum control stop = stop_by(s, ev);

		if (stop != CONTROLS)
			s->after = stop;
		outdo(s, stop != CONTROLS ? stop : ev.letter);
		plan_script(s, &plan, ev, stop != CONTROLS);
	}
	if (ev.on == ON_LEFT && s->outdone & bit(ev.letter))
		plan.todo &= ~(unsigned)DO_SIGNAL;
	if (plan.todo & DO_SIGNAL) {
		plan.signal = control_rows[ev.letter].signal;
		note_signal(s, plan.signal);
	}
	if (ev.on == ON_TOOK || ev.on == ON_LEFT)
		plan_after(s, &plan, ev);
	if (ev.on == ON_RUN_ENDED)
		forget_run(s);
	enter(s, &plan, resolve(s, cell->next));
	if (plan.todo & DO_CONT)
		note_signal(s, SIGCONT);
	if (plan.todo & DO_SCRIPT)
		s->scripts |= bit(plan.script);
	plan.todo &= ~(unsigned)DO_ONCE;
	return plan;
}
