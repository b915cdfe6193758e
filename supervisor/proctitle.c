/* The end of what services say on standard error, shown in the process
 * list. */
#include "proctitle.h"

#include <errno.h>
#include <string.h>

enum { STAYS = 5, SHORTEST = 7 };

int
proctitle_init(struct proctitle *t, char *argument)
{
	size_t n = strlen(argument);

	*t = (struct proctitle){ 0 };
	if (n < SHORTEST)
		return -EINVAL;
	t->p = argument + STAYS;
	t->n = n - STAYS;
	return 0;
}

static char
shown(char c)
{
	unsigned char u = (unsigned char)c;

	return (u < ' ' && c != '\n' && c != '\t') || u == 0x7f ? '?' : c;
}

/* Moved once for all of the text: a byte at a time would cost the window's
 * length for each. */
void
proctitle_put(struct proctitle *t, struct view text)
{
	size_t first = text.n, shows = 0, i;
	char *to;

	while (first > 0 && shows < t->n)
		shows += text.p[--first] != 0;
	memmove(t->p, t->p + shows, t->n - shows);
	to = t->p + t->n - shows;
	for (i = first; i < text.n; i++)
		if (text.p[i])
			*to++ = shown(text.p[i]);
}
