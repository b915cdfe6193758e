/* A process as /proc shows it: what it costs, and whether it listens yet. */
#define _GNU_SOURCE
#include "kit/proc.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "kit/clock.h"

const char *
proc_text(pid_t pid, const char *name)
{
	static char text[8192];
	char path[128];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%ld/%s", (long)pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);
	if (fd >= 0)
		close(fd);
	text[n > 0 ? n : 0] = '\0';
	return text;
}

long
proc_status(pid_t pid, const char *key)
{
	const char *p = strstr(proc_text(pid, "status"), key);

	return p ? atol(p + strlen(key)) : 0;
}

int64_t
cpu_ns(pid_t pid)
{
	struct timespec ts;
	clockid_t clock;

	if (clock_getcpuclockid(pid, &clock) != 0 ||
	    clock_gettime(clock, &ts) != 0)
		return 0;
	return ts.tv_sec * (1000 * MS) + ts.tv_nsec;
}

bool
proc_is(pid_t pid)
{
	return kill(pid, 0) == 0;
}

static bool
mask_has(const char *text, const char *key, int sig)
{
	const char *p = strstr(text, key);

	return p && (strtoull(p + strlen(key), NULL, 16) >> (sig - 1) & 1);
}

bool
proc_minds(pid_t pid, int sig)
{
	const char *text = proc_text(pid, "status");

	return !*text || strstr(text, "State:\tZ") ||
	       mask_has(text, "SigBlk:", sig) || mask_has(text, "SigCgt:", sig);
}

size_t
proc_children(pid_t pid, pid_t *out, size_t room)
{
	const char *p;
	char name[64], *end;
	size_t n = 0;
	long child;

	snprintf(name, sizeof(name), "task/%ld/children", (long)pid);
	for (p = proc_text(pid, name); n < room; p = end) {
		child = strtol(p, &end, 10);
		if (end == p)
			break;
		out[n++] = (pid_t)child;
	}
	return n;
}

size_t
proc_fds(pid_t pid)
{
	char path[64];
	size_t n = 0;
	DIR *d;

	snprintf(path, sizeof(path), "/proc/%ld/fd", (long)pid);
	d = opendir(path);
	while (d && readdir(d))
		n++;
	if (d)
		closedir(d);
	return n > 2 ? n - 2 : 0;
}
