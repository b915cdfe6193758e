/* Standard output, in few writes. */
#include "out.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "buf.h"
#include "loop.h"
#include "num.h"
#include "sys.h"
#include "utf8.h"

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

void
out_u64(struct out *out, uint64_t value)
{
	char text[20];
	struct buf b;

	buf_init(&b, text, sizeof text);
	buf_u64(&b, value);
	out_put(out, buf_view(&b));
}

/* --- for people -----------------------------------------------------------*/

/* Whether v begins with what we write for a byte: it would be taken for it. */
static bool
is_escape(struct view v)
{
	return v.n >= 4 && v.p[0] == '\\' && v.p[1] == 'x' &&
	       num_hex(v.p[2]) >= 0 && num_hex(v.p[3]) >= 0;
}

/* How many bytes v begins with that stay as they are: 0, or all of one
 * character. */
static size_t
harmless(struct view v)
{
	if (v.n > 0 && v.p[0] == '\t')
		return 1;
	return is_escape(v) ? 0 : utf8_shown(v);
}

size_t
out_shown(struct out *out, struct view v)
{
	size_t characters = 0;

	while (v.n > 0) {
		size_t n = 0, more;
		char text[8];

		while ((more = harmless(view_from(v, n))) > 0) {
			n += more;
			characters++;
		}
		out_put(out, view_first(v, n));
		v = view_from(v, n);
		if (v.n == 0)
			break;
		snprintf(text, sizeof text, "\\x%02x", (unsigned char)v.p[0]);
		out_str(out, text);
		characters += strlen(text);
		v = view_from(v, 1);
	}
	return characters;
}

/* --- JSON -----------------------------------------------------------------*/

static bool
is_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

/* The character that the text begins with: its bytes. What is none is a byte
 * that is shown as U+FFFD. */
static size_t
json_escape(struct out *out, struct view text)
{
	uint32_t code;
	size_t n = utf8_decode(text, &code);
	char escape[8];

	if (n == 0)
		code = 0xfffd;
	if (code == '"' || code == '\\')
		snprintf(escape, sizeof escape, "\\%c", (int)code);
	else
		snprintf(escape, sizeof escape, "\\u%04x", code & 0xffff);
	out_str(out, escape);
	return n ? n : 1;
}

void
out_json(struct out *out, struct view text)
{
	while (text.n > 0) {
		size_t n = 0;

		while (n < text.n && is_plain((unsigned char)text.p[n]))
			n++;
		if (n == 0 && (unsigned char)text.p[0] >= 0x80)
			n = utf8_shown(text);
		out_put(out, view_first(text, n));
		if (n == 0)
			n = json_escape(out, text);
		text = view_from(text, n);
	}
}
