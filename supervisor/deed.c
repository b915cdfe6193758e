/* What a plan of service.h asks for, done for a keeper. */
#include "deed.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "loop.h"
#include "role.h"
#include "say.h"
#include "sys.h"

/* A run that lived shorter is not started again at once. */
#define QUICK_NS LOOP_S

/* After a process could not be made. */
#define RETRY_NS LOOP_S

static struct role_of
role_of(const struct keeper *k)
{
	struct role_of of = { k->home, k->is_log, k->lent };

	return of;
}

void
deed_put_down(struct keeper *k)
{
	unsigned who;

	for (who = 0; who < CREW; who++) {
		const struct child *c = &k->crew.of[who];

		k->life.crew[who] = (struct adopt_process){ c->pid, c->start };
	}
	record_put(&k->record, k->sup.fd, &k->life);
}

/* In a child whose keeper has died: whether the next one finds it. */
static bool
is_put_down(const void *keeper)
{
	const struct keeper *k = keeper;
	struct adopt_process self = { getpid(), os_process_start(getpid()) };

	return record_has(&k->record, k->life.boot, &self);
}

/* From the fork on, the child is put down before it does anything. Until
 * keeper_go() the first one waits. */
static int
start(struct keeper *k, struct child *c, struct role *r)
{
	int gate, rc;

	r->sp.is_known = is_put_down;
	r->sp.of = k;
	rc = child_start(c, &r->sp, &gate);
	if (rc < 0) {
		if (!k->no_fork)
			say_warning(rc, "unable to fork for ", k->label,
			    r->argv[0]);
		k->no_fork = true;
		return rc;
	}
	k->no_fork = false;
	deed_put_down(k);
	if (k->waits && k->gate < 0)
		k->gate = gate;
	else
		child_go(gate);
	return 0;
}

/* What a file of the directory says, or `none`. */
static int64_t
seconds(struct keeper *k, const char *file, int64_t none)
{
	int64_t ns = role_seconds(k->home, file);

	if (ns == -EINVAL && mute_start(&k->mutes[KEEPER_MUTE_NUMBER]))
		say_warning(0, k->label, file, ": not a number of seconds");
	return ns < 0 ? none : ns;
}

int64_t
deed_limit(struct keeper *k, const char *file)
{
	int64_t ns = seconds(k, file, 0);

	return ns > 0 ? loop_now() + ns : LOOP_NEVER;
}

static enum service_on
do_run(struct keeper *k)
{
	struct role_of of = role_of(k);
	int64_t now = loop_now(), since = k->life.since_ns;
	struct role r;

	role_run(&r, &of, mute_is_on(&k->mutes[KEEPER_MUTE_RUN]));
	k->life.started_ns = now;
	k->life.since_ns = sys_wall_ns();
	adopt_file_of(k->lent->read_fd, &k->life.pipe);
	adopt_file_of(k->lent->ring_fd, &k->life.ring);
	if (start(k, crew_process(&k->crew), &r) == 0)
		return SERVICE_EVENTS;
	k->life.since_ns = since;
	return ON_FAILED;
}

static enum service_on
do_finish(struct keeper *k)
{
	struct child *process = crew_process(&k->crew);
	struct role_of of = role_of(k);
	struct role r;

	if (k->is_log || !role_finish(&r, &of, k->life.status))
		return ON_FINISH_ENDED;
	if (mute_is_on(&k->mutes[KEEPER_MUTE_FINISH]))
		r.sp.words = NULL;
	if (start(k, process, &r) < 0)
		return ON_FAILED;
	process->limit_at = deed_limit(k, "timeout-finish");
	return SERVICE_EVENTS;
}

static enum service_on
do_script(struct keeper *k, enum control letter)
{
	struct role_of of = role_of(k);
	struct child *c = crew_script(&k->crew, letter);
	struct mute *mute = &k->mutes[KEEPER_MUTE_SCRIPT + letter];
	struct role r;
	int rc = 0;

	if (!k->is_log)
		rc = role_script(&r, &of, letter, crew_process(&k->crew)->pid);
	if (rc < 0 && mute_start(mute))
		say_warning(rc, "unable to stat ", r.argv[0]);
	if (rc == 0)
		mute_end(mute);
	if (rc > 0 && mute_is_on(mute))
		r.sp.words = NULL;
	if (rc <= 0 || start(k, c, &r) < 0)
		return service_script(letter, false).on;
	c->limit_at = deed_limit(k, "timeout-control");
	return SERVICE_EVENTS;
}

static void
do_signal(struct keeper *k, int signal)
{
	struct child *process = crew_process(&k->crew);
	int64_t at;

	child_signal(process, signal);
	if (signal != SIGTERM || keeper_state(k) != SERVICE_RUN)
		return;
	at = deed_limit(k, "timeout-stop");
	process->limit_at = loop_sooner(process->limit_at, at);
}

/* Twice as long each time, where a run does not live longer than it waited. */
static void
do_wait(struct keeper *k, bool no_process)
{
	int64_t now = loop_now(), lived = now - k->life.started_ns;
	int64_t most;

	if (no_process) {
		k->due_at = now + RETRY_NS;
		return;
	}
	if (lived >= QUICK_NS && lived >= k->delay_ns) {
		k->delay_ns = 0;
		k->due_at = now;
		return;
	}
	most = seconds(k, "backoff", QUICK_NS);
	k->delay_ns =
	    k->delay_ns ? loop_sooner(2 * k->delay_ns, most) : QUICK_NS;
	k->due_at = now + k->delay_ns;
}

struct service_event
deed_do(struct keeper *k, struct service_plan plan, enum service_on on)
{
	struct service_event next = { SERVICE_EVENTS, CONTROLS };

	if (plan.todo & DO_TERM_SCRIPTS)
		crew_signal_scripts(&k->crew, SIGTERM);
	if (plan.todo & DO_KILL_SCRIPTS)
		crew_signal_scripts(&k->crew, SIGKILL);
	if (plan.todo & DO_SIGNAL)
		do_signal(k, plan.signal);
	if (plan.todo & DO_CONT)
		child_signal(crew_process(&k->crew), SIGCONT);
	if (plan.todo & DO_SCRIPT) {
		next.on = do_script(k, plan.script);
		next.letter = plan.script;
	}
	if (plan.todo & DO_WAIT)
		do_wait(k, on == ON_FAILED);
	if (plan.todo & DO_RUN)
		next.on = do_run(k);
	if (plan.todo & DO_FINISH)
		next.on = do_finish(k);
	return next;
}
