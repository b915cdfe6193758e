/* svlog verify: whether the files of a log directory are sound. */
#include "audit.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "archive.h"
#include "counters.h"
#include "dated.h"
#include "index.h"
#include "member.h"
#include "scan.h"

enum { SHOWN = 10 }; /* of a file; the rest is counted */

struct audit {
	struct out *out;
	const char *name;
	struct archive archive;
	int wrong;          /* things, in all */
	int wrong_here;     /* ... in this file */
	uint64_t lines;     /* that begin in what was read, in all */
	uint64_t here;      /* ... in this file */
	uint64_t files;     /* that were read */
	uint64_t packed;    /* ... and are gzip */
	int64_t last_ns;    /* the last stamp; INT64_MIN: none yet */
	uint64_t unstamped; /* the first of the lines without one; 0: none */
	bool stamped;       /* a line before had one */
	bool open;          /* the last line has no end */
	struct index index; /* what that of this file has to be */
};

/* FILE: line N: WORDS */
static void
wrong(struct audit *a, uint64_t line, const char *words)
{
	a->wrong++;
	if (a->wrong_here++ >= SHOWN)
		return;
	out_shown(a->out, view_str(a->name));
	out_str(a->out, ": ");
	if (a->archive.at < a->archive.n) {
		out_shown(a->out,
		    view_str(a->archive.file[a->archive.at].name));
		out_str(a->out, ": ");
	}
	if (line > 0) {
		out_str(a->out, "line ");
		out_u64(a->out, line);
		out_str(a->out, ": ");
	}
	out_str(a->out, words);
	out_str(a->out, "\n");
}

static bool
is_current(const struct audit *a)
{
	return strcmp(a->archive.file[a->archive.at].name, "current") == 0;
}

static void
judge_stamp(struct audit *a, int64_t ns)
{
	if (ns < a->last_ns)
		wrong(a, a->here, "its time is before that of the line before");
	if (!is_current(a) && ns > a->archive.file[a->archive.at].until_ns)
		wrong(a, a->here, "its time is after the file's label");
	if (a->unstamped > 0)
		wrong(a, a->unstamped, "no stamp, between lines that have one");
	a->unstamped = 0;
	a->stamped = true;
	a->last_ns = ns;
}

static void
judge_line(struct audit *a, struct view line)
{
	int64_t ns;

	a->here++;
	if (dated_ns(line, &ns) == 0)
		judge_stamp(a, ns);
	else if (a->stamped && a->unstamped == 0)
		a->unstamped = a->here;
}

static void
judge_block(struct audit *a, const struct block *b)
{
	struct view left = b->text;

	if (b->goes_on) {
		size_t n = scan_line(left);

		left = view_from(left, n ? n : left.n);
	}
	while (left.n > 0) {
		size_t n = scan_line(left);

		judge_line(a, n ? view_first(left, n) : left);
		left = view_from(left, n ? n : left.n);
	}
}

/* A line that the file before did not end goes on, unless a stamp says that
 * another begins. */
static void
judge_begin(struct audit *a, struct block *b)
{
	int64_t ns;

	if (!a->open)
		return;
	if (dated_ns(b->text, &ns) == 0)
		wrong(a, 0, "the last line of the file before is cut off");
	else
		b->goes_on = true;
	a->open = false;
}

/* --- gzip -----------------------------------------------------------------*/

/* The text of the member, which is no longer than a block. */
static int
member_text(struct source *s, uint64_t at, const struct member *m,
    struct block *b)
{
	int r;

	source_seek(s, at, at + m->size);
	r = source_next(s, b);
	return r;
}

static bool
is_as_told(const struct member *m, const struct member *is)
{
	return m->lines == is->lines && m->bytes == is->bytes &&
	       m->inside == is->inside && m->undated == is->undated &&
	       (m->undated ||
		   (m->first_ns == is->first_ns && m->last_ns == is->last_ns));
}

/* Whether the index, if there is one, says what the headers say. */
static void
judge_index(struct audit *a)
{
	struct source *s = &a->archive.source;
	int r = source_index(s);

	if (r == -EBADMSG || (r == 1 && !index_same(s->index, &a->index)))
		wrong(a, 0, "the index is not what the headers say");
}

/* Whether the members hold what their headers tell. */
static void
judge_members(struct audit *a)
{
	struct source *s = &a->archive.source;
	struct member m, is, before;
	bool first = true;
	uint64_t at = 0;
	struct block b;

	index_init(&a->index);
	while (source_member(s, at, &m)) {
		if (member_text(s, at, &m, &b) <= 0)
			return; /* told where all is read */
		member_describe(&is, b.text, first ? NULL : &before, m.first_ns,
		    m.last_ns);
		if (!is_as_told(&m, &is))
			wrong(a, 0, "a member is not what its header says");
		index_add(&a->index, &m);
		before = m;
		first = false;
		at += m.size;
	}
	judge_index(a);
}

/* --- files ----------------------------------------------------------------*/

static void
judge_file(struct audit *a)
{
	struct source *s = &a->archive.source;
	struct block b;
	bool first = true;
	int r;

	a->here = 0;
	a->wrong_here = 0;
	a->unstamped = 0;
	a->stamped = false;
	if (s->kind == SOURCE_MEMBERS)
		judge_members(a);
	source_seek(s, 0, SOURCE_END);
	while ((r = source_next(s, &b)) > 0) {
		if (first)
			judge_begin(a, &b);
		first = false;
		judge_block(a, &b);
		a->open = b.open;
	}
	if (s->damaged)
		wrong(a, 0, "something follows the gzip data");
	else if (r == -EBADMSG)
		wrong(a, 0, "gzip data that is not sound, or ends too early");
	else if (r < 0)
		wrong(a, 0, "cannot be read");
	a->packed += s->kind != SOURCE_PLAIN;
	a->files++;
	a->lines += a->here;
}

/* Whether there are as many lines as were counted. The newest files that
 * there have been rotations are those that the counters know of. */
static void
judge_counters(struct audit *a, const struct counters *c, uint64_t lines)
{
	char words[160];
	uint64_t written = counters_get(c, "written_lines");

	if (!counters_agree(c))
		wrong(a, 0,
		    "lock.stats: more or less was read than written, "
		    "deselected, forwarded and dropped");
	if (counters_get(c, "processor_runs") > 0 || lines >= written)
		return;
	snprintf(words, sizeof words,
	    "lock.stats counts %llu lines written, there are %llu",
	    (unsigned long long)written, (unsigned long long)lines);
	wrong(a, 0, words);
}

static void
sum(struct audit *a)
{
	out_shown(a->out, view_str(a->name));
	out_str(a->out, ": ");
	out_u64(a->out, a->files);
	out_str(a->out, a->files == 1 ? " file, " : " files, ");
	out_u64(a->out, a->packed);
	out_str(a->out, " compressed, ");
	out_u64(a->out, a->lines);
	out_str(a->out, a->lines == 1 ? " line: " : " lines: ");
	if (a->wrong == 0) {
		out_str(a->out, "sound\n");
		return;
	}
	out_u64(a->out, (uint64_t)a->wrong);
	out_str(a->out, " wrong\n");
}

int
audit_run(struct out *out, const char *path, const char *name)
{
	struct audit a = { .out = out, .name = name, .last_ns = INT64_MIN };
	struct archive *files = &a.archive;
	struct counters c;
	uint64_t old, known = 0;
	int r = archive_open(files, path);
	bool counts;

	if (r < 0)
		return r;
	counts = counters_read(&c, files->dirfd) == 0;
	old = files->n - (files->current >= 0);
	for (size_t i = 0; i < files->n; i++) {
		a.here = 0;
		r = archive_enter(files, i);
		if (r == 0)
			judge_file(&a);
		else if (r != -ENOENT)
			wrong(&a, 0, "cannot be opened");
		else
			counts = false; /* deleted meanwhile */
		if (counts && i + counters_get(&c, "rotations") >= old)
			known += a.here;
	}
	files->at = files->n;
	if (files->trouble)
		wrong(&a, 0, "not all could be read");
	if (counts && old >= counters_get(&c, "rotations"))
		judge_counters(&a, &c, known);
	sum(&a);
	archive_close(files);
	return a.wrong;
}
