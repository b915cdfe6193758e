/* Starting a runsv for a service. */
#include "launch.h"

#include <errno.h>
#include <limits.h>

#include "buf.h"
#include "hail.h"
#include "lent.h"
#include "loop.h"
#include "spawn.h"
#include "sys.h"
#include "which.h"
#include "whole.h"

#define RETRY_NS (1 * LOOP_S)
#define TELL_NS (5 * LOOP_S)

enum {
	EXIT_UNABLE = 100, /* of a child that cannot become runsv */
	LENT_FIRST = 3,    /* where a runsv has what it is lent */
	FDS_SPARE = 32,    /* not to be kept: for what else is to be opened */
};

int
launch_init(struct launch *l, bool sessions)
{
	struct rlimit rl;
	int r = sys_getrlimit(RLIMIT_NOFILE, &rl);

	if (r < 0)
		return r;
	*l = (struct launch){
		.sessions = sessions,
		.fds_given = rl.rlim_cur,
		.fds_most = rl.rlim_cur,
	};
	rl.rlim_cur = rl.rlim_max;
	if (sys_setrlimit(RLIMIT_NOFILE, &rl) == 0)
		l->fds_most = rl.rlim_max;
	return 0;
}

void
launch_put_off(struct launch *l, enum say_level level, int err,
    const char *words, const char *name)
{
	int64_t now = loop_now();

	l->at = now + RETRY_NS;
	if (err == l->said || (err == l->trouble && now < l->tell_at))
		return;
	l->trouble = err;
	l->tell_at = now + TELL_NS;
	say(level, err, words, name, (char *)0);
}

bool
launch_may_keep(const struct launch *l, int fd)
{
	return fd < 0 || (rlim_t)fd + FDS_SPARE < l->fds_most;
}

/* A pipe and a ring for the entry's logger, if it has one, nobody else's runsv
 * is there and we may have that many descriptors; without them runsv makes its
 * own. */
static void
lend(struct launch *l, struct entry *e, int dirfd)
{
	int r;

	if (lent_is_open(&e->lent) || !whole_has_log(dirfd, e->name) ||
	    hail_heard(dirfd, e->name))
		return;
	r = lent_make(&e->lent);
	lent_move(&e->lent, SPAWN_LOW);
	if (!launch_may_keep(l, e->lent.write_fd) ||
	    !launch_may_keep(l, e->lent.ring_fd))
		r = -EMFILE;
	if (r == 0)
		return;
	lent_close(&e->lent);
	if (!l->told_few)
		say_warning(r, "unable to lend a pipe to runsv ", e->name);
	l->told_few = true;
}

static void
add_lent(struct spawn *sp, const struct lent *l, struct buf *text)
{
	sp->env = LENT_LOG;
	if (!lent_is_open(l) || lent_text(l, LENT_FIRST, text) < 0)
		return;
	buf_ch(text, 0);
	sp->env = text->p;
	sp->fd[0] = (struct spawn_fd){ LENT_FIRST, l->read_fd };
	sp->fd[1] = (struct spawn_fd){ LENT_FIRST + 1, l->write_fd };
	sp->fd[2] = (struct spawn_fd){ LENT_FIRST + 2, l->ring_fd };
	sp->n_fd = 3;
}

void
launch_runsv(struct launch *l, struct entry *e, int dirfd, int64_t now)
{
	const char *const argv[] = { "runsv", e->name, NULL };
	char path[PATH_MAX], words[NAME_MAX + 32], text[LENT_TEXT];
	struct spawn sp = {
		.argv = argv,
		.path = path,
		.cwd = dirfd,
		.session = l->sessions,
		.brief = true,
		.nofile = &l->fds_given,
		.words = words,
		.unable = EXIT_UNABLE,
	};
	struct buf t;
	pid_t pid;
	int r = which_find(dirfd, "runsv", path, sizeof(path));

	if (r < 0) {
		launch_put_off(l, SAY_FATAL, r, "unable to start runsv ",
		    e->name);
		return;
	}
	buf_join(words, sizeof(words), "unable to start runsv ", e->name,
	    (char *)0);
	buf_init(&t, text, sizeof(text));
	lend(l, e, dirfd);
	add_lent(&sp, &e->lent, &t);
	pid = spawn_start(&sp);
	if (pid < 0) {
		launch_put_off(l, SAY_WARNING, pid, "unable to fork for ",
		    e->name);
		return;
	}
	l->trouble = 0;
	scandir_started(e, pid, now);
}
