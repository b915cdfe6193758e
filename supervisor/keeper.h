/* Keeping one service: its processes, its supervise directory, and the record
 * by which another keeper goes on.
 *
 * Does what service.h plans. A service and its logger are kept alike, but the
 * logger has neither ./finish nor control scripts, and reads the pipe that the
 * service writes to. */
#ifndef WEIR_KEEPER_H
#define WEIR_KEEPER_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

#include "adopt.h"
#include "crew.h"
#include "lent.h"
#include "mute.h"
#include "record.h"
#include "service.h"
#include "supdir.h"

/* What is said once a minute at most. */
enum {
	KEEPER_MUTE_RUN,    /* why it cannot be started */
	KEEPER_MUTE_FINISH, /* the same */
	KEEPER_MUTE_NUMBER, /* what is not one */
	KEEPER_MUTE_SCRIPT, /* the same as of run, for each letter */
	KEEPER_MUTES = KEEPER_MUTE_SCRIPT + CONTROLS,
};

struct keeper {
	bool is_log;
	const char *label;       /* before a name in words: "" or "log/" */
	int home;                /* the directory with ./run; -1: none */
	const struct lent *lent; /* what its processes are given */

	struct supdir sup;
	struct record record;
	struct adopt life; /* as the record is to say */
	struct crew crew;
	bool waits; /* what is started is to wait for keeper_go() */
	int gate;   /* ... and waits behind this; -1: nothing does */

	int64_t due_at;   /* ON_DUE; LOOP_NEVER */
	int64_t delay_ns; /* the last restart waited so long */
	struct mute mutes[KEEPER_MUTES];
	bool no_fork;  /* that no process can be made was said */
	bool released; /* a logger that is about to end */

	bool refused; /* a directory to go on in could not be used, which was
	               * said; it is not tried again before: */
	int64_t refused_until;
};

enum { KEEPER_FDS = CREW + 1 };

/* Nothing is open. Borrows lent for ever. */
void keeper_init(struct keeper *k, bool is_log, const struct lent *lent);

/* Writes what is so to the supervise directory, where it says otherwise. */
void keeper_show(struct keeper *k);

/* What begins: the service that was recalled (recall.h) goes on, else ./run
 * starts if it is to. The first call shows all that, and has the process there
 * but waiting; the second lets it go. Instead of the second, the third: the
 * process is not to run, and ends with this program. */
void keeper_prepare(struct keeper *k);
void keeper_go(struct keeper *k);
void keeper_withdraw(struct keeper *k);

/* Takes an event: does what it leads to, and shows it. */
void keeper_event(struct keeper *k, struct service_event ev);

/* Ends a process that was taken over, to start it anew: soon, by force if
 * need be. */
void keeper_replace(struct keeper *k);

/* A child has been waited for: true if it was one of these. */
bool keeper_reaped(struct keeper *k, pid_t pid, int status);

/* What to poll, KEEPER_FDS entries, and until when. */
void keeper_watch(const struct keeper *k, struct pollfd *fds);
int64_t keeper_deadline(const struct keeper *k);

/* Obeys the commands that came, and does what is due. */
void keeper_turn(struct keeper *k, const struct pollfd *fds);

/* Goes on in another directory, with its supervise directory: 0, or -errno
 * and as before. home is the keeper's from then on. */
int keeper_move(struct keeper *k, int home);

/* Gives up its directory, which is the caller's to close, and what was recalled
 * there: processes go on without it. */
void keeper_leave(struct keeper *k);

static inline enum service_state
keeper_state(const struct keeper *k)
{
	return k->life.service.state;
}

#endif
