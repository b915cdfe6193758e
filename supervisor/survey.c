/* Looking at the directory: when, and what is there. */
#include "survey.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>

#include "buf.h"
#include "dir.h"
#include "loop.h"
#include "say.h"
#include "sys.h"

/* News that nobody tells, of a network or a lower layer: the directory itself
 * is looked at often, what its links lead to not so often. */
#define POLL_NS (5 * LOOP_S)
#define SOON_NS (1 * LOOP_S)
#define WHOLE_NS (60 * LOOP_S)
#define TELL_NS (60 * LOOP_S)

/* Of a time on disk two changes may share; some have no more than this. */
#define COARSE_NS (2 * LOOP_S)

/* As many times as long as a scan took there is none. */
enum { REST = 10 };

void
survey_init(struct survey *s, const char *path)
{
	int r;

	*s = (struct survey){ .path = path, .wanted = true, .tell = true };
	r = watch_open(&s->watch);
	if (r < 0)
		say_warning(r, "unable to be told of changes of ", path);
}

void
survey_close(struct survey *s)
{
	watch_close(&s->watch);
}

void
survey_ask(struct survey *s)
{
	s->wanted = s->tell = true;
}

void
survey_heard(struct survey *s)
{
	s->wanted |= watch_news(&s->watch);
}

int64_t
survey_deadline(const struct survey *s)
{
	return s->wanted ? loop_sooner(s->rest, s->poll_at) : s->poll_at;
}

/* Whether it has other names, or is another. */
static bool
has_changed(const struct stat *a, const struct stat *b)
{
	return !dir_is_same(a, b) || a->st_mtim.tv_sec != b->st_mtim.tv_sec ||
	       a->st_mtim.tv_nsec != b->st_mtim.tv_nsec;
}

/* --- trouble --------------------------------------------------------------*/

/* Says it once, and again when it is another, or lasts. */
static void
complain(struct survey *s, int err, const char *what, int64_t now)
{
	s->poll_at = loop_sooner(s->poll_at, now + SOON_NS);
	if (err == s->trouble && now < s->tell_at)
		return;
	s->trouble = err;
	s->tell_at = now + TELL_NS;
	say_warning(err, what, s->path);
}

/* runit stats the directory, changes to it, and reads it: its words for what
 * fails are three. */
static const char *
words_for(int err)
{
	if (err == -ENOENT || err == -ELOOP)
		return "unable to stat ";
	if (err == -ENOTDIR || err == -EACCES)
		return "unable to change directory to ";
	return "unable to open directory ";
}

/* --- a scan ---------------------------------------------------------------*/

static bool
is_link(int dirfd, const char *name)
{
	struct stat st;

	return sys_fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       S_ISLNK(st.st_mode);
}

/* That the link leads somewhere else is news. */
static void
watch_link(struct survey *s, const char *name)
{
	char path[PATH_MAX];

	if (buf_join(path, sizeof(path), s->path, "/", name, (char *)0))
		watch_way(&s->watch, path);
}

/* Whether the failure to look means that there is no such directory. */
static bool
is_gone(int err)
{
	return err == -ENOENT || err == -ENOTDIR || err == -ELOOP;
}

/* Watches where a link leads; what changed before that shows when it is
 * looked at once more. */
static void
follow(struct survey *s, int dirfd, const char *name, const struct stat *old)
{
	struct stat st = { 0 };

	watch_link(s, name);
	sys_fstatat(dirfd, name, &st, 0);
	s->wanted |= !dir_is_same(&st, old);
}

/* One name: 0, or why it cannot be looked at. */
static int
see(struct survey *s, struct scandir *sd, int dirfd, const char *name,
    int64_t now)
{
	struct stat st = { 0 };
	struct entry *e;
	int r = sys_fstatat(dirfd, name, &st, 0);

	if (is_gone(r)) {
		if (!is_link(dirfd, name))
			return 0; /* since its name was read */
		follow(s, dirfd, name, &st);
		return r;
	}
	if (r < 0) {
		scandir_keep(sd, name);
		return r;
	}
	if (!S_ISDIR(st.st_mode))
		return 0;
	r = scandir_see(sd, name, st.st_dev, st.st_ino, now, &e);
	if ((r > 0 || (r == 0 && s->moved)) && is_link(dirfd, name)) {
		follow(s, dirfd, name, &st);
		if (r > 0) /* of a service the link is what is made last */
			scandir_ready(e);
	}
	return r < 0 ? r : 0;
}

static void
tell_of(const char *name, int err)
{
	if (err == -ENOMEM)
		say_warning(err, "unable to start runsv ", name);
	else
		say_warning(err, "unable to stat ", name);
}

static int
see_all(struct survey *s, struct scandir *sd, int dirfd, int64_t now)
{
	struct dir_walk walk;
	const char *name;
	int err = 0;

	dir_walk(&walk, dirfd);
	while ((name = dir_next(&walk, &err)) != NULL) {
		int r = name[0] == '.' ? 0 : see(s, sd, dirfd, name, now);

		if (r < 0 && s->tell)
			tell_of(name, r);
	}
	return err;
}

/* Other failures show when it is opened. */
static bool
watches_ran_out(int err)
{
	return err == -ENOSPC || err == -EMFILE || err == -ENOMEM;
}

/* The watches of what the path led to before are of no use any more. */
static void
watch_dir(struct survey *s, bool moved)
{
	int r = 0;

	if (moved) {
		watch_close(&s->watch);
		r = watch_open(&s->watch);
	}
	if (r == 0)
		r = watch_way(&s->watch, s->path);
	if (r == 0)
		r = watch_names(&s->watch, s->path);
	if (watches_ran_out(r) && r != s->unwatched)
		say_warning(r, "unable to be told of changes of ", s->path);
	s->unwatched = r;
}

/* Opens it, watched from before its names are read. */
static int
open_dir(struct survey *s)
{
	struct stat st = s->last;
	int fd, r;

	sys_fstatat(AT_FDCWD, s->path, &st, 0);
	s->moved = !dir_is_same(&st, &s->last);
	watch_dir(s, s->moved);
	fd = dir_open(s->path);
	if (fd < 0)
		return fd;
	r = sys_fstat(fd, &st);
	if (r == 0) {
		s->tell |= has_changed(&st, &s->last);
		s->last = st;
		return fd;
	}
	sys_close(fd);
	return r;
}

/* Whether a change to come may have the same time as the last one. */
static bool
is_young(const struct stat *st)
{
	int64_t age = sys_wall_ns() - dir_changed_ns(st);

	return age >= 0 && age < COARSE_NS;
}

static void
scan(struct survey *s, struct scandir *sd, int64_t now)
{
	int err, fd;

	s->wanted = false;
	s->poll_at = now + POLL_NS;
	s->whole_at = now + WHOLE_NS;
	fd = open_dir(s);
	if (fd < 0) {
		complain(s, fd, words_for(fd), now);
		return;
	}
	scandir_begin(sd);
	err = see_all(s, sd, fd, now);
	scandir_end(sd, err == 0);
	sys_close(fd);
	if (err < 0) {
		complain(s, err, "unable to read directory ", now);
		return;
	}
	s->trouble = 0;
	s->tell = false;
	s->young = is_young(&s->last);
	if (s->young)
		s->poll_at = now + SOON_NS;
}

/* Whether it looks other than at the last scan, or cannot be looked at. */
static bool
looks_new(const struct survey *s)
{
	struct stat st;

	return s->trouble || s->young ||
	       sys_fstatat(AT_FDCWD, s->path, &st, 0) < 0 ||
	       has_changed(&st, &s->last);
}

void
survey_tick(struct survey *s, struct scandir *sd, int64_t now)
{
	if (now >= s->poll_at) {
		s->wanted |= now >= s->whole_at || looks_new(s);
		s->poll_at = now + POLL_NS;
	}
	if (!s->wanted || now < s->rest)
		return;
	scan(s, sd, now);
	s->rest = loop_now();
	s->rest += REST * (s->rest - now);
}
