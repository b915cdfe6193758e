/* A tiny web server on 127.0.0.1: one access line, one write, per request.
 * It has every page but those below /missing/, and /broken/ is out of order. */
#define _GNU_SOURCE 1

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
	CONNS = 256,
	REQUEST_MAX = 8192,
	ANSWER_MAX = 16384, /* answers that wait for a slow client */
	LINE_BYTES = 2048,  /* below PIPE_BUF: an access line is never cut */
	FIELD_MAX = 512,
	SLOT_SIGNAL = CONNS,
	SLOT_LISTEN,
	SLOTS,
};

enum outcome { FOUND, MISSING, BROKEN, BAD_METHOD };

static const struct {
	const char *status, *words;
} outcomes[] = {
	[FOUND] = { "200", "OK" },
	[MISSING] = { "404", "Not Found" },
	[BROKEN] = { "503", "Service Unavailable" },
	[BAD_METHOD] = { "405", "Method Not Allowed" },
};

struct conn {
	int fd; /* -1: free */
	bool closing;
	size_t in_n, out_n;
	char in[REQUEST_MAX];
	char out[ANSWER_MAX];
	char peer[INET_ADDRSTRLEN];
};

struct httpd {
	int listen_fd;
	int signal_fd; /* readable once TERM or INT came */
	bool leaving;
	uint64_t answered;
	time_t now_s;
	char stamp[40];
	struct conn conns[CONNS];
};

/* One request, borrowed from its connection's buffer; no body. */
struct request {
	const char *line; /* as far as the CR */
	size_t line_n;
	const char *agent, *referrer;
	size_t agent_n, referrer_n;
	enum outcome outcome;
	bool keeps;
};

static int signal_pipe[2];

static void
on_signal(int signal)
{
	int saved = errno;

	(void)signal;
	(void)!write(signal_pipe[1], "", 1);
	errno = saved;
}

static int
signals_open(void)
{
	struct sigaction sa = { .sa_handler = on_signal };

	sa.sa_flags = SA_RESTART;
	sigemptyset(&sa.sa_mask);
	if (pipe2(signal_pipe, O_CLOEXEC | O_NONBLOCK) < 0 ||
	    sigaction(SIGTERM, &sa, NULL) < 0 ||
	    sigaction(SIGINT, &sa, NULL) < 0)
		return -errno;
	/* A log that nobody reads any more is an error from write(2). */
	signal(SIGPIPE, SIG_IGN);
	return signal_pipe[0];
}

static int
listen_on(uint16_t port)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(at);
	int one = 1;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, (struct sockaddr *)&at, n) < 0 || listen(fd, 512) < 0 ||
	    getsockname(fd, (struct sockaddr *)&at, &n) < 0) {
		int r = -errno;

		close(fd);
		return r;
	}
	fprintf(stderr, "port %u\n", (unsigned)ntohs(at.sin_port));
	return fd;
}

/* The value of a header in the lines after the first, or "-". */
static const char *
header(const char *p, const char *end, const char *name, size_t *n)
{
	size_t name_n = strlen(name);

	while ((p = memchr(p, '\n', (size_t)(end - p))) != NULL) {
		const char *cr;

		p++;
		if ((size_t)(end - p) <= name_n ||
		    strncasecmp(p, name, name_n) != 0)
			continue;
		p += name_n;
		while (p < end && *p == ' ')
			p++;
		cr = memchr(p, '\r', (size_t)(end - p));
		*n = (size_t)((cr == NULL ? end : cr) - p);
		return p;
	}
	*n = 1;
	return "-";
}

static bool
begins(const struct request *rq, const char *text)
{
	size_t n = strlen(text);

	return rq->line_n >= n && memcmp(rq->line, text, n) == 0;
}

static enum outcome
judge(const struct request *rq)
{
	if (!begins(rq, "GET "))
		return BAD_METHOD;
	if (begins(rq, "GET /broken/"))
		return BROKEN;
	return begins(rq, "GET /missing/") ? MISSING : FOUND;
}

/* The first whole request in c->in: its length, or 0 when there is none. */
static size_t
request_cut(const struct conn *c, struct request *rq)
{
	const char *end = memmem(c->in, c->in_n, "\r\n\r\n", 4);
	const char *value;
	size_t n;

	if (end == NULL)
		return 0;
	rq->line = c->in;
	rq->line_n =
	    (size_t)((const char *)memchr(c->in, '\r', c->in_n) - c->in);
	rq->outcome = judge(rq);
	rq->agent = header(c->in, end, "User-Agent:", &rq->agent_n);
	rq->referrer = header(c->in, end, "Referer:", &rq->referrer_n);
	value = header(c->in, end, "Connection:", &n);
	rq->keeps = rq->outcome != BAD_METHOD && rq->line_n > 8 &&
	            memcmp(rq->line + rq->line_n - 8, "HTTP/1.1", 8) == 0 &&
	            (n < 5 || strncasecmp(value, "close", 5) != 0);
	return (size_t)(end + 4 - c->in);
}

static int
cap(size_t n)
{
	return (int)(n < FIELD_MAX ? n : FIELD_MAX);
}

static int
log_request(struct httpd *h, const struct conn *c, const struct request *rq)
{
	char line[LINE_BYTES];
	time_t now_s = time(NULL);
	struct tm tm;
	ssize_t done;
	int n;

	if (now_s != h->now_s) {
		h->now_s = now_s;
		localtime_r(&now_s, &tm);
		strftime(h->stamp, sizeof(h->stamp), "%d/%b/%Y:%H:%M:%S %z",
		    &tm);
	}
	n = snprintf(line, sizeof(line),
	    "%s - - [%s] \"%.*s\" %s 3 \"%.*s\" \"%.*s\"\n", c->peer, h->stamp,
	    cap(rq->line_n), rq->line, outcomes[rq->outcome].status,
	    cap(rq->referrer_n), rq->referrer, cap(rq->agent_n), rq->agent);
	do
		done = write(1, line, (size_t)n);
	while (done < 0 && errno == EINTR);
	if (done < 0)
		return -errno;
	return done == n ? 0 : -EIO;
}

static void
conn_close(struct conn *c)
{
	close(c->fd);
	c->fd = -1;
}

static void
conn_send(struct conn *c)
{
	ssize_t done = send(c->fd, c->out, c->out_n, MSG_NOSIGNAL);

	if (done < 0 && errno != EAGAIN && errno != EINTR) {
		conn_close(c);
		return;
	}
	if (done > 0) {
		c->out_n -= (size_t)done;
		memmove(c->out, c->out + done, c->out_n);
	}
	if (c->out_n == 0 && c->closing)
		conn_close(c);
}

/* Logs, then answers: whoever has an answer finds its line in the log.
 * Returns how many were answered. */
static int
conn_answer(struct httpd *h, struct conn *c)
{
	struct request rq;
	size_t n;
	int r, done = 0;

	while (!c->closing && ANSWER_MAX - c->out_n > 256 &&
	       (n = request_cut(c, &rq)) > 0) {
		r = log_request(h, c, &rq);
		if (r < 0)
			return r;
		c->closing = !rq.keeps;
		c->out_n +=
		    (size_t)snprintf(c->out + c->out_n, ANSWER_MAX - c->out_n,
			"HTTP/1.1 %s %s\r\nContent-Length: 3\r\n"
			"Content-Type: text/plain\r\n%s\r\nok\n",
			outcomes[rq.outcome].status, outcomes[rq.outcome].words,
			rq.keeps ? "" : "Connection: close\r\n");
		c->in_n -= n;
		memmove(c->in, c->in + n, c->in_n);
		h->answered++;
		done++;
	}
	return done;
}

static int
conn_ready(struct httpd *h, struct conn *c)
{
	ssize_t n = 0;
	int r;

	if (c->in_n < REQUEST_MAX && !c->closing) {
		n = recv(c->fd, c->in + c->in_n, REQUEST_MAX - c->in_n, 0);
		if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
			conn_close(c);
			return 0;
		}
	}
	c->in_n += n > 0 ? (size_t)n : 0;
	do {
		r = conn_answer(h, c);
		if (r < 0)
			return r;
		if (c->out_n > 0)
			conn_send(c);
	} while (r > 0 && c->fd >= 0 && c->out_n == 0);
	if (c->fd >= 0 && c->in_n == REQUEST_MAX && c->out_n == 0)
		conn_close(c); /* a request larger than we take */
	return 0;
}

static struct conn *
conn_free(struct httpd *h)
{
	size_t i;

	for (i = 0; i < CONNS; i++)
		if (h->conns[i].fd < 0)
			return &h->conns[i];
	return NULL;
}

static void
accept_all(struct httpd *h)
{
	struct sockaddr_in from;
	socklen_t n = sizeof(from);
	struct conn *c;
	int one = 1;

	while ((c = conn_free(h)) != NULL) {
		c->fd = accept4(h->listen_fd, (struct sockaddr *)&from, &n,
		    SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (c->fd < 0)
			return;
		setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
		c->in_n = c->out_n = 0;
		c->closing = false;
		inet_ntop(AF_INET, &from.sin_addr, c->peer, sizeof(c->peer));
	}
}

static void
poll_set(struct httpd *h, struct pollfd fds[SLOTS])
{
	size_t i;

	for (i = 0; i < CONNS; i++) {
		const struct conn *c = &h->conns[i];

		fds[i].fd = c->fd;
		fds[i].events = c->out_n > 0 ? POLLOUT : POLLIN;
	}
	fds[SLOT_SIGNAL].fd = h->signal_fd;
	fds[SLOT_SIGNAL].events = POLLIN;
	/* With no slot free, who connects waits in the kernel's queue. */
	fds[SLOT_LISTEN].fd = conn_free(h) == NULL ? -1 : h->listen_fd;
	fds[SLOT_LISTEN].events = POLLIN;
}

/* Told to leave: what has come in is answered, then no more is read. */
static int
leave(struct httpd *h)
{
	size_t i;
	int r = 0;

	for (i = 0; i < CONNS && r == 0; i++)
		if (h->conns[i].fd >= 0)
			r = conn_ready(h, &h->conns[i]);
	return r;
}

static int
serve(struct httpd *h)
{
	struct pollfd fds[SLOTS];
	size_t i;
	int r = 0;

	while (r == 0) {
		poll_set(h, fds);
		if (poll(fds, SLOTS, -1) < 0 && errno != EINTR)
			return -errno;
		if (fds[SLOT_SIGNAL].revents != 0)
			return leave(h);
		for (i = 0; i < CONNS && r == 0; i++)
			if (fds[i].fd >= 0 && fds[i].revents != 0)
				r = conn_ready(h, &h->conns[i]);
		if (fds[SLOT_LISTEN].revents != 0)
			accept_all(h);
	}
	return r;
}

int
main(int argc, char **argv)
{
	static struct httpd h;
	char *end = NULL;
	unsigned long port = 0;
	size_t i;
	int r;

	if (argc == 2)
		port = strtoul(argv[1], &end, 10);
	if (argc != 2 || end == argv[1] || *end != '\0' || port > 65535) {
		fputs("usage: httpd port\n", stderr);
		return 2;
	}
	for (i = 0; i < CONNS; i++)
		h.conns[i].fd = -1;
	r = h.signal_fd = signals_open();
	if (r >= 0)
		r = h.listen_fd = listen_on((uint16_t)port);
	if (r >= 0)
		r = serve(&h);
	if (r < 0)
		fprintf(stderr, "httpd: %s\n", strerror(-r));
	else
		fprintf(stderr, "answered %llu\n",
		    (unsigned long long)h.answered);
	return r < 0;
}
