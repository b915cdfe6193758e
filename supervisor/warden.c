/* runsvdir's work: a runsv for each service of a directory. */
#include "warden.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "buf.h"
#include "dir.h"
#include "hail.h"
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
#include "which.h"
#include "whole.h"

#define RETRY_NS (1 * LOOP_S)
#define HAIL_NS (5 * LOOP_S) /* others' runsv that cannot be waited for */
#define TELL_NS (5 * LOOP_S)

enum {
	EXIT_FATAL = 100,
	EXIT_HANGUP = 111,
	RUNSV_TROUBLE = 111, /* runsv's: its lock is taken, say */
	STARTS_MOST = 64,    /* in a row, before signals are looked at */
	LENT_FIRST = 3,      /* where a runsv has what it is lent */
	FDS_SPARE = 32,      /* not to be lent: for what else is to be opened */
	SIGNALS_MOST = 8,
};

struct warden {
	const struct warden_options *options;
	struct scandir set;
	struct survey survey;
	struct shutdown shutdown;
	struct readproctitle title;
	int signals;
	int code; /* to exit with */

	size_t cursor;    /* the entry that is looked at next */
	int64_t start_at; /* no start before: none was possible */
	int trouble;      /* why; and when it is to be said again */
	int64_t tell_at;
	bool told_few;     /* descriptors to lend */
	rlim_t fds_before; /* how many there might be; theirs again */
	rlim_t fds_most;   /* how many there may be */
};

/* --- starting one ---------------------------------------------------------*/

/* Nothing can be started now. One cause is said once for all that wait. */
static void
put_off_starts(struct warden *w, enum say_level level, int err,
    const char *words, const char *name)
{
	int64_t now = loop_now();

	w->start_at = now + RETRY_NS;
	if (err == w->survey.trouble || (err == w->trouble && now < w->tell_at))
		return;
	w->trouble = err;
	w->tell_at = now + TELL_NS;
	say(level, err, words, name, (char *)0);
}

static bool
has_log(int dirfd, const char *name)
{
	char path[NAME_MAX + 8];
	struct stat st;
	struct buf b;

	buf_init(&b, path, sizeof(path));
	buf_str(&b, name);
	buf_str(&b, "/log");
	buf_ch(&b, 0);
	return !b.over && sys_fstatat(dirfd, path, &st, 0) == 0 &&
	       S_ISDIR(st.st_mode);
}

static bool
may_keep(const struct warden *w, int fd)
{
	return fd < 0 || (rlim_t)fd + FDS_SPARE < w->fds_most;
}

/* A pipe and a ring for the entry's logger, if it has one, nobody else's runsv
 * is there and we may have that many descriptors; without them runsv makes its
 * own. */
static void
lend(struct warden *w, struct entry *e, int dirfd)
{
	int r;

	if (lent_is_open(&e->lent) || !has_log(dirfd, e->name) ||
	    hail_heard(dirfd, e->name))
		return;
	r = lent_make(&e->lent);
	lent_move(&e->lent, SPAWN_LOW);
	if (!may_keep(w, e->lent.write_fd) || !may_keep(w, e->lent.ring_fd))
		r = -EMFILE;
	if (r == 0)
		return;
	lent_close(&e->lent);
	if (!w->told_few)
		say_warning(r, "unable to lend a pipe to runsv ", e->name);
	w->told_few = true;
}

static void
add_lent(struct spawn *sp, const struct lent *l, struct buf *text)
{
	sp->env = LENT_LOG;
	if (!lent_is_open(l) || lent_text(l, LENT_FIRST, text) < 0)
		return;
	buf_ch(text, 0);
	sp->env = text->p;
	sp->fd[0] = (struct spawn_fd){ LENT_FIRST, l->read_fd };
	sp->fd[1] = (struct spawn_fd){ LENT_FIRST + 1, l->write_fd };
	sp->fd[2] = (struct spawn_fd){ LENT_FIRST + 2, l->ring_fd };
	sp->n_fd = 3;
}

static void
start(struct warden *w, struct entry *e, int dirfd, int64_t now)
{
	const char *const argv[] = { "runsv", e->name, NULL };
	char path[PATH_MAX], words[NAME_MAX + 32], text[LENT_TEXT];
	struct spawn sp = {
		.argv = argv,
		.path = path,
		.cwd = dirfd,
		.session = w->options->sessions,
		.brief = true,
		.nofile = &w->fds_before,
		.words = words,
		.unable = EXIT_FATAL,
	};
	struct buf b, t;
	pid_t pid;
	int r = which_find(dirfd, "runsv", path, sizeof(path));

	if (r < 0) {
		put_off_starts(w, SAY_FATAL, r, "unable to start runsv ",
		    e->name);
		return;
	}
	buf_init(&b, words, sizeof(words));
	buf_str(&b, "unable to start runsv ");
	buf_str(&b, e->name);
	buf_ch(&b, 0);
	buf_init(&t, text, sizeof(text));
	lend(w, e, dirfd);
	add_lent(&sp, &e->lent, &t);
	pid = spawn_start(&sp);
	if (pid < 0) {
		put_off_starts(w, SAY_WARNING, pid, "unable to fork for ",
		    e->name);
		return;
	}
	w->trouble = 0;
	scandir_started(e, pid, now);
}

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
	if (may_keep(w, fd)) {
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
			start(w, e, dirfd, now);
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
	unsigned starts = 0;
	int dirfd;

	if (now < w->start_at || scandir_deadline(&w->set, now) > now)
		return;
	dirfd = dir_open(w->options->dir);
	if (dirfd < 0) {
		put_off_starts(w, SAY_WARNING, dirfd,
		    "unable to open directory ", w->options->dir);
		return;
	}
	if (w->cursor >= w->set.n)
		w->cursor = 0;
	while (
	    w->cursor < w->set.n && starts < STARTS_MOST && now >= w->start_at)
		starts += advance(w, &w->set.v[w->cursor++], dirfd, now);
	sys_close(dirfd);
}

/* --- signals --------------------------------------------------------------*/

static void
reap(struct warden *w)
{
	int status;
	pid_t pid;

	while ((pid = sys_waitpid(-1, &status, WNOHANG)) > 0) {
		struct entry *e = scandir_reaped(&w->set, pid, loop_now());

		if (e && WIFEXITED(status) &&
		    WEXITSTATUS(status) == RUNSV_TROUBLE)
			scandir_suspect(e);
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
		shutdown_begin(&w->shutdown, now);
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
	if (at < w->start_at)
		at = w->start_at;
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
		shutdown_tick(&w->shutdown, now);
	}
}

/* Three descriptors for each entry with a log are a lot. */
static int
raise_nofile(struct warden *w)
{
	struct rlimit rl;
	int r = sys_getrlimit(RLIMIT_NOFILE, &rl);

	if (r < 0)
		return r;
	w->fds_before = w->fds_most = rl.rlim_cur;
	rl.rlim_cur = rl.rlim_max;
	if (sys_setrlimit(RLIMIT_NOFILE, &rl) == 0)
		w->fds_most = rl.rlim_max;
	return 0;
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
		r = raise_nofile(&w);
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
