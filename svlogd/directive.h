/* The lines that a config can have: what each letter's value sets. */
#ifndef WEIR_DIRECTIVE_H
#define WEIR_DIRECTIVE_H

#include <stdbool.h>

#include "conf.h"
#include "pcre.h"
#include "view.h"

/* What one line gets to see. */
struct directive_line {
	struct conf *c;
	char letter;
	struct view arg;       /* after it; NUL-terminated in c->text */
	unsigned number;       /* from 1 */
	size_t at;             /* of the problem in arg */
	bool error;            /* and it is an error */
	int err;               /* -ENOMEM: give up */
	struct pcre_error why; /* where the words are PCRE2's */
};

struct directive {
	char letter;

	/* NULL, or why the line is not (wholly) used: good as long as the
	 * line. */
	const char *(*set)(struct directive_line *l);
	const char *form; /* as the manual writes it */
};

/* Its row, or NULL. */
const struct directive *directive_find(char letter);

#endif
