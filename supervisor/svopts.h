/* What sv's command line and environment say. */
#ifndef WEIR_SVOPTS_H
#define WEIR_SVOPTS_H

#include <stdint.h>

#include "verb.h"

struct svopts {
	const char *prog; /* the name it was called by, without directory */
	bool lsb;         /* not `sv`: an init script, the name its service */
	bool verbose;     /* -v, -w */
	bool json;        /* -j */
	bool version;     /* -V */
	int64_t wait_ns;  /* -w, SVWAIT: how long to wait at most */
	const char *svdir;
	struct verb verb;
	const char *const *names; /* borrowed from argv, or from here */
	size_t n_names;
};

/* Parses sv's arguments (sv(8)), and the variables SVDIR and SVWAIT: 0, or
 * -EINVAL, with `prog`, `lsb` and `version` set. Says which option is wrong. */
int svopts_parse(struct svopts *o, int argc, char *argv[]);

/* What follows "usage: PROG". */
const char *svopts_usage(const struct svopts *o);

#endif
