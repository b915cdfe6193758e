/* What every fuzz target has: the door that libFuzzer calls, and a claim. */
#ifndef WEIR_FUZZ_H
#define WEIR_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What holds for any input: libFuzzer keeps one for which it does not. */
static inline void
require(bool it_is_so)
{
	if (!it_is_so)
		abort();
}

#endif
