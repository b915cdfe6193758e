/* What a supervisor puts down so that another one can go on if it dies:
 * supervise/adopt.
 *
 * It is for the same boot only, and for one version of the program, and a copy
 * of it is none: a service directory that was copied is another service's. */
#ifndef WEIR_ADOPT_H
#define WEIR_ADOPT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "crew.h"
#include "service.h"

/* A process: 0, 0 is none. */
struct adopt_process {
	int64_t pid;
	int64_t start;
};

/* A file that is open: 0, 0 is none. */
struct adopt_file {
	uint64_t dev;
	uint64_t ino;
};

struct adopt {
	unsigned char boot[16]; /* os_boot_id(); set before the others */
	struct service service;
	int status;                      /* how run ended, for finish */
	int64_t since_ns;                /* as in the status file */
	int64_t started_ns;              /* run, on the monotonic clock */
	struct adopt_process crew[CREW]; /* in crew.h's order */
	struct adopt_file pipe, ring;    /* between service and logger */
};

/* Which file is open: 0, or -errno and none. */
int adopt_file_of(int fd, struct adopt_file *f);

bool adopt_is_file(const struct adopt_file *a, const struct adopt_file *b);

/* Opens the file in a supervise directory, made if need be: a descriptor, or
 * -errno; -EPERM where somebody else has put one there. */
int adopt_open(int dirfd);

/* Removes what has the name, and opens a new one: the same. */
int adopt_renew(int dirfd);

/* Whether what could not be done for this reason may be possible soon. */
bool adopt_may_pass(int err);

/* One write, so that it is there or not: 0 or -errno. */
int adopt_write(int fd, const struct adopt *a);

/* What was written last: 0; -ENOENT where nothing was, or it is of another boot
 * than a->boot, or was in another file, or is not what we write; or -errno. On
 * failure *a is as it was. */
int adopt_read(int fd, struct adopt *a);

/* Nothing is put down any more: 0 or -errno. */
int adopt_clear(int fd);

#endif
