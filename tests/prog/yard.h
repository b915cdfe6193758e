/* A directory of services, and a runsvdir that is at work on it.
 *
 * The program may be ours or runit's, with either's runsv: who plays is told by
 * the scene's argument, so that one sentence can be shown of all of them. */
#ifndef WEIR_TEST_YARD_H
#define WEIR_TEST_YARD_H

#include <stdbool.h>
#include <sys/types.h>

#include "kit/kit.h"

enum yard_cast {
	OURS,  /* our runsvdir, our runsv */
	MIXED, /* our runsvdir, runit's runsv */
	RUNIT, /* both runit's */
	FAKE,  /* our runsvdir; runsv is what yard_fake() says */
	CASTS,
};

/* The programs behind "--": our runsvdir, its fault build, our runsv. */
enum { YARD_RUNSVDIR, YARD_FAULT, YARD_RUNSV, YARD_PROGRAMS };

/* One scene's world; each process has its own. */
struct yard {
	const struct stage *stage;
	enum yard_cast cast;
	struct program program; /* to be started; a scene may add to it */
	pid_t pid;              /* of runsvdir */
};

extern struct yard yard;

/* The folder of runit's programs, or NULL: without it scenes with MIXED and
 * RUNIT cannot be played. */
const char *yard_runit(void);

/* For struct cast: tmp/sv is there, and the program is to be started by
 * yard_start() in tmp, with what it says on standard error in tmp/err. */
void yard_enter(const struct stage *stage);

/* A path below tmp; some are valid at a time. */
__attribute__((format(printf, 1, 2))) const char *yard_in(const char *form,
    ...);

/* A file that is this shell script, its first line left out. */
void yard_script(const char *path, const char *text);

/* runsv becomes this shell script, its first line left out; with FAKE only. */
void yard_fake(const char *script);

/* Adds the words, starts it. */
__attribute__((sentinel)) void yard_start(const char *word, ...);

/* It ends within the limit, with that code. */
void yard_ends(int code, int64_t limit);

/* What it and those it runs said so far; valid until the next call. How many
 * lines of it have these words. */
const char *yard_said(void);
long yard_times_said(const char *words);

/* A service directory in tmp, of any name ("sv/a", "else/b"), with that
 * script as run, its first line left out; NULL: one that sleeps. It is made
 * aside and comes whole. */
void yard_service(const char *path, const char *script);

/* The same, with a logger that reads until it is told that all is read. */
void yard_logged(const char *path, const char *script);

/* runsvdir's child that is `runsv NAME`; 0: there is none. */
pid_t yard_runsv(const char *name);

/* Waits for it; a new one than `old`. */
pid_t yard_await_runsv(const char *name, pid_t old, int64_t limit);
void yard_await_no_runsv(const char *name, int64_t limit);

/* By supervise/stat: the service of that directory in tmp runs. */
bool yard_is_up(const char *path);
void yard_await_up(const char *path, int64_t limit);

/* The pid of the service, by supervise/pid. */
pid_t yard_service_pid(const char *path);

/* How many descriptors runsvdir has open. */
size_t yard_fds(void);

/* How many children it has. */
size_t yard_children(void);

#endif
