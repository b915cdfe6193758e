/* The file `config` of a log directory, and how far it is trusted. */
#include "confdir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#include "buf.h"
#include "dir.h"
#include "private.h"
#include "say.h"
#include "sys.h"

struct where {
	const char *path;
	unsigned n;
};

static void
report(void *arg, const struct conf_problem *p)
{
	struct where *w = arg;
	char number[48];
	struct buf b;

	w->n++;
	buf_init(&b, number, sizeof number);
	buf_ch(&b, ':');
	buf_u64(&b, p->line);
	buf_ch(&b, ':');
	buf_u64(&b, p->column);
	buf_str(&b, ": ");
	buf_ch(&b, 0);
	say_warning(0, w->path, "/config", number, p->what, ": ", p->why);
}

static int
read_all(int fd, char **text, size_t *n)
{
	struct stat st;
	size_t cap;
	int rc = sys_fstat(fd, &st);

	if (rc < 0)
		return rc;
	if (!S_ISREG(st.st_mode))
		return -EPERM;
	if (st.st_size > CONF_MAX_TEXT)
		return -EFBIG;
	cap = (size_t)st.st_size + 1;
	*text = malloc(cap);
	if (!*text)
		return -ENOMEM;
	for (*n = 0; *n < cap;) {
		ssize_t got = sys_read(fd, *text + *n, cap - *n);

		if (got < 0) {
			free(*text);
			return (int)got;
		}
		if (got == 0)
			break;
		*n += (size_t)got;
	}
	return 0;
}

/* A link to nothing is a config that cannot be read: somebody wants one. */
static int
missing(int dirfd)
{
	struct stat st;

	if (sys_fstatat(dirfd, "config", &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISLNK(st.st_mode))
		return -ENOLINK;
	return -ENOENT;
}

int
confdir_read(struct conf *conf, int dirfd, const char *path, bool foreign,
    unsigned *problems)
{
	struct where w = { path, 0 };
	char *text;
	size_t n;
	int rc;
	bool trusted = true;
	int fd = -EPERM;

	if (foreign)
		fd = private_open_by_link(dirfd, "config");
	if (fd < 0) {
		trusted = !foreign;
		fd = os_open_regular(dirfd, "config", O_RDONLY | O_CLOEXEC);
	}
	if (fd < 0)
		return fd == -ENOENT ? missing(dirfd) : fd;
	rc = read_all(fd, &text, &n);
	if (rc == 0) {
		rc = conf_parse(conf, view_of(text, n), report, &w);
		free(text);
	}
	if (rc == 0 && conf->processor && !trusted &&
	    !conf_processor_is_gzip(conf->processor)) {
		w.n++;
		say_warning(0, path,
		    "/config: processor ignored: others can "
		    "write to the directory");
		conf->processor = NULL;
	}
	sys_close(fd);
	if (problems)
		*problems = w.n;
	return rc;
}
