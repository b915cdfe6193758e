/* The processor of a log directory. */
#include "proc.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/wait.h>

#include "buf.h"
#include "dir.h"
#include "loop.h"
#include "safe.h"
#include "say.h"
#include "spawn.h"
#include "sys.h"

/* From TERM to KILL, as at the end of svlogd. */
#define STOP_NS (5 * LOOP_S)

void
proc_init(struct proc *p)
{
	*p = (struct proc){ .state = PROC_LOOK };
	backoff_reset(&p->backoff);
}

static void
signal_group(const struct proc *p, int sig)
{
	if (p->pid > 0)
		sys_kill(-p->pid, sig);
}

void
proc_stop(const struct proc *p)
{
	signal_group(p, SIGTERM);
}

void
proc_enter(struct proc *p, int64_t now)
{
	pid_t pid = p->pid;

	if (p->state == PROC_STOP) /* since then: no longer for this one */
		return;
	proc_stop(p);
	proc_init(p);
	if (pid == 0)
		return;
	p->pid = pid;
	p->state = PROC_STOP;
	p->at = now + STOP_NS;
}

void
proc_wake(struct proc *p)
{
	if (p->state == PROC_IDLE)
		p->state = PROC_LOOK;
}

const char *
proc_busy(const struct proc *p)
{
	return p->state == PROC_RUN || p->state == PROC_FINISH ? p->busy : NULL;
}

bool
proc_works(const struct proc *p)
{
	return p->state == PROC_RUN || p->state == PROC_STOP ||
	       p->state == PROC_FINISH || p->state == PROC_LOOK;
}

int64_t
proc_deadline(const struct proc *p)
{
	switch (p->state) {
	case PROC_LOOK:
		return 0;
	case PROC_FINISH:
	case PROC_WAIT:
	case PROC_STOP:
		return p->at;
	case PROC_IDLE:
	case PROC_RUN:
		return LOOP_NEVER;
	}
	return LOOP_NEVER;
}

/* A crash after success: the result is there beside its input. */
static bool
was_done(int dirfd, const char *undone)
{
	char done[NAME_SIZE];
	struct stat st;

	name_turn(done, undone, NAME_OLD);
	return sys_fstatat(dirfd, done, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       S_ISREG(st.st_mode);
}

static void
keep_older(char kept[NAME_SIZE], const char *name)
{
	if (!kept[0] || strcmp(name, kept) < 0)
		name_copy(kept, name);
}

/* The oldest .u after the one tried last, else the oldest: one bad file does
 * not keep the others waiting. Before them all one that was done: newstate may
 * be its own, and the next run would take that name. */
static int
choose(struct proc *p, int dirfd)
{
	char first[NAME_SIZE] = "", next[NAME_SIZE] = "", done[NAME_SIZE] = "";
	struct dir_walk w;
	const char *name;
	int err;

	dir_walk(&w, dirfd);
	while ((name = dir_next(&w, &err))) {
		if (!name_is_old(name) || name_letter(name) != NAME_UNDONE)
			continue;
		keep_older(first, name);
		if (strcmp(name, p->tried) > 0)
			keep_older(next, name);
		if (was_done(dirfd, name))
			keep_older(done, name);
	}
	memcpy(p->busy, done[0] ? done : next[0] ? next : first, NAME_SIZE);
	return err < 0 ? err : p->busy[0] != 0;
}

static void
fail(struct proc *p, int64_t now)
{
	memcpy(p->tried, p->busy, NAME_SIZE);
	p->state = PROC_WAIT;
	p->at = backoff_next(&p->backoff, now);
}

/* rc, which came of the file `name`. */
static int
blame(struct proc *p, const char *name, int rc)
{
	struct buf b;

	if (rc < 0) {
		buf_init(&b, p->culprit, sizeof p->culprit);
		buf_str(&b, name);
		buf_ch(&b, 0);
	}
	return rc;
}

/* A fresh file for the output. What cannot be removed, a directory, is set
 * aside: nobody else has business with that name. */
static int
fresh_trial(const struct proc_job *job, const char *trial)
{
	char aside[NAME_SIZE];
	int fd = dir_fresh_file(job->dirfd, trial, O_WRONLY, 0644);

	if (fd != -EISDIR && fd != -EPERM)
		return fd;
	name_turn(aside, trial, NAME_ASIDE);
	if (os_rename_new(job->dirfd, trial, aside) < 0)
		return fd;
	say_warning(0, trial,
	    " was not a file of its own, set aside: ", job->path, "/", aside);
	return dir_fresh_file(job->dirfd, trial, O_WRONLY, 0644);
}

static int
open_state(const struct proc_job *job)
{
	struct stat st;
	int fd =
	    dir_open_file(job->dirfd, job->home, "state", O_RDONLY, 0, &st);

	if (fd != -ENOENT && fd != -EPERM)
		return fd;
	fd = dir_fresh_file(job->dirfd, "state", O_WRONLY, 0600);
	if (fd < 0)
		return fd;
	sys_close(fd);
	return dir_open_file(job->dirfd, job->home, "state", O_RDONLY, 0, &st);
}

enum { FD_IN, FD_OUT, FD_STATE, FD_NEWSTATE, FDS };

static int
open_all(struct proc *p, const struct proc_job *job, int fd[FDS])
{
	char trial[NAME_SIZE];
	struct stat st;

	name_turn(trial, p->busy, NAME_TRIAL);
	for (int i = 0; i < FDS; i++)
		fd[i] = -1;
	fd[FD_IN] =
	    dir_open_file(job->dirfd, job->home, p->busy, O_RDONLY, 0, &st);
	if (fd[FD_IN] < 0)
		return blame(p, p->busy, fd[FD_IN]);
	fd[FD_OUT] = fresh_trial(job, trial);
	if (fd[FD_OUT] < 0)
		return blame(p, trial, fd[FD_OUT]);
	fd[FD_STATE] = open_state(job);
	if (fd[FD_STATE] < 0)
		return blame(p, "state", fd[FD_STATE]);
	fd[FD_NEWSTATE] =
	    dir_fresh_file(job->dirfd, "newstate", O_WRONLY, 0644);
	if (fd[FD_NEWSTATE] < 0)
		return blame(p, "newstate", fd[FD_NEWSTATE]);
	return 0;
}

/* What a run that came to nothing leaves. */
static void
drop_output(const struct proc *p, const struct proc_job *job)
{
	char trial[NAME_SIZE];

	name_turn(trial, p->busy, NAME_TRIAL);
	sys_unlinkat(job->dirfd, trial);
	sys_unlinkat(job->dirfd, "newstate");
}

static int
start(struct proc *p, const struct proc_job *job)
{
	const char *const argv[] = { "/bin/sh", "-c", job->command, NULL };
	int fd[FDS];
	int rc = open_all(p, job, fd);

	if (rc == 0) {
		struct spawn sp = {
			.argv = argv,
			.cwd = job->dirfd,
			.fd = { { 0, fd[FD_IN] }, { 1, fd[FD_OUT] },
			    { 4, fd[FD_STATE] }, { 5, fd[FD_NEWSTATE] } },
			.n_fd = FDS,
			.own_group = true,
		};

		rc = (int)spawn_start(&sp);
	}
	for (int i = 0; i < FDS; i++)
		if (fd[i] >= 0)
			sys_close(fd[i]);
	if (rc < 0) {
		drop_output(p, job);
		return rc;
	}
	p->pid = rc;
	p->state = PROC_RUN;
	return 0;
}

/* The .s, its mode and its contents, must be there before the .u goes. */
static int
keep_result(struct proc *p, const struct proc_job *job)
{
	char trial[NAME_SIZE], done[NAME_SIZE];
	struct stat st;
	int fd, rc;

	if (was_done(job->dirfd, p->busy))
		return 0; /* a crash, or a failure, came after the rename */
	name_turn(trial, p->busy, NAME_TRIAL);
	name_turn(done, p->busy, NAME_OLD);
	fd = dir_open_file(job->dirfd, job->home, trial, O_RDONLY, 0, &st);
	if (fd < 0)
		return blame(p, trial, fd);
	rc = safe_mark(fd, job->mode);
	sys_close(fd);
	if (rc < 0)
		return blame(p, trial, rc);
	return blame(p, done, sys_renameat(job->dirfd, trial, done));
}

static int
forget_input(struct proc *p, const struct proc_job *job)
{
	int rc = sys_renameat(job->dirfd, "newstate", "state");

	if (rc < 0 && rc != -ENOENT)
		return blame(p, "state", rc);
	rc = sys_unlinkat(job->dirfd, p->busy);
	return rc == -ENOENT ? 0 : blame(p, p->busy, rc);
}

/* One that ignores TERM holds up the next for so long, and no longer. */
static void
step_stop(struct proc *p, int64_t now)
{
	if (now < p->at)
		return;
	signal_group(p, SIGKILL);
	p->at = LOOP_NEVER;
}

static enum proc_did
look(struct proc *p, const struct proc_job *job, int64_t now, int *err)
{
	int rc = choose(p, job->dirfd);

	if (rc == 0) {
		p->state = PROC_IDLE;
		return PROC_NOTHING;
	}
	if (rc > 0 && was_done(job->dirfd, p->busy)) {
		p->state = PROC_FINISH;
		return PROC_NOTHING;
	}
	if (rc > 0)
		rc = start(p, job);
	if (rc == 0)
		return PROC_STARTED;
	*err = rc;
	fail(p, now);
	return PROC_FAILED;
}

static enum proc_did
step_finish(struct proc *p, const struct proc_job *job, int64_t now, int *err)
{
	*err = keep_result(p, job);
	if (*err < 0) { /* it has to be made again */
		fail(p, now);
		return PROC_FAILED;
	}
	*err = forget_input(p, job);
	if (*err < 0) { /* the state stays: it is made */
		p->at = backoff_next(&p->backoff, now);
		return PROC_FAILED;
	}
	p->state = PROC_LOOK;
	backoff_reset(&p->backoff);
	p->tried[0] = 0;
	return PROC_DONE;
}

enum proc_did
proc_step(struct proc *p, const struct proc_job *job, int64_t now, int *err)
{
	*err = 0;
	p->culprit[0] = 0;
	switch (p->state) {
	case PROC_LOOK:
		return look(p, job, now, err);
	case PROC_FINISH:
		return now < p->at ? PROC_NOTHING
		                   : step_finish(p, job, now, err);
	case PROC_WAIT:
		if (now >= p->at)
			p->state = PROC_LOOK;
		return PROC_NOTHING;
	case PROC_STOP:
		step_stop(p, now);
		return PROC_NOTHING;
	case PROC_IDLE:
	case PROC_RUN:
		return PROC_NOTHING;
	}
	return PROC_NOTHING;
}

bool
proc_reaped(struct proc *p, const struct proc_job *job, pid_t pid, int status,
    int64_t now, enum proc_did *did)
{
	if (p->pid == 0 || pid != p->pid)
		return false;
	p->pid = 0;
	*did = PROC_NOTHING;
	if (p->state == PROC_STOP) { /* what it wrote is not here */
		p->state = PROC_LOOK;
		return true;
	}
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
		p->state = PROC_FINISH;
		p->at = 0;
		return true;
	}
	drop_output(p, job);
	fail(p, now);
	*did = PROC_FAILED;
	return true;
}
