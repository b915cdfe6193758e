/* A child process, described as data. */
#ifndef WEIR_SPAWN_H
#define WEIR_SPAWN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/types.h>

struct spawn_fd {
	int to;
	int from;
};

enum {
	SPAWN_FDS = 8,
	SPAWN_ENV = 1024,   /* variables at most, where `env` changes one */
	SPAWN_UNABLE = 127, /* the exit code, where `unable` says no other */
	SPAWN_LOW = 64,     /* see `brief` */
};

struct spawn {
	const char *const *argv;       /* argv[0] is a path with a slash... */
	const char *path;              /* ... unless this is the path */
	int cwd;                       /* a directory, or -1: as the parent */
	struct spawn_fd fd[SPAWN_FDS]; /* from >= 0 counts; up to n_fd */
	size_t n_fd;
	bool own_group; /* leader of a new process group */
	bool session;   /* leader of a new session */

	/* The parent, which has many descriptors and no handlers for signals,
	 * waits until the program is executed. Cheaper, the more so if it
	 * keeps most of them from SPAWN_LOW on. Not with a gate. */
	bool brief;

	/* How many descriptors it may have, as far as the hard limit goes;
	 * NULL: as the parent. */
	const rlim_t *nofile;

	/* The two ends of a pipe of the parent's, or NULL. The child does
	 * nothing until a byte comes through it, and is gone if none ever
	 * does: it cannot run without the parent knowing. Unless `is_known`
	 * says, asked in the child when the parent has died, that whoever
	 * comes after the parent knows of it; NULL: nobody does. */
	const int *gate;
	bool (*is_known)(const void *of);
	const void *of;

	/* "NAME=value": besides the parent's environment, or instead of what
	 * NAME is there; "NAME": without it. NULL: as the parent, and so
	 * where there are more than SPAWN_ENV. */
	const char *env;

	/* Where the program cannot be executed: what the child says, as a
	 * fatal error, or NULL; and what it exits with. */
	const char *words;
	int unable;
};

/* Starts it: the child has every signal default and unblocked, descriptor 0
 * to 2 as the parent or as `fd` says, those of `fd`, and no other. The
 * environment is the parent's, but for `env`. Returns the pid, or -errno when
 * there is no child. */
pid_t spawn_start(const struct spawn *sp);

#endif
