/* Properties of any bytes for a compressed log: a header is refused, or read
 * into numbers that can be true and make the same bytes again; going from
 * header to header ends, and never leaves the bytes. The same of an index. Any
 * text is cut into members whose headers and index are read back. */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "fuzz/fuzz.h"
#include "index.h"
#include "member.h"

static void
check_header(const struct member *m, const char *bytes)
{
	unsigned char head[MEMBER_HEAD];

	require(m->first_ns >= 0 && m->first_ns <= m->last_ns);
	require(m->bytes <= MEMBER_BYTES && m->lines <= m->bytes);
	require(m->size > MEMBER_HEAD + MEMBER_TAIL && m->size <= MEMBER_SIZE);
	member_head(head, m, 6);
	/* But for what gzip may have there: a time, a level, a system. */
	require(memcmp(head, bytes, 4) == 0);
	require(memcmp(head + 10, bytes + 10, MEMBER_HEAD - 10) == 0);
}

static void
check_walk(struct view rest)
{
	struct member m;

	while (member_read(rest, &m) == 0) {
		check_header(&m, rest.p);
		if (m.size > rest.n)
			break;
		rest = view_from(rest, m.size);
	}
}

/* The runs of an index cover what is in front of it, in order; written again it
 * is the same bytes. */
static void
check_index(struct view bytes, uint64_t before)
{
	static unsigned char again[INDEX_SIZE];
	static struct index ix;
	uint64_t end = before, at;
	int64_t newest = 0;

	if (index_read(&ix, bytes, before) < 0)
		return;
	require(ix.n > 0 && ix.n <= INDEX_RUNS);
	for (uint32_t i = 0; i < ix.n; i++) {
		const struct index_run *run = &ix.run[i];

		require(run->size > 0 && run->size <= before);
		require(run->newest_ns >= newest);
		newest = run->newest_ns;
		before -= run->size;
		require(index_before(&ix, newest, end, &at) <= i);
	}
	require(before == 0);
	require(index_before(&ix, INT64_MAX, end / 2 + 1, &at) < ix.n);
	require(at <= end / 2);
	require(index_write(again, &ix) == bytes.n);
	require(memcmp(again, bytes.p, bytes.n) == 0);
}

/* Whatever bytes are at a file's end. */
static void
check_end(struct view file)
{
	size_t n = file.n < INDEX_TAIL
	               ? 0
	               : index_size(view_from(file, file.n - INDEX_TAIL));

	require(n <= INDEX_SIZE);
	if (n <= file.n)
		check_index(view_from(file, file.n - n), file.n - n);
	/* As if it were of a longer one. */
	if (n == file.n && n > 32)
		for (uint64_t before = 55; before < 64; before++)
			check_index(file, before);
}

static void
check_text(struct view rest, int64_t from_ns, int64_t to_ns)
{
	static unsigned char bytes[INDEX_SIZE];
	static struct index ix, got;
	struct member before, m;
	bool any = false;
	uint64_t at = 0;
	size_t n;

	index_init(&ix);
	while (rest.n > 0) {
		unsigned char head[MEMBER_HEAD];
		struct view text = view_first(rest, 64);

		n = member_cut(text, text.n < 64);
		require(n > 0 && n <= text.n);
		member_describe(&m, view_first(rest, n), any ? &before : NULL,
		    from_ns, to_ns);
		m.size = MEMBER_SIZE;
		member_head(head, &m, 9);
		require(member_read(view_of((const char *)head, MEMBER_HEAD),
			    &before) == 0);
		require(before.lines == m.lines && before.open == m.open);
		index_add(&ix, &m);
		at += m.size;
		any = true;
		rest = view_from(rest, n);
	}
	if (!any)
		return;
	n = index_write(bytes, &ix);
	require(index_read(&got, view_of((const char *)bytes, n), at) == 0);
	require(index_same(&ix, &got));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *copy = malloc(size + 1);
	struct view bytes = view_of(copy, size);

	require(copy != NULL);
	for (size_t i = 0; i < size; i++)
		copy[i] = (char)data[i];
	check_walk(bytes);
	check_end(bytes);
	check_text(bytes, 0, INT64_MAX);
	if (size > 1)
		check_text(view_from(bytes, 1), copy[0] & 127, 60);
	free(copy);
	return 0;
}
