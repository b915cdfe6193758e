/* Boots a process 1 in a root that is there, and tells how long it takes until
 * all services are up, and what process 1 costs then; is service and logger
 * itself. */
#define _GNU_SOURCE 1

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "up.h"

enum { PATH_ROOM = 512 };

static void
fail(const char *what)
{
	fprintf(stderr, "boot: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int64_t
now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * INT64_C(1000000) + ts.tv_nsec / 1000;
}

static int
serve(void)
{
	if (!up_say())
		return 1;
	for (;;)
		pause();
}

static _Noreturn void
become(const char *root, const char *program)
{
	static char path[] = "PATH=/x:/usr/bin:/bin", name[] = "runit";
	char *argv[] = { name, NULL }, *envp[] = { path, NULL };
	char proc[PATH_ROOM];
	int null;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	snprintf(proc, sizeof(proc), "%s/proc", root);
	if (mount("proc", proc, "proc", 0, NULL) < 0 || chroot(root) < 0 ||
	    chdir("/") < 0)
		_exit(111);
	null = open("/dev/null", O_RDWR);
	dup2(null, 0);
	dup2(null, 1);
	dup2(null, 2);
	execve(program, argv, envp);
	_exit(111);
}

/* A number of kB from /proc/PID/NAME. */
static long
kilobytes(pid_t pid, const char *name, const char *key)
{
	char path[PATH_ROOM], line[256];
	long kb = -1;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	f = fopen(path, "r");
	while (f && fgets(line, sizeof(line), f))
		if (strncmp(line, key, strlen(key)) == 0)
			kb = strtol(line + strlen(key), NULL, 10);
	if (f)
		fclose(f);
	return kb;
}

int
main(int argc, char *argv[])
{
	char fifo[PATH_ROOM];
	int64_t from, took;
	pid_t pid;
	int fd;

	if (argc == 1)
		return serve();
	if (argc != 4) {
		fprintf(stderr, "usage: boot root program services\n");
		return 100;
	}
	snprintf(fifo, sizeof(fifo), "%s" UP_FIFO, argv[1]);
	fd = open(fifo, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		fail(fifo);
	from = now_us();
	pid = (pid_t)syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, 0L, 0L, 0L, 0L);
	if (pid < 0)
		fail("pid namespace");
	if (pid == 0)
		become(argv[1], argv[2]);
	if (!up_await(fd, strtol(argv[3], NULL, 10))) {
		errno = ETIMEDOUT;
		fail("not all are up");
	}
	took = now_us() - from;
	printf("up_ms %.1f\n", (double)took / 1000);
	printf("rss_kb %ld\n", kilobytes(pid, "status", "VmRSS:"));
	printf("pss_kb %ld\n", kilobytes(pid, "smaps_rollup", "Pss:"));
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return 0;
}
