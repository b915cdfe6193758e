/* The commands of sv(8). */
#ifndef WEIR_VERB_H
#define WEIR_VERB_H

#include <stdbool.h>

#include "wanted.h"

enum { VERB_LETTERS = 4 };

enum verb_kind {
	VERB_SEND,   /* letters to the control FIFO; there may be none */
	VERB_STATUS, /* a line for each service */
	VERB_LIST,   /* a table of them */
	VERB_LOG,    /* another program, svlog, does it */
};

struct verb {
	enum verb_kind kind;
	char letters[VERB_LETTERS]; /* what is sent, then NUL */
	enum wanted wanted;
	bool waits; /* without -v too */
	bool kills; /* sends `k` when the time is over */
};

/* Finds the command of that name: one of the whole words, else it is the
 * first letter that counts. False: there is none. */
bool verb_find(struct verb *verb, const char *name);

#endif
