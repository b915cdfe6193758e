/* A file that nobody else can have a hand in. */
#ifndef WEIR_PRIVATE_H
#define WEIR_PRIVATE_H

/* Opens the file, or creates it with mode 0600, for reading, if nobody but root
 * and this process's user can have decided what that is: each directory on the
 * way, where a symbolic link leads too, is theirs and writable by nobody else,
 * and so is the file theirs, a plain one with one name. For root that is about
 * to hand the descriptor to somebody else: it is not closed on exec. -EPERM
 * where it is not so, or -errno. */
int private_open(const char *path);

#endif
