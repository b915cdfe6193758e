/* Property: a compiled pattern says what the definition says. The first byte
 * is the length of the pattern, the rest is the pattern and the line. */
#include <stdint.h>
#include <stdlib.h>

#include "fuzz/fuzz.h"
#include "glob.h"

/* In a room of its own, so that the sanitizer sees the end of it. */
static struct view
room_of(struct view v)
{
	char *p = malloc(v.n);

	if (!p && v.n > 0)
		abort();
	if (v.n > 0)
		memcpy(p, v.p, v.n);
	return view_of(p, v.n);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct view all = view_of((const char *)data, size);
	struct view pattern, line;
	struct match m;

	if (size == 0)
		return 0;
	all = view_from(all, 1);
	pattern = room_of(view_first(all, data[0]));
	line = room_of(view_from(all, data[0]));
	if (glob_compile(&m, pattern) < 0)
		abort();
	if (match_hit(&m, line) != glob_matches(pattern, line))
		abort();
	match_free(&m);
	free((void *)(uintptr_t)pattern.p);
	free((void *)(uintptr_t)line.p);
	return 0;
}
