/* Where a log file ends: the size rules of rotation. */
#include "limit.h"

#include "scan.h"

struct limit
limit_of(uint64_t s, uint64_t l)
{
	struct limit m = { .max = s, .soft = UINT64_MAX };

	if (s >= l)
		m.soft = s - l;
	return m;
}

/* The last line end below `from` bytes of v, or the one that a line already
 * begun makes necessary: v does not fit. */
static size_t
before(const struct limit *m, struct view v, uint64_t size, bool in_line,
    size_t from)
{
	size_t n = scan_whole_lines(view_first(v, from));

	if (n > 0)
		return n;
	if (size > 0 && !in_line)
		return 0;
	/* Inside a line that is longer than a file. */
	n = (size_t)limit_room(m, size);
	return n < v.n ? n : v.n;
}

size_t
limit_span(const struct limit *m, struct view v, uint64_t size, bool in_line,
    bool *rotate)
{
	uint64_t room = limit_room(m, size);
	size_t from, n;

	*rotate = false;
	if (m->max == 0 || v.n == 0)
		return v.n;
	if (room == 0) {
		*rotate = true;
		return 0;
	}
	if (m->soft == UINT64_MAX) {
		if (v.n <= room)
			return v.n;
		*rotate = true;
		return before(m, v, size, in_line, (size_t)room);
	}
	/* The first line that ends at soft or later is the last. */
	from = m->soft > size + 1 ? (size_t)(m->soft - size - 1) : 0;
	if (v.n <= from)
		return v.n;
	n = scan_line(view_from(v, from));
	if (n == 0) { /* not whole yet: only its room counts */
		if (v.n <= room)
			return v.n;
	} else if (from + n <= room) {
		*rotate = true;
		return from + n;
	}
	*rotate = true;
	return before(m, v, size, in_line, from);
}
