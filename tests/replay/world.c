/* A system that is made up. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "replay/world.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "spawn.h"
#include "sys.h"

enum {
	FIRST_FD = 100,
	FIRST_PID = 1001,
	LAST_PID = 1060,
	STDERR = 2,
};

struct world world;

/* --- the doors -------------------------------------------------------------*/

/* Weak: a row without a definition below is a call that nobody answers. */
#define SYS(type, name, params, args)                                          \
	type fake_sys_##name params __attribute__((weak));                     \
	type __wrap_sys_##name params;
#include "sys.def"
#undef SYS

#define SYS(type, name, params, args)                                          \
	type fake_os_##name params __attribute__((weak));                      \
	type __wrap_os_##name params;
#include "os/os.def"
#undef SYS

pid_t __wrap_spawn_start(struct spawn *sp);

static void
enter(void)
{
	if (world.die_in > 0 && --world.die_in == 0)
		longjmp(world.death, 1);
}

static _Noreturn void
give_up(const char *what, const char *name)
{
	fprintf(stderr, "world: %s%s\n", what, name);
	abort();
}

#define DOOR(type, name, wrap, fake, params, args)                             \
	type wrap params                                                       \
	{                                                                      \
		enter();                                                       \
		if (!(fake))                                                   \
			give_up("nobody answers ", name);                      \
		return fake args;                                              \
	}

#define SYS(type, name, params, args)                                          \
	DOOR(type, #name, __wrap_sys_##name, fake_sys_##name, params, args)
#include "sys.def"
#undef SYS

#define SYS(type, name, params, args)                                          \
	DOOR(type, #name, __wrap_os_##name, fake_os_##name, params, args)
#include "os/os.def"
#undef SYS

/* --- what is put down ------------------------------------------------------*/

#define DID(...)                                                               \
	did(snprintf(world.did + world.did_n, sizeof(world.did) - world.did_n, \
	    __VA_ARGS__))

static void
did(int n)
{
	world.did_n += (size_t)n;
	if (world.did_n >= sizeof(world.did))
		give_up("too much is done at once", "");
}

void
world_wrong(const char *what, int n)
{
	if (world.wrong[0] == '\0')
		snprintf(world.wrong, sizeof(world.wrong), "%s %d", what, n);
}

/* --- files -----------------------------------------------------------------*/

struct world_node *
world_find(const char *path)
{
	struct world_node *node;

	for (node = world.nodes; node < world.nodes + WORLD_NODES; node++)
		if (node->mode != 0 && strcmp(node->path, path) == 0)
			return node;
	return NULL;
}

static struct world_node *
make(const char *path, mode_t mode)
{
	struct world_node *node = world.nodes;

	while (node->mode != 0)
		if (++node == world.nodes + WORLD_NODES)
			give_up("too many files: ", path);
	memset(node, 0, sizeof(*node));
	snprintf(node->path, sizeof(node->path), "%s", path);
	node->mode = mode;
	return node;
}

static int
new_fd(int kind, int of)
{
	int i;

	for (i = 0; i < WORLD_FDS; i++) {
		if (world.fds[i].kind != FD_FREE)
			continue;
		memset(&world.fds[i], 0, sizeof(world.fds[i]));
		world.fds[i].kind = (unsigned)kind;
		world.fds[i].of = of;
		return FIRST_FD + i;
	}
	give_up("too many descriptors", "");
}

/* Who uses one that is not open has to do with an empty file of its own. */
static struct world_fd *
get(int fd)
{
	static struct world_fd spare_fd;
	int i = fd - FIRST_FD;

	if (i >= 0 && i < WORLD_FDS && world.fds[i].kind != FD_FREE)
		return &world.fds[i];
	world_wrong("nobody has opened descriptor", fd);
	return &spare_fd;
}

static struct world_node *
node_of(int fd)
{
	static struct world_node spare_node;
	struct world_fd *f = get(fd);

	return f->kind == FD_NODE ? &world.nodes[f->of] : &spare_node;
}

/* The path of a name in a directory. */
static const char *
path_in(int dir, const char *name)
{
	static char path[64];
	struct world_node *node = node_of(dir);

	if (!S_ISDIR(node->mode))
		give_up("no directory for ", name);
	snprintf(path, sizeof(path), "%s%s%s", node->path,
	    node->path[0] ? "/" : "", name);
	return path;
}

static int
fill(struct stat *st, const struct world_node *node)
{
	if (!node)
		return -ENOENT;
	memset(st, 0, sizeof(*st));
	st->st_dev = 7;
	st->st_ino = (ino_t)(node - world.nodes + 1);
	st->st_mode = node->mode;
	st->st_nlink = 1;
	st->st_uid = geteuid();
	st->st_size = (off_t)node->n;
	return 0;
}

int
world_open(const char *path, mode_t mode)
{
	struct world_node *node = world_find(path);

	if (!node)
		node = make(path, mode);
	return new_fd(FD_NODE, (int)(node - world.nodes));
}

void
world_put(const char *path, const char *text, mode_t mode)
{
	struct world_node *node = make(path, S_IFREG | mode);

	node->n = strlen(text);
	memcpy(node->data, text, node->n);
}

size_t
world_opened(void)
{
	size_t i, n = 0;

	for (i = 0; i < WORLD_FDS; i++)
		n += world.fds[i].kind != FD_FREE;
	return n;
}

int
fake_sys_openat(int dir, const char *name, int flags, mode_t mode)
{
	const char *path = path_in(dir, name);
	struct world_node *node = world_find(path);

	if (node && (flags & O_EXCL))
		return -EEXIST;
	if (node && (flags & O_DIRECTORY) && !S_ISDIR(node->mode))
		return -ENOTDIR;
	if (!node && !(flags & O_CREAT))
		return -ENOENT;
	return world_open(path, S_IFREG | mode);
}

int
fake_sys_close(int fd)
{
	get(fd)->kind = FD_FREE;
	return 0;
}

int
fake_sys_mkdirat(int dir, const char *name, mode_t mode)
{
	const char *path = path_in(dir, name);

	if (world_find(path))
		return -EEXIST;
	make(path, S_IFDIR | mode);
	return 0;
}

int
fake_sys_mkfifoat(int dir, const char *name, mode_t mode)
{
	const char *path = path_in(dir, name);

	if (world_find(path))
		return -EEXIST;
	make(path, S_IFIFO | mode);
	return 0;
}

ssize_t
fake_sys_readlinkat(int dir, const char *name, char *text, size_t n)
{
	(void)text;
	(void)n;
	return world_find(path_in(dir, name)) ? -EINVAL : -ENOENT;
}

ssize_t
fake_os_link_text(int dir, const char *name, struct stat *st, char *text,
    size_t n)
{
	(void)st;
	(void)text;
	(void)n;
	return world_find(path_in(dir, name)) ? -ELOOP : -ENOENT;
}

int
fake_sys_renameat(int dir, const char *from, const char *to)
{
	struct world_node *node = world_find(path_in(dir, from));
	struct world_node *old = world_find(path_in(dir, to));

	if (!node)
		return -ENOENT;
	if (old)
		old->mode = 0;
	snprintf(node->path, sizeof(node->path), "%s", path_in(dir, to));
	return 0;
}

int
fake_sys_unlinkat(int dir, const char *name)
{
	struct world_node *node = world_find(path_in(dir, name));

	if (!node)
		return -ENOENT;
	node->mode = 0;
	return 0;
}

int
fake_sys_fstat(int fd, struct stat *st)
{
	return fill(st, node_of(fd));
}

int
fake_sys_fstatat(int dir, const char *name, struct stat *st, int flags)
{
	(void)flags;
	return fill(st, world_find(path_in(dir, name)));
}

int
fake_sys_faccessat(int dir, const char *name, int mode)
{
	struct world_node *node = world_find(path_in(dir, name));

	if (!node)
		return -ENOENT;
	return (node->mode >> 6 & (mode_t)mode) == (mode_t)mode ? 0 : -EACCES;
}

/* One descriptor has it, until it is closed. */
int
fake_sys_flock(int fd)
{
	struct world_fd *f = get(fd), *other;

	for (other = world.fds; other < world.fds + WORLD_FDS; other++)
		if (other != f && other->kind == FD_NODE &&
		    other->of == f->of && other->locked)
			return -EAGAIN;
	f->locked = true;
	return 0;
}

ssize_t
fake_sys_pread(int fd, void *p, size_t n, off_t at)
{
	struct world_node *node = node_of(fd);
	size_t from = (size_t)at < node->n ? (size_t)at : node->n;

	if (n > node->n - from)
		n = node->n - from;
	memcpy(p, node->data + from, n);
	return (ssize_t)n;
}

ssize_t
fake_sys_read(int fd, void *p, size_t n)
{
	struct world_node *node = node_of(fd);
	struct world_fd *f = get(fd);
	ssize_t got = fake_sys_pread(fd, p, n, (off_t)f->at);

	if (!S_ISFIFO(node->mode)) {
		f->at += (size_t)got;
		return got;
	}
	if (got == 0)
		return -EAGAIN;
	node->n -= (size_t)got;
	memmove(node->data, node->data + got, node->n);
	return got;
}

ssize_t
fake_sys_pwrite(int fd, const void *p, size_t n, off_t at)
{
	struct world_node *node = node_of(fd);

	if ((size_t)at + n > sizeof(node->data))
		give_up("too much for ", node->path);
	memcpy(node->data + at, p, n);
	if ((size_t)at + n > node->n)
		node->n = (size_t)at + n;
	return (ssize_t)n;
}

/* --- processes -------------------------------------------------------------*/

struct world_process *
world_process(pid_t pid)
{
	size_t i;

	for (i = world.n_processes; i-- > 0;)
		if (world.processes[i].pid == pid &&
		    world.processes[i].life != LIFE_GONE)
			return &world.processes[i];
	return NULL;
}

static bool
is_in_use(pid_t pid)
{
	size_t i;

	for (i = 0; i < world.n_processes; i++) {
		const struct world_process *p = &world.processes[i];

		if (p->pid == pid &&
		    (p->life != LIFE_GONE || p->gone == world.era))
			return true;
	}
	return false;
}

pid_t
world_pid_after(pid_t pid)
{
	do
		pid = pid >= LAST_PID ? FIRST_PID : pid + 1;
	while (is_in_use(pid));
	return pid;
}

static struct world_process *
add(pid_t pid)
{
	struct world_process *p = &world.processes[world.n_processes];

	if (world.n_processes == WORLD_PROCESSES)
		give_up("too many processes", "");
	memset(p, 0, sizeof(*p));
	p->pid = pid;
	p->start = (int64_t)(5000 + world.n_processes++);
	return p;
}

void
world_end(struct world_process *p, int status)
{
	p->status = status;
	p->life = p->orphan || p->stranger ? LIFE_GONE : LIFE_OVER;
}

void
world_stranger(pid_t pid)
{
	struct world_process *p = add(pid);

	p->stranger = true;
	p->life = LIFE_ON;
}

void
world_orphan(const int *keep, size_t n)
{
	struct world_node *fifo = world_find("supervise/control");
	size_t i, k;

	for (i = 0; i < WORLD_FDS; i++) {
		for (k = 0; k < n; k++)
			if (keep[k] == FIRST_FD + (int)i)
				break;
		if (k == n)
			world.fds[i].kind = FD_FREE;
	}
	for (i = 0; i < world.n_processes; i++) {
		struct world_process *p = &world.processes[i];

		if (p->life != LIFE_ON)
			p->life = LIFE_GONE;
		p->orphan = true;
	}
	if (fifo)
		fifo->n = 0;
}

/* What a spawn is in words. */
static void
describe(struct world_process *p, const struct spawn *sp)
{
	size_t i, n = 0, room = sizeof(p->text);

	for (i = 0; sp->argv[i]; i++)
		n += (size_t)snprintf(p->text + n, room - n, "%s%s",
		    i > 0 ? " " : "", sp->argv[i]);
	for (i = 0; i < sp->n_fd; i++)
		n += (size_t)snprintf(p->text + n, room - n, " %d=%s",
		    sp->fd[i].to, node_of(sp->fd[i].from)->path + 1);
	if (n >= room)
		give_up("too many words: ", p->text);
	if (node_of(sp->cwd) != world_find(""))
		world_wrong("not in the service directory:", p->pid);
}

pid_t
__wrap_spawn_start(struct spawn *sp)
{
	struct world_process *p;

	enter();
	if (world.fork_fails > 0) {
		world.fork_fails--;
		DID("no %s\n", sp->argv[0]);
		return -EAGAIN;
	}
	if (!sp->gate)
		give_up("no gate for ", sp->argv[0]);
	world.last_pid = world_pid_after(world.last_pid);
	p = add(world.last_pid);
	p->gate = get(sp->gate[0])->of;
	describe(p, sp);
	return p->pid;
}

int
fake_sys_pipe(int fd[2])
{
	fd[0] = new_fd(FD_GATE, ++world.gates);
	fd[1] = new_fd(FD_GATE, world.gates);
	return 0;
}

static void
open_gate(int gate)
{
	size_t i;

	for (i = 0; i < world.n_processes; i++) {
		struct world_process *p = &world.processes[i];

		if (p->gate != gate || p->life != LIFE_GATE)
			continue;
		if (world.starts)
			world.starts(p);
		p->life = LIFE_ON;
		DID("%d %s\n", (int)p->pid, p->text);
	}
}

ssize_t
fake_sys_write(int fd, const void *p, size_t n)
{
	struct world_fd *f = get(fd);

	if (f->kind == FD_GATE) {
		open_gate(f->of);
		return (ssize_t)n;
	}
	f->at += n;
	return fake_sys_pwrite(fd, p, n, (off_t)(f->at - n));
}

/* What is said is for nobody. */
ssize_t
fake_os_write_nowait(int fd, const void *p, size_t n)
{
	(void)p;
	if (fd != STDERR)
		world_wrong("written to", fd);
	return (ssize_t)n;
}

pid_t
fake_sys_waitpid(pid_t pid, int *status, int flags)
{
	size_t i;

	(void)flags;
	if (pid != -1)
		world_wrong("not all children are waited for, but", pid);
	for (i = 0; i < world.n_processes; i++) {
		if (world.processes[i].life != LIFE_OVER)
			continue;
		world.processes[i].life = LIFE_GONE;
		world.processes[i].gone = world.era;
		*status = world.processes[i].status;
		return world.processes[i].pid;
	}
	return 0;
}

static int
deliver(struct world_process *p, int sig)
{
	if (!p || p->life == LIFE_GONE)
		return -ESRCH;
	DID("%d to %d\n", sig, (int)p->pid);
	if (p->stranger)
		world_wrong("a signal was sent to a stranger,", p->pid);
	if (sig == SIGTERM)
		p->told = p->got_term = true;
	if (sig == SIGKILL)
		p->killed = true;
	if (sig == SIGSTOP || sig == SIGCONT)
		p->stopped = p->got_stop = sig == SIGSTOP;
	return 0;
}

int
fake_sys_kill(pid_t pid, int sig)
{
	int rc = deliver(world_process(pid), sig);

	if (rc < 0)
		world_wrong("a signal was sent to nobody,", pid);
	return rc;
}

int64_t
fake_os_process_start(pid_t pid)
{
	struct world_process *p = world_process(pid);

	return p && p->life != LIFE_OVER ? p->start : -ESRCH;
}

int
fake_os_pidfd_open(pid_t pid)
{
	struct world_process *p = world_process(pid);

	if (!world.has_pidfd)
		return -ENOSYS;
	return p ? new_fd(FD_PROCESS, (int)(p - world.processes)) : -ESRCH;
}

int
fake_os_pidfd_signal(int fd, int sig)
{
	return deliver(&world.processes[get(fd)->of], sig);
}

int
fake_os_pidfd_status(int fd, int *status)
{
	if (!world.has_status)
		return -ENOSYS;
	*status = world.processes[get(fd)->of].status;
	return 0;
}

/* --- waiting, time, and the rest -------------------------------------------*/

static short
ready(int fd)
{
	const struct world_fd *f;

	if (fd == STDERR)
		return POLLOUT;
	if (fd < 0)
		return 0;
	f = get(fd);
	if (f->kind == FD_PROCESS)
		return world.processes[f->of].life >= LIFE_OVER ? POLLIN : 0;
	return world.nodes[f->of].n > 0 ? POLLIN : 0;
}

int
fake_sys_poll(struct pollfd *fds, size_t n, int64_t timeout_ns)
{
	int count = 0;
	size_t i;

	if (timeout_ns != 0)
		give_up("nobody waits here", "");
	for (i = 0; i < n; i++) {
		fds[i].revents = ready(fds[i].fd);
		count += fds[i].revents != 0;
	}
	return count;
}

int64_t
fake_sys_mono_ns(void)
{
	return world.now;
}

int64_t
world_wall(void)
{
	return INT64_C(1795000000000000000) + world.now;
}

int64_t
fake_sys_wall_ns(void)
{
	return world_wall();
}

int
fake_os_boot_id(unsigned char id[16])
{
	memset(id, 7, 16);
	return 0;
}

void
world_begin(void)
{
	memset(&world, 0, sizeof(world));
	world.now = INT64_C(1000000000000);
	world.last_pid = FIRST_PID;
	world.era = 1;
}

void
world_quiet(void)
{
	world.era++;
	world.did_n = 0;
	world.did[0] = '\0';
}
