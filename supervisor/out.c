/* Standard output, in few writes. */
#include "out.h"

#include <errno.h>

#include "loop.h"
#include "sys.h"

void
out_init(struct out *out)
{
	out->err = 0;
	out->n = 0;
}

/* A standard output that somebody made non-blocking is waited for. */
static void
write_all(struct out *out, struct view text)
{
	while (text.n > 0 && out->err == 0) {
		ssize_t r = sys_write(1, text.p, text.n);

		if (r == -EAGAIN) {
			struct pollfd to = { .fd = 1, .events = POLLOUT };

			r = loop_wait(&to, 1, LOOP_NEVER);
			if (r > 0)
				r = 0;
		}
		if (r < 0)
			out->err = (int)r;
		else
			text = view_from(text, (size_t)r);
	}
}

int
out_flush(struct out *out)
{
	write_all(out, view_of(out->mem, out->n));
	out->n = 0;
	return out->err;
}

void
out_put(struct out *out, struct view text)
{
	if (text.n > sizeof out->mem - out->n)
		out_flush(out);
	if (text.n > sizeof out->mem) {
		write_all(out, text);
		return;
	}
	if (text.n > 0)
		memcpy(out->mem + out->n, text.p, text.n);
	out->n += text.n;
}

void
out_str(struct out *out, const char *text)
{
	out_put(out, view_str(text));
}
