/* The compressor of a log directory. */
#include "packer.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "deaf.h"
#include "dir.h"
#include "pack.h"
#include "sys.h"

enum { NICE = 19, CHILD_FD = 3 };

void
packer_init(struct packer *p)
{
	*p = (struct packer){ .state = PACKER_LOOK };
	backoff_reset(&p->backoff);
}

void
packer_enter(struct packer *p)
{
	pid_t pid = p->pid;

	packer_init(p);
	if (pid == 0)
		return;
	sys_kill(pid, SIGKILL);
	p->pid = pid;
	p->state = PACKER_STOP;
}

void
packer_wake(struct packer *p)
{
	if (p->state == PACKER_IDLE)
		p->state = PACKER_LOOK;
}

void
packer_wake_for_all(struct packer *p)
{
	p->passed[0] = 0;
	p->anew = packer_runs(p);
	packer_wake(p);
}

void
packer_wake_for(struct packer *p, const char *name)
{
	const char *passed = packer_runs(p) ? p->busy : p->passed;

	if (strncmp(name, passed, NAME_LABEL) <= 0)
		packer_wake_for_all(p);
	else
		packer_wake(p);
}

const char *
packer_busy(const struct packer *p)
{
	return packer_runs(p) ? p->busy : NULL;
}

int64_t
packer_deadline(const struct packer *p)
{
	switch (p->state) {
	case PACKER_LOOK:
		return 0;
	case PACKER_WAIT:
		return p->at;
	case PACKER_IDLE:
	case PACKER_RUN:
	case PACKER_STOP:
		return LOOP_NEVER;
	}
	return LOOP_NEVER;
}

/* --- which file ----------------------------------------------------------- */

/* What a processor has made is not finished while its input is there. */
static bool
is_finished(int dirfd, const char *name)
{
	char undone[NAME_SIZE];
	struct stat st;

	name_turn(undone, name, NAME_UNDONE);
	return sys_fstatat(dirfd, undone, &st, AT_SYMLINK_NOFOLLOW) == -ENOENT;
}

/* The oldest .s that was not tried: 1, 0 where there is none, or -errno. */
static int
choose_next(struct packer *p, int dirfd)
{
	struct dir_walk w;
	const char *name;
	int err;

	p->busy[0] = 0;
	dir_walk(&w, dirfd);
	while ((name = dir_next(&w, &err))) {
		if (name_ns(name) < 0 || name_is_packed(name) ||
		    name_letter(name) != NAME_OLD ||
		    strcmp(name, p->passed) <= 0)
			continue;
		if (!p->busy[0] || strcmp(name, p->busy) < 0)
			name_copy(p->busy, name);
	}
	return err < 0 ? err : p->busy[0] != 0;
}

/* ... and after the last one those that failed before. */
static int
choose(struct packer *p, int dirfd)
{
	int rc;

	for (;;) {
		rc = choose_next(p, dirfd);
		if (rc == 0 && p->left) {
			p->left = false;
			p->passed[0] = 0;
			continue;
		}
		if (rc <= 0 || is_finished(dirfd, p->busy))
			return rc;
		name_copy(p->passed, p->busy);
	}
}

/* --- the child ------------------------------------------------------------ */

/* Nothing of the parent's that anyone could wait for stays open, and nobody
 * waits for the machine because of us. */
static int
run(int dirfd, const char *name, int level)
{
	/* A description of its own: the parent walks its own. */
	int fd = sys_openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	int rc = fd < 0 ? fd : sys_dup2(fd, CHILD_FD);

	if (rc < 0)
		return rc;
	os_close_from(CHILD_FD + 1, false);
	sys_close(0);
	deaf_make();
	sys_nice(NICE);
	os_idle();
	return pack_file(CHILD_FD, name, level);
}

static int
start(struct packer *p, int dirfd, int level)
{
	struct stat st;
	pid_t pid;

	if (sys_fstatat(dirfd, p->busy, &st, AT_SYMLINK_NOFOLLOW) == 0)
		p->bytes_in = (uint64_t)st.st_size;
	pid = sys_fork();
	if (pid == 0)
		_exit(-run(dirfd, p->busy, level));
	if (pid < 0)
		return (int)pid;
	p->pid = pid;
	p->state = PACKER_RUN;
	return 0;
}

/* --- steps ---------------------------------------------------------------- */

/* An older one may have come meanwhile. */
static void
pass(struct packer *p)
{
	if (!p->anew)
		name_copy(p->passed, p->busy);
	p->anew = false;
}

static void
fail(struct packer *p, int64_t now)
{
	if (p->busy[0])
		pass(p);
	p->left = true;
	p->state = PACKER_WAIT;
	p->at = backoff_next(&p->backoff, now);
}

enum packer_did
packer_step(struct packer *p, int dirfd, int level, int64_t now, int *err)
{
	int rc;

	*err = 0;
	if (now < packer_deadline(p))
		return PACKER_NOTHING;
	p->state = PACKER_LOOK;
	rc = choose(p, dirfd);
	if (rc == 0) {
		p->state = PACKER_IDLE;
		return PACKER_NOTHING;
	}
	if (rc > 0)
		rc = start(p, dirfd, level);
	if (rc == 0)
		return PACKER_STARTED;
	*err = rc;
	fail(p, now);
	return PACKER_FAILED;
}

/* What became of the file, by the child's exit code. */
static enum packer_did
judge(struct packer *p, int dirfd, int code, int64_t now)
{
	char packed[NAME_SIZE];
	struct stat st;

	switch (code) {
	case ENOENT:
	case EPERM:
	case EALREADY:
		break; /* there is nothing to do for it */
	case 0:
		name_pack(packed, p->busy, NAME_OLD);
		p->bytes_out = 0;
		if (sys_fstatat(dirfd, packed, &st, AT_SYMLINK_NOFOLLOW) == 0)
			p->bytes_out = (uint64_t)st.st_size;
		backoff_reset(&p->backoff);
		break;
	case EAGAIN: /* one that a killed svlogd started still runs */
		fail(p, now);
		return PACKER_NOTHING;
	default:
		fail(p, now);
		return PACKER_FAILED;
	}
	pass(p);
	p->state = PACKER_LOOK;
	return code == 0 ? PACKER_DONE : PACKER_NOTHING;
}

bool
packer_reaped(struct packer *p, int dirfd, pid_t pid, int status, int64_t now,
    enum packer_did *did, int *err)
{
	bool stopped = p->state == PACKER_STOP;

	if (p->pid == 0 || pid != p->pid)
		return false;
	p->pid = 0;
	*err = 0;
	*did = PACKER_NOTHING;
	if (!p->busy[0]) { /* another directory's */
		p->state = PACKER_LOOK;
		return true;
	}
	if (WIFEXITED(status)) {
		*did = judge(p, dirfd, WEXITSTATUS(status), now);
		*err = -WEXITSTATUS(status);
		return true;
	}
	fail(p, now);
	if (!stopped)
		*did = PACKER_FAILED;
	return true;
}

bool
packer_stop(struct packer *p, int dirfd)
{
	char trial[NAME_SIZE];

	if (p->state != PACKER_RUN)
		return false;
	sys_kill(p->pid, SIGKILL);
	name_pack(trial, p->busy, NAME_TRIAL);
	sys_unlinkat(dirfd, trial);
	p->state = PACKER_STOP;
	return true;
}
