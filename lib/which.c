/* A program, found as a shell finds it. */
#include "which.h"

#include <errno.h>
#include <limits.h>
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

/* The next candidate into out, from *path, of which the rest is left: 1; 0
 * where there is no more, -ENAMETOOLONG where this one does not fit. */
static int
next(const char **path, const char *name, char *out, size_t n)
{
	struct view dir;
	struct buf b;

	if (*path == NULL)
		return 0;
	dir = view_of(*path, strcspn(*path, ":"));
	*path = dir.p[dir.n] ? dir.p + dir.n + 1 : NULL;
	buf_init(&b, out, n);
	buf_put(&b, dir.n > 0 ? dir : view_str("."));
	buf_ch(&b, '/');
	buf_str(&b, name);
	buf_ch(&b, 0);
	return b.over ? -ENAMETOOLONG : 1;
}

static const char *
or_default(const char *path)
{
	return path != NULL ? path : "/bin:/usr/bin";
}

/* The name itself. */
static int
take(int dirfd, const char *name, char *out, size_t n)
{
	if (!buf_join(out, n, name, (char *)0))
		return -ENAMETOOLONG;
	return judge(dirfd, out);
}

/* A directory that has no such program, today or tomorrow. */
static bool
is_never(int err)
{
	return err == -ENOENT || err == -ENOTDIR || err == -ELOOP ||
	       err == -ENAMETOOLONG;
}

int
which_find(int dirfd, const char *name, char *out, size_t n)
{
	const char *path = or_default(getenv("PATH"));
	int r, found = -ENOENT;

	if (strchr(name, '/'))
		return take(dirfd, name, out, n);
	while ((r = next(&path, name, out, n)) != 0) {
		if (r > 0)
			r = judge(dirfd, out);
		if (r == 0)
			return 0;
		if (r == -EACCES)
			found = r;
		else if (!is_never(r))
			return r;
	}
	return found;
}

static bool
is_passed_over(int err)
{
	return err == -ENOENT || err == -EACCES || err == -EPERM ||
	       err == -EISDIR;
}

int
which_exec(const char *path, const char *name, char *const argv[],
    char *const envp[])
{
	char out[PATH_MAX];
	int r, err = -ENOENT;

	if (strchr(name, '/'))
		return sys_execve(name, argv, envp);
	path = or_default(path);
	while ((r = next(&path, name, out, sizeof(out))) > 0) {
		r = sys_execve(out, argv, envp);
		if (!is_passed_over(r))
			return r;
		/* "Not permitted" says more than "not there". */
		if (r != -ENOENT)
			err = r;
	}
	return r < 0 ? r : err;
}
