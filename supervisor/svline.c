/* What sv says of a service, in runit's words. */
#include "svline.h"

#include "loop.h"

uint64_t
svline_age(const struct status *st, int64_t now_s)
{
	int64_t since_s = st->since_ns / LOOP_S;

	return now_s > since_s ? (uint64_t)(now_s - since_s) : 0;
}

/* What is as it always is goes without saying. */
void
svline_marks(struct buf *b, const struct status *st,
    enum svline_normally normally)
{
	if (st->pid && normally == SVLINE_DOWN)
		buf_str(b, ", normally down");
	if (!st->pid && normally == SVLINE_UP)
		buf_str(b, ", normally up");
	if (st->pid && st->paused)
		buf_str(b, ", paused");
	if (!st->pid && st->want == WANT_UP)
		buf_str(b, ", want up");
	if (st->pid && st->want != WANT_UP)
		buf_str(b, ", want down");
	if (st->pid && st->got_term)
		buf_str(b, ", got TERM");
}

void
svline_state(struct buf *b, const struct status *st,
    enum svline_normally normally, int64_t now_s)
{
	if (st->state != STATUS_DOWN) {
		buf_str(b, "(pid ");
		buf_u64(b, (uint64_t)st->pid);
		buf_str(b, ") ");
	}
	buf_u64(b, svline_age(st, now_s));
	buf_ch(b, 's');
	svline_marks(b, st, normally);
}
