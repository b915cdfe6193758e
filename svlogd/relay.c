/* The targets of a directory's datagrams as one. */
#include "relay.h"

#include "loop.h"
#include "say.h"

#define WAIT_NS (1 * LOOP_S) /* for the first answers to names */
#define SAY_NS (60 * LOOP_S)

#define FOR_TARGETS(r, t)                                                      \
	for (struct target *t = (r)->v; t < (r)->v + (r)->n; t++)
#define FOR_CONST_TARGETS(r, t)                                                \
	for (const struct target *t = (r)->v; t < (r)->v + (r)->n; t++)

void
relay_init(struct relay *r, const char *path)
{
	*r = (struct relay){ .path = path };
}

void
relay_close(struct relay *r)
{
	FOR_TARGETS(r, t)
	target_close(t);
	r->n = 0;
}

/* The target that was there before, moved out of the old ones; or a new one. */
static struct target
find(struct relay *old, const struct conf_target *ct)
{
	struct target new;

	FOR_TARGETS(old, t)
	{
		if (!address_is(&t->address, &ct->address))
			continue;
		new = *t;
		new.line = ct->line;
		*t = old->v[--old->n];
		return new;
	}
	target_init(&new, &ct->address, ct->line, old->path);
	return new;
}

void
relay_configure(struct relay *r, const struct conf *conf, int64_t now)
{
	struct relay old = *r;

	relay_init(r, old.path);
	for (size_t i = 0; i < conf->n_targets; i++)
		r->v[r->n++] = find(&old, &conf->targets[i]);
	relay_close(&old);
	r->wait_until = now + WAIT_NS;
}

bool
relay_waits(const struct relay *r, int64_t now)
{
	if (now >= r->wait_until)
		return false;
	FOR_CONST_TARGETS(r, t)
	if (!t->answered)
		return true;
	return false;
}

bool
relay_works(struct relay *r, int64_t now)
{
	bool any = false;

	FOR_TARGETS(r, t)
	any |= target_works(t, now);
	return any;
}

bool
relay_wants_probe(const struct relay *r, int64_t now)
{
	FOR_CONST_TARGETS(r, t)
	if (target_wants_probe(t, now))
		return true;
	return false;
}

/* --- sending ---------------------------------------------------------------
 */

/* The datagram before this one has failed after all. */
static void
take_back(struct relay *r, struct target *t, struct datagram *d,
    enum outcome what)
{
	t->count[OUTCOME_SENT]--;
	t->count[what]++;
	r->outcome[OUTCOME_SENT]--;
	r->outcome[what]++;
	d->takers &= ~(UINT32_C(1) << (t - r->v));
}

void
relay_send(struct relay *r, struct datagrams *d, size_t i, int64_t now)
{
	d->v[i].takers = 0;
	FOR_TARGETS(r, t)
	{
		enum outcome before,
		    o = target_send(t, datagrams_view(d, i), now, &before);

		t->count[o]++;
		r->outcome[o]++;
		r->offered++;
		if (before != OUTCOME_SENT && i > 0)
			take_back(r, t, &d->v[i - 1], before);
		if (o == OUTCOME_SENT && t->state == TARGET_WORKS)
			d->v[i].takers |= UINT32_C(1) << (t - r->v);
	}
}

void
relay_settle(struct relay *r, struct datagrams *d, size_t i, int64_t now)
{
	FOR_TARGETS(r, t)
	{
		enum outcome o = target_settle(t, now);

		if (o != OUTCOME_SENT)
			take_back(r, t, &d->v[i], o);
	}
}

void
relay_count(struct relay *r, struct ring_counts *n)
{
	n->datagrams += r->offered;
	r->offered = 0;
	for (int o = 0; o < OUTCOMES; o++) {
		n->outcome[o] += r->outcome[o];
		r->outcome[o] = 0;
	}
}

void
relay_tell_logged(struct relay *r, int64_t now)
{
	if (now < r->say_at)
		return;
	r->say_at = now + SAY_NS;
	say_warning(0, "lines that no target takes go to the log: ", r->path);
}

/* --- what is due -----------------------------------------------------------
 */

void
relay_tick(struct relay *r, int64_t now)
{
	FOR_TARGETS(r, t)
	target_tick(t, now);
}

int64_t
relay_deadline(const struct relay *r, int64_t now)
{
	int64_t at = relay_waits(r, now) ? r->wait_until : LOOP_NEVER;

	FOR_CONST_TARGETS(r, t)
	at = loop_sooner(at, target_deadline(t));
	return at;
}

bool
relay_reaped(struct relay *r, pid_t pid, int64_t now)
{
	FOR_TARGETS(r, t)
	if (target_reaped(t, pid, now))
		return true;
	return false;
}
