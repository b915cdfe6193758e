/* Names of old log files: `@`, 24 hex digits of the time, `.`, a letter. */
#ifndef WEIR_NAME_H
#define WEIR_NAME_H

#include <stdbool.h>
#include <stdint.h>

enum { NAME_SIZE = 28 }; /* with its NUL */

enum name_kind {
	NAME_OLD = 's',    /* a finished log */
	NAME_UNDONE = 'u', /* not yet through the processor, or after a crash */
	NAME_TRIAL = 't',  /* what a processor is writing */
	NAME_ASIDE = 'x',  /* not a file we could trust: never opened */
};

void name_make(char name[NAME_SIZE], int64_t ns, enum name_kind kind);

/* Whether it has the form that runit counts and prunes: 27 characters, the
 * first an @. */
bool name_is_old(const char *name);

/* Its last letter. */
static inline char
name_letter(const char *name)
{
	return name[NAME_SIZE - 2];
}

/* The time in it, ns since 1970, or -1 where it is none. */
int64_t name_ns(const char *name);

/* The same name with another letter. */
void name_turn(char to[NAME_SIZE], const char *name, enum name_kind kind);

#endif
