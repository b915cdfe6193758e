/* A failure that may last. */
#include "trouble.h"

#include "loop.h"
#include "say.h"

#define RETRY_NS (100 * LOOP_MS)
#define SAY_AGAIN_NS (60 * LOOP_S)

void
trouble_init(struct trouble *t)
{
	*t = (struct trouble){ .retry_at = LOOP_NEVER };
}

void
trouble_note(struct trouble *t, int err, const char *what, const char *path)
{
	int64_t now = loop_now();

	t->retry_at = now + RETRY_NS;
	if (err == t->err && now < t->say_at)
		return;
	say_pausing(err, what, ": ", path);
	t->err = err;
	t->say_at = now + SAY_AGAIN_NS;
}

bool
trouble_end(struct trouble *t)
{
	bool was = t->err != 0;

	trouble_init(t);
	return was;
}

bool
trouble_waits(const struct trouble *t)
{
	return t->retry_at != LOOP_NEVER && loop_now() < t->retry_at;
}
