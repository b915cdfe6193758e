/* The row of os.def that asks the group file, as Linux has it: a file of its
 * own, see sys_users.c. */
#define _GNU_SOURCE

#include "sys.h"

#include <errno.h>
#include <grp.h>
#include <limits.h>

#include "os/users.h"

int
os_groups_of(const char *user, gid_t first, gid_t *gids, size_t n)
{
	int r = n < INT_MAX ? (int)n : INT_MAX;

	users_begin();
	return getgrouplist(user, first, gids, &r) < 0 ? -E2BIG : r;
}
