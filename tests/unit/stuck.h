/* Ends of pipes, sockets and terminals that nobody reads. */
#ifndef WEIR_TEST_STUCK_H
#define WEIR_TEST_STUCK_H

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

/* A terminal, whose other end is *master. */
static inline int
stuck_terminal(int *master)
{
	int tty;

	*master = posix_openpt(O_RDWR | O_NOCTTY);
	if (*master < 0)
		skip();
	assert_return_code(grantpt(*master), errno);
	assert_return_code(unlockpt(*master), errno);
	tty = open(ptsname(*master), O_RDWR | O_NOCTTY);
	assert_return_code(tty, errno);
	return tty;
}

/* Until it takes nothing more. */
static inline void
stuck_fill(int fd)
{
	static const char some[4096];
	size_t n = sizeof(some);

	assert_return_code(fcntl(fd, F_SETFL, O_NONBLOCK), errno);
	for (; n > 0; n /= 2)
		while (write(fd, some, n) > 0)
			;
	assert_return_code(fcntl(fd, F_SETFL, 0), errno);
}

#endif
