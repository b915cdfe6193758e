/* Numbers for property tests: the same ones on every run. */
#ifndef WEIR_TESTS_RANDOM_H
#define WEIR_TESTS_RANDOM_H

#include <stddef.h>
#include <stdint.h>

static uint64_t random_state = UINT64_C(88172645463325252);

static inline void
random_seed(uint64_t seed)
{
	random_state = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
}

static inline uint64_t
random_u64(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

/* From 0 up to, but not with, n. */
static inline size_t
random_below(size_t n)
{
	return n ? (size_t)((random_u64() >> 11) % n) : 0;
}

/* Text of lines of up to `longest` bytes, of few different characters. */
static inline void
random_lines(char *p, size_t n, size_t longest)
{
	size_t left = random_below(longest + 1);
	size_t i;

	for (i = 0; i < n; i++) {
		if (left == 0) {
			p[i] = '\n';
			left = random_below(longest + 1);
		} else {
			p[i] = (char)('a' + random_below(6));
			left--;
		}
	}
}

#endif
