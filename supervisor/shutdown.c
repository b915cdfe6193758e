/* The end of all services in bounded time. */
#include "shutdown.h"

#include <signal.h>

#include "dir.h"
#include "hail.h"
#include "loop.h"
#include "sys.h"

/* At others' runsv, whose end nobody tells of. */
#define LOOK_NS (100 * LOOP_MS)

void
shutdown_init(struct shutdown *s, const struct scandir *set, const char *dir)
{
	*s = (struct shutdown){ .set = set, .dir = dir };
}

static void
tell_all(const struct shutdown *s, int dirfd)
{
	FOR_ENTRIES (s->set, e) {
		if (e->pid)
			sys_kill(e->pid, SIGTERM);
		else if (e->state == ENTRY_FOREIGN && dirfd >= 0)
			hail_service(dirfd, e->name, 'x');
	}
}

static void
kill_services(const struct shutdown *s, int dirfd)
{
	FOR_ENTRIES (s->set, e)
		if ((e->pid || e->state == ENTRY_FOREIGN) && dirfd >= 0)
			hail_service(dirfd, e->name, 'k');
}

static void
term_loggers(const struct shutdown *s, int dirfd)
{
	FOR_ENTRIES (s->set, e)
		if ((e->pid || e->state == ENTRY_FOREIGN) && dirfd >= 0)
			hail_logger(dirfd, e->name, 't');
}

static const struct {
	void (*enter)(const struct shutdown *s, int dirfd);
	int64_t ns; /* how long it may last */
} phases[] = {
	[SHUTDOWN_TOLD] = { tell_all, 6 * LOOP_S },
	[SHUTDOWN_KILLED] = { kill_services, 2 * LOOP_S },
	[SHUTDOWN_LOGGERS] = { term_loggers, 600 * LOOP_MS },
};

/* Where the directory cannot be opened our own children hear of it all the
 * same. */
static void
enter(struct shutdown *s, enum shutdown_phase phase, int64_t now)
{
	int dirfd;

	s->phase = phase;
	if (phase == SHUTDOWN_OVER)
		return;
	s->until = now + phases[phase].ns;
	dirfd = dir_open(s->dir);
	phases[phase].enter(s, dirfd);
	if (dirfd >= 0)
		sys_close(dirfd);
}

void
shutdown_begin(struct shutdown *s, int64_t now)
{
	enter(s, SHUTDOWN_TOLD, now);
}

void
shutdown_leave(struct shutdown *s)
{
	s->phase = SHUTDOWN_OVER;
}

static bool
any_is_left(const struct shutdown *s)
{
	bool any = scandir_running(s->set) > 0;
	int dirfd = any ? -1 : dir_open(s->dir);

	if (any || dirfd < 0)
		return any;
	FOR_ENTRIES (s->set, e)
		any |= e->state == ENTRY_FOREIGN && hail_heard(dirfd, e->name);
	sys_close(dirfd);
	return any;
}

void
shutdown_tick(struct shutdown *s, int64_t now)
{
	if (!any_is_left(s))
		enter(s, SHUTDOWN_OVER, now);
	else if (now >= s->until)
		enter(s, s->phase + 1, now);
}

int64_t
shutdown_deadline(const struct shutdown *s, int64_t now)
{
	return loop_sooner(s->until, now + LOOK_NS);
}
