/* Property: a time that is understood is one that svlog can have, and does not
 * depend on what stands behind the text; the same moment in another zone is the
 * same. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "fuzz/fuzz.h"
#include "when.h"

#define NOW INT64_C(1795366264500000000)

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *room = malloc(size), text[64];
	int64_t ns = -1, again;
	int n;

	if (!room && size > 0)
		abort();
	if (size > 0)
		memcpy(room, data, size);
	if (when_parse(view_of(room, size), NOW, &ns) == 0) {
		if (ns < 0)
			abort();
		n = snprintf(text, sizeof text, "%.*s+00:00", (int)size, room);
		if (size < 40 && n > 6 && text[n - 7] != 'Z' &&
		    memchr(room, ':', size) && !memchr(room, '+', size) &&
		    when_parse(view_of(text, (size_t)n), NOW, &again) == 0 &&
		    again != ns)
			abort();
	}
	free(room);
	return 0;
}
