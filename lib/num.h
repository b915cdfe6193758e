/* Digits to a number: the only number parser. */
#ifndef WEIR_NUM_H
#define WEIR_NUM_H

#include <stdint.h>

#include "view.h"

/* A unit letter and what it multiplies by; tables end with letter 0. */
struct num_unit {
	char letter;
	uint64_t times;
};

extern const struct num_unit num_bytes[];   /* k m g, powers of 1024 */
extern const struct num_unit num_seconds[]; /* m h d */

struct num {
	uint64_t value;
	size_t used; /* bytes of text that were read; 0: no digit */
	bool over;   /* larger than max: value is max */
};

/* Reads leading decimal digits, then one letter of `units` (NULL: none)
 * where it follows at once. Never wraps. What comes after is the caller's:
 * runit ignores it, we warn about it. */
struct num num_scan(struct view text, const struct num_unit *units,
    uint64_t max);

/* The whole of text is one number in [min, max]: 0; else -EINVAL (no number,
 * or something after it) or -ERANGE; *value is set only on success. */
int num_parse(struct view text, const struct num_unit *units, uint64_t min,
    uint64_t max, uint64_t *value);

/* The whole of text is octal digits, at most max: 0, -EINVAL or -ERANGE. */
int num_octal(struct view text, uint64_t max, uint64_t *value);

/* What one hexadecimal digit counts, or -1. */
int num_hex(char digit);

#endif
