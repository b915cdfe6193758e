/* What a service and its logger may go through: any commands, any deaths, in
 * any order; and what must hold all the while.
 *
 * The machine is not written down here a second time: pan is linked with
 * supervisor/service.c, and what is searched is what runsv does. This is the
 * world around it: a keeper that does what a plan says and owes events for it,
 * processes that live and die, somebody who writes to the control FIFO.
 *
 * What model.sh defines:
 *
 *   COMMANDS   how many are written at most
 *   LOGGER     1: with a logger: a second machine, without scripts or finish
 *   STUBBORN   1: nothing has to end but by KILL; whoever writes goes on with
 *              k for ever
 *   LIVE       1: the search is for cycles
 *   SHOW       1: say each step, where an error is shown
 *
 * assert() says what must hold always, each ltl what must come, under weak
 * fairness: who is told to end does end, unless it is stopped. Told is: TERM
 * or KILL was sent to it, its control script says to have seen to it, it reads
 * from a pipe that is closed. Scripts and finish end, for that is what they
 * are for. Stubborn ones need KILL.
 *
 * A script or finish that is not there is one that ends at once. To be dead
 * and not yet reaped is to be about to die. */

#define SERVICE  0
#define LOG      1
#define MACHINES (1 + LOGGER)

/* struct service, with all it knows. */
typedef machine {
	byte state, want, after;
	bool once, paused, got_term;
	short scripts, again, outdone
};

typedef world {
	bool job, finish;         /* run and finish live */
	bool told, killed;        /* run is */
	bool stopped;
	bool finish_killed;
	bool finish_owed;         /* run has started, its finish has not */
	bool was_term, was_stop;  /* as got_term and paused should be */
	short live, live_killed;  /* control scripts, 1 << letter */
	bool due;                 /* a clock runs */
	byte asked;               /* the last of u d o x */
	bool run_owed;            /* o was said to what is down */
	bool pause;               /* of p and c d x, p was last */
	bool excused;             /* a script saw to p or c */
	byte terms                /* so many ends of control/t are awaited */
};

machine m[MACHINES];
world w[MACHINES];
byte commands = COMMANDS;
byte failures = 1;
bool fork_fails;                  /* the next one */
bool tick;
bool released;                    /* the logger's pipe is closed */

/* A step under way; all are 0 between steps. */
byte at, on, letter, script, signal;
short todo;
bool legal, known;

#define bare(e)    on = e; letter = CONTROLS
#define bit(l)     (1 << (l))
#define over(i)    (m[i].state == SERVICE_OVER)
#if LOGGER
#define gone       (over(SERVICE) && over(LOG))
#else
#define gone       over(SERVICE)
#endif

c_decl {
	\#include <stdio.h>
	\#include <string.h>
	\#include "service.h"
}

c_code {
	static void
	service_get(struct service *s, const struct machine *from)
	{
		memset(s, 0, sizeof(*s));
		s->state = from->state;
		s->want = from->want;
		s->after = from->after;
		s->once = from->once;
		s->paused = from->paused;
		s->got_term = from->got_term;
		s->scripts = (uint16_t)from->scripts;
		s->again = (uint16_t)from->again;
		s->outdone = (uint16_t)from->outdone;
	}

	static void
	service_put(struct machine *to, const struct service *s)
	{
		to->state = s->state;
		to->want = s->want;
		to->after = s->after;
		to->once = s->once;
		to->paused = s->paused;
		to->got_term = s->got_term;
		to->scripts = (short)s->scripts;
		to->again = (short)s->again;
		to->outdone = (short)s->outdone;
	}

	/* The service's own trail, for those who look into an error. */
	static void
	show(const struct service *s, struct service_event ev,
	    struct service_plan plan)
	{
		static const char *const ons[] = { "", "", "", "", "", "",
			"released", "took", "left", "run ended",
			"finish ended", "finish refused", "fork failed",
			"due" };
		static const char *const states[] = { "down", "wait", "start",
			"run", "end", "finish", "over" };
		static const char *const dos[] = { "term scripts",
			"kill scripts", "signal", "cont", "script", "wait",
			"run", "finish" };

		printf("  %s: %s", now.at ? "log" : "service", ons[ev.on]);
		if (ev.letter < CONTROLS)
			printf(" %c", control_rows[ev.letter].letter);
		printf(": %s, want %c%s%s%s", states[s->state], "udx"[s->want],
		    s->once ? ", once" : "", s->paused ? ", paused" : "",
		    s->got_term ? ", got TERM" : "");
		for (int i = 0; i < 8; i++) {
			if (plan.todo & 1u << i)
				printf("; %s", dos[i]);
			if (plan.todo & 1u << i & DO_SIGNAL)
				printf(" %d", plan.signal);
			if (plan.todo & 1u << i & DO_SCRIPT)
				printf(" %c", control_rows[plan.script].letter);
		}
		printf("\n");
	}

	static void
	step(void)
	{
		struct service_event ev = { now.on, now.letter };
		struct service_plan plan;
		struct service s, told;

		service_get(&s, &now.m[now.at]);
		now.legal = !service_table[s.state][ev.on].never;
		plan = service_step(&s, ev);
		service_put(&now.m[now.at], &s);
		service_get(&told, &now.m[now.at]);
		now.known = memcmp(&s, &told, sizeof(s)) == 0;
		now.todo = (short)plan.todo;
		now.signal = plan.signal;
		now.script = plan.script;
		if (SHOW)
			show(&s, ev, plan);
	}

	static void
	step_command(void)
	{
		now.on = service_command(now.letter).on;
	}

	static void
	step_script(void)
	{
		now.on = service_script(now.letter, now.on).on;
	}
}

/* --- the keeper ------------------------------------------------------------*/

#define nobody(i) (!w[i].job && !w[i].finish && w[i].live == 0)

inline to_process(s)
{
	if
	:: m[at].state == SERVICE_FINISH -> /* it may wait for the clock yet */
		w[at].finish_killed = w[at].finish_killed ||
		    (w[at].finish && s == SIGKILL)
	:: else ->
		assert(w[at].job);
		if
		:: s == SIGTERM -> w[at].was_term = true; w[at].told = true
		:: s == SIGKILL -> w[at].killed = true
		:: s == SIGSTOP || s == SIGCONT ->
			w[at].was_stop = (s == SIGSTOP);
			w[at].stopped = (s == SIGSTOP)
		:: else
		fi
	fi
}

inline start_script()
{
	assert(script != CONTROL_UP || m[at].want == WANT_UP || m[at].once);
	if
	:: at == LOG -> on = ON_LEFT; letter = script
	:: else ->
		assert((w[at].live & bit(script)) == 0);
		w[at].live = w[at].live | bit(script)
	fi
}

inline start_run()
{
	assert(nobody(at));
	assert(!w[at].finish_owed);
	assert(m[at].want == WANT_UP || m[at].once);
	w[at].told = false;
	w[at].killed = false;
	w[at].stopped = false;
	w[at].was_term = false;
	w[at].was_stop = false;
	w[at].pause = false;
	w[at].excused = false;
	if
	:: fork_fails -> fork_fails = false; bare(ON_FAILED)
	:: else ->
		w[at].job = true;
		w[at].finish_owed = true;
		w[at].run_owed = false
	fi
}

inline start_finish()
{
	assert(nobody(at));
	assert(w[at].finish_owed);
	w[at].finish_killed = false;
	if
	:: fork_fails -> fork_fails = false; bare(ON_FAILED)
	:: else ->
		w[at].finish_owed = false;
		if
		:: at == LOG -> bare(ON_FINISH_ENDED)
		:: else -> w[at].finish = true
		fi
	fi
}

/* What must hold between any two steps. */
inline judge()
{
	assert(!(w[at].job && w[at].finish));
	assert(w[at].job == (m[at].state == SERVICE_RUN));
	assert((m[at].state == SERVICE_FINISH) ==
	    (w[at].finish || (w[at].due && w[at].finish_owed)));
	assert(m[at].paused == (w[at].job && w[at].was_stop));
	assert(m[at].got_term == (w[at].job && w[at].was_term));
	assert(m[at].scripts == w[at].live);
	assert(((m[at].again | m[at].outdone) & ~m[at].scripts) == 0);
	assert(w[at].finish_owed == (w[at].job || m[at].state == SERVICE_END ||
	    (m[at].state == SERVICE_FINISH && w[at].due)));
	assert(w[at].due ==
	    (m[at].state == SERVICE_WAIT || (m[at].state == SERVICE_FINISH &&
	    !w[at].finish)));
	if
	:: m[at].state == SERVICE_DOWN || over(at) ->
		assert(nobody(at));
		assert(m[at].want != WANT_UP || over(at));
		assert(!m[at].once && !w[at].run_owed)
	:: else
	fi
}

/* One event, and those that follow at once. */
inline take(i)
{
	at = i;
	do
	:: on != SERVICE_EVENTS ->
		c_code { step(); };
		assert(known); /* a field of struct service is not here */
		assert(legal); /* a pair that is never to be */
		on = SERVICE_EVENTS;
		/* A clock is for the state that set it. */
		w[i].due = w[i].due && (m[i].state == SERVICE_WAIT ||
		    m[i].state == SERVICE_FINISH);
		if
		:: todo & DO_KILL_SCRIPTS -> w[i].live_killed = w[i].live
		:: else
		fi;
		if
		:: todo & DO_SIGNAL -> to_process(signal)
		:: else
		fi;
		if
		:: todo & DO_CONT -> to_process(SIGCONT)
		:: else
		fi;
		if
		:: todo & DO_SCRIPT -> start_script()
		:: else
		fi;
		if
		:: todo & DO_WAIT -> assert(!w[i].due); w[i].due = true
		:: else
		fi;
		if
		:: todo & DO_RUN -> start_run()
		:: else
		fi;
		if
		:: todo & DO_FINISH -> start_finish()
		:: else
		fi
	:: else -> break
	od;
	judge();
	at = 0;
	on = 0;
	letter = 0;
	script = 0;
	signal = 0;
	todo = 0;
	legal = 0;
	known = 0
}

proctype clock(byte i)
{
end:	do
	:: d_step { w[i].due -> w[i].due = false; bare(ON_DUE); take(i) }
	:: gone -> break
	od
}

#if LOGGER
/* The logger is to end when the service has. */
proctype release()
{
end:	d_step { over(SERVICE) ->
		released = true;
		w[LOG].run_owed = (m[LOG].state == SERVICE_WAIT);
		bare(ON_RELEASE);
		take(LOG) }
}
#endif

/* --- processes -------------------------------------------------------------*/

inline run_ends(i)
{
	w[i].job = false;
	w[i].told = false;
	w[i].killed = false;
	w[i].stopped = false;
	w[i].was_term = false;
	w[i].was_stop = false;
	w[i].excused = false;
	w[i].terms = 0;
	bare(ON_RUN_ENDED);
	take(i)
}

inline finish_ends(i, how)
{
	w[i].finish = false;
	w[i].finish_killed = false;
	bare(how);
	take(i)
}

/* One that took its letter did to run what its signal would have done. */
inline script_ends(i, l, exited_0)
{
	w[i].terms = w[i].terms - (w[i].job && l == CONTROL_TERM &&
	    w[i].terms > 0);
	w[i].live = w[i].live & ~bit(l);
	w[i].live_killed = w[i].live_killed & ~bit(l);
	if
	:: exited_0 && w[i].job && l == CONTROL_TERM -> w[i].told = true
	:: exited_0 && w[i].job && l == CONTROL_KILL -> w[i].killed = true
	:: exited_0 && w[i].job && l == CONTROL_CONT ->
		w[i].was_stop = false;
		w[i].stopped = false;
		w[i].excused = true
	:: exited_0 && w[i].job && l == CONTROL_PAUSE ->
		w[i].stopped = true;
		w[i].excused = true
	:: else
	fi;
	c_code { step_script(); };
	take(i)
}

#define may_be(which, l) :: (which) & bit(l) -> letter = l

/* Any of them, in either way. */
#define a_script_ends(i, which) \
	atomic { (which) != 0 -> \
		if \
		may_be(which, CONTROL_UP) \
		may_be(which, CONTROL_DOWN) \
		may_be(which, CONTROL_EXIT) \
		may_be(which, CONTROL_TERM) \
		may_be(which, CONTROL_KILL) \
		may_be(which, CONTROL_PAUSE) \
		may_be(which, CONTROL_CONT) \
		may_be(which, CONTROL_HUP) \
		fi; \
		if \
		:: on = 1 \
		:: on = 0 \
		fi; \
		d_step { script_ends(i, letter, on) } }

#if STUBBORN
#define has_to(i)        w[i].killed
#define finish_has_to(i) w[i].finish_killed
#define scripts_have_to(i) w[i].live_killed
#else
#define has_to(i)        (w[i].killed || (!w[i].stopped && \
			    (w[i].told || (i == LOG && released))))
#define finish_has_to(i) w[i].finish
#define scripts_have_to(i) w[i].live
#endif

/* They end because they have to. */
proctype fate(byte i)
{
end:	do
	:: d_step { w[i].job && has_to(i) -> run_ends(i) }
	:: d_step { finish_has_to(i) -> finish_ends(i, ON_FINISH_ENDED) }
	:: gone -> break
	od
}

proctype fate_of_scripts(byte i)
{
end:	do
	:: a_script_ends(i, scripts_have_to(i))
	:: gone -> break
	od
}

/* They end because they like to; or, from some time on, do not. */
proctype whim(byte i)
{
end:	do
	:: d_step { w[i].job && !w[i].stopped -> run_ends(i) }
	:: d_step { w[i].finish ->
		w[i].asked = (w[i].asked == CONTROL_UP -> CONTROLS :
		    w[i].asked);
		finish_ends(i, ON_FINISH_REFUSED) }
	:: d_step { failures > 0 && !fork_fails ->
		failures--; fork_fails = true }
#if STUBBORN
	:: d_step { w[i].finish -> finish_ends(i, ON_FINISH_ENDED) }
	:: a_script_ends(i, w[i].live)
#endif
	:: break
	od
}

/* --- who commands ----------------------------------------------------------*/

#define term_stops(i, l) \
	(l == CONTROL_TERM && w[i].job && m[i].want != WANT_UP)

inline note_asked(i, l)
{
	if
	:: over(i) -> skip /* it is too late for that */
	:: else ->
		if
		:: l == CONTROL_UP || l == CONTROL_DOWN || l == CONTROL_ONCE ||
		   l == CONTROL_EXIT ->
			w[i].asked = l;
			w[i].run_owed = (l == CONTROL_ONCE) &&
			    (m[i].state == SERVICE_DOWN ||
			    m[i].state == SERVICE_WAIT ||
			    m[i].state == SERVICE_START)
		:: else
		fi;
		if
		:: w[i].job && l == CONTROL_TERM && m[i].after == CONTROLS &&
		   m[i].want == WANT_UP ->
			w[i].terms = (w[i].live & bit(l) -> 2 : 1)
		:: w[i].job && (l == CONTROL_DOWN || l == CONTROL_EXIT ||
		   term_stops(i, l)) && w[i].terms == 0 -> w[i].terms = 1
		:: else
		fi;
		w[i].pause = (l == CONTROL_PAUSE && w[i].job) || (w[i].pause &&
		    l != CONTROL_CONT && l != CONTROL_DOWN &&
		    l != CONTROL_EXIT && !term_stops(i, l))
	fi
}

inline command(i, l)
{
	letter = l;
	note_asked(i, l);
	c_code { step_command(); };
	take(i)
}

#define choice(l) :: letter = l

proctype user()
{
	do
	:: atomic { commands > 0 && !gone ->
		commands--;
		if
		choice(CONTROL_UP)
		choice(CONTROL_DOWN)
		choice(CONTROL_ONCE)
		choice(CONTROL_EXIT)
		choice(CONTROL_KILL)
		choice(CONTROL_TERM)
		choice(CONTROL_PAUSE)
		choice(CONTROL_CONT)
		choice(CONTROL_HUP)
		fi;
#if LOGGER
		if
		:: at = SERVICE
		:: letter != CONTROL_EXIT -> at = LOG
		fi;
#endif
		d_step { command(at, letter) } }
	:: commands = 0; break
	od;
#if STUBBORN
end:	do
	:: d_step { !gone -> command(SERVICE, CONTROL_KILL) }
#if LOGGER
	:: d_step { !gone -> command(LOG, CONTROL_KILL) }
#endif
	:: gone -> break
	od
#endif
}

inline begin(i)
{
	m[i].after = CONTROLS;
	if
	:: w[i].asked = CONTROL_DOWN; m[i].want = WANT_DOWN
	:: w[i].asked = CONTROL_UP; m[i].want = WANT_UP; bare(ON_UP); take(i)
	fi;
	run clock(i);
	run fate(i);
	run fate_of_scripts(i);
	run whim(i)
}

/* Time goes by even where nothing happens: spin sees no cycle otherwise. */
#if LIVE
proctype time()
{
	do
	:: tick = !tick
	od
}
#endif

init
{
	atomic {
#if LIVE
		run time();
#endif
		begin(SERVICE);
#if LOGGER
		begin(LOG);
		run release();
#endif
		run user()
	}
}

/* --- what must come --------------------------------------------------------*/

#define last(i, l) (w[i].asked == l && !w[i].pause)
#define rests(i)   (m[i].state == SERVICE_DOWN && nobody(i))

/* Down is eventually down. */
ltl down { <>[] last(SERVICE, CONTROL_DOWN) -> <>[] rests(SERVICE) }

/* No u is lost, but to a finish that refuses. */
ltl up { <>[] (last(SERVICE, CONTROL_UP) && !gone) ->
	[]<> w[SERVICE].job }

/* What is to run once does, and then no more. */
ltl once { [] (w[SERVICE].run_owed -> <> !w[SERVICE].run_owed) }
ltl once_only { <>[] last(SERVICE, CONTROL_ONCE) -> <>[] rests(SERVICE) || <>[] (w[SERVICE].job && !w[SERVICE].told) }

/* Of p and c (and d, x) the last one counts, unless a script saw to it. */
ltl goes_on { <>[] (w[SERVICE].job && !w[SERVICE].pause) ->
	<>[] !w[SERVICE].stopped }
ltl stops { <>[] (w[SERVICE].job && w[SERVICE].pause && !w[SERVICE].excused) ->
	<>[] w[SERVICE].stopped }

/* A t is heard, even if control/t runs; but what d has control/t run for is
 * TERM enough. */
ltl terms { [] (w[SERVICE].terms > 0 -> <> (w[SERVICE].terms == 0)) }

/* x ends runsv. */
#if LOGGER
ltl leave { <>[] (last(SERVICE, CONTROL_EXIT) && !w[LOG].pause) -> <> gone }
#else
ltl leave { <>[] last(SERVICE, CONTROL_EXIT) -> <> gone }
#endif
