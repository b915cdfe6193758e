/* A logger in a temporary directory, for drivers without scenes. */
#define _GNU_SOURCE
#include "rig.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kit/child.h"
#include "kit/verdict.h"

struct rig rig;

static bool
set_dir(const struct option_row *row, const char *text)
{
	(void)row;
	if (rig.n_dirs == RIG_DIRS)
		return false;
	rig.configs[rig.n_dirs++] = text;
	return true;
}

static bool
set_ring(const struct option_row *row, const char *text)
{
	(void)row;
	rig.lg.ring_kind = strcmp(text, "file") == 0 ? RING_FILE : RING_FD;
	return rig.lg.ring_kind == RING_FILE || strcmp(text, "fd") == 0;
}

const struct option_row rig_temp_rows[] = {
	{ "--seed", "N", "of all that is random", .set = option_u64,
	    .to = &rig.seed, .least = 1, .most = LONG_MAX },
	{ "--tmp", "DIR", "where, if not in /dev/shm", .set = option_text,
	    .to = &rig.below },
	{ "--keep", NULL, "leave what is wrong there", .set = option_flag,
	    .to = &rig.keep },
	{ .more = NULL },
};

const struct option_row rig_rows[] = {
	{ "--dir", "CONFIG", "a log directory; ';' ends a line; repeat it",
	    .set = set_dir },
	{ "--stamp", "N", "the logger gets that many -t", .set = option_number,
	    .to = &rig.stamp, .most = 3 },
	{ "--ring", "fd|file", "WEIR_RING is given, or not", .set = set_ring },
	{ .more = rig_temp_rows },
};

void
rig_read(const struct option_row *rows, char **argv)
{
	char **words = options_read(rows, argv, "logger [argument ...]");

	while (*words)
		logger_arg(&rig.lg, *words++);
	if (rig.n_dirs == 0)
		rig.configs[rig.n_dirs++] = "";
}

static void
clean(void)
{
	strays_clear();
	if (!rig.keep)
		tree_remove(rig.tmp);
}

static void
tell(void)
{
	logger_said(&rig.lg);
}

void
rig_open(const char *name)
{
	size_t i;

	signals_take();
	temp_make(rig.tmp, rig.below, name);
	atexit(clean);
	verdict_tell_by(tell);
	logger_err(&rig.lg, rig.tmp);
	logger_stamp(&rig.lg, rig.stamp);
	for (i = 0; i < rig.n_dirs; i++) {
		snprintf(rig.names[i], sizeof(rig.names[i]), "dir%zu", i);
		path_join(rig.dirs[i], rig.tmp, rig.names[i]);
		logger_arg(&rig.lg, rig.dirs[i]);
	}
}

void
rig_dirs_make(void)
{
	size_t i;

	for (i = 0; i < rig.n_dirs; i++)
		dir_make(rig.dirs[i], rig.configs[i]);
	fd_keep(ftruncate(rig.lg.err, 0), "ftruncate");
	logger_pipe(&rig.lg);
}

void
rig_dirs_drop(void)
{
	size_t i;

	for (i = 0; i < rig.n_dirs; i++)
		tree_remove(rig.dirs[i]);
	logger_drop(&rig.lg);
}
