/* Standard output, in few writes. */
#ifndef WEIR_OUT_H
#define WEIR_OUT_H

#include "view.h"

struct out {
	int err; /* the first write that failed: -errno; no more is tried */
	size_t n;
	char mem[16384];
};

void out_init(struct out *out);

/* Texts of any length. */
void out_put(struct out *out, struct view text);
void out_str(struct out *out, const char *text);

/* What is not written yet goes out now: 0, or -errno of this or any write
 * before. */
int out_flush(struct out *out);

#endif
