/* Descriptors 0 to 2 of process 1: the console. */
#ifndef WEIR_CONSOLE_H
#define WEIR_CONSOLE_H

#include <stdbool.h>

/* Opens /dev/console as 0, 1 and 2, for writing; with `reads` 0 is for reading,
 * too. It is nobody's terminal by that: what is typed there sends no signal to
 * process 1. Where it cannot be opened they stay what they are, those that are
 * closed become /dev/null, and that is said once. */
void console_open(bool reads);

#endif
