/* A program, found as a shell finds it. */
#include "path.h"

#include <errno.h>
#include <limits.h>

#include "buf.h"
#include "sys.h"

static const char default_path[] = "/bin:/usr/bin";

static bool
is_passed_over(int err)
{
	return err == -ENOENT || err == -EACCES || err == -EPERM ||
	       err == -EISDIR;
}

/* dir/file, or -ENAMETOOLONG. */
static int
try_in(struct view dir, const char *file, char *const argv[],
    char *const envp[])
{
	char name[PATH_MAX];
	struct buf b;

	buf_init(&b, name, sizeof(name));
	buf_put(&b, dir.n ? dir : view_str("."));
	buf_ch(&b, '/');
	buf_str(&b, file);
	buf_ch(&b, '\0');
	return b.over ? -ENAMETOOLONG : sys_execve(name, argv, envp);
}

int
path_exec(const char *path, const char *file, char *const argv[],
    char *const envp[])
{
	int r, err = -ENOENT;

	if (strchr(file, '/') != NULL)
		return sys_execve(file, argv, envp);
	if (path == NULL)
		path = default_path;
	for (;;) {
		size_t n = strcspn(path, ":");

		r = try_in(view_of(path, n), file, argv, envp);
		if (!is_passed_over(r))
			return r;
		/* "Not permitted" says more than "not there". */
		if (r != -ENOENT)
			err = r;
		if (path[n] == '\0')
			return err;
		path += n + 1;
	}
}
