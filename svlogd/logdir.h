/* One log directory: its files, its record in the ring, what is due. */
#ifndef WEIR_LOGDIR_H
#define WEIR_LOGDIR_H

#include <stdbool.h>
#include <stdint.h>

#include "conf.h"
#include "current.h"
#include "options.h"
#include "place.h"
#include "proc.h"
#include "ring.h"
#include "rotor.h"
#include "route.h"
#include "syncer.h"
#include "trouble.h"

enum logdir_state {
	LOGDIR_OUT,  /* not in use until the next HUP */
	LOGDIR_OPEN, /* locked and configured, not yet on the ring */
	LOGDIR_LIVE,
	LOGDIR_LOST, /* deleted or replaced: its path is looked at again */
};

struct logdir {
	struct place place;
	const struct options *options;
	enum logdir_state state;
	int stats_fd;

	struct conf conf;
	struct route route;
	uint64_t cfg_hash;

	struct ring *ring;
	int slot;            /* in the ring; < 0: none */
	struct ring_out out; /* the record, as committed */
	uint64_t ahead;      /* bytes of ours in current beyond out.off */
	bool doubt;          /* ... if they are: found there after a crash */

	struct current current;
	struct rotor rotor;
	struct proc proc;
	bool has_old;     /* old files may want a sync and their x bit */
	bool want_rotate; /* asked for, or due */

	/* Deadlines, monotonic. */
	int64_t age_at; /* of current, the t line */
	int64_t probe_at;

	bool unfinished; /* its turn was over before it was done */
	bool has_trial;  /* a processor's output that a crash left */
	bool surveyed;   /* its labels are known */
	bool said_undeletable;
	struct trouble trouble;
	struct syncer syncer;
	uint64_t stats_serial;
};

/* An unused one. */
void logdir_init(struct logdir *ld, const char *path,
    const struct options *options);

/* Opens and locks the directory, reads its config: 0, -EAGAIN while another
 * process has the lock, or -errno, for place_complain() to say. */
int logdir_open(struct logdir *ld);

/* Puts an open one on the ring: its record, its current. `start`: where it
 * begins when it has no record. `out`, `alerts`, `copies` as in route.h. What
 * fails is said, and tried again by itself. */
void logdir_attach(struct logdir *ld, struct ring *ring, uint64_t start,
    struct buf *out, struct copies *alerts, struct copies *copies);

/* Reads the config again and uses it, unless that cannot be done. */
void logdir_reload(struct logdir *ld);

/* Writes what it wants of the bytes before `ready`: 0 when all of it is done
 * with, or -errno, and trouble.retry_at says when to call again. `last`: the
 * input ends there. */
int logdir_pump(struct logdir *ld, uint64_t ready, bool last);

/* Passes over what it cannot write (Bdrop). */
void logdir_drop(struct logdir *ld, uint64_t ready);

/* Rotates at the next opportunity, if current is not empty. */
void logdir_rotate(struct logdir *ld);

/* What is due by now: age, sync, processor, a look whether the path still
 * leads here. */
void logdir_tick(struct logdir *ld, int64_t now);

/* When logdir_tick() or logdir_pump() have to be called next. */
int64_t logdir_deadline(const struct logdir *ld);

/* A child has ended; true if it was this directory's. */
bool logdir_reaped(struct logdir *ld, pid_t pid, int status);

/* Writes lock.stats. */
void logdir_stats(struct logdir *ld, uint64_t pipe_full_ns);

/* Whether it is through with everything before pos. */
static inline bool
logdir_is_done(const struct logdir *ld, uint64_t pos, bool last)
{
	return ld->state == LOGDIR_OUT ||
	       (ld->out.wr >= pos && !(last && ld->out.in_line));
}

/* Whether there is something to write: also the word on what was dropped. */
static inline bool
logdir_has_work(const struct logdir *ld, uint64_t pos, bool last)
{
	return !logdir_is_done(ld, pos, last) || ld->out.owed_lines;
}

/* Closes all; current is marked clean if nothing is half-written. */
void logdir_close(struct logdir *ld);

/* Ends a processor that did not end in time. */
void logdir_stop_processor(struct logdir *ld);

#endif
