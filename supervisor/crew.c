/* The processes of one service. */
#include "crew.h"

#include "loop.h"

void
crew_init(struct crew *c)
{
	unsigned who;

	for (who = 0; who < CREW; who++)
		child_init(&c->of[who]);
}

void
crew_forget(struct crew *c)
{
	unsigned who;

	for (who = 0; who < CREW; who++)
		child_forget(&c->of[who]);
}

void
crew_signal_scripts(const struct crew *c, int sig)
{
	unsigned who;

	for (who = CREW_SCRIPTS; who < CREW; who++)
		child_signal(&c->of[who], sig);
}

unsigned
crew_find(const struct crew *c, pid_t pid)
{
	unsigned who;

	for (who = 0; who < CREW; who++)
		if (c->of[who].pid == pid && !c->of[who].adopted)
			break;
	return who;
}

void
crew_watch(const struct crew *c, struct pollfd *fds)
{
	unsigned who;

	for (who = 0; who < CREW; who++)
		fds[who] = child_poll(&c->of[who]);
}

int64_t
crew_deadline(const struct crew *c)
{
	int64_t at = LOOP_NEVER;
	unsigned who;

	for (who = 0; who < CREW; who++)
		at = loop_sooner(at, child_deadline(&c->of[who]));
	return at;
}
