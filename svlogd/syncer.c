/* When `current` is synced. */
#include "syncer.h"

#include <errno.h>

#include "loop.h"
#include "safe.h"
#include "sys.h"

/* As many times as long as a sync took there is none. */
enum { REST = 20 };

void
syncer_init(struct syncer *s)
{
	*s = (struct syncer){ .at = LOOP_NEVER };
}

void
syncer_wrote(struct syncer *s, int64_t within, int64_t now)
{
	int64_t at = now + within > s->rest ? now + within : s->rest;

	if (within > 0)
		s->at = loop_sooner(s->at, at);
}

int
syncer_run(struct syncer *s, int fd, int64_t *took)
{
	int64_t before = loop_now();
	int rc = fd < 0 ? 0 : sys_fdatasync(fd);

	*took = loop_now() - before;
	s->rest = before + *took + REST * *took;
	s->at = LOOP_NEVER;
	return safe_as_it_gets(rc) ? 0 : rc;
}

void
syncer_forget(struct syncer *s)
{
	s->at = LOOP_NEVER;
}
