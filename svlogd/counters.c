/* The counters of a log directory, read back from its lock.stats. */
#include "counters.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "dir.h"
#include "num.h"
#include "scan.h"
#include "stats.h"
#include "sys.h"

enum { TRIES = 1000 }; /* a writer takes microseconds, once a second */

/* A name, a blank, a number and a line end. */
static int
take_line(struct view *text, struct counter *c)
{
	size_t n = 0;
	struct view number;
	int r;

	while (n < text->n &&
	       ((text->p[n] >= 'a' && text->p[n] <= 'z') || text->p[n] == '_'))
		n++;
	if (n == 0 || n >= COUNTERS_NAME || n == text->n || text->p[n] != ' ')
		return -EINVAL;
	memcpy(c->name, text->p, n);
	c->name[n] = 0;
	number = view_from(*text, n + 1);
	n = scan_line(number);
	if (n == 0)
		return -EINVAL;
	r = num_parse(view_first(number, n - 1), NULL, 0, UINT64_MAX,
	    &c->value);
	*text = view_from(number, n);
	return r < 0 ? -EINVAL : 0;
}

int
counters_parse(struct counters *c, struct view text)
{
	struct counter begin, one = { .name = "" };

	c->n = 0;
	if (take_line(&text, &begin) < 0 || strcmp(begin.name, "begin") != 0)
		return -EINVAL;
	for (;;) {
		if (take_line(&text, &one) < 0)
			return -EINVAL;
		if (strcmp(one.name, "end") == 0)
			return one.value == begin.value ? 0 : -EAGAIN;
		if (c->n == COUNTERS_MOST)
			return -EINVAL;
		c->v[c->n++] = one;
	}
}

int
counters_read(struct counters *c, int dirfd)
{
	char text[STATS_SIZE];
	struct stat home, st;
	int r = sys_fstat(dirfd, &home);
	int fd =
	    r < 0 ? r
		  : dir_open_file(dirfd, &home, "lock.stats", O_RDONLY, 0, &st);

	if (fd < 0)
		return fd;
	for (int i = 0; i < TRIES; i++) {
		ssize_t n = sys_pread(fd, text, sizeof text, 0);

		r = n < 0 ? (int)n
		          : counters_parse(c, view_of(text, (size_t)n));
		if (r != -EAGAIN)
			break;
	}
	sys_close(fd);
	return r;
}

uint64_t
counters_get(const struct counters *c, const char *name)
{
	for (size_t i = 0; i < c->n; i++)
		if (strcmp(c->v[i].name, name) == 0)
			return c->v[i].value;
	return 0;
}

bool
counters_agree(const struct counters *c)
{
	return counters_get(c, "read_lines") ==
	           counters_get(c, "written_lines") +
	               counters_get(c, "deselected_lines") +
	               counters_get(c, "forwarded_lines") +
	               counters_get(c, "dropped_lines") &&
	       counters_get(c, "read_bytes") ==
	           counters_get(c, "written_bytes") +
	               counters_get(c, "deselected_bytes") +
	               counters_get(c, "forwarded_bytes") +
	               counters_get(c, "dropped_bytes");
}
