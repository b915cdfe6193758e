/* A child process, described as data. */
#ifndef WEIR_SPAWN_H
#define WEIR_SPAWN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct spawn_fd {
	int to;
	int from;
};

enum { SPAWN_FDS = 8 };

struct spawn {
	const char *const *argv;       /* argv[0] is a path with a slash */
	int cwd;                       /* a directory, or -1: as the parent */
	struct spawn_fd fd[SPAWN_FDS]; /* from >= 0 counts; up to n_fd */
	size_t n_fd;
	bool own_group; /* leader of a new process group */
};

/* Starts it: the child has every signal default and unblocked, descriptor 0
 * to 2 as the parent or as `fd` says, those of `fd`, and no other. The
 * environment is the parent's. Returns the pid, or -errno when there is no
 * child; a program that cannot be executed shows as exit 127. */
pid_t spawn_start(const struct spawn *sp);

#endif
