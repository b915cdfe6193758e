/* Whether standard output takes colours. */
#include "colour.h"

#include <stdlib.h>
#include <string.h>

#include "sys.h"

bool
colour_is_wanted(void)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
	const char *force = getenv("CLICOLOR_FORCE");

	if (no && *no)
		return false;
	if (force && *force && strcmp(force, "0") != 0)
		return true;
	return term && strcmp(term, "dumb") != 0 && sys_isatty(1) == 1;
}
