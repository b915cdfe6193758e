/* How far a pattern has looked ahead, over lines that are gone through in their
 * order: most are no hits, and need not be asked about one by one.
 *
 * Lines are told by where they begin, in bytes of all that there is. */
#ifndef WEIR_AHEAD_H
#define WEIR_AHEAD_H

#include <stdint.h>

#include "match.h"

struct ahead {
	uint64_t clear; /* those before are no hits */
	uint64_t alone; /* those before are asked about one by one */
	uint64_t usual; /* bytes to the next hit, as it was so far */
};

/* Nothing is known yet; of a pattern that cannot look, for ever. */
void ahead_init(struct ahead *a, const struct match *m);

/* Nothing is known of the lines any more, only of the pattern. */
void ahead_forget(struct ahead *a, const struct match *m);

/* Looks over `lines`, which begin at `at` and not before a->alone. Where hits
 * are many that would be to look twice: the next are asked about one by one. */
void ahead_look(struct ahead *a, const struct match *m, struct view lines,
    uint64_t at);

#endif
