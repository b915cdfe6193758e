/* Somebody who listens for datagrams. */
#define _GNU_SOURCE
#include "receiver.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

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

	while (!r->ends) {
		n = recv(r->fd, text, sizeof(text), 0);
		if (n < 0)
			continue; /* nothing came for a while */
		if (n == sizeof(mark) && memcmp(text, mark, sizeof(mark)) == 0)
			r->marks++;
		else if (write(r->to, text, (size_t)n) == n)
			r->lines++;
	}
	return NULL;
}

/* Where it is: its size. */
static socklen_t
place(const struct receiver *r, struct sockaddr_storage *to)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)r->port) };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6,
		.sin6_port = htons((uint16_t)r->port) };

	memset(to, 0, sizeof(*to));
	if (inet_pton(AF_INET, r->ip, &in.sin_addr) == 1) {
		memcpy(to, &in, sizeof(in));
		return sizeof(in);
	}
	want(inet_pton(AF_INET6, r->ip, &in6.sin6_addr) == 1, "%s?", r->ip);
	memcpy(to, &in6, sizeof(in6));
	return sizeof(in6);
}

static void
start(struct receiver *r)
{
	struct sockaddr_storage at;
	socklen_t n = place(r, &at);
	struct timeval a_while = { .tv_usec = 20000 };
	int room = ROOM;

	r->fd = fd_keep(socket(at.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0),
	    "socket");
	if (setsockopt(r->fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)) <
	    0)
		setsockopt(r->fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	setsockopt(r->fd, SOL_SOCKET, SO_RCVTIMEO, &a_while, sizeof(a_while));
	fd_keep(bind(r->fd, (struct sockaddr *)&at, n), "bind");
	getsockname(r->fd, (struct sockaddr *)&at, &n);
	/* In the same place in both. */
	r->port = ntohs(((struct sockaddr_in *)&at)->sin_port);
	r->to =
	    fd_keep(open(r->path, O_WRONLY | O_APPEND | O_CLOEXEC), r->path);
	r->reads = true;
	r->ends = false;
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
	r->ends = true;
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
	struct sockaddr_storage to;
	socklen_t n = place(r, &to);
	int fd;

	if (r->marks > before)
		return true;
	fd = fd_keep(socket(to.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0),
	    "socket");
	sendto(fd, mark, sizeof(mark), 0, (struct sockaddr *)&to, n);
	close(fd);
	return false;
}

void
receiver_settle(struct receiver *r)
{
	uint64_t before = r->marks;

	await(has_mark(r, before), WAIT_LIMIT, "it does not read");
}

static const char *const outcomes[] = { "sent", "refused", "unreachable",
	"too_large", "blocked", "unresolved", "failed", "unknown" };

uint64_t
datagrams_of(const struct place *pl, const char *whose, const char *what)
{
	char name[64];

	snprintf(name, sizeof(name), "%s%s", whose, what);
	return place_counter(pl, name);
}

void
datagrams_accounted(const struct place *pl, uint64_t n)
{
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < COUNT(outcomes); i++)
		sum += datagrams_of(pl, "datagrams_", outcomes[i]);
	want(place_counter(pl, "datagrams") == n, "%llu datagrams, not %llu",
	    (unsigned long long)place_counter(pl, "datagrams"),
	    (unsigned long long)n);
	want(sum == n, "%llu are accounted for, of %llu",
	    (unsigned long long)sum, (unsigned long long)n);
	want(place_counter(pl, "read_lines") ==
		 place_counter(pl, "written_lines") +
		     place_counter(pl, "deselected_lines") +
		     place_counter(pl, "forwarded_lines") +
		     place_counter(pl, "dropped_lines"),
	    "lines are not accounted for");
}
