/* A process that writes numbered lines (line.h) until it is told to stop. */
#ifndef WEIR_KIT_WRITER_H
#define WEIR_KIT_WRITER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "kit/line.h"

enum { WRITE_MOST = 1 << 20 }; /* bytes a write */

struct writing {
	const struct lines *ls;
	size_t least, most; /* bytes a write; at most WRITE_MOST */
	long rate;          /* lines a second, one a write; 0: flat out */
	bool open_end;      /* the last line has no newline */
	uint64_t seed;      /* of the sizes */
};

/* What it has written so far, in memory that children share. */
struct progress {
	_Atomic uint64_t lines, bytes;
};

struct progress *progress_new(void);

/* Its process. By TERM it ends the line under way, and exits 0; when nobody
 * reads any more it exits 1. */
pid_t writer_start(const struct writing *wr, int fd, struct progress *pr);

#endif
