/* Runs many services with loggers below one runsvdir: how long until all are
 * up, what they cost while nothing happens, how long until all are gone. */
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
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { SERVICES_MAX = 100000 };

struct plan {
	const char *dir; /* empty; services are made in it */
	long services;
	long idle_ms;
	int signal; /* ends all */
	int64_t limit_ms;
	char **argv; /* runsvdir; `dir` is added */
};

struct run {
	pid_t pid;
	int said; /* what all processes say on their standard error */
	long up;  /* services and loggers that said so */
	double up_s, stop_s, idle_cpu_ms, busy_cpu_s;
	long pss_kib; /* of runsvdir and all runsv */
};

static int64_t
now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

/* --- what is run: this program, by another name ---------------------------*/

/* As small as can be; says one byte when it is up. */
static int
be_service(void)
{
	if (write(2, "S", 1) != 1)
		return 1;
	for (;;)
		pause();
}

static int
be_logger(void)
{
	char text[4096];

	if (write(2, "L", 1) != 1)
		return 1;
	while (read(0, text, sizeof(text)) > 0)
		;
	return 0;
}

/* --- the services ---------------------------------------------------------*/

static void
fail(const char *what)
{
	fprintf(stderr, "fleet: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void
make_service(const struct plan *plan, const char *self, long i)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/s%05ld", plan->dir, i);
	if (mkdir(path, 0755) < 0)
		fail(path);
	snprintf(path, sizeof(path), "%s/s%05ld/run", plan->dir, i);
	if (symlink(self, path) < 0)
		fail(path);
	snprintf(path, sizeof(path), "%s/s%05ld/log", plan->dir, i);
	if (mkdir(path, 0755) < 0)
		fail(path);
	snprintf(path, sizeof(path), "%s/s%05ld/log/run", plan->dir, i);
	if (symlink(self, path) < 0)
		fail(path);
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

/* Reads on until `up` is reached, or all ends are closed. */
static bool
listen_until(const struct plan *plan, struct run *run, long up, int64_t until)
{
	char text[65536];
	ssize_t n;

	(void)plan;
	while (run->up < up) {
		struct pollfd pfd = { .fd = run->said, .events = POLLIN };
		int64_t left = (until - now_ns()) / 1000000;

		if (left <= 0 || poll(&pfd, 1, (int)left) <= 0)
			return false;
		n = read(run->said, text, sizeof(text));
		if (n <= 0)
			return up == LONG_MAX;
		for (ssize_t i = 0; i < n; i++) {
			if (text[i] == 'S' || text[i] == 'L')
				run->up++;
			else
				fputc(text[i], stderr);
		}
	}
	return true;
}

/* --- what it costs --------------------------------------------------------*/

static void
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
}

/* Nanoseconds of CPU time of every process but this one; we are in a pid
 * namespace of our own. */
static double
cpu_ns(void)
{
	char text[4096];
	struct dirent *de;
	DIR *d = opendir("/proc");
	double sum = 0;

	if (!d)
		fail("/proc");
	while ((de = readdir(d))) {
		if (!isdigit((unsigned char)de->d_name[0]) ||
		    atol(de->d_name) == getpid())
			continue;
		read_proc(de->d_name, "schedstat", text, sizeof(text));
		sum += strtod(text, NULL);
	}
	closedir(d);
	return sum;
}

static long
pss_kib(void)
{
	char text[4096];
	struct dirent *de;
	DIR *d = opendir("/proc");
	long sum = 0;

	if (!d)
		fail("/proc");
	while ((de = readdir(d))) {
		const char *p;

		if (!isdigit((unsigned char)de->d_name[0]))
			continue;
		read_proc(de->d_name, "comm", text, sizeof(text));
		if (strncmp(text, "runsv", 5))
			continue;
		read_proc(de->d_name, "smaps_rollup", text, sizeof(text));
		p = strstr(text, "\nPss:");
		sum += p ? strtol(p + 5, NULL, 10) : 0;
	}
	closedir(d);
	return sum;
}

static void
rest(long ms)
{
	nanosleep(&(struct timespec){ ms / 1000, ms % 1000 * 1000000 }, NULL);
}

static void
measure_idle(const struct plan *plan, struct run *run)
{
	double before;

	if (plan->idle_ms == 0)
		return;
	rest(1000); /* what follows a start */
	run->busy_cpu_s = cpu_ns() / 1e9;
	run->pss_kib = pss_kib();
	before = cpu_ns();
	rest(plan->idle_ms);
	run->idle_cpu_ms =
	    (cpu_ns() - before) / 1e6 / ((double)plan->idle_ms / 1000);
}

static void
measure(const struct plan *plan, struct run *run)
{
	int64_t begin = now_ns(), until = begin + plan->limit_ms * 1000000;

	start(plan, run);
	if (!listen_until(plan, run, 2 * plan->services, until)) {
		fprintf(stderr, "fleet: %ld of %ld are up\n", run->up,
		    2 * plan->services);
		exit(1);
	}
	run->up_s = (double)(now_ns() - begin) / 1e9;
	measure_idle(plan, run);
	begin = now_ns();
	kill(run->pid, plan->signal);
	if (!listen_until(plan, run, LONG_MAX, begin + 60000000000)) {
		fprintf(stderr, "fleet: they do not end\n");
		exit(1);
	}
	run->stop_s = (double)(now_ns() - begin) / 1e9;
}

static const char usage[] =
    "usage: fleet [-n services] [-i ms] [-s TERM] [-r results] dir\n"
    "           runsvdir [argument ...]\n"
    "  -n  so many, each with a logger (default 1000)\n"
    "  -i  measures so long what they cost when idle (default 0)\n"
    "  -s  ends them by SIGTERM, not by SIGHUP\n"
    "  -r  appends to RESULTS (default: standard output)\n"
    "Makes services in DIR, which is empty, and runs runsvdir for it. Best\n"
    "in a pid namespace: all that is left is killed with it. Prints: s until\n"
    "all are up, s until all are gone, CPU ms a second when idle, CPU s until\n"
    "then, PSS KiB of runsvdir and all runsv\n";

static bool
parse(struct plan *plan, const char **results, int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "+n:i:s:r:")) != -1) {
		if (c == 'n')
			plan->services = strtol(optarg, NULL, 10);
		else if (c == 'i')
			plan->idle_ms = strtol(optarg, NULL, 10);
		else if (c == 'r')
			*results = optarg;
		else if (c == 's' && strcmp(optarg, "TERM") == 0)
			plan->signal = SIGTERM;
		else
			return false;
	}
	if (argc - optind < 2 || plan->services < 1 ||
	    plan->services > SERVICES_MAX)
		return false;
	plan->dir = argv[optind];
	plan->argv = argv + optind + 1;
	return true;
}

int
main(int argc, char **argv)
{
	struct plan plan = { .services = 1000,
		.signal = SIGHUP,
		.limit_ms = 120000 };
	struct run run = { 0 };
	const char *results = NULL;
	char self[PATH_MAX];
	ssize_t n;
	FILE *f;

	if (argc > 0 && strcmp(argv[0], "./run") == 0) {
		n = readlink("/proc/self/cwd", self, sizeof(self));
		return n > 4 && memcmp(self + n - 4, "/log", 4) == 0
		           ? be_logger()
		           : be_service();
	}
	if (!parse(&plan, &results, argc, argv)) {
		fputs(usage, stderr);
		return 2;
	}
	n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	if (n < 0)
		fail("/proc/self/exe");
	self[n] = 0;
	signal(SIGPIPE, SIG_IGN);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	for (long i = 0; i < plan.services; i++)
		make_service(&plan, self, i);
	/* runit waits until the directory was not changed for a second; that
	 * is not what we want to know. */
	rest(2000);
	measure(&plan, &run);
	while (wait(NULL) > 0)
		;
	f = results ? fopen(results, "a") : stdout;
	if (!f)
		fail(results);
	fprintf(f, "%.3f %.3f %.3f %.3f %ld\n", run.up_s, run.stop_s,
	    run.idle_cpu_ms, run.busy_cpu_s, run.pss_kib);
	return fclose(f) == 0 ? 0 : 1;
}
