/* Properties of any bytes for a compressed log: a header is refused, or read
 * into numbers that can be true and make the same bytes again; going from
 * header to header ends, and never leaves the bytes. Any text is cut into
 * members whose headers are read back. */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "member.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool it_is_so)
{
	if (!it_is_so)
		abort();
}

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

static void
check_text(struct view rest, int64_t from_ns, int64_t to_ns)
{
	struct member before, m;
	bool any = false;

	while (rest.n > 0) {
		unsigned char head[MEMBER_HEAD];
		struct view text = view_first(rest, 64);
		size_t n = member_cut(text, text.n < 64);

		require(n > 0 && n <= text.n);
		member_describe(&m, view_first(rest, n), any ? &before : NULL,
		    from_ns, to_ns);
		m.size = MEMBER_SIZE;
		member_head(head, &m, 9);
		require(member_read(view_of((const char *)head, MEMBER_HEAD),
			    &before) == 0);
		require(before.lines == m.lines && before.open == m.open);
		any = true;
		rest = view_from(rest, n);
	}
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
	check_text(bytes, 0, INT64_MAX);
	if (size > 1)
		check_text(view_from(bytes, 1), copy[0] & 127, 60);
	free(copy);
	return 0;
}
