/* A fixed buffer that remembers when something did not fit. */
#include "buf.h"

#include <stdarg.h>

void
buf_init(struct buf *b, char *mem, size_t cap)
{
	b->p = mem;
	b->n = 0;
	b->cap = cap;
	b->over = false;
}

void
buf_put(struct buf *b, struct view v)
{
	if (v.n > buf_room(b)) {
		b->over = true;
		return;
	}
	if (v.n > 0)
		memcpy(b->p + b->n, v.p, v.n);
	b->n += v.n;
}

void
buf_str(struct buf *b, const char *text)
{
	buf_put(b, view_str(text));
}

void
buf_ch(struct buf *b, char c)
{
	buf_put(b, view_of(&c, 1));
}

void
buf_u64(struct buf *b, uint64_t value)
{
	char digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + value % 10);
		value /= 10;
	} while (value > 0);
	buf_put(b, view_of(digits + at, sizeof(digits) - at));
}

const char *
buf_decimal(char mem[BUF_DECIMAL], uint64_t value)
{
	struct buf b;

	buf_init(&b, mem, BUF_DECIMAL);
	buf_u64(&b, value);
	buf_ch(&b, 0);
	return mem;
}

bool
buf_join(char *mem, size_t cap, const char *text, ...)
{
	struct buf b;
	va_list more;

	buf_init(&b, mem, cap);
	va_start(more, text);
	for (; text != NULL; text = va_arg(more, const char *))
		buf_str(&b, text);
	va_end(more);
	buf_ch(&b, 0);
	if (b.over)
		mem[0] = 0;
	return !b.over;
}
