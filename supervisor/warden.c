/* runsvdir's work: a runsv for each service of a directory. */
#include "warden.h"

#include <signal.h>
#include <sys/wait.h>

#include "dir.h"
#include "hail.h"
#include "launch.h"
#include "lent.h"
#include "loop.h"
#include "readproctitle.h"
#include "say.h"
#include "scandir.h"
#include "shutdown.h"
#include "spawn.h"
#include "standard.h"
#include "survey.h"
#include "sys.h"
#include "whole.h"

#define HAIL_NS (5 * LOOP_S) /* others' runsv that cannot be waited for */

enum {
	EXIT_FATAL = 100,
	EXIT_HANGUP = 111,
	RUNSV_TROUBLE = 111, /* runsv's: its lock is taken, say */
	STARTS_MOST = 64,    /* in a row, before signals are looked at */
	SIGNALS_MOST = 8,
};

struct warden {
	const struct warden_options *options;
	struct scandir set;
	struct survey survey;
	struct launch launch;
	struct shutdown shutdown;
	struct readproctitle title;
	int signals;
	int code;      /* to exit with */
	size_t cursor; /* the entry that is looked at next */
};

/* --- what is to be done ---------------------------------------------------*/

static void
look(struct entry *e, int dirfd, int64_t now)
{
	int64_t wait = whole_look(dirfd, e->name, now - e->since);

	if (wait > 0)
		scandir_put_off(e, now + wait);
	else
		scandir_ready(e);
}

/* Another's runsv needs nothing of ours, and its end is waited for. */
static void
hail(struct warden *w, struct entry *e, int dirfd, int64_t now)
{
	int fd = hail_ok(dirfd, e->name);

	if (fd < 0) {
		scandir_ready(e);
		return;
	}
	lent_spare(&e->lent);
	sys_lift(&fd, SPAWN_LOW);
	if (launch_may_keep(&w->launch, fd)) {
		scandir_hold(e, fd);
		return;
	}
	sys_close(fd);
	scandir_put_off(e, now + HAIL_NS);
}

static void
stop_gone(struct warden *w, int64_t now)
{
	FOR_ENTRIES (&w->set, e) {
		switch (scandir_act(&w->set, e, now)) {
		case SCANDIR_STOP:
			sys_kill(e->pid, SIGTERM);
			scandir_told(e);
			break;
		case SCANDIR_DROP:
			scandir_dropped(e);
			break;
		case SCANDIR_WAIT:
		case SCANDIR_LOOK:
		case SCANDIR_HAIL:
		case SCANDIR_START:
			break;
		}
	}
}

/* The number of starts: 0 or 1. */
static unsigned
advance(struct warden *w, struct entry *e, int dirfd, int64_t now)
{
	for (;;) {
		switch (scandir_act(&w->set, e, now)) {
		case SCANDIR_LOOK:
			look(e, dirfd, now);
			break;
		case SCANDIR_HAIL:
			hail(w, e, dirfd, now);
			break;
		case SCANDIR_START:
			launch_runsv(&w->launch, e, dirfd, now);
			return 1;
		case SCANDIR_WAIT:
		case SCANDIR_STOP:
		case SCANDIR_DROP:
			return 0;
		}
	}
}

/* Not all at once: signals want to be heard in between. */
static void
start_due(struct warden *w, int64_t now)
{
	struct launch *l = &w->launch;
	unsigned starts = 0;
	int dirfd;

	if (now < l->at || scandir_deadline(&w->set, now) > now)
		return;
	l->said = w->survey.trouble;
	dirfd = dir_open(w->options->dir);
	if (dirfd < 0) {
		launch_put_off(l, SAY_WARNING, dirfd,
		    "unable to open directory ", w->options->dir);
		return;
	}
	if (w->cursor >= w->set.n)
		w->cursor = 0;
	while (w->cursor < w->set.n && starts < STARTS_MOST && now >= l->at)
		starts += advance(w, &w->set.v[w->cursor++], dirfd, now);
	sys_close(dirfd);
}

/* --- the end --------------------------------------------------------------*/

/* What a killed runsv left behind has another one, which is told to end as soon
 * as it hears: a signal might be too early for it. */
static void
end_orphans(struct warden *w, int64_t now)
{
	int dirfd = dir_open(w->options->dir);

	if (dirfd < 0)
		return;
	FOR_ENTRIES (&w->set, e) {
		if (!e->orphaned)
			continue;
		if (now >= w->launch.at)
			advance(w, e, dirfd, now);
		if (e->state == ENTRY_RUN &&
		    hail_service(dirfd, e->name, 'x') == 0)
			scandir_told(e);
	}
	sys_close(dirfd);
}

/* All that run are told; one that is started from now on is not. */
static void
begin_end(struct warden *w, int64_t now)
{
	shutdown_begin(&w->shutdown, now);
	FOR_ENTRIES (&w->set, e)
		if (e->state == ENTRY_RUN)
			scandir_told(e);
}

/* --- signals --------------------------------------------------------------*/

/* One that our own TERM ended as it began, or that could not begin, has started
 * nothing: there is what was there before. */
static void
note_orphan(const struct warden *w, struct entry *e, int status)
{
	if (WIFEXITED(status))
		scandir_orphan(e, e->orphaned && WEXITSTATUS(status) != 0);
	else if (w->shutdown.phase == SHUTDOWN_NOT ||
		 WTERMSIG(status) != SIGTERM)
		scandir_orphan(e, true);
}

static void
reap(struct warden *w)
{
	int status;
	pid_t pid;

	while ((pid = sys_waitpid(-1, &status, WNOHANG)) > 0) {
		struct entry *e = scandir_reaped(&w->set, pid, loop_now());

		if (!e)
			continue;
		if (WIFEXITED(status) && WEXITSTATUS(status) == RUNSV_TROUBLE)
			scandir_suspect(e);
		note_orphan(w, e, status);
	}
}

/* As runit without -T: TERM leaves everything running, HUP ends all and waits
 * for nothing. */
static void
told_to_end(struct warden *w, int sig, int64_t now)
{
	bool hup = sig == SIGHUP;

	if (w->shutdown.phase != SHUTDOWN_NOT)
		return;
	w->code = hup ? EXIT_HANGUP : 0;
	if (hup || w->options->container)
		begin_end(w, now);
	if (!w->options->container)
		shutdown_leave(&w->shutdown);
}

static void
take_signals(struct warden *w)
{
	int sig;

	while ((sig = os_signal_next(w->signals)) > 0) {
		if (sig == SIGCHLD)
			reap(w);
		else if (sig == SIGALRM)
			survey_ask(&w->survey);
		else
			told_to_end(w, sig, loop_now());
	}
}

static int
open_signals(struct warden *w)
{
	int wanted[SIGNALS_MOST] = { SIGTERM, SIGHUP, SIGALRM, SIGCHLD };
	size_t n = 4;
	int power = os_power_signal();

	if (w->options->container)
		wanted[n++] = SIGINT;
	if (w->options->container && power > 0)
		wanted[n++] = power;
	os_signal_ignore(SIGPIPE);
	w->signals = os_signal_fd(wanted, n);
	return w->signals < 0 ? w->signals : 0;
}

/* --- the loop -------------------------------------------------------------*/

static int64_t
next_deadline(const struct warden *w, int64_t now)
{
	int64_t at;

	if (w->shutdown.phase != SHUTDOWN_NOT)
		return shutdown_deadline(&w->shutdown, now);
	at = scandir_deadline(&w->set, now);
	if (at < w->launch.at)
		at = w->launch.at;
	at = loop_sooner(at, survey_deadline(&w->survey));
	return loop_sooner(at, w->title.dot_at);
}

enum { AT_SIGNALS, AT_NEWS, AT_TITLE, WATCHED };

_Static_assert((int)WATCHED <= (int)SCANDIR_FDS, "room before the others");

static void
turn(struct warden *w)
{
	struct pollfd own[WATCHED], *fds = w->set.fds ? w->set.fds : own;
	int64_t now;

	fds[AT_SIGNALS] = (struct pollfd){ w->signals, POLLIN, 0 };
	fds[AT_NEWS] = (struct pollfd){ w->survey.watch.fd, POLLIN, 0 };
	fds[AT_TITLE] = (struct pollfd){ w->title.fd, POLLIN, 0 };
	loop_wait(fds, scandir_poll(&w->set, WATCHED),
	    next_deadline(w, loop_now()));
	scandir_polled(&w->set, WATCHED, loop_now());
	if (fds[AT_SIGNALS].revents)
		take_signals(w);
	if (fds[AT_TITLE].revents)
		readproctitle_read(&w->title);
	if (fds[AT_NEWS].revents)
		survey_heard(&w->survey);
	now = loop_now();
	readproctitle_tick(&w->title, now);
	if (w->shutdown.phase == SHUTDOWN_NOT) {
		survey_tick(&w->survey, &w->set, now);
		stop_gone(w, now);
		start_due(w, now);
	} else if (w->shutdown.phase != SHUTDOWN_OVER) {
		end_orphans(w, now);
		shutdown_tick(&w->shutdown, now);
	}
}

int
warden_run(const struct warden_options *options)
{
	struct warden w = { .options = options };
	int r = standard_fill();

	readproctitle_open(&w.title, options->log);
	if (r == 0)
		r = open_signals(&w);
	if (r == 0)
		r = launch_init(&w.launch, options->sessions);
	if (r < 0) {
		say_fatal(r, "unable to start");
		return EXIT_FATAL;
	}
	os_subreaper(); /* where there is such a thing */
	survey_init(&w.survey, options->dir);
	shutdown_init(&w.shutdown, &w.set, options->dir);
	while (w.shutdown.phase != SHUTDOWN_OVER)
		turn(&w);
	survey_close(&w.survey);
	scandir_free(&w.set);
	return w.code;
}
