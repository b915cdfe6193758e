/* Deleted files whose bytes are not free yet. */
#include "orphans.h"

#include <sys/stat.h>

#include "sys.h"

enum { BLOCK = 512 }; /* the unit of st_blocks */

/* What it holds, if that was its last name: the one that was deleted may be
 * another file by now, and on NFS a file that is held gets another name. */
static uint64_t
bytes_of(int fd)
{
	struct stat st;

	if (sys_fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) ||
	    st.st_nlink != 0 || st.st_blocks <= 0)
		return 0;
	return (uint64_t)st.st_blocks * BLOCK;
}

/* Takes fd over where it is worth it and there is room. */
static bool
adopt(struct orphans *o, int fd)
{
	uint64_t bytes = bytes_of(fd);

	if (bytes < ORPHAN_LEAST ||
	    (o->n > 0 && o->bytes + bytes > ORPHANS_BYTES))
		return false;
	o->fds[o->n++] = fd;
	o->bytes += bytes;
	return true;
}

int
orphans_unlink(struct orphans *o, int dirfd, const char *name)
{
	int fd = orphans_full(o) ? -1 : os_hold(dirfd, name);
	int rc = sys_unlinkat(dirfd, name);

	if (fd >= 0 && !adopt(o, fd))
		sys_close(fd);
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
