/* Waiting for services, all at the same time. */
#include "vigil.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

#include "loop.h"
#include "sys.h"

enum {
	LOOK_MS = 50,       /* where nothing is reported */
	LOOK_ALL_MS = 1000, /* and where it should be: over a network, say */
	CHECKS_MOST = 32,   /* scripts at a time */
	NEWS = 256,
};

static const int signals[] = { SIGCHLD, SIGHUP, SIGINT, SIGPIPE, SIGTERM };

int
vigil_open(struct vigil *v)
{
	v->ended_by = 0;
	v->look_all = loop_now() + LOOK_ALL_MS * LOOP_MS;
	v->signals = os_signal_fd(signals, sizeof signals / sizeof signals[0]);
	if (v->signals < 0)
		return v->signals;
	v->news = os_notice_fd();
	v->null = sys_open("/dev/null", O_RDWR | O_CLOEXEC, 0);
	return 0;
}

void
vigil_watch(struct vigil *v, struct vigil_one *one)
{
	one->look = true;
	if (v->news >= 0)
		svctl_notice(&one->sv);
}

static void
end(struct vigil *v, struct vigil_one *one, enum vigil_end how)
{
	one->end = how;
	v->ended(v->arg, one);
}

static size_t
checks(const struct vigil *v)
{
	size_t n = 0;

	for (size_t i = 0; i < v->n; i++)
		n += v->one[i].check.state == SVCHECK_RUNS;
	return n;
}

/* What the script said is worth nothing once the service has been seen not to
 * run. */
static void
forget_check(struct svcheck *c)
{
	if (c->state != SVCHECK_RUNS)
		*c = (struct svcheck){ .told = c->told };
}

static bool
is_so(struct vigil *v, struct vigil_one *one)
{
	switch (wanted_find(v->wanted, &one->before, &one->sv.status)) {
	case WANTED_NOT_YET:
		forget_check(&one->check);
		return false;
	case WANTED_IF_CHECK:
		if (one->check.state == SVCHECK_IDLE && checks(v) < CHECKS_MOST)
			svcheck_ask(&one->check, one->sv.dir, one->name,
			    v->null);
		return one->check.state == SVCHECK_READY;
	case WANTED_IS_SO:
		return true;
	}
	return false;
}

void
vigil_look(struct vigil *v, struct vigil_one *one)
{
	one->look = false;
	one->found = svctl_hold(&one->sv);
	if (one->found == SVCTL_FINE) {
		if (is_so(v, one))
			end(v, one, VIGIL_SO);
	} else if (one->found == SVCTL_NO_RUNSV && v->wanted == WANTED_GONE) {
		end(v, one, VIGIL_SO);
	} else {
		end(v, one, VIGIL_TROUBLE);
	}
}

/* Looks at those to which something has happened; how many wait still. */
static size_t
look_all(struct vigil *v)
{
	size_t n = 0;

	for (size_t i = 0; i < v->n; i++) {
		struct vigil_one *one = &v->one[i];

		if (one->end == VIGIL_WAITS && one->look)
			vigil_look(v, one);
		n += one->end == VIGIL_WAITS;
	}
	return n;
}

/* When to look again without having been told to. */
static int64_t
next_look(const struct vigil *v, int64_t deadline)
{
	int64_t soon = loop_now() + LOOK_MS * LOOP_MS;
	bool may_check = checks(v) < CHECKS_MOST;

	deadline = loop_sooner(deadline, v->look_all);
	for (size_t i = 0; i < v->n; i++) {
		const struct vigil_one *one = &v->one[i];

		if (one->end != VIGIL_WAITS)
			continue;
		if (one->sv.news < 0 || one->sv.ok < 0)
			deadline = loop_sooner(deadline, soon);
		if (one->check.state == SVCHECK_IDLE && one->check.again &&
		    may_check)
			deadline = loop_sooner(deadline, one->check.again);
	}
	return deadline;
}

static size_t
fill_fds(struct vigil *v)
{
	size_t n = 0;

	v->fds[n++] = (struct pollfd){ .fd = v->signals, .events = POLLIN };
	v->fds[n++] = (struct pollfd){ .fd = v->news, .events = POLLIN };
	for (size_t i = 0; i < v->n; i++) { /* errors are always told */
		const struct vigil_one *one = &v->one[i];

		v->fds[n++] = (struct pollfd){
			.fd = one->end == VIGIL_WAITS ? one->sv.ok : -1,
		};
	}
	return n;
}

/* There is room for another script: those that had none are looked at. */
static void
next_checks(struct vigil *v)
{
	for (size_t i = 0; i < v->n; i++)
		if (v->one[i].check.state == SVCHECK_IDLE &&
		    !v->one[i].check.again)
			v->one[i].look = true;
}

static void
reap(struct vigil *v)
{
	int status;
	pid_t pid;

	while ((pid = sys_waitpid(-1, &status, WNOHANG)) > 0)
		for (size_t i = 0; i < v->n; i++) {
			struct vigil_one *one = &v->one[i];

			if (one->check.pid == pid) {
				svcheck_ended(&one->check, status);
				one->look = true;
			}
		}
	next_checks(v);
}

static void
take_signals(struct vigil *v)
{
	int sig;

	while ((sig = os_signal_next(v->signals)) > 0) {
		if (sig == SIGCHLD)
			reap(v);
		else if (sig != SIGPIPE)
			v->ended_by = sig;
	}
}

static void
heard_of(struct vigil *v, int news)
{
	for (size_t i = 0; i < v->n; i++)
		if (v->one[i].sv.news == news || news < 0)
			v->one[i].look = true;
}

static void
take_news(struct vigil *v)
{
	int which[NEWS];
	ssize_t n;

	while ((n = os_notice_read(v->news, which, NEWS)) > 0)
		for (ssize_t i = 0; i < n; i++)
			heard_of(v, which[i]);
}

/* Who is to be looked at without having been heard of. */
static void
mark(struct vigil *v)
{
	int64_t now = loop_now();
	bool all = now >= v->look_all;

	if (all)
		v->look_all = now + LOOK_ALL_MS * LOOP_MS;
	for (size_t i = 0; i < v->n; i++) {
		struct vigil_one *one = &v->one[i];

		if (all || one->sv.news < 0 || one->sv.ok < 0 ||
		    v->fds[VIGIL_FDS + i].revents ||
		    (one->check.again && one->check.again <= now))
			one->look = true;
	}
}

static void
wait_once(struct vigil *v, int64_t deadline)
{
	size_t n = fill_fds(v);
	int r = loop_wait(v->fds, n, next_look(v, deadline));

	for (size_t i = 0; r <= 0 && i < n; i++)
		v->fds[i].revents = 0;
	if (v->fds[0].revents)
		take_signals(v);
	if (v->fds[1].revents)
		take_news(v);
	mark(v);
}

void
vigil_keep(struct vigil *v, int64_t deadline)
{
	while (look_all(v) > 0 && loop_now() < deadline && !v->ended_by)
		wait_once(v, deadline);
	for (size_t i = 0; i < v->n; i++)
		svcheck_stop(&v->one[i].check);
}

void
vigil_close(struct vigil *v)
{
	if (v->news >= 0) {
		take_news(v); /* signals, which would end a program */
		sys_close(v->news);
	}
	if (v->null >= 0)
		sys_close(v->null);
	sys_close(v->signals);
}
