/* Bytes in memory that grow. Starts as { 0 }. */
#ifndef WEIR_KIT_BYTES_H
#define WEIR_KIT_BYTES_H

#include <stddef.h>

struct bytes {
	char *p;
	size_t n, room;
};

/* Room for n more at p + n; the caller adds them to n. */
void bytes_more(struct bytes *b, size_t n);

void bytes_add(struct bytes *b, const void *p, size_t n);

/* All that can be read from fd. */
void bytes_read(struct bytes *b, int fd);

void bytes_free(struct bytes *b);

#endif
