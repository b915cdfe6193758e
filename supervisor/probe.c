/* The script `check` of a service. */
#include "probe.h"

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
later(struct probe *p)
{
	p->pause_ns = p->pause_ns ? p->pause_ns * 2 : PAUSE_FIRST_MS * LOOP_MS;
	if (p->pause_ns > PAUSE_MOST_MS * LOOP_MS)
		p->pause_ns = PAUSE_MOST_MS * LOOP_MS;
	p->again = loop_now() + p->pause_ns;
	p->state = PROBE_IDLE;
}

static void
tell(struct probe *p, const char *what, const char *name, int err)
{
	if (!p->told)
		svtell_aside(what, name, "", "/check", err);
	p->told = true;
}

static void
start(struct probe *p, int dir, const char *name, int null)
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
		tell(p, "unable to fork for ", name, pid);
		later(p);
		return;
	}
	p->pid = pid;
	p->state = PROBE_RUNS;
}

void
probe_ask(struct probe *p, int dir, const char *name, int null)
{
	struct stat st;
	int r;

	if (p->state != PROBE_IDLE || loop_now() < p->again)
		return;
	r = sys_fstatat(dir, "check", &st, 0);
	if (r == -ENOENT) {
		p->state = PROBE_READY;
	} else if (r < 0) {
		tell(p, "unable to stat ", name, r);
		later(p);
	} else if (!S_ISREG(st.st_mode) || (st.st_mode & 0111) == 0) {
		tell(p, "unable to run ", name, -EACCES);
		p->state = PROBE_READY;
	} else {
		start(p, dir, name, null);
	}
}

void
probe_ended(struct probe *p, int status)
{
	int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;

	p->pid = 0;
	if (code == 0 || code == UNABLE)
		p->state = PROBE_READY;
	else
		later(p);
}

void
probe_stop(struct probe *p)
{
	if (p->state != PROBE_RUNS)
		return;
	/* Not waited for: even this may take its time. */
	sys_kill(-p->pid, SIGKILL);
	p->pid = 0;
	p->state = PROBE_IDLE;
}
