/* Numbered, checksummed lines, and the check that all of them came through.
 *
 * Line number n is "Sn TEXT CRC": TEXT and its length follow from n and the
 * seed alone, CRC is the CRC-32 of all before it, in hex. */
#ifndef WEIR_TEST_LINE_H
#define WEIR_TEST_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	LINE_POOL = 1 << 16,     /* texts are cut from a pool of this size */
	LINE_TEXT_MAX = 1 << 15, /* the longest text */
	LINE_REST = 64,          /* number, sum and blanks, at most */
	LINE_STAMP = 26,         /* a stamp and its blank */
	LINE_MAX_BYTES = LINE_TEXT_MAX + LINE_REST,
	CHECK_SHOWN = 5, /* offending places named */
};

struct lines {
	uint64_t seed;
	size_t least, most; /* bytes of text */
	uint32_t crc[8][256];
	char pool[LINE_POOL + LINE_TEXT_MAX];
};

static inline uint64_t
line_hash(uint64_t x)
{
	x += UINT64_C(0x9e3779b97f4a7c15);
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

/* most <= LINE_TEXT_MAX. */
static inline void
lines_init(struct lines *ls, uint64_t seed, size_t least, size_t most)
{
	uint32_t c;
	size_t i;
	int k;

	ls->seed = seed;
	ls->least = least;
	ls->most = most;
	for (i = 0; i < 256; i++) {
		c = (uint32_t)i;
		for (k = 0; k < 8; k++)
			c = c & 1 ? c >> 1 ^ 0xedb88320U : c >> 1;
		ls->crc[0][i] = c;
	}
	for (i = 0; i < 256; i++) {
		for (k = 1; k < 8; k++) {
			c = ls->crc[k - 1][i];
			ls->crc[k][i] = c >> 8 ^ ls->crc[0][c & 255];
		}
	}
	for (i = 0; i < sizeof(ls->pool); i++)
		ls->pool[i] = (char)(' ' + line_hash(seed ^ i << 8) % 95);
}

static inline uint32_t
line_word(const unsigned char *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	       (uint32_t)p[3] << 24;
}

/* CRC-32, eight bytes a step. */
static inline uint32_t
line_crc(const struct lines *ls, const char *text, size_t n)
{
	const unsigned char *p = (const unsigned char *)text;
	uint32_t c = ~0U, d;

	for (; n >= 8; n -= 8, p += 8) {
		c ^= line_word(p);
		d = line_word(p + 4);
		c = ls->crc[7][c & 255] ^ ls->crc[6][c >> 8 & 255] ^
		    ls->crc[5][c >> 16 & 255] ^ ls->crc[4][c >> 24] ^
		    ls->crc[3][d & 255] ^ ls->crc[2][d >> 8 & 255] ^
		    ls->crc[1][d >> 16 & 255] ^ ls->crc[0][d >> 24];
	}
	for (; n > 0; n--, p++)
		c = c >> 8 ^ ls->crc[0][(c ^ *p) & 255];
	return ~c;
}

/* Line number n into out, which has room for LINE_MAX_BYTES; the length, with
 * the newline. */
static inline size_t
line_make(const struct lines *ls, uint64_t n, char *out)
{
	uint64_t h = line_hash(ls->seed * 31 + n);
	size_t len = ls->least + (h >> 32) % (ls->most - ls->least + 1);
	char digits[20], *p = out;
	size_t k = sizeof(digits);
	uint32_t crc;
	int shift;

	do
		digits[--k] = (char)('0' + n % 10);
	while ((n /= 10) > 0);
	*p++ = 'S';
	memcpy(p, digits + k, sizeof(digits) - k);
	p += sizeof(digits) - k;
	*p++ = ' ';
	memcpy(p, ls->pool + h % LINE_POOL, len);
	p += len;
	*p++ = ' ';
	crc = line_crc(ls, out, (size_t)(p - out));
	for (shift = 28; shift >= 0; shift -= 4)
		*p++ = "0123456789abcdef"[crc >> shift & 15];
	*p++ = '\n';
	return (size_t)(p - out);
}

/* Whether the 26 bytes at p are a stamp of that kind (the number of -t). */
static inline bool
stamp_is(const char *p, int kind)
{
	static const char *const forms[] = { "", "@hhhhhhhhhhhhhhhhhhhhhhhh ",
		"dddd-dd-dd_dd:dd:dd.ddddd ", "dddd-dd-ddTdd:dd:dd.ddddd " };
	const char *form = forms[kind];
	bool is_digit, is_hex;

	for (; *form; form++, p++) {
		is_digit = *p >= '0' && *p <= '9';
		is_hex = is_digit || (*p >= 'a' && *p <= 'f');
		if (*form == 'd'   ? !is_digit
		    : *form == 'h' ? !is_hex
				   : *p != *form)
			return false;
	}
	return true;
}

/* --- the check ------------------------------------------------------------*/

struct range {
	uint64_t from, to; /* to: the first that is there again */
};

struct check {
	const struct lines *ls;
	const char *where; /* for messages; the caller's */
	const char *file;  /* being read; the caller's */
	int stamp;         /* 0 to 3: the number of -t */
	uint64_t at;       /* bytes of the file before this piece */
	uint64_t next;     /* the line that is due */
	uint64_t good, doubled, torn, disordered, bad_stamps;
	struct range *gaps; /* what never came; grows */
	size_t n_gaps, room;
	char last[LINE_STAMP];
	char part[LINE_MAX_BYTES + LINE_STAMP]; /* a line not ended; cut */
	size_t n_part;
	int shown;
};

static inline void
check_init(struct check *ck, const struct lines *ls, const char *where,
    int stamp)
{
	memset(ck, 0, sizeof(*ck));
	ck->ls = ls;
	ck->where = where;
	ck->stamp = stamp;
}

static inline void
check_show(struct check *ck, const char *what, uint64_t from, uint64_t to)
{
	if (ck->shown++ >= CHECK_SHOWN)
		return;
	printf("  %s/%s near byte %llu: %s", ck->where,
	    ck->file ? ck->file : "", (unsigned long long)ck->at, what);
	if (to > from)
		printf(" %llu to %llu", (unsigned long long)from,
		    (unsigned long long)(to - 1));
	printf(" (line %llu was due)\n", (unsigned long long)ck->next);
}

static inline void
check_gap(struct check *ck, uint64_t from, uint64_t to)
{
	if (ck->n_gaps == ck->room) {
		ck->room = ck->room ? ck->room * 2 : 64;
		ck->gaps = realloc(ck->gaps, ck->room * sizeof(*ck->gaps));
		if (!ck->gaps)
			abort();
	}
	ck->gaps[ck->n_gaps++] = (struct range){ from, to };
}

/* A line from before: out of its order if it had been missed, else doubled. */
static inline void
check_old(struct check *ck, uint64_t n)
{
	struct range *r;
	uint64_t to;
	size_t i;

	for (i = 0; i < ck->n_gaps; i++) {
		r = &ck->gaps[i];
		if (n < r->from || n >= r->to)
			continue;
		check_show(ck, "out of order", n, n + 1);
		ck->disordered++;
		to = r->to;
		r->to = n;
		if (n + 1 < to)
			check_gap(ck, n + 1, to);
		return;
	}
	check_show(ck, "doubled", n, n + 1);
	ck->doubled++;
}

/* The number of the line, if it is one of ours, whole. */
static inline bool
check_whole(const struct lines *ls, const char *p, size_t len, uint64_t *n)
{
	char want[LINE_MAX_BYTES];
	uint64_t v = 0;
	size_t i;

	if (len < 4 || p[0] != 'S')
		return false;
	for (i = 1; i < len && i < 20 && p[i] >= '0' && p[i] <= '9'; i++)
		v = v * 10 + (uint64_t)(p[i] - '0');
	*n = v;
	return line_make(ls, v, want) == len && memcmp(p, want, len) == 0;
}

/* One line with its newline. */
static inline void
check_line(struct check *ck, const char *p, size_t len)
{
	uint64_t n;

	if (ck->stamp) {
		if (len <= LINE_STAMP || !stamp_is(p, ck->stamp)) {
			check_show(ck, "torn", 0, 0);
			ck->torn++;
			return;
		}
		if (memcmp(p, ck->last, LINE_STAMP) < 0) {
			check_show(ck, "stamp went back", 0, 0);
			ck->bad_stamps++;
		}
		memcpy(ck->last, p, LINE_STAMP);
		p += LINE_STAMP;
		len -= LINE_STAMP;
	}
	if (!check_whole(ck->ls, p, len, &n)) {
		check_show(ck, "torn", 0, 0);
		ck->torn++;
		return;
	}
	ck->good++;
	if (n < ck->next) {
		check_old(ck, n);
		return;
	}
	if (n > ck->next) {
		check_show(ck, "lost", ck->next, n);
		check_gap(ck, ck->next, n);
	}
	ck->next = n + 1;
}

/* The next bytes of what was written, cut anywhere. */
static inline void
check_bytes(struct check *ck, const char *p, size_t n)
{
	const char *end;
	size_t len, take;

	while (n > 0) {
		end = memchr(p, '\n', n);
		len = end ? (size_t)(end - p) + 1 : n;
		if (end && ck->n_part == 0) {
			check_line(ck, p, len);
		} else {
			take = sizeof(ck->part) - ck->n_part;
			take = len < take ? len : take;
			memcpy(ck->part + ck->n_part, p, take);
			ck->n_part += take;
			if (end) {
				check_line(ck, ck->part, ck->n_part);
				ck->n_part = 0;
			}
		}
		p += len;
		n -= len;
		ck->at += len;
	}
}

static inline uint64_t
check_lost(const struct check *ck)
{
	uint64_t n = 0;
	size_t i;

	for (i = 0; i < ck->n_gaps; i++)
		n += ck->gaps[i].to - ck->gaps[i].from;
	return n;
}

/* No more bytes; `total` lines were written. True: all is as it should be. */
static inline bool
check_end(struct check *ck, uint64_t total)
{
	if (ck->n_part > 0) {
		check_show(ck, "torn: no newline", 0, 0);
		ck->torn++;
	}
	if (ck->next < total) {
		check_show(ck, "lost", ck->next, total);
		check_gap(ck, ck->next, total);
	}
	return ck->next <= total && check_lost(ck) == 0 && ck->doubled == 0 &&
	       ck->torn == 0 && ck->disordered == 0 && ck->bad_stamps == 0;
}

#endif
