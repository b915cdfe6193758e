/* Chance that is the same on every run: splitmix64 over the caller's state. */
#ifndef WEIR_KIT_RANDOM_H
#define WEIR_KIT_RANDOM_H

#include <stdint.h>

/* One number's bits, well mixed. */
uint64_t random_mix(uint64_t x);

uint64_t random_next(uint64_t *state);

/* Both ends may come. */
int64_t random_between(uint64_t *state, int64_t least, int64_t most);

#endif
