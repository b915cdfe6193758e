/* differ: random trials for two log daemons, and what came out differently.
 *
 * The first logger is runit's svlogd, the second ours. Every trial gives both
 * the same directories, options and input, and compares exit code, copies on
 * stderr, and all that is in the directories: names, order, bytes, modes.
 * Times differ, so stamps are checked one by one and then made alike. What
 * weir does differently on purpose is put right first, by name:
 *
 *   L1   runit gets the newline that the last line lacks
 *   L18  runit gets what is past -l already scrubbed
 *   L19  no pattern is used that could read past a line of the input
 *   L24  where there was more than n, or a .u, or a processor, what runit has
 *        beyond the newest n is left out
 *   L25  nothing unprocessed is there before
 *   L26  where a line may cross s, all is kept and the sums are compared; our
 *        files must end where limit.h says
 *   L30  runit gets the newline that a one-letter last config line lacks
 *
 * Not compared: lock.stats; the mode of an old file that was not sealed; how
 * the copies of several directories are interleaved. Exit 0, 1, 100 (usage). */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "logger.h"
#include "option.h"
#include "trial.h"

#include <limits.h>

enum {
	FILES = 4096,
	DATA_ROOM = 4 << 20,
	OTHERS_ROOM = 1024,
	STAMP_CHARS = 25,
	JOBS_MOST = 64,
};

static struct options {
	uint64_t seed;
	long cases, jobs;
	bool keep;
	const char *tmp;
} opt = { .seed = 1, .cases = 300, .jobs = 2 };

struct file {
	char name[NAME_CHARS + 1]; /* "current" too */
	unsigned mode;
	size_t at, n; /* in data */
};

/* What a logger left in a directory: its files in order, current last. */
struct result {
	struct file v[FILES];
	size_t n_files;
	char data[DATA_ROOM];
	size_t n;
	char others[OTHERS_ROOM]; /* the other names */
	struct text state;
};

/* ... and all in all. */
struct outcome {
	int status;
	int64_t from_ns, to_ns; /* the wall clock */
	struct result dir[TRIAL_DIRS];
	char said[DATA_ROOM];
	size_t n_said;
	bool is_weir;
};

/* What the workers count together. */
static struct totals {
	_Atomic unsigned long cases, failed, lines, stepwise, stamps;
	_Atomic unsigned long rotated, processed, copies;
	_Atomic unsigned long l1, l18, l24, l26, l30, sorted;
} * total;

static struct trial trial;
static struct outcome theirs, ours;
static sigset_t signals;
static struct logger programs; /* argv[0] runit's, argv[1] ours */
static char root[PATH_ROOM];
static char complaint[512];

__attribute__((format(printf, 1, 2))) static bool
differ(const char *form, ...)
{
	va_list ap;

	va_start(ap, form);
	vsnprintf(complaint, sizeof(complaint), form, ap);
	va_end(ap);
	return false;
}

static int64_t
wall_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return ts.tv_sec * INT64_C(1000000000) + ts.tv_nsec;
}

/* --- what both get --------------------------------------------------------*/

static void
file_put(const char *dir, const char *name, const char *p, size_t n,
    unsigned mode)
{
	char path[PATH_ROOM];
	int fd = open(path_join(path, dir, name),
	    O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (fd < 0 || write(fd, p, n) != (ssize_t)n || fchmod(fd, mode) < 0)
		give_up("%s: %s", path, strerror(errno));
	close(fd);
}

static void
config_put(const char *dir, const struct plan *pl, bool is_weir)
{
	struct text x = pl->text;

	if (!is_weir && pl->one_letter_last) {
		x.p[x.n++] = '\n';
		total->l30++;
	}
	file_put(dir, "config", x.p, x.n, 0644);
}

static void
home_put(const char *dir, const struct home *h, bool is_weir)
{
	static const unsigned modes[FOUNDS] = { 0, 0644, 0744, 0644 };
	char text[64];
	size_t i;

	if (mkdir(dir, 0755) < 0)
		give_up("%s: %s", dir, strerror(errno));
	config_put(dir, &h->plan, is_weir);
	if (h->found != FOUND_NONE)
		file_put(dir, "current", h->current.p, h->current.n,
		    modes[h->found]);
	for (i = 0; i < h->n_old; i++) {
		snprintf(text, sizeof(text), "#old %zu\n", i);
		file_put(dir, h->old[i], text, strlen(text), h->old_mode[i]);
	}
	if (h->has_state)
		file_put(dir, "state", "#state\n", 7, 0644);
	file_put(dir, "@stranger.s", "", 0, 0600);
}

/* The input as runit has to see it. */
static size_t
input_for_runit(const struct trial *t, char *to)
{
	size_t i, in_line = 0, n = t->n_input;
	bool changed = false;

	for (i = 0; i < n; i++) {
		char c = t->input[i];

		if (c == '\n')
			in_line = 0;
		else if (in_line++ >= t->line_max)
			scrub_apply(&t->scrub, &c, 1);
		changed |= c != t->input[i];
		to[i] = c;
	}
	total->l18 += changed;
	if (n > 0 && to[n - 1] != '\n') {
		to[n++] = '\n';
		total->l1++;
	}
	return n;
}

/* --- one logger -----------------------------------------------------------*/

struct run {
	struct logger lg;
	struct outcome *o;
	char input[INPUT_ROOM + 8];
	size_t n_input, fed;
	size_t hups; /* how often the configs have to be read again */
	int status;
};

static char *
slurp(const char *dir, const char *name, char *p, size_t room, size_t *n,
    unsigned *mode)
{
	char path[PATH_ROOM];
	int fd = open(path_join(path, dir, name), O_RDONLY | O_CLOEXEC);
	struct stat st;
	ssize_t got;

	*n = 0;
	if (fd < 0)
		return NULL;
	while ((got = read(fd, p + *n, room - *n)) > 0)
		*n += (size_t)got;
	if (fstat(fd, &st) == 0 && mode)
		*mode = st.st_mode & 07777;
	if (*n == room)
		give_up("%s/%s: too much", dir, name);
	close(fd);
	return p;
}

static bool
ends_in(const char *dir, const char *text)
{
	char path[PATH_ROOM], end[16];
	size_t n = strlen(text);
	bool yes = false;
	int fd;

	fd = open(path_join(path, dir, "current"), O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	if (lseek(fd, -(off_t)n, SEEK_END) >= 0 &&
	    read(fd, end, n) == (ssize_t)n)
		yes = memcmp(end, text, n) == 0;
	close(fd);
	return yes;
}

/* Rotated, and the processor through. */
static bool
has_rotated(size_t d)
{
	static struct names nm;
	const char *dir = trial_dir[d];
	char path[PATH_ROOM];
	struct stat st;
	size_t i;

	if (stat(path_join(path, dir, "current"), &st) < 0 || st.st_size > 0)
		return false;
	if (!trial.home[d].plan.processor && !trial.home[d].again.processor)
		return true;
	names_read(&nm, dir);
	for (i = 0; i < nm.n; i++)
		if (nm.v[i][NAME_CHARS - 1] == 'u')
			return false;
	return true;
}

/* How often it said that it read that config. */
static size_t
times_read(const struct run *r, size_t d)
{
	char want[32];
	const char *p = r->o->said;
	size_t n = 0;

	snprintf(want, sizeof(want), "%s/config\n",
	    trial.words[trial.n_words - (int)trial.n_dirs + (int)d]);
	while ((p = strstr(p, "svlogd: info: read: "))) {
		p += strlen("svlogd: info: read: ");
		n += strncmp(p, want, strlen(want)) == 0;
	}
	return n;
}

static void
said_read(struct run *r)
{
	ssize_t n = pread(r->lg.err, r->o->said, sizeof(r->o->said) - 1, 0);

	r->o->n_said = n > 0 ? (size_t)n : 0;
	r->o->said[r->o->n_said] = 0;
}

/* Whether what was asked for in a step has happened everywhere. */
static bool
is_done(struct run *r, size_t step, int what)
{
	char sync[16];
	size_t d;

	snprintf(sync, sizeof(sync), "sync%zu\n", step);
	if (what == STEP_HUP)
		said_read(r);
	for (d = 0; d < trial.n_dirs; d++) {
		if (what == STEP_ALRM && !has_rotated(d))
			return false;
		if (what == STEP_HUP && times_read(r, d) <= r->hups)
			return false;
		if (what == STEP_END && !ends_in(trial_dir[d], sync))
			return false;
	}
	return true;
}

/* runit waits for input between looking for a signal and waiting for one:
 * one that comes there has no effect until the next. */
static void
signal_again(const struct run *r, int what, unsigned looks)
{
	static const int signals_of[] = { SIGALRM, SIGHUP, 0 };

	if (!r->o->is_weir && looks % 200 == 199)
		kill(r->lg.pid, signals_of[what]);
}

/* A look twice a millisecond, and at the logger's end at once. */
static bool
wait_done(struct run *r, size_t step, int what)
{
	static const char *const names[] = { "rotation", "new config",
		"last line" };
	int64_t until = now_ns() + WAIT_LIMIT;
	unsigned looks = 0;

	while (!is_done(r, step, what)) {
		if (waitpid(r->lg.pid, &r->o->status, WNOHANG) != 0)
			return differ("%s ended in step %zu",
			    r->o->is_weir ? "weir" : "runit", step);
		if (now_ns() >= until)
			return differ("%s: no %s in step %zu",
			    r->o->is_weir ? "weir" : "runit", names[what],
			    step);
		signal_again(r, what, looks++);
		child_event(&signals, now_ns() + MS / 2);
	}
	return true;
}

static void
feed(struct run *r, size_t upto)
{
	size_t n = upto - r->fed;

	if (n > 0 && write(r->lg.wr, r->input + r->fed, n) != (ssize_t)n)
		give_up("write to the pipe: %s", strerror(errno));
	r->fed = upto;
}

static bool
step_run(struct run *r, size_t i)
{
	const struct step *st = &trial.step[i];
	size_t d;

	feed(r, st->upto);
	if (!wait_done(r, i, STEP_END))
		return false;
	switch (st->kind) {
	case STEP_ALRM:
		kill(r->lg.pid, SIGALRM);
		return wait_done(r, i, STEP_ALRM);
	case STEP_HUP:
		for (d = 0; d < trial.n_dirs; d++)
			config_put(trial_dir[d], &trial.home[d].again,
			    r->o->is_weir);
		said_read(r);
		r->hups = times_read(r, 0);
		kill(r->lg.pid, SIGHUP);
		return wait_done(r, i, STEP_HUP);
	case STEP_END:
		if (trial.ends_by_term)
			kill(r->lg.pid, SIGTERM);
		break;
	}
	return true;
}

static bool
feed_all(struct run *r)
{
	size_t i;

	if (!trial.stepwise) {
		feed(r, r->n_input);
		fd_drop(&r->lg.wr);
		logger_start(&r->lg, NULL, NULL);
		return true;
	}
	logger_start(&r->lg, NULL, NULL);
	for (i = 0; i < trial.n_steps; i++)
		if (!step_run(r, i))
			return false;
	if (!trial.ends_by_term)
		fd_drop(&r->lg.wr);
	return true;
}

static bool
has_ended(struct run *r)
{
	int64_t until = now_ns() + WAIT_LIMIT;

	while (!child_ended(&signals, r->lg.pid, now_ns() + WAIT_LIMIT / 100,
	    &r->o->status)) {
		if (now_ns() >= until)
			return false;
		if (!r->o->is_weir && trial.ends_by_term)
			kill(r->lg.pid, SIGTERM);
	}
	return true;
}

static bool
run_end(struct run *r, bool fed)
{
	bool ended = fed && has_ended(r);

	fd_drop(&r->lg.rd);
	fd_drop(&r->lg.wr);
	if (!ended)
		kill(r->lg.pid, SIGKILL);
	if (!strays_end(&signals, 5000 * MS) && ended)
		return differ("%s left a child behind",
		    r->o->is_weir ? "weir" : "runit");
	if (fed && !ended)
		return differ("%s does not end",
		    r->o->is_weir ? "weir" : "runit");
	return ended;
}

static void
prepare(struct run *r, const char *program, bool is_weir)
{
	size_t d;
	int i;

	if (mkdir(is_weir ? "weir" : "runit", 0755) < 0 ||
	    chdir(is_weir ? "weir" : "runit") < 0)
		give_up("mkdir: %s", strerror(errno));
	for (d = 0; d < trial.n_dirs; d++)
		home_put(trial_dir[d], &trial.home[d], is_weir);
	r->n_input = trial.n_input;
	memcpy(r->input, trial.input, trial.n_input);
	if (!is_weir)
		r->n_input = input_for_runit(&trial, r->input);
	r->lg.ring_kind = RING_FILE;
	logger_pipe(&r->lg);
	r->lg.err = fd_keep(
	    open("../said", O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC,
		0644),
	    "said");
	logger_arg(&r->lg, program);
	for (i = 0; i < trial.n_words; i++)
		logger_arg(&r->lg, trial.words[i]);
}

/* --- what is left ---------------------------------------------------------*/

static void
file_take(struct result *r, const char *dir, const char *name)
{
	struct file *f = &r->v[r->n_files];

	if (r->n_files == FILES)
		give_up("%s: too many files", dir);
	if (!slurp(dir, name, r->data + r->n, sizeof(r->data) - r->n, &f->n,
		&f->mode))
		return;
	snprintf(f->name, sizeof(f->name), "%s", name);
	f->at = r->n;
	r->n += f->n;
	r->n_files++;
}

static bool
is_label(const char *name)
{
	return name[0] == '@' && strlen(name) == NAME_CHARS;
}

/* All other names but what only weir has. */
static void
others_take(struct result *r, const char *dir)
{
	static char names[64][64];
	struct dirent *de;
	size_t i, n = 0, at = 0;
	DIR *d = opendir(dir);

	while (d && (de = readdir(d)) && n < 64) {
		if (is_label(de->d_name) || de->d_name[0] == '.' ||
		    strcmp(de->d_name, "lock.stats") == 0)
			continue;
		snprintf(names[n++], sizeof(names[0]), "%.63s", de->d_name);
	}
	if (d)
		closedir(d);
	qsort(names, n, sizeof(names[0]), name_order);
	r->others[0] = 0;
	for (i = 0; i < n; i++)
		at += (size_t)snprintf(r->others + at, sizeof(r->others) - at,
		    " %s", names[i]);
}

static void
result_take(struct result *r, const char *dir)
{
	static char names[FILES][NAME_CHARS + 1];
	struct dirent *de;
	size_t i, n = 0;
	DIR *d = opendir(dir);

	r->n_files = r->n = 0;
	while (d && (de = readdir(d)) && n < FILES)
		if (is_label(de->d_name))
			memcpy(names[n++], de->d_name, sizeof(names[0]));
	if (d)
		closedir(d);
	qsort(names, n, sizeof(names[0]), name_order);
	for (i = 0; i < n; i++)
		file_take(r, dir, names[i]);
	file_take(r, dir, "current");
	others_take(r, dir);
	slurp(dir, "state", r->state.p, sizeof(r->state.p), &r->state.n, NULL);
}

static bool
run_one(const char *program, struct outcome *o, bool is_weir)
{
	static struct run empty, r;
	bool fine;
	size_t d;

	r = empty;
	r.o = o;
	o->is_weir = is_weir;
	prepare(&r, program, is_weir);
	o->from_ns = wall_ns();
	fine = feed_all(&r);
	fine = run_end(&r, fine);
	o->to_ns = wall_ns();
	said_read(&r);
	close(r.lg.err);
	for (d = 0; d < trial.n_dirs; d++)
		result_take(&o->dir[d], trial_dir[d]);
	if (chdir("..") < 0)
		give_up("chdir: %s", strerror(errno));
	return fine;
}

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
stamps_settle(const struct outcome *o, char *p, size_t n, bool rise)
{
	const char *who = o->is_weir ? "weir" : "runit";
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
messages_drop(struct outcome *o)
{
	size_t at = 0, to = 0;

	while (at < o->n_said) {
		char *p = o->said + at;
		char *end = memchr(p, '\n', o->n_said - at);
		size_t n = end ? (size_t)(end - p) + 1 : o->n_said - at;

		at += n;
		if (is_message(p, n))
			continue;
		memmove(o->said + to, p, n);
		to += n;
	}
	o->n_said = to;
}

static int
line_order(const void *a, const void *b)
{
	const struct view *x = a, *y = b;
	int way = memcmp(x->p, y->p, x->n < y->n ? x->n : y->n);

	return way ? way : (x->n > y->n) - (x->n < y->n);
}

static void
lines_sort(char *p, size_t n)
{
	static struct view v[1 << 16];
	static char copy[DATA_ROOM];
	size_t at = 0, k = 0, i;

	memcpy(copy, p, n);
	while (at < n && k < 1 << 16) {
		char *end = memchr(copy + at, '\n', n - at);

		v[k].p = copy + at;
		v[k].n = end ? (size_t)(end - copy) + 1 - at : n - at;
		at += v[k++].n;
	}
	qsort(v, k, sizeof(v[0]), line_order);
	for (i = 0; i < k; i++) {
		memcpy(p, v[i].p, v[i].n);
		p += v[i].n;
	}
}

static bool
bytes_alike(const char *what, const char *a, size_t an, const char *b,
    size_t bn)
{
	size_t i = 0;

	while (i < an && i < bn && a[i] == b[i])
		i++;
	if (i == an && i == bn)
		return true;
	return differ("%s: runit's %zu bytes, weir's %zu, differ at %zu", what,
	    an, bn, i);
}

static bool
said_alike(void)
{
	struct outcome *both[] = { &theirs, &ours };
	size_t i;

	for (i = 0; i < 2; i++) {
		messages_drop(both[i]);
		total->copies += both[i]->n_said > 0;
		if (trial.stamp && !stamps_settle(both[i], both[i]->said,
				       both[i]->n_said, trial.n_dirs == 1))
			return false;
	}
	if (trial.n_dirs > 1 && theirs.n_said == ours.n_said &&
	    memcmp(theirs.said, ours.said, ours.n_said) != 0) {
		lines_sort(theirs.said, theirs.n_said);
		lines_sort(ours.said, ours.n_said);
		total->sorted++;
	}
	return bytes_alike("stderr", theirs.said, theirs.n_said, ours.said,
	    ours.n_said);
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
	r->n -= bytes;
	memmove(r->data, r->data + bytes, r->n);
	for (i = 0; i < r->n_files; i++)
		r->v[i].at -= bytes;
}

/* L24: runit deletes one file a rotation, and never one that ends in u, which
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
	total->l24++;
}

/* Where our files have to end: L26, limit.h. */
struct cutter {
	uint64_t s, l, front, size;
	size_t sizes[FILES];
	size_t n;
};

static void
cut_file(struct cutter *c)
{
	if (c->n == FILES)
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
	while (at < r->n) {
		end = memchr(r->data + at, '\n', r->n - at);
		i = end ? (size_t)(end - r->data) + 1 - at : r->n - at;
		cut_line(&c, i);
		at += i;
	}
	cut_file(&c);
	for (i = 0; i < c.n && first + i < r->n_files; i++)
		if (c.sizes[i] != r->v[first + i].n)
			return differ("directory %zu: L26: weir's file %zu "
				      "has %zu bytes, not %zu",
			    d, first + i, r->v[first + i].n, c.sizes[i]);
	if (first + c.n != r->n_files)
		return differ("directory %zu: L26: weir has %zu files, not "
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
	if (!bytes_alike(what, a->data + x->at, x->n, b->data + y->at, y->n))
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
		total->l26++;
		snprintf(what, sizeof(what), "directory %zu: all files", d);
		return cuts_right(h, b, d) && modes_right(h, b, d) &&
		       bytes_alike(what, a->data, a->n, b->data, b->n);
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

	if (trial.stamp && (!stamps_settle(&theirs, a->data, a->n, true) ||
			       !stamps_settle(&ours, b->data, b->n, true)))
		return false;
	if (!files_alike(h, d))
		return false;
	if (!h->plan.splits && !bytes_alike("state", a->state.p, a->state.n,
				   b->state.p, b->state.n))
		return false;
	if (strcmp(a->others, b->others) != 0)
		return differ("directory %zu: runit has%s, weir%s", d,
		    a->others, b->others);
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
	    complaint);
	for (i = 0; i < trial.n_words; i++)
		printf(" '%s'", trial.words[i]);
	printf("\n  again: differ --seed %llu --cases 1 --keep -- %s %s\n",
	    (unsigned long long)trial.seed, programs.argv[0], programs.argv[1]);
	fflush(stdout);
}

static void
trees_remove(void)
{
	static const char *const trees[] = { "runit", "weir" };
	char path[PATH_ROOM];
	size_t d, i;

	for (i = 0; i < 2; i++) {
		for (d = 0; d < trial.n_dirs; d++)
			dir_remove(path_join(path, trees[i], trial_dir[d]));
		dir_remove(trees[i]);
	}
}

static void
case_run(uint64_t seed)
{
	trial_make(&trial, seed);
	total->cases++;
	total->lines += trial.lines;
	total->stepwise += trial.stepwise;
	complaint[0] = 0;
	if (!run_one(programs.argv[0], &theirs, false) ||
	    !run_one(programs.argv[1], &ours, true) || !all_alike()) {
		total->failed++;
		tell();
		if (opt.keep) {
			file_put(".", "input", trial.input, trial.n_input,
			    0644);
			printf("  see %s\n", root);
			return;
		}
	}
	trees_remove();
}

static void
work(long job)
{
	long i;

	signals_take(&signals);
	for (i = job; i < opt.cases; i += opt.jobs) {
		temp_make(root, opt.tmp, "differ.XXXXXX");
		if (chdir(root) < 0)
			give_up("%s: %s", root, strerror(errno));
		case_run(opt.seed + (uint64_t)i);
		if (chdir("/") < 0)
			give_up("/: %s", strerror(errno));
		if (!opt.keep || !complaint[0])
			dir_remove(root);
	}
}

static bool
set_seed(const char *arg)
{
	long n;

	if (!option_number(arg, 0, LONG_MAX, &n))
		return false;
	opt.seed = (uint64_t)n;
	return true;
}

static bool
set_cases(const char *arg)
{
	return option_number(arg, 1, LONG_MAX, &opt.cases);
}

static bool
set_jobs(const char *arg)
{
	return option_number(arg, 1, JOBS_MOST, &opt.jobs);
}

static bool
set_tmp(const char *arg)
{
	opt.tmp = arg;
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
	{ "--seed", "N", "of the first trial", set_seed },
	{ "--cases", "N", "how many trials", set_cases },
	{ "--jobs", "N", "how many at a time", set_jobs },
	{ "--tmp", "DIR", "where, if not in /dev/shm", set_tmp },
	{ "--keep", NULL, "leave what differs", set_keep },
};

static int
report(int64_t ns)
{
	printf("%lu trials, %lu lines, %lu stepwise, %lu stamps, in %.1f s: "
	       "%lu differ\n",
	    total->cases, total->lines, total->stepwise, total->stamps,
	    (double)ns / 1e9, total->failed);
	printf("  directories compared file by file after a rotation: %lu, "
	       "with a processor: %lu; copies on stderr: %lu\n",
	    total->rotated, total->processed, total->copies / 2);
	printf("  by rule: L1 %lu, L18 %lu, L24 %lu, L26 %lu, L30 %lu, "
	       "interleaved %lu\n",
	    total->l1, total->l18, total->l24, total->l26, total->l30,
	    total->sorted);
	return total->failed ? EXIT_BROKEN : 0;
}

int
main(int argc, char **argv)
{
	int64_t start = now_ns();
	int status, bad = 0;
	long i;

	(void)argc;
	options_read(rows, sizeof(rows) / sizeof(rows[0]), argv, &programs);
	if (programs.n_argv != 2)
		options_usage(rows, sizeof(rows) / sizeof(rows[0]), argv[0]);
	for (i = 0; i < 2; i++)
		programs.argv[i] = realpath(programs.argv[i], NULL);
	umask(022);
	total = mmap(NULL, sizeof(*total), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (total == MAP_FAILED || !programs.argv[0] || !programs.argv[1])
		give_up("%s", strerror(errno));
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
