/* Which ring to use. */
#include "lease.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#include "num.h"
#include "reader.h"
#include "say.h"
#include "sys.h"

/* The descriptor that WEIR_RING names, or -1. */
static int
lent(void)
{
	const char *text = getenv("WEIR_RING");
	struct num fd, ino;
	struct stat st;

	if (!text)
		return -1;
	fd = num_scan(view_str(text), NULL, INT32_MAX);
	if (!fd.used || fd.value <= 2 || sys_fstat((int)fd.value, &st) < 0)
		return -1;
	text += fd.used;
	if (*text == ':') {
		ino = num_scan(view_str(text + 1), NULL, UINT64_MAX);
		if (!ino.used || ino.value != (uint64_t)st.st_ino)
			return -1;
	} else if (*text) {
		return -1;
	}
	return (int)fd.value;
}

static int
open_lent(struct lease *l, uint64_t *stale)
{
	int fd = lent(), rc;

	unsetenv("WEIR_RING");
	if (fd < 0)
		return -ENOENT;
	rc = sys_cloexec(fd);
	if (rc > 0)
		return -ENOENT; /* a number of ours by now: nobody lent it */
	if (rc == 0)
		rc = ring_open_fd(&l->ring, fd, stale);
	if (rc < 0)
		sys_close(fd);
	return rc;
}

/* The lock.ring of a directory; `make`: or a new one there. */
static int
open_file(struct lease *l, int dirfd, bool make, uint64_t *stale)
{
	uint64_t bytes = 0;
	int rc = ring_open_file(&l->ring, dirfd, make, &bytes);

	*stale += bytes;
	if (rc == 0)
		l->dirfd = sys_openat(dirfd, ".",
		    O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	return rc;
}

/* The first lock.ring that a crash left with something in it; `tidy`: those
 * with nothing in it go. */
static int
open_left(struct lease *l, const int *dirfds, size_t n, bool tidy,
    uint64_t *stale)
{
	for (size_t i = 0; i < n; i++) {
		if (open_file(l, dirfds[i], false, stale) < 0)
			continue;
		if (ring_pending(&l->ring) > 0)
			return 0;
		lease_close(l, tidy);
		l->dirfd = -1;
	}
	return -ENOENT;
}

static int
open_in_dir(struct lease *l, const int *dirfds, size_t n, uint64_t *stale)
{
	int rc = open_left(l, dirfds, n, false, stale);

	for (size_t i = 0; rc < 0 && i < n; i++)
		rc = open_file(l, dirfds[i], true, stale);
	if (rc < 0)
		say_warning(rc, "no lock.ring, a crash would lose what is "
				"being written");
	return rc;
}

/* What was lent is ours. If nothing is in it, it gives way to a lock.ring in
 * which something is: until that is written, then it is used again. */
static void
give_way(struct lease *l, const int *dirfds, size_t n, uint64_t *stale)
{
	struct lease left = { .dirfd = -1 };

	if (ring_pending(&l->ring) > 0 ||
	    open_left(&left, dirfds, n, true, stale) < 0)
		return;
	ring_close(&l->ring);
	*l = left;
}

int
lease_open(struct lease *l, const int *dirfds, size_t n)
{
	uint64_t stale = 0;
	int rc;

	*l = (struct lease){ .dirfd = -1 };
	rc = open_lent(l, &stale);
	if (rc == 0)
		give_way(l, dirfds, n, &stale);
	else if (reader_is_pipe(0))
		rc = open_in_dir(l, dirfds, n, &stale);
	if (rc < 0)
		rc = ring_open_anonymous(&l->ring);
	say_number("a ring from before this boot is discarded", ", bytes",
	    stale);
	return rc;
}

void
lease_close(struct lease *l, bool empty)
{
	if (empty && l->dirfd >= 0)
		sys_unlinkat(l->dirfd, "lock.ring");
	if (l->dirfd >= 0)
		sys_close(l->dirfd);
	ring_close(&l->ring);
}
