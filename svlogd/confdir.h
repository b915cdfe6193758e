/* The file `config` of a log directory, and how far it is trusted. */
#ifndef WEIR_CONFDIR_H
#define WEIR_CONFDIR_H

#include <stdbool.h>

#include "conf.h"

/* Reads and parses it: 0 with *conf the caller's to free; -ENOENT where there
 * is none; -ENOLINK where it is a link to nothing; -EPERM where it is, or leads
 * to, what is no regular file, which is not opened then; -EFBIG over
 * CONF_MAX_TEXT; or -errno; *conf is set only on success. Problems are said,
 * with path and line. In a directory that others can write to (`foreign`) a
 * processor counts only where nobody else can have written it; else it is left
 * out, and that is said. *problems, if not NULL, is how many there were. */
int confdir_read(struct conf *conf, int dirfd, const char *path, bool foreign,
    unsigned *problems);

#endif
