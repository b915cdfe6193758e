/* A cut in the making: what those have in common who lay it out.
 *
 * Each takes input at next->wr, says of it what became of it (fate.h), and puts
 * the output in the buffer of the route, or has it go out from the ring as it
 * is. Who finds that the file is full, or has no room for what comes next,
 * sets cut->rotate, and nothing more is laid out. What has to wait for the next
 * cut stays before next->wr. */
#ifndef WEIR_LAY_H
#define WEIR_LAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "ring.h"
#include "route.h"
#include "view.h"

struct lay {
	struct route *rt;
	const struct ring *ring;
	struct cut *cut;
	struct ring_out *next; /* the record when all laid out is written */
	uint64_t ready;        /* no input is taken from there on */
	uint64_t size; /* of current, when all laid out so far is in it */
	bool last;     /* an unfinished line before `ready` ends there */
};

/* Adds n bytes to the write. Borrowed until it is done. */
void lay_part(struct lay *y, char *p, size_t n);

/* How many bytes stand before a line's text: its stamp and the prefix. */
static inline size_t
lay_front(const struct lay *y)
{
	const struct route *rt = y->rt;

	return (rt->stamp.style ? STAMP_SIZE : 0) + rt->conf->prefix.n;
}

/* Gives the line that begins at wr its time: its stamp, valid until the next
 * one; empty where there are none. */
struct view lay_stamp(struct lay *y);

/* Output that the buffer has room for. */
static inline void
lay_put(struct lay *y, struct view v)
{
	buf_put(y->rt->out, v);
	y->size += v.n;
}

#endif
