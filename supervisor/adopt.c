/* What a supervisor puts down so that another one can go on. */
#include "adopt.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "dir.h"
#include "hash.h"
#include "sys.h"

#define MAGIC UINT64_C(0x3274706f64616577) /* "weadopt2" */

struct image {
	uint64_t magic;
	uint64_t size;
	struct adopt_file self; /* a copy of it is none */
	struct adopt a;
	uint64_t hash; /* of all before it */
};

_Static_assert(sizeof(struct image) <= 512, "one sector, one page");

int
adopt_open(int dirfd)
{
	struct stat home, st;
	int fd, rc = sys_fstat(dirfd, &home);

	if (rc < 0)
		return rc;
	fd = dir_open_file(dirfd, &home, "adopt", O_RDWR | O_CREAT, 0600, &st);
	/* It names processes that get signals: nobody else may write it. */
	if (fd >= 0 && (st.st_uid != geteuid() || (st.st_mode & 077))) {
		sys_close(fd);
		return -EPERM;
	}
	return fd;
}

int
adopt_renew(int dirfd)
{
	int rc = sys_unlinkat(dirfd, "adopt");

	return rc < 0 && rc != -ENOENT ? rc : adopt_open(dirfd);
}

bool
adopt_may_pass(int err)
{
	return err == -EMFILE || err == -ENFILE || err == -ENOMEM ||
	       err == -EAGAIN || err == -EIO;
}

static uint64_t
image_hash(const struct image *im)
{
	return hash_bytes(HASH_START, im, offsetof(struct image, hash));
}

int
adopt_file_of(int fd, struct adopt_file *f)
{
	struct stat st;
	int rc = fd < 0 ? -EBADF : sys_fstat(fd, &st);

	*f = (struct adopt_file){ 0, 0 };
	if (rc < 0)
		return rc;
	f->dev = (uint64_t)st.st_dev;
	f->ino = (uint64_t)st.st_ino;
	return 0;
}

bool
adopt_is_file(const struct adopt_file *a, const struct adopt_file *b)
{
	return a->ino == b->ino && a->dev == b->dev;
}

int
adopt_write(int fd, const struct adopt *a)
{
	struct image im;
	ssize_t n;
	int rc;

	memset(&im, 0, sizeof im);
	im.magic = MAGIC;
	im.size = sizeof im;
	rc = adopt_file_of(fd, &im.self);
	if (rc < 0)
		return rc;
	memcpy(&im.a, a, sizeof im.a);
	im.hash = image_hash(&im);
	n = sys_pwrite(fd, &im, sizeof im, 0);
	if (n < 0)
		return (int)n;
	return n == sizeof im ? 0 : -ENOSPC;
}

static bool
is_process(const struct adopt_process *p)
{
	return p->pid == 0 || (p->pid > 1 && p->pid <= INT32_MAX);
}

/* Whether all its fields are values that we write. */
static bool
is_sane(const struct adopt *a)
{
	const struct service *s = &a->service;
	size_t i;

	if ((unsigned)s->state >= SERVICE_STATES ||
	    (unsigned)s->want > WANT_EXIT || (unsigned)s->after > CONTROLS)
		return false;
	for (i = 0; i < CREW; i++)
		if (!is_process(&a->crew[i]))
			return false;
	return true;
}

int
adopt_read(int fd, struct adopt *a)
{
	struct image im;
	struct adopt_file self;
	ssize_t n = sys_pread(fd, &im, sizeof im, 0);
	int rc = adopt_file_of(fd, &self);

	if (n < 0 || rc < 0)
		return n < 0 ? (int)n : rc;
	if (n != sizeof im || im.magic != MAGIC || im.size != sizeof im ||
	    im.hash != image_hash(&im) || !adopt_is_file(&im.self, &self) ||
	    !is_sane(&im.a) || memcmp(im.a.boot, a->boot, sizeof a->boot) != 0)
		return -ENOENT;
	memcpy(a, &im.a, sizeof *a);
	return 0;
}

int
adopt_clear(int fd)
{
	return sys_ftruncate(fd, 0);
}
