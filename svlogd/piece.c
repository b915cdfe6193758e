/* A line, or what is there of one. */
#include "piece.h"

#include "limit.h"
#include "scan.h"

struct piece
piece_at(const struct lay *y)
{
	struct view v = ring_view(y->ring, y->next->wr, y->ready);
	size_t n = scan_line(v);
	struct piece p;

	p.newline = n > 0;
	p.text = view_first(v, n ? n - 1 : v.n);
	p.ends = n > 0 || y->last;
	return p;
}

struct verdict
piece_verdict(const struct lay *y, const struct piece *p)
{
	const struct route *rt = y->rt;

	return select_line(&rt->conf->select,
	    view_first(p->text, (size_t)rt->options->line_max));
}

bool
piece_put(struct lay *y, const struct piece *p)
{
	struct ring_out *next = y->next;
	uint64_t room = limit_room(&y->rt->limit, y->size);
	size_t n = p->text.n;

	if (room > buf_room(y->rt->out))
		room = buf_room(y->rt->out);
	if (n > room)
		n = (size_t)room;
	lay_put(y, view_first(p->text, n));
	next->in_line = 1;
	next->rest = RING_LOG;
	if (n < p->text.n || !p->ends || n == room) {
		fate_pass(next, FATE_WRITTEN, n, 0);
		return n == p->text.n && !p->ends;
	}
	lay_put(y, view_of("\n", 1));
	next->in_line = 0;
	fate_pass(next, FATE_WRITTEN, n + p->newline, 1);
	y->cut->rotate = limit_ends(&y->rt->limit, y->size);
	return !y->cut->rotate;
}

void
piece_skip(struct lay *y, const struct piece *p, enum fate fate)
{
	y->next->in_line = !p->ends;
	fate_pass(y->next, fate, p->text.n + p->newline, p->ends);
}

bool
piece_lay_rest(struct lay *y)
{
	struct piece p = piece_at(y);

	if (y->next->rest != RING_LOG) {
		piece_skip(y, &p, fate_of_rest(y->next));
		return true;
	}
	if (limit_room(&y->rt->limit, y->size) == 0) {
		y->cut->rotate = true;
		return false;
	}
	return piece_put(y, &p);
}
