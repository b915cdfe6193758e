/* The row of os.def for the names in a directory, on a system about which only
 * POSIX is known. */
#define _GNU_SOURCE /* where it means anything: all there is */

#include "sys.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "os/plain.h"

/* Appends the name as a record; false where it does not fit. */
static bool
put_name(char *buf, size_t n, size_t *used, const char *name)
{
	size_t len = strlen(name);
	size_t size = (sizeof(uint16_t) + len + 2) & ~(size_t)1;
	uint16_t size16 = (uint16_t)size;

	if (size > UINT16_MAX || size > n - *used)
		return false;
	memcpy(buf + *used, &size16, sizeof(size16));
	memcpy(buf + *used + sizeof(size16), name, len + 1);
	*used += size;
	return true;
}

/* Leaves out the first *at names; *at moves past those it puts. */
static ssize_t
names_from(DIR *d, off_t *at, char *buf, size_t n)
{
	size_t used = 0;
	off_t i = 0;

	for (;; i++) {
		const struct dirent *de;

		errno = 0;
		de = readdir(d);
		if (de == NULL && errno != 0)
			return -errno;
		if (de == NULL)
			return (ssize_t)used;
		if (i < *at)
			continue;
		if (!put_name(buf, n, &used, de->d_name))
			return used > 0 ? (ssize_t)used : -EINVAL;
		*at = i + 1;
	}
}

/* The descriptor's position counts names: a stream reads ahead, and what
 * telldir() says means nothing to another stream. */
ssize_t
os_dir_names(int fd, char *buf, size_t n)
{
	off_t at = lseek(fd, 0, SEEK_CUR);
	ssize_t r;
	int own;
	DIR *d;

	if (at < 0)
		return -errno;
	RETRY(own, openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	if (own < 0)
		return -errno;
	d = fdopendir(own);
	if (d == NULL) {
		r = -errno;
		close(own);
		return r;
	}
	r = names_from(d, &at, buf, n);
	closedir(d);
	if (r > 0 && lseek(fd, at, SEEK_SET) < 0)
		return -errno;
	return r;
}
