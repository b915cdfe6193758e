/* A run of bytes that is looked for. */
#ifndef WEIR_LITERAL_H
#define WEIR_LITERAL_H

#include "view.h"

/* The first place of `text`, which is not empty, in v; or NULL. */
const char *literal_find(struct view text, struct view v);

#endif
