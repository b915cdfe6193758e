/* svlogd -n: what each directory's config would do. */
#ifndef WEIR_CHECK_H
#define WEIR_CHECK_H

#include "options.h"

/* Reads each config, says every problem on standard error and the plan in
 * words on standard output. Writes to no directory. The exit code: 0, 1 with
 * warnings, 2 where a directory or a config could not be read. */
int check_run(const struct options *options);

#endif
