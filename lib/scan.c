/* Bytes to lines. */
#include "scan.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum {
	CHUNK = 16 * 255, /* 16 counters of a byte each cannot overflow */
	LANES = 16,
	STEP = 32, /* looked at together, going back */
};

/* It is within the last line's length of the end. */
size_t
scan_whole_lines(struct view v)
{
	while (v.n >= STEP && !memchr(v.p + v.n - STEP, '\n', STEP))
		v.n -= STEP;
	while (v.n > 0 && v.p[v.n - 1] != '\n')
		v.n--;
	return v.n;
}

#ifdef __SSE2__
static inline uint64_t
newlines_in_16(const char *p)
{
	__m128i v = _mm_loadu_si128((const void *)p);

	v = _mm_cmpeq_epi8(v, _mm_set1_epi8('\n'));
	return (unsigned)_mm_movemask_epi8(v);
}

static inline uint64_t
newlines_in(const char *p)
{
	return newlines_in_16(p) | newlines_in_16(p + 16) << 16 |
	       newlines_in_16(p + 32) << 32 | newlines_in_16(p + 48) << 48;
}

/* Of whole words: returns how far it looked. */
static size_t
ends_of_words(struct scan_ends *e, struct view v)
{
	unsigned n = 0;
	size_t at = 0;

	for (; v.n - at >= SCAN_WORD && n < SCAN_ENDS && at < SCAN_AHEAD;
	     at += SCAN_WORD) {
		uint64_t found = newlines_in(v.p + at);

		/* One or none, as a rule: written either way. */
		e->end[n] = v.p + at + __builtin_ctzll(found | 1ULL << 63) + 1;
		n += found != 0;
		for (found &= found - 1; found; found &= found - 1)
			e->end[n++] = v.p + at + __builtin_ctzll(found) + 1;
	}
	e->n = n;
	return at;
}
#else
static size_t
ends_of_words(struct scan_ends *e, struct view v)
{
	(void)v;
	e->n = 0;
	return 0;
}
#endif

void
scan_ends(struct scan_ends *e, struct view v)
{
	size_t at = ends_of_words(e, v), n = 1;

	e->i = 0;
	for (; n > 0 && e->n < SCAN_ENDS && (at < SCAN_AHEAD || e->n == 0);
	     at += n) {
		n = scan_line(view_from(v, at));
		if (n > 0)
			e->end[e->n++] = v.p + at + n;
	}
}

/* Sixteen at a time in byte counters: compilers make one comparison and one
 * subtraction of a vector register of the inner loop. */
static uint64_t
count_chunk(const char *p, size_t n)
{
	unsigned char lane[LANES] = { 0 };
	uint64_t count = 0;
	size_t i = 0;

	for (; i + LANES <= n; i += LANES)
		for (unsigned j = 0; j < LANES; j++)
			lane[j] = (unsigned char)(lane[j] + (p[i + j] == '\n'));
	for (unsigned j = 0; j < LANES; j++)
		count += lane[j];
	for (; i < n; i++)
		count += p[i] == '\n';
	return count;
}

uint64_t
scan_count(struct view v)
{
	uint64_t count = 0;

	while (v.n > 0) {
		struct view part = view_first(v, CHUNK);

		count += count_chunk(part.p, part.n);
		v = view_from(v, part.n);
	}
	return count;
}
