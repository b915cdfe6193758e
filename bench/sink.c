/* Receives datagrams on the loopback interface and does nothing with them: says
 * its port, and goes on until it is killed, or has had as many as asked for. */
#define _GNU_SOURCE 1

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* None of those that are counted is to get lost, where we may ask for that. */
static void
make_room(int fd)
{
	int bytes = 64 << 20;

	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes);
}

int
main(int argc, char **argv)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t n = sizeof at;
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	long left = argc > 1 ? atol(argv[1]) : -1;
	char text[65536];

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, n) < 0 ||
	    getsockname(fd, (struct sockaddr *)&at, &n) < 0)
		return 1;
	printf("%d\n", ntohs(at.sin_port));
	fflush(stdout);
	if (left > 0)
		make_room(fd);
	while (left != 0 && recv(fd, text, sizeof text, 0) >= 0)
		left -= left > 0;
	return left != 0;
}
