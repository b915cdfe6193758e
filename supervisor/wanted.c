/* When a command to a service has taken effect. */
#include "wanted.h"

static enum wanted_found
if_check(bool so)
{
	return so ? WANTED_IF_CHECK : WANTED_NOT_YET;
}

static enum wanted_found
is_so(bool so)
{
	return so ? WANTED_IS_SO : WANTED_NOT_YET;
}

static bool
runs(const struct status *now)
{
	return now->pid && now->state == STATUS_RUN;
}

static bool
is_up(const struct status *now)
{
	return runs(now) && now->want == WANT_UP;
}

static bool
is_down(const struct status *now)
{
	return !now->pid && now->state == STATUS_DOWN && now->want != WANT_UP;
}

/* Not by comparing its time with ours: clocks are set. */
static bool
is_another(const struct status *before, const struct status *now)
{
	return now->since_ns != before->since_ns || now->pid != before->pid;
}

static bool
runs_anew(const struct status *before, const struct status *now)
{
	return runs(now) && is_another(before, now) && !now->got_term;
}

enum wanted_found
wanted_find(enum wanted wanted, const struct status *before,
    const struct status *now)
{
	switch (wanted) {
	case WANTED_NOTHING:
		return WANTED_IS_SO;
	case WANTED_UP:
		return if_check(is_up(now));
	case WANTED_DOWN:
		return is_so(is_down(now));
	case WANTED_AS_TOLD:
		return now->want == WANT_UP ? if_check(is_up(now))
		                            : is_so(is_down(now));
	case WANTED_RAN:
		return is_so(now->want != WANT_UP &&
			     (runs(now) || is_another(before, now)));
	case WANTED_AGAIN:
		return is_down(now) ? WANTED_IS_SO
		                    : if_check(runs_anew(before, now));
	case WANTED_AGAIN_UP:
		return if_check(runs_anew(before, now) && now->want == WANT_UP);
	case WANTED_PAUSED:
		return is_so(now->paused || !now->pid);
	case WANTED_CONT:
		return is_so(!now->paused || !now->pid);
	case WANTED_GONE:
		return WANTED_NOT_YET;
	}
	return WANTED_NOT_YET;
}
