/* A span: input that goes out as it is. */
#include "span.h"

#include "fate.h"
#include "limit.h"
#include "scan.h"

static char newline[] = "\n";

/* Of the bytes before `ready`, those that lie in the ring without a wrap; or
 * the one line that wraps: only its pages become resident twice. */
static struct view
straight_lines(const struct ring *ring, uint64_t wr, uint64_t ready)
{
	struct view v = ring_view(ring, wr, ready);
	size_t straight = ring_straight(ring, wr), n;

	if (v.n <= straight)
		return v;
	n = scan_whole_lines(view_first(v, straight));
	if (n > 0)
		return view_first(v, n);
	n = scan_line(ring_view(ring, wr + straight, ready));
	return n ? view_first(v, straight + n) : v;
}

/* What of it can go out at once: an unfinished line goes last, and with its
 * newline. Sets cut->rotate where there is no room for that line. */
static struct view
next_lines(struct lay *y)
{
	const struct ring_out *next = y->next;
	struct view v = straight_lines(y->ring, next->wr, y->ready);
	size_t n;

	if (!y->last || next->wr + v.n != y->ready)
		return v;
	n = scan_whole_lines(v);
	if (n > 0)
		return view_first(v, n);
	if (!next->in_line && limit_refuses(&y->rt->limit, y->size, v.n + 1))
		y->cut->rotate = true;
	return v;
}

/* The newline that the end of input lacks: 1, or 0 where it belongs into the
 * next file. */
static uint64_t
lay_newline(struct lay *y)
{
	const struct limit *limit = &y->rt->limit;

	if (limit_room(limit, y->size + y->cut->bytes) == 0) {
		y->cut->rotate = true;
		return 0;
	}
	lay_part(y, newline, 1);
	y->next->in_line = 0;
	y->cut->rotate |= limit_ends(limit, y->size + y->cut->bytes);
	return 1;
}

void
span_lay(struct lay *y)
{
	struct ring_out *next = y->next;
	struct view v = next_lines(y);
	uint64_t lines;
	size_t n;

	if (y->cut->rotate)
		return;
	n = limit_span(&y->rt->limit, v, y->size, next->in_line,
	    &y->cut->rotate);
	if (y->cut->rotate && n == 0)
		return;
	lay_part(y, ring_at(y->ring, next->wr), n);
	lines = scan_count(view_first(v, n));
	if (n > 0)
		next->in_line = v.p[n - 1] != '\n';
	next->rest = RING_LOG;
	if (y->last && next->in_line && next->wr + n == y->ready)
		lines += lay_newline(y);
	fate_pass(next, FATE_WRITTEN, n, lines);
}
