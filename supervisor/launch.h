/* Starting a runsv for a service: the program, what it is lent, and when the
 * next start may be tried.
 *
 * A service with a logger has a pipe and a ring of ours (lent.h), made at its
 * first start and kept for the next. That costs three descriptors each: we
 * have as many as the hard limit allows, a runsv as many as we were given. */
#ifndef WEIR_LAUNCH_H
#define WEIR_LAUNCH_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>

#include "say.h"
#include "scandir.h"

struct launch {
	bool sessions; /* each runsv leads a session of its own */
	int64_t at;    /* no start before, by loop_now(): none was possible */
	int trouble;   /* why, or 0; and when it is to be said again: */
	int64_t tell_at;
	int said;         /* what somebody else says of the same directory */
	bool told_few;    /* descriptors to lend */
	rlim_t fds_given; /* how many there might be */
	rlim_t fds_most;  /* how many there may be */
};

/* Takes all descriptors that are allowed: 0 or -errno. */
int launch_init(struct launch *l, bool sessions);

/* Whether that descriptor, or -1, may be kept for as long as its service is
 * there, so that enough are left for what else is to be opened. */
bool launch_may_keep(const struct launch *l, int fd);

/* Nothing can be started for a second. One cause is said once for all that
 * wait, as `words` and `name`, and again after five seconds. */
void launch_put_off(struct launch *l, enum say_level level, int err,
    const char *words, const char *name);

/* Starts a runsv for the entry, which is due, in the directory dirfd:
 * scandir_started() or launch_put_off(). */
void launch_runsv(struct launch *l, struct entry *e, int dirfd, int64_t now);

#endif
