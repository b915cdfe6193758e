/* A service and its logger, and the pipe between them: all that runsv does.
 *
 * The pipe and the logger's ring are runsvdir's, who lends them (lent.h), or
 * made here. They outlive every process at either end; where runsv itself died
 * alone, they are found again in the processes that it left. */
#ifndef WEIR_PAIR_H
#define WEIR_PAIR_H

/* Keeps the service directory until it is told to exit: the exit code. */
int pair_run(const char *path);

#endif
