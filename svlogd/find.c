/* The log directories of a service, or of a word on a command line. */
#include "find.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "archive.h"
#include "dir.h"
#include "num.h"
#include "options.h"
#include "say.h"
#include "sys.h"

#ifndef SVDIR_DEFAULT
#define SVDIR_DEFAULT "/service"
#endif

enum {
	PATH_SIZE = 4096,
	COMMAND_SIZE = 16384, /* of a logger's command line */
	WORDS = 512,          /* in it */
};

void
find_init(struct find *f)
{
	const char *dir = getenv("SVDIR");

	*f = (struct find){ .svdir = dir && *dir ? dir : SVDIR_DEFAULT };
}

void
find_free(struct find *f)
{
	for (size_t i = 0; i < f->n; i++) {
		free(f->v[i].name);
		free(f->v[i].path);
	}
	free(f->v);
	f->v = NULL;
	f->n = 0;
}

/* The texts joined, up to NULL; false: too long. */
static bool
join(char path[PATH_SIZE], const char *a, const char *b, const char *c)
{
	int n = snprintf(path, PATH_SIZE, "%s%s%s", a, b, c);

	return n >= 0 && n < PATH_SIZE;
}

static char *
copy(const char *text)
{
	size_t n = strlen(text) + 1;
	char *to = malloc(n);

	return to ? memcpy(to, text, n) : NULL;
}

static int
add(struct find *f, const char *name, const char *path, const struct stat *st)
{
	struct find_one *v, *one;

	for (size_t i = 0; i < f->n; i++)
		if (f->v[i].dev == st->st_dev && f->v[i].ino == st->st_ino)
			return 1;
	v = realloc(f->v, (f->n + 1) * sizeof *v);
	if (!v)
		return -ENOMEM;
	f->v = v;
	one = &f->v[f->n];
	*one =
	    (struct find_one){ copy(name), copy(path), st->st_dev, st->st_ino };
	if (!one->name || !one->path) {
		free(one->name);
		free(one->path);
		return -ENOMEM;
	}
	f->n++;
	return 1;
}

/* Whether there are files of a log in the directory; `current` may be away for
 * a moment, the lock is not. 1, 0, or -errno. */
static int
has_logs(int dirfd)
{
	struct dir_walk w;
	const char *name;
	int err;

	dir_walk(&w, dirfd);
	while ((name = dir_next(&w, &err)))
		if (strcmp(name, "current") == 0 || strcmp(name, "lock") == 0 ||
		    archive_label(name) >= 0)
			return 1;
	return err;
}

/* Adds the directory at path if it is one of logs: 1, else 0 or -errno. */
static int
try(struct find *f, const char *name, const char *path)
{
	struct stat st;
	int r, fd = dir_open(path);

	if (fd < 0)
		return fd == -ENOENT || fd == -ENOTDIR ? 0 : fd;
	r = has_logs(fd);
	if (r > 0) {
		r = sys_fstat(fd, &st);
		if (r == 0)
			r = add(f, name, path, &st);
	}
	sys_close(fd);
	return r;
}

/* --- a living logger ------------------------------------------------------*/

/* All of a small file: its size, or -errno. */
static ssize_t
slurp(const char *path, char *p, size_t n)
{
	ssize_t r = 1, got = 0;
	int fd = sys_open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC, 0);

	if (fd < 0)
		return fd;
	while ((size_t)got < n && r > 0) {
		r = sys_read(fd, p + got, n - (size_t)got);
		got += r > 0 ? r : 0;
	}
	sys_close(fd);
	return r < 0 ? r : got;
}

/* The process that logs for the service: its pid, or 0. */
static uint64_t
logger_pid(const char *service)
{
	char path[PATH_SIZE], text[32];
	struct num pid;
	ssize_t n;

	if (!join(path, service, "/log/supervise/pid", ""))
		return 0;
	n = slurp(path, text, sizeof text);
	if (n <= 0)
		return 0;
	pid = num_scan(view_of(text, (size_t)n), NULL, INT32_MAX);
	return pid.over ? 0 : pid.value;
}

static bool
is_svlogd(const char *program)
{
	const char *slash = strrchr(program, '/');

	return strcmp(slash ? slash + 1 : program, "svlogd") == 0;
}

/* The words of a command line as /proc has it: how many. */
static int
split(char *text, size_t n, char *argv[WORDS + 1])
{
	int argc = 0;

	for (char *at = text; at < text + n && argc < WORDS;
	     at += strlen(at) + 1)
		argv[argc++] = at;
	argv[argc] = NULL;
	return argc;
}

/* name/LAST, of a path's last part. */
static bool
name_of_many(char out[PATH_SIZE], const char *name, const char *path)
{
	const char *slash = strrchr(path, '/');

	return join(out, name, "/", slash && slash[1] ? slash + 1 : path);
}

/* Adds what is on the command line of the service's logger: how many. */
static int
try_living(struct find *f, const char *name, const char *service)
{
	static char text[COMMAND_SIZE];
	char path[PATH_SIZE], called[PATH_SIZE], *argv[WORDS + 1];
	struct options o;
	ssize_t n;
	int found = 0;

	snprintf(path, sizeof path, "/proc/%llu/cmdline",
	    (unsigned long long)logger_pid(service));
	n = slurp(path, text, sizeof text - 1);
	if (n <= 0)
		return 0;
	text[n] = 0;
	optind = 1;
	if (split(text, (size_t)n, argv) < 2 || !is_svlogd(argv[0]) ||
	    options_parse(&o, split(text, (size_t)n, argv), argv) < 0)
		return 0;
	for (size_t i = 0; i < o.n_dirs; i++) {
		bool at_root = o.dirs[i][0] == '/';
		const char *dir = o.dirs[i];

		while (!at_root && dir[0] == '.' && dir[1] == '/')
			dir += 2;
		if (!join(path, at_root ? "" : service, at_root ? "" : "/log/",
			dir) ||
		    !name_of_many(called, name, dir))
			continue;
		found += try(f, o.n_dirs > 1 ? called : name, path) > 0;
	}
	return found;
}

/* --- words ----------------------------------------------------------------*/

static int
try_service(struct find *f, const char *name, const char *service)
{
	static const char *const below[] = { "/log/main", "/log" };
	char path[PATH_SIZE];
	int r = try_living(f, name, service);

	for (size_t i = 0; r == 0 && i < 2; i++)
		if (join(path, service, below[i], ""))
			r = try(f, name, path);
	return r;
}

/* A service by its name, and then the places where its logs may be. */
static int
try_name(struct find *f, const char *name)
{
	static const char *const places[] = { "/var/log/", "/var/log/runit/",
		"/var/log/sv/" };
	char path[PATH_SIZE];
	int r = 0;

	if (join(path, f->svdir, "/", name))
		r = try_service(f, name, path);
	for (size_t i = 0; r == 0 && i < sizeof places / sizeof places[0]; i++)
		if (join(path, places[i], name, ""))
			r = try(f, name, path);
	return r;
}

static int
try_path(struct find *f, const char *word)
{
	char path[PATH_SIZE];
	size_t n;
	int r;

	if (!join(path, word, "", ""))
		return -ENAMETOOLONG;
	n = strlen(path);
	while (n > 1 && path[n - 1] == '/')
		path[--n] = 0;
	r = try(f, path, path);
	if (r != 0)
		return r;
	r = try_service(f, path, path);
	if (r == 0 && join(path, word, "/main", ""))
		r = try(f, path, path);
	return r;
}

int
find_word(struct find *f, const char *word)
{
	int r;

	if (strchr(word, '/') || strcmp(word, ".") == 0 ||
	    strcmp(word, "..") == 0)
		return try_path(f, word);
	r = try_name(f, word);
	return r == 0 ? try_path(f, word) : r;
}

static int
by_name(const void *a, const void *b)
{
	const struct find_one *x = a, *y = b;

	return strcmp(x->name, y->name);
}

int
find_all(struct find *f)
{
	struct dir_walk w;
	const char *name;
	int err, fd = dir_open(f->svdir);

	if (fd < 0)
		return fd;
	dir_walk(&w, fd);
	while ((name = dir_next(&w, &err))) {
		int r = name[0] == '.' ? 0 : try_name(f, name);

		if (r < 0) {
			say_warning(r, "unable to read the log of ", name);
			f->trouble = true;
		}
	}
	sys_close(fd);
	if (f->n > 0)
		qsort(f->v, f->n, sizeof *f->v, by_name);
	return err;
}
