/* Numbered, checksummed lines, so that none can be lost, doubled, torn or out
 * of order unnoticed (check.h finds out).
 *
 * Line number n is "Sn TEXT CRC": TEXT and its length follow from n and the
 * seed alone, CRC is the CRC-32 of all before it, in hex. */
#ifndef WEIR_KIT_LINE_H
#define WEIR_KIT_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	LINE_POOL = 1 << 16,     /* texts are cut from a pool of this size */
	LINE_TEXT_MAX = 1 << 15, /* the longest text */
	LINE_REST = 64,          /* number, sum and blanks, at most */
	LINE_MAX_BYTES = LINE_TEXT_MAX + LINE_REST,
};

struct lines {
	uint64_t seed;
	size_t least, most; /* bytes of text */
	uint32_t crc[8][256];
	char pool[LINE_POOL + LINE_TEXT_MAX];
};

/* most <= LINE_TEXT_MAX. */
void lines_init(struct lines *ls, uint64_t seed, size_t least, size_t most);

/* Line number n into out, which has room for LINE_MAX_BYTES; the length, with
 * the newline. */
size_t line_make(const struct lines *ls, uint64_t n, char *out);

/* The number of the line, with its newline, if it is one of ours and whole. */
bool line_is(const struct lines *ls, const char *p, size_t len, uint64_t *n);

#endif
