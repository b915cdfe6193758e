/* The old files of a log directory. */
#include "attic.h"

#include <errno.h>

#include "dir.h"
#include "loop.h"
#include "name.h"
#include "prune.h"
#include "say.h"
#include "sys.h"

/* Where a disk is full, a child that frees deleted files is waited for so long
 * at a time: it has the lowest priority. */
#define FREE_NS (100 * LOOP_MS)

void
attic_init(struct attic *at, const struct place *place, const struct conf *conf,
    struct ring_counts *n, struct orphans *orphans)
{
	*at = (struct attic){
		.place = place,
		.conf = conf,
		.n = n,
		.orphans = orphans,
	};
	proc_init(&at->proc);
	packer_init(&at->packer);
}

void
attic_enter(struct attic *at)
{
	at->surveyed = false;
	proc_enter(&at->proc, loop_now());
	packer_enter(&at->packer);
}

int
attic_survey(struct attic *at, int64_t *newest_ns)
{
	struct dir_walk w;
	const char *name;
	int err;

	if (at->surveyed)
		return 0;
	dir_walk(&w, at->place->fd);
	while ((name = dir_next(&w, &err))) {
		int64_t ns = name_ns(name);

		if (name_is_old(name) && name_letter(name) == NAME_TRIAL)
			at->has_trial = true;
		if (ns < 0)
			continue;
		at->unsealed = true;
		if (ns > *newest_ns)
			*newest_ns = ns;
	}
	at->surveyed = err == 0;
	return err;
}

/* --- who is deleted ------------------------------------------------------- */

static void
said_delete(void *arg, const char *name, int err)
{
	struct attic *at = arg;

	if (err == 0 || err == -ENOENT) {
		say_info(0, "delete: ", at->place->path, "/", name);
		return;
	}
	if (!at->said_undeletable)
		say_warning(err, "unable to delete: ", at->place->path, "/",
		    name);
	at->said_undeletable = true;
}

static void
said_delete_full(void *arg, const char *name, int err)
{
	struct attic *at = arg;

	say_warning(err, "out of disk space, delete: ", at->place->path, "/",
	    name);
}

/* One look: how many were deleted; there may be more. */
static int
prune(struct attic *at)
{
	const struct conf *conf = at->conf;
	int64_t now = sys_wall_ns();
	int64_t age = (int64_t)conf->total_s * LOOP_S;
	struct prune_caps caps = {
		.keep = conf->keep,
		.total = conf->total,
		.born_after = age && now > age ? now - age : 0,
		/* What waits for the processor is not old yet. */
		.spare_undone = conf->processor != NULL,
		.busy = { proc_busy(&at->proc), packer_busy(&at->packer) },
	};
	int rc;

	at->crowded = false;
	/* Nothing to look for: a directory without caps may be large. */
	if (!caps.keep && !caps.total && !age && !conf->processor &&
	    !at->has_trial)
		return 0;
	at->has_trial = false;
	rc = prune_run(at->place->fd, &caps, PRUNE_BATCH, at->orphans,
	    said_delete, at);
	at->crowded = rc == PRUNE_BATCH;
	if (rc < 0 && rc != -ENOENT)
		say_warning(rc, "unable to prune: ", at->place->path);
	return rc < 0 ? 0 : rc;
}

void
attic_tidy(struct attic *at)
{
	if (at->crowded)
		prune(at);
}

bool
attic_make_room(struct attic *at)
{
	struct prune_caps caps = {
		/* The newest stays in any case. */
		.keep = at->conf->keep_full ? at->conf->keep_full : 1,
		.busy = { proc_busy(&at->proc), packer_busy(&at->packer) },
	};
	/* What is deleted already goes first. */
	int freed = orphans_free(at->orphans, loop_now() + FREE_NS);

	if (freed)
		return freed > 0;
	/* What a compressor is writing goes before any log does. It has it
	 * until its end is known: that is not at once. */
	if (packer_stop(&at->packer, at->place->fd))
		return false;
	/* Then what is to go anyway. */
	if (at->crowded && prune(at) > 0)
		return true;
	return prune_run(at->place->fd, &caps, 1, NULL, said_delete_full, at) >
	       0;
}

void
attic_add(struct attic *at)
{
	at->unsealed = true;
	at->crowded = true;
	proc_wake(&at->proc);
	packer_wake(&at->packer);
}

/* --- the processor -------------------------------------------------------- */

static struct proc_job
job_of(const struct attic *at)
{
	struct proc_job job = {
		.dirfd = at->place->fd,
		.path = at->place->path,
		.home = &at->place->home,
		.command = at->conf->processor,
		.mode = at->conf->mode,
	};

	return job;
}

/* What a step did: counted, said, and followed by what it asks for. */
static void
note(struct attic *at, enum proc_did did, int err)
{
	switch (did) {
	case PROC_NOTHING:
		break;
	case PROC_STARTED:
		at->n->processor_runs++;
		say_info(0, "processing: ", at->place->path, "/",
		    at->proc.busy);
		break;
	case PROC_DONE:
		say_info(0, "processed: ", at->place->path, "/", at->proc.busy);
		at->crowded = true; /* one more finished file */
		packer_wake_for(&at->packer, at->proc.busy);
		break;
	case PROC_FAILED:
		at->n->processor_failures++;
		if (err)
			say_warning(err,
			    "unable to run processor: ", at->place->path,
			    at->proc.culprit[0] ? "/" : "", at->proc.culprit);
		else
			say_warning(0,
			    "processor failed, restart: ", at->place->path);
		break;
	}
}

static int64_t
processor_deadline(const struct attic *at)
{
	return at->conf->processor || proc_is_ending(&at->proc)
	           ? proc_deadline(&at->proc)
	           : LOOP_NEVER;
}

void
attic_tick(struct attic *at, int64_t now)
{
	struct proc_job job = job_of(at);

	while (now >= processor_deadline(at)) {
		int err;
		enum proc_did did = proc_step(&at->proc, &job, now, &err);

		note(at, did, err);
	}
	attic_tidy(at);
}

int64_t
attic_deadline(const struct attic *at)
{
	if (at->crowded)
		return 0;
	return processor_deadline(at);
}

void
attic_wake(struct attic *at)
{
	proc_wake(&at->proc);
	packer_wake_for_all(&at->packer);
}

static bool
processor_reaped(struct attic *at, pid_t pid, int status)
{
	struct proc_job job = job_of(at);
	enum proc_did did;

	if (!proc_reaped(&at->proc, &job, pid, status, loop_now(), &did))
		return false;
	note(at, did, 0);
	return true;
}

/* --- the compressor ------------------------------------------------------- */

static void
note_packer(struct attic *at, enum packer_did did, int err)
{
	struct ring_counts *n = at->n;
	const char *name = at->packer.busy;

	switch (did) {
	case PACKER_NOTHING:
		break;
	case PACKER_STARTED:
		say_info(0, "compressing: ", at->place->path, "/", name);
		break;
	case PACKER_DONE:
		n->compressed_files++;
		n->compressed_bytes_in += at->packer.bytes_in;
		n->compressed_bytes_out += at->packer.bytes_out;
		say_info(0, "compressed: ", at->place->path, "/", name);
		break;
	case PACKER_FAILED:
		n->compressor_failures++;
		say_warning(err, "unable to compress: ", at->place->path,
		    name[0] ? "/" : "", name);
		break;
	}
}

bool
attic_pack(struct attic *at, int64_t now)
{
	enum packer_did did;
	int err;

	if (now < attic_pack_deadline(at))
		return false;
	did = packer_step(&at->packer, at->place->fd, at->conf->gzip_level, now,
	    &err);
	note_packer(at, did, err);
	return did == PACKER_STARTED;
}

int64_t
attic_pack_deadline(const struct attic *at)
{
	return at->conf->gzip_level ? packer_deadline(&at->packer) : LOOP_NEVER;
}

bool
attic_reaped(struct attic *at, pid_t pid, int status)
{
	enum packer_did did;
	int err;

	if (processor_reaped(at, pid, status))
		return true;
	if (!packer_reaped(&at->packer, at->place->fd, pid, status, loop_now(),
		&did, &err))
		return false;
	note_packer(at, did, err);
	return true;
}

/* --- the end -------------------------------------------------------------- */

bool
attic_works(const struct attic *at)
{
	return at->unsealed || at->crowded || packer_runs(&at->packer) ||
	       (at->conf->processor && proc_works(&at->proc));
}

void
attic_stop(struct attic *at)
{
	proc_stop(&at->proc);
	packer_stop(&at->packer, at->place->fd);
}
