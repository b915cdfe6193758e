/* The rows of sys.def for datagrams. */
#define _GNU_SOURCE /* SOCK_CLOEXEC, SOCK_NONBLOCK */

#include "sys.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "retry.h"

/* An address as the kernel wants it: its size, 0 where there is none. */
static socklen_t
name_ip(struct sockaddr_storage *to, const struct sys_ip *ip, unsigned port)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };

	memset(to, 0, sizeof *to);
	switch (ip->version) {
	case 4:
		in.sin_port = htons((uint16_t)port);
		memcpy(&in.sin_addr, ip->bytes, sizeof in.sin_addr);
		memcpy(to, &in, sizeof in);
		return sizeof in;
	case 6:
		in6.sin6_port = htons((uint16_t)port);
		in6.sin6_scope_id = ip->scope;
		memcpy(&in6.sin6_addr, ip->bytes, sizeof in6.sin6_addr);
		memcpy(to, &in6, sizeof in6);
		return sizeof in6;
	default:
		return 0;
	}
}

int
sys_udp(const struct sys_ip *ip, unsigned port)
{
	struct sockaddr_storage to;
	socklen_t n = name_ip(&to, ip, port);
	int r, fd;

	if (n == 0)
		return -EDESTADDRREQ;
	fd = socket(to.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	RETRY(r, connect(fd, (const struct sockaddr *)&to, n));
	if (r < 0) {
		r = -errno;
		close(fd);
		return r;
	}
	return fd;
}

ssize_t
sys_send(int fd, const void *p, size_t n)
{
	ssize_t r;

	RETRY(r, send(fd, p, n, 0));
	return r < 0 ? -errno : r;
}

int
sys_udp_error(int fd)
{
	int err = 0;
	socklen_t n = sizeof err;

	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &n) < 0)
		return -errno;
	return -err;
}
