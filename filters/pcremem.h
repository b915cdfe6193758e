/* The memory that PCRE2 has: the C library's, and while a pattern is
 * interpreted two rooms that are there beforehand, so that no match allocates.
 * One thread. */
#ifndef WEIR_PCREMEM_H
#define WEIR_PCREMEM_H

#include <stdbool.h>
#include <stddef.h>

/* What the interpreter may ask for at most, as its limit. */
enum { PCREMEM_KIB = 1024 };

/* What a general context calls; `unused` is nothing. */
void *pcremem_take(size_t n, void *unused);
void pcremem_give(void *p, void *unused);

/* Makes the rooms, if they are not there: 0 or -ENOMEM. They are kept. */
int pcremem_make_rooms(void);

/* From now on it is the rooms that are taken from, or not any more. */
void pcremem_use_rooms(bool on);

/* Whether the C library had no more since the last call. */
bool pcremem_lacked(void);

#endif
