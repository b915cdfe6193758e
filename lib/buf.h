/* A fixed buffer that remembers when something did not fit. */
#ifndef WEIR_BUF_H
#define WEIR_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "view.h"

struct buf {
	char *p;
	size_t n;
	size_t cap;
	bool over; /* a put was refused since buf_init() */
};

/* Borrows mem for as long as the buf is used. */
void buf_init(struct buf *b, char *mem, size_t cap);

/* Appends all of v, or nothing and sets `over`. */
void buf_put(struct buf *b, struct view v);
void buf_str(struct buf *b, const char *text);
void buf_ch(struct buf *b, char c);

/* Appends a number in decimal. */
void buf_u64(struct buf *b, uint64_t value);

/* A number in decimal, as a string: mem. */
enum { BUF_DECIMAL = 21 };
const char *buf_decimal(char mem[BUF_DECIMAL], uint64_t value);

/* The strings up to NULL, joined as they are: a string in mem, which has room
 * for cap bytes, the NUL among them. False where they do not fit: it is empty
 * then. */
bool buf_join(char *mem, size_t cap, const char *text, ...)
    __attribute__((sentinel));

static inline size_t
buf_room(const struct buf *b)
{
	return b->cap - b->n;
}

static inline struct view
buf_view(const struct buf *b)
{
	return view_of(b->p, b->n);
}

#endif
