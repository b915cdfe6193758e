/* One file of a log directory as blocks of whole lines. */
#include "source.h"

#include <errno.h>
#include <stdlib.h>
#include <zlib.h>

#include "dated.h"
#include "scan.h"
#include "sys.h"
#include "utf8.h"

enum {
	IN_ROOM = 64 * 1024,   /* deflated bytes at a time */
	NEAR = 64 * 1024,      /* closer than that nothing is looked for */
	PROBE = 4096,          /* first look for a line's beginning */
	GZIP_WINDOW = 15 + 16, /* zlib's words for: gzip, nothing else */
};

void
source_init(struct source *s)
{
	*s = (struct source){ .fd = -1 };
}

static ssize_t
read_at(struct source *s, void *p, size_t n, uint64_t at)
{
	ssize_t r = sys_pread(s->fd, p, n, (off_t)at);

	s->reads.calls++;
	s->reads.bytes += r > 0 ? (uint64_t)r : 0;
	return r;
}

bool
source_member(struct source *s, uint64_t at, struct member *m)
{
	char head[MEMBER_HEAD];
	ssize_t r = read_at(s, head, sizeof head, at);

	return r == (ssize_t)sizeof head &&
	       member_read(view_of(head, sizeof head), m) == 0;
}

static ssize_t
detect(struct source *s)
{
	unsigned char magic[2];
	ssize_t r = read_at(s, magic, sizeof magic, 0);
	struct member m;

	s->kind = SOURCE_PLAIN;
	if (r == (ssize_t)sizeof magic && magic[0] == 0x1f && magic[1] == 0x8b)
		s->kind =
		    source_member(s, 0, &m) ? SOURCE_MEMBERS : SOURCE_GZIP;
	return r;
}

static int
take_inflater(struct source *s)
{
	if (s->z)
		return 0;
	s->in = malloc(IN_ROOM);
	s->z = calloc(1, sizeof *s->z);
	if (s->in && s->z && inflateInit2(s->z, GZIP_WINDOW) == Z_OK)
		return 0;
	free(s->in);
	free(s->z);
	s->in = NULL;
	s->z = NULL;
	return -ENOMEM;
}

static int
begin(struct source *s)
{
	ssize_t r;

	s->live = s->damaged = false;
	s->size = SOURCE_END;
	if (!s->mem && !(s->mem = malloc(SOURCE_ROOM)))
		return -ENOMEM;
	r = detect(s);
	if (r >= 0 && s->kind != SOURCE_PLAIN)
		r = take_inflater(s);
	return r < 0 ? (int)r : source_seek(s, 0, SOURCE_END);
}

int
source_open(struct source *s, int fd)
{
	int r;

	source_close(s);
	s->fd = fd;
	r = begin(s);
	if (r < 0)
		source_close(s);
	return r;
}

void
source_close(struct source *s)
{
	sys_drop(&s->fd);
}

void
source_limit(struct source *s, uint64_t size)
{
	s->size = s->end = size;
}

void
source_free(struct source *s)
{
	source_close(s);
	if (s->z)
		inflateEnd(s->z);
	free(s->z);
	free(s->in);
	free(s->index);
	free(s->mem);
	source_init(s);
}

int
source_seek(struct source *s, uint64_t at, uint64_t end)
{
	s->at = at;
	s->end = end < s->size ? end : s->size;
	s->filled = s->given = 0;
	s->in_line = s->inflating = false;
	s->err = 0;
	if (s->z)
		s->z->avail_in = 0;
	return 0;
}

/* The next bytes of the file, up to where to stop. */
static ssize_t
read_on(struct source *s, void *p, size_t n)
{
	ssize_t r;

	if (n > s->end - s->at)
		n = (size_t)(s->end - s->at);
	r = n > 0 ? read_at(s, p, n, s->at) : 0;
	s->at += r > 0 ? (uint64_t)r : 0;
	return r;
}

/* A member begins, unless what is there is none: 1 or -EBADMSG. */
static int
begin_member(struct source *s)
{
	if (*s->z->next_in != 0x1f || inflateReset(s->z) != Z_OK) {
		s->damaged = true;
		return -EBADMSG;
	}
	s->inflating = true;
	return 1;
}

/* 1: there is something to inflate; 0: the end, or -errno. */
static int
feed(struct source *s)
{
	ssize_t r = 1;

	if (s->z->avail_in == 0) {
		r = read_on(s, s->in, IN_ROOM);
		s->z->next_in = s->in;
		s->z->avail_in = r > 0 ? (unsigned)r : 0;
	}
	if (r == 0 && s->inflating)
		return -EBADMSG;
	if (r <= 0)
		return (int)r;
	return s->inflating ? 1 : begin_member(s);
}

static ssize_t
inflate_on(struct source *s, char *p, size_t n)
{
	s->z->next_out = (unsigned char *)p;
	s->z->avail_out = (unsigned)n;
	while (s->z->avail_out == n) {
		int r = feed(s);

		if (r <= 0)
			return r;
		r = inflate(s->z, Z_NO_FLUSH);
		if (r == Z_STREAM_END)
			s->inflating = false;
		else if (r != Z_OK && r != Z_BUF_ERROR)
			return -EBADMSG;
	}
	return (ssize_t)(n - s->z->avail_out);
}

/* Reads until the block is full or nothing is left; why it stopped stays in
 * s->err. */
static void
fill(struct source *s)
{
	while (s->filled < SOURCE_ROOM && s->err == 0) {
		char *p = s->mem + s->filled;
		size_t n = SOURCE_ROOM - s->filled;
		ssize_t r = s->kind == SOURCE_PLAIN ? read_on(s, p, n)
		                                    : inflate_on(s, p, n);

		if (r == 0)
			break;
		if (r < 0)
			s->err = (int)r;
		else
			s->filled += (size_t)r;
	}
}

/* How much of what is there goes out at once. */
static size_t
ready(const struct source *s)
{
	struct view all = view_of(s->mem, s->filled);
	size_t whole = scan_whole_lines(all);

	if (whole > 0)
		return whole;
	if (s->filled == SOURCE_ROOM)
		return utf8_whole(all);
	return s->live ? 0 : s->filled;
}

int
source_next(struct source *s, struct block *b)
{
	if (s->given > 0) {
		s->filled -= s->given;
		memmove(s->mem, s->mem + s->given, s->filled);
		s->given = 0;
	}
	fill(s);
	s->given = ready(s);
	if (s->given == 0)
		return s->err;
	b->text = view_of(s->mem, s->given);
	b->goes_on = s->in_line;
	b->open = s->mem[s->given - 1] != '\n';
	s->in_line = b->open;
	return 1;
}

/* --- places ---------------------------------------------------------------*/

/* The first line with a stamp that begins in text, which is a file's from `at`
 * on: 1, with its place and time, or 0. */
static int
first_stamp(struct view text, uint64_t at, uint64_t *place, int64_t *ns)
{
	/* Elsewhere than at 0 it may begin inside a line. */
	size_t n = at == 0 ? 0 : scan_line(text), more = 1;

	if (at > 0 && n == 0)
		return 0;
	for (; more > 0; n += more) {
		struct view line = view_from(text, n);

		if (dated_ns(line, ns) == 0) {
			*place = at + n;
			return 1;
		}
		more = scan_line(line);
	}
	return 0;
}

/* The same, looked for from `at` on in the file. */
static int
stamp_near(struct source *s, uint64_t at, uint64_t *place, int64_t *ns)
{
	static const size_t looks[] = { PROBE, NEAR };
	uint64_t from = at > 0 ? at - 1 : 0;
	int found = 0;

	for (size_t i = 0; found == 0 && i < 2; i++) {
		ssize_t r = read_at(s, s->mem, looks[i], from);

		if (r < 0)
			return (int)r;
		found =
		    first_stamp(view_of(s->mem, (size_t)r), from, place, ns);
	}
	return found;
}

static int
find_plain(struct source *s, int64_t since_ns, uint64_t *at)
{
	uint64_t low = 0, high, place = 0;
	struct stat st;
	int r = sys_fstat(s->fd, &st);
	int64_t ns = 0;

	if (r < 0)
		return r;
	high = (uint64_t)st.st_size < s->size ? (uint64_t)st.st_size : s->size;
	while (high - low > NEAR) {
		uint64_t middle = low + (high - low) / 2;

		r = stamp_near(s, middle, &place, &ns);
		if (r < 0)
			return r;
		if (r == 0 || (ns < since_ns && place >= high))
			break;
		if (ns < since_ns)
			low = place;
		else
			high = middle;
	}
	*at = low;
	return 0;
}

int
source_index(struct source *s)
{
	char tail[INDEX_TAIL];
	struct stat st;
	uint64_t end;
	size_t n;

	if (!s->index && !(s->index = malloc(sizeof *s->index)))
		return -ENOMEM;
	if (sys_fstat(s->fd, &st) < 0 || st.st_size < INDEX_TAIL ||
	    (uint64_t)st.st_size > s->size)
		return 0;
	end = (uint64_t)st.st_size;
	if (read_at(s, tail, INDEX_TAIL, end - INDEX_TAIL) != INDEX_TAIL)
		return 0;
	n = index_size(view_of(tail, INDEX_TAIL));
	if (n == 0 || n > end)
		return 0;
	if (read_at(s, s->mem, n, end - n) != (ssize_t)n ||
	    index_read(s->index, view_of(s->mem, n), end - n) < 0)
		return -EBADMSG;
	return 1;
}

/* Whether the headers of the run that begins at `at` say so, too. */
static bool
is_run(struct source *s, const struct index_run *run, uint64_t at)
{
	uint64_t end = at + run->size;
	struct member m;

	while (
	    at < end && source_member(s, at, &m) && m.last_ns <= run->newest_ns)
		at += m.size;
	return at == end;
}

/* Whether lines can be told to be of since_ns or not from a member on: it
 * begins with a line, and not with one that may have its time in the member
 * before. Where only places are looked for, since_ns is INT64_MAX. */
static bool
is_entry(const struct member *m, int64_t since_ns, bool any_dated)
{
	return !m->inside &&
	       (!m->undated || !any_dated || since_ns == INT64_MAX);
}

/* A member to go on from that the index gives, if the headers of the run before
 * agree; else the first one. */
static uint64_t
find_near(struct source *s, int64_t since_ns, uint64_t end)
{
	const struct index_run *run;
	struct member m;
	uint64_t at;
	size_t i;

	if (source_index(s) <= 0)
		return 0;
	run = s->index->run;
	i = index_before(s->index, since_ns, end, &at);
	if (i > 0 && !is_run(s, &run[i - 1], at - run[i - 1].size))
		return 0;
	for (; i > 0 && source_member(s, at, &m); at -= run[--i].size)
		if (is_entry(&m, since_ns, true))
			return at;
	return 0;
}

/* The last member to enter at, up to the first one that has lines of since_ns
 * or later, or that begins at `end` or behind. */
static uint64_t
find_member(struct source *s, int64_t since_ns, uint64_t end)
{
	uint64_t at = find_near(s, since_ns, end), found = at;
	bool any_dated = false;
	struct member m;

	while (at < end && source_member(s, at, &m)) {
		if (is_entry(&m, since_ns, any_dated))
			found = at;
		any_dated = any_dated || !m.undated;
		if (m.last_ns >= since_ns && since_ns < INT64_MAX)
			return found;
		at += m.size;
	}
	return found;
}

int
source_find(struct source *s, int64_t since_ns, uint64_t *at)
{
	*at = 0;
	if (s->kind == SOURCE_PLAIN)
		return find_plain(s, since_ns, at);
	if (s->kind == SOURCE_MEMBERS)
		*at = find_member(s, since_ns, SOURCE_END);
	return 0;
}

/* The beginning of the line that byte `at` is in. */
static int
line_begin(struct source *s, uint64_t *at)
{
	while (*at > 0) {
		size_t n = *at < NEAR ? (size_t)*at : NEAR;
		ssize_t r = read_at(s, s->mem, n, *at - n);
		size_t whole;

		if (r < 0)
			return (int)r;
		whole = scan_whole_lines(view_of(s->mem, (size_t)r));
		*at = *at - n + whole;
		if (whole > 0)
			break;
	}
	return 0;
}

int
source_before(struct source *s, uint64_t end, uint64_t *at)
{
	struct stat st;
	int r = sys_fstat(s->fd, &st);

	*at = 0;
	if (r < 0)
		return r;
	if (end > (uint64_t)st.st_size)
		end = (uint64_t)st.st_size;
	if (end > s->size)
		end = s->size;
	if (s->kind == SOURCE_MEMBERS)
		*at = find_member(s, INT64_MAX, end);
	if (s->kind != SOURCE_PLAIN || end < SOURCE_ROOM)
		return 0;
	*at = end - SOURCE_ROOM + 1;
	return line_begin(s, at);
}
