/* A program to be started, as data: words, descriptors, environment, place.
 *
 *     struct program pg = { .dir = tmp };
 *
 *     program_words(&pg, "runsv", "service", NULL);
 *     program_fd(&pg, 1, log);
 *     program_env(&pg, "WEIR_FAULT", "die:412");
 *     pid = program_start(&pg);
 *
 * Words and values are borrowed until it is started. It gets what the driver
 * has of descriptors without close-on-exec, the signals as they were before
 * signals_take(), none of the WEIR_* variables but those given here, and is
 * killed when the driver dies. */
#ifndef WEIR_KIT_PROGRAM_H
#define WEIR_KIT_PROGRAM_H

#include <sys/types.h>

enum {
	PROGRAM_WORDS = 128,
	PROGRAM_FDS = 8,
	PROGRAM_ENV = 8,
};

struct program {
	const char *words[PROGRAM_WORDS + 1];
	int n_words;
	struct {
		int as, from;
	} fd[PROGRAM_FDS];
	int n_fds;
	struct {
		const char *name, *value;
	} env[PROGRAM_ENV];
	int n_env;
	const char *dir; /* NULL: the driver's */
};

void program_word(struct program *pg, const char *word);
__attribute__((sentinel)) void program_words(struct program *pg, ...);

/* `from` of the driver's is `as` there; the two may be the same number. */
void program_fd(struct program *pg, int as, int from);

/* value NULL: the name is not set at all. */
void program_env(struct program *pg, const char *name, const char *value);

/* Its process; when this returns it runs that program, and no longer ours. A
 * program that cannot be run ends the driver. */
pid_t program_start(const struct program *pg);

/* Runs it to its end, which it reaches within WAIT_LIMIT: what it said, on
 * standard output and error, which is in the file `path` from then on. Valid as
 * file_text() is. */
const char *program_says(struct program *pg, const char *path, int *status);

#endif
