/* One member of a gzip file, and what its header tells. */
#include "member.h"

#include <errno.h>

#include "dated.h"
#include "wire.h"

/* The header, by RFC 1952, and our subfield of it. Numbers are little-endian;
 * weir-gzip(5) says the same in words. */
enum {
	AT_MAGIC = 0,  /* 1f 8b, 8: deflate */
	AT_FLAGS = 3,  /* 4: there is an extra field, and nothing else */
	AT_TIME = 4,   /* four bytes: not told */
	AT_XFL = 8,    /* how hard deflate tried */
	AT_OS = 9,     /* 3: Unix */
	AT_EXTRA = 10, /* two bytes: the extra field's length */
	AT_ID = 12,    /* two bytes */
	AT_FIELD = 14, /* two bytes: the subfield's length */
	AT_VERSION = 16,
	AT_MARKS = 17,
	AT_LINES = 18, /* four bytes each */
	AT_BYTES = 22,
	AT_SIZE = 26,
	AT_FIRST = 30, /* eight bytes each */
	AT_LAST = 38,
	AT_END = 46,

	VERSION = 1,
	FLAG_EXTRA = 4,
	OS_UNIX = 3,
	XFL_BEST = 2,
	XFL_FAST = 4,
};

_Static_assert((int)AT_END == MEMBER_HEAD, "that is all of the header");

static const unsigned char magic[] = { 0x1f, 0x8b, 8 };
static const unsigned char id[] = { 'w', 'r' };

enum { INSIDE = 1, OPEN = 2, UNDATED = 4, MARKS = 7 };

/* --- what a text tells ---------------------------------------------------- */

size_t
member_cut(struct view text, bool last)
{
	size_t n = text.n;

	if (last)
		return n;
	while (n > 0 && text.p[n - 1] != '\n')
		n--;
	return n ? n : text.n;
}

/* Where the line begins that the last byte before `end` belongs to. */
static size_t
line_start(struct view text, size_t end)
{
	size_t at = end - 1;

	while (at > 0 && text.p[at - 1] != '\n')
		at--;
	return at;
}

/* Counts the lines that begin from `first` on. */
static uint32_t
count_lines(struct view text, size_t first)
{
	uint32_t lines = 0;

	while (first < text.n) {
		const char *end = memchr(text.p + first, '\n', text.n - first);

		lines++;
		first = end ? (size_t)(end - text.p) + 1 : text.n;
	}
	return lines;
}

/* The times of a member in which lines begin, the first one at `first`. */
static bool
find_times(struct member *m, struct view text, size_t first)
{
	size_t last = line_start(text, text.n);

	return dated_ns(view_from(text, first), &m->first_ns) == 0 &&
	       dated_ns(view_from(text, last), &m->last_ns) == 0 &&
	       m->first_ns <= m->last_ns;
}

/* The rest of a line is as old as its beginning. */
static void
include_rest(struct member *m, const struct member *before)
{
	int64_t oldest = before->undated ? before->first_ns : before->last_ns;

	if (m->lines == 0)
		m->undated = before->undated;
	if (m->lines == 0 || oldest < m->first_ns)
		m->first_ns = oldest;
	if (m->lines == 0 || before->last_ns > m->last_ns)
		m->last_ns = before->last_ns;
}

void
member_describe(struct member *m, struct view text, const struct member *before,
    int64_t from_ns, int64_t to_ns)
{
	bool inside = before && before->open;
	const char *end = inside ? memchr(text.p, '\n', text.n) : NULL;
	size_t first = 0; /* where the first line begins */

	if (inside)
		first = end ? (size_t)(end - text.p) + 1 : text.n;
	*m = (struct member){
		.bytes = (uint32_t)text.n,
		.lines = count_lines(text, first),
		.inside = inside,
		.open = text.p[text.n - 1] != '\n',
	};
	m->undated = m->lines == 0 || !find_times(m, text, first);
	if (m->undated) {
		m->first_ns = from_ns < to_ns ? from_ns : to_ns;
		m->last_ns = to_ns;
	}
	if (inside)
		include_rest(m, before);
}

/* --- header and tail ------------------------------------------------------ */

void
member_head(unsigned char head[MEMBER_HEAD], const struct member *m, int level)
{
	memset(head, 0, MEMBER_HEAD);
	memcpy(head + AT_MAGIC, magic, sizeof magic);
	head[AT_FLAGS] = FLAG_EXTRA;
	head[AT_XFL] = level == 9 ? XFL_BEST : level == 1 ? XFL_FAST : 0;
	head[AT_OS] = OS_UNIX;
	wire_put_little(head + AT_EXTRA, 2, AT_END - AT_ID);
	memcpy(head + AT_ID, id, sizeof id);
	wire_put_little(head + AT_FIELD, 2, AT_END - AT_VERSION);
	head[AT_VERSION] = VERSION;
	head[AT_MARKS] =
	    (unsigned char)((m->inside ? INSIDE : 0) | (m->open ? OPEN : 0) |
			    (m->undated ? UNDATED : 0));
	wire_put_little(head + AT_LINES, 4, m->lines);
	wire_put_little(head + AT_BYTES, 4, m->bytes);
	wire_put_little(head + AT_SIZE, 4, m->size);
	wire_put_little(head + AT_FIRST, 8, (uint64_t)m->first_ns);
	wire_put_little(head + AT_LAST, 8, (uint64_t)m->last_ns);
}

void
member_tail(unsigned char tail[MEMBER_TAIL], uint32_t crc, uint32_t bytes)
{
	wire_put_little(tail, 4, crc);
	wire_put_little(tail + 4, 4, bytes);
}

/* Whether it has the form of ours, whatever its numbers say. */
static bool
is_ours(const unsigned char *p)
{
	return memcmp(p + AT_MAGIC, magic, sizeof magic) == 0 &&
	       p[AT_FLAGS] == FLAG_EXTRA &&
	       wire_get_little(p + AT_EXTRA, 2) == AT_END - AT_ID &&
	       memcmp(p + AT_ID, id, sizeof id) == 0 &&
	       wire_get_little(p + AT_FIELD, 2) == AT_END - AT_VERSION &&
	       p[AT_VERSION] == VERSION && (p[AT_MARKS] & ~MARKS) == 0;
}

static bool
is_sane(const struct member *m)
{
	return m->bytes <= MEMBER_BYTES && m->lines <= m->bytes &&
	       m->size > MEMBER_HEAD + MEMBER_TAIL && m->size <= MEMBER_SIZE &&
	       m->first_ns >= 0 && m->first_ns <= m->last_ns;
}

int
member_read(struct view head, struct member *m)
{
	unsigned char p[MEMBER_HEAD];

	if (head.n < MEMBER_HEAD)
		return -EINVAL;
	memcpy(p, head.p, MEMBER_HEAD);
	if (!is_ours(p))
		return -EINVAL;
	*m = (struct member){
		.first_ns = (int64_t)wire_get_little(p + AT_FIRST, 8),
		.last_ns = (int64_t)wire_get_little(p + AT_LAST, 8),
		.lines = (uint32_t)wire_get_little(p + AT_LINES, 4),
		.bytes = (uint32_t)wire_get_little(p + AT_BYTES, 4),
		.size = (uint32_t)wire_get_little(p + AT_SIZE, 4),
		.inside = (p[AT_MARKS] & INSIDE) != 0,
		.open = (p[AT_MARKS] & OPEN) != 0,
		.undated = (p[AT_MARKS] & UNDATED) != 0,
	};
	return is_sane(m) ? 0 : -EINVAL;
}
