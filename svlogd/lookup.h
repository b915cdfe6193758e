/* A name looked up in a child: it may take minutes, and the log has no time for
 * that. */
#ifndef WEIR_LOOKUP_H
#define WEIR_LOOKUP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "sys.h"

enum { LOOKUP_MOST = 8 }; /* addresses */

struct lookup {
	pid_t pid;     /* of the child; 0: none */
	int fd;        /* where its answer comes from; -1 */
	int64_t until; /* it has so long, monotonic ns */
};

void lookup_init(struct lookup *l);

/* Starts a child for the name, where none runs: 0 or -errno. */
int lookup_start(struct lookup *l, const char *name, int64_t now);

/* A child that takes too long is ended, which lookup_reaped() tells. */
void lookup_tick(struct lookup *l, int64_t now);

/* A child has ended: -1 where it is another's; else how many addresses there
 * are (LOOKUP_MOST at most), 0 where nobody knows any. */
int lookup_reaped(struct lookup *l, pid_t pid, struct sys_ip *ips);

/* Ends it. */
void lookup_stop(struct lookup *l);

#endif
