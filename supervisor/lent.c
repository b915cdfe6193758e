/* The pipe between a service and its logger, and the logger's ring. */
#include "lent.h"

#include <errno.h>

#include "num.h"
#include "sys.h"

int
lent_ring(void)
{
	int fd = os_memfd("weir-ring", 0);

	if (fd >= 0)
		os_seal_shrink(fd); /* where the system can */
	return fd;
}

int
lent_make(struct lent *l)
{
	int fd[2], rc = sys_pipe(fd);

	*l = lent_none();
	if (rc < 0)
		return rc;
	l->read_fd = fd[0];
	l->write_fd = fd[1];
	rc = lent_ring();
	l->ring_fd = rc < 0 ? -1 : rc;
	return 0;
}

void
lent_move(struct lent *l, int least)
{
	sys_lift(&l->read_fd, least);
	sys_lift(&l->write_fd, least);
	sys_lift(&l->ring_fd, least);
}

/* The inode of fd, if it is of that type: 0 or -errno. */
static int
inode(int fd, mode_t type, uint64_t *ino)
{
	struct stat st;
	int rc = sys_fstat(fd, &st);

	if (rc < 0)
		return rc;
	if ((st.st_mode & S_IFMT) != type)
		return -EINVAL;
	*ino = (uint64_t)st.st_ino;
	return 0;
}

static void
put_numbers(struct buf *b, const uint64_t *v, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (i > 0)
			buf_ch(b, ':');
		buf_u64(b, v[i]);
	}
}

int
lent_text(const struct lent *l, int first, struct buf *b)
{
	uint64_t v[5] = { (uint64_t)first, (uint64_t)first + 1 };
	int rc = inode(l->read_fd, S_IFIFO, &v[2]);

	if (rc == 0 && l->ring_fd >= 0) {
		v[3] = (uint64_t)first + 2;
		rc = inode(l->ring_fd, S_IFREG, &v[4]);
	}
	if (rc < 0)
		return rc;
	buf_str(b, LENT_LOG "=");
	put_numbers(b, v, 5);
	return 0;
}

int
lent_ring_text(const struct lent *l, struct buf *b)
{
	uint64_t v[2] = { LENT_RING_FD };
	int rc = -ENOENT;

	if (l->ring_fd >= 0)
		rc = inode(l->ring_fd, S_IFREG, &v[1]);
	if (rc < 0)
		return rc;
	buf_str(b, LENT_RING "=");
	put_numbers(b, v, 2);
	return 0;
}

/* Five numbers, colons between them, nothing else. */
static int
parse(const char *text, uint64_t v[5])
{
	struct view left = view_str(text);
	size_t i;

	for (i = 0; i < 5; i++) {
		struct num num = num_scan(left, NULL, UINT64_MAX);
		bool last = i == 4;

		if (num.used == 0 || num.over || num.used + !last > left.n ||
		    (last ? num.used != left.n : left.p[num.used] != ':'))
			return -EINVAL;
		v[i] = num.value;
		left = view_from(left, num.used + 1);
	}
	return 0;
}

/* Whether the number is a descriptor that may be lent, and what it is. */
static int
expect(uint64_t fd, mode_t type, uint64_t ino)
{
	uint64_t is;
	int rc;

	if (fd <= 2 || fd > INT32_MAX)
		return -EBADF;
	rc = inode((int)fd, type, &is);
	return rc == 0 && is != ino ? -EINVAL : rc;
}

int
lent_take(struct lent *l, const char *text)
{
	uint64_t v[5];
	int rc = parse(text, v);
	bool ring = rc == 0 && v[3] != 0;

	*l = lent_none();
	if (rc == 0)
		rc = expect(v[0], S_IFIFO, v[2]);
	if (rc == 0)
		rc = expect(v[1], S_IFIFO, v[2]);
	if (rc == 0 && ring)
		rc = expect(v[3], S_IFREG, v[4]);
	if (rc == 0)
		rc = sys_cloexec((int)v[0]);
	if (rc >= 0)
		rc = sys_cloexec((int)v[1]);
	if (rc >= 0 && ring)
		rc = sys_cloexec((int)v[3]);
	if (rc < 0)
		return rc;
	l->read_fd = (int)v[0];
	l->write_fd = (int)v[1];
	l->ring_fd = ring ? (int)v[3] : -1;
	return 0;
}

void
lent_spare(struct lent *l)
{
	if (lent_is_open(l) && sys_readable(l->read_fd) == 0)
		lent_close(l);
}

void
lent_close(struct lent *l)
{
	sys_drop(&l->read_fd);
	sys_drop(&l->write_fd);
	sys_drop(&l->ring_fd);
}
