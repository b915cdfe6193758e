/* Which old files are deleted. */
#ifndef WEIR_PRUNE_H
#define WEIR_PRUNE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "name.h"
#include "orphans.h"

/* An old file. */
struct prune_file {
	char name[NAME_SIZE];
	uint64_t bytes;
};

/* The caps; 0 in each of them: no cap. */
struct prune_caps {
	uint64_t keep;      /* files */
	uint64_t total;     /* bytes */
	int64_t born_after; /* ns since 1970 */
	/* A processor and a compressor have them: kept; NULL: none. */
	const char *busy[2];
	bool spare_undone; /* .u files neither count nor go */
};

/* What a directory holds. */
struct prune_found {
	uint64_t files, bytes;
	char newest[NAME_SIZE];
};

/* How many of the n oldest files, v in the order of their names, have to go
 * for the caps to hold. The newest file never goes. Pure. */
size_t prune_choose(const struct prune_file *v, size_t n,
    const struct prune_found *found, const struct prune_caps *caps);

/* So many are found in one look at the directory; more need another. */
enum { PRUNE_BATCH = 256 };

typedef void prune_said(void *arg, const char *name, int err);

/* Deletes what the caps say, but at most `most` files, and every trial file
 * that is not busy; tells of each. How many of the former, or -errno. Their
 * bytes may be left to `orphans`; NULL: they are free at once. */
int prune_run(int dirfd, const struct prune_caps *caps, unsigned most,
    struct orphans *orphans, prune_said *said, void *arg);

#endif
