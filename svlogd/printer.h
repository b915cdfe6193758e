/* Standard output, in few writes. */
#ifndef WEIR_PRINTER_H
#define WEIR_PRINTER_H

#include <stddef.h>
#include <stdint.h>

#include "view.h"

struct printer {
	int err; /* the first write that failed: -errno; no more is tried */
	size_t n;
	char mem[65536];
};

void printer_init(struct printer *p);

/* Texts of any length. */
void printer_put(struct printer *p, struct view text);
void printer_str(struct printer *p, const char *text);
void printer_u64(struct printer *p, uint64_t value);

/* The text for people, on a terminal: what that might obey, and what is no
 * UTF-8, as \xHH, and so is a backslash before what looks like that; tabs stay.
 * Returns its characters. */
size_t printer_shown(struct printer *p, struct view text);

/* The text as the inside of a JSON string: valid UTF-8, whatever it is. */
void printer_json(struct printer *p, struct view text);

/* What is not written yet goes out now: 0, or -errno of this or any write
 * before. */
int printer_flush(struct printer *p);

#endif
