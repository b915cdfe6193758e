/* differ: random trials for two log daemons, and what came out differently.
 *
 * The first logger is runit's svlogd, the second ours. Every trial gives both
 * the same directories, options and input, and compares exit code, copies on
 * stderr, and all that is in the directories: names, order, bytes, modes.
 * Times differ, so stamps are checked one by one and then made alike. What
 * weir does differently on purpose is put right first, by name:
 *
 *   tail   runit gets the newline that the last line lacks
 *   scrub  runit gets what is past -l already scrubbed
 *   plus  no pattern is used that could read past a line of the input
 *   keep  where there was more than n, or a .u, or a processor, what runit has
 *        beyond the newest n is left out
 *   undone  nothing unprocessed is there before
 *   cut  where a line may cross s, all is kept and the sums are compared; our
 *        files must end where limit.h says
 *   letter  runit gets the newline that a one-letter last config line lacks
 *
 * Not compared: lock.stats; the mode of an old file that was not sealed; how
 * the copies of several directories are interleaved. Exit 0, 1, 100 (usage). */
#define _GNU_SOURCE
#include "kit/kit.h"
#include "outcome.h"
#include "rig.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	STAMP_CHARS = 25,
	JOBS_MOST = 64,
};

static struct {
	long cases, jobs;
} opt = { .cases = 300, .jobs = 2 };

static const char *runit, *weir; /* the programs */
static struct trial trial;
static struct outcome theirs, ours;

/* --- stamps ---------------------------------------------------------------*/

/* The time in a stamp, ns since 1970, or -1. */
static int64_t
stamp_ns(int style, const char *p)
{
	char text[STAMP_CHARS + 1], again[STAMP_CHARS + 1];
	unsigned long long s;
	unsigned ns;
	struct tm tm = { 0 };

	memcpy(text, p, STAMP_CHARS);
	text[STAMP_CHARS] = 0;
	if (style == 1) {
		if (strspn(text + 1, "0123456789abcdef") != 24 ||
		    sscanf(text, "@%16llx%8x", &s, &ns) != 2 ||
		    ns >= 1000000000)
			return -1;
		s -= (1ULL << 62) + 10;
		return (int64_t)(s * 1000000000 + ns);
	}
	if (sscanf(text,
		style == 2 ? "%d-%d-%d_%d:%d:%d.%u" : "%d-%d-%dT%d:%d:%d.%u",
		&tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour, &tm.tm_min,
		&tm.tm_sec, &ns) != 7)
		return -1;
	tm.tm_year -= 1900;
	tm.tm_mon--;
	s = (unsigned long long)timegm(&tm);
	strftime(again, sizeof(again),
	    style == 2 ? "%Y-%m-%d_%H:%M:%S." : "%Y-%m-%dT%H:%M:%S.", &tm);
	snprintf(again + 20, sizeof(again) - 20, "%05u", ns % 100000);
	if (strcmp(text, again) != 0)
		return -1;
	return (int64_t)(s * 1000000000 + ns * 10000ULL);
}

/* Stamps of lines: each checked, then made alike. */
static bool
stamps_settle(const struct outcome *o, struct bytes *b, bool rise)
{
	char *p = b->p;
	size_t n = b->n;
	const char *who = outcome_who(o);
	int64_t ns, last = trial.stamp == 1 ? o->from_ns : o->from_ns - 10000;
	size_t at = 0;
	char *end;

	while (at < n) {
		if (p[at] == '#') {
			while (at < n && p[at] != '\n' && p[at] != '$')
				at++;
			at++;
			continue;
		}
		if (n - at < STAMP_CHARS + 1 || p[at + STAMP_CHARS] != ' ')
			return differ("%s: no stamp at %zu", who, at);
		ns = stamp_ns(trial.stamp, p + at);
		if (ns < 0)
			return differ("%s: bad stamp '%.25s'", who, p + at);
		if (ns > o->to_ns || ns < last)
			return differ("%s: stamp %.25s is %s", who, p + at,
			    ns < last ? "too early" : "in the future");
		if (rise)
			last = ns;
		total->stamps++;
		memset(p + at, 'T', STAMP_CHARS);
		end = memchr(p + at, '\n', n - at);
		at = end ? (size_t)(end - p) + 1 : n;
	}
	return true;
}

/* --- copies on stderr -----------------------------------------------------*/

static bool
is_message(const char *p, size_t n)
{
	static const char *const front[] = { "svlogd: ", "usage: svlogd",
		"$Id" };
	size_t i;

	for (i = 0; i < sizeof(front) / sizeof(front[0]); i++)
		if (n >= strlen(front[i]) &&
		    memcmp(p, front[i], strlen(front[i])) == 0)
			return true;
	return false;
}

static void
messages_drop(struct bytes *said)
{
	size_t at = 0, to = 0;

	while (at < said->n) {
		char *p = said->p + at;
		char *end = memchr(p, '\n', said->n - at);
		size_t n = end ? (size_t)(end - p) + 1 : said->n - at;

		at += n;
		if (is_message(p, n))
			continue;
		memmove(said->p + to, p, n);
		to += n;
	}
	said->n = to;
}

static int
line_order(const void *a, const void *b)
{
	const struct view *x = a, *y = b;
	int way = memcmp(x->p, y->p, x->n < y->n ? x->n : y->n);

	return way ? way : (x->n > y->n) - (x->n < y->n);
}

static void
lines_sort(struct bytes *b)
{
	static struct view v[1 << 16];
	static struct bytes copy;
	size_t at = 0, k = 0, i;
	char *p = b->p;

	copy.n = 0;
	bytes_add(&copy, b->p, b->n);
	while (at < b->n) {
		char *end = memchr(copy.p + at, '\n', b->n - at);

		if (k == COUNT(v))
			give_up("too many copies");
		v[k].p = copy.p + at;
		v[k].n = end ? (size_t)(end - copy.p) + 1 - at : b->n - at;
		at += v[k++].n;
	}
	qsort(v, k, sizeof(v[0]), line_order);
	for (i = 0; i < k; i++) {
		memcpy(p, v[i].p, v[i].n);
		p += v[i].n;
	}
}

static bool
bytes_alike(const char *what, struct view a, struct view b)
{
	size_t i = 0;

	while (i < a.n && i < b.n && a.p[i] == b.p[i])
		i++;
	if (i == a.n && i == b.n)
		return true;
	return differ("%s: runit's %zu bytes, weir's %zu, differ at %zu", what,
	    a.n, b.n, i);
}

static struct view
view_bytes(const struct bytes *b)
{
	return view_of(b->p, b->n);
}

static struct view
view_file(const struct result *r, size_t i)
{
	return view_of(r->data.p + r->v[i].at, r->v[i].n);
}

static bool
said_alike(void)
{
	struct outcome *both[] = { &theirs, &ours };
	size_t i;

	for (i = 0; i < 2; i++) {
		messages_drop(&both[i]->said);
		total->copies += both[i]->said.n > 0;
		if (trial.stamp &&
		    !stamps_settle(both[i], &both[i]->said, trial.n_dirs == 1))
			return false;
	}
	if (trial.n_dirs > 1 &&
	    !view_eq(view_bytes(&theirs.said), view_bytes(&ours.said))) {
		lines_sort(&theirs.said);
		lines_sort(&ours.said);
		total->sorted++;
	}
	return bytes_alike("stderr", view_bytes(&theirs.said),
	    view_bytes(&ours.said));
}

/* --- directories ----------------------------------------------------------*/

static bool
was_there(const struct home *h, const char *name)
{
	size_t i;

	for (i = 0; i < h->n_old; i++)
		if (memcmp(h->old[i], name, LABEL_CHARS) == 0)
			return true;
	return false;
}

static bool
has_new(const struct home *h, const struct result *r)
{
	return r->n_files > 1 && !was_there(h, r->v[r->n_files - 2].name);
}

static void
oldest_drop(struct result *r, size_t k)
{
	size_t i, bytes = r->v[k].at;

	memmove(r->v, r->v + k, (r->n_files - k) * sizeof(r->v[0]));
	r->n_files -= k;
	r->data.n -= bytes;
	memmove(r->data.p, r->data.p + bytes, r->data.n);
	for (i = 0; i < r->n_files; i++)
		r->v[i].at -= bytes;
}

/* keep: runit deletes one file a rotation, and never one that ends in u, which
 * it does not count either; we all that are too many. */
static void
extra_drop(const struct home *h, struct result *r)
{
	uint64_t keep = h->again.keep;
	bool uncounted =
	    h->found == FOUND_UNDONE || h->plan.processor || h->again.processor;
	size_t had = 0, i;

	for (i = 0; i < h->n_old; i++) {
		had += h->old[i][NAME_CHARS - 1] != 't';
		uncounted |= h->old[i][NAME_CHARS - 1] == 'u';
	}
	if (keep == 0 || (had <= keep && !uncounted) ||
	    r->n_files - 1 <= keep || !has_new(h, r))
		return;
	oldest_drop(r, r->n_files - 1 - (size_t)keep);
	total->keep++;
}

/* Where our files have to end: cut, limit.h. */
struct cutter {
	uint64_t s, l, front, size;
	size_t sizes[OUTCOME_FILES];
	size_t n;
};

static void
cut_file(struct cutter *c)
{
	if (c->n == OUTCOME_FILES)
		give_up("too many files");
	c->sizes[c->n++] = (size_t)c->size;
	c->size = 0;
}

/* A line is begun in a new file rather than cut, and never cut within its
 * stamp and prefix. */
static void
cut_line(struct cutter *c, uint64_t n)
{
	uint64_t first = c->front > c->s ? c->front : c->s;

	if (c->size > 0 && c->size + n > c->s)
		cut_file(c);
	while (n > first) {
		c->size = first;
		cut_file(c);
		n -= first;
		first = c->s;
	}
	c->size += n;
	if (c->s >= c->l && c->size >= c->s - c->l)
		cut_file(c);
}

static bool
cuts_right(const struct home *h, const struct result *r, size_t d)
{
	static struct cutter c;
	size_t at = 0, i, first = 0;
	const char *end;

	c.s = h->plan.size;
	c.l = trial.line_max;
	c.front = h->plan.front;
	c.size = 0;
	c.n = 0;
	while (first < r->n_files && was_there(h, r->v[first].name))
		first++;
	if (h->found == FOUND_UNDONE)
		first++;
	at = r->v[first].at;
	if (h->found == FOUND_CLEAN) {
		c.size = h->current.n;
		at += h->current.n;
	}
	while (at < r->data.n) {
		end = memchr(r->data.p + at, '\n', r->data.n - at);
		i = end ? (size_t)(end - r->data.p) + 1 - at : r->data.n - at;
		cut_line(&c, i);
		at += i;
	}
	cut_file(&c);
	for (i = 0; i < c.n && first + i < r->n_files; i++)
		if (c.sizes[i] != r->v[first + i].n)
			return differ("directory %zu: cut: weir's file %zu "
				      "has %zu bytes, not %zu",
			    d, first + i, r->v[first + i].n, c.sizes[i]);
	if (first + c.n != r->n_files)
		return differ("directory %zu: cut: weir has %zu files, not "
			      "%zu",
		    d, r->n_files, first + c.n);
	return true;
}

static bool
file_alike(const struct home *h, size_t d, size_t i)
{
	const struct result *a = &theirs.dir[d], *b = &ours.dir[d];
	const struct file *x = &a->v[i], *y = &b->v[i];
	char what[64];

	snprintf(what, sizeof(what), "directory %zu: file %zu of %zu", d, i + 1,
	    a->n_files);
	if (is_label(x->name) != is_label(y->name) ||
	    (is_label(x->name) &&
		x->name[NAME_CHARS - 1] != y->name[NAME_CHARS - 1]))
		return differ("%s: %s, %s", what, x->name, y->name);
	if (was_there(h, x->name) && strcmp(x->name, y->name) != 0)
		return differ("%s: %s, %s", what, x->name, y->name);
	if (!bytes_alike(what, view_file(a, i), view_file(b, i)))
		return false;
	if (x->mode == 0644 && y->mode == 0744 && is_label(x->name) &&
	    (was_there(h, x->name) || x->name[NAME_CHARS - 1] == 'u'))
		return true; /* sealed at the next start */
	if (x->mode != y->mode)
		return differ("%s: mode %o, %o", what, x->mode, y->mode);
	return true;
}

static bool
modes_right(const struct home *h, const struct result *r, size_t d)
{
	size_t i;

	for (i = 0; i < r->n_files; i++)
		if (r->v[i].mode != 0744 && !was_there(h, r->v[i].name))
			return differ("directory %zu: weir's file %zu has "
				      "mode %o",
			    d, i + 1, r->v[i].mode);
	return true;
}

static bool
files_alike(const struct home *h, size_t d)
{
	struct result *a = &theirs.dir[d], *b = &ours.dir[d];
	size_t i;
	char what[64];

	if (h->plan.splits) {
		total->cut++;
		snprintf(what, sizeof(what), "directory %zu: all files", d);
		return cuts_right(h, b, d) && modes_right(h, b, d) &&
		       bytes_alike(what, view_bytes(&a->data),
			   view_bytes(&b->data));
	}
	if (has_new(h, a)) {
		total->rotated++;
		total->processed += h->plan.processor != NULL;
	}
	extra_drop(h, a);
	for (i = 0; i < a->n_files && i < b->n_files; i++)
		if (!file_alike(h, d, i))
			return false;
	if (a->n_files != b->n_files)
		return differ("directory %zu: runit has %zu files, weir %zu", d,
		    a->n_files, b->n_files);
	return true;
}

static bool
dir_alike(size_t d)
{
	struct result *a = &theirs.dir[d], *b = &ours.dir[d];
	const struct home *h = &trial.home[d];

	if (trial.stamp && (!stamps_settle(&theirs, &a->data, true) ||
			       !stamps_settle(&ours, &b->data, true)))
		return false;
	if (!files_alike(h, d))
		return false;
	if (!h->plan.splits &&
	    !bytes_alike("state", view_bytes(&a->state), view_bytes(&b->state)))
		return false;
	if (strcmp(a->others.p, b->others.p) != 0)
		return differ("directory %zu: runit has%s, weir%s", d,
		    a->others.p, b->others.p);
	return true;
}

static bool
all_alike(void)
{
	size_t d;

	if (theirs.status != ours.status) {
		char words[64];

		snprintf(words, sizeof(words), "%s",
		    status_words(theirs.status));
		return differ("runit %s, weir %s", words,
		    status_words(ours.status));
	}
	if (trial.fails)
		return true;
	if (!said_alike())
		return false;
	for (d = 0; d < trial.n_dirs; d++)
		if (!dir_alike(d))
			return false;
	return true;
}

/* --- the driver -----------------------------------------------------------*/

static void
tell(void)
{
	int i;

	printf("seed %llu: %s\n  svlogd", (unsigned long long)trial.seed,
	    differ_words());
	for (i = 0; i < trial.n_words; i++)
		printf(" '%s'", trial.words[i]);
	printf("\n  again: differ --seed %llu --cases 1 --keep -- %s %s\n",
	    (unsigned long long)trial.seed, runit, weir);
	fflush(stdout);
}

static void
case_run(uint64_t seed)
{
	trial_make(&trial, seed);
	total->cases++;
	total->lines += trial.lines;
	total->stepwise += trial.stepwise;
	differ_forget();
	if (outcome_take(&theirs, &trial, runit, false) &&
	    outcome_take(&ours, &trial, weir, true) && all_alike())
		return;
	total->failed++;
	tell();
	if (rig.keep) {
		file_put("input", trial.input, trial.n_input, 0644);
		printf("  see %s\n", rig.tmp);
	}
}

static void
work_end(void)
{
	strays_clear();
	if (!rig.keep)
		tree_remove(rig.tmp);
}

/* Every jobs-th trial, each in a fresh directory. */
static void
work(long job)
{
	long i;

	signals_take();
	atexit(work_end);
	for (i = job; i < opt.cases; i += opt.jobs) {
		temp_make(rig.tmp, rig.below, "weir-differ.XXXXXX");
		if (chdir(rig.tmp) < 0)
			give_up("%s: %s", rig.tmp, strerror(errno));
		case_run(rig.seed + (uint64_t)i);
		if (chdir("/") < 0)
			give_up("/: %s", strerror(errno));
		if (!rig.keep || !*differ_words())
			tree_remove(rig.tmp);
	}
}

static const struct option_row rows[] = {
	{ "--cases", "N", "how many trials", .set = option_number,
	    .to = &opt.cases, .least = 1, .most = LONG_MAX },
	{ "--jobs", "N", "how many at a time", .set = option_number,
	    .to = &opt.jobs, .least = 1, .most = JOBS_MOST },
	{ .more = rig_temp_rows },
};

static int
report(int64_t ns)
{
	printf("%lu trials, %lu lines, %lu stepwise, %lu stamps, in %.1f s: "
	       "%lu differ\n",
	    total->cases, total->lines, total->stepwise, total->stamps,
	    ms_of(ns) / 1000, total->failed);
	printf("  directories compared file by file after a rotation: %lu, "
	       "with a processor: %lu; copies on stderr: %lu\n",
	    total->rotated, total->processed, total->copies / 2);
	printf("  put right: tail %lu, scrub %lu, keep %lu, cut %lu, "
	       "letter %lu, interleaved %lu\n",
	    total->tail, total->scrub, total->keep, total->cut, total->letter,
	    total->sorted);
	return total->failed ? EXIT_BROKEN : 0;
}

static void
programs_set(char **argv)
{
	const char *operands = "runit's-svlogd svlogd";
	char **words = options_read(rows, argv, operands);

	if (!words[1] || words[2])
		options_usage(rows, argv[0], operands);
	runit = realpath(words[0], NULL);
	weir = realpath(words[1], NULL);
	if (!runit || !weir)
		give_up("%s, %s: %s", words[0], words[1], strerror(errno));
}

int
main(int argc, char **argv)
{
	int64_t start = now_ns();
	int status, bad = 0;
	long i;

	(void)argc;
	rig.seed = 1;
	programs_set(argv);
	umask(022);
	total = mmap(NULL, sizeof(*total), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (total == MAP_FAILED)
		give_up("out of memory");
	for (i = 0; i < opt.jobs; i++) {
		if (fork() == 0) {
			work(i);
			exit(0);
		}
	}
	while (wait(&status) > 0)
		bad |= status != 0;
	status = report(now_ns() - start);
	return bad ? EXIT_BROKEN : status;
}
