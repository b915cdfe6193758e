/* A directory whose files are variables. */
#include "envdir.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>

#include "buf.h"
#include "dir.h"
#include "say.h"
#include "sys.h"

size_t
envdir_value(char *text, size_t n)
{
	const char *end = n ? memchr(text, '\n', n) : NULL;
	size_t i;

	if (end != NULL)
		n = (size_t)(end - text);
	while (n > 0 && (text[n - 1] == ' ' || text[n - 1] == '\t'))
		n--;
	for (i = 0; i < n; i++)
		if (text[i] == '\0')
			text[i] = '\n';
	return n;
}

/* The file as far as it counts: up to a newline or its end. How much of `text`
 * is filled; -EFBIG where the line is too long. */
static ssize_t
read_line(int fd, char *text, size_t room)
{
	size_t n = 0;

	while (n < room) {
		ssize_t r = sys_read(fd, text + n, room - n);

		if (r < 0)
			return r;
		if (r == 0 || memchr(text + n, '\n', (size_t)r))
			return (ssize_t)n + r;
		n += (size_t)r;
	}
	return -EFBIG;
}

/* One file: 0, -errno. An empty one unsets its variable. */
static int
read_file(struct vars *vars, int dirfd, const char *name)
{
	static char text[ENVDIR_LINE];
	ssize_t n;
	int fd;

	fd = sys_openat(dirfd, name,
	    O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0);
	if (fd < 0)
		return fd;
	n = read_line(fd, text, sizeof(text));
	sys_close(fd);
	if (n < 0)
		return (int)n;
	if (n == 0) {
		vars_unset(vars, name);
		return 0;
	}
	return vars_set(vars, name,
	    view_of(text, envdir_value(text, (size_t)n)));
}

/* Reads one, or says why not; -errno where that is the end of it. */
static int
take_file(struct vars *vars, int dirfd, const char *path, const char *name,
    bool verbose)
{
	int r;

	if (!vars_is_name(name)) {
		say_warning(0, "not the name of a variable: ", path, "/", name);
		return 0;
	}
	r = read_file(vars, dirfd, name);
	if (r == 0)
		return 0;
	if (r == -EISDIR && !verbose)
		return 0;
	if (r == -EISDIR || r == -ENOENT) { /* a link to nowhere */
		say_warning(r, "unable to read ", path, "/", name);
		return 0;
	}
	if (r == -ENOMEM)
		say_fatal(0, "out of memory.");
	else
		say_fatal(r, "unable to read ", path, "/", name);
	return r;
}

/* Whether what is in it can be reached: 0, -errno. Names can be listed where
 * nothing can be opened, and the other way round. */
static int
can_enter(const char *path)
{
	char inside[PATH_MAX];
	struct stat st;

	if (*path == '\0')
		return -ENOENT;
	if (!buf_join(inside, sizeof(inside), path, "/.", (char *)0))
		return -ENAMETOOLONG;
	return sys_fstatat(AT_FDCWD, inside, &st, 0);
}

static int
open_dir(const char *path)
{
	int fd, r = can_enter(path);

	if (r < 0) {
		say_fatal(r, "unable to switch to directory: ", path);
		return r;
	}
	fd = dir_open(path);
	if (fd < 0)
		say_fatal(fd, "unable to open directory: ", path);
	return fd;
}

int
envdir_read(struct vars *vars, const char *path, bool verbose)
{
	struct dir_walk walk;
	const char *name;
	int err, r = 0, fd = open_dir(path);

	if (fd < 0)
		return fd;
	dir_walk(&walk, fd);
	while (r == 0 && (name = dir_next(&walk, &err)) != NULL)
		if (*name != '.')
			r = take_file(vars, fd, path, name, verbose);
	if (r == 0 && err < 0) {
		say_fatal(err, "unable to read directory: ", path);
		r = err;
	}
	sys_close(fd);
	return r;
}
