/* A program, found as a shell finds it. */
#ifndef WEIR_WHICH_H
#define WEIR_WHICH_H

#include <stddef.h>

/* The path of the program `name`, looked for in the directories of PATH
 * (/bin:/usr/bin where it is not set), relative ones seen from dirfd, an empty
 * one being dirfd itself, into out; a name with a slash is its own path. 0, or
 * -errno: -EACCES where there are only ones that cannot be executed,
 * -ENOENT. Where one cannot be looked at now, no later one is taken for it. */
int which_find(int dirfd, const char *name, char *out, size_t n);

/* Becomes the program: the first that can be executed in the directories of
 * `path`, in the same way, seen from the current directory. Returns only when
 * there is none: -errno. The search goes past what is missing and what may not
 * be executed, and ends at any other failure. */
int which_exec(const char *path, const char *name, char *const argv[],
    char *const envp[]);

#endif
