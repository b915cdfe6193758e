/* A log daemon as its supervisor sees it. */
#define _GNU_SOURCE
#include "logger.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kit/bytes.h"
#include "kit/child.h"
#include "kit/file.h"
#include "kit/program.h"
#include "kit/verdict.h"

enum { SAID_SHOWN = 4096 };

void
logger_arg(struct logger *lg, const char *arg)
{
	if (lg->n_argv == LOGGER_ARGS)
		give_up("too many arguments");
	lg->argv[lg->n_argv++] = arg;
}

void
logger_stamp(struct logger *lg, long stamp)
{
	static const char *const flags[] = { NULL, "-t", "-tt", "-ttt" };

	if (stamp > 0)
		logger_arg(lg, flags[stamp]);
}

void
logger_pipe(struct logger *lg)
{
	int fd[2], low;

	if (pipe2(fd, O_CLOEXEC) < 0)
		give_up("pipe: %s", strerror(errno));
	lg->rd = fd[0];
	lg->wr = fd[1];
	lg->ring = -1;
	if (lg->ring_kind == RING_FILE)
		return;
	low = fd_keep(memfd_create("ring", MFD_CLOEXEC | MFD_ALLOW_SEALING),
	    "memfd_create");
	lg->ring = fd_keep(fcntl(low, F_DUPFD_CLOEXEC, LOGGER_RING_FD),
	    "F_DUPFD_CLOEXEC");
	close(low);
}

void
logger_drop(struct logger *lg)
{
	fd_drop(&lg->rd);
	fd_drop(&lg->wr);
	fd_drop(&lg->ring);
}

void
logger_err(struct logger *lg, const char *dir)
{
	char path[PATH_ROOM];

	path_join(path, dir, "stderr");
	lg->err = fd_keep(
	    open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0600), path);
}

void
logger_start(struct logger *lg, const char *fault, const char *points,
    const char *clock)
{
	struct program pg = { 0 };
	const char *ring = lg->ring_words;
	struct stat st;
	char true_ring[64];
	int i;

	for (i = 0; i < lg->n_argv; i++)
		program_word(&pg, lg->argv[i]);
	program_fd(&pg, 0, lg->rd);
	program_fd(&pg, 1, lg->err);
	program_fd(&pg, 2, lg->err);
	if (lg->ring >= 0 && fstat(lg->ring, &st) == 0) {
		program_fd(&pg, lg->ring, lg->ring);
		snprintf(true_ring, sizeof(true_ring), "%d:%llu", lg->ring,
		    (unsigned long long)st.st_ino);
		ring = ring ? ring : true_ring;
	}
	program_env(&pg, "WEIR_RING", ring);
	program_env(&pg, "WEIR_FAULT", fault);
	program_env(&pg, "WEIR_FAULT_LOG", points);
	program_env(&pg, "WEIR_FAULT_CLOCK", clock);
	lg->pid = program_start(&pg);
}

bool
logger_ended(struct logger *lg, int64_t limit, int *status)
{
	if (!child_ended(lg->pid, now_ns() + limit, status))
		return false;
	lg->pid = 0;
	return true;
}

const char *
logger_text(const struct logger *lg)
{
	static struct bytes text;
	off_t end = lseek(lg->err, 0, SEEK_END);
	ssize_t n;

	text.n = 0;
	bytes_more(&text, (size_t)end + 1);
	n = pread(lg->err, text.p, (size_t)end, 0);
	text.p[n > 0 ? n : 0] = '\0';
	return text.p;
}

void
logger_said(const struct logger *lg)
{
	const char *text = logger_text(lg);
	size_t n = strlen(text);

	if (n > 0)
		printf("the logger said:\n%s",
		    text + (n > SAID_SHOWN ? n - SAID_SHOWN : 0));
}
