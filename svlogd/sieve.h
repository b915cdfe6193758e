/* Which lines are wanted: those that one of some patterns matches, or none.
 *
 * A pattern sees the line without its stamp, as the patterns of a log
 * directory's config do. */
#ifndef WEIR_SIEVE_H
#define WEIR_SIEVE_H

#include <stdbool.h>
#include <stddef.h>

#include "ahead.h"
#include "match.h"
#include "view.h"

struct sieve_pattern {
	struct view literal; /* empty: it is a regular expression */
	struct match match;
	struct ahead ahead;
	uint64_t at; /* bytes of lines gone through */
};

struct sieve {
	struct sieve_pattern *pattern;
	size_t n;
	bool invert;
};

/* Every line is wanted. */
void sieve_init(struct sieve *s);
void sieve_free(struct sieve *s);

/* One more pattern, borrowed: 0, -ENOMEM, or -EINVAL with what is wrong with
 * it in words, which has room for SIEVE_WORDS. */
enum { SIEVE_WORDS = 160 };
int sieve_add(struct sieve *s, const char *text, char words[SIEVE_WORDS]);

/* The first run of lines in `lines`, which begins at a line's beginning, that
 * are all wanted: false where there is none. */
bool sieve_next(struct sieve *s, struct view lines, struct view *run);

#endif
