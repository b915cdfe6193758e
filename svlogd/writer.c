/* What of the log is in `current`: the file, and its record in the ring. */
#include "writer.h"

#include <errno.h>
#include <string.h>

#include "buf.h"
#include "hash.h"
#include "loop.h"
#include "say.h"
#include "sys.h"

void
writer_init(struct writer *w, const struct place *place,
    const struct conf *conf, struct attic *attic)
{
	*w = (struct writer){
		.place = place,
		.conf = conf,
		.attic = attic,
		.slot = -1,
		.current = { .fd = -1 },
	};
}

/* --- the record ----------------------------------------------------------- */

void
writer_attach(struct writer *w, struct ring *ring, uint64_t start)
{
	const struct place *at = w->place;

	w->ring = ring;
	w->slot = ring_find_out(ring, (uint64_t)at->home.st_dev,
	    (uint64_t)at->home.st_ino,
	    hash_bytes(HASH_START, at->path, strlen(at->path)), &w->out);
	if (w->slot < 0)
		say_warning(0,
		    "no room for a record, no promise over a crash: ",
		    at->path);
	if (w->out.seq == 0)
		w->out.wr = start;
	/* Sent or not: nobody knows, and nobody sends them again. */
	w->out.n.datagrams += w->out.in_flight;
	w->out.n.datagrams_unknown += w->out.in_flight;
	w->out.in_flight = 0;
	writer_record(w);
}

/* Writing starts in a file whose committed size is `off`. */
static void
commit_current(struct writer *w, uint64_t off)
{
	w->out.cur_dev = w->current.dev;
	w->out.cur_ino = w->current.ino;
	w->out.off = off;
	w->ahead = 0;
	w->doubt = false;
	w->out.cfg_hash = w->cfg_hash;
	writer_record(w);
}

void
writer_enter(struct writer *w)
{
	w->out.dev = (uint64_t)w->place->home.st_dev;
	w->out.ino = (uint64_t)w->place->home.st_ino;
	w->want_rotate = false;
	w->rotor = (struct rotor){
		.current = &w->current,
		.dirfd = w->place->fd,
		.mode = w->conf->mode,
		.kind = w->conf->processor ? NAME_UNDONE : NAME_OLD,
		.newest_ns = w->rotor.newest_ns,
	};
}

/* Takes back what is half-written, or else gives it an end of its own. */
static void
cut_ahead(struct writer *w)
{
	if (w->ahead == 0)
		return;
	if (current_cut(&w->current, w->out.off) < 0)
		w->out.torn = 1;
	w->out.off = w->current.size;
}

void
writer_configure(struct writer *w, uint64_t cfg_hash)
{
	w->cfg_hash = cfg_hash;
	w->rotor.mode = w->conf->mode;
	w->rotor.kind = w->conf->processor ? NAME_UNDONE : NAME_OLD;
	if (w->current.fd < 0 || cfg_hash == w->out.cfg_hash)
		return;
	cut_ahead(w);
	commit_current(w, w->current.size);
}

void
writer_drop(struct writer *w, struct route *route, uint64_t ready, bool last,
    int err)
{
	struct ring_out next;

	if (w->current.fd >= 0)
		cut_ahead(w);
	w->ahead = 0;
	route_drop(route, w->ring, &w->out, ready, last, err, &next);
	w->out = next;
	writer_record(w);
}

/* --- taking up current ---------------------------------------------------- */

static int
create_current(struct writer *w)
{
	int rc = current_create(&w->current, w->place->fd, w->conf->mode);

	if (rc < 0)
		return rc;
	commit_current(w, 0);
	w->since = loop_now();
	say_info(0, "new: ", w->place->path, "/current");
	return 0;
}

/* Whether the record leaves something to be written, and if it were the
 * newline of a last line. */
static bool
was_owed(const struct writer *w)
{
	return w->out.wr != w->ring->in.rd || w->out.in_line ||
	       w->out.owed_lines || w->out.torn;
}

/* The record knows this file: what is in it beyond off is the beginning of
 * what comes next, if the config is still the same. */
static int
resume_current(struct writer *w)
{
	int rc;

	if (w->current.size < w->out.off) {
		say_warning(0, "current was cut by somebody: ", w->place->path);
	} else if (!was_owed(w)) {
		; /* it is not ours */
	} else if (w->out.cfg_hash == w->cfg_hash) {
		w->ahead = w->current.size - w->out.off;
		w->doubt = true;
		return 0;
	} else if (w->current.size > w->out.off) {
		rc = current_cut(&w->current, w->out.off);
		if (rc < 0)
			return rc;
	}
	commit_current(w, w->current.size);
	return 0;
}

static int
set_aside(struct writer *w, enum name_kind kind)
{
	int rc;

	current_leave(&w->current);
	rc = rotor_set_aside(&w->rotor, "current", kind);
	if (rc < 0 && rc != -ENOENT)
		return rc;
	if (kind == NAME_ASIDE)
		say_warning(0, "current was not a file of its own, set aside: ",
		    w->place->path, "/", w->rotor.named);
	else
		say_info(0, "rename: ", w->place->path, "/current ",
		    w->rotor.named);
	attic_add(w->attic);
	return create_current(w);
}

/* The file is some time old, by a clock that may have gone back since. */
static void
count_age(struct writer *w)
{
	int64_t age = sys_wall_ns() - w->current.born_ns;

	w->since = loop_now() - (age > 0 ? age : 0);
}

static int
open_current(struct writer *w)
{
	struct current *c = &w->current;
	int found = current_open(c, w->place->fd, &w->place->home);

	if (found < 0)
		return found;
	if (found == CURRENT_NONE)
		return create_current(w);
	if (found == CURRENT_UNSAFE)
		return set_aside(w, NAME_ASIDE);
	if (c->ino == w->out.cur_ino && c->dev == w->out.cur_dev) {
		int rc = resume_current(w);

		if (rc < 0) {
			current_leave(c);
			return rc;
		}
	} else if (found == CURRENT_UNDONE) {
		return set_aside(w, NAME_UNDONE);
	} else {
		commit_current(w, c->size);
	}
	sys_fchmod(c->fd, w->conf->mode); /* in use; a mark, no more */
	count_age(w);
	say_info(0, "append: ", w->place->path, "/current");
	return 0;
}

/* Whether what failed may be tried again at once: an old file was given up for
 * it. */
static bool
made_room(struct writer *w, int err)
{
	return (err == -ENOSPC || err == -EDQUOT) && attic_make_room(w->attic);
}

int
writer_take_up(struct writer *w)
{
	int rc = attic_survey(w->attic, &w->rotor.newest_ns);

	if (rc < 0)
		return rc;
	do
		rc = open_current(w);
	while (made_room(w, rc));
	return rc;
}

/* --- writing -------------------------------------------------------------- */

/* After a crash: what stands beyond the record must be what we are about to
 * write, or it is a stranger's and stands for nothing. */
static void
verify_ahead(struct writer *w, const struct cut *cut)
{
	size_t n = cut->bytes < w->ahead ? cut->bytes : (size_t)w->ahead;

	if (!current_holds(&w->current, w->out.off, cut->part, n))
		commit_current(w, w->current.size);
}

int
writer_put(struct writer *w, const struct cut *cut)
{
	if (w->ahead && w->doubt)
		verify_ahead(w, cut);
	while (w->ahead < cut->bytes) {
		ssize_t put = current_write(&w->current, cut->part,
		    cut->n_parts, (size_t)w->ahead);
		int rc;

		if (put < 0)
			return (int)put;
		w->ahead += (uint64_t)put;
		rc = current_check(&w->current, (size_t)put);
		if (rc < 0)
			return rc;
	}
	return 0;
}

void
writer_commit(struct writer *w, const struct cut *cut)
{
	w->out = cut->next;
	w->ahead -= cut->bytes;
	/* Somebody else may have written or cut: the file's size is the
	 * truth, unless more of it is ours from before a crash. */
	if (w->ahead == 0)
		w->out.off = w->current.size;
	writer_record(w);
	if (cut->rotate)
		w->want_rotate = true;
}

/* current was removed, or cut so that our bytes are gone: what is not
 * committed goes into a new one. */
static int
renew_current(struct writer *w, int why)
{
	if (why == -ESTALE)
		return set_aside(w, NAME_UNDONE);
	current_leave(&w->current);
	w->ahead = 0;
	return open_current(w);
}

int
writer_take_back(struct writer *w)
{
	int rc = current_cut(&w->current, w->out.off);

	if (rc < 0)
		return rc;
	w->ahead = 0;
	w->out.off = w->current.size;
	return 0;
}

/* The file may not grow. What is half-written is taken back: then it may be
 * rotated, if there is anything else in it. */
static int
end_early(struct writer *w)
{
	int rc = w->out.off > 0 ? writer_take_back(w) : -EFBIG;

	if (rc == 0)
		w->want_rotate = true;
	return rc;
}

int
writer_mend(struct writer *w, int err)
{
	switch (-err) {
	case ENOSPC:
	case EDQUOT:
		return made_room(w, err) ? 0 : err;
	case EFBIG:
		return end_early(w);
	case ENOENT:
	case ESTALE:
		return renew_current(w, err);
	default:
		return err;
	}
}

/* --- rotation ------------------------------------------------------------- */

bool
writer_must_rotate(const struct writer *w)
{
	if (w->rotor.state != ROTOR_IDLE)
		return true;
	/* Only between two of our own writes. */
	return w->want_rotate && w->ahead == 0 && w->current.size > 0;
}

static void
said_rotation(const struct writer *w)
{
	char size[BUF_DECIMAL];

	say_info(0, "rename: ", w->place->path, "/current ", w->rotor.named,
	    " ", buf_decimal(size, w->rotor.size));
	say_info(0, "new: ", w->place->path, "/current");
}

int
writer_rotate(struct writer *w)
{
	int rc;

	if (w->rotor.state == ROTOR_IDLE) {
		w->want_rotate = false;
		rotor_start(&w->rotor);
	}
	do
		rc = rotor_run(&w->rotor);
	while (made_room(w, rc));
	if (rc == -EEXIST) { /* somebody else made one */
		w->rotor.state = ROTOR_IDLE;
		rc = open_current(w);
	} else if (rc == 0) {
		commit_current(w, 0);
	}
	if (rc < 0)
		return rc;
	w->out.n.rotations++;
	w->since = loop_now();
	said_rotation(w);
	attic_add(w->attic);
	return 0;
}

/* --- the end -------------------------------------------------------------- */

void
writer_leave(struct writer *w)
{
	current_leave(&w->current);
	w->ahead = 0;
	w->rotor.state = ROTOR_IDLE;
}

int
writer_close(struct writer *w)
{
	int rc = 0;

	if (w->current.fd >= 0 && w->ahead == 0 && !w->out.in_line)
		rc = current_seal(&w->current, w->conf->mode);
	current_leave(&w->current);
	return rc;
}
