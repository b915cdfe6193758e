/* A service and its logger, and the pipe between them. */
#include "pair.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

#include "dir.h"
#include "drain.h"
#include "keeper.h"
#include "logpipe.h"
#include "loop.h"
#include "recall.h"
#include "say.h"
#include "standard.h"
#include "sys.h"

enum { EXIT_TROUBLE = 111 };

#define LOCK_AGAIN_NS (200 * LOOP_MS)
enum { LOCK_TOLD = 5 }; /* so many tries later it is said */

/* The child of one that was killed has its lock too, until it has become
 * another program. */
enum { LOCK_TRIES = 10 };
#define LOCK_SOON_NS (10 * LOOP_MS)

/* A directory that cannot be used is not tried again before. */
#define REFUSED_NS (5 * LOOP_S)

struct pair {
	const char *path;
	int base; /* the directory that path starts from */
	int signals;
	struct logpipe pipe;
	struct keeper service, log; /* log.home is -1 where there is none */
	struct drain drain;         /* of the logger, at the end */
};

/* Zero until it is used: runsv has one. */
static struct pair the;

static bool
has_log(const struct pair *p)
{
	return p->log.home >= 0;
}

static int
fatal(int err, const char *text)
{
	say_fatal(err, text);
	return EXIT_TROUBLE;
}

/* --- where things are ------------------------------------------------------*/

/* The logger's directory: -1 where there is none, and if it is something else
 * that is said; or another -errno, where it may be there. */
static int
open_log(int home)
{
	struct stat st;
	int fd = sys_openat(home, "log", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);

	if (fd >= 0 || adopt_may_pass(fd))
		return fd;
	if (fd == -ENOENT &&
	    sys_fstatat(home, "log", &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -1;
	if (fd == -ENOTDIR && sys_fstatat(home, "log", &st, 0) == 0)
		say_warning(0, "./log: not a directory.");
	else
		say_warning(fd, "unable to open ./log");
	return -1;
}

static bool
exists(int home, const char *name)
{
	struct stat st;

	return home >= 0 && sys_fstatat(home, name, &st, 0) == 0;
}

static bool
is_open_as(int fd, const struct stat *st)
{
	struct stat is;

	return sys_fstat(fd, &is) == 0 && dir_is_same(&is, st);
}

/* --- beginning -------------------------------------------------------------*/

/* False: told to exit meanwhile. */
static bool
wait_for_lock(struct pair *p, int64_t ns)
{
	struct pollfd fd = { .fd = p->signals, .events = POLLIN };

	loop_wait(&fd, 1, loop_now() + ns);
	return os_signal_next(p->signals) != SIGTERM;
}

static int
lock_service(struct pair *p)
{
	int tries = 0, rc;

	do
		rc = supdir_lock(&p->service.sup, p->service.home);
	while (rc == -EAGAIN && ++tries < LOCK_TRIES &&
	       wait_for_lock(p, LOCK_SOON_NS));
	return rc;
}

/* The logger's is waited for: two services may share one. */
static int
lock_log(struct pair *p)
{
	int tries = 0, rc;

	while ((rc = supdir_lock(&p->log.sup, p->log.home)) == -EAGAIN) {
		if (++tries == LOCK_TOLD)
			supdir_complain(&p->log.sup, SAY_WARNING);
		if (!wait_for_lock(p, LOCK_AGAIN_NS))
			break;
	}
	return rc;
}

/* 0, or the exit code. */
static int
lock(struct pair *p)
{
	struct keeper *k = &p->service;
	int rc = lock_service(p);

	if (rc == 0 && has_log(p)) {
		k = &p->log;
		rc = lock_log(p);
	}
	if (rc == 0)
		return 0;
	supdir_complain(&k->sup, SAY_FATAL);
	return EXIT_TROUBLE;
}

/* The service that was left behind writes to a pipe, and it must be this one:
 * else nobody would read it. 0, or -errno where that may be so soon. */
static int
keep_pipe(struct pair *p)
{
	const struct child *service = crew_process(&p->service.crew);
	const struct child *logger = crew_process(&p->log.crew);
	const struct keeper *k = child_lives(service) ? &p->service : &p->log;
	int rc = logpipe_become(&p->pipe, service->pid, logger->pid,
	    &k->life.pipe, &p->log.life.ring);

	if (rc == 0 || adopt_may_pass(rc))
		return rc;
	if (!child_lives(service))
		return 0;
	say_warning(rc, "the old process is ended and started anew: "
			"its pipe cannot be had");
	keeper_replace(&p->service);
	return 0;
}

/* All that another runsv left behind: 0 or -errno. */
static int
recall(struct pair *p)
{
	int rc = recall_life(&p->service, exists(p->service.home, "down"));

	if (rc == 0 && has_log(p))
		rc = recall_life(&p->log, exists(p->log.home, "down"));
	return rc < 0 ? rc : keep_pipe(p);
}

static int
open_control(struct keeper *k)
{
	return supdir_open(&k->sup);
}

/* A step for the service, then for its logger: 0, or the exit code. */
static int
both(struct pair *p, int (*step)(struct keeper *k))
{
	struct keeper *const k[] = { &p->service, &p->log };
	size_t i;

	for (i = 0; i < 1u + has_log(p); i++) {
		if (step(k[i]) < 0) {
			supdir_complain(&k[i]->sup, SAY_FATAL);
			return EXIT_TROUBLE;
		}
	}
	return 0;
}

static int
announce(struct keeper *k)
{
	return supdir_announce(&k->sup);
}

/* Neither runs before both are announced, and what they are is shown before
 * that: whoever sees the ok FIFO sees a status that is so. */
static void
each(struct pair *p, void (*step)(struct keeper *k))
{
	if (has_log(p))
		step(&p->log);
	step(&p->service);
}

static int
begin(struct pair *p)
{
	int rc = lock(p);

	if (rc != 0)
		return rc;
	rc = recall(p);
	if (rc < 0)
		return fatal(rc, "unable to take over");
	if (has_log(p)) {
		rc = logpipe_open(&p->pipe);
		if (rc < 0)
			return fatal(rc, "unable to create log pipe");
	}
	rc = both(p, open_control);
	if (rc != 0)
		return rc;
	each(p, keeper_prepare);
	rc = both(p, announce);
	each(p, rc == 0 ? keeper_go : keeper_withdraw);
	return rc;
}

/* --- directories that change -----------------------------------------------*/

/* Takes the logger's directory, what another runsv left there, and a pipe: 0,
 * or -errno, which was said. */
static int
take_log(struct pair *p, int home)
{
	struct keeper *k = &p->log;
	int rc = supdir_lock(&k->sup, home);

	k->home = home;
	if (rc == 0) {
		rc = recall_life(k, exists(home, "down"));
		if (rc < 0)
			return rc;
		rc = open_control(k);
	}
	if (rc == 0) {
		keeper_show(k);
		rc = announce(k);
	}
	if (rc < 0 && !k->refused)
		supdir_complain(&k->sup, SAY_WARNING);
	if (rc < 0)
		return rc;
	rc = logpipe_open(&p->pipe);
	if (rc < 0 && !k->refused)
		say_warning(rc, "unable to create log pipe");
	return rc;
}

/* A logger that was not there at the start: 0 or -errno, and there is none. */
static int
add_log(struct pair *p, int home)
{
	int rc = take_log(p, home);

	if (rc < 0) {
		keeper_leave(&p->log);
		return rc;
	}
	keeper_prepare(&p->log);
	keeper_go(&p->log);
	return 0;
}

/* Whether the keeper is where `st` is, and its supervise directory there. */
static bool
stands(const struct keeper *k, const struct stat *st)
{
	struct stat sup;

	if (k->home < 0 || !is_open_as(k->home, st))
		return false;
	return sys_fstatat(k->home, "supervise", &sup, 0) == 0 &&
	       is_open_as(k->sup.fd, &sup);
}

/* Where `name` is another directory than the keeper's, or has lost what the
 * keeper made there, it begins there anew; the processes go on. */
static void
follow(struct pair *p, struct keeper *k, int dir, const char *name)
{
	struct stat st;
	int home, rc;

	if (dir < 0 || sys_fstatat(dir, name, &st, 0) < 0 ||
	    !S_ISDIR(st.st_mode) || stands(k, &st) ||
	    loop_now() < k->refused_until)
		return;
	home = sys_openat(dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	if (home < 0)
		return;
	if (k->home >= 0)
		rc = keeper_move(k, home);
	else
		rc = add_log(p, home);
	k->refused_until = rc == 0 ? 0 : loop_now() + REFUSED_NS;
	k->refused = rc < 0;
	if (rc < 0)
		sys_close(home);
}

/* Whether the directory was replaced, or has got a logger, or lost what was
 * made there. */
static void
look(struct pair *p)
{
	int was = p->service.home;

	if (keeper_state(&p->service) == SERVICE_OVER)
		return;
	follow(p, &p->service, p->base, p->path);
	if (p->service.home != was)
		sys_fchdir(p->service.home);
	follow(p, &p->log, p->service.home, "log");
	supdir_mend(&p->service.sup);
	if (has_log(p))
		supdir_mend(&p->log.sup);
}

/* --- the end ---------------------------------------------------------------*/

/* The service is over: its logger reads what there is, and ends with it. */
static void
release(struct pair *p)
{
	p->log.released = true;
	keeper_event(&p->log, service_event(ON_RELEASE));
	logpipe_end(&p->pipe);
	drain_start(&p->drain, logpipe_is_kept_open(&p->pipe), loop_now());
}

static void
drain(struct pair *p)
{
	if (drain_look(&p->drain, logpipe_left(&p->pipe),
		logpipe_is_kept_open(&p->pipe), loop_now()))
		keeper_event(&p->log, service_command(CONTROL_TERM));
}

/* Whether all is over. */
static bool
is_over(struct pair *p)
{
	if (keeper_state(&p->service) != SERVICE_OVER)
		return false;
	if (!has_log(p))
		return true;
	if (!p->log.released)
		release(p);
	return keeper_state(&p->log) == SERVICE_OVER;
}

/* --- the loop --------------------------------------------------------------*/

static void
reap(struct pair *p)
{
	int status;
	pid_t pid;

	while ((pid = sys_waitpid(-1, &status, WNOHANG)) > 0)
		if (!keeper_reaped(&p->service, pid, status))
			keeper_reaped(&p->log, pid, status);
}

static void
take_signals(struct pair *p)
{
	int signal;

	while ((signal = os_signal_next(p->signals)) > 0) {
		if (signal == SIGTERM)
			keeper_event(&p->service,
			    service_command(CONTROL_EXIT));
		if (signal == SIGCHLD)
			reap(p);
		if (signal == SIGHUP)
			p->service.refused_until = p->log.refused_until = 0;
	}
}

enum {
	AT_SIGNALS,
	AT_SERVICE,
	AT_LOG = AT_SERVICE + KEEPER_FDS,
	WATCHED = AT_LOG + KEEPER_FDS
};

static void
turn(struct pair *p)
{
	struct pollfd fds[WATCHED] = {
		[AT_SIGNALS] = { p->signals, POLLIN, 0 },
	};
	int64_t at = loop_sooner(p->drain.at, keeper_deadline(&p->service));

	at = loop_sooner(at, keeper_deadline(&p->log));
	keeper_watch(&p->service, fds + AT_SERVICE);
	keeper_watch(&p->log, fds + AT_LOG);
	loop_wait(fds, WATCHED, at);
	look(p);
	if (fds[AT_SIGNALS].revents)
		take_signals(p);
	keeper_turn(&p->service, fds + AT_SERVICE);
	keeper_turn(&p->log, fds + AT_LOG);
	if (loop_now() >= p->drain.at)
		drain(p);
}

static int
enter(struct pair *p)
{
	static const int signals[] = { SIGTERM, SIGHUP, SIGCHLD, SIGPIPE };
	int rc;

	standard_fill();
	p->base = dir_open(".");
	p->service.home = dir_open(p->path);
	rc =
	    p->service.home < 0 ? p->service.home : sys_fchdir(p->service.home);
	if (rc < 0)
		return fatal(rc, "unable to change to directory");
	p->signals = os_signal_fd(signals, sizeof signals / sizeof *signals);
	if (p->signals < 0)
		return fatal(p->signals, "unable to read signals");
	return 0;
}

int
pair_run(const char *path)
{
	struct pair *p = &the;
	int rc;

	p->path = path;
	p->drain = drain_none();
	keeper_init(&p->service, false, &p->pipe.lent);
	keeper_init(&p->log, true, &p->pipe.lent);
	rc = enter(p);
	if (rc != 0)
		return rc;
	logpipe_take(&p->pipe);
	p->log.home = open_log(p->service.home);
	if (p->log.home < -1)
		return fatal(p->log.home, "unable to open ./log");
	rc = begin(p);
	if (rc != 0)
		return rc;
	while (!is_over(p))
		turn(p);
	return 0;
}
