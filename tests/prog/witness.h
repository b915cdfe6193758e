/* A service that tells of itself, in memory that the driver has too: when it
 * started, what it heard, how it ended; and whether it was ever there twice. It
 * writes numbered lines (kit/line.h) and goes on where the last one stopped.
 *
 * The driver is the program: its main() begins with witness_main(), and its
 * services run what witness_words() says. */
#ifndef WEIR_TEST_WITNESS_H
#define WEIR_TEST_WITNESS_H

#include <stdatomic.h>
#include <stdint.h>

#include "kit/check.h"

struct witness {
	_Atomic uint64_t lines;       /* written, whole */
	_Atomic long starts;          /* of run */
	_Atomic long finishes, twice; /* of finish; that met another of both */
	_Atomic long heard[32];       /* signals */
	_Atomic int pid;              /* of the last run */
	_Atomic int code, status;     /* what the last finish was told */
};

enum { WITNESS_CODE = 7 }; /* what QUIT makes it exit with */

/* Where argv says so, it is the service, and does not return. */
void witness_main(char **argv);

/* In a file that everybody may write; starts as zero. */
struct witness *witness_new(const char *path);
void witness_clear(struct witness *w);

/* The words of its run, after exec; so many lines a millisecond, all lines of
 * 10 ms at once. deaf: it does not mind TERM. Then those of its finish. Valid
 * until the next call. */
const char *witness_words(const char *path, int lines, bool deaf);
const char *witness_finish(const char *path);

/* For a check of its lines. */
const struct lines *witness_lines(void);

#endif
