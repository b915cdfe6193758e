/* One log directory: all that is done for it, and when. */
#ifndef WEIR_LOGDIR_H
#define WEIR_LOGDIR_H

#include <stdbool.h>
#include <stdint.h>

#include "attic.h"
#include "buffers.h"
#include "conf.h"
#include "options.h"
#include "orphans.h"
#include "place.h"
#include "ring.h"
#include "route.h"
#include "sender.h"
#include "syncer.h"
#include "trouble.h"
#include "writer.h"

enum logdir_state {
	LOGDIR_NEW,  /* not yet opened */
	LOGDIR_OUT,  /* not in use until the next HUP */
	LOGDIR_OPEN, /* locked and configured, not yet on the ring */
	LOGDIR_LIVE,
	LOGDIR_LOST, /* deleted or replaced: its path is looked at again */
};

struct logdir {
	struct place place;
	const struct options *options;
	struct buffers *buffers;
	enum logdir_state state;

	struct conf conf;
	struct route route;
	struct attic attic;
	struct writer writer;

	int64_t look_at; /* monotonic: whether the path still leads here */
	bool unfinished; /* its turn was over before it was done */
	struct trouble trouble;
	struct syncer syncer;
	struct sender sender;

	/* How many were counted when the config was taken; told once. */
	uint64_t given_up, withheld;

	int stats_fd;
	uint64_t stats_serial;
};

/* An unused one; it borrows what it is given. */
void logdir_init(struct logdir *ld, const char *path,
    const struct options *options, struct buffers *buffers,
    struct orphans *orphans);

/* Opens and locks the directory, reads its config: 0, -EAGAIN while another
 * process has the lock, or -errno, for place_complain() to say. */
int logdir_open(struct logdir *ld);

/* Puts an open one on the ring: its record, its current. `start`: where it
 * begins when it has no record. What fails is said, and tried again by
 * itself. */
void logdir_attach(struct logdir *ld, struct ring *ring, uint64_t start);

/* Reads the config again and uses it; keeps the old one, and says so, where
 * that cannot be done. */
void logdir_reload(struct logdir *ld);

/* Writes what it wants of the bytes before `ready`, at least a step, though no
 * new one after `until`: 0 when all of it is done with or the time was up, or
 * -errno, and trouble.retry_at says when to call again. `last`: the input ends
 * there. */
int logdir_pump(struct logdir *ld, uint64_t ready, bool last, int64_t until);

/* Passes over a part of what it cannot write (Bdrop): true where there is
 * more. */
bool logdir_drop(struct logdir *ld, uint64_t ready, bool last);

/* Rotates at the next opportunity, if current is not empty. */
void logdir_rotate(struct logdir *ld);

/* What is due by now: age, sync, processor, a look whether the path still
 * leads here. */
void logdir_tick(struct logdir *ld, int64_t now);

/* When logdir_tick() or, if it still writes, logdir_pump() has to be called
 * next. */
int64_t logdir_deadline(const struct logdir *ld, bool writes);

/* A child has ended; true if it was this directory's. */
bool logdir_reaped(struct logdir *ld, pid_t pid, int status);

/* Writes lock.stats. A successor counts on from what it says. */
void logdir_stats(struct logdir *ld, uint64_t pipe_full_ns);

/* Whether it is through with everything before pos. */
static inline bool
logdir_is_done(const struct logdir *ld, uint64_t pos, bool last)
{
	return ld->state < LOGDIR_OPEN ||
	       (ld->writer.out.wr >= pos && !(last && ld->writer.out.in_line));
}

/* Whether there is something to write: also the word on what was dropped. */
static inline bool
logdir_has_work(const struct logdir *ld, uint64_t pos, bool last)
{
	return !logdir_is_done(ld, pos, last) || ld->writer.out.owed_lines;
}

/* Closes all; current is marked clean if nothing is half-written. A processor
 * that still runs is ended. */
void logdir_close(struct logdir *ld);

#endif
