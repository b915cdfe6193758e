/* A log directory's config text to a struct. */
#include "conf.h"

#include <errno.h>
#include <stdlib.h>

#include "directive.h"

void
conf_init(struct conf *c)
{
	*c = (struct conf){
		.size = 1000000,
		.keep = 10,
		.keep_full = 10,
		.mode = 0644,
		.prefix = { "", 0 },
	};
	frame_form_init(&c->form);
	select_init(&c->select);
	masks_init(&c->masks);
}

void
conf_free(struct conf *c)
{
	select_free(&c->select);
	masks_free(&c->masks);
	free(c->text);
	conf_init(c);
}

/* As by an editor of another system: a pattern then matches nothing. */
static bool
ends_in_return(struct view text)
{
	return text.p[0] != '#' && text.p[text.n - 1] == '\r';
}

/* One line, without its newline, its last byte followed by a NUL. */
static int
parse_line(struct conf *c, struct view text, unsigned number,
    conf_report *report, void *arg)
{
	struct directive_line l = {
		.c = c,
		.letter = text.p[0],
		.arg = view_from(text, 1),
		.number = number,
	};
	struct conf_problem problem = { .line = number, .column = 1 };
	const struct directive *d;

	if (text.n == 0)
		return 0;
	d = directive_find(l.letter);
	if (d) {
		problem.what = d->form;
		problem.why = d->set(&l);
		problem.column = 2 + (unsigned)l.at;
		problem.error = l.error;
	} else {
		problem.what = "unknown first character";
		problem.why = "line ignored";
	}
	if (!problem.why && ends_in_return(text)) {
		problem.why = "ends in a carriage return, which is part of it";
		problem.column = (unsigned)text.n;
		problem.error = false;
	}
	if (problem.why && problem.error)
		c->errors++;
	if (problem.why && report)
		report(arg, &problem);
	return l.err;
}

int
conf_parse(struct conf *c, struct view text, conf_report *report, void *arg)
{
	size_t at = 0;

	conf_init(c);
	c->text = malloc(text.n + 1);
	if (!c->text)
		return -ENOMEM;
	if (text.n)
		memcpy(c->text, text.p, text.n);
	c->text[text.n] = 0;
	c->text_n = text.n;

	for (unsigned number = 1; at < text.n; number++) {
		struct view rest = view_of(c->text + at, text.n - at);
		char *end = memchr(c->text + at, '\n', rest.n);
		size_t n = end ? (size_t)(end - rest.p) : rest.n;
		int r;

		if (end)
			*end = 0;
		r = parse_line(c, view_first(rest, n), number, report, arg);
		if (r < 0) {
			conf_free(c);
			return r;
		}
		at += n + 1;
	}
	return 0;
}

bool
conf_processor_is_gzip(const char *command)
{
	static const char level[] = "gzip -";

	if (strcmp(command, "gzip") == 0 || strcmp(command, "gzip -9c -") == 0)
		return true;
	return strncmp(command, level, sizeof level - 1) == 0 &&
	       command[sizeof level - 1] >= '1' &&
	       command[sizeof level - 1] <= '9' && command[sizeof level] == 0;
}
