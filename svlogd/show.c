/* Lines as they are printed. */
#include "show.h"

#include <stdio.h>

#include "colour.h"
#include "dated.h"
#include "scan.h"
#include "stamp.h"
#include "sys.h"

static const char colour_stamp[] = "\33[2m", colour_name[] = "\33[36m",
		  colour_none[] = "\33[0m";

void
show_init(struct show *s, enum show_format format, bool names)
{
	*s = (struct show){ .format = format, .names = names };
	s->colour = format == SHOW_TEXT && colour_is_wanted();
	/* Colours that are forced are for a terminal behind the pipe. */
	s->escape = format == SHOW_TEXT && (s->colour || sys_isatty(1) == 1);
	out_init(&s->out);
}

/* --- text -----------------------------------------------------------------*/

static void
put_coloured(struct show *s, const char *colour, struct view v)
{
	if (s->colour)
		out_str(&s->out, colour);
	out_shown(&s->out, v);
	if (s->colour)
		out_str(&s->out, colour_none);
}

static void
put_body(struct show *s, struct view v)
{
	size_t n = v.n;

	if (!s->escape) {
		out_put(&s->out, v);
		return;
	}
	/* CR LF, as sshd ends its lines, does no harm. */
	if (n > 0 && v.p[n - 1] == '\n')
		n -= n > 1 && v.p[n - 2] == '\r' ? 2 : 1;
	out_shown(&s->out, view_first(v, n));
	out_put(&s->out, view_from(v, n));
}

/* A label is nothing to read: it is shown as -tt has times. */
static void
put_stamp(struct show *s, struct view line, int64_t ns)
{
	struct stamp stamp;
	struct view text = view_first(line, DATED_SIZE);

	if (line.p[0] == '@') {
		stamp_init(&stamp, STAMP_CIVIL);
		text = stamp_text(&stamp, ns);
	}
	put_coloured(s, colour_stamp, view_first(text, text.n - 1));
	out_str(&s->out, " ");
}

static void
text_line(struct show *s, struct view line, const struct stream *of)
{
	int64_t ns;

	if (dated_ns(line, &ns) == 0) {
		put_stamp(s, line, ns);
		line = view_from(line, DATED_SIZE);
	}
	if (s->names) {
		put_coloured(s, colour_name, view_str(of->name));
		out_str(&s->out, ": ");
	}
	put_body(s, line);
}

/* --- JSON -----------------------------------------------------------------*/

/* A piece of a line; true: the line ends with it. */
static bool
json_text(struct show *s, struct view v)
{
	bool ends = v.n > 0 && v.p[v.n - 1] == '\n';

	out_json(&s->out, view_first(v, v.n - ends));
	if (ends)
		out_str(&s->out, "\"}\n");
	return ends;
}

static void
json_time(struct show *s, int64_t ns)
{
	struct stamp stamp;
	struct view text;
	char part[8];

	stamp_init(&stamp, STAMP_ISO);
	text = stamp_text(&stamp, ns);
	/* Of its decimals five are in the text, all nine are known. */
	snprintf(part, sizeof part, "%04d", (int)(ns % 10000));
	out_str(&s->out, "\"");
	out_put(&s->out, view_first(text, text.n - 1));
	out_str(&s->out, part);
	out_str(&s->out, "Z\"");
}

static void
json_line(struct show *s, struct view line, const struct stream *of)
{
	const struct archive *a = &of->archive;
	int64_t ns;

	out_str(&s->out, "{\"time\":");
	if (dated_ns(line, &ns) == 0) {
		json_time(s, ns);
		line = view_from(line, DATED_SIZE);
	} else {
		out_str(&s->out, "null");
	}
	out_str(&s->out, ",\"log\":\"");
	out_json(&s->out, view_str(of->name));
	out_str(&s->out, "\",\"file\":\"");
	if (a->at < a->n)
		out_str(&s->out, a->file[a->at].name);
	out_str(&s->out, "\",\"text\":\"");
	json_text(s, line);
}

/* --- runs -----------------------------------------------------------------*/

/* Ends the line that is not ended. */
static void
end_line(struct show *s)
{
	if (s->inside && s->format != SHOW_RAW)
		out_str(&s->out, s->format == SHOW_JSON ? "\"}\n" : "\n");
	s->inside = NULL;
}

/* Whether lines go out as they are. Labels are looked for by their first
 * character, which few logs are full of. */
static bool
is_as_is(const struct show *s, struct view text)
{
	return s->format == SHOW_RAW ||
	       (s->format == SHOW_TEXT && !s->names && !s->colour &&
		   !s->escape && !memchr(text.p, '@', text.n));
}

static void
each_line(struct show *s, struct view text, const struct stream *of)
{
	while (text.n > 0) {
		size_t n = scan_line(text);
		struct view line = n ? view_first(text, n) : text;

		if (s->format == SHOW_JSON)
			json_line(s, line, of);
		else
			text_line(s, line, of);
		text = view_from(text, line.n);
	}
}

void
show_run(struct show *s, const struct run *r, const struct stream *of)
{
	/* The end of a line whose beginning was shown, and nothing between. */
	bool goes_on = r->goes_on && s->inside && s->inside == of;
	int64_t ns;

	/* What has a stamp begins a line, whatever became of the one before. */
	if (!goes_on || dated_ns(r->text, &ns) == 0)
		end_line(s);
	if (goes_on && s->inside && s->format == SHOW_JSON)
		json_text(s, r->text);
	else if (goes_on && s->inside && s->format == SHOW_TEXT)
		put_body(s, r->text);
	else if (is_as_is(s, r->text))
		out_put(&s->out, r->text);
	else
		each_line(s, r->text, of);
	s->inside = r->open ? of : NULL;
}

int
show_end(struct show *s)
{
	end_line(s);
	return out_flush(&s->out);
}
