/* Finding a program as a shell does. */
#ifndef WEIR_WHICH_H
#define WEIR_WHICH_H

#include <stddef.h>

/* The path of the program `name`, looked for in the directories of PATH
 * (/bin:/usr/bin where it is not set), relative ones seen from dirfd, into
 * out; a name with a slash is its own path. 0, or -errno: -EACCES where there
 * are only ones that cannot be executed, -ENOENT. */
int which_find(int dirfd, const char *name, char *out, size_t n);

#endif
