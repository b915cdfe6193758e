/* A log directory's files, the oldest first, as one run of blocks. */
#include "archive.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dated.h"
#include "dir.h"
#include "loop.h"
#include "say.h"
#include "scan.h"
#include "sys.h"

enum {
	TRIES = 100,   /* to see names between two rotations */
	NEAR = 4096,   /* bytes in which a line is likely to end */
	LINE_MS = 200, /* for a line to be written to its end */
};

int64_t
archive_label(const char *name)
{
	return name_form(name) == NAME_FORMS ? -1 : name_ns(name);
}

/* --- names ----------------------------------------------------------------*/

static int
add(struct archive *a, const char *name, int64_t until_ns)
{
	struct archive_file *f;

	if (a->n == a->room) {
		size_t room = a->room ? 2 * a->room : 64;

		f = realloc(a->file, room * sizeof *f);
		if (!f)
			return -ENOMEM;
		a->file = f;
		a->room = room;
	}
	f = &a->file[a->n++];
	f->until_ns = until_ns;
	memcpy(f->name, name, strlen(name) + 1);
	return 0;
}

static int
by_label(const void *a, const void *b)
{
	const struct archive_file *x = a, *y = b;
	enum name_form p = name_form(x->name), q = name_form(y->name);

	if (x->until_ns != y->until_ns)
		return x->until_ns < y->until_ns ? -1 : 1;
	return (p > q) - (p < q);
}

/* One name a label. */
static void
thin(struct archive *a)
{
	size_t to = 0;

	for (size_t i = 0; i < a->n; i++)
		if (to == 0 || a->file[i].until_ns != a->file[to - 1].until_ns)
			a->file[to++] = a->file[i];
	a->n = to;
}

/* The names with a label later than after_ns. */
static int
read_names(struct archive *a, int64_t after_ns)
{
	struct dir_walk w;
	const char *name;
	int err, r;

	a->n = 0;
	dir_walk(&w, a->dirfd);
	while ((name = dir_next(&w, &err))) {
		int64_t ns = archive_label(name);

		if (ns <= after_ns)
			continue;
		r = add(a, name, ns);
		if (r < 0)
			return r;
	}
	if (a->n > 0)
		qsort(a->file, a->n, sizeof *a->file, by_label);
	thin(a);
	if (a->n > 0)
		a->newest_ns = a->file[a->n - 1].until_ns;
	return err;
}

/* A plain file, whatever else may have its name. */
static int
open_file(const struct archive *a, const char *name, struct stat *st)
{
	int r,
	    fd = sys_openat(a->dirfd, name,
		O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0);

	if (fd < 0)
		return fd == -ELOOP ? -EPERM : fd;
	r = sys_fstat(fd, st);
	if (r == 0 && S_ISREG(st->st_mode))
		return fd;
	sys_close(fd);
	return r < 0 ? r : -EPERM;
}

static void
tell(struct archive *a, const char *name, const char *what, int err)
{
	if (err == -EPERM) /* by open_file() */
		say_warning(0, "not read, no plain file: ", a->path, "/", name);
	else
		say_warning(err, what, a->path, "/", name);
	a->trouble = true;
}

void
archive_tell(struct archive *a, const char *what, int err)
{
	tell(a, a->at < a->n ? a->file[a->at].name : "", what, err);
}

/* Whether `current` is this file, or there is none and this is -1. */
static bool
is_current(const struct archive *a, int fd)
{
	struct stat now, st;
	int r = sys_fstatat(a->dirfd, "current", &now, AT_SYMLINK_NOFOLLOW);

	if (r < 0 || fd < 0)
		return r < 0 && fd < 0;
	return sys_fstat(fd, &st) == 0 && dir_is_same(&st, &now);
}

/* Makes the size that of whole lines, where that ends by now which the size was
 * inside of. False: it does not. */
static bool
has_line_end(struct archive *a)
{
	uint64_t at = a->current_size > 0 ? a->current_size - 1 : 0;
	char near[NEAR];
	size_t line = 0;
	ssize_t n = 1;

	if (a->current_size == 0)
		return true;
	for (; line == 0 && n > 0; at += line ? line : (size_t)n) {
		n = sys_pread(a->current, near, sizeof near, (off_t)at);
		if (n <= 0)
			return false;
		line = scan_line(view_of(near, (size_t)n));
	}
	a->current_size = at;
	return true;
}

/* The size may be of the middle of a write: its end is waited for a moment. Of
 * a line that svlogd died in, or somebody else writes byte by byte, there is
 * what there is. */
static void
end_line(struct archive *a)
{
	int64_t until = loop_now() + LINE_MS * LOOP_MS;
	struct pollfd told = { .fd = -1, .events = POLLIN };
	int which[8];

	if (has_line_end(a))
		return;
	told.fd = os_watch_fd();
	if (told.fd >= 0 && os_watch_growth(told.fd, a->path) < 0)
		sys_drop(&told.fd);
	while (!has_line_end(a) && loop_now() < until) {
		loop_wait(&told, 1, until);
		while (told.fd >= 0 && os_watch_read(told.fd, which, 8) > 0)
			;
	}
	sys_drop(&told.fd);
}

/* Reads the names and opens `current`, with no rotation between the two. */
static int
look(struct archive *a, int64_t after_ns)
{
	struct stat st = { .st_size = 0 };
	int r;

	for (int i = 0; i < TRIES; i++) {
		sys_drop(&a->current);
		a->current = open_file(a, "current", &st);
		r = read_names(a, after_ns);
		if (r < 0)
			return r;
		if (a->current < 0 && a->current != -ENOENT) {
			tell(a, "current", "unable to read ", a->current);
			a->current = -1;
			return 0;
		}
		if (a->current < 0)
			a->current = -1;
		if (is_current(a, a->current))
			break;
	}
	if (a->current < 0)
		return 0;
	a->current_size = (uint64_t)st.st_size;
	if (!a->follow)
		end_line(a);
	return add(a, "current", dir_changed_ns(&st));
}

int
archive_open(struct archive *a, const char *path)
{
	int r;

	*a = (struct archive){ .path = path,
		.current = -1,
		.unnamed = -1,
		.newest_ns = -1 };
	source_init(&a->source);
	a->dirfd = dir_open(path);
	if (a->dirfd < 0)
		return a->dirfd;
	r = look(a, -1);
	if (r < 0)
		archive_close(a);
	return r;
}

void
archive_close(struct archive *a)
{
	source_free(&a->source);
	sys_drop(&a->current);
	sys_drop(&a->unnamed);
	sys_drop(&a->dirfd);
	free(a->file);
	a->file = NULL;
	a->n = a->room = 0;
}

int64_t
archive_from_ns(const struct archive *a, size_t file)
{
	return file > 0 ? a->file[file - 1].until_ns : INT64_MIN;
}

bool
archive_is_gone(const struct archive *a)
{
	struct stat there, here;

	return sys_fstatat(AT_FDCWD, a->path, &there, 0) < 0 ||
	       sys_fstat(a->dirfd, &here) < 0 || !dir_is_same(&there, &here);
}

/* --- files ----------------------------------------------------------------*/

static bool
is_last(const struct archive *a, size_t file)
{
	return a->current >= 0 && file + 1 == a->n;
}

/* By its name, or by another that its label has got since. */
static int
open_old(struct archive *a, struct archive_file *f)
{
	char name[NAME_SIZE];
	struct stat st;
	int fd = open_file(a, f->name, &st);

	for (int form = 0; fd == -ENOENT && form < NAME_FORMS; form++) {
		name_reform(name, f->name, (enum name_form)form);
		fd = open_file(a, name, &st);
		if (fd >= 0)
			name_copy(f->name, name);
	}
	return fd;
}

int
archive_enter(struct archive *a, size_t file)
{
	int fd, r;

	a->at = file;
	a->in_line = a->stamped = false;
	source_close(&a->source);
	if (file == a->n)
		return 0;
	fd = is_last(a, file) ? sys_dup_from(a->current, 3)
	                      : open_old(a, &a->file[file]);
	if (fd < 0)
		return fd;
	r = source_open(&a->source, fd);
	if (r == 0 && is_last(a, file)) {
		a->source.live = a->follow;
		if (!a->follow)
			source_limit(&a->source, a->current_size);
	}
	return r;
}

/* Whether the last line of a file goes on in the next. */
static bool
ends_inside(struct archive *a, size_t file)
{
	struct block b = { .open = false };
	uint64_t at;

	if (archive_enter(a, file) < 0 ||
	    source_before(&a->source, SOURCE_END, &at) < 0)
		return false;
	source_seek(&a->source, at, SOURCE_END);
	while (source_next(&a->source, &b) > 0)
		;
	return b.open;
}

bool
archive_begins_inside(struct archive *a)
{
	size_t file = a->at;
	struct block b;
	int64_t ns;
	bool has_stamp, inside;

	source_seek(&a->source, 0, SOURCE_END);
	has_stamp =
	    source_next(&a->source, &b) <= 0 || dated_ns(b.text, &ns) == 0;
	source_seek(&a->source, 0, SOURCE_END);
	if (file == 0 || has_stamp)
		return false;
	inside = ends_inside(a, file - 1);
	archive_enter(a, file);
	return inside;
}

void
archive_follow(struct archive *a)
{
	a->follow = true;
	if (a->source.fd < 0 || !is_last(a, a->at))
		return;
	a->source.live = true;
	source_limit(&a->source, SOURCE_END);
}

/* --- the next one ---------------------------------------------------------*/

/* The label that our `current` got: -1 where that cannot be told, or it never
 * got one. */
static int64_t
own_label(const struct archive *a)
{
	char link[64], text[4096], name[NAME_SIZE] = "";
	const char *from;
	ssize_t n;

	snprintf(link, sizeof link, "/proc/self/fd/%d", a->current);
	n = sys_readlinkat(AT_FDCWD, link, text, sizeof text - 1);
	if (n <= 0)
		return -1;
	text[n] = 0;
	from = strrchr(text, '/');
	sscanf(from ? from + 1 : "", "%30[^ ]", name);
	return archive_label(name);
}

/* Drops the file that is `old` from the list; false: it is not there. */
static bool
forget(struct archive *a, const struct stat *old)
{
	for (size_t i = 0; i < a->n; i++) {
		struct stat st;

		if (sys_fstatat(a->dirfd, a->file[i].name, &st,
			AT_SYMLINK_NOFOLLOW) == 0 &&
		    dir_is_same(&st, old)) {
			a->n--;
			memmove(&a->file[i], &a->file[i + 1],
			    (a->n - i) * sizeof *a->file);
			return true;
		}
	}
	return false;
}

/* Of what was read to its end nothing is told again, whatever it is called: it
 * may have a label now, or, under multilog, get one soon. As long as it is held
 * open no other file has its number. */
static void
forget_read(struct archive *a, const struct stat *old)
{
	struct stat st;

	if (a->unnamed >= 0 && sys_fstat(a->unnamed, &st) == 0)
		forget(a, &st);
	sys_drop(&a->unnamed);
	if (!forget(a, old) && a->source.fd >= 0)
		a->unnamed = sys_dup_from(a->source.fd, 3);
}

/* The files that came after the `current` that was read to its end. */
static int
turn(struct archive *a)
{
	int64_t own = a->current >= 0 ? own_label(a) : -1;
	int64_t newest_ns = a->newest_ns;
	struct stat old = { .st_ino = 0 };
	int r = a->current >= 0 ? sys_fstat(a->current, &old) : 0;

	if (own > newest_ns)
		newest_ns = own;
	a->turning = false;
	if (r == 0)
		r = look(a, newest_ns);
	if (r < 0) {
		a->at = a->n = 0;
		return r;
	}
	if (newest_ns > a->newest_ns)
		a->newest_ns = newest_ns;
	if (own < 0)
		forget_read(a, &old);
	source_close(&a->source);
	a->at = 0;
	return 0;
}

/* At the end of what was there. 1: there is more, 0: wait. */
static int
wait_or_turn(struct archive *a)
{
	struct stat st;
	int r;

	if (a->turning) {
		r = turn(a);
		if (r < 0)
			tell(a, "", "unable to read the names in ", r);
		return r == 0 && a->n > 0;
	}
	if (sys_fstatat(a->dirfd, "current", &st, AT_SYMLINK_NOFOLLOW) < 0)
		return 0; /* not there, or not yet */
	if (a->current >= 0 && is_current(a, a->current)) {
		if (sys_fstat(a->current, &st) == 0 &&
		    (uint64_t)st.st_size < a->source.at) {
			say_warning(0, a->path, "/current: was cut");
			source_seek(&a->source, (uint64_t)st.st_size,
			    SOURCE_END);
		}
		return 0;
	}
	/* It was renamed after the last write to it: a last look at it. */
	a->turning = true;
	a->source.live = false;
	return 1;
}

static void
enter_next(struct archive *a)
{
	bool in_line = a->in_line;
	int r = archive_enter(a, a->at);

	a->in_line = in_line;
	if (r == 0)
		return;
	if (r == -ENOENT)
		archive_tell(a, "deleted before it was read: ", 0);
	else
		archive_tell(a, "unable to read ", r);
	source_close(&a->source);
	a->at++;
}

/* Where there are no stamps, what is read of a living file has the time of the
 * last write to it. */
static void
date(struct archive *a)
{
	struct stat st;

	if (a->source.live && sys_fstat(a->source.fd, &st) == 0)
		a->file[a->at].until_ns = dir_changed_ns(&st);
}

/* A line longer than svlogd's limit goes on in the next file; one that was cut
 * off by a crash does not, as what follows has a stamp. */
static void
join(struct archive *a, struct block *b)
{
	int64_t ns;

	if (a->in_line && !b->goes_on)
		b->goes_on = dated_ns(b->text, &ns) < 0;
	a->in_line = b->open;
}

int
archive_next(struct archive *a, struct block *b)
{
	for (;;) {
		int r;

		if (a->source.fd < 0 && a->at < a->n) {
			enter_next(a);
			continue;
		}
		r = a->source.fd < 0 ? 0 : source_next(&a->source, b);
		if (r > 0) {
			join(a, b);
			date(a);
			return 1;
		}
		if (r < 0)
			archive_tell(a, "unable to read all of ", r);
		if (a->follow && (a->at >= a->n || is_last(a, a->at))) {
			if (!wait_or_turn(a))
				return 0;
			continue;
		}
		if (a->at >= a->n)
			return 0;
		source_close(&a->source);
		a->at++;
	}
}
