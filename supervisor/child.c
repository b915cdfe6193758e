/* One process that a supervisor looks after. */
#include "child.h"

#include <errno.h>
#include <signal.h>

#include "adopt.h"
#include "loop.h"
#include "sys.h"

/* For its end, where nothing tells of it. */
#define LOOK_NS (250 * LOOP_MS)

/* A parent waits for its children at once, if it does at all. */
#define REAP_NS LOOP_S

void
child_init(struct child *c)
{
	*c = (struct child){
		.pidfd = -1,
		.look_at = LOOP_NEVER,
		.limit_at = LOOP_NEVER,
	};
}

int
child_start(struct child *c, struct spawn *sp, int *gate)
{
	int fd[2], rc = sys_pipe(fd);
	int64_t start;
	pid_t pid;

	if (rc < 0)
		return rc;
	sp->gate = fd;
	pid = spawn_start(sp);
	sp->gate = NULL;
	sys_close(fd[0]);
	if (pid < 0) {
		sys_close(fd[1]);
		return pid;
	}
	start = os_process_start(pid);
	if (start < 0 && adopt_may_pass((int)start)) {
		sys_close(fd[1]); /* before its gate it ends with that */
		return (int)start;
	}
	child_init(c);
	c->pid = pid;
	c->start = start > 0 ? start : 0;
	*gate = fd[1];
	return 0;
}

void
child_go(int gate)
{
	/* It may have been killed: then nobody reads, and we shall hear. */
	sys_write(gate, "", 1);
	sys_close(gate);
}

/* 0 if the process is the one that started then. */
static int
is_that(pid_t pid, int64_t start)
{
	int64_t is = os_process_start(pid);

	if (is < 0)
		return (int)is;
	return is == start ? 0 : -ESRCH;
}

int
child_adopt(struct child *c, pid_t pid, int64_t start)
{
	int fd = os_pidfd_open(pid);
	int rc = start == 0 ? -ENOSYS : is_that(pid, start);

	if (rc == 0 && fd == -ESRCH)
		rc = fd;
	if (rc < 0) {
		if (fd >= 0)
			sys_close(fd);
		return rc;
	}
	child_init(c);
	c->pid = pid;
	c->start = start;
	c->adopted = true;
	c->pidfd = fd >= 0 ? fd : -1;
	if (fd < 0)
		c->look_at = loop_now() + LOOK_NS;
	return 0;
}

/* Our own child keeps its pid until it is waited for. */
void
child_signal(const struct child *c, int sig)
{
	if (!child_lives(c))
		return;
	if (c->pidfd >= 0)
		os_pidfd_signal(c->pidfd, sig);
	else if (!c->adopted || is_that(c->pid, c->start) == 0)
		sys_kill(c->pid, sig);
}

/* Once it is over its pidfd is readable for ever, and hung up when its parent
 * has waited for it. */
struct pollfd
child_poll(const struct child *c)
{
	return (struct pollfd){
		.fd = c->pidfd,
		.events = c->over ? 0 : POLLIN,
	};
}

static bool
pidfd_ended(struct child *c, bool news, int *status)
{
	int rc = -EAGAIN;

	if (news)
		rc = os_pidfd_status(c->pidfd, status);
	if (rc == 0)
		return true;
	*status = -1;
	if (rc != -EAGAIN)
		return true;
	if (c->over)
		return loop_now() >= c->look_at;
	if (news) {
		c->over = true;
		c->look_at = loop_now() + REAP_NS;
	}
	return false;
}

bool
child_ended(struct child *c, bool news, int *status)
{
	int64_t now;

	if (!child_lives(c) || !c->adopted)
		return false;
	if (c->pidfd >= 0)
		return pidfd_ended(c, news, status);
	*status = -1;
	now = loop_now();
	if (now < c->look_at)
		return false;
	c->look_at = now + LOOK_NS;
	return is_that(c->pid, c->start) == -ESRCH;
}

bool
child_limit(struct child *c, int64_t now)
{
	if (!child_lives(c) || now < c->limit_at)
		return false;
	c->limit_at = LOOP_NEVER;
	child_signal(c, SIGKILL);
	return true;
}

int64_t
child_deadline(const struct child *c)
{
	return child_lives(c) ? loop_sooner(c->look_at, c->limit_at)
	                      : LOOP_NEVER;
}

void
child_forget(struct child *c)
{
	if (c->pidfd >= 0)
		sys_close(c->pidfd);
	child_init(c);
}
