/* One table lookup per byte. */
#include "scrub.h"

void
scrub_init(struct scrub *s)
{
	size_t i;

	s->on = false;
	for (i = 0; i < sizeof(s->map); i++)
		s->map[i] = (unsigned char)i;
}

void
scrub_set(struct scrub *s, char by, struct view also)
{
	size_t i;

	scrub_init(s);
	s->on = true;
	for (i = 0; i < sizeof(s->map); i++)
		if (i < 32 || i > 126)
			s->map[i] = (unsigned char)by;
	for (i = 0; i < also.n; i++)
		s->map[(unsigned char)also.p[i]] = (unsigned char)by;
}

void
scrub_apply(const struct scrub *s, char *p, size_t n)
{
	/* The line is never the table: the loads need not wait. */
	const unsigned char *restrict map = s->map;
	unsigned char *restrict q = (unsigned char *)p;
	size_t i;

	if (!s->on)
		return;
	for (i = 0; i < n; i++)
		q[i] = map[q[i]];
}
