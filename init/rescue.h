/* What is left to process 1 when it has made a mistake of its own. It must not
 * end: the kernel would end everything with it. */
#ifndef WEIR_RESCUE_H
#define WEIR_RESCUE_H

#include "buf.h"

/* From now on a crash makes this program start anew, with one argument: what
 * `state` puts into b, NUL and all. False of `state`: it is no use any more;
 * and then, or where the program cannot be executed, `lost` is called, which
 * does not return. `program` is where it is, should /proc not be there. */
void rescue_arm(bool (*state)(struct buf *b), const char *program,
    void (*lost)(void));

/* A shell on the console, and another after it, for ever; meanwhile every child
 * is reaped. */
_Noreturn void rescue_shell(void);

#endif
