/* Bytes to lines. */
#include "scan.h"

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
