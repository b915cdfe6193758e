/* The rows of os.def that a system about which only POSIX is known has nothing
 * for. */
#include "sys.h"

#include <errno.h>

/* Whatever it is asked. */
#pragma GCC diagnostic ignored "-Wunused-parameter"
#define LACKS(type, name, params)                                              \
	type os_##name params                                                  \
	{                                                                      \
		return -ENOSYS;                                                \
	}

/* clang-format off */
LACKS(ssize_t, pipe_size, (int fd))
LACKS(ssize_t, pipe_resize, (int fd, size_t size))
LACKS(ssize_t, tee, (int from, int to, size_t n))
LACKS(int64_t, birth_ns, (int fd))
LACKS(ssize_t, link_text,
    (int dir, const char *name, struct stat *st, char *text, size_t n))
LACKS(int, hold, (int dir, const char *name))
LACKS(int, seal_shrink, (int fd))
LACKS(int64_t, process_start, (pid_t pid))
LACKS(int, pidfd_open, (pid_t pid))
LACKS(int, pidfd_signal, (int fd, int sig))
LACKS(int, pidfd_status, (int fd, int *status))
LACKS(int, open_of, (pid_t pid, const struct stat *what, int flags))
LACKS(int, watch_fd, (void))
LACKS(int, watch_dir, (int fd, const char *path))
LACKS(int, watch_growth, (int fd, const char *path))
LACKS(ssize_t, watch_read, (int fd, int *which, size_t n))
LACKS(int, notice_fd, (void))
LACKS(int, notice_dir, (int dir))
LACKS(ssize_t, notice_read, (int fd, int *which, size_t n))
LACKS(int, subreaper, (void))
LACKS(int, power_signal, (void))
LACKS(int, idle, (void))
LACKS(int, reboot, (enum sys_end how))
LACKS(int, ctrl_alt_del, (void))
/* clang-format on */
