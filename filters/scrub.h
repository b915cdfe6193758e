/* Bytes replaced by a 256-entry map: svlogd's -r and -R. */
#ifndef WEIR_SCRUB_H
#define WEIR_SCRUB_H

#include <stdbool.h>
#include <stddef.h>

#include "view.h"

struct scrub {
	bool on; /* some byte is replaced */
	unsigned char map[256];
};

/* Nothing is replaced. */
void scrub_init(struct scrub *s);

/* Bytes below 32, above 126, and those of `also` become `by`. */
void scrub_set(struct scrub *s, char by, struct view also);

/* In place. */
void scrub_apply(const struct scrub *s, char *p, size_t n);

#endif
