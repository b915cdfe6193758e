/* The log daemon: standard input, through the ring, to every directory. */
#include "daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lease.h"
#include "logdir.h"
#include "loop.h"
#include "pace.h"
#include "reader.h"
#include "say.h"
#include "seal.h"
#include "sys.h"

#define LOCK_WAIT_NS (5 * LOOP_S)
#define LOCK_LOOK_NS (10 * LOOP_MS)
#define LEAVE_NS (1 * LOOP_S)
#define GIVE_UP_NS (5 * LOOP_S) /* at the end of input, with Bdrop */
#define PROCESSORS_NS (5 * LOOP_S)
#define QUIET_NS (10 * LOOP_S)
#define STATS_NS (1 * LOOP_S)
#define RETRY_NS (200 * LOOP_MS)

enum { EXIT_TROUBLE = 111 };

/* Failures to read in a row, RETRY_NS apart, before it is given up. */
enum { INPUT_TRIES = 25 };

enum phase {
	RUNNING,
	ENDING,  /* the input has ended: until all of it is written */
	LEAVING, /* TERM: as ENDING, but not for long, tail left behind */
	WAITING, /* for processors */
	DONE,
};

struct daemon {
	const struct options *options;
	enum phase phase;
	int64_t phase_until; /* monotonic deadline of the phase */

	struct logdir *dirs;
	size_t n_dirs;
	int *fds;   /* room for a descriptor per directory, for a while */
	int *locks; /* ... and again */
	struct lease lease;
	struct reader reader;
	struct pace pace;
	struct buf out;
	struct copies alerts, copies;
	struct seal seal;
	int signals;

	unsigned input_failures;    /* in a row */
	int64_t stats_at, quiet_at; /* LOOP_NEVER: no line since */
	uint64_t pipe_full_ns;
};

#define FOR_DIRS(d, ld)                                                        \
	for (struct logdir *ld = (d)->dirs; ld < (d)->dirs + (d)->n_dirs; ld++)

/* The input that is pending ends where it ends: unfinished or not, nothing
 * will follow. */
static bool
is_last(const struct daemon *d)
{
	return d->reader.eof || d->reader.foreign ||
	       (d->phase >= LEAVING && !d->lease.ring.survives);
}

static uint64_t
goal(const struct daemon *d)
{
	return is_last(d) ? d->lease.ring.in.rd : d->reader.ready;
}

/* --- the start ------------------------------------------------------------ */

static int
open_signals(struct daemon *d)
{
	static const int wanted[] = { SIGTERM, SIGHUP, SIGALRM, SIGCHLD };
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	/* A full file and a reader that left are errors of a write. */
	sigaction(SIGPIPE, &ignore, NULL);
	sigaction(SIGXFSZ, &ignore, NULL);
	d->signals = os_signal_fd(wanted, sizeof wanted / sizeof wanted[0]);
	return d->signals < 0 ? d->signals : 0;
}

/* Opens every directory; those that another svlogd is about to leave get a
 * little time. */
static size_t
open_dirs(struct daemon *d)
{
	int64_t until = loop_now() + LOCK_WAIT_NS;
	size_t usable = 0;
	bool busy;

	do {
		busy = false;
		FOR_DIRS (d, ld) {
			bool late = loop_now() >= until;
			int rc;

			if (ld->state != LOGDIR_OUT || ld->trouble.err)
				continue;
			rc = logdir_open(ld);
			if (rc == -EAGAIN && !late) {
				busy = true;
			} else if (rc < 0) {
				place_complain(&ld->place, rc);
				ld->trouble.err = rc;
			} else {
				usable++;
			}
		}
		if (busy) {
			struct pollfd pfd = { .fd = d->signals,
				.events = POLLIN };

			loop_wait(&pfd, 1, loop_now() + LOCK_LOOK_NS);
			if (os_signal_next(d->signals) == SIGTERM)
				d->phase = LEAVING;
		}
	} while (busy && d->phase == RUNNING);
	FOR_DIRS (d, ld)
		ld->trouble.err = 0;
	return usable;
}

static int
open_ring(struct daemon *d)
{
	size_t n = 0;

	FOR_DIRS (d, ld) {
		if (ld->state == LOGDIR_OPEN)
			d->fds[n++] = ld->place.fd;
	}
	return lease_open(&d->lease, d->fds, n);
}

/* Memory for the largest config there is. */
static int
open_buffers(struct daemon *d)
{
	size_t need = 0, front = 0;
	char *mem;

	FOR_DIRS (d, ld) {
		size_t n = route_buffer(d->options, &ld->conf);

		if (n > need)
			need = n;
		if (STAMP_SIZE + ld->conf.prefix.n > front)
			front = STAMP_SIZE + ld->conf.prefix.n;
	}
	if (need > d->out.cap) {
		mem = realloc(d->out.p, need);
		if (!mem)
			return -ENOMEM;
		buf_init(&d->out, mem, need);
	}
	if (copies_open(&d->alerts, 2, (size_t)d->options->line_max, front) <
		0 ||
	    copies_open(&d->copies, 1, 16 * 1024, front) < 0)
		return -ENOMEM;
	return 0;
}

static void
attach(struct daemon *d, struct logdir *ld)
{
	logdir_attach(ld, &d->lease.ring, d->reader.ready, &d->out, &d->alerts,
	    &d->copies);
}

/* Records of directories that are not ours any more would hold the ring. */
static void
drop_others(struct daemon *d)
{
	bool used[RING_DIRS] = { false };
	uint64_t n;

	FOR_DIRS (d, ld) {
		if (ld->state < LOGDIR_LIVE)
			return; /* its record may be any of them */
		if (ld->slot >= 0)
			used[ld->slot] = true;
	}
	n = ring_drop_others(&d->lease.ring, used);
	say_number("what was for directories not named any more is dropped",
	    ", bytes", n);
}

static int
start(struct daemon *d)
{
	int rc = open_ring(d);

	if (rc == 0)
		rc = open_buffers(d);
	if (rc == 0)
		rc = reader_open(&d->reader, 0, &d->lease.ring,
		    &d->options->scrub);
	if (rc < 0) {
		say_fatal(rc, "unable to start");
		return rc;
	}
	pace_init(&d->pace, d->options->wait_ns);
	FOR_DIRS (d, ld)
		if (ld->state == LOGDIR_OPEN)
			attach(d, ld);
	drop_others(d);
	d->stats_at = loop_now();
	return 0;
}

/* --- signals -------------------------------------------------------------- */

static void
hang_up(struct daemon *d)
{
	FOR_DIRS (d, ld) {
		int rc;

		if (ld->state == LOGDIR_LIVE) {
			logdir_reload(ld);
		} else if (ld->state == LOGDIR_OUT) {
			rc = logdir_open(ld);
			if (rc < 0)
				place_complain(&ld->place, rc);
		}
	}
	if (open_buffers(d) < 0)
		say_warning(-ENOMEM, "unable to grow buffers");
	FOR_DIRS (d, ld)
		if (ld->state == LOGDIR_OPEN)
			attach(d, ld);
}

static void
leave(struct daemon *d)
{
	if (d->phase >= LEAVING)
		return;
	d->phase = LEAVING;
	d->phase_until = loop_now() + LEAVE_NS;
	/* What is readable now is still taken. */
	d->pace.owed = reader_waiting(&d->reader);
}

static void
reap(struct daemon *d)
{
	int status;
	pid_t pid;

	while ((pid = sys_waitpid(-1, &status, WNOHANG)) > 0) {
		int64_t now = loop_now();
		int sealed = seal_reaped(&d->seal, pid, status, now);

		if (sealed > 0) {
			say_warning(0, "unable to sync old files");
			FOR_DIRS (d, ld)
				ld->has_old = true;
		}
		if (sealed == 0 && d->phase == WAITING)
			d->seal.start_at = 0; /* no rest now */
		if (sealed >= 0)
			continue;
		FOR_DIRS (d, ld)
			if (logdir_reaped(ld, pid, status))
				break;
	}
}

static void
take_signals(struct daemon *d)
{
	bool tell = d->options->verbose;
	int signal;

	while ((signal = os_signal_next(d->signals)) > 0) {
		switch (signal) {
		case SIGTERM:
			if (tell)
				say_info(0, "sigterm received.");
			leave(d);
			break;
		case SIGHUP:
			if (tell)
				say_info(0, "sighangup received.");
			hang_up(d);
			break;
		case SIGALRM:
			if (tell)
				say_info(0, "sigalarm received.");
			FOR_DIRS (d, ld)
				logdir_rotate(ld);
			break;
		default:
			if (tell)
				say_info(0, "sigchild received.");
			reap(d);
			break;
		}
	}
}

/* --- input ---------------------------------------------------------------- */

static uint64_t
oldest(const struct daemon *d)
{
	uint64_t at = d->lease.ring.in.rd;

	FOR_DIRS (d, ld)
		if (ld->state >= LOGDIR_LIVE && ld->out.wr < at)
			at = ld->out.wr;
	return at;
}

/* A directory that is stuck and may drop does so before the ring is full. */
static void
relieve(struct daemon *d)
{
	FOR_DIRS (d, ld)
		if (ld->state >= LOGDIR_LIVE && ld->conf.drop &&
		    ld->trouble.retry_at != LOOP_NEVER &&
		    d->lease.ring.in.rd - ld->out.wr > RING_DATA / 2)
			logdir_drop(ld, d->reader.ready);
}

/* At the end: what may be dropped and cannot be written is dropped. */
static void
drop_all(struct daemon *d)
{
	FOR_DIRS (d, ld) {
		if (ld->state >= LOGDIR_LIVE && ld->conf.drop &&
		    ld->trouble.retry_at != LOOP_NEVER)
			logdir_drop(ld, goal(d));
	}
}

/* Whether every directory has all it is to have; without_word: a word on what
 * was dropped may be missing. */
static bool
all_done(const struct daemon *d, bool without_word)
{
	bool any = false;

	FOR_DIRS (d, ld) {
		if (ld->state < LOGDIR_LIVE)
			continue;
		any = true;
		if (!logdir_is_done(ld, goal(d), is_last(d)) ||
		    (ld->out.owed_lines && !without_word))
			return false;
	}
	return any;
}

/* Those that block are through with every whole line. */
static bool
may_read(const struct daemon *d)
{
	if (d->reader.eof || d->reader.foreign ||
	    (d->phase != RUNNING && d->pace.owed == 0))
		return false;
	FOR_DIRS (d, ld)
		if (ld->state >= LOGDIR_LIVE && !ld->conf.drop &&
		    !logdir_is_done(ld, d->reader.ready, false))
			return false;
	return true;
}

static void
note_input(struct daemon *d, size_t found, int64_t now)
{
	if (d->stats_at == LOOP_NEVER)
		d->stats_at = now + STATS_NS;
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
	ssize_t n = reader_fill(&d->reader, oldest(d), most);

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

static void
pump(struct daemon *d)
{
	FOR_DIRS (d, ld)
		if (ld->state >= LOGDIR_LIVE)
			logdir_pump(ld, goal(d), is_last(d));
	relieve(d);
	copies_send(&d->alerts);
	copies_send(&d->copies);
	if (d->reader.foreign && all_done(d, false))
		reader_adopt(&d->reader);
}

static void
write_stats(struct daemon *d)
{
	d->stats_at = LOOP_NEVER;
	FOR_DIRS (d, ld)
		logdir_stats(ld, d->pipe_full_ns);
}

static void
seal(struct daemon *d, int64_t now)
{
	size_t n = 0, n_locks = 0;
	int rc;

	FOR_DIRS (d, ld) {
		d->locks[n_locks++] = ld->place.lock_fd;
		if (ld->has_old && ld->state == LOGDIR_LIVE)
			d->fds[n++] = ld->place.fd;
	}
	if (n == 0 || d->seal.pid || now < d->seal.start_at)
		return;
	rc = seal_start(&d->seal, d->fds, n, d->locks, n_locks, now);
	if (rc < 0) {
		d->seal.start_at = now + LOOP_S;
		return;
	}
	FOR_DIRS (d, ld)
		ld->has_old = false;
}

static bool
seal_is_due(const struct daemon *d)
{
	FOR_DIRS (d, ld)
		if (ld->has_old && ld->state == LOGDIR_LIVE)
			return true;
	return d->seal.pid != 0;
}

static void
tick(struct daemon *d, int64_t now)
{
	FOR_DIRS (d, ld)
		logdir_tick(ld, now);
	seal(d, now);
	if (now >= d->stats_at)
		write_stats(d);
	if (now >= d->quiet_at) {
		d->quiet_at = LOOP_NEVER;
		ring_forget(&d->lease.ring, oldest(d));
	}
}

static int64_t
next_deadline(const struct daemon *d)
{
	int64_t at = loop_sooner(d->stats_at, d->quiet_at);

	FOR_DIRS (d, ld) {
		at = loop_sooner(at, logdir_deadline(ld));
		if (ld->has_old && !d->seal.pid)
			at = loop_sooner(at, d->seal.start_at);
	}
	if (d->phase != RUNNING)
		at = loop_sooner(at, d->phase_until);
	return at;
}

static bool
processors_work(const struct daemon *d)
{
	FOR_DIRS (d, ld)
		if (ld->state == LOGDIR_LIVE && ld->conf.processor &&
		    proc_works(&ld->proc))
			return true;
	return false;
}

/* The next phase, if this one is over. */
static enum phase
next_phase(struct daemon *d, int64_t now)
{
	bool late = d->phase != RUNNING && now >= d->phase_until;

	if (d->phase == ENDING && late) {
		d->phase_until = now + GIVE_UP_NS;
		drop_all(d);
	} else if (d->phase == LEAVING && late && !d->lease.ring.survives) {
		drop_all(d);
	}
	if ((d->phase == ENDING && all_done(d, late)) ||
	    (d->phase == LEAVING &&
		(late || (!may_read(d) && all_done(d, false))))) {
		d->phase_until = now + PROCESSORS_NS;
		d->seal.start_at = 0; /* no rest now */
		return WAITING;
	}
	if (d->phase == WAITING &&
	    (late || (!processors_work(d) && !seal_is_due(d) &&
			 !copies_pending(&d->alerts))))
		return DONE;
	return d->phase;
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

static void
turn(struct daemon *d)
{
	bool reading = may_read(d);
	int64_t now = loop_now(), at = next_deadline(d);
	int64_t read_at = pace_next(&d->pace);
	bool wait_input = reading && (now >= read_at || d->pace.owed);
	struct pollfd fds[WATCHED] = {
		[AT_INPUT] = { wait_input ? 0 : -1, POLLIN, 0 },
		[AT_SIGNALS] = { d->signals, POLLIN, 0 },
		[AT_ALERTS] = { copies_pending(&d->alerts) ? 2 : -1, POLLOUT,
		    0 },
		[AT_COPIES] = { copies_pending(&d->copies) ? 1 : -1, POLLOUT,
		    0 },
	};

	if (reading && !wait_input)
		at = loop_sooner(at, read_at);
	loop_wait(fds, WATCHED, at);
	if (fds[AT_SIGNALS].revents)
		take_signals(d);
	now = loop_now();
	if (reading && may_read(d) &&
	    (fds[AT_INPUT].revents || d->pace.owed ||
		(!wait_input && now >= read_at)))
		take_input(d, now);
	tick(d, now);
	pump(d);
	advance(d, now);
}

/* What remains unwritten where nobody will find it. */
static int
say_lost(struct daemon *d)
{
	uint64_t n = d->lease.ring.in.rd - oldest(d);

	if (n == 0 || d->lease.ring.survives)
		return 0;
	say_number("could not be written and is lost", ", bytes", n);
	return EXIT_TROUBLE;
}

static int
finish(struct daemon *d)
{
	int code = say_lost(d);
	bool empty;

	write_stats(d);
	empty = oldest(d) == d->lease.ring.in.rd;
	FOR_DIRS (d, ld) {
		logdir_stop_processor(ld);
		logdir_close(ld);
	}
	reader_close(&d->reader);
	lease_close(&d->lease, empty);
	return code;
}

static void
free_all(struct daemon *d)
{
	for (size_t i = 0; d->dirs && i < d->n_dirs; i++)
		conf_free(&d->dirs[i].conf);
	copies_close(&d->alerts);
	copies_close(&d->copies);
	free(d->out.p);
	free(d->dirs);
	free(d->fds);
	free(d->locks);
}

/* From opening the directories to the end. */
static int
run(struct daemon *d)
{
	for (size_t i = 0; i < d->n_dirs; i++)
		logdir_init(&d->dirs[i], d->options->dirs[i], d->options);
	if (open_dirs(d) == 0) {
		say_fatal(0, "no functional log directories.");
		return EXIT_TROUBLE;
	}
	if (start(d) < 0)
		return EXIT_TROUBLE;
	if (d->phase == LEAVING)
		d->phase_until = loop_now() + LEAVE_NS;
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
		.n_dirs = options->n_dirs,
		.stats_at = LOOP_NEVER,
		.quiet_at = LOOP_NEVER,
	};
	int rc = open_signals(&d);

	d.dirs = calloc(d.n_dirs, sizeof *d.dirs);
	d.fds = calloc(d.n_dirs, sizeof *d.fds);
	d.locks = calloc(d.n_dirs, sizeof *d.locks);
	if (rc < 0 || !d.dirs || !d.fds || !d.locks) {
		say_fatal(rc < 0 ? rc : -ENOMEM, "unable to start");
		free_all(&d);
		return EXIT_TROUBLE;
	}
	rc = run(&d);
	free_all(&d);
	return rc;
}
