/* Scenes: each a sentence that is true and the function that shows it.
 *
 * A driver is a table of scenes, played some at a time, each in a process of
 * its own, under a time limit, in a directory that is gone afterwards together
 * with all processes it left.
 *
 *     NAME [--only WORDS] [--lanes N] [--long N] -- program ...
 *
 *     static const struct cast cast = { "runsv", 1, enter };
 *     static const struct scene scenes[] = {
 *             { "TERM ends the service, then runsv", term, 0 },
 *     };
 *
 *     return play(&cast, scenes, COUNT(scenes), argv); */
#ifndef WEIR_KIT_PLAY_H
#define WEIR_KIT_PLAY_H

#include <stddef.h>

#include "kit/file.h"

#define COUNT(v) (sizeof(v) / sizeof((v)[0]))

struct scene {
	const char *name;
	void (*play)(void); /* returns when the sentence turned out true */
	size_t arg;
};

/* What a scene finds. */
struct stage {
	char tmp[PATH_ROOM]; /* its directory, empty, 0755 */
	size_t number;       /* of the scene in its table */
	size_t arg;          /* the scene's */
	long n_long;         /* --long, or 0 */
	char **programs;
};

/* What all scenes of a driver have in common. */
struct cast {
	const char *programs; /* their names, for the usage */
	size_t n_programs;
	void (*enter)(const struct stage *st); /* in the scene's process */
};

/* 0, or EXIT_BROKEN where a sentence is not true. Only root can play. */
int play(const struct cast *cast, const struct scene *scenes, size_t n,
    char **argv);

#endif
