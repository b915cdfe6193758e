/* A program to be started, as data: words, descriptors, environment, place. */
#define _GNU_SOURCE
#include "kit/program.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kit/child.h"
#include "kit/clock.h"
#include "kit/file.h"
#include "kit/verdict.h"

enum { FD_ASIDE = 200 }; /* above any that a program is given */

static const char *const never_passed[] = { "WEIR_RING", "WEIR_LOG",
	"WEIR_FAULT", "WEIR_FAULT_LOG", "WEIR_FAULT_CLOCK", "WEIR_FAULT_STRAYS",
	NULL };

void
program_word(struct program *pg, const char *word)
{
	if (pg->n_words == PROGRAM_WORDS)
		give_up("too many words for %s", pg->words[0]);
	pg->words[pg->n_words++] = word;
}

void
program_words(struct program *pg, ...)
{
	const char *word;
	va_list ap;

	va_start(ap, pg);
	while ((word = va_arg(ap, const char *)))
		program_word(pg, word);
	va_end(ap);
}

void
program_fd(struct program *pg, int as, int from)
{
	if (pg->n_fds == PROGRAM_FDS || as >= FD_ASIDE)
		give_up("too many descriptors for %s", pg->words[0]);
	pg->fd[pg->n_fds].as = as;
	pg->fd[pg->n_fds++].from = from;
}

void
program_env(struct program *pg, const char *name, const char *value)
{
	if (pg->n_env == PROGRAM_ENV)
		give_up("too many variables for %s", pg->words[0]);
	pg->env[pg->n_env].name = name;
	pg->env[pg->n_env++].value = value;
}

static int
fds_set(const struct program *pg)
{
	int aside[PROGRAM_FDS], i;

	for (i = 0; i < pg->n_fds; i++) {
		aside[i] = fcntl(pg->fd[i].from, F_DUPFD_CLOEXEC, FD_ASIDE);
		if (aside[i] < 0)
			return -1;
	}
	for (i = 0; i < pg->n_fds; i++) {
		if (dup2(aside[i], pg->fd[i].as) < 0)
			return -1;
	}
	return 0;
}

static void
env_set(const struct program *pg)
{
	size_t k;
	int i;

	for (k = 0; never_passed[k]; k++)
		unsetenv(never_passed[k]);
	for (i = 0; i < pg->n_env; i++) {
		if (pg->env[i].value)
			setenv(pg->env[i].name, pg->env[i].value, 1);
		else
			unsetenv(pg->env[i].name);
	}
}

/* In the child. `tell` is closed by exec, or gets the reason for there being
 * none. */
static _Noreturn void
program_run(const struct program *pg, int tell)
{
	char *argv[PROGRAM_WORDS + 1];
	int i;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signals_give();
	env_set(pg);
	for (i = 0; i < pg->n_words; i++)
		argv[i] = strdup(pg->words[i]);
	argv[i] = NULL;
	if ((!pg->dir || chdir(pg->dir) == 0) && fds_set(pg) == 0)
		execvp(argv[0], argv);
	(void)!write(tell, &errno, sizeof(errno));
	_exit(127);
}

pid_t
program_start(const struct program *pg)
{
	int tell[2], err;
	ssize_t n;
	pid_t pid;

	fflush(stdout);
	if (pipe2(tell, O_CLOEXEC) < 0)
		give_up("pipe: %s", strerror(errno));
	pid = fork();
	if (pid < 0)
		give_up("fork: %s", strerror(errno));
	if (pid == 0) {
		int high = fcntl(tell[1], F_DUPFD_CLOEXEC, FD_ASIDE);

		close(tell[1]);
		program_run(pg, high);
	}
	close(tell[1]);
	do
		n = read(tell[0], &err, sizeof(err));
	while (n < 0 && errno == EINTR);
	close(tell[0]);
	if (n == (ssize_t)sizeof(err)) {
		waitpid(pid, NULL, 0);
		give_up("%s: %s", pg->words[0], strerror(err));
	}
	return pid;
}

const char *
program_says(struct program *pg, const char *path, int *status)
{
	int out = fd_keep(
	    open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644), path);

	program_fd(pg, 1, out);
	program_fd(pg, 2, out);
	want(child_ended(program_start(pg), now_ns() + WAIT_LIMIT, status),
	    "%s hangs", pg->words[0]);
	close(out);
	return file_text(path);
}
