/* runsv: what is true of runit's as well as of ours. */
#define _GNU_SOURCE
#include "svc.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- what is made ---------------------------------------------------------*/

static const struct {
	const char *name;
	mode_t mode;
} made[] = {
	{ "supervise", S_IFDIR | 0700 },
	{ "supervise/lock", S_IFREG | 0600 },
	{ "supervise/control", S_IFIFO | 0600 },
	{ "supervise/ok", S_IFIFO | 0600 },
	{ "supervise/pid", S_IFREG | 0644 },
	{ "supervise/stat", S_IFREG | 0644 },
	{ "supervise/status", S_IFREG | 0644 },
};

static void
is_made(const char *below)
{
	char name[64];
	struct stat st;
	size_t i;

	for (i = 0; i < COUNT(made); i++) {
		snprintf(name, sizeof(name), "%s%s", below, made[i].name);
		want(lstat(svc_path(name), &st) == 0, "%s: %s", name,
		    strerror(errno));
		want(st.st_mode == made[i].mode, "%s: mode %o", name,
		    (unsigned)st.st_mode);
	}
}

static void
files(void)
{
	svc_script("run", SLEEP);
	svc_log();
	svc_start();
	svc_await("run");
	svc_await_log("run");
	is_made("");
	is_made("log/");
	svc_stop();
	is_made("");
}

static void
link_to_supervise(void)
{
	static const char *const links[] = { "../made", "made" };
	char absolute[PATH_ROOM];
	struct stat st;
	size_t i;

	svc_script("run", SLEEP);
	path_join(absolute, svc.stage->tmp, "made");
	for (i = 0; i < 3; i++) {
		want(symlink(i < 2 ? links[i] : absolute,
			 svc_path("supervise")) == 0,
		    "symlink: %s", strerror(errno));
		svc_start();
		svc_await("run");
		want(stat(svc_path("supervise/"), &st) == 0 &&
			 (st.st_mode & 07777) == 0700,
		    "mode %o", (unsigned)st.st_mode);
		svc_stop();
		svc_start(); /* it leads somewhere now */
		svc_await("run");
		svc_stop();
		unlink(svc_path("supervise"));
		tree_remove(i == 1 ? svc_path("made") : absolute);
	}
}

/* --- what is said ---------------------------------------------------------*/

static const struct {
	const char *file, *text; /* text NULL: a directory */
	mode_t mode;
	int code;
	const char *said;
} troubles[] = {
	{ "supervise", "", 0644, 111,
	    "fatal: unable to open supervise/lock: not a directory\n" },
	{ "supervise/control", NULL, 0755, 111,
	    "fatal: supervise/control exists but is not a fifo\n" },
	{ "supervise/control", "", 0644, 111,
	    "fatal: supervise/control exists but is not a fifo\n" },
	{ "run", "", 0644, -1,
	    "fatal: unable to start ./run: access denied\n" },
	{ "run", "\177ELF", 0755, -1,
	    "fatal: unable to start ./run: exec format error\n" },
	{ "run", "#!/nonexistent\n", 0755, -1,
	    "fatal: unable to start ./run: file does not exist\n" },
	{ "log/run", "", 0644, -1,
	    "fatal: unable to start log/./run: access denied\n" },
	{ "log", "", 0644, -1, "warning: ./log: not a directory.\n" },
	{ "finish", "", 0644, -1,
	    "fatal: unable to start ./finish: access denied\n" },
};

static void
words(void)
{
	char line[256];
	size_t i;
	int status;

	for (i = 0; i < COUNT(troubles); i++) {
		tree_remove(svc.dir);
		dir_new(svc.dir, 0755);
		file_write(svc.said, "");
		svc_script("run", "exit");
		if (troubles[i].text)
			svc_put(troubles[i].file, troubles[i].text);
		else
			svc_script("supervise/control/x", "");
		want(chmod(svc_path(troubles[i].file), troubles[i].mode) == 0,
		    "chmod: %s", strerror(errno));
		snprintf(line, sizeof(line), "runsv service: %s",
		    troubles[i].said);
		svc_launch();
		if (troubles[i].code >= 0) {
			status = svc_ended();
			want(status_is(status, troubles[i].code), "%s",
			    status_words(status));
		}
		await(strncmp(svc_words(), line, strlen(line)) == 0, WAIT_LIMIT,
		    "it is not said: %s", line);
		if (svc.pid > 0)
			svc_stop();
	}
}

/* The exit code of a runsv with these words, and what it said. */
static int
outcome(const char *a, const char *b)
{
	svc.pg.n_words = 0;
	program_word(&svc.pg, svc.program);
	if (a)
		program_word(&svc.pg, a);
	if (b)
		program_word(&svc.pg, b);
	file_write(svc.said, "");
	svc_launch();
	return svc_ended();
}

static void
usage(void)
{
	char line[PATH_ROOM + 64];
	int i, status;

	for (i = 0; i < 2; i++) {
		status = i ? outcome("service", "two") : outcome(NULL, NULL);
		snprintf(line, sizeof(line), "usage: %s dir\n\n", svc.program);
		want(status_is(status, 1), "%s", status_words(status));
		want(strcmp(svc_words(), line) == 0, "it said %s", svc_words());
	}
	status = outcome("nowhere", NULL);
	want(status_is(status, 111), "%s", status_words(status));
	want(strcmp(svc_words(), "runsv nowhere: fatal: unable to change to "
				 "directory: file does not exist\n") == 0,
	    "it said %s", svc_words());
}

static void
second(void)
{
	pid_t first;
	int status;

	svc_script("run", SLEEP);
	svc_start();
	svc_await("run");
	first = svc.pid;
	svc_launch();
	status = svc_ended();
	want(status_is(status, 111), "%s", status_words(status));
	want(strcmp(svc_words(),
		 "runsv service: fatal: unable to lock supervise/lock: "
		 "temporary failure\n") == 0,
	    "it said %s", svc_words());
	svc.pid = first;
	svc_await("run");
	svc_stop();
}

/* --- commands -------------------------------------------------------------*/

/* A run that ends by KILL alone, and tells of all that it gets. */
#define DEAF                                                                   \
	"for s in TERM HUP INT QUIT ALRM USR1 USR2 CONT; do\n"                 \
	"trap \"echo $s >>trace\" $s; done\n"                                  \
	"echo up >>trace; while :; do sleep 0.05; done"

struct step {
	const char *bytes;
	const char *stat;  /* then it is that */
	const char *trace; /* and ends so; NULL: whatever */
	char want;
	bool paused, got_term;
	enum status_state state;
};

static const struct step life[] = {
	{ "", "run", "up\n", 'u', false, false, STATUS_RUN },
	{ "u", "run", NULL, 'u', false, false, STATUS_RUN },
	{ "h", "run", "up\nHUP\n", 'u', false, false, STATUS_RUN },
	{ "a", "run", "HUP\nALRM\n", 'u', false, false, STATUS_RUN },
	{ "i", "run", "ALRM\nINT\n", 'u', false, false, STATUS_RUN },
	{ "q", "run", "INT\nQUIT\n", 'u', false, false, STATUS_RUN },
	{ "1", "run", "QUIT\nUSR1\n", 'u', false, false, STATUS_RUN },
	{ "2", "run", "USR1\nUSR2\n", 'u', false, false, STATUS_RUN },
	{ "p", "run, paused", "USR2\n", 'u', true, false, STATUS_RUN },
	{ "o", "run, paused, want down", NULL, 'd', true, false, STATUS_RUN },
	{ "c", "run, want down", "USR2\nCONT\n", 'd', false, false,
	    STATUS_RUN },
	{ "u", "run", NULL, 'u', false, false, STATUS_RUN },
	{ "o", "run, want down", NULL, 'd', false, false, STATUS_RUN },
	{ "u", "run", NULL, 'u', false, false, STATUS_RUN },
	{ "t", "run, got TERM", "CONT\nTERM\n", 'u', false, true, STATUS_RUN },
	{ "d", "run, got TERM, want down", NULL, 'd', false, true, STATUS_RUN },
	{ "x", "run, got TERM, want exit", NULL, 'd', false, true, STATUS_RUN },
	{ "u", "run, got TERM", NULL, 'u', false, true, STATUS_RUN },
	{ "zZ\n 0", "run, got TERM", NULL, 'u', false, true, STATUS_RUN },
	{ "dk", "down", NULL, 'd', false, false, STATUS_DOWN },
	{ "thaiq12pck", "down", NULL, 'd', false, false, STATUS_DOWN },
	{ "o", "run, want down", "\nup\n", 'd', false, false, STATUS_RUN },
	{ "k", "down", NULL, 'd', false, false, STATUS_DOWN },
	{ "u", "run", "\nup\n", 'u', false, false, STATUS_RUN },
	{ "ok", "down", NULL, 'd', false, false, STATUS_DOWN },
};

static bool
ends_so(const char *name, const char *end)
{
	const char *text = file_text(svc_path(name));
	size_t n = strlen(text), m = strlen(end);

	return n >= m && strcmp(text + n - m, end) == 0;
}

static bool
shows(const struct step *sp)
{
	struct status st = svc_status("supervise/status");

	return (st.want == WANT_UP) == (sp->want == 'u') &&
	       st.paused == sp->paused && st.got_term == sp->got_term &&
	       st.state == sp->state &&
	       (st.pid > 0) == (sp->state != STATUS_DOWN) &&
	       st.pid == svc_process();
}

static void
commands(void)
{
	size_t i;

	svc_script("run", DEAF);
	svc_start();
	for (i = 0; i < COUNT(life); i++) {
		const struct step *sp = &life[i];

		if (*sp->bytes)
			svc_tell(sp->bytes);
		svc_await(sp->stat);
		if (sp->trace)
			await(ends_so("trace", sp->trace), WAIT_LIMIT,
			    "step %zu (%s): not %s", i, sp->bytes, sp->trace);
		await(shows(sp), WAIT_LIMIT, "step %zu (%s): status", i,
		    sp->bytes);
	}
	svc_tell("x");
	want(status_is(svc_ended(), 0), "not exit 0");
}

/* The time is that of run's start, then of its end; a start of finish is
 * none. */
static void
since(void)
{
	int64_t from = wall_ns(), run, down;
	struct status st;

	svc_script("run", MARK SLEEP);
	svc_script("finish", MARK "until [ -e over ]; do sleep 0.02; done");
	svc_start();
	svc_await_text("trace", "./run\n");
	svc_await("run");
	st = svc_status("supervise/status");
	run = st.since_ns;
	want(run / 1000000000 >= from / 1000000000 && run <= wall_ns(),
	    "run began at another time");
	svc_tell("d");
	svc_await("finish, want down");
	await((st = svc_status("supervise/status"), proc_is(st.pid)),
	    WAIT_LIMIT, "finish has no pid");
	want(st.since_ns == run, "the time changed with finish");
	svc_put("over", "");
	svc_await("down");
	down = svc_status("supervise/status").since_ns;
	want(down > run && down <= wall_ns(), "it ended at another time");
	svc_stop();
}

static void
in_order(void)
{
	svc_script("run", "trap 'echo HUP >>trace' HUP\n"
			  "trap 'echo TERM >>trace; exit' TERM\n"
			  "echo up >>trace; while :; do sleep 0.05; done");
	svc_put("down", "");
	svc_start();
	svc_await("down");
	svc_tell("u");
	svc_await_text("trace", "up\n");
	svc_tell("ht");
	svc_await_part("trace", "up\nHUP\nTERM\nup\n");
	svc_tell("dx");
	want(status_is(svc_ended(), 0), "not exit 0");
}

/* --- programs -------------------------------------------------------------*/

static const struct {
	const char *run, *args;
} ends[] = {
	{ "exit 0", "0 0" },
	{ "exit 7", "7 0" },
	{ "exit 111", "111 0" },
	{ "kill -TERM $$", "-1 15" },
	{ "kill -KILL $$", "-1 9" },
	{ "exec ./none 2>/dev/null", "127 0" },
};

static void
finish(void)
{
	char text[64];
	size_t i;

	svc_script("finish", "echo $# $* $(pwd) >>trace; cat >>trace");
	svc_put("down", "");
	svc_start();
	for (i = 0; i < COUNT(ends); i++) {
		char *home = realpath(svc.dir, NULL);

		svc_script("run", ends[i].run);
		file_write(svc_path("trace"), "");
		svc_tell("o");
		snprintf(text, sizeof(text), "2 %s ", ends[i].args);
		svc_await_part("trace", text);
		want(realpath(svc.dir, home) &&
			 strstr(file_text(svc_path("trace")), home),
		    "finish runs elsewhere");
		free(home);
		svc_await("down");
	}
	unlink(svc_path("run"));
	file_write(svc_path("trace"), "");
	svc_tell("o");
	svc_await_part("trace", "2 111 0 ");
	svc_stop();
}

/* Every script says what it finds, and leaves the signal to runsv. */
static void
scripts(void)
{
	static const char letters[] = "udtxkpcahiq12";
	const char *c;

	svc_script("run", DEAF);
	for (c = letters; *c; c++) {
		char name[] = "control/?";

		name[8] = *c;
		svc_script(name, "echo $0 $(pwd | sed 's/.*\\///') >>trace\n"
				 "exit 1");
	}
	svc_start();
	svc_await_text("trace", "control/u service\nup\n");
	for (c = "hai12"; *c; c++) {
		char text[] = { *c, 0 };

		file_write(svc_path("trace"), "");
		svc_tell(text);
		snprintf(text, sizeof(text), "%c", *c);
		await(times(file_text(svc_path("trace")), "\n") == 2,
		    WAIT_LIMIT, "the signal of %c is not sent", *c);
		want(file_text(svc_path("trace"))[8] == *c,
		    "another script is run");
	}
	file_write(svc_path("trace"), "");
	svc_tell("d");
	await(times(file_text(svc_path("trace")), "\n") == 4, WAIT_LIMIT,
	    "not all is there");
	want(strncmp(file_text(svc_path("trace")), "control/t service\n", 18) ==
		 0,
	    "control/t is not first");
	svc_await_part("trace", "control/d service\n");
	svc_await_part("trace", "TERM\n");
	svc_await_part("trace", "CONT\n");
	svc_await("run, got TERM, want down");
	svc_tell("uk");
	svc_await_part("trace", "control/k service\n");
	svc_await_part("trace", "control/u service\nup\n");
	svc_tell("x");
	svc_await_part("trace", "control/x service\n");
	svc_tell("k");
	want(status_is(svc_ended(), 0), "not exit 0");
}

/* As d or x did: it goes on if it was paused, and their script runs. */
static void
term_again(void)
{
	static const char *const scripts[] = { "control/t", "control/d",
		"control/x" };
	size_t i;

	svc_script("run", DEAF);
	for (i = 0; i < COUNT(scripts); i++)
		svc_script(scripts[i], "echo $0 >>trace; exit 1");
	svc_start();
	svc_await_text("trace", "up\n");
	svc_tell("op");
	svc_await("run, paused, want down");
	svc_tell("t");
	svc_await_part("trace", "TERM\n");
	svc_await_part("trace", "CONT\n");
	svc_await_part("trace", "control/d\n");
	want(times(file_text(svc_path("trace")), "control/t\n") == 1,
	    "control/t runs twice");
	file_write(svc_path("trace"), "");
	svc_tell("x");
	svc_await_part("trace", "TERM\n");
	svc_await_part("trace", "CONT\n");
	svc_await_part("trace", "control/x\n");
	file_write(svc_path("trace"), "");
	svc_tell("pt");
	svc_await_part("trace", "TERM\n");
	svc_await_part("trace", "CONT\n");
	svc_await_part("trace", "control/x\n");
	want(!strstr(file_text(svc_path("trace")), "control/d\n"),
	    "control/d runs");
	svc_tell("k");
	want(status_is(svc_ended(), 0), "not exit 0");
}

static void
taken_over(void)
{
	svc_script("run", DEAF);
	svc_script("control/t", MARK "exit 0");
	svc_script("control/h", MARK "exit 0");
	svc_put("control/1", "not executable");
	svc_start();
	svc_await_text("trace", "up\n");
	svc_tell("h1");
	svc_await_text("trace", "up\ncontrol/h\nUSR1\n");
	svc_tell("t2");
	svc_await_text("trace", "up\ncontrol/h\nUSR1\ncontrol/t\nUSR2\n");
	svc_await("run");
	svc_tell("d");
	svc_await("run, want down");
	svc_await_part("trace", "USR2\ncontrol/t\nCONT\n");
	want(!svc_status("supervise/status").got_term, "it is said to have");
	svc_tell("xk");
	want(status_is(svc_ended(), 0), "not exit 0");
}

/* --- the logger -----------------------------------------------------------*/

static void
restarts(void)
{
	char lines[2048] = "up\n";
	int i;

	svc_script("run", "trap 'echo end; exit' TERM; echo up\n"
			  "while :; do sleep 0.02; done");
	svc_log();
	svc_start();
	for (i = 0; i < 5; i++) {
		pid_t logger;

		svc_await_text("log/lines", lines);
		svc_await_log("run");
		logger = svc_logger();
		svc_tell_log("t");
		await(svc_logger() > 0 && svc_logger() != logger, WAIT_LIMIT,
		    "there is no new logger");
		svc_tell("t");
		strcat(lines, "end\nup\n");
	}
	svc_await_text("log/lines", lines);
	svc_stop();
	strcat(lines, "end\n");
	svc_await_text("log/lines", lines);
}

/* A logger that takes its time is waited for; nothing is lost. */
static void
last_words(void)
{
	svc_script("run", "trap 'seq 1000; printf tail; exit' TERM\n"
			  "echo up; while :; do sleep 0.02; done");
	svc_script("finish", "echo; echo finish $1");
	svc_script("log/run", "while read -r l; do echo \"$l\" >>lines; done\n"
			      "echo END >>lines");
	svc_start();
	svc_await_text("log/lines", "up\n");
	svc_stop();
	want(times(file_text(svc_path("log/lines")), "\n") == 1004,
	    "lines are missing");
	svc_await_part("log/lines", "\n1000\ntail\nfinish 0\nEND\n");
}

static void
log_commands(void)
{
	svc_script("run", SLEEP);
	svc_script("log/run", "echo up >>trace; exec cat >>lines");
	svc_put("log/down", "");
	svc_start();
	svc_await("run");
	svc_await_log("down");
	svc_tell_log("u");
	svc_await_text("log/trace", "up\n");
	svc_await_log("run");
	svc_tell_log("x"); /* is not heard */
	svc_tell_log("p");
	svc_await_log("run, paused");
	svc_tell_log("c");
	svc_await_log("run");
	svc_tell_log("d");
	svc_await_log("down");
	svc_tell_log("o");
	svc_await_log("run, want down");
	svc_await_text("log/trace", "up\nup\n");
	svc_stop();
	svc_await_log("down");
}

/* --- the life of it -------------------------------------------------------*/

static void
down_file(void)
{
	svc_script("run", MARK SLEEP);
	svc_put("down", "");
	svc_start();
	svc_await("down");
	want(svc_status("supervise/status").want == WANT_DOWN, "wanted up");
	svc_tell("u");
	svc_await_text("trace", "./run\n");
	svc_tell("t"); /* down does not count any more */
	svc_await_text("trace", "./run\n./run\n");
	svc_stop();
}

/* A run that ends at once is started about once a second. */
static void
once_a_second(void)
{
	int64_t from = now_ns();

	svc_script("run", MARK);
	svc_start();
	svc_await_text("trace", "./run\n./run\n./run\n");
	want(now_ns() - from > 1900 * MS, "too soon");
	svc_await("down");
	want(svc_status("supervise/status").want == WANT_UP, "not wanted up");
	svc_stop();
}

static void
environment(void)
{
	svc_script("run", "echo $# $(pwd | sed 's/.*\\///') $X >>trace\n"
			  "cut -d ' ' -f 5 /proc/$$/stat >>trace\n" SLEEP);
	program_env(&svc.pg, "X", "inherited");
	svc_start();
	svc_await_part("trace", "0 service inherited\n");
	await(times(file_text(svc_path("trace")), "\n") == 2, WAIT_LIMIT,
	    "no group");
	want(atoi(file_text(svc_path("trace")) + 20) == getpgid(svc.pid),
	    "another group");
	svc_stop();
}

static const struct scene scenes[] = {
	{ "the files have their names and modes", files, 0 },
	{ "where supervise leads as a link is made", link_to_supervise, 0 },
	{ "what is wrong is said in these words", words, 0 },
	{ "what is wrong with the command line is said", usage, 0 },
	{ "the second in a directory gives up with 111", second, 0 },
	{ "each command does its work and shows it", commands, 0 },
	{ "the time shown is that of run's start or end", since, 0 },
	{ "commands in one write are obeyed in order", in_order, 0 },
	{ "finish is told how run ended", finish, 0 },
	{ "control scripts run before their signals", scripts, 0 },
	{ "TERM to what is to be down is a down once more", term_again, 0 },
	{ "a control script that exits 0 stands for its signal", taken_over,
	    0 },
	{ "restarting either side of the pipe loses nothing", restarts, 0 },
	{ "exit waits until the logger has all", last_words, 0 },
	{ "the logger has commands of its own", log_commands, 0 },
	{ "down counts when runsv starts, and not later", down_file, 0 },
	{ "a run that ends at once starts once a second", once_a_second, 0 },
	{ "run is started in its directory as runsv was", environment, 0 },
};

int
main(int argc, char **argv)
{
	static const struct cast cast = { "runsv", 1, svc_enter };

	(void)argc;
	return play(&cast, scenes, COUNT(scenes), argv);
}
