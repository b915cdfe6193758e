/* sv's commands that are sent to services, and may be waited for. */
#include "svsend.h"

#include <errno.h>
#include <stdlib.h>

#include "loop.h"
#include "svtell.h"
#include "sys.h"
#include "vigil.h"

enum {
	/* runit looked each 420 ms, and once more when the time was over: so
	 * much later than told at most. Callers have come to count on it. */
	LATE_MS = 500,
	AFTER_KILL_MS = 2000,
	FILES_EACH = 3,
	FILES_MORE = 32,
};

struct sending {
	const struct svopts *options;
	struct out *out;
	struct tally *tally;
	struct svdir home;
	struct vigil vigil;
	bool quiet; /* it has been said: `k` was sent */
};

static void
tell_trouble(struct sending *s, const struct vigil_one *one)
{
	tally_add(s->tally, svtell_outcome(one->found, &one->sv));
	svtell_trouble(s->out, one->name, "", one->found, &one->sv);
}

static void
tell_state(struct sending *s, const struct vigil_one *one, const char *what)
{
	out_str(s->out, what);
	svtell_state(s->out, one->name, &one->sv.status,
	    svtell_normally(one->name, "", &one->sv));
	out_str(s->out, "\n");
}

/* vigil.ended: what is so is said at once, in the order in which it comes. */
static void
tell_end(void *arg, struct vigil_one *one)
{
	struct sending *s = arg;

	if (one->end == VIGIL_SO)
		tally_add(s->tally, OUTCOME_FINE);
	else if (s->quiet)
		tally_add(s->tally, OUTCOME_FAILED);
	if (s->quiet)
		return;
	if (one->end == VIGIL_TROUBLE) {
		tell_trouble(s, one);
	} else if (one->found == SVCTL_NO_RUNSV) {
		out_str(s->out, "ok: ");
		out_str(s->out, one->name);
		out_str(s->out, ": runsv not running\n");
	} else {
		tell_state(s, one, "ok: ");
	}
	out_flush(s->out);
}

static bool
waits(const struct sending *s)
{
	return s->options->verb.waits || s->options->verbose;
}

/* Opens, looks and sends. What has come to an end with that is told. */
static void
send(struct sending *s, struct vigil_one *one)
{
	const struct verb *verb = &s->options->verb;

	one->found = svdir_enter(&s->home, &one->sv, one->name);
	if (one->found == SVCTL_FINE)
		one->found = svctl_hold(&one->sv);
	one->before = one->sv.status;
	if (one->found == SVCTL_FINE && waits(s))
		vigil_watch(&s->vigil, one);
	if (one->found == SVCTL_FINE)
		one->found = svctl_send(&one->sv, verb->letters);
	if (one->found == SVCTL_FINE && waits(s))
		return;
	if (one->found == SVCTL_FINE) {
		one->end = VIGIL_SO;
	} else {
		one->end = VIGIL_TROUBLE;
		if (one->found == SVCTL_NO_RUNSV && verb->wanted == WANTED_GONE)
			one->end = VIGIL_SO;
		tell_end(s, one);
	}
	svctl_close(&one->sv);
}

/* The time is over for one that waits still. */
static void
give_up(struct sending *s, struct vigil_one *one)
{
	bool kills = s->options->verb.kills;

	vigil_look(&s->vigil, one);
	if (one->end != VIGIL_WAITS)
		return;
	if (kills)
		one->found = svctl_send(&one->sv, "k");
	if (one->found != SVCTL_FINE) {
		one->end = VIGIL_TROUBLE;
		tell_trouble(s, one);
		return;
	}
	tell_state(s, one, kills ? "kill: " : "timeout: ");
	one->look = true;
	if (!kills) {
		one->end = VIGIL_TROUBLE;
		tally_add(s->tally, OUTCOME_FAILED);
	}
}

static void
keep_vigil(struct sending *s)
{
	struct vigil *v = &s->vigil;

	vigil_keep(v, loop_now() + s->options->wait_ns + LATE_MS * LOOP_MS);
	if (v->ended_by)
		return;
	for (size_t i = 0; i < v->n; i++)
		if (v->one[i].end == VIGIL_WAITS)
			give_up(s, &v->one[i]);
	out_flush(s->out);
	s->quiet = true;
	vigil_keep(v, loop_now() + AFTER_KILL_MS * LOOP_MS);
	for (size_t i = 0; i < v->n; i++)
		if (v->one[i].end == VIGIL_WAITS)
			tally_add(s->tally, OUTCOME_FAILED);
}

/* Three descriptors for each. Where that is not allowed, the last ones fail. */
static void
allow_files(size_t n)
{
	rlim_t need = FILES_EACH * (rlim_t)n + FILES_MORE;
	struct rlimit rl;

	if (sys_getrlimit(RLIMIT_NOFILE, &rl) < 0 || rl.rlim_cur >= need)
		return;
	rl.rlim_cur = need < rl.rlim_max ? need : rl.rlim_max;
	sys_setrlimit(RLIMIT_NOFILE, &rl);
}

static int
make_room(struct vigil *v, const struct svopts *options)
{
	v->n = options->n_names;
	v->one = calloc(v->n, sizeof *v->one);
	v->fds = calloc(v->n + VIGIL_FDS, sizeof *v->fds);
	if (!v->one || !v->fds)
		return -ENOMEM;
	for (size_t i = 0; i < v->n; i++) {
		v->one[i].name = options->names[i];
		v->one[i].sv.dir = v->one[i].sv.ok = -1;
		v->one[i].sv.news = -1;
	}
	allow_files(v->n);
	return vigil_open(v);
}

int
svsend_run(const struct svopts *options, struct out *out, struct tally *tally,
    int *sig)
{
	struct sending s = {
		.options = options,
		.out = out,
		.tally = tally,
		.vigil = { .wanted = options->verb.wanted, .ended = tell_end },
	};
	struct vigil *v = &s.vigil;
	int r = make_room(v, options);

	v->arg = &s;
	if (r == 0) {
		svdir_open(&s.home, options->svdir);
		for (size_t i = 0; i < v->n; i++)
			send(&s, &v->one[i]);
		keep_vigil(&s);
		for (size_t i = 0; i < v->n; i++)
			svctl_close(&v->one[i].sv);
		*sig = v->ended_by;
		svdir_close(&s.home);
		vigil_close(v);
	}
	free(v->one);
	free(v->fds);
	return r;
}
