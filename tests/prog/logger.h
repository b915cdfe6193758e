/* A log daemon as its supervisor sees it: a pipe, a ring and directories that
 * outlive it, and a process that comes and goes. */
#ifndef WEIR_TEST_LOGGER_H
#define WEIR_TEST_LOGGER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum {
	LOGGER_ARGS = 80,
	LOGGER_RING_FD = 10, /* at least; every shell passes such on */
};

enum ring { RING_FD, RING_FILE };

struct logger {
	const char *argv[LOGGER_ARGS]; /* the program first */
	int n_argv;
	enum ring ring_kind;
	const char *ring_words; /* WEIR_RING; NULL: what is true */
	int rd, wr;             /* the pipe */
	int ring;               /* -1: none */
	int err;   /* its stderr and stdout, a file; the caller's */
	pid_t pid; /* 0: not there */
};

void logger_arg(struct logger *lg, const char *arg);

/* -t, -tt or -ttt; stamp 0: none. */
void logger_stamp(struct logger *lg, long stamp);

/* A fresh pipe, and a fresh ring, left empty. */
void logger_pipe(struct logger *lg);
void logger_drop(struct logger *lg); /* closes them */

/* The file for what it says, in that directory. */
void logger_err(struct logger *lg, const char *dir);

/* The three are WEIR_FAULT, WEIR_FAULT_LOG and WEIR_FAULT_CLOCK, or NULL. */
void logger_start(struct logger *lg, const char *fault, const char *points,
    const char *clock);

/* True: it ended in that time; *status says how. */
bool logger_ended(struct logger *lg, int64_t limit, int *status);

/* All it said so far; valid until the next call. */
const char *logger_text(const struct logger *lg);

/* The end of that, on stdout. */
void logger_said(const struct logger *lg);

#endif
