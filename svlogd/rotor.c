/* `current` becomes an old file, and a new one takes its place. */
#include "rotor.h"

#include <assert.h>
#include <errno.h>
#include <stddef.h>

#include "sys.h"

int64_t
rotor_label_ns(int64_t now_ns, int64_t newest_ns)
{
	if (now_ns <= newest_ns)
		return newest_ns + 1;
	return now_ns > 0 ? now_ns : 0;
}

int
rotor_set_aside(struct rotor *r, const char *name, enum name_kind kind)
{
	int rc;

	do {
		r->newest_ns = rotor_label_ns(sys_wall_ns(), r->newest_ns);
		name_make(r->named, r->newest_ns, kind);
		rc = os_rename_new(r->dirfd, name, r->named);
	} while (rc == -EEXIST); /* the next label is another one */
	return rc;
}

static int
step_rename(struct rotor *r)
{
	int rc = rotor_set_aside(r, "current", r->kind);

	r->size = r->current->size;
	/* Somebody took it away: there is nothing to name. */
	return rc == -ENOENT ? 0 : rc;
}

static int
step_renew(struct rotor *r)
{
	current_leave(r->current);
	return current_create(r->current, r->dirfd, r->mode);
}

static const struct {
	int (*step)(struct rotor *r);
	enum rotor_state next;
} steps[ROTOR_STATES] = {
	[ROTOR_IDLE] = { NULL, ROTOR_IDLE },
	[ROTOR_RENAME] = { step_rename, ROTOR_RENEW },
	[ROTOR_RENEW] = { step_renew, ROTOR_IDLE },
};

void
rotor_start(struct rotor *r)
{
	assert(r->state == ROTOR_IDLE);
	r->state = ROTOR_RENAME;
}

int
rotor_run(struct rotor *r)
{
	while (r->state != ROTOR_IDLE) {
		int rc = steps[r->state].step(r);

		if (rc < 0)
			return rc;
		r->state = steps[r->state].next;
	}
	return 0;
}
