/* crash: dies after every single system call, and compares every byte.
 *
 * For k = 1, 2, ... it feeds one fixed input through a logger that is told to
 * die after its k-th point (tests/fault/fault.h), starts it again on the same
 * pipe, ring and directories, and compares what is in the directories with
 * what must be there; until the logger lives through k. What must be there
 * is worked out here, from the input and the config, not by a second run.
 * Exit 0, 1 (a byte is wrong), 2 (too few points), 100 (usage). */
#define _GNU_SOURCE
#include "kit/kit.h"
#include "rig.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define RUN_LIMIT (20000 * MS)
#define MASK_WITHHELD "*** line withheld: it could not be masked"

enum {
	CHUNKS = 4096,
	CHUNK_MOST = 60000, /* fits into an empty pipe */
	LINE_SEEN = 1000,   /* bytes that patterns see */
	MASK_SEEN = 16384,  /* ... and masks */
	SHOWN = 5,          /* bad points that are named */
	SURVIVALS = 3,      /* in a row: there are no more points */
	/* No event says that a pipe is empty: it is looked at, soon at first
	 * (ns), then less often. */
	PAUSE_LEAST = 10000,
	PAUSE_MOST = 640000,
};

static struct options {
	const char *scrub;
	long longest, doubles, step, only, min_points;
	bool list;
} opt = { .longest = 70000, .step = 1, .min_points = 1 };

static struct {
	uint64_t random;
	struct bytes input;
	size_t chunks[CHUNKS], n_chunks; /* where each ends */
	struct bytes want[RIG_DIRS], got;
	struct names names;
	struct points points; /* of the run that lives */
	char log[PATH_ROOM];
} c;

static long
dice(long least, long most)
{
	return (long)random_between(&c.random, least, most);
}

/* --- what goes in ---------------------------------------------------------*/

/* One line of that many bytes: a letter from a to d, then mostly text, with
 * some of every other byte but the newline. */
static void
input_line(size_t n)
{
	size_t i;
	char b;

	for (i = 0; i < n; i++) {
		b = (char)(i == 0        ? dice('a', 'd')
			   : dice(0, 15) ? dice(' ', '~')
					 : dice(0, 255));
		bytes_add(&c.input, b == '\n' ? "\r" : &b, 1);
	}
}

/* Lines of every sort: empty ones, some about as long as -l, one longer, one
 * longer than a pipe, and a last one without its newline. */
static void
input_make(void)
{
	const int n = 120;
	int i;

	for (i = 0; i < n; i++) {
		if (i % 23 == 5)
			input_line(0);
		else if (i % 40 == 7)
			input_line((size_t)(LINE_SEEN + i / 40 - 2));
		else if (i == n / 3)
			input_line((size_t)(LINE_SEEN + 500));
		else if (i == n / 2)
			input_line((size_t)opt.longest);
		else
			input_line((size_t)dice(1, 350));
		bytes_add(&c.input, "\n", 1);
	}
	bytes_add(&c.input, "a", 1); /* which every config selects */
	input_line(77);
}

/* Where one write ends and the next begins: anywhere. Small ones are there
 * because a logger may take them in another way. */
static void
input_cut(void)
{
	long large =
	    opt.longest / 8 < CHUNK_MOST ? opt.longest / 8 : CHUNK_MOST;
	size_t at = 0;

	while (at < c.input.n && c.n_chunks < CHUNKS) {
		switch (dice(0, 7)) {
		case 0:
			at += (size_t)dice(1, 20);
			break;
		case 1:
		case 2:
			at += (size_t)dice(large / 2, large);
			break;
		default:
			at += (size_t)dice(300, 8000);
			break;
		}
		if (at > c.input.n)
			at = c.input.n;
		c.chunks[c.n_chunks++] = at;
	}
	if (at < c.input.n)
		give_up("too many chunks");
}

/* --- what must come out ---------------------------------------------------*/

/* Of patterns it knows text with one '*' at its end, of expressions ^ and text;
 * the last match wins. */
static bool
is_selected(const char *config, const char *line, size_t n)
{
	bool selected = true;
	size_t len;

	for (; *config;
	     config += strcspn(config, ";\n"), config += *config != '\0') {
		if (*config == '~' && config[1] != 'm') {
			len = strcspn(config + 3, ";\n");
			if (n >= len && memcmp(config + 3, line, len) == 0)
				selected = config[1] == '+';
			continue;
		}
		if (*config != '+' && *config != '-')
			continue;
		len = strcspn(config + 1, ";\n");
		if (len == 0 || config[len] != '*' ||
		    memchr(config + 1, '*', len - 1) ||
		    memchr(config + 1, '+', len - 1))
			give_up("no such patterns here: %s", config);
		if (n >= len - 1 && memcmp(config + 1, line, len - 1) == 0)
			selected = *config == '+';
	}
	return selected;
}

/* The config's prefix. */
static size_t
prefix_of(const char *config, const char **prefix)
{
	for (; *config;
	     config += strcspn(config, ";\n"), config += *config != '\0') {
		*prefix = config + 1;
		if (*config == 'p')
			return strcspn(*prefix, ";\n");
	}
	return 0;
}

/* A mask it knows is one character. */
static void
mask(const char *config, struct bytes *line)
{
	const char *hide = strstr(config, "~m");
	struct bytes shown = { 0 };
	size_t i;

	if (!hide)
		return;
	if (line->n > MASK_SEEN) {
		line->n = 0;
		bytes_add(line, MASK_WITHHELD, sizeof(MASK_WITHHELD) - 1);
		return;
	}
	for (i = 0; i < line->n; i++) {
		if (line->p[i] != hide[2])
			bytes_add(&shown, line->p + i, 1);
		else if (i == 0 || line->p[i - 1] != hide[2])
			bytes_add(&shown, "***", 3);
	}
	line->n = 0;
	bytes_add(line, shown.p, shown.n);
	bytes_free(&shown);
}

static void
want_make(size_t dir)
{
	const char *config = rig.configs[dir], *prefix = NULL, *p = c.input.p;
	const char *end = c.input.p + c.input.n, *nl;
	size_t n_prefix = prefix_of(config, &prefix), n, seen, i;
	struct bytes line = { 0 };

	for (; p < end; p = nl + 1) {
		nl = memchr(p, '\n', (size_t)(end - p));
		if (!nl)
			nl = end;
		n = (size_t)(nl - p);
		seen = n < LINE_SEEN ? n : LINE_SEEN;
		line.n = 0;
		bytes_add(&line, p, n);
		for (i = 0; opt.scrub && i < n; i++) {
			if (line.p[i] < 32 || line.p[i] > 126)
				line.p[i] = opt.scrub[0];
		}
		if (!is_selected(config, line.p, seen))
			continue;
		mask(config, &line);
		bytes_add(&c.want[dir], prefix, n_prefix);
		bytes_add(&c.want[dir], line.p, line.n);
		bytes_add(&c.want[dir], "\n", 1);
	}
	bytes_free(&line);
}

/* Cuts the stamps out; what is wrong with one of them, or NULL. */
static const char *
stamps_cut(struct bytes *b)
{
	const char *from = b->p, *end = b->p + b->n, *nl, *last = NULL;
	char *to = b->p, previous[CHECK_STAMP];
	int order;

	for (; from < end; from = nl + 1) {
		nl = memchr(from, '\n', (size_t)(end - from));
		if (!nl)
			nl = end - 1;
		if (nl - from < CHECK_STAMP || !stamp_is(from, (int)rig.stamp))
			return "a line without its stamp";
		order = last ? memcmp(last, from, CHECK_STAMP) : -1;
		if (order > 0 || (order == 0 && rig.stamp == 1))
			return "a stamp does not rise";
		memcpy(previous, from, CHECK_STAMP);
		last = previous;
		memmove(to, from + CHECK_STAMP,
		    (size_t)(nl + 1 - from - CHECK_STAMP));
		to += nl + 1 - from - CHECK_STAMP;
	}
	b->n = (size_t)(to - b->p);
	return NULL;
}

static void
show(const char *what, const struct bytes *b, size_t at)
{
	size_t from = at > 20 ? at - 20 : 0, i;

	printf("    %s ...", what);
	for (i = from; i < b->n && i < at + 40; i++) {
		if (b->p[i] >= ' ' && b->p[i] <= '~')
			putchar(b->p[i]);
		else
			printf("\\%02x", (unsigned char)b->p[i]);
	}
	printf("\n");
}

/* Whether a directory holds what it must; says what is wrong. */
static bool
dir_is_right(size_t dir, const char *point)
{
	struct bytes *want = &c.want[dir], *got = &c.got;
	const char *wrong = NULL;
	size_t i;

	got->n = 0;
	dir_bytes(got, &c.names, rig.dirs[dir]);
	if (rig.stamp)
		wrong = stamps_cut(got);
	if (!wrong && got->n == want->n &&
	    (got->n == 0 || memcmp(got->p, want->p, got->n) == 0))
		return true;
	for (i = 0; i < got->n && i < want->n; i++) {
		if (got->p[i] != want->p[i])
			break;
	}
	printf("  %s: %s: %s; %zu bytes, not %zu; they part at %zu\n", point,
	    rig.names[dir], wrong ? wrong : "other bytes", got->n, want->n, i);
	show("want", want, i);
	show("got ", got, i);
	return false;
}

/* --- one run --------------------------------------------------------------*/

/* The next bytes, once those before have been read; in the end, EOF. */
static bool
feed(size_t *chunk)
{
	size_t from = *chunk ? c.chunks[*chunk - 1] : 0, n;
	int there = 0;

	if (rig.lg.wr < 0)
		return false;
	fd_keep(ioctl(rig.lg.rd, FIONREAD, &there), "FIONREAD");
	if (there > 0)
		return false;
	if (*chunk == c.n_chunks) {
		fd_drop(&rig.lg.wr);
		return true;
	}
	n = c.chunks[*chunk] - from;
	if (write(rig.lg.wr, c.input.p + from, n) != (ssize_t)n)
		give_up("write: %s", strerror(errno));
	(*chunk)++;
	return true;
}

/* Starts a logger that is told to die at point k. */
static void
start(long k, const char *log)
{
	char fault[32];

	snprintf(fault, sizeof(fault), "die:%ld", k);
	logger_start(&rig.lg, fault, log, NULL);
}

/* Feeds the input through loggers that are told to die at points k and then
 * j (0: not). How many did. */
static int
run(long k, long j, const char *point, const char *log)
{
	const long plan[] = { k, j, 0 };
	int64_t limit = now_ns() + RUN_LIMIT, pause = PAUSE_LEAST;
	size_t chunk = 0;
	int status, deaths = 0;

	start(k, log);
	for (;;) {
		if (logger_ended(&rig.lg, 0, &status)) {
			if (status == 0 && rig.lg.wr < 0)
				return deaths;
			want(plan[deaths] && status_is_signal(status, SIGKILL),
			    "%s: the logger %s", point, status_words(status));
			start(plan[++deaths], NULL);
			pause = PAUSE_LEAST;
		} else if (feed(&chunk)) {
			pause = PAUSE_LEAST;
		} else {
			want(now_ns() < limit, "%s: the logger hangs", point);
			child_event(now_ns() + pause);
			pause = pause < PAUSE_MOST ? pause * 2 : pause;
		}
	}
}

/* A run in fresh directories, and all there is to check. */
static bool
try(long k, long j, const char *log, int *deaths)
{
	char point[160];
	bool right = true;
	size_t i;

	snprintf(point, sizeof(point), "point %ld %s%s%.0ld", k,
	    point_name(&c.points, k), j ? ", then point " : "", j);
	rig_dirs_make();
	*deaths = run(k, j, point, log);
	want(strays_end(WAIT_LIMIT), "%s: a child of the logger hangs", point);
	for (i = 0; i < rig.n_dirs; i++)
		right &= dir_is_right(i, point);
	if (!right && rig.keep)
		exit(EXIT_BROKEN);
	rig_dirs_drop();
	return right;
}

/* --- all of them ----------------------------------------------------------*/

struct tally {
	long points, doubles, bad;
};

static void
count(struct tally *t, bool right)
{
	if (right)
		return;
	if (++t->bad >= SHOWN)
		give_up("crash: enough");
}

static void
enumerate(struct tally *t)
{
	long k, survived = 0;
	int deaths;

	for (k = 1; survived < SURVIVALS; k += opt.step) {
		count(t, try(k, 0, NULL, &deaths));
		survived = deaths ? 0 : survived + 1;
		t->points += deaths;
	}
}

/* Dies twice: anywhere, and then again, soon after the start or anywhere. */
static void
enumerate_pairs(struct tally *t)
{
	long i, k, j, most = (long)c.points.n;
	int deaths;

	for (i = 0; i < opt.doubles; i++) {
		k = dice(1, most);
		j = dice(1, dice(1, most));
		count(t, try(k, j, NULL, &deaths));
		t->doubles += deaths == 2;
	}
}

static int
crash(void)
{
	int64_t start = now_ns();
	struct tally t = { 0 };
	int deaths;

	count(&t, try(0, 0, c.log, &deaths));
	points_read(&c.points, c.log);
	if (opt.list)
		points_list(&c.points);
	if (opt.only > 0) {
		count(&t, try(opt.only, 0, NULL, &deaths));
	} else {
		enumerate(&t);
		enumerate_pairs(&t);
	}
	printf("%ld points, %ld pairs, %ld bad; %zu bytes in %zu writes, "
	       "%.1f s, seed %llu\n",
	    t.points, t.doubles, t.bad, c.input.n, c.n_chunks,
	    ms_of(now_ns() - start) / 1000, (unsigned long long)rig.seed);
	if (t.bad > 0)
		return EXIT_BROKEN;
	if (t.points >= opt.min_points || opt.only > 0)
		return 0;
	printf("void: fewer than %ld points\n", opt.min_points);
	return EXIT_VOID;
}

/* --- options --------------------------------------------------------------*/

static bool
set_scrub(const struct option_row *row, const char *text)
{
	return option_text(row, text) && strlen(text) == 1;
}

static const struct option_row rows[] = {
	{ "--scrub", "C", "the logger gets -r C", .set = set_scrub,
	    .to = &opt.scrub },
	{ "--longest", "N", "bytes of the longest line", .set = option_number,
	    .to = &opt.longest, .least = 1000, .most = 64 << 20 },
	{ "--double", "N", "that many runs that die twice",
	    .set = option_number, .to = &opt.doubles, .most = LONG_MAX },
	{ "--step", "N", "every N-th point only", .set = option_number,
	    .to = &opt.step, .least = 1, .most = 100000 },
	{ "--only", "K", "that point only", .set = option_number,
	    .to = &opt.only, .least = 1, .most = LONG_MAX },
	{ "--min-points", "N", "fewer prove nothing: exit 2",
	    .set = option_number, .to = &opt.min_points, .most = LONG_MAX },
	{ "--list", NULL, "name the points, and how often each",
	    .set = option_flag, .to = &opt.list },
	{ .more = rig_rows },
};

int
main(int argc, char **argv)
{
	size_t i;

	(void)argc;
	rig.seed = 1;
	rig_read(rows, argv);
	if (opt.scrub) {
		logger_arg(&rig.lg, "-r");
		logger_arg(&rig.lg, opt.scrub);
	}
	rig_open("weir-crash.XXXXXX");
	path_join(c.log, rig.tmp, "points");
	c.random = rig.seed;
	input_make();
	input_cut();
	for (i = 0; i < rig.n_dirs; i++)
		want_make(i);
	return crash();
}
