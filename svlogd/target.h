/* Where datagrams go: one address, one connected socket that is kept, and how
 * it is doing.
 *
 * UDP tells of a failure late, if at all: what a send reports may be about the
 * datagram before. So a datagram hangs until the next one went out or the
 * batch is over; what is said against it until then is counted with it. */
#ifndef WEIR_TARGET_H
#define WEIR_TARGET_H

#include <stdbool.h>
#include <stdint.h>

#include "address.h"
#include "lookup.h"
#include "outcome.h"
#include "view.h"

enum target_state {
	TARGET_SOUGHT, /* its name has no address yet */
	TARGET_SHUT,   /* no socket: there will be one for the next datagram */
	TARGET_WORKS,  /* nothing speaks against it */
	TARGET_FAILS,  /* something does */
	TARGET_TRIED,  /* since then a datagram went out unopposed */
};

struct target {
	struct address address;
	unsigned line;    /* of the config */
	const char *path; /* of the directory, for messages; borrowed */

	enum target_state state;
	bool doubted;  /* the address in use has failed, so have the others */
	int err;       /* the last failure */
	int fd;        /* -1: none */
	bool hangs;    /* the last datagram does */
	int64_t at;    /* SHUT: no socket before; FAILS: no probe before;
	                * TRIED: it works from then on */
	int64_t hush;  /* no message before */
	int64_t again; /* ... on the same failure */
	int said;      /* which that was */

	struct sys_ip ips[LOOKUP_MOST];
	int n_ips, ip; /* and the one in use */
	bool answered; /* a lookup has ended, or none is needed */
	struct lookup lookup;
	int64_t ask_at, wait_ns; /* the next lookup, and after a failure */

	uint64_t count[OUTCOMES]; /* of datagrams, by this process */
};

void target_init(struct target *t, const struct address *address, unsigned line,
    const char *path);
void target_close(struct target *t);

/* Whether datagrams are likely to arrive; opens what is shut, and hears what
 * was said since. */
bool target_works(struct target *t, int64_t now);

/* Whether one of them may show that it works again. */
bool target_wants_probe(const struct target *t, int64_t now);

/* Sends it, or does not: never waits. *before: OUTCOME_SENT, or what became of
 * the one that hung, if that shows only now. */
enum outcome target_send(struct target *t, struct view datagram, int64_t now,
    enum outcome *before);

/* The batch is over: what became of the one that hangs; OUTCOME_SENT where
 * none does. */
enum outcome target_settle(struct target *t, int64_t now);

/* Looks its name up when that is due, and when that is. */
void target_tick(struct target *t, int64_t now);
int64_t target_deadline(const struct target *t);

/* A child has ended; true if it was this one's. */
bool target_reaped(struct target *t, pid_t pid, int64_t now);

#endif
