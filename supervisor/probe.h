/* The script `check` of a service, which says whether one that runs is ready
 * for use: run beside all else, and never for longer than anyone waits. */
#ifndef WEIR_PROBE_H
#define WEIR_PROBE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum probe_state {
	PROBE_IDLE,  /* to be run at `again` */
	PROBE_RUNS,  /* as process `pid` */
	PROBE_READY, /* it said so, or there is none to say otherwise */
};

/* Starts as { 0 }. */
struct probe {
	enum probe_state state;
	pid_t pid;
	bool told; /* what was wrong with it */
	int64_t again, pause_ns;
};

/* Runs it, unless it runs already or is not due yet. dir: the service's; name
 * is for messages; null: a descriptor of /dev/null. One that cannot be
 * executed does not count, and that is told. */
void probe_ask(struct probe *p, int dir, const char *name, int null);

/* Process `pid` ended so, and it was this probe's. */
void probe_ended(struct probe *p, int status);

/* Ends it, with all that it started. */
void probe_stop(struct probe *p);

#endif
