/* Any bytes in a ring's file: it is opened or refused; what is believed of it
 * is sane, and can be read on, written out and dropped without a look at a
 * byte outside of it. The input is one record of each kind, then bytes that
 * are laid over the file's beginning. */
#define _GNU_SOURCE

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "fuzz/fuzz.h"
#include "reader.h"
#include "ring.h"
#include "route.h"
#include "sys.h"

enum { OVERLAY_FROM = 36, MOST_TURNS = 4 * RING_DATA };

static char out_room[65536];

/* --- the file ------------------------------------------------------------ */

struct bytes {
	const uint8_t *p;
	size_t n;
};

static uint8_t
byte(struct bytes *b)
{
	if (b->n == 0)
		return 0;
	b->n--;
	return *b->p++;
}

/* Mostly one near a border, else any. */
static uint64_t
number(struct bytes *b)
{
	uint64_t value = byte(b);
	int i;

	if (value < 64)
		return value;
	if (value < 160)
		return RING_DATA + value - 128;
	if (value < 192)
		return 0 - (value - 160);
	for (i = 0; i < 8; i++)
		value = value << 8 | byte(b);
	return value;
}

static struct ring_in
any_in(struct bytes *b)
{
	struct ring_in in = { .rd = number(b), .base = number(b) };

	in.intent = number(b);
	in.mark_n = (uint32_t)number(b);
	in.mark[7] = byte(b);
	in.file_at = (int64_t)number(b);
	in.fresh = number(b);
	in.fresh_ns = (int64_t)number(b);
	in.tail_ns = (int64_t)number(b);
	return in;
}

static void
any_out(struct ring_out *out, struct bytes *b)
{
	out->wr = number(b);
	out->off = number(b);
	out->fresh = number(b);
	out->fresh_ns = (int64_t)number(b);
	out->tail_ns = (int64_t)number(b);
	out->last_ns = (int64_t)number(b);
	out->in_line = byte(b);
	out->rest = byte(b);
	out->owed_lines = number(b);
	out->owed_err = (int32_t)number(b);
	out->torn = byte(b);
	out->n.read_lines = number(b);
}

/* A ring with those records in it. */
static int
make_file(struct bytes b)
{
	int fd = os_memfd("fuzz", 0);
	struct ring_out out;
	struct ring_in in;
	struct ring r;
	uint64_t stale;
	int slot, n = byte(&b) % 3;

	require(fd >= 0 && ring_open_fd(&r, dup(fd), &stale) == 0);
	memset(r.data, 'a', 1000);
	r.data[500] = '\n';
	in = any_in(&b);
	while (n-- > 0) {
		slot = ring_find_out(&r, 7, 7 + (uint64_t)n, 9, &out);
		any_out(&out, &b);
		ring_commit_out(&r, slot, &out);
	}
	ring_commit_in(&r, &in);
	ring_close(&r);
	if (b.n)
		require(pwrite(fd, b.p, b.n, OVERLAY_FROM) >= 0);
	return fd;
}

/* --- its use ------------------------------------------------------------- */

/* Writes all of it, or drops it, with stamps. */
static void
write_out(const struct ring *r, struct ring_out now, uint64_t ready)
{
	struct options options = { .stamp = STAMP_TAI, .line_max = 10 };
	unsigned turns = 0;
	struct ring_out next;
	struct conf conf;
	struct route rt;
	struct cut cut;
	struct buf out;

	options.buffer = sizeof(out_room);
	scrub_init(&options.scrub);
	require(
	    conf_parse(&conf, view_str("s100000\np>\n-b*\n"), NULL, NULL) == 0);
	buf_init(&out, out_room, sizeof(out_room));
	route_init(&rt, &options, &conf, &out);
	route_drop(&rt, r, &now, ready, false, -ENOSPC, &next);
	require(now.wr >= ready || (next.wr > now.wr && next.wr <= ready));
	route_clock(&now, &r->in);
	while (now.wr < ready || now.in_line) {
		require(turns++ < MOST_TURNS);
		route_next(&rt, r, &now, ready, true, &cut);
		require(cut.next.wr >= now.wr && cut.next.wr <= r->in.rd);
		require(cut.bytes || cut.rotate || cut.next.wr > now.wr ||
			(now.in_line && !cut.next.in_line));
		now = cut.next;
		if (cut.rotate)
			now.off = 0;
	}
	conf_free(&conf);
}

static void
use(int fd)
{
	uint64_t stale, oldest;
	struct reader rd;
	struct ring_out out;
	struct scrub plain;
	struct ring r;
	int slot, p[2];

	scrub_init(&plain);
	if (ring_open_fd(&r, fd, &stale) < 0) {
		close(fd);
		return;
	}
	require(stale <= 2 * RING_DATA);
	slot = ring_find_out(&r, 7, 7, 9, &out);
	require(slot < RING_DIRS);
	require(out.wr <= r.in.rd);
	require(pipe(p) == 0 && write(p[1], "more\nto come", 12) == 12);
	require(reader_open(&rd, p[0], &r, &plain) == 0);
	oldest = ring_oldest(&r);
	require(r.in.base <= oldest && oldest <= r.in.rd);
	require(r.in.rd - oldest <= RING_DATA);
	require(rd.ready >= oldest && rd.ready <= r.in.rd);
	if (reader_fill(&rd, oldest, RING_DATA) == -ENOBUFS)
		reader_force(&rd);
	require(r.in.rd - oldest <= RING_DATA);
	require(rd.ready >= oldest && rd.ready <= r.in.rd);
	if (slot >= 0 && out.wr >= oldest && out.wr <= rd.ready)
		write_out(&r, out, rd.ready);
	ring_forget(&r, oldest);
	reader_close(&rd);
	ring_close(&r);
	close(p[0]);
	close(p[1]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	use(make_file((struct bytes){ data, size }));
	return 0;
}
