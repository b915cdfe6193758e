/* runsvdir: its services as they come, go, change and fail; what of it is as
 * runit's. */
#define _GNU_SOURCE
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "yard.h"

/* What comes at once, on any machine that is not dead; what comes when runit
 * looks the next time, or the next but one. */
#define SOON (5000 * MS)
#define LATER (15000 * MS)

static int64_t
in_time(void)
{
	return yard.cast == RUNIT ? LATER : SOON;
}

static void
rename_in(const char *from, const char *to)
{
	if (rename(yard_in("%s", from), yard_in("%s", to)) < 0)
		give_up("rename %s: %s", from, strerror(errno));
}

static void
link_in(const char *text, const char *name)
{
	if (symlink(text, yard_in("%s", name)) < 0)
		give_up("symlink %s: %s", name, strerror(errno));
}

/* "sv/s7"; some are valid at a time. */
static const char *
numbered(const char *what, int i)
{
	static char names[4][64];
	static unsigned next;
	char *name = names[next++ % 4];

	snprintf(name, sizeof(names[0]), "%s%d", what, i);
	return name;
}

/* In one step, as a link is changed while others look. */
static void
relink_in(const char *text, const char *name)
{
	link_in(text, "made/link");
	rename_in("made/link", name);
}

/* --- the command line -----------------------------------------------------*/

static const struct {
	const char *words[4];
} bad_lines[] = {
	{ { NULL } },
	{ { "-P", NULL } },
	{ { "--", NULL } },
	{ { "", NULL } },
	{ { "-T", NULL } },
	{ { "-x", "sv", NULL } },
	{ { "-V", NULL } },
};

/* Of runit only the first three are such; it takes any other word as the
 * directory, a wrong option too. */
static void
wrong_words_are_answered_with_the_usage(void)
{
	struct program clean = yard.program;
	size_t rows = yard.cast == RUNIT ? 3 : COUNT(bad_lines);
	char usage[PATH_ROOM + 64];
	size_t i, k;

	snprintf(usage, sizeof(usage), "usage: %s [-P%s] dir%s\n",
	    clean.words[0], yard.cast == RUNIT ? "" : "T",
	    yard.cast == RUNIT ? "" : " [log]");
	for (i = 0; i < rows; i++) {
		const char *last;

		yard.program = clean;
		for (k = 0; bad_lines[i].words[k]; k++)
			program_word(&yard.program, bad_lines[i].words[k]);
		yard.pid = program_start(&yard.program);
		yard_ends(1, SOON);
		last = yard_said() + strspn(yard_said(), "\n");
		want(strstr(last, usage), "row %zu: %s, not %s", i, last,
		    usage);
	}
	want(yard_times_said("usage: ") == (long)rows, "it says more");
}

static void
joined_options_and_more_words_are_taken(void)
{
	yard_service("sv/a", NULL);
	yard_start("-PP", "sv", "log: ..........", "more", NULL);
	yard_await_runsv("a", 0, in_time());
	want(getsid(yard_runsv("a")) == yard_runsv("a"), "no session");
}

static void
sessions(const char *option, bool own)
{
	pid_t pid;

	yard_service("sv/a", NULL);
	if (option)
		yard_start(option, "sv", NULL);
	else
		yard_start("sv", NULL);
	pid = yard_await_runsv("a", 0, in_time());
	want((getsid(pid) == pid) == own, "session %ld of %ld",
	    (long)getsid(pid), (long)pid);
	want(own || getpgid(pid) == getpgid(yard.pid), "group %ld",
	    (long)getpgid(pid));
}

static void
with_P_each_runsv_leads_a_session(void)
{
	sessions("-P", true);
}

static void
without_P_all_are_in_one_session(void)
{
	sessions(NULL, false);
}

/* --- which are services ---------------------------------------------------*/

static void
directories_and_links_to_them_are_services(void)
{
	yard_service("sv/plain", NULL);
	yard_service("sv/.hidden", NULL);
	yard_service("sv/odd @-.name", NULL);
	yard_service("else", NULL);
	link_in("../else", "sv/linked");
	link_in("nowhere", "sv/dangling");
	link_in("circle", "sv/circle");
	file_write(yard_in("sv/file"), "text");
	yard_start("sv", NULL);
	yard_await_up("sv/plain", in_time());
	yard_await_up("sv/odd @-.name", in_time());
	yard_await_up("sv/linked", in_time());
	yard_await_runsv("linked", 0, in_time());
	want(yard_children() == 3, "%zu children", yard_children());
	await(yard_times_said("runsvdir sv: warning: unable to stat dangling: "
			      "file does not exist\n") > 0,
	    in_time(), "dangling is not told");
	await(yard_times_said("runsvdir sv: warning: unable to stat circle: "
			      "symbolic link loop\n") > 0,
	    in_time(), "circle is not told");
	want(yard_times_said("unable") == yard_times_said("unable to stat"),
	    "it says more");
}

static void
two_names_for_one_directory_are_one_service(void)
{
	yard_service("else", NULL);
	link_in("../else", "sv/a");
	link_in("../else", "sv/b");
	yard_start("sv", NULL);
	yard_await_up("else", in_time());
	want(yard_children() == 1, "%zu children", yard_children());
	measure_for(1500 * MS);
	want(yard_children() == 1, "%zu children", yard_children());
	want(yard_times_said("lock") == 0, "it fights for the lock");
}

/* --- coming, going, changing ----------------------------------------------*/

static void
what_is_added_is_started_what_is_removed_is_stopped(void)
{
	pid_t service;

	yard_service("sv/a", NULL);
	yard_start("sv", NULL);
	yard_await_up("sv/a", in_time());
	yard_service("sv/b", NULL);
	yard_await_up("sv/b", in_time());
	service = yard_service_pid("sv/a");
	rename_in("sv/a", "sv/.a");
	await(!proc_is(service), in_time(), "its service runs");
	yard_await_no_runsv("a", in_time());
	want(yard_is_up("sv/b"), "the other is gone too");
	rename_in("sv/.a", "sv/a");
	yard_await_up("sv/a", in_time());
}

/* Directories are in no order: the ones that stay lie between the ones that
 * go. */
static void
half_of_many_are_removed_at_once(void)
{
	enum { MANY = 40 };
	int i;

	for (i = 0; i < MANY; i++)
		yard_service(numbered(i % 2 ? "sv/s" : "sv/t", i), NULL);
	yard_start("sv", NULL);
	for (i = 0; i < MANY; i++)
		yard_await_up(numbered(i % 2 ? "sv/s" : "sv/t", i), in_time());
	for (i = 0; i < MANY; i += 2)
		rename_in(numbered("sv/t", i), numbered("made/t", i));
	await(yard_children() == MANY / 2, in_time(), "%zu are there",
	    yard_children());
	for (i = 1; i < MANY; i += 2)
		want(yard_is_up(numbered("sv/s", i)), "s%d is down", i);
}

/* Its service takes its time: meanwhile no other runsv may be tried. */
static const char stops_slowly[] = "trap 'read x <gate; exit 0' TERM; >ready\n"
				   "while :; do sleep 0.05; done";

static void
open_gate(const char *path)
{
	int fd = fd_keep(
	    open(yard_in("%s", path), O_WRONLY | O_NONBLOCK | O_CLOEXEC), path);

	if (write(fd, "\n", 1) != 1)
		give_up("%s: %s", path, strerror(errno));
	close(fd);
}

static void
what_comes_back_while_it_stops_is_waited_for(void)
{
	pid_t old;

	yard_service("sv/a", stops_slowly);
	mkfifo(yard_in("sv/a/gate"), 0600);
	yard_start("sv", NULL);
	yard_await_up("sv/a", in_time());
	await(file_is(yard_in("sv/a/ready")), in_time(), "it is not ready");
	old = yard_await_runsv("a", 0, in_time());
	rename_in("sv/a", "sv/.a");
	await(strstr(file_text(yard_in("sv/.a/supervise/stat")), "want exit"),
	    in_time(), "it is not told to end");
	rename_in("sv/.a", "sv/a");
	measure_for(3000 * MS);
	want(yard_runsv("a") == old, "another runsv");
	open_gate("sv/a/gate");
	yard_await_runsv("a", old, in_time());
	yard_await_up("sv/a", in_time());
	want(yard_times_said("lock") == 0, "it fought for the lock");
}

static void
another_directory_of_that_name_is_another_service(void)
{
	pid_t old, service;

	yard_service("sv/a", NULL);
	yard_service("other", "exec sleep 2000");
	yard_start("sv", NULL);
	yard_await_up("sv/a", in_time());
	service = yard_service_pid("sv/a");
	old = yard_await_runsv("a", 0, in_time());
	rename_in("sv/a", "gone");
	rename_in("other", "sv/a");
	yard_await_runsv("a", old, in_time());
	yard_await_up("sv/a", in_time());
	await(!proc_is(service), in_time(), "the old one runs");
	await(yard_children() == 1, in_time(), "%zu children", yard_children());
}

/* Made anew at once, as a package does it; the inode may be the same. */
static void
a_directory_made_anew_is_another_service(void)
{
	pid_t old;

	yard_service("sv/a", NULL);
	yard_start("sv", NULL);
	yard_await_up("sv/a", in_time());
	old = yard_await_runsv("a", 0, in_time());
	tree_remove(yard_in("sv/a"));
	yard_service("sv/a", NULL);
	yard_await_runsv("a", old, in_time());
	yard_await_up("sv/a", in_time());
	await(yard_children() == 1, in_time(), "%zu children", yard_children());
}

static void
a_link_that_leads_elsewhere_is_another_service(void)
{
	pid_t old, service;

	yard_service("one", NULL);
	yard_service("two", NULL);
	link_in("../one", "sv/a");
	yard_start("sv", NULL);
	yard_await_up("one", in_time());
	service = yard_service_pid("one");
	old = yard_await_runsv("a", 0, in_time());
	relink_in("../two", "sv/a");
	yard_await_up("two", in_time());
	yard_await_runsv("a", old, in_time());
	await(!proc_is(service), in_time(), "the old one runs");
}

/* The directory itself does not change: runit does not look then. */
static void
a_link_on_the_way_that_leads_elsewhere_is_followed(void)
{
	pid_t old, service;

	dir_new(yard_in("v1"), 0755);
	dir_new(yard_in("v2"), 0755);
	yard_service("v1/a", NULL);
	yard_service("v2/a", NULL);
	link_in("v1", "current");
	link_in("../current/a", "sv/a");
	yard_start("sv", NULL);
	yard_await_up("v1/a", in_time());
	service = yard_service_pid("v1/a");
	old = yard_await_runsv("a", 0, in_time());
	relink_in("v2", "current");
	yard_await_up("v2/a", SOON);
	yard_await_runsv("a", old, SOON);
	await(!proc_is(service), SOON, "the old one runs");
}

static void
what_a_link_leads_to_may_come_later(void)
{
	link_in("../else", "sv/a");
	yard_start("sv", NULL);
	await(yard_times_said("unable to stat a: file") > 0, SOON, "not told");
	yard_service("else", NULL);
	yard_await_up("else", SOON);
	rename_in("else", "elsewhere");
	await(!yard_is_up("elsewhere"), SOON, "it runs");
}

/* As runsvchdir(8) does it. */
static void
the_directory_may_be_another_one(void)
{
	dir_new(yard_in("other"), 0755);
	yard_service("sv/a", NULL);
	yard_service("other/b", NULL);
	link_in("sv", "current");
	link_in("current", "service");
	yard_start("service", NULL);
	yard_await_up("sv/a", in_time());
	relink_in("other", "current");
	yard_await_up("other/b", in_time());
	await(!yard_is_up("sv/a"), in_time(), "the old one runs");
	yard_service("other/c", NULL);
	yard_await_up("other/c", in_time());
}

/* The links in it lead where they led; they are watched as before. */
static void
links_in_another_directory_are_followed_as_before(void)
{
	dir_new(yard_in("other"), 0755);
	yard_service("one", NULL);
	yard_service("two", NULL);
	link_in("one", "hop");
	link_in("../hop", "sv/a");
	link_in("../hop", "other/a");
	link_in("sv", "current");
	yard_start("current", NULL);
	yard_await_up("one", SOON);
	relink_in("other", "current");
	/* It is told by a service that comes with it. */
	yard_service("other/b", NULL);
	yard_await_up("other/b", SOON);
	want(yard_is_up("one"), "it was stopped");
	relink_in("two", "hop");
	yard_await_up("two", SOON);
}

static void
a_directory_that_is_gone_stops_nobody(void)
{
	yard_service("sv/a", NULL);
	yard_start("sv", NULL);
	yard_await_up("sv/a", in_time());
	rename_in("sv", "gone");
	await(yard_times_said("runsvdir sv: warning: unable to stat sv: "
			      "file does not exist\n") > 0,
	    in_time(), "it says nothing");
	measure_for(2500 * MS);
	want(yard_is_up("gone/a"), "it was stopped");
	want(yard.cast == RUNIT || yard_times_said("unable to stat sv") == 1,
	    "it says so %ld times", yard_times_said("unable to stat sv"));
	dir_new(yard_in("sv"), 0755);
	yard_service("sv/b", NULL);
	yard_await_up("sv/b", in_time());
	await(!yard_is_up("gone/a"), in_time(), "the old one runs");
}

static void
what_is_no_directory_is_said(void)
{
	file_write(yard_in("file"), "");
	yard_start("file", NULL);
	await(yard_times_said("runsvdir file: warning: unable to change "
			      "directory to file: not a directory\n") > 0,
	    in_time(), "it says nothing");
	unlink(yard_in("file"));
	dir_new(yard_in("file"), 0755);
	yard_service("file/a", NULL);
	yard_await_up("file/a", in_time());
}

enum { NOBODY = 65534 };

static void
give_away(const char *path)
{
	if (chown(path, NOBODY, NOBODY) < 0)
		give_up("chown %s: %s", path, strerror(errno));
}

/* Words in front of the program: it runs as somebody else. */
static void
run_as_nobody(void)
{
	struct program *pg = &yard.program;
	const char *program = pg->words[0];

	pg->n_words = 0;
	program_words(pg, "setpriv", "--reuid", "65534", "--regid", "65534",
	    "--clear-groups", program, NULL);
	give_away(yard_in("err"));
}

static void
what_may_not_be_looked_at_is_said_and_tried_again(void)
{
	run_as_nobody();
	chmod(yard_in("sv"), 0700);
	yard_service("sv/a", "exec sleep 1000");
	give_away(yard_in("sv/a"));
	yard_start("sv", NULL);
	await(yard_times_said("runsvdir sv: warning: unable to change "
			      "directory to sv: access denied\n") > 0,
	    in_time(), "it says nothing");
	chmod(yard_in("sv"), 0755);
	yard_await_up("sv/a", in_time());
}

/* runit takes one that it cannot look at for gone. */
static void
a_service_that_cannot_be_looked_at_keeps_running(void)
{
	run_as_nobody();
	dir_new(yard_in("else"), 0755);
	yard_service("else/a", NULL);
	give_away(yard_in("else/a"));
	link_in("../else/a", "sv/a");
	yard_start("sv", NULL);
	yard_await_up("else/a", SOON);
	chmod(yard_in("else"), 0);
	link_in("../else/b", "sv/b");
	await(yard_times_said("unable to stat a: access denied") > 0, SOON,
	    "it says nothing");
	measure_for(500 * MS);
	want(yard_runsv("a") > 0, "it was stopped");
}

/* --- how soon -------------------------------------------------------------*/

/* The time from the last thing done to the process's being there. */
static int64_t
time_to_run(const char *name)
{
	int64_t since = now_ns();

	yard_await_runsv(name, 0, SOON);
	return now_ns() - since;
}

static void
new_services_run_at_once(void)
{
	int64_t best = SOON, took;
	int i;

	yard_start("sv", NULL);
	for (i = 0; i < 10; i++) {
		yard_service(numbered("sv/s", i), NULL);
		took = time_to_run(numbered("s", i));
		if (took < best)
			best = took;
	}
	want(best < 50 * MS, "the quickest took %.1f ms", ms_of(best));
}

static void
new_links_are_services_at_once(void)
{
	int64_t best = SOON, took;
	int i;

	yard_start("sv", NULL);
	for (i = 0; i < 10; i++) {
		yard_service(numbered("s", i), NULL);
		link_in(numbered("../s", i), numbered("sv/s", i));
		took = time_to_run(numbered("s", i));
		if (took < best)
			best = took;
	}
	want(best < 50 * MS, "the quickest took %.1f ms", ms_of(best));
}

/* Made in its place, piece by piece: runsv must find the logger and down. */
static void
a_service_that_is_being_made_is_waited_for(void)
{
	int i;

	yard_fake("ls $1 >../listed; sleep 1000");
	yard_start("sv", NULL);
	dir_new(yard_in("sv/a"), 0755);
	for (i = 0; i < 20; i++) {
		file_write(yard_in("%s", numbered("sv/a/piece", i)), "");
		look_again();
	}
	file_put(yard_in("sv/a/run"), "#!/bin/sh\n", 10, 0755);
	dir_new(yard_in("sv/a/log"), 0755);
	file_write(yard_in("sv/a/down"), "");
	await(strstr(file_text(yard_in("listed")), "run"), SOON,
	    "it is never started");
	want(strstr(file_text(yard_in("listed")), "down"),
	    "started too early: %s", file_text(yard_in("listed")));
}

/* --- the end --------------------------------------------------------------*/

static void
TERM_leaves_everything_running(void)
{
	pid_t runsv, service;

	yard_service("sv/a", NULL);
	yard_start("sv", NULL);
	yard_await_up("sv/a", in_time());
	runsv = yard_await_runsv("a", 0, in_time());
	service = yard_service_pid("sv/a");
	kill(yard.pid, SIGTERM);
	yard_ends(0, in_time());
	measure_for(300 * MS);
	want(proc_is(runsv) && yard_is_up("sv/a"), "runsv is gone");
	want(proc_is(service), "the service is gone");
}

static void
HUP_ends_all(void)
{
	pid_t runsv, service;

	yard_service("sv/a", NULL);
	yard_logged("sv/b", NULL);
	yard_start("sv", NULL);
	yard_await_up("sv/a", in_time());
	yard_await_up("sv/b", in_time());
	runsv = yard_await_runsv("a", 0, in_time());
	service = yard_service_pid("sv/a");
	kill(yard.pid, SIGHUP);
	yard_ends(111, in_time());
	await(!yard_is_up("sv/a") && !yard_is_up("sv/b"), in_time(),
	    "they run");
	want(strays_end(SOON), "something is left");
	want(!proc_is(runsv) && !proc_is(service), "not all ended");
}

/* --- runsv that fail ------------------------------------------------------*/

static void
a_runsv_that_is_killed_is_one_again_within_a_second(void)
{
	pid_t old, service;

	yard_service("sv/a", NULL);
	yard_start("sv", NULL);
	yard_await_up("sv/a", in_time());
	measure_for(1100 * MS);
	old = yard_await_runsv("a", 0, in_time());
	service = yard_service_pid("sv/a");
	kill(old, SIGKILL);
	yard_await_runsv("a", old, yard.cast == RUNIT ? LATER : 2500 * MS);
	yard_await_up("sv/a", in_time());
	/* Ours goes on with it; of runit's there are two then. */
	want(yard.cast != OURS || yard_service_pid("sv/a") == service,
	    "another service");
}

static void
starts_in_a_row_are_a_second_apart(void)
{
	const char *p;
	int64_t at, last = 0;
	int n = 0;
	char *end;

	yard_fake("date +%s%N >>../starts; exit 1");
	yard_service("sv/a", NULL);
	yard_start("sv", NULL);
	measure_for(4500 * MS);
	for (p = file_text(yard_in("starts")); *p; p = end) {
		at = strtoll(p, &end, 10);
		end += strspn(end, "\n");
		want(n == 0 || at - last > 800 * MS, "%.0f ms apart",
		    ms_of(at - last));
		last = at;
		n++;
	}
	want(n >= 3 && n <= 5, "%d starts in 4.5 s", n);
}

static void
runsv_not_there_not_executable_no_program(void)
{
	const char *path = yard_in("bin");

	program_env(&yard.program, "PATH", path);
	yard_service("sv/a", NULL);
	yard_start("sv", NULL);
	await(yard_times_said("runsvdir sv: fatal: unable to start runsv a: "
			      "file does not exist\n") > 0,
	    in_time(), "it says nothing");
	file_put(yard_in("bin/runsv"), "no", 2, 0644);
	await(yard_times_said("runsvdir sv: fatal: unable to start runsv a: "
			      "access denied\n") > 0,
	    in_time(), "it does not say that it is not allowed");
	chmod(yard_in("bin/runsv"), 0755);
	await(yard_times_said("runsvdir sv: fatal: unable to start runsv a: "
			      "exec format error\n") > 0,
	    in_time(), "it does not say that it is no program");
	want(yard_times_said("unable") <= 30, "it says it %ld times",
	    yard_times_said("unable"));
}

/* runsvdir is killed; the next one is started from `again`, as it was before
 * the first. */
static void
kill_runsvdir(struct program again)
{
	int status;

	kill(yard.pid, SIGKILL);
	want(child_ended(yard.pid, now_ns() + SOON, &status), "it lives");
	yard.program = again;
}

/* Another runsvdir's runsv, left behind. */
static pid_t
leave_a_runsv_behind(void)
{
	struct program again = yard.program;
	pid_t old;

	yard_service("sv/a", NULL);
	yard_start("sv", NULL);
	yard_await_up("sv/a", SOON);
	old = yard_await_runsv("a", 0, SOON);
	kill_runsvdir(again);
	return old;
}

/* runsv says once that the lock is taken. */
static void
beside_the_runsv_of_another_it_waits_quietly(void)
{
	pid_t old = leave_a_runsv_behind();

	yard_start("sv", NULL);
	await(yard_times_said("lock") == 1, SOON, "it does not even try");
	measure_for(8000 * MS);
	want(yard_times_said("lock") == 1, "it tried %ld times",
	    yard_times_said("lock"));
	kill(old, SIGTERM);
	yard_await_runsv("a", 0, 8000 * MS);
	yard_await_up("sv/a", SOON);
}

static void
the_runsv_of_another_is_told_to_end_too(void)
{
	pid_t old = leave_a_runsv_behind();

	if (yard.stage->number % 2)
		yard_start("-T", "sv", NULL);
	else
		yard_start("sv", NULL);
	await(yard_times_said("lock") == 1, SOON, "it does not even try");
	measure_for(1500 * MS); /* it knows whose it is then */
	kill(yard.pid, SIGHUP);
	yard_ends(111, SOON);
	await(!yard_is_up("sv/a"), SOON, "it runs");
	want(strays_end(SOON), "something is left of %ld", (long)old);
}

/* Lines with their numbers, until it is told to end. */
static const char counts[] = "i=0; trap 'exit 0' TERM\n"
			     "while :; do i=$((i + 1)); echo $i; sleep 0.01; "
			     "done";

/* How many there are in the file, from 1 on and none left out. */
static long
counted(const char *path)
{
	const char *p = file_text(yard_in("%s", path));
	char *end;
	long n = 0;

	for (; strchr(p, '\n'); p = end + 1) {
		want(strtol(p, &end, 10) == ++n && *end == '\n',
		    "line %ld is %.20s", n, p);
	}
	return n;
}

enum { LEFT = 20 };

/* The runsv of many services with a logger, whose runsvdir was killed: their
 * pids, and how many descriptors it had. */
static size_t
leave_many_behind(pid_t old[LEFT])
{
	struct program again = yard.program;
	size_t fds = 0;
	int i;

	for (i = 0; i < LEFT; i++)
		yard_logged(numbered("sv/s", i), counts);
	yard_start("sv", NULL);
	for (i = 0; i < LEFT; i++) {
		yard_await_up(numbered("sv/s", i), SOON);
		old[i] = yard_await_runsv(numbered("s", i), 0, SOON);
	}
	measure_for(500 * MS); /* what is open for a moment is closed then */
	fds = yard_fds();
	want(fds > 3 * LEFT, "%zu descriptors", fds);
	kill_runsvdir(again);
	return fds;
}

static size_t
calls(void)
{
	struct points pt = { 0 };

	points_read(&pt, yard_in("points"));
	return pt.n;
}

/* How many calls it makes in that time. */
static size_t
calls_in(int64_t ns)
{
	size_t n = calls();

	want(n > 0, "no calls are told");
	measure_for(ns);
	return calls() - n;
}

/* One descriptor for each tells of its end; nothing is lent that nobody
 * takes. */
static void
beside_many_runsv_of_another_it_sleeps(void)
{
	pid_t old[LEFT], runsv, service;
	size_t had = leave_many_behind(old), n;
	long lines;

	yard.program.words[0] = yard.stage->programs[YARD_FAULT];
	program_env(&yard.program, "WEIR_FAULT_LOG", strdup(yard_in("points")));
	yard_start("sv", NULL);
	await(yard_times_said("lock") == LEFT, SOON, "%ld have it",
	    yard_times_said("lock"));
	measure_for(2500 * MS); /* the directory is quiet now */
	await((n = yard_fds()) <= had - 2 * LEFT + 1, SOON,
	    "%zu descriptors, and %zu before", n, had);
	/* On a busy machine it is late to be idle. */
	await((n = calls_in(3000 * MS)) < LEFT, SOON, "idle it makes %zu calls",
	    n);
	service = yard_service_pid("sv/s7");
	kill(old[7], SIGKILL);
	runsv = yard_await_runsv("s7", 0, 2500 * MS);
	lines = counted("sv/s7/log/said");
	await(counted("sv/s7/log/said") > lines + 50, SOON, "it has stopped");
	want(yard_service_pid("sv/s7") == service, "another service");
	want(yard_runsv("s7") == runsv, "another runsv");
	kill(yard.pid, SIGHUP);
	yard_ends(111, SOON);
	want(strays_end(SOON), "something is left");
	want(counted("sv/s7/log/said") > lines, "it is gone");
}

/* There are not enough of them to wait for all. */
static void
where_few_descriptors_are_allowed_others_are_asked(void)
{
	struct program *pg = &yard.program;
	const char *program = pg->words[0];
	pid_t old[LEFT];
	int i;

	leave_many_behind(old);
	pg->n_words = 0;
	program_words(pg, "prlimit", "--nofile=48:48", program, NULL);
	yard_start("sv", NULL);
	await(yard_times_said("lock") == LEFT, SOON, "%ld have it",
	    yard_times_said("lock"));
	measure_for(2500 * MS);
	await(yard_fds() <= 48 - 32, SOON, "%zu descriptors", yard_fds());
	for (i = 0; i < LEFT; i++)
		kill(old[i], SIGKILL);
	for (i = 0; i < LEFT; i++)
		yard_await_runsv(numbered("s", i), 0, LATER);
	want(yard_times_said("lock") == LEFT, "it tried again");
}

/* --- what a runsv gets ----------------------------------------------------*/

static const char probe[] =
    "{ grep -E '^(SigBlk|SigIgn|SigQ)' /proc/self/status\n"
    "umask\nulimit -n\nulimit -Hn\necho WEIR_LOG=$WEIR_LOG OTHER=$OTHER\n"
    "pwd\nls /proc/$$/fd | tr '\\n' ' '\n"
    "} >../probe.new 2>&1; mv ../probe.new ../probe; sleep 1000";

static const char *
probed(void)
{
	await(file_is(yard_in("probe")), SOON, "nothing is run");
	return file_text(yard_in("probe"));
}

/* Of what runsvdir was given, only what is meant for all. */
static void
each_runsv_starts_clean(void)
{
	struct rlimit few = { 700, 5000 };
	const char *text;
	char want_pwd[PATH_ROOM + 8];
	sigset_t all, none;

	yard_fake(probe);
	yard_service("sv/a", NULL);
	program_env(&yard.program, "WEIR_LOG", "3:4:5:6:7");
	program_env(&yard.program, "OTHER", "stays");
	dup2(0, 77); /* a stray */
	umask(0127);
	setrlimit(RLIMIT_NOFILE, &few);
	sigfillset(&all);
	signal(SIGUSR1, SIG_IGN);
	signal(SIGCHLD, SIG_IGN);
	sigprocmask(SIG_BLOCK, &all, &none);
	yard_start("sv", NULL);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGCHLD, SIG_DFL);
	text = probed();
	want(strstr(text, "SigBlk:\t0000000000000000\n"), "%s", text);
	want(strstr(text, "SigIgn:\t0000000000000000\n"), "%s", text);
	want(strstr(text, "\n0127\n700\n5000\n"), "%s", text);
	want(strstr(text, "\nWEIR_LOG= OTHER=stays\n"), "%s", text);
	snprintf(want_pwd, sizeof(want_pwd), "\n%s\n", yard_in("sv"));
	want(strstr(text, want_pwd), "%s", text);
	/* From 10 on they are the shell's own. */
	want(strstr(text, "\n0 1 10 11 12 2 "), "%s", text);
}

/* What WEIR_LOG says, and what its descriptors are. */
static const char borrower[] =
    "IFS=: read r w p m i <<E\n$WEIR_LOG\nE\n"
    "{ readlink /proc/$$/fd/$r /proc/$$/fd/$w\n"
    "stat -Lc %i /proc/$$/fd/$m\necho $p $i; } >../$1.lent.new\n"
    "mv ../$1.lent.new ../$1.lent; sleep 1000";

static void
each_logger_has_a_pipe_and_a_ring_that_outlive_runsv(void)
{
	char first[256], text[256];
	unsigned long pipe_a, pipe_b, ring, p, i;
	pid_t old;

	yard_fake(borrower);
	yard_logged("sv/a", NULL);
	yard_logged("sv/b", NULL);
	yard_start("sv", NULL);
	await(file_is(yard_in("a.lent")) && file_is(yard_in("b.lent")), SOON,
	    "nothing is run");
	snprintf(first, sizeof(first), "%s", file_text(yard_in("a.lent")));
	want(sscanf(first, "pipe:[%lu]\npipe:[%lu]\n%lu\n%lu %lu\n", &pipe_a,
		 &pipe_b, &ring, &p, &i) == 5,
	    "lent: %s", first);
	want(pipe_a == pipe_b && pipe_a == p && ring == i, "lent: %s", first);
	snprintf(text, sizeof(text), "%s", file_text(yard_in("b.lent")));
	want(strcmp(first, text), "the same for two");
	old = yard_await_runsv("a", 0, SOON);
	unlink(yard_in("a.lent"));
	kill(old, SIGKILL);
	await(file_is(yard_in("a.lent")), SOON, "not run again");
	want(strcmp(first, file_text(yard_in("a.lent"))) == 0,
	    "another pair: %s, then %s", first, file_text(yard_in("a.lent")));
}

static void
what_is_lent_is_freed_when_the_service_is_gone(void)
{
	size_t before, with;

	yard_fake("sleep 1000");
	yard_service("sv/a", NULL);
	yard_start("sv", NULL);
	yard_await_runsv("a", 0, SOON);
	measure_for(500 * MS); /* what is open for a moment is closed then */
	before = yard_fds();
	want(before < 10, "%zu descriptors", before);
	yard_logged("sv/b", NULL);
	yard_await_runsv("b", 0, SOON);
	await((with = yard_fds()) == before + 3, SOON,
	    "%zu, not 3 more than %zu", with, before);
	rename_in("sv/b", "gone");
	yard_await_no_runsv("b", SOON);
	await(yard_fds() == before, SOON, "%zu, not %zu", yard_fds(), before);
}

static void
where_few_descriptors_are_allowed_all_are_started(void)
{
	struct program *pg = &yard.program;
	const char *program = pg->words[0];
	int i;

	yard_fake("echo ${WEIR_LOG:-none} >../$1.lent; sleep 1000");
	for (i = 0; i < 40; i++)
		yard_logged(numbered("sv/s", i), NULL);
	pg->n_words = 0;
	program_words(pg, "prlimit", "--nofile=64:64", program, NULL);
	yard_start("sv", NULL);
	await(yard_children() == 40, SOON, "%zu", yard_children());
	for (i = 0; i < 40; i++)
		await(*file_text(yard_in("%s.lent", numbered("s", i))), SOON,
		    "%d is not run", i);
	yard_logged("sv/late", NULL);
	yard_await_runsv("late", 0, SOON);
	want(yard_times_said("runsvdir sv: warning: unable to lend a pipe to "
			     "runsv ") == 1,
	    "it is said %ld times", yard_times_said("unable to lend"));
	want(yard_times_said("runsvdir sv: ") == 1, "it says more");
}

/* --- the window -----------------------------------------------------------*/

/* Its third word. */
static const char *
title(void)
{
	const char *p = proc_text(yard.pid, "cmdline");

	p += strlen(p) + 1;
	return p + strlen(p) + 1;
}

static void
what_services_say_shows_in_the_process_list(void)
{
	yard_service("sv/a",
	    "for w in one two three; do echo $w >&2; done; exec sleep 1000");
	yard_start("sv", "log: ............", NULL);
	yard_await_up("sv/a", in_time());
	await(strcmp(title(), "log: e\ntwo\nthree\n") == 0, in_time(),
	    "it is: %s", title());
	want(*yard_said() == 0, "it went elsewhere too");
	/* As much as there is: nobody is held up, and it is the end of it. */
	yard_service("sv/b", "yes >&2 & sleep 0.2; kill $!; sleep 0.2;\n"
			     "printf 'and the end.' >&2; exec sleep 1000");
	yard_await_up("sv/b", in_time());
	await(strcmp(title(), "log: and the end.") == 0, in_time(), "it is: %s",
	    title());
	/* Its own words go there too. */
	link_in("nowhere", "sv/x");
	await(strcmp(title(), "log: s not exist\n") == 0, in_time(),
	    "it is: %s", title());
}

static void
a_log_of_less_than_seven_characters_is_none(void)
{
	yard_service("sv/a", "echo words >&2; exec sleep 1000");
	yard_start("sv", "log: .", NULL);
	yard_await_up("sv/a", in_time());
	await(yard_times_said("words"), in_time(), "where is it?");
	want(strncmp(yard_said(),
		 "runsvdir sv: warning: log must have at least seven "
		 "characters.\n"
		 "runsvdir sv: warning: log service disabled.\n",
		 strlen("runsvdir sv: warning: log must have at least seven "
			"characters.\n"
			"runsvdir sv: warning: log service disabled.\n")) == 0,
	    "it says something else");
	want(strcmp(title(), "log: .") == 0, "it is: %s", title());
}

static void
start_faulty(const char *fault, const char *log)
{
	yard.program.words[0] = yard.stage->programs[YARD_FAULT];
	program_env(&yard.program, "WEIR_FAULT", fault);
	yard_start("sv", log, NULL);
}

static void
a_log_that_cannot_be_had_is_said_and_services_run(void)
{
	static const char *const faults[] = { "fail:pipe:EMFILE:1",
		"fail:nonblock:EIO:1", "fail:dup2:EIO:1" };
	size_t i;

	yard_service("sv/a", "echo words >&2; exec sleep 1000");
	for (i = 0; i < COUNT(faults); i++) {
		yard.program.n_words = 1;
		yard.program.n_env = 1;
		start_faulty(faults[i], "log: ............");
		await(yard_times_said("words") == (long)i + 1, in_time(),
		    "%s: words go elsewhere", faults[i]);
		want(yard_times_said("unable to create pipe for log.") ==
			 (long)i + 1,
		    "%s: it did not fail", faults[i]);
		want(yard_times_said("log service disabled") == (long)i + 1,
		    "%s: not said", faults[i]);
		want(strcmp(title(), "log: ............") == 0, "it is: %s",
		    title());
		kill(yard.pid, SIGHUP);
		yard_ends(111, SOON);
	}
}

/* --- looking without being told -------------------------------------------*/

/* Our fault build, told by nobody. */
static void
start_deaf(const char *fault)
{
	start_faulty(fault, NULL);
}

static void
where_nobody_tells_it_looks_each_5_seconds(void)
{
	int64_t since;

	start_deaf("fail:watch_fd:ENOSYS:1+");
	measure_for(2500 * MS); /* the directory is quiet now */
	since = now_ns();
	yard_service("sv/a", NULL);
	yard_await_runsv("a", 0, 10000 * MS);
	want(now_ns() - since > 100 * MS, "it was told");
	want(*yard_said() == 0, "it complains");
}

static void
ALRM_makes_it_look_at_once(void)
{
	int64_t best = SOON, took;
	int i;

	start_deaf("fail:watch_fd:ENOSYS:1+");
	await(proc_minds(yard.pid, SIGALRM), SOON, "it minds no ALRM");
	for (i = 0; i < 3; i++) {
		measure_for(2500 * MS);
		yard_service(numbered("sv/s", i), NULL);
		kill(yard.pid, SIGALRM);
		took = time_to_run(numbered("s", i));
		if (took < best)
			best = took;
	}
	want(best < 500 * MS, "the quickest took %.1f ms", ms_of(best));
}

static void
a_lack_of_watches_is_said_once_and_does_no_harm(void)
{
	int i;

	start_deaf("fail:watch_dir:ENOSPC:1+");
	for (i = 0; i < 2; i++) {
		yard_service(numbered("sv/s", i), NULL);
		yard_await_runsv(numbered("s", i), 0, LATER);
	}
	want(yard_times_said("unable to be told of changes of sv: out of disk "
			     "space") == 1,
	    "it is said %ld times", yard_times_said("told"));
}

/* A day back, as a clock that was wrong is set. */
static void
a_clock_that_is_set_back_changes_nothing(void)
{
	int64_t cpu;
	pid_t runsv;

	file_write(yard_in("clock"), "0");
	program_env(&yard.program, "WEIR_FAULT_CLOCK",
	    strdup(yard_in("clock")));
	yard.program.words[0] = yard.stage->programs[YARD_FAULT];
	yard_service("sv/a", NULL);
	yard_start("sv", NULL);
	yard_await_up("sv/a", SOON);
	runsv = yard_await_runsv("a", 0, SOON);
	file_write(yard_in("clock"), "-86400");
	yard_service("sv/b", NULL);
	yard_await_up("sv/b", SOON);
	file_write(yard_in("clock"), "86400");
	yard_service("sv/c", NULL);
	yard_await_up("sv/c", SOON);
	kill(runsv, SIGKILL);
	yard_await_runsv("a", runsv, SOON);
	measure_for(200 * MS);
	cpu = cpu_ns(yard.pid);
	measure_for(1000 * MS);
	want(cpu_ns(yard.pid) - cpu < 100 * MS, "it spins: %.0f ms",
	    ms_of(cpu_ns(yard.pid) - cpu));
	want(*yard_said() == 0, "it complains");
}

/* --- containers -----------------------------------------------------------*/

static void
T_ends_all_before_it_ends(void)
{
	int sig = yard.stage->number % 2 ? SIGPWR : SIGTERM;

	yard_service("sv/a", NULL);
	yard_logged("sv/b", "trap 'echo ended; exit' TERM; echo started\n"
			    "while :; do sleep 0.05; done");
	yard_start("-T", "sv", NULL);
	yard_await_up("sv/a", SOON);
	await(strstr(file_text(yard_in("sv/b/log/said")), "started"), SOON,
	    "it is not started");
	kill(yard.pid, sig);
	yard_ends(0, SOON);
	want(!yard_is_up("sv/a") && !yard_is_up("sv/b"), "they run");
	want(strcmp(file_text(yard_in("sv/b/log/said")), "started\nended\n") ==
		 0,
	    "logged: %s", file_text(yard_in("sv/b/log/said")));
	want(strays_end(SOON), "something is left");
}

static bool
is_in_state(pid_t pid, char state)
{
	const char *line = strstr(proc_text(pid, "status"), "State:\t");

	return line && line[7] == state;
}

/* Of its end runsvdir hears after that it is to end itself. */
static void
T_ends_what_a_killed_runsv_left_behind(void)
{
	pid_t runsv, pids[2];
	size_t i;

	yard_logged("sv/a", "echo started; trap 'echo ended; exit' TERM\n"
			    "while :; do sleep 0.05; done");
	yard_start("-T", "sv", NULL);
	await(strstr(file_text(yard_in("sv/a/log/said")), "started"), SOON,
	    "it is not started");
	runsv = yard_runsv("a");
	pids[0] = yard_service_pid("sv/a");
	pids[1] = yard_service_pid("sv/a/log");
	kill(yard.pid, SIGSTOP);
	await(is_in_state(yard.pid, 'T'), SOON, "it is not stopped");
	kill(runsv, SIGKILL);
	kill(yard.pid, SIGTERM);
	await(is_in_state(runsv, 'Z'), SOON, "its runsv is not killed");
	kill(yard.pid, SIGCONT);
	yard_ends(0, SOON);
	for (i = 0; i < COUNT(pids); i++)
		await(!proc_is(pids[i]), SOON, "process %zu runs", i);
	want(strcmp(file_text(yard_in("sv/a/log/said")), "started\nended\n") ==
		 0,
	    "logged: %s", file_text(yard_in("sv/a/log/said")));
}

/* One does not mind TERM, another's logger never sees the end, for somebody
 * else holds its pipe. */
static void
T_ends_within_9_seconds_whatever_its_services_do(void)
{
	pid_t pids[3];
	int64_t since;
	size_t i;

	yard_service("sv/deaf", "trap '' TERM; while :; do sleep 0.1; done");
	yard_logged("sv/held", "sleep 30 & exec sleep 1000");
	yard_start("-T", "sv", NULL);
	yard_await_up("sv/deaf", SOON);
	yard_await_up("sv/held", SOON);
	yard_await_up("sv/held/log", SOON);
	pids[0] = yard_service_pid("sv/deaf");
	pids[1] = yard_service_pid("sv/held");
	pids[2] = yard_service_pid("sv/held/log");
	measure_for(300 * MS); /* the trap is set then */
	since = now_ns();
	kill(yard.pid, SIGTERM);
	yard_ends(0, 9500 * MS);
	want(now_ns() - since > 5000 * MS, "nobody had any time: %.0f ms",
	    ms_of(now_ns() - since));
	for (i = 0; i < COUNT(pids); i++)
		want(!proc_is(pids[i]), "process %zu runs", i);
}

/* In a pid namespace of its own, where orphans are its own too. */
static void
start_as_1(void)
{
	struct program *pg = &yard.program;
	const char *program = pg->words[0];

	pg->n_words = 0;
	program_words(pg, "unshare", "-pf", "--mount-proc", "--kill-child",
	    program, NULL);
	yard_start("sv", NULL);
}

/* The runsvdir in it, as seen from here. */
static pid_t
inner(void)
{
	pid_t pid = 0;

	await(proc_children(yard.pid, &pid, 1) == 1 &&
		  strstr(proc_text(pid, "cmdline"), "runsvdir") &&
		  !strstr(proc_text(pid, "cmdline"), "unshare") &&
		  proc_minds(pid, SIGTERM),
	    SOON, "there is none");
	return pid;
}

static void
as_1_it_reaps_orphans_and_ends_all(void)
{
	pid_t pids[16];
	size_t n;
	pid_t one;

	yard_service("sv/a",
	    "for i in 1 2 3 4 5 6 7 8; do (sleep 0.1 & ) ; done\n"
	    "trap 'echo bye >ended; exit' TERM; >ready\n"
	    "while :; do sleep 0.05; done");
	start_as_1();
	one = inner();
	yard_await_up("sv/a", SOON);
	await(file_is(yard_in("sv/a/ready")), SOON, "it is not ready");
	await((n = proc_children(one, pids, 16)) == 1, SOON,
	    "%zu children are left", n);
	kill(one, yard.stage->number % 2 ? SIGPWR : SIGTERM);
	yard_ends(0, SOON);
	want(strcmp(file_text(yard_in("sv/a/ended")), "bye\n") == 0,
	    "its service was killed");
	want(!yard_is_up("sv/a"), "supervise/stat says it runs");
}

static void
as_1_it_gets_by_without_standard_descriptors(void)
{
	struct program *pg = &yard.program;
	const char *program = pg->words[0];

	yard_fake("ls -l /proc/$$/fd >../fds; sleep 1000");
	yard_service("sv/a", NULL);
	pg->n_words = 0;
	program_words(pg, "sh", "-c", "exec \"$0\" sv <&- >&- 2>&-", program,
	    NULL);
	yard.pid = program_start(pg);
	await(strstr(file_text(yard_in("fds")), "2 -> /dev/null"), SOON,
	    "they are: %s", file_text(yard_in("fds")));
}

/* --- many -----------------------------------------------------------------*/

enum { MANY = 1200 };

static int
count_up(void)
{
	int i, n = 0;

	for (i = 0; i < MANY; i++)
		n += file_size(yard_in("sv/s%d/supervise/status", i)) == 20;
	return n;
}

/* runit stops at 1000. All are down, so that it is runsv alone that costs. */
static void
there_is_no_limit_of_1000(void)
{
	int64_t cpu;
	int i, n = 0;

	for (i = 0; i < MANY; i++) {
		dir_new(yard_in("sv/s%d", i), 0755);
		file_write(yard_in("sv/s%d/down", i), "");
	}
	yard_start("sv", NULL);
	await((n = count_up()) == MANY, 30000 * MS, "%d are up", n);
	want(*yard_said() == 0, "it complains");
	measure_for(2200 * MS);
	cpu = cpu_ns(yard.pid);
	measure_for(5000 * MS);
	want(cpu_ns(yard.pid) - cpu < 50 * MS, "idle it takes %.1f ms",
	    ms_of(cpu_ns(yard.pid) - cpu));
	kill(yard.pid, SIGHUP);
	yard_ends(111, SOON);
	want(strays_end(20000 * MS), "some are left");
}

/* --- want of resources ----------------------------------------------------*/

static void
where_no_process_can_be_made_it_tries_again(void)
{
	long said;

	yard_service("sv/a", NULL);
	yard_service("sv/b", NULL);
	start_deaf("fail:fork_brief:EAGAIN:1 fail:fork_brief:EAGAIN:2 "
		   "fail:fork_brief:EAGAIN:3");
	yard_await_up("sv/a", SOON);
	yard_await_up("sv/b", SOON);
	said = yard_times_said("runsvdir sv: warning: unable to fork for ");
	want(said == 1, "it is said %ld times", said);
	want(yard_times_said(": temporary failure\n") == 1, "for a reason");
}

/* A user may have four: somebody else's, runsvdir, runsv and its service. */
static void
as_a_user_who_may_have_no_more_processes_it_waits(void)
{
	static const char uid[] = "64999";
	struct program *pg = &yard.program, hog = { 0 };
	const char *program = pg->words[0];
	int64_t since;
	pid_t pid;
	int status;

	program_words(&hog, "setpriv", "--reuid", uid, "--clear-groups",
	    "sleep", "1000", NULL);
	pid = program_start(&hog);
	pg->n_words = 0;
	program_words(pg, "prlimit", "--nproc=4", "setpriv", "--reuid", uid,
	    "--clear-groups", program, NULL);
	yard_service("sv/a", "exec sleep 1000");
	chmod(yard_in("sv/a"), 0777);
	yard_start("sv", NULL);
	yard_await_up("sv/a", SOON);
	yard_service("sv/b", "exec sleep 1000");
	chmod(yard_in("sv/b"), 0777);
	await(yard_times_said("unable to fork for b: temporary failure"), SOON,
	    "it does not fail");
	want(yard_runsv("a") > 0, "a is gone");
	kill(pid, SIGKILL);
	want(child_ended(pid, now_ns() + SOON, &status), "it lives");
	since = now_ns();
	yard_await_runsv("b", 0, SOON);
	want(now_ns() - since < 2000 * MS, "only after %.0f ms",
	    ms_of(now_ns() - since));
}

/* In PATH: it is another's, and is not to be started. */
static void
another_runsv_is_further_on(void)
{
	static char path[2 * PATH_ROOM];

	dir_new(yard_in("further"), 0755);
	yard_script(yard_in("further/runsv"), "sleep 1000");
	snprintf(path, sizeof(path), "%s:%s:/usr/bin:/bin", yard_in("bin"),
	    yard_in("further"));
	program_env(&yard.program, "PATH", path);
}

/* Each call once, from the first to those of a quiet runsvdir. */
static void
whichever_call_fails_once_all_services_run(void)
{
	struct program clean;
	char fault[64];
	int k, status, refused = 0;

	yard_fake("echo >../$1.up; sleep 1000");
	another_runsv_is_further_on();
	clean = yard.program;
	yard_logged("sv/a", NULL);
	yard_service("else", NULL);
	link_in("../else", "sv/b");
	for (k = 1 + (int)yard.stage->number % 4; k <= 100; k += 4) {
		yard.program = clean;
		snprintf(fault, sizeof(fault), "fail:any:ENOMEM:%d", k);
		unlink(yard_in("a.up"));
		unlink(yard_in("b.up"));
		start_deaf(fault);
		await((file_is(yard_in("a.up")) && file_is(yard_in("b.up"))) ||
			  waitpid(yard.pid, &status, WNOHANG) == yard.pid,
		    15000 * MS, "call %d: not all are up", k);
		if (!file_is(yard_in("a.up")) || !file_is(yard_in("b.up"))) {
			want(status_is(status, 100), "call %d: it %s", k,
			    status_words(status));
			refused++;
			continue;
		}
		kill(yard.pid, SIGHUP);
		yard_ends(111, SOON);
		strays_clear();
	}
	want(refused <= 4, "%d times it did not even start", refused);
}

/* Whoever the compiler left of them. */
static bool
is_scan(const char *line)
{
	static const char *const names[] = { "scandir_see\n", "append\n",
		"copy_name\n", "make_room\n", "grow\n" };
	size_t i;

	for (i = 0; i < COUNT(names); i++)
		if (strncmp(line, names[i], strlen(names[i])) == 0)
			return true;
	return false;
}

/* Memory that is taken is taken by a scan, and is kept. */
static void
memory_is_taken_by_scans_alone(void)
{
	const char *p;
	pid_t runsv;
	off_t taken;
	int i;

	program_env(&yard.program, "WEIR_FAULT_ALLOCS",
	    strdup(yard_in("allocs")));
	yard.program.words[0] = yard.stage->programs[YARD_FAULT];
	for (i = 0; i < 70; i++) /* more than there is room for at first */
		yard_service(numbered("sv/s", i), NULL);
	yard_start("sv", "log: ..........", NULL);
	for (i = 0; i < 70; i++)
		yard_await_up(numbered("sv/s", i), SOON);
	taken = file_size(yard_in("allocs"));
	want(taken > 0, "the alloc log is empty");
	for (p = file_text(yard_in("allocs")); *p; p += strcspn(p, "\n") + 1)
		want(is_scan(p + strcspn(p, " ") + 1), "taken elsewhere: %.60s",
		    p);
	runsv = yard_await_runsv("s3", 0, SOON);
	kill(runsv, SIGKILL);
	yard_await_runsv("s3", runsv, SOON);
	kill(yard.pid, SIGALRM);
	rename_in("sv/s4", "gone");
	yard_await_no_runsv("s4", SOON);
	want(file_size(yard_in("allocs")) == taken, "more is taken: %s",
	    file_text(yard_in("allocs")) + taken);
}

static void
whichever_memory_is_not_to_be_had_all_services_run(void)
{
	struct program clean = yard.program;
	char fault[64];
	int k, i;

	yard_fake("echo >../$1.up; sleep 1000");
	for (i = 0; i < 4; i++)
		yard_service(numbered("sv/s", i), NULL);
	for (k = 1; k <= 6; k++) {
		yard.program = clean;
		snprintf(fault, sizeof(fault), "fail:alloc:ENOMEM:%d", k);
		for (i = 0; i < 4; i++)
			unlink(yard_in("s%d.up", i));
		start_deaf(fault);
		for (i = 0; i < 4; i++)
			await(file_is(yard_in("s%d.up", i)), LATER,
			    "call %d: s%d is not up", k, i);
		kill(yard.pid, SIGHUP);
		yard_ends(111, SOON);
		strays_clear();
	}
	want(yard_times_said("runsv s") > 0 &&
		 yard_times_said(": out of memory") > 0,
	    "it is not said");
}

/* --- all of it ------------------------------------------------------------*/

static const char *const cast_words[] = {
	[OURS] = "weir",
	[MIXED] = "weir with runit's runsv",
	[RUNIT] = "runit",
	[FAKE] = "weir",
};

#define A(cast) (1u << (cast))

/* Who is to play; each has a scene of its own. */
static const struct {
	const char *name;
	void (*play)(void);
	unsigned casts;
	unsigned times; /* a scene may look at its number; 0 is 1 */
} rows[] = {
#define ROW(name, casts)                                                       \
	{                                                                      \
#name, name, casts, 1                                          \
	}
#define ROWS(name, casts, times)                                               \
	{                                                                      \
#name, name, casts, times                                      \
	}
	/* As runit. */
	ROW(wrong_words_are_answered_with_the_usage, A(OURS) | A(RUNIT)),
	ROW(joined_options_and_more_words_are_taken, A(OURS) | A(RUNIT)),
	ROW(with_P_each_runsv_leads_a_session, A(OURS) | A(RUNIT)),
	ROW(without_P_all_are_in_one_session, A(OURS) | A(RUNIT)),
	ROW(directories_and_links_to_them_are_services,
	    A(OURS) | A(MIXED) | A(RUNIT)),
	ROW(two_names_for_one_directory_are_one_service,
	    A(OURS) | A(MIXED) | A(RUNIT)),
	ROW(what_is_added_is_started_what_is_removed_is_stopped,
	    A(OURS) | A(MIXED) | A(RUNIT)),
	ROW(another_directory_of_that_name_is_another_service,
	    A(OURS) | A(MIXED) | A(RUNIT)),
	ROW(a_link_that_leads_elsewhere_is_another_service,
	    A(OURS) | A(MIXED) | A(RUNIT)),
	ROW(the_directory_may_be_another_one, A(OURS) | A(MIXED) | A(RUNIT)),
	ROW(a_directory_that_is_gone_stops_nobody,
	    A(OURS) | A(MIXED) | A(RUNIT)),
	ROW(what_is_no_directory_is_said, A(OURS) | A(RUNIT)),
	ROW(what_may_not_be_looked_at_is_said_and_tried_again,
	    A(OURS) | A(RUNIT)),
	ROW(TERM_leaves_everything_running, A(OURS) | A(MIXED) | A(RUNIT)),
	ROW(HUP_ends_all, A(OURS) | A(MIXED) | A(RUNIT)),
	ROW(a_runsv_that_is_killed_is_one_again_within_a_second,
	    A(OURS) | A(MIXED) | A(RUNIT)),
	ROW(runsv_not_there_not_executable_no_program, A(OURS) | A(RUNIT)),
	ROW(what_services_say_shows_in_the_process_list,
	    A(OURS) | A(MIXED) | A(RUNIT)),
	ROW(a_log_of_less_than_seven_characters_is_none, A(OURS) | A(RUNIT)),
	ROW(a_log_that_cannot_be_had_is_said_and_services_run, A(OURS)),
	/* Where it is better. */
	ROW(half_of_many_are_removed_at_once, A(OURS)),
	ROW(what_comes_back_while_it_stops_is_waited_for, A(OURS) | A(MIXED)),
	ROW(a_directory_made_anew_is_another_service, A(OURS) | A(MIXED)),
	ROW(a_link_on_the_way_that_leads_elsewhere_is_followed, A(OURS)),
	ROW(what_a_link_leads_to_may_come_later, A(OURS)),
	ROW(links_in_another_directory_are_followed_as_before, A(OURS)),
	ROW(a_service_that_cannot_be_looked_at_keeps_running, A(OURS)),
	ROW(new_services_run_at_once, A(OURS)),
	ROW(new_links_are_services_at_once, A(OURS)),
	ROW(a_service_that_is_being_made_is_waited_for, A(FAKE)),
	ROW(starts_in_a_row_are_a_second_apart, A(FAKE)),
	ROW(beside_the_runsv_of_another_it_waits_quietly, A(OURS) | A(MIXED)),
	ROWS(the_runsv_of_another_is_told_to_end_too, A(OURS), 2),
	ROW(beside_many_runsv_of_another_it_sleeps, A(OURS)),
	ROW(where_few_descriptors_are_allowed_others_are_asked, A(OURS)),
	ROW(each_runsv_starts_clean, A(FAKE)),
	ROW(each_logger_has_a_pipe_and_a_ring_that_outlive_runsv, A(FAKE)),
	ROW(what_is_lent_is_freed_when_the_service_is_gone, A(FAKE)),
	ROW(where_few_descriptors_are_allowed_all_are_started, A(FAKE)),
	ROW(where_nobody_tells_it_looks_each_5_seconds, A(OURS)),
	ROW(ALRM_makes_it_look_at_once, A(OURS)),
	ROW(a_lack_of_watches_is_said_once_and_does_no_harm, A(OURS)),
	ROW(a_clock_that_is_set_back_changes_nothing, A(OURS)),
	ROWS(T_ends_all_before_it_ends, A(OURS) | A(MIXED), 2),
	ROW(T_ends_what_a_killed_runsv_left_behind, A(OURS)),
	ROW(T_ends_within_9_seconds_whatever_its_services_do,
	    A(OURS) | A(MIXED)),
	ROWS(as_1_it_reaps_orphans_and_ends_all, A(OURS) | A(MIXED), 2),
	ROW(as_1_it_gets_by_without_standard_descriptors, A(FAKE)),
	ROW(there_is_no_limit_of_1000, A(OURS)),
	ROW(where_no_process_can_be_made_it_tries_again, A(OURS)),
	ROW(as_a_user_who_may_have_no_more_processes_it_waits, A(OURS)),
	ROWS(whichever_call_fails_once_all_services_run, A(FAKE), 4),
	ROW(memory_is_taken_by_scans_alone, A(OURS)),
	ROW(whichever_memory_is_not_to_be_had_all_services_run, A(FAKE)),
};

enum { SCENES = 128 };

/* "weir: a sentence". */
static const char *
sentence(size_t row, unsigned cast)
{
	char text[256], *p;

	snprintf(text, sizeof(text), "%s: %s", cast_words[cast],
	    rows[row].name);
	for (p = text; *p; p++)
		if (*p == '_')
			*p = ' ';
	return strdup(text);
}

int
main(int argc, char **argv)
{
	static const struct cast cast = { "runsvdir runsvdir-fault runsv",
		YARD_PROGRAMS, yard_enter };
	static struct scene scenes[SCENES];
	size_t n = 0, row;
	unsigned c, times;

	(void)argc;
	for (row = 0; row < COUNT(rows); row++) {
		for (c = 0; c < CASTS; c++) {
			if (!(rows[row].casts & A(c)) ||
			    ((c == MIXED || c == RUNIT) && !yard_runit()))
				continue;
			for (times = 0; times < rows[row].times; times++)
				scenes[n++] = (struct scene){ sentence(row, c),
					rows[row].play, c };
		}
	}
	return play(&cast, scenes, n, argv);
}
