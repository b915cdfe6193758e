/* What more than one of Linux's files needs: for nobody else. */
#ifndef WEIR_OS_LINUX_H
#define WEIR_OS_LINUX_H

#include <stdint.h>
#include <sys/types.h>

#include "buf.h"

/* "/proc/self/fd/N": to open it is to open anew what we have open as N. */
static inline void
own_path(char path[40], int fd)
{
	struct buf b;

	buf_init(&b, path, 40);
	buf_str(&b, "/proc/self/fd/");
	buf_u64(&b, (uint64_t)fd);
	buf_ch(&b, '\0');
}

/* "/proc/PID/WHAT". */
static inline void
proc_path(char path[40], pid_t pid, const char *what)
{
	struct buf b;

	buf_init(&b, path, 40);
	buf_str(&b, "/proc/");
	buf_u64(&b, (uint64_t)pid);
	buf_ch(&b, '/');
	buf_str(&b, what);
	buf_ch(&b, '\0');
}

#endif
