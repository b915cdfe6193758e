/* A run of bytes that is looked for. */
#include "literal.h"

#include <stdbool.h>
#include <string.h>

/* As many places are looked at together, and where there may be something as
 * many of them again. Written so that a compiler makes a few vector
 * instructions of it. */
enum { BLOCK = 64, PART = 16 };

/* Bytes of the text that seldom stand so together: its first and its last two.
 */
struct marks {
	size_t before, last;
	char a, b, c;
};

__attribute__((always_inline)) static inline struct marks
marks_of(struct view text)
{
	size_t last = text.n - 1, before = last - (last > 0);

	return (struct marks){ before, last, text.p[0], text.p[before],
		text.p[last] };
}

__attribute__((always_inline)) static inline bool
are_at(const struct marks *m, const char *at)
{
	return (at[0] == m->a) & (at[m->before] == m->b) &
	       (at[m->last] == m->c);
}

/* Whether they are at one of n places. */
__attribute__((always_inline)) static inline bool
are_near(const struct marks *m, const char *at, size_t n)
{
	const struct marks own = *m;
	unsigned char any = 0;

	for (size_t i = 0; i < n; i++)
		any |= (unsigned char)are_at(&own, at + i);
	return any;
}

/* The first of n places that the text is at, or NULL. */
static const char *
first_of(struct view text, const struct marks *m, const char *at, size_t n)
{
	for (const char *end = at + n; at < end; at++) {
		while (end - at >= PART && !are_near(m, at, PART))
			at += PART;
		if (at < end && are_at(m, at) &&
		    memcmp(at, text.p, text.n) == 0)
			return at;
	}
	return NULL;
}

__attribute__((always_inline)) static inline const char *
find(struct view text, struct view v)
{
	struct marks m = marks_of(text);
	const char *found = NULL;
	size_t places, i;

	if (v.n < text.n)
		return NULL;
	places = v.n - text.n + 1;
	for (i = 0; !found && places - i >= BLOCK; i += BLOCK)
		if (are_near(&m, v.p + i, BLOCK))
			found = first_of(text, &m, v.p + i, BLOCK);
	if (found || i == places)
		return found;
	/* What is left is looked at together with some that are done. */
	if (places >= BLOCK) {
		i = places - BLOCK;
		if (!are_near(&m, v.p + i, BLOCK))
			return NULL;
	}
	return first_of(text, &m, v.p + i, places - i);
}

#ifdef __x86_64__
/* The same with vectors twice as long, where the processor has them. */
__attribute__((target("avx2"))) static const char *
find_avx2(struct view text, struct view v)
{
	return find(text, v);
}
#endif

const char *
literal_find(struct view text, struct view v)
{
#ifdef __x86_64__
	if (__builtin_cpu_supports("avx2"))
		return find_avx2(text, v);
#endif
	return find(text, v);
}
