/* Old files are synced and get their x bit, in a child. */
#include "seal.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dir.h"
#include "loop.h"
#include "name.h"
#include "sys.h"

enum {
	PAUSE_MS = 100, /* between two children: rotations come in bursts */
	FAILED_MS = 5000,
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
	rc = sys_fsync(fd);
	if (rc == -EINVAL || rc == -EROFS)
		rc = 0; /* nothing there can be synced */
	if (rc == 0)
		rc = sys_fchmod(fd, (st.st_mode & 0777) | S_IXUSR);
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

/* In the child: nothing of the parent's that anyone could wait for stays
 * open, its locks above all. */
static int
run(const int *dirfds, size_t n, const int *shut, size_t n_shut)
{
	int rc = 0;

	for (size_t i = 0; i < n_shut; i++)
		if (shut[i] >= 0)
			sys_close(shut[i]);
	sys_close(0);
	os_signal_clear();
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
seal_start(struct seal *s, const int *dirfds, size_t n, const int *shut,
    size_t n_shut, int64_t now)
{
	pid_t pid;

	if (s->pid || now < s->start_at)
		return 0;
	pid = sys_fork();
	if (pid < 0)
		return (int)pid;
	if (pid == 0)
		_exit(run(dirfds, n, shut, n_shut) < 0);
	s->pid = pid;
	return 1;
}

int
seal_reaped(struct seal *s, pid_t pid, int status, int64_t now)
{
	bool failed = !WIFEXITED(status) || WEXITSTATUS(status) != 0;

	if (s->pid == 0 || pid != s->pid)
		return -1;
	s->pid = 0;
	s->start_at = now + (failed ? FAILED_MS : PAUSE_MS) * LOOP_MS;
	return failed;
}
