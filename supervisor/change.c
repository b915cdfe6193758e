/* A process state as it is to be, and its application. */
#include "change.h"

#include <errno.h>
#include <fcntl.h>

#include "buf.h"
#include "envdir.h"
#include "private.h"
#include "say.h"
#include "sys.h"
#include "which.h"

enum { EXIT_TROUBLE = 111 };

/* What becomes of a change while it is applied. */
struct work {
	const struct change *c;
	struct ids ids, env_ids;
	struct vars vars;
	int lock; /* the descriptor, or -1: not open yet */
	bool leaves;
};

/* --- names ----------------------------------------------------------------*/

/* `text` after `words`, or a lookup that failed. */
static int
say_unknown(int r, const char *words, const char *text, bool is_account)
{
	if (r == 0 || r == -EINVAL)
		say_fatal(0, words, ": ", text);
	else if (r == -E2BIG)
		say_fatal(0, "too many groups: ", text);
	else
		say_fatal(r, "unable to get password",
		    is_account ? "" : "/group", " file entry");
	return r < 0 ? r : -ENOENT;
}

static int
find(struct ids *ids, const struct change *c, const char *text, bool all)
{
	int r;

	if (c->is_account) {
		r = ids_account(ids, text);
		return r > 0 ? 0
		             : say_unknown(r, "unknown account", text, true);
	}
	if (*text == ':') {
		r = all ? -EINVAL : ids_numbers(ids, view_str(text + 1));
		return r == 0 ? 0
		              : say_unknown(r, "invalid uid/gids", text + 1,
				    false);
	}
	r = ids_names(ids, text);
	if (r > 0 && all)
		r = ids_add_groups(ids, text);
	return r > 0 ? 0 : say_unknown(r, "unknown user/group", text, false);
}

/* First of all: in another root there may be other names, or somebody else's
 * idea of them. */
static int
find_names(struct work *w)
{
	const struct change *c = w->c;
	int r = 0;

	if (c->env_user)
		r = find(&w->env_ids, c, c->env_user, false);
	if (r == 0 && c->user)
		r = find(&w->ids, c, c->user, c->all_groups);
	return r;
}

/* --- the steps ------------------------------------------------------------*/

/* -errno with the reason said, unless r is none. */
static int
told(int r, const char *words, const char *name)
{
	if (r >= 0)
		return 0;
	if (name)
		say_fatal(r, words, ": ", name);
	else
		say_fatal(r, words);
	return r;
}

/* Who leads a session or a group already stays what it is. */
static int
new_session(struct work *w)
{
	if (w->c->session)
		sys_setsid();
	return 0;
}

static int
read_env(struct work *w)
{
	if (!w->c->env_dir)
		return 0;
	return envdir_read(&w->vars, w->c->env_dir, w->c->verbose);
}

static int
enter_root(struct work *w)
{
	int r;

	if (!w->c->root)
		return 0;
	r = told(sys_chdir(w->c->root), "unable to change directory",
	    w->c->root);
	return r < 0 ? r
	             : told(sys_chroot("."), "unable to change root directory",
			   NULL);
}

static int
enter_dir(struct work *w)
{
	if (!w->c->dir)
		return 0;
	return told(sys_chdir(w->c->dir), "unable to change directory",
	    w->c->dir);
}

static int
be_nicer(struct work *w)
{
	if (!w->c->is_nicer)
		return 0;
	return told(sys_nice(w->c->nicer), "unable to set nice level", NULL);
}

static int
set_number(struct vars *vars, const char *name, uint64_t value)
{
	char text[24];
	struct buf b;

	buf_init(&b, text, sizeof(text));
	buf_u64(&b, value);
	return vars_set(vars, name, buf_view(&b));
}

static int
name_ids(struct work *w)
{
	int r = 0;

	if (!w->c->env_user)
		return 0;
	r = set_number(&w->vars, "GID", w->env_ids.gid[0]);
	if (r == 0)
		r = set_number(&w->vars, "UID", w->env_ids.uid);
	if (r < 0)
		say_fatal(0, "out of memory.");
	return r;
}

/* A hard limit goes up only while we are root. */
static int
set_hard(struct work *w)
{
	return rlimits_set_hard(w->c->limit);
}

/* As whoever we are now, who may be root still: only where nobody else can have
 * a hand in what is opened. The program gets the descriptor. */
static int
open_lock_early(struct work *w)
{
	int r;

	if (!w->c->lock || !w->c->user)
		return 0;
	r = private_open(w->c->lock, O_CREAT);
	if (r >= 0)
		w->lock = r;
	return 0;
}

static bool
is_among(gid_t gid, const struct ids *ids)
{
	size_t i;

	for (i = 0; i < ids->n; i++)
		if (ids->gid[i] == gid)
			return true;
	return false;
}

/* Whether there is no way back. Root has not gone anywhere. */
static bool
is_final(const struct ids *ids)
{
	if (ids->uid == 0)
		return true;
	return os_set_uids(0) < 0 && (ids->gid[0] == 0 || os_set_gids(0) < 0);
}

/* Whether we are now who we are to be, three times over. */
static bool
is_so(const struct ids *ids)
{
	gid_t gids[IDS_GROUPS + 1], gid[3];
	uid_t uid[3];
	int i, n;

	if (os_get_uids(uid) < 0 || os_get_gids(gid) < 0)
		return false;
	for (i = 0; i < 3; i++)
		if (uid[i] != ids->uid || gid[i] != ids->gid[0])
			return false;
	n = sys_getgroups(IDS_GROUPS + 1, gids);
	for (i = 0; i < n; i++)
		if (!is_among(gids[i], ids))
			return false;
	return n >= 0;
}

static int
take_ids(struct work *w)
{
	const struct ids *ids = &w->ids;
	int r;

	if (!w->c->user)
		return 0;
	r = told(os_set_groups(ids->n, ids->gid), "unable to setgroups", NULL);
	if (r == 0)
		r = told(os_set_gids(ids->gid[0]), "unable to setgid", NULL);
	if (r == 0)
		r = told(os_set_uids(ids->uid), "unable to setuid", NULL);
	if (r < 0)
		return r;
	if (is_so(ids) && is_final(ids))
		return 0;
	say_fatal(0, "the change of user is not complete");
	return -EPERM;
}

static int
take_lock(struct work *w)
{
	const struct change *c = w->c;
	int r;

	if (!c->lock)
		return 0;
	r = w->lock;
	if (r < 0)
		r = sys_open(c->lock,
		    O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK | O_NOCTTY,
		    0600);
	if (r < 0) {
		w->leaves = c->lock_or_leave;
		return w->leaves ? r : told(r, "unable to open lock", c->lock);
	}
	r = c->lock_waits ? sys_flock_wait(r) : sys_flock(r);
	if (r < 0) {
		w->leaves = c->lock_or_leave;
		return w->leaves ? r : told(r, "unable to lock", c->lock);
	}
	return 0;
}

static int
close_fds(struct work *w)
{
	static const char *const words[] = { "unable to close stdin",
		"unable to close stdout", "unable to close stderr" };
	int fd, r = 0;

	for (fd = 0; r == 0 && fd < 3; fd++)
		if (w->c->closed[fd])
			r = told(sys_close(fd), words[fd], NULL);
	return r;
}

static int
set_soft(struct work *w)
{
	return rlimits_set_soft(w->c->limit, w->c->verbose);
}

/* The order in which it is done. */
static int (*const steps[])(struct work *w) = {
	find_names,
	new_session,
	read_env,
	enter_root,
	enter_dir,
	be_nicer,
	name_ids,
	set_hard,
	open_lock_early,
	take_ids,
	take_lock,
	close_fds,
	set_soft,
};

/* By the PATH we were called with, not the program's. */
static const char *
path_of(char *const env[])
{
	for (; *env != NULL; env++)
		if (strncmp(*env, "PATH=", 5) == 0)
			return *env + 5;
	return NULL;
}

static void
become(struct work *w, char *const env[])
{
	char **argv = w->c->argv;
	const char *file = argv[0];
	/* execve() takes strings it may write, and does not. */
	union {
		const char *ours;
		char *theirs;
	} argv0 = { .ours = w->c->argv0 };
	int r;

	if (argv0.ours)
		argv[0] = argv0.theirs;
	r = which_exec(path_of(env), file, argv, w->vars.v);
	say_fatal(r, "unable to run: ", file);
}

int
change_run(const struct change *c, char *const env[])
{
	struct work w = { .c = c, .lock = -1 };
	size_t i;
	int r;

	r = vars_init(&w.vars, env);
	if (r < 0)
		say_fatal(0, "out of memory.");
	for (i = 0; r == 0 && i < sizeof(steps) / sizeof(steps[0]); i++)
		r = steps[i](&w);
	if (r == 0)
		become(&w, env);
	vars_free(&w.vars);
	return w.leaves ? 0 : EXIT_TROUBLE;
}
