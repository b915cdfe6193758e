/* svlog verify: whether the files of a log directory are sound.
 *
 * Every line is read. Looked at are: that lines end, that times do not go back
 * and agree with labels, that gzip can be had back and is what its headers
 * say, and that there are as many lines as lock.stats counts, where files were
 * neither deleted nor changed by a processor. */
#ifndef WEIR_AUDIT_H
#define WEIR_AUDIT_H

#include "out.h"

/* Prints what is wrong, a line each, and a line of sums; `name` is what it is
 * called there. How many things are wrong, or -errno where the directory
 * cannot be read. */
int audit_run(struct out *out, const char *path, const char *name);

#endif
