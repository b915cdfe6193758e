/* The row of os.def that asks the group file, on a system about which only
 * POSIX is known: a file of its own, see sys_users.c. */
#include "sys.h"

#include <errno.h>
#include <grp.h>
#include <string.h>

#include "os/users.h"

static bool
has_member(const struct group *gr, const char *user)
{
	char *const *member;

	for (member = gr->gr_mem; *member != NULL; member++)
		if (strcmp(*member, user) == 0)
			return true;
	return false;
}

int
os_groups_of(const char *user, gid_t first, gid_t *gids, size_t n)
{
	const struct group *gr;
	size_t used = 0;

	if (n == 0)
		return -E2BIG;
	gids[used++] = first;
	users_begin();
	setgrent();
	while ((gr = getgrent()) != NULL) {
		if (gr->gr_gid == first || !has_member(gr, user))
			continue;
		if (used == n) {
			endgrent();
			return -E2BIG;
		}
		gids[used++] = gr->gr_gid;
	}
	endgrent();
	return (int)used;
}
