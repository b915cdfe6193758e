/* A machine in a box: a root of its own in memory, with the programs of the
 * system, a console that is a terminal of the driver's, and a process 1 that is
 * one in a pid namespace of its own.
 *
 * The stages are shell scripts, which give the orders themselves: nothing
 * depends on when the driver looks. Without /proc a process 1 takes the box for
 * a machine, with it for the container that it is. */
#ifndef WEIR_PID1_BOX_H
#define WEIR_PID1_BOX_H

#include <stdbool.h>
#include <sys/types.h>

#include "kit/kit.h"

struct box {
	char root[PATH_ROOM];
	char out[PATH_ROOM]; /* what it says where there is no console */
	int console, slave;  /* its two ends; -1: there is none */
	struct bytes said;   /* on the console */
	const char *fault;   /* "WEIR_FAULT=..." (fault/fault.h), or NULL; the
	                      * points   are in /tmp/points then */
	pid_t pid;           /* process 1, as we see it */
};

enum {
	BOX_CONTAINER = 1,  /* with /proc */
	BOX_NO_CONSOLE = 2, /* what it says goes to a file */
	BOX_READ_ONLY = 4,
	BOX_NO_REBOOT = 8, /* it may not call reboot(2) */
};

/* Makes it at dir, empty of stages. Skips the scene where that cannot be. */
void box_make(struct box *bx, const char *dir);

/* Puts a program of ours there, as /x/NAME. */
void box_program(struct box *bx, const char *path, const char *name);

/* A file there; executable. */
void box_script(struct box *bx, const char *path, const char *text);

/* What is at that path, as we see it; valid until the next call. */
const char *box_at(const struct box *bx, const char *path);

/* Boots with the program at that path in the box, which has two arguments, and
 * the variables PATH and BOX. */
void box_boot(struct box *bx, const char *program, int flags);

/* All that was said on the console so far. */
const char *box_console(struct box *bx);

/* Waits for these words there. */
void box_await(struct box *bx, const char *words);

/* Waits until process 1 has ended: its wait status. */
int box_end(struct box *bx);

/* How many children process 1 has now. */
size_t box_children(const struct box *bx);

/* A process in there that is none of process 1's children; it calls what. */
pid_t box_enter(const struct box *bx, void (*what)(void));

#endif
