/* Characters in bytes. */
#include "utf8.h"

static const struct {
	unsigned char mask, lead;
	uint32_t least;
} forms[] = {
	{ 0x80, 0x00, 0 },
	{ 0xe0, 0xc0, 0x80 },
	{ 0xf0, 0xe0, 0x800 },
	{ 0xf8, 0xf0, 0x10000 },
};

enum { FORMS = sizeof forms / sizeof forms[0] };

/* How many bytes follow the first one; FORMS: it is never a first one. */
static size_t
more_than(unsigned char first)
{
	size_t n = 0;

	while (n < FORMS && (first & forms[n].mask) != forms[n].lead)
		n++;
	return n;
}

static bool
is_next(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

size_t
utf8_decode(struct view v, uint32_t *to)
{
	size_t more;
	uint32_t code;

	if (v.n == 0)
		return 0;
	more = more_than((unsigned char)v.p[0]);
	if (more == FORMS || more >= v.n)
		return 0;
	code = (unsigned char)v.p[0] & (unsigned char)~forms[more].mask;
	for (size_t i = 1; i <= more; i++) {
		if (!is_next(v.p[i]))
			return 0;
		code = code << 6 | ((unsigned char)v.p[i] & 0x3f);
	}
	if (code < forms[more].least || code > 0x10ffff ||
	    (code >= 0xd800 && code < 0xe000))
		return 0;
	*to = code;
	return more + 1;
}

size_t
utf8_length(struct view v)
{
	uint32_t code;

	return utf8_decode(v, &code);
}

size_t
utf8_shown(struct view v)
{
	static const struct {
		uint32_t first, last;
	} unfit[] = {
		{ 0, 0x1f },
		{ 0x7f, 0x9f },
		{ 0x202a, 0x202e },
		{ 0x2066, 0x2069 },
	};
	uint32_t code;
	size_t n = utf8_decode(v, &code);

	for (size_t i = 0; n > 0 && i < sizeof unfit / sizeof unfit[0]; i++)
		if (code >= unfit[i].first && code <= unfit[i].last)
			return 0;
	return n;
}

size_t
utf8_whole(struct view v)
{
	size_t back = 1, more;

	while (back < FORMS && back < v.n && is_next(v.p[v.n - back]))
		back++;
	if (back > v.n)
		return v.n;
	more = more_than((unsigned char)v.p[v.n - back]);
	return more < FORMS && more >= back ? v.n - back : v.n;
}
