/* Deleted files whose bytes are not free yet. */
#include "orphans.h"

#include <errno.h>
#include <sys/stat.h>

#include "loop.h"
#include "sys.h"

enum { BLOCK = 512 }; /* the unit of st_blocks */

void
orphans_init(struct orphans *o)
{
	*o = (struct orphans){ .child = -1 };
}

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
	bool may = !orphans_full(o) && sys_free_bytes(dirfd) >= ORPHANS_FREE;
	int fd = may ? os_hold(dirfd, name) : -1;
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

void
orphans_give(struct orphans *o, int to)
{
	static const char go = 0;

	orphans_let_go(o);
	sys_drop(&o->child);
	o->child = to;
	if (sys_write(to, &go, sizeof go) < 0) /* the end says it, too */
		sys_drop(&o->child);
}

int
orphans_free(struct orphans *o, int64_t until)
{
	struct pollfd pfd = { .fd = o->child };

	if (orphans_let_go(o))
		return 1;
	if (o->child < 0)
		return 0;
	loop_wait(&pfd, 1, until);
	if (!pfd.revents) /* somebody reads */
		return -EAGAIN;
	sys_drop(&o->child);
	return 1;
}

void
orphans_close(struct orphans *o)
{
	orphans_let_go(o);
	sys_drop(&o->child);
}
