/* The old files of a log directory: which are deleted, which want a sync,
 * which go through the processor, which are compressed. */
#ifndef WEIR_ATTIC_H
#define WEIR_ATTIC_H

#include <stdbool.h>
#include <stdint.h>

#include "conf.h"
#include "orphans.h"
#include "packer.h"
#include "place.h"
#include "proc.h"
#include "ring.h"

struct attic {
	/* Borrowed. */
	const struct place *place;
	const struct conf *conf;
	struct ring_counts *n;
	struct orphans *orphans;

	struct proc proc;
	struct packer packer;
	bool surveyed;  /* attic_survey() has seen it all */
	bool unsealed;  /* some may want a sync and their x bit (seal.h) */
	bool crowded;   /* the caps may not hold */
	bool has_trial; /* an unfinished output that a crash left */
	bool said_undeletable;
};

/* Whatever the conf says at the moment of a call counts. */
void attic_init(struct attic *at, const struct place *place,
    const struct conf *conf, struct ring_counts *n, struct orphans *orphans);

/* The place was opened: nothing is known of what it holds. */
void attic_enter(struct attic *at);

/* Looks once what there is; *newest_ns rises to the highest label. 0 or
 * -errno. */
int attic_survey(struct attic *at, int64_t *newest_ns);

/* There is one more. */
void attic_add(struct attic *at);

/* Deletes what the caps say, as far as one look at the directory goes, which
 * is why it is called once a turn and not once a file. */
void attic_tidy(struct attic *at);

/* The disk is full: true if old files could be given up for it. */
bool attic_make_room(struct attic *at);

/* Starts to compress, if there is something to do and it is time: whether it
 * did. When it has to be called next. */
bool attic_pack(struct attic *at, int64_t now);
int64_t attic_pack_deadline(const struct attic *at);

/* Does what is due, with the processor above all; and when something is due
 * next. For a place that is open. */
void attic_tick(struct attic *at, int64_t now);
int64_t attic_deadline(const struct attic *at);

/* There may be something for the processor and the compressor. */
void attic_wake(struct attic *at);

/* A child has ended; true if it was one of these. */
bool attic_reaped(struct attic *at, pid_t pid, int status);

/* Whether there is work that an orderly end should wait for; ends a processor
 * and a compressor that run nevertheless. */
bool attic_works(const struct attic *at);
void attic_stop(struct attic *at);

#endif
