/* When to read next. */
#include "pace.h"

void
pace_init(struct pace *p, int64_t most_ns)
{
	*p = (struct pace){ .most_ns = most_ns };
}

void
pace_read(struct pace *p, size_t n, size_t pipe_size, int64_t now)
{
	int64_t gap = pace_gap(p, now);
	int64_t wait = p->most_ns;

	if (n >= pipe_size / 4)
		wait = 0;
	else if (gap > 0 && gap < p->most_ns && n > 0) {
		int64_t fill = (int64_t)(pipe_size / 2) * gap / (int64_t)n;

		if (fill < wait)
			wait = fill;
	}
	p->last = now;
	p->next = now + wait;
}
