/* The log daemon: standard input, through the ring, to every directory. */
#include "daemon.h"

#include <errno.h>
#include <signal.h>

#include "dirs.h"
#include "lease.h"
#include "loop.h"
#include "pace.h"
#include "reader.h"
#include "say.h"
#include "sys.h"

#define LOCK_WAIT_NS (5 * LOOP_S)
#define LOCK_LOOK_NS (10 * LOOP_MS)
#define LEAVE_NS (1 * LOOP_S)
#define GIVE_UP_NS (5 * LOOP_S) /* at the end of input, with Bdrop */
#define PROCESSORS_NS (5 * LOOP_S)
#define QUIET_NS (10 * LOOP_S)
#define STATS_NS (1 * LOOP_S)
#define RETRY_NS (100 * LOOP_MS)

enum { EXIT_TROUBLE = 111 };

/* Failures to read in a row, RETRY_NS apart, before it is given up. */
enum { INPUT_TRIES = 50 };

enum phase {
	RUNNING,
	ENDING,  /* the input has ended: until all of it is written */
	LEAVING, /* TERM: as ENDING, but not for long, tail left behind */
	WAITING, /* for processors */
	DONE,
};

/* Signals, in the order in which they are obeyed. */
enum { ON_HUP, ON_ALRM, ON_TERM, ON_CHLD, SIGNALS };

struct daemon {
	const struct options *options;
	enum phase phase;
	int64_t phase_until; /* monotonic deadline of the phase */
	uint64_t progress;   /* LEAVING: how far it was a deadline ago */

	struct dirs dirs;
	struct lease lease;
	struct reader reader;
	struct pace pace;
	int signals;
	bool heard[SIGNALS]; /* those that came and were not obeyed yet */

	unsigned input_failures;    /* in a row */
	int64_t stats_at, quiet_at; /* LOOP_NEVER: no line since */
	uint64_t pipe_full_ns;
};

/* The input that is pending ends where it ends: unfinished or not, nothing
 * will follow. */
static bool
is_last(const struct daemon *d)
{
	return d->reader.eof || d->reader.foreign ||
	       (d->phase >= LEAVING && d->pace.owed == 0 &&
		   !d->lease.ring.survives);
}

static uint64_t
goal(const struct daemon *d)
{
	return is_last(d) ? d->lease.ring.in.rd : d->reader.ready;
}

static bool
is_done(const struct daemon *d, bool without_word)
{
	return dirs_are_done(&d->dirs, goal(d), is_last(d), without_word);
}

/* Whether the ring has no room until somebody takes a line: it is full, and not
 * with a single one that has no end. */
static bool
is_full(const struct daemon *d)
{
	uint64_t oldest = dirs_oldest(&d->dirs);

	return d->lease.ring.in.rd - oldest == RING_DATA &&
	       oldest < d->reader.ready;
}

/* Those that block are through with every whole line, and nobody else is so far
 * behind that there is no room. */
static bool
may_read(const struct daemon *d)
{
	if (d->reader.eof || d->reader.foreign || d->phase >= WAITING ||
	    (d->phase != RUNNING && d->pace.owed == 0))
		return false;
	return dirs_keep_up(&d->dirs, d->reader.ready) && !is_full(d);
}

/* Something was counted: lock.stats is to say so soon. */
static void
counted(struct daemon *d, int64_t now)
{
	if (d->stats_at == LOOP_NEVER)
		d->stats_at = now + STATS_NS;
}

/* --- signals -------------------------------------------------------------- */

static void
leave(struct daemon *d)
{
	if (d->phase >= LEAVING)
		return;
	d->phase = LEAVING;
	d->phase_until = loop_now() + LEAVE_NS;
	d->progress = dirs_progress(&d->dirs);
	/* What is readable now is still taken. */
	d->pace.owed = reader_waiting(&d->reader);
}

static void
hang_up(struct daemon *d)
{
	dirs_reload(&d->dirs, d->reader.ready);
}

static void
rotate(struct daemon *d)
{
	dirs_rotate(&d->dirs);
}

static void
reap(struct daemon *d)
{
	dirs_reap(&d->dirs);
}

static const struct {
	int signal;
	const char *words;
	void (*act)(struct daemon *d);
} signals[SIGNALS] = {
	[ON_HUP] = { SIGHUP, "sighangup received.", hang_up },
	[ON_ALRM] = { SIGALRM, "sigalarm received.", rotate },
	[ON_TERM] = { SIGTERM, "sigterm received.", leave },
	[ON_CHLD] = { SIGCHLD, "sigchild received.", reap },
};

static int
open_signals(struct daemon *d)
{
	int wanted[SIGNALS];

	/* A full file and a reader that left are errors of a write. */
	os_signal_ignore(SIGPIPE);
	os_signal_ignore(SIGXFSZ);
	for (size_t i = 0; i < SIGNALS; i++)
		wanted[i] = signals[i].signal;
	d->signals = os_signal_fd(wanted, SIGNALS);
	return d->signals < 0 ? d->signals : 0;
}

static void
hear(struct daemon *d)
{
	int signal;

	while ((signal = os_signal_next(d->signals)) > 0)
		for (size_t i = 0; i < SIGNALS; i++)
			d->heard[i] |= signals[i].signal == signal;
}

static void
obey(struct daemon *d)
{
	for (size_t i = 0; i < SIGNALS; i++) {
		if (!d->heard[i])
			continue;
		d->heard[i] = false;
		say_info(0, signals[i].words);
		signals[i].act(d);
		counted(d, loop_now());
	}
}

/* --- the start ------------------------------------------------------------ */

/* Directories that another svlogd is about to leave get a little time, unless
 * TERM comes meanwhile: 0 or -errno. */
static int
open_dirs(struct daemon *d)
{
	int64_t until = loop_now() + LOCK_WAIT_NS;
	int rc;

	while ((rc = dirs_open(&d->dirs, loop_now() < until)) == -EAGAIN) {
		struct pollfd pfd = { .fd = d->signals, .events = POLLIN };

		loop_wait(&pfd, 1, loop_now() + LOCK_LOOK_NS);
		hear(d);
		if (d->heard[ON_TERM])
			return 0;
	}
	return rc;
}

/* 0, or -errno and that is said. */
static int
start(struct daemon *d)
{
	int rc = open_dirs(d);

	if (rc == 0 && dirs_usable(&d->dirs) == 0) {
		say_fatal(0, "no functional log directories.");
		return -ENOENT;
	}
	if (rc == 0)
		rc = dirs_lease(&d->dirs, &d->lease);
	if (rc == 0)
		rc = reader_open(&d->reader, 0, &d->lease.ring,
		    &d->options->scrub);
	if (rc < 0) {
		say_fatal(rc, "unable to start");
		return rc;
	}
	dirs_start(&d->dirs, &d->lease.ring, d->reader.ready);
	pace_init(&d->pace, d->options->wait_ns);
	d->stats_at = loop_now();
	obey(d); /* some read their config before the last signals came */
	return 0;
}

/* --- input ---------------------------------------------------------------- */

static void
note_input(struct daemon *d, size_t found, int64_t now)
{
	d->quiet_at = now + QUIET_NS;
	if (found >= d->reader.pipe_size / 2)
		d->pipe_full_ns += (uint64_t)pace_gap(&d->pace, now);
}

/* Nothing was consumed: it is tried again, though not for ever. */
static void
failed_input(struct daemon *d, int err, int64_t now)
{
	if (err == -EAGAIN || err == -ENOBUFS)
		return;
	if (d->input_failures++ == 0)
		say_warning(err, "unable to read standard input");
	d->pace.next = now + RETRY_NS;
	if (err == -EBADF || err == -EISDIR || d->input_failures > INPUT_TRIES)
		leave(d);
}

static void
take_input(struct daemon *d, int64_t now)
{
	size_t most = d->phase == RUNNING ? RING_DATA : d->pace.owed;
	ssize_t n = reader_fill(&d->reader, dirs_oldest(&d->dirs), most);

	if (n > 0) {
		note_input(d, d->reader.found, now);
		pace_read(&d->pace, d->reader.found, d->reader.pipe_size, now);
		d->pace.owed -=
		    d->pace.owed < (size_t)n ? d->pace.owed : (size_t)n;
		d->input_failures = 0;
	} else if (n == -ENOBUFS) {
		/* One line fills it all. */
		reader_force(&d->reader);
	} else {
		d->pace.owed = 0;
	}
	if (n == 0 && d->phase == RUNNING) {
		d->phase = ENDING;
		d->phase_until = now + GIVE_UP_NS;
	}
	if (n < 0)
		failed_input(d, (int)n, now);
}

/* --- the loop ------------------------------------------------------------- */

/* Who is stuck and may drop does so before the service has to wait for it: when
 * half the ring is full; or half the pipe, where nothing is read before what
 * came through another one is done with. */
static void
drop_in_time(struct daemon *d)
{
	if (!d->reader.foreign)
		dirs_drop(&d->dirs, d->reader.ready, false, RING_DATA / 2);
	else if (reader_waiting(&d->reader) >= d->reader.pipe_size / 2)
		dirs_drop(&d->dirs, goal(d), is_last(d), 0);
}

static void
pump(struct daemon *d)
{
	uint64_t before = dirs_progress(&d->dirs);

	if (d->phase < WAITING) {
		dirs_pump(&d->dirs, goal(d), is_last(d));
		drop_in_time(d);
	}
	if (dirs_progress(&d->dirs) != before)
		counted(d, loop_now());
	copies_send(&d->dirs.buffers.alerts);
	copies_send(&d->dirs.buffers.copies);
	if (d->reader.foreign && is_done(d, true))
		reader_adopt(&d->reader);
}

static void
tick(struct daemon *d, int64_t now)
{
	dirs_tick(&d->dirs, now);
	if (now >= d->stats_at) {
		d->stats_at = LOOP_NEVER;
		dirs_write_stats(&d->dirs, d->pipe_full_ns);
	}
	if (now >= d->quiet_at) {
		d->quiet_at = LOOP_NEVER;
		ring_forget(&d->lease.ring, dirs_oldest(&d->dirs));
	}
}

static int64_t
next_deadline(const struct daemon *d)
{
	int64_t at = loop_sooner(d->stats_at, d->quiet_at);

	at = loop_sooner(at, dirs_deadline(&d->dirs, d->phase < WAITING));
	if (d->phase != RUNNING)
		at = loop_sooner(at, d->phase_until);
	return at;
}

/* Whether all that is to be written is, or has had its time. */
static bool
is_through(struct daemon *d, bool late)
{
	switch (d->phase) {
	case ENDING:
		return is_done(d, late);
	case LEAVING:
		return late || (!may_read(d) && is_done(d, false));
	case RUNNING:
	case WAITING:
	case DONE:
		return false;
	}
	return false;
}

/* Whether the phase has had its time. Where no ring keeps what is not written
 * on leaving, it has more as long as something gets written. */
static bool
is_late(struct daemon *d, int64_t now)
{
	uint64_t progress;

	if (d->phase == RUNNING || now < d->phase_until)
		return false;
	if (d->phase != LEAVING || d->lease.ring.survives)
		return true;
	progress = dirs_progress(&d->dirs);
	if (progress == d->progress)
		return true;
	d->progress = progress;
	d->phase_until = now + LEAVE_NS;
	return false;
}

/* What may be dropped and cannot be written is dropped, not all at once:
 * signals want to be heard. True where there is more. */
static bool
drop(struct daemon *d)
{
	bool more;

	if (d->phase == LEAVING && d->lease.ring.survives)
		return false;
	more = dirs_drop(&d->dirs, goal(d), is_last(d), 0);
	d->progress = dirs_progress(&d->dirs); /* it counts for nothing */
	return more;
}

/* The next phase, if this one is over. */
static enum phase
next_phase(struct daemon *d, int64_t now)
{
	bool late = is_late(d, now);

	if (d->phase == WAITING)
		return late || !dirs_work(&d->dirs) ? DONE : WAITING;
	if (late && drop(d))
		return d->phase;
	if (late && d->phase == ENDING)
		d->phase_until = now + GIVE_UP_NS;
	if (!is_through(d, late))
		return d->phase;
	d->phase_until = now + PROCESSORS_NS;
	dirs_hurry(&d->dirs);
	return WAITING;
}

/* The way out, as far as it is open now. */
static void
advance(struct daemon *d, int64_t now)
{
	enum phase from;

	do {
		from = d->phase;
		d->phase = next_phase(d, now);
		if (d->phase == WAITING)
			tick(d, now);
	} while (d->phase != from);
}

enum { AT_INPUT, AT_SIGNALS, AT_ALERTS, AT_COPIES, WATCHED };

static int
pending_fd(const struct copies *c)
{
	return copies_pending(c) ? c->fd : -1;
}

static void
turn(struct daemon *d)
{
	const struct buffers *b = &d->dirs.buffers;
	bool reading = may_read(d);
	int64_t now = loop_now(), at = next_deadline(d);
	int64_t read_at = pace_next(&d->pace);
	bool wait_input = reading && (now >= read_at || d->pace.owed);
	struct pollfd fds[WATCHED] = {
		[AT_INPUT] = { wait_input ? 0 : -1, POLLIN, 0 },
		[AT_SIGNALS] = { d->signals, POLLIN, 0 },
		[AT_ALERTS] = { pending_fd(&b->alerts), POLLOUT, 0 },
		[AT_COPIES] = { pending_fd(&b->copies), POLLOUT, 0 },
	};

	if (reading && !wait_input)
		at = loop_sooner(at, read_at);
	loop_wait(fds, WATCHED, at);
	if (fds[AT_SIGNALS].revents) {
		hear(d);
		obey(d);
	}
	now = loop_now();
	if (reading && may_read(d) &&
	    (fds[AT_INPUT].revents || d->pace.owed ||
		(!wait_input && now >= read_at)))
		take_input(d, now);
	tick(d, now);
	pump(d);
	advance(d, now);
}

/* --- the end -------------------------------------------------------------- */

/* What remains unwritten where nobody will find it. */
static int
say_lost(struct daemon *d)
{
	uint64_t n = d->lease.ring.in.rd - dirs_oldest(&d->dirs);

	if (n == 0 || d->lease.ring.survives)
		return 0;
	say_number("could not be written and is lost", ", bytes", n);
	return EXIT_TROUBLE;
}

static int
finish(struct daemon *d)
{
	int code = say_lost(d);
	/* Something may be there for a directory that is away. */
	bool empty = ring_pending(&d->lease.ring) == 0;

	dirs_write_stats(&d->dirs, d->pipe_full_ns);
	dirs_close(&d->dirs);
	reader_close(&d->reader);
	lease_close(&d->lease, empty);
	return code;
}

static int
run(struct daemon *d)
{
	if (start(d) < 0)
		return EXIT_TROUBLE;
	pump(d);
	while (d->phase != DONE)
		turn(d);
	return finish(d);
}

int
daemon_run(const struct options *options)
{
	struct daemon d = {
		.options = options,
		.stats_at = LOOP_NEVER,
		.quiet_at = LOOP_NEVER,
	};
	int rc = dirs_init(&d.dirs, options);

	if (rc == 0)
		rc = open_signals(&d);
	if (rc < 0) {
		say_fatal(rc, "unable to start");
		rc = EXIT_TROUBLE;
	} else {
		rc = run(&d);
	}
	dirs_free(&d.dirs);
	return rc;
}
