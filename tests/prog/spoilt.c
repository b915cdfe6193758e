/* spoilt: a service directory with something wrong in it: runsv says so in one
 * line, sv answers meanwhile, and all is well when it is mended. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "svc.h"

/* Behind runsv. */
enum { SV = 1, PROGRAMS };

#define RUN "#!/bin/sh\\nexec sleep 1000\\n"
#define LOG "#!/bin/sh\\nexec cat >/dev/null\\n"
#define PUT(text, name)                                                        \
	"printf '" text "' >.new; chmod 755 .new; mv .new " name "; "
#define ADD_LOG "mkdir log; " PUT(LOG, "log/run")
#define NO_OK "warning: service: unable to open supervise/ok: "

/* The shell commands are carried out in the directory, which has a run that
 * sleeps. */
static const struct spoilt {
	const char *what; /* is wrong */
	const char *spoil, *mend;
	const char *said;    /* behind "runsv service: "; "": nothing */
	const char *answer;  /* how what sv says begins, and... */
	const char *answer2; /* ... what is in it too */
	bool is_fatal;       /* runsv exits 111 */
} cases[] = {
	{ "run is missing", "rm run", PUT(RUN, "run"),
	    "fatal: unable to start ./run: file does not exist",
	    "down: service: ", "want up", false },
	{ "run is not executable", "chmod 644 run", "chmod 755 run",
	    "fatal: unable to start ./run: access denied",
	    "down: service: ", "want up", false },
	{ "run is a directory", "rm run; mkdir run",
	    "rmdir run; " PUT(RUN, "run"),
	    "fatal: unable to start ./run: access denied",
	    "down: service: ", "want up", false },
	{ "run leads nowhere", "ln -sf nowhere run", PUT(RUN, "run"),
	    "fatal: unable to start ./run: file does not exist",
	    "down: service: ", "want up", false },
	{ "run is empty", PUT("", "run"), PUT(RUN, "run"),
	    "fatal: unable to start ./run: exec format error",
	    "down: service: ", "want up", false },
	{ "run has no interpreter", PUT("#!/nonexistent\\n", "run"),
	    PUT(RUN, "run"),
	    "fatal: unable to start ./run: file does not exist",
	    "down: service: ", "want up", false },
	{ "run ends at once", PUT("#!/bin/sh\\n", "run"), PUT(RUN, "run"), "",
	    "", "service: ", false },
	{ "finish is a directory", "mkdir finish; " PUT("#!/bin/sh\\n", "run"),
	    "rmdir finish; " PUT(RUN, "run"),
	    "fatal: unable to start ./finish: access denied", "",
	    "service: ", false },
	{ "finish hangs", PUT("#!/bin/sh\\n", "run") PUT(RUN, "finish"),
	    PUT(RUN, "run")
		PUT("#!/bin/sh\\n", "finish") "printf k >supervise/control",
	    "", "finish: service: ", "", false },
	{ "control/u hangs", "mkdir control; " PUT(RUN, "control/u"),
	    "rm control/u; printf k >supervise/control", "",
	    "down: service: ", "want up", false },
	{ "control/u has no interpreter",
	    "mkdir control; " PUT("#!/nonexistent\\n", "control/u")
		PUT("#!/bin/sh\\n", "run"),
	    PUT(RUN, "run"),
	    "fatal: unable to run control/u: file does not exist", "",
	    "service: ", false },
	{ "control is a file", "echo >control; " PUT("#!/bin/sh\\n", "run"),
	    "rm control; " PUT(RUN, "run"),
	    "warning: unable to stat control/u: not a directory", "",
	    "service: ", false },
	{ "backoff is no number",
	    "echo x >backoff; " PUT("#!/bin/sh\\n", "run"), PUT(RUN, "run"),
	    "warning: backoff: not a number of seconds", "",
	    "service: ", false },
	{ "supervise is a file", "echo >supervise", "rm supervise",
	    "fatal: unable to open supervise/lock: not a directory",
	    NO_OK "not a directory", "", true },
	{ "supervise is a FIFO", "mkfifo supervise", "rm supervise",
	    "fatal: unable to open supervise/lock: not a directory",
	    NO_OK "not a directory", "", true },
	{ "supervise leads nowhere", "ln -s ../no/where supervise",
	    "mkdir ../no",
	    "fatal: unable to create supervise: file does not exist",
	    NO_OK "file does not exist", "", true },
	{ "supervise leads in a circle", "ln -s supervise supervise",
	    "rm supervise",
	    "fatal: unable to open supervise/lock: symbolic link loop",
	    NO_OK "symbolic link loop", "", true },
	{ "supervise leads to a user's directory",
	    "mkdir ../his; chown 65534 ../his; ln -s ../his supervise",
	    "chown 0 ../his",
	    "fatal: supervise is another user's link, or leads to another "
	    "user's directory",
	    NO_OK "file does not exist", "", true },
	{ "supervise/lock is a directory", "mkdir -p supervise/lock",
	    "rmdir supervise/lock",
	    "fatal: unable to open supervise/lock: is a directory",
	    NO_OK "file does not exist", "", true },
	{ "supervise/control is a file",
	    "mkdir supervise; echo >supervise/control", "rm supervise/control",
	    "fatal: supervise/control exists but is not a fifo",
	    NO_OK "file does not exist", "", true },
	{ "supervise/control is a link",
	    "mkdir supervise; mkfifo ../c; ln -s ../../c supervise/control",
	    "rm supervise/control",
	    "fatal: supervise/control exists but is not a fifo",
	    NO_OK "file does not exist", "", true },
	{ "supervise/ok is a file", "mkdir supervise; echo >supervise/ok",
	    "rm supervise/ok", "warning: supervise/ok exists but is not a fifo",
	    "run: service: ", "", false },
	{ "supervise/ok is a directory", "mkdir -p supervise/ok",
	    "rmdir supervise/ok",
	    "warning: supervise/ok exists but is not a fifo",
	    NO_OK "is a directory", "", false },
	{ "supervise/status is a directory", "mkdir -p supervise/status",
	    "rmdir supervise/status",
	    "warning: unable to write supervise/status: is a directory",
	    "warning: service: unable to read supervise/status: is a directory",
	    "", false },
	{ "supervise/stat.new is a directory", "mkdir -p supervise/stat.new",
	    "rmdir supervise/stat.new",
	    "warning: unable to write supervise/stat: is a directory",
	    "warning: service: unable to open supervise/status: "
	    "file does not exist",
	    "", false },
	{ "log is a file", "echo >log", "rm log; " ADD_LOG,
	    "warning: ./log: not a directory.", "run: service: ",
	    "warning: service/log: unable to change directory: "
	    "not a directory",
	    false },
	{ "log leads nowhere", "ln -s nowhere log", "rm log; " ADD_LOG,
	    "warning: unable to open ./log: file does not exist",
	    "run: service: ", "", false },
	{ "log/run is missing", "mkdir log", PUT(LOG, "log/run"),
	    "fatal: unable to start log/./run: file does not exist",
	    "run: service: ", "; down: log: ", false },
	{ "log/run ends at once", "mkdir log; " PUT("#!/bin/sh\\n", "log/run"),
	    PUT(LOG, "log/run"), "", "run: service: ", "log: ", false },
	{ "log/supervise/control is a file",
	    "mkdir -p log/supervise; echo >log/supervise/control; " PUT(LOG,
		"log/run"),
	    "rm log/supervise/control",
	    "fatal: log/supervise/control exists but is not a fifo",
	    NO_OK "file does not exist", "", true },
};

static const struct spoilt *
ours(void)
{
	return &cases[svc.stage->arg];
}

/* --- the parts ------------------------------------------------------------*/

static void
shell(const char *commands)
{
	struct program pg = { .dir = svc.dir };
	int status;
	pid_t pid;

	program_words(&pg, "/bin/sh", "-c", commands, NULL);
	pid = program_start(&pg);
	want(child_ended(pid, now_ns() + WAIT_LIMIT, &status) && status == 0,
	    "the shell: %s", commands);
}

/* What sv says of the service; it always says something. */
static const char *
answer(void)
{
	struct program pg = { .dir = svc.stage->tmp };
	char path[PATH_ROOM];
	int status;

	program_words(&pg, svc.stage->programs[SV], "status", "service", NULL);
	program_env(&pg, "SVDIR", svc.stage->tmp);
	return program_says(&pg, path_join(path, svc.stage->tmp, "answer"),
	    &status);
}

static bool
answers(const char *begin, const char *other)
{
	const char *text = answer();

	return strncmp(text, begin, strlen(begin)) == 0 && strstr(text, other);
}

/* The whole of what runsv said: nothing is said twice. */
static bool
is_said(const char *words)
{
	char all[512];

	snprintf(all, sizeof(all), "%s%s%s", *words ? "runsv service: " : "",
	    words, *words ? "\n" : "");
	return strcmp(svc_words(), all) == 0;
}

/* --- scenes ---------------------------------------------------------------*/

static void
said_answered_and_mended(void)
{
	const struct spoilt *c = ours();

	svc_script("run", SLEEP);
	shell(c->spoil);
	svc_launch();
	if (c->is_fatal)
		want(status_is(svc_ended(), 111), "not 111");
	await(is_said(c->said), WAIT_LIMIT, "it said %s", svc_words());
	await(answers(c->answer, c->answer2), WAIT_LIMIT, "sv: %s", answer());
	if (!c->is_fatal) {
		measure_for(2500 * MS); /* two more starts */
		want(is_said(c->said), "it said %s", svc_words());
		want(answers("", "service: "), "sv: %s", answer());
	}
	shell(c->mend);
	if (c->is_fatal)
		svc_launch();
	else
		kill(svc.pid, SIGHUP);
	await(answers("run: service: (pid ", "") &&
		  !strstr(answer(), "warning"),
	    WAIT_LIMIT, "sv: %s", answer());
	want(is_said(c->said), "it said %s", svc_words());
	svc_stop();
}

int
main(int argc, char **argv)
{
	static const struct cast cast = { "runsv sv", PROGRAMS, svc_enter };
	static struct scene scenes[COUNT(cases)];
	size_t i;

	(void)argc;
	for (i = 0; i < COUNT(cases); i++)
		scenes[i] = (struct scene){ cases[i].what,
			said_answered_and_mended, i };
	return play(&cast, scenes, COUNT(cases), argv);
}
