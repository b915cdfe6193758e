/* Whether a new service directory is all there, or somebody is still at work
 * on it: a runsv that starts too early does not see a log or a down that is
 * made a moment later. */
#ifndef WEIR_WHOLE_H
#define WEIR_WHOLE_H

#include <stdbool.h>
#include <stdint.h>

/* Since the last name was made in it or went; the longest wait. */
#define WHOLE_OLD_NS INT64_C(1000000000)
#define WHOLE_QUIET_NS INT64_C(20000000)
#define WHOLE_LONGEST_NS INT64_C(5000000000)

/* Whether the service directory in dirfd has one for a logger. */
bool whole_has_log(int dirfd, const char *name);

/* How long to wait before another look, 0: it is to be started. age_ns is
 * since the last change by the wall clock, waited_ns since it was first seen,
 * has_runs: what is to run is there. Pure. */
int64_t whole_wait(int64_t age_ns, int64_t waited_ns, bool has_runs);

/* The same for a directory in dirfd. One that cannot be looked at is to be
 * started: runsv tells why it does not work. */
int64_t whole_look(int dirfd, const char *name, int64_t waited_ns);

#endif
