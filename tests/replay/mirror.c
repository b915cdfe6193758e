/* What a keeper is to do. */
#include "replay/mirror.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "loop.h"
#include "replay/world.h"

/* As runsv(8) has them. */
enum { REFUSED = 125, READ_AT_ONCE = 64 };

#define SECOND LOOP_S
#define LOOK (LOOP_S / 4)

unsigned long mirror_met[SERVICE_STATES][SERVICE_EVENTS];

const char *const mirror_states[SERVICE_STATES] = {
	[SERVICE_DOWN] = "down",
	[SERVICE_WAIT] = "wait",
	[SERVICE_START] = "start",
	[SERVICE_RUN] = "run",
	[SERVICE_END] = "end",
	[SERVICE_FINISH] = "finish",
	[SERVICE_OVER] = "over",
};

const char *const mirror_events[SERVICE_EVENTS] = {
	[ON_UP] = "up",
	[ON_DOWN] = "down",
	[ON_ONCE] = "once",
	[ON_EXIT] = "exit",
	[ON_KILL] = "kill",
	[ON_SIGNAL] = "signal",
	[ON_RELEASE] = "release",
	[ON_TOOK] = "took",
	[ON_LEFT] = "left",
	[ON_RUN_ENDED] = "run ended",
	[ON_FINISH_ENDED] = "finish ended",
	[ON_FINISH_REFUSED] = "finish refused",
	[ON_FAILED] = "failed",
	[ON_DUE] = "due",
};

/* --- words -----------------------------------------------------------------*/

static void
letters(char *text, size_t room, const char *name, unsigned mask)
{
	size_t n = strlen(text), c;

	if (mask == 0)
		return;
	n += (size_t)snprintf(text + n, room - n, " %s=", name);
	for (c = 0; c < CONTROLS && n + 1 < room; c++)
		if (mask & 1u << c)
			text[n++] = control_rows[c].letter;
	text[n] = '\0';
}

void
mirror_words(char text[MIRROR_WORDS], const struct service *s)
{
	snprintf(text, MIRROR_WORDS, "%s want=%c%s%s%s",
	    mirror_states[s->state], "udx"[s->want], s -> once ? " once" : "",
	    s->paused ? " paused" : "", s->got_term ? " term" : "");
	letters(text, MIRROR_WORDS, "scripts", s->scripts);
	letters(text, MIRROR_WORDS, "again", s->again);
	letters(text, MIRROR_WORDS, "outdone", s->outdone);
	letters(text, MIRROR_WORDS, "after",
	    s->after < CONTROLS ? 1u << s->after : 0);
}

__attribute__((format(printf, 2, 3))) static void
line(struct mirror *m, const char *format, ...)
{
	size_t room = sizeof(m->lines) - m->lines_n;
	va_list ap;

	va_start(ap, format);
	m->lines_n +=
	    (size_t)vsnprintf(m->lines + m->lines_n, room, format, ap);
	va_end(ap);
}

void
mirror_quiet(struct mirror *m)
{
	m->lines_n = 0;
	m->lines[0] = '\0';
	m->n_steps = 0;
	m->last_pid = world.last_pid;
	m->fork_fails = world.fork_fails;
}

/* --- what is there ---------------------------------------------------------*/

static bool
has(const char *path, mode_t bits)
{
	const struct world_node *node = world_find(path);

	return node && (node->mode & bits) == bits;
}

/* From now on, as a file of seconds says. */
static int64_t
seconds(const char *path, int64_t none)
{
	const struct world_node *node = world_find(path);

	return node ? atoi(node->data) * SECOND : none;
}

static int64_t
from_now(const char *path)
{
	int64_t ns = seconds(path, 0);

	return ns ? world.now + ns : LOOP_NEVER;
}

/* Our own child is there until it is waited for. */
static bool
is_there(const struct mirror_process *p)
{
	const struct world_process *is = world_process(p->pid);

	return p->pid != 0 && (!p->adopted || (is && is->start == p->start));
}

static void
signal_to(struct mirror *m, const struct mirror_process *p, int sig)
{
	if (is_there(p))
		line(m, "%d to %d\n", sig, (int)p->pid);
}

static void
none(struct mirror_process *p)
{
	memset(p, 0, sizeof(*p));
	p->limit_at = p->look_at = LOOP_NEVER;
}

/* --- doing what is planned -------------------------------------------------*/

/* Whether there is a process. */
static bool
start(struct mirror *m, struct mirror_process *p, const char *name,
    const char *more)
{
	if (m->fork_fails > 0) {
		m->fork_fails--;
		line(m, "no %s\n", name);
		return false;
	}
	none(p);
	p->pid = m->last_pid = world_pid_after(m->last_pid);
	line(m, "%d %s%s\n", (int)p->pid, name, more);
	return true;
}

static enum service_on
run(struct mirror *m)
{
	m->started_ns = world.now;
	if (!start(m, &m->process, "./run",
		m->is_log ? " 0=reader 10=ring" : " 1=writer"))
		return ON_FAILED;
	m->since_ns = world_wall();
	return SERVICE_EVENTS;
}

static enum service_on
finish(struct mirror *m)
{
	int st = m->status;
	char more[48];

	if (m->is_log || !has("finish", S_IFREG))
		return ON_FINISH_ENDED;
	snprintf(more, sizeof(more), " %d %d 1=writer",
	    st >= 0 && WIFEXITED(st) ? WEXITSTATUS(st) : -1,
	    st >= 0 ? st & 255 : 0);
	if (!start(m, &m->process, "./finish", more))
		return ON_FAILED;
	m->process.limit_at = from_now("timeout-finish");
	return SERVICE_EVENTS;
}

static enum service_on
script(struct mirror *m, enum control letter)
{
	char name[] = "control/?", more[48];

	name[8] = control_rows[letter].letter;
	snprintf(more, sizeof(more), " %d 1=writer", (int)m->process.pid);
	if (m->is_log || !has(name, S_IFREG | S_IXUSR) ||
	    !start(m, &m->scripts[letter], name,
		m->process.pid ? more : " 1=writer"))
		return service_script(letter, false).on;
	m->scripts[letter].limit_at = from_now("timeout-control");
	return SERVICE_EVENTS;
}

static void
wait_a_while(struct mirror *m, bool failed)
{
	int64_t lived = world.now - m->started_ns;

	m->due_at = world.now + SECOND;
	if (failed)
		return;
	if (lived >= SECOND && lived >= m->delay_ns)
		m->delay_ns = 0;
	else if (m->delay_ns == 0)
		m->delay_ns = SECOND;
	else
		m->delay_ns =
		    loop_sooner(2 * m->delay_ns, seconds("backoff", SECOND));
	m->due_at = world.now + m->delay_ns;
}

/* What a plan's bit stands for; what follows at once, or SERVICE_EVENTS. */
static struct service_event
done(struct mirror *m, unsigned bit, struct service_plan plan,
    enum service_on on)
{
	struct service_event next = { SERVICE_EVENTS, CONTROLS };
	size_t c;

	switch (bit) {
	case DO_TERM_SCRIPTS:
	case DO_KILL_SCRIPTS:
		for (c = 0; c < CONTROLS; c++)
			signal_to(m, &m->scripts[c],
			    bit == DO_KILL_SCRIPTS ? SIGKILL : SIGTERM);
		break;
	case DO_SIGNAL:
		signal_to(m, &m->process, plan.signal);
		if (plan.signal == SIGTERM && m->machine.state == SERVICE_RUN)
			m->process.limit_at = loop_sooner(m->process.limit_at,
			    from_now("timeout-stop"));
		break;
	case DO_CONT:
		signal_to(m, &m->process, SIGCONT);
		break;
	case DO_SCRIPT:
		next.on = script(m, plan.script);
		next.letter = plan.script;
		break;
	case DO_WAIT:
		wait_a_while(m, on == ON_FAILED);
		break;
	case DO_RUN:
		next.on = run(m);
		break;
	case DO_FINISH:
		next.on = finish(m);
		break;
	}
	return next;
}

/* One step, and the event that it leads to at once. */
static struct service_event
step(struct mirror *m, struct service_event ev)
{
	enum service_state from = m->machine.state;
	struct service_event next = { SERVICE_EVENTS, CONTROLS };
	struct service_plan plan;
	unsigned bit;

	mirror_met[from][ev.on]++;
	if (service_table[from][ev.on].never)
		world_wrong("a pair that is never to be, event", (int)ev.on);
	plan = service_step(&m->machine, ev);
	m->stepped = true;
	if (m->n_steps < MIRROR_STEPS)
		m->steps[m->n_steps++] = m->machine;
	if (m->machine.state != from)
		m->due_at = LOOP_NEVER;
	for (bit = 1; bit <= DO_FINISH; bit <<= 1) {
		if (!(plan.todo & bit))
			continue;
		if (next.on != SERVICE_EVENTS)
			world_wrong("two things that lead on, event",
			    (int)next.on);
		next = done(m, bit, plan, ev.on);
	}
	return next;
}

void
mirror_event(struct mirror *m, struct service_event ev)
{
	enum status_state was = service_shown(m->machine.state);

	while (ev.on != SERVICE_EVENTS) {
		if (ev.on == ON_FINISH_REFUSED && m->asked == CONTROL_UP)
			m->asked = CONTROL_DOWN;
		ev = step(m, ev);
	}
	if (was != STATUS_DOWN &&
	    service_shown(m->machine.state) == STATUS_DOWN)
		m->since_ns = world_wall();
}

/* --- what happens ----------------------------------------------------------*/

static void
process_ended(struct mirror *m, int status)
{
	bool refused =
	    status >= 0 && WIFEXITED(status) && WEXITSTATUS(status) == REFUSED;

	none(&m->process);
	if (m->machine.state == SERVICE_RUN) {
		m->status = status;
		mirror_event(m, service_event(ON_RUN_ENDED));
	} else {
		mirror_event(m, service_event(refused ? ON_FINISH_REFUSED
						      : ON_FINISH_ENDED));
	}
}

static void
script_ended(struct mirror *m, enum control letter, int status)
{
	none(&m->scripts[letter]);
	mirror_event(m, service_script(letter, status == 0));
}

static void
waited_for(struct mirror *m, const struct world_process *p)
{
	size_t c;

	if (m->process.pid == p->pid && !m->process.adopted) {
		process_ended(m, p->status);
		return;
	}
	for (c = 0; c < CONTROLS; c++) {
		if (m->scripts[c].pid == p->pid && !m->scripts[c].adopted) {
			script_ended(m, c, p->status);
			return;
		}
	}
	world_wrong("a child that nobody expects,", p->pid);
}

/* Whether the end of an adopted process is seen now, and its status. */
static bool
is_seen_to_end(struct mirror_process *a, int *status)
{
	size_t i;

	if (!a->pid || !a->adopted)
		return false;
	if (!world.has_pidfd) {
		if (world.now < a->look_at)
			return false;
		a->look_at = world.now + LOOK;
	}
	for (i = 0; i < world.n_processes; i++) {
		const struct world_process *p = &world.processes[i];

		if (p->pid == a->pid && p->start == a->start) {
			*status = world.has_pidfd && world.has_status
			              ? p->status
			              : -1;
			return p->life == LIFE_GONE;
		}
	}
	return false;
}

static void
obey(struct mirror *m, char byte)
{
	enum control letter = control_find(byte);
	bool is_wish = letter == CONTROL_UP || letter == CONTROL_DOWN ||
	               letter == CONTROL_ONCE || letter == CONTROL_EXIT;

	if (letter == CONTROLS || (m->is_log && letter == CONTROL_EXIT) ||
	    (m->released && is_wish))
		return;
	if (is_wish && m->machine.state != SERVICE_OVER) {
		m->asked = letter;
		m->run_owed = letter == CONTROL_ONCE &&
		              (m->machine.state == SERVICE_DOWN ||
				  m->machine.state == SERVICE_WAIT ||
				  m->machine.state == SERVICE_START);
	}
	if (letter == CONTROL_PAUSE)
		m->pause = true;
	if (letter == CONTROL_CONT || letter == CONTROL_DOWN ||
	    letter == CONTROL_EXIT)
		m->pause = false;
	mirror_event(m, service_command(letter));
}

static void
limit(struct mirror *m, struct mirror_process *p)
{
	if (!p->pid || world.now < p->limit_at)
		return;
	p->limit_at = LOOP_NEVER;
	signal_to(m, p, SIGKILL);
}

void
mirror_turn(struct mirror *m, bool reap)
{
	const struct world_node *fifo = world_find("supervise/control");
	size_t i, n = fifo->n < READ_AT_ONCE ? fifo->n : READ_AT_ONCE;
	int status;

	for (i = 0; reap && i < world.n_processes; i++)
		if (world.processes[i].life == LIFE_OVER)
			waited_for(m, &world.processes[i]);
	if (is_seen_to_end(&m->process, &status))
		process_ended(m, status);
	for (i = 0; i < CONTROLS; i++)
		if (is_seen_to_end(&m->scripts[i], &status))
			script_ended(m, i, status);
	limit(m, &m->process);
	for (i = 0; i < CONTROLS; i++)
		limit(m, &m->scripts[i]);
	if (world.now >= m->due_at) {
		m->due_at = LOOP_NEVER;
		mirror_event(m, service_event(ON_DUE));
	}
	for (i = 0; i < n; i++)
		obey(m, fifo->data[i]);
}

static int64_t
next_of(const struct mirror_process *p)
{
	return p->pid ? loop_sooner(p->limit_at, p->look_at) : LOOP_NEVER;
}

int64_t
mirror_deadline(const struct mirror *m)
{
	int64_t at = loop_sooner(m->due_at, next_of(&m->process));
	size_t c;

	for (c = 0; c < CONTROLS; c++)
		at = loop_sooner(at, next_of(&m->scripts[c]));
	return at;
}

/* --- after another keeper --------------------------------------------------*/

/* Takes it over if it lives. */
static bool
recalled(struct mirror_process *p, struct adopt_process was, int64_t limit_at)
{
	const struct world_process *is =
	    was.pid ? world_process((pid_t)was.pid) : NULL;

	if (!is || is->start != was.start)
		return false;
	p->pid = is->pid;
	p->start = is->start;
	p->adopted = true;
	p->limit_at = limit_at;
	if (!world.has_pidfd)
		p->look_at = world.now + LOOK;
	return true;
}

void
mirror_recall(struct mirror *m, const struct adopt *was, bool down)
{
	enum status_want want = down ? WANT_DOWN : WANT_UP;
	bool lives, stops;
	size_t c;

	none(&m->process);
	for (c = 0; c < CONTROLS; c++)
		none(&m->scripts[c]);
	service_init(&m->machine, want);
	m->status = 0;
	m->started_ns = 0;
	m->since_ns = world_wall();
	m->due_at = LOOP_NEVER;
	m->delay_ns = 0;
	m->released = m->finish_owed = m->stepped = m->run_owed = false;
	if (!was) {
		m->asked = down ? CONTROL_DOWN : CONTROL_UP;
		m->pause = false;
		return;
	}
	m->machine = was->service;
	m->status = was->status;
	m->started_ns = was->started_ns;
	m->since_ns = was->since_ns;
	m->finish_owed = was->service.state == SERVICE_FINISH &&
	                 !was->crew[CREW_PROCESS].pid;
	stops = was->service.state == SERVICE_RUN && was->service.got_term;
	lives = recalled(&m->process, was->crew[CREW_PROCESS],
	    was->service.state == SERVICE_FINISH ? from_now("timeout-finish")
	    : stops                              ? from_now("timeout-stop")
						 : LOOP_NEVER);
	for (c = 0; c < CONTROLS; c++)
		if (recalled(&m->scripts[c], was->crew[CREW_SCRIPTS + c],
			from_now("timeout-control")))
			lives = true;
	if (lives)
		return;
	m->machine.want = want;
	m->machine.once = false;
	m->asked = down ? CONTROL_DOWN : CONTROL_UP;
	m->pause = false;
}

/* What has ended meanwhile is told, the process first. */
void
mirror_begin(struct mirror *m)
{
	uint16_t scripts = m->machine.scripts;
	enum service_state state = m->machine.state;
	enum control c;

	if (state == SERVICE_DOWN) {
		if (m->machine.want == WANT_UP)
			mirror_event(m, service_event(ON_UP));
		return;
	}
	if (m->finish_owed)
		mirror_event(m, service_event(ON_DUE));
	else if ((state == SERVICE_RUN || state == SERVICE_FINISH) &&
		 !m->process.pid)
		process_ended(m, -1);
	for (c = 0; c < CONTROLS; c++)
		if (scripts & 1u << c && !m->scripts[c].pid)
			script_ended(m, c, -1);
}
