/* supervisor/keeper, through thousands of random traces: what it does is what
 * the table of service.h says.
 *
 * A trace is a service directory in a made-up system (world.h) and some fifty
 * happenings: commands, deaths, forks that fail, time that passes, the keeper's
 * own death. After each the keeper, the files it wrote and the record are held
 * against the mirror (mirror.h), which has stepped a machine of its own through
 * the table; and what must hold whatever the table says is looked for in the
 * world alone. At its end a trace is given the time to come to rest.
 *
 *   REPLAY_TRACES=N   so many, of all kinds (2000, at which every pair of the
 *                     table that may be met has to have been)
 *   REPLAY_SEED=N     another chance (1)
 *   REPLAY_ONLY=N     the trace of that number alone, and each step of it */
#define _GNU_SOURCE

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "keeper.h"
#include "loop.h"
#include "recall.h"
#include "replay/mirror.h"
#include "replay/world.h"
#include "sys.h"
#include "unit/random.h"

enum {
	TRACES = 2000,
	HAPPENINGS = 50,
	REST_STEPS = 400, /* in so many it has come to rest */
	FILES = 7,        /* home, and what a keeper has open */
	TRAIL = 1 << 16,
};

/* --- a trace ---------------------------------------------------------------*/

enum kind { OF_SERVICE, OF_LOGGER, OF_DEATHS, KINDS };

static const char *const kinds[KINDS] = { "a service", "a logger",
	"a service whose keeper dies" };

static struct {
	unsigned long seed, count, only, number;
	enum kind kind;
	bool down; /* the file is there */
	int home;
	struct lent lent;
	struct keeper keeper;
	struct mirror mirror;

	/* Kept by what is seen in the world. */
	bool finish_owed;  /* run has started, its finish has not */
	int64_t run_at;    /* when run was started last */
	bool spurred;      /* somebody has asked for another since */
	bool died;         /* a keeper has died since */
	bool died_at_work; /* it may have lost a command */
	char record[512];  /* before what is done now */

	unsigned long deaths, in_the_midst, adopted, no_forks, kept_waiting;
	char trail[TRAIL];
	size_t trail_n;
} t;

__attribute__((format(printf, 1, 2))) static void
note(const char *format, ...)
{
	size_t room = sizeof(t.trail) - t.trail_n;
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(t.trail + t.trail_n, room, format, ap);
	va_end(ap);
	t.trail_n += (size_t)n < room ? (size_t)n : 0;
}

static _Noreturn void
wrong(const char *what)
{
	fprintf(stderr,
	    "trace %lu, of %s:\n%s\n%s\n"
	    "again: REPLAY_SEED=%lu REPLAY_ONLY=%lu\n",
	    t.number, kinds[t.kind], t.trail, what, t.seed, t.number);
	fail();
	abort();
}

static void
same(const char *what, const char *is, const char *ought)
{
	static char text[3 * sizeof(world.did)];

	if (strcmp(is, ought) == 0)
		return;
	snprintf(text, sizeof(text), "%s: it is\n%s\nand ought to be\n%s", what,
	    is, ought);
	wrong(text);
}

static void
same_number(const char *what, int64_t is, int64_t ought)
{
	char one[24], two[24];

	snprintf(one, sizeof(one), "%lld", (long long)is);
	snprintf(two, sizeof(two), "%lld", (long long)ought);
	same(what, one, two);
}

/* --- what must hold whatever the table says --------------------------------*/

static bool
is_named(const struct world_process *p, const char *name)
{
	size_t n = strlen(name);

	return strncmp(p->text, name, n) == 0 && strchr(" ", p->text[n]);
}

/* How many of that name live; NULL: of any. */
static size_t
living(const char *name)
{
	size_t i, n = 0;

	for (i = 0; i < world.n_processes; i++) {
		const struct world_process *p = &world.processes[i];

		n += p->life == LIFE_ON && !p->stranger &&
		     (!name || is_named(p, name));
	}
	return n;
}

/* Who is not waited for yet. */
static size_t
dead(void)
{
	size_t i, n = 0;

	for (i = 0; i < world.n_processes; i++)
		n += world.processes[i].life == LIFE_OVER;
	return n;
}

/* Zero where there is none. */
static void
read_record(struct adopt *a)
{
	unsigned long die_in = world.die_in;
	int fd;

	memset(a, 0, sizeof(*a));
	if (!world_find("supervise/adopt"))
		return;
	world.die_in = 0;
	fd = world_open("supervise/adopt", 0);
	os_boot_id(a->boot);
	if (adopt_read(fd, a) < 0)
		memset(a, 0, sizeof(*a));
	sys_close(fd);
	world.die_in = die_in;
}

/* A gate opens: only for one that a later keeper would find. */
static void
is_in_the_record(const struct world_process *p)
{
	struct adopt a;
	bool found = false;
	size_t i;

	read_record(&a);
	for (i = 0; i < CREW; i++)
		if (a.crew[i].pid == p->pid && a.crew[i].start == p->start)
			found = true;
	if (!found)
		world_wrong("it starts, and the record does not say so:",
		    p->pid);
}

static void
run_starts(struct world_process *p)
{
	if (t.finish_owed && !t.died && t.kind != OF_LOGGER &&
	    world_find("finish"))
		world_wrong("run starts, and there was no finish:", p->pid);
	if (!t.spurred && t.run_at && world.now - t.run_at < LOOP_S)
		world_wrong("run starts again within a second:", p->pid);
	t.finish_owed = true;
	t.died = t.spurred = t.mirror.run_owed = false;
	t.run_at = world.now;
}

static void
starts(struct world_process *p)
{
	bool is_run = is_named(p, "./run"), is_finish = is_named(p, "./finish");
	char name[12];

	snprintf(name, sizeof(name), "%.*s", (int)strcspn(p->text, " "),
	    p->text);
	if (living(name) > 0)
		world_wrong("there are two of them:", p->pid);
	if ((is_run || is_finish) && living(NULL) > 0)
		world_wrong("it is not alone:", p->pid);
	if (is_finish && !t.finish_owed)
		world_wrong("finish runs once more:", p->pid);
	if (is_finish)
		t.finish_owed = false;
	if (is_run)
		run_starts(p);
	is_in_the_record(p);
}

/* What is said of run is what it got. */
static void
judge_flags(void)
{
	const struct service *s = &t.keeper.life.service;
	bool paused = false, got_term = false;
	size_t i;

	for (i = 0; i < world.n_processes; i++) {
		const struct world_process *p = &world.processes[i];

		if (p->life == LIFE_GONE || !is_named(p, "./run"))
			continue;
		paused = p->got_stop;
		got_term = p->got_term;
	}
	if (s->paused != paused || s->got_term != got_term)
		wrong("run is paused, or got TERM, and that is not said");
}

static void
judge_world(void)
{
	enum service_state state = keeper_state(&t.keeper);

	if (world.wrong[0])
		wrong(world.wrong);
	if (living("./run") > 1)
		wrong("run is there twice");
	if (living("./run") > 0 && living("./finish") > 0)
		wrong("run and finish are there at once");
	if ((state == SERVICE_DOWN || state == SERVICE_WAIT ||
		state == SERVICE_OVER) &&
	    living(NULL) + dead() > 0)
		wrong("somebody is left behind");
	if (t.kind != OF_DEATHS && dead() == 0)
		judge_flags();
}

/* --- what the table says ---------------------------------------------------*/

static void
judge_files(void)
{
	const struct mirror *m = &t.mirror;
	struct status ought = {
		.since_ns = m->since_ns,
		.pid = m->process.pid,
		.paused = m->machine.paused,
		.want = m->machine.want,
		.got_term = m->machine.got_term,
		.state = service_shown(m->machine.state),
	};
	const struct world_node *node = world_find("supervise/status");
	unsigned char record[STATUS_SIZE];
	char mem[STATUS_TEXT], pid[16] = "";
	struct buf b;

	status_pack(record, &ought);
	if (!node || node->n != sizeof(record) ||
	    memcmp(node->data, record, sizeof(record)) != 0)
		wrong("supervise/status says something else");
	buf_init(&b, mem, sizeof(mem) - 1);
	status_text(&b, &ought);
	mem[b.n] = '\0';
	node = world_find("supervise/stat");
	same("supervise/stat", node ? node->data : "", mem);
	if (ought.pid)
		snprintf(pid, sizeof(pid), "%d\n", (int)ought.pid);
	node = world_find("supervise/pid");
	same("supervise/pid", node ? node->data : "-", pid);
}

static void
judge_process(const char *what, const struct child *c,
    const struct adopt_process *put_down, const struct mirror_process *ought)
{
	same_number(what, c->pid, ought->pid);
	same_number("its limit", c->limit_at, ought->limit_at);
	same_number("whether it is adopted", c->adopted, ought->adopted);
	same_number("its pid in the record", put_down->pid, ought->pid);
	if (c->pid)
		same_number("its start in the record", put_down->start,
		    c->adopted ? ought->start : world_process(c->pid)->start);
}

static void
judge_machine(void)
{
	char is[MIRROR_WORDS], ought[MIRROR_WORDS];
	const struct mirror *m = &t.mirror;
	struct crew *crew = &t.keeper.crew;
	struct adopt a;
	enum control c;
	size_t i, pidfds = 0;

	mirror_words(is, &t.keeper.life.service);
	mirror_words(ought, &m->machine);
	same("the service", is, ought);
	read_record(&a);
	if (m->stepped) {
		mirror_words(is, &a.service);
		same("the service in the record", is, ought);
		same_number("how run ended", a.status, m->status);
		same_number("since when", a.since_ns, m->since_ns);
		same_number("run's start", a.started_ns, m->started_ns);
	}
	judge_process("the process", crew_process(crew), a.crew, &m->process);
	for (c = 0; c < CONTROLS; c++)
		judge_process("a script", crew_script(crew, c),
		    &a.crew[CREW_SCRIPTS + c], &m->scripts[c]);
	for (i = 0; i < CREW; i++)
		pidfds += crew->of[i].pidfd >= 0;
	same_number("the deadline", keeper_deadline(&t.keeper),
	    mirror_deadline(m));
	same_number("open descriptors", (int64_t)world_opened(),
	    (int64_t)(FILES + 3 + pidfds));
}

static void
judge(void)
{
	note("%s", world.did);
	same("what was done", world.did, t.mirror.lines);
	judge_world();
	judge_machine();
	judge_files();
}

/* --- doing one thing -------------------------------------------------------*/

static bool reap;

static void
turn(void)
{
	struct pollfd fds[KEEPER_FDS];
	int status;
	pid_t pid;

	keeper_watch(&t.keeper, fds);
	sys_poll(fds, KEEPER_FDS, 0);
	while (reap && (pid = sys_waitpid(-1, &status, WNOHANG)) > 0)
		if (!keeper_reaped(&t.keeper, pid, status))
			world_wrong("nobody takes note of the end of", pid);
	keeper_turn(&t.keeper, fds);
}

static void
release(void)
{
	keeper_event(&t.keeper, service_event(ON_RELEASE));
}

static void
begin(void)
{
	struct keeper *k = &t.keeper;

	keeper_init(k, t.kind == OF_LOGGER, &t.lent);
	k->home = t.home;
	if (supdir_lock(&k->sup, k->home) < 0)
		wrong("the lock is not to be had");
	recall_life(k, t.down);
	if (supdir_open(&k->sup) < 0)
		wrong("control cannot be opened");
	keeper_prepare(k);
	if (supdir_announce(&k->sup) < 0)
		wrong("ok cannot be opened");
	keeper_go(k);
}

static void
before(void)
{
	const struct world_node *node = world_find("supervise/adopt");

	world_quiet();
	mirror_quiet(&t.mirror);
	memset(t.record, 0, sizeof(t.record));
	if (node)
		memcpy(t.record, node->data, node->n);
}

/* What a keeper that died in the midst has left: no more than it was to do, and
 * in the record what was so before or after one of the steps. */
static void
judge_remains(void)
{
	const struct world_node *node = world_find("supervise/adopt");
	char is[MIRROR_WORDS], ought[MIRROR_WORDS];
	struct adopt a;
	size_t i;

	note("%s(the keeper dies)\n", world.did);
	if (strncmp(world.did, t.mirror.lines, world.did_n) != 0)
		same("what was done", world.did, t.mirror.lines);
	if (world.wrong[0])
		wrong(world.wrong);
	if (!node || memcmp(node->data, t.record, node->n) == 0)
		return;
	read_record(&a);
	/* It may be behind its gate for ever; to who comes next it has run. */
	if (a.service.state == SERVICE_RUN)
		t.finish_owed = true;
	mirror_words(is, &a.service);
	for (i = 0; i < t.mirror.n_steps; i++) {
		mirror_words(ought, &t.mirror.steps[i]);
		if (strcmp(is, ought) == 0)
			return;
	}
	same("the record", is, "that of a step");
}

/* False: the keeper has died over it. */
static bool
does(void (*what)(void))
{
	if (setjmp(world.death) != 0) {
		judge_remains();
		t.died_at_work = true;
		t.in_the_midst++;
		return false;
	}
	what();
	world.die_in = 0;
	judge();
	return true;
}

/* --- what may happen -------------------------------------------------------*/

static bool
chance(unsigned percent)
{
	return random_below(100) < percent;
}

/* Some process that lives, or NULL. */
static struct world_process *
some(bool (*which)(const struct world_process *p))
{
	struct world_process *found = NULL;
	size_t i, n = 0;

	for (i = 0; i < world.n_processes; i++) {
		struct world_process *p = &world.processes[i];

		if (p->life != LIFE_ON || p->stranger || (which && !which(p)))
			continue;
		if (random_below(++n) == 0)
			found = p;
	}
	return found;
}

/* A script that exits with 0 has done to run what its letter stands for. */
static void
end(struct world_process *p, int status)
{
	size_t i;

	note("end %d %s: %#x\n", (int)p->pid, p->text, (unsigned)status);
	for (i = 0; i < world.n_processes && status == 0; i++) {
		struct world_process *r = &world.processes[i];

		if (r->life != LIFE_ON || !is_named(r, "./run"))
			continue;
		r->told |= is_named(p, "control/t");
		r->killed |= is_named(p, "control/k");
		if (is_named(p, "control/p"))
			r->stopped = true;
		if (is_named(p, "control/c"))
			r->stopped = r->got_stop = false;
	}
	world_end(p, status);
	if (p->orphan && chance(50))
		world.last_pid = p->pid - 1; /* the next one gets it */
}

static int
some_status(void)
{
	static const int some[] = { 0, 0, 0, 0, 1 << 8, 111 << 8, 125 << 8,
		125 << 8, SIGTERM, SIGKILL, SIGSEGV | 128 };

	return some[random_below(sizeof(some) / sizeof(*some))];
}

static void
write_bytes(const char *bytes)
{
	struct world_node *fifo = world_find("supervise/control");
	size_t n = strlen(bytes);

	note("write %s\n", bytes);
	if (fifo->n + n > sizeof(fifo->data))
		return;
	memcpy(fifo->data + fifo->n, bytes, n);
	fifo->n += n;
}

static bool
take_turn(bool waits_for)
{
	const struct world_node *fifo = world_find("supervise/control");

	before();
	if (memchr(fifo->data, 'u', fifo->n) ||
	    memchr(fifo->data, 'o', fifo->n))
		t.spurred = true;
	reap = waits_for;
	mirror_turn(&t.mirror, reap);
	return does(turn);
}

static bool
hear(const char *bytes, bool waits_for)
{
	write_bytes(bytes);
	return take_turn(waits_for);
}

/* Nobody is left that k did not reach, but run, where a script stands for
 * it. */
static bool
hear_kill(void)
{
	bool lived[WORLD_PROCESSES], by_script = world_find("control/k");
	size_t i;

	for (i = 0; i < world.n_processes; i++)
		lived[i] = world.processes[i].life == LIFE_ON;
	if (!hear("k", true))
		return false;
	while (i-- > 0) {
		const struct world_process *p = &world.processes[i];

		if (lived[i] && !p->stranger && p->life == LIFE_ON &&
		    !p->killed && !(by_script && is_named(p, "./run")))
			wrong("k does not reach everybody");
	}
	return true;
}

/* As when a logger's input ends. */
static bool
is_released(void)
{
	note("release\n");
	before();
	t.spurred = true;
	if (t.mirror.machine.state != SERVICE_OVER)
		t.mirror.asked = CONTROL_EXIT;
	t.mirror.run_owed = t.mirror.machine.state == SERVICE_WAIT;
	if (t.kind == OF_LOGGER)
		t.keeper.released = t.mirror.released = true;
	mirror_event(&t.mirror, service_event(ON_RELEASE));
	return does(release);
}

/* x ends a trace, and is rare. */
static const char *
some_bytes(void)
{
	static const char letters[] =
	    "uuuuuuuuuudddddddddoooootttttttkkkkkkppppccccahhiq12x?\n";
	static char bytes[80];
	size_t n = chance(80) ? 1 : 1 + random_below(4);
	size_t i;

	if (chance(1))
		n = sizeof(bytes) - 1;
	for (i = 0; i < n; i++)
		bytes[i] = letters[random_below(sizeof(letters) - 1)];
	bytes[n] = '\0';
	return bytes;
}

static bool
command(void)
{
	const struct world_node *fifo = world_find("supervise/control");

	if (fifo->n == 0 && chance(5))
		return hear_kill();
	return hear(some_bytes(), true);
}

/* Its end may be seen only after a command. */
static bool
process_ends(void)
{
	struct world_process *p = some(NULL);

	if (p)
		end(p, some_status());
	if (chance(70))
		return take_turn(true);
	t.kept_waiting += p != NULL;
	return hear(some_bytes(), false);
}

static bool
time_passes(void)
{
	int64_t at = mirror_deadline(&t.mirror);

	if (at == LOOP_NEVER || chance(30))
		at = world.now + (int64_t)random_below(3000) * LOOP_MS;
	if (at > world.now)
		world.now = at;
	note("clock %lld ms\n", (long long)(world.now / LOOP_MS));
	return take_turn(true);
}

static bool
fork_fails(void)
{
	world.fork_fails = 1 + (unsigned)random_below(2);
	t.no_forks++;
	note("fork fails\n");
	return command();
}

static bool
nothing(void)
{
	return take_turn(true);
}

/* Later: in the midst of something. */
static bool
keeper_dies(void)
{
	if (t.kind != OF_DEATHS)
		return nothing();
	if (chance(30)) {
		note("(the keeper dies)\n");
		return false;
	}
	world.die_in = 1 + random_below(60);
	return chance(50) ? command() : process_ends();
}

static const struct {
	unsigned of_100;
	bool (*happens)(void);
} happenings[] = {
	{ 38, command },
	{ 30, process_ends },
	{ 18, time_passes },
	{ 5, fork_fails },
	{ 1, is_released },
	{ 2, nothing },
	{ 6, keeper_dies },
};

static bool
something(void)
{
	size_t i, at = random_below(100);

	for (i = 0; at >= happenings[i].of_100; i++)
		at -= happenings[i].of_100;
	return happenings[i].happens();
}

/* --- a keeper after another ------------------------------------------------*/

/* Nobody looks. */
static void
meanwhile(void)
{
	size_t n = random_below(4);

	world_orphan((const int[]){ t.home, t.lent.read_fd, t.lent.write_fd,
			 t.lent.ring_fd },
	    4);
	while (n-- > 0) {
		struct world_process *p = some(NULL);

		if (p == NULL)
			break;
		end(p, some_status());
		if (chance(30) && !p->stranger)
			world_stranger(p->pid);
	}
	world.now += (int64_t)random_below(2000) * LOOP_MS;
	t.deaths++;
	t.died = t.spurred = true;
}

/* Begins, or dies over it. */
static bool
begins(void)
{
	struct adopt a;
	bool goes_on;

	read_record(&a);
	goes_on = a.boot[0] && (a.service.state == SERVICE_START ||
				   a.service.state == SERVICE_RUN ||
				   a.service.state == SERVICE_END ||
				   a.service.state == SERVICE_FINISH);
	before();
	mirror_recall(&t.mirror, goes_on ? &a : NULL, t.down);
	mirror_begin(&t.mirror);
	note("a keeper begins\n");
	if (!does(begin))
		return false;
	t.adopted += t.keeper.crew.of[CREW_PROCESS].adopted;
	return true;
}

/* Until one has begun. What the last one had heard and not put down is
 * lost. */
static void
follow(void)
{
	static const enum control words[] = {
		[WANT_UP] = CONTROL_UP,
		[WANT_DOWN] = CONTROL_ONCE, /* which of the two is not known */
		[WANT_EXIT] = CONTROL_EXIT,
	};

	do {
		meanwhile();
		if (chance(20))
			world.die_in = 1 + random_below(60);
	} while (!begins());
	if (t.died_at_work) {
		t.mirror.asked = words[t.keeper.life.service.want];
		t.mirror.pause = true;
	}
	t.died_at_work = false;
}

/* --- coming to rest --------------------------------------------------------*/

/* Scripts and finish end, for that is what they are for; and so does who is
 * told to, and is not stopped. */
static bool
has_to_end(const struct world_process *p)
{
	if (!is_named(p, "./run"))
		return true;
	return p->killed || (!p->stopped && (p->told || t.mirror.released));
}

static bool
is_at_rest(enum service_state state)
{
	return keeper_state(&t.keeper) == state && living(NULL) + dead() == 0 &&
	       !t.mirror.run_owed;
}

static bool
is_run_to_stay(const struct world_process *p)
{
	return is_named(p, "./run") && !p->told && !p->killed && !p->stopped;
}

/* Run alone is there, and goes on. */
static bool
runs(void)
{
	return living(NULL) + dead() == 1 && some(is_run_to_stay);
}

/* Whether what was asked for is there. */
static bool
is_obeyed(void)
{
	if (t.mirror.asked == CONTROL_UP)
		return runs();
	if (t.mirror.asked == CONTROL_DOWN)
		return is_at_rest(SERVICE_DOWN);
	if (t.mirror.asked == CONTROL_ONCE)
		return is_at_rest(SERVICE_DOWN) || runs();
	return true;
}

static bool
is_over(void)
{
	return is_at_rest(SERVICE_OVER);
}

/* It comes to that, where all goes well from now on and nobody stays
 * stopped. */
static void
comes(bool (*what)(void), const char *otherwise)
{
	unsigned n;

	for (n = 0; n < REST_STEPS && !what(); n++) {
		struct world_process *p = some(has_to_end);
		int64_t at = mirror_deadline(&t.mirror);

		world.fork_fails = 0;
		if (t.mirror.pause)
			write_bytes("c");
		else if (p)
			end(p, chance(50) ? 0 : 1 << 8);
		else if (at != LOOP_NEVER && at > world.now)
			world.now = at;
		take_turn(true);
	}
	if (!what())
		wrong(otherwise);
}

static void
rest(void)
{
	note("(it comes to rest)\n");
	comes(is_obeyed, "what was commanded does not come");
	if (t.kind == OF_LOGGER)
		is_released();
	else
		hear("x", true);
	comes(is_over, "it does not end");
}

/* --- traces ----------------------------------------------------------------*/

static void
lay_out(void)
{
	static const char *const limits[] = { "timeout-stop", "timeout-finish",
		"timeout-control", "backoff" };
	char name[] = "control/?", digit[] = "?\n";
	size_t i;

	t.home = world_open("", S_IFDIR | 0755);
	t.lent.read_fd = world_open("-reader", S_IFIFO | 0600);
	t.lent.write_fd = world_open("-writer", S_IFIFO | 0600);
	t.lent.ring_fd = world_open("-ring", S_IFREG | 0600);
	if (chance(75))
		world_put("finish", "", 0755);
	for (i = 0; i < CONTROLS; i++) {
		name[8] = control_rows[i].letter;
		if (chance(40))
			world_put(name, "", chance(90) ? 0755 : 0644);
	}
	for (i = 0; i < sizeof(limits) / sizeof(*limits); i++) {
		digit[0] = (char)('1' + random_below(9));
		if (chance(20))
			world_put(limits[i], digit, 0644);
	}
	t.down = t.kind == OF_DEATHS && chance(30);
	world.has_pidfd = chance(70);
	world.has_status = chance(50);
	world.starts = starts;
}

static void
trace(unsigned long number, enum kind kind)
{
	unsigned n, late = 0;

	random_seed(t.seed << 32 | number);
	t.number = number;
	t.kind = kind;
	t.trail_n = 0;
	t.finish_owed = t.died = t.spurred = t.died_at_work = false;
	t.run_at = 0;
	world_begin();
	lay_out();
	memset(&t.mirror, 0, sizeof(t.mirror));
	t.mirror.is_log = kind == OF_LOGGER;
	if (!begins())
		wrong("it did not begin");
	for (n = 0; n < HAPPENINGS && late < 8; n++) {
		if (!something())
			follow();
		late += keeper_state(&t.keeper) == SERVICE_OVER;
	}
	rest();
	if (t.only == number)
		fprintf(stderr, "%s", t.trail);
}

/* So many of 100 of all. */
static void
traces(enum kind kind, unsigned of_100)
{
	static unsigned long number;
	unsigned long n;

	for (n = t.count * of_100 / 100; n > 0; n--) {
		number++;
		if (t.only == 0 || t.only == number)
			trace(number, kind);
	}
}

static void
the_keeper_of_a_service_does_what_the_table_says(void **state)
{
	(void)state;
	traces(OF_SERVICE, 50);
	assert_true(t.only || t.no_forks > 0);
	assert_true(t.only || t.kept_waiting > 0);
}

static void
so_does_the_keeper_of_a_logger(void **state)
{
	(void)state;
	traces(OF_LOGGER, 10);
}

static void
a_keeper_goes_on_where_another_has_died(void **state)
{
	(void)state;
	traces(OF_DEATHS, 40);
	assert_true(t.only || t.deaths > 0);
	assert_true(t.only || t.in_the_midst > 0);
	assert_true(t.only || t.adopted > 0);
}

static void
every_pair_that_may_be_was_met(void **state)
{
	unsigned missed = 0;
	size_t s, e;

	(void)state;
	if (t.only || t.count < TRACES)
		skip();
	for (s = 0; s < SERVICE_STATES; s++) {
		for (e = 0; e < SERVICE_EVENTS; e++) {
			if (service_table[s][e].never || mirror_met[s][e])
				continue;
			fprintf(stderr, "never met: %s, %s\n", mirror_states[s],
			    mirror_events[e]);
			missed++;
		}
	}
	assert_int_equal(missed, 0);
}

static unsigned long
number_in(const char *variable, unsigned long otherwise)
{
	const char *text = getenv(variable);

	return text ? strtoul(text, NULL, 10) : otherwise;
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    the_keeper_of_a_service_does_what_the_table_says),
		cmocka_unit_test(so_does_the_keeper_of_a_logger),
		cmocka_unit_test(a_keeper_goes_on_where_another_has_died),
		cmocka_unit_test(every_pair_that_may_be_was_met),
	};

	t.seed = number_in("REPLAY_SEED", 1);
	t.count = number_in("REPLAY_TRACES", TRACES);
	t.only = number_in("REPLAY_ONLY", 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
