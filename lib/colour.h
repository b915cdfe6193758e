/* Whether standard output takes colours. */
#ifndef WEIR_COLOUR_H
#define WEIR_COLOUR_H

#include <stdbool.h>

/* A terminal does, unless TERM is dumb or NO_COLOR is not empty;
 * CLICOLOR_FORCE, neither empty nor 0, has them anywhere. */
bool colour_is_wanted(void);

#endif
