/* The end of all services in bounded time: each runsv is told to end, then the
 * services that still run are killed, then the loggers that still run are told
 * to end. Who is there even after that is left behind.
 *
 * It takes 8.6 s at the most, and ends as soon as nobody is there any more. */
#ifndef WEIR_SHUTDOWN_H
#define WEIR_SHUTDOWN_H

#include <stdbool.h>
#include <stdint.h>

#include "scandir.h"

enum shutdown_phase {
	SHUTDOWN_NOT,     /* all is to run */
	SHUTDOWN_TOLD,    /* all were told to end */
	SHUTDOWN_KILLED,  /* ... and their services are killed */
	SHUTDOWN_LOGGERS, /* ... and the loggers told to end */
	SHUTDOWN_OVER,    /* nothing is done any more */
};

struct shutdown {
	const struct scandir *set; /* borrowed for ever, and so is: */
	const char *dir;           /* ... the path of its directory */
	enum shutdown_phase phase;
	int64_t until; /* the next phase then, by loop_now(), at the latest */
};

/* All is to run. */
void shutdown_init(struct shutdown *s, const struct scandir *set,
    const char *dir);

/* Tells all to end: our own children by TERM, others' runsv by what they listen
 * to. */
void shutdown_begin(struct shutdown *s, int64_t now);

/* Leaves those that are there to themselves. */
void shutdown_leave(struct shutdown *s);

/* The next phase, if it is due; looks whether somebody is there. */
void shutdown_tick(struct shutdown *s, int64_t now);

/* When to do that again, in any phase between the first and the last. */
int64_t shutdown_deadline(const struct shutdown *s, int64_t now);

#endif
