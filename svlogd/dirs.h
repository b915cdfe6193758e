/* The log directories of the command line as one, and what they share. */
#ifndef WEIR_DIRS_H
#define WEIR_DIRS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buffers.h"
#include "lease.h"
#include "logdir.h"
#include "options.h"
#include "orphans.h"
#include "seal.h"

struct dirs {
	const struct options *options;
	struct logdir *v;
	size_t n;
	struct ring *ring; /* borrowed */
	struct buffers buffers;
	struct orphans orphans;
	size_t next;     /* whose turn it is */
	bool unfinished; /* the time was up before each had its turn */
	struct seal seal;
	int64_t say_unsealed_at; /* that it failed, not before */
	size_t next_pack;        /* whose turn it is to compress */
	bool hurried;            /* no rests, and nothing new */
	int *fds, *locks;        /* room for a descriptor each, for a while */
};

/* Takes memory; opens nothing: 0 or -ENOMEM. In any case dirs_free() ends
 * it. */
int dirs_init(struct dirs *ds, const struct options *options);
void dirs_free(struct dirs *ds);

/* Opens all that were not tried before; says which cannot be. 0, -ENOMEM; or
 * -EAGAIN, with `patient`, where another process has locked some: they are
 * left for the next call. */
int dirs_open(struct dirs *ds, bool patient);

/* How many of them are open. */
size_t dirs_usable(const struct dirs *ds);

/* Finds a ring for those that are open: 0 or -errno. */
int dirs_lease(struct dirs *ds, struct lease *lease);

/* Puts them on it, each beginning at `start` if it has no record, and forgets
 * the records of others. */
void dirs_start(struct dirs *ds, struct ring *ring, uint64_t start);

/* HUP: configs are read again, and what could not be opened is tried. */
void dirs_reload(struct dirs *ds, uint64_t start);

/* ALRM: each rotates at the next opportunity. */
void dirs_rotate(struct dirs *ds);

/* CHLD: reaps every child there is. */
void dirs_reap(struct dirs *ds);

/* The lowest position that one of them still wants bytes from. */
uint64_t dirs_oldest(const struct dirs *ds);

/* Whether those that block are through with all before pos. */
bool dirs_keep_up(const struct dirs *ds, uint64_t pos);

/* Whether all are through with everything before pos, and there are any;
 * without_word: a word on what was dropped may be missing. */
bool dirs_are_done(const struct dirs *ds, uint64_t pos, bool last,
    bool without_word);

/* Input bytes that they are through with, each counting its own. */
uint64_t dirs_progress(const struct dirs *ds);

/* They write what they want of the bytes before pos, as logdir_pump(), in turn,
 * until it is time to look at signals and input. */
void dirs_pump(struct dirs *ds, uint64_t pos, bool last);

/* Those that may (Bdrop), cannot write, and lag by more than `lag` bytes pass
 * over a part of what is before pos: true where there is more. `last`: as
 * dirs_pump(). */
bool dirs_drop(struct dirs *ds, uint64_t pos, bool last, uint64_t lag);

/* What is due by now, and when something is due next: for dirs_tick() and, if
 * they still write, for dirs_pump(). */
void dirs_tick(struct dirs *ds, int64_t now);
int64_t dirs_deadline(const struct dirs *ds, bool writes);

void dirs_write_stats(struct dirs *ds, uint64_t pipe_full_ns);

/* The end is near: old files are synced without a rest between, and no more of
 * them compressed. */
void dirs_hurry(struct dirs *ds);

/* Whether something is under way that an orderly end should wait for:
 * processors, compressors, syncs, alerts. */
bool dirs_work(const struct dirs *ds);

void dirs_close(struct dirs *ds);

#endif
