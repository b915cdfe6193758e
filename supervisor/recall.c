/* What another keeper of a directory left behind when it died. */
#include "recall.h"

#include <errno.h>
#include <string.h>

#include "deed.h"
#include "say.h"
#include "sys.h"

/* 1 where it was taken over and lives, 0 where it has ended; or -errno. */
static int
recall(struct keeper *k, struct child *c, const struct adopt_process *p)
{
	int rc = p->pid ? child_adopt(c, (pid_t)p->pid, p->start) : -ESRCH;

	if (rc < 0 && rc != -ESRCH)
		say_warning(rc,
		    "unable to tell whether an old process lives: ", k->label,
		    "./run");
	return rc == 0 ? 1 : rc == -ESRCH || rc == -ENOSYS ? 0 : rc;
}

/* Limits begin anew: since when they count is not in the record. */
static const char *
limit_of(const struct keeper *k, unsigned who)
{
	if (who != CREW_PROCESS)
		return "timeout-control";
	if (keeper_state(k) == SERVICE_FINISH)
		return "timeout-finish";
	return k->life.service.got_term ? "timeout-stop" : NULL;
}

/* Takes over what lives of the processes in the record: how many; or
 * -errno. */
static int
recall_all(struct keeper *k)
{
	int rc, lives = 0;
	unsigned who;

	for (who = 0; who < CREW; who++) {
		struct child *c = &k->crew.of[who];
		const char *file = limit_of(k, who);

		rc = recall(k, c, &k->life.crew[who]);
		if (rc < 0)
			return rc;
		if (rc > 0 && file)
			c->limit_at = deed_limit(k, file);
		lives += rc;
	}
	return lives;
}

int
recall_life(struct keeper *k, bool down)
{
	enum status_want want = down ? WANT_DOWN : WANT_UP;
	struct adopt *now = &k->life, was;
	int rc;

	memset(now, 0, sizeof *now);
	service_init(&now->service, want);
	now->since_ns = sys_wall_ns();
	memcpy(&was, now, sizeof was);
	rc = record_read(&k->record, k->sup.fd, &was);
	memcpy(now->boot, was.boot, sizeof now->boot);
	if (rc <= 0 || !service_is_under_way(was.service.state))
		return rc < 0 ? rc : 0;
	memcpy(now, &was, sizeof was);
	rc = recall_all(k);
	if (rc < 0) {
		crew_forget(&k->crew);
		service_init(&now->service, want);
		return rc;
	}
	/* A logger that was released is not: its service is not over now. */
	if (rc == 0 || (k->is_log && now->service.want == WANT_EXIT))
		now->service.want = want;
	if (rc == 0)
		now->service.once = false;
	return 0;
}
