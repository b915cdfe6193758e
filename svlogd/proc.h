/* The processor of a log directory: a command that each old file goes
 * through, beside the log path.
 *
 * `@label.u` is its input, `@label.t` its output, `state` and `newstate` its
 * memory (fds 4 and 5). When it exits 0: .t becomes .s, newstate becomes
 * state, .u goes, in this order, so that a crash at any point leaves enough to
 * finish or to do it again; what is to be finished goes before all others.
 * Anything else is failure: .t and newstate are deleted, the file stays, others
 * are tried, each failure in a row waiting twice as long, 1 s to 60 s. So is
 * whatever has one of these names and is no file, but for the output's: that
 * is set aside. */
#ifndef WEIR_PROC_H
#define WEIR_PROC_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "backoff.h"
#include "name.h"

enum proc_state {
	PROC_IDLE,   /* nothing to do that we know of */
	PROC_LOOK,   /* there may be a .u */
	PROC_RUN,    /* the command runs */
	PROC_STOP,   /* one was told to end: another directory's */
	PROC_FINISH, /* it has succeeded: names to change */
	PROC_WAIT,   /* after a failure */
};

struct proc {
	enum proc_state state;
	pid_t pid;  /* PROC_RUN, PROC_STOP; else 0 */
	int64_t at; /* PROC_WAIT, PROC_FINISH: when to go on; PROC_STOP: KILL */
	struct backoff backoff;
	char busy[NAME_SIZE];    /* the .u being processed */
	char tried[NAME_SIZE];   /* the last .u that failed */
	char culprit[NAME_SIZE]; /* whom err is about; "": nobody */
};

/* What a step did, for the messages. */
enum proc_did {
	PROC_NOTHING,
	PROC_STARTED,
	PROC_DONE,
	PROC_FAILED, /* err and culprit say why; err is 0 when the command did
	              */
};

/* What it works on; borrowed during a call. */
struct proc_job {
	int dirfd;
	const char *path; /* of it, for messages */
	const struct stat *home;
	const char *command;
	mode_t mode; /* of the result, the x bit added */
};

void proc_init(struct proc *p);

/* The directory is another one: what runs is for the old one, where its .u and
 * .t are left, and ends, by force after five seconds; nothing runs here until
 * it has. */
void proc_enter(struct proc *p, int64_t now);

/* There may be a new .u. */
void proc_wake(struct proc *p);

/* Goes on as far as it can without waiting; *err: see above. */
enum proc_did proc_step(struct proc *p, const struct proc_job *job, int64_t now,
    int *err);

/* A child has ended; true if it was this one. */
bool proc_reaped(struct proc *p, const struct proc_job *job, pid_t pid,
    int status, int64_t now, enum proc_did *did);

/* When proc_step() has to be called next. */
int64_t proc_deadline(const struct proc *p);

/* Whether one is told to end: proc_step() sees to that, whether or not there is
 * a command to run here. */
static inline bool
proc_is_ending(const struct proc *p)
{
	return p->state == PROC_STOP;
}

/* The file a processor has, or NULL. */
const char *proc_busy(const struct proc *p);

/* Whether there is work that an orderly end should wait for. */
bool proc_works(const struct proc *p);

/* Tells a command that runs to end, with all its group. */
void proc_stop(const struct proc *p);

#endif
