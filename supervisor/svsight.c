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

/* A service without a log/ has none; looked for only where nobody is there. */
static bool
is_missing(const struct svsight_one *log)
{
	return log->found == SVCTL_NO_DIR && log->sv.err == -ENOENT;
}

static void
look_at_log(struct svsight *s, int dirfd)
{
	struct svsight_one *log = &s->log;
	char path[PATH_MAX];

	if (!buf_join(path, sizeof path, s->name, "/log", (char *)0))
		return;
	svctl_at(&log->sv, dirfd, path);
	look(log, s->name, "/log");
	log->sv.at = NULL;
	s->has_log = !is_missing(log);
	if (log->found == SVCTL_NO_DIR)
		log->found = SVCTL_NO_LOG_DIR;
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
