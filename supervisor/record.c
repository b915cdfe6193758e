/* The record by which another keeper goes on. */
#include "record.h"

#include <errno.h>
#include <string.h>

#include "hash.h"
#include "say.h"
#include "sys.h"

void
record_init(struct record *r, const char *label)
{
	*r = (struct record){ .label = label, .fd = -1 };
}

/* What somebody else has put there is nothing to rely on. */
static void
open_file(struct record *r, int dirfd)
{
	r->fd = adopt_open(dirfd);
	if (r->fd != -EPERM && r->fd != -EACCES)
		return;
	r->fd = adopt_renew(dirfd);
	if (r->fd >= 0)
		say_warning(0, r->label,
		    "supervise/adopt was not a file of our own, made anew");
}

void
record_put(struct record *r, int dirfd, const struct adopt *a)
{
	uint64_t hash = hash_bytes(HASH_START, a, sizeof *a);
	int rc;

	if (hash == r->put_down)
		return;
	if (r->fd < 0)
		open_file(r, dirfd);
	rc = r->fd < 0 ? r->fd : adopt_write(r->fd, a);
	if (rc == 0)
		r->put_down = hash;
	if (rc < 0 && !r->complained)
		say_warning(rc, "unable to write ", r->label,
		    "supervise/adopt");
	r->complained = rc < 0;
}

int
record_read(struct record *r, int dirfd, struct adopt *a)
{
	int rc = os_boot_id(a->boot);

	open_file(r, dirfd);
	if (!adopt_may_pass(rc))
		rc = r->fd;
	if (rc >= 0)
		rc = adopt_read(r->fd, a);
	if (rc == 0)
		return 1;
	if (!adopt_may_pass(rc))
		return 0;
	say_warning(rc, "unable to read ", r->label, "supervise/adopt");
	return rc;
}

bool
record_has(const struct record *r, const unsigned char boot[16],
    const struct adopt_process *p)
{
	struct adopt a;
	unsigned who;

	memcpy(a.boot, boot, sizeof a.boot);
	if (r->fd < 0 || adopt_read(r->fd, &a) < 0)
		return false;
	for (who = 0; who < CREW; who++)
		if (a.crew[who].pid == p->pid && a.crew[who].start == p->start)
			return true;
	return false;
}

int
record_give_up(struct record *r)
{
	int fd = r->fd;

	r->fd = -1;
	r->put_down = 0;
	return fd;
}

void
record_clear(const struct record *r, int fd)
{
	int rc = fd < 0 ? 0 : adopt_clear(fd);

	if (rc < 0)
		say_warning(rc, "unable to clear the old ", r->label,
		    "supervise/adopt");
	sys_drop(&fd);
}

void
record_close(struct record *r)
{
	sys_drop(&r->fd);
}
