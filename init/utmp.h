/* A record of the files utmp and wtmp, as the system's C library has it,
 * whichever library this is built with: musl has functions that do nothing. */
#ifndef WEIR_UTMP_H
#define WEIR_UTMP_H

#include <stdint.h>

enum {
	UTMP_LINE = 32,
	UTMP_NAME = 32,
	UTMP_HOST = 256,
	UTMP_DEAD = 8, /* the type of who has gone */
};

/* glibc keeps 32 bits where a machine ever ran 32-bit programs. */
#if defined(__aarch64__) || (defined(__riscv) && __riscv_xlen == 64) ||        \
    defined(__loongarch64) || defined(__alpha__) || defined(__ia64__)
typedef int64_t utmp_long;
#else
typedef int32_t utmp_long;
#endif

struct utmp_record {
	int16_t type;
	int32_t pid;
	char line[UTMP_LINE];
	char id[4];
	char name[UTMP_NAME];
	char host[UTMP_HOST];
	int16_t exit[2];
	utmp_long session, s, us;
	int32_t address[4];
	char spare[20];
};

_Static_assert(sizeof(struct utmp_record) ==
		   (sizeof(utmp_long) == 4 ? 384 : 400),
    "glibc's record");

#endif
