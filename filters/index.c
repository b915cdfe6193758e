/* Where the members of a gzip file are and up to when. */
#include "index.h"

#include <errno.h>

#include "wire.h"

/* The head, by RFC 1952: that of a member with an extra field of one subfield,
 * which holds the runs and the size; weir-gzip(5) says the same in words. */
enum {
	AT_EXTRA = 10, /* two bytes: the extra field's length */
	AT_ID = 12,
	AT_FIELD = 14, /* two bytes: the subfield's length */
	AT_VERSION = 16,
};

static const unsigned char head[INDEX_HEAD] = { 0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0,
	3, 0, 0, 'w', 'i', 0, 0, 1, 0 };

/* Behind the size, which ends the extra field: nothing, deflated; no CRC and no
 * length. */
enum { SIZE = 4 };

static const unsigned char nothing[INDEX_TAIL - SIZE] = { 3, 0 };

static const struct index_run no_run = { 0, 0 };

/* --- made ----------------------------------------------------------------- */

void
index_init(struct index *ix)
{
	ix->n = 0;
	ix->each = 1;
	ix->in_last = 1;
}

/* Two runs become one, so that half of the room is left. */
static void
halve(struct index *ix)
{
	ix->n /= 2;
	ix->each *= 2;
	for (uint32_t i = 0; i < ix->n; i++) {
		const struct index_run *pair = &ix->run[2 * i];

		ix->run[i] =
		    (struct index_run){ .size = pair[0].size + pair[1].size,
			    .newest_ns = pair[1].newest_ns };
	}
}

/* The last run, with room for one more member. */
static struct index_run *
last_run(struct index *ix)
{
	if (ix->in_last == ix->each) {
		if (ix->n == INDEX_RUNS)
			halve(ix);
		ix->run[ix->n] = ix->n > 0 ? ix->run[ix->n - 1] : no_run;
		ix->run[ix->n++].size = 0;
		ix->in_last = 0;
	}
	return &ix->run[ix->n - 1];
}

void
index_add(struct index *ix, const struct member *m)
{
	struct index_run *run = last_run(ix);

	ix->in_last++;
	run->size += m->size;
	if (m->last_ns > run->newest_ns)
		run->newest_ns = m->last_ns;
}

static size_t
size_of(uint32_t runs)
{
	return INDEX_HEAD + (size_t)runs * INDEX_RUN + INDEX_TAIL;
}

/* The head of an index of that size. */
static void
put_head(unsigned char *p, size_t size)
{
	size_t end = size - sizeof nothing; /* of the extra field */

	memcpy(p, head, sizeof head);
	wire_put_little(p + AT_EXTRA, 2, end - AT_ID);
	wire_put_little(p + AT_FIELD, 2, end - AT_VERSION);
}

size_t
index_write(unsigned char to[INDEX_SIZE], const struct index *ix)
{
	size_t size = size_of(ix->n);
	unsigned char *p = to + INDEX_HEAD;

	put_head(to, size);
	for (uint32_t i = 0; i < ix->n; i++, p += INDEX_RUN) {
		wire_put_little(p, 8, ix->run[i].size);
		wire_put_little(p + 8, 8, (uint64_t)ix->run[i].newest_ns);
	}
	wire_put_little(p, SIZE, size);
	memcpy(p + SIZE, nothing, sizeof nothing);
	return size;
}

/* --- read ----------------------------------------------------------------- */

size_t
index_size(struct view tail)
{
	unsigned char p[INDEX_TAIL];
	size_t size;

	if (tail.n != INDEX_TAIL)
		return 0;
	memcpy(p, tail.p, sizeof p);
	size = (size_t)wire_get_little(p, SIZE);
	if (memcmp(p + SIZE, nothing, sizeof nothing) != 0 ||
	    size < size_of(1) || size > size_of(INDEX_RUNS) ||
	    (size - size_of(0)) % INDEX_RUN != 0)
		return 0;
	return size;
}

/* Whether bytes are an index and nothing else, whatever its runs say. */
static bool
is_index(struct view bytes)
{
	unsigned char want[INDEX_HEAD];

	if (bytes.n < size_of(1) ||
	    index_size(view_from(bytes, bytes.n - INDEX_TAIL)) != bytes.n)
		return false;
	put_head(want, bytes.n);
	return memcmp(bytes.p, want, sizeof want) == 0;
}

/* The run that these bytes tell of, after `last`: whether it can be true, with
 * `left` bytes of the file for it and those behind it. */
static bool
read_run(struct index_run *run, const char *bytes, const struct index_run *last,
    uint64_t left)
{
	unsigned char p[INDEX_RUN];
	uint64_t ns;

	memcpy(p, bytes, sizeof p);
	ns = wire_get_little(p + 8, 8);
	run->size = wire_get_little(p, 8);
	run->newest_ns = (int64_t)(ns & INT64_MAX);
	return run->size > MEMBER_HEAD + MEMBER_TAIL && run->size <= left &&
	       ns <= INT64_MAX && run->newest_ns >= last->newest_ns;
}

int
index_read(struct index *ix, struct view bytes, uint64_t before)
{
	const struct index_run *last = &no_run;
	const char *p;

	if (!is_index(bytes))
		return -EINVAL;
	p = bytes.p + INDEX_HEAD;
	ix->n = (uint32_t)((bytes.n - size_of(0)) / INDEX_RUN);
	for (uint32_t i = 0; i < ix->n; i++, p += INDEX_RUN) {
		if (!read_run(&ix->run[i], p, last, before))
			return -EINVAL;
		last = &ix->run[i];
		before -= last->size;
	}
	return before == 0 ? 0 : -EINVAL;
}

size_t
index_before(const struct index *ix, int64_t since_ns, uint64_t end,
    uint64_t *at)
{
	size_t i;

	*at = 0;
	for (i = 0; i + 1 < ix->n; i++) {
		const struct index_run *run = &ix->run[i];

		if ((run->newest_ns >= since_ns && since_ns < INT64_MAX) ||
		    *at + run->size >= end)
			break;
		*at += run->size;
	}
	return i;
}

bool
index_same(const struct index *a, const struct index *b)
{
	return a->n == b->n &&
	       memcmp(a->run, b->run, a->n * sizeof a->run[0]) == 0;
}
