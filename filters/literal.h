/* A run of bytes that is looked for. */
#ifndef WEIR_LITERAL_H
#define WEIR_LITERAL_H

#include <stddef.h>

#include "match.h"

struct literal {
	struct view text; /* borrowed; not empty */
	size_t rare;      /* where its rarest byte is */
};

void literal_init(struct literal *l, struct view text);

/* Which byte of it is rare in bytes like these: it is what is looked for, so
 * that most of what is not a hit is passed over by memchr(3). */
void literal_tune(struct literal *l, struct view sample);

/* The first place of it in v, or NULL. */
const char *literal_find(const struct literal *l, struct view v);

#endif
