/* Chance that is the same on every run. */
#include "kit/random.h"

#define STEP UINT64_C(0x9e3779b97f4a7c15)

uint64_t
random_mix(uint64_t x)
{
	x += STEP;
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

uint64_t
random_next(uint64_t *state)
{
	uint64_t x = *state;

	*state += STEP;
	return random_mix(x);
}

int64_t
random_between(uint64_t *state, int64_t least, int64_t most)
{
	uint64_t n = (uint64_t)most - (uint64_t)least + 1;
	uint64_t x = random_next(state);

	return (int64_t)((uint64_t)least + (n ? x % n : x));
}
