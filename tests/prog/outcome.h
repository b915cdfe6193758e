/* What a log daemon makes of a trial: exit code, directories, words. */
#ifndef WEIR_TEST_OUTCOME_H
#define WEIR_TEST_OUTCOME_H

#include "trial.h"

enum { OUTCOME_FILES = 4096 };

struct file {
	char name[NAME_CHARS + 1]; /* "current" too */
	unsigned mode;
	size_t at, n; /* in data */
};

/* What it left in a directory: the files in order, current last. */
struct result {
	struct file v[OUTCOME_FILES];
	size_t n_files;
	struct bytes data;
	struct bytes others; /* the other names */
	struct bytes state;
};

struct outcome {
	bool is_weir;
	int status;
	int64_t from_ns, to_ns; /* the wall clock */
	struct result dir[TRIAL_DIRS];
	struct bytes said;
};

/* What the workers count together; the last ones are differences that were put
 * right. */
struct totals {
	_Atomic unsigned long cases, failed, lines, stepwise, stamps;
	_Atomic unsigned long rotated, processed, copies;
	_Atomic unsigned long tail, scrub, keep, cut, letter, sorted;
};

extern struct totals *total;

/* Why the case fails, for the report; false. */
__attribute__((format(printf, 1, 2))) bool differ(const char *form, ...);
const char *differ_words(void); /* "" if nothing does */
void differ_forget(void);

/* "weir" or "runit". */
const char *outcome_who(const struct outcome *o);

/* Plays the trial to a program in ./weir or ./runit, which is made; false: it
 * did not end, or not as it should. */
bool outcome_take(struct outcome *o, const struct trial *t, const char *program,
    bool is_weir);

bool is_label(const char *name);

#endif
