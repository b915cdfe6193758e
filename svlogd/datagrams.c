/* The datagrams of a batch, laid out and not yet sent. */
#include "datagrams.h"

#include <errno.h>
#include <stdlib.h>

/* What a batch has room for besides one of the largest. */
enum { ROOM = 192 * 1024 };

int
datagrams_open(struct datagrams *d, size_t max)
{
	size_t cap = ROOM + max;
	char *mem;

	if (!d->v)
		d->v = malloc(DATAGRAMS_MOST * sizeof *d->v);
	if (!d->v)
		return -ENOMEM;
	if (cap <= d->text.cap)
		return 0;
	mem = realloc(d->text.p, cap);
	if (!mem)
		return -ENOMEM;
	buf_init(&d->text, mem, cap);
	d->n = 0;
	return 0;
}

void
datagrams_close(struct datagrams *d)
{
	free(d->text.p);
	free(d->v);
	*d = (struct datagrams){ .v = NULL };
}

void
datagrams_forget(struct datagrams *d)
{
	d->text.n = 0;
	d->n = 0;
}

bool
datagrams_fit(const struct datagrams *d, size_t max)
{
	return d->n < DATAGRAMS_MOST && buf_room(&d->text) >= max;
}

void
datagrams_add(struct datagrams *d, struct frame *f,
    const struct frame_line *line, uint64_t from)
{
	size_t at = d->text.n;

	frame_put(f, &d->text, line);
	d->v[d->n++] = (struct datagram){
		.at = at,
		.n = d->text.n - at,
		.from = from,
	};
}
