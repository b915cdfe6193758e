/* Keeping one service. */
#include "keeper.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "deed.h"
#include "loop.h"
#include "role.h"
#include "say.h"
#include "sys.h"

/* A run that lives so long was executed, however busy the machine is. */
#define EXECUTED_NS (10 * LOOP_S)

/* From TERM to KILL, where a process is to make room for a new one. */
#define REPLACE_NS (5 * LOOP_S)

void
keeper_init(struct keeper *k, bool is_log, const struct lent *lent)
{
	memset(k, 0, sizeof *k);
	k->is_log = is_log;
	k->label = is_log ? "log/" : "";
	k->home = k->gate = -1;
	k->lent = lent;
	k->due_at = LOOP_NEVER;
	supdir_init(&k->sup, k->label);
	record_init(&k->record, k->label);
	service_init(&k->life.service, WANT_UP);
	crew_init(&k->crew);
}

void
keeper_show(struct keeper *k)
{
	const struct service *s = &k->life.service;
	struct status st = {
		.since_ns = k->life.since_ns,
		.pid = k->crew.of[CREW_PROCESS].pid,
		.paused = s->paused,
		.want = s->want,
		.got_term = s->got_term,
		.state = service_shown(s->state),
	};

	supdir_show(&k->sup, &st);
}

void
keeper_event(struct keeper *k, struct service_event ev)
{
	struct service *s = &k->life.service;
	enum status_state was = service_shown(s->state);

	do {
		enum service_state from = s->state;
		struct service_plan plan = service_step(s, ev);

		if (s->state != from)
			k->due_at = LOOP_NEVER;
		ev = deed_do(k, plan, ev.on);
	} while (ev.on != SERVICE_EVENTS);
	if (was != STATUS_DOWN && service_shown(s->state) == STATUS_DOWN)
		k->life.since_ns = sys_wall_ns();
	deed_put_down(k);
	keeper_show(k);
}

/* --- what happens ----------------------------------------------------------*/

/* Whether the program of that wait status could not be executed. */
static bool
is_unable(int status)
{
	return status >= 0 && WIFEXITED(status) &&
	       WEXITSTATUS(status) == ROLE_UNABLE;
}

static void
run_ended(struct keeper *k, int status)
{
	bool lived = loop_now() - k->life.started_ns >= EXECUTED_NS;

	mute_while(&k->mutes[KEEPER_MUTE_RUN], is_unable(status) && !lived);
	k->life.status = status;
	keeper_event(k, service_event(ON_RUN_ENDED));
}

static void
finish_ended(struct keeper *k, int status)
{
	bool refused = status >= 0 && WIFEXITED(status) &&
	               WEXITSTATUS(status) == ROLE_STAY_DOWN;

	mute_while(&k->mutes[KEEPER_MUTE_FINISH], is_unable(status));
	keeper_event(k,
	    service_event(refused ? ON_FINISH_REFUSED : ON_FINISH_ENDED));
}

static void
script_ended(struct keeper *k, enum control letter, int status)
{
	mute_while(&k->mutes[KEEPER_MUTE_SCRIPT + letter], is_unable(status));
	keeper_event(k, service_script(letter, status == 0));
}

static void
ended(struct keeper *k, unsigned who, int status)
{
	child_forget(&k->crew.of[who]);
	if (who != CREW_PROCESS)
		script_ended(k, (enum control)(who - CREW_SCRIPTS), status);
	else if (keeper_state(k) == SERVICE_RUN)
		run_ended(k, status);
	else
		finish_ended(k, status);
}

bool
keeper_reaped(struct keeper *k, pid_t pid, int status)
{
	unsigned who = crew_find(&k->crew, pid);

	if (who < CREW)
		ended(k, who, status);
	return who < CREW;
}

/* A logger does not exit by command, and one that is about to end is not
 * started again. */
static bool
is_heard(const struct keeper *k, enum control letter)
{
	if (letter == CONTROL_EXIT)
		return !k->is_log;
	return !k->released ||
	       !(letter == CONTROL_UP || letter == CONTROL_DOWN ||
		   letter == CONTROL_ONCE);
}

/* As much as one read finds: signals want to be heard too. */
static void
obey(struct keeper *k)
{
	char bytes[64];
	size_t i, n = supdir_commands(&k->sup, bytes, sizeof bytes);

	for (i = 0; i < n; i++) {
		enum control letter = control_find(bytes[i]);

		if (letter != CONTROLS && is_heard(k, letter))
			keeper_event(k, service_command(letter));
	}
}

static void
say_limit(const struct keeper *k, unsigned who)
{
	const char *name =
	    keeper_state(k) == SERVICE_RUN ? "./run" : "./finish";
	char letter[2] = "";

	if (who != CREW_PROCESS) {
		name = "control/";
		letter[0] = control_rows[who - CREW_SCRIPTS].letter;
	}
	say_warning(0, "killed for taking too long: ", k->label, name, letter);
}

static void
tick(struct keeper *k, int64_t now)
{
	unsigned who;

	for (who = 0; who < CREW; who++)
		if (child_limit(&k->crew.of[who], now))
			say_limit(k, who);
	if (now >= k->due_at) {
		k->due_at = LOOP_NEVER;
		keeper_event(k, service_event(ON_DUE));
	}
	if (now >= k->sup.files.retry_at) {
		deed_put_down(k);
		keeper_show(k);
	}
}

void
keeper_watch(const struct keeper *k, struct pollfd *fds)
{
	crew_watch(&k->crew, fds);
	fds[CREW] =
	    (struct pollfd){ .fd = k->sup.control_fd, .events = POLLIN };
}

int64_t
keeper_deadline(const struct keeper *k)
{
	return loop_sooner(crew_deadline(&k->crew),
	    loop_sooner(k->due_at, k->sup.files.retry_at));
}

/* Commands last: they find what has happened before them. */
void
keeper_turn(struct keeper *k, const struct pollfd *fds)
{
	unsigned who;
	int status;

	for (who = 0; who < CREW; who++)
		if (child_ended(&k->crew.of[who], fds[who].revents != 0,
			&status))
			ended(k, who, status);
	tick(k, loop_now());
	if (fds[CREW].revents)
		obey(k);
}

/* --- beginning, and going on elsewhere ------------------------------------*/

/* What ended while nobody looked. */
static void
catch_up(struct keeper *k)
{
	uint16_t scripts = k->life.service.scripts;
	bool was_there = k->life.crew[CREW_PROCESS].pid != 0;
	enum control c;

	if (keeper_state(k) == SERVICE_FINISH && !was_there)
		keeper_event(k, service_event(ON_DUE));
	else if ((keeper_state(k) == SERVICE_RUN ||
		     keeper_state(k) == SERVICE_FINISH) &&
		 !child_lives(crew_process(&k->crew)))
		ended(k, CREW_PROCESS, -1);
	for (c = 0; c < CONTROLS; c++)
		if (scripts & 1u << c && !child_lives(crew_script(&k->crew, c)))
			ended(k, CREW_SCRIPTS + c, -1);
}

void
keeper_prepare(struct keeper *k)
{
	if (service_is_under_way(keeper_state(k)) ||
	    k->life.service.want != WANT_UP) {
		keeper_show(k);
		return;
	}
	k->waits = true;
	keeper_event(k, service_event(ON_UP));
	k->waits = false;
}

void
keeper_go(struct keeper *k)
{
	if (k->gate >= 0)
		child_go(k->gate);
	else if (service_is_under_way(keeper_state(k))) /* it was recalled */
		catch_up(k);
	k->gate = -1;
}

void
keeper_withdraw(struct keeper *k)
{
	if (k->gate < 0)
		return;
	crew_forget(&k->crew);
	service_init(&k->life.service, WANT_UP);
	deed_put_down(k);
}

void
keeper_replace(struct keeper *k)
{
	struct child *process = crew_process(&k->crew);

	if (keeper_state(k) != SERVICE_RUN)
		return;
	child_signal(process, SIGTERM);
	child_signal(process, SIGCONT);
	process->limit_at = loop_now() + REPLACE_NS;
}

static bool
is_same(int a, int b)
{
	struct adopt_file one, two;

	return adopt_file_of(a, &one) == 0 && adopt_file_of(b, &two) == 0 &&
	       adopt_is_file(&one, &two);
}

static void
close_files(struct keeper *k)
{
	supdir_close(&k->sup);
	record_close(&k->record);
	k->home = -1;
}

int
keeper_move(struct keeper *k, int home)
{
	struct supdir sup;
	int rc, old;

	supdir_init(&sup, k->label);
	rc = supdir_lock(&sup, home);
	if (rc == -EAGAIN && is_same(sup.fd, k->sup.fd)) {
		/* A link in both leads to it: the lock is our own. */
		supdir_close(&sup);
		sys_close(k->home);
		k->home = home;
		return 0;
	}
	if (rc == 0)
		rc = supdir_open(&sup);
	if (rc == 0)
		rc = supdir_announce(&sup);
	if (rc < 0) {
		if (!k->refused)
			supdir_complain(&sup, SAY_WARNING);
		supdir_close(&sup);
		return rc;
	}
	sys_close(k->home);
	old = record_give_up(&k->record);
	close_files(k);
	k->sup = sup;
	k->home = home;
	deed_put_down(k);
	keeper_show(k);
	record_clear(&k->record, old);
	return 0;
}

void
keeper_leave(struct keeper *k)
{
	crew_forget(&k->crew);
	service_init(&k->life.service, WANT_DOWN);
	close_files(k);
}
