/* Numbered, checksummed lines. */
#include "kit/line.h"

#include <string.h>

#include "kit/random.h"

void
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
		ls->pool[i] = (char)(' ' + random_mix(seed ^ i << 8) % 95);
}

static uint32_t
word_of(const unsigned char *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	       (uint32_t)p[3] << 24;
}

/* CRC-32, eight bytes a step. */
static uint32_t
line_crc(const struct lines *ls, const char *text, size_t n)
{
	const unsigned char *p = (const unsigned char *)text;
	uint32_t c = ~0U, d;

	for (; n >= 8; n -= 8, p += 8) {
		c ^= word_of(p);
		d = word_of(p + 4);
		c = ls->crc[7][c & 255] ^ ls->crc[6][c >> 8 & 255] ^
		    ls->crc[5][c >> 16 & 255] ^ ls->crc[4][c >> 24] ^
		    ls->crc[3][d & 255] ^ ls->crc[2][d >> 8 & 255] ^
		    ls->crc[1][d >> 16 & 255] ^ ls->crc[0][d >> 24];
	}
	for (; n > 0; n--, p++)
		c = c >> 8 ^ ls->crc[0][(c ^ *p) & 255];
	return ~c;
}

size_t
line_make(const struct lines *ls, uint64_t n, char *out)
{
	uint64_t h = random_mix(ls->seed * 31 + n);
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

bool
line_is(const struct lines *ls, const char *p, size_t len, uint64_t *n)
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
