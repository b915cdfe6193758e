/* What is on the disk, and says so. */
#include "safe.h"

#include <sys/stat.h>

#include "sys.h"

int
safe_sync(int fd)
{
	int rc = sys_fsync(fd);

	return safe_as_it_gets(rc) ? 0 : rc;
}

int
safe_mark(int fd, mode_t mode)
{
	int rc = safe_sync(fd);

	return rc < 0 ? rc : sys_fchmod(fd, mode | S_IXUSR);
}
