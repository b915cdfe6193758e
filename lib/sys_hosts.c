/* The row of sys.def that asks for the addresses of a host. In a file of its
 * own, so that a static program has the name service in it only if it asks. */
#include "sys.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "os/hosts.h"

static bool
take(struct sys_ip *ip, const struct addrinfo *ai)
{
	struct sockaddr_in in;
	struct sockaddr_in6 in6;

	memset(ip, 0, sizeof *ip);
	if (ai->ai_family == AF_INET && ai->ai_addrlen >= sizeof in) {
		memcpy(&in, ai->ai_addr, sizeof in);
		memcpy(ip->bytes, &in.sin_addr, sizeof in.sin_addr);
		ip->version = 4;
	} else if (ai->ai_family == AF_INET6 && ai->ai_addrlen >= sizeof in6) {
		memcpy(&in6, ai->ai_addr, sizeof in6);
		memcpy(ip->bytes, &in6.sin6_addr, sizeof in6.sin6_addr);
		ip->scope = in6.sin6_scope_id;
		ip->version = 6;
	}
	return ip->version != 0;
}

int
sys_find_host(const char *name, struct sys_ip *ips, int n)
{
	struct addrinfo hints = { .ai_socktype = SOCK_DGRAM }, *all;
	int found = 0, r;

	hosts_begin();
	r = getaddrinfo(name, NULL, &hints, &all);
	if (r == EAI_NONAME)
		return 0;
	if (r == EAI_MEMORY)
		return -ENOMEM;
	if (r != 0)
		return r == EAI_AGAIN ? -EAGAIN : -EIO;
	for (const struct addrinfo *ai = all; ai && found < n; ai = ai->ai_next)
		found += take(&ips[found], ai);
	freeaddrinfo(all);
	return found;
}
