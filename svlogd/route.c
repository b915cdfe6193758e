/* A directory's plan: what its next write is. */
#include "route.h"

#include "entry.h"
#include "hash.h"
#include "loss.h"
#include "piece.h"
#include "run.h"
#include "scan.h"
#include "span.h"

/* Changes whenever the same record and config begin to mean other output. */
static const char format_version[] = "weir 3";

/* As much input is laid out or dropped at a time, also where none of it is
 * written: rules may take long, and signals want to be heard. */
enum { ROUTE_MOST = 128 * 1024 };

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

/* --- a cut ---------------------------------------------------------------- */

static bool
has_more(const struct lay *y)
{
	return y->next->wr < y->ready || (y->last && y->next->in_line);
}

static bool
lay_piece(struct lay *y)
{
	return y->next->in_line ? piece_lay_rest(y) : entry_lay(y);
}

/* Line by line: runs of usual ones, and one by one what is otherwise. */
static void
lay_lines(struct lay *y)
{
	struct buf *out = y->rt->out;
	uint64_t most = y->next->wr + ROUTE_MOST;
	struct scan_ends ends;

	scan_begin(&ends);
	out->n = 0;
	do {
		if (!y->next->in_line)
			run_lay(y, most, &ends);
	} while (!y->cut->rotate && has_more(y) && lay_piece(y) &&
		 y->next->wr < most);
	lay_part(y, out->p, out->n);
}

/* What was found out, or staged, for a cut that was laid out before. */
static void
forget(struct route *rt)
{
	select_forget(&rt->conf->select);
	if (rt->alerts)
		copies_forget(rt->alerts);
	if (rt->copies)
		copies_forget(rt->copies);
	if (rt->datagrams)
		datagrams_forget(rt->datagrams);
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
	forget(rt);
	if (loss_is_owed(&next))
		loss_lay(&y);
	else if (rt->spans && (next.rest == RING_LOG || !next.in_line))
		span_lay(&y);
	else
		lay_lines(&y);
	next.off += cut->bytes;
	cut->next = next;
}

void
route_drop(struct route *rt, const struct ring *ring,
    const struct ring_out *now, uint64_t ready, bool last, int err,
    struct ring_out *next)
{
	struct lay y = {
		.rt = rt,
		.ring = ring,
		.next = next,
		.ready = ready,
		.last = last,
	};

	*next = *now;
	while (has_more(&y) && next->wr < now->wr + ROUTE_MOST)
		loss_take(&y, err);
}
