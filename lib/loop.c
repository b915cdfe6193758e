/* Waiting: the only place where a program does. */
#include "loop.h"

#include "sys.h"

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

int
loop_wait(struct pollfd *fds, size_t n, int64_t deadline)
{
	for (;;) {
		int64_t left = timeout_ns(deadline);
		int r = sys_poll(fds, n, left);

		/* 0 before the deadline is a signal's doing. */
		if (r != 0 || left == 0)
			return r;
	}
}
