/* A run of bytes that is looked for. */
#include "literal.h"

#include <stdint.h>

void
literal_init(struct literal *l, struct view text)
{
	l->text = text;
	l->rare = text.n - 1;
}

void
literal_tune(struct literal *l, struct view sample)
{
	uint32_t seen[256] = { 0 };

	for (size_t i = 0; i < sample.n; i++)
		seen[(unsigned char)sample.p[i]]++;
	for (size_t i = 0; i < l->text.n; i++)
		if (seen[(unsigned char)l->text.p[i]] <
		    seen[(unsigned char)l->text.p[l->rare]])
			l->rare = i;
}

const char *
literal_find(const struct literal *l, struct view v)
{
	size_t n = l->text.n, behind = n - l->rare;
	const char *at, *end;
	char c = l->text.p[l->rare];

	if (v.n < n)
		return NULL;
	at = v.p + l->rare;
	end = v.p + v.n - behind + 1; /* the rare byte is before it */
	while (at < end && (at = memchr(at, c, (size_t)(end - at)))) {
		if (memcmp(at - l->rare, l->text.p, n) == 0)
			return at - l->rare;
		at++;
	}
	return NULL;
}
