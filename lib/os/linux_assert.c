/* What assert() does with a mistake of ours: says so, without stdio, which
 * small static programs would have for this alone. */
#include <assert.h>
#include <stdlib.h>

#include "buf.h"
#include "say.h"

#ifdef __GLIBC__
typedef unsigned line_number;
#else
typedef int line_number;
#endif

void
__assert_fail(const char *what, const char *file, line_number line,
    const char *function)
{
	char number[BUF_DECIMAL];

	say_fatal(0, file, ":", buf_decimal(number, (uint64_t)line), ": ",
	    function, ": ", what);
	abort();
}
