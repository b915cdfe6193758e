/* Bytes to lines. */
#ifndef WEIR_SCAN_H
#define WEIR_SCAN_H

#include <stddef.h>
#include <stdint.h>

#include "view.h"

/* The length of the leading part of v that ends with its last newline; 0
 * where there is none. */
size_t scan_whole_lines(struct view v);

/* The length of the first line with its newline; 0 where it has no end. */
size_t scan_line(struct view v);

/* Copies the first line with its newline to `to`, while it is looked for: the
 * length of it; 0 where it has no end, or is longer than `room`. What was in
 * those bytes of `to` is lost either way. */
size_t scan_copy_line(char *to, struct view v, size_t room);

/* How many newlines there are. */
uint64_t scan_count(struct view v);

#endif
