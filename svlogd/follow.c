/* Logs that are read while they are written. */
#include "follow.h"

#include <errno.h>

#include "loop.h"
#include "say.h"
#include "sys.h"

enum {
	LOOK_MS = 250,       /* where the system does not tell of writes */
	LOOK_TOLD_MS = 1000, /* where it does: what it may have missed */
	LATE_MS = 1000,      /* a line may be so late */
};

/* A system that tells of writes, or -1. */
static int
watch(const struct merge *m)
{
	int fd = os_watch_fd();

	for (size_t i = 0; fd >= 0 && i < m->n; i++)
		if (os_watch_growth(fd, m->stream[i].archive.path) < 0)
			sys_drop(&fd);
	return fd < 0 ? -1 : fd;
}

/* A directory that took another's place is read from its beginning, once
 * svlogd writes to it, and so no longer to the other one; *again: that one is
 * to be read to its end before. */
static void
move(struct stream *s, int watch, bool *again)
{
	struct archive *a = &s->archive, fresh;

	if (!archive_is_gone(a) || archive_open(&fresh, a->path) < 0)
		return;
	if (fresh.current < 0 || !s->leaving) {
		s->leaving = *again = fresh.current >= 0;
		archive_close(&fresh);
		return;
	}
	say_warning(0, a->path, ": is another directory now");
	if (watch >= 0)
		os_watch_growth(watch, a->path);
	archive_follow(&fresh);
	archive_close(a);
	*a = fresh;
	s->leaving = false;
}

/* Whether all that is of before -u has been written: a line has the time at
 * which it was read, and goes out at once. */
static bool
is_over(const struct merge *m)
{
	int64_t until_ns = m->n > 0 ? m->stream->query->until_ns : INT64_MAX;

	return sys_wall_ns() - LATE_MS * LOOP_MS >= until_ns;
}

static bool
has_ended(const struct merge *m)
{
	for (size_t i = 0; i < m->n; i++)
		if (!m->stream[i].ended)
			return false;
	return true;
}

/* False: nobody reads what is printed. */
static bool
wait_for_more(struct merge *m, int watch, int64_t *look)
{
	struct pollfd fds[] = {
		{ .fd = watch, .events = POLLIN },
		{ .fd = 1 }, /* a pipe's other end may be closed */
	};
	int which[32];

	loop_wait(fds, 2, *look);
	if (fds[0].revents)
		while (os_watch_read(watch, which, 32) > 0)
			;
	if (loop_now() >= *look) {
		bool again = false;

		for (size_t i = 0; i < m->n; i++)
			move(&m->stream[i], watch, &again);
		if (!again)
			*look = loop_now() +
			        (watch < 0 ? LOOK_MS : LOOK_TOLD_MS) * LOOP_MS;
	}
	return !(fds[1].revents & (POLLERR | POLLHUP | POLLNVAL));
}

int
follow_run(struct merge *m, struct show *show)
{
	int fd = watch(m), some = 0, r = 0;
	struct stream *of;
	struct run run;
	int64_t look = loop_now();
	bool over;

	for (size_t i = 0; i < m->n; i++)
		archive_follow(&m->stream[i].archive);
	do {
		over = is_over(m);
		while (show->out.err == 0 && merge_next(m, &run, &of)) {
			show_run(show, &run, of);
			some = 1;
		}
		r = out_flush(&show->out);
	} while (
	    r == 0 && !over && !has_ended(m) && wait_for_more(m, fd, &look));
	sys_drop(&fd);
	return r < 0 ? r : some;
}
