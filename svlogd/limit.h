/* Where a log file ends: the size rules of rotation.
 *
 * A line that ends at s - l or later is the file's last (svlogd(8), ROTATION;
 * only where s >= l). No line crosses s but one that is longer than
 * s itself: that one is split, though never within its stamp and prefix. */
#ifndef WEIR_LIMIT_H
#define WEIR_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

#include "view.h"

struct limit {
	uint64_t max;  /* s; 0: no limit */
	uint64_t soft; /* s - l; UINT64_MAX where s < l */
};

struct limit limit_of(uint64_t s, uint64_t l);

/* A line has just ended at `size`: whether it was the last. */
static inline bool
limit_ends(const struct limit *m, uint64_t size)
{
	return m->max && size >= m->soft;
}

/* Whether a whole line of n bytes must wait for the next file. */
static inline bool
limit_refuses(const struct limit *m, uint64_t size, uint64_t n)
{
	return m->max && size > 0 && (size >= m->max || n > m->max - size);
}

/* How much of a line that is begun still goes into this file. */
static inline uint64_t
limit_room(const struct limit *m, uint64_t size)
{
	if (!m->max)
		return UINT64_MAX;
	return size < m->max ? m->max - size : 0;
}

/* How many bytes of v, lines that go out as they are, belong to a file of
 * `size` bytes; *rotate: and then it is full. in_line: v begins inside a
 * line. Never scans more than what it returns and the line after it. */
size_t limit_span(const struct limit *m, struct view v, uint64_t size,
    bool in_line, bool *rotate);

#endif
