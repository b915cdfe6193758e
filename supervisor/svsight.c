/* A service and its log, as they are at one look. */
#include "svsight.h"

#include "svtell.h"

/* One that is open, or was to be. */
static void
look(struct svsight_one *one, const char *name, const char *of)
{
	one->normally = SVLINE_UNKNOWN;
	if (one->found == SVCTL_FINE)
		one->found = svctl_look(&one->sv);
	if (one->found == SVCTL_FINE)
		one->normally = svtell_normally(name, of, &one->sv);
}

void
svsight_take(struct svsight *s, const struct svdir *home, const char *name)
{
	s->name = name;
	s->has_log = false;
	s->service.found = svdir_enter(home, &s->service.sv, name);
	look(&s->service, name, "");
	if (s->service.found == SVCTL_FINE) {
		s->log.found =
		    svctl_open_log(&s->log.sv, &s->service.sv, &s->has_log);
		if (s->has_log)
			look(&s->log, name, "/log");
		svctl_close(&s->log.sv);
	}
	svctl_close(&s->service.sv);
}
