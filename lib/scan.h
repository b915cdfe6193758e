/* Bytes to lines. */
#ifndef WEIR_SCAN_H
#define WEIR_SCAN_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "view.h"

/* The length of the leading part of v that ends with its last newline; 0
 * where there is none. */
size_t scan_whole_lines(struct view v);

/* The length of the first line with its newline; 0 where it has no end. */
static inline size_t
scan_line(struct view v)
{
	const char *nl = v.n ? memchr(v.p, '\n', v.n) : NULL;

	return nl ? (size_t)(nl - v.p) + 1 : 0;
}

/* How many newlines there are. */
uint64_t scan_count(struct view v);

/* Line ends found ahead of whoever goes from line to line: to find many at once
 * costs no branch a line that the processor cannot foresee, nor does it wait
 * for the bytes of one line to know where the next one is. */
enum {
	SCAN_ENDS = 64,        /* as many are looked for */
	SCAN_WORD = 64,        /* bytes looked at together */
	SCAN_AHEAD = 8 * 1024, /* no further, once there is one */
};

struct scan_ends {
	unsigned i, n;
	const char *end[SCAN_ENDS + SCAN_WORD]; /* behind each newline */
};

/* Finds the ends of the first lines in v, which has to stay as it is for as
 * long as they are asked for. */
void scan_ends(struct scan_ends *e, struct view v);

/* None are known: the next line is the first. */
static inline void
scan_begin(struct scan_ends *e)
{
	e->i = e->n = 0;
}

/* Goes on with v, a later part of the same bytes that begins with a line; or
 * with other bytes: an end that is not in it is forgotten. */
static inline void
scan_resume(struct scan_ends *e, struct view v)
{
	while (e->i < e->n && e->end[e->i] <= v.p)
		e->i++;
	if (e->i < e->n && e->end[e->i] > v.p + v.n)
		e->i = e->n;
}

/* The length of the first line of v with its newline, as scan_line() says; of
 * at least `most` bytes it looks at, if v has them. v begins where the line
 * before ended. */
static inline size_t
scan_next_line(struct scan_ends *e, struct view v, size_t most)
{
	if (e->i == e->n)
		scan_ends(e,
		    view_first(v, most > SCAN_AHEAD ? most : SCAN_AHEAD));
	return e->i < e->n ? (size_t)(e->end[e->i++] - v.p) : 0;
}

/* Most lines of a web server's log are shorter; 64 bytes are four registers. */
enum { SCAN_COPY = 192, SCAN_COPY_STEP = 64 };

/* Copies the first n bytes of v to `to`, which has room for `room`. Beyond them
 * it may write there, too: whole steps, so that the usual line takes the same
 * branches whatever its length. */
static inline void
scan_copy(char *to, struct view v, size_t n, size_t room)
{
	size_t i = SCAN_COPY;

	if (v.n < n + SCAN_COPY || room < n + SCAN_COPY) {
		memcpy(to, v.p, n);
		return;
	}
	memcpy(to, v.p, SCAN_COPY);
	for (; i < n; i += SCAN_COPY_STEP)
		memcpy(to + i, v.p + i, SCAN_COPY_STEP);
}

#endif
