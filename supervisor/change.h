/* A process state as it is to be, described as data, and its application. */
#ifndef WEIR_CHANGE_H
#define WEIR_CHANGE_H

#include <stdbool.h>
#include <sys/resource.h>

#include "ids.h"
#include "vars.h"

enum change_limit {
	CHANGE_DATA,
	CHANGE_STACK,
	CHANGE_LOCKED,
	CHANGE_MEMORY,
	CHANGE_FILES,
	CHANGE_PROCESSES,
	CHANGE_FILE,
	CHANGE_CORE,
	CHANGE_RESIDENT,
	CHANGE_CPU,
	CHANGE_LIMITS, /* how many */
};

struct limit {
	bool is_set;
	bool to_hard;  /* the soft limit becomes the hard one */
	bool has_hard; /* the hard limit changes too */
	bool is_cap;   /* a lower one will do as well */
	rlim_t soft, hard;
};

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
	struct limit limit[CHANGE_LIMITS];
	const char *argv0; /* NULL: as in argv */
	char **argv;       /* the program; at least one word */
};

/* Applies it to this process and becomes the program. Whatever can be looked
 * up is looked up first. Returns only on failure, with the reason said: the
 * exit code, 111, or 0 where the lock was not to be had and that is fine. */
int change_run(const struct change *c, char *const env[]);

#endif
