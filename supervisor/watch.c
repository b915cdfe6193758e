/* Being told when a path may lead somewhere else, or has other names below
 * it. */
#include "watch.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>

#include "sys.h"

enum { HOPS_MOST = 40 }; /* as the kernel's own limit */

/* A path on its way: links are replaced by their text as they are met. */
struct way {
	char path[PATH_MAX];
	size_t name, end; /* the name looked at: path[name] to path[end] */
	unsigned hops;
};

int
watch_open(struct watch *w)
{
	int fd = os_watch_fd();

	w->fd = fd < 0 ? -1 : fd;
	return fd < 0 && fd != -ENOSYS ? fd : 0;
}

void
watch_close(struct watch *w)
{
	sys_drop(&w->fd);
}

int
watch_names(const struct watch *w, const char *path)
{
	int r = w->fd < 0 ? 0 : os_watch_dir(w->fd, path);

	return r < 0 ? r : 0;
}

bool
watch_news(const struct watch *w)
{
	int which[32];
	bool any = false;

	while (w->fd >= 0 && os_watch_read(w->fd, which, 32) > 0)
		any = true;
	return any;
}

/* The next name; false behind the last. */
static bool
next_name(struct way *y)
{
	y->name = y->end + strspn(y->path + y->end, "/");
	y->end = y->name + strcspn(y->path + y->name, "/");
	return y->end > y->name;
}

static bool
is_last(const struct way *y)
{
	return y->path[y->end + strspn(y->path + y->end, "/")] == 0;
}

/* What is in front of the name. */
static int
watch_holder(const struct watch *w, struct way *y)
{
	char c = y->path[y->name];
	int r;

	if (y->name == 0)
		return watch_names(w, ".");
	y->path[y->name] = 0;
	r = watch_names(w, y->path);
	y->path[y->name] = c;
	return r;
}

/* The text in the link's place. */
static int
replace_link(struct way *y, const char *text, size_t n)
{
	size_t rest = strlen(y->path + y->end) + 1;
	size_t at = text[0] == '/' ? 0 : y->name;

	if (++y->hops > HOPS_MOST)
		return -ELOOP;
	if (at + n + rest > sizeof(y->path))
		return -ENAMETOOLONG;
	memmove(y->path + at + n, y->path + y->end, rest);
	memcpy(y->path + at, text, n);
	y->end = at;
	return 0;
}

/* The text of the link, or -ELOOP where it is none. */
static ssize_t
name_text(struct way *y, char text[PATH_MAX])
{
	char c = y->path[y->end];
	struct stat st;
	ssize_t n;

	y->path[y->end] = 0;
	n = os_link_text(AT_FDCWD, y->path, &st, text, PATH_MAX);
	y->path[y->end] = c;
	return n;
}

int
watch_way(const struct watch *w, const char *path)
{
	struct way y = { .name = 0 };
	char text[PATH_MAX];
	int r = 0;

	if (w->fd < 0)
		return 0;
	if (strlen(path) >= sizeof(y.path))
		return -ENAMETOOLONG;
	memcpy(y.path, path, strlen(path) + 1);
	while (r == 0 && next_name(&y)) {
		ssize_t n = name_text(&y, text);

		if (n < 0 && n != -ELOOP) /* it may be there some day */
			return watch_holder(w, &y);
		if (n >= 0 || is_last(&y))
			r = watch_holder(w, &y);
		if (n >= 0 && r == 0)
			r = replace_link(&y, text, (size_t)n);
	}
	return r;
}
