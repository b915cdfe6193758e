/* How a service tells that it is up, where a boot is measured: by a byte in a
 * FIFO that somebody reads who counts. */
#ifndef WEIR_BENCH_UP_H
#define WEIR_BENCH_UP_H

#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <unistd.h>

#define UP_FIFO "/run/up"

enum { UP_LIMIT_MS = 60000 };

static inline bool
up_say(void)
{
	int fd = open(UP_FIFO, O_WRONLY | O_CLOEXEC);
	bool said = fd >= 0 && write(fd, "u", 1) == 1;

	if (fd >= 0)
		close(fd);
	return said;
}

/* Until n bytes came; false: none came for UP_LIMIT_MS. */
static inline bool
up_await(int fd, long n)
{
	struct pollfd in = { .fd = fd, .events = POLLIN };
	char buf[4096];

	while (n > 0) {
		ssize_t r;

		if (poll(&in, 1, UP_LIMIT_MS) <= 0)
			return false;
		r = read(fd, buf, sizeof(buf));
		if (r > 0)
			n -= r;
	}
	return true;
}

#endif
