/* Where datagrams go. */
#include "target.h"

#include <errno.h>
#include <string.h>

#include "buf.h"
#include "loop.h"
#include "say.h"

#define OPEN_NS (100 * LOOP_MS)  /* between two tries to open a socket */
#define PROBE_NS (500 * LOOP_MS) /* between two probes */
#define QUIET_NS (500 * LOOP_MS) /* a word from far away takes that long */
#define HUSH_NS (1 * LOOP_S)
#define AGAIN_NS (60 * LOOP_S)
#define ASK_NS (60 * LOOP_S) /* between two lookups of a name */
#define SOON_NS (1 * LOOP_S) /* ... at first after a failure */

static bool
has_name(const struct target *t)
{
	return t->address.name[0] != 0;
}

void
target_init(struct target *t, const struct address *address, unsigned line,
    const char *path)
{
	*t = (struct target){
		.address = *address,
		.line = line,
		.path = path,
		.state = TARGET_SOUGHT,
		.fd = -1,
		.ask_at = 0,
		.wait_ns = SOON_NS,
	};
	lookup_init(&t->lookup);
	if (has_name(t))
		return;
	t->state = TARGET_SHUT;
	t->ips[0] = address->ip;
	t->n_ips = 1;
	t->answered = true;
	t->ask_at = LOOP_NEVER;
}

void
target_close(struct target *t)
{
	lookup_stop(&t->lookup);
	sys_drop(&t->fd);
}

/* --- what is said ----------------------------------------------------------
 */

/* " /DIR/config:LINE: " */
static void
where(struct buf *b, const struct target *t)
{
	buf_str(b, "/config:");
	buf_u64(b, t->line);
	buf_str(b, ": ");
	buf_ch(b, 0);
}

static void
tell(struct target *t, int err, const char *words, int64_t now)
{
	char text[48];
	struct buf b;

	if (now < t->hush || (err == t->said && now < t->again))
		return;
	buf_init(&b, text, sizeof text);
	where(&b, t);
	say_warning(err, t->path, text, words);
	t->said = err;
	t->hush = now + HUSH_NS;
	t->again = now + AGAIN_NS;
}

static void
tell_works(struct target *t)
{
	char text[48];
	struct buf b;

	buf_init(&b, text, sizeof text);
	where(&b, t);
	say_info(0, t->path, text, "datagrams go out again");
}

/* --- its state -------------------------------------------------------------
 */

/* The only place where the state changes after target_init(). */
static void
move(struct target *t, enum target_state to, int64_t now)
{
	enum target_state from = t->state;

	t->state = to;
	switch (to) {
	case TARGET_SOUGHT:
		break;
	case TARGET_SHUT:
		sys_drop(&t->fd);
		t->hangs = false;
		t->at = t->doubted ? now + OPEN_NS : now;
		break;
	case TARGET_WORKS:
		if (from == TARGET_TRIED)
			tell_works(t);
		t->doubted = false;
		t->wait_ns = SOON_NS;
		t->again = 0;
		break;
	case TARGET_FAILS:
		t->at = from == TARGET_SHUT ? now : now + PROBE_NS;
		break;
	case TARGET_TRIED:
		t->at = now + QUIET_NS;
		break;
	}
}

/* Its address may be another by now. What fails while that is still to be asked
 * changes nothing. */
static void
ask_soon(struct target *t, int64_t now)
{
	if (!has_name(t) || t->ask_at <= now + t->wait_ns)
		return;
	t->ask_at = now + t->wait_ns;
	t->wait_ns = t->wait_ns < ASK_NS / 2 ? 2 * t->wait_ns : ASK_NS;
}

/* Something speaks against the address in use: the next one's turn. Where
 * there is none that is not doubted too, it has failed. */
static void
fail(struct target *t, int err, int64_t now)
{
	bool others = t->n_ips > 1;

	t->err = err;
	t->hangs = false;
	t->ip = (t->ip + 1) % t->n_ips;
	t->doubted |= t->ip == 0;
	if (t->doubted) {
		tell(t, err, "datagrams fail", now);
		ask_soon(t, now);
	}
	/* A socket whose far end refuses is good; others may be bound to an
	 * address that we do not have any more. */
	if (others || outcome_of(err) != OUTCOME_REFUSED)
		move(t, TARGET_SHUT, now);
	else
		move(t, TARGET_FAILS, now);
}

/* A word against what went out before. */
static void
hear(struct target *t, int err, int64_t now)
{
	if (outcome_of(err) == OUTCOME_TOO_LARGE)
		tell(t, err, "a datagram is dropped", now);
	else
		fail(t, err, now);
}

static bool
open_it(struct target *t, int64_t now)
{
	int fd;

	if (t->state != TARGET_SHUT || now < t->at)
		return false;
	fd = sys_udp(&t->ips[t->ip], t->address.port);
	if (fd < 0) {
		fail(t, fd, now);
		return false;
	}
	t->fd = fd;
	move(t, t->doubted ? TARGET_FAILS : TARGET_WORKS, now);
	return true;
}

bool
target_works(struct target *t, int64_t now)
{
	int rc;

	if (t->fd < 0 && !open_it(t, now))
		return false;
	rc = sys_udp_error(t->fd);
	if (rc < 0)
		hear(t, rc, now);
	if (t->state == TARGET_TRIED && now >= t->at)
		move(t, TARGET_WORKS, now);
	return t->state == TARGET_WORKS;
}

bool
target_wants_probe(const struct target *t, int64_t now)
{
	return t->state == TARGET_FAILS && now >= t->at;
}

/* --- sending ---------------------------------------------------------------
 */

/* It is this datagram that does not go. */
static enum outcome
own_failure(struct target *t, int err, int64_t now)
{
	enum outcome o = outcome_of(err);

	t->hangs = false;
	if (o == OUTCOME_TOO_LARGE || o == OUTCOME_BLOCKED)
		tell(t, err, "a datagram is dropped", now);
	else
		fail(t, err, now);
	return o;
}

/* A send has failed, maybe for what was sent before. It is tried once more. */
static enum outcome
send_again(struct target *t, struct view v, int err, int64_t now,
    enum outcome *before)
{
	bool hung = t->hangs;
	ssize_t rc = sys_send(t->fd, v.p, v.n);

	if (hung && (rc >= 0 || outcome_of(err) == OUTCOME_REFUSED))
		*before = outcome_of(err);
	if (rc < 0)
		return own_failure(t, (int)rc, now);
	hear(t, err, now);
	t->hangs = t->fd >= 0;
	return OUTCOME_SENT;
}

enum outcome
target_send(struct target *t, struct view datagram, int64_t now,
    enum outcome *before)
{
	ssize_t rc;

	*before = OUTCOME_SENT;
	if (t->fd < 0 && !open_it(t, now))
		return t->state == TARGET_SOUGHT ? OUTCOME_UNRESOLVED
		                                 : outcome_of(t->err);
	rc = sys_send(t->fd, datagram.p, datagram.n);
	if (rc >= 0) {
		t->hangs = true;
		return OUTCOME_SENT;
	}
	if (outcome_of((int)rc) == OUTCOME_BLOCKED)
		return own_failure(t, (int)rc, now);
	return send_again(t, datagram, (int)rc, now, before);
}

enum outcome
target_settle(struct target *t, int64_t now)
{
	int rc;

	if (!t->hangs)
		return OUTCOME_SENT;
	t->hangs = false;
	rc = sys_udp_error(t->fd);
	if (rc < 0)
		hear(t, rc, now);
	if (rc == 0 && t->state == TARGET_FAILS)
		move(t, TARGET_TRIED, now);
	else if (t->state == TARGET_TRIED && now >= t->at)
		move(t, TARGET_WORKS, now);
	return outcome_of(rc);
}

/* --- its name --------------------------------------------------------------
 */

void
target_tick(struct target *t, int64_t now)
{
	lookup_tick(&t->lookup, now);
	if (now < t->ask_at)
		return;
	t->ask_at = now + ASK_NS;
	if (lookup_start(&t->lookup, t->address.name, now) < 0)
		ask_soon(t, now);
}

int64_t
target_deadline(const struct target *t)
{
	return loop_sooner(t->ask_at, t->lookup.until);
}

/* Its place among the n; -1: it is none of them. */
static int
place_of(const struct sys_ip *ip, const struct sys_ip *ips, int n)
{
	for (int i = 0; i < n; i++)
		if (sys_ip_is(ip, &ips[i]))
			return i;
	return -1;
}

/* The name has these addresses now. One that is in use and among them stays
 * in use. */
static void
take(struct target *t, const struct sys_ip *ips, int n, int64_t now)
{
	int at =
	    t->state == TARGET_SOUGHT ? -1 : place_of(&t->ips[t->ip], ips, n);

	memcpy(t->ips, ips, (size_t)n * sizeof ips[0]);
	t->n_ips = n;
	t->ip = at < 0 ? 0 : at;
	if (at >= 0)
		return;
	t->doubted = false;
	move(t, TARGET_SHUT, now);
}

bool
target_reaped(struct target *t, pid_t pid, int64_t now)
{
	struct sys_ip ips[LOOKUP_MOST];
	int n = lookup_reaped(&t->lookup, pid, ips);

	if (n < 0)
		return false;
	t->answered = true;
	if (n > 0) {
		take(t, ips, n, now);
		return true;
	}
	tell(t, 0, "its name is not found", now);
	ask_soon(t, now);
	return true;
}
