/* Bytes to lines. */
#ifndef WEIR_SCAN_H
#define WEIR_SCAN_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

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

enum { SCAN_STEP = 32 }; /* bytes copied at a time */

#ifdef __SSE2__
/* The line, if it ends within whole steps; else how many bytes are copied. To
 * look and to copy in one go costs the processor one branch a line that it
 * cannot foresee, not two. */
static inline size_t
scan_copy_steps(char *to, struct view v, size_t *done)
{
	const __m128i newlines = _mm_set1_epi8('\n');
	size_t i = 0;

	for (; v.n - i >= SCAN_STEP; i += SCAN_STEP) {
		__m128i a = _mm_loadu_si128((const void *)(v.p + i));
		__m128i b =
		    _mm_loadu_si128((const void *)(v.p + i + SCAN_STEP / 2));
		unsigned at;

		_mm_storeu_si128((void *)(to + i), a);
		_mm_storeu_si128((void *)(to + i + SCAN_STEP / 2), b);
		at = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(a, newlines)) |
		     (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(b, newlines))
		         << SCAN_STEP / 2;
		if (at)
			return i + (size_t)__builtin_ctz(at) + 1;
	}
	*done = i;
	return 0;
}
#else
static inline size_t
scan_copy_steps(char *to, struct view v, size_t *done)
{
	(void)to;
	(void)v;
	*done = 0;
	return 0;
}
#endif

/* Copies the first line with its newline to `to`, while it is looked for: the
 * length of it; 0 where it has no end, or is longer than `room`. What was in
 * those bytes of `to` is lost either way. */
static inline size_t
scan_copy_line(char *to, struct view v, size_t room)
{
	size_t n, done = 0;

	v = view_first(v, room);
	n = scan_copy_steps(to, v, &done);
	if (n > 0)
		return n;
	n = scan_line(view_from(v, done));
	if (n == 0)
		return 0;
	memcpy(to + done, v.p + done, n);
	return done + n;
}

#endif
