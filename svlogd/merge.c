/* Several log directories as one run of lines, by time. */
#include "merge.h"

#include <errno.h>
#include <stdlib.h>

#include "scan.h"

int
merge_init(struct merge *m, struct stream *stream, size_t n)
{
	uint64_t last = n > 0 ? stream->query->last : 0;

	*m = (struct merge){ .stream = stream, .n = n, .inside = n };
	m->head = calloc(n, sizeof *m->head);
	if (!m->head)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		m->head[i].ns = INT64_MIN;
		stream[i].dates = true;
		m->skip += stream[i].lines;
	}
	m->skip -= m->skip < last ? m->skip : last;
	return 0;
}

void
merge_free(struct merge *m)
{
	free(m->head);
	m->head = NULL;
}

/* The first line of what is known becomes the next; its time is never before
 * that of the line before. */
static void
date(struct merge *m, size_t i)
{
	struct merge_head *h = &m->head[i];
	int64_t ns = stream_ns(&m->stream[i], h->run.text);

	if (ns > h->ns)
		h->ns = ns;
}

/* Whether there is a line of that stream. */
static bool
has_head(struct merge *m, size_t i)
{
	struct merge_head *h = &m->head[i];

	if (h->run.text.n > 0)
		return true;
	if (!stream_next(&m->stream[i], &h->run))
		return false;
	if (!h->run.goes_on)
		date(m, i);
	return true;
}

/* Whose line is the next: n, where nobody has one; *other is the time up to
 * which the lines of that stream come before all others. */
static size_t
choose(struct merge *m, int64_t *other)
{
	size_t best = m->n;

	*other = INT64_MAX;
	for (size_t i = 0; i < m->n; i++) {
		const struct merge_head *h = &m->head[i];

		if (!has_head(m, i))
			continue;
		if (best == m->n || h->ns < m->head[best].ns) {
			/* One that was named later waits for equals. */
			if (best < m->n)
				*other = m->head[best].ns - 1;
			best = i;
		} else if (h->ns < *other) {
			*other = h->ns;
		}
	}
	return best;
}

/* Takes the leading lines of stream i up to that time. */
static void
take(struct merge *m, size_t i, int64_t until, struct run *r)
{
	struct merge_head *h = &m->head[i];
	size_t n = 0;

	*r = h->run;
	do {
		size_t line = scan_line(h->run.text);

		n += line ? line : h->run.text.n;
		h->run.text = view_from(r->text, n);
		if (h->run.text.n > 0)
			date(m, i);
	} while (h->run.text.n > 0 && h->ns <= until);
	h->run.goes_on = false;
	r->text = view_first(r->text, n);
	r->open = r->open && h->run.text.n == 0;
	m->inside = r->open ? i : m->n;
}

static int
next(struct merge *m, struct run *r, struct stream **of)
{
	int64_t other;
	size_t i = choose(m, &other);

	if (m->inside < m->n && m->head[m->inside].run.goes_on &&
	    m->head[m->inside].run.text.n > 0) {
		i = m->inside;
		other = INT64_MIN;
	}
	if (i == m->n)
		return 0;
	take(m, i, other, r);
	*of = &m->stream[i];
	return 1;
}

/* Passes over lines that are too many, and what follows of the last of them:
 * true where nothing is left of the run. */
static bool
pass_over(struct merge *m, struct run *r, const struct stream *of)
{
	bool rest = r->goes_on && of == m->passed;
	uint64_t n = rest ? 0 : scan_count(r->text) + r->open;

	if (of == m->passed && !rest)
		m->passed = NULL;
	if (n > m->skip) {
		for (; m->skip > 0; m->skip--)
			r->text = view_from(r->text, scan_line(r->text));
		return false;
	}
	m->skip -= n;
	m->passed = r->open ? of : NULL;
	return true;
}

int
merge_next(struct merge *m, struct run *r, struct stream **of)
{
	if (m->n == 1) {
		*of = m->stream;
		return stream_next(m->stream, r);
	}
	while (next(m, r, of))
		if (!pass_over(m, r, *of))
			return 1;
	return 0;
}
