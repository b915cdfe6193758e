/* birth: what each process that our programs start is born with: at the first
 * start as at any later one, and whatever they were started with themselves. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "yard.h"

/* Behind those of yard.h. */
enum { STATE = YARD_PROGRAMS, SV, SVLOGD, PROGRAMS };

/* How they are started: by words of `state`, NULL for none. */
static const char *const dirts[] = { NULL, "dirty", "bare", "mute" };

static const char *dirt;

static void
enter(const struct stage *stage)
{
	static struct stage ours;

	ours = *stage;
	ours.arg = OURS;
	dirt = dirts[stage->arg];
	yard_enter(&ours);
}

/* --- starting -------------------------------------------------------------*/

/* As the others of the scene: the same descriptors, variables, and dirt. */
static struct program
prepared(const char *word)
{
	struct program pg = yard.program;

	pg.n_words = 0;
	if (dirt)
		program_words(&pg, yard.stage->programs[STATE], dirt, "--",
		    NULL);
	program_word(&pg, word);
	return pg;
}

static int
run(struct program *pg)
{
	int status;
	pid_t pid = program_start(pg);

	want(child_ended(pid, now_ns() + WAIT_LIMIT, &status), "%s hangs",
	    pg->words[0]);
	return WEXITSTATUS(status);
}

/* Whether sv could do it. */
static bool
sv(const char *verb, const char *service)
{
	struct program pg = prepared(yard.stage->programs[SV]);

	if (strcmp(verb, "check") == 0)
		program_words(&pg, "-w", "1", NULL);
	program_words(&pg, verb, service, NULL);
	return run(&pg) == 0;
}

/* --- scripts --------------------------------------------------------------*/

/* A script that adds what it is born with to NAME.born. */
static void
script(const char *name, const char *mode)
{
	char text[2 * PATH_ROOM];
	int n = snprintf(text, sizeof(text), "#!%s %s\n",
	    yard.stage->programs[STATE], mode);

	file_put(yard_in("%s", name), text, (size_t)n, 0755);
}

static void
make_service(void)
{
	dir_new(yard_in("sv/a"), 0755);
	dir_new(yard_in("sv/a/log"), 0755);
	dir_new(yard_in("sv/a/control"), 0755);
	script("sv/a/control/u", "born");
	script("sv/a/control/t", "born");
	script("sv/a/control/h", "born");
	script("sv/a/finish", "born");
	script("sv/a/check", "born");
	script("sv/a/log/run", "stays");
	script("sv/a/run", "stays");
}

/* A log directory of `where` whose processor fails, and so is run again. */
static void
make_log(const char *where)
{
	char text[2 * PATH_ROOM];

	snprintf(text, sizeof(text), "!exec %s born processor\n",
	    yard.stage->programs[STATE]);
	dir_new(yard_in("%s/main", where), 0755);
	file_write(yard_in("%s/main/config", where), text);
}

/* --- what was born --------------------------------------------------------*/

enum { TEXT_ROOM = 16384 };

/* The i-th record in a file, into `text`; false: it is not there yet. */
static bool
read_born(char *text, const char *name, int i)
{
	const char *at = file_text(yard_in("%s.born", name)), *end;

	for (;; at = end + 2) {
		end = strstr(at, "\n\n");
		if (!end)
			return false;
		if (i-- == 0)
			break;
	}
	snprintf(text, TEXT_ROOM, "%.*s\n", (int)(end - at), at);
	return true;
}

static int
count_born(const char *name)
{
	static char text[TEXT_ROOM];
	int n = 0;

	while (read_born(text, name, n))
		n++;
	return n;
}

/* Waits for another one than the first n. */
static void
await_born(const char *name, int n)
{
	await(count_born(name) > n, WAIT_LIMIT, "%s was not run %d times", name,
	    n + 1);
}

static bool
has_line(const char *text, const char *line, size_t n)
{
	for (; *text; text += strcspn(text, "\n") + 1)
		if (strncmp(text, line, n) == 0 && text[n] == '\n')
			return true;
	return false;
}

/* --- what it should be ----------------------------------------------------*/

/* The only lines in which a process differs from one that our program's own
 * parent had started in its place. PWD is a shell's, where there is one. */
static const char *const own[] = { "words ", "in ", "group ", "blocked ",
	"ignored ", "death ", "timer ", "fd ", "kind ", "var <WEIR",
	"var <PWD=" };

static bool
is_own(const char *line)
{
	size_t i;

	for (i = 0; i < COUNT(own); i++)
		if (strncmp(line, own[i], strlen(own[i])) == 0)
			return true;
	return false;
}

/* All other lines of one are lines of the other. */
static void
in_both(const char *one, const char *other, const char *name)
{
	for (; *one; one += strcspn(one, "\n") + 1) {
		size_t n = strcspn(one, "\n");

		want(is_own(one) || has_line(other, one, n),
		    "%s: only in one of parent and child: %.*s", name, (int)n,
		    one);
	}
}

static const struct role {
	const char *name;
	const char *in;  /* the end of the directory */
	const char *fds; /* all it has, from 0 on */
	const char *vars;
	bool leads; /* a process group */
} roles[] = {
	{ "sv/a/run", "/sv/a", "0 1 2 ", "", false },
	{ "sv/a/finish", "/sv/a", "0 1 2 ", "", false },
	{ "sv/a/control/u", "/sv/a", "0 1 2 ", "", false },
	{ "sv/a/control/t", "/sv/a", "0 1 2 ", "", false },
	{ "sv/a/control/h", "/sv/a", "0 1 2 ", "", false },
	{ "sv/a/check", "/sv/a", "0 1 2 ", "", true },
	{ "sv/a/log/run", "/sv/a/log", "0 1 2 10 ",
	    "var <WEIR_RING=10:", false },
	{ "sv/b/log/main/processor", "/sv/b/log/main", "0 1 2 4 5 ", "", true },
	{ "main/processor", "/main", "0 1 2 4 5 ", "", true },
};

/* The numbers in the lines "fd N ...". */
static const char *
fds_of(const char *text)
{
	static char fds[1024];
	size_t n = 0;

	fds[0] = 0;
	for (; *text; text += strcspn(text, "\n") + 1)
		if (strncmp(text, "fd ", 3) == 0)
			n += (size_t)snprintf(fds + n, sizeof(fds) - n, "%d ",
			    atoi(text + 3));
	return fds;
}

/* The place and what is on the line with it. */
static void
is_in(const char *text, const char *parent, const char *dir, const char *name)
{
	const char *line = strstr(text, "\nin "),
		   *rest = strstr(line, " nice ");
	const char *theirs = strstr(strstr(parent, "\nin "), " nice ");
	size_t n = strlen(dir);

	want(strncmp(rest - n, dir, n) == 0, "%s is elsewhere: %.*s", name,
	    (int)(rest - line), line);
	want(strncmp(rest, theirs, strcspn(theirs, "\n") + 1) == 0,
	    "%s has another nice value, session or umask: %.100s", name, rest);
}

static void
is_clean(const char *text, const struct role *r)
{
	const char *weir = strstr(text, "\nvar <WEIR");
	const char *group =
	    r->leads ? "\ngroup its own\n" : "\ngroup inherited\n";

	want(!strstr(text, "\nblocked "), "%s has signals blocked", r->name);
	want(!strstr(text, "\nignored "), "%s has signals ignored", r->name);
	want(strstr(text, "\ndeath signal 0\n"), "%s has a parent", r->name);
	want(strstr(text, "\ntimer 0 0\ntimer 1 0\ntimer 2 0\n"),
	    "%s has a timer", r->name);
	want(strstr(text, group), "%s: not %s", r->name, group + 1);
	want(strcmp(fds_of(text), r->fds) == 0, "%s has descriptors %s, not %s",
	    r->name, fds_of(text), r->fds);
	want(!weir || *r->vars, "%s has a variable: %.60s", r->name, weir + 1);
	want(!*r->vars ||
		 (weir && strncmp(weir + 1, r->vars, strlen(r->vars)) == 0 &&
		     !strstr(weir + 1, "\nvar <WEIR")),
	    "%s has not one variable %s", r->name, r->vars);
}

/* Each of its records is clean, like the first, and else as the parent's. */
static void
look_at(const struct role *r, const char *parent)
{
	static char first[TEXT_ROOM], text[TEXT_ROOM];
	int i;

	want(read_born(first, r->name, 0), "%s was never run", r->name);
	for (i = 0; read_born(text, r->name, i); i++) {
		const char *at = strchr(text, '\n');

		is_clean(text, r);
		is_in(text, parent, r->in, r->name);
		in_both(parent, text, r->name);
		in_both(text, parent, r->name);
		for (at = text; *at; at += strcspn(at, "\n") + 1)
			want(strncmp(at, "words ", 6) == 0 ||
				 has_line(first, at, strcspn(at, "\n")),
			    "%s: not the first time: %.*s", r->name,
			    (int)strcspn(at, "\n"), at);
	}
	printf("%s: %d times\n", r->name, i);
}

/* Those below `where`, against one that is started as our programs were. */
static void
look_at_all(const char *where)
{
	struct program pg = prepared(yard.stage->programs[STATE]);
	static char parent[TEXT_ROOM];
	size_t i, n = 0;

	program_words(&pg, "born", "parent", NULL);
	run(&pg);
	want(read_born(parent, "parent", 0), "no parent");
	for (i = 0; i < COUNT(roles); i++) {
		if (strncmp(roles[i].name, where, strlen(where)) != 0 ||
		    !file_is(yard_in("%s.born", roles[i].name)))
			continue;
		look_at(&roles[i], parent);
		n++;
	}
	want(n > 0, "nobody was born");
}

/* --- scenes ---------------------------------------------------------------*/

/* Starts, commands; `again` has the runsv of it replaced. */
static void
live(void (*again)(void))
{
	int n;

	await_born("sv/a/log/run", 0);
	await_born("sv/a/run", 0);
	want(sv("t", "./sv/a"), "sv t");
	await_born("sv/a/control/t", 0);
	await_born("sv/a/run", 1);
	want(sv("h", "./sv/a"), "sv h");
	await_born("sv/a/control/h", 0);
	await_born("sv/a/run", 2);
	want(sv("t", "./sv/a/log"), "sv t log");
	await_born("sv/a/log/run", 1);
	again();
	n = count_born("sv/a/run");
	want(n == 3, "run was started by another runsv");
	await(sv("t", "./sv/a") && sv("t", "./sv/a/log"), WAIT_LIMIT,
	    "no runsv again");
	await_born("sv/a/run", 3);
	await_born("sv/a/log/run", 2);
	await_born("sv/a/finish", 2);
	sv("check", "./sv/a");
	await_born("sv/a/check", 0);
}

static pid_t
runsv_killed(const char *name)
{
	pid_t old = yard_await_runsv(name, 0, WAIT_LIMIT);

	kill(old, SIGKILL);
	return yard_await_runsv(name, old, WAIT_LIMIT);
}

static void
runsv_again(void)
{
	runsv_killed("a");
}

/* A processor's: the first time, after a HUP, by another svlogd. */
static void
live_logged(void)
{
	static const char main[] = "sv/b/log/main/processor";

	await(file_size(yard_in("sv/b/log/main/current")) > 0, WAIT_LIMIT,
	    "nothing is logged");
	want(sv("a", "./sv/b/log"), "sv a");
	await_born(main, 0);
	want(sv("h", "./sv/b/log"), "sv h");
	await_born(main, count_born(main));
	want(sv("k", "./sv/b/log"), "sv k");
	await_born(main, count_born(main));
}

static void
below_runsvdir(void)
{
	char logger[PATH_ROOM + 16];
	struct program pg = prepared(yard.program.words[0]);

	make_service();
	yard_logged("sv/b", "while :; do echo line; sleep 0.1; done");
	make_log("sv/b/log");
	snprintf(logger, sizeof(logger), "#!/bin/sh\nexec %s ./main\n",
	    yard.stage->programs[SVLOGD]);
	file_put(yard_in("sv/b/log/run"), logger, strlen(logger), 0755);
	yard.program.n_words = 0;
	memcpy(yard.program.words, pg.words, sizeof(pg.words));
	yard.program.n_words = pg.n_words;
	yard_start("sv", NULL);
	live(runsv_again);
	live_logged();
	look_at_all("sv/");
}

/* It finds variables that are for others. */
static void
start_runsv(void)
{
	struct program pg = prepared(yard.stage->programs[YARD_RUNSV]);

	program_word(&pg, "sv/a");
	program_env(&pg, "WEIR_RING", "7:1");
	program_env(&pg, "WEIR_LOG", "1:2:3:4:5");
	yard.pid = program_start(&pg);
}

static void
lone_again(void)
{
	int status;

	kill(yard.pid, SIGKILL);
	want(child_ended(yard.pid, now_ns() + WAIT_LIMIT, &status), "it lives");
	start_runsv();
}

static void
below_runsv(void)
{
	make_service();
	start_runsv();
	live(lone_again);
	look_at_all("sv/");
}

static void
start_svlogd(int from)
{
	struct program pg = prepared(yard.stage->programs[SVLOGD]);

	program_fd(&pg, 0, from);
	program_word(&pg, "main");
	yard.pid = program_start(&pg);
	await(proc_minds(yard.pid, SIGALRM), WAIT_LIMIT, "it minds no signal");
}

static void
below_svlogd(void)
{
	int fd[2], status, n;

	make_log(".");
	want(pipe2(fd, O_CLOEXEC) == 0, "pipe: %s", strerror(errno));
	want(write(fd[1], "line\n", 5) == 5, "write: %s", strerror(errno));
	start_svlogd(fd[0]);
	await(file_size(yard_in("main/current")) > 0, WAIT_LIMIT,
	    "nothing is logged");
	kill(yard.pid, SIGALRM);
	await_born("main/processor", 0);
	kill(yard.pid, SIGHUP);
	await_born("main/processor", count_born("main/processor"));
	kill(yard.pid, SIGKILL);
	want(child_ended(yard.pid, now_ns() + WAIT_LIMIT, &status), "it lives");
	n = count_born("main/processor");
	start_svlogd(fd[0]);
	await_born("main/processor", n);
	look_at_all("main/");
}

static const struct scene scenes[] = {
	{ "below runsvdir all are born clean, and alike", below_runsvdir, 0 },
	{ "below a runsvdir from a careless shell too", below_runsvdir, 1 },
	{ "below one without standard descriptors too", below_runsvdir, 2 },
	{ "below runsv all are born clean, and alike", below_runsv, 0 },
	{ "below a runsv from a careless shell too", below_runsv, 1 },
	{ "below one that has no standard descriptors too", below_runsv, 2 },
	{ "below svlogd processors are born clean, and alike", below_svlogd,
	    0 },
	{ "below an svlogd from a careless shell too", below_svlogd, 1 },
	{ "below one that can say nothing too", below_svlogd, 3 },
};

int
main(int argc, char **argv)
{
	static const struct cast cast = {
		"runsvdir runsvdir-fault runsv state sv svlogd", PROGRAMS, enter
	};

	(void)argc;
	return play(&cast, scenes, COUNT(scenes), argv);
}
