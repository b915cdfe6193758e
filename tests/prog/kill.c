/* kill: a supervisor that kills its logger at random, and counts the lines.
 *
 * It holds a pipe and a ring as runsv does, lets a process write numbered
 * lines flat out, kills and restarts the logger, and in the end finds every
 * line in every directory, whole, once and in order - or says which not.
 * Exit 0, 1 (something was lost, doubled or torn), 2 (too few lines passed to
 * prove anything), 100 (usage). */
#define _GNU_SOURCE
#include "kit/kit.h"
#include "rig.h"

#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	BACKLOG_FILES = 200,       /* old files in a directory before a check */
	BACKLOG_BYTES = 128 << 20, /* the same, of all */
};

struct span {
	int64_t least, most;
};

static struct options {
	const struct hit *hit;
	long kills, rate, exit_ms, min_lines;
	struct span every_ns, write, text; /* bytes a write, bytes a line */
	bool open_end;
} opt = {
	.kills = 100,
	.exit_ms = WAIT_LIMIT / MS,
	.min_lines = 1,
	.every_ns = { 2 * MS, 18 * MS },
	.write = { 65536, 65536 },
	.text = { 16, 218 },
};

/* What the logger is hit with. */
struct hit {
	const char *name;
	int sig;
	bool ends;   /* it is started again */
	bool unseen; /* it cannot be prepared, and does not exit 0 */
};

static const struct hit hits[] = {
	{ "KILL", SIGKILL, true, true },
	{ "TERM", SIGTERM, true, false },
	{ "HUP", SIGHUP, false, false },
	{ "ALRM", SIGALRM, false, false },
};

struct target {
	const char *path;
	bool packs; /* its config has a z line */
	struct check check;
	struct names names;
	uint64_t checked; /* bytes */
};

static struct {
	pid_t writer;
	struct progress *progress;
	struct lines lines;
	struct target targets[RIG_DIRS];
	uint64_t random;
	long done;       /* hits that met a living logger */
	long busy;       /* ... after lines had moved since the one before */
	int64_t slowest; /* exit after TERM or EOF, ns */
	uint64_t last_seen;
} k;

static void
target_check(struct target *t, const char *name)
{
	char path[PATH_ROOM];

	path_join(path, t->path, name);
	t->checked += log_check(&t->check, path, name);
}

/* Checks old files, oldest first, and frees their space; `spare` of the
 * newest are left for later, and all of them where a compressor is at work. */
static void
target_drain(struct target *t, size_t spare)
{
	char path[PATH_ROOM];
	size_t i;

	if (spare && t->packs) /* names change while they are read */
		return;
	names_read(&t->names, t->path);
	for (i = 0; i + spare < t->names.n; i++) {
		target_check(t, t->names.v[i]);
		path_join(path, t->path, t->names.v[i]);
		unlink(path);
	}
}

static bool
is_much(struct target *t)
{
	uint64_t written = atomic_load(&k.progress->bytes);

	names_read(&t->names, t->path);
	return t->names.n > BACKLOG_FILES ||
	       written > t->checked + BACKLOG_BYTES / rig.n_dirs;
}

/* Keeps directories of a size that one meets, and memory free. The writer
 * waits, for it may be faster than the check. */
static void
drain(void)
{
	size_t i;

	for (i = 0; i < rig.n_dirs; i++) {
		if (!is_much(&k.targets[i]))
			continue;
		kill(k.writer, SIGSTOP);
		target_drain(&k.targets[i], 1);
		kill(k.writer, SIGCONT);
	}
}

/* The logger's end, which is due `at` once it is asked for, or at EOF. */
static void
ends(int64_t at, bool by_kill)
{
	int status;

	want(logger_ended(&rig.lg, at + opt.exit_ms * MS - now_ns(), &status),
	    "the logger does not end");
	if (now_ns() - at > k.slowest)
		k.slowest = now_ns() - at;
	want(by_kill ? status_is_signal(status, SIGKILL) : status == 0, "it %s",
	    status_words(status));
}

/* Kills, waits and starts again; or only signals. */
static void
hit(void)
{
	uint64_t seen = atomic_load(&k.progress->lines);
	int64_t at = now_ns();

	want(kill(rig.lg.pid, opt.hit->sig) == 0,
	    "there was nothing to signal");
	if (opt.hit->ends)
		ends(at, opt.hit->unseen);
	k.done++;
	k.busy += seen > k.last_seen;
	k.last_seen = seen;
	drain();
	strays_reap(k.writer, rig.lg.pid);
	if (opt.hit->ends)
		logger_start(&rig.lg, NULL, NULL, NULL);
}

/* Lets the logger be for so long; but no signal finds it unprepared. */
static void
rest(int64_t pause)
{
	int64_t limit = now_ns() + WAIT_LIMIT;
	int status;

	do {
		want(!logger_ended(&rig.lg, pause, &status), "it %s",
		    status_words(status));
		pause = MS / 10;
	} while (!opt.hit->unseen && !proc_minds(rig.lg.pid, opt.hit->sig) &&
		 now_ns() < limit);
}

static void
storm(void)
{
	long i;

	for (i = 0; i < opt.kills; i++) {
		rest(random_between(&k.random, opt.every_ns.least,
		    opt.every_ns.most));
		hit();
	}
}

/* The writer ends its line, the pipe its life, the logger its work. */
static void
settle(void)
{
	int status;
	size_t i;

	kill(k.writer, SIGTERM);
	want(child_ended(k.writer, now_ns() + WAIT_LIMIT, &status),
	    "the writer is stuck: nobody reads the pipe");
	want(status == 0, "the writer %s", status_words(status));
	fd_drop(&rig.lg.wr);
	ends(now_ns(), false);
	strays_end(WAIT_LIMIT);
	for (i = 0; i < rig.n_dirs; i++) {
		target_drain(&k.targets[i], 0);
		target_check(&k.targets[i], "current");
	}
}

static int
report(int64_t took)
{
	uint64_t lines = atomic_load(&k.progress->lines);
	uint64_t bytes = atomic_load(&k.progress->bytes);
	bool is_good = true;
	size_t i;

	for (i = 0; i < rig.n_dirs; i++)
		is_good &= check_end(&k.targets[i].check, lines);
	printf("%ld SIG%s (%ld busy), %llu lines, %.1f MB in %.1f "
	       "s, %.0f lines between, slowest exit %.0f ms, seed %llu\n",
	    k.done, opt.hit->name, k.busy, (unsigned long long)lines,
	    (double)bytes / 1e6, ms_of(took) / 1000,
	    (double)lines / (double)(k.done + 1), ms_of(k.slowest),
	    (unsigned long long)rig.seed);
	for (i = 0; i < rig.n_dirs; i++)
		printf("  %s: %s\n", rig.names[i],
		    check_words(&k.targets[i].check));
	if (!is_good) {
		logger_said(&rig.lg);
		return EXIT_BROKEN;
	}
	if (lines < (uint64_t)opt.min_lines) {
		printf("void: fewer than %ld lines\n", opt.min_lines);
		return EXIT_VOID;
	}
	return 0;
}

/* --- options --------------------------------------------------------------*/

/* N or N-M, in units of `least`, at most `most`. */
static bool
set_span(const struct option_row *row, const char *text)
{
	struct span *to = row->to;
	char *end;
	double a = strtod(text, &end), b = a;

	if (end == text)
		return false;
	if (*end == '-') {
		text = end + 1;
		b = strtod(text, &end);
	}
	to->least = (int64_t)(a * (double)row->least);
	to->most = (int64_t)(b * (double)row->least);
	return end != text && !*end && to->least > 0 && a <= b &&
	       to->most <= row->most;
}

static bool
set_signal(const struct option_row *row, const char *text)
{
	size_t i;

	(void)row;
	for (i = 0; i < COUNT(hits); i++) {
		if (strcmp(hits[i].name, text) == 0)
			opt.hit = &hits[i];
	}
	return strcmp(opt.hit->name, text) == 0;
}

static const struct option_row rows[] = {
	{ "--signal", "NAME", "KILL, TERM, HUP or ALRM", .set = set_signal },
	{ "--kills", "N", "how many", .set = option_number, .to = &opt.kills,
	    .most = LONG_MAX },
	{ "--every", "MS[-MS]", "time between two", .set = set_span,
	    .to = &opt.every_ns, .least = MS, .most = 1000000 * MS },
	{ "--write-size", "N[-N]", "bytes a write", .set = set_span,
	    .to = &opt.write, .least = 1, .most = WRITE_MOST },
	{ "--line-size", "N[-N]", "bytes of text in a line", .set = set_span,
	    .to = &opt.text, .least = 1, .most = LINE_TEXT_MAX },
	{ "--rate", "N", "lines a second, one write each", .set = option_number,
	    .to = &opt.rate, .least = 1, .most = 1000000 },
	{ "--min-lines", "N", "fewer prove nothing: exit 2",
	    .set = option_number, .to = &opt.min_lines, .most = LONG_MAX },
	{ "--exit-ms", "N", "time to end after TERM or EOF",
	    .set = option_number, .to = &opt.exit_ms, .least = 1,
	    .most = 600000 },
	{ "--open-end", NULL, "the last line has no newline",
	    .set = option_flag, .to = &opt.open_end },
	{ .more = rig_rows },
};

/* --- all of it ------------------------------------------------------------*/

static void
set_up(void)
{
	size_t i;

	rig_open("weir-kill.XXXXXX");
	rig_dirs_make();
	lines_init(&k.lines, rig.seed, (size_t)opt.text.least,
	    (size_t)opt.text.most);
	k.random = rig.seed;
	k.progress = progress_new();
	for (i = 0; i < rig.n_dirs; i++) {
		k.targets[i].path = rig.dirs[i];
		k.targets[i].packs = strstr(rig.configs[i], ";z") != NULL;
		check_init(&k.targets[i].check, &k.lines, rig.names[i],
		    (int)rig.stamp);
	}
}

int
main(int argc, char **argv)
{
	struct writing wr = { .ls = &k.lines };
	int64_t start;

	(void)argc;
	opt.hit = hits;
	rig_read(rows, argv);
	if (rig.seed == 0)
		rig.seed = (uint64_t)now_ns() % 1000000007;
	set_up();
	start = now_ns();
	logger_start(&rig.lg, NULL, NULL, NULL);
	wr.least = (size_t)opt.write.least;
	wr.most = (size_t)opt.write.most;
	wr.rate = opt.rate;
	wr.open_end = opt.open_end;
	wr.seed = rig.seed ^ 1;
	k.writer = writer_start(&wr, rig.lg.wr, k.progress);
	storm();
	settle();
	return report(now_ns() - start);
}
