/* The rows of os.def, on a system about which only POSIX is known. */
#define _GNU_SOURCE /* where it means anything: all there is */

#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <utmpx.h>

#include "os/plain.h"

ssize_t
os_read_nowait(int fd, void *p, size_t n)
{
	return plain_read_nowait(fd, p, n);
}

ssize_t
os_write_nowait(int fd, const void *p, size_t n)
{
	return plain_write_nowait(fd, p, n);
}

int
os_rename_new(int dir, const char *from, const char *to)
{
	return plain_rename_new(dir, from, to);
}

int
os_open_regular(int dir, const char *name, int flags)
{
	return plain_open_regular(dir, name, flags);
}

int
os_reserve(int fd, off_t size)
{
	return plain_reserve(fd, size);
}

int
os_memfd(const char *name, off_t size)
{
	char unique[32];
	uint64_t nonce;
	int r, fd;

	(void)name;
	r = plain_random(&nonce, sizeof(nonce));
	if (r < 0)
		return r;
	snprintf(unique, sizeof(unique), "/weir.%016llx",
	    (unsigned long long)nonce);
	fd = shm_open(unique, O_RDWR | O_CREAT | O_EXCL, 0600);
	if (fd < 0)
		return -errno;
	shm_unlink(unique);
	RETRY(r, ftruncate(fd, size));
	if (r == 0)
		return fd;
	r = -errno;
	close(fd);
	return r;
}

int
os_map_ring(int fd, size_t head, size_t data, void **base)
{
	return plain_map_ring(fd, head, data, base);
}

int
os_unmap_ring(void *base, size_t head, size_t data)
{
	return plain_unmap_ring(base, head, data);
}

int
os_map_touch(void *p, size_t n)
{
	plain_map_touch(p, n);
	return 0;
}

int
os_map_forget(void *p, size_t n, int fd, off_t at, bool punch)
{
	char *first;
	size_t inside = plain_pages_inside(p, n, &first);

	(void)fd;
	(void)at;
	if (punch)
		memset(p, 0, n);
	return inside > 0 ? -posix_madvise(first, inside, POSIX_MADV_DONTNEED)
	                  : 0;
}

int
os_random(void *p, size_t n)
{
	return plain_random(p, n);
}

int
os_boot_id(unsigned char id[16])
{
	struct utmpx boot = { .ut_type = BOOT_TIME };
	const struct utmpx *found;
	int64_t when[2];

	memset(id, 0, 16);
	setutxent();
	found = getutxid(&boot);
	if (found != NULL) {
		when[0] = found->ut_tv.tv_sec;
		when[1] = found->ut_tv.tv_usec;
		memcpy(id, when, sizeof(when));
	}
	endutxent();
	return 0;
}

int
os_close_from(int first, bool cloexec)
{
	plain_close_from(first, cloexec);
	return 0;
}

int
os_is_privileged(void)
{
	return getuid() != geteuid() || getgid() != getegid();
}

int
os_set_uids(uid_t uid)
{
	return setuid(uid) < 0 ? -errno : 0;
}

int
os_set_gids(gid_t gid)
{
	return setgid(gid) < 0 ? -errno : 0;
}

int
os_get_uids(uid_t uids[3])
{
	uids[0] = getuid();
	uids[1] = uids[2] = geteuid();
	return 0;
}

int
os_get_gids(gid_t gids[3])
{
	gids[0] = getgid();
	gids[1] = gids[2] = getegid();
	return 0;
}

/* Everywhere, but in no standard; some count in an int. */
int
os_set_groups(size_t n, const gid_t *gids)
{
	if (n > INT_MAX)
		return -EINVAL;
	return setgroups(n, gids) < 0 ? -errno : 0;
}

pid_t
os_fork_brief(int keep, void (*run)(const void *), const void *arg)
{
	(void)keep;
	return plain_fork_brief(run, arg);
}

int
os_own_terminal(int fd)
{
	return plain_own_terminal(fd);
}

int
os_first_pids(void)
{
	return 1;
}
