/* The files by which process 1 is told things. */
#include "flag.h"

#include <errno.h>
#include <fcntl.h>

#include "dir.h"
#include "sys.h"

bool
flag_is(const char *path)
{
	struct stat st;

	return sys_fstatat(AT_FDCWD, path, &st, 0) == 0 &&
	       S_ISREG(st.st_mode) && (st.st_mode & S_IXUSR) != 0 &&
	       dir_is_ours(st.st_uid);
}

bool
flag_exists(const char *path)
{
	struct stat st;

	return sys_fstatat(AT_FDCWD, path, &st, 0) == 0;
}

/* A link that leads nowhere yet leads to a file afterwards. */
static int
make(const char *path)
{
	int fd = sys_open(path,
	    O_WRONLY | O_CREAT | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0100);

	if (fd < 0)
		return fd;
	sys_close(fd);
	return sys_chmod(path, S_IXUSR); /* whatever the umask is */
}

int
flag_set(const char *path)
{
	int r = sys_chmod(path, S_IXUSR);

	return r == -ENOENT ? make(path) : r;
}

int
flag_clear(const char *path)
{
	int r = sys_chmod(path, 0);

	return r == -ENOENT ? 0 : r;
}
