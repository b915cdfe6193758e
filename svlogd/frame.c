/* A line to a datagram. */
#include "frame.h"

#include <stdbool.h>
#include <string.h>

#include "civil.h"
#include "num.h"
#include "utf8.h"

#define NS_PER_S INT64_C(1000000000)

/* RFC 5424, 7.3.1: after this one comes 1. */
#define SEQUENCE_MOST UINT64_C(2147483647)

enum {
	MAX_3164 = 1024,
	MAX_5424 = 2048,
	TAG_3164 = 32, /* characters at most */
	MARK = 3,      /* bytes of "..." */
};

static const char mark[] = "...";

/* --- the form --------------------------------------------------------------
 */

static const char *const facilities[] = { "kern", "user", "mail", "daemon",
	"auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp",
	"ntp", "audit", "alert", "clock", "local0", "local1", "local2",
	"local3", "local4", "local5", "local6", "local7" };
static const char *const severities[] = { "emerg", "alert", "crit", "err",
	"warning", "notice", "info", "debug" };

enum {
	FACILITIES = sizeof facilities / sizeof facilities[0],
	SEVERITIES = sizeof severities / sizeof severities[0],
};

static const struct {
	const char *name;
	enum frame_style style;
	size_t max;
} styles[] = {
	{ "raw", FRAME_RAW, FRAME_MOST },
	{ "3164", FRAME_3164, MAX_3164 },
	{ "5424", FRAME_5424, MAX_5424 },
};

enum { STYLES = sizeof styles / sizeof styles[0] };

const char *
frame_facility(unsigned facility)
{
	return facilities[facility % FACILITIES];
}

const char *
frame_severity(unsigned severity)
{
	return severities[severity % SEVERITIES];
}

void
frame_form_init(struct frame_form *f)
{
	*f = (struct frame_form){ .style = FRAME_RAW, .max = FRAME_MOST };
}

/* The next word, which ends at a blank; *at moves to its beginning. */
static struct view
word(struct view text, size_t *at)
{
	size_t n = 0;
	struct view v;

	while (*at < text.n && text.p[*at] == ' ')
		++*at;
	v = view_from(text, *at);
	while (n < v.n && v.p[n] != ' ')
		n++;
	return view_first(v, n);
}

/* The number of a name; n where it is none of them. */
static unsigned
number_of(const char *const *names, unsigned n, struct view name)
{
	unsigned i = 0;

	while (i < n && !view_eq(name, view_str(names[i])))
		i++;
	return i;
}

static const char *
take_priority(struct frame_form *f, struct view v)
{
	const char *dot = v.n ? memchr(v.p, '.', v.n) : NULL;
	size_t n = dot ? (size_t)(dot - v.p) : v.n;

	f->facility = number_of(facilities, FACILITIES, view_first(v, n));
	f->severity = number_of(severities, SEVERITIES, view_from(v, n + 1));
	if (f->facility == FACILITIES)
		return "not a facility and a severity, as in local0.info, "
		       "line ignored";
	if (f->severity == SEVERITIES)
		return "not a severity of syslog, line ignored";
	return NULL;
}

/* In RFC 3164 a tag ends at the first character that cannot be in a name. */
static bool
is_in_tag(enum frame_style style, char c)
{
	if (style == FRAME_5424)
		return c > 32 && c < 127;
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' ||
	       c == '/';
}

static const char *
take_tag(struct frame_form *f, struct view v)
{
	size_t most = f->style == FRAME_5424 ? FRAME_TAG - 1 : TAG_3164;

	if (v.n == 0)
		return "there is no tag, line ignored";
	if (v.n > most)
		return "the tag is too long, line ignored";
	for (size_t i = 0; i < v.n; i++)
		if (!is_in_tag(f->style, v.p[i]))
			return "not in a tag, line ignored";
	memcpy(f->tag, v.p, v.n);
	return NULL;
}

static const char *
take_max(struct frame_form *f, struct view v)
{
	static const char max[] = "max=";
	uint64_t n;

	if (v.n == 0)
		return NULL;
	if (!view_eq(view_first(v, sizeof max - 1), view_str(max)) ||
	    num_parse(view_from(v, sizeof max - 1), NULL, FRAME_LEAST,
		FRAME_MOST, &n) < 0)
		return "not max= and a number from 480 to 65507, line ignored";
	f->max = (size_t)n;
	return NULL;
}

static const char *
take_style(struct frame_form *f, struct view v)
{
	for (unsigned i = 0; i < STYLES; i++) {
		if (!view_eq(v, view_str(styles[i].name)))
			continue;
		f->style = styles[i].style;
		f->max = styles[i].max;
		return NULL;
	}
	return "none of raw, 3164 and 5424, line ignored";
}

const char *
frame_form_parse(struct frame_form *f, struct view text, size_t *at)
{
	static const char *(*const takes[])(struct frame_form *,
	    struct view) = { take_style, take_priority, take_tag, take_max };
	struct frame_form form = { .max = 0 };
	struct view v;

	*at = 0;
	for (unsigned i = 0; i < sizeof takes / sizeof takes[0]; i++) {
		const char *why;

		if (form.style == FRAME_RAW && (i == 1 || i == 2))
			continue;
		v = word(text, at);
		why = takes[i](&form, v);
		if (why)
			return why;
		*at += v.n;
	}
	if (word(text, at).n > 0)
		return "nothing more may follow, line ignored";
	*f = form;
	return NULL;
}

void
frame_init(struct frame *f, const struct frame_form *form, size_t line_max,
    const char *host)
{
	size_t n = 0;

	*f = (struct frame){
		.form = *form,
		.line_max = line_max,
		.second = -1,
	};
	for (; *host && n < FRAME_HOST - 1; host++) {
		if (form->style == FRAME_3164 && *host == '.')
			break; /* no domain */
		if (*host > 32 && *host < 127)
			f->host[n++] = *host;
	}
	if (n == 0)
		f->host[0] = '-';
}

/* --- UTF-8 -----------------------------------------------------------------
 */

static inline bool
is_plain(unsigned char c)
{
	return c >= 32 && c < 127;
}

enum text_kind { TEXT_ASCII, TEXT_UTF8, TEXT_OTHER };

/* What the first `most` bytes of v are; a sequence that goes on behind them
 * is none that is broken. */
static enum text_kind
kind_of(struct view v, size_t most)
{
	enum text_kind kind = TEXT_ASCII;

	for (size_t n, at = 0; at < v.n && at < most; at += n) {
		n = 1;
		if ((unsigned char)v.p[at] < 128)
			continue;
		n = utf8_length(view_from(v, at));
		if (n == 0)
			return TEXT_OTHER;
		kind = TEXT_UTF8;
	}
	return kind;
}

/* --- text with an end ------------------------------------------------------
 */

/* Appends to a buffer as long as there is room, and may be cut. */
struct pen {
	struct buf *to;
	size_t end;  /* of the room in `to` */
	size_t safe; /* a mark may be put here */
	bool cut;
};

static struct pen
pen_on(struct buf *to, size_t room)
{
	return (struct pen){ .to = to, .end = to->n + room, .safe = to->n };
}

/* A character, all or nothing. */
static void
pen_char(struct pen *p, const char *text, size_t n)
{
	if (p->cut)
		return;
	if (p->to->n + n > p->end) {
		p->cut = true;
		return;
	}
	buf_put(p->to, view_of(text, n));
	if (p->to->n + MARK <= p->end)
		p->safe = p->to->n;
}

/* Control bytes, that a receiver may change as it likes, are spelled out. */
static void
pen_control(struct pen *p, unsigned char c)
{
	static const char digits[] = "0123456789abcdef";
	const char text[] = { '\\', 'x', digits[c >> 4], digits[c & 15] };

	pen_char(p, text, sizeof text);
}

/* The bytes at the beginning of v that go as they are and leave room for a
 * mark. */
static size_t
pen_run(struct pen *p, struct view v, bool escape)
{
	size_t n = 0, room = p->end - p->to->n;

	if (room <= MARK)
		return 0;
	v = view_first(v, room - MARK);
	while (n < v.n && (is_plain((unsigned char)v.p[n]) ||
			      (!escape && (unsigned char)v.p[n] < 128)))
		n++;
	buf_put(p->to, view_first(v, n));
	p->safe = p->to->n;
	return n;
}

static void
pen_text(struct pen *p, struct view v, bool escape)
{
	while (v.n > 0 && !p->cut) {
		size_t n = pen_run(p, v, escape);

		v = view_from(v, n);
		if (v.n == 0)
			break;
		n = utf8_length(v);
		if (n == 0)
			n = 1;
		if (escape && n == 1 && (unsigned char)v.p[0] < 128 &&
		    !is_plain((unsigned char)v.p[0]))
			pen_control(p, (unsigned char)v.p[0]);
		else
			pen_char(p, v.p, n);
		v = view_from(v, n);
	}
}

/* The room had one byte more, for the newline. */
static void
pen_end(struct pen *p)
{
	if (p->cut) {
		p->to->n = p->safe;
		buf_str(p->to, mark);
	}
	buf_ch(p->to, '\n');
}

/* --- the three styles ------------------------------------------------------
 */

static void
put_raw(struct frame *f, struct buf *to, const struct frame_line *l)
{
	struct view text = view_first(l->text, f->line_max);
	bool filled = l->text.n >= f->line_max;
	size_t n = l->stamp.n + l->prefix.n + text.n + (filled ? MARK : 0) + 1;
	struct pen p;

	if (n <= f->form.max) {
		buf_put(to, l->stamp);
		buf_put(to, l->prefix);
		buf_put(to, text);
		if (filled)
			buf_str(to, mark);
		buf_ch(to, '\n');
		return;
	}
	p = pen_on(to, f->form.max - 1);
	pen_text(&p, l->stamp, false);
	pen_text(&p, l->prefix, false);
	pen_text(&p, text, false);
	p.cut = true;
	pen_end(&p);
}

static void
put_digits(char *end, unsigned n, int64_t value)
{
	while (n--) {
		*--end = (char)('0' + value % 10);
		value /= 10;
	}
}

/* "Mmm dd hh:mm:ss", as the local clock shows it. */
static void
put_time_3164(struct frame *f, int64_t s)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct civil c = civil_from_seconds(s + f->east_s);
	char *t = f->time;

	memcpy(t, months + 3 * (c.month - 1), 3);
	t[3] = ' ';
	put_digits(t + 6, 2, c.day);
	if (t[4] == '0')
		t[4] = ' ';
	t[6] = ' ';
	put_digits(t + 9, 2, c.hour);
	t[9] = ':';
	put_digits(t + 12, 2, c.minute);
	t[12] = ':';
	put_digits(t + 15, 2, c.second);
	t[15] = 0;
}

/* "YYYY-MM-DDThh:mm:ss." */
static void
put_time_5424(struct frame *f, int64_t s)
{
	struct civil c = civil_from_seconds(s);
	char *t = f->time;

	memcpy(t, "0000-00-00T00:00:00.", 21);
	put_digits(t + 4, 4, c.year);
	put_digits(t + 7, 2, c.month);
	put_digits(t + 10, 2, c.day);
	put_digits(t + 13, 2, c.hour);
	put_digits(t + 16, 2, c.minute);
	put_digits(t + 19, 2, c.second);
}

static void
put_priority(const struct frame *f, struct buf *to)
{
	buf_ch(to, '<');
	buf_u64(to, f->form.facility * 8 + f->form.severity);
	buf_ch(to, '>');
}

static void
put_3164(struct frame *f, struct buf *to, const struct frame_line *l)
{
	put_priority(f, to);
	if (f->second != l->ns / NS_PER_S)
		put_time_3164(f, l->ns / NS_PER_S);
	f->second = l->ns / NS_PER_S;
	buf_str(to, f->time);
	buf_ch(to, ' ');
	buf_str(to, f->host);
	buf_ch(to, ' ');
	buf_str(to, f->form.tag);
	buf_str(to, ": ");
}

static void
put_5424(struct frame *f, struct buf *to, const struct frame_line *l)
{
	char micro[6];

	put_priority(f, to);
	buf_str(to, "1 ");
	if (f->second != l->ns / NS_PER_S)
		put_time_5424(f, l->ns / NS_PER_S);
	f->second = l->ns / NS_PER_S;
	buf_str(to, f->time);
	put_digits(micro + sizeof micro, sizeof micro, l->ns % NS_PER_S / 1000);
	buf_put(to, view_of(micro, sizeof micro));
	buf_str(to, "Z ");
	buf_str(to, f->host);
	buf_ch(to, ' ');
	buf_str(to, f->form.tag);
	buf_str(to, " - - [meta sequenceId=\"");
	buf_u64(to, l->sequence % SEQUENCE_MOST + 1);
	buf_str(to, "\"] ");
}

/* Text that is UTF-8, and not only ASCII, has to be marked as such. */
static void
put_bom(const struct frame *f, struct buf *to, const struct frame_line *l)
{
	enum text_kind a = kind_of(l->prefix, f->form.max);
	enum text_kind b = kind_of(l->text, f->form.max);

	if ((a == TEXT_UTF8 || b == TEXT_UTF8) && a != TEXT_OTHER &&
	    b != TEXT_OTHER)
		buf_str(to, "\xef\xbb\xbf");
}

void
frame_put(struct frame *f, struct buf *to, const struct frame_line *l)
{
	size_t from = to->n;
	struct pen p;

	switch (f->form.style) {
	case FRAME_RAW:
		put_raw(f, to, l);
		return;
	case FRAME_3164:
		put_3164(f, to, l);
		break;
	case FRAME_5424:
		put_5424(f, to, l);
		put_bom(f, to, l);
		break;
	}
	p = pen_on(to, f->form.max - (to->n - from) - 1);
	pen_text(&p, l->prefix, true);
	pen_text(&p, l->text, true);
	pen_end(&p);
}
