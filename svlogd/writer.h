/* What of the log is in `current`: the file, and its record in the ring, so
 * that a crash at any point neither loses nor repeats a byte.
 *
 * The record says how much input is done with (wr) and how long the file was
 * then (off). What the file has beyond that is `ahead`: the beginning of the
 * next cut, from a write that was short, that failed, or whose writer died.
 * The same cut is laid out again, and put from there on. */
#ifndef WEIR_WRITER_H
#define WEIR_WRITER_H

#include <stdbool.h>
#include <stdint.h>

#include "attic.h"
#include "conf.h"
#include "current.h"
#include "place.h"
#include "ring.h"
#include "rotor.h"
#include "route.h"

struct writer {
	/* Borrowed. */
	const struct place *place;
	const struct conf *conf;
	struct attic *attic; /* gets what current becomes */
	struct ring *ring;

	int slot;            /* of the record; < 0: none */
	struct ring_out out; /* the record, as committed */
	uint64_t cfg_hash;   /* of all that decides the output now */
	uint64_t ahead;      /* bytes of ours in current beyond out.off */
	bool doubt;          /* ... if they are: found there after a crash */

	struct current current;
	struct rotor rotor;
	int64_t since;    /* monotonic: current is as old as that */
	bool want_rotate; /* asked for, or due */
};

/* Whatever the conf says at the moment of a call counts. */
void writer_init(struct writer *w, const struct place *place,
    const struct conf *conf, struct attic *attic);

/* Finds the place's record in the ring, or makes one that begins at `start`:
 * from now on the ring keeps what comes. Where there is no room for one, that
 * is said. */
void writer_attach(struct writer *w, struct ring *ring, uint64_t start);

/* The place was opened; the record, if it was another's, is now its own. */
void writer_enter(struct writer *w);

/* The config is a new one, and this its route_hash(). What is half-written
 * may come out otherwise by it, so that is cut off or gets an end. */
void writer_configure(struct writer *w, uint64_t cfg_hash);

/* Makes `out` the record, as it is. */
static inline void
writer_record(struct writer *w)
{
	ring_commit_out(w->ring, w->slot, &w->out);
}

/* Has a current to write to: opens the one that is there and goes on in it,
 * sets aside what cannot be continued, makes a new one. 0 or -errno; to be
 * called again until it works. */
int writer_take_up(struct writer *w);

/* Whether writer_take_up() has to be called. */
static inline bool
writer_is_idle(const struct writer *w)
{
	return w->current.fd < 0 && w->rotor.state == ROTOR_IDLE;
}

/* Puts the cut into the file, but what of it is there already: 0, or -errno
 * with the record as it was, for writer_mend(). */
int writer_put(struct writer *w, const struct cut *cut);

/* The cut is in the file: the record says so. */
void writer_commit(struct writer *w, const struct cut *cut);

/* Takes what is half-written out of the file again: 0 or -errno. */
int writer_take_back(struct writer *w);

/* Does what a failed write asks for: 0 where it may be tried again at once,
 * else -errno; -ENOENT: the directory is gone. */
int writer_mend(struct writer *w, int err);

/* Passes over a part of the input, as route_drop(), which cannot be written
 * because of err. */
void writer_drop(struct writer *w, struct route *route, uint64_t ready,
    bool last, int err);

/* Whether the next thing is writer_rotate(): never within a cut. */
bool writer_must_rotate(const struct writer *w);

/* Begins or goes on with a rotation: 0 when current can be written to, or
 * -errno; -ENOENT: the directory is gone. */
int writer_rotate(struct writer *w);

/* Closes current as it is: its mode says that it was in use. */
void writer_leave(struct writer *w);

/* Closes current, synced and with the owner's x bit, where no line or cut is
 * half-written: 0 or the first -errno. */
int writer_close(struct writer *w);

#endif
