/* A run of usual lines. */
#include "run.h"

#include <string.h>

#include "fate.h"
#include "limit.h"
#include "mask.h"
#include "pcre.h"
#include "scan.h"
#include "ticks.h"

/* What the loop changes, in variables of its own: whoever gets their address is
 * inline, so that no byte that is copied could be one of them, and they may
 * stay in registers. */
struct run {
	struct view in;  /* the input that is left */
	struct ticks at; /* where it begins, and the clock */
	char *to;        /* where the output ends */
	size_t room;     /* behind that, in the buffer and in current */
	uint64_t size;   /* of current */
	uint64_t written_lines, written_bytes;
	uint64_t deselected_lines, deselected_bytes;
	uint64_t masked_lines;
	/* Of expressions: before the run, and after its last line. */
	uint64_t given_up_before, given_up;
};

static inline struct run
run_begin(const struct lay *y, uint64_t most)
{
	const struct buf *out = y->rt->out;
	uint64_t end = y->ready < most ? y->ready : most;
	uint64_t room = limit_room(&y->rt->limit, y->size);
	uint64_t given_up = pcre_given_up();

	return (struct run){
		.in = ring_view(y->ring, y->next->wr, end),
		.at = ticks_of(y->next),
		.to = out->p + out->n,
		.room = buf_room(out) < room ? buf_room(out) : (size_t)room,
		.size = y->size,
		.given_up_before = given_up,
		.given_up = given_up,
	};
}

static inline void
run_end(const struct run *r, struct lay *y)
{
	struct buf *out = y->rt->out;
	struct ring_out *next = y->next;

	out->n = (size_t)(r->to - out->p);
	y->size = r->size;
	next->last_ns = r->at.last_ns;
	next->n.masked_lines += r->masked_lines;
	next->n.given_up += r->given_up - r->given_up_before;
	fate_pass(next, FATE_WRITTEN, r->written_bytes, r->written_lines);
	fate_pass(next, FATE_DESELECTED, r->deselected_bytes,
	    r->deselected_lines);
}

/* Whether lines of the route can be usual ones: none is where each goes out as
 * a copy or a datagram, too, and no rule tells otherwise. */
static bool
may_be_usual(const struct route *rt)
{
	return !rt->copies &&
	       (!rt->datagrams || select_has_rules(&rt->conf->select));
}

/* Where a line goes by the rules. */
enum way {
	LOGGED,
	LEFT_OUT,
	OTHERWISE, /* it, or a copy of it, goes somewhere else, too */
};

static inline enum way
way_of(const struct route *rt, struct view lines, size_t n, uint64_t at,
    uint64_t *clear)
{
	struct verdict v = select_next(&rt->conf->select,
	    view_first(lines, n - 1), lines, at, clear);

	if (v.to[SELECT_STDERR] || (rt->datagrams && v.to[SELECT_LOG]))
		return OTHERWISE;
	return v.to[SELECT_LOG] ? LOGGED : LEFT_OUT;
}

/* What stands before a line's text. */
static inline void
put_front(char *to, struct stamp *st, struct ticks *at, struct view prefix)
{
	if (st->style != STAMP_NONE) {
		int64_t ns = ticks_next(at);

		if (!stamp_covers(st, ns))
			stamp_text(st, ns);
		memcpy(to, st->text, STAMP_SIZE);
		to += STAMP_SIZE;
	}
	if (prefix.n)
		memcpy(to, prefix.p, prefix.n);
}

/* The line that is the first n bytes of `in`, masked where there are masks:
 * bytes of it, 0 where it is withheld or does not fit. *hidden counts those
 * with something masked. */
static inline size_t
put_line(char *to, const struct masks *ms, struct view in, size_t n,
    size_t room, uint64_t *hidden)
{
	struct masked m;

	if (!ms) {
		if (n > room)
			return 0;
		scan_copy(to, in, n, room);
		return n;
	}
	m = masks_apply(ms, view_first(in, n - 1));
	n = m.text.n + 1;
	if (m.fate == MASK_WITHHELD || n > room)
		return 0;
	memcpy(to, m.text.p, n);
	*hidden += m.fate == MASK_HIDDEN;
	return n;
}

/* The first n bytes of the input, a line, are done with: they are left out; or
 * `put` bytes are in the log for them. */
static inline void
leave_out(struct run *r, size_t n)
{
	r->in = view_from(r->in, n);
	r->at.wr += n;
	r->deselected_lines++;
	r->deselected_bytes += n;
}

static inline void
write_down(struct run *r, size_t n, size_t put)
{
	r->in = view_from(r->in, n);
	r->at.wr += n;
	r->written_lines++;
	r->written_bytes += n;
	r->to += put;
	r->room -= put;
	r->size += put;
}

/* One line after the other, up to the first that is otherwise. */
static inline void
lay_usual(struct run *r, struct lay *y, struct scan_ends *ends)
{
	struct route *rt = y->rt;
	const struct conf *conf = rt->conf;
	const struct view prefix = conf->prefix;
	const struct masks *masks = conf->masks.n ? &conf->masks : NULL;
	const bool has_rules = select_has_rules(&conf->select);
	const size_t line_max = (size_t)rt->options->line_max;
	const size_t front = lay_front(y);
	uint64_t clear = 0;
	enum way way = LOGGED; /* of the line, and of those before `clear` */

	scan_resume(ends, r->in);
	while (r->room > front) {
		size_t n = scan_next_line(ends, r->in, line_max), text;
		bool asks = has_rules && r->at.wr >= clear;

		if (n == 0 || n > line_max)
			break;
		if (asks)
			way = way_of(rt, r->in, n, r->at.wr, &clear);
		if (way == OTHERWISE)
			break;
		if (way == LEFT_OUT) {
			leave_out(r, n);
			if (asks)
				r->given_up = pcre_given_up();
			continue;
		}
		text = put_line(r->to + front, masks, r->in, n, r->room - front,
		    &r->masked_lines);
		if (text == 0)
			break;
		put_front(r->to, &rt->stamp, &r->at, prefix);
		write_down(r, n, front + text);
		if (asks || masks)
			r->given_up = pcre_given_up();
		if (limit_ends(&rt->limit, r->size)) {
			y->cut->rotate = true;
			break;
		}
	}
}

void
run_lay(struct lay *y, uint64_t most, struct scan_ends *ends)
{
	struct run r;

	if (!may_be_usual(y->rt))
		return;
	r = run_begin(y, most);
	lay_usual(&r, y, ends);
	run_end(&r, y);
}
