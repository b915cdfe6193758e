/* kill: a supervisor that kills its logger at random, and counts the lines.
 *
 * It holds a pipe and a ring as runsv does, lets a process write numbered
 * lines flat out, kills and restarts the logger, and in the end finds every
 * line in every directory, whole, once and in order - or says which not.
 * Exit 0, 1 (something was lost, doubled or torn), 2 (too few lines passed to
 * prove anything), 100 (usage). */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "line.h"
#include "logger.h"
#include "option.h"

#include <limits.h>
#include <stdatomic.h>

enum {
	DIRS = 16,
	READ_BYTES = 1 << 18,
	WRITE_MOST = 1 << 20,
	BACKLOG_FILES = 200, /* old files in a directory: time for a check */
	BACKLOG_BYTES = 128 << 20, /* the same, of all */
};

struct options {
	const char *configs[DIRS];
	size_t n_dirs;
	int sig;
	const char *sig_name;
	long kills;
	int64_t every_least, every_most; /* ns */
	size_t write_least, write_most;  /* bytes a write */
	size_t text_least, text_most;    /* bytes a line */
	long rate;                       /* lines a second; 0: flat out */
	int stamp;
	enum ring ring;
	uint64_t seed;
	unsigned long long min_lines;
	int64_t exit_limit;
	bool open_end, keep;
	const char *tmp;
};

static struct options opt = {
	.sig = SIGKILL,
	.sig_name = "KILL",
	.kills = 100,
	.every_least = 2 * MS,
	.every_most = 18 * MS,
	.write_least = 65536,
	.write_most = 65536,
	.text_least = 16,
	.text_most = 218,
	.min_lines = 1,
	.exit_limit = WAIT_LIMIT,
};

/* What the writer has done so far, in memory that both see. */
struct progress {
	_Atomic uint64_t lines, bytes;
};

struct target {
	char path[PATH_ROOM], name[32];
	struct check check;
	struct names names;
	uint64_t checked; /* bytes */
};

/* --- the writer -----------------------------------------------------------*/

static volatile sig_atomic_t stopped;

static void
stop(int sig)
{
	(void)sig;
	stopped = 1;
}

struct writer {
	const struct lines *ls;
	struct progress *progress;
	uint64_t seq, bytes, random;
	size_t used, filled; /* of buf: written, and made */
	char buf[WRITE_MOST + LINE_MAX_BYTES];
	int fd;
};

static void
writer_put(struct writer *w, size_t n)
{
	size_t end = w->used + n;
	ssize_t got;

	while (w->used < end) {
		got = write(w->fd, w->buf + w->used, end - w->used);
		if (got < 0 && errno != EINTR)
			_exit(EXIT_BROKEN);
		if (got > 0) {
			w->used += (size_t)got;
			w->bytes += (uint64_t)got;
		}
	}
	atomic_store(&w->progress->lines, w->seq);
	atomic_store(&w->progress->bytes, w->bytes);
}

static void
writer_fill(struct writer *w, size_t want)
{
	memmove(w->buf, w->buf + w->used, w->filled - w->used);
	w->filled -= w->used;
	w->used = 0;
	while (w->filled < want)
		w->filled += line_make(w->ls, w->seq++, w->buf + w->filled);
}

/* Ends the line under way and takes back the ones not begun. */
static void
writer_end(struct writer *w)
{
	bool begun = w->used > 0 && w->buf[w->used - 1] != '\n';
	const char *nl = memchr(w->buf + w->used, '\n', w->filled - w->used);
	size_t n = begun && nl ? (size_t)(nl - w->buf) + 1 - w->used : 0;
	size_t i;

	for (i = w->used + n; i < w->filled; i++)
		w->seq -= w->buf[i] == '\n';
	writer_put(w, n);
	if (!opt.open_end)
		return;
	w->used = 0;
	w->filled = line_make(w->ls, w->seq++, w->buf);
	writer_put(w, w->filled - 1);
}

/* Lines flat out, or one at a time at a steady rate, until SIGTERM. */
static _Noreturn void
writer_run(const struct lines *ls, struct progress *progress, int fd)
{
	struct writer *w = calloc(1, sizeof(*w));
	struct sigaction sa = { .sa_handler = stop };
	int64_t start = now_ns(), due;
	struct timespec ts;
	size_t n;

	if (!w)
		_exit(EXIT_BROKEN);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	sigaction(SIGTERM, &sa, NULL);
	sigemptyset(&sa.sa_mask);
	sigprocmask(SIG_SETMASK, &sa.sa_mask, NULL);
	*w = (struct writer){ .ls = ls, .progress = progress, .fd = fd };
	w->random = opt.seed ^ 1;
	while (!stopped) {
		if (opt.rate > 0) {
			writer_fill(w, 1);
			n = w->filled;
			due = start + (int64_t)w->seq * 1000000000 / opt.rate;
			ts.tv_sec = (time_t)(due / 1000000000);
			ts.tv_nsec = (long)(due % 1000000000);
			clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts,
			    NULL);
		} else {
			n = (size_t)random_between(&w->random,
			    (int64_t)opt.write_least, (int64_t)opt.write_most);
			writer_fill(w, n);
		}
		writer_put(w, n);
	}
	writer_end(w);
	_exit(0);
}

/* --- the killer -----------------------------------------------------------*/

static struct {
	sigset_t set;
	struct logger lg;
	pid_t writer;
	struct progress *progress;
	struct lines lines;
	struct target *targets;
	uint64_t random;
	char tmp[PATH_ROOM];
	long hits;       /* signals that met a living logger */
	long busy;       /* ... after lines had moved since the one before */
	int64_t slowest; /* exit after TERM or EOF, ns */
	uint64_t last_seen;
} k;

static void
clean(void)
{
	if (k.lg.pid > 0)
		kill(k.lg.pid, SIGKILL);
	if (k.writer > 0)
		kill(k.writer, SIGKILL);
	strays_kill();
	while (waitpid(-1, NULL, 0) > 0)
		;
	if (k.tmp[0] && !opt.keep)
		dir_remove(k.tmp);
}

static _Noreturn void
fail(const char *what)
{
	logger_said(&k.lg);
	give_up("kill: %s", what);
}

static void
target_read(struct target *t, const char *name)
{
	static char buf[READ_BYTES];
	char path[PATH_ROOM];
	ssize_t n;
	int fd;

	path_join(path, t->path, name);
	fd = fd_keep(open(path, O_RDONLY | O_CLOEXEC), path);
	t->check.file = name;
	t->check.at = 0;
	while ((n = read(fd, buf, sizeof(buf))) > 0) {
		check_bytes(&t->check, buf, (size_t)n);
		t->checked += (uint64_t)n;
	}
	close(fd);
}

/* Checks old files, oldest first, and frees their space; `spare` of the
 * newest are left for later. */
static void
target_drain(struct target *t, size_t spare)
{
	char path[PATH_ROOM];
	size_t i;

	names_read(&t->names, t->path);
	for (i = 0; i + spare < t->names.n; i++) {
		target_read(t, t->names.v[i]);
		path_join(path, t->path, t->names.v[i]);
		unlink(path);
	}
}

/* Keeps directories of a size that one meets, and memory free. */
static void
drain(void)
{
	uint64_t written = atomic_load(&k.progress->bytes);
	struct target *t;
	size_t i;

	for (i = 0; i < opt.n_dirs; i++) {
		t = &k.targets[i];
		names_read(&t->names, t->path);
		if (t->names.n > BACKLOG_FILES ||
		    written > t->checked + BACKLOG_BYTES / opt.n_dirs)
			target_drain(t, 1);
	}
}

/* Whether the logger is there, past exec, and minds the signal. */
static bool
is_ready(void)
{
	char path[64], line[256], own[32] = "", name[32] = "";
	unsigned long long mask, minded = 0;
	FILE *f;

	prctl(PR_GET_NAME, own);
	snprintf(path, sizeof(path), "/proc/%ld/status", (long)k.lg.pid);
	f = fopen(path, "r");
	while (f && fgets(line, sizeof(line), f)) {
		(void)sscanf(line, "Name: %31s", name);
		if (sscanf(line, "SigBlk: %llx", &mask) == 1 ||
		    sscanf(line, "SigCgt: %llx", &mask) == 1)
			minded |= mask;
	}
	if (f)
		fclose(f);
	return strcmp(own, name) != 0 && (minded >> (opt.sig - 1) & 1);
}

/* The logger has ended, as it should or not. */
static void
ended(int status)
{
	bool is_right = status == 0;

	if (opt.sig == SIGKILL)
		is_right = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
	if (!is_right)
		fail(status_words(status));
	k.lg.pid = 0;
}

/* Kills, waits and starts again; or only signals. */
static void
hit(void)
{
	bool is_last = opt.sig == SIGKILL || opt.sig == SIGTERM;
	uint64_t seen = atomic_load(&k.progress->lines);
	int64_t at = now_ns();
	int status;

	if (kill(k.lg.pid, opt.sig) < 0)
		fail("there was nothing to kill");
	if (is_last) {
		if (!child_ended(&k.set, k.lg.pid, at + opt.exit_limit,
			&status))
			fail("the logger does not end");
		if (now_ns() - at > k.slowest)
			k.slowest = now_ns() - at;
		ended(status);
	}
	k.hits++;
	k.busy += seen > k.last_seen;
	k.last_seen = seen;
	drain();
	strays_reap(k.writer, k.lg.pid);
	if (is_last)
		logger_start(&k.lg, NULL, NULL);
}

/* Lets the logger be for so long; but no signal finds it unprepared. */
static void
rest(int64_t pause)
{
	int64_t until = now_ns() + pause, limit = now_ns() + WAIT_LIMIT;
	int status;

	do {
		if (child_ended(&k.set, k.lg.pid, until, &status)) {
			k.lg.pid = 0;
			fail(status_words(status));
		}
		until = now_ns() + MS / 10;
	} while (opt.sig != SIGKILL && !is_ready() && until < limit);
}

static void
storm(void)
{
	long i;

	for (i = 0; i < opt.kills; i++) {
		rest(
		    random_between(&k.random, opt.every_least, opt.every_most));
		hit();
	}
}

/* The writer ends its line, the pipe its life, the logger its work. */
static void
settle(void)
{
	int64_t at;
	int status;
	size_t i;

	kill(k.writer, SIGTERM);
	if (!child_ended(&k.set, k.writer, now_ns() + WAIT_LIMIT, &status))
		fail("the writer is stuck: nobody reads the pipe");
	k.writer = 0;
	if (status != 0)
		fail("the writer failed");
	fd_drop(&k.lg.wr);
	at = now_ns();
	if (!child_ended(&k.set, k.lg.pid, at + opt.exit_limit, &status))
		fail("the logger does not end at EOF");
	if (now_ns() - at > k.slowest)
		k.slowest = now_ns() - at;
	k.lg.pid = 0;
	if (status != 0)
		fail(status_words(status));
	strays_end(&k.set, WAIT_LIMIT);
	for (i = 0; i < opt.n_dirs; i++) {
		target_drain(&k.targets[i], 0);
		target_read(&k.targets[i], "current");
	}
}

static int
report(int64_t took)
{
	uint64_t lines = atomic_load(&k.progress->lines);
	uint64_t bytes = atomic_load(&k.progress->bytes);
	struct check *ck;
	bool is_good = true;
	size_t i;

	for (i = 0; i < opt.n_dirs; i++)
		is_good &= check_end(&k.targets[i].check, lines);
	printf("%ld SIG%s (%ld busy), %llu lines, %.1f MB in %.1f "
	       "s, %.0f lines between, slowest exit %.0f ms, seed %llu\n",
	    k.hits, opt.sig_name, k.busy, (unsigned long long)lines,
	    (double)bytes / 1e6, (double)took / 1e9,
	    (double)lines / (double)(k.hits + 1), (double)k.slowest / 1e6,
	    (unsigned long long)opt.seed);
	for (i = 0; i < opt.n_dirs; i++) {
		ck = &k.targets[i].check;
		printf("  %s: lost %llu, doubled %llu, torn %llu, out of "
		       "order %llu",
		    ck->where, (unsigned long long)check_lost(ck),
		    (unsigned long long)ck->doubled,
		    (unsigned long long)ck->torn,
		    (unsigned long long)ck->disordered);
		if (opt.stamp)
			printf(", stamps back %llu",
			    (unsigned long long)ck->bad_stamps);
		printf("\n");
	}
	if (!is_good) {
		logger_said(&k.lg);
		return EXIT_BROKEN;
	}
	if (lines < opt.min_lines) {
		printf("void: fewer than %llu lines\n", opt.min_lines);
		return EXIT_VOID;
	}
	return 0;
}

static void
set_up(void)
{
	static const char *const flags[] = { NULL, "-t", "-tt", "-ttt" };
	struct target *t;
	char path[PATH_ROOM];
	size_t i;

	temp_make(k.tmp, opt.tmp, "weir-kill.XXXXXX");
	path_join(path, k.tmp, "stderr");
	k.lg.err = fd_keep(
	    open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0600), path);
	k.lg.ring_kind = opt.ring;
	logger_pipe(&k.lg);
	if (flags[opt.stamp])
		logger_arg(&k.lg, flags[opt.stamp]);
	lines_init(&k.lines, opt.seed, opt.text_least, opt.text_most);
	k.random = opt.seed;
	k.targets = calloc(opt.n_dirs, sizeof(*k.targets));
	k.progress = mmap(NULL, sizeof(*k.progress), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (!k.targets || k.progress == MAP_FAILED)
		give_up("out of memory");
	for (i = 0; i < opt.n_dirs; i++) {
		t = &k.targets[i];
		snprintf(t->name, sizeof(t->name), "dir%zu", i);
		path_join(t->path, k.tmp, t->name);
		dir_make(t->path, opt.configs[i]);
		check_init(&t->check, &k.lines, t->name, opt.stamp);
		logger_arg(&k.lg, t->path);
	}
}

/* --- options --------------------------------------------------------------*/

/* N or N-M, times `unit`. */
static bool
span(const char *text, double unit, double most, int64_t *from, int64_t *to)
{
	char *end;
	double a = strtod(text, &end), b = a;

	if (end == text)
		return false;
	if (*end == '-') {
		text = end + 1;
		b = strtod(text, &end);
	}
	*from = (int64_t)(a * unit);
	*to = (int64_t)(b * unit);
	return end != text && !*end && a >= 0 && a <= b && b <= most;
}

static bool
span_bytes(const char *text, double most, size_t *from, size_t *to)
{
	int64_t a, b;

	if (!span(text, 1, most, &a, &b) || a < 1)
		return false;
	*from = (size_t)a;
	*to = (size_t)b;
	return true;
}

static bool
set_dir(const char *arg)
{
	if (opt.n_dirs == DIRS)
		return false;
	opt.configs[opt.n_dirs++] = arg;
	return true;
}

static bool
set_signal(const char *arg)
{
	static const struct {
		const char *name;
		int sig;
	} rows[] = { { "KILL", SIGKILL }, { "TERM", SIGTERM },
		{ "HUP", SIGHUP }, { "ALRM", SIGALRM } };
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (strcmp(rows[i].name, arg) != 0)
			continue;
		opt.sig_name = rows[i].name;
		opt.sig = rows[i].sig;
		return true;
	}
	return false;
}

static bool
set_kills(const char *arg)
{
	return option_number(arg, 0, LONG_MAX, &opt.kills);
}

static bool
set_every(const char *arg)
{
	return span(arg, 1e6, 1e6, &opt.every_least, &opt.every_most);
}

static bool
set_write(const char *arg)
{
	return span_bytes(arg, WRITE_MOST, &opt.write_least, &opt.write_most);
}

static bool
set_text(const char *arg)
{
	return span_bytes(arg, LINE_TEXT_MAX, &opt.text_least, &opt.text_most);
}

static bool
set_rate(const char *arg)
{
	return option_number(arg, 1, 1000000, &opt.rate);
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
set_ring(const char *arg)
{
	return option_ring(arg, &opt.ring);
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
set_min_lines(const char *arg)
{
	long n;
	bool ok = option_number(arg, 0, LONG_MAX, &n);

	opt.min_lines = (unsigned long long)n;
	return ok;
}

static bool
set_exit(const char *arg)
{
	long n;
	bool ok = option_number(arg, 1, 600000, &n);

	opt.exit_limit = n * MS;
	return ok;
}

static bool
set_tmp(const char *arg)
{
	opt.tmp = arg;
	return true;
}

static bool
set_open_end(const char *arg)
{
	(void)arg;
	opt.open_end = true;
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
	{ "--signal", "NAME", "KILL, TERM, HUP or ALRM", set_signal },
	{ "--kills", "N", "how many", set_kills },
	{ "--every", "MS[-MS]", "time between two", set_every },
	{ "--write-size", "N[-N]", "bytes a write", set_write },
	{ "--line-size", "N[-N]", "bytes of text in a line", set_text },
	{ "--rate", "N", "lines a second, one write each", set_rate },
	{ "--stamp", "N", "the logger gets that many -t", set_stamp },
	{ "--ring", "fd|file", "WEIR_RING is given, or not", set_ring },
	{ "--seed", "N", "of lines and times; else by the clock", set_seed },
	{ "--min-lines", "N", "fewer prove nothing: exit 2", set_min_lines },
	{ "--exit-ms", "N", "time to end after TERM or EOF", set_exit },
	{ "--open-end", NULL, "the last line has no newline", set_open_end },
	{ "--tmp", "DIR", "where, if not in /dev/shm", set_tmp },
	{ "--keep", NULL, "leave the directories", set_keep },
};

static void
set_all(char **argv)
{
	options_read(rows, sizeof(rows) / sizeof(rows[0]), argv, &k.lg);
	if (opt.n_dirs == 0)
		set_dir("");
	if (opt.seed == 0)
		opt.seed = (uint64_t)now_ns() % 1000000007;
}

int
main(int argc, char **argv)
{
	int64_t start;

	(void)argc;
	set_all(argv);
	signals_take(&k.set);
	atexit(clean);
	set_up();
	start = now_ns();
	logger_start(&k.lg, NULL, NULL);
	k.writer = fork();
	if (k.writer < 0)
		give_up("fork: %s", strerror(errno));
	if (k.writer == 0)
		writer_run(&k.lines, k.progress, k.lg.wr);
	storm();
	settle();
	return report(now_ns() - start);
}
