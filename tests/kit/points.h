/* The points of a fault build (tests/fault/fault.h): each system call of a
 * program is one, by its number and name. */
#ifndef WEIR_KIT_POINTS_H
#define WEIR_KIT_POINTS_H

#include <stddef.h>

enum { POINT_NAME = 96 };

struct points {
	char (*name)[POINT_NAME]; /* "function:call" */
	size_t n, room;
};

/* Reads what WEIR_FAULT_LOG had a program write, from the beginning. */
void points_read(struct points *pt, const char *path);

/* The name of point k, which counts from 1; "" if there is none. */
const char *point_name(const struct points *pt, long k);

/* How often each name comes, on stdout. */
void points_list(const struct points *pt);

#endif
