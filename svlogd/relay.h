/* The targets of a directory's datagrams as one. */
#ifndef WEIR_RELAY_H
#define WEIR_RELAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "conf.h"
#include "datagrams.h"
#include "ring.h"
#include "target.h"

struct relay {
	const char *path; /* of the directory; borrowed */
	size_t n;
	struct target v[CONF_MAX_TARGETS];
	int64_t wait_until; /* for the first answers to names */
	int64_t say_at;

	/* Since relay_count(). */
	uint64_t offered, outcome[OUTCOMES];
};

void relay_init(struct relay *r, const char *path);
void relay_close(struct relay *r);

/* Takes a config's targets; those that were there before stay as they are. */
void relay_configure(struct relay *r, const struct conf *conf, int64_t now);

/* Whether nothing should be sent yet: the addresses of a name are on their way,
 * and it is not for long. */
bool relay_waits(const struct relay *r, int64_t now);

/* Whether one of the targets works; if not, whether one of them may be tried
 * with a datagram. */
bool relay_works(struct relay *r, int64_t now);
bool relay_wants_probe(const struct relay *r, int64_t now);

/* Sends datagram i of a batch to each target, after those before it. Whether it
 * was taken may show with the next one, or at the end: datagrams_taken(). */
void relay_send(struct relay *r, struct datagrams *d, size_t i, int64_t now);

/* Datagram i was the last one. */
void relay_settle(struct relay *r, struct datagrams *d, size_t i, int64_t now);

/* Adds what came of it to a directory's counters. A datagram that was counted
 * as sent, and after which another was refused, moves over. */
void relay_count(struct relay *r, struct ring_counts *n);

/* Lines go to the log that were for the targets alone; told once a minute. */
void relay_tell_logged(struct relay *r, int64_t now);

/* As those of target.h. */
void relay_tick(struct relay *r, int64_t now);
int64_t relay_deadline(const struct relay *r, int64_t now);
bool relay_reaped(struct relay *r, pid_t pid, int64_t now);

#endif
