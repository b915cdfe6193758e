/* scarce: a runsvdir and its runsv that can have no more processes, no more
 * descriptors, or no more numbers for processes: they hear, answer, and go on
 * when there are some again. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "status.h"
#include "yard.h"

/* Behind those of yard.h. */
enum { SV = YARD_PROGRAMS, RUNSV_FAULT, PROGRAMS };

enum { ASKED = 20, UID = 64998 };

/* What may take this long on a machine that is busy. */
#define AT_ONCE (5000 * MS)
#define SOON (10000 * MS)

/* --- asking and telling ---------------------------------------------------*/

/* What `sv status` says; it is asked from outside of what is scarce. */
static const char *
answer(const char *service)
{
	struct program pg = yard.program;
	int64_t from = now_ns();
	int status, out;
	pid_t pid;

	file_write(yard_in("answer"), "");
	out = fd_keep(open(yard_in("answer"), O_WRONLY | O_CLOEXEC), "answer");
	pg.n_words = 0;
	program_words(&pg, yard.stage->programs[SV], "status", service, NULL);
	program_fd(&pg, 1, out);
	pid = program_start(&pg);
	want(child_ended(pid, from + AT_ONCE, &status) && status == 0,
	    "sv status: %s", status_words(status));
	close(out);
	return file_text(yard_in("answer"));
}

/* Asks a few times, each time for an answer that begins so. */
static void
answers(const char *service, const char *words)
{
	int64_t from, took, slowest = 0;
	int i;

	for (i = 0; i < ASKED; i++) {
		from = now_ns();
		await(strncmp(answer(service), words, strlen(words)) == 0,
		    AT_ONCE, "sv says %s", answer(service));
		took = now_ns() - from;
		slowest = took > slowest ? took : slowest;
	}
	printf("%s: sv status: at most %.1f ms\n", service, ms_of(slowest));
}

static void
tell(const char *service, char letter)
{
	const char *path = yard_in("%s/supervise/control", service);
	int fd = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);

	want(fd >= 0 && write(fd, &letter, 1) == 1, "%s: %s", path,
	    strerror(errno));
	close(fd);
}

/* What supervise/status says; false: nothing. */
static bool
status_of(const char *service, struct status *st)
{
	struct bytes b = { 0 };
	bool is = file_add(&b, yard_in("%s/supervise/status", service)) &&
	          status_unpack(st, (unsigned char *)b.p, b.n) == 0;

	bytes_free(&b);
	return is;
}

static bool
is_wanted(const char *service, enum status_want wanted)
{
	struct status st;

	return status_of(service, &st) && st.want == wanted;
}

/* Commands are obeyed, and that they were shows. */
static void
obeys(const char *service)
{
	int64_t from, took, slowest = 0;
	int i;

	for (i = 0; i < ASKED; i++) {
		from = now_ns();
		tell(service, i % 2 ? 'u' : 'd');
		await(is_wanted(service, i % 2 ? WANT_UP : WANT_DOWN), AT_ONCE,
		    "it does not hear");
		took = now_ns() - from;
		slowest = took > slowest ? took : slowest;
	}
	printf("%s: a command: at most %.1f ms\n", service, ms_of(slowest));
}

static void
is_up_again(const char *service, int64_t from)
{
	yard_await_up(service, SOON);
	printf("%s: up after %.0f ms\n", service, ms_of(now_ns() - from));
}

/* --- no processes ---------------------------------------------------------*/

enum { ALLOWED = 24 };

/* As a user who may have so many, services and all. */
static void
start_as_user(void)
{
	struct program *pg = &yard.program;
	const char *program = pg->words[0];
	static char nproc[32], uid[16];

	snprintf(nproc, sizeof(nproc), "--nproc=%d", ALLOWED);
	snprintf(uid, sizeof(uid), "%d", UID);
	pg->n_words = 0;
	program_words(pg, "prlimit", nproc, "setpriv", "--reuid", uid,
	    "--clear-groups", program, NULL);
	yard_start("sv", NULL);
	pg->n_words = 0;
}

/* Somebody else's processes of that user's: all there may be. Each is that
 * user's when it has closed its end. */
static void
take_all(pid_t *pids)
{
	int i, ends[2];
	char c;

	want(pipe(ends) == 0, "pipe: %s", strerror(errno));
	for (i = 0; i < ALLOWED; i++) {
		pids[i] = fork();
		want(pids[i] >= 0, "fork: %s", strerror(errno));
		if (pids[i] > 0)
			continue;
		if (setresuid(UID, UID, UID) < 0)
			_exit(1);
		close(ends[1]);
		for (;;)
			pause();
	}
	close(ends[1]);
	want(read(ends[0], &c, 1) == 0, "a pipe nobody writes to has bytes");
	close(ends[0]);
}

static void
give_all(pid_t *pids)
{
	int i, status;

	for (i = 0; i < ALLOWED; i++)
		kill(pids[i], SIGKILL);
	for (i = 0; i < ALLOWED; i++)
		want(child_ended(pids[i], now_ns() + SOON, &status),
		    "one lives");
}

static void
open_to_all(const char *path)
{
	want(chmod(yard_in("%s", path), 0777) == 0, "chmod: %s",
	    strerror(errno));
}

static void
without_processes_it_hears_and_goes_on_when_there_are(void)
{
	pid_t pids[ALLOWED], old;
	int64_t from;

	yard_logged("sv/a", "echo run >>trace; exec sleep 1000");
	file_put(yard_in("sv/a/finish"), "#!/bin/sh\necho finish >>trace\n", 31,
	    0755);
	yard_service("sv/b", "exec sleep 1000");
	open_to_all("sv/a");
	open_to_all("sv/a/log");
	open_to_all("sv/b");
	start_as_user();
	yard_await_up("sv/a", SOON);
	yard_await_up("sv/a/log", SOON);
	yard_await_up("sv/b", SOON);
	await(file_is(yard_in("sv/a/trace")), SOON, "run is not there");
	old = yard_await_runsv("b", 0, SOON);
	take_all(pids);
	kill(yard_service_pid("sv/a"), SIGKILL);
	await(yard_times_said("runsv a: warning: unable to fork for ./finish: "
			      "temporary failure\n") > 0,
	    SOON, "it is not said");
	answers("./sv/a", "finish: ");
	obeys("sv/a");
	kill(old, SIGKILL);
	await(yard_times_said("unable to fork for b: temporary failure\n") > 0,
	    SOON, "it is not said of runsv");
	want(yard_times_said("unable to fork") == 2, "it is said %ld times",
	    yard_times_said("unable to fork"));
	from = now_ns();
	give_all(pids);
	is_up_again("sv/a", from);
	yard_await_runsv("b", old, SOON);
	printf("runsv b: there after %.0f ms\n", ms_of(now_ns() - from));
	await(strcmp(file_text(yard_in("sv/a/trace")), "run\nfinish\nrun\n") ==
		  0,
	    SOON, "it ran: %s", file_text(yard_in("sv/a/trace")));
}

/* --- no descriptors -------------------------------------------------------*/

/* A process may have no more descriptors than it has, or as many as before. */
static void
close_descriptors(pid_t pid, struct rlimit *before)
{
	struct rlimit rl;
	char path[64];

	want(prlimit(pid, RLIMIT_NOFILE, NULL, before) == 0, "prlimit: %s",
	    strerror(errno));
	rl = *before;
	rl.rlim_cur = 0;
	do
		snprintf(path, sizeof(path), "/proc/%ld/fd/%d", (long)pid,
		    (int)rl.rlim_cur++);
	while (access(path, F_OK) == 0);
	rl.rlim_cur--;
	want(prlimit(pid, RLIMIT_NOFILE, &rl, NULL) == 0, "prlimit: %s",
	    strerror(errno));
}

static void
open_descriptors(pid_t pid, const struct rlimit *before)
{
	want(prlimit(pid, RLIMIT_NOFILE, before, NULL) == 0, "prlimit: %s",
	    strerror(errno));
}

/* Files cannot be written then, but what is wanted is done, and shows when
 * they can. */
static void
without_descriptors_it_hears_and_goes_on_when_there_are(void)
{
	struct rlimit runsv_had, runsvdir_had;
	pid_t runsv, other, pid;
	int64_t from;

	yard_service("sv/a", "echo run >>trace; exec sleep 1000");
	file_put(yard_in("sv/a/finish"), "#!/bin/sh\necho finish >>trace\n", 31,
	    0755);
	yard_logged("sv/b", NULL);
	yard_start("sv", NULL);
	yard.program.n_words = 0;
	yard_await_up("sv/a", SOON);
	yard_await_up("sv/b", SOON);
	yard_await_up("sv/b/log", SOON);
	await(file_is(yard_in("sv/a/trace")), SOON, "run is not there");
	runsv = yard_await_runsv("a", 0, SOON);
	other = yard_await_runsv("b", 0, SOON);
	pid = yard_service_pid("sv/a");
	measure_for(1500 * MS); /* what is open for a moment is closed then */
	close_descriptors(runsv, &runsv_had);
	close_descriptors(yard.pid, &runsvdir_had);
	tell("sv/a", 't');
	await(!proc_is(pid), SOON, "it is not heard");
	await(yard_times_said("runsv a: warning: unable to fork for ./finish: "
			      "process cannot open more files\n") > 0,
	    SOON, "it is not said");
	answers("./sv/a", "run: ");
	kill(other, SIGKILL);
	await(yard_times_said("runsvdir sv: warning: unable to open directory "
			      "sv: process cannot open more files\n") > 0,
	    SOON, "it is not said");
	from = now_ns();
	open_descriptors(runsv, &runsv_had);
	open_descriptors(yard.pid, &runsvdir_had);
	await(strcmp(file_text(yard_in("sv/a/trace")), "run\nfinish\nrun\n") ==
		  0,
	    SOON, "it ran: %s", file_text(yard_in("sv/a/trace")));
	await(yard_service_pid("sv/a") != pid && yard_is_up("sv/a"), SOON,
	    "it is not shown");
	printf("sv/a: up after %.0f ms\n", ms_of(now_ns() - from));
	yard_await_runsv("b", other, SOON);
	printf("runsv b: there after %.0f ms\n", ms_of(now_ns() - from));
	yard_await_up("sv/b", SOON);
}

/* Fewer than it has places to watch. */
static void
a_runsv_of_20_descriptors_hears_and_rests(void)
{
	struct program *pg = &yard.program;
	int64_t cpu;

	yard_service("sv/a", "exec sleep 1000");
	pg->n_words = 0;
	program_words(pg, "prlimit", "--nofile=20:20",
	    yard.stage->programs[YARD_RUNSV], NULL);
	yard_start("sv/a", NULL);
	pg->n_words = 0;
	yard_await_up("sv/a", SOON);
	answers("./sv/a", "run: ");
	obeys("sv/a");
	yard_await_up("sv/a", SOON);
	measure_for(200 * MS);
	cpu = cpu_ns(yard.pid);
	measure_for(500 * MS);
	want(cpu_ns(yard.pid) - cpu < 100 * MS, "it spins: %.0f ms",
	    ms_of(cpu_ns(yard.pid) - cpu));
	kill(yard.pid, SIGTERM);
	yard_ends(0, SOON);
}

/* --- no numbers -----------------------------------------------------------*/

/* A namespace has a largest number of its own; before that it would be the
 * system's that is changed. */
static bool
has_own_numbers(void)
{
	struct utsname u;
	int major, minor;

	return uname(&u) == 0 &&
	       sscanf(u.release, "%d.%d", &major, &minor) == 2 &&
	       (major > 6 || (major == 6 && minor >= 14));
}

/* As process 1 of a namespace of 330 numbers, of which the first 300 are not
 * used twice. All are fault builds, which tell of signals that go astray. */
static void
start_in_few_numbers(void)
{
	struct program *pg = &yard.program;
	static char path[2 * PATH_ROOM], strays[PATH_ROOM];

	if (symlink(yard.stage->programs[RUNSV_FAULT], yard_in("bin/runsv")) <
	    0)
		give_up("symlink: %s", strerror(errno));
	snprintf(path, sizeof(path), "%s:/usr/sbin:/usr/bin:/sbin:/bin",
	    yard_in("bin"));
	path_join(strays, yard.stage->tmp, "strays");
	program_env(pg, "PATH", path);
	program_env(pg, "WEIR_FAULT_STRAYS", strays);
	pg->n_words = 0;
	program_words(pg, "unshare", "-pf", "--mount-proc", "--kill-child",
	    "sh", "-c", "echo 330 >/proc/sys/kernel/pid_max && exec \"$0\" sv",
	    yard.stage->programs[YARD_FAULT], NULL);
	yard.pid = program_start(pg);
	pg->n_words = 0;
}

/* The one of number 1, as seen from here. */
static pid_t
inner(void)
{
	pid_t pid = 0;

	await(proc_children(yard.pid, &pid, 1) == 1 &&
		  strncmp(proc_text(pid, "cmdline"),
		      yard.stage->programs[YARD_FAULT],
		      strlen(yard.stage->programs[YARD_FAULT])) == 0,
	    SOON, "there is none");
	return pid;
}

static const char *const services[] = { "sv/s0", "sv/s1", "sv/s2", "sv/s3" };

/* A u, which ends the delay of a start, and whether there is a process that
 * began at another time than `old`. */
static bool
is_new(const char *service, const struct status *old, struct status *st)
{
	tell(service, 'u');
	return status_of(service, st) && st->pid > 0 &&
	       st->since_ns != old->since_ns;
}

/* Another process, by commands of which the later ones find it ending or
 * ended: true if its number was one before. */
static bool
start_anew(const char *service)
{
	static unsigned char used[32768];
	struct status old, st;
	const char *c;

	want(status_of(service, &old), "%s has no status", service);
	for (c = "ktut"; *c; c++)
		tell(service, *c);
	await(is_new(service, &old, &st), SOON, "%s: no other process",
	    service);
	return used[st.pid]++ > 0;
}

/* As often as it takes until many had a number of another before. */
static void
use_anew(void)
{
	int starts = 0, anew = 0;
	size_t i;

	while (starts < 100 || anew < 50) {
		for (i = 0; i < COUNT(services); i++, starts++)
			anew += start_anew(services[i]);
	}
	printf("%d starts, %d of them with a number used before\n", starts,
	    anew);
}

/* The processes that `sv/hog` made, until it could make no more. */
static void
free_numbers(pid_t one)
{
	pid_t pids[512];
	size_t i, n = proc_children(one, pids, COUNT(pids));

	for (i = 0; i < n; i++)
		if (strcmp(proc_text(pids[i], "cmdline"), "sleep") == 0)
			kill(pids[i], SIGKILL);
}

static void
start_services(void)
{
	size_t i;

	for (i = 0; i < COUNT(services); i++)
		yard_service(services[i], NULL);
	yard_service("sv/churn", "while :; do (:); done");
	yard_service("hog", "while :; do sleep 2000 & done");
	file_write(yard_in("hog/down"), "");
	if (rename(yard_in("hog"), yard_in("sv/hog")) < 0)
		give_up("rename: %s", strerror(errno));
	start_in_few_numbers();
	for (i = 0; i < COUNT(services); i++)
		yard_await_up(services[i], SOON);
	yard_await_up("sv/churn", SOON);
	await(is_wanted("sv/hog", WANT_DOWN), SOON, "sv/hog is not there");
}

static void
where_numbers_are_used_anew_no_signal_goes_astray(void)
{
	if (!has_own_numbers())
		skip("no numbers of a namespace's own");
	start_services();
	use_anew();
	want(!file_is(yard_in("strays")), "signals went to: %s",
	    file_text(yard_in("strays")));
}

static void
without_numbers_it_hears_and_goes_on_when_there_are(void)
{
	int64_t from;
	pid_t one;

	if (!has_own_numbers())
		skip("no numbers of a namespace's own");
	start_services();
	one = inner();
	tell("sv/churn", 'd');
	await(!yard_is_up("sv/churn"), SOON, "it churns");
	tell("sv/hog", 'o');
	await(yard_times_said("fork") > 0, SOON, "there are more");
	answers("./sv/s0", "run: ");
	obeys("sv/s0");
	tell("sv/s0", 'k');
	await(yard_times_said("runsv s0: warning: unable to fork for ./run: "
			      "temporary failure\n") > 0,
	    SOON, "it is not said");
	answers("./sv/s0", "down: ");
	from = now_ns();
	free_numbers(one);
	is_up_again("sv/s0", from);
	want(!file_is(yard_in("strays")), "signals went to: %s",
	    file_text(yard_in("strays")));
}

static const struct scene scenes[] = {
	{ "without processes it hears, and goes on when there are",
	    without_processes_it_hears_and_goes_on_when_there_are, OURS },
	{ "without descriptors it hears, and goes on when there are",
	    without_descriptors_it_hears_and_goes_on_when_there_are, OURS },
	{ "a runsv of 20 descriptors hears and rests",
	    a_runsv_of_20_descriptors_hears_and_rests, OURS },
	{ "where numbers are used anew no signal goes astray",
	    where_numbers_are_used_anew_no_signal_goes_astray, OURS },
	{ "without numbers it hears, and goes on when there are",
	    without_numbers_it_hears_and_goes_on_when_there_are, OURS },
};

int
main(int argc, char **argv)
{
	static const struct cast cast = {
		"runsvdir runsvdir-fault runsv sv runsv-fault", PROGRAMS,
		yard_enter
	};

	(void)argc;
	return play(&cast, scenes, COUNT(scenes), argv);
}
