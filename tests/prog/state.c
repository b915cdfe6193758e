/* state: prints the process state it was started with, one line each: words,
 * users, place, signals, limits, what few know of, variables (sorted),
 * descriptors.
 *
 * `state dup A=1 A=2 -- program ...` becomes the program with exactly that
 * environment, which a shell cannot give it. `state dirty -- program ...`
 * becomes it with all that a careless parent may leave behind, `state bare --
 * program ...` without descriptors 0 to 2, `state mute -- program ...` without
 * 1 and 2.
 *
 * Where it is the interpreter of a script, no shell stands between the state
 * and who gave it: `#!state born` adds all this to SCRIPT.born, and
 * `#!state stays` does not end then. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

extern char **environ;

static FILE *out;

enum { FDS = 1024, GROUPS = 1024, LIMITS = 16, SIGNALS = 64, CODE = 7 };

static void
show_users(void)
{
	gid_t gids[GROUPS];
	uid_t uid[3], gid[3];
	int i, n;

	getresuid(&uid[0], &uid[1], &uid[2]);
	getresgid(&gid[0], &gid[1], &gid[2]);
	fprintf(out, "uid %u %u %u gid %u %u %u groups", uid[0], uid[1], uid[2],
	    gid[0], gid[1], gid[2]);
	n = getgroups(GROUPS, gids);
	for (i = 0; i < n; i++)
		fprintf(out, " %u", gids[i]);
	fprintf(out, "\n");
}

static const char *
whose(pid_t it, pid_t parents)
{
	return it == getpid() ? "its own" : it == parents ? "inherited" : "?";
}

static void
show_place(void)
{
	char path[PATH_MAX];
	mode_t mask = umask(0);
	int tty = open("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC);

	umask(mask); /* for what we make ourselves */
	fprintf(out, "in %s nice %d %s umask %o\n",
	    getcwd(path, sizeof(path)) ? path : strerror(errno),
	    getpriority(PRIO_PROCESS, 0),
	    getsid(0) == getpid() ? "leads a session" : "is led", mask);
	fprintf(out, "session %s\n", whose(getsid(0), getsid(getppid())));
	fprintf(out, "group %s\n", whose(getpgid(0), getpgid(getppid())));
	fprintf(out, "terminal %s\n", tty < 0 ? "none" : "there");
	if (tty >= 0)
		close(tty);
}

/* By the system calls: libc keeps two signals to itself. */
static void
show_signals(void)
{
	unsigned long act[16] = { 0 }; /* the handler is its first word */
	uint64_t blocked = 0;
	int sig;

	syscall(SYS_rt_sigprocmask, SIG_SETMASK, NULL, &blocked, 8);
	for (sig = 1; sig <= SIGNALS; sig++) {
		if (blocked >> (sig - 1) & 1)
			fprintf(out, "blocked %d\n", sig);
		if (syscall(SYS_rt_sigaction, sig, NULL, act, 8) == 0 &&
		    act[0] == (unsigned long)SIG_IGN)
			fprintf(out, "ignored %d\n", sig);
	}
}

static void
show_limits(void)
{
	struct rlimit rl;
	int i;

	fprintf(out, "limits");
	for (i = 0; i < LIMITS; i++)
		if (getrlimit(i, &rl) == 0)
			fprintf(out, " %d:%lld/%lld", i, (long long)rl.rlim_cur,
			    (long long)rl.rlim_max);
	fprintf(out, "\n");
}

/* Lines of /proc/self/status. */
static bool
is_told(const char *line)
{
	static const char *const keys[] = { "SigPnd:", "ShdPnd:", "CapInh:",
		"CapPrm:", "CapEff:", "CapBnd:", "CapAmb:", "NoNewPrivs:",
		"Seccomp:", "Cpus_allowed:", "Mems_allowed:" };
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (strncmp(line, keys[i], strlen(keys[i])) == 0)
			return true;
	return false;
}

static void
show_file(const char *path, bool all)
{
	FILE *f = fopen(path, "re");
	char line[4096];

	while (f && fgets(line, sizeof(line), f))
		if (all || is_told(line))
			fprintf(out, "%s%s", all ? strrchr(path, '/') + 1 : "",
			    line);
	if (f)
		fclose(f);
}

static void
show_timers(void)
{
	struct itimerval it;
	stack_t stack = { 0 };
	int i;

	for (i = ITIMER_REAL; i <= ITIMER_PROF; i++)
		if (getitimer(i, &it) == 0)
			fprintf(out, "timer %d %ld\n", i,
			    (long)it.it_value.tv_sec);
	if (sigaltstack(NULL, &stack) == 0)
		fprintf(out, "signal stack %d\n", stack.ss_flags);
}

/* What few know of. */
static void
show_rest(void)
{
	int death = 0;

	prctl(PR_GET_PDEATHSIG, &death);
	fprintf(out, "death signal %d\n", death);
	fprintf(out, "dumpable %d\n", prctl(PR_GET_DUMPABLE));
	fprintf(out, "secure bits %d\n", prctl(PR_GET_SECUREBITS));
	fprintf(out, "timer slack %d\n", prctl(PR_GET_TIMERSLACK));
	fprintf(out, "personality %x\n", (unsigned)personality(0xffffffff));
	fprintf(out, "scheduler %d\n", sched_getscheduler(0));
	fprintf(out, "io priority %ld\n", syscall(SYS_ioprio_get, 1, 0));
	show_file("/proc/self/oom_score_adj", true);
	show_file("/proc/self/coredump_filter", true);
	show_file("/proc/self/status", false);
	show_timers();
}

static int
compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
show_vars(void)
{
	size_t n = 0, i;

	while (environ[n])
		n++;
	qsort(environ, n, sizeof(*environ), compare);
	for (i = 0; i < n; i++)
		fprintf(out, "var <%s>\n", environ[i]);
}

static const char *
type_of(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFREG:
		return "file";
	case S_IFIFO:
		return "pipe";
	case S_IFCHR:
		return "device";
	case S_IFDIR:
		return "directory";
	case S_IFSOCK:
		return "socket";
	default:
		return "other";
	}
}

static void
show_fds(void)
{
	char link[64], path[PATH_MAX];
	struct stat st;
	int fd;

	for (fd = 0; fd < FDS; fd++) {
		ssize_t n;

		if (fstat(fd, &st) < 0)
			continue;
		snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
		n = readlink(link, path, sizeof(path));
		fprintf(out, "kind %d %s\n", fd, type_of(st.st_mode));
		fprintf(out, "fd %d %.*s flags %o\n", fd,
		    n > 0 && fd > 2 ? (int)n : 0, path,
		    fcntl(fd, F_GETFL) & (O_ACCMODE | O_APPEND | O_NONBLOCK));
	}
}

/* Whatever one may have that a program cannot want. */
static void
get_dirty(void)
{
	static const struct itimerval far = { .it_value = { 1000, 0 } };
	static const struct rlimit few = { 300, 3000 };
	static const unsigned long ignore[16] = { (unsigned long)SIG_IGN };
	const uint64_t all = UINT64_MAX;
	const struct sched_param normal = { 0 };
	cpu_set_t cpu;
	int sig;

	for (sig = 1; sig <= SIGNALS; sig++)
		syscall(SYS_rt_sigaction, sig, ignore, NULL, 8);
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, NULL, 8);
	for (sig = 3; sig < 12; sig++)
		dup2(0, sig);
	dup2(0, 77);
	umask(0137);
	setrlimit(RLIMIT_NOFILE, &few);
	setitimer(ITIMER_REAL, &far, NULL);
	setpriority(PRIO_PROCESS, 0, 5);
	sched_setscheduler(0, SCHED_BATCH, &normal);
	CPU_ZERO(&cpu);
	CPU_SET(0, &cpu);
	sched_setaffinity(0, sizeof(cpu), &cpu);
	syscall(SYS_ioprio_set, 1, 0, 2 << 13 | 7); /* best effort, the last */
	personality(ADDR_NO_RANDOMIZE);
	prctl(PR_SET_TIMERSLACK, 77777);
	prctl(PR_CAPBSET_DROP, 25); /* CAP_SYS_TIME */
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

static void
get_mute(void)
{
	close(1);
	close(2);
}

static void
get_bare(void)
{
	close(0);
	get_mute();
}

static const struct {
	const char *word;
	void (*get)(void);
} dirts[] = { { "dirty", get_dirty }, { "bare", get_bare },
	{ "mute", get_mute } };

/* WORD ... -- program ...: into it, with those words as the environment if
 * they are to be that. */
static int
become(char **argv, bool with_words)
{
	char **end = argv;

	while (*end && strcmp(*end, "--") != 0)
		end++;
	if (!*end || !end[1])
		return 2;
	*end = NULL;
	execve(end[1], end + 1, with_words ? argv : environ);
	perror(end[1]);
	return 2;
}

static void
show_all(int argc, char **argv)
{
	int i;

	fprintf(out, "words");
	for (i = 0; i < argc; i++)
		fprintf(out, " <%s>", argv[i]);
	fprintf(out, "\n");
	show_users();
	show_place();
	show_signals();
	show_limits();
	show_rest();
	show_vars();
	show_fds();
}

/* In one write, so that it is there as a whole, and ends with an empty line. */
static int
add_to(const char *script, int argc, char **argv)
{
	char path[PATH_MAX], *text = NULL;
	size_t n = 0;
	bool is_there;
	int fd;

	out = open_memstream(&text, &n);
	if (!out)
		return 1;
	show_all(argc, argv);
	fprintf(out, "\n");
	fclose(out);
	snprintf(path, sizeof(path), "%s.born", script);
	fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
	is_there = fd >= 0 && write(fd, text, n) == (ssize_t)n;
	free(text);
	return is_there ? 0 : 1;
}

int
main(int argc, char **argv)
{
	size_t i;

	if (argc > 2 && strcmp(argv[1], "dup") == 0)
		return become(argv + 2, true);
	for (i = 0; argc > 2 && i < sizeof(dirts) / sizeof(dirts[0]); i++) {
		if (strcmp(argv[1], dirts[i].word) == 0) {
			dirts[i].get();
			return become(argv + 2, false);
		}
	}
	if (argc > 2 && strcmp(argv[1], "born") == 0)
		return add_to(argv[2], argc, argv) ? 1 : CODE;
	if (argc > 2 && strcmp(argv[1], "stays") == 0) {
		if (add_to(argv[2], argc, argv))
			return 1;
		for (;;)
			pause();
	}
	out = stdout;
	show_all(argc, argv);
	return fflush(out) == 0 ? CODE : 1;
}
