/* The set of services: what is there against what is run of it. */
#include "scandir.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "hash.h"
#include "loop.h"
#include "sys.h"

/* Between two starts of one service's runsv, at least. */
#define REST_NS (1 * LOOP_S)

enum { ROOM_FIRST = 64 };

static bool
has_child(const struct entry *e)
{
	return e->state == ENTRY_RUN || e->state == ENTRY_END;
}

static bool
is_same_dir(const struct entry *a, const struct entry *b)
{
	return a->ino == b->ino && a->dev == b->dev;
}

static bool
is_same_name(const struct entry *a, const struct entry *b)
{
	return a->name_hash == b->name_hash && strcmp(a->name, b->name) == 0;
}

/* Not before its time. */
static void
rest(struct entry *e, int64_t now)
{
	e->at = e->started + REST_NS;
	if (e->at < now)
		e->at = now;
}

/* --- a scan ---------------------------------------------------------------*/

void
scandir_begin(struct scandir *sd)
{
	assert(!sd->scanning);
	sd->scanning = true;
	sd->hint = 0;
	FOR_ENTRIES (sd, e)
		e->seen = false;
}

/* The only places where memory is taken. */
static void *
grow(struct scandir *sd, void *p, size_t n)
{
	assert(sd->scanning);
	(void)sd;
	return realloc(p, n);
}

static char *
copy_name(struct scandir *sd, const char *name)
{
	size_t n = strlen(name) + 1;
	char *copy = grow(sd, NULL, n);

	if (copy)
		memcpy(copy, name, n);
	return copy;
}

static bool
make_room(struct scandir *sd)
{
	size_t room = sd->room ? 2 * sd->room : ROOM_FIRST;
	size_t n_fds = SCANDIR_FDS + room;
	struct pollfd *fds = grow(sd, sd->fds, n_fds * sizeof(*fds));
	struct entry *v;

	if (!fds)
		return false;
	sd->fds = fds;
	v = grow(sd, sd->v, room * sizeof(*v));
	if (!v)
		return false;
	sd->v = v;
	sd->room = room;
	return true;
}

static struct entry *
append(struct scandir *sd, const char *name, dev_t dev, ino_t ino, int64_t now)
{
	struct entry *e;

	if (sd->n == sd->room && !make_room(sd))
		return NULL;
	e = &sd->v[sd->n];
	*e = (struct entry){
		.name = copy_name(sd, name),
		.name_hash = hash_bytes(HASH_START, name, strlen(name)),
		.dev = dev,
		.ino = ino,
		.at = now,
		.since = now,
		.started = now - REST_NS,
		.ok = -1,
		.lent = lent_none(),
	};
	if (!e->name)
		return NULL;
	sd->n++;
	return e;
}

/* A directory lists its names in the same order each time, nearly: the next
 * one is most often next to the last. */
static struct entry *
find(struct scandir *sd, const char *name, dev_t dev, ino_t ino)
{
	for (size_t i = 0; i < sd->n; i++) {
		size_t at = (sd->hint + i) % sd->n;
		struct entry *e = &sd->v[at];

		if (e->ino != ino || e->dev != dev || strcmp(e->name, name))
			continue;
		sd->hint = at + 1;
		return e;
	}
	return NULL;
}

int
scandir_see(struct scandir *sd, const char *name, dev_t dev, ino_t ino,
    int64_t now, struct entry **e)
{
	bool is_new = false;

	assert(sd->scanning);
	*e = find(sd, name, dev, ino);
	if (!*e) {
		*e = append(sd, name, dev, ino, now);
		if (!*e)
			return -ENOMEM;
		is_new = true;
	} else if ((*e)->dropped) {
		(*e)->dropped = false;
		(*e)->state = ENTRY_NEW;
		(*e)->since = now;
		rest(*e, now);
		is_new = true;
	}
	(*e)->seen = (*e)->there = true;
	return is_new;
}

void
scandir_keep(struct scandir *sd, const char *name)
{
	assert(sd->scanning);
	FOR_ENTRIES (sd, e)
		if (e->there && strcmp(e->name, name) == 0)
			e->seen = true;
}

/* The others keep their order. */
static void
forget_dropped(struct scandir *sd)
{
	size_t kept = 0;

	FOR_ENTRIES (sd, e) {
		if (e->dropped)
			free(e->name);
		else
			sd->v[kept++] = *e;
	}
	sd->n = kept;
}

void
scandir_end(struct scandir *sd, bool complete)
{
	FOR_ENTRIES (sd, e)
		if (complete && !e->seen)
			e->there = false;
	forget_dropped(sd);
	sd->scanning = false;
}

static void
close_all(struct entry *e)
{
	sys_drop(&e->ok);
	lent_close(&e->lent);
}

void
scandir_free(struct scandir *sd)
{
	FOR_ENTRIES (sd, e) {
		close_all(e);
		free(e->name);
	}
	free(sd->fds);
	free(sd->v);
	*sd = (struct scandir){ .n = 0 };
}

/* --- what is to be done ---------------------------------------------------*/

/* Whether it has to wait for another of its name or of its directory. */
static bool
is_behind(const struct scandir *sd, const struct entry *e)
{
	FOR_ENTRIES (sd, other) {
		if (other == e ||
		    (!is_same_dir(other, e) && !is_same_name(other, e)))
			continue;
		if (has_child(other) || (other->there && other < e))
			return true;
	}
	return false;
}

static const enum scandir_act when_due[] = {
	[ENTRY_NEW] = SCANDIR_LOOK,
	[ENTRY_DUE] = SCANDIR_START,
	[ENTRY_FOREIGN] = SCANDIR_HAIL,
};

enum scandir_act
scandir_act(const struct scandir *sd, const struct entry *e, int64_t now)
{
	if (e->state == ENTRY_END)
		return SCANDIR_WAIT;
	if (e->state == ENTRY_RUN)
		return e->there ? SCANDIR_WAIT : SCANDIR_STOP;
	if (!e->there)
		return e->dropped ? SCANDIR_WAIT : SCANDIR_DROP;
	if (now < e->at || is_behind(sd, e))
		return SCANDIR_WAIT;
	return when_due[e->state];
}

int64_t
scandir_deadline(const struct scandir *sd, int64_t now)
{
	int64_t at = LOOP_NEVER;

	FOR_ENTRIES (sd, e) {
		if (scandir_act(sd, e, now) != SCANDIR_WAIT)
			return now;
		if (e->there && !has_child(e) && e->at > now)
			at = loop_sooner(at, e->at);
	}
	return at;
}

/* --- what was done --------------------------------------------------------*/

void
scandir_started(struct entry *e, pid_t pid, int64_t now)
{
	assert(e->state == ENTRY_DUE);
	e->state = ENTRY_RUN;
	e->pid = pid;
	e->started = now;
}

void
scandir_told(struct entry *e)
{
	assert(has_child(e));
	e->state = ENTRY_END;
}

void
scandir_dropped(struct entry *e)
{
	assert(!e->there && !has_child(e));
	close_all(e);
	e->dropped = true;
}

void
scandir_ready(struct entry *e)
{
	assert(!has_child(e));
	e->state = ENTRY_DUE;
}

void
scandir_put_off(struct entry *e, int64_t at)
{
	assert(!has_child(e));
	e->at = at;
}

void
scandir_suspect(struct entry *e)
{
	assert(!has_child(e));
	e->state = ENTRY_FOREIGN;
}

void
scandir_hold(struct entry *e, int fd)
{
	assert(e->state == ENTRY_FOREIGN && e->ok < 0);
	e->ok = fd;
	e->at = LOOP_NEVER;
	e->orphaned = false; /* that one has it */
}

size_t
scandir_poll(struct scandir *sd, size_t at)
{
	assert(at <= SCANDIR_FDS);
	FOR_ENTRIES (sd, e)
		if (e->ok >= 0) /* errors are always told */
			sd->fds[at++] = (struct pollfd){ .fd = e->ok };
	return at;
}

void
scandir_polled(struct scandir *sd, size_t at, int64_t now)
{
	FOR_ENTRIES (sd, e) {
		if (e->ok < 0 || !sd->fds[at++].revents)
			continue;
		sys_drop(&e->ok);
		e->at = now;
	}
}

struct entry *
scandir_reaped(struct scandir *sd, pid_t pid, int64_t now)
{
	FOR_ENTRIES (sd, e) {
		if (!has_child(e) || e->pid != pid)
			continue;
		e->state = ENTRY_DUE;
		e->pid = 0;
		rest(e, now);
		return e;
	}
	return NULL;
}

void
scandir_orphan(struct entry *e, bool orphaned)
{
	e->orphaned = orphaned;
}

size_t
scandir_running(const struct scandir *sd)
{
	size_t n = 0;

	FOR_ENTRIES (sd, e)
		n += has_child(e) || (e->there && e->orphaned);
	return n;
}
