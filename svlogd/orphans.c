/* Deleted files whose bytes are not free yet. */
#include "orphans.h"

#include <sys/stat.h>

#include "sys.h"

enum { BLOCK = 512 }; /* the unit of st_blocks */

/* The bytes that go with the file's last name: 0 where that is not all there
 * is to it. */
static uint64_t
holds(const struct stat *st)
{
	if (!S_ISREG(st->st_mode) || st->st_nlink != 1 || st->st_blocks <= 0)
		return 0;
	return (uint64_t)st->st_blocks * BLOCK;
}

int
orphans_unlink(struct orphans *o, int dirfd, const char *name)
{
	struct stat st;
	int rc, fd = orphans_full(o) ? -1 : os_hold(dirfd, name);
	uint64_t bytes = fd >= 0 && sys_fstat(fd, &st) == 0 ? holds(&st) : 0;

	rc = sys_unlinkat(dirfd, name);
	if (rc == 0 && bytes >= ORPHAN_LEAST &&
	    (o->n == 0 || o->bytes + bytes <= ORPHANS_BYTES)) {
		o->fds[o->n++] = fd;
		o->bytes += bytes;
	} else if (fd >= 0) {
		sys_close(fd);
	}
	return rc;
}

bool
orphans_let_go(struct orphans *o)
{
	bool any = o->n > 0;

	while (o->n > 0)
		sys_close(o->fds[--o->n]);
	o->bytes = 0;
	return any;
}
