/* A file that nobody else can have a hand in. */
#ifndef WEIR_PRIVATE_H
#define WEIR_PRIVATE_H

/* Opens the file for reading, if nobody but root and this process's user can
 * have decided what that is: each directory on the way, where a symbolic link
 * leads too, is theirs and writable by nobody else, and so is the file theirs,
 * a plain one with one name. flags: of O_CREAT (with mode 0600) and O_CLOEXEC.
 * The descriptor; -EPERM where it is not so, or -errno. */
int private_open(const char *path, int flags);

/* The same of where `name`, a symbolic link of theirs with an absolute text,
 * leads; the directory that it is in may be anybody's, who may rename what is
 * in it at any moment. */
int private_open_by_link(int dirfd, const char *name);

#endif
