/* Old files are synced and get their x bit, and deleted ones are freed, in a
 * child. */
#include "seal.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "deaf.h"
#include "dir.h"
#include "loop.h"
#include "name.h"
#include "safe.h"
#include "sys.h"

enum {
	PAUSE_MS = 100, /* between two children: rotations come in bursts */
	FAILED_MS = 5000,
	NICE = 19, /* freeing takes processor time that loggers want */
};

int
seal_file(int dirfd, const struct stat *home, const char *name)
{
	struct stat st;
	int rc, fd;

	rc = sys_fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW);
	if (rc < 0 || !S_ISREG(st.st_mode) || (st.st_mode & S_IXUSR))
		return rc == -ENOENT ? 0 : rc;
	fd = dir_open_file(dirfd, home, name, O_RDONLY, 0, &st);
	if (fd < 0)
		return fd == -ENOENT || fd == -EPERM ? 0 : fd;
	rc = safe_mark(fd, st.st_mode & 0777);
	sys_close(fd);
	return rc;
}

int
seal_dir(int dirfd)
{
	struct dir_walk w;
	struct stat home;
	const char *name;
	int err, rc = sys_fstat(dirfd, &home);

	if (rc < 0)
		return rc;
	dir_walk(&w, dirfd);
	while ((name = dir_next(&w, &err))) {
		int r;

		if (!name_is_old(name) || (name_letter(name) != NAME_OLD &&
					      name_letter(name) != NAME_UNDONE))
			continue;
		r = seal_file(dirfd, &home, name);
		if (rc == 0)
			rc = r;
	}
	sys_fsync(dirfd); /* best effort: not all systems sync directories */
	return rc < 0 ? rc : err;
}

/* Who lets go last is the one to free them: waits until the parent has, and
 * shows by the end of the pipe that they are free. That takes processor time,
 * which loggers want; and nobody is in a hurry for the space, as nothing is
 * held where there is little (orphans.h). */
static void
free_orphans(struct orphans *o, const int *parent)
{
	char go;

	sys_close(parent[1]);
	if (o->n > 0)
		sys_nice(NICE);
	sys_read(parent[0], &go, sizeof go);
	orphans_let_go(o);
	sys_close(parent[0]);
}

/* In the child: nothing of the parent's that anyone could wait for stays
 * open, its locks above all. */
static int
run(const int *dirfds, size_t n, const int *locks, size_t n_locks,
    struct orphans *orphans, const int *parent)
{
	int rc = 0;

	for (size_t i = 0; i < n_locks; i++)
		if (locks[i] >= 0)
			sys_close(locks[i]);
	sys_close(0);
	deaf_make();
	free_orphans(orphans, parent);
	for (size_t i = 0; i < n; i++) {
		/* A description of its own: the parent walks its own. */
		int fd = sys_openat(dirfds[i], ".",
		    O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
		int r = fd < 0 ? fd : seal_dir(fd);

		if (fd >= 0)
			sys_close(fd);
		if (rc == 0)
			rc = r;
	}
	return rc;
}

int
seal_start(struct seal *s, const int *dirfds, size_t n, const int *locks,
    size_t n_locks, struct orphans *orphans)
{
	int ends[2];
	int rc = sys_pipe(ends);
	pid_t pid = rc < 0 ? rc : sys_fork();

	if (pid == 0)
		_exit(-run(dirfds, n, locks, n_locks, orphans, ends));
	if (rc == 0)
		sys_close(ends[0]);
	if (pid < 0) {
		orphans_let_go(orphans);
		if (rc == 0)
			sys_close(ends[1]);
		return (int)pid;
	}
	orphans_give(orphans, ends[1]);
	s->pid = pid;
	return 0;
}

int
seal_reaped(struct seal *s, pid_t pid, int status, int64_t now, int *err)
{
	bool failed = !WIFEXITED(status) || WEXITSTATUS(status) != 0;

	if (s->pid == 0 || pid != s->pid)
		return -1;
	s->pid = 0;
	*err = WIFEXITED(status) ? -WEXITSTATUS(status) : 0;
	s->start_at = now + (failed ? FAILED_MS : PAUSE_MS) * LOOP_MS;
	return failed;
}
