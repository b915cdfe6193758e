/* A log into seekable gzip (weir-gzip(5)), and whether it can be had back.
 *
 * For a child that does nothing else: each takes its time, and about a MiB
 * of memory, whatever the size of the log. */
#ifndef WEIR_GZIP_H
#define WEIR_GZIP_H

#include <stdint.h>

enum { GZIP_LEVEL = 6, GZIP_BEST = 9 }; /* the level from 1, unless told */

/* All that can be read from `log` into `packed`: 0 or -errno. from_ns and
 * to_ns: the log is from between them, as far as its lines do not tell. */
int gzip_pack(int log, int packed, int level, int64_t from_ns, int64_t to_ns);

/* Whether all that can be read from `packed`, any gzip, is what can be read
 * from `log`, no more and no less: 0, -EBADMSG where not, or -errno. It reads
 * on only as long as it is so. */
int gzip_check(int packed, int log);

#endif
