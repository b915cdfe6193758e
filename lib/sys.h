/* The kernel's one door: every system call that can fail.
 *
 * A call returns what the manual page of its name promises, or -errno; errno
 * is read nowhere else, and EINTR never escapes. The calls are rows of
 * sys.def (any POSIX system) and os/os.def (what only some systems have, with
 * the fall-back said there): one row declares the function here and wraps it
 * in a test build, where each may be made to fail, or the process to die
 * after it (tests/fault/fault.h). */
#ifndef WEIR_SYS_H
#define WEIR_SYS_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>

/* What may become of a machine. */
enum sys_end {
	SYS_RESTART,
	SYS_POWER_OFF,
	SYS_HALT,
};

/* An IP address. */
struct sys_ip {
	unsigned char bytes[16]; /* the first 4, where version is 4 */
	uint32_t version;        /* 4, 6 or 0: none */
	uint32_t scope;          /* 6: the interface, or 0 */
};

static inline bool
sys_ip_is(const struct sys_ip *a, const struct sys_ip *b)
{
	return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0 &&
	       a->version == b->version && a->scope == b->scope;
}

#define SYS(type, name, params, args) type sys_##name params;
#include "sys.def"
#undef SYS

#define SYS(type, name, params, args) type os_##name params;
#include "os/os.def"
#undef SYS

/* Closes what is open, and forgets its number. */
static inline void
sys_drop(int *fd)
{
	if (*fd >= 0)
		sys_close(*fd);
	*fd = -1;
}

/* Moves it to a number from `least` on, if there is one. */
static inline void
sys_lift(int *fd, int least)
{
	int to = *fd < 0 ? -1 : sys_dup_from(*fd, least);

	if (to < 0)
		return;
	sys_close(*fd);
	*fd = to;
}

#endif
