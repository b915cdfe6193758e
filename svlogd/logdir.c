/* One log directory: its files, its record in the ring, what is due. */
#include "logdir.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "confdir.h"
#include "dir.h"
#include "hash.h"
#include "loop.h"
#include "prune.h"
#include "say.h"
#include "stats.h"
#include "sys.h"

#define PROBE_NS (500 * LOOP_MS)

/* How long one directory may keep signals and the others waiting. */
#define TURN_NS (20 * LOOP_MS)

#define INFO(ld, ...)                                                          \
	do {                                                                   \
		if ((ld)->options->verbose)                                    \
			say_info(0, __VA_ARGS__);                              \
	} while (0)

void
logdir_init(struct logdir *ld, const char *path, const struct options *options)
{
	*ld = (struct logdir){
		.place = { .path = path, .fd = -1, .lock_fd = -1 },
		.options = options,
		.stats_fd = -1,
		.current = { .fd = -1 },
		.slot = -1,
		.age_at = LOOP_NEVER,
		.probe_at = LOOP_NEVER,
	};
	trouble_init(&ld->trouble);
	syncer_init(&ld->syncer);
	conf_init(&ld->conf);
	proc_init(&ld->proc);
}

/* --- old files ------------------------------------------------------------ */

static void
said_delete(void *arg, const char *name, int err)
{
	struct logdir *ld = arg;

	if (err < 0 && err != -ENOENT) {
		if (!ld->said_undeletable)
			say_warning(err, "unable to delete: ", ld->place.path,
			    "/", name);
		ld->said_undeletable = true;
	} else
		INFO(ld, "delete: ", ld->place.path, "/", name);
}

static void
said_delete_full(void *arg, const char *name, int err)
{
	struct logdir *ld = arg;

	say_warning(err, "out of disk space, delete: ", ld->place.path, "/",
	    name);
}

static void
prune(struct logdir *ld)
{
	int64_t now = sys_wall_ns();
	int64_t age = (int64_t)ld->conf.total_s * LOOP_S;
	struct prune_caps caps = {
		.keep = ld->conf.keep,
		.total = ld->conf.total,
		.born_after = age && now > age ? now - age : 0,
		/* What waits for the processor is not old yet. */
		.spare_undone = ld->conf.processor != NULL,
		.busy = proc_busy(&ld->proc),
	};
	int rc;

	/* Nothing to look for: a directory without caps may be large. */
	if (!caps.keep && !caps.total && !age && !ld->conf.processor &&
	    !ld->has_trial)
		return;
	ld->has_trial = false;
	rc = prune_run(ld->place.fd, &caps, UINT32_MAX, said_delete, ld);
	if (rc < 0 && rc != -ENOENT)
		say_warning(rc, "unable to prune: ", ld->place.path);
}

/* The disk is full: true if an old file could be given up for it. */
static bool
make_room(struct logdir *ld)
{
	struct prune_caps caps = {
		/* The newest stays in any case. */
		.keep = ld->conf.keep_full ? ld->conf.keep_full : 1,
		.busy = proc_busy(&ld->proc),
	};

	return prune_run(ld->place.fd, &caps, 1, said_delete_full, ld) > 0;
}

/* --- opening -------------------------------------------------------------- */

static void
close_all(struct logdir *ld)
{
	place_close(&ld->place);
	if (ld->stats_fd >= 0)
		sys_close(ld->stats_fd);
	ld->stats_fd = -1;
}

int
logdir_open(struct logdir *ld)
{
	struct conf conf;
	int rc = place_open(&ld->place, ld->place.path);

	if (rc < 0)
		return rc;
	rc = confdir_read(&conf, ld->place.fd, ld->place.path,
	    ld->place.foreign, NULL);
	if (rc == 0) {
		conf_free(&ld->conf);
		ld->conf = conf;
		INFO(ld, "read: ", ld->place.path, "/config");
	} else if (rc != -ENOENT) {
		say_warning(rc, "unable to read config: ", ld->place.path,
		    ": using the defaults");
	}
	ld->state = LOGDIR_OPEN;
	return 0;
}

/* --- current -------------------------------------------------------------- */

/* Writing starts in a file whose committed size is `off`. */
static void
commit_current(struct logdir *ld, uint64_t off)
{
	ld->out.cur_dev = ld->current.dev;
	ld->out.cur_ino = ld->current.ino;
	ld->out.off = off;
	ld->ahead = 0;
	ld->doubt = false;
	ld->out.cfg_hash = ld->cfg_hash;
	ring_commit_out(ld->ring, ld->slot, &ld->out);
}

static void
restart_age(struct logdir *ld)
{
	int64_t age = sys_wall_ns() - ld->current.born_ns;
	int64_t limit = (int64_t)ld->conf.age_s * LOOP_S;

	if (limit == 0) {
		ld->age_at = LOOP_NEVER;
		return;
	}
	if (age < 0)
		age = 0; /* the clock went back */
	ld->age_at = loop_now() + (age < limit ? limit - age : 0);
}

/* A new current has no age, whatever the file system's clock says. */
static void
start_age(struct logdir *ld)
{
	ld->age_at = ld->conf.age_s
	                 ? loop_now() + (int64_t)ld->conf.age_s * LOOP_S
	                 : LOOP_NEVER;
}

static int
create_current(struct logdir *ld)
{
	int rc = current_create(&ld->current, ld->place.fd, ld->conf.mode);

	if (rc < 0)
		return rc;
	commit_current(ld, 0);
	start_age(ld);
	INFO(ld, "new: ", ld->place.path, "/current");
	return 0;
}

/* The record knows this file: what is in it beyond off is the beginning of
 * what comes next, if the config is still the same. */
static int
resume_current(struct logdir *ld)
{
	int rc;

	if (ld->current.size < ld->out.off) {
		say_warning(0, "current was cut by somebody: ", ld->place.path);
	} else if (ld->out.wr == ld->ring->in.rd) {
		; /* nothing more was to be written: it is not ours */
	} else if (ld->out.cfg_hash == ld->cfg_hash) {
		ld->ahead = ld->current.size - ld->out.off;
		ld->doubt = true;
		return 0;
	} else if (ld->current.size > ld->out.off) {
		rc = current_cut(&ld->current, ld->out.off);
		if (rc < 0)
			return rc;
	}
	commit_current(ld, ld->current.size);
	return 0;
}

static int
set_aside(struct logdir *ld, enum name_kind kind)
{
	int rc;

	current_leave(&ld->current);
	rc = rotor_set_aside(&ld->rotor, "current", kind);
	if (rc < 0 && rc != -ENOENT)
		return rc;
	ld->has_old = true;
	if (kind == NAME_ASIDE)
		say_warning(0,
		    "current was not a file of its own, "
		    "set aside: ",
		    ld->place.path, "/", ld->rotor.named);
	else
		INFO(ld, "rename: ", ld->place.path, "/current ",
		    ld->rotor.named);
	prune(ld);
	return create_current(ld);
}

static int
open_current(struct logdir *ld)
{
	struct current *c = &ld->current;
	int found = current_open(c, ld->place.fd, &ld->place.home);

	if (found < 0)
		return found;
	if (found == CURRENT_NONE)
		return create_current(ld);
	if (found == CURRENT_UNSAFE)
		return set_aside(ld, NAME_ASIDE);
	if (c->ino == ld->out.cur_ino && c->dev == ld->out.cur_dev) {
		int rc = resume_current(ld);

		if (rc < 0) {
			current_leave(c);
			return rc;
		}
	} else if (found == CURRENT_UNDONE) {
		return set_aside(ld, NAME_UNDONE);
	} else {
		commit_current(ld, c->size);
	}
	sys_fchmod(c->fd, ld->conf.mode); /* in use; a mark, no more */
	restart_age(ld);
	INFO(ld, "append: ", ld->place.path, "/current");
	return 0;
}

/* What the directory holds already: the newest label, work to do. */
static int
survey(struct logdir *ld)
{
	struct dir_walk w;
	const char *name;
	int err;

	dir_walk(&w, ld->place.fd);
	while ((name = dir_next(&w, &err))) {
		int64_t ns = name_ns(name);

		if (name_is_old(name) && name_letter(name) == NAME_TRIAL)
			ld->has_trial = true;
		if (ns < 0)
			continue;
		ld->has_old = true;
		if (ns > ld->rotor.newest_ns)
			ld->rotor.newest_ns = ns;
	}
	ld->surveyed = err == 0;
	return err;
}

/* From the first look at the directory to a current that can be written. */
static int
take_up(struct logdir *ld)
{
	int rc = ld->surveyed ? 0 : survey(ld);

	return rc < 0 ? rc : open_current(ld);
}

static void
open_stats(struct logdir *ld)
{
	struct stat st;

	ld->stats_fd = dir_open_file(ld->place.fd, &ld->place.home,
	    "lock.stats", O_WRONLY | O_CREAT, 0644, &st);
}

static void
set_route(struct logdir *ld, struct buf *out, struct copies *alerts,
    struct copies *copies)
{
	route_init(&ld->route, ld->options, &ld->conf, out);
	ld->route.alerts = alerts;
	ld->route.copies = ld->conf.copy_out ? copies : NULL;
	ld->cfg_hash = route_hash(ld->options, &ld->conf);
}

static void
set_rotor(struct logdir *ld)
{
	ld->rotor = (struct rotor){
		.current = &ld->current,
		.dirfd = ld->place.fd,
		.mode = ld->conf.mode,
		.kind = ld->conf.processor ? NAME_UNDONE : NAME_OLD,
		.newest_ns = ld->rotor.newest_ns,
	};
}

/* After logdir_open(): everything but the record. */
static void
go_live(struct logdir *ld)
{
	int rc;

	ld->surveyed = false;
	set_rotor(ld);
	proc_init(&ld->proc);
	open_stats(ld);
	ld->state = LOGDIR_LIVE;
	ld->want_rotate = false;
	ld->probe_at = LOOP_NEVER;
	rc = take_up(ld);
	if (rc < 0)
		trouble_note(&ld->trouble, rc, "unable to open current",
		    ld->place.path);
}

void
logdir_attach(struct logdir *ld, struct ring *ring, uint64_t start,
    struct buf *out, struct copies *alerts, struct copies *copies)
{
	ld->ring = ring;
	ld->slot = ring_find_out(ring, (uint64_t)ld->place.home.st_dev,
	    (uint64_t)ld->place.home.st_ino,
	    hash_bytes(HASH_START, ld->place.path, strlen(ld->place.path)),
	    &ld->out);
	if (ld->slot < 0)
		say_warning(ld->slot,
		    "no room for a record, "
		    "no promise over a crash: ",
		    ld->place.path);
	if (ld->out.seq == 0)
		ld->out.wr = start;
	/* From now on the ring keeps what comes for it. */
	ring_commit_out(ring, ld->slot, &ld->out);
	set_route(ld, out, alerts, copies);
	go_live(ld);
}

/* --- the directory is gone ------------------------------------------------ */

static void
lose(struct logdir *ld, int err)
{
	current_leave(&ld->current);
	ld->ahead = 0;
	close_all(ld);
	ld->state = LOGDIR_LOST;
	ld->rotor.state = ROTOR_IDLE;
	trouble_note(&ld->trouble, err, "log directory was taken away",
	    ld->place.path);
}

/* What is at the path now takes the old one's place, and its record. */
static int
find_again(struct logdir *ld)
{
	int rc = logdir_open(ld);

	if (rc < 0) {
		ld->state = LOGDIR_LOST;
		return rc;
	}
	ld->out.dev = (uint64_t)ld->place.home.st_dev;
	ld->out.ino = (uint64_t)ld->place.home.st_ino;
	set_route(ld, ld->route.out, ld->route.alerts, ld->route.copies);
	go_live(ld);
	return ld->current.fd < 0 ? -ENOENT : 0;
}

static void
probe(struct logdir *ld)
{
	ld->probe_at = LOOP_NEVER;
	if (ld->state != LOGDIR_LIVE || ld->rotor.state != ROTOR_IDLE ||
	    !place_moved(&ld->place))
		return;
	current_seal(&ld->current, ld->conf.mode);
	lose(ld, -ESTALE);
	ld->trouble.retry_at = loop_now();
}

/* --- config again --------------------------------------------------------- */

/* The new config may yield another output for what is half-written. */
static void
settle_config(struct logdir *ld)
{
	if (ld->current.fd < 0 || ld->cfg_hash == ld->out.cfg_hash)
		return;
	if (ld->ahead && current_cut(&ld->current, ld->out.off) < 0)
		/* What is half-written gets an end of its own. */
		ld->out.torn = 1;
	commit_current(ld, ld->current.size);
}

static void
use_conf(struct logdir *ld, struct conf *conf)
{
	struct route *rt = &ld->route;

	conf_free(&ld->conf);
	ld->conf = *conf;
	set_route(ld, rt->out, rt->alerts, rt->copies);
	settle_config(ld);
	ld->rotor.mode = ld->conf.mode;
	ld->rotor.kind = ld->conf.processor ? NAME_UNDONE : NAME_OLD;
	restart_age(ld);
	proc_wake(&ld->proc);
}

void
logdir_reload(struct logdir *ld)
{
	struct conf conf;
	int rc;

	probe(ld);
	if (ld->state != LOGDIR_LIVE)
		return; /* the new one's config is read when it is opened */
	rc = confdir_read(&conf, ld->place.fd, ld->place.path,
	    ld->place.foreign, NULL);
	if (rc < 0 && rc != -ENOENT) {
		say_warning(rc, "unable to read config: ", ld->place.path,
		    ": keeping the old one");
		return;
	}
	if (rc == -ENOENT)
		conf_init(&conf);
	INFO(ld, "read: ", ld->place.path, "/config");
	use_conf(ld, &conf);
	ld->trouble.retry_at = LOOP_NEVER; /* whatever failed may work now */
}

/* --- writing -------------------------------------------------------------- */

static void
said_rotation(struct logdir *ld)
{
	char size[24];
	struct buf b;

	if (!ld->options->verbose)
		return;
	buf_init(&b, size, sizeof size);
	buf_u64(&b, ld->rotor.size);
	buf_ch(&b, 0);
	say_info(0, "rename: ", ld->place.path, "/current ", ld->rotor.named,
	    " ", size);
	say_info(0, "new: ", ld->place.path, "/current");
}

/* Begins or goes on with a rotation: 0 when current can be written to. */
static int
rotate(struct logdir *ld)
{
	int rc;

	if (ld->rotor.state == ROTOR_IDLE) {
		ld->want_rotate = false;
		rotor_start(&ld->rotor);
	}
	rc = rotor_run(&ld->rotor);
	if (rc == -ENOENT)
		lose(ld, rc);
	if (rc == -EEXIST) { /* somebody else made one */
		ld->rotor.state = ROTOR_IDLE;
		rc = open_current(ld);
	} else if (rc == 0) {
		commit_current(ld, 0);
	}
	if (rc < 0)
		return rc;
	ld->out.n.rotations++;
	ld->has_old = true;
	syncer_forget(&ld->syncer);
	said_rotation(ld);
	start_age(ld);
	prune(ld);
	if (ld->conf.processor)
		proc_wake(&ld->proc);
	return 0;
}

static void
note_write(struct logdir *ld)
{
	int64_t now;

	if (ld->probe_at != LOOP_NEVER && ld->conf.sync_ms == 0)
		return;
	now = loop_now();
	if (ld->probe_at == LOOP_NEVER)
		ld->probe_at = now + PROBE_NS;
	syncer_wrote(&ld->syncer, (int64_t)ld->conf.sync_ms * LOOP_MS, now);
}

/* current was removed, or cut so that our bytes are gone: what is not
 * committed goes into a new one. */
static int
renew_current(struct logdir *ld, int why)
{
	int rc;

	if (why == -ESTALE)
		return set_aside(ld, NAME_UNDONE);
	current_leave(&ld->current);
	ld->ahead = 0;
	rc = open_current(ld);
	if (rc == -ENOENT)
		lose(ld, rc);
	return rc;
}

/* After a crash: what stands beyond the record must be what we are about to
 * write, or it is a stranger's and stands for nothing. */
static void
verify_ahead(struct logdir *ld, const struct cut *cut)
{
	size_t n = cut->bytes < ld->ahead ? cut->bytes : (size_t)ld->ahead;

	if (!current_holds(&ld->current, ld->out.off, cut->part, n))
		commit_current(ld, ld->current.size);
}

/* One cut of the input into the file: 0, or -errno with the record as it was.
 * A part of it may be in the file already. */
static int
write_cut(struct logdir *ld, struct cut *cut)
{
	if (ld->ahead && ld->doubt)
		verify_ahead(ld, cut);
	while (ld->ahead < cut->bytes) {
		ssize_t put = current_write(&ld->current, cut->part,
		    cut->n_parts, (size_t)ld->ahead);
		int rc;

		if (put < 0)
			return (int)put;
		ld->ahead += (uint64_t)put;
		rc = current_check(&ld->current, (size_t)put);
		if (rc < 0)
			return rc;
		note_write(ld);
	}
	return 0;
}

static void
commit_cut(struct logdir *ld, struct cut *cut)
{
	ld->out = cut->next;
	ld->ahead -= cut->bytes;
	/* Somebody else may have written or cut: the file's size is the
	 * truth, unless more of it is ours from before a crash. */
	if (ld->ahead == 0)
		ld->out.off = ld->current.size;
	ring_commit_out(ld->ring, ld->slot, &ld->out);
	if (ld->route.alerts)
		copies_queue(ld->route.alerts);
	if (ld->route.copies)
		copies_queue(ld->route.copies);
}

/* What a failed write asks for: 0 when it may be tried again at once. */
static int
mend(struct logdir *ld, int err)
{
	switch (-err) {
	case ENOSPC:
	case EDQUOT:
		return make_room(ld) ? 0 : err;
	case EFBIG:
		ld->want_rotate = true;
		return ld->current.size > 0 && ld->ahead == 0 ? 0 : err;
	case ENOENT:
	case ESTALE:
		return renew_current(ld, err);
	default:
		return err;
	}
}

static bool
rotation_is_due(const struct logdir *ld)
{
	if (ld->rotor.state != ROTOR_IDLE)
		return true;
	/* Only between two of our own writes. */
	return ld->want_rotate && ld->ahead == 0 && ld->current.size > 0;
}

static int
pump_once(struct logdir *ld, uint64_t ready, bool last)
{
	struct cut cut;
	int rc;

	if (rotation_is_due(ld)) {
		rc = rotate(ld);
		if (rc < 0)
			return rc;
	}
	if (!logdir_has_work(ld, ready, last))
		return 0;
	/* What is half-written keeps its stamps. */
	if (ld->ahead == 0 && route_clock(&ld->out, &ld->ring->in))
		ring_commit_out(ld->ring, ld->slot, &ld->out);
	route_next(&ld->route, ld->ring, &ld->out, ready, last, &cut);
	rc = write_cut(ld, &cut);
	if (rc < 0)
		return mend(ld, rc);
	commit_cut(ld, &cut);
	if (cut.rotate)
		ld->want_rotate = true;
	return 0;
}

static bool
has_more(const struct logdir *ld, uint64_t ready, bool last)
{
	return rotation_is_due(ld) || logdir_has_work(ld, ready, last);
}

int
logdir_pump(struct logdir *ld, uint64_t ready, bool last)
{
	int64_t until;
	int rc = 0;

	ld->unfinished = false;
	if (ld->state == LOGDIR_OUT)
		return 0;
	if (trouble_waits(&ld->trouble))
		return -EAGAIN;
	if (ld->state == LOGDIR_LOST)
		rc = find_again(ld);
	else if (ld->current.fd < 0 && ld->rotor.state == ROTOR_IDLE)
		rc = take_up(ld);
	until = loop_now() + TURN_NS;
	while (rc == 0 && has_more(ld, ready, last) && !ld->unfinished) {
		rc = pump_once(ld, ready, last);
		ld->unfinished = rc == 0 && loop_now() >= until;
	}
	if (rc < 0)
		trouble_note(&ld->trouble, rc,
		    ld->rotor.state == ROTOR_IDLE ? "unable to write to current"
						  : "unable to rotate current",
		    ld->place.path);
	else if (trouble_end(&ld->trouble))
		INFO(ld, "writing again: ", ld->place.path);
	return rc;
}

void
logdir_drop(struct logdir *ld, uint64_t ready)
{
	struct ring_out next;

	if (ld->ahead && ld->current.fd >= 0 &&
	    current_cut(&ld->current, ld->out.off) < 0) {
		ld->out.off = ld->current.size;
		ld->out.torn = 1;
	}
	ld->ahead = 0;
	route_drop(&ld->route, ld->ring, &ld->out, ready, ld->trouble.err,
	    &next);
	ld->out = next;
	ring_commit_out(ld->ring, ld->slot, &ld->out);
}

void
logdir_rotate(struct logdir *ld)
{
	if (ld->state == LOGDIR_LIVE && ld->current.size > 0)
		ld->want_rotate = true;
}

/* --- what is due ---------------------------------------------------------- */

static void
sync_current(struct logdir *ld)
{
	int64_t took;
	int rc = syncer_run(&ld->syncer, ld->current.fd, &took);

	ld->out.n.sync_ns += (uint64_t)took;
	if (rc == 0)
		return;
	/* A second sync that succeeds would prove nothing. */
	ld->out.n.sync_failures++;
	ld->want_rotate = true;
	if (ld->out.n.sync_failures == 1)
		say_warning(rc,
		    "unable to sync current, rotating: ", ld->place.path);
}

static struct proc_job
job_of(const struct logdir *ld)
{
	struct proc_job job = {
		.dirfd = ld->place.fd,
		.home = &ld->place.home,
		.command = ld->conf.processor,
		.mode = ld->conf.mode,
	};

	return job;
}

static void
said_proc(struct logdir *ld, enum proc_did did, int err)
{
	switch (did) {
	case PROC_NOTHING:
		break;
	case PROC_STARTED:
		ld->out.n.processor_runs++;
		INFO(ld, "processing: ", ld->place.path, "/", ld->proc.busy);
		break;
	case PROC_DONE:
		INFO(ld, "processed: ", ld->place.path, "/", ld->proc.busy);
		prune(ld); /* one more finished file */
		break;
	case PROC_FAILED:
		ld->out.n.processor_failures++;
		if (err)
			say_warning(err,
			    "unable to run processor: ", ld->place.path);
		else
			say_warning(0,
			    "processor failed, restart: ", ld->place.path);
		break;
	}
}

static void
tick_proc(struct logdir *ld, int64_t now)
{
	struct proc_job job = job_of(ld);

	if (!ld->conf.processor || ld->place.fd < 0)
		return;
	while (now >= proc_deadline(&ld->proc)) {
		int err;
		enum proc_did did = proc_step(&ld->proc, &job, now, &err);

		said_proc(ld, did, err);
	}
}

void
logdir_tick(struct logdir *ld, int64_t now)
{
	if (ld->state != LOGDIR_LIVE)
		return;
	if (now >= ld->age_at && ld->current.size > 0)
		ld->want_rotate = true;
	if (now >= ld->syncer.at)
		sync_current(ld);
	if (now >= ld->probe_at)
		probe(ld);
	tick_proc(ld, now);
}

int64_t
logdir_deadline(const struct logdir *ld)
{
	int64_t at = ld->trouble.retry_at;

	if (ld->state == LOGDIR_OUT)
		return LOOP_NEVER;
	if (ld->unfinished)
		return 0;
	if (ld->state == LOGDIR_LIVE) {
		at = loop_sooner(at, ld->syncer.at);
		at = loop_sooner(at, ld->probe_at);
		if (ld->current.size > 0 && !ld->want_rotate)
			at = loop_sooner(at, ld->age_at);
		if (ld->conf.processor)
			at = loop_sooner(at, proc_deadline(&ld->proc));
	}
	return at;
}

bool
logdir_reaped(struct logdir *ld, pid_t pid, int status)
{
	struct proc_job job = job_of(ld);
	enum proc_did did;

	if (!proc_reaped(&ld->proc, &job, pid, status, loop_now(), &did))
		return false;
	said_proc(ld, did, 0);
	return true;
}

void
logdir_stats(struct logdir *ld, uint64_t pipe_full_ns)
{
	char text[STATS_SIZE];
	struct buf b;
	struct stats_extra extra = {
		.now_ns = sys_wall_ns(),
		.current_size = ld->current.size,
		.pipe_full_ns = pipe_full_ns,
		.copies_dropped =
		    (ld->route.alerts ? ld->route.alerts->dropped : 0) +
		    (ld->route.copies ? ld->route.copies->dropped : 0),
	};

	if (ld->state != LOGDIR_LIVE || ld->stats_fd < 0)
		return;
	buf_init(&b, text, sizeof text);
	stats_text(&b, &ld->out.n, &extra, ++ld->stats_serial);
	sys_pwrite(ld->stats_fd, text, b.n, 0);
}

/* --- the end -------------------------------------------------------------- */

void
logdir_stop_processor(struct logdir *ld)
{
	if (ld->proc.state == PROC_RUN)
		sys_kill(-ld->proc.pid, SIGTERM);
}

void
logdir_close(struct logdir *ld)
{
	if (ld->state == LOGDIR_OUT)
		return;
	say_number("lines dropped and not said in the log of ", ld->place.path,
	    ld->out.owed_lines);
	if (ld->current.fd >= 0 && ld->ahead == 0 && !ld->out.in_line) {
		int rc = current_seal(&ld->current, ld->conf.mode);

		if (rc < 0)
			say_warning(rc,
			    "unable to sync current: ", ld->place.path);
	}
	current_leave(&ld->current);
	close_all(ld);
	INFO(ld, "close: ", ld->place.path);
	ld->state = LOGDIR_OUT;
}
