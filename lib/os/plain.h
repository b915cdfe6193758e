/* What any system can do where it has no better way: shared by the os files,
 * for nobody else. */
#ifndef WEIR_OS_PLAIN_H
#define WEIR_OS_PLAIN_H

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "retry.h"

/* Looks first. It waits only where another reader took the bytes between the
 * look and the read. */
static inline ssize_t
plain_read_nowait(int fd, void *p, size_t n)
{
	struct pollfd look = { .fd = fd, .events = POLLIN };
	ssize_t got;
	int r;

	RETRY(r, poll(&look, 1, 0));
	if (r == 0)
		return -EAGAIN;
	RETRY(got, read(fd, p, n));
	return got < 0 ? -errno : got;
}

/* Looks first. It waits where another writer took the room between the look
 * and the write, or where there is room for a part only. */
static inline ssize_t
plain_write_nowait(int fd, const void *p, size_t n)
{
	struct pollfd look = { .fd = fd, .events = POLLOUT };
	ssize_t put;
	int r;

	RETRY(r, poll(&look, 1, 0));
	if (r == 0)
		return -EAGAIN;
	RETRY(put, write(fd, p, n));
	return put < 0 ? -errno : put;
}

/* Looks first. What takes the name between the look and the open is opened,
 * but does not wait, nor become our terminal. */
static inline int
plain_open_regular(int dir, const char *name, int flags)
{
	struct stat st;
	int fd;

	if (fstatat(dir, name, &st, 0) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EPERM;
	RETRY(fd, openat(dir, name, flags | O_NONBLOCK | O_NOCTTY));
	return fd < 0 ? -errno : fd;
}

static inline int
plain_rename_new(int dir, const char *from, const char *to)
{
	struct stat st;

	if (fstatat(dir, to, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return -EEXIST;
	if (errno != ENOENT)
		return -errno;
	return renameat(dir, from, dir, to) < 0 ? -errno : 0;
}

static inline int
plain_rewrite_byte(int fd, off_t at)
{
	unsigned char c = 0;
	ssize_t r;

	RETRY(r, pread(fd, &c, 1, at));
	if (r >= 0)
		RETRY(r, pwrite(fd, &c, 1, at));
	return r < 0 ? -errno : 0;
}

/* Writes one byte of each block again: a hole becomes a block of zeros. */
static inline int
plain_reserve(int fd, off_t size)
{
	const off_t block = 512;
	off_t at;
	int r = 0;

	for (at = 0; r == 0 && at < size; at += block)
		r = plain_rewrite_byte(fd, at);
	return r == 0 && size > 0 ? plain_rewrite_byte(fd, size - 1) : r;
}

/* Reserves the addresses first, so that the two views of data are neighbours
 * whatever else is mapped. */
static inline int
plain_map_ring(int fd, size_t head, size_t data, void **base)
{
	const int prot = PROT_READ | PROT_WRITE;
	const int flags = MAP_SHARED | MAP_FIXED;
	size_t once = head + data, all = once + data;
	char *p;
	int r;

	if (once < head || all < once || data == 0)
		return -EINVAL;
	p = mmap(NULL, all, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		return -errno;
	if (mmap(p, once, prot, flags, fd, 0) != MAP_FAILED &&
	    mmap(p + once, data, prot, flags, fd, (off_t)head) != MAP_FAILED) {
		*base = p;
		return 0;
	}
	r = -errno;
	munmap(p, all);
	return r;
}

static inline int
plain_unmap_ring(void *base, size_t head, size_t data)
{
	return munmap(base, head + 2 * data) < 0 ? -errno : 0;
}

static inline size_t
plain_page(void)
{
	long size = sysconf(_SC_PAGESIZE);

	return size > 0 ? (size_t)size : 4096;
}

/* The first page boundary in p..p+n, or p+n where there is none. */
static inline char *
plain_page_up(char *p, size_t n)
{
	size_t page = plain_page(), over = (uintptr_t)p % page;
	size_t skip = over == 0 ? 0 : page - over;

	return p + (skip < n ? skip : n);
}

/* One store to each page, of the byte that is there. */
static inline void
plain_map_touch(void *p, size_t n)
{
	volatile char *at = p, *end = at + n;
	size_t page = plain_page();

	while (at < end) {
		char c = *at;

		*at = c;
		at += page - (uintptr_t)at % page;
	}
}

/* The whole pages inside p..p+n, as a count of bytes from *first on. */
static inline size_t
plain_pages_inside(void *p, size_t n, char **first)
{
	size_t left;

	*first = plain_page_up(p, n);
	left = n - (size_t)(*first - (char *)p);
	return left - left % plain_page();
}

static inline int
plain_random(void *p, size_t n)
{
	int r = 0, fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
	char *at = p;

	if (fd < 0)
		return -errno;
	while (n > 0 && r == 0) {
		ssize_t got;

		RETRY(got, read(fd, at, n));
		if (got <= 0) {
			r = got < 0 ? -errno : -EIO;
			break;
		}
		at += got;
		n -= (size_t)got;
	}
	close(fd);
	return r;
}

static inline void
plain_close(int fd, bool cloexec)
{
	if (cloexec)
		fcntl(fd, F_SETFD, FD_CLOEXEC);
	else
		close(fd);
}

/* With all descriptors, and memory of its own. */
static inline pid_t
plain_fork_brief(void (*run)(const void *), const void *arg)
{
	pid_t pid = fork();

	if (pid == 0) {
		run(arg);
		_exit(127);
	}
	return pid < 0 ? -errno : pid;
}

static inline int
plain_own_terminal(int fd)
{
	return ioctl(fd, TIOCSCTTY, 1) < 0 ? -errno : 0;
}

/* The stack that overflowed is no place for a handler. */
static inline int
plain_on_crash(void (*act)(int))
{
	static const int crashes[] = { SIGSEGV, SIGBUS, SIGABRT, SIGILL,
		SIGFPE };
	static char room[32 * 1024];
	stack_t stack = { .ss_sp = room, .ss_size = sizeof(room) };
	struct sigaction sa = { .sa_handler = act,
		.sa_flags = SA_ONSTACK | SA_NODEFER };
	size_t i, n = sizeof(crashes) / sizeof(crashes[0]);

	if (sigaltstack(&stack, NULL) < 0)
		return -errno;
	sigemptyset(&sa.sa_mask);
	for (i = 0; i < n; i++)
		if (sigaction(crashes[i], &sa, NULL) < 0)
			return -errno;
	for (i = 0; i < n; i++)
		sigaddset(&sa.sa_mask, crashes[i]);
	return sigprocmask(SIG_UNBLOCK, &sa.sa_mask, NULL) < 0 ? -errno : 0;
}

/* Every number up to the limit; slow where the limit is large. */
static inline void
plain_close_from(int first, bool cloexec)
{
	long limit = sysconf(_SC_OPEN_MAX);
	int fd, end = 65536;

	if (limit >= 0 && limit < INT_MAX)
		end = (int)limit;
	for (fd = first; fd < end; fd++)
		plain_close(fd, cloexec);
}

#endif
