/* The counters of a log directory, read back from its lock.stats: whatever
 * counters that has, of this svlogd or a later one. */
#ifndef WEIR_COUNTERS_H
#define WEIR_COUNTERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "view.h"

enum {
	COUNTERS_MOST = 128,
	COUNTERS_NAME = 32, /* with its NUL */
};

struct counters {
	size_t n;
	struct counter {
		char name[COUNTERS_NAME];
		uint64_t value;
	} v[COUNTERS_MOST]; /* as in the file, `begin` and `end` left out */
};

/* The text of the file: 0; -EAGAIN where it was read while it was written;
 * -EINVAL. */
int counters_parse(struct counters *c, struct view text);

/* The same of the file in a directory: 0 or -errno. */
int counters_read(struct counters *c, int dirfd);

/* The value of that name; 0 where there is none. */
uint64_t counters_get(const struct counters *c, const char *name);

/* Whether what was read is what was written, deselected, forwarded and
 * dropped. */
bool counters_agree(const struct counters *c);

#endif
