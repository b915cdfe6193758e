/* A name looked up in a child. */
#include "lookup.h"

#include <signal.h>
#include <stddef.h>
#include <unistd.h>

#include "deaf.h"
#include "loop.h"

/* What resolvers do about servers that do not answer takes that long. */
#define MOST_NS (40 * LOOP_S)

void
lookup_init(struct lookup *l)
{
	*l = (struct lookup){ .fd = -1, .until = LOOP_NEVER };
}

/* In the child, which keeps nothing of the parent's: neither locks nor what
 * somebody may wait for. */
static _Noreturn void
run(int to, const char *name)
{
	struct sys_ip ips[LOOKUP_MOST];
	ssize_t put = 0;
	int n;

	deaf_make();
	if (to != 3)
		to = sys_dup2(to, 3);
	for (int fd = 0; fd < 3; fd++)
		sys_close(fd);
	os_close_from(4, false);
	n = to < 0 ? 0 : sys_find_host(name, ips, LOOKUP_MOST);
	if (n > 0)
		put = sys_write(3, ips, (size_t)n * sizeof ips[0]);
	_exit(n < 0 || put < 0);
}

int
lookup_start(struct lookup *l, const char *name, int64_t now)
{
	int fd[2], rc;
	pid_t pid;

	if (l->pid)
		return 0;
	rc = sys_pipe(fd);
	if (rc < 0)
		return rc;
	pid = sys_fork();
	if (pid == 0)
		run(fd[1], name);
	sys_close(fd[1]);
	if (pid < 0) {
		sys_close(fd[0]);
		return (int)pid;
	}
	l->pid = pid;
	l->fd = fd[0];
	l->until = now + MOST_NS;
	return 0;
}

void
lookup_tick(struct lookup *l, int64_t now)
{
	if (l->pid && now >= l->until) {
		sys_kill(l->pid, SIGKILL);
		l->until = LOOP_NEVER;
	}
}

int
lookup_reaped(struct lookup *l, pid_t pid, struct sys_ip *ips)
{
	ssize_t got;

	if (l->pid == 0 || pid != l->pid)
		return -1;
	/* Nobody else has the other end, so there is an end. */
	got = sys_read(l->fd, ips, LOOKUP_MOST * sizeof ips[0]);
	sys_close(l->fd);
	lookup_init(l);
	return got < 0 ? 0 : (int)((size_t)got / sizeof ips[0]);
}

void
lookup_stop(struct lookup *l)
{
	if (l->pid)
		sys_kill(l->pid, SIGKILL);
	sys_drop(&l->fd);
	lookup_init(l);
}
