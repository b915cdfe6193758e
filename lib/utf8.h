/* Characters in bytes. */
#ifndef WEIR_UTF8_H
#define WEIR_UTF8_H

#include <stddef.h>
#include <stdint.h>

#include "view.h"

/* How many bytes the character that v begins with has, 1 to 4; 0: that is no
 * UTF-8. */
size_t utf8_length(struct view v);

/* The same, and which character it is. */
size_t utf8_decode(struct view v, uint32_t *to);

/* The same, but 0 also where a terminal might do something else than show it:
 * a control character, or one that turns the direction of what follows. */
size_t utf8_shown(struct view v);

/* v without the character at its end that may not be all there, 3 bytes at
 * most. */
size_t utf8_whole(struct view v);

#endif
