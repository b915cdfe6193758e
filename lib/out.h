/* Standard output, in few writes. */
#ifndef WEIR_OUT_H
#define WEIR_OUT_H

#include <stddef.h>
#include <stdint.h>

#include "view.h"

struct out {
	int err; /* the first write that failed: -errno; no more is tried */
	size_t n;
	char mem[65536];
};

void out_init(struct out *out);

/* Texts of any length. */
void out_put(struct out *out, struct view text);
void out_str(struct out *out, const char *text);
void out_u64(struct out *out, uint64_t value);

/* The text for people, on a terminal: what that might obey, and what is no
 * UTF-8, as \xHH, and so is a backslash before what looks like that; tabs stay.
 * Returns its characters. */
size_t out_shown(struct out *out, struct view text);

/* The text as the inside of a JSON string: valid UTF-8, whatever it is; what a
 * terminal might obey is \uHHHH. */
void out_json(struct out *out, struct view text);

/* What is not written yet goes out now: 0, or -errno of this or any write
 * before. */
int out_flush(struct out *out);

#endif
