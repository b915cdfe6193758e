/* File systems of a scene's own: small, full, read-only. */
#define _GNU_SOURCE
#include "kit/disk.h"

#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kit/file.h"
#include "kit/verdict.h"

void
mounts_own(void)
{
	static bool done;

	if (done)
		return;
	if (unshare(CLONE_NEWNS) < 0 ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		skip("not permitted to mount");
	done = true;
}

void
mount_small(const char *path, const char *options)
{
	mounts_own();
	if (!file_is(path))
		dir_new(path, 0755);
	if (mount("small", path, "tmpfs", 0, options) < 0)
		skip("cannot mount a tmpfs");
}

void
disk_fill(const char *path)
{
	static char block[1 << 16];
	int fd = fd_keep(
	    open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600), path);
	size_t n = sizeof(block);

	while (n > 0) {
		if (write(fd, block, n) < 0)
			n /= 2;
	}
	close(fd);
}
