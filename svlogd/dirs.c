/* The log directories of the command line as one. */
#include "dirs.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "loop.h"
#include "say.h"
#include "sys.h"

/* How long they may keep signals waiting, but for the last step. */
#define TURN_NS (20 * LOOP_MS)

/* Compressors at once: one that hangs keeps nobody waiting. */
enum { PACKERS = 2 };

/* What is tried each 5 s is said so often. */
#define SAY_AGAIN_NS (60 * LOOP_S)

#define FOR_DIRS(ds, ld)                                                       \
	for (struct logdir *ld = (ds)->v; ld < (ds)->v + (ds)->n; ld++)

/* --- memory --------------------------------------------------------------- */

int
dirs_init(struct dirs *ds, const struct options *options)
{
	size_t n = options->n_dirs;

	*ds = (struct dirs){
		.options = options,
		.v = calloc(n, sizeof *ds->v),
		.fds = calloc(n, sizeof *ds->fds),
		.locks = calloc(n, sizeof *ds->locks),
	};
	orphans_init(&ds->orphans);
	buffers_init(&ds->buffers);
	if (!ds->v || !ds->fds || !ds->locks)
		return -ENOMEM;
	ds->n = n;
	for (size_t i = 0; i < n; i++)
		logdir_init(&ds->v[i], options->dirs[i], options, &ds->buffers,
		    &ds->orphans);
	return 0;
}

void
dirs_free(struct dirs *ds)
{
	FOR_DIRS (ds, ld)
		conf_free(&ld->conf);
	buffers_free(&ds->buffers);
	free(ds->v);
	free(ds->fds);
	free(ds->locks);
}

/* --- the start ------------------------------------------------------------ */

int
dirs_open(struct dirs *ds, bool patient)
{
	int busy = 0;

	FOR_DIRS (ds, ld) {
		int rc;

		if (ld->state != LOGDIR_NEW)
			continue;
		rc = logdir_open(ld);
		if (rc == -ENOMEM)
			return rc;
		if (rc == -EAGAIN && patient) {
			busy = rc;
		} else if (rc < 0) {
			place_complain(&ld->place, rc);
			ld->state = LOGDIR_OUT;
		}
	}
	return busy;
}

size_t
dirs_usable(const struct dirs *ds)
{
	size_t n = 0;

	FOR_DIRS (ds, ld)
		n += ld->state >= LOGDIR_OPEN;
	return n;
}

int
dirs_lease(struct dirs *ds, struct lease *lease)
{
	size_t n = 0;

	FOR_DIRS (ds, ld) {
		if (ld->state == LOGDIR_OPEN)
			ds->fds[n++] = ld->place.fd;
	}
	return lease_open(lease, ds->fds, n);
}

static void
attach(struct dirs *ds, uint64_t start)
{
	FOR_DIRS (ds, ld)
		if (ld->state == LOGDIR_OPEN)
			logdir_attach(ld, ds->ring, start);
}

/* Records of directories that are not ours any more would hold the ring. */
static void
drop_others(struct dirs *ds)
{
	bool used[RING_DIRS] = { false };
	uint64_t n;

	FOR_DIRS (ds, ld) {
		if (ld->state < LOGDIR_LIVE)
			return; /* its record may be any of them */
		if (ld->writer.slot >= 0)
			used[ld->writer.slot] = true;
	}
	n = ring_drop_others(ds->ring, used);
	say_number("what was for directories not named any more is dropped",
	    ", bytes", n);
}

void
dirs_start(struct dirs *ds, struct ring *ring, uint64_t start)
{
	ds->ring = ring;
	attach(ds, start);
	drop_others(ds);
}

/* --- what signals ask for ------------------------------------------------- */

void
dirs_reload(struct dirs *ds, uint64_t start)
{
	FOR_DIRS (ds, ld) {
		int rc;

		if (ld->state == LOGDIR_LIVE) {
			logdir_reload(ld);
		} else if (ld->state == LOGDIR_OUT) {
			rc = logdir_open(ld);
			if (rc < 0)
				place_complain(&ld->place, rc);
		}
	}
	attach(ds, start);
}

void
dirs_rotate(struct dirs *ds)
{
	FOR_DIRS (ds, ld)
		logdir_rotate(ld);
}

/* One that can never be sealed, an immutable one, is tried for ever. */
static void
note_unsealed(struct dirs *ds, int err, int64_t now)
{
	FOR_DIRS (ds, ld)
		ld->attic.unsealed = true;
	if (now < ds->say_unsealed_at)
		return;
	say_warning(err, "unable to sync old files");
	ds->say_unsealed_at = now + SAY_AGAIN_NS;
}

void
dirs_reap(struct dirs *ds)
{
	int status, err;
	pid_t pid;

	while ((pid = sys_waitpid(-1, &status, WNOHANG)) > 0) {
		int sealed =
		    seal_reaped(&ds->seal, pid, status, loop_now(), &err);

		if (sealed > 0)
			note_unsealed(ds, err, loop_now());
		if (sealed == 0 && ds->hurried)
			ds->seal.start_at = 0;
		if (sealed >= 0)
			continue;
		FOR_DIRS (ds, ld)
			if (logdir_reaped(ld, pid, status))
				break;
	}
}

/* --- writing -------------------------------------------------------------- */

uint64_t
dirs_oldest(const struct dirs *ds)
{
	uint64_t at = ds->ring->in.rd;

	FOR_DIRS (ds, ld)
		if (ld->state >= LOGDIR_LIVE && ld->writer.out.wr < at)
			at = ld->writer.out.wr;
	return at;
}

bool
dirs_keep_up(const struct dirs *ds, uint64_t pos)
{
	FOR_DIRS (ds, ld)
		if (ld->state >= LOGDIR_LIVE && !ld->conf.drop &&
		    !logdir_is_done(ld, pos, false))
			return false;
	return true;
}

bool
dirs_are_done(const struct dirs *ds, uint64_t pos, bool last, bool without_word)
{
	bool any = false;

	FOR_DIRS (ds, ld) {
		if (ld->state < LOGDIR_LIVE)
			continue;
		any = true;
		if (!logdir_is_done(ld, pos, last) ||
		    (ld->writer.out.owed_lines && !without_word))
			return false;
	}
	return any;
}

uint64_t
dirs_progress(const struct dirs *ds)
{
	uint64_t n = 0;

	FOR_DIRS (ds, ld)
		n += ld->writer.out.wr;
	return n;
}

void
dirs_pump(struct dirs *ds, uint64_t pos, bool last)
{
	int64_t until = loop_now() + TURN_NS;

	ds->unfinished = false;
	for (size_t i = 0; i < ds->n && !ds->unfinished; i++) {
		struct logdir *ld = &ds->v[ds->next];

		ds->next = (ds->next + 1) % ds->n;
		if (ld->state >= LOGDIR_LIVE)
			logdir_pump(ld, pos, last, until);
		ds->unfinished = i + 1 < ds->n && loop_now() >= until;
	}
}

bool
dirs_drop(struct dirs *ds, uint64_t pos, bool last, uint64_t lag)
{
	bool more = false;

	FOR_DIRS (ds, ld)
		if (ld->state >= LOGDIR_LIVE && ld->conf.drop &&
		    ld->trouble.retry_at != LOOP_NEVER &&
		    ds->ring->in.rd - ld->writer.out.wr >= lag)
			more |= logdir_drop(ld, pos, last);
	return more;
}

/* --- what is due ---------------------------------------------------------- */

static bool
is_unsealed(const struct logdir *ld)
{
	return ld->attic.unsealed && ld->state == LOGDIR_LIVE;
}

/* When the child is to be started that seals and frees. */
static int64_t
seal_at(const struct dirs *ds)
{
	bool any = ds->orphans.n > 0;

	if (ds->seal.pid)
		return LOOP_NEVER;
	if (orphans_full(&ds->orphans))
		return 0;
	FOR_DIRS (ds, ld)
		any |= is_unsealed(ld);
	return any ? ds->seal.start_at : LOOP_NEVER;
}

static int
start_seal(struct dirs *ds)
{
	size_t n = 0, n_locks = 0;

	FOR_DIRS (ds, ld) {
		ds->locks[n_locks++] = ld->place.lock_fd;
		if (is_unsealed(ld))
			ds->fds[n++] = ld->place.fd;
	}
	return seal_start(&ds->seal, ds->fds, n, ds->locks, n_locks,
	    &ds->orphans);
}

static void
seal(struct dirs *ds, int64_t now)
{
	int rc;

	if (now < seal_at(ds))
		return;
	rc = start_seal(ds);
	if (rc < 0) {
		note_unsealed(ds, rc, now);
		ds->seal.start_at = now + LOOP_S;
		return;
	}
	FOR_DIRS (ds, ld)
		ld->attic.unsealed = false;
}

/* How many compressors may be started. */
static size_t
pack_room(const struct dirs *ds)
{
	size_t n = PACKERS;

	FOR_DIRS (ds, ld)
		n -= n > 0 && packer_runs(&ld->attic.packer);
	return ds->hurried ? 0 : n;
}

/* Each directory in its turn, so that none keeps another waiting for ever. */
static void
pack(struct dirs *ds, int64_t now)
{
	size_t room = pack_room(ds);

	for (size_t i = 0; i < ds->n && room > 0; i++) {
		struct logdir *ld = &ds->v[ds->next_pack];

		ds->next_pack = (ds->next_pack + 1) % ds->n;
		if (ld->state == LOGDIR_LIVE)
			room -= attic_pack(&ld->attic, now);
	}
}

void
dirs_tick(struct dirs *ds, int64_t now)
{
	FOR_DIRS (ds, ld)
		logdir_tick(ld, now);
	seal(ds, now);
	pack(ds, now);
}

int64_t
dirs_deadline(const struct dirs *ds, bool writes)
{
	int64_t at = writes && ds->unfinished ? 0 : LOOP_NEVER;
	bool may_pack = pack_room(ds) > 0;

	FOR_DIRS (ds, ld) {
		at = loop_sooner(at, logdir_deadline(ld, writes));
		if (may_pack && ld->state == LOGDIR_LIVE)
			at = loop_sooner(at, attic_pack_deadline(&ld->attic));
	}
	return loop_sooner(at, seal_at(ds));
}

void
dirs_write_stats(struct dirs *ds, uint64_t pipe_full_ns)
{
	FOR_DIRS (ds, ld)
		logdir_stats(ld, pipe_full_ns);
}

/* --- the end -------------------------------------------------------------- */

void
dirs_hurry(struct dirs *ds)
{
	ds->hurried = true;
	ds->seal.start_at = 0;
}

bool
dirs_work(const struct dirs *ds)
{
	FOR_DIRS (ds, ld)
		if (ld->state == LOGDIR_LIVE && attic_works(&ld->attic))
			return true;
	return ds->seal.pid != 0 || copies_pending(&ds->buffers.alerts);
}

void
dirs_close(struct dirs *ds)
{
	FOR_DIRS (ds, ld)
		logdir_close(ld);
	orphans_close(&ds->orphans);
}
