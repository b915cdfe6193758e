/* svsame: what our sv prints, sends and exits with is what runit's sv does,
 * byte for byte, but for what sv(8) lists. */
#define _GNU_SOURCE
#include "svlab.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void
need_runit(void)
{
	if (!lab.runit_sv)
		skip("no sv of runit's to compare with (RUNIT_SV)");
}

static bool
same(const struct said *a, const struct said *b)
{
	return a->code == b->code && strcmp(a->out, b->out) == 0 &&
	       strcmp(a->err, b->err) == 0;
}

/* Both are asked; seconds may pass between the two, so theirs is asked before
 * and after ours. */
static void
both_say(const char *argv0, const char *words)
{
	const struct said *one, *ours, *two;

	one = ask_as(lab.runit_sv, argv0, words);
	ours = ask_as(lab.sv, argv0, words);
	if (same(ours, one))
		return;
	two = ask_as(lab.runit_sv, argv0, words);
	want(same(ours, two), "%s: ours %d: %s%stheirs %d: %s%s", words,
	    ours->code, ours->out, ours->err, two->code, two->out, two->err);
}

/* --- lines -----------------------------------------------------------------*/

static void
set_down(const char *name, bool down)
{
	unlink(at("%s/down", name));
	if (down)
		file_write(at("%s/down", name), "");
}

/* Every state that can be told apart, with and without a file `down`. */
static void
every_state(void (*show)(const struct status *st, bool down))
{
	for (int bits = 0; bits < 64; bits++) {
		const struct status st = {
			.since_ns = wall_ns() - 3000 * MS,
			.pid = bits & 1 ? 28706 : 0,
			.paused = bits & 2,
			.want = bits & 4 ? WANT_UP : WANT_DOWN,
			.got_term = bits & 8,
		};

		for (int s = STATUS_DOWN; s <= STATUS_FINISH; s++) {
			struct status one = st;

			one.state = (enum status_state)s;
			show(&one, bits & 16);
		}
	}
}

static void
show_alone(const struct status *st, bool down)
{
	set_down("a", down);
	fake_status("a", st);
	both_say(NULL, "status a");
}

static void
lines(void)
{
	need_runit();
	fake_make("a");
	every_state(show_alone);
	printf("  384 states\n");
}

static void
show_with_log(const struct status *st, bool down)
{
	set_down("a/log", down);
	fake_status("a/log", st);
	both_say(NULL, "status a");
}

static void
log_lines(void)
{
	need_runit();
	fake_make("a");
	fake_make("a/log");
	every_state(show_with_log);
}

static void
ages(void)
{
	static const int64_t ago[] = { 0, 1, 59, 60, 3600, 86400, 1000000,
		1700000000, -1, -100, -1000000 };

	need_runit();
	fake_make("a");
	for (size_t i = 0; i < COUNT(ago); i++) {
		fake_is("a", ago[i], 7, WANT_UP, STATUS_RUN);
		both_say(NULL, "status a");
	}
}

static void
names(void)
{
	need_runit();
	fake_make("a");
	fake_make("with@odd-name.x_1");
	dir_new(at("deep"), 0755);
	fake_make("deep/b");
	both_say(NULL, "status a a with@odd-name.x_1 deep/b a/../a");
	both_say(NULL, "status ./service/a service/a/ service/deep/../a/");
	both_say(NULL, "status a/ ./a /a '' . .. / b b/");
	both_say(NULL, "SVDIR= status a ./service/a");
	both_say(NULL, "SVDIR=/nonexistent status a ./service/a");
	both_say(NULL, "SVDIR=service status a ./service/a");
	both_say(NULL, "SVDIR=service/ status a deep/b");
	both_say(NULL, "SVDIR=service/a/supervise/status status a");
}

/* --- trouble ---------------------------------------------------------------*/

static const char *const commands[] = { "status", "up", "-v up", "down",
	"-v down", "start", "stop", "exit", "-v exit", "shutdown", "force-stop",
	"force-shutdown", "check", "restart", "try-restart", "hup", "-v hup",
	"reload", "x", "X", "E", "D", "T", "-v kill", "once" };

static void
trouble(const char *name)
{
	char words[128];

	for (size_t i = 0; i < COUNT(commands); i++) {
		snprintf(words, sizeof words, "%s %s", commands[i], name);
		both_say(NULL, words);
	}
}

static void
troubles(void)
{
	need_runit();
	trouble("missing");
	file_write(at("file"), "");
	trouble("file");
	want(symlink("loop", at("loop")) == 0, "symlink");
	trouble("loop");
	dir_new(at("bare"), 0755);
	trouble("bare");
	fake_make("gone");
	fake_leave("gone");
	trouble("gone");
	both_say(NULL, "status gone missing bare gone");
	both_say(NULL, "up gone missing bare gone");
	both_say(NULL, "stop gone missing bare gone");
	fake_make("okdir");
	unlink(at("okdir/supervise/ok"));
	dir_new(at("okdir/supervise/ok"), 0755);
	trouble("okdir");
	fake_make("nostatus");
	unlink(at("nostatus/supervise/status"));
	trouble("nostatus");
	fake_make("short");
	file_write(at("short/supervise/status"), "1234567890123456789");
	both_say(NULL, "status short");
	fake_make("empty");
	file_write(at("empty/supervise/status"), "");
	both_say(NULL, "status empty");
}

/* The exit code is the number of those that failed, and no more than 99. */
static void
failures(void)
{
	char words[1024] = "status";
	int i;

	need_runit();
	fake_make("a");
	fake_is("a", 5, 7, WANT_UP, STATUS_RUN);
	for (i = 1; i <= 110; i++) {
		strcat(words, i % 9 ? " none" : " a");
		if (i == 12 || i == 80)
			both_say(NULL, words);
	}
	want(ask("%s", words)->code == 98, "not 98");
	both_say(NULL, words);
	strcat(words, " none");
	both_say(NULL, words);
	strcat(words, " none");
	both_say(NULL, words);
	want(ask("%s", words)->code == 99, "not 99");
}

/* What is wrong with `down` and `check` is told on standard error. */
static void
warnings(void)
{
	static const char *const files[] = { "down", "check" };
	static const char *const words[] = { "status a", "-w0 check a" };
	const struct said *ours, *theirs;

	need_runit();
	fake_make("a");
	fake_is("a", 5, 7, WANT_UP, STATUS_RUN);
	for (size_t i = 0; i < COUNT(files); i++) {
		want(symlink(files[i], at("a/%s", files[i])) == 0, "symlink");
		theirs = ask_as(lab.runit_sv, NULL, words[i]);
		ours = ask_as(lab.sv, NULL, words[i]);
		/* Theirs says it again each time that it looks. */
		want(strstr(ours->err, "\n") &&
			 strstr(theirs->err, ours->err) == theirs->err,
		    "%s: %s, not %s", words[i], ours->err, theirs->err);
		unlink(at("a/%s", files[i]));
	}
}

static void
control_troubles(void)
{
	static const char *const sends[] = { "up", "down", "hup", "-v hup",
		"start", "stop", "force-stop", "term", "x" };
	char words[128];

	need_runit();
	fake_make("none");
	unlink(at("none/supervise/control"));
	fake_make("dir");
	unlink(at("dir/supervise/control"));
	dir_new(at("dir/supervise/control"), 0755);
	fake_make("deaf");
	unlink(at("deaf/supervise/control"));
	want(mkfifo(at("deaf/supervise/control"), 0600) == 0, "mkfifo");
	for (size_t i = 0; i < COUNT(sends); i++) {
		fake_is("none", 5, 7, WANT_UP, STATUS_RUN);
		fake_is("dir", 5, 7, WANT_UP, STATUS_RUN);
		fake_is("deaf", 5, 7, WANT_UP, STATUS_RUN);
		/* runit 2.1.2 does not write `u` where `u` is wanted. */
		if (strcmp(sends[i], "up") == 0 ||
		    strcmp(sends[i], "start") == 0)
			continue;
		snprintf(words, sizeof words, "%s none dir", sends[i]);
		both_say(NULL, words);
		snprintf(words, sizeof words, "%s deaf", sends[i]);
		both_say(NULL, words);
	}
}

/* The line of the log, where it is in trouble, has no stale repetition of the
 * service's as in 2.1.2. */
static void
log_troubles(void)
{
	fake_make("a");
	fake_is("a", 3, 77, WANT_UP, STATUS_RUN);
	dir_new(at("a/log"), 0755);
	want(said_like(ask("status a"), 1,
		 "run: a: (pid #) #s; warning: a/log: unable to open "
		 "supervise/ok: file does not exist\n"),
	    "%s", ask("status a")->out);
	tree_remove(at("a/log"));
	fake_make("a/log");
	fake_leave("a/log");
	want(said_like(ask("status a"), 1,
		 "run: a: (pid #) #s; fail: a/log: runsv not running\n"),
	    "%s", ask("status a")->out);
	need_runit();
	both_say(NULL, "status a");
	both_say("a", "status");
	tree_remove(at("a/log"));
	file_write(at("a/log"), "");
	both_say(NULL, "status a");
	unlink(at("a/log"));
	want(symlink("/nonexistent", at("a/log")) == 0, "symlink");
	both_say(NULL, "status a");
}

static void
usages(void)
{
	static const char *const bad[] = { "", "-v", "status", "up", "zzz a",
		"'' a", "-x status a", "-w", "-w 1", "-w 1 up", "rel a", "f a",
		"restartx a", "Z a", "-v -x a", "- a", "-wx" };

	need_runit();
	for (size_t i = 0; i < COUNT(bad); i++)
		both_say(NULL, bad[i]);
	both_say("nginx", "");
	both_say("nginx", "zzz");
	both_say("nginx", "-x");
	both_say("nginx", "-w");
	both_say("nginx", "list");
	both_say("nginx", "SVDIR=/nonexistent status");
	both_say("nginx", "SVDIR=/nonexistent start");
	want(strstr(ask("-V")->err, "usage: sv [-v] [-w sec] command service"),
	    "%s", ask("-V")->err);
	want(ask("-V")->code == 100, "-V");
}

/* --- what is sent ----------------------------------------------------------*/

/* In states where 2.1.2 sends all it is told to, and the effect is there at
 * once, or never. */
static void
sent(void)
{
	static const char *const words[] = { "u", "up", "d", "down", "o",
		"once", "p", "pause", "c", "cont", "h", "hup", "a", "alarm",
		"i", "interrupt", "q", "quit", "1", "2", "t", "term", "k",
		"kill", "e", "exit", "x", "22", "checkx", "try", "reload",
		"-v h", "-v a", "-v 1", "-v c", "dull", "kilroy", "oh" };
	static const struct status states[] = {
		{ 0, 77, false, WANT_UP, false, STATUS_RUN },
		{ 0, 77, false, WANT_DOWN, false, STATUS_RUN },
		{ 0, 0, false, WANT_DOWN, false, STATUS_DOWN },
		{ 0, 77, false, WANT_UP, false, STATUS_FINISH },
	};
	char command[64], theirs[64];

	need_runit();
	fake_make("a");
	for (size_t i = 0; i < COUNT(words) * COUNT(states); i++) {
		struct status st = states[i % COUNT(states)];
		const char *word = words[i / COUNT(states)];

		st.since_ns = wall_ns() - 5000 * MS;
		fake_status("a", &st);
		snprintf(command, sizeof command, "%s a", word);
		ask_as(lab.runit_sv, NULL, command);
		snprintf(theirs, sizeof theirs, "%s", fake_took("a"));
		both_say(NULL, command);
		(void)fake_took("a");
		ask_as(lab.sv, NULL, command);
		/* It left out what is wanted already: lost where the status
		 * was about to change. */
		if (*word == 'u' && st.want == WANT_UP) {
			want(strcmp(theirs, "") == 0, "%s", theirs);
			strcpy(theirs, "u");
		}
		want(strcmp(fake_took("a"), theirs) == 0, "%s: not %s", word,
		    theirs);
	}
}

/* 2.3.1 sends it whatever the status says. */
static void
always_sent(void)
{
	struct status st = { 0, 77, false, WANT_DOWN, true, STATUS_RUN };

	fake_make("a");
	st.since_ns = wall_ns() - 5000 * MS;
	fake_status("a", &st);
	ask("down a");
	want(strcmp(fake_took("a"), "d") == 0, "d is not sent");
	fake_is("a", 5, 77, WANT_UP, STATUS_RUN);
	ask("up a");
	want(strcmp(fake_took("a"), "u") == 0, "u is not sent");
	fake_is("a", 5, 0, WANT_UP, STATUS_DOWN);
	ask("-w0 start a");
	want(strcmp(fake_took("a"), "u") == 0, "u is not sent");
}

/* Waiting, in vain or not: one at a time since each of runit's takes 0.8 s. */
static const struct {
	const char *words;
	struct status st;
} vigils[] = {
	{ "-w0 stop a", { 0, 77, false, WANT_UP, false, STATUS_RUN } },
	{ "-w0 force-stop a", { 0, 77, false, WANT_UP, false, STATUS_FINISH } },
	{ "-w0 restart a", { 0, 77, false, WANT_UP, true, STATUS_RUN } },
	{ "-w0 X a", { 0, 77, true, WANT_DOWN, true, STATUS_RUN } },
	{ "-w0 D a", { 0, 77, false, WANT_UP, false, STATUS_RUN } },
	{ "-w0 T a", { 0, 77, false, WANT_UP, false, STATUS_RUN } },
	{ "-w0 try-restart a", { 0, 77, false, WANT_UP, false, STATUS_RUN } },
	{ "-w0 shutdown a", { 0, 0, false, WANT_DOWN, false, STATUS_DOWN } },
	{ "-w0 force-restart a", { 0, 77, false, WANT_UP, false, STATUS_RUN } },
	{ "-w0 pause a", { 0, 77, false, WANT_UP, false, STATUS_RUN } },
	{ "-w0 cont a", { 0, 77, true, WANT_UP, false, STATUS_RUN } },
	{ "-w0 once a", { 0, 77, false, WANT_UP, false, STATUS_RUN } },
	{ "-w0 start a", { 0, 0, false, WANT_DOWN, false, STATUS_DOWN } },
	{ "-w0 stop a", { 0, 0, false, WANT_DOWN, false, STATUS_DOWN } },
	{ "-w0 check a", { 0, 77, false, WANT_UP, false, STATUS_RUN } },
	{ "-w0 check a", { 0, 0, false, WANT_DOWN, false, STATUS_DOWN } },
	{ "-w0 try-restart a", { 0, 0, false, WANT_DOWN, false, STATUS_DOWN } },
	{ "-w0 up a", { 0, 0, false, WANT_DOWN, false, STATUS_DOWN } },
	{ "-w0 down a", { 0, 77, false, WANT_UP, false, STATUS_RUN } },
	{ "-w0 x a", { 0, 77, false, WANT_UP, false, STATUS_FINISH } },
	{ "-w0 kill a", { 0, 77, false, WANT_UP, false, STATUS_RUN } },
	{ "-w0 hup a", { 0, 77, false, WANT_UP, false, STATUS_RUN } },
	{ "-w0 status a", { 0, 77, false, WANT_UP, true, STATUS_RUN } },
	{ "SVWAIT=0 stop a", { 0, 77, false, WANT_UP, false, STATUS_RUN } },
	{ "-w 0x9 stop a a", { 0, 77, false, WANT_UP, false, STATUS_RUN } },
	{ "stop a", { 0, 77, false, WANT_UP, false, STATUS_RUN } },
};

/* The letters, the line and the code of a command that is waited for. The
 * seconds may differ: theirs takes longer. */
static void
wait_as(const char *words, struct status st)
{
	struct said *s;
	char theirs[128], letters[64];
	int code;

	st.since_ns = wall_ns() - 5000 * MS;
	fake_status("a", &st);
	s = ask_as(lab.runit_sv, NULL, words);
	code = s->code;
	snprintf(theirs, sizeof theirs, "%s", without_numbers(s->out));
	snprintf(letters, sizeof letters, "%s", fake_took("a"));
	s = ask("%s", words);
	want(said_like(s, code, theirs), "%s: %d: %s, not %d: %s", words,
	    s->code, s->out, code, theirs);
	want(strcmp(fake_took("a"), letters) == 0, "%s: not %s", words,
	    letters);
}

static void
vigil(void)
{
	need_runit();
	fake_make("a");
	wait_as(vigils[lab.stage->arg].words, vigils[lab.stage->arg].st);
}

/* A check, and whether it is to be asked. */
static const struct {
	const char *check;
	struct status st;
} checks[] = {
	{ "[ $# -eq 0 ] && [ -d supervise ]",
	    { 0, 77, false, WANT_UP, false, STATUS_RUN } },
	{ "exit 1", { 0, 77, false, WANT_UP, false, STATUS_RUN } },
	{ "exit 1", { 0, 0, false, WANT_DOWN, false, STATUS_DOWN } },
};

static void
checked_vigil(void)
{
	char text[128];

	need_runit();
	fake_make("a");
	snprintf(text, sizeof text, "#!/bin/sh\n%s\n",
	    checks[lab.stage->arg].check);
	script(at("a/check"), text);
	wait_as("-w0 check a", checks[lab.stage->arg].st);
}

/* --- init scripts ----------------------------------------------------------*/

static void
init_scripts(void)
{
	static const struct {
		pid_t pid;
		enum status_want want;
		enum status_state state;
	} states[] = {
		{ 77, WANT_UP, STATUS_RUN },
		{ 77, WANT_DOWN, STATUS_RUN },
		{ 77, WANT_UP, STATUS_FINISH },
		{ 0, WANT_DOWN, STATUS_DOWN },
		{ 0, WANT_UP, STATUS_DOWN },
	};

	need_runit();
	fake_make("a");
	for (size_t i = 0; i < COUNT(states); i++) {
		fake_is("a", 5, states[i].pid, states[i].want, states[i].state);
		both_say("a", "status");
		both_say("a", "status more words");
		both_say("a", "-v status");
		both_say("a", "s");
		both_say("a", "statusx");
		both_say("a", "startx");
		both_say("a", "hup");
		both_say("a", "reload");
	}
	fake_make("gone");
	fake_leave("gone");
	dir_new(at("bare"), 0755);
	fake_make("short");
	file_write(at("short/supervise/status"), "short");
	for (size_t i = 0; i < 3; i++) {
		static const char *const words[] = { "status", "start", "hup" };

		both_say("missing", words[i]);
		both_say("gone", words[i]);
		both_say("bare", words[i]);
		both_say("short", words[i]);
	}
}

/* 2.1.2 said 0, by the state of the log. */
static void
init_script_and_log(void)
{
	fake_make("a");
	fake_make("a/log");
	fake_is("a/log", 5, 77, WANT_UP, STATUS_RUN);
	want(ask_as(lab.sv, "a", "status")->code == 3, "down, log up");
	fake_is("a", 5, 77, WANT_UP, STATUS_RUN);
	fake_is("a/log", 5, 0, WANT_DOWN, STATUS_DOWN);
	want(ask_as(lab.sv, "a", "status")->code == 0, "up, log down");
}

/* --- a whole life ----------------------------------------------------------*/

/* The same commands to a service of a runsv each, by theirs and by ours, which
 * has a moment to settle before each. */
static const struct {
	const char *words;
	enum status_state settles;
} life[] = {
	{ "status", STATUS_RUN },
	{ "start", STATUS_RUN },
	{ "check", STATUS_RUN },
	{ "-v up", STATUS_RUN },
	{ "stop", STATUS_DOWN },
	{ "status", STATUS_DOWN },
	{ "-v down", STATUS_DOWN },
	{ "check", STATUS_DOWN },
	{ "start", STATUS_RUN },
	{ "-v pause", STATUS_RUN },
	{ "status", STATUS_RUN },
	{ "-v cont", STATUS_RUN },
	{ "status", STATUS_RUN },
	{ "-v once", STATUS_RUN },
	{ "status", STATUS_RUN },
	{ "up", STATUS_RUN },
	{ "restart", STATUS_RUN },
	{ "try-restart", STATUS_RUN },
	{ "force-restart", STATUS_RUN },
	{ "force-reload", STATUS_RUN },
	{ "-v term", STATUS_RUN },
	{ "-v kill", STATUS_RUN },
	{ "force-stop", STATUS_DOWN },
	{ "once", STATUS_RUN },
	{ "reload", STATUS_RUN },
	{ "stop", STATUS_DOWN },
	{ "hup", STATUS_DOWN },
	{ "reload", STATUS_DOWN },
	{ "try-restart", STATUS_DOWN },
	{ "force-reload", STATUS_DOWN },
	{ "-v term", STATUS_DOWN },
	{ "-v kill", STATUS_DOWN },
	{ "-v pause", STATUS_DOWN },
	{ "shutdown", STATUS_DOWN },
	{ "status", STATUS_DOWN },
};

static void
one_life(void)
{
	need_runit();
	for (int i = 0; i < 2; i++) {
		const char *name = at("%d", i);

		live_make(strrchr(name, '/') + 1,
		    "#!/bin/sh\ntrap '' HUP\nexec sleep 1000\n");
	}
	live_start("0");
	live_start("1");
	live_await("0", STATUS_RUN, NULL);
	live_await("1", STATUS_RUN, NULL);
	for (size_t i = 0; i < COUNT(life); i++) {
		char theirs[256], ours[256], words[64];
		struct said *s;
		int code;

		snprintf(words, sizeof words, "%s 0", life[i].words);
		s = ask_as(lab.runit_sv, NULL, words);
		snprintf(theirs, sizeof theirs, "%s", without_numbers(s->out));
		code = s->code;
		s = ask("%s 1", life[i].words);
		snprintf(ours, sizeof ours, "%s", without_numbers(s->out));
		for (char *p = ours; *p; p++)
			if (strncmp(p, ": 1: ", 5) == 0)
				p[2] = '0';
		if (strncmp(ours, "ok: 1: ", 7) == 0)
			ours[4] = '0';
		want(s->code == code && strcmp(ours, theirs) == 0,
		    "%s: %d: %s, not %d: %s", life[i].words, s->code, ours,
		    code, theirs);
		live_await("0", life[i].settles, NULL);
		live_await("1", life[i].settles, NULL);
	}
}

static const struct scene scenes[] = {
	{ "every state is told in runit's words", lines, 0 },
	{ "the log's state too", log_lines, 0 },
	{ "seconds are counted as runit counts them", ages, 0 },
	{ "a service is where runit finds it", names, 0 },
	{ "trouble is told in runit's words", troubles, 0 },
	{ "trouble with control too", control_troubles, 0 },
	{ "trouble with a log, once", log_troubles, 0 },
	{ "usage is runit's", usages, 0 },
	{ "failures are counted as runit counts them", failures, 0 },
	{ "warnings about down and check are runit's", warnings, 0 },
	{ "each command sends what runit's sends", sent, 0 },
	{ "a command is sent whatever the status says", always_sent, 0 },
	{ "an init script's codes are runit's", init_scripts, 0 },
	{ "an init script's status is the service's, not its log's",
	    init_script_and_log, 0 },
	{ "a life of commands is answered as by runit", one_life, 0 },
	{ "waiting, as runit's: stop", vigil, 0 },
	{ "waiting, as runit's: force-stop a finish", vigil, 1 },
	{ "waiting, as runit's: restart", vigil, 2 },
	{ "waiting, as runit's: X", vigil, 3 },
	{ "waiting, as runit's: D", vigil, 4 },
	{ "waiting, as runit's: T", vigil, 5 },
	{ "waiting, as runit's: try-restart", vigil, 6 },
	{ "waiting, as runit's: shutdown", vigil, 7 },
	{ "waiting, as runit's: force-restart", vigil, 8 },
	{ "waiting, as runit's: pause", vigil, 9 },
	{ "waiting, as runit's: cont", vigil, 10 },
	{ "waiting, as runit's: once", vigil, 11 },
	{ "waiting, as runit's: start", vigil, 12 },
	{ "waiting, as runit's: stop what is down", vigil, 13 },
	{ "waiting, as runit's: check what runs", vigil, 14 },
	{ "waiting, as runit's: check what is down", vigil, 15 },
	{ "waiting, as runit's: try-restart what is down", vigil, 16 },
	{ "waiting, as runit's: up", vigil, 17 },
	{ "waiting, as runit's: down", vigil, 18 },
	{ "waiting, as runit's: x to a finish", vigil, 19 },
	{ "waiting, as runit's: kill", vigil, 20 },
	{ "waiting, as runit's: hup", vigil, 21 },
	{ "waiting, as runit's: status", vigil, 22 },
	{ "waiting, as runit's: SVWAIT", vigil, 23 },
	{ "waiting, as runit's: two that do not stop", vigil, 24 },
	{ "waiting, as runit's: for seven seconds", vigil, 25 },
	{ "waiting, as runit's: a check that says yes", checked_vigil, 0 },
	{ "waiting, as runit's: a check that says no", checked_vigil, 1 },
	{ "waiting, as runit's: no check of what is down", checked_vigil, 2 },
};

int
main(int argc, char **argv)
{
	static const struct cast cast = { "sv sv-fault runsv", 3, lab_enter };

	(void)argc;
	return play(&cast, scenes, COUNT(scenes), argv);
}
