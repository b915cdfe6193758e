/* Services for tests of sv: some that only look as if a runsv were there, whose
 * status and control FIFO are the driver's, and some that a runsv looks
 * after. */
#ifndef WEIR_TEST_SVLAB_H
#define WEIR_TEST_SVLAB_H

#include "kit/kit.h"

#include "status.h"

/* What the scenes of one driver have; SVDIR is `home`. */
struct lab {
	const struct stage *stage;
	char home[PATH_ROOM];
	const char *sv, *sv_fault; /* both are called `sv` when they run */
	const char *runsv;
	const char *runit_sv; /* NULL: there is none to compare with */
};

extern struct lab lab;

/* play()'s: programs are sv, sv-fault and runsv; RUNIT_SV is another. */
void lab_enter(const struct stage *st);

/* home/NAME..., valid until eight more. */
__attribute__((format(printf, 1, 2))) const char *at(const char *form, ...);

/* --- asking sv
 * --------------------------------------------------------------*/

struct said {
	int status; /* of waitpid() */
	int code;   /* exit code, or -1 */
	int64_t ns; /* it took */
	char out[65536], err[8192];
};

/* Runs the program with these words, split at blanks; '' is an empty one, and
 * NAME=VALUE in front of them the environment. Its standard input is
 * /dev/null. It is called by argv0, or "sv". */
struct said *ask_as(const char *program, const char *argv0, const char *words);

/* The same for our sv, with arguments as for printf; each answer is valid until
 * the third after it. */
__attribute__((format(printf, 1, 2))) struct said *ask(const char *form, ...);

/* Starts our sv and does not wait for it; its output goes to the file. */
pid_t ask_aside(const char *words, const char *out);

/* Whether it said that, after each number (pid, seconds) became `#`. */
bool said_like(const struct said *s, int code, const char *out);

/* Numbers that change become `#`, in place: those behind "pid " and those
 * before "s". Returns text. */
char *without_numbers(char *text);

/* --- services that only look so
 * ----------------------------------------------*/

/* Makes it, supervised, down and wanted down. */
void fake_make(const char *name);

/* The status as its runsv would write it: by a file that takes its place. */
void fake_status(const char *name, const struct status *st);

/* The same, by since-seconds-ago. */
void fake_is(const char *name, int64_t ago_s, pid_t pid, enum status_want want,
    enum status_state state);

/* What came through its control FIFO since it was asked last. */
const char *fake_took(const char *name);

/* Its runsv is no more. */
void fake_leave(const char *name);

/* --- services with a runsv
 * ---------------------------------------------------*/

/* A script in the service directory, executable. */
void script(const char *path, const char *text);

/* Makes the directory with that run script. */
void live_make(const char *name, const char *run);

/* Starts the runsv of it, and waits until it listens: its pid. */
pid_t live_start(const char *name);

/* Waits until the service is in that state; valid status in *st (or NULL). */
void live_await(const char *name, enum status_state state, struct status *st);

#endif
