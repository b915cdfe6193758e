/* One log directory: all that is done for it, and when. */
#include "logdir.h"

#include <errno.h>
#include <fcntl.h>

#include "confdir.h"
#include "dir.h"
#include "loop.h"
#include "say.h"
#include "stats.h"
#include "sys.h"

#define LOOK_NS (500 * LOOP_MS)

void
logdir_init(struct logdir *ld, const char *path, const struct options *options,
    struct buffers *buffers, struct orphans *orphans)
{
	*ld = (struct logdir){
		.place = { .path = path, .fd = -1, .lock_fd = -1 },
		.options = options,
		.buffers = buffers,
		.stats_fd = -1,
		.look_at = LOOP_NEVER,
	};
	conf_init(&ld->conf);
	writer_init(&ld->writer, &ld->place, &ld->conf, &ld->attic);
	attic_init(&ld->attic, &ld->place, &ld->conf, &ld->writer.out.n,
	    orphans);
	trouble_init(&ld->trouble);
	syncer_init(&ld->syncer);
	sender_init(&ld->sender, path, &ld->conf, &ld->writer);
}

/* --- opening -------------------------------------------------------------- */

static void
open_stats(struct logdir *ld)
{
	struct stat st;

	ld->stats_fd = dir_open_file(ld->place.fd, &ld->place.home,
	    "lock.stats", O_WRONLY | O_CREAT, 0644, &st);
}

static void
close_all(struct logdir *ld)
{
	place_close(&ld->place);
	sys_drop(&ld->stats_fd);
}

/* The config, and the room it takes: 0, or -errno with *conf the defaults. No
 * config is no failure. */
static int
read_conf(const struct logdir *ld, struct conf *conf)
{
	int rc;

	conf_init(conf);
	rc = confdir_read(conf, ld->place.fd, ld->place.path, ld->place.foreign,
	    NULL);
	if (rc == 0)
		say_info(0, "read: ", ld->place.path, "/config");
	if (rc == 0 || rc == -ENOENT)
		rc = buffers_fit(ld->buffers, ld->options, conf);
	if (rc < 0)
		conf_free(conf);
	return rc;
}

/* What of a config is not as it should be, though it is used. */
static void
complain(const struct logdir *ld)
{
	const struct conf *c = &ld->conf;
	const char *path = ld->place.path;

	if (c->errors)
		say_warning(0,
		    "config with errors, without those lines: ", path);
	if (c->lost_masks)
		say_warning(0,
		    "a mask is one of them, what it is for is "
		    "NOT hidden: ",
		    path);
	if (c->interpreted && !ld->buffers->told_slow)
		say_warning(0,
		    "regular expressions are interpreted, which is "
		    "slow: ",
		    path);
	ld->buffers->told_slow |= c->interpreted > 0;
}

int
logdir_open(struct logdir *ld)
{
	struct conf conf;
	int rc = place_open(&ld->place, ld->place.path);

	if (rc < 0)
		return rc;
	rc = read_conf(ld, &conf);
	if (rc < 0 && rc != -ENOMEM) {
		say_warning(rc, "unable to read config: ", ld->place.path,
		    ": using the defaults");
		rc = buffers_fit(ld->buffers, ld->options, &conf);
	}
	if (rc < 0) { /* the defaults may delete what the config keeps */
		place_close(&ld->place);
		ld->place.found = false; /* it was not the lock */
		return rc;
	}
	conf_free(&ld->conf);
	ld->conf = conf;
	complain(ld);
	ld->state = LOGDIR_OPEN;
	return 0;
}

static void
set_route(struct logdir *ld)
{
	struct buffers *b = ld->buffers;

	route_init(&ld->route, ld->options, &ld->conf, &b->out);
	ld->route.alerts = &b->alerts;
	ld->route.copies = ld->conf.copy_out ? &b->copies : NULL;
	sender_configure(&ld->sender, ld->options, &b->datagrams, &ld->route);
	ld->given_up = ld->writer.out.n.given_up;
	ld->withheld = ld->writer.out.n.withheld_lines;
	writer_configure(&ld->writer, route_hash(ld->options, &ld->conf));
}

/* After logdir_open(): everything but the record. 0, or -errno where there is
 * no current yet. */
static int
go_live(struct logdir *ld)
{
	attic_enter(&ld->attic);
	writer_enter(&ld->writer);
	open_stats(ld);
	ld->state = LOGDIR_LIVE;
	ld->look_at = LOOP_NEVER;
	return writer_take_up(&ld->writer);
}

void
logdir_attach(struct logdir *ld, struct ring *ring, uint64_t start)
{
	int rc;

	writer_attach(&ld->writer, ring, start);
	set_route(ld);
	rc = go_live(ld);
	if (rc < 0)
		trouble_note(&ld->trouble, rc, "unable to open current",
		    ld->place.path);
}

/* --- the directory is gone ------------------------------------------------ */

static void
lose(struct logdir *ld, int err)
{
	writer_leave(&ld->writer);
	close_all(ld);
	ld->state = LOGDIR_LOST;
	trouble_note(&ld->trouble, err, "log directory was taken away",
	    ld->place.path);
}

/* What is at the path now takes the old one's place, and its record. */
static int
find_again(struct logdir *ld)
{
	int rc = logdir_open(ld);

	if (rc < 0)
		return rc;
	set_route(ld);
	return go_live(ld);
}

static void
look(struct logdir *ld)
{
	ld->look_at = LOOP_NEVER;
	if (ld->state != LOGDIR_LIVE || ld->writer.rotor.state != ROTOR_IDLE ||
	    !place_moved(&ld->place))
		return;
	current_seal(&ld->writer.current, ld->conf.mode);
	lose(ld, -ESTALE);
	ld->trouble.retry_at = loop_now();
}

/* --- config again --------------------------------------------------------- */

static int64_t
sync_window(const struct logdir *ld)
{
	return (int64_t)ld->conf.sync_ms * LOOP_MS;
}

static void
use_conf(struct logdir *ld, struct conf *conf)
{
	conf_free(&ld->conf);
	ld->conf = *conf;
	complain(ld);
	set_route(ld);
	syncer_wrote(&ld->syncer, sync_window(ld), loop_now());
	attic_wake(&ld->attic);
}

void
logdir_reload(struct logdir *ld)
{
	struct conf conf;
	int rc;

	look(ld);
	if (ld->state != LOGDIR_LIVE)
		return; /* the new one's config is read when it is opened */
	rc = read_conf(ld, &conf);
	if (rc < 0) {
		say_warning(rc, "unable to read config: ", ld->place.path,
		    ": keeping the old one");
		return;
	}
	if (conf.errors) {
		say_warning(0, "config with errors: ", ld->place.path,
		    ": keeping the old one");
		conf_free(&conf);
		return;
	}
	use_conf(ld, &conf);
	ld->trouble.retry_at = LOOP_NEVER; /* whatever failed may work now */
}

/* --- writing -------------------------------------------------------------- */

/* Something was written, or was begun to be. */
static void
note_write(struct logdir *ld)
{
	int64_t now;

	if (ld->look_at != LOOP_NEVER && ld->conf.sync_ms == 0)
		return;
	now = loop_now();
	if (ld->look_at == LOOP_NEVER)
		ld->look_at = now + LOOK_NS;
	syncer_wrote(&ld->syncer, sync_window(ld), now);
}

/* Lines on which an expression gave up are counted, and the first is told. */
static void
tell_limits(struct logdir *ld)
{
	const struct ring_counts *n = &ld->writer.out.n;

	if (n->given_up > ld->given_up)
		say_warning(0, "a regular expression was given up on a line: ",
		    ld->place.path);
	if (n->withheld_lines > ld->withheld)
		say_warning(0, "a line that could not be masked is withheld: ",
		    ld->place.path);
	if (n->given_up > ld->given_up)
		ld->given_up = UINT64_MAX;
	if (n->withheld_lines > ld->withheld)
		ld->withheld = UINT64_MAX;
}

/* The next write: 0, or -errno when it is not to be tried again at once. */
static int
pump_cut(struct logdir *ld, uint64_t ready, bool last)
{
	struct writer *w = &ld->writer;
	struct cut cut;
	int rc;

	/* What is half-written keeps its stamps. */
	if (w->ahead == 0 && route_clock(&w->out, &w->ring->in))
		writer_record(w);
	sender_prepare(&ld->sender);
	route_next(&ld->route, w->ring, &w->out, ready, last, &cut);
	if (!sender_settle(&ld->sender, &cut))
		return 0;
	rc = writer_put(w, &cut);
	note_write(ld);
	if (rc == -EFBIG && route_restrict(&ld->route, w->current.size))
		return writer_take_back(w);
	if (rc < 0)
		return writer_mend(w, rc);
	sender_send(&ld->sender, &cut);
	writer_commit(w, &cut);
	tell_limits(ld);
	copies_queue(ld->route.alerts);
	if (ld->route.copies)
		copies_queue(ld->route.copies);
	return 0;
}

static int
rotate(struct logdir *ld)
{
	int rc = writer_rotate(&ld->writer);

	if (rc == 0)
		syncer_forget(&ld->syncer);
	return rc;
}

/* Does what there is to do until that is done, or fails, or the time is up. */
static int
take_turn(struct logdir *ld, uint64_t ready, bool last, int64_t until)
{
	int rc;

	do {
		if (writer_must_rotate(&ld->writer))
			rc = rotate(ld);
		else if (logdir_has_work(ld, ready, last))
			rc = pump_cut(ld, ready, last);
		else
			return 0;
	} while (rc == 0 && loop_now() < until);
	ld->unfinished = rc == 0;
	return rc;
}

static int
work(struct logdir *ld, uint64_t ready, bool last, int64_t until)
{
	int rc = 0;

	if (ld->state == LOGDIR_LOST)
		rc = find_again(ld);
	else if (writer_is_idle(&ld->writer))
		rc = writer_take_up(&ld->writer);
	if (rc < 0)
		return rc;
	rc = take_turn(ld, ready, last, until);
	attic_tidy(&ld->attic);
	return rc;
}

int
logdir_pump(struct logdir *ld, uint64_t ready, bool last, int64_t until)
{
	int rc;

	ld->unfinished = false;
	if (ld->state < LOGDIR_OPEN)
		return 0;
	if (trouble_waits(&ld->trouble) ||
	    relay_waits(&ld->sender.relay, loop_now()))
		return -EAGAIN;
	rc = work(ld, ready, last, until);
	if (rc == -ENOENT && ld->state == LOGDIR_LIVE)
		lose(ld, rc);
	else if (rc < 0 && ld->writer.rotor.state != ROTOR_IDLE)
		trouble_note(&ld->trouble, rc, "unable to rotate current",
		    ld->place.path);
	else if (rc < 0)
		trouble_note(&ld->trouble, rc, "unable to write to current",
		    ld->place.path);
	else if (trouble_end(&ld->trouble))
		say_info(0, "writing again: ", ld->place.path);
	return rc;
}

bool
logdir_drop(struct logdir *ld, uint64_t ready, bool last)
{
	writer_drop(&ld->writer, &ld->route, ready, last, ld->trouble.err);
	ld->unfinished = !logdir_is_done(ld, ready, last);
	return ld->unfinished;
}

void
logdir_rotate(struct logdir *ld)
{
	if (ld->state == LOGDIR_LIVE && ld->writer.current.size > 0)
		ld->writer.want_rotate = true;
}

/* --- what is due ---------------------------------------------------------- */

/* When current is too old (the t line). */
static int64_t
age_at(const struct logdir *ld)
{
	if (ld->conf.age_s == 0 || ld->writer.current.size == 0)
		return LOOP_NEVER;
	return ld->writer.since + (int64_t)ld->conf.age_s * LOOP_S;
}

static void
sync_current(struct logdir *ld)
{
	struct ring_counts *n = &ld->writer.out.n;
	int64_t took;
	int rc = syncer_run(&ld->syncer, ld->writer.current.fd, &took);

	n->sync_ns += (uint64_t)took;
	if (rc == 0)
		return;
	/* A second sync that succeeds would prove nothing. */
	n->sync_failures++;
	ld->writer.want_rotate = true;
	if (n->sync_failures == 1)
		say_warning(rc,
		    "unable to sync current, rotating: ", ld->place.path);
}

void
logdir_tick(struct logdir *ld, int64_t now)
{
	if (ld->state != LOGDIR_LIVE)
		return;
	if (now >= age_at(ld))
		ld->writer.want_rotate = true;
	if (now >= ld->syncer.at)
		sync_current(ld);
	attic_tick(&ld->attic, now);
	relay_tick(&ld->sender.relay, now);
	if (now >= ld->look_at)
		look(ld);
}

int64_t
logdir_deadline(const struct logdir *ld, bool writes)
{
	int64_t at = writes ? ld->trouble.retry_at : LOOP_NEVER;

	if (ld->state < LOGDIR_OPEN)
		return LOOP_NEVER;
	if (writes && ld->unfinished)
		return 0;
	if (ld->state == LOGDIR_LIVE) {
		at = loop_sooner(at, ld->syncer.at);
		at = loop_sooner(at, ld->look_at);
		if (!ld->writer.want_rotate)
			at = loop_sooner(at, age_at(ld));
		at = loop_sooner(at, attic_deadline(&ld->attic));
		at = loop_sooner(at,
		    relay_deadline(&ld->sender.relay, loop_now()));
	}
	return at;
}

bool
logdir_reaped(struct logdir *ld, pid_t pid, int status)
{
	return relay_reaped(&ld->sender.relay, pid, loop_now()) ||
	       attic_reaped(&ld->attic, pid, status);
}

void
logdir_stats(struct logdir *ld, uint64_t pipe_full_ns)
{
	char text[STATS_SIZE];
	struct buf b;
	struct stats_extra extra = {
		.now_ns = sys_wall_ns(),
		.current_size = ld->writer.current.size,
		.pipe_full_ns = pipe_full_ns,
		.copies_dropped =
		    ld->buffers->alerts.dropped +
		    (ld->route.copies ? ld->route.copies->dropped : 0),
	};

	if (ld->state != LOGDIR_LIVE)
		return;
	writer_record(&ld->writer); /* what is said now stays true */
	if (ld->stats_fd < 0)
		return;
	buf_init(&b, text, sizeof text);
	for (size_t i = 0; i < ld->sender.relay.n; i++)
		extra.targets[extra.n_targets++] = ld->sender.relay.v[i].count;
	stats_text(&b, &ld->writer.out.n, &extra, ++ld->stats_serial);
	sys_pwrite(ld->stats_fd, text, b.n, 0);
}

/* --- the end -------------------------------------------------------------- */

void
logdir_close(struct logdir *ld)
{
	int rc;

	attic_stop(&ld->attic);
	sender_close(&ld->sender);
	if (ld->state < LOGDIR_OPEN)
		return;
	say_number("lines dropped and not said in the log of ", ld->place.path,
	    ld->writer.out.owed_lines);
	rc = writer_close(&ld->writer);
	if (rc < 0)
		say_warning(rc, "unable to sync current: ", ld->place.path);
	close_all(ld);
	say_info(0, "close: ", ld->place.path);
	ld->state = LOGDIR_OUT;
}
