/* A program, found as a shell finds it. */
#ifndef WEIR_PATH_H
#define WEIR_PATH_H

/* Becomes the program: `file` itself where there is a slash in it, else the
 * first that can be executed in the directories of `path` (NULL: /bin and
 * /usr/bin), an empty one being the current directory. Returns only when
 * there is none: -errno. The search goes past what is missing and what may
 * not be executed, and ends at any other failure. */
int path_exec(const char *path, const char *file, char *const argv[],
    char *const envp[]);

#endif
