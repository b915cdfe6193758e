/* The rows of sys.def that ask the user and group files. In a file of its own,
 * so that a static program has the name service in it only if it asks. */
#include "sys.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stddef.h>

#include "os/users.h"

int
sys_find_user(const char *name, uid_t *uid, gid_t *gid)
{
	const struct passwd *pw;

	users_begin();
	errno = 0;
	pw = getpwnam(name);
	if (pw == NULL)
		return -errno;
	*uid = pw->pw_uid;
	*gid = pw->pw_gid;
	return 1;
}

int
sys_find_group(const char *name, gid_t *gid)
{
	const struct group *gr;

	users_begin();
	errno = 0;
	gr = getgrnam(name);
	if (gr == NULL)
		return -errno;
	*gid = gr->gr_gid;
	return 1;
}
