/* Properties of any bytes for a lock.stats: what is refused is refused for one
 * of two reasons; what is read has names and room, does not depend on what
 * stands behind the end, and is read again from its own words. */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "counters.h"
#include "fuzz/fuzz.h"

static void
check_names(const struct counters *c)
{
	require(c->n <= COUNTERS_MOST);
	for (size_t i = 0; i < c->n; i++) {
		const char *name = c->v[i].name;
		const char *end = memchr(name, 0, COUNTERS_NAME);

		require(end && end > name && strcmp(name, "end") != 0);
		require(strspn(name, "abcdefghijklmnopqrstuvwxyz_") ==
			(size_t)(end - name));
	}
	(void)counters_agree(c);
}

/* Its own words are read as the same; a line less, and they are not whole. */
static void
check_again(const struct counters *c)
{
	static char text[(COUNTERS_MOST + 2) * (COUNTERS_NAME + 24)];
	struct counters again;
	size_t n = (size_t)sprintf(text, "begin 1\n"), last;

	for (size_t i = 0; i < c->n; i++)
		n += (size_t)sprintf(text + n, "%s %llu\n", c->v[i].name,
		    (unsigned long long)c->v[i].value);
	last = n;
	n += (size_t)sprintf(text + n, "end 1\n");
	require(counters_parse(&again, view_of(text, n)) == 0);
	require(again.n == c->n);
	for (size_t i = 0; i < c->n; i++) {
		require(strcmp(again.v[i].name, c->v[i].name) == 0);
		require(again.v[i].value == c->v[i].value);
	}
	require(counters_parse(&again, view_of(text, last)) == -EINVAL);
	require(counters_parse(&again, view_of(text, n - 1)) == -EINVAL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size);
	struct counters c;
	int r;

	require(text || size == 0);
	if (size > 0)
		memcpy(text, data, size);
	r = counters_parse(&c, view_of(text, size));
	require(r == 0 || r == -EINVAL || r == -EAGAIN);
	check_names(&c);
	if (r == 0)
		check_again(&c);
	free(text);
	return 0;
}
