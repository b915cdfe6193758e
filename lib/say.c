/* Our words on standard error: one line, one write, no waiting. */
#include "say.h"

#include <stdarg.h>

#include "buf.h"
#include "sys.h"
#include "why.h"

/* With its newline a line stays below PIPE_BUF: a pipe takes it whole or not
 * at all. */
enum { SAY_LINE = 4000 };

static const char *const level_words[] = {
	[SAY_FATAL] = "fatal: ",
	[SAY_WARNING] = "warning: ",
	[SAY_PAUSING] = "pausing: ",
	[SAY_INFO] = "info: ",
	[SAY_PLAIN] = "",
};

static const char *say_prog = "weir";
static bool say_leaves_out_info;
static unsigned long say_lost;
static int64_t say_patience_ns;
static bool say_is_patient; /* the last line has gone out */

void
say_as(const char *prog)
{
	say_prog = prog;
}

void
say_waits(int64_t ns)
{
	say_patience_ns = ns;
	say_is_patient = true;
}

void
say_no_info(void)
{
	say_leaves_out_info = true;
}

unsigned long
say_dropped(void)
{
	return say_lost;
}

/* As much of text as fits. */
static void
line_put(struct buf *line, const char *text)
{
	struct view v = view_str(text);
	struct view fits = view_first(v, buf_room(line));

	buf_put(line, fits);
	if (fits.n < v.n)
		line->over = true;
}

/* A line that did not fit shows it; then the newline, for which the caller
 * left room. */
static void
line_end(struct buf *line)
{
	size_t i;

	if (line->over) {
		line->n = line->cap - 3;
		buf_str(line, "...");
	}
	for (i = 0; i < line->n; i++) {
		unsigned char c = (unsigned char)line->p[i];

		if (c < ' ' || c == 0x7f)
			line->p[i] = '?';
	}
	line->cap++;
	buf_ch(line, '\n');
}

/* False where the other end is stuck, or is not there any more: a line is
 * not worth waiting, nor a SIGPIPE. Only a terminal takes a part of it; it may
 * have room for the rest. */
static bool
line_write(struct view line)
{
	struct pollfd out = { .fd = 2, .events = POLLOUT };
	int64_t ns = say_is_patient ? say_patience_ns : 0;
	ssize_t put;

	for (; line.n > 0; line = view_from(line, (size_t)put)) {
		if (sys_poll(&out, 1, ns) <= 0 || out.revents != POLLOUT)
			return false;
		put = os_write_nowait(2, line.p, line.n);
		if (put <= 0)
			return false;
	}
	return true;
}

void
say(enum say_level level, int err, const char *text, ...)
{
	char mem[SAY_LINE];
	struct buf line;
	va_list more;

	if (level == SAY_INFO && say_leaves_out_info)
		return;
	buf_init(&line, mem, sizeof(mem) - 1);
	line_put(&line, say_prog);
	line_put(&line, ": ");
	line_put(&line, level_words[level]);
	va_start(more, text);
	for (; text != NULL; text = va_arg(more, const char *))
		line_put(&line, text);
	va_end(more);
	if (err != 0) {
		line_put(&line, ": ");
		line_put(&line, why(err));
	}
	line_end(&line);
	say_is_patient = line_write(buf_view(&line));
	if (!say_is_patient)
		say_lost++;
}

void
say_number(const char *text, const char *what, uint64_t n)
{
	char number[BUF_DECIMAL];

	if (n > 0)
		say_warning(0, text, what, ": ", buf_decimal(number, n));
}
