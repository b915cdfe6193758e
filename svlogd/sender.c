/* What of a directory's lines has gone out as datagrams. */
#include "sender.h"

#include <string.h>

#include "loop.h"
#include "sys.h"

void
sender_init(struct sender *s, const char *path, const struct conf *conf,
    struct writer *writer)
{
	*s = (struct sender){ .conf = conf, .writer = writer };
	relay_init(&s->relay, path);
}

void
sender_close(struct sender *s)
{
	relay_close(&s->relay);
}

void
sender_configure(struct sender *s, const struct options *options,
    struct datagrams *batch, struct route *route)
{
	char host[FRAME_HOST];

	relay_configure(&s->relay, s->conf, loop_now());
	s->batch = s->conf->n_targets > 0 ? batch : NULL;
	if (!s->batch)
		return;
	if (sys_host_name(host, sizeof host) < 0)
		host[0] = 0;
	frame_init(&s->frame, &s->conf->form, (size_t)options->line_max, host);
	s->zone_until = 0;
	route->datagrams = s->batch;
	route->frame = &s->frame;
}

/* RFC 3164 wants local time, which changes its distance from UTC at a quarter
 * of an hour if at all. */
void
sender_prepare(struct sender *s)
{
	const int64_t quarter = 900;
	const struct ring_out *out = &s->writer->out;
	bool ahead = out->last_ns > out->fresh_ns; /* times only rise */
	int64_t at = (ahead ? out->last_ns : out->fresh_ns) / LOOP_S;

	if (s->conf->form.style != FRAME_3164 || at < s->zone_until)
		return;
	if (sys_zone(at, &s->frame.east_s) < 0)
		s->frame.east_s = 0;
	s->frame.second = -1;
	s->zone_until = at - at % quarter + quarter;
}

static bool
has_batch(const struct sender *s)
{
	return s->batch && s->batch->n > 0;
}

/* --- a batch goes out ----------------------------------------------------- */

/* Whether none of those before i is left: the last but one may have come to
 * that by the last. */
static bool
all_taken(const struct datagrams *d, size_t i)
{
	return (i < 1 || d->v[i - 1].takers) && (i < 2 || d->v[i - 2].takers);
}

/* Sends the first n datagrams of a cut, each settled before it goes out; with
 * U not beyond one that no target takes. `logged`: the lines are in the log,
 * or will be, whatever comes of it. How many went out. */
static size_t
send_first(struct sender *s, const struct cut *cut, size_t n, bool logged,
    int64_t now)
{
	struct datagrams *d = s->batch;
	struct ring_out *out = &s->writer->out;
	bool stops = s->conf->only;
	size_t i;

	for (i = 0; i < n && (!stops || all_taken(d, i)); i++) {
		out->settled = i + 1 < d->n ? d->v[i + 1].from : cut->next.wr;
		out->untaken = logged ? out->wr : out->settled;
		out->sequence++;
		out->in_flight = s->relay.n;
		writer_record(s->writer);
		relay_send(&s->relay, d, i, now);
		relay_count(&s->relay, &out->n);
	}
	if (i > 0)
		relay_settle(&s->relay, d, i - 1, now);
	relay_count(&s->relay, &out->n);
	out->in_flight = 0;
	return i;
}

/* All of the cut's datagrams are dealt with, which it says when it is
 * committed. */
static void
close_cut(const struct sender *s, struct cut *cut)
{
	const struct ring_counts *n = &s->writer->out.n;

	cut->next.settled = cut->next.untaken = cut->next.wr;
	cut->next.n.datagrams = n->datagrams;
	memcpy(cut->next.n.outcome, n->outcome, sizeof n->outcome);
}

bool
sender_settle(struct sender *s, struct cut *cut)
{
	struct datagrams *d = s->batch;
	struct ring_out *out = &s->writer->out;
	int64_t now;
	bool works;
	size_t n, taken;

	if (!s->conf->only || !has_batch(s))
		return true;
	now = loop_now();
	works = relay_works(&s->relay, now);
	/* Else each line is logged; one may show how things stand. */
	n = works ? d->n : relay_wants_probe(&s->relay, now);
	taken = datagrams_taken(d, send_first(s, cut, n, !works, now));
	if (works && taken == n) {
		close_cut(s, cut);
		return true;
	}
	out->untaken = works ? d->v[taken].from : out->wr;
	if (!works)
		out->settled = cut->next.wr;
	writer_record(s->writer);
	relay_tell_logged(&s->relay, now);
	return false;
}

void
sender_send(struct sender *s, struct cut *cut)
{
	if (s->conf->only || !has_batch(s))
		return;
	send_first(s, cut, s->batch->n, true, loop_now());
	close_cut(s, cut);
}
