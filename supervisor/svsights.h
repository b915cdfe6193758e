/* Many services at one look. */
#ifndef WEIR_SVSIGHTS_H
#define WEIR_SVSIGHTS_H

#include "svsight.h"

struct svsights {
	struct svsight *v; /* in the order of the names */
	size_t n;
};

/* Looks at each of them as svsight_take() does: 0, or -errno where there is no
 * memory. Where there are many, as many processes share the work as there are
 * processors: what takes the time is the kernel's, and each service's alone.
 * Borrows the names. */
int svsights_take(struct svsights *all, const struct svdir *home,
    const char *const *names, size_t n);

void svsights_free(struct svsights *all);

#endif
