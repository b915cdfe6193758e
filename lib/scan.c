/* Bytes to lines. */
#include "scan.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum {
	CHUNK = 16 * 255, /* 16 counters of a byte each cannot overflow */
	LANES = 16,
	STEP = 32, /* copied at a time */
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

size_t
scan_line(struct view v)
{
	const char *nl = v.n ? memchr(v.p, '\n', v.n) : NULL;

	return nl ? (size_t)(nl - v.p) + 1 : 0;
}

#ifdef __SSE2__
/* The line, if it ends within whole steps; else how many bytes are copied. To
 * look and to copy in one go costs the processor one branch a line that it
 * cannot foresee, not two. */
static inline size_t
copy_steps(char *to, struct view v, size_t *done)
{
	const __m128i newlines = _mm_set1_epi8('\n');
	size_t i = 0;

	for (; v.n - i >= STEP; i += STEP) {
		__m128i a = _mm_loadu_si128((const void *)(v.p + i));
		__m128i b = _mm_loadu_si128((const void *)(v.p + i + STEP / 2));
		unsigned at;

		_mm_storeu_si128((void *)(to + i), a);
		_mm_storeu_si128((void *)(to + i + STEP / 2), b);
		at = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(a, newlines)) |
		     (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(b, newlines))
		         << STEP / 2;
		if (at)
			return i + (size_t)__builtin_ctz(at) + 1;
	}
	*done = i;
	return 0;
}
#else
static inline size_t
copy_steps(char *to, struct view v, size_t *done)
{
	(void)to;
	(void)v;
	*done = 0;
	return 0;
}
#endif

size_t
scan_copy_line(char *to, struct view v, size_t room)
{
	size_t n, done;

	v = view_first(v, room);
	n = copy_steps(to, v, &done);
	if (n > 0)
		return n;
	n = scan_line(view_from(v, done));
	if (n == 0)
		return 0;
	memcpy(to + done, v.p + done, n);
	return done + n;
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
