/* A line from its first byte on. */
#include "entry.h"

#include "copies.h"
#include "datagrams.h"
#include "limit.h"
#include "mask.h"
#include "pcre.h"
#include "piece.h"

struct entry {
	struct piece piece;
	struct verdict says;
	uint64_t given_up; /* as counted before anything looked at it */
	struct masked shows;

	/* It goes now to: */
	bool log;
	bool alerts;
	bool copies;
	bool targets;
};

/* With U the log gets what no target took, once that is settled. */
static bool
is_for_log(const struct lay *y)
{
	const struct ring_out *next = y->next;

	return !y->rt->conf->only ||
	       (next->wr >= next->untaken && next->wr < next->settled);
}

static struct entry
entry_at(const struct lay *y)
{
	const struct route *rt = y->rt;
	struct entry e = { .piece = piece_at(y), .given_up = pcre_given_up() };
	bool chosen;

	e.says = piece_verdict(y, &e.piece);
	chosen = e.says.to[SELECT_LOG];
	e.log = chosen && is_for_log(y);
	e.alerts = e.says.to[SELECT_STDERR] && rt->alerts;
	e.copies = chosen && rt->copies;
	e.targets = chosen && rt->datagrams && y->next->wr >= y->next->settled;
	return e;
}

/* What may be seen of the line: the piece itself where there is nothing to
 * hide. Nothing of it where its end is not there yet, as it is longer than the
 * ring, or where it would not go into one file. */
static struct masked
mask(const struct lay *y, const struct piece *p)
{
	const struct masks *ms = &y->rt->conf->masks;
	uint64_t most = y->rt->limit.max;
	struct masked m = { MASK_SHOWN, p->text };

	if (ms->n == 0)
		return m;
	m = p->ends ? masks_apply(ms, p->text) : masks_withhold();
	if (m.fate == MASK_HIDDEN && most && lay_front(y) + m.text.n + 1 > most)
		m = masks_withhold();
	return m;
}

/* --- room ----------------------------------------------------------------- */

/* In current and in the buffer. */
static bool
fits_log(struct lay *y, size_t n)
{
	const struct buf *out = y->rt->out;

	if (limit_refuses(&y->rt->limit, y->size, n)) {
		y->cut->rotate = true;
		return false;
	}
	return buf_room(out) >= n || out->n == 0;
}

/* For a copy; where there can never be, it is dropped and that counts as
 * room. */
static bool
fits_copies(const struct lay *y, const struct copies *c, struct view text)
{
	size_t front = STAMP_SIZE + y->rt->conf->prefix.n;

	return copies_fits(c, front, text) || y->next->wr == y->cut->next.wr;
}

/* Whether it can be laid out now, wherever it goes; if not, the cut has to end
 * before it. Asked before anything of it is laid out. */
static bool
has_room(struct lay *y, const struct entry *e)
{
	const struct route *rt = y->rt;
	struct view text = e->shows.text;

	if (e->log && !fits_log(y, lay_front(y) + text.n + 1))
		return false;
	if (e->targets && !datagrams_fit(rt->datagrams, rt->frame->form.max))
		return false;
	if (e->alerts && !fits_copies(y, rt->alerts, text))
		return false;
	return !e->copies || fits_copies(y, rt->copies, text);
}

/* --- where it goes -------------------------------------------------------- */

static void
stage_copy(struct lay *y, struct copies *c, struct view at, struct view text)
{
	if (!copies_stage(c, at, y->rt->conf->prefix, text))
		c->dropped++;
	y->next->n.alerts++;
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

static void
stage(struct lay *y, const struct entry *e, struct view at)
{
	if (e->alerts)
		stage_copy(y, y->rt->alerts, at, e->shows.text);
	if (e->copies)
		stage_copy(y, y->rt->copies, at, e->shows.text);
	if (e->targets)
		stage_datagram(y, at, e->shows.text);
}

static void
count(struct lay *y, const struct entry *e)
{
	struct ring_counts *n = &y->next->n;

	n->cut_lines += e->piece.text.n > y->rt->options->line_max;
	n->masked_lines += e->shows.fate == MASK_HIDDEN;
	n->withheld_lines += e->shows.fate == MASK_WITHHELD;
	n->given_up += pcre_given_up() - e->given_up;
}

/* What is left of a line in which something is hidden: all at once, since
 * nobody could tell later which bytes of the rest are to be hidden. */
static bool
put_masked(struct lay *y, const struct entry *e)
{
	lay_put(y, e->shows.text);
	lay_put(y, view_of("\n", 1));
	y->next->rest = RING_HIDE;
	piece_skip(y, &e->piece, FATE_WRITTEN);
	y->cut->rotate = limit_ends(&y->rt->limit, y->size);
	return !y->cut->rotate;
}

bool
entry_lay(struct lay *y)
{
	struct entry e = entry_at(y);
	struct ring_out *next = y->next;
	struct view at;

	next->rest = RING_SKIP;
	if (!e.says.to[SELECT_LOG] && !e.says.to[SELECT_STDERR]) {
		next->n.given_up += pcre_given_up() - e.given_up;
		piece_skip(y, &e.piece, FATE_DESELECTED);
		return true;
	}
	e.shows = mask(y, &e.piece);
	if (!has_room(y, &e))
		return false;
	at = lay_stamp(y);
	stage(y, &e, at);
	count(y, &e);
	if (!e.log) {
		if (e.says.to[SELECT_LOG])
			next->rest = RING_SENT;
		piece_skip(y, &e.piece, fate_of_rest(next));
		return true;
	}
	lay_put(y, at);
	lay_put(y, y->rt->conf->prefix);
	return e.shows.fate == MASK_SHOWN ? piece_put(y, &e.piece)
	                                  : put_masked(y, &e);
}
