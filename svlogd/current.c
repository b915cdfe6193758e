/* The file `current`: the one that is written to. */
#include "current.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "dir.h"
#include "safe.h"
#include "sys.h"

enum { PARTS = 4 };

static void
take(struct current *c, int fd, const struct stat *st)
{
	int64_t born = os_birth_ns(fd);

	c->fd = fd;
	c->dev = (uint64_t)st->st_dev;
	c->ino = (uint64_t)st->st_ino;
	c->size = (uint64_t)st->st_size;
	c->born_ns = born >= 0 ? born : sys_wall_ns();
}

int
current_open(struct current *c, int dirfd, const struct stat *home)
{
	struct stat st;
	int fd =
	    dir_open_file(dirfd, home, "current", O_RDWR | O_APPEND, 0, &st);

	c->fd = -1;
	if (fd == -ENOENT)
		return CURRENT_NONE;
	if (fd == -EPERM || fd == -EACCES || fd == -EISDIR)
		return CURRENT_UNSAFE;
	if (fd < 0)
		return fd;
	take(c, fd, &st);
	return st.st_size == 0 || (st.st_mode & S_IXUSR) ? CURRENT_CLEAN
	                                                 : CURRENT_UNDONE;
}

int
current_create(struct current *c, int dirfd, mode_t mode)
{
	struct stat st;
	int rc;
	int fd = sys_openat(dirfd, "current",
	    O_RDWR | O_APPEND | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
	    0600);

	if (fd < 0)
		return fd;
	rc = sys_fchmod(fd, mode);
	if (rc >= 0)
		rc = sys_fstat(fd, &st);
	if (rc < 0) {
		sys_close(fd);
		return rc;
	}
	take(c, fd, &st);
	return 0;
}

ssize_t
current_write(struct current *c, const struct iovec *part, int n, size_t skip)
{
	struct iovec left[PARTS];
	int n_left = 0;
	ssize_t put;

	for (int i = 0; i < n; i++) {
		struct iovec v = part[i];

		if (skip >= v.iov_len) {
			skip -= v.iov_len;
			continue;
		}
		v.iov_base = (char *)v.iov_base + skip;
		v.iov_len -= skip;
		skip = 0;
		left[n_left++] = v;
	}
	if (n_left == 0)
		return 0;
	put = n_left == 1 ? sys_write(c->fd, left[0].iov_base, left[0].iov_len)
	                  : sys_writev(c->fd, left, n_left);
	if (put > 0)
		c->size += (uint64_t)put;
	return put;
}

static bool
holds(const struct current *c, uint64_t at, const char *p, size_t n)
{
	char there[4096];

	while (n > 0) {
		size_t want = n < sizeof there ? n : sizeof there;
		ssize_t got = sys_pread(c->fd, there, want, (off_t)at);

		if (got <= 0 || memcmp(there, p, (size_t)got) != 0)
			return false;
		at += (uint64_t)got;
		p += got;
		n -= (size_t)got;
	}
	return true;
}

bool
current_holds(const struct current *c, uint64_t at, const struct iovec *part,
    size_t n)
{
	for (; n > 0; part++) {
		size_t k = part->iov_len < n ? part->iov_len : n;

		if (!holds(c, at, part->iov_base, k))
			return false;
		at += k;
		n -= k;
	}
	return true;
}

int
current_check(struct current *c, size_t wrote)
{
	struct stat st;
	int rc = sys_fstat(c->fd, &st);

	if (rc < 0)
		return rc;
	if (st.st_nlink == 0)
		return -ENOENT;
	/* Cut before our write: what we wrote stands at the end. */
	if ((uint64_t)st.st_size < c->size && (uint64_t)st.st_size < wrote)
		return -ESTALE;
	c->size = (uint64_t)st.st_size;
	return 0;
}

int
current_cut(struct current *c, uint64_t size)
{
	struct stat st;
	int rc = sys_fstat(c->fd, &st);

	if (rc < 0)
		return rc;
	if ((uint64_t)st.st_size <= size)
		size = (uint64_t)st.st_size; /* somebody was faster */
	else
		rc = sys_ftruncate(c->fd, (off_t)size);
	if (rc == 0)
		c->size = size;
	return rc;
}

void
current_leave(struct current *c)
{
	sys_drop(&c->fd);
}

int
current_seal(struct current *c, mode_t mode)
{
	int rc;

	if (c->fd < 0)
		return 0;
	rc = safe_mark(c->fd, mode);
	current_leave(c);
	return rc;
}
