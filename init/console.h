/* Descriptors 0 to 2 of process 1: the console. */
#ifndef WEIR_CONSOLE_H
#define WEIR_CONSOLE_H

#include <stdbool.h>

/* Opens /dev/console as 0, 1 and 2, for writing; with `control` 0 is for
 * reading, too, and it becomes the terminal of this process's session. Where it
 * cannot be opened they stay what they are, those that are closed become
 * /dev/null, and that is said once. */
void console_open(bool control);

#endif
