/* A random trial for two log daemons: options, directories with a config and
 * old files, input. All of it follows from one seed.
 *
 * What the daemons are known to do differently is avoided here or noted for
 * the comparison; each such place says which, by its name in differ.c. */
#ifndef WEIR_TEST_TRIAL_H
#define WEIR_TEST_TRIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "logs.h"
#include "scrub.h"

enum {
	TRIAL_DIRS = 3,
	TRIAL_OLD = 6,
	TRIAL_STEPS = 4,
	TRIAL_ARGS = 24,
	INPUT_ROOM = 60000, /* fits in a pipe */
	CONFIG_ROOM = 4096,
	FRONT_MOST = 26,
	LINE_MAX_DEFAULT = 1000,
};

extern const char *const trial_dir[TRIAL_DIRS];

enum found { FOUND_NONE, FOUND_EMPTY, FOUND_CLEAN, FOUND_UNDONE, FOUNDS };

struct text {
	size_t n;
	char p[CONFIG_ROOM];
};

/* What one config comes to. */
struct plan {
	struct text text;
	uint64_t size, keep;
	size_t front;          /* bytes before a line's text */
	const char *processor; /* NULL: none */
	bool splits;           /* a line may cross s: "cut" */
	bool one_letter_last;  /* and no newline: "letter" */
};

struct home {
	struct plan plan, again; /* again: after a HUP */
	enum found found;
	struct text current;
	size_t n_old;
	char old[TRIAL_OLD][NAME_CHARS + 1];
	unsigned old_mode[TRIAL_OLD];
	bool has_state;
};

enum step_kind { STEP_ALRM, STEP_HUP, STEP_END };

struct step {
	size_t upto; /* of the input */
	enum step_kind kind;
};

struct trial {
	uint64_t seed, random;
	int stamp;
	size_t line_max;
	struct scrub scrub;
	char words[TRIAL_ARGS][64]; /* the arguments, directories and all */
	int n_words;
	size_t n_dirs;
	struct home home[TRIAL_DIRS];
	char input[INPUT_ROOM + 8];
	size_t n_input;
	size_t longest, lines;
	bool has_nul;
	bool stepwise, ends_by_term, fails;
	struct step step[TRIAL_STEPS];
	size_t n_steps;
};

void trial_make(struct trial *t, uint64_t seed);

#endif
