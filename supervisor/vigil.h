/* Waiting for services, all at the same time, until what was wanted of each
 * has come to be: by what the system tells of their status and of the end of
 * their runsv, or, where it tells nothing, by looking every 50 ms. */
#ifndef WEIR_VIGIL_H
#define WEIR_VIGIL_H

#include <poll.h>

#include "svcheck.h"
#include "svdir.h"
#include "wanted.h"

/* How it ended for one of them. */
enum vigil_end {
	VIGIL_WAITS,   /* not yet */
	VIGIL_SO,      /* what was wanted is so */
	VIGIL_TROUBLE, /* it cannot be told any more: `found` */
};

struct vigil_one {
	const char *name;
	struct svctl sv;
	struct status before; /* the command was sent */
	enum vigil_end end;
	enum svctl_found found;
	struct svcheck check;
	bool look; /* something has happened to it */
};

struct vigil {
	enum wanted wanted;
	struct vigil_one *one; /* n of them */
	size_t n;
	struct pollfd *fds;      /* room for n and VIGIL_FDS */
	int null, signals, news; /* descriptors; the first and last or -errno */
	int64_t look_all; /* the next look at all is due, by loop_now() */
	int ended_by;     /* the signal that ends this program, or 0 */
	/* Called once for each, at the moment it ends. */
	void (*ended)(void *arg, struct vigil_one *one);
	void *arg;
};

enum { VIGIL_FDS = 2 };

/* Opens what it waits with; fills in the four descriptors and no more. From
 * here on signals that end a program only end the waiting. 0, or -errno. */
int vigil_open(struct vigil *v);

/* The services are closed by now. */
void vigil_close(struct vigil *v);

/* Begins to watch a service that is open: from here on nothing is missed. */
void vigil_watch(struct vigil *v, struct vigil_one *one);

/* Looks at one that waits, now. */
void vigil_look(struct vigil *v, struct vigil_one *one);

/* Waits until none waits any more, the deadline is past (at least one look is
 * taken all the same) or a signal came. Scripts that still run are ended. */
void vigil_keep(struct vigil *v, int64_t deadline);

#endif
