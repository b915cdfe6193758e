/* Process 1: the stages, the orders and the system brought together. */
#include "first.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "console.h"
#include "flag.h"
#include "loop.h"
#include "orders.h"
#include "rescue.h"
#include "say.h"
#include "snapshot.h"
#include "sys.h"
#include "task.h"
#include "version.h"

enum {
	EXIT_TROUBLE = 111,
	SIGNALS = 16,
	CRASHES_MOST = 5,   /* within CRASHES_NS: it is of no use */
	REAPED_MOST = 1000, /* in one turn */
};

/* CONSOLE_NS: a word waits so long while somebody else writes there. */
static const int64_t WAKE_NS = 14 * LOOP_S, RETRY_NS = 5 * LOOP_S,
		     RETRY_SOON_NS = LOOP_S, SCRIPT_NS = 300 * LOOP_S,
		     CRASHES_NS = 60 * LOOP_S, CONSOLE_NS = 100 * LOOP_MS;

/* What is known of the machine, and survives a crash. */
static struct snapshot me = {
	.due_at = LOOP_NEVER,
	.start_at = LOOP_NEVER,
	.script_at = LOOP_NEVER,
	.end_by = LOOP_NEVER,
};

/* What does not. */
static int power;               /* the signal that says that it fails */
static int signals = -1;        /* the descriptor that they come from */
static pid_t leader;            /* of the group of the process started last */
static enum order_script asked; /* the script of the event under way */
static enum stage_on owed = STAGE_EVENTS; /* what an act led to */

/* A stage can wait for better times; not so what comes at the end, nor a
 * container whose seconds are counted. */
static int64_t
retry_ns(void)
{
	bool waits =
	    stage_number(me.stage.state) != 0 && me.end_by == LOOP_NEVER;

	return waits ? RETRY_NS : RETRY_SOON_NS;
}

/* The state's process; where none can be made, another try later. */
static void
start(void)
{
	pid_t pid = task_start(me.stage.state);

	me.pid = leader = pid > 0 ? pid : 0;
	me.start_at = LOOP_NEVER;
	if (pid > 0)
		return;
	say_warning(pid, "unable to fork for \"", task_name(me.stage.state),
	    "\" pausing");
	me.start_at = loop_now() + retry_ns();
}

/* --- what a plan says ------------------------------------------------------*/

static void
say_only_2(void)
{
	say_warning(0, "signals only work in stage 2.");
}

static void
say_skip(void)
{
	say_warning(0, "skipping stage 2...");
}

static void
say_leave(void)
{
	say_plain(0, "leave stage: ", task_stage(me.number));
}

static void
disarm(void)
{
	int r = flag_clear(FLAG_STOPIT);

	if (r < 0 && r != -EROFS)
		say_warning(r, "unable to chmod ", FLAG_STOPIT);
}

/* What is under way may have less time than it had, never more. */
static void
hurry(void)
{
	int64_t left = stage_left_ms(me.stage.state) * LOOP_MS;

	if (me.end_by == LOOP_NEVER)
		me.end_by = loop_now() + STAGE_HURRY_MS * LOOP_MS;
	me.due_at = loop_sooner(me.due_at, me.end_by - left);
}

/* Its word that the script is over: what CONT would ask for now. */
static enum stage_on
script_over(void)
{
	enum stage_state state = me.stage.state;

	if (state != STAGE_TWO && state != STAGE_AGAIN)
		return STAGE_EVENTS;
	return me.forced || flag_is(FLAG_STOPIT) ? ON_STOP : ON_IDLE;
}

/* A request does nothing while a script runs; but the power does not wait for a
 * ctrlaltdel, which goes on, and nobody looks at its end. */
static bool
is_too_late(void)
{
	return me.script != 0 &&
	       (asked != ORDER_PWRFAIL || me.script_which == ORDER_PWRFAIL);
}

static void
run_script(void)
{
	const char *path = task_script(asked);
	pid_t pid;

	if (is_too_late())
		return;
	me.script = 0;
	me.script_which = asked;
	me.script_at = LOOP_NEVER;
	me.forced = asked == ORDER_PWRFAIL && flag_set(FLAG_STOPIT) < 0;
	say_plain(0, task_script_words(asked));
	if (!flag_is(path)) {
		owed = script_over();
		return;
	}
	say_plain(0, "enter stage: ", path);
	pid = task_start_script(asked);
	if (pid > 0) {
		me.script = pid;
		me.script_at = loop_now() + SCRIPT_NS;
		return;
	}
	say_warning(pid, "unable to fork for \"", path, "\"");
	owed = script_over();
}

/* Where the stage is not even started it is over. */
static void
signal_stage(int sig)
{
	me.start_at = LOOP_NEVER;
	if (me.pid > 0)
		sys_kill(me.pid, sig);
	else
		owed = ON_EXIT;
}

static void
term_stage(void)
{
	signal_stage(SIGTERM);
}

static void
kill_stage(void)
{
	char number[BUF_DECIMAL];

	say_warning(0, "stage ", buf_decimal(number, (uint64_t)me.number),
	    " not terminated, sending sigkill...");
	signal_stage(SIGKILL);
}

/* Its leader has ended; the group has its number as long as one is in it. */
static void
kill_group(void)
{
	say_warning(0, "killing all processes in stage 2...");
	if (leader > 1)
		sys_kill(-leader, SIGKILL);
}

static void
say_again(void)
{
	say_warning(0, "restarting.");
}

static void
start_stage(void)
{
	me.number = stage_number(me.stage.state);
	say_plain(0, "enter stage: ", task_stage(me.number));
	start();
}

static void
term_all(void)
{
	sys_kill(-1, SIGTERM);
	sys_kill(-1, SIGCONT);
}

static void
kill_all(void)
{
	say_plain(0, "sending KILL signal to all processes...");
	sys_kill(-1, SIGKILL);
}

static void
sync_all(void)
{
	me.pid = 0;
	if (flag_exists(FLAG_NOSYNC))
		owed = ON_EXIT;
	else
		start();
}

static void
down(void)
{
	say_plain(0, flag_is(FLAG_REBOOT) ? "system reboot." : "power off...");
	start();
}

static void
halt_all(void)
{
	static bool said;

	if (!said)
		say_plain(0, "system halt.");
	said = true;
	start();
}

static const struct {
	unsigned bit;
	void (*act)(void);
} acts[] = {
	{ DO_SAY_ONLY_2, say_only_2 },
	{ DO_SAY_LEAVE, say_leave },
	{ DO_SAY_SKIP, say_skip },
	{ DO_DISARM, disarm },
	{ DO_HURRY, hurry },
	{ DO_SCRIPT, run_script },
	{ DO_TERM, term_stage },
	{ DO_KILL, kill_stage },
	{ DO_KILL_GROUP, kill_group },
	{ DO_SAY_AGAIN, say_again },
	{ DO_START, start_stage },
	{ DO_TERM_ALL, term_all },
	{ DO_KILL_ALL, kill_all },
	{ DO_SYNC, sync_all },
	{ DO_DOWN, down },
	{ DO_HALT, halt_all },
};

/* --- events ----------------------------------------------------------------*/

static void
set_due(void)
{
	int64_t limit = stage_limit_ms(&me.stage) * LOOP_MS;
	int64_t left = stage_left_ms(me.stage.state) * LOOP_MS;

	me.due_at = limit != 0 ? loop_now() + limit : LOOP_NEVER;
	if (me.end_by != LOOP_NEVER && limit != 0)
		me.due_at = loop_sooner(me.due_at, me.end_by - left);
}

static void
do_plan(unsigned todo)
{
	size_t i;

	for (i = 0; i < sizeof(acts) / sizeof(acts[0]); i++)
		if (todo & acts[i].bit)
			acts[i].act();
	if (todo &
	    ~(unsigned)(DO_SAY_ONLY_2 | DO_DISARM | DO_HURRY | DO_SCRIPT))
		set_due();
}

/* What one event leads to may owe the next. */
static void
take(enum stage_on on)
{
	while (on != STAGE_EVENTS) {
		owed = STAGE_EVENTS;
		do_plan(stage_step(&me.stage, on));
		on = owed;
	}
}

static void
take_signal(int signal)
{
	struct order_flags flags = { 0 };
	struct order order;

	flags.stopit = flag_is(FLAG_STOPIT);
	flags.ctrlaltdel = flag_is(FLAG_CTRLALTDEL);
	order = order_of(signal, power, me.stage.container, flags);
	asked = order.script;
	take(order.on);
}

/* What is said of a stage that nobody told to end. */
static void
report(int status)
{
	if (stage_number(me.stage.state) == 0)
		return;
	if (!WIFEXITED(status))
		say_warning(0, "child crashed: ", task_stage(me.number));
	else if (WEXITSTATUS(status) != 0)
		say_warning(0, "child failed: ", task_stage(me.number));
}

/* Until its word is taken the script is one that a successor asks for. */
static void
script_ended(void)
{
	say_plain(0, "leave stage: ", task_script(me.script_which));
	take(script_over());
	me.script = 0;
	me.script_at = LOOP_NEVER;
}

static void
child_ended(pid_t pid, int status)
{
	if (pid == me.script) {
		script_ended();
	} else if (pid == me.pid) {
		me.pid = 0;
		report(status);
		take(stage_ended(status));
	}
}

static bool
waits_for_none(enum stage_state state)
{
	return state == STAGE_PART || state == STAGE_ALONE;
}

/* Whoever's they were: children that have ended. False: there may be more, but
 * who makes them faster than they are reaped is not to keep orders waiting. */
static bool
reap(void)
{
	int status, n = 0;
	pid_t pid;

	while ((pid = sys_waitpid(-1, &status, WNOHANG)) > 0) {
		if (n++ == 0) /* getty may have taken the console from us */
			console_open(false);
		child_ended(pid, status);
		if (n == REAPED_MOST)
			return false;
	}
	while (pid == -ECHILD && waits_for_none(me.stage.state))
		take(ON_ALONE);
	return true;
}

static void
look_at_clock(void)
{
	int64_t now = loop_now();

	if (now >= me.script_at) {
		if (me.script > 0)
			sys_kill(me.script, SIGKILL);
		me.script_at = LOOP_NEVER;
	}
	if (now >= me.start_at)
		start();
	if (now >= me.due_at)
		take(ON_DUE);
}

/* --- the loop --------------------------------------------------------------*/

/* Tried until it is there. */
static void
open_signals(void)
{
	int wanted[SIGNALS];
	size_t n = order_signals(wanted, SIGNALS - 1, power);

	wanted[n++] = SIGCHLD;
	signals = os_signal_fd(wanted, n);
	if (signals < 0)
		say_warning(signals, "unable to wait for signals, pausing");
}

static int64_t
deadline(void)
{
	int64_t soon = loop_now() + (signals < 0 ? LOOP_S : WAKE_NS);

	soon = loop_sooner(soon, me.due_at);
	soon = loop_sooner(soon, me.start_at);
	return loop_sooner(soon, me.script_at);
}

/* All that have come: who sent one and ended wants it obeyed before the end is
 * seen. In a storm of them the next is always there, and is another turn's. */
static void
wait_for_signals(int64_t until)
{
	struct pollfd fd = { .fd = signals, .events = POLLIN };
	int sig, i;

	loop_wait(&fd, 1, until);
	if (signals < 0) {
		open_signals();
		return;
	}
	for (i = 0; i < SIGNALS && (sig = os_signal_next(signals)) > 0; i++)
		take_signal(sig);
}

static void
turn(void)
{
	bool all = reap();

	look_at_clock();
	if (me.stage.state != STAGE_GONE)
		wait_for_signals(all ? deadline() : 0);
}

/* --- the beginning ---------------------------------------------------------*/

/* What a successor is to know; false: there were too many. */
static bool
leave_state(struct buf *b)
{
	int64_t now = loop_now();

	if (now - me.crash_at > CRASHES_NS)
		me.crashes = 0;
	if (++me.crashes > CRASHES_MOST)
		return false;
	me.crash_at = now;
	snapshot_write(&me, b);
	return true;
}

/* A container may go: who runs it starts another. */
static void
lost(void)
{
	if (me.stage.container)
		_exit(EXIT_TROUBLE);
	say_fatal(0, "process 1 crashed too often");
	rescue_shell();
}

static void
boot(void)
{
	sys_setsid(); /* which it may have already */
	console_open(true);
	open_signals(); /* until then the kernel drops what is sent */
	say_plain(0, "$Id: weir " VERSION " $: booting.");
	if (!me.stage.container)
		os_ctrl_alt_del();
	start_stage();
}

/* A child of before the crash: 0, it lives, or there is none; its number, it
 * has ended; -ECHILD, its end was seen, and nothing done about it: by now the
 * number may be another's. */
static pid_t
look_for(pid_t pid, int *status)
{
	return pid > 0 ? sys_waitpid(pid, status, WNOHANG) : 0;
}

/* Whatever was under way when it crashed, it is done, or done once more. */
static void
resume(void)
{
	unsigned todo = stage_entry(me.stage.state);
	int status = 0;
	pid_t pid;

	console_open(false);
	say_warning(0, "process 1 crashed and was started anew.");
	open_signals();
	leader = me.pid;
	pid = look_for(me.pid, &status);
	if (pid > 0) {
		child_ended(pid, status);
	} else if (pid < 0) {
		me.pid = 0;
		take(ON_EXIT_111);
	} else if (me.pid == 0 || (todo & STAGE_STARTS) == 0) {
		do_plan(todo);
		take(owed);
	}
	if (look_for(me.script, &status) != 0)
		child_ended(me.script, status);
}

int
first_run(char *argv[])
{
	bool again;

	say_as("- runit");
	if (getpid() != 1) {
		say_fatal(0, "must be run as process no 1.");
		return EXIT_TROUBLE;
	}
	say_waits(CONSOLE_NS);
	power = os_power_signal();
	if (power < 0)
		power = SIGUSR2;
	stage_init(&me.stage, !os_first_pids());
	again =
	    argv[0] != NULL && argv[1] != NULL && snapshot_read(&me, argv[1]);
	rescue_arm(leave_state, RUNIT_PROGRAM, lost);
	if (again)
		resume();
	else
		boot();
	while (me.stage.state != STAGE_GONE)
		turn();
	return 0;
}
