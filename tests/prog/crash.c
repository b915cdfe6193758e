/* crash: dies after every single system call, and compares every byte.
 *
 * For k = 1, 2, ... it feeds one fixed input through a logger that is told to
 * die after its k-th point (tests/fault/fault.h), starts it again on the same
 * pipe, ring and directories, and compares what is in the directories with
 * what must be there; until the logger lives through k. What must be there
 * is worked out here, from the input and the config, not by a second run.
 * Exit 0, 1 (a byte is wrong), 2 (too few points), 100 (usage). */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "line.h"
#include "logger.h"
#include "option.h"

#include <limits.h>
#include <sys/ioctl.h>

enum {
	DIRS = 8,
	CHUNKS = 4096,
	CHUNK_MOST = 60000, /* fits into an empty pipe */
	SHOWN = 5,          /* bad points that are named */
	SURVIVALS = 3,      /* in a row: there are no more points */
	RUN_LIMIT_MS = 20000,
	/* No event says that a pipe is empty: it is looked at, soon at first
	 * (ns), then less often. */
	PAUSE_LEAST = 10000,
	PAUSE_MOST = 640000,
};

struct options {
	const char *configs[DIRS];
	size_t n_dirs;
	int stamp;
	const char *scrub;
	long length, longest;
	enum ring ring;
	long doubles, step, only, min_points;
	uint64_t seed;
	bool list, keep;
	const char *tmp;
};

static struct options opt = {
	.length = 1000,
	.longest = 70000,
	.step = 1,
	.min_points = 1,
	.seed = 1,
};

struct bytes {
	char *p;
	size_t n, room;
};

static struct {
	sigset_t set;
	struct logger lg;
	uint64_t random;
	struct bytes input;
	size_t chunks[CHUNKS], n_chunks; /* where each ends */
	struct bytes want[DIRS], got;
	struct names names;
	char tmp[PATH_ROOM], dirs[DIRS][PATH_ROOM], log[PATH_ROOM];
	char (*points)[96]; /* names, from the run that lives */
	size_t n_points;
} c;

static void
bytes_add(struct bytes *b, const char *p, size_t n)
{
	if (b->n + n > b->room) {
		b->room = (b->n + n) * 2;
		b->p = realloc(b->p, b->room);
		if (!b->p)
			give_up("out of memory");
	}
	if (n > 0)
		memcpy(b->p + b->n, p, n);
	b->n += n;
}

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
			input_line((size_t)(opt.length + i / 40 - 2));
		else if (i == n / 3)
			input_line((size_t)(opt.length + 500));
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

/* Of patterns it knows text with one '*' at its end; the last match wins. */
static bool
is_selected(const char *config, const char *line, size_t n)
{
	bool selected = true;
	size_t len;

	for (; *config;
	     config += strcspn(config, ";\n"), config += *config != '\0') {
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

static void
want_make(size_t dir)
{
	const char *config = opt.configs[dir], *prefix = NULL, *p = c.input.p;
	const char *end = c.input.p + c.input.n, *nl;
	size_t n_prefix = prefix_of(config, &prefix), n, seen, i;
	struct bytes line = { 0 };

	for (; p < end; p = nl + 1) {
		nl = memchr(p, '\n', (size_t)(end - p));
		if (!nl)
			nl = end;
		n = (size_t)(nl - p);
		seen = n < (size_t)opt.length ? n : (size_t)opt.length;
		line.n = 0;
		bytes_add(&line, p, n);
		for (i = 0; opt.scrub && i < n; i++) {
			if (line.p[i] < 32 || line.p[i] > 126)
				line.p[i] = opt.scrub[0];
		}
		if (!is_selected(config, line.p, seen))
			continue;
		bytes_add(&c.want[dir], prefix, n_prefix);
		bytes_add(&c.want[dir], line.p, n);
		bytes_add(&c.want[dir], "\n", 1);
	}
	free(line.p);
}

static void
file_add(struct bytes *b, const char *dir, const char *name)
{
	static char buf[65536];
	char path[PATH_ROOM];
	ssize_t n;
	int fd = open(path_join(path, dir, name), O_RDONLY | O_CLOEXEC);

	while (fd >= 0 && (n = read(fd, buf, sizeof(buf))) > 0)
		bytes_add(b, buf, (size_t)n);
	if (fd >= 0)
		close(fd);
}

/* Cuts the stamps out; what is wrong with one of them, or NULL. */
static const char *
stamps_cut(struct bytes *b)
{
	const char *from = b->p, *end = b->p + b->n, *nl, *last = NULL;
	char *to = b->p, previous[LINE_STAMP];
	int order;

	for (; from < end; from = nl + 1) {
		nl = memchr(from, '\n', (size_t)(end - from));
		if (!nl)
			nl = end - 1;
		if (nl - from < LINE_STAMP || !stamp_is(from, opt.stamp))
			return "a line without its stamp";
		order = last ? memcmp(last, from, LINE_STAMP) : -1;
		if (order > 0 || (order == 0 && opt.stamp == 1))
			return "a stamp does not rise";
		memcpy(previous, from, LINE_STAMP);
		last = previous;
		memmove(to, from + LINE_STAMP,
		    (size_t)(nl + 1 - from - LINE_STAMP));
		to += nl + 1 - from - LINE_STAMP;
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
	names_read(&c.names, c.dirs[dir]);
	for (i = 0; i < c.names.n; i++)
		file_add(got, c.dirs[dir], c.names.v[i]);
	file_add(got, c.dirs[dir], "current");
	if (opt.stamp)
		wrong = stamps_cut(got);
	if (!wrong && got->n == want->n &&
	    (got->n == 0 || memcmp(got->p, want->p, got->n) == 0))
		return true;
	for (i = 0; i < got->n && i < want->n; i++) {
		if (got->p[i] != want->p[i])
			break;
	}
	printf("  %s: dir%zu: %s; %zu bytes, not %zu; they part at %zu\n",
	    point, dir, wrong ? wrong : "other bytes", got->n, want->n, i);
	show("want", want, i);
	show("got ", got, i);
	return false;
}

/* --- one run --------------------------------------------------------------*/

static void
fail(const char *point, const char *what)
{
	printf("  %s: %s\n", point, what);
	logger_said(&c.lg);
	exit(EXIT_BROKEN);
}

static void
dirs_make(void)
{
	size_t i;

	for (i = 0; i < opt.n_dirs; i++)
		dir_make(c.dirs[i], opt.configs[i]);
	if (ftruncate(c.lg.err, 0) < 0)
		give_up("ftruncate: %s", strerror(errno));
	logger_pipe(&c.lg);
}

static void
dirs_drop(void)
{
	size_t i;

	for (i = 0; i < opt.n_dirs; i++)
		dir_remove(c.dirs[i]);
	fd_drop(&c.lg.rd);
	fd_drop(&c.lg.wr);
	fd_drop(&c.lg.ring);
}

/* The next bytes, once those before have been read; in the end, EOF. */
static bool
feed(size_t *chunk)
{
	size_t from = *chunk ? c.chunks[*chunk - 1] : 0, n;
	int there = 0;

	if (c.lg.wr < 0)
		return false;
	if (ioctl(c.lg.rd, FIONREAD, &there) < 0)
		give_up("FIONREAD: %s", strerror(errno));
	if (there > 0)
		return false;
	if (*chunk == c.n_chunks) {
		fd_drop(&c.lg.wr);
		return true;
	}
	n = c.chunks[*chunk] - from;
	if (write(c.lg.wr, c.input.p + from, n) != (ssize_t)n)
		give_up("write: %s", strerror(errno));
	(*chunk)++;
	return true;
}

/* Feeds the input through loggers that are told to die at points k and then
 * j (0: not). How many did. */
static int
run(long k, long j, const char *point, const char *log)
{
	const long plan[] = { k, j, 0 };
	int64_t limit = now_ns() + RUN_LIMIT_MS * MS;
	size_t chunk = 0;
	int64_t pause = PAUSE_LEAST;
	int status, deaths = 0;
	char fault[32];

	snprintf(fault, sizeof(fault), "die:%ld", k);
	logger_start(&c.lg, fault, log);
	for (;;) {
		if (waitpid(c.lg.pid, &status, WNOHANG) == c.lg.pid) {
			c.lg.pid = 0;
			if (status == 0 && c.lg.wr < 0)
				return deaths;
			if (plan[deaths] == 0 || !WIFSIGNALED(status) ||
			    WTERMSIG(status) != SIGKILL)
				fail(point, status_words(status));
			snprintf(fault, sizeof(fault), "die:%ld",
			    plan[++deaths]);
			logger_start(&c.lg, fault, NULL);
			pause = PAUSE_LEAST;
		} else if (feed(&chunk)) {
			pause = PAUSE_LEAST;
		} else {
			if (now_ns() > limit)
				fail(point, "the logger hangs");
			child_event(&c.set, now_ns() + pause);
			pause = pause < PAUSE_MOST ? pause * 2 : pause;
		}
	}
}

/* A run in fresh directories, and all there is to check. */
static bool
try(long k, long j, const char *log, int *deaths)
{
	const char *name =
	    k > 0 && (size_t)k <= c.n_points ? c.points[k - 1] : "";
	char point[160];
	bool right = true;
	size_t i;

	snprintf(point, sizeof(point), "point %ld %s%s%.0ld", k, name,
	    j ? ", then point " : "", j);
	dirs_make();
	*deaths = run(k, j, point, log);
	if (!strays_end(&c.set, WAIT_LIMIT))
		fail(point, "a child of the logger hangs");
	for (i = 0; i < opt.n_dirs; i++)
		right &= dir_is_right(i, point);
	if (!right && opt.keep)
		exit(EXIT_BROKEN);
	dirs_drop();
	return right;
}

/* The names of all points, from a run that lives. */
static void
points_read(void)
{
	FILE *f = fopen(c.log, "r");
	char line[160];
	size_t room = 0;

	while (f && fgets(line, sizeof(line), f)) {
		if (c.n_points == room) {
			room = room ? room * 2 : 256;
			c.points = realloc(c.points, room * sizeof(*c.points));
			if (!c.points)
				give_up("out of memory");
		}
		line[strcspn(line, "\n")] = '\0';
		snprintf(c.points[c.n_points], sizeof(*c.points), "%.95s",
		    strchr(line, ' ') ? strchr(line, ' ') + 1 : line);
		c.n_points++;
	}
	if (f)
		fclose(f);
}

static void
points_list(void)
{
	size_t i, j, n;

	for (i = 0; i < c.n_points; i++) {
		for (j = 0; j < i; j++) {
			if (strcmp(c.points[i], c.points[j]) == 0)
				break;
		}
		if (j < i)
			continue;
		for (n = 0; j < c.n_points; j++)
			n += strcmp(c.points[i], c.points[j]) == 0;
		printf("%6zu %s\n", n, c.points[i]);
	}
}

static void
clean(void)
{
	if (c.lg.pid > 0)
		kill(c.lg.pid, SIGKILL);
	strays_kill();
	while (waitpid(-1, NULL, 0) > 0)
		;
	if (c.tmp[0] && !opt.keep)
		dir_remove(c.tmp);
}

static void
set_up(void)
{
	static const char *const flags[] = { NULL, "-t", "-tt", "-ttt" };
	char path[PATH_ROOM], name[32];
	size_t i;

	temp_make(c.tmp, opt.tmp, "weir-crash.XXXXXX");
	path_join(path, c.tmp, "stderr");
	c.lg.err = fd_keep(
	    open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0600), path);
	path_join(c.log, c.tmp, "points");
	c.lg.ring_kind = opt.ring;
	if (flags[opt.stamp])
		logger_arg(&c.lg, flags[opt.stamp]);
	if (opt.scrub) {
		logger_arg(&c.lg, "-r");
		logger_arg(&c.lg, opt.scrub);
	}
	c.random = opt.seed;
	input_make();
	input_cut();
	for (i = 0; i < opt.n_dirs; i++) {
		snprintf(name, sizeof(name), "dir%zu", i);
		logger_arg(&c.lg, path_join(c.dirs[i], c.tmp, name));
		want_make(i);
	}
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
	long i, k, j, most = (long)c.n_points;
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
	points_read();
	if (opt.list)
		points_list();
	if (opt.only > 0) {
		count(&t, try(opt.only, 0, NULL, &deaths));
	} else {
		enumerate(&t);
		enumerate_pairs(&t);
	}
	printf("%ld points, %ld pairs, %ld bad; %zu bytes in %zu writes, "
	       "%.1f s, seed %llu\n",
	    t.points, t.doubles, t.bad, c.input.n, c.n_chunks,
	    (double)(now_ns() - start) / 1e9, (unsigned long long)opt.seed);
	if (t.bad > 0)
		return EXIT_BROKEN;
	if (t.points >= opt.min_points || opt.only > 0)
		return 0;
	printf("void: fewer than %ld points\n", opt.min_points);
	return EXIT_VOID;
}

/* --- options --------------------------------------------------------------*/

static bool
set_dir(const char *arg)
{
	if (opt.n_dirs == DIRS)
		return false;
	opt.configs[opt.n_dirs++] = arg;
	return true;
}

static bool
set_stamp(const char *arg)
{
	long n;
	bool ok = option_number(arg, 0, 3, &n);

	opt.stamp = (int)n;
	return ok;
}

static bool
set_scrub(const char *arg)
{
	opt.scrub = arg;
	return strlen(arg) == 1;
}

static bool
set_longest(const char *arg)
{
	return option_number(arg, 1000, 64 << 20, &opt.longest);
}

static bool
set_ring(const char *arg)
{
	return option_ring(arg, &opt.ring);
}

static bool
set_double(const char *arg)
{
	return option_number(arg, 0, LONG_MAX, &opt.doubles);
}

static bool
set_step(const char *arg)
{
	return option_number(arg, 1, 100000, &opt.step);
}

static bool
set_only(const char *arg)
{
	return option_number(arg, 1, LONG_MAX, &opt.only);
}

static bool
set_min_points(const char *arg)
{
	return option_number(arg, 0, LONG_MAX, &opt.min_points);
}

static bool
set_seed(const char *arg)
{
	long n;
	bool ok = option_number(arg, 1, LONG_MAX, &n);

	opt.seed = (uint64_t)n;
	return ok;
}

static bool
set_tmp(const char *arg)
{
	opt.tmp = arg;
	return true;
}

static bool
set_list(const char *arg)
{
	(void)arg;
	opt.list = true;
	return true;
}

static bool
set_keep(const char *arg)
{
	(void)arg;
	opt.keep = true;
	return true;
}

static const struct option_row rows[] = {
	{ "--dir", "CONFIG", "a log directory; ';' ends a line; repeat it",
	    set_dir },
	{ "--stamp", "N", "the logger gets that many -t", set_stamp },
	{ "--scrub", "C", "the logger gets -r C", set_scrub },
	{ "--longest", "N", "bytes of the longest line", set_longest },
	{ "--ring", "fd|file", "WEIR_RING is given, or not", set_ring },
	{ "--double", "N", "that many runs that die twice", set_double },
	{ "--step", "N", "every N-th point only", set_step },
	{ "--only", "K", "that point only", set_only },
	{ "--min-points", "N", "fewer prove nothing: exit 2", set_min_points },
	{ "--seed", "N", "of the input", set_seed },
	{ "--list", NULL, "name the points, and how often each", set_list },
	{ "--tmp", "DIR", "where, if not in /dev/shm", set_tmp },
	{ "--keep", NULL, "stop at a bad point, leave all there", set_keep },
};

static void
set_all(char **argv)
{
	options_read(rows, sizeof(rows) / sizeof(rows[0]), argv, &c.lg);
	if (opt.n_dirs == 0)
		set_dir("");
}

int
main(int argc, char **argv)
{
	(void)argc;
	set_all(argv);
	signals_take(&c.set);
	atexit(clean);
	set_up();
	return crash();
}
