/* A process that writes numbered lines until it is told to stop. */
#define _GNU_SOURCE
#include "kit/writer.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "kit/child.h"
#include "kit/random.h"
#include "kit/verdict.h"

struct writer {
	const struct writing *wr;
	struct progress *progress;
	uint64_t seq, bytes, random;
	size_t used, filled; /* of buf: written, and made */
	char buf[WRITE_MOST + LINE_MAX_BYTES];
	int fd;
};

static volatile sig_atomic_t stopped;

static void
stop(int sig)
{
	(void)sig;
	stopped = 1;
}

struct progress *
progress_new(void)
{
	struct progress *pr = mmap(NULL, sizeof(*pr), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (pr == MAP_FAILED)
		give_up("out of memory");
	return pr;
}

static void
put(struct writer *w, size_t n)
{
	size_t end = w->used + n;
	ssize_t got;

	while (w->used < end) {
		got = write(w->fd, w->buf + w->used, end - w->used);
		if (got < 0 && errno != EINTR)
			_exit(EXIT_BROKEN);
		if (got > 0) {
			w->used += (size_t)got;
			w->bytes += (uint64_t)got;
		}
	}
	atomic_store(&w->progress->lines, w->seq);
	atomic_store(&w->progress->bytes, w->bytes);
}

static void
make(struct writer *w, size_t n)
{
	memmove(w->buf, w->buf + w->used, w->filled - w->used);
	w->filled -= w->used;
	w->used = 0;
	while (w->filled < n)
		w->filled += line_make(w->wr->ls, w->seq++, w->buf + w->filled);
}

/* Ends the line under way and takes back the ones not begun. */
static void
end(struct writer *w)
{
	bool begun = w->used > 0 && w->buf[w->used - 1] != '\n';
	const char *nl = memchr(w->buf + w->used, '\n', w->filled - w->used);
	size_t n = begun && nl ? (size_t)(nl - w->buf) + 1 - w->used : 0;
	size_t i;

	for (i = w->used + n; i < w->filled; i++)
		w->seq -= w->buf[i] == '\n';
	put(w, n);
	if (!w->wr->open_end)
		return;
	w->used = 0;
	w->filled = line_make(w->wr->ls, w->seq++, w->buf);
	put(w, w->filled - 1);
}

/* One line, when it is due. */
static void
write_paced(struct writer *w, int64_t start)
{
	struct timespec due;

	make(w, 1);
	due = timespec_of(start + (int64_t)w->seq * (1000 * MS) / w->wr->rate);
	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL);
	put(w, w->filled);
}

static void
write_much(struct writer *w)
{
	size_t n = (size_t)random_between(&w->random, (int64_t)w->wr->least,
	    (int64_t)w->wr->most);

	make(w, n);
	put(w, n);
}

static _Noreturn void
writer_run(const struct writing *wr, int fd, struct progress *progress)
{
	struct sigaction sa = { .sa_handler = stop };
	struct writer *w = calloc(1, sizeof(*w));
	int64_t start = now_ns();

	if (!w)
		_exit(EXIT_BROKEN);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	sigaction(SIGTERM, &sa, NULL);
	signals_give();
	w->wr = wr;
	w->progress = progress;
	w->fd = fd;
	w->random = wr->seed;
	while (!stopped) {
		if (wr->rate > 0)
			write_paced(w, start);
		else
			write_much(w);
	}
	end(w);
	_exit(0);
}

pid_t
writer_start(const struct writing *wr, int fd, struct progress *pr)
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid < 0)
		give_up("fork: %s", strerror(errno));
	if (pid == 0)
		writer_run(wr, fd, pr);
	return pid;
}
