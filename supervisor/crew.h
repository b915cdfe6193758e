/* The processes of one service: ./run or ./finish, and beside it its control
 * scripts, each letter once. */
#ifndef WEIR_CREW_H
#define WEIR_CREW_H

#include <poll.h>
#include <stdint.h>
#include <sys/types.h>

#include "child.h"
#include "control.h"

enum {
	CREW_PROCESS, /* run or finish, as the service's state says */
	CREW_SCRIPTS, /* from here on: control/LETTER, a row each */
	CREW = CREW_SCRIPTS + CONTROLS, /* how many; also: none of them */
};

struct crew {
	struct child of[CREW];
};

static inline struct child *
crew_process(struct crew *c)
{
	return &c->of[CREW_PROCESS];
}

static inline struct child *
crew_script(struct crew *c, enum control letter)
{
	return &c->of[CREW_SCRIPTS + letter];
}

/* There is nobody. */
void crew_init(struct crew *c);

/* All are no more, or no longer looked after. */
void crew_forget(struct crew *c);

void crew_signal_scripts(const struct crew *c, int sig);

/* Who of our own children has the pid, or CREW. */
unsigned crew_find(const struct crew *c, pid_t pid);

/* What to poll, CREW entries, and until when. */
void crew_watch(const struct crew *c, struct pollfd *fds);
int64_t crew_deadline(const struct crew *c);

#endif
