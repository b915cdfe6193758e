/* The set of services: what is there against what is run of it.
 *
 * A scan names every service directory that is there; what that means for
 * each is told by scandir_act(), which changes nothing. A service is the same
 * as long as its name leads to the same directory, by device and inode: one
 * that was replaced is two for a while, and the new one waits until the runsv
 * of the old one has ended. Where several names lead to one directory, the
 * first that was seen has the runsv.
 *
 * Memory is taken between scandir_begin() and scandir_end() and at no other
 * time. */
#ifndef WEIR_SCANDIR_H
#define WEIR_SCANDIR_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "lent.h"

enum entry_state {
	ENTRY_NEW,     /* no runsv yet: somebody may still be making it */
	ENTRY_DUE,     /* no runsv: one is to be started */
	ENTRY_FOREIGN, /* no runsv of ours: perhaps somebody else's has it */
	ENTRY_RUN,     /* its runsv is our child */
	ENTRY_END,     /* ... and was told to end */
};

struct entry {
	char *name;
	uint64_t name_hash; /* so that comparing many is quick */
	dev_t dev;
	ino_t ino;
	enum entry_state state;
	bool there;      /* as far as the last scan could tell */
	bool seen;       /* by the scan that is on its way */
	bool dropped;    /* what it had is freed, it itself at the next scan */
	bool orphaned;   /* its last runsv was killed: the service may live */
	pid_t pid;       /* of its runsv; 0: no child of ours */
	int64_t at;      /* monotonic: not before then, where it has none */
	int64_t started; /* monotonic: its runsv */
	int64_t since;   /* monotonic: first seen */
	int ok;          /* of another's runsv, which has it; -1 */
	struct lent lent;
};

enum { SCANDIR_FDS = 4 };

struct scandir {
	struct entry *v;    /* in the order in which they were first seen */
	struct pollfd *fds; /* room for SCANDIR_FDS, and one of each */
	size_t n, room;
	size_t hint; /* where the next one that is seen is looked for */
	bool scanning;
};

/* What is to be done about an entry now. */
enum scandir_act {
	SCANDIR_WAIT,  /* nothing */
	SCANDIR_LOOK,  /* see if it is whole: scandir_ready() or _put_off() */
	SCANDIR_HAIL,  /* see if it is foreign: the same two, or _hold() */
	SCANDIR_START, /* start a runsv: scandir_started() or _put_off() */
	SCANDIR_STOP,  /* tell its runsv to end: scandir_told() */
	SCANDIR_DROP,  /* it is gone: scandir_dropped() frees what it had */
};

/* A scan. scandir_see() is 0 (it was there before), 1 (it is new, and its
 * state ENTRY_NEW) or -ENOMEM; *e is it, until the next call. scandir_keep()
 * is for a name that cannot be looked at: what it was, it is. scandir_end()
 * forgets what was dropped; where the scan was not complete, nothing is taken
 * to be gone. */
void scandir_begin(struct scandir *sd);
int scandir_see(struct scandir *sd, const char *name, dev_t dev, ino_t ino,
    int64_t now, struct entry **e);
void scandir_keep(struct scandir *sd, const char *name);
void scandir_end(struct scandir *sd, bool complete);

/* At the very end: closes what is lent, and frees all. */
void scandir_free(struct scandir *sd);

enum scandir_act scandir_act(const struct scandir *sd, const struct entry *e,
    int64_t now);

/* The earliest time at which scandir_act() says something else than now for
 * want of time; LOOP_NEVER. */
int64_t scandir_deadline(const struct scandir *sd, int64_t now);

void scandir_started(struct entry *e, pid_t pid, int64_t now);
void scandir_told(struct entry *e);
void scandir_dropped(struct entry *e);
void scandir_ready(struct entry *e);
void scandir_put_off(struct entry *e, int64_t at);

/* The entry whose runsv that was, or NULL. The next one is started a second
 * after the last, at the earliest. */
struct entry *scandir_reaped(struct scandir *sd, pid_t pid, int64_t now);

/* Its runsv ended in a way as if somebody else's had it. */
void scandir_suspect(struct entry *e);

/* Another's runsv has it: fd, from hail_ok(), is the entry's to close. It is
 * waited for by scandir_poll(), and nothing is to be done until it is gone. */
void scandir_hold(struct entry *e, int fd);

/* What is waited for so, behind the first `at` of sd->fds: how many there are
 * then. And, after they were polled, those that are gone: they are hailed. */
size_t scandir_poll(struct scandir *sd, size_t at);
void scandir_polled(struct scandir *sd, size_t at, int64_t now);

/* Its runsv did not end by itself: what it looked after goes on. So it is until
 * one does, or another's has it. */
void scandir_orphan(struct entry *e, bool orphaned);

/* How many have a runsv of ours, or are orphaned and still have a name by which
 * another can be started. */
size_t scandir_running(const struct scandir *sd);

#define FOR_ENTRIES(sd, e)                                                     \
	for (struct entry *e = (sd)->v; e < (sd)->v + (sd)->n; e++)

#endif
