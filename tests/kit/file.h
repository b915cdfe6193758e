/* Files and directories of a driver. What cannot be done ends the driver,
 * unless a function says otherwise. */
#ifndef WEIR_KIT_FILE_H
#define WEIR_KIT_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "kit/bytes.h"

enum { PATH_ROOM = 1024 };

/* dir/name into out, which has PATH_ROOM; returns out. */
const char *path_join(char *out, const char *dir, const char *name);

/* A new directory below tmp (NULL: one in memory, where there is one); name
 * ends in XXXXXX. Its path goes to out, which has PATH_ROOM. */
void temp_make(char *out, const char *tmp, const char *name);

void dir_new(const char *path, mode_t mode);

/* Removes a file or a directory and all below; what is mounted there stays,
 * and so does what cannot be removed. */
void tree_remove(const char *path);

/* fd, or the driver ends with `what` and errno's words. */
int fd_keep(int fd, const char *what);

/* Closes it, if it is open, and makes it -1. */
void fd_drop(int *fd);

/* Makes or overwrites a file; it has that mode then, whatever the umask. */
void file_put(const char *path, const void *p, size_t n, mode_t mode);

/* The same for a text, 0644. */
void file_write(const char *path, const char *text);

/* A file's text, or "" if there is none; valid until the next call. Neither a
 * link nor a FIFO is read. */
const char *file_text(const char *path);

/* Appends a file's bytes; false if there is none. */
bool file_add(struct bytes *b, const char *path);

bool file_is(const char *path);    /* there is something of that name */
off_t file_size(const char *path); /* 0 if there is not */

#endif
