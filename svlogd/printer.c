/* Standard output, in few writes. */
#include "printer.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "buf.h"
#include "loop.h"
#include "sys.h"
#include "utf8.h"

void
printer_init(struct printer *p)
{
	p->err = 0;
	p->n = 0;
}

/* A standard output that somebody made non-blocking is waited for. */
static void
write_all(struct printer *p, struct view text)
{
	while (text.n > 0 && p->err == 0) {
		ssize_t r = sys_write(1, text.p, text.n);

		if (r == -EAGAIN) {
			struct pollfd to = { .fd = 1, .events = POLLOUT };

			r = loop_wait(&to, 1, LOOP_NEVER);
			if (r > 0)
				r = 0;
		}
		if (r < 0)
			p->err = (int)r;
		else
			text = view_from(text, (size_t)r);
	}
}

int
printer_flush(struct printer *p)
{
	write_all(p, view_of(p->mem, p->n));
	p->n = 0;
	return p->err;
}

void
printer_put(struct printer *p, struct view text)
{
	if (text.n > sizeof p->mem - p->n)
		printer_flush(p);
	if (text.n > sizeof p->mem) {
		write_all(p, text);
		return;
	}
	if (text.n > 0)
		memcpy(p->mem + p->n, text.p, text.n);
	p->n += text.n;
}

void
printer_str(struct printer *p, const char *text)
{
	printer_put(p, view_str(text));
}

void
printer_u64(struct printer *p, uint64_t value)
{
	char text[20];
	struct buf b;

	buf_init(&b, text, sizeof text);
	buf_u64(&b, value);
	printer_put(p, buf_view(&b));
}

/* --- for people -----------------------------------------------------------*/

static bool
is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ||
	       (c >= 'A' && c <= 'F');
}

/* Whether v begins with what we write for a byte: it would be taken for it. */
static bool
is_escape(struct view v)
{
	return v.n >= 4 && v.p[0] == '\\' && v.p[1] == 'x' && is_hex(v.p[2]) &&
	       is_hex(v.p[3]);
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
printer_shown(struct printer *p, struct view v)
{
	size_t characters = 0;

	while (v.n > 0) {
		size_t n = 0, more;
		char text[8];

		while ((more = harmless(view_from(v, n))) > 0) {
			n += more;
			characters++;
		}
		printer_put(p, view_first(v, n));
		v = view_from(v, n);
		if (v.n == 0)
			break;
		snprintf(text, sizeof text, "\\x%02x", (unsigned char)v.p[0]);
		printer_str(p, text);
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

static void
json_escape(struct printer *p, unsigned char c)
{
	char text[8];

	if (c >= 0x80)
		snprintf(text, sizeof text, "\\ufffd");
	else if (c == '"' || c == '\\')
		snprintf(text, sizeof text, "\\%c", c);
	else
		snprintf(text, sizeof text, "\\u%04x", (unsigned)c);
	printer_str(p, text);
}

void
printer_json(struct printer *p, struct view text)
{
	while (text.n > 0) {
		size_t n = 0;

		while (n < text.n && is_plain((unsigned char)text.p[n]))
			n++;
		if (n == 0 && (unsigned char)text.p[0] >= 0x80)
			n = utf8_length(text);
		printer_put(p, view_first(text, n));
		if (n == 0)
			json_escape(p, (unsigned char)text.p[0]);
		text = view_from(text, n ? n : 1);
	}
}
