/* Several log directories as one run of lines, by time. */
#ifndef WEIR_MERGE_H
#define WEIR_MERGE_H

#include <stddef.h>
#include <stdint.h>

#include "stream.h"

struct merge_head {
	struct run run; /* the lines that are next; text.n 0: none known */
	int64_t ns;     /* the time of the first of them */
};

/* The lines of each directory stay in their order, whatever their times; of
 * two lines of one time the one comes first whose directory was named first. */
struct merge {
	struct stream *stream;
	struct merge_head *head; /* as many */
	size_t n;
	size_t inside; /* whose line goes on; n: nobody's */
	uint64_t skip; /* lines, as each stream has as many as are asked for */
	const struct stream *passed; /* the last of them goes on there; NULL */
};

/* n streams of one query, borrowed: 0 or -ENOMEM. */
int merge_init(struct merge *m, struct stream *stream, size_t n);
void merge_free(struct merge *m);

/* The next lines, and whose they are: 1, or 0: no more (so far). */
int merge_next(struct merge *m, struct run *r, struct stream **of);

#endif
