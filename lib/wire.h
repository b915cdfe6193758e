/* Numbers in records whose layout is for ever: n bytes, in the order that the
 * record has, whatever machine writes or reads it.
 *
 * n is 1 to 8. What does not fit in n bytes is cut off at the top. */
#ifndef WEIR_WIRE_H
#define WEIR_WIRE_H

#include <stdint.h>

/* The highest byte first. */
static inline void
wire_put_big(unsigned char *to, unsigned n, uint64_t value)
{
	while (n--) {
		to[n] = (unsigned char)(value & 255);
		value >>= 8;
	}
}

static inline uint64_t
wire_get_big(const unsigned char *from, unsigned n)
{
	uint64_t value = 0;

	while (n--)
		value = value << 8 | *from++;
	return value;
}

/* The lowest byte first. */
static inline void
wire_put_little(unsigned char *to, unsigned n, uint64_t value)
{
	while (n--) {
		*to++ = (unsigned char)(value & 255);
		value >>= 8;
	}
}

static inline uint64_t
wire_get_little(const unsigned char *from, unsigned n)
{
	uint64_t value = 0;

	while (n--)
		value = value << 8 | from[n];
	return value;
}

#endif
