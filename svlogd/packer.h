/* The compressor of a log directory (the z line): old files are packed, oldest
 * first, by a child that has the machine when nobody else wants it.
 *
 * One child a file, one at a time a directory, and over all directories few
 * (dirs.h). A file that cannot be packed stays as it is; the others are tried,
 * each failure in a row waiting twice as long, 1 s to 60 s. Files that there is
 * nothing to do for, as they are gzip already, are passed over. */
#ifndef WEIR_PACKER_H
#define WEIR_PACKER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "backoff.h"
#include "name.h"

enum packer_state {
	PACKER_IDLE, /* nothing to do that we know of */
	PACKER_LOOK, /* there may be a .s */
	PACKER_RUN,  /* a child has one */
	PACKER_STOP, /* ... and was killed by us */
	PACKER_WAIT, /* after a failure */
};

struct packer {
	enum packer_state state;
	pid_t pid;
	int64_t at; /* PACKER_WAIT: when to go on */
	struct backoff backoff;
	char busy[NAME_SIZE];         /* the .s that is being packed */
	char passed[NAME_SIZE];       /* up to this one all was tried */
	bool left;                    /* one of them failed */
	bool anew;                    /* the child's end sets passed back */
	uint64_t bytes_in, bytes_out; /* of the last that was packed */
};

enum packer_did {
	PACKER_NOTHING,
	PACKER_STARTED,
	PACKER_DONE,
	PACKER_FAILED, /* err says why; 0: the child was killed */
};

void packer_init(struct packer *p);

/* The directory is another one: what runs is for the old one, and ends. */
void packer_enter(struct packer *p);

/* There is a new .s: the newest of all; that of this label; or any. */
void packer_wake(struct packer *p);
void packer_wake_for(struct packer *p, const char *name);
void packer_wake_for_all(struct packer *p);

/* Starts a child, if there is something to do and it is time. */
enum packer_did packer_step(struct packer *p, int dirfd, int level, int64_t now,
    int *err);

/* When packer_step() has to be called next. */
int64_t packer_deadline(const struct packer *p);

/* A child has ended; true if it was this one. */
bool packer_reaped(struct packer *p, int dirfd, pid_t pid, int status,
    int64_t now, enum packer_did *did, int *err);

/* Ends the child, if one runs, and deletes what it wrote: whether it did. The
 * file's turn comes again after a pause. */
bool packer_stop(struct packer *p, int dirfd);

/* Whether there is a child; and the file it has, or NULL. */
static inline bool
packer_runs(const struct packer *p)
{
	return p->pid > 0;
}

const char *packer_busy(const struct packer *p);

#endif
