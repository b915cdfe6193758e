/* Somebody who listens for datagrams. */
#define _GNU_SOURCE
#include "receiver.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kit/verdict.h"

enum { ROOM = 64 << 20 }; /* for what is not read yet */

/* Not a line: whoever sends it waits for it to be counted. */
static const char mark[] = "\1mark";

/* In a thread of its own: a process would be taken for one that the logger has
 * left. */
static void *
take(void *arg)
{
	struct receiver *r = arg;
	char text[65536];
	ssize_t n;

	while ((n = recv(r->fd, text, sizeof(text), 0)) >= 0) {
		if (n == sizeof(mark) && memcmp(text, mark, sizeof(mark)) == 0)
			r->marks++;
		else if (write(r->to, text, (size_t)n) == n)
			r->lines++;
		else
			break;
	}
	return NULL;
}

static struct sockaddr_in
place(const struct receiver *r)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)r->port) };

	want(inet_pton(AF_INET, r->ip, &at.sin_addr) == 1, "%s?", r->ip);
	return at;
}

static void
start(struct receiver *r)
{
	struct sockaddr_in at = place(r);
	socklen_t n = sizeof(at);
	int room = ROOM;

	r->fd =
	    fd_keep(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "socket");
	if (setsockopt(r->fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)) <
	    0)
		setsockopt(r->fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	fd_keep(bind(r->fd, (struct sockaddr *)&at, sizeof(at)), "bind");
	getsockname(r->fd, (struct sockaddr *)&at, &n);
	r->port = ntohs(at.sin_port);
	r->to =
	    fd_keep(open(r->path, O_WRONLY | O_APPEND | O_CLOEXEC), r->path);
	r->reads = true;
	want(pthread_create(&r->reader, NULL, take, r) == 0, "no thread");
}

void
receiver_open(struct receiver *r, const char *ip, const char *dir,
    const char *name)
{
	unsigned pid = (unsigned)getpid();

	memset(r, 0, sizeof(*r));
	snprintf(r->ip, sizeof(r->ip), "127.%u.%u.%u", pid >> 16 & 255,
	    pid >> 8 & 255, pid & 255);
	if (ip)
		snprintf(r->ip, sizeof(r->ip), "%s", ip);
	path_join(r->path, dir, name);
	file_write(r->path, "");
	start(r);
}

void
receiver_reopen(struct receiver *r)
{
	start(r);
}

void
receiver_deafen(struct receiver *r)
{
	if (!r->reads)
		return;
	pthread_cancel(r->reader);
	pthread_join(r->reader, NULL);
	fd_drop(&r->to);
	r->reads = false;
}

void
receiver_close(struct receiver *r)
{
	receiver_deafen(r);
	fd_drop(&r->fd);
}

uint64_t
receiver_lines(const struct receiver *r)
{
	return r->lines;
}

void
receiver_has(const struct receiver *r, uint64_t lines)
{
	await(r->lines >= lines, WAIT_LIMIT, "%llu datagrams came, of %llu",
	    (unsigned long long)receiver_lines(r), (unsigned long long)lines);
}

/* Whether a mark that was sent after all else has come. */
static bool
has_mark(struct receiver *r, uint64_t before)
{
	struct sockaddr_in to = place(r);
	int fd;

	if (r->marks > before)
		return true;
	fd = fd_keep(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "socket");
	sendto(fd, mark, sizeof(mark), 0, (struct sockaddr *)&to, sizeof(to));
	close(fd);
	return false;
}

void
receiver_settle(struct receiver *r)
{
	uint64_t before = r->marks;

	await(has_mark(r, before), WAIT_LIMIT, "it does not read");
}
