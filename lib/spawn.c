/* A child process, described as data. */

#include "spawn.h"

#include <assert.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "say.h"
#include "sys.h"

extern char **environ;

static bool
counts(const struct spawn_fd *fd)
{
	return fd->from >= 0;
}

static bool
is_source(const struct spawn *sp, int fd)
{
	size_t i;

	for (i = 0; i < sp->n_fd; i++)
		if (counts(&sp->fd[i]) && sp->fd[i].from == fd)
			return true;
	return false;
}

/* The lowest numbers above every target that are nobody's source: there a
 * descriptor is safe while the targets are filled. */
static void
choose_aside(const struct spawn *sp, int aside[SPAWN_FDS])
{
	int next = 3;
	size_t i;

	for (i = 0; i < sp->n_fd; i++)
		if (counts(&sp->fd[i]) && sp->fd[i].to >= next)
			next = sp->fd[i].to + 1;
	for (i = 0; i < sp->n_fd; i++) {
		while (is_source(sp, next))
			next++;
		aside[i] = next++;
	}
}

/* Everything from 3 on is marked before the targets are filled: dup2() makes
 * them without the mark, so that exec keeps them and closes all else. */
static int
place_fds(const struct spawn *sp)
{
	int aside[SPAWN_FDS], r = 0;
	size_t i;

	choose_aside(sp, aside);
	for (i = 0; i < sp->n_fd && r >= 0; i++)
		if (counts(&sp->fd[i]))
			r = sys_dup2(sp->fd[i].from, aside[i]);
	if (r >= 0)
		r = os_close_from(3, true);
	for (i = 0; i < sp->n_fd && r >= 0; i++)
		if (counts(&sp->fd[i]))
			r = sys_dup2(aside[i], sp->fd[i].to);
	return r;
}

/* Until the parent opens it; the end of it is the parent's end. */
static int
pass_gate(const struct spawn *sp)
{
	char c;
	ssize_t r;

	sys_close(sp->gate[1]);
	r = sys_read(sp->gate[0], &c, 1);
	if (r == 0 && (sp->is_known == NULL || !sp->is_known(sp->of)))
		_exit(0);
	return r < 0 ? (int)r : 0;
}

/* The hard limit may be another since the parent looked. */
static int
allow_fds(rlim_t most)
{
	struct rlimit rl;
	int r = sys_getrlimit(RLIMIT_NOFILE, &rl);

	if (r < 0)
		return r;
	rl.rlim_cur = most < rl.rlim_max ? most : rl.rlim_max;
	return sys_setrlimit(RLIMIT_NOFILE, &rl);
}

static int
prepare(const struct spawn *sp)
{
	int r = os_signal_clear();

	if (r >= 0 && sp->session)
		r = sys_setsid();
	if (r >= 0 && sp->own_group && !sp->session)
		r = sys_setpgid(0, 0);
	if (r >= 0 && sp->cwd >= 0)
		r = sys_fchdir(sp->cwd);
	if (r >= 0)
		r = place_fds(sp);
	/* Last: descriptors above it may have been in use. */
	if (r >= 0 && sp->nofile != NULL)
		r = allow_fds(*sp->nofile);
	return r;
}

/* The environment with `env`, in the room that the child has for it. */
static char **
make_env(char *room[SPAWN_ENV], const char *env)
{
	size_t name = strcspn(env, "="), n = 0;
	char **at;

	for (at = environ; *at != NULL; at++) {
		if (strncmp(*at, env, name) == 0 && (*at)[name] == '=')
			continue;
		if (n == SPAWN_ENV - 2)
			return environ;
		room[n++] = *at;
	}
	if (env[name] == '=') /* execve() does not write to it */
		room[n++] = (char *)(uintptr_t)env;
	room[n] = NULL;
	return room;
}

static _Noreturn void
child(const struct spawn *sp)
{
	/* execve() takes strings it may write, and does not. */
	union {
		const char *const *ours;
		char *const *theirs;
	} argv = { .ours = sp->argv };
	char *room[SPAWN_ENV], **envp = environ;
	int r = sp->gate != NULL ? pass_gate(sp) : 0;

	if (r >= 0)
		r = prepare(sp);
	if (sp->env != NULL)
		envp = make_env(room, sp->env);
	if (r >= 0)
		r = sys_execve(sp->path != NULL ? sp->path : sp->argv[0],
		    argv.theirs, envp);
	if (sp->words != NULL)
		say_fatal(r, sp->words);
	_exit(sp->unable != 0 ? sp->unable : SPAWN_UNABLE);
}

static void
run_child(const void *sp)
{
	child(sp);
}

/* Copies of what is to be given, among those that a brief child has. */
static int
bring_down(struct spawn *sp)
{
	size_t i;

	for (i = 0; i < sp->n_fd; i++) {
		struct spawn_fd *fd = &sp->fd[i];

		if (fd->from < SPAWN_LOW)
			continue;
		fd->from = sys_dup_from(fd->from, 3);
		if (fd->from >= SPAWN_LOW) {
			sys_close(fd->from);
			fd->from = -EMFILE;
		}
		if (fd->from < 0)
			return fd->from;
	}
	return sp->cwd < SPAWN_LOW ? 0 : -EMFILE;
}

static pid_t
start_brief(const struct spawn *sp)
{
	struct spawn low = *sp;
	pid_t pid = bring_down(&low);
	size_t i;

	if (pid == 0)
		pid = os_fork_brief(SPAWN_LOW, run_child, &low);
	for (i = 0; i < sp->n_fd; i++)
		if (low.fd[i].from >= 0 && low.fd[i].from != sp->fd[i].from)
			sys_close(low.fd[i].from);
	/* Where there is no room below, as any other. */
	return pid == -EMFILE ? sys_fork() : pid;
}

static pid_t
start_any(const struct spawn *sp)
{
	if (!sp->brief)
		return sys_fork();
	assert(sp->gate == NULL);
	return start_brief(sp);
}

pid_t
spawn_start(const struct spawn *sp)
{
	pid_t pid;

	assert(sp->n_fd <= SPAWN_FDS);
	pid = start_any(sp);
	if (pid == 0)
		child(sp);
	/* Here too, so that the group is there before we signal it; whoever
	 * is second fails, and that is fine. */
	if (pid > 0 && sp->own_group)
		sys_setpgid(pid, pid);
	return pid;
}
