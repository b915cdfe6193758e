/* Bytes in memory that grow. */
#include "kit/bytes.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kit/verdict.h"

enum { READ_MOST = 1 << 16 };

void
bytes_more(struct bytes *b, size_t n)
{
	if (b->room - b->n >= n)
		return;
	b->room = (b->n + n) * 2;
	b->p = realloc(b->p, b->room);
	if (!b->p)
		give_up("out of memory");
}

void
bytes_add(struct bytes *b, const void *p, size_t n)
{
	bytes_more(b, n);
	if (n > 0)
		memcpy(b->p + b->n, p, n);
	b->n += n;
}

void
bytes_read(struct bytes *b, int fd)
{
	ssize_t n;

	do {
		bytes_more(b, READ_MOST);
		n = read(fd, b->p + b->n, READ_MOST);
		if (n > 0)
			b->n += (size_t)n;
	} while (n > 0);
}

void
bytes_free(struct bytes *b)
{
	free(b->p);
	*b = (struct bytes){ 0 };
}
