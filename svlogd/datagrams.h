/* The datagrams of a batch, laid out and not yet sent. */
#ifndef WEIR_DATAGRAMS_H
#define WEIR_DATAGRAMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "frame.h"

enum { DATAGRAMS_MOST = 2048 };

struct datagram {
	size_t at, n;    /* in the text of all */
	uint64_t from;   /* where its line begins in the stream */
	uint32_t takers; /* the targets that took it, a bit each */
};

struct datagrams {
	struct buf text;
	struct datagram *v;
	size_t n;
};

/* Memory for a batch of them with up to `max` bytes each: 0, or -ENOMEM and
 * all is as good as before. May be called again, at reload. */
int datagrams_open(struct datagrams *d, size_t max);
void datagrams_close(struct datagrams *d);

void datagrams_forget(struct datagrams *d);

/* Whether one more of up to `max` bytes has room; an empty batch has. */
bool datagrams_fit(const struct datagrams *d, size_t max);

/* Lays out the line that begins at `from`. */
void datagrams_add(struct datagrams *d, struct frame *f,
    const struct frame_line *line, uint64_t from);

/* Of the first n the first one that no target has taken; n where there is
 * none. */
static inline size_t
datagrams_taken(const struct datagrams *d, size_t n)
{
	size_t i = 0;

	while (i < n && d->v[i].takers)
		i++;
	return i;
}

static inline struct view
datagrams_view(const struct datagrams *d, size_t i)
{
	return view_of(d->text.p + d->v[i].at, d->v[i].n);
}

#endif
