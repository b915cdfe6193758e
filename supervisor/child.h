/* One process that a supervisor looks after: its child, or one that another
 * supervisor started and died over.
 *
 * A child is born behind a gate: it does nothing before child_go(). What is put
 * down meanwhile finds it again: pid and start, which name one process as long
 * as the system is up. If its parent dies before child_go(), it goes on if it
 * was put down (spawn.h, is_known), and is gone if it was not. */
#ifndef WEIR_CHILD_H
#define WEIR_CHILD_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "spawn.h"

struct child {
	pid_t pid;        /* 0: none */
	int64_t start;    /* os_process_start(); 0: not to be known */
	bool adopted;     /* not our child: its end is not waited for */
	int pidfd;        /* of an adopted one, readable at its end; or -1 */
	bool over;        /* it has ended, and was not waited for yet */
	int64_t look_at;  /* when to look for its end by the clock */
	int64_t limit_at; /* it is killed then; LOOP_NEVER */
};

void child_init(struct child *c);

/* Starts it behind its gate: 0, or -errno and there is none, or none that does
 * anything: also where nobody could find it again, for a want that may pass.
 * *gate is for child_go(). */
int child_start(struct child *c, struct spawn *sp, int *gate);

/* Opens the gate. */
void child_go(int gate);

/* Takes a process over: 0, -ESRCH where it has ended, -ENOSYS where that
 * can never be told, or another error where it cannot now. */
int child_adopt(struct child *c, pid_t pid, int64_t start);

/* Nothing where there is none. Never reaches another process of that pid. */
void child_signal(const struct child *c, int sig);

/* What to poll: the end of an adopted one. */
struct pollfd child_poll(const struct child *c);

/* Whether an adopted one has ended, and its wait status, or -1 where nobody
 * knows. That is known when whoever is its parent has waited for it, which is
 * given a second. `news`: there is some from child_poll(). */
bool child_ended(struct child *c, bool news, int *status);

/* Ends it if its limit is past: true when it was. */
bool child_limit(struct child *c, int64_t now);

/* When child_limit() or child_ended() has something to do by the clock. */
int64_t child_deadline(const struct child *c);

/* It is no more; there is none now. */
void child_forget(struct child *c);

static inline bool
child_lives(const struct child *c)
{
	return c->pid != 0;
}

#endif
