/* Sends numbered requests over a few connections and counts the answers. */
#define _GNU_SOURCE 1

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
	CONNS_MAX = 256,
	ANSWER_MAX = 8192,
	BROKEN_MAX = 1000, /* connections lost in a row: the server is gone */
	RETRY_MS = 10,
};

struct conn {
	int fd;       /* -1: to be connected again */
	bool waiting; /* a request is out and has no answer yet */
	size_t n;
	char answer[ANSWER_MAX];
};

struct client {
	uint16_t port;
	const char *path; /* in front of the number */
	uint64_t first, requests;
	int64_t until_ns;
	uint64_t rate; /* requests a second; 0: as fast as they are answered */
	int64_t begin_ns;
	size_t conn_n;
	uint64_t sent, answered, lost;
	unsigned broken;
	struct conn conns[CONNS_MAX];
};

static int64_t
now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static int
connect_to(uint16_t port)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int one = 1;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (connect(fd, (struct sockaddr *)&at, sizeof(at)) < 0) {
		int r = -errno;

		close(fd);
		return r;
	}
	return fd;
}

/* A request that was out is lost: it is not sent twice, for it may have been
 * logged. */
static void
conn_drop(struct client *cl, struct conn *c)
{
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
	if (c->waiting)
		cl->lost++;
	if (c->waiting || c->n > 0)
		cl->broken++;
	c->waiting = false;
	c->n = 0;
}

/* May one more go out now? */
static bool
is_due(const struct client *cl, int64_t now)
{
	if (cl->sent >= cl->requests)
		return false;
	return cl->rate == 0 ||
	       (uint64_t)(now - cl->begin_ns) / 1000 * cl->rate / 1000000 >=
	           cl->sent;
}

static void
conn_ask(struct client *cl, struct conn *c)
{
	char text[256];
	int n;

	if (c->fd < 0) {
		c->fd = connect_to(cl->port);
		if (c->fd < 0) {
			cl->broken++;
			poll(NULL, 0, RETRY_MS);
			return;
		}
	}
	n = snprintf(text, sizeof(text),
	    "GET %.100s%llu HTTP/1.1\r\nHost: 127.0.0.1\r\n"
	    "User-Agent: weir-client\r\n\r\n",
	    cl->path, (unsigned long long)(cl->first + cl->sent));
	cl->sent++;
	c->waiting = true;
	if (send(c->fd, text, (size_t)n, MSG_NOSIGNAL) != n)
		conn_drop(cl, c);
}

/* Length of the whole answer in c->answer, 0 when more must come. */
static size_t
answer_length(const struct conn *c)
{
	static const char name[] = "\r\ncontent-length:";
	const char *end = memmem(c->answer, c->n, "\r\n\r\n", 4);
	const char *p;
	size_t total;

	if (end == NULL)
		return 0;
	total = (size_t)(end - c->answer) + 4;
	for (p = c->answer; p < end; p++)
		if (strncasecmp(p, name, sizeof(name) - 1) == 0) {
			total += strtoul(p + sizeof(name) - 1, NULL, 10);
			break;
		}
	return total <= c->n ? total : 0;
}

static void
conn_read(struct client *cl, struct conn *c)
{
	ssize_t n =
	    recv(c->fd, c->answer + c->n, ANSWER_MAX - 1 - c->n, MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		conn_drop(cl, c);
		return;
	}
	c->n += (size_t)n;
	c->answer[c->n] = '\0';
	if (c->waiting && answer_length(c) > 0) {
		cl->answered++;
		cl->broken = 0;
		c->waiting = false;
		c->n = 0;
	} else if (c->n == ANSWER_MAX - 1) {
		conn_drop(cl, c);
	}
}

/* Asks where nothing is out; how many answers are still to come. */
static size_t
ask_all(struct client *cl, struct pollfd *fds)
{
	size_t waiting = 0, i;

	for (i = 0; i < cl->conn_n; i++) {
		struct conn *c = &cl->conns[i];

		if (!c->waiting && is_due(cl, now_ns()))
			conn_ask(cl, c);
		waiting += c->waiting;
		fds[i].fd = c->fd;
		fds[i].events = POLLIN;
	}
	return waiting;
}

static int
run(struct client *cl)
{
	struct pollfd fds[CONNS_MAX];
	size_t i, waiting;

	cl->begin_ns = now_ns();
	cl->until_ns += cl->begin_ns;
	for (;;) {
		waiting = ask_all(cl, fds);
		if (waiting == 0 && cl->sent >= cl->requests)
			return 0;
		if (now_ns() > cl->until_ns)
			return -ETIMEDOUT;
		if (cl->broken > BROKEN_MAX)
			return -ECONNREFUSED;
		/* With nothing out and none due, 1 ms is the rate's tick. */
		if (poll(fds, cl->conn_n, cl->rate > 0 ? 1 : 100) <= 0)
			continue;
		for (i = 0; i < cl->conn_n; i++)
			if (fds[i].fd >= 0 && fds[i].revents != 0)
				conn_read(cl, &cl->conns[i]);
	}
}

static const char usage[] =
    "usage: client [-n requests] [-f first] [-c connections] [-r rate]\n"
    "              [-t seconds] [-p path] port\n"
    "GETs /r/FIRST, /r/FIRST+1, ... from 127.0.0.1, each once;\n"
    "with a path that one instead of /r/.\n";

static bool
options(struct client *cl, int argc, char **argv)
{
	unsigned long long v;
	int c;

	while ((c = getopt(argc, argv, "n:f:c:r:t:p:")) != -1) {
		if (c == '?')
			return false;
		v = strtoull(optarg, NULL, 10);
		if (c == 'n')
			cl->requests = v;
		else if (c == 'f')
			cl->first = v;
		else if (c == 'c')
			cl->conn_n = v;
		else if (c == 'r')
			cl->rate = v;
		else if (c == 'p')
			cl->path = optarg;
		else
			cl->until_ns = (int64_t)(v * 1000000000);
	}
	if (argc - optind != 1)
		return false;
	cl->port = (uint16_t)strtoul(argv[optind], NULL, 10);
	return cl->port != 0 && cl->conn_n > 0 && cl->conn_n <= CONNS_MAX;
}

int
main(int argc, char **argv)
{
	static struct client cl = { .path = "/r/",
		.requests = 10000,
		.conn_n = 8,
		.until_ns = 60000000000 };
	double s;
	size_t i;
	int r;

	if (!options(&cl, argc, argv)) {
		fputs(usage, stderr);
		return 2;
	}
	for (i = 0; i < cl.conn_n; i++)
		cl.conns[i].fd = -1;
	r = run(&cl);
	for (i = 0; i < cl.conn_n; i++)
		conn_drop(&cl, &cl.conns[i]);
	s = (double)(now_ns() - cl.begin_ns) / 1e9;
	printf("answered %llu of %llu, lost %llu, in %.2f s, %.0f/s\n",
	    (unsigned long long)cl.answered, (unsigned long long)cl.requests,
	    (unsigned long long)cl.lost, s, (double)cl.answered / s);
	if (r < 0)
		fprintf(stderr, "client: %s\n", strerror(-r));
	return r < 0 || cl.answered != cl.requests;
}
