/* sv: what it waits for, for how long, and what it leaves behind. */
#define _GNU_SOURCE
#include "svlab.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SLEEPER "#!/bin/sh\nexec sleep 1000\n"
#define STUBBORN "#!/bin/sh\ntrap '' TERM\nwhile :; do sleep 1; done\n"

static bool
says(const char *out, const char *words)
{
	return strstr(file_text(out), words) != NULL;
}

static void
ends(pid_t pid, int code)
{
	int status;

	want(child_ended(pid, now_ns() + WAIT_LIMIT, &status), "it hangs");
	want(status_is(status, code), "%s", status_words(status));
}

static const char *
out_file(void)
{
	static char path[PATH_ROOM];

	return path_join(path, lab.stage->tmp, "out");
}

/* --- how soon --------------------------------------------------------------*/

enum { RESTARTS = 5 };

/* From the moment in the status to the end of sv. */
static void
soon(void)
{
	const char *fault = lab.stage->arg ? "fail:notice_fd:ENOSYS:1+" : "";
	int64_t late, most = 0, least = INT64_MAX;
	struct status st;
	char words[128];

	live_make("a", SLEEPER);
	live_start("a");
	live_await("a", STATUS_RUN, NULL);
	snprintf(words, sizeof words, "%s%s restart a",
	    lab.stage->arg ? "WEIR_FAULT=" : "", fault);
	for (int i = 0; i < RESTARTS; i++) {
		struct said *s =
		    ask_as(lab.stage->arg ? lab.sv_fault : lab.sv, NULL, words);

		late = wall_ns();
		want(said_like(s, 0, "ok: run: a: (pid #) #s\n"), "%s%s",
		    s->out, s->err);
		live_await("a", STATUS_RUN, &st);
		late -= st.since_ns;
		if (late > most)
			most = late;
		if (late < least)
			least = late;
	}
	printf("  from %.1f to %.1f ms after the start\n", ms_of(least),
	    ms_of(most));
	/* Without any news it would be a second, each time. */
	want(least < 500 * MS, "%.0f ms", ms_of(least));
}

/* --- several at once -------------------------------------------------------*/

static void
at_once(void)
{
	pid_t pid;

	for (int i = 0; i < 5; i++) {
		char name[8];

		snprintf(name, sizeof name, "%d", i);
		fake_make(name);
		fake_is(name, 5, 77, WANT_UP, STATUS_RUN);
	}
	pid = ask_aside("-w1 stop 0 1 2 3 4", out_file());
	await(strcmp(fake_took("4"), "d") == 0, WAIT_LIMIT, "no d");
	fake_is("4", 0, 0, WANT_DOWN, STATUS_DOWN);
	await(says(out_file(), "ok: down: 4: 0s, normally up\n"), WAIT_LIMIT,
	    "it is not told at once");
	want(!says(out_file(), "timeout"), "%s", file_text(out_file()));
	fake_is("2", 0, 0, WANT_DOWN, STATUS_DOWN);
	ends(pid, 3);
	want(strstr(file_text(out_file()), "ok: down: 4: 0s, normally up\n"
					   "ok: down: 2: 0s, normally up\n"
					   "timeout: run: 0: (pid 77) "),
	    "%s", file_text(out_file()));
}

static void
one_limit(void)
{
	struct said *s;

	for (int i = 0; i < 5; i++) {
		char name[8];

		snprintf(name, sizeof name, "%d", i);
		fake_make(name);
		fake_is(name, 5, 77, WANT_UP, STATUS_RUN);
	}
	s = ask("-w1 stop 0 1 2 3 4");
	want(s->code == 5, "%d", s->code);
	want(s->ns > 1000 * MS, "%.0f ms", ms_of(s->ns));
	want(s->ns < 4000 * MS, "%.0f ms", ms_of(s->ns));
}

enum { MANY = 300, FEW = 256 };

static void
make_many(void)
{
	for (int i = 0; i < MANY; i++) {
		const struct status st = { .want = WANT_DOWN };
		unsigned char record[STATUS_SIZE];

		status_pack(record, &st);
		dir_new(at("s%d", i), 0755);
		dir_new(at("s%d/supervise", i), 0755);
		want(mkfifo(at("s%d/supervise/ok", i), 0600) == 0 &&
			 mkfifo(at("s%d/supervise/control", i), 0600) == 0,
		    "mkfifo");
		file_put(at("s%d/supervise/status", i), record, sizeof record,
		    0644);
		fd_keep(open(at("s%d/supervise/control", i),
			    O_RDWR | O_NONBLOCK | O_CLOEXEC),
		    "control");
		fd_keep(open(at("s%d/supervise/ok", i),
			    O_RDWR | O_NONBLOCK | O_CLOEXEC),
		    "ok");
	}
}

static long
lines_in(const char *text, const char *words)
{
	long n = 0;

	while ((text = strstr(text, words)) != NULL) {
		n++;
		text++;
	}
	return n;
}

/* The soft limit is raised as far as it goes; what is too much even then is
 * told of, one by one, and the others are served. */
static void
many(void)
{
	struct program pg = { .dir = lab.home };
	struct rlimit rl;
	char command[128];
	int n =
	    sprintf(command, "ulimit -%s %d", lab.stage->arg ? "Sn" : "n", FEW);
	pid_t pid;

	want(getrlimit(RLIMIT_NOFILE, &rl) == 0, "getrlimit");
	if (rl.rlim_max < 4 * MANY)
		skip("too few descriptors are allowed");
	rl.rlim_cur = 4 * MANY;
	want(setrlimit(RLIMIT_NOFILE, &rl) == 0, "setrlimit");
	make_many();
	strcpy(command + n, "; \"$0\" -w0 stop s*");
	program_words(&pg, "/bin/sh", "-c", command, lab.sv, NULL);
	program_env(&pg, "SVDIR", lab.home);
	program_fd(&pg, 1,
	    fd_keep(open(out_file(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600),
		"out"));
	pid = program_start(&pg);
	ends(pid, lab.stage->arg ? 0 : 99);
	want(says(out_file(), "ok: down: s0: "), "%s", file_text(out_file()));
	want(lines_in(file_text(out_file()), "ok: down: s") >=
		 (lab.stage->arg ? MANY : FEW / 3 - 16),
	    "%s", file_text(out_file()));
	want(says(out_file(), "process cannot open more files") ==
		 !lab.stage->arg,
	    "%s", file_text(out_file()));
}

/* --- the end of a runsv ----------------------------------------------------*/

static void
exit_is_waited_for(void)
{
	struct said *s;
	pid_t pid;
	int status;

	live_make("a", SLEEPER);
	dir_new(at("a/log"), 0755);
	script(at("a/log/run"),
	    "#!/bin/sh\ncat >/dev/null\nsleep 0.3\ntouch ended\n");
	pid = live_start("a");
	live_await("a", STATUS_RUN, NULL);
	s = ask("-w20 exit a");
	want(said_like(s, 0, "ok: a: runsv not running\n"), "%s", s->out);
	want(file_is(at("a/log/ended")), "it did not wait for the log");
	want(child_ended(pid, now_ns() + WAIT_LIMIT, &status),
	    "runsv is there");
}

static void
a_dead_runsv_is_told(void)
{
	pid_t pid;

	fake_make("a");
	fake_is("a", 5, 77, WANT_UP, STATUS_RUN);
	pid = ask_aside("-w20 stop a", out_file());
	await(strcmp(fake_took("a"), "d") == 0, WAIT_LIMIT, "no d");
	fake_leave("a");
	ends(pid, 1);
	want(strcmp(file_text(out_file()), "fail: a: runsv not running\n") == 0,
	    "%s", file_text(out_file()));
}

/* --- by force --------------------------------------------------------------*/

static void
force(void)
{
	struct status st, again;
	struct said *s;

	live_make("a", STUBBORN);
	live_start("a");
	live_await("a", STATUS_RUN, &st);
	measure_for(300 * MS); /* the shell sets its trap */
	s = ask("-w0 stop a");
	want(said_like(s, 1,
		 "timeout: run: a: (pid #) #s, want down, got TERM\n"),
	    "%s", s->out);
	s = ask("-w0 force-restart a");
	want(said_like(s, 0, "kill: run: a: (pid #) #s, got TERM\n"), "%d %s",
	    s->code, s->out);
	live_await("a", STATUS_RUN, &again);
	want(again.pid != st.pid, "it is the same");
	measure_for(300 * MS);
	s = ask("-w0 force-stop a");
	want(said_like(s, 0, "kill: run: a: (pid #) #s, want down, got TERM\n"),
	    "%d %s", s->code, s->out);
	want(said_like(ask("status a"), 0, "down: a: #s, normally up\n"), "%s",
	    ask("status a")->out);
}

static void
force_in_vain(void)
{
	struct said *s;

	fake_make("a");
	fake_is("a", 5, 77, WANT_UP, STATUS_RUN);
	s = ask("-w0 force-stop a");
	want(said_like(s, 1, "kill: run: a: (pid #) #s\n"), "%d %s", s->code,
	    s->out);
	want(strcmp(fake_took("a"), "dk") == 0, "not dk");
	want(s->ns < 6000 * MS, "%.0f ms", ms_of(s->ns));
}

/* --- check -----------------------------------------------------------------*/

static void
ready_in_the_end(void)
{
	struct said *s;

	fake_make("a");
	fake_is("a", 5, 77, WANT_UP, STATUS_RUN);
	script(at("a/check"), "#!/bin/sh\necho x >>tries\necho to nobody\n"
			      "test $# -eq 0 && test $(wc -l <tries) -ge 3\n");
	s = ask("-w20 start a");
	want(said_like(s, 0, "ok: run: a: (pid #) #s\n"), "%s%s", s->out,
	    s->err);
	want(strcmp(s->err, "") == 0, "%s", s->err);
	want(strcmp(file_text(at("a/tries")), "x\nx\nx\n") == 0, "%s",
	    file_text(at("a/tries")));
}

static void
never_ready(void)
{
	struct said *s;

	fake_make("a");
	fake_is("a", 5, 77, WANT_UP, STATUS_RUN);
	script(at("a/check"), "#!/bin/sh\nkill $$\n");
	s = ask("-w0 check a");
	want(said_like(s, 1, "timeout: run: a: (pid #) #s\n"), "%s", s->out);
}

/* More than may be asked at a time; those that have to wait for it do so for
 * the others, not for the next second. */
static void
many_checks(void)
{
	enum { SERVICES = 38 };
	char words[512] = "-w0 start";
	struct said *s;

	for (int i = 0; i < SERVICES; i++) {
		char name[8];

		snprintf(name, sizeof name, "%d", i);
		fake_make(name);
		fake_is(name, 5, 77, WANT_UP, STATUS_RUN);
		want(symlink("/bin/true", at("%s/check", name)) == 0,
		    "symlink");
		strcat(strcat(words, " "), name);
	}
	s = ask("%s", words);
	want(s->code == 0, "%d: %s", s->code, s->out);
	printf("  %.0f ms\n", ms_of(s->ns));
}

static pid_t
pid_in(const char *path)
{
	return (pid_t)atol(file_text(path));
}

static void
hung(void)
{
	struct said *s;
	pid_t pid;

	fake_make("a");
	fake_is("a", 5, 77, WANT_UP, STATUS_RUN);
	script(at("a/check"),
	    "#!/bin/sh\nsleep 1000 & echo $! >pid\ntrap '' TERM\nwait\n");
	s = ask("-w1 check a");
	want(said_like(s, 1, "timeout: run: a: (pid #) #s\n"), "%s", s->out);
	want(s->ns < 6000 * MS, "%.0f ms", ms_of(s->ns));
	pid = pid_in(at("a/pid"));
	want(pid > 0, "it was not asked");
	strays_reap(0, 0);
	await((strays_reap(0, 0), !proc_is(pid)), WAIT_LIMIT,
	    "it is there still");
}

static void
cannot_be_asked(void)
{
	struct said *s;

	fake_make("a");
	fake_is("a", 5, 77, WANT_UP, STATUS_RUN);
	file_write(at("a/check"), "no program");
	s = ask("-w20 start a");
	want(said_like(s, 0, "ok: run: a: (pid #) #s\n"), "%s", s->out);
	want(strcmp(s->err,
		 "warning: unable to run a/check: access denied\n") == 0,
	    "%s", s->err);
	script(at("a/check"), "#!/nonexistent\n");
	s = ask("-w20 start a");
	want(said_like(s, 0, "ok: run: a: (pid #) #s\n"), "%s", s->out);
	want(strstr(s->err, "unable to run a/check: file does not exist"), "%s",
	    s->err);
	unlink(at("a/check"));
	want(symlink("check", at("a/check")) == 0, "symlink");
	s = ask("-w0 start a");
	want(said_like(s, 1, "timeout: run: a: (pid #) #s\n"), "%s", s->out);
	want(strcmp(s->err,
		 "warning: unable to stat a/check: symbolic link loop\n") == 0,
	    "%s", s->err);
}

/* A service that went down while it was asked is not ready, whatever the
 * script says in the end. */
static void
gone_meanwhile(void)
{
	pid_t pid;

	fake_make("a");
	fake_is("a", 5, 77, WANT_UP, STATUS_RUN);
	script(at("a/check"),
	    "#!/bin/sh\ntouch asked\nuntil test -e answer; do sleep 0.05; "
	    "done\n");
	pid = ask_aside("-w20 start a", out_file());
	await(file_is(at("a/asked")), WAIT_LIMIT, "it is not asked");
	fake_is("a", 0, 0, WANT_UP, STATUS_DOWN);
	unlink(at("a/asked"));
	file_write(at("a/answer"), "");
	measure_for(300 * MS);
	want(!says(out_file(), "ok"), "%s", file_text(out_file()));
	fake_is("a", 0, 78, WANT_UP, STATUS_RUN);
	ends(pid, 0);
	want(file_is(at("a/asked")), "it was not asked again");
	want(says(out_file(), "ok: run: a: (pid 78)"), "%s",
	    file_text(out_file()));
}

static void
interrupted(void)
{
	pid_t pid, check;
	int status;

	fake_make("a");
	fake_is("a", 5, 77, WANT_UP, STATUS_RUN);
	script(at("a/check"), "#!/bin/sh\necho $$ >pid\nexec sleep 1000\n");
	pid = ask_aside("-w20 start a", out_file());
	await(pid_in(at("a/pid")) > 0, WAIT_LIMIT, "it is not asked");
	check = pid_in(at("a/pid"));
	kill(pid, SIGINT);
	want(child_ended(pid, now_ns() + WAIT_LIMIT, &status), "it hangs");
	want(status_is_signal(status, SIGINT), "%s", status_words(status));
	await((strays_reap(0, 0), !proc_is(check)), WAIT_LIMIT,
	    "it is there still");
}

/* --- who may ---------------------------------------------------------------*/

#define NOBODY "--reuid=65534 --regid=65534 --clear-groups "

static struct said *
nobody_asks(const char *words)
{
	char all[1024];

	snprintf(all, sizeof all, NOBODY "%s %s", lab.sv, words);
	return ask_as("/usr/bin/setpriv", NULL, all);
}

static void
not_root(void)
{
	struct said *s;

	if (access("/usr/bin/setpriv", X_OK) < 0)
		skip("no setpriv");
	want(chmod(lab.stage->tmp, 0755) == 0, "chmod");
	fake_make("a");
	fake_make("b");
	fake_is("a", 5, 77, WANT_UP, STATUS_RUN);
	want(chmod(at("a/supervise"), 0700) == 0, "chmod");
	s = nobody_asks("status a");
	if (s->code == 126 || s->code == 127)
		skip("the program cannot be run by others here");
	want(said_like(s, 100,
		 "warning: a: no permission: unable to open supervise/ok: "
		 "access denied\n"),
	    "%d %s%s", s->code, s->out, s->err);
	s = nobody_asks("up a");
	want(said_like(s, 100,
		 "warning: a: no permission: unable to open supervise/ok: "
		 "access denied\n"),
	    "%d %s", s->code, s->out);
	s = nobody_asks("status a missing");
	want(s->code == 2, "%d %s", s->code, s->out);
	want(chmod(at("a/supervise"), 0755) == 0, "chmod");
	s = nobody_asks("status a");
	want(said_like(s, 0, "run: a: (pid #) #s\n"), "%d %s", s->code, s->out);
	s = nobody_asks("stop a");
	want(said_like(s, 100,
		 "warning: a: no permission: unable to open "
		 "supervise/control: access denied\n"),
	    "%d %s", s->code, s->out);
	want(strcmp(fake_took("a"), "") == 0, "it was sent");
	want(chmod(at("a/supervise/ok"), 0666) == 0, "chmod");
	want(chmod(at("a/supervise/control"), 0666) == 0, "chmod");
	s = nobody_asks("hup a");
	want(said_like(s, 0, ""), "%d %s", s->code, s->out);
	want(strcmp(fake_took("a"), "h") == 0, "it was not sent");
}

/* --- paths, output, other programs -----------------------------------------*/

static void
resolved_once(void)
{
	live_make("a", SLEEPER);
	live_start("a");
	live_await("a", STATUS_RUN, NULL);
	want(said_like(ask("-v up service/a/"), 0,
		 "ok: run: service/a/: (pid #) #s\n"),
	    "%s", ask("-v up service/a/")->out);
	want(said_like(ask("-v stop service/a/"), 0,
		 "ok: down: service/a/: #s, normally up\n"),
	    "%s", ask("status a")->out);
}

static void
nobody_reads(void)
{
	struct program pg = { .dir = lab.home };
	int p[2], status;
	pid_t pid;

	fake_make("a");
	fake_is("a", 5, 77, WANT_UP, STATUS_RUN);
	for (int i = 0; i < 2; i++) {
		want(pipe2(p, O_CLOEXEC) == 0, "pipe");
		close(p[0]);
		pg = (struct program){ .dir = lab.home };
		program_words(&pg, lab.sv, i ? "start" : "status", "a", NULL);
		program_env(&pg, "SVDIR", lab.home);
		program_fd(&pg, 1, p[1]);
		pid = program_start(&pg);
		close(p[1]);
		want(child_ended(pid, now_ns() + WAIT_LIMIT, &status),
		    "it hangs");
		want(status_is_signal(status, SIGPIPE), "%s",
		    status_words(status));
	}
}

static void
disk_full(void)
{
	struct program pg = { .dir = lab.home };
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
	pid_t pid;

	if (full < 0)
		skip("no /dev/full");
	fake_make("a");
	program_words(&pg, lab.sv, "status", "a", NULL);
	program_env(&pg, "SVDIR", lab.home);
	program_fd(&pg, 1, full);
	pid = program_start(&pg);
	ends(pid, 100);
}

static void
listed(void)
{
	struct said *s;

	fake_make("nginx");
	fake_make("nginx/log");
	fake_is("nginx", 90000, 4711, WANT_UP, STATUS_RUN);
	fake_is("nginx/log", 90000, 47, WANT_UP, STATUS_RUN);
	fake_make("db");
	fake_is("db", 65, 0, WANT_DOWN, STATUS_DOWN);
	fake_make("gone");
	fake_leave("gone");
	dir_new(at(".hidden"), 0755);
	file_write(at("file"), "");
	s = ask("list");
	want(s->code == 1 && strcmp(s->err, "") == 0, "%d %s", s->code, s->err);
	want(strcmp(s->out,
		 "SERVICE  STATE               PID  SINCE  LOG\n"
		 "db       down, normally up     -  1m 5s  -\n"
		 "gone     no runsv              -  -      -\n"
		 "nginx    run                4711  1d 1h  run\n") == 0,
	    "%s", s->out);
	s = ask("list nginx");
	want(strcmp(s->out, "SERVICE  STATE   PID  SINCE  LOG\n"
			    "nginx    run    4711  1d 1h  run\n") == 0,
	    "%s", s->out);
	s = ask("SVDIR=/nonexistent list");
	want(s->code == 100, "%d", s->code);
	want(strcmp(s->err, "sv: fatal: unable to read /nonexistent: file does "
			    "not exist\n") == 0,
	    "%s", s->err);
}

static void
log_is_svlogs(void)
{
	char path[PATH_ROOM];
	struct said *s;

	dir_new(path_join(path, lab.stage->tmp, "path"), 0755);
	snprintf(path, sizeof path, "PATH=%.900s/path log -f a b",
	    lab.stage->tmp);
	s = ask("%s", path);
	want(s->code == 100, "%d", s->code);
	want(strcmp(s->err,
		 "sv: fatal: unable to run svlog: file does not exist\n") == 0,
	    "%s", s->err);
	script(at("../path/svlog"), "#!/bin/sh\necho \"$SVDIR\" \"$@\"\n");
	s = ask("%s", path);
	snprintf(path, sizeof path, "%.900s -f a b\n", lab.home);
	want(s->code == 0 && strcmp(s->out, path) == 0, "%s%s", s->out, s->err);
}

/* --- every call fails once -------------------------------------------------*/

static const char *const failing[] = { "status a", "-w0 start a",
	"-w0 force-stop a", "exit a", "list", "-j list" };

static long
calls_of(const char *words)
{
	struct points pt = { 0 };
	char path[PATH_ROOM], all[PATH_ROOM + 256];

	path_join(path, lab.stage->tmp, "points");
	unlink(path);
	snprintf(all, sizeof all, "WEIR_FAULT_LOG=%s %s", path, words);
	ask_as(lab.sv_fault, NULL, all);
	points_read(&pt, path);
	free(pt.name);
	return (long)pt.n;
}

/* It ends, in time, by itself, and leaves no process. */
static void
each_fails(void)
{
	const char *words = failing[lab.stage->arg];
	static const char *const errs[] = { "EIO", "EMFILE" };
	const bool is_silent = strcmp(words, "exit a") == 0;
	long n, k, told = 0;
	char all[256];

	fake_make("a");
	fake_make("a/log");
	fake_is("a", 5, 77, WANT_UP, STATUS_RUN);
	fake_is("a/log", 5, 78, WANT_UP, STATUS_RUN);
	if (strstr(words, "stop")) /* else each would be waited for */
		fake_is("a", 5, 0, WANT_DOWN, STATUS_DOWN);
	script(at("a/check"), "#!/bin/sh\nexit 0\n");
	n = calls_of(words);
	want(n > 5, "only %ld calls", n);
	for (k = 1; k <= n; k++) {
		struct said *s;

		snprintf(all, sizeof all, "WEIR_FAULT=fail:any:%s:%ld %s",
		    errs[k % 2], k, words);
		s = ask_as(lab.sv_fault, NULL, all);
		want(s->code >= 0 && s->code <= 100, "%s: %s", all,
		    status_words(s->status));
		want(s->code != 0 || *s->out || is_silent,
		    "%s: nothing is told", all);
		told += s->code != 0 || *s->err;
	}
	want(strays_end(WAIT_LIMIT), "a process is left");
	want(told > 0, "no fault had any effect");
	printf("  %ld calls, %ld were told of\n", n, told);
}

static const struct scene scenes[] = {
	{ "a restart is over when the service is up again", soon, 0 },
	{ "it is so without watching, too", soon, 1 },
	{ "services are waited for at the same time", at_once, 0 },
	{ "the limit is one for all", one_limit, 0 },
	{ "too many services are told of, and the others served", many, 0 },
	{ "many services are waited for", many, 1 },
	{ "exit is over when runsv is", exit_is_waited_for, 0 },
	{ "a runsv that dies meanwhile is told of", a_dead_runsv_is_told, 0 },
	{ "force that works is no failure", force, 0 },
	{ "force that does not is", force_in_vain, 0 },
	{ "check is asked until it says yes", ready_in_the_end, 0 },
	{ "checks of many services follow one another at once", many_checks,
	    0 },
	{ "a check that says no is waited for in vain", never_ready, 0 },
	{ "a check that hangs is ended in time, with its children", hung, 0 },
	{ "a check that cannot be run does not count", cannot_be_asked, 0 },
	{ "a service that stops while it is checked is not ready",
	    gone_meanwhile, 0 },
	{ "an interrupt ends sv and the check", interrupted, 0 },
	{ "who is not allowed to is told so, and may look", not_root, 0 },
	{ "a path is the same when it is looked at again", resolved_once, 0 },
	{ "output that nobody reads ends it", nobody_reads, 0 },
	{ "output that cannot be written is a failure", disk_full, 0 },
	{ "list is a table of all there is", listed, 0 },
	{ "log is another program's", log_is_svlogs, 0 },
	{ "status: each call may fail", each_fails, 0 },
	{ "start: each call may fail", each_fails, 1 },
	{ "force-stop: each call may fail", each_fails, 2 },
	{ "exit: each call may fail", each_fails, 3 },
	{ "list: each call may fail", each_fails, 4 },
	{ "list as JSON: each call may fail", each_fails, 5 },
};

int
main(int argc, char **argv)
{
	static const struct cast cast = { "sv sv-fault runsv", 3, lab_enter };

	(void)argc;
	return play(&cast, scenes, COUNT(scenes), argv);
}
