/* How long a logger may take whose service is over. It reads what is left in
 * the pipe, and ends with it. But where others keep the pipe open it has no
 * end, and a logger may be stuck: then it is told to go. */
#ifndef WEIR_DRAIN_H
#define WEIR_DRAIN_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Times are loop_now()'s. */
struct drain {
	int64_t at;   /* when to look at the pipe; LOOP_NEVER: not any more */
	ssize_t left; /* what was in it at the last look; -1: none yet */
	int64_t stuck_at; /* when that has been so for too long */
};

/* Nothing to look at. */
struct drain drain_none(void);

/* The service is over. kept_open: others than it have the pipe's writing
 * end. */
void drain_start(struct drain *d, bool kept_open, int64_t now);

/* A look at the pipe, with `left` bytes in it or -errno: true if the logger is
 * to be told now. It is told once. */
bool drain_look(struct drain *d, ssize_t left, bool kept_open, int64_t now);

#endif
