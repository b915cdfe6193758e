/* Runs many services below one runsvdir, and tells what that costs: until all
 * are up, while nothing happens, when sv asks, until all are gone. */
#define _GNU_SOURCE 1

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define S INT64_C(1000000000)

enum {
	SERVICES_MAX = 100000,
	ASKS_MAX = 99,
	RESTARTS = 5,
	QUIET_MS = 1000,  /* whoever has nothing to do does nothing so long */
	QUIET_TRIES = 20, /* on a machine that others keep busy */
	SETTLE_MS = 8000, /* the third restart with backoff is over */
	SICK_MS = 10000,
};

struct plan {
	const char *dir; /* empty; services are made in it */
	long services;
	long idle_ms;
	long asks;      /* sv status so often */
	long additions; /* so many services more, in each way */
	const char *sv;
	bool bare; /* without loggers */
	bool sick;
	int signal; /* ends all */
	int64_t limit_ns;
	char **argv; /* runsvdir; `dir` is added */
	char self[PATH_MAX];
};

struct run {
	pid_t pid;
	int said; /* what all processes say on their standard error */
	long heard[UCHAR_MAX + 1]; /* how often each byte */
	bool ended;                /* nobody is left to say anything */
};

static void
fail(const char *what)
{
	fprintf(stderr, "fleet: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void
give_up(const char *what)
{
	fprintf(stderr, "fleet: %s\n", what);
	exit(1);
}

static void
tell(const char *name, double value)
{
	printf("%s %.4g\n", name, value);
}

static int64_t
now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * S + ts.tv_nsec;
}

static double
ms_since(int64_t begin)
{
	return (double)(now_ns() - begin) / 1e6;
}

static void
rest(long ms)
{
	nanosleep(&(struct timespec){ ms / 1000, ms % 1000 * 1000000 }, NULL);
}

/* --- what is run: this program, by another name ---------------------------*/

/* A service is of the kind that its name begins with, and that is the byte
 * that it says when it is up. */
enum kind {
	WELL = 's',
	FAILS = 'f',   /* ends at once */
	BACKS = 'b',   /* ... and has a file backoff */
	FINISH = 'h',  /* ... and its finish does not end */
	CONTROL = 'c', /* its control/t does not end */
	DEAF = 'd',    /* takes no TERM */
	LOGGER = 'L',
};

static const char sick_kinds[] = { FAILS, BACKS, FINISH, CONTROL, DEAF, 0 };

static _Noreturn void
hang(void)
{
	for (;;)
		pause();
}

static int
be_service(char kind)
{
	if (kind == DEAF)
		signal(SIGTERM, SIG_IGN);
	if (write(2, &kind, 1) != 1)
		return 1;
	if (kind == WELL || kind == CONTROL || kind == DEAF)
		hang();
	return 1;
}

/* As small as can be; or, if there is one, svlogd. */
static int
be_logger(void)
{
	const char *svlogd = getenv("FLEET_SVLOGD");
	char text[4096], kind = LOGGER;

	if (write(2, &kind, 1) != 1)
		return 1;
	if (svlogd) {
		mkdir("main", 0755);
		execl(svlogd, "svlogd", "-tt", "./main", (char *)0);
		return 1;
	}
	while (read(0, text, sizeof(text)) > 0)
		;
	return 0;
}

static int
be_run(void)
{
	char dir[PATH_MAX];
	const char *name;

	if (!getcwd(dir, sizeof(dir)))
		return 1;
	name = strrchr(dir, '/') + 1;
	return strcmp(name, "log") == 0 ? be_logger() : be_service(*name);
}

/* --- the services ---------------------------------------------------------*/

static const char *
path_of(const struct plan *plan, const char *name, const char *in)
{
	static char paths[2][PATH_MAX];
	static unsigned next;
	char *path = paths[next++ % 2];

	snprintf(path, PATH_MAX, "%s/%s%s", plan->dir, name, in);
	return path;
}

static void
make_dir(const struct plan *plan, const char *name, const char *in)
{
	const char *path = path_of(plan, name, in);

	if (mkdir(path, 0755) < 0)
		fail(path);
}

static void
make_program(const struct plan *plan, const char *name, const char *in)
{
	const char *path = path_of(plan, name, in);

	if (symlink(plan->self, path) < 0)
		fail(path);
}

static void
make_file(const struct plan *plan, const char *name, const char *in,
    const char *text)
{
	const char *path = path_of(plan, name, in);
	FILE *f = fopen(path, "w");

	if (!f || fputs(text, f) < 0 || fclose(f) != 0)
		fail(path);
}

/* run comes last. */
static void
make_service(const struct plan *plan, const char *name)
{
	make_dir(plan, name, "");
	if (!plan->bare) {
		make_dir(plan, name, "/log");
		make_program(plan, name, "/log/run");
	}
	make_program(plan, name, "/run");
}

static void
make_sick(const struct plan *plan, const char *name)
{
	make_dir(plan, name, "");
	make_dir(plan, name, "/control");
	if (*name == BACKS)
		make_file(plan, name, "/backoff", "60\n");
	if (*name == FINISH)
		make_program(plan, name, "/finish");
	if (*name == CONTROL)
		make_program(plan, name, "/control/t");
	make_program(plan, name, "/run");
}

static const char *
name_of(char kind, long i)
{
	static char name[32];

	snprintf(name, sizeof(name), "%c%05ld", kind, i);
	return name;
}

static long
sick_each(const struct plan *plan)
{
	return plan->services / (long)strlen(sick_kinds);
}

static void
make_all(const struct plan *plan)
{
	if (!plan->sick)
		for (long i = 0; i < plan->services; i++)
			make_service(plan, name_of(WELL, i));
	for (const char *k = sick_kinds; plan->sick && *k; k++)
		for (long i = 0; i < sick_each(plan); i++)
			make_sick(plan, name_of(*k, i));
}

/* --- runsvdir -------------------------------------------------------------*/

static void
start(const struct plan *plan, struct run *run)
{
	int fd[2], n;
	char *argv[16];

	if (pipe2(fd, O_CLOEXEC) < 0)
		fail("pipe");
	for (n = 0; n < 14 && plan->argv[n]; n++)
		argv[n] = plan->argv[n];
	argv[n] = strdup(plan->dir);
	argv[n + 1] = NULL;
	run->pid = fork();
	if (run->pid < 0)
		fail("fork");
	if (run->pid == 0) {
		dup2(fd[1], 2);
		execvp(argv[0], argv);
		_exit(127);
	}
	free(argv[n]);
	close(fd[1]);
	run->said = fd[0];
}

/* Reads what is said next; false at the time, or when all ends are closed. */
static bool
hear(struct run *run, int64_t until)
{
	struct pollfd pfd = { .fd = run->said, .events = POLLIN };
	int64_t left = (until - now_ns()) / 1000000;
	char text[65536];
	ssize_t n;

	if (left < 0 || poll(&pfd, 1, (int)left) <= 0)
		return false;
	n = read(run->said, text, sizeof(text));
	for (ssize_t i = 0; i < n; i++)
		run->heard[(unsigned char)text[i]]++;
	run->ended = n == 0;
	return n > 0;
}

/* Whether a byte has been said so often in time. */
static bool
hear_of(struct run *run, char kind, long times, int64_t until)
{
	while (run->heard[(unsigned char)kind] < times)
		if (!hear(run, until))
			return false;
	return true;
}

static void
hear_for(struct run *run, long ms)
{
	int64_t until = now_ns() + ms * 1000000;

	while (hear(run, until))
		;
}

/* --- what it costs --------------------------------------------------------*/

struct process {
	char pid[32], comm[32];
	char kind; /* of the service, for a runsv; else 0 */
};

struct cost {
	double cpu_ns;
	long wakes;      /* times that it went to sleep by itself */
	long wakes_hung; /* ... of the runsv whose services hang */
	long runsv, pss_runsv, pss_runsvdir, svlogd, pss_svlogd; /* KiB */
};

static size_t
read_proc(const char *pid, const char *name, char *text, size_t size)
{
	char path[300];
	ssize_t n = 0;
	int fd;

	snprintf(path, sizeof(path), "/proc/%s/%s", pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		n = read(fd, text, size - 1);
		close(fd);
	}
	text[n > 0 ? n : 0] = 0;
	return n > 0 ? (size_t)n : 0;
}

static long
number_after(const char *text, const char *key)
{
	const char *p = strstr(text, key);

	return p ? strtol(p + strlen(key), NULL, 10) : 0;
}

static void
look_at(struct process *p, const char *pid)
{
	char text[4096], *at = text;
	size_t n;

	snprintf(p->pid, sizeof(p->pid), "%s", pid);
	read_proc(pid, "comm", p->comm, sizeof(p->comm));
	p->comm[strcspn(p->comm, "\n")] = 0;
	p->kind = 0;
	n = read_proc(pid, "cmdline", text, sizeof(text));
	at += strlen(text) + 1;
	if (strcmp(p->comm, "runsv") == 0 && at < text + n)
		p->kind = *at;
}

/* Calls it for each process but this one; we are in a pid namespace of our
 * own. */
static void
for_each(void (*visit)(struct cost *, const struct process *),
    struct cost *cost)
{
	DIR *d = opendir("/proc");
	struct dirent *de;
	struct process p;

	if (!d)
		fail("/proc");
	while ((de = readdir(d))) {
		if (!isdigit((unsigned char)de->d_name[0]) ||
		    atol(de->d_name) == getpid())
			continue;
		look_at(&p, de->d_name);
		visit(cost, &p);
	}
	closedir(d);
}

static void
add_time(struct cost *cost, const struct process *p)
{
	char text[8192];
	long wakes;

	read_proc(p->pid, "schedstat", text, sizeof(text));
	cost->cpu_ns += strtod(text, NULL);
	read_proc(p->pid, "status", text, sizeof(text));
	wakes = number_after(text, "\nvoluntary_ctxt_switches:");
	cost->wakes += wakes;
	if (p->kind == FINISH || p->kind == CONTROL || p->kind == DEAF)
		cost->wakes_hung += wakes;
}

static void
add_memory(struct cost *cost, const struct process *p)
{
	char text[4096];
	long pss;

	read_proc(p->pid, "smaps_rollup", text, sizeof(text));
	pss = number_after(text, "\nPss:");
	if (strcmp(p->comm, "runsvdir") == 0)
		cost->pss_runsvdir += pss;
	if (strcmp(p->comm, "runsv") == 0) {
		cost->pss_runsv += pss;
		cost->runsv++;
	}
	if (strcmp(p->comm, "svlogd") == 0) {
		cost->pss_svlogd += pss;
		cost->svlogd++;
	}
}

static struct cost
times(void)
{
	struct cost cost = { 0 };

	for_each(add_time, &cost);
	return cost;
}

/* Starting is over when nothing happens any more. */
static void
wait_for_quiet(void)
{
	long before = -1, now = times().wakes;

	for (int i = 0; i < QUIET_TRIES && now != before; i++) {
		rest(QUIET_MS);
		before = now;
		now = times().wakes;
	}
}

static void
measure_memory(void)
{
	struct cost cost = { 0 };

	for_each(add_memory, &cost);
	tell("pss_runsvdir", (double)cost.pss_runsvdir);
	if (cost.runsv)
		tell("pss_runsv", (double)cost.pss_runsv / (double)cost.runsv);
	if (cost.svlogd)
		tell("pss_svlogd",
		    (double)cost.pss_svlogd / (double)cost.svlogd);
}

static void
measure_idle(const struct plan *plan)
{
	double s = (double)plan->idle_ms / 1000;
	struct cost before, after;

	if (plan->idle_ms == 0)
		return;
	before = times();
	rest(plan->idle_ms);
	after = times();
	tell("idle_ms", (after.cpu_ns - before.cpu_ns) / 1e6 / s);
	tell("idle_wakes", (double)(after.wakes - before.wakes) / s);
}

/* --- sv -------------------------------------------------------------------*/

/* sv WORDS ... with what it says thrown away. */
static pid_t
start_sv(const struct plan *plan, const char *const *words)
{
	union {
		const char *const *ours;
		char *const *theirs;
	} argv = { .ours = words };
	pid_t pid = fork();
	int null;

	if (pid < 0)
		fail("fork");
	if (pid > 0)
		return pid;
	null = open("/dev/null", O_RDWR);
	dup2(null, 0);
	dup2(null, 1);
	dup2(null, 2);
	setenv("SVDIR", plan->dir, 1);
	execv(plan->sv, argv.theirs);
	_exit(127);
}

static double
ms_of(struct timeval tv)
{
	return (double)tv.tv_sec * 1e3 + (double)tv.tv_usec / 1e3;
}

/* Waits for it: its CPU time in ms. */
static double
end_sv(pid_t pid)
{
	struct rusage ru;
	int status;

	if (wait4(pid, &status, 0, &ru) != pid || !WIFEXITED(status) ||
	    WEXITSTATUS(status) == 127)
		give_up("sv cannot be run");
	return ms_of(ru.ru_utime) + ms_of(ru.ru_stime);
}

/* The words of a command to services that were made in this order, until the
 * next one. */
static const char *const *
words_for(const struct plan *plan, const char *command, const char *kinds)
{
	long each = plan->sick ? sick_each(plan) : plan->services, n = 0;
	static char **words;

	for (char **word = words; word && *word; word++)
		free(*word);
	free(words);
	words = calloc(strlen(kinds) * (size_t)each + 3, sizeof(*words));
	if (!words)
		fail("calloc");
	words[n++] = strdup("sv");
	words[n++] = strdup(command);
	for (; *kinds; kinds++)
		for (long i = 0; i < each; i++)
			words[n++] = strdup(name_of(*kinds, i));
	return (const char *const *)words;
}

static int
by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double
median(double *v, long n)
{
	qsort(v, (size_t)n, sizeof(*v), by_size);
	return v[n / 2];
}

static void
measure_status(const struct plan *plan, const char *kinds)
{
	const char *const *words = words_for(plan, "status", kinds);
	double ms[ASKS_MAX], cpu[ASKS_MAX];

	if (plan->asks == 0)
		return;
	for (long i = 0; i < plan->asks; i++) {
		int64_t begin = now_ns();

		cpu[i] = end_sv(start_sv(plan, words));
		ms[i] = ms_since(begin);
	}
	tell("status_ms", median(ms, plan->asks));
	tell("status_cpu_ms", median(cpu, plan->asks));
}

/* From when it is up until sv says so. */
static void
measure_restart(const struct plan *plan, struct run *run)
{
	double ms[RESTARTS];

	if (plan->asks == 0)
		return;
	for (long i = 0; i < RESTARTS; i++) {
		const char *const words[] = { "sv", "restart", name_of(WELL, i),
			NULL };
		long up = run->heard[WELL] + 1;
		pid_t pid = start_sv(plan, words);
		int64_t begin;

		if (!hear_of(run, WELL, up, now_ns() + 10 * S))
			give_up("a service is not restarted");
		begin = now_ns();
		end_sv(pid);
		ms[i] = ms_since(begin);
	}
	tell("restart_ms", median(ms, RESTARTS));
}

/* --- services that are added ----------------------------------------------*/

enum { HIDDEN = '.' };

/* Where the last step is a link, and where it is a file in the directory. */
static void
add_link(const struct plan *plan, const char *name)
{
	char text[64];

	snprintf(text, sizeof(text), ".all/%s", name);
	if (symlink(text, path_of(plan, name, "")) < 0)
		fail(name);
}

static void
make_hidden(const struct plan *plan, const char *name)
{
	char hidden[64];

	snprintf(hidden, sizeof(hidden), ".all/%s", name);
	make_service(plan, hidden);
}

static void
measure_additions(const struct plan *plan, struct run *run, const char *figure,
    long first, void (*add)(const struct plan *, const char *))
{
	double ms[ASKS_MAX];

	for (long i = 0; i < plan->additions; i++) {
		long up = run->heard[WELL] + 1;
		int64_t begin;

		add(plan, name_of(WELL, first + i));
		begin = now_ns();
		if (!hear_of(run, WELL, up, begin + 20 * S))
			give_up("a new service is not started");
		ms[i] = ms_since(begin);
	}
	if (plan->additions)
		tell(figure, median(ms, plan->additions));
}

static void
hide_additions(const struct plan *plan)
{
	make_dir(plan, ".all", "");
	for (long i = 0; i < plan->additions; i++)
		make_hidden(plan, name_of(WELL, plan->services + i));
}

/* --- all of it ------------------------------------------------------------*/

/* Whether all ends of what they speak to were closed in time. */
static bool
measure_end(const struct plan *plan, struct run *run, int64_t limit)
{
	int64_t begin = now_ns();

	kill(run->pid, plan->signal);
	while (!run->ended && hear(run, begin + limit))
		;
	if (run->ended)
		tell("stop_s", ms_since(begin) / 1000);
	return run->ended;
}

static void
measure_well(const struct plan *plan, struct run *run)
{
	int64_t begin = now_ns(), until = begin + plan->limit_ns;

	start(plan, run);
	if (!hear_of(run, WELL, plan->services, until) ||
	    !hear_of(run, LOGGER, plan->bare ? 0 : plan->services, until))
		give_up("not all are up");
	tell("up_s", ms_since(begin) / 1000);
	wait_for_quiet();
	tell("cpu_s", times().cpu_ns / 1e9);
	measure_memory();
	measure_idle(plan);
	measure_status(plan, "s");
	measure_restart(plan, run);
	measure_additions(plan, run, "link_ms", plan->services, add_link);
	measure_additions(plan, run, "made_ms",
	    plan->services + plan->additions, make_service);
	if (!measure_end(plan, run, 60 * S))
		give_up("they do not end");
}

/* All that hang are killed: until the last has been started once more. */
static void
measure_kill(const struct plan *plan, struct run *run)
{
	static const char hung[] = { FINISH, CONTROL, DEAF, 0 };
	long each = sick_each(plan);
	int64_t begin = now_ns(), until = begin + 20 * S;

	end_sv(start_sv(plan, words_for(plan, "kill", hung)));
	for (const char *k = hung; *k; k++)
		if (!hear_of(run, *k, 2 * each, until))
			return;
	tell("kill_s", ms_since(begin) / 1000);
}

static void
measure_sick(const struct plan *plan, struct run *run)
{
	static const char told[] = { CONTROL, DEAF, 0 };
	long each = sick_each(plan), fails, backs;
	double s = SICK_MS / 1000.0;
	struct cost before;

	start(plan, run);
	for (const char *k = sick_kinds; *k; k++)
		if (!hear_of(run, *k, each, now_ns() + plan->limit_ns))
			give_up("not all have been started");
	end_sv(start_sv(plan, words_for(plan, "term", told)));
	hear_for(run, SETTLE_MS);
	before = times();
	hear_for(run, 0); /* what was said meanwhile */
	fails = run->heard[FAILS];
	backs = run->heard[BACKS];
	hear_for(run, SICK_MS);
	tell("starts", (double)(run->heard[FAILS] - fails) / (double)each / s);
	tell("starts_backoff",
	    (double)(run->heard[BACKS] - backs) / (double)each / s);
	tell("hung_wakes",
	    (double)(times().wakes_hung - before.wakes_hung) / s);
	measure_status(plan, sick_kinds);
	measure_kill(plan, run);
	measure_end(plan, run, 15 * S); /* not runit's */
}

static const char usage[] =
    "usage: fleet [-n services] [-i ms] [-q sv [-k times]] [-a services]\n"
    "           [-b | -x] [-s TERM] dir runsvdir [argument ...]\n"
    "  -n  so many, each with a logger (default 1000)\n"
    "  -i  measures so long what they cost when idle (default 0)\n"
    "  -q  asks by this sv: status, -k times (default 9), restart\n"
    "  -a  adds so many, by a link, and as many that are made in place\n"
    "  -b  they have no loggers\n"
    "  -x  they are sick: fail, or hang in run, finish, control; no loggers\n"
    "  -s  ends them by SIGTERM, not by SIGHUP\n"
    "Makes services in DIR, which is empty, and runs runsvdir for it. Best in "
    "a\n"
    "pid namespace: all that is left is killed with it. Prints a line for "
    "each\n"
    "figure, its name and its value. FLEET_SVLOGD: the logger's program.\n";

static bool
parse(struct plan *plan, int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "+n:i:q:k:a:bxs:")) != -1) {
		if (c == 'n')
			plan->services = strtol(optarg, NULL, 10);
		else if (c == 'i')
			plan->idle_ms = strtol(optarg, NULL, 10);
		else if (c == 'q')
			plan->sv = optarg;
		else if (c == 'k')
			plan->asks = strtol(optarg, NULL, 10);
		else if (c == 'a')
			plan->additions = strtol(optarg, NULL, 10);
		else if (c == 'b')
			plan->bare = true;
		else if (c == 'x')
			plan->sick = true;
		else if (c == 's' && strcmp(optarg, "TERM") == 0)
			plan->signal = SIGTERM;
		else
			return false;
	}
	if (!plan->sv)
		plan->asks = 0;
	plan->dir = argv[optind];
	plan->argv = argv + optind + 1;
	return argc - optind >= 2 && plan->services >= 5 &&
	       plan->services <= SERVICES_MAX && plan->asks <= ASKS_MAX &&
	       plan->additions <= ASKS_MAX && (plan->sv || !plan->sick);
}

int
main(int argc, char **argv)
{
	struct plan plan = { .services = 1000,
		.asks = 9,
		.signal = SIGHUP,
		.limit_ns = 120 * S };
	struct run run = { 0 };
	ssize_t n;

	if (argc > 0 && strcmp(argv[0], "./run") == 0)
		return be_run();
	if (argc > 0 && (strcmp(argv[0], "./finish") == 0 ||
			    strcmp(argv[0], "control/t") == 0))
		hang();
	if (!parse(&plan, argc, argv)) {
		fputs(usage, stderr);
		return 2;
	}
	n = readlink("/proc/self/exe", plan.self, sizeof(plan.self) - 1);
	if (n < 0)
		fail("/proc/self/exe");
	plan.self[n] = 0;
	signal(SIGPIPE, SIG_IGN);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	make_all(&plan);
	hide_additions(&plan);
	/* runit waits until the directory was not changed for a second; that
	 * is not what we want to know. */
	rest(2000);
	(plan.sick ? measure_sick : measure_well)(&plan, &run);
	return fflush(stdout) == 0 ? 0 : 1;
}
