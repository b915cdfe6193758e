/* The script `check` of a service, which says whether one that runs is ready
 * for use: run beside all else, and never for longer than anyone waits. */
#ifndef WEIR_SVCHECK_H
#define WEIR_SVCHECK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum svcheck_state {
	SVCHECK_IDLE,  /* to be run at `again` */
	SVCHECK_RUNS,  /* as process `pid` */
	SVCHECK_READY, /* it said so, or there is none to say otherwise */
};

/* Starts as { 0 }. */
struct svcheck {
	enum svcheck_state state;
	pid_t pid;
	bool told;        /* what was wrong with it */
	int64_t again;    /* not before, by loop_now(); 0: it never said no */
	int64_t pause_ns; /* the last one, after it said no */
};

/* Runs it, unless it runs already or is not due yet. dir: the service's; name
 * is for messages; null: a descriptor of /dev/null. One that cannot be
 * executed does not count, and that is told. */
void svcheck_ask(struct svcheck *c, int dir, const char *name, int null);

/* Its process ended, with that wait status. */
void svcheck_ended(struct svcheck *c, int status);

/* Ends it, with all that it started. */
void svcheck_stop(struct svcheck *c);

#endif
