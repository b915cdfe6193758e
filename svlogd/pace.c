/* When to read next. */
#include "pace.h"

#include <stdbool.h>

/* Bytes in one wait that would fill a quarter of the largest pipe. */
#define BULK INT64_C(262144)

void
pace_init(struct pace *p, int64_t most_ns)
{
	*p = (struct pace){ .most_ns = most_ns };
}

void
pace_read(struct pace *p, size_t n, size_t pipe_size, int64_t now)
{
	int64_t gap = pace_gap(p, now);
	bool full = n >= pipe_size / 4;
	bool bulk = gap > 0 && (int64_t)n * p->most_ns >= BULK * gap;

	p->last = now;
	p->next = full || bulk ? now : now + p->most_ns;
}
