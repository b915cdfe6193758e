/* Finding a program as a shell does. */
#include "which.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "sys.h"

/* 0, or why it is nothing that could be executed. */
static int
judge(int dirfd, const char *path)
{
	struct stat st;
	int r = sys_fstatat(dirfd, path, &st, 0);

	if (r < 0)
		return r;
	if (!S_ISREG(st.st_mode))
		return -EACCES;
	return sys_faccessat(dirfd, path, X_OK);
}

/* One directory's: "" is the current one. */
static int
try(int dirfd, struct view dir, const char *name, char *out, size_t n)
{
	struct buf b;

	buf_init(&b, out, n);
	buf_put(&b, dir);
	if (dir.n > 0)
		buf_ch(&b, '/');
	buf_str(&b, name);
	buf_ch(&b, 0);
	return b.over ? -ENAMETOOLONG : judge(dirfd, out);
}

int
which_find(int dirfd, const char *name, char *out, size_t n)
{
	const char *path = getenv("PATH");
	int r, found = -ENOENT;

	if (strchr(name, '/'))
		return try(dirfd, view_of("", 0), name, out, n);
	if (!path)
		path = "/bin:/usr/bin";
	for (;;) {
		size_t len = strcspn(path, ":");

		r = try(dirfd, view_of(path, len), name, out, n);
		if (r == 0)
			return 0;
		if (r == -EACCES)
			found = r;
		path += len;
		if (!*path++)
			return found;
	}
}
