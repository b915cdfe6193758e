/* The script `check` of a service. */
#include "svcheck.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>

#include "buf.h"
#include "loop.h"
#include "spawn.h"
#include "svtell.h"
#include "sys.h"

/* One that says no is asked again after a while, which doubles up to the time
 * runit waits. */
enum {
	PAUSE_FIRST_MS = 25,
	PAUSE_MOST_MS = 420,
	UNABLE = 250, /* exit code of a child that cannot execute it */
};

static void
later(struct svcheck *c)
{
	c->pause_ns = c->pause_ns ? c->pause_ns * 2 : PAUSE_FIRST_MS * LOOP_MS;
	if (c->pause_ns > PAUSE_MOST_MS * LOOP_MS)
		c->pause_ns = PAUSE_MOST_MS * LOOP_MS;
	c->again = loop_now() + c->pause_ns;
	c->state = SVCHECK_IDLE;
}

static void
tell(struct svcheck *c, const char *what, const char *name, int err)
{
	if (!c->told)
		svtell_aside(what, name, "", "/check", err);
	c->told = true;
}

static void
start(struct svcheck *c, int dir, const char *name, int null)
{
	static const char *const argv[] = { "./check", NULL };
	char words[512];
	struct buf b;
	const struct spawn sp = {
		.argv = argv,
		.cwd = dir,
		.fd = { { 0, null }, { 1, null } },
		.n_fd = 2,
		.own_group = true,
		.words = words,
		.unable = UNABLE,
	};
	pid_t pid;

	buf_init(&b, words, sizeof words - 1);
	buf_str(&b, "unable to run ");
	buf_put(&b, view_first(view_str(name), 256));
	buf_str(&b, "/check");
	words[b.n] = 0;
	pid = spawn_start(&sp);
	if (pid < 0) {
		tell(c, "unable to fork for ", name, pid);
		later(c);
		return;
	}
	c->pid = pid;
	c->state = SVCHECK_RUNS;
}

void
svcheck_ask(struct svcheck *c, int dir, const char *name, int null)
{
	struct stat st;
	int r;

	if (c->state != SVCHECK_IDLE || loop_now() < c->again)
		return;
	r = sys_fstatat(dir, "check", &st, 0);
	if (r == -ENOENT) {
		c->state = SVCHECK_READY;
	} else if (r < 0) {
		tell(c, "unable to stat ", name, r);
		later(c);
	} else if (!S_ISREG(st.st_mode) || (st.st_mode & 0111) == 0) {
		tell(c, "unable to run ", name, -EACCES);
		c->state = SVCHECK_READY;
	} else {
		start(c, dir, name, null);
	}
}

void
svcheck_ended(struct svcheck *c, int status)
{
	int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;

	c->pid = 0;
	if (code == 0 || code == UNABLE)
		c->state = SVCHECK_READY;
	else
		later(c);
}

void
svcheck_stop(struct svcheck *c)
{
	if (c->state != SVCHECK_RUNS)
		return;
	/* Not waited for: even this may take its time. */
	sys_kill(-c->pid, SIGKILL);
	c->pid = 0;
	c->state = SVCHECK_IDLE;
}
