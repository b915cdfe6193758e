/* Speaking to a runsv by what it keeps in its service directory. */
#ifndef WEIR_HAIL_H
#define WEIR_HAIL_H

#include <stdbool.h>

/* The FIFO at path, seen from the directory dirfd, for writing: a descriptor,
 * or -errno; -ENXIO where nobody reads from it, -EINVAL where it is no FIFO. */
int hail_open(int dirfd, const char *path);

/* Whether a runsv supervises the service dirfd/name: it holds supervise/ok
 * open. */
bool hail_heard(int dirfd, const char *name);

/* The same FIFO, as hail_open(): poll(2) tells an error of the descriptor once
 * that runsv is gone. */
int hail_ok(int dirfd, const char *name);

/* Writes the letter to supervise/control of the service, or of its logger: 0,
 * or -errno; -ENXIO where nobody listens. Nothing but a FIFO is written to,
 * and nothing waits. */
int hail_service(int dirfd, const char *name, char letter);
int hail_logger(int dirfd, const char *name, char letter);

#endif
