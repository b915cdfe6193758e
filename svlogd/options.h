/* What the command line says. */
#ifndef WEIR_OPTIONS_H
#define WEIR_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "scrub.h"
#include "stamp.h"

struct options {
	enum stamp_style stamp; /* -t */
	bool verbose;           /* -v */
	bool check;             /* -n */
	bool version;           /* -V */
	struct scrub scrub;     /* -r -R */
	uint64_t line_max;      /* -l: what rules and copies see of a line */
	uint64_t buffer;        /* -b: bytes of output buffer */
	int64_t wait_ns;        /* -w: the longest wait under load */
	char *const *dirs;
	size_t n_dirs;
};

/* Parses svlogd's arguments (svlogd(8)): 0, or -EINVAL, with `version`
 * set if that was asked for. Says what is wrong with a number. */
int options_parse(struct options *o, int argc, char *argv[]);

/* What follows the program's name in the usage line. */
extern const char options_usage[];

#endif
