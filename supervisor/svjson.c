/* What is seen of services, as JSON. */
#include "svjson.h"

#include <stdio.h>

#include "svtell.h"
#include "why.h"

/* How many bytes the UTF-8 character at p has; 0: it is none. p ends in a
 * NUL, which is never part of one. */
static size_t
utf8_length(const unsigned char *p)
{
	static const struct {
		unsigned char mask, lead;
		uint32_t least;
	} forms[] = { { 0x80, 0x00, 0 }, { 0xe0, 0xc0, 0x80 },
		{ 0xf0, 0xe0, 0x800 }, { 0xf8, 0xf0, 0x10000 } };

	for (size_t n = 0; n < sizeof forms / sizeof forms[0]; n++) {
		uint32_t code;

		if ((*p & forms[n].mask) != forms[n].lead)
			continue;
		code = *p & (unsigned char)~forms[n].mask;
		for (size_t i = 1; i <= n; i++) {
			if ((p[i] & 0xc0) != 0x80)
				return 0;
			code = code << 6 | (p[i] & 0x3f);
		}
		if (code < forms[n].least || code > 0x10ffff ||
		    (code >= 0xd800 && code < 0xe000))
			return 0;
		return n + 1;
	}
	return 0;
}

static void
escape(struct out *out, unsigned char c)
{
	char text[8];

	if (c == '"' || c == '\\')
		snprintf(text, sizeof text, "\\%c", c);
	else
		snprintf(text, sizeof text, "\\u%04x", (unsigned)c);
	out_str(out, text);
}

void
svjson_string(struct out *out, const char *text)
{
	const unsigned char *p = (const unsigned char *)text;

	out_str(out, "\"");
	while (*p) {
		size_t n = utf8_length(p);

		if (*p < 0x20 || *p == 0x7f || *p == '"' || *p == '\\')
			escape(out, *p);
		else if (n > 0)
			out_put(out, view_of((const char *)p, n));
		else
			out_str(out, "\\ufffd");
		p += n ? n : 1;
	}
	out_str(out, "\"");
}

static void
number(struct out *out, const char *name, uint64_t value)
{
	char text[24];
	struct buf b;

	buf_init(&b, text, sizeof text);
	buf_u64(&b, value);
	out_str(out, name);
	out_put(out, buf_view(&b));
}

static void
string(struct out *out, const char *name, const char *value)
{
	out_str(out, name);
	if (value)
		svjson_string(out, value);
	else
		out_str(out, "null");
}

static void
boolean(struct out *out, const char *name, bool value)
{
	out_str(out, name);
	out_str(out, value ? "true" : "false");
}

static const char *
normally_name(enum svline_normally normally)
{
	switch (normally) {
	case SVLINE_UNKNOWN:
		return NULL;
	case SVLINE_UP:
		return "up";
	case SVLINE_DOWN:
		return "down";
	}
	return NULL;
}

static void
trouble(struct out *out, const struct svsight_one *one)
{
	string(out, "\"state\":null,\"error\":", svctl_rows[one->found].words);
	string(out, ",\"reason\":", one->sv.err ? why(one->sv.err) : NULL);
}

static void
state(struct out *out, const struct svsight_one *one)
{
	const struct status *st = &one->sv.status;

	if (one->found != SVCTL_FINE) {
		trouble(out, one);
		return;
	}
	string(out, "\"state\":", status_name(st->state));
	if (st->pid)
		number(out, ",\"pid\":", (uint64_t)st->pid);
	else
		out_str(out, ",\"pid\":null");
	number(out, ",\"seconds\":", svline_age(st, svtell_now()));
	number(out, ",\"since\":", (uint64_t)(st->since_ns / 1000000000));
	string(out, ",\"want\":", st->want == WANT_UP ? "up" : "down");
	string(out, ",\"normally\":", normally_name(one->normally));
	boolean(out, ",\"paused\":", st->paused);
	boolean(out, ",\"got_term\":", st->got_term);
}

void
svjson_begin(struct out *out)
{
	out_str(out, "[");
}

void
svjson_sight(struct out *out, size_t n, const struct svsight *s)
{
	out_str(out, n ? ",\n" : "\n");
	string(out, "{\"service\":", s->name);
	out_str(out, ",");
	state(out, &s->service);
	if (s->has_log) {
		out_str(out, ",\"log\":{");
		state(out, &s->log);
		out_str(out, "}}");
	} else {
		out_str(out, ",\"log\":null}");
	}
}

void
svjson_end(struct out *out, size_t n)
{
	out_str(out, n ? "\n]\n" : "]\n");
}
