/* Waiting: the only place where a program does. */
#include "loop.h"

#include <errno.h>

#include "sys.h"

enum { FEW = 64 };

int64_t
loop_now(void)
{
	return sys_mono_ns();
}

/* From now until the deadline, as sys_poll() wants it. */
static int64_t
timeout_ns(int64_t deadline)
{
	int64_t now;

	if (deadline == LOOP_NEVER)
		return -1;
	now = loop_now();
	return deadline > now ? deadline - now : 0;
}

/* The entries with descriptors alone. The system takes no more of any than
 * descriptors are allowed, and most of ours are skipped most of the time. */
static int
poll_live(struct pollfd *fds, size_t n, int64_t left)
{
	struct pollfd live[FEW];
	size_t i, k = 0;
	int r;

	for (i = 0; i < n; i++) {
		fds[i].revents = 0;
		if (fds[i].fd < 0)
			continue;
		if (k == FEW)
			return -EINVAL;
		live[k++] = fds[i];
	}
	r = sys_poll(live, k, left);
	for (i = k = 0; r > 0 && i < n; i++)
		if (fds[i].fd >= 0)
			fds[i].revents = live[k++].revents;
	return r;
}

int
loop_wait(struct pollfd *fds, size_t n, int64_t deadline)
{
	for (;;) {
		int64_t left = timeout_ns(deadline);
		int r = sys_poll(fds, n, left);

		if (r == -EINVAL)
			r = poll_live(fds, n, left);
		/* 0 before the deadline is a signal's doing. */
		if (r != 0 || left == 0)
			return r;
	}
}
