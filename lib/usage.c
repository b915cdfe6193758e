/* How a program is used, on standard error. */
#include "usage.h"

#include "buf.h"
#include "sys.h"

enum { NAME_MOST = 1024, MOST = 2048 };

void
usage_say(const char *before, const char *prog, const char *after)
{
	char text[MOST];
	struct buf b;

	buf_init(&b, text, sizeof text);
	buf_str(&b, before);
	buf_str(&b, "usage: ");
	buf_put(&b, view_first(view_str(prog), NAME_MOST));
	buf_str(&b, after);
	sys_write(2, b.p, b.n);
}
