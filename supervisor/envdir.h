/* A directory whose files are variables: chpst's -e (chpst(8)). */
#ifndef WEIR_ENVDIR_H
#define WEIR_ENVDIR_H

#include <stdbool.h>
#include <stddef.h>

#include "vars.h"

/* The longest first line of a file: no longer string can be passed to a
 * program on Linux. */
enum { ENVDIR_LINE = 128 * 1024 };

/* Makes a file's text the variable's value, in place: the first line, without
 * blanks and tabs at its end, NULs replaced by newlines. Its length. */
size_t envdir_value(char *text, size_t n);

/* Sets and unsets variables as the directory says: 0, or -errno with the
 * reason said. What is passed over is a warning; a directory within is one
 * only if `verbose`. */
int envdir_read(struct vars *vars, const char *path, bool verbose);

#endif
