/* Waiting: the only place where a program does. */
#ifndef WEIR_LOOP_H
#define WEIR_LOOP_H

#include <poll.h>
#include <stddef.h>
#include <stdint.h>

#define LOOP_NEVER INT64_MAX
#define LOOP_MS INT64_C(1000000) /* ns in a millisecond */
#define LOOP_S INT64_C(1000000000)

/* The monotonic clock, ns. Deadlines are points on it. */
int64_t loop_now(void);

static inline int64_t
loop_sooner(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Waits until one of fds is ready or the deadline is past; entries with
 * fd < 0 are skipped. The number ready, 0 at the deadline, or -errno. */
int loop_wait(struct pollfd *fds, size_t n, int64_t deadline);

#endif
