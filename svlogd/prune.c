/* Which old files are deleted. */
#include "prune.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>

#include "dir.h"
#include "sys.h"

struct look {
	struct prune_file oldest[PRUNE_BATCH];
	size_t n;
	struct prune_found found;
};

static bool
is_busy(const struct prune_caps *caps, const char *name)
{
	for (size_t i = 0; i < sizeof caps->busy / sizeof caps->busy[0]; i++)
		if (caps->busy[i] &&
		    strncmp(caps->busy[i], name, NAME_LABEL) == 0)
			return true;
	return false;
}

size_t
prune_choose(const struct prune_file *v, size_t n,
    const struct prune_found *found, const struct prune_caps *caps)
{
	uint64_t files = found->files, bytes = found->bytes;
	size_t i;

	for (i = 0; i < n; i++) {
		bool many = caps->keep && files > caps->keep;
		bool large = caps->total && bytes > caps->total;
		int64_t born = name_ns(v[i].name);
		bool old =
		    caps->born_after && born >= 0 && born < caps->born_after;

		if (!many && !large && !old)
			break;
		if (strcmp(v[i].name, found->newest) == 0)
			break;
		files--;
		bytes -= v[i].bytes;
	}
	return i;
}

/* Keeps the PRUNE_BATCH names that sort first, in order. */
static void
remember(struct look *k, const struct prune_file *f)
{
	size_t at = k->n;

	if (k->n == PRUNE_BATCH) {
		if (strcmp(f->name, k->oldest[PRUNE_BATCH - 1].name) >= 0)
			return;
		at = PRUNE_BATCH - 1;
	} else {
		k->n++;
	}
	while (at > 0 && strcmp(f->name, k->oldest[at - 1].name) < 0) {
		k->oldest[at] = k->oldest[at - 1];
		at--;
	}
	k->oldest[at] = *f;
}

/* A compressed file whose plain one is still there is not one more. */
static bool
is_second(int dirfd, const char *name)
{
	char plain[NAME_SIZE];
	struct stat st;

	if (!name_is_packed(name))
		return false;
	name_turn(plain, name, NAME_OLD);
	return sys_fstatat(dirfd, plain, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static void
consider(struct look *k, int dirfd, const char *name,
    const struct prune_caps *caps)
{
	struct prune_file f = { .bytes = 0 };
	struct stat st;

	name_copy(f.name, name);
	if (caps->total &&
	    sys_fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		f.bytes = (uint64_t)st.st_size;
	k->found.files++;
	k->found.bytes += f.bytes;
	if (strcmp(name, k->found.newest) > 0)
		name_copy(k->found.newest, name);
	if (!is_busy(caps, name))
		remember(k, &f);
}

static int
look_at(struct look *k, int dirfd, const struct prune_caps *caps,
    prune_said *said, void *arg)
{
	struct dir_walk w;
	const char *name;
	int err;

	k->n = 0;
	memset(&k->found, 0, sizeof k->found);
	dir_walk(&w, dirfd);
	while ((name = dir_next(&w, &err))) {
		if (!name_is_old(name) ||
		    (caps->spare_undone && name_letter(name) == NAME_UNDONE))
			continue;
		if (name_letter(name) == NAME_TRIAL) {
			if (!is_busy(caps, name))
				said(arg, name, sys_unlinkat(dirfd, name));
		} else if (!is_second(dirfd, name)) {
			consider(k, dirfd, name, caps);
		}
	}
	return err;
}

/* Deletes n of the oldest; one that cannot be is passed over, and the next
 * goes in its place. How many went. */
static int delete (const struct look *k, size_t n, int dirfd,
    struct orphans *orphans, prune_said *said, void *arg)
{
	size_t gone = 0;

	for (size_t i = 0; i < k->n && gone < n; i++) {
		const char *name = k->oldest[i].name;
		int r;

		if (strcmp(name, k->found.newest) == 0)
			break;
		r = orphans ? orphans_unlink(orphans, dirfd, name)
		            : sys_unlinkat(dirfd, name);
		said(arg, name, r);
		if (r == 0 || r == -ENOENT)
			gone++;
	}
	return (int)gone;
}

int
prune_run(int dirfd, const struct prune_caps *caps, unsigned most,
    struct orphans *orphans, prune_said *said, void *arg)
{
	struct look k;
	int gone = 0;

	for (;;) {
		int r = look_at(&k, dirfd, caps, said, arg);
		size_t n;

		if (r < 0)
			return r;
		n = prune_choose(k.oldest, k.n, &k.found, caps);
		if (n > most - (unsigned)gone)
			n = most - (unsigned)gone;
		r = delete (&k, n, dirfd, orphans, said, arg);
		gone += r;
		if (n < PRUNE_BATCH || r == 0 || (unsigned)gone == most)
			return gone;
	}
}
