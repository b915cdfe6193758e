/* keeper: what runsv lives through: scripts that hang, disks that are full,
 * directories that go away. */
#define _GNU_SOURCE
#include "svc.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define HANG "while :; do sleep 0.05; done"
#define DEAF "trap '' TERM HUP; " MARK HANG

/* A second instance says so. */
#define ALONE "exec 9>../one; flock -n 9 || echo TWICE >>trace; "

static const char *
trace(void)
{
	return file_text(svc_path("trace"));
}

static void
one_at_most(void)
{
	want(!strstr(trace(), "TWICE"), "there were two");
}

static void
exits_0(void)
{
	int status = svc_ended();

	want(status_is(status, 0), "runsv: %s", status_words(status));
}

static bool
is_gone(pid_t pid)
{
	strays_reap(svc.pid, 0);
	return !proc_is(pid);
}

/* --- scripts that hang ----------------------------------------------------*/

static void
hung_script_and_kill(void)
{
	svc_script("run", DEAF);
	svc_script("control/t", MARK HANG);
	svc_script("control/h", DEAF);
	svc_start();
	svc_await_text("trace", "./run\n");
	svc_tell("h");
	svc_await_part("trace", "control/h\n");
	svc_tell("d");
	svc_await_part("trace", "control/t\n");
	svc_await("run, want down");
	svc_tell("k");
	svc_await("down");
	svc_tell("x");
	exits_0();
}

/* arg 1: TERM to runsv instead of x. */
static void
hung_script_and_exit(void)
{
	svc_script("run", MARK SLEEP);
	svc_script("control/t", MARK HANG);
	svc_start();
	svc_await_text("trace", "./run\n");
	svc_tell("t");
	svc_await_part("trace", "control/t\n");
	if (svc.stage->arg)
		kill(svc.pid, SIGTERM);
	else
		svc_tell("x");
	exits_0();
}

static void
hung_start(void)
{
	svc_script("run", MARK SLEEP);
	svc_script("control/u", MARK HANG);
	svc_start();
	svc_await_text("trace", "control/u\n");
	svc_await("down");
	svc_tell("k");
	svc_await_text("trace", "control/u\n./run\n");
	svc_await("run");
	svc_tell("dktx");
	exits_0();
}

/* arg: what ends it. */
static void
hung_finish(void)
{
	char bytes[] = { (char)svc.stage->arg, 0 };
	pid_t pid;

	svc_script("run", MARK SLEEP);
	svc_script("finish", MARK HANG);
	svc_start();
	svc_await_text("trace", "./run\n");
	svc_tell("d");
	svc_await_part("trace", "./finish\n");
	pid = svc_process();
	svc_tell("thd"); /* which are none of its business */
	svc_tell(bytes);
	if (svc.stage->arg == 'k') {
		svc_await("down");
		svc_tell("x");
	}
	exits_0();
	want(is_gone(pid), "finish is left behind");
	want(times(trace(), "finish") == 1, "finish ran again");
}

static void
kill_and_up_in_finish(void)
{
	int i;

	svc_script("run", ALONE MARK SLEEP);
	svc_script("finish", ALONE MARK SLEEP);
	svc_start();
	for (i = 1; i <= 5; i++) {
		await(times(trace(), "./run\n") == (size_t)i, WAIT_LIMIT,
		    "no run");
		svc_tell("t");
		await(times(trace(), "./finish\n") == (size_t)i, WAIT_LIMIT,
		    "no finish");
		svc_tell("dkuku");
	}
	await(times(trace(), "./run\n") == (size_t)i, WAIT_LIMIT, "no run");
	one_at_most();
	want(times(trace(), "./finish\n") == 5, "finish ran again");
	svc_tell("xk");
	await(times(trace(), "./finish\n") == 6, WAIT_LIMIT, "no finish");
	svc_tell("k");
	exits_0();
	one_at_most();
}

/* control/k says that it has done it, and has not. */
static void
kill_that_does_not(void)
{
	svc_script("run", ALONE MARK SLEEP);
	svc_script("control/k", MARK);
	svc_start();
	svc_await_text("trace", "./run\n");
	svc_tell("ku");
	svc_await_text("trace", "./run\ncontrol/k\n");
	svc_await("run");
	svc_tell("t");
	svc_await_text("trace", "./run\ncontrol/k\n./run\n");
	one_at_most();
	svc_stop();
}

static void
script_by_signal(void)
{
	svc_script("run", "trap 'echo HUP >>trace' HUP; " MARK HANG);
	svc_script("control/h", MARK "kill -KILL $$");
	svc_start();
	svc_await_text("trace", "./run\n");
	svc_tell("h");
	svc_await_text("trace", "./run\ncontrol/h\nHUP\n");
	svc_put("control/h", "#!/nonexistent\n");
	want(chmod(svc_path("control/h"), 0755) == 0, "chmod");
	svc_tell("h");
	svc_await_text("trace", "./run\ncontrol/h\nHUP\nHUP\n");
	want(strstr(svc_words(), "fatal: unable to run control/h: "
				 "file does not exist\n"),
	    "it is not said");
	svc_tell("xk");
	exits_0();
}

/* Neither finish nor the next run meets a script of the run before. */
static void
scripts_first(void)
{
	svc_script("run", MARK SLEEP);
	svc_script("finish", MARK);
	svc_script("control/t",
	    "kill $1\nuntil [ -e go ]; do sleep 0.02; done\n" MARK);
	svc_start();
	svc_await_text("trace", "./run\n");
	svc_tell("t");
	svc_await("finish"); /* to come */
	want(svc_process() == 0, "there is a process");
	want(strcmp(trace(), "./run\n") == 0, "finish is there already");
	svc_put("go", "");
	svc_await_text("trace", "./run\ncontrol/t\n./finish\n./run\n");
	svc_stop();
}

static void
again(void)
{
	svc_script("run", MARK SLEEP);
	svc_script("control/h",
	    MARK "until [ -e go ]; do sleep 0.02; done; echo end >>trace");
	svc_start();
	svc_await_text("trace", "./run\n");
	svc_tell("hhh");
	svc_await_text("trace", "./run\ncontrol/h\n");
	svc_put("go", "");
	svc_await_text("trace", "./run\ncontrol/h\nend\ncontrol/h\nend\n");
	svc_stop();
}

static void
stays_down(void)
{
	svc_script("run", MARK SLEEP);
	svc_script("finish", MARK "exit 125");
	svc_start();
	svc_await_text("trace", "./run\n");
	svc_await("run"); /* down is what it says before */
	svc_tell("t");
	svc_await("down");
	want(svc_status("supervise/status").want == WANT_DOWN, "wanted up");
	svc_tell("u");
	svc_await_text("trace", "./run\n./finish\n./run\n");
	svc_tell("x");
	exits_0();
}

static void
paused(void)
{
	svc_script("run", DEAF);
	svc_script("finish", MARK HANG);
	svc_start();
	svc_await_text("trace", "./run\n");
	svc_tell("p");
	svc_await("run, paused");
	svc_tell("d"); /* which sends CONT */
	svc_await("run, got TERM, want down");
	svc_tell("k");
	svc_await_text("trace", "./run\n./finish\n");
	svc_tell("pt1");
	svc_await("finish, want down");
	svc_script("control/p", MARK);
	svc_tell("ku");
	svc_await_text("trace", "./run\n./finish\n./run\n");
	svc_tell("p");
	svc_await_part("trace", "control/p\n");
	await(!svc_status("supervise/status").paused, WAIT_LIMIT,
	    "nobody paused it");
	svc_tell("k");
	svc_await_part("trace", "control/p\n./finish\n");
	svc_script("finish", "");
	svc_tell("u");
	svc_tell("xk");
	exits_0();
}

/* control/p does what it is for after d has sent CONT. */
static void
paused_late(void)
{
	svc_script("run",
	    "trap 'until [ -e end ]; do sleep 0.02; done; exit' TERM\n" MARK
		HANG);
	svc_script("control/p", MARK "until [ -e go ]; do sleep 0.02; done\n"
				     "kill -STOP $1; echo stopped >>trace");
	svc_start();
	svc_await_text("trace", "./run\n");
	svc_tell("p");
	svc_await_part("trace", "control/p\n");
	svc_tell("d");
	svc_await("run, got TERM, want down");
	svc_put("go", "");
	svc_await_part("trace", "stopped\n");
	svc_put("end", "");
	svc_await("down");
	svc_stop();
}

/* --- limits and delays ----------------------------------------------------*/

static void
limits(void)
{
	svc_script("run", DEAF);
	svc_script("finish", DEAF);
	svc_script("control/h", DEAF);
	svc_put("timeout-stop", "1\n");
	svc_put("timeout-finish", "1\n");
	svc_put("timeout-control", "1\n");
	svc_start();
	svc_await_text("trace", "./run\n");
	svc_tell("h");
	svc_await_part("trace", "control/h\n");
	svc_await_part("../said", "control/h\n");
	svc_tell("d");
	svc_await("down");
	want(strcmp(svc_words(),
		 "runsv service: warning: killed for taking too long: "
		 "control/h\n"
		 "runsv service: warning: killed for taking too long: ./run\n"
		 "runsv service: warning: killed for taking too long: "
		 "./finish\n") == 0,
	    "it said %s", svc_words());
	svc_tell("x");
	exits_0();
}

/* Of a run that another runsv has sent TERM to. */
static void
limit_taken_over(void)
{
	svc_script("run", DEAF);
	svc_start();
	svc_await_text("trace", "./run\n");
	svc_tell("d");
	svc_await("run, got TERM, want down");
	kill(svc.pid, SIGKILL);
	svc_ended();
	svc_put("timeout-stop", "1\n");
	svc_start();
	svc_await("down");
	svc_stop();
}

/* 0, 1 and 3 s after the first. */
static void
backoff(void)
{
	int64_t from = now_ns();

	svc_script("run", MARK);
	svc_put("backoff", "1000\n");
	svc_start();
	svc_await_text("trace", "./run\n./run\n./run\n");
	want(now_ns() - from > 2900 * MS, "too soon");
	svc_tell("x");
	exits_0();
}

/* The delay is 256 s by then. */
static void
up_now(void)
{
	size_t i;

	svc_script("run", MARK);
	svc_put("backoff", "1000\n");
	svc_start();
	for (i = 1; i < 10; i++) {
		await(times(trace(), "./run\n") == i, WAIT_LIMIT,
		    "no run number %zu", i);
		svc_await("down");
		svc_tell("u");
	}
	svc_tell("dx");
	exits_0();
}

/* A daemon that keeps the pipe open; the logger does not end by itself. */
static void
daemon_with_pipe(void)
{
	pid_t pid;

	svc_script("run", "sleep 1000 & echo $! >pid; echo up; " SLEEP);
	svc_log();
	svc_start();
	svc_await_text("log/lines", "up\n");
	pid = atoi(file_text(svc_path("pid")));
	svc_stop();
	want(pid > 0 && kill(pid, 0) == 0, "the daemon has ended");
}

/* --- directories ----------------------------------------------------------*/

/* arg 1: told to look by HUP, not by a death. */
static void
replaced(void)
{
	char old[PATH_ROOM];
	pid_t pid;

	svc_script("run", MARK SLEEP);
	svc_log();
	svc_start();
	svc_await_log("run");
	svc_await_text("trace", "./run\n");
	pid = svc_process();
	path_join(old, svc.stage->tmp, "old");
	want(rename(svc.dir, old) == 0, "rename");
	dir_new(svc.dir, 0755);
	tree_remove(old);
	svc_script("run", "echo anew >>trace; " SLEEP);
	svc_log();
	if (svc.stage->arg) {
		kill(svc.pid, SIGHUP);
		svc_await("run");
		want(svc_process() == pid, "another process");
		svc_tell("t");
	} else {
		kill(pid, SIGTERM);
	}
	svc_await_text("trace", "anew\n");
	svc_await("run");
	svc_await_log("run");
	svc_tell("x");
	exits_0();
}

static void
supervise_removed(void)
{
	svc_script("run", MARK SLEEP);
	svc_start();
	svc_await_text("trace", "./run\n");
	tree_remove(svc_path("supervise"));
	kill(svc.pid, SIGHUP);
	svc_await("run");
	svc_tell("t");
	svc_await_text("trace", "./run\n./run\n");
	svc_tell("x");
	exits_0();
}

static void
log_added(void)
{
	svc_script("run", "echo up; " SLEEP);
	program_fd(&svc.pg, 1, fd_keep(open("/dev/null", O_WRONLY), "null"));
	svc_start();
	svc_await("run");
	svc_log();
	kill(svc.pid, SIGHUP);
	svc_await_log("run");
	svc_tell("t");
	svc_await_text("log/lines", "up\n");
	svc_tell("x");
	exits_0();
	svc_await_log("down");
}

/* What is wrong is said once, not each second; and it gets well by itself. */
static void
mended(void)
{
	svc_put("run", "#!/bin/sh\n" MARK SLEEP "\n");
	svc_script("finish", MARK);
	svc_start();
	svc_await_part("trace", "./finish\n./finish\n./finish\n");
	want(strcmp(svc_words(), "runsv service: fatal: unable to start ./run: "
				 "access denied\n") == 0,
	    "it said %s", svc_words());
	want(chmod(svc_path("run"), 0755) == 0, "chmod");
	svc_await_part("trace", "./run\n");
	svc_await("run");
	svc_tell("x");
	exits_0();
}

static void
open_control(void)
{
	struct stat st;

	svc_script("run", SLEEP);
	want(mkdir(svc_path("supervise"), 0755) == 0 &&
		 mkfifo(svc_path("supervise/control"), 0600) == 0 &&
		 chmod(svc_path("supervise/control"), 0666) == 0,
	    "mkfifo");
	svc_start();
	svc_await("run");
	svc_tell("t");
	svc_await("run");
	svc_stop();
	want(stat(svc_path("supervise/control"), &st) == 0 &&
		 (st.st_mode & 07777) == 0666,
	    "mode %o", (unsigned)st.st_mode);
	want(stat(svc_path("supervise"), &st) == 0 &&
		 (st.st_mode & 07777) == 0755,
	    "mode %o", (unsigned)st.st_mode);
	want(strcmp(svc_words(), "runsv service: warning: supervise/control "
				 "can be written by everybody\n") == 0,
	    "it said %s", svc_words());
}

static void
full_disk(void)
{
	char ballast[PATH_ROOM];

	svc_script("run", "echo $$ >../pid; echo run >>../trace; " SLEEP);
	mount_small(svc_path("supervise"), "size=64k");
	want(chmod(svc_path("supervise"), 0700) == 0, "chmod");
	svc_start();
	svc_await_text("../trace", "run\n");
	svc_await("run");
	path_join(ballast, svc_path("supervise"), "ballast");
	disk_fill(ballast);
	svc_tell("t");
	svc_await_text("../trace", "run\nrun\n");
	svc_await_part("../said", "out of disk space\n");
	svc_tell("t");
	svc_await_text("../trace", "run\nrun\nrun\n");
	want(times(svc_words(), "\n") == 1, "it said %s", svc_words());
	/* There is room for nothing, but the record is of the new run. */
	await(svc_status("supervise/status").pid ==
		  atoi(file_text(svc_path("../pid"))),
	    WAIT_LIMIT, "the status is of another run");
	want(unlink(ballast) == 0, "unlink");
	svc_tell("d");
	await(svc_process() == 0 &&
		  svc_status("supervise/status").want == WANT_DOWN,
	    WAIT_LIMIT, "it is not written");
	svc_await("down");
	svc_tell("x");
	exits_0();
	want(times(svc_words(), "\n") == 1, "it said %s", svc_words());
}

/* As a disk does that fails. */
static void
turned_read_only(void)
{
	svc.program = svc.stage->programs[1];
	program_env(&svc.pg, "WEIR_FAULT", "fail:renameat:EROFS:7+");
	svc_script("run", MARK SLEEP);
	svc_start();
	svc_await_text("trace", "./run\n");
	svc_tell("t");
	svc_await_text("trace", "./run\n./run\n");
	svc_await_part("../said", "read-only file system\n");
	svc_tell("t");
	svc_await_text("trace", "./run\n./run\n./run\n");
	svc_tell("x");
	exits_0();
	want(times(svc_words(), "\n") == 1, "it said %s", svc_words());
}

static void
read_only(void)
{
	svc_script("run", SLEEP);
	mounts_own();
	want(mount(svc.dir, svc.dir, NULL, MS_BIND, NULL) == 0 &&
		 mount(NULL, svc.dir, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY,
		     NULL) == 0,
	    "mount: %s", strerror(errno));
	svc_launch();
	want(status_is(svc_ended(), 111), "not 111");
	want(strcmp(svc_words(), "runsv service: fatal: unable to create "
				 "supervise: read-only file system\n") == 0,
	    "it said %s", svc_words());
	umount(svc.dir);
	/* ... but where supervise leads elsewhere it is no matter. */
	want(symlink("../elsewhere", svc_path("supervise")) == 0, "symlink");
	want(mount(svc.dir, svc.dir, NULL, MS_BIND, NULL) == 0 &&
		 mount(NULL, svc.dir, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY,
		     NULL) == 0,
	    "mount: %s", strerror(errno));
	svc_start();
	svc_await("run");
	svc_stop();
}

/* --- the start ------------------------------------------------------------*/

/* Of a script: whether somebody is there, and what the status is. */
#define SIGHT "{ ls $of/supervise/ok; cat $of/supervise/stat; } >$0.saw 2>&1; "

static void
shown_first(void)
{
	svc_script("run", "of=.; " SIGHT MARK SLEEP);
	svc_script("log/run", "of=..; " SIGHT "exec cat");
	svc_start();
	svc_await_text("trace", "./run\n");
	svc_await_text("run.saw", "./supervise/ok\nrun\n");
	svc_await_text("log/run.saw", "../supervise/ok\nrun\n");
	svc_stop();
}

/* The second is the ok FIFO; the control FIFO is there by then. */
static void
not_announced(void)
{
	int status;

	svc.program = svc.stage->programs[1];
	program_env(&svc.pg, "WEIR_FAULT", "fail:mkfifoat:ENOSPC:2");
	svc_script("run", MARK SLEEP);
	svc_launch();
	status = svc_ended();
	want(status_is(status, 111), "runsv: %s", status_words(status));
	want(strstr(svc_words(), "unable to read supervise/ok"), "it said %s",
	    svc_words());
	want(strays_end(WAIT_LIMIT), "some are left");
	want(!file_is(svc_path("trace")), "run ran");
}

/* --- the system -----------------------------------------------------------*/

static void
no_fork(void)
{
	svc.program = svc.stage->programs[1];
	program_env(&svc.pg, "WEIR_FAULT",
	    "fail:fork:EAGAIN:1 fail:fork:EAGAIN:2 fail:fork:EAGAIN:4");
	svc_script("run", MARK SLEEP);
	svc_script("finish", MARK);
	svc_start();
	svc_await_text("trace", "./run\n"); /* the third */
	svc_tell("t");
	svc_await_text("trace", "./run\n./finish\n./run\n");
	want(strcmp(svc_words(), "runsv service: warning: unable to fork for "
				 "./run: temporary failure\n"
				 "runsv service: warning: unable to fork for "
				 "./finish: temporary failure\n") == 0,
	    "it said %s", svc_words());
	svc_tell("x");
	exits_0();
}

/* It hears while it waits. */
static void
down_without_fork(void)
{
	svc.program = svc.stage->programs[1];
	program_env(&svc.pg, "WEIR_FAULT", "fail:fork:EAGAIN:1+");
	svc_script("run", MARK SLEEP);
	svc_start();
	svc_await_part("../said", "unable to fork");
	svc_tell("d");
	await(svc_status("supervise/status").want == WANT_DOWN, WAIT_LIMIT,
	    "it does not hear");
	svc_tell("x");
	exits_0();
	want(!file_is(svc_path("trace")), "run ran");
}

static void
no_standard_fds(void)
{
	char command[PATH_ROOM + 64];

	svc_script("run", MARK SLEEP);
	snprintf(command, sizeof(command), "exec %s service <&- >&- 2>&-",
	    svc.program);
	program_words(&svc.pg, "/bin/sh", "-c", command, NULL);
	svc_start();
	svc_await_text("trace", "./run\n");
	svc_tell("t");
	svc_await_text("trace", "./run\n./run\n");
	svc_tell("x");
	exits_0();
}

static long
switches(void)
{
	return proc_status(svc.pid, "voluntary_ctxt_switches:");
}

static void
idle(void)
{
	long before;

	svc_script("run", MARK SLEEP);
	svc_log();
	svc_start();
	svc_await_text("trace", "./run\n");
	svc_await_log("run");
	await((before = switches(), measure_for(50 * MS), before == switches()),
	    WAIT_LIMIT, "it never rests");
	measure_for(2000 * MS);
	want(switches() == before, "it woke up %ld times", switches() - before);
	svc_stop();
}

/* All that a service goes through. The fault build tells of memory that is
 * taken by our code; what libc takes for itself would show in the process. */
static void
no_memory(void)
{
	char allocs[PATH_ROOM], points[PATH_ROOM];
	long before;

	svc.program = svc.stage->programs[1];
	program_env(&svc.pg, "WEIR_FAULT_ALLOCS",
	    path_join(allocs, svc.dir, "allocs"));
	program_env(&svc.pg, "WEIR_FAULT_LOG",
	    path_join(points, svc.dir, "points"));
	svc_script("run", MARK SLEEP);
	svc_script("finish", MARK);
	svc_script("control/t", MARK "exit 1");
	svc_log();
	svc_start();
	svc_await_text("trace", "./run\n");
	svc_await_log("run");
	before = proc_status(svc.pid, "VmData:");
	want(before > 0, "there is no process");
	svc_tell("t");
	svc_await_text("trace", "./run\ncontrol/t\n./finish\n./run\n");
	svc_tell_log("k");
	svc_put("run", "");
	svc_tell("k");
	svc_await_part("../said", "unable to start");
	svc_script("run", MARK SLEEP);
	svc_await("run");
	want(proc_status(svc.pid, "VmData:") == before, "it has grown");
	svc_stop();
	want(file_size(points) > 0, "it is not the fault build");
	want(!file_is(allocs), "taken: %s", file_text(allocs));
}

/* --- lending --------------------------------------------------------------*/

static void
lend(int r, int w, int ring)
{
	static char text[128];
	struct stat pipe, mem;

	want(fstat(r, &pipe) == 0 && fstat(ring, &mem) == 0, "fstat");
	snprintf(text, sizeof(text), "50:51:%llu:52:%llu",
	    (unsigned long long)pipe.st_ino, (unsigned long long)mem.st_ino);
	program_fd(&svc.pg, 50, r);
	program_fd(&svc.pg, 51, w);
	program_fd(&svc.pg, 52, ring);
	program_env(&svc.pg, "WEIR_LOG", text);
}

/* Whoever lends keeps the pipe open: the logger is told to end. */
static void
lent(void)
{
	int fd[2], ring = fd_keep(memfd_create("ring", MFD_CLOEXEC), "memfd");
	char line[64];

	want(pipe2(fd, O_CLOEXEC) == 0, "pipe");
	lend(fd[0], fd[1], ring);
	svc_script("run", "echo up; " SLEEP);
	svc_script("log/run", "ls -l /proc/$$/fd >fds; exec cat >>lines");
	want(write(fd[1], "first\n", 6) == 6, "write");
	svc_start();
	svc_await_text("log/lines", "first\nup\n");
	svc_await_part("log/fds", "10 -> /memfd:ring");
	svc_stop();
	want(write(fd[1], "later\n", 6) == 6, "write");
	want(read(fd[0], line, sizeof(line)) == 6, "somebody read it");
	want(strcmp(svc_words(), "") == 0, "it said %s", svc_words());
}

static int
readable(int fd)
{
	int n = 0;

	return ioctl(fd, FIONREAD, &n) == 0 ? n : -1;
}

/* On a disk that is slow, say; it is given longer than one that has read all.
 */
static void
lent_and_slow(void)
{
	int fd[2], ring = fd_keep(memfd_create("ring", MFD_CLOEXEC), "memfd");
	int gate;

	want(pipe2(fd, O_CLOEXEC) == 0, "pipe");
	lend(fd[0], fd[1], ring);
	svc_script("run", "echo up; " SLEEP);
	svc_script("log/run", "read x <../gate; exec cat >>lines");
	want(mkfifo(svc_path("gate"), 0600) == 0, "mkfifo");
	svc_start();
	svc_await("run");
	await(readable(fd[0]) == 3, WAIT_LIMIT, "nothing was written");
	kill(svc.pid, SIGTERM);
	svc_await("down");
	measure_for(1000 * MS);
	gate = open(svc_path("gate"), O_WRONLY | O_NONBLOCK | O_CLOEXEC);
	want(gate >= 0, "the logger was ended");
	close(gate);
	exits_0();
	want(strcmp(file_text(svc_path("log/lines")), "up\n") == 0,
	    "it is lost");
}

static void
lent_badly(void)
{
	int fd[2], ring = fd_keep(memfd_create("ring", MFD_CLOEXEC), "memfd");

	want(pipe2(fd, O_CLOEXEC) == 0, "pipe");
	lend(ring, fd[1], fd[0]);
	svc_script("run", "echo up; " SLEEP);
	svc_log();
	svc_start();
	svc_await_text("log/lines", "up\n");
	want(times(svc_words(), "\n") == 1 &&
		 strstr(svc_words(), "warning: unable to use the lent pipe, "
				     "a new one is made: "),
	    "it said %s", svc_words());
	svc_stop();
}

/* --- after another runsv --------------------------------------------------*/

static void
killed(void)
{
	kill(svc.pid, SIGKILL);
	want(status_is_signal(svc_ended(), SIGKILL), "it was not killed");
}

/* The service was over and the logger was to end with it, but does not. */
static void
released(void)
{
	pid_t pid;

	svc_script("run", MARK SLEEP);
	svc_script("log/run", "cat >>lines; " MARK SLEEP);
	svc_start();
	svc_await_text("trace", "./run\n");
	svc_tell("x");
	svc_await_part("log/trace", "./run\n");
	svc_await_log("run, want exit");
	killed();
	svc_start();
	svc_await_text("trace", "./run\n./run\n");
	svc_await_log("run");
	pid = svc_logger();
	kill(pid, SIGKILL);
	await(svc_logger() > 0 && svc_logger() != pid, WAIT_LIMIT,
	    "there is no logger any more");
	svc_tell("x");
	svc_await_part("log/trace", "./run\n./run\n");
	svc_tell_log("t");
	exits_0();
}

enum {
	RECORD_IS_LINK,
	RECORD_IS_FIFO,
	RECORD_IS_OPEN,
	RECORD_IS_THEIRS,
	RECORD_IS_DIR
};

static void
spoil_record(const char *path)
{
	bool done = false;

	switch (svc.stage->arg) {
	case RECORD_IS_LINK:
		done = symlink("elsewhere", path) == 0;
		break;
	case RECORD_IS_FIFO:
		done = mkfifo(path, 0600) == 0;
		break;
	case RECORD_IS_OPEN:
		file_put(path, "", 0, 0666);
		done = true;
		break;
	case RECORD_IS_THEIRS:
		file_put(path, "", 0, 0600);
		done = chown(path, 1, 1) == 0;
		break;
	case RECORD_IS_DIR:
		done = mkdir(path, 0755) == 0;
		break;
	}
	want(done, "%s: %s", path, strerror(errno));
}

/* It heals, and what it says then is believed. */
static void
foreign_record(void)
{
	const char *words =
	    svc.stage->arg == RECORD_IS_DIR
		? "unable to write supervise/adopt: is a directory"
		: "was not a file of our own, made anew";
	char path[PATH_ROOM];
	pid_t pid;

	path_join(path, svc.dir, "supervise/adopt");
	svc_script("run", ALONE MARK SLEEP);
	want(mkdir(svc_path("supervise"), 0700) == 0, "mkdir");
	spoil_record(path);
	svc_start();
	svc_await("run");
	svc_await_part("../said", words);
	if (svc.stage->arg == RECORD_IS_DIR)
		want(rmdir(path) == 0, "rmdir");
	svc_tell("o");
	svc_await("run, want down");
	pid = svc_process();
	killed();
	svc_start();
	svc_await("run, want down");
	want(svc_process() == pid, "it is another");
	want(times(svc_words(), "\n") == 1, "it said %s", svc_words());
	want(!file_is(svc_path("supervise/elsewhere")),
	    "the link was followed");
	svc_stop();
	one_at_most();
}

/* Its supervise cannot be used, and its logger lives. */
static void
log_refused(void)
{
	const char *control = "log/supervise/control";
	char away[PATH_ROOM];
	pid_t logger;
	size_t fds;

	svc_script("run", MARK SLEEP);
	svc_script("log/run", SLEEP);
	svc_start();
	svc_await_text("trace", "./run\n");
	svc_await_log("run");
	logger = svc_logger();
	killed();
	path_join(away, svc.stage->tmp, "away");
	want(rename(svc_path("log"), away) == 0, "rename");
	svc_start();
	svc_await("run");
	fds = proc_fds(svc.pid);
	want(rename(away, svc_path("log")) == 0 &&
		 unlink(svc_path(control)) == 0,
	    "rename");
	svc_put(control, "");
	kill(svc.pid, SIGHUP);
	svc_await_part("../said", "log/supervise/control exists but");
	await(proc_fds(svc.pid) == fds, WAIT_LIMIT, "%zu descriptors, not %zu",
	    proc_fds(svc.pid), fds);
	kill(logger, SIGKILL);
	await(is_gone(logger), WAIT_LIMIT, "the logger is not gone");
	want(unlink(svc_path(control)) == 0, "unlink");
	kill(svc.pid, SIGHUP);
	await(svc_logger() > 0 && svc_logger() != logger, WAIT_LIMIT,
	    "there is no logger");
	svc_await_log("run");
	want(times(trace(), "./run\n") == 1, "run was the logger's");
	svc_tell_log("d");
	svc_await_log("down");
	svc_stop();
}

/* They begin anew. */
static void
limits_of_the_adopted(void)
{
	svc_script("run", MARK SLEEP);
	svc_script("finish", DEAF);
	svc_script("control/h", DEAF);
	svc_put("timeout-finish", "2\n");
	svc_put("timeout-control", "2\n");
	svc_start();
	svc_await_text("trace", "./run\n");
	svc_tell("h");
	svc_await_part("trace", "control/h\n");
	killed();
	svc_start();
	svc_await_part("../said", "killed for taking too long: control/h\n");
	svc_tell("d");
	svc_await_part("trace", "./finish\n");
	killed();
	svc_start();
	svc_await_part("../said", "killed for taking too long: ./finish\n");
	svc_await("down");
	svc_tell("x");
	exits_0();
}

/* The child is there, and runsv dies: before it was put down (arg 0), before it
 * may begin, or right after. */
static void
at_the_gate(void)
{
	static struct points pt;
	char log[PATH_ROOM], fault[32];
	long k;

	path_join(log, svc.stage->tmp, "points");
	svc_script("run", ALONE MARK SLEEP);
	svc.program = svc.stage->programs[1];
	program_env(&svc.pg, "WEIR_FAULT_LOG", log);
	svc_start();
	svc_await_text("trace", "./run\n");
	svc_stop();
	points_read(&pt, log);
	for (k = 1; k < (long)pt.n; k++)
		if (strcmp(point_name(&pt, k), "child_go:write") == 0)
			break;
	want(k < (long)pt.n, "it has no gate");
	for (k -= 1; k > 0; k--)
		if (strstr(point_name(&pt, k), ":pwrite"))
			break;
	unlink(svc_path("trace"));
	tree_remove(svc_path("supervise")); /* the same calls once more */
	snprintf(fault, sizeof(fault), "die:%ld", k - 1 + (long)svc.stage->arg);
	program_env(&svc.pg, "WEIR_FAULT", fault);
	svc_launch();
	want(status_is_signal(svc_ended(), SIGKILL), "it did not die");
	if (svc.stage->arg == 0) {
		want(strays_end(WAIT_LIMIT), "it waits for ever");
		want(!file_is(svc_path("trace")), "it ran");
	} else {
		svc_await_text("trace", "./run\n");
	}
	svc.pg.n_env = 0;
	svc.program = svc.stage->programs[0];
	svc_start();
	svc_await("run");
	svc_await_text("trace", "./run\n");
	svc_stop();
	one_at_most();
}

static int
end_of(pid_t pid)
{
	int status;

	want(child_ended(pid, now_ns() + WAIT_LIMIT, &status),
	    "a program does not end");
	return status;
}

/* Starts a runsv of another directory. */
static pid_t
start_beside(const char *name)
{
	pid_t first = svc.pid, pid;

	program_words(&svc.pg, svc.program, name, NULL);
	svc_launch();
	pid = svc.pid;
	svc.pid = first;
	svc.pg.n_words = 0;
	return pid;
}

static void
copy_service(const char *to)
{
	struct program pg = { .dir = svc.stage->tmp };

	program_words(&pg, "/bin/cp", "-a", "service", to, NULL);
	want(status_is(end_of(program_start(&pg)), 0), "cp");
}

/* Of two directories beside the first runsv's, each with a record in it: arg 0:
 * copied; 1: left behind by a runsv that has gone on in another. */
static void
record_of_another(void)
{
	pid_t mine, other;
	char pid[PATH_ROOM];

	svc_script("run", MARK SLEEP);
	svc_start();
	svc_await("run");
	if (svc.stage->arg == 0) {
		copy_service("other");
	} else {
		want(rename(svc.dir, "other") == 0, "rename");
		dir_new(svc.dir, 0755);
		svc_script("run", MARK SLEEP);
		kill(svc.pid, SIGHUP);
		svc_await("run");
	}
	mine = svc_process();
	unlink("other/trace");
	other = start_beside("other");
	await(file_is("other/trace"), WAIT_LIMIT, "it has none of its own");
	path_join(pid, svc.stage->tmp, "other/supervise/pid");
	await(atoi(file_text(pid)) > 0 && atoi(file_text(pid)) != mine,
	    WAIT_LIMIT, "they have one process");
	kill(other, SIGTERM);
	want(status_is(end_of(other), 0), "the other did not end");
	want(svc_process() == mine && proc_is(mine), "it ended the first's");
	svc_stop();
}

/* Its successor could not tell whether it lives. */
static void
not_to_be_known(void)
{
	svc_script("run", ALONE MARK SLEEP);
	svc.program = svc.stage->programs[1];
	program_env(&svc.pg, "WEIR_FAULT", "fail:process_start:EMFILE:1");
	svc_start();
	svc_await("run");
	svc_await_text("trace", "./run\n");
	svc_await_part("../said", "unable to fork for ./run: ");
	killed();
	svc.pg.n_env = 0;
	svc.program = svc.stage->programs[0];
	svc_start();
	svc_await("run");
	svc_stop();
	one_at_most();
	want(strcmp(trace(), "./run\n") == 0, "it ran again");
}

/* As a child of the one before has it, that is not another program yet. */
static void
lock_for_a_moment(void)
{
	char log[PATH_ROOM];

	path_join(log, svc.stage->tmp, "points");
	svc_script("run", MARK SLEEP);
	svc.program = svc.stage->programs[1];
	program_env(&svc.pg, "WEIR_FAULT",
	    "fail:flock:EAGAIN:1 fail:flock:EAGAIN:2");
	program_env(&svc.pg, "WEIR_FAULT_LOG", log);
	svc_start();
	svc_await_text("trace", "./run\n");
	want(times(file_text(log), ":flock EAGAIN\n") == 2, "it had the lock");
	want(strcmp(svc_words(), "") == 0, "it said %s", svc_words());
	svc_stop();
}

/* Another service's runsv has the logger. */
static void
lock_of_the_log(void)
{
	int fd;

	svc_script("run", MARK SLEEP);
	svc_log();
	svc_put("log/supervise/lock", "");
	fd = fd_keep(open(svc_path("log/supervise/lock"), O_RDWR | O_CLOEXEC),
	    "lock");
	want(flock(fd, LOCK_EX) == 0, "flock");
	svc_launch();
	svc_await_part("../said", "warning: unable to lock "
				  "log/supervise/lock: temporary failure\n");
	want(!file_is(svc_path("trace")), "run ran without");
	close(fd);
	svc_await("run");
	want(times(svc_words(), "\n") == 1, "it said %s", svc_words());
	svc_stop();
}

static const struct scene scenes[] = {
	{ "k ends what a hung control script guards", hung_script_and_kill, 0 },
	{ "x ends a hung control script", hung_script_and_exit, 0 },
	{ "TERM ends a hung control script", hung_script_and_exit, 1 },
	{ "k ends a hung control/u, and run starts", hung_start, 0 },
	{ "k ends a hung finish", hung_finish, 'k' },
	{ "x ends a hung finish", hung_finish, 'x' },
	{ "k and u while finish runs never make two", kill_and_up_in_finish,
	    0 },
	{ "a control/k that does not kill makes no second", kill_that_does_not,
	    0 },
	{ "a script that fails in any way leaves the signal", script_by_signal,
	    0 },
	{ "finish waits for control scripts", scripts_first, 0 },
	{ "a command whose script runs is obeyed after it", again, 0 },
	{ "a finish that exits 125 keeps the service down", stays_down, 0 },
	{ "paused is only what was stopped", paused, 0 },
	{ "a control/p that is slow does not stop what d ends", paused_late,
	    0 },
	{ "limits kill what takes too long", limits, 0 },
	{ "a limit outlives runsv", limit_taken_over, 0 },
	{ "backoff doubles the delay", backoff, 0 },
	{ "u ends the delay", up_now, 0 },
	{ "a daemon that keeps the pipe does not keep runsv", daemon_with_pipe,
	    0 },
	{ "a directory that was replaced is gone on in", replaced, 0 },
	{ "HUP: a directory that was replaced is looked for", replaced, 1 },
	{ "a supervise that was removed is made again", supervise_removed, 0 },
	{ "a logger that is added later is started", log_added, 0 },
	{ "a run that cannot start is said once, and starts when it can",
	    mended, 0 },
	{ "a control that everybody may write is warned of", open_control, 0 },
	{ "a full disk is said once and lived with", full_disk, 0 },
	{ "a disk that turns read-only too", turned_read_only, 0 },
	{ "a read-only directory is said as such", read_only, 0 },
	{ "run finds its status shown, and runsv there", shown_first, 0 },
	{ "where nobody can be told, nothing is run", not_announced, 0 },
	{ "fork may fail", no_fork, 0 },
	{ "a fork that always fails leaves runsv hearing", down_without_fork,
	    0 },
	{ "no standard descriptor needs to be open", no_standard_fds, 0 },
	{ "an idle runsv never wakes up", idle, 0 },
	{ "a runsv takes no memory, whatever happens", no_memory, 0 },
	{ "a lent pipe and ring are used", lent, 0 },
	{ "a logger that is slow reads what is left in a lent pipe",
	    lent_and_slow, 0 },
	{ "what is lent badly is said once, and not used", lent_badly, 0 },
	{ "a logger that was released is kept by the next runsv", released, 0 },
	{ "a link for a record is replaced", foreign_record, RECORD_IS_LINK },
	{ "a FIFO for a record is replaced", foreign_record, RECORD_IS_FIFO },
	{ "a record that others may write is replaced", foreign_record,
	    RECORD_IS_OPEN },
	{ "a record of another user's is replaced", foreign_record,
	    RECORD_IS_THEIRS },
	{ "a directory for a record is said, and lived with", foreign_record,
	    RECORD_IS_DIR },
	{ "a logger whose directory cannot be used is left alone", log_refused,
	    0 },
	{ "limits hold for what was taken over", limits_of_the_adopted, 0 },
	{ "a copy of a service is another service", record_of_another, 0 },
	{ "what went on elsewhere is not taken over where it was",
	    record_of_another, 1 },
	{ "a process that its successor could not know is not let go",
	    not_to_be_known, 0 },
	{ "a lock that is taken for a moment is waited for", lock_for_a_moment,
	    0 },
	{ "that another has the logger is said, and waited out",
	    lock_of_the_log, 0 },
	{ "a child that was not put down is gone", at_the_gate, 0 },
	{ "a child that was put down runs, whoever died", at_the_gate, 1 },
	{ "a child that was just let go is one", at_the_gate, 2 },
	{ "a child that was let go a moment ago is one", at_the_gate, 3 },
};

int
main(int argc, char **argv)
{
	static const struct cast cast = { "runsv runsv-fault", 2, svc_enter };

	(void)argc;
	return play(&cast, scenes, COUNT(scenes), argv);
}
