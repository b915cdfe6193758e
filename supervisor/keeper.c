/* Keeping one service. */
#include "keeper.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hash.h"
#include "loop.h"
#include "role.h"
#include "say.h"
#include "sys.h"

/* A run that lived shorter is not started again at once. */
#define QUICK_NS LOOP_S

/* A run that lives so long was executed, however busy the machine is. */
#define EXECUTED_NS (10 * LOOP_S)

/* After a process could not be made. */
#define RETRY_NS LOOP_S

/* A ./run that cannot be executed is spoken of so often. */
#define MUTE_NS (60 * LOOP_S)

/* From TERM to KILL, where a process is to make room for a new one. */
#define REPLACE_NS (5 * LOOP_S)

void
keeper_init(struct keeper *k, bool is_log, const struct lent *lent)
{
	size_t i;

	memset(k, 0, sizeof *k);
	k->is_log = is_log;
	k->label = is_log ? "log/" : "";
	k->home = k->adopt_fd = k->gate = -1;
	k->lent = lent;
	k->due_at = LOOP_NEVER;
	supdir_init(&k->sup, k->label);
	service_init(&k->life.service, WANT_UP);
	child_init(&k->process);
	for (i = 0; i < CONTROLS; i++)
		child_init(&k->scripts[i]);
}

static struct role_of
role_of(const struct keeper *k)
{
	struct role_of of = { k->home, k->is_log, k->lent };

	return of;
}

/* --- the record and the files ----------------------------------------------*/

static struct adopt_process
process_of(const struct child *c)
{
	struct adopt_process p = { c->pid, c->start };

	return p;
}

static bool
is_process(const struct adopt_process *a, const struct adopt_process *b)
{
	return a->pid == b->pid && a->start == b->start;
}

/* What somebody else has put there is nothing to rely on. */
static void
open_record(struct keeper *k)
{
	k->adopt_fd = adopt_open(k->sup.fd);
	if (k->adopt_fd != -EPERM && k->adopt_fd != -EACCES)
		return;
	k->adopt_fd = adopt_renew(k->sup.fd);
	if (k->adopt_fd >= 0)
		say_warning(0, k->label,
		    "supervise/adopt was not a file of our own, made anew");
}

/* Puts down what is so, if it is not what the record says. */
static void
put_down(struct keeper *k)
{
	uint64_t hash;
	size_t i;
	int rc;

	k->life.process = process_of(&k->process);
	for (i = 0; i < CONTROLS; i++)
		k->life.scripts[i] = process_of(&k->scripts[i]);
	hash = hash_bytes(HASH_START, &k->life, sizeof k->life);
	if (hash == k->put_down)
		return;
	if (k->adopt_fd < 0)
		open_record(k);
	rc = k->adopt_fd < 0 ? k->adopt_fd : adopt_write(k->adopt_fd, &k->life);
	if (rc == 0)
		k->put_down = hash;
	if (rc < 0 && !k->complained)
		say_warning(rc, "unable to write ", k->label,
		    "supervise/adopt");
	k->complained = rc < 0;
}

void
keeper_show(struct keeper *k)
{
	const struct service *s = &k->life.service;
	struct status st = {
		.since_ns = k->life.since_ns,
		.pid = k->process.pid,
		.paused = s->paused,
		.want = s->want,
		.got_term = s->got_term,
		.state = service_shown(s->state),
	};

	supdir_show(&k->sup, &st);
}

/* --- doing what is planned -------------------------------------------------*/

/* In a child whose keeper has died: whether the next one finds it. */
static bool
is_put_down(const void *keeper)
{
	const struct keeper *k = keeper;
	struct adopt_process self = { getpid(), os_process_start(getpid()) };
	struct adopt a = k->life;
	size_t i;

	if (k->adopt_fd < 0 || adopt_read(k->adopt_fd, &a) < 0)
		return false;
	for (i = 0; i < CONTROLS; i++)
		if (is_process(&a.scripts[i], &self))
			return true;
	return is_process(&a.process, &self);
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
	put_down(k);
	if (k->waits && k->gate < 0)
		k->gate = gate;
	else
		child_go(gate);
	return 0;
}

static bool
is_quiet(const struct keeper *k, size_t what)
{
	return loop_now() < k->quiet_until[what];
}

/* It was said, or would have been; or it is no longer so. */
static void
keep_quiet(struct keeper *k, size_t what, bool is_so)
{
	if (!is_so)
		k->quiet_until[what] = 0;
	else if (!is_quiet(k, what))
		k->quiet_until[what] = loop_now() + MUTE_NS;
}

/* What a file of the directory says, or `none`. */
static int64_t
seconds(struct keeper *k, const char *file, int64_t none)
{
	int64_t ns = role_seconds(k->home, file);

	if (ns == -EINVAL && !is_quiet(k, KEEPER_QUIET_NUMBER)) {
		say_warning(0, k->label, file, ": not a number of seconds");
		keep_quiet(k, KEEPER_QUIET_NUMBER, true);
	}
	return ns < 0 ? none : ns;
}

/* From now on as many seconds as a file of the directory says. */
static int64_t
limit(struct keeper *k, const char *file)
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

	role_run(&r, &of, is_quiet(k, KEEPER_QUIET_RUN));
	k->life.started_ns = now;
	k->life.since_ns = sys_wall_ns();
	adopt_file_of(k->lent->read_fd, &k->life.pipe);
	adopt_file_of(k->lent->ring_fd, &k->life.ring);
	if (start(k, &k->process, &r) == 0)
		return SERVICE_EVENTS;
	k->life.since_ns = since;
	return ON_FAILED;
}

static enum service_on
do_finish(struct keeper *k)
{
	struct role_of of = role_of(k);
	struct role r;

	if (k->is_log || !role_finish(&r, &of, k->life.status))
		return ON_FINISH_ENDED;
	if (is_quiet(k, KEEPER_QUIET_FINISH))
		r.sp.words = NULL;
	if (start(k, &k->process, &r) < 0)
		return ON_FAILED;
	k->process.limit_at = limit(k, "timeout-finish");
	return SERVICE_EVENTS;
}

static enum service_on
do_script(struct keeper *k, enum control letter)
{
	struct role_of of = role_of(k);
	struct child *c = &k->scripts[letter];
	size_t quiet = KEEPER_QUIET_SCRIPT + letter;
	struct role r;
	int rc = 0;

	if (!k->is_log)
		rc = role_script(&r, &of, letter, k->process.pid);
	if (rc < 0 && !is_quiet(k, quiet))
		say_warning(rc, "unable to stat ", r.argv[0]);
	if (rc <= 0)
		keep_quiet(k, quiet, rc < 0);
	else if (is_quiet(k, quiet))
		r.sp.words = NULL;
	if (rc <= 0 || start(k, c, &r) < 0)
		return service_script(letter, false).on;
	c->limit_at = limit(k, "timeout-control");
	return SERVICE_EVENTS;
}

static void
do_signal(struct keeper *k, int signal)
{
	int64_t at;

	child_signal(&k->process, signal);
	if (signal != SIGTERM || keeper_state(k) != SERVICE_RUN)
		return;
	at = limit(k, "timeout-stop");
	k->process.limit_at = loop_sooner(k->process.limit_at, at);
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

static void
signal_scripts(struct keeper *k, int signal)
{
	size_t i;

	for (i = 0; i < CONTROLS; i++)
		child_signal(&k->scripts[i], signal);
}

/* In the order of the bits; what it leads to at once, or SERVICE_EVENTS. */
static struct service_event
carry_out(struct keeper *k, struct service_plan plan, enum service_on on)
{
	struct service_event next = { SERVICE_EVENTS, CONTROLS };

	if (plan.todo & DO_TERM_SCRIPTS)
		signal_scripts(k, SIGTERM);
	if (plan.todo & DO_KILL_SCRIPTS)
		signal_scripts(k, SIGKILL);
	if (plan.todo & DO_SIGNAL)
		do_signal(k, plan.signal);
	if (plan.todo & DO_CONT)
		child_signal(&k->process, SIGCONT);
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
		ev = carry_out(k, plan, ev.on);
	} while (ev.on != SERVICE_EVENTS);
	if (was != STATUS_DOWN && service_shown(s->state) == STATUS_DOWN)
		k->life.since_ns = sys_wall_ns();
	put_down(k);
	keeper_show(k);
}

/* --- what happens ----------------------------------------------------------*/

static void
process_ended(struct keeper *k, int status)
{
	bool exited = status >= 0 && WIFEXITED(status);
	int code = exited ? WEXITSTATUS(status) : -1;
	int64_t now = loop_now();
	enum service_on on;

	child_forget(&k->process);
	if (keeper_state(k) == SERVICE_RUN) {
		keep_quiet(k, KEEPER_QUIET_RUN,
		    code == ROLE_UNABLE &&
			now - k->life.started_ns < EXECUTED_NS);
		k->life.status = status;
		on = ON_RUN_ENDED;
	} else {
		keep_quiet(k, KEEPER_QUIET_FINISH, code == ROLE_UNABLE);
		on = code == ROLE_STAY_DOWN ? ON_FINISH_REFUSED
		                            : ON_FINISH_ENDED;
	}
	keeper_event(k, service_event(on));
}

static void
script_ended(struct keeper *k, enum control letter, int status)
{
	child_forget(&k->scripts[letter]);
	keep_quiet(k, KEEPER_QUIET_SCRIPT + letter,
	    status >= 0 && WIFEXITED(status) &&
		WEXITSTATUS(status) == ROLE_UNABLE);
	keeper_event(k, service_script(letter, status == 0));
}

bool
keeper_reaped(struct keeper *k, pid_t pid, int status)
{
	enum control c;

	if (k->process.pid == pid && !k->process.adopted) {
		process_ended(k, status);
		return true;
	}
	for (c = 0; c < CONTROLS; c++) {
		if (k->scripts[c].pid == pid && !k->scripts[c].adopted) {
			script_ended(k, c, status);
			return true;
		}
	}
	return false;
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
say_limit(const struct keeper *k, const char *name, char letter)
{
	const char which[] = { letter, 0 };

	say_warning(0, "killed for taking too long: ", k->label, name, which);
}

static void
tick(struct keeper *k, int64_t now)
{
	enum control c;

	if (child_limit(&k->process, now))
		say_limit(k,
		    keeper_state(k) == SERVICE_RUN ? "./run" : "./finish", 0);
	for (c = 0; c < CONTROLS; c++)
		if (child_limit(&k->scripts[c], now))
			say_limit(k, "control/", control_rows[c].letter);
	if (now >= k->due_at) {
		k->due_at = LOOP_NEVER;
		keeper_event(k, service_event(ON_DUE));
	}
	if (now >= k->sup.retry_at) {
		put_down(k);
		keeper_show(k);
	}
}

void
keeper_watch(const struct keeper *k, struct pollfd *fds)
{
	size_t i;

	fds[0] = (struct pollfd){ .fd = k->sup.control_fd, .events = POLLIN };
	fds[1] = child_poll(&k->process);
	for (i = 0; i < CONTROLS; i++)
		fds[2 + i] = child_poll(&k->scripts[i]);
}

int64_t
keeper_deadline(const struct keeper *k)
{
	int64_t at = loop_sooner(k->due_at, k->sup.retry_at);
	size_t i;

	at = loop_sooner(at, child_deadline(&k->process));
	for (i = 0; i < CONTROLS; i++)
		at = loop_sooner(at, child_deadline(&k->scripts[i]));
	return at;
}

/* Commands last: they find what has happened before them. */
void
keeper_turn(struct keeper *k, const struct pollfd *fds)
{
	enum control c;
	int status;

	if (child_ended(&k->process, fds[1].revents != 0, &status))
		process_ended(k, status);
	for (c = 0; c < CONTROLS; c++)
		if (child_ended(&k->scripts[c], fds[2 + c].revents != 0,
			&status))
			script_ended(k, c, status);
	tick(k, loop_now());
	if (fds[0].revents)
		obey(k);
}

/* --- after another keeper --------------------------------------------------*/

/* 1 where it was taken over and lives, 0 where it has ended; or -errno. */
static int
recall(struct keeper *k, struct child *c, const struct adopt_process *p)
{
	int rc = p->pid ? child_adopt(c, (pid_t)p->pid, p->start) : -ESRCH;

	if (rc < 0 && rc != -ESRCH)
		say_warning(rc,
		    "unable to tell whether an old process lives: ", k->label,
		    "./run");
	return rc == 0 ? 1 : rc == -ESRCH || rc == -ENOSYS ? 0 : rc;
}

/* Whether there is more to a state than what is wanted. */
static bool
is_under_way(enum service_state state)
{
	return state == SERVICE_START || state == SERVICE_RUN ||
	       state == SERVICE_END || state == SERVICE_FINISH;
}

/* Limits begin anew: since when they count is not in the record. */
static void
limit_process(struct keeper *k)
{
	if (keeper_state(k) == SERVICE_FINISH)
		k->process.limit_at = limit(k, "timeout-finish");
	else if (k->life.service.got_term)
		k->process.limit_at = limit(k, "timeout-stop");
}

/* Takes over what lives of the processes in the record: how many; or
 * -errno. */
static int
recall_all(struct keeper *k)
{
	int rc = recall(k, &k->process, &k->life.process), lives = rc;
	size_t i;

	if (rc > 0)
		limit_process(k);
	for (i = 0; i < CONTROLS && rc >= 0; i++) {
		rc = recall(k, &k->scripts[i], &k->life.scripts[i]);
		if (rc > 0)
			k->scripts[i].limit_at = limit(k, "timeout-control");
		lives += rc;
	}
	return rc < 0 ? rc : lives;
}

static void
forget_all(struct keeper *k)
{
	size_t i;

	child_forget(&k->process);
	for (i = 0; i < CONTROLS; i++)
		child_forget(&k->scripts[i]);
}

/* What the record says, if it is of this boot: 1; 0 where there is none; or
 * -errno. */
static int
read_record(struct keeper *k, struct adopt *was)
{
	int rc = os_boot_id(was->boot);

	open_record(k);
	if (!adopt_may_pass(rc))
		rc = k->adopt_fd;
	if (rc >= 0)
		rc = adopt_read(k->adopt_fd, was);
	if (rc == 0)
		return is_under_way(was->service.state);
	if (!adopt_may_pass(rc))
		return 0;
	say_warning(rc, "unable to read ", k->label, "supervise/adopt");
	return rc;
}

int
keeper_recall(struct keeper *k, bool down)
{
	enum status_want want = down ? WANT_DOWN : WANT_UP;
	struct adopt *now = &k->life, was;
	int rc;

	memset(now, 0, sizeof *now);
	service_init(&now->service, want);
	now->since_ns = sys_wall_ns();
	memcpy(&was, now, sizeof was);
	rc = read_record(k, &was);
	memcpy(now->boot, was.boot, sizeof now->boot);
	if (rc <= 0)
		return rc;
	memcpy(now, &was, sizeof was);
	rc = recall_all(k);
	if (rc < 0) {
		forget_all(k);
		service_init(&now->service, want);
		return rc;
	}
	/* A logger that was released is not: its service is not over now. */
	if (rc == 0 || (k->is_log && now->service.want == WANT_EXIT))
		now->service.want = want;
	if (rc == 0)
		now->service.once = false;
	return 0;
}

/* What ended while nobody looked. */
static void
catch_up(struct keeper *k)
{
	uint16_t scripts = k->life.service.scripts;
	enum control c;

	if (keeper_state(k) == SERVICE_FINISH && !k->life.process.pid)
		keeper_event(k, service_event(ON_DUE));
	else if ((keeper_state(k) == SERVICE_RUN ||
		     keeper_state(k) == SERVICE_FINISH) &&
		 !child_lives(&k->process))
		process_ended(k, -1);
	for (c = 0; c < CONTROLS; c++)
		if (scripts & 1u << c && !child_lives(&k->scripts[c]))
			script_ended(k, c, -1);
}

void
keeper_prepare(struct keeper *k)
{
	if (is_under_way(keeper_state(k)) || k->life.service.want != WANT_UP) {
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
	else if (is_under_way(keeper_state(k))) /* it was recalled */
		catch_up(k);
	k->gate = -1;
}

void
keeper_withdraw(struct keeper *k)
{
	if (k->gate < 0)
		return;
	forget_all(k);
	service_init(&k->life.service, WANT_UP);
	put_down(k);
}

void
keeper_replace(struct keeper *k)
{
	if (keeper_state(k) != SERVICE_RUN)
		return;
	child_signal(&k->process, SIGTERM);
	child_signal(&k->process, SIGCONT);
	k->process.limit_at = loop_now() + REPLACE_NS;
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
	sys_drop(&k->adopt_fd);
	k->home = -1;
}

/* Whoever finds the old directory is not to take over what went on here. */
static void
leave_record(const struct keeper *k, int fd)
{
	int rc = fd < 0 ? 0 : adopt_clear(fd);

	if (rc < 0)
		say_warning(rc, "unable to clear the old ", k->label,
		    "supervise/adopt");
	sys_drop(&fd);
}

int
keeper_move(struct keeper *k, int home)
{
	int rc, was = k->adopt_fd;
	struct supdir sup;

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
	k->adopt_fd = -1;
	close_files(k);
	k->sup = sup;
	k->home = home;
	k->put_down = 0;
	put_down(k);
	keeper_show(k);
	leave_record(k, was);
	return 0;
}

void
keeper_leave(struct keeper *k)
{
	forget_all(k);
	service_init(&k->life.service, WANT_DOWN);
	close_files(k);
}
