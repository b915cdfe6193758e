/* Whether a new service directory is all there. */
#include "whole.h"

#include <limits.h>
#include <sys/stat.h>

#include "buf.h"
#include "dir.h"
#include "loop.h"
#include "sys.h"

#define LOOK_NS (10 * LOOP_MS)

int64_t
whole_wait(int64_t age_ns, int64_t waited_ns, bool has_runs)
{
	int64_t quiet = has_runs ? WHOLE_QUIET_NS : WHOLE_OLD_NS;

	/* A change to come is a clock's doing. */
	if (age_ns < 0 || age_ns >= quiet || waited_ns >= WHOLE_LONGEST_NS)
		return 0;
	return loop_sooner(quiet - age_ns, LOOK_NS);
}

/* The file's status, or false where there is none. */
static bool
look(int dirfd, const char *name, const char *in, struct stat *st)
{
	char path[NAME_MAX + 32];

	return buf_join(path, sizeof(path), name, in, (char *)0) &&
	       sys_fstatat(dirfd, path, st, 0) == 0;
}

bool
whole_has_log(int dirfd, const char *name)
{
	struct stat st;

	return look(dirfd, name, "/log", &st) && S_ISDIR(st.st_mode);
}

static bool
can_run(int dirfd, const char *name, const char *in)
{
	struct stat st;

	return look(dirfd, name, in, &st) && S_ISREG(st.st_mode) &&
	       (st.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH));
}

static bool
has_runs(int dirfd, const char *name)
{
	if (whole_has_log(dirfd, name) && !can_run(dirfd, name, "/log/run"))
		return false;
	return can_run(dirfd, name, "/run");
}

int64_t
whole_look(int dirfd, const char *name, int64_t waited_ns)
{
	struct stat st;

	if (!look(dirfd, name, "", &st))
		return 0;
	return whole_wait(sys_wall_ns() - dir_changed_ns(&st), waited_ns,
	    has_runs(dirfd, name));
}
