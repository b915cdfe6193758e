/* Standard input into the ring, so that a crash at any point neither loses
 * nor repeats a byte. */
#include "reader.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "scan.h"
#include "sys.h"

enum {
	PEEK_BELOW = 16, /* bytes under which a random mark is too short */
	PIPE_MOST = 1 << 20,
	UNKNOWN = 65536, /* to read from what cannot tell */
};

bool
reader_is_pipe(int fd)
{
	struct stat st;

	return sys_fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode);
}

/* --- the mark: did the read happen? --------------------------------------- */

static void
close_peek(struct reader *rd)
{
	for (int i = 0; i < 2; i++) {
		if (rd->peek[i] >= 0)
			sys_close(rd->peek[i]);
		rd->peek[i] = -1;
	}
}

static void
renew_peek(struct reader *rd)
{
	close_peek(rd);
	if (sys_pipe(rd->peek) < 0)
		rd->peek[0] = rd->peek[1] = -1;
}

/* Fewer bytes than a sound random mark needs: look at them without consuming
 * and put the complement of the last one. */
static bool
mark_by_peek(struct reader *rd, struct ring_in *in)
{
	unsigned char seen[PEEK_BELOW];
	size_t n = in->intent;
	ssize_t copied;

	if (rd->peek[1] < 0)
		return false;
	copied = os_tee(rd->fd, rd->peek[1], n);
	if (copied <= 0)
		return false;
	if (sys_read(rd->peek[0], seen, n) != (ssize_t)n) {
		renew_peek(rd); /* with what was left in it */
		return false;
	}
	in->mark_n = 1;
	in->mark[0] = (unsigned char)~seen[n - 1];
	return true;
}

static void
choose_mark(struct reader *rd, struct ring_in *in)
{
	if (rd->kind == READER_PIPE && in->intent < PEEK_BELOW &&
	    mark_by_peek(rd, in))
		return;
	in->mark_n = sizeof in->mark;
	if (in->mark_n > in->intent)
		in->mark_n = (uint32_t)in->intent;
	if (os_random(in->mark, in->mark_n) < 0)
		memset(in->mark, 0xff, in->mark_n);
}

static char *
mark_place(const struct ring *r, const struct ring_in *in)
{
	return ring_at(r, in->rd) + in->intent - in->mark_n;
}

/* --- opening -------------------------------------------------------------- */

/* Finds where the whole lines among the pending bytes end. */
static void
find_ready(struct reader *rd, uint64_t from)
{
	const struct ring *r = rd->ring;
	struct view v = ring_view(r, from, r->in.rd);
	size_t n = scan_whole_lines(v);

	if (n)
		rd->ready = from + n;
}

/* A read had begun: its bytes are in the ring, or still where they were. */
static void
settle(struct reader *rd)
{
	struct ring *r = rd->ring;
	struct ring_in in = r->in;
	uint64_t n = in.intent;

	if (n == 0)
		return;
	if (rd->kind == READER_FILE && !rd->foreign) {
		off_t at = sys_lseek(rd->fd, 0, SEEK_CUR);

		n = at > in.file_at ? (uint64_t)(at - in.file_at) : 0;
		if (n > in.intent)
			n = in.intent;
	} else if (memcmp(mark_place(r, &in), in.mark, in.mark_n) == 0) {
		n = 0;
	}
	in.rd += n;
	in.intent = 0;
	ring_commit_in(r, &in);
}

/* Bytes stay scrubbed when they are scrubbed again, so a crash in between does
 * not matter. */
static void
scrub(struct reader *rd, uint64_t from)
{
	if (rd->scrub->on)
		scrub_apply(rd->scrub, ring_at(rd->ring, from),
		    (size_t)(rd->ring->in.rd - from));
}

int
reader_open(struct reader *rd, int fd, struct ring *ring,
    const struct scrub *map)
{
	struct stat st;
	ssize_t size;
	uint64_t oldest;
	int rc = sys_fstat(fd, &st);

	if (rc < 0)
		return rc;
	*rd = (struct reader){
		.fd = fd,
		.ring = ring,
		.scrub = map,
		.peek = { -1, -1 },
	};
	if (S_ISFIFO(st.st_mode))
		rd->kind = READER_PIPE;
	else
		rd->kind = S_ISREG(st.st_mode) ? READER_FILE : READER_OTHER;
	rd->foreign = ring->in.pipe_dev != (uint64_t)st.st_dev ||
	              ring->in.pipe_ino != (uint64_t)st.st_ino;
	if (rd->kind == READER_PIPE)
		renew_peek(rd);
	size = os_pipe_size(fd);
	rd->pipe_size = size > 0 ? (size_t)size : 65536;

	settle(rd);
	oldest = ring_oldest(ring);
	rd->ready = oldest;
	scrub(rd, oldest);
	find_ready(rd, oldest);
	if (rd->foreign && oldest == ring->in.rd)
		reader_adopt(rd);
	return 0;
}

void
reader_adopt(struct reader *rd)
{
	struct ring_in in = rd->ring->in;
	struct stat st;

	if (sys_fstat(rd->fd, &st) < 0)
		return;
	in.pipe_dev = (uint64_t)st.st_dev;
	in.pipe_ino = (uint64_t)st.st_ino;
	ring_commit_in(rd->ring, &in);
	rd->ready = in.rd;
	rd->foreign = false;
}

void
reader_close(struct reader *rd)
{
	close_peek(rd);
}

/* --- reading -------------------------------------------------------------- */

/* What is left of a file, as far as the ring could take it: the kernel's own
 * answer has no room for 2 GiB. */
static ssize_t
rest_of_file(int fd)
{
	struct stat st;
	off_t at = sys_lseek(fd, 0, SEEK_CUR);
	int rc = at < 0 ? (int)at : sys_fstat(fd, &st);

	if (rc < 0)
		return rc;
	if (st.st_size - at > RING_DATA)
		return RING_DATA;
	return st.st_size > at ? (ssize_t)(st.st_size - at) : 0;
}

/* How many bytes a read would find, or -errno. */
static ssize_t
count_waiting(const struct reader *rd)
{
	return rd->kind == READER_FILE ? rest_of_file(rd->fd)
	                               : sys_readable(rd->fd);
}

size_t
reader_waiting(const struct reader *rd)
{
	ssize_t n = count_waiting(rd);

	return n > 0 ? (size_t)n : 0;
}

/* The writer waits for us when its pipe is full: a larger one lets both work
 * at once. */
static void
grow_pipe(struct reader *rd, size_t found)
{
	ssize_t size;

	if (rd->kind != READER_PIPE || found < rd->pipe_size / 4 ||
	    rd->pipe_size >= PIPE_MOST)
		return;
	size = os_pipe_resize(rd->fd, rd->pipe_size * 2);
	/* Refused: as large as it gets. */
	rd->pipe_size = size > 0 ? (size_t)size : PIPE_MOST;
}

#define GONE (POLLHUP | POLLERR | POLLNVAL)

/* Nothing is there although poll(2) says so: the end, or a false alarm. Reads
 * into a place of its own, since it cannot bring a byte of a pipe. */
static ssize_t
at_end(struct reader *rd)
{
	struct pollfd pfd = { .fd = rd->fd, .events = POLLIN };

	if (sys_poll(&pfd, 1, 0) < 1)
		return -EAGAIN;
	/* What came in this very moment is not the end. */
	if (rd->kind == READER_PIPE) {
		if (pfd.revents & POLLIN)
			return -EAGAIN;
	} else {
		ssize_t n = count_waiting(rd);

		if (n > 0 || (n < 0 && !(pfd.revents & GONE)))
			return -EAGAIN;
	}
	if (pfd.revents & (POLLIN | GONE)) {
		rd->eof = true;
		return 0;
	}
	return -EAGAIN;
}

static void
begin(struct reader *rd, uint64_t oldest, struct ring_in *in)
{
	struct ring *r = rd->ring;

	/* The line that is unfinished now began with the last read or
	 * before it. */
	if (rd->ready >= in->fresh)
		in->tail_ns = in->fresh_ns;
	in->fresh = in->rd;
	in->fresh_ns = sys_wall_ns();
	if (oldest == in->rd && ring_pending(r) == 0)
		in->base = in->rd;
	r->in.base = in->base; /* for ring_at(); committed with the intent */
	if (rd->kind == READER_FILE)
		in->file_at = sys_lseek(rd->fd, 0, SEEK_CUR);
}

ssize_t
reader_fill(struct reader *rd, uint64_t oldest, size_t most)
{
	struct ring *r = rd->ring;
	struct ring_in in = r->in;
	ssize_t got, there = count_waiting(rd);
	size_t n, room;
	int rc;

	/* Not every device can tell. */
	if (there == -ENOTTY || there == -EINVAL)
		there = UNKNOWN;
	if (there < 0)
		return there;
	if (there == 0)
		return at_end(rd);
	n = (size_t)there;
	rd->found = n;
	grow_pipe(rd, n);
	room = RING_DATA - (size_t)(in.rd - oldest);
	if (room == 0)
		return -ENOBUFS;
	if (n > most)
		n = most;
	if (n > room)
		n = room;
	begin(rd, oldest, &in);
	if (n > ring_straight(r, in.rd))
		n = ring_straight(r, in.rd);

	in.intent = n;
	choose_mark(rd, &in);
	rc = ring_touch(r, in.rd, n);
	if (rc < 0)
		return rc;
	memcpy(mark_place(r, &in), in.mark, in.mark_n);
	ring_commit_in(r, &in);

	got = os_read_nowait(rd->fd, ring_at(r, in.rd), n);
	in.rd += got > 0 ? (uint64_t)got : 0;
	in.intent = 0;
	ring_commit_in(r, &in);
	if (got > 0) {
		scrub(rd, in.rd - (uint64_t)got);
		find_ready(rd, in.rd - (uint64_t)got);
	} else if (got == 0) {
		rd->eof = true;
	}
	return got;
}

void
reader_force(struct reader *rd)
{
	rd->ready = rd->ring->in.rd;
}
