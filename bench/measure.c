/* Runs one program at the end of one pipe: its time, CPU and memory. */
#define _GNU_SOURCE 1

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct plan {
	const char *input; /* cat(1) writes it to the pipe; NULL: our stdin */
	int64_t limit_ms;  /* then both are killed */
	int64_t
	    sample_ms; /* between two looks at the memory, some 20 us each */
	char **argv;
};

struct run {
	pid_t writer, program; /* 0: none, or reaped */
	int pipe_fd[2];
	int64_t begin_ns, end_ns;
	struct rusage used; /* by the program, and children it waited for */
	int status;
	long rss_kib; /* peak of RssAnon + RssShmem */
	long pss_kib; /* at a peak; a page mapped twice counts once */
	bool out_of_time;
};

static int64_t
now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static _Noreturn void
child_exec(const char *file, char *const argv[])
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execvp(file, argv);
	perror(file);
	_exit(127);
}

static void
child_fd(int from, int to)
{
	if (from == to)
		return;
	if (from < 0 || dup2(from, to) < 0) {
		perror("measure: descriptor");
		_exit(127);
	}
	close(from);
}

static pid_t
start_program(const struct plan *plan, const struct run *run)
{
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	if (plan->input != NULL) {
		close(run->pipe_fd[1]);
		child_fd(run->pipe_fd[0], 0);
	}
	child_exec(plan->argv[0], plan->argv);
}

/* The same for every program: cat FILE. */
static pid_t
start_writer(const struct plan *plan, const struct run *run)
{
	char *const name = strdup("cat");
	char *const file = strdup(plan->input);
	pid_t pid = fork();

	if (pid == 0) {
		close(run->pipe_fd[0]);
		child_fd(run->pipe_fd[1], 1);
		child_exec("cat", (char *const[]){ name, file, NULL });
	}
	free(name);
	free(file);
	return pid;
}

static int
start(const struct plan *plan, struct run *run)
{
	if (plan->input != NULL && pipe(run->pipe_fd) < 0)
		return -errno;
	run->begin_ns = now_ns();
	run->program = start_program(plan, run);
	if (run->program < 0)
		return -errno;
	if (plan->input == NULL)
		return 0;
	run->writer = start_writer(plan, run);
	close(run->pipe_fd[0]);
	close(run->pipe_fd[1]);
	return run->writer < 0 ? -errno : 0;
}

/* The sum of two fields of a file below /proc/PID; 0 when it is gone. */
static long
sum_kib(pid_t pid, const char *name, const char *a, const char *b)
{
	char path[64], line[256];
	long kib = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%ld/%s", (long)pid, name);
	f = fopen(path, "re");
	if (f == NULL)
		return 0;
	while (fgets(line, sizeof(line), f) != NULL) {
		if (strncmp(line, a, strlen(a)) == 0)
			kib += strtol(line + strlen(a), NULL, 10);
		else if (strncmp(line, b, strlen(b)) == 0)
			kib += strtol(line + strlen(b), NULL, 10);
	}
	fclose(f);
	return kib;
}

static void
sample(struct run *run)
{
	long rss = sum_kib(run->program, "status", "RssAnon:", "RssShmem:");
	long pss;

	if (rss <= run->rss_kib)
		return;
	run->rss_kib = rss;
	pss = sum_kib(run->program, "smaps_rollup", "Pss_Anon:", "Pss_Shmem:");
	if (pss > run->pss_kib)
		run->pss_kib = pss;
}

/* Reaps who has ended; true while the program lives. */
static bool
program_lives(struct run *run)
{
	if (run->writer > 0 && waitpid(run->writer, NULL, WNOHANG) != 0)
		run->writer = 0;
	if (wait4(run->program, &run->status, WNOHANG, &run->used) == 0)
		return true;
	run->end_ns = now_ns();
	run->program = 0;
	return false;
}

/* SIGCHLD is blocked, so that none is missed between two looks. */
static void
watch(const struct plan *plan, struct run *run)
{
	const struct timespec pause = { plan->sample_ms / 1000,
		plan->sample_ms % 1000 * 1000000 };
	sigset_t chld;

	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	while (program_lives(run)) {
		if (sigtimedwait(&chld, NULL, &pause) >= 0)
			continue;
		sample(run);
		if (run->out_of_time ||
		    now_ns() - run->begin_ns < plan->limit_ms * 1000000)
			continue;
		run->out_of_time = true;
		kill(run->program, SIGKILL);
	}
}

static int
measure(const struct plan *plan, struct run *run)
{
	int r = start(plan, run);

	if (r == 0)
		watch(plan, run);
	else if (run->program > 0)
		kill(run->program, SIGKILL);
	if (run->writer > 0) {
		kill(run->writer, SIGKILL);
		waitpid(run->writer, NULL, 0);
	}
	return r;
}

static double
seconds(struct timeval tv)
{
	return (double)tv.tv_sec + (double)tv.tv_usec / 1e6;
}

static void
print(const char *path, const struct run *run)
{
	FILE *f = path == NULL ? stdout : fopen(path, "a");

	if (f == NULL) {
		perror(path);
		return;
	}
	fprintf(f, "%.6f %.6f %.6f %ld %ld %ld\n",
	    (double)(run->end_ns - run->begin_ns) / 1e9,
	    seconds(run->used.ru_utime), seconds(run->used.ru_stime),
	    run->used.ru_maxrss, run->rss_kib, run->pss_kib);
	if (path != NULL)
		fclose(f);
}

static const char usage[] =
    "usage: measure [-i file] [-r results] [-t seconds] [-m ms]\n"
    "               program [argument ...]\n"
    "  -i  cat FILE writes to the program's stdin (default: ours)\n"
    "  -r  appends to RESULTS (default: standard output)\n"
    "  -t  kills it after so long (default 120)\n"
    "  -m  looks at its memory so often (default 10)\n"
    "Prints, where it exits 0: wall s, user s, system s, peak RSS,\n"
    "peak RssAnon + RssShmem, the same as PSS (KiB)\n";

int
main(int argc, char **argv)
{
	struct plan plan = { .limit_ms = 120000, .sample_ms = 10 };
	struct run run = { .pipe_fd = { -1, -1 } };
	const char *results = NULL;
	sigset_t chld;
	int c, r;

	while ((c = getopt(argc, argv, "+i:r:t:m:")) != -1) {
		if (c == 'i')
			plan.input = optarg;
		else if (c == 'm')
			plan.sample_ms = strtol(optarg, NULL, 10);
		else if (c == 'r')
			results = optarg;
		else if (c == 't')
			plan.limit_ms = strtol(optarg, NULL, 10) * 1000;
		else
			optind = argc;
	}
	if (optind >= argc || plan.limit_ms <= 0 || plan.sample_ms <= 0) {
		fputs(usage, stderr);
		return 2;
	}
	plan.argv = argv + optind;
	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	sigprocmask(SIG_BLOCK, &chld, NULL);
	r = measure(&plan, &run);
	if (r < 0 || run.out_of_time) {
		fprintf(stderr, "measure: %s: %s\n", plan.argv[0],
		    r < 0 ? strerror(-r) : "killed, out of time");
		return 1;
	}
	if (!WIFEXITED(run.status) || WEXITSTATUS(run.status) != 0) {
		fprintf(stderr, "measure: %s: failed\n", plan.argv[0]);
		return 1;
	}
	print(results, &run);
	return 0;
}
