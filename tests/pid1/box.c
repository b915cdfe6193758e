/* A machine in a box. */
#define _GNU_SOURCE
#include "box.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

enum { CAP_OF_REBOOT = 22, BOOT_LIMIT_S = 35 };

const char *
box_at(const struct box *bx, const char *path)
{
	static char out[2 * PATH_ROOM];

	snprintf(out, sizeof(out), "%s%s", bx->root, path);
	return out;
}

/* The system's own, not to be written to; a link stays one. */
static void
borrow(struct box *bx, const char *path)
{
	char text[PATH_ROOM];
	ssize_t n = readlink(path, text, sizeof(text) - 1);
	const char *at = box_at(bx, path);

	if (n > 0) {
		text[n] = '\0';
		if (symlink(text, at) < 0)
			give_up("symlink %s: %s", at, strerror(errno));
		return;
	}
	if (access(path, F_OK) < 0)
		return;
	dir_new(at, 0755);
	if (mount(path, at, NULL, MS_BIND | MS_REC, NULL) < 0 ||
	    mount(NULL, at, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL) < 0)
		skip("not permitted to mount");
}

static void
make_device(struct box *bx, const char *path, unsigned major, unsigned minor)
{
	const char *at = box_at(bx, path);

	if (mknod(at, S_IFCHR | 0666, makedev(major, minor)) < 0 ||
	    chmod(at, 0666) < 0)
		skip("not permitted to make devices");
}

static void
make_console(struct box *bx)
{
	struct termios raw;
	const char *name;

	bx->console = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (bx->console < 0 || grantpt(bx->console) < 0 ||
	    unlockpt(bx->console) < 0)
		skip("no terminals to be had");
	name = ptsname(bx->console);
	bx->slave = name ? open(name, O_RDWR | O_NOCTTY | O_CLOEXEC) : -1;
	if (bx->slave < 0 || tcgetattr(bx->slave, &raw) < 0)
		skip("no terminals to be had");
	cfmakeraw(&raw);
	raw.c_lflag |= ISIG;
	tcsetattr(bx->slave, TCSANOW, &raw);
	fcntl(bx->console, F_SETFL, O_NONBLOCK);
	file_write(box_at(bx, "/dev/console"), "");
	if (mount(name, box_at(bx, "/dev/console"), NULL, MS_BIND, NULL) < 0)
		skip("not permitted to mount");
}

/* Where a coverage build says what it ran, by the same name (tests/coverage.c).
 */
static void
lend_coverage(struct box *bx)
{
	const char *room = getenv("COVERAGE_ROOM");
	char path[PATH_ROOM];
	size_t i;

	if (!room)
		return;
	snprintf(path, sizeof(path), "%s/", room);
	for (i = 1; path[i]; i++) {
		if (path[i] != '/')
			continue;
		path[i] = '\0';
		if (mkdir(box_at(bx, path), 0755) < 0 && errno != EEXIST)
			give_up("mkdir %s: %s", path, strerror(errno));
		path[i] = '/';
	}
	if (mount(room, box_at(bx, room), NULL, MS_BIND, NULL) < 0)
		skip("not permitted to mount");
}

void
box_make(struct box *bx, const char *dir)
{
	static const char *const borrowed[] = { "/bin", "/lib", "/lib32",
		"/lib64", "/libx32", "/usr" };
	static const char *const made[] = { "/dev", "/etc", "/etc/runit",
		"/proc", "/run", "/sbin", "/tmp", "/x" };
	size_t i;

	*bx = (struct box){ .console = -1, .slave = -1 };
	mounts_own();
	path_join(bx->root, dir, "root");
	path_join(bx->out, dir, "out");
	mount_small(bx->root, "size=64m,mode=0755");
	for (i = 0; i < COUNT(borrowed); i++)
		borrow(bx, borrowed[i]);
	for (i = 0; i < COUNT(made); i++)
		dir_new(box_at(bx, made[i]), 0755);
	lend_coverage(bx);
	make_device(bx, "/dev/null", 1, 3);
	make_device(bx, "/dev/tty", 5, 0);
	/* Debian's runit has them there. */
	if (symlink("/run/runit.stopit", box_at(bx, "/etc/runit/stopit")) < 0 ||
	    symlink("/run/runit.reboot", box_at(bx, "/etc/runit/reboot")) < 0)
		give_up("symlink: %s", strerror(errno));
}

void
box_program(struct box *bx, const char *path, const char *name)
{
	struct bytes all = { 0 };
	char to[PATH_ROOM];

	if (!file_add(&all, path))
		give_up("no such program: %s", path);
	snprintf(to, sizeof(to), "/x/%s", name);
	file_put(box_at(bx, to), all.p, all.n, 0755);
	bytes_free(&all);
}

void
box_script(struct box *bx, const char *path, const char *text)
{
	char all[8192];

	snprintf(all, sizeof(all), "#!/bin/sh\n%s\n", text);
	file_put(box_at(bx, path), all, strlen(all), 0755);
}

/* In process 1, before it is one. */
static void
settle(const struct box *bx, int flags)
{
	int null;

	if ((flags & BOX_CONTAINER) &&
	    mount("proc", box_at(bx, "/proc"), "proc", 0, NULL) < 0)
		_exit(EXIT_SKIPPED);
	if ((flags & BOX_READ_ONLY) &&
	    mount(NULL, bx->root, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY,
		NULL) < 0)
		_exit(EXIT_SKIPPED);
	if (chroot(bx->root) < 0 || chdir("/") < 0)
		_exit(EXIT_SKIPPED);
	if (flags & BOX_NO_REBOOT)
		prctl(PR_CAPBSET_DROP, (long)CAP_OF_REBOOT, 0L, 0L, 0L);
	null = open("/dev/null", O_RDWR);
	dup2(null, 0);
	if (!(flags & BOX_NO_CONSOLE)) {
		dup2(null, 1);
		dup2(null, 2);
	}
	close(null);
}

static _Noreturn void
become(const struct box *bx, const char *program, int flags, int out)
{
	static char path[] =
	    "PATH=/x:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin";
	static char var[] = "BOX=a b";
	static char log[] = "WEIR_FAULT_LOG=/tmp/points";
	char fault[128];
	static char one[] = "single", two[] = "S", name[] = "init";
	char *argv[] = { name, one, two, NULL },
	     *envp[] = { path, var, fault, log, NULL };

	snprintf(fault, sizeof(fault), "%s", bx->fault ? bx->fault : "");
	if (!bx->fault)
		envp[2] = NULL;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (flags & BOX_NO_CONSOLE) {
		dup2(out, 1);
		dup2(out, 2);
	}
	settle(bx, flags);
	signals_give();
	execve(program, argv, envp);
	_exit(EXIT_SKIPPED);
}

void
box_boot(struct box *bx, const char *program, int flags)
{
	int out = fd_keep(
	    open(bx->out, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644),
	    "out");

	if (!(flags & BOX_NO_CONSOLE))
		make_console(bx);
	fflush(stdout);
	bx->pid =
	    (pid_t)syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, 0L, 0L, 0L, 0L);
	if (bx->pid < 0)
		skip("not permitted to make a pid namespace");
	if (bx->pid == 0)
		become(bx, program, flags, out);
	close(out);
}

const char *
box_console(struct box *bx)
{
	if (bx->console < 0) {
		bx->said.n = 0;
		file_add(&bx->said, bx->out);
	} else {
		ssize_t r;

		do {
			bytes_more(&bx->said, 4096);
			r = read(bx->console, bx->said.p + bx->said.n, 4096);
			if (r > 0)
				bx->said.n += (size_t)r;
		} while (r > 0);
	}
	bytes_more(&bx->said, 1);
	bx->said.p[bx->said.n] = '\0';
	return bx->said.p;
}

void
box_await(struct box *bx, const char *words)
{
	await(strstr(box_console(bx), words) != NULL, WAIT_LIMIT,
	    "not said: %s; but:\n%s", words, box_console(bx));
}

/* The console is read meanwhile, so that nobody waits for us. */
int
box_end(struct box *bx)
{
	int64_t until = now_ns() + BOOT_LIMIT_S * 1000 * MS;
	int status;

	while (!child_ended(bx->pid, now_ns() + 20 * MS, &status)) {
		box_console(bx);
		want(now_ns() < until, "process 1 does not end; it said:\n%s",
		    box_console(bx));
	}
	if (status_is(status, EXIT_SKIPPED))
		skip("the box cannot be set up");
	box_console(bx);
	return status;
}

size_t
box_children(const struct box *bx)
{
	static pid_t pids[20000];

	return proc_children(bx->pid, pids, COUNT(pids));
}

pid_t
box_enter(const struct box *bx, void (*what)(void))
{
	char path[64];
	int there;
	pid_t pid;

	snprintf(path, sizeof(path), "/proc/%d/ns/pid", (int)bx->pid);
	there = fd_keep(open(path, O_RDONLY | O_CLOEXEC), path);
	if (setns(there, CLONE_NEWPID) < 0)
		skip("setns");
	close(there);
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		what();
		_exit(0);
	}
	return pid;
}
