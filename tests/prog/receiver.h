/* Somebody who listens for datagrams on the loopback interface and puts them
 * into a file as they come: each ends in a newline, so it is a log. */
#ifndef WEIR_TEST_RECEIVER_H
#define WEIR_TEST_RECEIVER_H

#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "kit/file.h"
#include "scene.h"

struct receiver {
	char ip[INET6_ADDRSTRLEN];
	unsigned port; /* stays the same when it is closed and opened again */
	char path[PATH_ROOM];
	int fd; /* -1: closed */
	int to;
	pthread_t reader;
	bool reads;
	atomic_bool ends;
	_Atomic uint64_t lines, marks;
};

/* In dir/name, at any port, with room for a flood; ip NULL: an address of this
 * process alone, so that a port that is closed stays so. */
void receiver_open(struct receiver *r, const char *ip, const char *dir,
    const char *name);

/* The same port again, and the file goes on. */
void receiver_reopen(struct receiver *r);

/* It reads no more, and has its port still. */
void receiver_deafen(struct receiver *r);

/* Nobody listens any more; what was not read is lost. */
void receiver_close(struct receiver *r);

/* It has so many lines, within WAIT_LIMIT. */
void receiver_has(const struct receiver *r, uint64_t lines);

uint64_t receiver_lines(const struct receiver *r);

/* All that has arrived by now is in the file. */
void receiver_settle(struct receiver *r);

/* A counter of lock.stats: whose is "datagrams_", "target_a_" and so on. */
uint64_t datagrams_of(const struct place *pl, const char *whose,
    const char *what);

/* There were so many, and something became of each; and of each line. */
void datagrams_accounted(const struct place *pl, uint64_t n);

#endif
