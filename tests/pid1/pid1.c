/* Process 1 in a box (box.h): the stages in each way they may end, every order,
 * storms, crashes, containers; beside runit's, where that is to be had
 * (RUNIT_PID1, RUNIT_INIT). */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "box.h"

enum { RUNIT, RUNIT_INIT, RUNIT_FAULT, PROGRAMS };

enum { STORM = 10000, STORM_LIMIT_S = 30, SIGNALS = 20000 };

static const struct stage *st;
static struct box bx;

static void
enter(const struct stage *stage)
{
	st = stage;
}

static void
make(void)
{
	box_make(&bx, st->tmp);
	box_program(&bx, st->programs[RUNIT], "runit");
	box_program(&bx, st->programs[RUNIT], "../sbin/runit");
	box_program(&bx, st->programs[RUNIT_INIT], "runit-init");
}

static void
stages(const char *one, const char *two, const char *three)
{
	static const char *const paths[] = { "/etc/runit/1", "/etc/runit/2",
		"/etc/runit/3" };
	const char *const texts[] = { one, two, three };
	size_t i;

	for (i = 0; i < 3; i++)
		if (texts[i])
			box_script(&bx, paths[i], texts[i]);
}

/* The first line has a version. */
static const char *
after_first(const char *text)
{
	const char *at = strstr(text, "booting.\n");

	return at ? at + strlen("booting.\n") : text;
}

/* As runit-init does. */
static void
ask_for_the_end(void)
{
	file_write(box_at(&bx, "/run/runit.stopit"), "");
	chmod(box_at(&bx, "/run/runit.stopit"), 0100);
	kill(bx.pid, SIGCONT);
}

/* --- the same words as runit's ---------------------------------------------*/

/* How it is to end: a machine's call ends the box by one of two signals. */
enum { OFF = SIGINT, AGAIN = SIGHUP };

#define STOPIT "> /run/runit.stopit; chmod 100 /run/runit.stopit; "
#define REBOOT "> /run/runit.reboot; chmod 100 /run/runit.reboot; "
#define ENTER(n) "- runit: enter stage: /etc/runit/" n "\n"
#define LEAVE(n) "- runit: leave stage: /etc/runit/" n "\n"
#define FAILED(n) "- runit: warning: child failed: /etc/runit/" n "\n"
#define CRASHED(n) "- runit: warning: child crashed: /etc/runit/" n "\n"
#define UNABLE(n)                                                              \
	"- runit: fatal: unable to start child: /etc/runit/" n                 \
	": file does not exist\n"
#define ONLY_2 "- runit: warning: signals only work in stage 2.\n"
#define KILLING "- runit: sending KILL signal to all processes...\n"
#define ENDED_OFF KILLING "- runit: power off...\n"
#define ENDED_AGAIN KILLING "- runit: system reboot.\n"
#define RESTART                                                                \
	"- runit: warning: killing all processes in stage 2...\n"              \
	"- runit: warning: restarting.\n"

/* What needs a moment after a signal to itself has one. */
#define WAIT "sleep 0.3; "
#define FOREVER "exec sleep 60"

struct plot {
	const char *one, *two, *three;
	const char *name, *script; /* one more script */
	const char *says;
	int ends;
	bool ours_only; /* runit 2.1.2 differs from 2.3 */
};

static const struct plot plots[] = {
	{ "echo one", "echo two", "echo three",
	    .says = ENTER("1") "one\n" LEAVE("1") ENTER("2") "two\n" LEAVE("2")
		ENTER("3") "three\n" LEAVE("3") ENDED_OFF,
	    .ends = OFF },
	{ "exit 100", "echo two", "exit 0",
	    .says = ENTER("1") FAILED("1")
		LEAVE("1") "- runit: warning: skipping stage 2...\n" ENTER("3")
		    LEAVE("3") ENDED_OFF,
	    .ends = OFF },
	{ "exit 3", "exit 5", "exit 7",
	    .says = ENTER("1") FAILED("1") LEAVE("1") ENTER("2") FAILED("2")
		LEAVE("2") ENTER("3") FAILED("3") LEAVE("3") ENDED_OFF,
	    .ends = OFF },
	{ "kill -SEGV $$", "echo two", "kill -KILL $$",
	    .says = ENTER("1") CRASHED("1")
		LEAVE("1") "- runit: warning: skipping stage 2...\n" ENTER("3")
		    CRASHED("3") LEAVE("3") ENDED_OFF,
	    .ends = OFF, .ours_only = true },
	{ "exit 111", "test -e /tmp/x && exit 100; > /tmp/x; exit 111",
	    "exit 111",
	    .says = ENTER("1") FAILED("1") LEAVE("1") ENTER("2") FAILED("2")
		RESTART ENTER("2") FAILED("2") LEAVE("2") ENTER("3") FAILED("3")
		    LEAVE("3") ENDED_OFF,
	    .ends = OFF },
	{ "exit 0",
	    "(trap '' TERM HUP; sleep 7; echo no) & test -e /tmp/x && exit 0; "
	    "> /tmp/x; kill -KILL $$",
	    "sleep 3",
	    .says = ENTER("1") LEAVE("1") ENTER("2") CRASHED("2")
		RESTART ENTER("2") LEAVE("2") ENTER("3") LEAVE("3") ENDED_OFF,
	    .ends = OFF, .ours_only = true },
	{ "exit 0", STOPIT "kill -CONT 1; " FOREVER,
	    "test -x /run/runit.stopit && ls -l /run/runit.stopit; echo three",
	    .says = ENTER("1") LEAVE("1") ENTER("2") LEAVE("2")
		ENTER("3") "three\n" LEAVE("3") ENDED_OFF,
	    .ends = OFF },
	{ "exit 0", STOPIT REBOOT "kill -CONT 1; " FOREVER, "exit 0",
	    .says = ENTER("1") LEAVE("1") ENTER("2") LEAVE("2") ENTER("3")
		LEAVE("3") ENDED_AGAIN,
	    .ends = AGAIN },
	{ "exit 0", "exit 0", REBOOT,
	    .says = ENTER("1") LEAVE("1") ENTER("2") LEAVE("2") ENTER("3")
		LEAVE("3") ENDED_AGAIN,
	    .ends = AGAIN },
	{ "exit 0", STOPIT "trap '' TERM; kill -CONT 1; sleep 60; sleep 60",
	    "exit 0",
	    .says = ENTER("1") LEAVE("1")
		ENTER("2") "- runit: warning: stage "
			   "2 not terminated, sending sigkill...\n" LEAVE("2")
			       ENTER("3") LEAVE("3") ENDED_OFF,
	    .ends = OFF },
	{ "exit 0", "kill -CONT 1; " WAIT "kill -INT 1; " WAIT "echo lives",
	    "exit 0",
	    .says = ENTER("1") LEAVE("1") ENTER("2") "lives\n" LEAVE("2")
		ENTER("3") LEAVE("3") ENDED_OFF,
	    .ends = OFF },
	{ "kill -CONT 1; " WAIT, "exit 0", "kill -INT 1; " WAIT,
	    .says = ENTER("1") ONLY_2 LEAVE("1") ENTER("2") LEAVE("2")
		ENTER("3") ONLY_2 LEAVE("3") ENDED_OFF,
	    .ends = OFF },
	{ "exit 0",
	    "for s in HUP PIPE TERM USR1 WINCH QUIT; do kill -$s 1; done; " WAIT
	    "echo lives",
	    "exit 0",
	    .says = ENTER("1") LEAVE("1") ENTER("2") "lives\n" LEAVE("2")
		ENTER("3") LEAVE("3") ENDED_OFF,
	    .ends = OFF },
	{ "exit 0", "kill -INT 1; " FOREVER, "exit 0", "/etc/runit/ctrlaltdel",
	    "echo asked; " STOPIT,
	    .says = ENTER("1") LEAVE("1")
		ENTER("2") "- runit: ctrl-alt-del request...\n" ENTER(
		    "ctrlaltdel") "asked\n" LEAVE("ctrlaltdel") LEAVE("2")
		    ENTER("3") LEAVE("3") ENDED_OFF,
	    .ends = OFF },
	{ "exit 0", "kill -INT 1; sleep 1; echo lives", "exit 0",
	    "/etc/runit/ctrlaltdel", "echo no; exit 1",
	    .says = ENTER("1") LEAVE("1")
		ENTER("2") "- runit: ctrl-alt-del request...\n" ENTER(
		    "ctrlaltdel") "no\n" LEAVE("ctrlaltdel") "lives\n" LEAVE("2")
		    ENTER("3") LEAVE("3") ENDED_OFF,
	    .ends = OFF },
	{ "exit 0", "kill -INT 1; " WAIT "runit-init 0; " FOREVER, "exit 0",
	    "/etc/runit/ctrlaltdel", FOREVER,
	    .says = ENTER("1") LEAVE("1") ENTER(
		"2") "- runit: ctrl-alt-del request...\n" ENTER("ctrlaltdel")
		LEAVE("2") ENTER("3") LEAVE("3")
		    KILLING LEAVE("ctrlaltdel") "- runit: power off...\n",
	    .ends = OFF, .ours_only = true },
	{ "exit 0", "kill -PWR 1; " FOREVER, "exit 0", "/etc/runit/pwrfail",
	    "echo dark",
	    .says = ENTER("1") LEAVE("1")
		ENTER("2") "- runit: power failure request...\n" ENTER(
		    "pwrfail") "dark\n" LEAVE("pwrfail") LEAVE("2") ENTER("3")
		    LEAVE("3") ENDED_OFF,
	    .ends = OFF, .ours_only = true },
	{ "exit 0", "kill -PWR 1; sleep 1; echo lives", "exit 0",
	    "/etc/runit/pwrfail", "chmod 0 /run/runit.stopit",
	    .says = ENTER("1") LEAVE("1") ENTER(
		"2") "- runit: power failure request...\n" ENTER("pwrfail")
		LEAVE("pwrfail") "lives\n" LEAVE("2") ENTER("3") LEAVE("3")
		    ENDED_OFF,
	    .ends = OFF, .ours_only = true },
	{ "exit 0", "exec runit-init 0", "test -e /run/runit.reboot && echo no",
	    .says = NULL, .ends = OFF },
	{ "exit 0", "runit-init 6; " FOREVER, "echo three",
	    .says = ENTER("1") LEAVE("1") ENTER("2") LEAVE("2")
		ENTER("3") "three\n" LEAVE("3") ENDED_AGAIN,
	    .ends = AGAIN },
	{ NULL, NULL, NULL,
	    .says = ENTER("1") UNABLE("1") FAILED("1") LEAVE("1") ENTER("2")
		UNABLE("2") FAILED("2") LEAVE("2") ENTER("3") UNABLE("3")
		    FAILED("3") LEAVE("3") ENDED_OFF,
	    .ends = OFF, .ours_only = true },
	{ "env | sort; echo $# $0", "env | sort; echo $# $0; umask; pwd",
	    "env | sort; echo $# $0", .says = NULL, .ends = OFF },
};

/* One machine from its first word to its last. */
static const char *
boot_plot(const struct plot *plot, const char *program, bool is_ours)
{
	int status;

	make();
	if (!is_ours) {
		box_program(&bx, getenv("RUNIT_PID1"), "runit");
		box_program(&bx, getenv("RUNIT_INIT"), "runit-init");
	}
	stages(plot->one, plot->two, plot->three);
	if (plot->name)
		box_script(&bx, plot->name, plot->script);
	box_boot(&bx, program, 0);
	status = box_end(&bx);
	want(status_is_signal(status, plot->ends), "it %s; it said:\n%s",
	    status_words(status), box_console(&bx));
	return after_first(box_console(&bx));
}

static void
words_are_runits(void)
{
	const struct plot *plot = &plots[st->arg];
	char *ours = strdup(boot_plot(plot, "/x/runit", true));
	const char *theirs;

	if (plot->says)
		want(strcmp(ours, plot->says) == 0, "it said:\n%sand not:\n%s",
		    ours, plot->says);
	if (plot->ours_only || !getenv("RUNIT_PID1"))
		return;
	umount2(bx.root, MNT_DETACH);
	tree_remove(bx.root);
	theirs = boot_plot(plot, "/x/runit", false);
	want(strcmp(ours, theirs) == 0, "it said:\n%sand runit's:\n%s", ours,
	    theirs);
}

/* --- what a stage finds ----------------------------------------------------*/

static void
stages_are_born_clean(void)
{
	static const char looks[] =
	    "grep -E '^Sig(Blk|Ign)' /proc/self/status | sort -u; "
	    "for f in /proc/$$/fd/*; do readlink $f; done";
	const char *said;
	const char *at;
	int n = 0;

	make();
	stages(looks, looks, looks);
	box_boot(&bx, "/x/runit", BOX_CONTAINER);
	box_end(&bx);
	said = box_console(&bx);
	for (at = said; (at = strstr(at, "Sig")) != NULL; at++, n++)
		want(strncmp(at + 6, ":\t0000000000000000\n", 19) == 0,
		    "signals are not as they were:\n%s", said);
	want(n == 6, "%d masks:\n%s", n, said);
	want(strstr(said, "pipe:") == NULL && strstr(said, "socket:") == NULL &&
		 strstr(said, "anon_inode:") == NULL,
	    "descriptors of ours:\n%s", said);
}

static void
no_stage_has_a_terminal_that_signals(void)
{
	static const char looks[] =
	    "if ( : </dev/tty ) 2>/dev/null; then echo has; else echo not; fi; "
	    "cut -d' ' -f6 /proc/$$/stat | "
	    "{ read s; test $s != $$ || echo leads; }";

	make();
	stages(looks, looks, looks);
	box_boot(&bx, "/x/runit", BOX_CONTAINER);
	box_end(&bx);
	want(strstr(box_console(&bx), ENTER("1") "not\n" LEAVE("1")
					  ENTER("2") "not\nleads\n" LEAVE("2")
					      ENTER("3") "not\nleads\n"),
	    "it said:\n%s", box_console(&bx));
}

/* Somebody presses Ctrl-C while the machine boots, and later. */
static void
what_is_typed_on_the_console_ends_nothing(void)
{
	make();
	stages("echo one; read x; echo $x",
	    "echo two; trap 'echo ends; exit 0' TERM; "
	    "while :; do sleep 0.1; done",
	    "echo three");
	box_script(&bx, "/etc/runit/ctrlaltdel", "echo asked");
	box_boot(&bx, "/x/runit", 0);
	box_await(&bx, "one\n");
	want(write(bx.console, "\003typed\n", 7) == 7, "no console");
	box_await(&bx, "two\n");
	want(write(bx.console, "\003", 1) == 1, "no console");
	measure_for(200 * MS);
	ask_for_the_end();
	want(status_is_signal(box_end(&bx), OFF), "it does not end well:\n%s",
	    box_console(&bx));
	want(strcmp(after_first(box_console(&bx)),
		 ENTER("1") "one\ntyped\n" LEAVE("1")
		     ENTER("2") "two\nends\n" LEAVE("2")
			 ENTER("3") "three\n" LEAVE("3") ENDED_OFF) == 0,
	    "it said:\n%s", box_console(&bx));
}

static void
a_console_that_is_not_there_costs_nothing(void)
{
	make();
	stages("echo one; read x; echo $?", "echo two", "echo three");
	box_boot(&bx, "/x/runit", BOX_NO_CONSOLE);
	want(status_is_signal(box_end(&bx), OFF), "it does not end well");
	want(strcmp(after_first(box_console(&bx)),
		 ENTER("1") "one\n1\n" LEAVE("1") ENTER("2") "two\n" LEAVE("2")
		     ENTER("3") "three\n" LEAVE("3") ENDED_OFF) == 0,
	    "it said:\n%s", box_console(&bx));
	want(strstr(box_console(&bx),
		 "- runit: warning: unable to open /dev/console: "
		 "file does not exist\n"),
	    "it does not say what is wrong:\n%s", box_console(&bx));
}

/* Somebody would have to open its other end first; a line without a carrier is
 * the like. What writes there would crash. */
static void
a_console_that_never_opens_holds_up_nobody(void)
{
	make();
	stages("> /x/one", "> /x/two", "> /x/three");
	mkfifo(box_at(&bx, "/dev/console"), 0600);
	box_boot(&bx, "/x/runit", BOX_NO_CONSOLE);
	want(status_is_signal(box_end(&bx), OFF), "it does not end well:\n%s",
	    box_console(&bx));
	want(access(box_at(&bx, "/x/one"), F_OK) == 0 &&
		 access(box_at(&bx, "/x/three"), F_OK) == 0,
	    "a stage has not run");
}

/* Who reads or writes there does wait, as ever: O_NONBLOCK is 04000. */
static void
only_its_opening_does_not_wait(void)
{
	static const char looks[] =
	    "for n in 0 1 2; do grep -h flags: /proc/self/fdinfo/$n; done | "
	    "grep '[4567]...$'; echo looked";

	make();
	stages(looks, looks, looks);
	box_boot(&bx, "/x/runit", BOX_CONTAINER);
	box_end(&bx);
	want(strstr(box_console(&bx),
		 ENTER("1") "looked\n" LEAVE("1") ENTER("2") "looked\n"),
	    "it said:\n%s", box_console(&bx));
}

static void
closed_descriptors_are_opened(void)
{
	make();
	stages("exec >/out 2>&1; test -e /dev/fd/0 -o -e /dev/null && echo one",
	    "exit 0", "exit 0");
	box_boot(&bx, "/x/runit", 0);
	close(bx.slave); /* the terminal is gone, and back at the next look */
	want(status_is_signal(box_end(&bx), OFF), "it does not end well");
	want(strcmp(file_text(box_at(&bx, "/out")), "one\n") == 0,
	    "stage 1 did not run");
}

static void
a_root_that_is_read_only_will_do(void)
{
	make();
	stages("> /x/y", "kill -CONT 1; " FOREVER, "echo three");
	file_write(box_at(&bx, "/run/runit.stopit"), "");
	chmod(box_at(&bx, "/run/runit.stopit"), 0100);
	box_boot(&bx, "/x/runit", BOX_READ_ONLY);
	want(status_is_signal(box_end(&bx), OFF), "it does not end well");
	want(strstr(box_console(&bx), "three\n") != NULL &&
		 strstr(box_console(&bx), FAILED("1")) != NULL,
	    "it said:\n%s", box_console(&bx));
}

/* Its five minutes may be more than what is left of the battery. */
static void
a_power_failure_waits_for_no_ctrlaltdel(void)
{
	make();
	stages("exit 0", "kill -INT 1; " WAIT "kill -PWR 1; " FOREVER,
	    "echo three");
	box_script(&bx, "/etc/runit/ctrlaltdel", "echo asked; " FOREVER);
	box_script(&bx, "/etc/runit/pwrfail", "echo dark");
	box_boot(&bx, "/x/runit", 0);
	want(status_is_signal(box_end(&bx), OFF), "it does not end well:\n%s",
	    box_console(&bx));
	want(strstr(box_console(&bx),
		 "asked\n- runit: power failure request...\n" ENTER(
		     "pwrfail") "dark\n" LEAVE("pwrfail") LEAVE("2")
		     ENTER("3") "three\n" LEAVE("3") ENDED_OFF),
	    "it said:\n%s", box_console(&bx));
}

/* Nothing can be set there. */
static void
power_fails_on_a_root_that_is_read_only(void)
{
	make();
	stages("exit 0", "kill -PWR 1; " FOREVER, "echo three");
	box_boot(&bx, "/x/runit", BOX_READ_ONLY);
	want(status_is_signal(box_end(&bx), OFF), "it does not end well");
	want(strstr(box_console(&bx),
		 "- runit: power failure request...\n" LEAVE("2")
		     ENTER("3") "three\n"),
	    "it said:\n%s", box_console(&bx));
}

static void
a_full_disk_stops_nobody(void)
{
	make();
	stages("exit 0", "echo x >/tmp/x || echo full; runit-init 6; " FOREVER,
	    "echo three");
	file_write(box_at(&bx, "/out"), "");
	disk_fill(box_at(&bx, "/tmp/all"));
	box_boot(&bx, "/x/runit", 0);
	want(status_is_signal(box_end(&bx), AGAIN), "it does not end well:\n%s",
	    box_console(&bx));
	want(strstr(box_console(&bx), "full\n") &&
		 strstr(box_console(&bx), "three\n"),
	    "it said:\n%s", box_console(&bx));
}

/* --- storms ----------------------------------------------------------------*/

/* Zombies of a parent that does not look, and then is none any more. */
static void
leave_orphans(void)
{
	int i;

	for (i = 0; i < STORM; i++) {
		pid_t pid = fork();

		if (pid == 0)
			_exit(0);
		if (pid < 0)
			_exit(1);
	}
}

static void
orphans_are_reaped_at_once(void)
{
	int64_t from;
	int status;
	pid_t pid;

	make();
	stages("exit 0", "echo two; " FOREVER, "exit 0");
	box_boot(&bx, "/x/runit", 0);
	box_await(&bx, "two\n");
	pid = box_enter(&bx, leave_orphans);
	want(child_ended(pid, now_ns() + STORM_LIMIT_S * 1000 * MS, &status) &&
		 status_is(status, 0),
	    "no storm");
	from = now_ns();
	await(box_children(&bx) == 1, STORM_LIMIT_S * 1000 * MS, "%zu are left",
	    box_children(&bx));
	printf("  %d orphans reaped within %.0f ms\n", STORM,
	    ms_of(now_ns() - from));
}

static void
signals_in_any_number_do_no_harm(void)
{
	static const int storm[] = { SIGCONT, SIGHUP, SIGINT, SIGTERM, SIGALRM,
		SIGPIPE, SIGCHLD, SIGUSR1, SIGUSR2, SIGWINCH, SIGQUIT };
	uint64_t chance = 4711;
	int i;

	make();
	stages("exit 0", "echo two; " FOREVER, "echo three");
	box_boot(&bx, "/x/runit", 0);
	box_await(&bx, "two\n");
	for (i = 0; i < SIGNALS; i++)
		kill(bx.pid,
		    storm[random_between(&chance, 0, COUNT(storm) - 1)]);
	await(box_children(&bx) == 1, WAIT_LIMIT, "stage 2 has ended");
	ask_for_the_end();
	want(status_is_signal(box_end(&bx), OFF), "it does not end well");
	want(strcmp(after_first(box_console(&bx)),
		 ENTER("1") LEAVE("1") ENTER("2") "two\n" LEAVE("2")
		     ENTER("3") "three\n" LEAVE("3") ENDED_OFF) == 0,
	    "it said:\n%s", box_console(&bx));
}

/* --- mistakes of its own ---------------------------------------------------*/

#define ANEW "- runit: warning: process 1 crashed and was started anew.\n"
#define SHELL "- runit: warning: this is a shell on the console\n"

static int
times_said(const char *words)
{
	const char *at = box_console(&bx);
	int n = 0;

	for (; (at = strstr(at, words)) != NULL; at++)
		n++;
	return n;
}

static void
crash(int sig)
{
	int before = times_said(ANEW);

	kill(bx.pid, sig);
	await(times_said(ANEW) > before, WAIT_LIMIT, "signal %d: it said:\n%s",
	    sig, box_console(&bx));
}

static void
a_crash_costs_nothing(void)
{
	static const int crashes[] = { SIGSEGV, SIGBUS, SIGABRT };
	size_t i;

	make();
	stages("exit 0", "echo two; sleep 60; echo no", "echo three");
	box_boot(&bx, "/x/runit", st->arg ? BOX_CONTAINER : 0);
	box_await(&bx, "two\n");
	for (i = 0; i < COUNT(crashes); i++)
		crash(crashes[i]);
	ask_for_the_end();
	want(status_is_signal(box_end(&bx), OFF), "it does not end well");
	want(strcmp(after_first(box_console(&bx)),
		 ENTER("1") LEAVE("1") ENTER("2") "two\n" ANEW ANEW ANEW LEAVE(
		     "2") ENTER("3") "three\n" LEAVE("3") ENDED_OFF) == 0,
	    "it said:\n%s", box_console(&bx));
}

#ifdef __x86_64__
enum { SPOIL_CODE = 16, SPOIL_STACK = 19 }; /* registers of user_regs_struct */
#else
enum { SPOIL_CODE = -1, SPOIL_STACK = -1 };
#endif

/* Stops it, as a debugger does. */
static void
seize(void)
{
	int status;

	if (ptrace(PTRACE_SEIZE, bx.pid, NULL, PTRACE_O_TRACESYSGOOD) < 0 ||
	    ptrace(PTRACE_INTERRUPT, bx.pid, NULL, NULL) < 0)
		skip("not permitted to trace");
	want(waitpid(bx.pid, &status, __WALL) == bx.pid && WIFSTOPPED(status),
	    "process 1 does not stop");
}

/* Sets one of its registers to 0, as a debugger does; the kernel does the
 * rest. */
static void
spoil(int what)
{
	if (what < 0) {
		errno = ENOSYS;
		skip("no registers are known here");
	}
	seize();
	/* Not back into the call that it is in. */
	ptrace(PTRACE_POKEUSER, bx.pid, (void *)(15 * sizeof(long)),
	    (void *)-1L);
	want(ptrace(PTRACE_POKEUSER, bx.pid,
		 (void *)((size_t)what * sizeof(long)), NULL) == 0,
	    "no register");
	ptrace(PTRACE_DETACH, bx.pid, NULL, NULL);
}

/* Not a signal that somebody sent: the kernel ends a process 1 that has no
 * handler for such a fault. */
static void
a_fault_is_survived(void)
{
	make();
	stages("exit 0", "echo two; sleep 60; echo no", "echo three");
	box_boot(&bx, "/x/runit", 0);
	box_await(&bx, "two\n");
	spoil((int)st->arg);
	box_await(&bx, ANEW);
	ask_for_the_end();
	want(status_is_signal(box_end(&bx), OFF), "it does not end well:\n%s",
	    box_console(&bx));
	want(strstr(box_console(&bx), "three\n"), "it said:\n%s",
	    box_console(&bx));
}

/* Lets it run to the end of its next system call: the number, *result. */
static long
next_call(long *result)
{
	struct __ptrace_syscall_info info;
	long call = -1;
	int status;

	do {
		want(ptrace(PTRACE_SYSCALL, bx.pid, NULL, NULL) == 0 &&
			 waitpid(bx.pid, &status, __WALL) == bx.pid &&
			 WIFSTOPPED(status),
		    "process 1 does not stop");
		if (WSTOPSIG(status) != (SIGTRAP | 0x80))
			continue;
		if (ptrace(PTRACE_GET_SYSCALL_INFO, bx.pid, sizeof(info),
			&info) < 0)
			skip("system calls cannot be told");
		if (info.op == PTRACE_SYSCALL_INFO_ENTRY)
			call = (long)info.entry.nr;
	} while (call < 0 || info.op != PTRACE_SYSCALL_INFO_EXIT);
	*result = (long)info.exit.rval;
	return call;
}

/* How often it makes the call before it makes the other, with a result above
 * 0: at most `most`; before each call of any kind `meanwhile` is done. */
static int
calls_before(long call, long other, int most, void (*meanwhile)(void))
{
	long result, made;
	int n = 0;

	while (n < most) {
		if (meanwhile)
			meanwhile();
		made = next_call(&result);
		if (made == other && result > 0)
			break;
		n += made == call && result > 0;
	}
	return n;
}

static void
ask_again(void)
{
	kill(bx.pid, SIGINT);
}

/* Ends stage 2, and waits until process 1 could see it. */
static void
end_stage(void)
{
	pid_t two;

	want(proc_children(bx.pid, &two, 1) == 1, "no stage 2");
	kill(two, SIGKILL);
	await(strstr(proc_text(two, "stat"), ") Z ") != NULL, WAIT_LIMIT,
	    "stage 2 does not end");
}

/* Nobody sends so many: the next one is always there. */
static void
a_storm_of_signals_keeps_no_child_waiting(void)
{
	int n;

	make();
	stages("exit 0", "echo two; " FOREVER, "echo three");
	box_boot(&bx, "/x/runit", 0);
	box_await(&bx, "two\n");
	seize();
	end_stage();
	n = calls_before(SYS_read, SYS_wait4, 1000, ask_again);
	want(n < 100, "%d signals were read first", n);
	ptrace(PTRACE_DETACH, bx.pid, NULL, NULL);
	ask_for_the_end();
	want(status_is_signal(box_end(&bx), OFF), "it does not end well:\n%s",
	    box_console(&bx));
}

/* All of them are zombies before it looks at the first. */
static void
a_storm_of_orphans_keeps_no_signal_waiting(void)
{
	int status, n;
	pid_t pid;

	make();
	stages("exit 0", "echo two; " FOREVER, "echo three");
	box_boot(&bx, "/x/runit", BOX_CONTAINER);
	box_await(&bx, "two\n");
	seize();
	pid = box_enter(&bx, leave_orphans);
	want(child_ended(pid, now_ns() + STORM_LIMIT_S * 1000 * MS, &status) &&
		 status_is(status, 0),
	    "no storm");
	calls_before(SYS_read, SYS_wait4, STORM, NULL);
	kill(bx.pid, SIGTERM);
	n = calls_before(SYS_wait4, SYS_read, STORM, NULL);
	want(n < STORM / 2, "%d were reaped first", n);
	ptrace(PTRACE_DETACH, bx.pid, NULL, NULL);
	want(status_is_signal(box_end(&bx), OFF), "it does not end well:\n%s",
	    box_console(&bx));
}

#define REQUEST "- runit: ctrl-alt-del request...\n"

/* Stopped where it has seen the end of a ctrlaltdel of these words: the gate at
 * which that waited. */
static int
stop_at_end_of(const char *words)
{
	char text[256];
	long result;
	int gate;

	make();
	stages("exit 0", "echo two; exec sleep 60", "echo three");
	snprintf(text, sizeof(text), "read x </tmp/gate; %s", words);
	box_script(&bx, "/etc/runit/ctrlaltdel", text);
	mkfifo(box_at(&bx, "/tmp/gate"), 0600);
	gate =
	    fd_keep(open(box_at(&bx, "/tmp/gate"), O_RDWR | O_CLOEXEC), "gate");
	box_boot(&bx, "/x/runit", 0);
	box_await(&bx, "two\n");
	kill(bx.pid, SIGINT);
	box_await(&bx, ENTER("ctrlaltdel"));
	seize();
	want(write(gate, "\n", 1) == 1, "no gate");
	while (next_call(&result) != SYS_wait4 || result <= 0)
		;
	return gate;
}

static void
crash_there(void)
{
	ptrace(PTRACE_DETACH, bx.pid, NULL, (void *)(size_t)SIGSEGV);
	box_await(&bx, ANEW);
}

/* The script's end was seen then, and nothing done about it. */
static void
a_script_whose_end_was_seen_in_a_crash_is_over(void)
{
	int gate = stop_at_end_of("echo ran");

	crash_there();
	want(write(gate, "\n", 1) == 1, "no gate");
	kill(bx.pid, SIGINT);
	await(times_said(REQUEST) == 2 && times_said("ran\n") == 2 &&
		  times_said(LEAVE("ctrlaltdel")) == 2,
	    WAIT_LIMIT, "it said:\n%s", box_console(&bx));
	ask_for_the_end();
	want(status_is_signal(box_end(&bx), OFF), "it does not end well:\n%s",
	    box_console(&bx));
}

/* stopit was looked at then, after the word that the script is over. */
static void
what_a_script_asked_for_in_a_crash_is_done(void)
{
	const char *stopit = "/run/runit.stopit";
	char words[128];
	long result;

	snprintf(words, sizeof(words), "echo >%s; chmod 100 %s", stopit,
	    stopit);
	stop_at_end_of(words);
	while (times_said(LEAVE("ctrlaltdel")) == 0)
		next_call(&result);
	while (next_call(&result) != SYS_newfstatat || result != 0)
		;
	crash_there();
	want(status_is_signal(box_end(&bx), OFF), "it does not end well:\n%s",
	    box_console(&bx));
	want(strstr(box_console(&bx), "three\n"), "it said:\n%s",
	    box_console(&bx));
}

/* In the middle of anything: what is lost is a signal, if it was about to be
 * obeyed; it is sent again here. */
static void
a_crash_at_any_moment_ends_no_machine(void)
{
	uint64_t chance = 4711 + st->arg;
	int i, n;

	for (i = 0; i < 20; i++) {
		make();
		stages("exit 0", "while :; do runit-init 6; sleep 0.1; done",
		    "echo three");
		box_boot(&bx, "/x/runit", st->arg ? BOX_CONTAINER : 0);
		for (n = 0; n < 4; n++) {
			measure_for(random_between(&chance, 0, 8 * MS));
			kill(bx.pid, SIGSEGV);
		}
		want(status_is_signal(box_end(&bx), AGAIN),
		    "boot %d does not end well:\n%s", i, box_console(&bx));
		want(strstr(box_console(&bx), "three\n"), "it said:\n%s",
		    box_console(&bx));
		umount2(bx.root, MNT_DETACH);
		tree_remove(bx.root);
	}
}

static void
crash_too_often(void)
{
	int i;

	box_await(&bx, "two\n");
	for (i = 0; i < 5; i++)
		crash(SIGSEGV);
	kill(bx.pid, SIGSEGV);
}

static void
a_machine_that_crashes_ever_again_has_a_shell(void)
{
	static const char line[] = "echo $((6 * 7)) $$\n";
	int status;

	make();
	stages("exit 0", "echo two; exec sleep 60", "exit 0");
	box_boot(&bx, "/x/runit", 0);
	crash_too_often();
	box_await(&bx, "- runit: fatal: process 1 crashed too often\n");
	box_await(&bx, SHELL);
	want(write(bx.console, line, sizeof(line) - 1) > 0, "no console");
	box_await(&bx, "42 ");
	want(!child_ended(bx.pid, now_ns(), &status), "process 1 has ended");
}

static void
a_container_that_crashes_ever_again_ends(void)
{
	make();
	stages("exit 0", "echo two; exec sleep 60", "exit 0");
	box_boot(&bx, "/x/runit", BOX_CONTAINER);
	crash_too_often();
	want(status_is(box_end(&bx), 111), "it does not end with 111");
}

/* --- a kernel that refuses -------------------------------------------------*/

static const struct refusal {
	const char *call, *error;
	int times;        /* the first time, the second, ... */
	const char *says; /* NULL: that may have been lost, with stage 1's */
} refusals[] = {
	{ "fork", "EAGAIN", 5, "- runit: warning: unable to fork for \"" },
	{ "open", "ENFILE", 4, NULL },
	{ "dup2", "EMFILE", 3, NULL },
	{ "signal_fd", "EMFILE", 1,
	    "- runit: warning: unable to wait for signals, pausing: " },
	{ "signal_next", "EIO", 2, "" },
	{ "fstatat", "EIO", 4, "" },
	{ "waitpid", "ECHILD", 2, "" },
	{ "poll", "ENOMEM", 4, "" },
	{ "setsid", "EPERM", 1, "" },
	{ "on_crash", "ENOMEM", 1, "" },
	{ "first_pids", "EIO", 1, "" },
	{ "ctrl_alt_del", "EPERM", 1, "" },
	{ "chmod", "EROFS", 1, "" },
};

/* How many points have these words in their name; the first of them is at
 * *first. */
static size_t
points_where(const char *words, size_t *first)
{
	struct points pt = { 0 };
	size_t k, n = 0;

	points_read(&pt, box_at(&bx, "/tmp/points"));
	for (k = 1; k <= pt.n; k++)
		if (strstr(point_name(&pt, (long)k), words) && n++ == 0)
			*first = k;
	return n;
}

static size_t
points_with(const char *words)
{
	size_t first;

	return points_where(words, &first);
}

/* A call that was made to fail is a point with the error behind its name. */
static bool
was_refused(const struct refusal *rf)
{
	char words[64];

	snprintf(words, sizeof(words), ":%s %s", rf->call, rf->error);
	return points_with(words) > 0;
}

/* A fork that fails while others live, for whose end it would wait long. */
static void
the_shell_of_a_machine_is_tried_again(void)
{
	static const char line[] = "echo $((6 * 7)) $$\n";

	make();
	box_program(&bx, st->programs[RUNIT_FAULT], "../sbin/runit");
	bx.fault = "WEIR_FAULT=fail:fork:EAGAIN:1";
	stages("exit 0", "echo two; exec sleep 600", "exit 0");
	box_boot(&bx, "/x/runit", 0);
	crash_too_often();
	box_await(&bx, "- runit: fatal: process 1 crashed too often\n");
	await(times_said(SHELL) == 2, WAIT_LIMIT, "it said:\n%s",
	    box_console(&bx));
	want(points_with(":fork EAGAIN") == 1, "no fork failed");
	want(write(bx.console, line, sizeof(line) - 1) > 0, "no console");
	box_await(&bx, "42 ");
}

/* Whatever call fails once, the machine boots, and ends as it is told. */
static void
what_fails_once_stops_nothing(void)
{
	const struct refusal *rf = &refusals[st->arg];
	char fault[96];
	int n;

	for (n = 1; n <= rf->times; n++) {
		make();
		box_program(&bx, st->programs[RUNIT_FAULT], "runit");
		stages("echo one",
		    "echo two; " STOPIT REBOOT "kill -CONT 1; " WAIT
		    "kill -CONT 1; " FOREVER,
		    "echo three");
		snprintf(fault, sizeof(fault), "WEIR_FAULT=fail:%s:%s:%d",
		    rf->call, rf->error, n);
		bx.fault = fault;
		box_boot(&bx, "/x/runit", 0);
		want(status_is_signal(box_end(&bx), AGAIN), "%s: it said:\n%s",
		    fault, box_console(&bx));
		want(strstr(box_console(&bx), "two\n") &&
			 strstr(box_console(&bx), "three\n"),
		    "%s: it said:\n%s", fault, box_console(&bx));
		want(!rf->says || (strstr(box_console(&bx), rf->says) &&
				      strstr(box_console(&bx), "one\n")),
		    "%s: it said:\n%s", fault, box_console(&bx));
		want(was_refused(rf), "%s: was not met", fault);
		umount2(bx.root, MNT_DETACH);
		tree_remove(bx.root);
	}
}

/* --- the sync --------------------------------------------------------------*/

/* Process 1 starts its stages, a child that syncs, and one that ends all: no
 * other stands between the last KILL and the end. */
static void
all_is_synced_but_for_nosync(void)
{
	bool nosync = st->arg != 0;
	size_t forks;

	make();
	box_program(&bx, st->programs[RUNIT_FAULT], "runit");
	stages("exit 0", "exit 0", "exit 0");
	if (nosync) {
		file_write(box_at(&bx, "/etc/runit/nosync"), "");
		chmod(box_at(&bx, "/etc/runit/nosync"), 0);
	}
	bx.fault = "WEIR_FAULT="; /* none, but its points are told */
	box_boot(&bx, "/x/runit", 0);
	want(status_is_signal(box_end(&bx), OFF), "it does not end well:\n%s",
	    box_console(&bx));
	want(strstr(box_console(&bx), LEAVE("3") ENDED_OFF), "it said:\n%s",
	    box_console(&bx));
	forks = points_with(":fork");
	want(forks == (nosync ? 4 : 5), "%zu processes were started", forks);
}

/* Until then the kernel drops what is sent to process 1; and a word may have to
 * wait for the console. */
static void
orders_are_heard_before_the_first_word(void)
{
	size_t heard = 0, said = 0;

	make();
	box_program(&bx, st->programs[RUNIT_FAULT], "runit");
	stages("exit 0", "exit 0", "exit 0");
	bx.fault = "WEIR_FAULT=";
	box_boot(&bx, "/x/runit", BOX_CONTAINER);
	want(status_is_signal(box_end(&bx), OFF), "it does not end well:\n%s",
	    box_console(&bx));
	want(points_where(":signal_fd", &heard) > 0 &&
		 points_where(":write_nowait", &said) > 0,
	    "no such calls");
	want(heard < said, "point %zu, and the first word is %zu", heard, said);
}

/* --- containers ------------------------------------------------------------*/

static void
a_container_ends_by(void)
{
	int sig = (int)st->arg;

	make();
	stages("echo one", "echo two; " FOREVER, "echo three");
	box_boot(&bx, "/x/runit", BOX_CONTAINER);
	box_await(&bx, "two\n");
	kill(bx.pid, sig);
	want(status_is_signal(box_end(&bx), OFF), "it does not halt");
	want(strstr(box_console(&bx),
		 "two\n" LEAVE("2") ENTER("3") "three\n" LEAVE("3") ENDED_OFF),
	    "it said:\n%s", box_console(&bx));
}

static void
a_container_ends_in_stage_1_too(void)
{
	make();
	stages("echo one; " FOREVER, "echo two", "echo three");
	box_boot(&bx, "/x/runit", BOX_CONTAINER);
	box_await(&bx, "one\n");
	kill(bx.pid, SIGTERM);
	want(status_is_signal(box_end(&bx), OFF), "it does not halt");
	want(strcmp(after_first(box_console(&bx)),
		 ENTER("1") "one\n" LEAVE("1") ENTER("3") "three\n" LEAVE("3")
		     ENDED_OFF) == 0,
	    "it said:\n%s", box_console(&bx));
}

static void
a_container_without_rights_exits_0(void)
{
	make();
	stages("exit 0", "echo two; " FOREVER, "echo three");
	box_boot(&bx, "/x/runit",
	    BOX_CONTAINER | BOX_NO_REBOOT | BOX_READ_ONLY | BOX_NO_CONSOLE);
	box_await(&bx, "two\n");
	kill(bx.pid, SIGTERM);
	want(status_is(box_end(&bx), 0), "it does not exit 0:\n%s",
	    box_console(&bx));
	want(strstr(box_console(&bx), "three\n") != NULL, "it said:\n%s",
	    box_console(&bx));
}

static void
a_container_tells_reboot_from_halt(void)
{
	make();
	stages("exit 0", "echo two; " FOREVER, REBOOT);
	box_boot(&bx, "/x/runit", BOX_CONTAINER);
	box_await(&bx, "two\n");
	kill(bx.pid, SIGTERM);
	want(status_is_signal(box_end(&bx), AGAIN), "it does not reboot");
}

/* Who stops it waits ten seconds; the limit here is for slow machines. */
static void
a_container_where_all_hangs_ends_in_time(void)
{
	static const char deaf[] = "trap '' TERM HUP INT; ";
	char two[256], three[256];
	int64_t from;

	snprintf(two, sizeof(two),
	    "%s (sleep 60; sleep 60) & echo two; sleep 60; sleep 60", deaf);
	snprintf(three, sizeof(three), "%s sleep 60; sleep 60", deaf);
	make();
	stages("exit 0", two, three);
	box_boot(&bx, "/x/runit", BOX_CONTAINER);
	box_await(&bx, "two\n");
	from = now_ns();
	kill(bx.pid, SIGTERM);
	want(status_is_signal(box_end(&bx), OFF), "it does not halt");
	printf("  ended within %.1f s\n", ms_of(now_ns() - from) / 1000);
	want(now_ns() - from < 14000 * MS, "that takes %.1f s",
	    ms_of(now_ns() - from) / 1000);
}

/* Who is in it has told it to end, and stage 3 has its thirty minutes. */
static void
a_container_that_is_told_while_it_ends_hurries(void)
{
	make();
	stages("exit 0",
	    "trap '' TERM; runit-init 0; sleep 0.2; echo told; sleep 60; "
	    "sleep 60",
	    "trap '' TERM; sleep 60; sleep 60");
	box_boot(&bx, "/x/runit", BOX_CONTAINER);
	box_await(&bx, "told\n");
	kill(bx.pid, SIGTERM);
	want(status_is_signal(box_end(&bx), OFF), "it does not halt:\n%s",
	    box_console(&bx));
}

/* Whoever is left when stage 3 has ended is given a second. */
static void
who_asks_ever_again_puts_off_nothing(void)
{
	int64_t from;
	int status;

	make();
	stages("exit 0",
	    "(trap '' TERM; : >/x/deaf; sleep 60; sleep 60) & "
	    "until [ -e /x/deaf ]; do sleep 0.01; done; echo two; " FOREVER,
	    "exit 0");
	box_boot(&bx, "/x/runit", BOX_CONTAINER);
	box_await(&bx, "two\n");
	from = now_ns();
	do
		kill(bx.pid, SIGTERM);
	while (!child_ended(bx.pid, now_ns() + 50 * MS, &status));
	want(status_is_signal(status, OFF), "it does not halt:\n%s",
	    box_console(&bx));
	want(now_ns() - from < 6000 * MS, "that takes %.1f s",
	    ms_of(now_ns() - from) / 1000);
}

/* What is left when stage 3 has ended is asked first. */
static void
who_is_left_in_a_container_may_say_a_last_word(void)
{
	make();
	stages("exit 0",
	    "(trap 'echo last; exit 0' TERM; : >/x/heard; "
	    "while :; do sleep 0.1; done) 2>/dev/null & "
	    "until [ -e /x/heard ]; do sleep 0.01; done",
	    "exit 0");
	box_boot(&bx, "/x/runit", BOX_CONTAINER);
	want(status_is_signal(box_end(&bx), OFF), "it does not halt");
	want(strstr(box_console(&bx), LEAVE("3") "last\n" ENDED_OFF),
	    "it said:\n%s", box_console(&bx));
}

/* --- runit-init ------------------------------------------------------------*/

static void
runit_init_becomes_runit(void)
{
	make();
	stages("echo one; tr '\\0' ' ' </proc/1/cmdline; echo; echo \"$BOX\"",
	    "exit 0", "exit 0");
	box_boot(&bx, "/x/runit-init", BOX_CONTAINER);
	want(status_is_signal(box_end(&bx), OFF), "it does not end well");
	want(strstr(box_console(&bx), "one\nrunit single S \na b\n"),
	    "it said:\n%s", box_console(&bx));
}

static void
runit_init_without_runit_is_a_shell(void)
{
	int status;

	make();
	unlink(box_at(&bx, "/sbin/runit"));
	box_boot(&bx, "/x/runit-init", 0);
	box_await(&bx, "init: fatal: unable to start /sbin/runit: "
		       "file does not exist\n");
	box_await(&bx, "this is a shell on the console\n");
	want(!child_ended(bx.pid, now_ns(), &status), "process 1 has ended");
}

static const char *
run(const char *program, const char *arg, int *status)
{
	struct program pg = { .dir = st->tmp };
	char path[PATH_ROOM];

	program_words(&pg, program, arg, NULL);
	return program_says(&pg, path_join(path, st->tmp, "said"), status);
}

static void
who_is_not_process_1_says_so(void)
{
	int status;
	const char *said = run(st->programs[RUNIT], NULL, &status);

	want(status_is(status, 111), "it %s", status_words(status));
	want(strcmp(said, "- runit: fatal: must be run as process no 1.\n") ==
		 0,
	    "it said: %s", said);
}

static void
runit_init_tells_its_usage(void)
{
	static const char *const args[] = { NULL, "x", "", "7" };
	char words[2 * PATH_ROOM];
	size_t i;
	int status;

	for (i = 0; i < COUNT(args); i++) {
		const char *said =
		    run(st->programs[RUNIT_INIT], args[i], &status);

		snprintf(words, sizeof(words), "usage: %s 0|6\n\n",
		    st->programs[RUNIT_INIT]);
		want(status_is(status, 0), "it %s", status_words(status));
		want(strcmp(said, words) == 0, "it said: %s", said);
	}
}

/* --- the scenes ------------------------------------------------------------*/

int
main(int argc, char *argv[])
{
	static const struct cast cast = { "runit runit-init runit-fault",
		PROGRAMS, enter };
	static const struct scene scenes[] = {
		{ "the three stages are run one after the other",
		    words_are_runits, 0 },
		{ "a stage 1 that exits 100 leaves stage 2 out",
		    words_are_runits, 1 },
		{ "what else a stage exits with is said", words_are_runits, 2 },
		{ "a stage 1 that crashes leaves stage 2 out", words_are_runits,
		    3 },
		{ "a stage 2 that exits 111 is run again", words_are_runits,
		    4 },
		{ "a stage 2 that crashes is run again, and its group killed",
		    words_are_runits, 5 },
		{ "CONT and stopit end stage 2", words_are_runits, 6 },
		{ "stopit and reboot reboot", words_are_runits, 7 },
		{ "what stage 3 does to reboot counts", words_are_runits, 8 },
		{ "a stage 2 that ignores TERM is killed", words_are_runits,
		    9 },
		{ "CONT and INT without their files do nothing",
		    words_are_runits, 10 },
		{ "signals only work in stage 2", words_are_runits, 11 },
		{ "other signals do nothing at all", words_are_runits, 12 },
		{ "INT runs ctrlaltdel, which may set stopit", words_are_runits,
		    13 },
		{ "a ctrlaltdel that sets nothing changes nothing",
		    words_are_runits, 14 },
		{ "a ctrlaltdel that hangs holds up nobody", words_are_runits,
		    15 },
		{ "PWR runs pwrfail, then all ends", words_are_runits, 16 },
		{ "a pwrfail that takes stopit back is obeyed",
		    words_are_runits, 17 },
		{ "runit-init 0 halts", words_are_runits, 18 },
		{ "runit-init 6 reboots", words_are_runits, 19 },
		{ "stages that are not there are left out", words_are_runits,
		    20 },
		{ "stages have the environment, and no arguments",
		    words_are_runits, 21 },
		{ "stages have clean signals and three descriptors",
		    stages_are_born_clean, 0 },
		{ "no stage has a terminal that signals",
		    no_stage_has_a_terminal_that_signals, 0 },
		{ "what is typed on the console ends nothing",
		    what_is_typed_on_the_console_ends_nothing, 0 },
		{ "a console that is not there costs nothing",
		    a_console_that_is_not_there_costs_nothing, 0 },
		{ "a console that never opens holds up nobody",
		    a_console_that_never_opens_holds_up_nobody, 0 },
		{ "only a console's opening does not wait",
		    only_its_opening_does_not_wait, 0 },
		{ "stages run though the console has hung up",
		    closed_descriptors_are_opened, 0 },
		{ "a root that is read-only will do",
		    a_root_that_is_read_only_will_do, 0 },
		{ "the power may fail on a root that is read-only",
		    power_fails_on_a_root_that_is_read_only, 0 },
		{ "a power failure waits for no ctrlaltdel",
		    a_power_failure_waits_for_no_ctrlaltdel, 0 },
		{ "a full disk stops nobody", a_full_disk_stops_nobody, 0 },
		{ "ten thousand orphans are reaped at once",
		    orphans_are_reaped_at_once, 0 },
		{ "a storm of signals keeps no child waiting",
		    a_storm_of_signals_keeps_no_child_waiting, 0 },
		{ "a storm of orphans keeps no signal waiting",
		    a_storm_of_orphans_keeps_no_signal_waiting, 0 },
		{ "signals in any number do no harm",
		    signals_in_any_number_do_no_harm, 0 },
		{ "a crash of process 1 costs a machine nothing",
		    a_crash_costs_nothing, 0 },
		{ "a crash of process 1 costs a container nothing",
		    a_crash_costs_nothing, 1 },
		{ "a fault of process 1 costs nothing", a_fault_is_survived,
		    (size_t)SPOIL_CODE },
		{ "a fault without a stack costs nothing", a_fault_is_survived,
		    (size_t)SPOIL_STACK },
		{ "a script whose end was seen in a crash is over",
		    a_script_whose_end_was_seen_in_a_crash_is_over, 0 },
		{ "what a script asked for in a crash is done",
		    what_a_script_asked_for_in_a_crash_is_done, 0 },
		{ "a crash at any moment ends no machine",
		    a_crash_at_any_moment_ends_no_machine, 0 },
		{ "a crash at any moment ends no container",
		    a_crash_at_any_moment_ends_no_machine, 1 },
		{ "a machine that crashes ever again has a shell",
		    a_machine_that_crashes_ever_again_has_a_shell, 0 },
		{ "a container that crashes ever again ends",
		    a_container_that_crashes_ever_again_ends, 0 },
		{ "the shell of a machine is tried again",
		    the_shell_of_a_machine_is_tried_again, 0 },
		{ "a refused fork stops nothing", what_fails_once_stops_nothing,
		    0 },
		{ "a refused open stops nothing", what_fails_once_stops_nothing,
		    1 },
		{ "a refused dup2 stops nothing", what_fails_once_stops_nothing,
		    2 },
		{ "a refused signal_fd stops nothing",
		    what_fails_once_stops_nothing, 3 },
		{ "a refused signal_next stops nothing",
		    what_fails_once_stops_nothing, 4 },
		{ "a refused fstatat stops nothing",
		    what_fails_once_stops_nothing, 5 },
		{ "a refused waitpid stops nothing",
		    what_fails_once_stops_nothing, 6 },
		{ "a refused poll stops nothing", what_fails_once_stops_nothing,
		    7 },
		{ "a refused setsid stops nothing",
		    what_fails_once_stops_nothing, 8 },
		{ "a refused on_crash stops nothing",
		    what_fails_once_stops_nothing, 9 },
		{ "a refused first_pids stops nothing",
		    what_fails_once_stops_nothing, 10 },
		{ "a refused ctrl_alt_del stops nothing",
		    what_fails_once_stops_nothing, 11 },
		{ "a refused chmod stops nothing",
		    what_fails_once_stops_nothing, 12 },
		{ "file systems are synced at the end",
		    all_is_synced_but_for_nosync, 0 },
		{ "where nosync exists nothing is synced",
		    all_is_synced_but_for_nosync, 1 },
		{ "orders are heard before the first word",
		    orders_are_heard_before_the_first_word, 0 },
		{ "TERM ends a container", a_container_ends_by, SIGTERM },
		{ "INT ends a container", a_container_ends_by, SIGINT },
		{ "PWR ends a container", a_container_ends_by, SIGPWR },
		{ "TERM ends a container in stage 1",
		    a_container_ends_in_stage_1_too, 0 },
		{ "a container that may not reboot exits 0",
		    a_container_without_rights_exits_0, 0 },
		{ "a container tells reboot from halt",
		    a_container_tells_reboot_from_halt, 0 },
		{ "a container where everything hangs ends in nine seconds",
		    a_container_where_all_hangs_ends_in_time, 0 },
		{ "a container that is told while it ends hurries",
		    a_container_that_is_told_while_it_ends_hurries, 0 },
		{ "who asks ever again puts off nothing",
		    who_asks_ever_again_puts_off_nothing, 0 },
		{ "who is left in a container may say a last word",
		    who_is_left_in_a_container_may_say_a_last_word, 0 },
		{ "runit-init becomes runit as process 1",
		    runit_init_becomes_runit, 0 },
		{ "runit-init without a runit is a shell, and no panic",
		    runit_init_without_runit_is_a_shell, 0 },
		{ "who is not process 1 says so, and exits 111",
		    who_is_not_process_1_says_so, 0 },
		{ "runit-init tells its usage, and exits 0",
		    runit_init_tells_its_usage, 0 },
	};

	(void)argc;
	return play(&cast, scenes, COUNT(scenes), argv);
}
