/* A log into seekable gzip, and whether it can be had back. */
#include "gzip.h"

#include <errno.h>
#include <stdlib.h>

#define ZLIB_CONST
#include <zlib.h>

#include "index.h"
#include "member.h"
#include "sys.h"

/* Windows of zlib's of 2^15 bytes; raw: header and tail are ours. */
enum { WINDOW_RAW = -15, WINDOW_GZIP = 15 + 16, MEM_LEVEL = 9 };

/* Going through as many headers takes no longer than an index. */
enum { NO_INDEX = 8 };

/* --- there ---------------------------------------------------------------- */

struct packing {
	z_stream z;
	int level;
	int64_t from_ns, to_ns;
	struct member last; /* the one before, where `any` */
	bool any, ended;    /* the log has been read to its end */
	size_t text_n;
	char text[MEMBER_BYTES];
	unsigned char out[MEMBER_SIZE];
	struct index index;
};

_Static_assert((int)INDEX_SIZE <= (int)MEMBER_SIZE, "p->out has room for it");

static int
write_all(int fd, const unsigned char *p, size_t n)
{
	while (n > 0) {
		ssize_t w = sys_write(fd, p, n);

		if (w < 0)
			return (int)w;
		p += w;
		n -= (size_t)w;
	}
	return 0;
}

/* Up to n bytes, fewer only at the end: how many, or -errno. */
static ssize_t
read_all(int fd, char *p, size_t n)
{
	size_t got = 0;

	while (got < n) {
		ssize_t r = sys_read(fd, p + got, n - got);

		if (r < 0)
			return r;
		if (r == 0)
			break;
		got += (size_t)r;
	}
	return (ssize_t)got;
}

/* The member with that text, header and tail, in p->out: 0 or -errno. */
static int
make_member(struct packing *p, struct view text)
{
	struct member m = { .undated = true };
	unsigned char *data = p->out + MEMBER_HEAD;
	uLong crc =
	    crc32(crc32(0, NULL, 0), (const Bytef *)text.p, (uInt)text.n);

	m.first_ns = p->from_ns;
	m.last_ns = p->to_ns;
	if (text.n > 0)
		member_describe(&m, text, p->any ? &p->last : NULL, p->from_ns,
		    p->to_ns);
	p->z.next_in = (const Bytef *)text.p;
	p->z.avail_in = (uInt)text.n;
	p->z.next_out = data;
	p->z.avail_out = MEMBER_SIZE - MEMBER_HEAD - MEMBER_TAIL;
	if (deflateReset(&p->z) != Z_OK ||
	    deflate(&p->z, Z_FINISH) != Z_STREAM_END)
		return -EOVERFLOW; /* not this zlib's to make */
	m.size = MEMBER_HEAD + (uint32_t)p->z.total_out + MEMBER_TAIL;
	member_head(p->out, &m, p->level);
	member_tail(data + p->z.total_out, (uint32_t)crc, m.bytes);
	p->last = m;
	p->any = true;
	index_add(&p->index, &m);
	return 0;
}

/* The next member: 1, 0 where the log is at its end, or -errno. */
static int
pack_next(struct packing *p, int log, int packed)
{
	ssize_t got =
	    read_all(log, p->text + p->text_n, MEMBER_BYTES - p->text_n);
	struct view text;
	int rc;

	if (got < 0)
		return (int)got;
	p->text_n += (size_t)got;
	p->ended = p->text_n < MEMBER_BYTES;
	text = view_of(p->text, p->text_n);
	if (p->any && text.n == 0)
		return 0;
	text = view_first(text, member_cut(text, p->ended));
	rc = make_member(p, text);
	if (rc == 0)
		rc = write_all(packed, p->out, p->last.size);
	if (rc < 0)
		return rc;
	p->text_n -= text.n;
	memmove(p->text, p->text + text.n, p->text_n);
	return !p->ended;
}

/* All members: 0 or -errno. */
static int
pack_all(struct packing *p, int log, int packed)
{
	int rc;

	while ((rc = pack_next(p, log, packed)) > 0)
		;
	if (rc == 0 && p->index.n > NO_INDEX)
		rc = write_all(packed, p->out, index_write(p->out, &p->index));
	return rc;
}

int
gzip_pack(int log, int packed, int level, int64_t from_ns, int64_t to_ns)
{
	struct packing *p = calloc(1, sizeof *p);
	int rc;

	if (!p)
		return -ENOMEM;
	p->level = level;
	p->from_ns = from_ns < to_ns ? from_ns : to_ns;
	p->to_ns = to_ns;
	index_init(&p->index);
	rc = deflateInit2(&p->z, level, Z_DEFLATED, WINDOW_RAW, MEM_LEVEL,
	    Z_DEFAULT_STRATEGY);
	if (rc == Z_OK) {
		rc = pack_all(p, log, packed);
		deflateEnd(&p->z);
	} else {
		rc = rc == Z_MEM_ERROR ? -ENOMEM : -EINVAL;
	}
	free(p);
	return rc;
}

/* --- and back ------------------------------------------------------------- */

enum { ROOM = 64 * 1024 };

struct checking {
	z_stream z;
	bool whole; /* the last member has ended */
	char in[ROOM], out[ROOM], log[ROOM];
};

/* Whether the next n bytes of the log are those in c->out. */
static int
compare(struct checking *c, int log, size_t n)
{
	ssize_t got = read_all(log, c->log, n);

	if (got < 0)
		return (int)got;
	if ((size_t)got != n || memcmp(c->log, c->out, n) != 0)
		return -EBADMSG;
	return 0;
}

/* Inflates what there is of c->in, a piece: 0 or -errno. */
static int
inflate_some(struct checking *c, int log)
{
	int rc;

	if (c->whole && inflateReset(&c->z) != Z_OK)
		return -EBADMSG;
	c->z.next_out = (Bytef *)c->out;
	c->z.avail_out = ROOM;
	rc = inflate(&c->z, Z_NO_FLUSH);
	c->whole = rc == Z_STREAM_END;
	if (rc == Z_MEM_ERROR)
		return -ENOMEM;
	if (rc != Z_OK && rc != Z_STREAM_END && rc != Z_BUF_ERROR)
		return -EBADMSG;
	return compare(c, log, ROOM - c->z.avail_out);
}

/* Whether something is left of c->in, or inflated without room for it. */
static bool
has_more(const struct checking *c)
{
	return c->z.avail_in > 0 || (!c->whole && c->z.avail_out == 0);
}

static int
check(struct checking *c, int packed, int log)
{
	ssize_t got;

	while ((got = read_all(packed, c->in, ROOM)) > 0) {
		int rc;

		c->z.next_in = (const Bytef *)c->in;
		c->z.avail_in = (uInt)got;
		do
			rc = inflate_some(c, log);
		while (rc == 0 && has_more(c));
		if (rc < 0)
			return rc;
	}
	if (got == 0)
		got = read_all(log, c->log, 1);
	if (got < 0)
		return (int)got;
	return c->whole && got == 0 ? 0 : -EBADMSG;
}

int
gzip_check(int packed, int log)
{
	struct checking *c = calloc(1, sizeof *c);
	int rc;

	if (!c)
		return -ENOMEM;
	rc = inflateInit2(&c->z, WINDOW_GZIP);
	if (rc == Z_OK) {
		rc = check(c, packed, log);
		inflateEnd(&c->z);
	} else {
		rc = rc == Z_MEM_ERROR ? -ENOMEM : -EINVAL;
	}
	free(c);
	return rc;
}
