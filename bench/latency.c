/* How long a line takes from write(2) until it can be read in `current`. */
#define _GNU_SOURCE 1

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	SAMPLES_MAX = 10000,
	BLOCK = 65536,
	LINE = 142, /* bytes in one line of the load */
	MARKER = 64,
	TICK_NS = 1000000,
	IDLE_NS = 20000000,
	STALLED_S = 10, /* with no marker seen: the measurement has failed */
};

struct plan {
	const char *dir;
	size_t samples;
	uint64_t rate;  /* lines a second; 0: as fast as the pipe takes them */
	uint64_t every; /* lines of load between two markers; 0: no load */
	uint64_t extra; /* bytes the logger adds to each line, as -tt does */
	long pause_us;  /* between two looks; 0: none, one core spins */
	char **argv;
};

/* A line with a number of its own. Where it must end in `current` is known
 * beforehand, so that a look is one fstat(2). */
struct marker {
	uint64_t end;
	int64_t written_ns; /* before its write(2) */
	int64_t seen_ns;
};

/* Shared by the feeder, which appends, and the watcher. */
struct board {
	atomic_size_t count;
	atomic_bool failed;
	struct marker at[SAMPLES_MAX];
};

struct feed {
	int fd;
	uint64_t end; /* size of `current` once all of it is written */
	struct board *board;
};

static int64_t
now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static void
sleep_until(int64_t at_ns)
{
	struct timespec ts = { at_ns / 1000000000, at_ns % 1000000000 };

	while (
	    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL) == EINTR)
		;
}

static int
write_all(int fd, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t done = write(fd, p, n);

		if (done < 0 && errno != EINTR)
			return -errno;
		if (done < 0)
			continue;
		p += done;
		n -= (size_t)done;
	}
	return 0;
}

static int
marker_text(char line[MARKER], size_t number)
{
	return snprintf(line, MARKER, "marker %zu of the latency bench\n",
	    number);
}

static int
feed_marker(struct feed *f, const struct plan *plan)
{
	size_t i = atomic_load(&f->board->count);
	struct marker *m = &f->board->at[i];
	char line[MARKER];
	int n = marker_text(line, i);

	f->end += (uint64_t)n + plan->extra;
	m->end = f->end;
	m->written_ns = now_ns();
	/* First on the board: it may be visible before write(2) returns. */
	atomic_store(&f->board->count, i + 1);
	return write_all(f->fd, line, (size_t)n);
}

static int
feed_lines(struct feed *f, const struct plan *plan, uint64_t lines)
{
	static char block[BLOCK];
	const uint64_t fit = BLOCK / LINE;

	if (block[0] == '\0') {
		memset(block, 'x', sizeof(block));
		for (uint64_t i = 1; i <= fit; i++)
			block[i * LINE - 1] = '\n';
	}
	while (lines > 0) {
		uint64_t n = lines < fit ? lines : fit;
		int r = write_all(f->fd, block, n * LINE);

		if (r < 0)
			return r;
		f->end += n * (LINE + plan->extra);
		lines -= n;
	}
	return 0;
}

/* A line each 20 ms, and nothing between. */
static int
feed_idle(struct feed *f, const struct plan *plan)
{
	int64_t at = now_ns();
	int r = 0;

	while (r == 0 && atomic_load(&f->board->count) < plan->samples) {
		sleep_until(at += IDLE_NS);
		r = feed_marker(f, plan);
	}
	return r;
}

static int
feed_flat_out(struct feed *f, const struct plan *plan)
{
	int r = 0;

	while (r == 0 && atomic_load(&f->board->count) < plan->samples) {
		r = feed_lines(f, plan, plan->every);
		if (r == 0)
			r = feed_marker(f, plan);
	}
	return r;
}

/* Each millisecond what is due by then, and a marker when one is. */
static int
feed_rate(struct feed *f, const struct plan *plan)
{
	const int64_t begin = now_ns();
	uint64_t sent = 0, due;
	int64_t tick;
	int r = 0;

	for (tick = 1; r == 0; tick++) {
		sleep_until(begin + tick * TICK_NS);
		due = (uint64_t)tick * plan->rate / (1000000000 / TICK_NS);
		r = feed_lines(f, plan, due - sent);
		if (due / plan->every != sent / plan->every && r == 0)
			r = feed_marker(f, plan);
		sent = due;
		if (atomic_load(&f->board->count) >= plan->samples)
			break;
	}
	return r;
}

static int
feed(struct feed *f, const struct plan *plan)
{
	if (plan->every == 0)
		return feed_idle(f, plan);
	return plan->rate == 0 ? feed_flat_out(f, plan) : feed_rate(f, plan);
}

/* The feeder is a process of its own. The caller keeps the pipe open until
 * the last marker was seen, so that EOF does not hurry the logger. */
static pid_t
start_feeder(const struct plan *plan, struct board *board, const int line[2])
{
	struct feed f = { .fd = line[1], .board = board };
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	close(line[0]);
	signal(SIGPIPE, SIG_IGN);
	if (feed(&f, plan) < 0)
		atomic_store(&board->failed, true);
	_exit(0);
}

static pid_t
start_logger(const struct plan *plan, const int line[2])
{
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	if (dup2(line[0], 0) == 0)
		execvp(plan->argv[0], plan->argv);
	perror(plan->argv[0]);
	_exit(127);
}

/* `current`, which a new logger may take a moment to make. */
static int
open_current(const char *dir)
{
	char path[4096];
	int fd, tries;

	snprintf(path, sizeof(path), "%s/current", dir);
	for (tries = 0; tries < 500; tries++) {
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd >= 0)
			return fd;
		sleep_until(now_ns() + 10000000);
	}
	return -errno;
}

static int
watch(const struct plan *plan, struct board *board, int fd)
{
	int64_t last_ns = now_ns(), now;
	size_t seen = 0, before;
	struct stat st;

	while (seen < plan->samples && !atomic_load(&board->failed)) {
		if (fstat(fd, &st) < 0)
			return -errno;
		now = now_ns();
		before = seen;
		while (seen < atomic_load(&board->count) &&
		       board->at[seen].end <= (uint64_t)st.st_size)
			board->at[seen++].seen_ns = now;
		if (seen != before)
			last_ns = now;
		if (now - last_ns > STALLED_S * (int64_t)1000000000)
			return -ETIMEDOUT;
		if (plan->pause_us > 0)
			sleep_until(now_ns() + plan->pause_us * 1000);
	}
	return seen == plan->samples ? 0 : -EPIPE;
}

/* Every marker stands where it was looked for, else the times mean
 * nothing. */
static int
verify(const struct plan *plan, const struct board *board, int fd)
{
	char line[MARKER], found[MARKER];
	size_t i;
	int n;

	for (i = 0; i < plan->samples; i++) {
		n = marker_text(line, i);
		if (pread(fd, found, (size_t)n,
			(off_t)(board->at[i].end - (uint64_t)n)) != n ||
		    memcmp(line, found, (size_t)n) != 0)
			return -EILSEQ;
	}
	return 0;
}

static int
by_value(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static void
print(const struct plan *plan, const struct board *board, long kib)
{
	static int64_t us[SAMPLES_MAX];
	size_t i, n = plan->samples;

	for (i = 0; i < n; i++)
		us[i] = (board->at[i].seen_ns - board->at[i].written_ns) / 1000;
	qsort(us, n, sizeof(us[0]), by_value);
	printf("%lld %lld %lld %ld\n", (long long)us[n / 2],
	    (long long)us[(n * 99 + 99) / 100 - 1], (long long)us[n - 1], kib);
}

/* RssAnon + RssShmem now, or 0 when the process is gone. */
static long
memory_kib(pid_t pid)
{
	char path[64], line[256];
	long kib = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%ld/status", (long)pid);
	f = fopen(path, "re");
	if (f == NULL)
		return 0;
	while (fgets(line, sizeof(line), f) != NULL) {
		if (strncmp(line, "RssAnon:", 8) == 0)
			kib += strtol(line + 8, NULL, 10);
		else if (strncmp(line, "RssShmem:", 9) == 0)
			kib += strtol(line + 9, NULL, 10);
	}
	fclose(f);
	return kib;
}

/* Waits for one that is about to end by itself; not for ever. */
static void
reap(pid_t pid)
{
	int tries;

	if (pid <= 0)
		return;
	for (tries = 0; tries < 500; tries++) {
		if (waitpid(pid, NULL, WNOHANG) != 0)
			return;
		sleep_until(now_ns() + 10000000);
	}
	if (kill(pid, SIGKILL) == 0)
		waitpid(pid, NULL, 0);
}

static int
latency(const struct plan *plan, struct board *board, long *kib)
{
	pid_t logger, feeder = 0;
	int line[2], fd, r;

	if (pipe2(line, O_CLOEXEC) < 0)
		return -errno;
	logger = start_logger(plan, line);
	fd = open_current(plan->dir);
	r = fd < 0 ? fd : 0;
	if (r == 0)
		feeder = start_feeder(plan, board, line);
	close(line[0]);
	if (r == 0)
		r = watch(plan, board, fd);
	if (r == 0)
		r = verify(plan, board, fd);
	*kib = memory_kib(logger);
	close(line[1]);
	if (r < 0 && feeder > 0)
		kill(feeder, SIGKILL);
	reap(feeder);
	reap(logger);
	if (fd >= 0)
		close(fd);
	return r;
}

static const char usage[] =
    "usage: latency [-k samples] [-e every [-r rate]] [-x extra] [-p pause]\n"
    "               dir logger [argument ...]\n"
    "  -e  lines of load between two samples (default: no load)\n"
    "  -r  lines of load a second (default: as fast as they go)\n"
    "  -x  bytes the logger adds to each line\n"
    "  -p  microseconds between two looks at dir/current (default: spin)\n"
    "dir must be empty but for a config that does not rotate.\n"
    "Prints: median us, 99th percentile us, maximum us, RssAnon + RssShmem "
    "KiB\n";

static bool
options(struct plan *plan, int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "+k:e:r:x:p:")) != -1) {
		if (c == 'k')
			plan->samples = strtoul(optarg, NULL, 10);
		else if (c == 'e')
			plan->every = strtoul(optarg, NULL, 10);
		else if (c == 'r')
			plan->rate = strtoul(optarg, NULL, 10);
		else if (c == 'x')
			plan->extra = strtoul(optarg, NULL, 10);
		else if (c == 'p')
			plan->pause_us = strtol(optarg, NULL, 10);
		else
			return false;
	}
	if (argc - optind < 2 || plan->samples == 0 ||
	    plan->samples > SAMPLES_MAX)
		return false;
	plan->dir = argv[optind];
	plan->argv = argv + optind + 1;
	return true;
}

int
main(int argc, char **argv)
{
	struct plan plan = { .samples = 200 };
	struct board *board;
	long kib = 0;
	int r;

	if (!options(&plan, argc, argv)) {
		fputs(usage, stderr);
		return 2;
	}
	board = mmap(NULL, sizeof(*board), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (board == MAP_FAILED) {
		perror("latency: mmap");
		return 1;
	}
	r = latency(&plan, board, &kib);
	if (r < 0) {
		fprintf(stderr, "latency: %s: %s\n", plan.argv[0],
		    strerror(-r));
		return 1;
	}
	print(&plan, board, kib);
	return 0;
}
