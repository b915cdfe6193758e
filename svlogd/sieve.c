/* Which lines are wanted. */
#include "sieve.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dated.h"
#include "literal.h"
#include "pcre.h"
#include "scan.h"

void
sieve_init(struct sieve *s)
{
	*s = (struct sieve){ .n = 0 };
}

void
sieve_free(struct sieve *s)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->pattern[i].literal.n == 0)
			match_free(&s->pattern[i].match);
	free(s->pattern);
	sieve_init(s);
}

/* Whether a regular expression of these characters is just text, such as a
 * line may have in it: text is looked for across the ends of lines. */
static bool
is_plain(const char *text)
{
	return *text && text[strcspn(text, "\n\\^$.|?*+()[]{}")] == 0;
}

static int
compile(struct match *m, const char *text, char words[SIEVE_WORDS])
{
	struct pcre_error err;
	int r = pcre_compile_behind(m, view_str(text), &err);

	if (r == -EINVAL)
		snprintf(words, SIEVE_WORDS, "%s, at character %zu", err.words,
		    err.at + 1);
	return r;
}

int
sieve_add(struct sieve *s, const char *text, char words[SIEVE_WORDS])
{
	struct sieve_pattern *p =
	    realloc(s->pattern, (s->n + 1) * sizeof *s->pattern);

	words[0] = 0;
	if (!p)
		return -ENOMEM;
	s->pattern = p;
	p += s->n;
	*p = (struct sieve_pattern){ .at = 0 };
	if (is_plain(text)) {
		p->literal = view_str(text);
	} else {
		int r = compile(&p->match, text, words);

		if (r < 0)
			return r;
		ahead_init(&p->ahead, &p->match);
	}
	s->n++;
	return 0;
}

/* The line without its end and its stamp. */
static struct view
text_of(struct view line)
{
	int64_t ns;

	if (line.n > 0 && line.p[line.n - 1] == '\n')
		line.n--;
	return dated_ns(line, &ns) == 0 ? view_from(line, DATED_SIZE) : line;
}

static bool
hits(const struct sieve *s, struct view text)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct sieve_pattern *p = &s->pattern[i];

		if (p->literal.n ? literal_find(p->literal, text) != NULL
				 : match_hit(&p->match, text))
			return true;
	}
	return false;
}

/* The line that begins at `from`, with its end where it has one. */
static struct view
line_at(struct view v, size_t from)
{
	struct view rest = view_from(v, from);
	size_t n = scan_line(rest);

	return n ? view_first(rest, n) : rest;
}

/* The first line that is hit. A single text is looked for in all of the lines
 * at once: where it is not, they need not even be told apart. */
static bool
find_text(const struct sieve *s, struct view lines, struct view *line)
{
	struct view text = s->pattern[0].literal;
	size_t from = 0;
	const char *at;

	while ((at = literal_find(text, view_from(lines, from)))) {
		struct view before = view_first(view_from(lines, from),
		    (size_t)(at - lines.p) - from);

		from += scan_whole_lines(before);
		*line = line_at(lines, from);
		/* It may be the stamp that it was found in. */
		if (at >= lines.p + from + DATED_SIZE ||
		    literal_find(text, text_of(*line)))
			return true;
		from += line->n;
	}
	return false;
}

/* The first line that is hit, where there is one expression. Nothing is known
 * of lines behind those that were gone through, so the next may be any. */
static bool
find_hit(struct sieve_pattern *p, struct view lines, struct view *line)
{
	const uint64_t begin = p->at;
	size_t from = 0;
	bool hit = false;

	for (; !hit && from < lines.n; p->at = begin + from) {
		if (p->at >= p->ahead.alone)
			ahead_look(&p->ahead, &p->match, view_from(lines, from),
			    p->at);
		if (p->at < p->ahead.clear) {
			from = (size_t)(p->ahead.clear - begin);
			continue;
		}
		*line = line_at(lines, from);
		hit = match_hit(&p->match, text_of(*line));
		from += line->n;
	}
	return hit;
}

static bool
find_line(const struct sieve *s, struct view lines, struct view *line)
{
	size_t from = 0;

	if (s->n == 1)
		return s->pattern[0].literal.n > 0
		           ? find_text(s, lines, line)
		           : find_hit(&s->pattern[0], lines, line);
	for (; from < lines.n; from += line->n) {
		*line = line_at(lines, from);
		if (hits(s, text_of(*line)))
			return true;
	}
	return false;
}

bool
sieve_next(struct sieve *s, struct view lines, struct view *run)
{
	struct view line;
	size_t from = 0;

	*run = lines;
	if (s->n == 0)
		return lines.n > 0;
	if (!s->invert)
		return find_line(s, lines, run);
	while (find_line(s, view_from(lines, from), &line)) {
		size_t at = (size_t)(line.p - lines.p);

		*run = view_of(lines.p + from, at - from);
		if (run->n > 0)
			return true;
		from = at + line.n;
	}
	*run = view_from(lines, from);
	return run->n > 0;
}
