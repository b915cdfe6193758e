/* Names of old log files: `@`, 24 hex digits of the time, `.`, a letter; and
 * `.gz`, where it is compressed. */
#ifndef WEIR_NAME_H
#define WEIR_NAME_H

#include <stdbool.h>
#include <stdint.h>

enum {
	NAME_LABEL = 26, /* characters up to the letter */
	NAME_PLAIN = 27, /* ... with it */
	NAME_SIZE = 31,  /* with .gz and NUL */
};

enum name_kind {
	NAME_OLD = 's',    /* a finished log */
	NAME_UNDONE = 'u', /* not yet through the processor, or after a crash */
	NAME_TRIAL = 't',  /* what a processor or compressor is writing */
	NAME_ASIDE = 'x',  /* not a file we could trust: never opened */
};

void name_make(char name[NAME_SIZE], int64_t ns, enum name_kind kind);

/* Whether it has the form that runit counts and prunes, 27 characters, the
 * first an @; or is that of a compressed file, finished or not. */
bool name_is_old(const char *name);

/* Of an old name: its letter, and whether .gz follows. */
static inline char
name_letter(const char *name)
{
	return name[NAME_LABEL];
}

static inline bool
name_is_packed(const char *name)
{
	return name[NAME_PLAIN] != 0;
}

/* What the file of a label can be called once it is finished. Where there are
 * several of one label, a step was not completed: the first of these is whole.
 */
enum name_form {
	NAME_FORM_PLAIN,
	NAME_FORM_PACKED,
	NAME_FORM_UNDONE,
	NAME_FORMS, /* none of these */
};

/* Which of them the name is; none, where there is no time in it. */
enum name_form name_form(const char *name);

/* The same label in another of these forms. */
void name_reform(char to[NAME_SIZE], const char *name, enum name_form form);

/* Copies an old name. */
void name_copy(char to[NAME_SIZE], const char *name);

/* The time in it, ns since 1970, or -1 where it is none. */
int64_t name_ns(const char *name);

/* The same label with another letter, plain; and compressed. */
void name_turn(char to[NAME_SIZE], const char *name, enum name_kind kind);
void name_pack(char to[NAME_SIZE], const char *name, enum name_kind kind);

#endif
