/* Users and groups, from text to numbers. */
#include "ids.h"

#include <errno.h>
#include <stdint.h>

#include "num.h"
#include "sys.h"

enum { NAME_ROOM = 1024 };

/* The text up to the next colon; *rest begins behind it, and has p NULL where
 * there was none. */
static struct view
next_part(struct view *rest)
{
	const char *colon = rest->n ? memchr(rest->p, ':', rest->n) : NULL;
	struct view part = *rest;

	if (colon == NULL) {
		*rest = view_of(NULL, 0);
		return part;
	}
	part.n = (size_t)(colon - part.p);
	*rest = view_from(*rest, part.n + 1);
	return part;
}

static int
add(struct ids *ids, gid_t gid)
{
	if (ids->n == IDS_GROUPS)
		return -E2BIG;
	ids->gid[ids->n++] = gid;
	return 0;
}

int
ids_numbers(struct ids *ids, struct view text)
{
	uint64_t value;
	struct view rest = text;

	ids->n = 0;
	if (num_parse(next_part(&rest), NULL, 0, UINT32_MAX - 1, &value) < 0 ||
	    rest.p == NULL)
		return -EINVAL;
	ids->uid = (uid_t)value;
	while (rest.p != NULL) {
		struct view part = next_part(&rest);

		if (num_parse(part, NULL, 0, UINT32_MAX - 1, &value) < 0 ||
		    add(ids, (gid_t)value) < 0)
			return -EINVAL;
	}
	return 0;
}

/* NUL-terminated; a name that is too long becomes one that nobody has. */
static const char *
name_of(struct view part, char name[NAME_ROOM])
{
	size_t n = part.n < NAME_ROOM ? part.n : 0;

	if (n > 0)
		memcpy(name, part.p, n);
	name[n] = '\0';
	return name;
}

int
ids_account(struct ids *ids, const char *name)
{
	ids->n = 1;
	return sys_find_user(name, &ids->uid, &ids->gid[0]);
}

int
ids_names(struct ids *ids, const char *text)
{
	struct view rest = view_str(text);
	struct view user = next_part(&rest);
	char name[NAME_ROOM];
	int r = ids_account(ids, name_of(user, name));

	if (rest.p != NULL)
		ids->n = 0;
	while (r > 0 && rest.p != NULL) {
		struct view part = next_part(&rest);
		gid_t gid = 0;

		r = sys_find_group(name_of(part, name), &gid);
		if (r > 0 && add(ids, gid) < 0)
			r = -E2BIG;
	}
	return r;
}

static bool
has(const struct ids *ids, gid_t gid)
{
	size_t i;

	for (i = 0; i < ids->n; i++)
		if (ids->gid[i] == gid)
			return true;
	return false;
}

int
ids_add_groups(struct ids *ids, const char *text)
{
	struct view rest = view_str(text);
	gid_t gids[IDS_GROUPS];
	char name[NAME_ROOM];
	int i, r;

	r = os_groups_of(name_of(next_part(&rest), name), ids->gid[0], gids,
	    IDS_GROUPS);
	if (r < 0)
		return r;
	for (i = 0; i < r; i++)
		if (!has(ids, gids[i]) && add(ids, gids[i]) < 0)
			return -E2BIG;
	return 1;
}
