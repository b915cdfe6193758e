/* state: prints the process state it was started with, one line each: words,
 * users, place, limits, variables (sorted), descriptors.
 *
 * `state dup A=1 A=2 -- program ...` becomes the program with exactly that
 * environment, which a shell cannot give it. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

extern char **environ;

enum { FDS = 32, GROUPS = 1024, LIMITS = 16 };

static void
show_users(void)
{
	gid_t gids[GROUPS];
	uid_t uid[3], gid[3];
	int i, n;

	getresuid(&uid[0], &uid[1], &uid[2]);
	getresgid(&gid[0], &gid[1], &gid[2]);
	printf("uid %u %u %u gid %u %u %u groups", uid[0], uid[1], uid[2],
	    gid[0], gid[1], gid[2]);
	n = getgroups(GROUPS, gids);
	for (i = 0; i < n; i++)
		printf(" %u", gids[i]);
	printf("\n");
}

static void
show_place(void)
{
	char path[PATH_MAX];
	mode_t mask = umask(0);

	printf("in %s nice %d %s umask %o\n",
	    getcwd(path, sizeof(path)) ? path : strerror(errno),
	    getpriority(PRIO_PROCESS, 0),
	    getsid(0) == getpid() ? "leads a session" : "is led", mask);
}

static void
show_signals(void)
{
	struct sigaction act;
	sigset_t blocked;
	int sig;

	sigprocmask(SIG_SETMASK, NULL, &blocked);
	for (sig = 1; sig < NSIG; sig++) {
		if (sigismember(&blocked, sig) == 1)
			printf("blocked %d\n", sig);
		if (sigaction(sig, NULL, &act) == 0 &&
		    act.sa_handler == SIG_IGN)
			printf("ignored %d\n", sig);
	}
}

static void
show_limits(void)
{
	struct rlimit rl;
	int i;

	printf("limits");
	for (i = 0; i < LIMITS; i++)
		if (getrlimit(i, &rl) == 0)
			printf(" %d:%lld/%lld", i, (long long)rl.rlim_cur,
			    (long long)rl.rlim_max);
	printf("\n");
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
		printf("var <%s>\n", environ[i]);
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
		printf("fd %d %.*s flags %o\n", fd,
		    n > 0 && fd > 2 ? (int)n : 0, path,
		    fcntl(fd, F_GETFL) & (O_ACCMODE | O_APPEND | O_NONBLOCK));
	}
}

/* dup VAR ... -- program ... */
static int
become(char **argv)
{
	char **end = argv;

	while (*end && strcmp(*end, "--") != 0)
		end++;
	if (!*end || !end[1])
		return 2;
	*end = NULL;
	execve(end[1], end + 1, argv);
	perror(end[1]);
	return 2;
}

int
main(int argc, char **argv)
{
	int i;

	if (argc > 2 && strcmp(argv[1], "dup") == 0)
		return become(argv + 2);
	printf("words");
	for (i = 0; i < argc; i++)
		printf(" <%s>", argv[i]);
	printf("\n");
	show_users();
	show_place();
	show_signals();
	show_limits();
	show_vars();
	show_fds();
	return fflush(stdout) == 0 ? 7 : 1;
}
