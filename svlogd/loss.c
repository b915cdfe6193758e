/* What the log does not get though it should. */
#include "loss.h"

#include "limit.h"
#include "pcre.h"
#include "piece.h"
#include "why.h"

/* What becomes of the line that begins at wr, from its head alone. */
static enum ring_rest
rest_of(const struct lay *y, const struct piece *p)
{
	struct ring_out *next = y->next;
	uint64_t given_up = pcre_given_up();
	struct verdict v = piece_verdict(y, p);

	next->n.given_up += pcre_given_up() - given_up;
	if (!v.to[SELECT_LOG])
		return RING_SKIP;
	return y->rt->conf->only && next->wr < next->settled &&
	               next->wr < next->untaken
	           ? RING_SENT
	           : RING_LOG;
}

void
loss_take(struct lay *y, int err)
{
	struct ring_out *next = y->next;
	struct piece p = piece_at(y);

	if (next->in_line && next->rest == RING_LOG)
		next->torn = 1; /* its beginning is in current */
	if (!next->in_line)
		next->rest = rest_of(y, &p);
	if (next->rest == RING_LOG) {
		next->owed_lines++;
		next->owed_err = (int32_t)err;
		next->rest = RING_DROP;
	}
	piece_skip(y, &p, fate_of_rest(next));
}

bool
loss_is_owed(const struct ring_out *next)
{
	return next->owed_lines || next->torn;
}

void
loss_lay(struct lay *y)
{
	struct buf *out = y->rt->out;
	struct ring_out *next = y->next;

	out->n = 0;
	if (next->torn)
		buf_ch(out, '\n');
	if (next->owed_lines == 0) {
		next->torn = 0;
		lay_part(y, out->p, out->n);
		return;
	}
	buf_put(out, lay_stamp(y));
	buf_str(out, "svlogd: warning: ");
	buf_u64(out, next->owed_lines);
	buf_str(out, " lines dropped: ");
	buf_str(out, why((int)next->owed_err));
	buf_ch(out, '\n');
	if (limit_refuses(&y->rt->limit, y->size, out->n)) {
		y->cut->rotate = true;
		return;
	}
	lay_part(y, out->p, out->n);
	next->owed_lines = 0;
	next->torn = 0;
	y->cut->rotate = limit_ends(&y->rt->limit, y->size + out->n);
}
