/* A file that nobody else can have a hand in. */
#include "private.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

#include "buf.h"
#include "dir.h"
#include "sys.h"

enum { MOST_LINKS = 16 };

/* Where the walk is. Whatever is in `dir` only we and root can change, so that
 * what is looked at there is what is used. */
struct walk {
	int dir;             /* or AT_FDCWD: not there yet */
	int links;           /* followed so far */
	int flags;           /* for the file */
	char path[PATH_MAX]; /* still to go */
};

/* Enters a directory: a name in the one before, or "/" or ".". */
static int
enter(struct walk *w, const char *name)
{
	struct stat st;
	int r, fd;

	fd = sys_openat(w->dir, name,
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0);
	if (fd < 0)
		return fd;
	r = sys_fstat(fd, &st);
	if (r == 0 && dir_is_foreign(&st))
		r = -EPERM;
	if (r < 0) {
		sys_close(fd);
		return r;
	}
	if (w->dir >= 0)
		sys_close(w->dir);
	w->dir = fd;
	return 0;
}

/* From the root, or from where we are. */
static int
start(struct walk *w)
{
	if (w->path[0] != '/')
		return w->dir >= 0 ? 0 : enter(w, ".");
	if (w->dir >= 0)
		sys_close(w->dir);
	w->dir = AT_FDCWD;
	return enter(w, "/");
}

/* The first name of what is still to go, cut off. True: it is the last. */
static bool
next_name(struct walk *w, char name[PATH_MAX])
{
	size_t from = strspn(w->path, "/");
	size_t n = strcspn(w->path + from, "/");
	size_t rest = from + n + strspn(w->path + from + n, "/");

	memcpy(name, w->path + from, n);
	name[n] = '\0';
	memmove(w->path, w->path + rest, strlen(w->path + rest) + 1);
	return w->path[0] == '\0';
}

/* Where `name` is a link its text is the way: 0. */
static int
follow(struct walk *w, const char *name)
{
	char text[PATH_MAX];
	struct buf b;
	ssize_t n = sys_readlinkat(w->dir, name, text, sizeof(text));

	if (n < 0)
		return n == -EINVAL ? -EPERM : (int)n;
	if (++w->links > MOST_LINKS)
		return -ELOOP;
	buf_init(&b, text, sizeof(text));
	b.n = (size_t)n;
	if (w->path[0] != '\0')
		buf_ch(&b, '/');
	buf_put(&b, view_of(w->path, strlen(w->path) + 1));
	if (b.over)
		return -ENAMETOOLONG;
	memcpy(w->path, text, b.n);
	return start(w);
}

static int
open_last(const struct walk *w, const char *name)
{
	struct stat st;
	int r, fd;

	fd = sys_openat(w->dir, name,
	    O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY | w->flags, 0600);
	if (fd < 0)
		return fd;
	r = sys_fstat(fd, &st);
	if (r == 0 &&
	    (!S_ISREG(st.st_mode) || st.st_nlink != 1 || dir_is_foreign(&st)))
		r = -EPERM;
	if (r == 0)
		return fd;
	sys_close(fd);
	return r;
}

static int
walk_on(struct walk *w)
{
	char name[PATH_MAX];
	int r = start(w);

	while (r == 0) {
		bool is_last = next_name(w, name);

		if (is_last) {
			int fd = open_last(w, name);

			if (fd >= 0 || fd == -EPERM)
				return fd;
			r = fd == -ELOOP || fd == -EMLINK ? follow(w, name)
			                                  : fd;
		} else {
			r = enter(w, name);
			if (r == -ELOOP || r == -ENOTDIR || r == -EMLINK)
				r = follow(w, name);
		}
	}
	return r;
}

int
private_open(const char *path, int flags)
{
	struct walk w = { .dir = AT_FDCWD, .flags = flags };
	int r;

	if (strlen(path) >= sizeof(w.path))
		return -ENAMETOOLONG;
	memcpy(w.path, path, strlen(path) + 1);
	r = walk_on(&w);
	if (w.dir >= 0)
		sys_close(w.dir);
	return r;
}

int
private_open_by_link(int dirfd, const char *name)
{
	char text[PATH_MAX];
	struct stat st;
	ssize_t n = os_link_text(dirfd, name, &st, text, sizeof(text));

	if (n < 0)
		return n == -ELOOP || n == -ENOSYS ? -EPERM : (int)n;
	if (!dir_is_ours(st.st_uid) || text[0] != '/')
		return -EPERM;
	return private_open(text, O_CLOEXEC);
}
