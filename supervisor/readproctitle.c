/* What services say on standard error, shown in the process list. */
#include "readproctitle.h"

#include "loop.h"
#include "say.h"
#include "sys.h"

#define DOT_NS (15 * 60 * LOOP_S)

static int
open_pipe(struct readproctitle *r)
{
	int fd[2], rc = sys_pipe(fd);

	if (rc < 0)
		return rc;
	rc = sys_nonblock(fd[1]);
	if (rc >= 0)
		rc = sys_dup2(fd[1], 2);
	sys_close(fd[1]);
	if (rc < 0) {
		sys_close(fd[0]);
		return rc;
	}
	r->fd = fd[0];
	r->dot_at = loop_now() + DOT_NS;
	return 0;
}

void
readproctitle_open(struct readproctitle *r, char *argument)
{
	int rc;

	r->fd = -1;
	r->dot_at = LOOP_NEVER;
	if (!argument)
		return;
	if (proctitle_init(&r->title, argument) < 0) {
		say_warning(0, "log must have at least seven characters.");
	} else {
		rc = open_pipe(r);
		if (rc == 0)
			return;
		say_warning(rc, "unable to create pipe for log.");
	}
	say_warning(0, "log service disabled.");
}

void
readproctitle_read(struct readproctitle *r)
{
	char text[4096];
	ssize_t n = os_read_nowait(r->fd, text, sizeof(text));

	if (n > 0)
		proctitle_put(&r->title, view_of(text, (size_t)n));
}

void
readproctitle_tick(struct readproctitle *r, int64_t now)
{
	if (now < r->dot_at)
		return;
	proctitle_put(&r->title, view_str("."));
	r->dot_at = now + DOT_NS;
}
