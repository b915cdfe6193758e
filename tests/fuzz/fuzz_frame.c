/* Property: whatever form and text, a datagram is no longer than it may be,
 * ends in a newline, has neither NUL nor any other control byte in a frame,
 * begins with its text, and is cut where a sequence of UTF-8 ends. An address
 * that is taken is taken again from its own words.
 *
 * The first line is an F line, the second an address, the rest the text. */
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "address.h"
#include "frame.h"
#include "fuzz/fuzz.h"

#define require(cond)                                                          \
	do {                                                                   \
		if (!(cond))                                                   \
			abort();                                               \
	} while (0)

static struct view
take_line(struct view *text)
{
	const char *end = text->n ? memchr(text->p, '\n', text->n) : NULL;
	struct view line =
	    view_first(*text, end ? (size_t)(end - text->p) : text->n);

	*text = view_from(*text, line.n + 1);
	return line;
}

static void
check_address(struct view text)
{
	struct address a, b;
	struct address_error why;
	char ip[INET6_ADDRSTRLEN], again[400];

	if (address_parse(&a, text, &why) < 0) {
		require(why.words && why.at <= text.n);
		return;
	}
	require(why.at <= text.n);
	require(a.port >= 1 && a.port <= 65535);
	require((a.name[0] == 0) == (a.ip.version != 0));
	if (a.name[0]) {
		snprintf(again, sizeof(again),
		    memchr(a.name, ':', strlen(a.name)) ||
			    memchr(a.name, '%', strlen(a.name))
			? "[%s]:%u"
			: "%s:%u",
		    a.name, a.port);
	} else {
		require(inet_ntop(a.ip.version == 4 ? AF_INET : AF_INET6,
		    a.ip.bytes, ip, sizeof(ip)));
		snprintf(again, sizeof(again),
		    a.ip.version == 4 ? "%s:%u" : "[%s]:%u", ip, a.port);
	}
	require(address_parse(&b, view_str(again), &why) == 0);
	require(!why.words && address_is(&a, &b));
}

/* Whether v begins with a character of n bytes, by what UTF-8 means. */
static bool
is_character(struct view v, unsigned n)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint32_t c;
	unsigned i;

	if (v.n < n || ((unsigned char)v.p[0] >> (7 - n) & 0xff) !=
			   (unsigned)((0xff00 >> n & 0xff) >> (7 - n)))
		return false;
	c = (unsigned char)v.p[0] & (0x7f >> n);
	for (i = 1; i < n; i++) {
		if (((unsigned char)v.p[i] & 0xc0) != 0x80)
			return false;
		c = c << 6 | ((unsigned char)v.p[i] & 0x3f);
	}
	return c >= least[n] && c <= 0x10ffff && (c < 0xd800 || c > 0xdfff);
}

/* No character begins before `shown` and ends behind it. */
static void
check_cut(struct view text, size_t shown)
{
	unsigned back, n;

	for (back = 1; back < 4 && back <= shown; back++)
		for (n = back + 1; n <= 4; n++)
			require(
			    !is_character(view_from(text, shown - back), n));
}

static void
check_raw(const struct frame *f, struct view got, struct view text)
{
	size_t n = got.n - 1, shown;
	bool marked = n >= 3 && memcmp(got.p + n - 3, "...", 3) == 0;

	if (text.n < f->line_max && text.n + 1 <= f->form.max) {
		require(view_eq(view_first(got, n), text));
		return;
	}
	require(marked);
	shown = n - 3;
	require(view_eq(view_first(got, shown), view_first(text, shown)));
	if (shown < f->line_max)
		check_cut(text, shown);
}

static void
check_frame(struct view form, struct view text)
{
	static char room[FRAME_MOST];
	struct frame_form f;
	struct frame frame;
	struct buf b;
	struct frame_line line = { .ns = INT64_C(1700000000123456789),
		.stamp = view_of("", 0),
		.prefix = view_of("", 0),
		.text = text };
	size_t at, i;

	frame_form_init(&f);
	if (frame_form_parse(&f, form, &at))
		require(at <= form.n && f.style == FRAME_RAW);
	require(f.max >= FRAME_LEAST && f.max <= FRAME_MOST);
	frame_init(&frame, &f, 600, "host");
	buf_init(&b, room, f.max);
	frame_put(&frame, &b, &line);
	require(!b.over && b.n > 0 && b.p[b.n - 1] == '\n');
	if (f.style == FRAME_RAW) {
		check_raw(&frame, buf_view(&b), text);
		return;
	}
	require(b.p[0] == '<');
	for (i = 0; i + 1 < b.n; i++)
		require((unsigned char)b.p[i] >= 32 && b.p[i] != 127);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* In a room of its own, so that the sanitizer sees the end of it. */
	char *mem = malloc(size ? size : 1);
	struct view text;

	if (!mem)
		abort();
	if (size)
		memcpy(mem, data, size);
	text = view_of(mem, size);
	{
		struct view form = take_line(&text);

		check_address(take_line(&text));
		check_frame(form, text);
	}
	free(mem);
	return 0;
}
