/* The rows of os.def for memory that is a file's. */
#define _GNU_SOURCE

#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "os/plain.h"

/* The kernel's numbers, where musl's headers or an older glibc's have no
 * name for them. */
enum {
	LINUX_MFD_NOEXEC_SEAL = 0x8,
	LINUX_MADV_POPULATE_WRITE = 23,
};

int
os_reserve(int fd, off_t size)
{
	int r;

	RETRY(r, fallocate(fd, 0, 0, size));
	if (r == 0)
		return 0;
	if (errno == EOPNOTSUPP || errno == ENOSYS)
		return plain_reserve(fd, size);
	return -errno;
}

int
os_memfd(const char *name, off_t size)
{
	const unsigned flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
	int r, fd = memfd_create(name, flags | LINUX_MFD_NOEXEC_SEAL);

	if (fd < 0 && errno == EINVAL) /* before Linux 6.3 */
		fd = memfd_create(name, flags);
	if (fd < 0)
		return -errno;
	RETRY(r, ftruncate(fd, size));
	if (r == 0)
		return fd;
	r = -errno;
	close(fd);
	return r;
}

int
os_seal_shrink(int fd)
{
	return fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK) < 0 ? -errno : 0;
}

/* Of a shared mapping, mremap(2) makes a second one where the old size is 0. */
static int
map_memory_ring(size_t head, size_t data, void **base)
{
	const int prot = PROT_READ | PROT_WRITE;
	size_t once = head + data, all = once + data;
	char *p = mmap(NULL, all, prot, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int r;

	if (p == MAP_FAILED)
		return -errno;
	if (mremap(p + head, 0, data, MREMAP_MAYMOVE | MREMAP_FIXED,
		p + once) != MAP_FAILED) {
		*base = p;
		return 0;
	}
	r = -errno;
	munmap(p, all);
	return r;
}

int
os_map_ring(int fd, size_t head, size_t data, void **base)
{
	int r = fd < 0 ? map_memory_ring(head, data, base)
	               : plain_map_ring(fd, head, data, base);

	if (r == 0) /* log lines may be secret; a core without them will do */
		madvise(*base, head + 2 * data, MADV_DONTDUMP);
	return r;
}

int
os_unmap_ring(void *base, size_t head, size_t data)
{
	return plain_unmap_ring(base, head, data);
}

int
os_map_touch(void *p, size_t n)
{
	size_t before = (uintptr_t)p % plain_page();
	int r;

	if (n == 0)
		return 0;
	RETRY(r,
	    madvise((char *)p - before, before + n, LINUX_MADV_POPULATE_WRITE));
	if (r == 0)
		return 0;
	if (errno != EINVAL) /* before Linux 5.14 */
		return -errno;
	plain_map_touch(p, n);
	return 0;
}

int
os_map_forget(void *p, size_t n, int fd, off_t at, bool punch)
{
	const int mode = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
	char *first;
	size_t inside = plain_pages_inside(p, n, &first);
	int r;

	if (inside > 0 && madvise(first, inside, MADV_DONTNEED) < 0)
		return -errno;
	if (!punch || n == 0)
		return 0;
	RETRY(r, fallocate(fd, mode, at, (off_t)n));
	if (r == 0)
		return 0;
	if (errno != EOPNOTSUPP && errno != ENOSYS)
		return -errno;
	memset(p, 0, n);
	return 0;
}
