/* The rows of os.def for what a directory lists, among them descriptors. */
#define _GNU_SOURCE

#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "num.h"
#include "os/linux.h"
#include "os/plain.h"

enum { LINUX_CLOSE_RANGE_CLOEXEC = 0x4 };

struct linux_dirent {
	uint64_t inode;
	int64_t next;
	uint16_t size;
	uint8_t type;
	char name[];
};

static ssize_t
entries(int fd, char *buf, size_t n)
{
	ssize_t r;

	RETRY(r, syscall(SYS_getdents64, fd, buf, n));
	return r < 0 ? -errno : r;
}

/* The name of the record there; *at is then the next one's place. */
static const char *
next_name(const char *buf, ssize_t *at)
{
	const char *record = buf + *at;
	uint16_t size;

	memcpy(&size, record + offsetof(struct linux_dirent, size),
	    sizeof(size));
	*at += size;
	return record + offsetof(struct linux_dirent, name);
}

/* Packs the kernel's records in buf into ours, in place: ours are shorter. */
static size_t
pack_names(char *buf, ssize_t n)
{
	ssize_t at = 0;
	size_t to = 0;

	while (at < n) {
		const char *name = next_name(buf, &at);
		size_t len = strlen(name);
		uint16_t size =
		    (uint16_t)((sizeof(size) + len + 2) & ~(size_t)1);

		memmove(buf + to + sizeof(size), name, len + 1);
		memcpy(buf + to, &size, sizeof(size));
		to += size;
	}
	return to;
}

ssize_t
os_dir_names(int fd, char *buf, size_t n)
{
	ssize_t r = entries(fd, buf, n);

	return r <= 0 ? r : (ssize_t)pack_names(buf, r);
}

/* "." and ".." are no descriptor. */
static int
fd_number(const char *name)
{
	uint64_t fd;

	return num_parse(view_str(name), NULL, 0, INT_MAX, &fd) < 0 ? -1
	                                                            : (int)fd;
}

/* What /proc lists. Its position is a descriptor's number, so that closing
 * some does not hide others. */
static int
close_listed(int first, bool cloexec)
{
	_Alignas(8) char buf[1024];
	int dir = open("/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ssize_t n, at;

	if (dir < 0)
		return -errno;
	while ((n = entries(dir, buf, sizeof(buf))) > 0) {
		for (at = 0; at < n;) {
			int fd = fd_number(next_name(buf, &at));

			if (fd >= first && fd != dir)
				plain_close(fd, cloexec);
		}
	}
	close(dir);
	return (int)n;
}

int
os_close_from(int first, bool cloexec)
{
	unsigned flags = cloexec ? LINUX_CLOSE_RANGE_CLOEXEC : 0;

	if (syscall(SYS_close_range, first, UINT_MAX, flags) == 0)
		return 0;
	if (close_listed(first, cloexec) < 0)
		plain_close_from(first, cloexec);
	return 0;
}

/* Whether a name in /proc/PID/fd is such a file: 0, -ENOENT where it is not;
 * -EACCES: the name may be seen, and not what it stands for. */
static int
is_that(int dir, const char *name, const struct stat *what)
{
	struct stat st;

	if (fd_number(name) < 0)
		return -ENOENT;
	if (fstatat(dir, name, &st, 0) < 0)
		return errno == EACCES ? -EACCES : -ENOENT;
	if (st.st_dev != what->st_dev || st.st_ino != what->st_ino ||
	    ((st.st_mode ^ what->st_mode) & S_IFMT) != 0)
		return -ENOENT;
	return 0;
}

static int
open_listed(int dir, const struct stat *what, int flags)
{
	_Alignas(8) char buf[1024];
	int none = -ENOENT;
	ssize_t n, at;

	while ((n = entries(dir, buf, sizeof(buf))) > 0) {
		for (at = 0; at < n;) {
			const char *name = next_name(buf, &at);
			int fd, rc = is_that(dir, name, what);

			if (rc == -EACCES)
				none = rc;
			if (rc < 0)
				continue;
			RETRY(fd, openat(dir, name, flags | O_CLOEXEC));
			return fd < 0 ? -errno : fd;
		}
	}
	return n < 0 ? (int)n : none;
}

int
os_open_of(pid_t pid, const struct stat *what, int flags)
{
	char path[40];
	int r, dir;

	proc_path(path, pid, "fd");
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return -errno;
	r = open_listed(dir, what, flags);
	close(dir);
	return r;
}
