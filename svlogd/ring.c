/* The crash-proof input buffer: bytes, and how far each side got. */
#include "ring.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "sys.h"

/* The file: a head of fixed size, then the data. Multiples of 64 KiB, the
 * largest page any of our systems has. A head's first page holds what one
 * directory needs. */
enum {
	HEAD = 128 * 1024,
	OUT_ROOM = 512, /* bytes for a struct ring_out */
};

#define MAGIC UINT64_C(0x31676e6972696577) /* "weiring1" */

struct head {
	_Atomic uint64_t magic; /* stored last */
	uint32_t in_size, out_size;
	uint32_t n_out; /* records from here on were never used */
	unsigned char boot[16];
	struct ring_in in[2];
	char pad[512];
	struct out_pair {
		_Alignas(OUT_ROOM) struct ring_out slot;
	} out[RING_DIRS][2];
};

_Static_assert(sizeof(struct head) <= HEAD, "the head has room for all");
_Static_assert(sizeof(struct ring_out) <= OUT_ROOM, "a record fits its room");

/* A record without the counters that were added since. */
enum { OUT_LEAST = offsetof(struct ring_out, n.sync_failures) + 8 };

static struct head *
head_of(const struct ring *r)
{
	return (struct head *)(void *)r->map;
}

static uint64_t
load_seq(const uint64_t *seq)
{
	return __atomic_load_n(seq, __ATOMIC_ACQUIRE);
}

static void
store_seq(uint64_t *seq, uint64_t value)
{
	__atomic_store_n(seq, value, __ATOMIC_RELEASE);
}

static struct ring_in *
newest_in(struct head *h)
{
	return &h->in[load_seq(&h->in[1].seq) > load_seq(&h->in[0].seq)];
}

static struct ring_out *
newest_out(struct head *h, int i)
{
	struct out_pair *p = h->out[i];

	return &p[load_seq(&p[1].slot.seq) > load_seq(&p[0].slot.seq)].slot;
}

void
ring_commit_in(struct ring *r, const struct ring_in *in)
{
	struct head *h = head_of(r);
	struct ring_in *to = &h->in[newest_in(h) == &h->in[0]];
	uint64_t seq = r->in.seq + 1;

	r->in = *in;
	r->in.seq = to->seq; /* the older one, until all is there */
	*to = r->in;
	store_seq(&to->seq, seq);
	r->in.seq = seq;
	sys_mark("ring.in");
}

void
ring_commit_out(struct ring *r, int slot, struct ring_out *out)
{
	struct head *h = head_of(r);
	struct ring_out *now, *to;

	if (slot < 0)
		return;
	now = newest_out(h, slot);
	to = &h->out[slot][now == &h->out[slot][0].slot].slot;
	out->seq = to->seq;
	*to = *out;
	out->seq = now->seq + 1;
	store_seq(&to->seq, out->seq);
	sys_mark("ring.out");
}

static bool
clock_is_sane(int64_t ns)
{
	return ns >= 0 && ns < INT64_MAX / 4 * 3;
}

/* Whether a record can be true: any bytes may be in the file. */
static bool
in_is_sane(const struct ring_in *in)
{
	return in->base <= in->rd && in->rd < UINT64_MAX / 2 &&
	       in->intent <= RING_DATA && in->mark_n <= sizeof in->mark &&
	       (in->intent == 0 || in->mark_n <= in->intent) &&
	       in->fresh <= in->rd && clock_is_sane(in->fresh_ns) &&
	       clock_is_sane(in->tail_ns);
}

static bool
out_is_sane(const struct ring_out *out, const struct ring_in *in)
{
	return out->wr <= in->rd &&
	       in->rd - out->wr <= RING_DATA - in->intent &&
	       clock_is_sane(out->fresh_ns) && clock_is_sane(out->tail_ns) &&
	       clock_is_sane(out->last_ns) && in->base <= out->wr &&
	       out->off < UINT64_MAX / 2;
}

static bool
out_is_used(const struct ring_out *out)
{
	return out->dev || out->ino;
}

/* A record that was never looked at costs no memory. */
static int
records(const struct head *h)
{
	return h->n_out < RING_DIRS ? (int)h->n_out : RING_DIRS;
}

/* Whether what it has not got is in the ring: nobody waits for a directory that
 * is away. */
static bool
out_is_kept(const struct ring_out *out, const struct ring_in *in)
{
	return in->base <= out->wr && in->rd - out->wr <= RING_DATA;
}

uint64_t
ring_oldest(const struct ring *r)
{
	struct head *h = head_of(r);
	uint64_t oldest = r->in.rd;

	for (int i = 0; i < records(h); i++) {
		const struct ring_out *out = newest_out(h, i);

		if (out_is_used(out) && out_is_kept(out, &r->in) &&
		    out->wr < oldest)
			oldest = out->wr;
	}
	return oldest;
}

uint64_t
ring_pending(const struct ring *r)
{
	return r->in.rd - ring_oldest(r) + r->in.intent;
}

/* What is pending in a ring that is about to be discarded: any bytes may be
 * in it. */
static uint64_t
discarded(struct ring *r)
{
	r->in = *newest_in(head_of(r));
	return in_is_sane(&r->in) ? ring_pending(r) : 0;
}

static bool
is_usable(struct ring *r, const unsigned char boot[16])
{
	struct head *h = head_of(r);

	if (memcmp(h->boot, boot, sizeof h->boot) != 0)
		return false;
	r->in = *newest_in(h);
	if (!in_is_sane(&r->in))
		return false;
	for (int i = 0; i < records(h); i++) {
		struct ring_out *out = newest_out(h, i);

		if (out_is_used(out) && !out_is_sane(out, &r->in))
			out->dev = out->ino = 0; /* left behind long ago */
	}
	return true;
}

static void
make_fresh(struct ring *r, const unsigned char boot[16])
{
	struct head *h = head_of(r);

	atomic_store(&h->magic, 0);
	memset(h->in, 0, sizeof h->in);
	memset(h->out, 0, (size_t)records(h) * sizeof h->out[0]);
	h->n_out = 0;
	memcpy(h->boot, boot, sizeof h->boot);
	h->in_size = sizeof(struct ring_in);
	h->out_size = sizeof(struct ring_out);
	r->in = h->in[0];
	atomic_store(&h->magic, MAGIC);
	sys_mark("ring.fresh");
}

/* Whether it was written by this version, or by one before with fewer counters:
 * they are at the end of a record, and zero where nobody wrote any. */
static bool
is_readable(const struct head *h)
{
	return h->in_size == sizeof(struct ring_in) &&
	       h->out_size >= OUT_LEAST &&
	       h->out_size <= sizeof(struct ring_out);
}

static int
map(struct ring *r, uint64_t *stale)
{
	unsigned char boot[16];
	struct head *h;
	void *base;
	int rc = os_boot_id(boot);

	*stale = 0;
	if (rc < 0)
		memset(boot, 0, sizeof boot);
	rc = os_map_ring(r->fd, HEAD, RING_DATA, &base);
	if (rc < 0)
		return rc;
	r->map = base;
	r->data = r->map + HEAD;
	h = head_of(r);
	if (atomic_load(&h->magic) != MAGIC && atomic_load(&h->magic) != 0) {
		os_unmap_ring(base, HEAD, RING_DATA);
		return -EPERM; /* not ours to write to */
	}
	if (atomic_load(&h->magic) != MAGIC || !is_readable(h)) {
		make_fresh(r, boot);
	} else if (!is_usable(r, boot)) {
		*stale = discarded(r);
		make_fresh(r, boot);
	}
	h->out_size = sizeof(struct ring_out);
	return 0;
}

int
ring_open_fd(struct ring *r, int fd, uint64_t *stale)
{
	struct stat st;
	int rc;

	*r = (struct ring){ .fd = fd, .survives = true, .punch = true };
	rc = sys_fstat(fd, &st);
	if (rc < 0)
		return rc;
	if (!S_ISREG(st.st_mode))
		return -EPERM;
	rc = sys_setlk(fd);
	if (rc < 0)
		return rc;
	if (st.st_size != 0 && st.st_size < HEAD + RING_DATA)
		return -EPERM; /* something else */
	if (st.st_size == 0)
		rc = sys_ftruncate(fd, HEAD + RING_DATA);
	return rc < 0 ? rc : map(r, stale);
}

int
ring_open_file(struct ring *r, int dirfd, bool make, uint64_t *stale)
{
	struct stat st;
	int rc;
	int fd = sys_openat(dirfd, "lock.ring",
	    O_RDWR | (make ? O_CREAT : 0) | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC,
	    0600);

	if (fd < 0)
		return fd == -ELOOP ? -EPERM : fd;
	*r = (struct ring){ .fd = fd, .survives = true };
	rc = sys_fstat(fd, &st);
	if (rc == 0 && (!S_ISREG(st.st_mode) || st.st_nlink != 1 ||
			   st.st_uid != geteuid() || (st.st_mode & 077)))
		rc = -EPERM;
	if (rc == 0)
		rc = sys_setlk(fd);
	if (rc == 0) {
		rc = os_reserve(fd, HEAD + RING_DATA);
		if (rc < 0 && st.st_size == 0)
			sys_unlinkat(dirfd, "lock.ring"); /* we made it */
	}
	if (rc == 0)
		rc = map(r, stale);
	if (rc < 0)
		sys_close(fd);
	return rc;
}

int
ring_open_anonymous(struct ring *r)
{
	uint64_t stale;
	int rc, fd = os_memfd("weir-ring", HEAD + RING_DATA);

	/* Where there can be no such file, for a limit of sizes or numbers,
	 * other memory will do; none of it is given back. */
	*r = (struct ring){ .fd = fd < 0 ? -1 : fd, .punch = fd >= 0 };
	rc = map(r, &stale);
	if (rc < 0 && fd >= 0)
		sys_close(fd);
	return rc < 0 && fd < 0 ? fd : rc;
}

void
ring_close(struct ring *r)
{
	if (r->map)
		os_unmap_ring(r->map, HEAD, RING_DATA);
	if (r->fd >= 0)
		sys_close(r->fd);
	r->map = NULL;
	r->fd = -1;
}

/* The record to use: that of the directory, else of its path, else a free
 * one, else -ENOSPC. */
static int
find_record(struct head *h, uint64_t dev, uint64_t ino, uint64_t path)
{
	int n = records(h), called = -1, free = n < RING_DIRS ? n : -ENOSPC;

	for (int i = n - 1; i >= 0; i--) {
		const struct ring_out *at = newest_out(h, i);

		if (at->dev == dev && at->ino == ino)
			return i;
		if (!out_is_used(at))
			free = i;
		else if (at->path == path)
			called = i;
	}
	return called >= 0 ? called : free;
}

int
ring_find_out(struct ring *r, uint64_t dev, uint64_t ino, uint64_t path,
    struct ring_out *out)
{
	struct head *h = head_of(r);
	int i = find_record(h, dev, ino, path);

	memset(out, 0, sizeof *out);
	if (i >= 0 && i == records(h)) {
		memset(&h->out[i], 0, sizeof h->out[i]);
		h->n_out = (uint32_t)i + 1;
	} else if (i >= 0) {
		const struct ring_out *at = newest_out(h, i);

		if (out_is_used(at) && out_is_sane(at, &r->in))
			*out = *at;
	}
	out->dev = dev;
	out->ino = ino;
	out->path = path;
	return i;
}

uint64_t
ring_drop_others(struct ring *r, const bool *used)
{
	struct head *h = head_of(r);
	uint64_t most = 0;

	for (int i = 0; i < records(h); i++) {
		const struct ring_out *out = newest_out(h, i);
		struct ring_out none = { .seq = 0 };

		if (used[i] || !out_is_used(out))
			continue;
		if (r->in.rd - out->wr > most)
			most = r->in.rd - out->wr;
		ring_commit_out(r, i, &none);
	}
	return most;
}

int
ring_touch(struct ring *r, uint64_t pos, size_t n)
{
	size_t from = RING_DATA - ring_straight(r, pos), to = from + n;
	int rc;

	if (to <= r->touched)
		return 0;
	rc = os_map_touch(r->data + from, n);
	if (rc == 0 && from <= r->touched)
		r->touched = to;
	return rc;
}

void
ring_forget(struct ring *r, uint64_t keep)
{
	const uint64_t oldest = ring_oldest(r);
	size_t from, to;
	bool wraps;

	if (oldest < keep)
		keep = oldest;
	from = RING_DATA - ring_straight(r, keep);
	to = RING_DATA - ring_straight(r, r->in.rd);
	wraps = keep != r->in.rd && to <= from;
	r->touched = 0;
	/* Both images go from this process; only what is outside the kept
	 * run [from, to) goes from the file too. */
	os_map_forget(r->data + RING_DATA, RING_DATA, r->fd, HEAD, false);
	if (keep == r->in.rd) {
		os_map_forget(r->data, RING_DATA, r->fd, HEAD, r->punch);
		return;
	}
	if (wraps) {
		os_map_forget(r->data + to, from - to, r->fd,
		    (off_t)(HEAD + to), r->punch);
		return;
	}
	os_map_forget(r->data, from, r->fd, HEAD, r->punch);
	os_map_forget(r->data + to, RING_DATA - to, r->fd, (off_t)(HEAD + to),
	    r->punch);
}
