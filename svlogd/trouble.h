/* A failure that may last: when to try again, and when to say so again. */
#ifndef WEIR_TROUBLE_H
#define WEIR_TROUBLE_H

#include <stdbool.h>
#include <stdint.h>

struct trouble {
	int64_t retry_at; /* monotonic ns; LOOP_NEVER: all is well */
	int err;          /* the last -errno; 0: none */
	int64_t say_at;   /* the same one is not said before */
};

void trouble_init(struct trouble *t);

/* It has failed: to be tried again in 100 ms. Said as `pausing: what: path` at
 * once, then once a minute while it stays the same. */
void trouble_note(struct trouble *t, int err, const char *what,
    const char *path);

/* It has worked: true if it had failed before. */
bool trouble_end(struct trouble *t);

/* Whether it failed and is not to be tried again yet. */
bool trouble_waits(const struct trouble *t);

#endif
