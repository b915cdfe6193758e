/* A directory's plan: what its next write is, from ring, record and config
 * alone.
 *
 * The same record over the same bytes always yields the same output: that is
 * what lets a batch be laid out again after a crash or a failed write, and
 * the part that is in the file already be skipped.
 *
 * A line that begins before the record's `settled` is never sent again: whoever
 * sends a datagram makes the record say so first.
 *
 * Whether a line is logged that is for targets alone (U) depends on what became
 * of its datagram. So there are two kinds of cuts then. Lines from `settled` on
 * are laid out as datagrams: nothing of such a cut is for the file. Once they
 * are settled, the record says from where on no target took them. Lines before
 * `settled` are laid out by that word of the record: for the file or for
 * nobody. */
#ifndef WEIR_ROUTE_H
#define WEIR_ROUTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

#include "buf.h"
#include "conf.h"
#include "copies.h"
#include "datagrams.h"
#include "frame.h"
#include "limit.h"
#include "options.h"
#include "ring.h"
#include "stamp.h"

struct route {
	const struct options *options;
	const struct conf *conf;
	bool spans; /* nothing to do per line: the input goes out as it is */
	struct limit limit;
	struct stamp stamp;
	struct buf *out;       /* shared by all routes */
	struct copies *alerts; /* NULL: no copies of that kind */
	struct copies *copies;
	struct datagrams *datagrams; /* NULL: none are sent */
	struct frame *frame;
};

enum { CUT_PARTS = 2 };

/* One write and what follows it. */
struct cut {
	struct iovec part[CUT_PARTS]; /* borrowed from ring and out */
	int n_parts;
	size_t bytes;         /* the sum of the parts */
	struct ring_out next; /* the record when they are written */
	bool rotate;          /* current is then full */
};

/* Borrows all of it. out holds at least route_buffer() bytes. */
void route_init(struct route *rt, const struct options *options,
    const struct conf *conf, struct buf *out);

/* The system lets no file grow beyond `size`: it is a limit from now on. False
 * where that was known, or nothing can be done about it. */
bool route_restrict(struct route *rt, uint64_t size);

/* What a piece of output needs at least. */
size_t route_buffer(const struct options *options, const struct conf *conf);

/* All that decides the output, as one number for the record. */
uint64_t route_hash(const struct options *options, const struct conf *conf);

/* Sets the record's clock to that of the batch about to be laid out; true if
 * that changed it, and it has to be committed first. */
bool route_clock(struct ring_out *now, const struct ring_in *in);

/* Lays out the next write of a directory whose record is *now, whose current
 * has now->off bytes, from the bytes before `ready`. With `last` an
 * unfinished line before `ready` gets a newline. Copies and datagrams are
 * staged. */
void route_next(struct route *rt, const struct ring *ring,
    const struct ring_out *now, uint64_t ready, bool last, struct cut *cut);

/* Passes over a part of what route_next() would lay out: *next is the record
 * then, with the lines that would have been written counted as dropped. */
void route_drop(struct route *rt, const struct ring *ring,
    const struct ring_out *now, uint64_t ready, bool last, int err,
    struct ring_out *next);

#endif
