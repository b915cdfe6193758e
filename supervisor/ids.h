/* Users and groups, from text to numbers. */
#ifndef WEIR_IDS_H
#define WEIR_IDS_H

#include <stddef.h>
#include <sys/types.h>

#include "view.h"

enum { IDS_GROUPS = 256 };

struct ids {
	uid_t uid;
	gid_t gid[IDS_GROUPS]; /* the first is the primary one */
	size_t n;              /* at least 1 */
};

/* "UID:GID[:GID ...]", each all digits and at most 2^32 - 2, since -1 means
 * "leave as it is" to the kernel: 0, or -EINVAL. */
int ids_numbers(struct ids *ids, struct view text);

/* These look a name up: 1, or 0 where there is no such user or group, or
 * -errno where nobody can tell; -E2BIG: too many groups. */

/* A user of exactly that name, with its primary group. */
int ids_account(struct ids *ids, const char *name);

/* "USER[:GROUP ...]": the user's group, or instead of it those named. */
int ids_names(struct ids *ids, const char *text);

/* Adds the groups that the group file has for the same USER. */
int ids_add_groups(struct ids *ids, const char *text);

#endif
