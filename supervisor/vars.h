/* The environment that a program is to get. */
#ifndef WEIR_VARS_H
#define WEIR_VARS_H

#include <stddef.h>

#include "view.h"

struct vars {
	char **v; /* "NAME=value", n of them, then NULL; owned */
	size_t n, cap;
};

/* A copy of `from`: 0 or -ENOMEM. */
int vars_init(struct vars *vars, char *const *from);
void vars_free(struct vars *vars);

/* Whether it can be the name of a variable: not empty, and without '='. */
bool vars_is_name(const char *name);

/* Sets the one variable of that name; a value ends before its first NUL. 0 or
 * -ENOMEM. */
int vars_set(struct vars *vars, const char *name, struct view value);

/* Removes all variables of that name. */
void vars_unset(struct vars *vars, const char *name);

#endif
