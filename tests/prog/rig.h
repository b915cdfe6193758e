/* A logger in a temporary directory, for drivers without scenes: the options
 * that they share, and nothing left behind. */
#ifndef WEIR_TEST_RIG_H
#define WEIR_TEST_RIG_H

#include "kit/file.h"
#include "kit/option.h"
#include "logger.h"
#include "logs.h"

enum { RIG_DIRS = 16 };

struct rig {
	struct logger lg;
	const char *configs[RIG_DIRS];
	char dirs[RIG_DIRS][PATH_ROOM];
	char names[RIG_DIRS][32]; /* dir0, ... */
	size_t n_dirs;
	long stamp;
	uint64_t seed; /* 0: none was given */
	bool keep;
	const char *below; /* where tmp is made */
	char tmp[PATH_ROOM];
};

extern struct rig rig;

/* Rows for a driver's table to go on with: --seed, --tmp and --keep; all of
 * them, and --dir, --stamp and --ring. */
extern const struct option_row rig_temp_rows[];
extern const struct option_row rig_rows[];

/* Reads the options; the words behind them are the logger's. */
void rig_read(const struct option_row *rows, char **argv);

/* Makes rig.tmp, from a name that ends in XXXXXX, and the file for what the
 * logger says; its words are complete then. At the driver's end its children
 * are killed and rig.tmp goes, unless it is to be kept. */
void rig_open(const char *name);

/* Fresh directories, pipe and ring; and gone again. */
void rig_dirs_make(void);
void rig_dirs_drop(void);

#endif
