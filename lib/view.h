/* A borrowed run of bytes. */
#ifndef WEIR_VIEW_H
#define WEIR_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Whoever hands out a view says how long it stays valid. It may hold any
 * byte, NUL included, and it is not terminated. */
struct view {
	const char *p;
	size_t n;
};

static inline struct view
view_of(const char *p, size_t n)
{
	struct view v = { p, n };

	return v;
}

static inline struct view
view_str(const char *text)
{
	return view_of(text, strlen(text));
}

/* Everything from offset `from` on; empty when there is less. */
static inline struct view
view_from(struct view v, size_t from)
{
	return from < v.n ? view_of(v.p + from, v.n - from)
	                  : view_of(v.p + v.n, 0);
}

/* At most the first n bytes. */
static inline struct view
view_first(struct view v, size_t n)
{
	return view_of(v.p, n < v.n ? n : v.n);
}

static inline bool
view_eq(struct view a, struct view b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

#endif
