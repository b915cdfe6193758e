/* Receives datagrams on the loopback interface and does nothing with them: says
 * its port, and goes on until it is killed. */
#define _GNU_SOURCE 1

#include <arpa/inet.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

int
main(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t n = sizeof at;
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	char text[65536];

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, n) < 0 ||
	    getsockname(fd, (struct sockaddr *)&at, &n) < 0)
		return 1;
	printf("%d\n", ntohs(at.sin_port));
	fflush(stdout);
	while (recv(fd, text, sizeof text, 0) >= 0)
		;
	return 1;
}
