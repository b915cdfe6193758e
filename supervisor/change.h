/* A process state as it is to be, described as data, and its application. */
#ifndef WEIR_CHANGE_H
#define WEIR_CHANGE_H

#include <stdbool.h>

#include "ids.h"
#include "rlimits.h"
#include "vars.h"

/* All zero but argv changes nothing. Strings are borrowed. */
struct change {
	bool verbose;
	bool session;
	const char *env_dir;
	const char *root;
	const char *dir;
	bool is_nicer;
	int nicer;
	const char *env_user; /* for the variables UID and GID */
	const char *user;     /* [:]user[:group ...]; see ids.h */
	bool is_account;      /* both: the name of a user and nothing else */
	bool all_groups;      /* those of the user, by the group file, too */
	const char *lock;
	bool lock_waits;
	bool lock_or_leave; /* where it is not to be had: that is fine */
	bool closed[3];
	struct rlimits_want limit[RLIMITS];
	const char *argv0; /* NULL: as in argv */
	char **argv;       /* the program; at least one word */
};

/* Applies it to this process and becomes the program. Whatever can be looked
 * up is looked up first. Returns only on failure, with the reason said: the
 * exit code, 111, or 0 where the lock was not to be had and that is fine. */
int change_run(const struct change *c, char *const env[]);

#endif
