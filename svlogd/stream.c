/* What is asked of a log directory, as one run of lines. */
#include "stream.h"

#include "dated.h"
#include "scan.h"

static struct view
first_line(struct view v)
{
	size_t n = scan_line(v);

	return n ? view_first(v, n) : v;
}

/* The time in the last stamp: true, or there is none. */
static bool
last_stamp(struct view text, int64_t *ns)
{
	while (text.n > 0) {
		size_t begin = scan_whole_lines(view_first(text, text.n - 1));

		if (dated_ns(view_from(text, begin), ns) == 0)
			return true;
		text.n = begin;
	}
	return false;
}

/* --- the time of a line ---------------------------------------------------*/

/* Looks for stamps in the lines of the block up to there. */
static void
look_up_to(struct stream *s, const char *to)
{
	size_t n = (size_t)(to - s->unseen.p);

	last_stamp(view_first(s->unseen, n), &s->stamp_ns);
	s->unseen = view_from(s->unseen, n);
}

int64_t
stream_ns(struct stream *s, struct view line)
{
	const struct archive *a = &s->archive;
	int64_t ns;

	if (dated_ns(line, &ns) == 0)
		return ns;
	if (!a->stamped)
		return a->at < a->n ? a->file[a->at].until_ns : a->newest_ns;
	look_up_to(s, line.p);
	return s->stamp_ns;
}

/* --- the window of time ---------------------------------------------------*/

/* Where in text the first line with a stamp of `ns` or later begins; text.n
 * where there is none. */
static size_t
first_not_before(struct view text, int64_t ns)
{
	size_t at = 0;

	while (at < text.n) {
		struct view line = first_line(view_from(text, at));
		int64_t stamp;

		if (dated_ns(line, &stamp) == 0 && stamp >= ns)
			break;
		at += line.n;
	}
	return at;
}

/* Leaves of a block what is in the window. The lines of a directory are in
 * order, so that its last stamp tells of all before; a file without stamps is
 * in it or not as a whole, as its label says. A block without any of a file
 * that has some belongs to the line before. */
static void
trim(struct stream *s, struct view *text)
{
	const struct query *q = s->query;
	struct archive *a = &s->archive;
	int64_t last;
	bool stamped;

	if (s->begun && q->until_ns == INT64_MAX)
		return;
	stamped = last_stamp(*text, &last);
	if (!stamped && a->stamped) {
		*text = view_first(*text, s->begun ? text->n : 0);
		return;
	}
	a->stamped = stamped;
	if (!s->begun) {
		if (!stamped)
			s->begun = a->file[a->at].until_ns >= q->since_ns;
		if (!stamped ? !s->begun : last < q->since_ns) {
			*text = view_from(*text, text->n);
			return;
		}
		s->begun = true;
		if (stamped)
			*text = view_from(*text,
			    first_not_before(*text, q->since_ns));
	}
	if (stamped && last >= q->until_ns) {
		*text = view_first(*text, first_not_before(*text, q->until_ns));
		s->ended = true;
	} else if (!stamped && archive_from_ns(a, a->at) >= q->until_ns) {
		*text = view_first(*text, 0);
		s->ended = true;
	}
}

/* --- blocks ---------------------------------------------------------------*/

/* What of the block belongs to the line before it. */
static size_t
rest_of_line(const struct block *b)
{
	size_t n = b->goes_on ? scan_line(b->text) : 0;

	return b->goes_on && n == 0 ? b->text.n : n;
}

/* The next block of the archive; what is known of stamps is brought along. */
static int
take_block(struct stream *s, struct block *b)
{
	struct archive *a = &s->archive;
	int64_t ns;
	int r;

	if (s->dates && a->stamped)
		look_up_to(s, s->unseen.p + s->unseen.n);
	r = archive_next(a, b);
	s->unseen = view_of("", 0);
	if (r > 0 && s->dates) {
		s->unseen = view_from(b->text, rest_of_line(b));
		a->stamped = a->stamped || last_stamp(s->unseen, &ns);
	}
	return r;
}

/* The next block that is, or may be, of interest. 1, with *rest the end of a
 * line that began before, or 0. */
static int
next_block(struct stream *s, struct view *rest)
{
	struct block b;
	size_t n;

	while (!s->ended && take_block(s, &b)) {
		n = rest_of_line(&b);
		*rest = view_first(b.text, s->selected ? n : 0);
		s->left = view_from(b.text, n);
		s->left_open = b.open;
		if (s->left.n > 0) {
			bool cut;

			trim(s, &s->left);
			cut = s->left.p + s->left.n < b.text.p + b.text.n;
			s->left_open = b.open && !cut;
		}
		if (rest->n > 0 || s->left.n > 0)
			return 1;
	}
	return 0;
}

/* Passes over lines that are not to be told. */
static void
skip(struct stream *s, struct view *run)
{
	while (s->skip > 0 && run->n > 0) {
		*run = view_from(*run, first_line(*run).n);
		s->skip--;
	}
}

/* The next run in what is left of the block. */
static bool
next_run(struct stream *s, struct run *r)
{
	struct view run;

	while (s->left.n > 0) {
		const char *end = s->left.p + s->left.n;
		bool some = sieve_next(s->query->sieve, s->left, &run);
		bool open = some && s->left_open && run.p + run.n == end;

		s->selected = open;
		s->left = some ? view_of(run.p + run.n,
				     (size_t)(end - (run.p + run.n)))
		               : view_of(end, 0);
		if (some)
			skip(s, &run);
		if (some && run.n > 0) {
			*r = (struct run){ .text = run, .open = open };
			return true;
		}
		s->selected = false;
	}
	return false;
}

int
stream_next(struct stream *s, struct run *r)
{
	struct view rest;

	for (;;) {
		if (next_run(s, r))
			return 1;
		if (!next_block(s, &rest))
			return 0;
		if (rest.n == 0)
			continue;
		*r = (struct run){ .text = rest, .goes_on = true };
		r->open = rest.p[rest.n - 1] != '\n';
		s->selected = r->open;
		return 1;
	}
}

/* --- where it begins ------------------------------------------------------*/

static void
rewind_to(struct stream *s, int64_t since_ns)
{
	s->begun = since_ns == INT64_MIN;
	s->ended = s->selected = false;
	s->left = s->unseen = view_of("", 0);
	s->stamp_ns = INT64_MIN;
	s->skip = 0;
}

/* At the first file that may hold lines of since_ns, near the first of them. */
static int
begin_since(struct stream *s, int64_t since_ns)
{
	struct archive *a = &s->archive;
	size_t i = 0;
	uint64_t at;

	rewind_to(s, since_ns);
	if (since_ns == INT64_MIN)
		return archive_enter(a, 0);
	while (i < a->n && a->file[i].until_ns < since_ns &&
	       !(a->current >= 0 && i + 1 == a->n))
		i++;
	if (archive_enter(a, i) < 0 || i == a->n)
		return 0; /* archive_next() tells why */
	if (source_find(&a->source, since_ns, &at) == 0 && at > 0)
		source_seek(&a->source, at, SOURCE_END);
	else
		a->in_line = archive_begins_inside(a);
	return 0;
}

/* Where in the file that is read lines begin to count, and how many of them are
 * not to be told. */
struct start {
	uint64_t at;
	bool inside; /* the end of a line of the file before comes first */
	uint64_t more;
};

/* How many wanted lines are from there to another place. */
static uint64_t
count_between(struct stream *s, const struct start *from, uint64_t end)
{
	struct source *source = &s->archive.source;
	bool inside = from->inside;
	struct block b;
	struct view run;
	uint64_t n = 0;
	int r = 0;

	rewind_to(s, s->query->since_ns);
	source_seek(source, from->at, end);
	while (!s->ended && (r = source_next(source, &b)) > 0) {
		struct view left;

		b.goes_on = b.goes_on || inside;
		inside = false;
		left = view_from(b.text, rest_of_line(&b));
		if (left.n > 0)
			trim(s, &left);
		while (left.n > 0 && sieve_next(s->query->sieve, left, &run)) {
			const char *behind = left.p + left.n;

			n += scan_count(run) + (run.p[run.n - 1] != '\n');
			left = view_of(run.p + run.n,
			    (size_t)(behind - (run.p + run.n)));
		}
	}
	if (r < 0)
		archive_tell(&s->archive, "unable to count all of ", r);
	return n;
}

/* Whether lines from there on can be told to be in the window or not: the
 * first one has a stamp, or no line is before it. */
static bool
is_dated(struct stream *s, uint64_t at)
{
	struct source *source = &s->archive.source;
	struct block b;
	int64_t ns;

	if (at == 0 || (s->query->since_ns == INT64_MIN &&
			   s->query->until_ns == INT64_MAX))
		return true;
	source_seek(source, at, SOURCE_END);
	return source_next(source, &b) > 0 && dated_ns(b.text, &ns) == 0;
}

/* Goes back from `end` as far as is counted at a time: 0 or -errno. */
static int
step_back(struct stream *s, uint64_t end, uint64_t *at)
{
	int r;

	do {
		r = source_before(&s->archive.source, end, at);
		end = *at;
	} while (r == 0 && !is_dated(s, *at));
	return r;
}

/* Counts in one file, from its end backward, until there are `need`: where
 * they begin. False: there are fewer. */
static bool
count_back(struct stream *s, uint64_t *need, struct start *from)
{
	struct archive *a = &s->archive;
	uint64_t end = SOURCE_END, n;

	*from = (struct start){ .inside = false };
	for (; end > 0; end = from->at) {
		int r = step_back(s, end, &from->at);

		if (r < 0) {
			archive_tell(a, "unable to count all of ", r);
			return false;
		}
		n = count_between(s, from, end);
		if (from->at == 0 && n <= *need) {
			from->inside = archive_begins_inside(a);
			if (from->inside)
				n = count_between(s, from, end);
		}
		from->more = n > *need ? n - *need : 0;
		*need -= n < *need ? n : *need;
		if (*need == 0)
			return true;
	}
	return false;
}

/* So that only the last `need` lines follow. */
static int
begin_last(struct stream *s, uint64_t need)
{
	struct archive *a = &s->archive;
	int64_t since_ns = s->query->since_ns;
	struct start from;
	size_t i = a->n;
	int r;

	s->lines = need;
	while (need > 0 && i-- > 0) {
		if (archive_from_ns(a, i) >= s->query->until_ns && i > 0 &&
		    archive_from_ns(a, i - 1) >= s->query->until_ns)
			continue;
		r = archive_enter(a, i);
		if (r < 0) {
			archive_tell(a, "unable to count ", r);
			continue;
		}
		if (count_back(s, &need, &from)) {
			rewind_to(s, since_ns);
			source_seek(&a->source, from.at, SOURCE_END);
			a->in_line = from.inside;
			s->skip = from.more;
			return 0;
		}
		if (a->file[i].until_ns < since_ns)
			break;
	}
	s->lines -= need;
	return begin_since(s, since_ns);
}

/* So that only what is written later follows. */
static int
begin_at_end(struct stream *s)
{
	struct archive *a = &s->archive;
	int r;

	rewind_to(s, INT64_MIN);
	if (a->current < 0)
		return archive_enter(a, a->n);
	r = archive_enter(a, a->n - 1);
	if (r == 0)
		source_seek(&a->source, a->current_size, SOURCE_END);
	return r;
}

int
stream_open(struct stream *s, const char *path, const struct query *q)
{
	int r;

	*s = (struct stream){ .query = q };
	r = archive_open(&s->archive, path);
	if (r < 0)
		return r;
	if (q->last == STREAM_ALL)
		begin_since(s, q->since_ns);
	else if (q->last > 0)
		begin_last(s, q->last);
	else
		begin_at_end(s);
	return 0;
}

void
stream_close(struct stream *s)
{
	archive_close(&s->archive);
}
