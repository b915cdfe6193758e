/* A service and its log, as they are at one look. */
#include "svsight.h"

#include <errno.h>
#include <limits.h>

#include "svtell.h"
#include "sys.h"

static void
look(struct svsight_one *one, const char *name, const char *of)
{
	one->normally = SVLINE_UNKNOWN;
	one->found = svctl_look(&one->sv);
	if (one->found == SVCTL_FINE)
		one->normally = svtell_normally(name, of, &one->sv);
	svctl_close(&one->sv);
}

static void
look_at_log(struct svsight *s, int dirfd)
{
	struct svsight_one *log = &s->log;
	char path[PATH_MAX];
	struct stat st;
	struct buf b;

	buf_init(&b, path, sizeof path);
	buf_str(&b, s->name);
	buf_str(&b, "/log");
	buf_ch(&b, 0);
	if (b.over || sys_fstatat(dirfd, path, &st, 0) == -ENOENT)
		return;
	s->has_log = true;
	svctl_at(&log->sv, dirfd, path);
	look(log, s->name, "/log");
	if (log->found == SVCTL_NO_DIR)
		log->found = SVCTL_NO_LOG_DIR;
	log->sv.at = NULL;
}

void
svsight_take(struct svsight *s, const struct svdir *home, const char *name)
{
	int dirfd;

	s->name = name;
	s->has_log = false;
	s->service.found = svdir_at(home, &s->service.sv, name);
	if (s->service.found != SVCTL_FINE)
		return;
	dirfd = s->service.sv.dir;
	look(&s->service, name, "");
	if (s->service.found == SVCTL_FINE)
		look_at_log(s, dirfd);
}
