/* The record by which another keeper goes on, kept in step with what is so:
 * supervise/adopt (adopt.h). */
#ifndef WEIR_RECORD_H
#define WEIR_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "adopt.h"

struct record {
	const char *label; /* before its name in words: "" or "log/" */
	int fd;            /* -1: not opened yet */
	uint64_t put_down; /* a hash of what it says */
	bool complained;   /* that it cannot be written */
};

/* Nothing is open. Borrows label for ever. */
void record_init(struct record *r, const char *label);

/* Puts down what is so, in that supervise directory, where the record says
 * otherwise. What cannot be written is said once. */
void record_put(struct record *r, int dirfd, const struct adopt *a);

/* What another keeper put down since the system is up: 1; 0 where there is
 * nothing; or -errno where that cannot be told now, which was said. It is
 * *a then; a->boot is set anyway. */
int record_read(struct record *r, int dirfd, struct adopt *a);

/* Whether that process is in the record of this boot. */
bool record_has(const struct record *r, const unsigned char boot[16],
    const struct adopt_process *p);

/* Its file is given up, and belongs to the caller: record_put() opens
 * another. */
int record_give_up(struct record *r);

/* Whoever finds such a file is not to take over what goes on here. */
void record_clear(const struct record *r, int fd);

void record_close(struct record *r);

#endif
