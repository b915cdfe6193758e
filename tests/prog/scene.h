/* A scene with svlogd: a logger, its directories, numbered lines, and a fault
 * that is seen to happen (kit/play.h has the rest).
 *
 *     struct place *pl = begin_in("s50000");
 *
 *     feed(500);                      lines into the pipe
 *     end_by(SIGKILL, WAIT_LIMIT);
 *     begin();
 *     end();                          the input ends, and then the logger
 *     place_is_whole(pl);             every line is there, once, in order
 *
 * A driver's main() is scenes_main(argv, scenes, COUNT(scenes)). */
#ifndef WEIR_TEST_SCENE_H
#define WEIR_TEST_SCENE_H

#include "kit/kit.h"
#include "logger.h"
#include "logs.h"

/* What most scenes need of the system. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	SCENE_DIRS = 8,
	EXIT_TROUBLE = 111, /* the logger's */
	NOBODY = 65534,     /* a user that the machine has no files of */
};

struct place {
	char path[PATH_ROOM], name[32];
	struct check check;
	struct names names; /* as last looked at */
};

/* One scene's world; each process has its own. */
struct world {
	struct logger lg;
	struct lines lines;
	struct place place[SCENE_DIRS];
	size_t n_places;
	const char *tmp;
	char small[PATH_ROOM], ballast[PATH_ROOM]; /* of place_small() */
	const char *svlogd, *svlogd_fault;
	const char *fault, *clock, *points; /* for the next logger */
	long n_long;
	size_t arg;
	uint64_t lines_sent, bytes_sent;
	char part[LINE_MAX_BYTES]; /* of a line: what the pipe did not take */
	size_t part_n, part_at;
};

extern struct world sc;

int scenes_main(char **argv, const struct scene *scenes, size_t n);

/* --- what the logger says -------------------------------------------------*/

/* All of it since the scene began; valid until the next call. */
const char *said(void);
bool has_said(const char *words);
long lines_said(void);
long times_said(const char *words); /* lines with these words */

/* --- directories ----------------------------------------------------------*/

/* A directory of that name, which is not made here. */
struct place *place_at(const char *path);
struct place *place_below(const char *dir, const char *name);

/* A log directory; config as for dir_make(). */
struct place *place_new(const char *config);

/* ... in a small file system, at sc.small; what takes its room from it is to be
 * at sc.ballast. Options are mount's. */
struct place *place_small(const char *config, const char *options);

/* How many of its old files have the label and this, as ".s". */
size_t files_of(const struct place *pl, const char *end);

/* path/name; valid until four more. */
const char *in(const struct place *pl, const char *name);

uint64_t place_bytes(struct place *pl); /* of log; reads pl->names */

/* Of lock.stats, as it was last written. */
uint64_t place_counter(const struct place *pl, const char *name);

/* Adds what is in one directory to a check that may go on elsewhere. */
void place_read(struct check *ck, struct place *pl);

/* The end of a check: every line that was sent is there. */
void check_want(struct check *ck);

/* Every line that was sent is there, whole, once and in order; or all but what
 * `may` be wrong (CHECK_...). */
void place_is_whole(struct place *pl);
void place_holds(struct place *pl, unsigned may);

/* Each line is in the one or the other, the first one's before. */
void places_are_whole(struct place *first, struct place *then);

/* --- the logger -----------------------------------------------------------*/

/* From now on all is done as nobody. The scene is skipped where that cannot be,
 * or where the logger's program cannot be got at then: it may be in /root. */
void as_nobody(void);

void logger_on(struct place *pl); /* it gets this directory too */

/* Starts it, with what sc says of faults. */
void begin(void);
struct place *begin_on(struct place *pl);   /* logger_on() before */
struct place *begin_in(const char *config); /* place_new() before */

/* ... and waits until it is ready for signals. */
void begin_ready(void);
struct place *begin_ready_on(struct place *pl);

/* It starts, and ends with 111 by itself. */
void begin_in_vain(void);

/* `svlogd -n` of it finds something wrong, and ends with 2. */
void check_in_vain(struct place *pl);

/* Sends it a signal, which finds it ready. */
void poke(int sig);

bool has_ended(int64_t limit, int *status);

/* Sends it a signal and sees it go; how long that took. */
int64_t end_by(int sig, int64_t limit);

/* TERM ends it within 1.5 s, whatever there is to wait for. */
void end_in_time(void);

/* It dies without notice, and another one begins. */
void killed_and_begun(void);

/* The input ends, and then the logger. */
void end(void);

/* Another pipe and ring, no directories, words, lines or messages yet: for
 * tables of cases. The logger has ended. */
void scene_anew(void);

/* --- lines ----------------------------------------------------------------*/

/* The next lines, n or a few bytes more than the pipe took of them. */
void feed(uint64_t n);

/* As many as the pipe takes, until it took none for a while. */
void feed_full(void);

/* Ends the line that feed_full() began. */
void feed_rest(void);

bool send_some(void); /* what the pipe takes; false: nothing */
bool pipe_takes(int64_t limit);

/* Any bytes. */
void send_bytes(const char *p, size_t n);

int pipe_holds(void);
void until_read(void); /* all that is in the pipe */
void feed_and_read(uint64_t n);

/* Until all that was sent is in the directory; how long that took. For logs
 * that are as long as their input. */
int64_t until_written(struct place *pl, int64_t limit);

#endif
