/* A service that tells of itself. */
#define _GNU_SOURCE
#include "witness.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kit/file.h"
#include "kit/verdict.h"

static const char word[] = "--witness";

static struct {
	struct witness *w;
	int fd; /* of the file, which is the lock too */
	volatile sig_atomic_t stopped;
} self;

const struct lines *
witness_lines(void)
{
	static struct lines lines;

	if (lines.most == 0)
		lines_init(&lines, 1, 20, 200);
	return &lines;
}

static struct witness *
map(int fd)
{
	void *p = mmap(NULL, sizeof(struct witness), PROT_READ | PROT_WRITE,
	    MAP_SHARED, fd, 0);

	if (p == MAP_FAILED)
		give_up("mmap: %s", strerror(errno));
	return p;
}

/* --- the driver's side ----------------------------------------------------*/

struct witness *
witness_new(const char *path)
{
	struct witness *w, zero;
	int fd;

	memset(&zero, 0, sizeof(zero));
	file_put(path, &zero, sizeof(zero), 0666);
	fd = fd_keep(open(path, O_RDWR | O_CLOEXEC), path);
	w = map(fd);
	close(fd);
	return w;
}

void
witness_clear(struct witness *w)
{
	memset(w, 0, sizeof(*w));
}

/* This program, told to be one of the two, and with which file. */
static const char *
words(const char *what, const char *path, const char *more)
{
	static char text[2 * PATH_ROOM + 64];
	char me[PATH_ROOM];
	ssize_t n = readlink("/proc/self/exe", me, sizeof(me) - 1);

	me[n > 0 ? n : 0] = '\0';
	snprintf(text, sizeof(text), "%s %s %s %s %s", me, word, what, path,
	    more);
	return text;
}

const char *
witness_words(const char *path, int lines, bool deaf)
{
	char more[32];

	snprintf(more, sizeof(more), "%d %d", lines, deaf);
	return words("run", path, more);
}

const char *
witness_finish(const char *path)
{
	return words("finish", path, "\"$@\"");
}

/* --- the service's side ---------------------------------------------------*/

/* Neither run nor finish is ever there together with another of them. */
static void
be_alone(void)
{
	if (flock(self.fd, LOCK_EX | LOCK_NB) == 0)
		return;
	atomic_fetch_add(&self.w->twice, 1);
	_exit(1);
}

static void
hear(int sig)
{
	atomic_fetch_add(&self.w->heard[sig], 1);
	if (sig == SIGQUIT)
		_exit(WITNESS_CODE);
	if (sig == SIGTERM)
		self.stopped = 1;
}

static void
hear_all(bool deaf)
{
	static const int signals[] = { SIGHUP, SIGQUIT, SIGUSR1, SIGTERM };
	struct sigaction sa = { .sa_handler = hear };
	size_t i;

	for (i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		sigaction(signals[i], &sa, NULL);
	if (deaf)
		signal(SIGTERM, SIG_IGN);
}

/* A line is at most PIPE_BUF: it is written, or it is not. */
static void
write_line(void)
{
	char text[LINE_MAX_BYTES];
	size_t n =
	    line_make(witness_lines(), atomic_load(&self.w->lines), text);
	ssize_t r = write(1, text, n);

	if (r == (ssize_t)n)
		atomic_fetch_add(&self.w->lines, 1);
	else if (r >= 0 || errno != EINTR)
		_exit(1);
}

static _Noreturn void
run(int lines, bool deaf)
{
	int i;

	be_alone();
	(void)witness_lines();
	hear_all(deaf);
	atomic_store(&self.w->pid, getpid());
	atomic_fetch_add(&self.w->starts, 1);
	while (!self.stopped) {
		for (i = 0; i < 10 * lines && !self.stopped; i++)
			write_line();
		measure_for(10 * MS);
	}
	_exit(0);
}

static _Noreturn void
finish(char **argv)
{
	be_alone();
	atomic_store(&self.w->code, atoi(argv[0]));
	atomic_store(&self.w->status, atoi(argv[1]));
	atomic_fetch_add(&self.w->finishes, 1);
	_exit(0);
}

void
witness_main(char **argv)
{
	if (!argv[1] || strcmp(argv[1], word) != 0)
		return;
	self.fd = fd_keep(open(argv[3], O_RDWR | O_CLOEXEC), argv[3]);
	self.w = map(self.fd);
	if (strcmp(argv[2], "finish") == 0)
		finish(argv + 4);
	run(atoi(argv[4]), atoi(argv[5]));
}
