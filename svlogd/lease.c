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

static int
open_in_dir(struct lease *l, const int *dirfds, size_t n, uint64_t *stale)
{
	int rc = -ENOENT;

	for (size_t i = 0; rc < 0 && i < n; i++) {
		rc = ring_open_file(&l->ring, dirfds[i], stale);
		if (rc == 0)
			l->dirfd = sys_openat(dirfds[i], ".",
			    O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	}
	if (rc < 0)
		say_warning(rc, "no lock.ring, a crash would lose what is "
				"being written");
	return rc;
}

int
lease_open(struct lease *l, const int *dirfds, size_t n)
{
	uint64_t stale = 0;
	int rc;

	*l = (struct lease){ .dirfd = -1 };
	rc = open_lent(l, &stale);
	if (rc < 0 && reader_is_pipe(0))
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
