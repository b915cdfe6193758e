/* A directory's plan: what its next write is. */
#include "route.h"

#include <limits.h>
#include <string.h>

#include "hash.h"
#include "pcre.h"
#include "scan.h"
#include "why.h"

/* Changes whenever the same record and config begin to mean other output. */
static const char format_version[] = "weir 3";

/* As much input is laid out or dropped at a time, also where none of it is
 * written: rules may take long, and signals want to be heard. */
enum { LAY_MOST = 128 * 1024 };

static char newline[] = "\n";

/* A cut in the making. */
struct lay {
	struct route *rt;
	const struct ring *ring;
	struct cut *cut;
	struct ring_out *next;
	uint64_t ready;
	uint64_t size; /* of current, when all laid out so far is in it */
	bool last;
};

/* A line, or what is there of one. */
struct piece {
	struct view text; /* without its newline */
	size_t newline;   /* 1 if one follows it in the ring */
	bool ends;
};

void
route_init(struct route *rt, const struct options *options,
    const struct conf *conf, struct buf *out)
{
	*rt = (struct route){
		.options = options,
		.conf = conf,
		.out = out,
		.limit = limit_of(conf->size, options->line_max),
		.spans = options->stamp == STAMP_NONE && !conf->prefix.n &&
		         !select_has_rules(&conf->select) &&
		         conf->masks.n == 0 && !conf->copy_out &&
		         conf->n_targets == 0,
	};
	stamp_init(&rt->stamp, options->stamp);
}

bool
route_restrict(struct route *rt, uint64_t size)
{
	if (size == 0 || (rt->limit.max && rt->limit.max <= size))
		return false;
	rt->limit = limit_of(size, rt->options->line_max);
	return true;
}

size_t
route_buffer(const struct options *options, const struct conf *conf)
{
	size_t least = STAMP_SIZE + conf->prefix.n + 256;

	if (conf->masks.n > 0) /* what is masked is laid out at once */
		least += MASK_ROOM;
	return options->buffer > least ? (size_t)options->buffer : least;
}

uint64_t
route_hash(const struct options *o, const struct conf *c)
{
	uint64_t h = HASH_START;

	h = hash_bytes(h, format_version, sizeof format_version);
	h = hash_bytes(h, &o->stamp, sizeof o->stamp);
	h = hash_bytes(h, &o->line_max, sizeof o->line_max);
	h = hash_bytes(h, &o->buffer, sizeof o->buffer);
	h = hash_bytes(h, o->scrub.map, sizeof o->scrub.map);
	h = hash_bytes(h, &c->engine, sizeof c->engine);
	return c->text ? hash_bytes(h, c->text, c->text_n) : h;
}

bool
route_clock(struct ring_out *now, const struct ring_in *in)
{
	if (now->fresh == in->fresh && now->fresh_ns == in->fresh_ns)
		return false;
	now->fresh = in->fresh;
	now->fresh_ns = in->fresh_ns;
	now->tail_ns = in->tail_ns;
	return true;
}

/* --- the record ----------------------------------------------------------- */

/* The stamps' clock as the record has it. */
struct stamps {
	uint64_t wr, fresh;
	int64_t tail_ns, fresh_ns, last_ns;
};

static inline struct stamps
stamps_of(const struct ring_out *next)
{
	return (struct stamps){ next->wr, next->fresh, next->tail_ns,
		next->fresh_ns, next->last_ns };
}

/* The time of the line that begins at wr. They only rise, by 1 ns at least, so
 * that each names one line. */
static inline int64_t
stamps_next(struct stamps *at)
{
	int64_t ns = at->wr < at->fresh ? at->tail_ns : at->fresh_ns;

	at->last_ns = ns > at->last_ns ? ns : at->last_ns + 1;
	return at->last_ns;
}

static struct view
stamp(struct route *rt, struct ring_out *next)
{
	struct stamps at = stamps_of(next);

	if (rt->stamp.style == STAMP_NONE && !rt->datagrams)
		return view_of("", 0);
	next->last_ns = stamps_next(&at);
	return stamp_text(&rt->stamp, next->last_ns);
}

enum fate { WRITTEN, DESELECTED, DROPPED, FORWARDED };

/* n bytes of input that hold `lines` line ends are done with. */
static void
pass(struct ring_out *next, enum fate fate, size_t n, uint64_t lines)
{
	struct ring_counts *c = &next->n;

	next->wr += n;
	c->read_bytes += n;
	c->read_lines += lines;
	switch (fate) {
	case WRITTEN:
		c->written_bytes += n;
		c->written_lines += lines;
		break;
	case DESELECTED:
		c->deselected_bytes += n;
		c->deselected_lines += lines;
		break;
	case DROPPED:
		c->dropped_bytes += n;
		c->dropped_lines += lines;
		break;
	case FORWARDED:
		c->forwarded_bytes += n;
		c->forwarded_lines += lines;
		break;
	}
}

/* --- spans ---------------------------------------------------------------- */

static void
add_part(struct cut *cut, char *p, size_t n)
{
	if (n == 0)
		return;
	cut->part[cut->n_parts].iov_base = p;
	cut->part[cut->n_parts++].iov_len = n;
	cut->bytes += n;
}

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
	add_part(y->cut, newline, 1);
	y->next->in_line = 0;
	y->cut->rotate |= limit_ends(limit, y->size + y->cut->bytes);
	return 1;
}

static void
lay_span(struct lay *y)
{
	struct ring_out *next = y->next;
	const struct limit *limit = &y->rt->limit;
	struct view v = straight_lines(y->ring, next->wr, y->ready);
	uint64_t lines;
	size_t n;

	if (y->last && next->wr + v.n == y->ready) {
		/* The unfinished line goes last, and with its newline. */
		n = scan_whole_lines(v);
		if (n > 0)
			v = view_first(v, n);
		else if (!next->in_line &&
			 limit_refuses(limit, y->size, v.n + 1))
			y->cut->rotate = true;
	}
	if (y->cut->rotate)
		return;
	n = limit_span(limit, v, y->size, next->in_line, &y->cut->rotate);
	if (y->cut->rotate && n == 0)
		return;
	add_part(y->cut, ring_at(y->ring, next->wr), n);
	lines = scan_count(view_first(v, n));
	if (n > 0)
		next->in_line = v.p[n - 1] != '\n';
	next->rest = RING_LOG;
	if (y->last && next->in_line && next->wr + n == y->ready)
		lines += lay_newline(y);
	pass(next, WRITTEN, n, lines);
}

/* --- pieces --------------------------------------------------------------- */

/* What stands before a line's text. */
static size_t
front_size(const struct route *rt)
{
	return (rt->stamp.style ? STAMP_SIZE : 0) + rt->conf->prefix.n;
}

static struct piece
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

static void
put(struct lay *y, struct view v)
{
	buf_put(y->rt->out, v);
	y->size += v.n;
}

/* As much of a line's text as fits, and its end: true if it is all there. */
static bool
put_text(struct lay *y, const struct piece *p)
{
	struct ring_out *next = y->next;
	uint64_t room = limit_room(&y->rt->limit, y->size);
	size_t n = p->text.n;

	if (room > buf_room(y->rt->out))
		room = buf_room(y->rt->out);
	if (n > room)
		n = (size_t)room;
	put(y, view_first(p->text, n));
	next->in_line = 1;
	next->rest = RING_LOG;
	if (n < p->text.n || !p->ends || n == room) {
		pass(next, WRITTEN, n, 0);
		return n == p->text.n && !p->ends;
	}
	put(y, view_of(newline, 1));
	next->in_line = 0;
	pass(next, WRITTEN, n + p->newline, 1);
	y->cut->rotate = limit_ends(&y->rt->limit, y->size);
	return !y->cut->rotate;
}

static void
skip_piece(struct lay *y, const struct piece *p, enum fate fate)
{
	y->next->in_line = !p->ends;
	pass(y->next, fate, p->text.n + p->newline, p->ends);
}

/* What becomes of the rest of a line. */
static enum fate
fate_of_rest(const struct ring_out *next)
{
	if (next->rest == RING_DROP)
		return DROPPED;
	if (next->rest == RING_SENT)
		return FORWARDED;
	return next->rest == RING_SKIP ? DESELECTED : WRITTEN;
}

/* The rest of a line that is begun. */
static bool
lay_rest(struct lay *y)
{
	struct piece p = piece_at(y);

	if (y->next->rest != RING_LOG) {
		skip_piece(y, &p, fate_of_rest(y->next));
		return true;
	}
	if (limit_room(&y->rt->limit, y->size) == 0) {
		y->cut->rotate = true;
		return false;
	}
	return put_text(y, &p);
}

/* Whether there is room for a copy; where there can never be, it is dropped
 * and that counts as room. Asked before anything of the line is laid out. */
static bool
can_stage(struct lay *y, const struct copies *c, struct view text)
{
	size_t front = STAMP_SIZE + y->rt->conf->prefix.n;

	return copies_fits(c, front, text) || y->next->wr == y->cut->next.wr;
}

static void
stage(struct lay *y, struct copies *c, struct view at, struct view text)
{
	if (!copies_stage(c, at, y->rt->conf->prefix, text))
		c->dropped++;
	y->next->n.alerts++;
}

/* What may be seen of a line that begins at wr: the piece itself where there
 * is nothing to hide. Nothing of it where its end is not there yet, as it is
 * longer than the ring, or where it would not go into one file. */
static struct masked
mask_piece(const struct lay *y, const struct piece *p)
{
	const struct masks *ms = &y->rt->conf->masks;
	uint64_t most = y->rt->limit.max;
	struct masked m = { MASK_SHOWN, p->text };

	if (ms->n == 0)
		return m;
	m = p->ends ? masks_apply(ms, p->text) : masks_withhold();
	if (m.fate == MASK_HIDDEN && most &&
	    front_size(y->rt) + m.text.n + 1 > most)
		m = masks_withhold();
	return m;
}

/* What is left of a line in which something is hidden: all at once, since
 * nobody could tell later which bytes of the rest are to be hidden. */
static bool
put_masked(struct lay *y, const struct piece *p, struct view text)
{
	put(y, text);
	put(y, view_of(newline, 1));
	y->next->rest = RING_HIDE;
	skip_piece(y, p, WRITTEN);
	y->cut->rotate = limit_ends(&y->rt->limit, y->size);
	return !y->cut->rotate;
}

/* Of a line that goes somewhere. */
static void
count_line(struct lay *y, const struct piece *p, enum mask_fate fate,
    uint64_t given_up)
{
	struct ring_counts *n = &y->next->n;

	n->cut_lines += p->text.n > y->rt->options->line_max;
	n->masked_lines += fate == MASK_HIDDEN;
	n->withheld_lines += fate == MASK_WITHHELD;
	n->given_up += pcre_given_up() - given_up;
}

/* Whether the line that begins at wr is to be sent, and whether the log gets
 * it, if it is selected. */
static bool
is_sent(const struct lay *y)
{
	return y->rt->datagrams && y->next->wr >= y->next->settled;
}

static bool
is_logged(const struct lay *y)
{
	return !y->rt->conf->only || (y->next->wr >= y->next->untaken &&
					 y->next->wr < y->next->settled);
}

static void
stage_datagram(struct lay *y, struct view at, struct view text)
{
	const struct frame_line line = {
		.ns = y->next->last_ns,
		.sequence = y->next->sequence++,
		.stamp = at,
		.prefix = y->rt->conf->prefix,
		.text = text,
	};

	datagrams_add(y->rt->datagrams, y->rt->frame, &line, y->next->wr);
}

/* Whether a line that is selected for the log can be laid out now; if not, the
 * cut has to end before it. */
static bool
has_room(struct lay *y, bool log, bool send, size_t n)
{
	const struct route *rt = y->rt;

	if (log && limit_refuses(&rt->limit, y->size, n)) {
		y->cut->rotate = true;
		return false;
	}
	if (log && buf_room(rt->out) < n && rt->out->n)
		return false;
	return !send || datagrams_fit(rt->datagrams, rt->frame->form.max);
}

/* A line from its first byte on: false when the cut has to end before it. */
static bool
lay_line(struct lay *y)
{
	struct route *rt = y->rt;
	struct piece p = piece_at(y);
	struct view head = view_first(p.text, (size_t)rt->options->line_max);
	uint64_t given_up = pcre_given_up();
	struct verdict v = select_line(&rt->conf->select, head);
	size_t front = front_size(rt);
	bool alert = v.to[SELECT_STDERR] && rt->alerts;
	bool copy = v.to[SELECT_LOG] && rt->copies;
	bool send = v.to[SELECT_LOG] && is_sent(y);
	bool log = v.to[SELECT_LOG] && is_logged(y);
	struct masked m;
	struct view at;

	y->next->rest = RING_SKIP;
	if (!v.to[SELECT_LOG] && !v.to[SELECT_STDERR]) {
		y->next->n.given_up += pcre_given_up() - given_up;
		skip_piece(y, &p, DESELECTED);
		return true;
	}
	m = mask_piece(y, &p);
	if (!has_room(y, log, send, front + m.text.n + 1))
		return false;
	if ((alert && !can_stage(y, rt->alerts, m.text)) ||
	    (copy && !can_stage(y, rt->copies, m.text)))
		return false;
	at = stamp(rt, y->next);
	if (alert)
		stage(y, rt->alerts, at, m.text);
	if (copy)
		stage(y, rt->copies, at, m.text);
	if (send)
		stage_datagram(y, at, m.text);
	count_line(y, &p, m.fate, given_up);
	if (!log) {
		y->next->rest = v.to[SELECT_LOG] ? RING_SENT : RING_SKIP;
		skip_piece(y, &p, fate_of_rest(y->next));
		return true;
	}
	put(y, at);
	put(y, rt->conf->prefix);
	return m.fate == MASK_SHOWN ? put_text(y, &p)
	                            : put_masked(y, &p, m.text);
}

/* What stands before a line's text: where that begins. */
static inline char *
put_front(char *to, struct stamp *st, struct stamps *at, struct view prefix)
{
	if (st->style != STAMP_NONE) {
		int64_t ns = stamps_next(at);

		if (!stamp_covers(st, ns))
			stamp_text(st, ns);
		memcpy(to, st->text, STAMP_SIZE);
		to += STAMP_SIZE;
	}
	if (prefix.n) {
		memcpy(to, prefix.p, prefix.n);
		to += prefix.n;
	}
	return to;
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

/* The usual case, and nothing but it: whole lines that fit, of which no copy
 * or datagram goes anywhere. Ends before the first that is otherwise. This loop
 * is where the time goes: it keeps to its own variables, which no copied byte
 * may change, and counts at the end. */
static void
lay_lines(struct lay *y, uint64_t most)
{
	struct route *rt = y->rt;
	const struct view prefix = rt->conf->prefix;
	const bool asks = select_has_rules(&rt->conf->select);
	const size_t line_max = (size_t)rt->options->line_max;
	uint64_t end = y->ready < most ? y->ready : most;
	struct view in = ring_view(y->ring, y->next->wr, end);
	size_t front = front_size(rt), room = buf_room(rt->out), n, put;
	char *to = rt->out->p + rt->out->n;
	struct stamps at = stamps_of(y->next);
	uint64_t size = y->size, lines = 0, bytes = 0, others = 0, other = 0;
	const struct masks *masks = rt->conf->masks.n ? &rt->conf->masks : NULL;
	uint64_t masked = 0, given_up = pcre_given_up(), clear = 0;
	/* Of expressions that were asked about lines laid out here. */
	uint64_t asked = given_up;
	struct scan_ends ends;
	enum way way = LOGGED; /* of the line, and of those before `clear` */

	ends.i = ends.n = 0;
	if (room > limit_room(&rt->limit, size))
		room = (size_t)limit_room(&rt->limit, size);
	for (; room > front; in = view_from(in, n)) {
		bool ask = asks && at.wr >= clear;

		n = scan_next_line(&ends, in, line_max);
		if (n == 0 || n > line_max)
			break;
		if (ask)
			way = way_of(rt, in, n, at.wr, &clear);
		if (way == OTHERWISE)
			break;
		if (way == LEFT_OUT) {
			at.wr += n;
			others++;
			other += n;
			if (ask)
				asked = pcre_given_up();
			continue;
		}
		put = put_line(to + front, masks, in, n, room - front, &masked);
		if (put == 0)
			break;
		to = put_front(to, &rt->stamp, &at, prefix) + put;
		at.wr += n;
		lines++;
		bytes += n;
		room -= front + put;
		size += front + put;
		if (ask || masks)
			asked = pcre_given_up();
		if (limit_ends(&rt->limit, size)) {
			y->cut->rotate = true;
			break;
		}
	}
	rt->out->n = (size_t)(to - rt->out->p);
	y->size = size;
	y->next->last_ns = at.last_ns;
	y->next->n.masked_lines += masked;
	y->next->n.given_up += asked - given_up;
	pass(y->next, WRITTEN, bytes, lines);
	pass(y->next, DESELECTED, other, others);
}

static bool
lay_piece(struct lay *y)
{
	return y->next->in_line ? lay_rest(y) : lay_line(y);
}

static bool
has_more(const struct lay *y)
{
	return y->next->wr < y->ready || (y->last && y->next->in_line);
}

static void
lay_pieces(struct lay *y)
{
	struct buf *out = y->rt->out;
	uint64_t most = y->next->wr + LAY_MOST;
	bool usual =
	    !y->rt->copies &&
	    (!y->rt->datagrams || select_has_rules(&y->rt->conf->select));

	out->n = 0;
	do {
		if (!y->next->in_line && usual)
			lay_lines(y, most);
	} while (!y->cut->rotate && has_more(y) && lay_piece(y) &&
		 y->next->wr < most);
	add_part(y->cut, out->p, out->n);
}

/* Lines that were dropped are said in the log itself, with their number. */
static void
lay_owed(struct lay *y)
{
	struct buf *out = y->rt->out;
	struct ring_out *next = y->next;

	out->n = 0;
	if (next->torn)
		buf_ch(out, '\n');
	if (next->owed_lines == 0) {
		next->torn = 0;
		add_part(y->cut, out->p, out->n);
		return;
	}
	buf_put(out, stamp(y->rt, next));
	buf_str(out, "svlogd: warning: ");
	buf_u64(out, next->owed_lines);
	buf_str(out, " lines dropped: ");
	buf_str(out, why((int)next->owed_err));
	buf_ch(out, '\n');
	if (limit_refuses(&y->rt->limit, y->size, out->n)) {
		y->cut->rotate = true;
		return;
	}
	add_part(y->cut, out->p, out->n);
	next->owed_lines = 0;
	next->torn = 0;
	y->cut->rotate = limit_ends(&y->rt->limit, y->size + out->n);
}

/* With U what is settled and what is not never come in one cut: the lines of
 * the one are for the log, those of the other are yet to be sent. */
static uint64_t
end_of_settled(const struct route *rt, const struct ring *ring,
    const struct ring_out *now, uint64_t ready)
{
	size_t n;

	if (!rt->datagrams || !rt->conf->only)
		return ready;
	if (now->wr < now->settled)
		return now->settled < ready ? now->settled : ready;
	n = now->in_line ? scan_line(ring_view(ring, now->wr, ready)) : 0;
	return n ? now->wr + n : ready;
}

void
route_next(struct route *rt, const struct ring *ring,
    const struct ring_out *now, uint64_t ready, bool last, struct cut *cut)
{
	struct ring_out next = *now;
	struct lay y = {
		.rt = rt,
		.ring = ring,
		.cut = cut,
		.next = &next,
		.ready = end_of_settled(rt, ring, now, ready),
		.size = now->off,
	};

	y.last = last && y.ready == ready;
	cut->n_parts = 0;
	cut->bytes = 0;
	cut->rotate = false;
	cut->next.wr = now->wr;
	select_forget(&rt->conf->select);
	if (rt->alerts)
		copies_forget(rt->alerts);
	if (rt->copies)
		copies_forget(rt->copies);
	if (rt->datagrams)
		datagrams_forget(rt->datagrams);
	if (next.owed_lines || next.torn)
		lay_owed(&y);
	else if (rt->spans && (next.rest == RING_LOG || !next.in_line))
		lay_span(&y);
	else
		lay_pieces(&y);
	next.off += cut->bytes;
	cut->next = next;
}

/* What becomes of the line that begins at wr, from its head alone. */
static enum ring_rest
fate_of(const struct lay *y, const struct piece *p)
{
	const struct route *rt = y->rt;
	struct view head = view_first(p->text, (size_t)rt->options->line_max);
	uint64_t given_up = pcre_given_up();
	struct verdict v = select_line(&rt->conf->select, head);

	y->next->n.given_up += pcre_given_up() - given_up;
	if (!v.to[SELECT_LOG])
		return RING_SKIP;
	return rt->conf->only && y->next->wr < y->next->settled &&
	               y->next->wr < y->next->untaken
	           ? RING_SENT
	           : RING_LOG;
}

void
route_drop(struct route *rt, const struct ring *ring,
    const struct ring_out *now, uint64_t ready, int err, struct ring_out *next)
{
	struct lay y = {
		.rt = rt,
		.ring = ring,
		.next = next,
		.ready = ready,
	};

	*next = *now;
	while (next->wr < ready && next->wr < now->wr + LAY_MOST) {
		struct piece p = piece_at(&y);

		if (next->in_line && next->rest == RING_LOG)
			next->torn = 1; /* its beginning is in current */
		if (!next->in_line)
			next->rest = fate_of(&y, &p);
		if (next->rest == RING_LOG) {
			next->owed_lines++;
			next->owed_err = (int32_t)err;
			next->rest = RING_DROP;
		}
		skip_piece(&y, &p, fate_of_rest(next));
	}
}
