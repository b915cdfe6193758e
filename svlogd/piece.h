/* A line, or what is there of one: it may be longer than the ring, than the
 * buffer, or than a file. */
#ifndef WEIR_PIECE_H
#define WEIR_PIECE_H

#include <stdbool.h>
#include <stddef.h>

#include "fate.h"
#include "lay.h"
#include "select.h"
#include "view.h"

struct piece {
	struct view text; /* without its newline */
	size_t newline;   /* 1 if one follows it in the ring */
	bool ends;
};

/* The one that begins at wr. */
struct piece piece_at(const struct lay *y);

/* What the rules say of the line that begins with it: they look at its first
 * -l bytes, so that the rest need not be there. */
struct verdict piece_verdict(const struct lay *y, const struct piece *p);

/* Lays out as much of its text as fits, and the line's end: true if that is all
 * that is there; false when the cut has to end. */
bool piece_put(struct lay *y, const struct piece *p);

/* Is done with it; nothing of it is laid out. */
void piece_skip(struct lay *y, const struct piece *p, enum fate fate);

/* The next one of a line that is begun (next->in_line), as the record says:
 * false when the cut has to end. */
bool piece_lay_rest(struct lay *y);

#endif
