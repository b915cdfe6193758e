/* The programs of a service directory, described: run, finish, control/X; and
 * the files there that hold a number of seconds. */
#ifndef WEIR_ROLE_H
#define WEIR_ROLE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "control.h"
#include "lent.h"
#include "spawn.h"

enum { ROLE_UNABLE = 111, ROLE_STAY_DOWN = 125 };

/* Points into itself: not to be copied. */
struct role {
	struct spawn sp;
	const char *argv[4];
	char text[2][24];
	char env[LENT_TEXT];
};

/* Whose: the directory, whether it is the logger's, and the pipe. */
struct role_of {
	int home;
	bool is_log;
	const struct lent *lent;
};

/* ./run: with `quiet` it does not say why it cannot be executed. */
void role_run(struct role *r, const struct role_of *of, bool quiet);

/* ./finish, told how run ended (a wait status, -1: nobody knows): false where
 * there is none. */
bool role_finish(struct role *r, const struct role_of *of, int status);

/* control/LETTER, told the pid unless it is 0: 1, or 0 where there is none that
 * its owner may execute; or -errno with nothing but argv[0]. */
int role_script(struct role *r, const struct role_of *of, enum control letter,
    pid_t pid);

/* The number in a file of the directory, in ns; -ENOENT where there is no such
 * file, -EINVAL where it is no number from 1 up; or -errno. */
int64_t role_seconds(int home, const char *name);

#endif
