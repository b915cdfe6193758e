/* The driver's children: waiting for them, with a limit, and making sure that
 * none is left. Orphans of a killed program come to the driver too. */
#ifndef WEIR_KIT_CHILD_H
#define WEIR_KIT_CHILD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* To be called first: from here on CHLD, HUP, INT and TERM are only ever waited
 * for (the last three make the driver give up), PIPE is ignored, all others do
 * what they do by default, and orphans are the driver's. */
void signals_take(void);

/* Undoes that, in a child that is to be another program. */
void signals_give(void);

/* Waits until some child ends or `until` is past. */
void child_event(int64_t until);

/* True: it ended before `until`, is reaped, and *status says how. */
bool child_ended(pid_t pid, int64_t until, int *status);

/* How it ended, in words; valid until the next call. */
const char *status_words(int status);

/* It exited, and with that code. */
bool status_is(int status, int code);

/* It was killed by that signal. */
bool status_is_signal(int status, int sig);

/* --- strays: children that nobody waits for in particular -----------------*/

/* Reaps those that have ended, other than these two. */
void strays_reap(pid_t a, pid_t b);

/* Waits for all; kills what is left after `limit`, and is false then. */
bool strays_end(int64_t limit);

/* Kills and reaps all there are, one generation after the other. */
void strays_clear(void);

#endif
