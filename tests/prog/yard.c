/* A directory of services, and a runsvdir that is at work on it. */
#define _GNU_SOURCE
#include "yard.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct yard yard;

const char *
yard_runit(void)
{
	const char *dir = getenv("RUNIT_BIN");

	return dir && *dir ? dir : NULL;
}

const char *
yard_in(const char *form, ...)
{
	static char paths[8][PATH_ROOM];
	static unsigned next;
	char *path = paths[next++ % 8];
	int n = snprintf(path, PATH_ROOM, "%s/", yard.stage->tmp);
	va_list ap;

	va_start(ap, form);
	vsnprintf(path + n, PATH_ROOM - (size_t)n, form, ap);
	va_end(ap);
	return path;
}

static void
tell(void)
{
	const char *text = yard_said();
	size_t n = strlen(text);

	printf("  --- it said:\n%s", text + (n > 2000 ? n - 2000 : 0));
}

/* Where runsv is to be found. */
static const char *
runsv_dir(void)
{
	static char copy[PATH_ROOM];

	if (yard.cast == MIXED || yard.cast == RUNIT)
		return yard_runit();
	if (yard.cast == FAKE)
		return yard_in("bin");
	snprintf(copy, sizeof(copy), "%s", yard.stage->programs[YARD_RUNSV]);
	return dirname(copy);
}

static void
prepare(void)
{
	static char path[2 * PATH_ROOM], runsvdir[PATH_ROOM];
	struct program *pg = &yard.program;

	snprintf(runsvdir, sizeof(runsvdir), "%s",
	    yard.stage->programs[YARD_RUNSVDIR]);
	if (yard.cast == RUNIT)
		path_join(runsvdir, yard_runit(), "runsvdir");
	snprintf(path, sizeof(path), "%s:/usr/sbin:/usr/bin:/sbin:/bin",
	    runsv_dir());
	pg->dir = yard.stage->tmp;
	program_word(pg, runsvdir);
	program_env(pg, "PATH", path);
	program_fd(pg, 0,
	    fd_keep(open("/dev/null", O_RDONLY | O_CLOEXEC), "/dev/null"));
	program_fd(pg, 2,
	    fd_keep(open(yard_in("err"),
			O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666),
		"err"));
}

void
yard_enter(const struct stage *stage)
{
	yard =
	    (struct yard){ .stage = stage, .cast = (enum yard_cast)stage->arg };
	verdict_tell_by(tell);
	umask(022);
	dir_new(yard_in("sv"), 0755);
	dir_new(yard_in("made"), 0755);
	dir_new(yard_in("bin"), 0755);
	prepare();
}

/* --- programs -------------------------------------------------------------*/

void
yard_script(const char *path, const char *text)
{
	char script[4096];
	int n = snprintf(script, sizeof(script), "#!/bin/sh\n%s\n", text);

	file_put(path, script, (size_t)n, 0755);
}

void
yard_fake(const char *script)
{
	yard_script(yard_in("made/runsv"), script);
	if (rename(yard_in("made/runsv"), yard_in("bin/runsv")) < 0)
		give_up("rename: %s", strerror(errno));
}

void
yard_start(const char *word, ...)
{
	va_list ap;

	va_start(ap, word);
	for (; word; word = va_arg(ap, const char *))
		program_word(&yard.program, word);
	va_end(ap);
	yard.pid = program_start(&yard.program);
}

void
yard_ends(int code, int64_t limit)
{
	int status;

	want(child_ended(yard.pid, now_ns() + limit, &status),
	    "it has not ended after %.1f s", ms_of(limit) / 1000);
	want(status_is(status, code), "it %s, not %d", status_words(status),
	    code);
}

const char *
yard_said(void)
{
	return file_text(yard_in("err"));
}

long
yard_times_said(const char *words)
{
	const char *p = yard_said();
	long n = 0;

	for (; (p = strstr(p, words)); p += strcspn(p, "\n"))
		n++;
	return n;
}

/* --- services -------------------------------------------------------------*/

static const char sleeps[] = "exec sleep 1000";

static void
service_make(const char *path, const char *script, bool logged)
{
	dir_new(yard_in("made/new"), 0755);
	yard_script(yard_in("made/new/run"), script ? script : sleeps);
	if (logged) {
		dir_new(yard_in("made/new/log"), 0755);
		yard_script(yard_in("made/new/log/run"), "exec cat >>said");
	}
	if (rename(yard_in("made/new"), yard_in("%s", path)) < 0)
		give_up("rename: %s: %s", path, strerror(errno));
}

void
yard_service(const char *path, const char *script)
{
	service_make(path, script, false);
}

void
yard_logged(const char *path, const char *script)
{
	service_make(path, script, true);
}

/* --- looking --------------------------------------------------------------*/

enum { CHILDREN = 512 };

/* The words "runsv NAME", whatever the path in front. */
static bool
is_runsv(const char *words, const char *name)
{
	const char *slash = strrchr(words, '/');

	return strcmp(slash ? slash + 1 : words, "runsv") == 0 &&
	       strcmp(words + strlen(words) + 1, name) == 0;
}

pid_t
yard_runsv(const char *name)
{
	pid_t pids[CHILDREN];
	size_t i, n = proc_children(yard.pid, pids, CHILDREN);

	for (i = 0; i < n; i++) {
		const char *words = proc_text(pids[i], "cmdline");

		/* A script's interpreter is the first word, then. */
		if (*words && yard.cast == FAKE)
			words += strlen(words) + 1;
		if (*words && is_runsv(words, name))
			return pids[i];
	}
	return 0;
}

pid_t
yard_await_runsv(const char *name, pid_t old, int64_t limit)
{
	pid_t pid = 0;

	await((pid = yard_runsv(name)) > 0 && pid != old, limit,
	    "no runsv for %s after %.2f s", name, ms_of(limit) / 1000);
	return pid;
}

void
yard_await_no_runsv(const char *name, int64_t limit)
{
	await(yard_runsv(name) == 0, limit, "still a runsv for %s", name);
}

bool
yard_is_up(const char *path)
{
	return strncmp(file_text(yard_in("%s/supervise/stat", path)), "run",
		   3) == 0;
}

void
yard_await_up(const char *path, int64_t limit)
{
	await(yard_is_up(path), limit, "%s is not up after %.2f s", path,
	    ms_of(limit) / 1000);
}

pid_t
yard_service_pid(const char *path)
{
	return (pid_t)atol(file_text(yard_in("%s/supervise/pid", path)));
}

size_t
yard_fds(void)
{
	return proc_fds(yard.pid);
}

size_t
yard_children(void)
{
	pid_t pids[4096];

	return proc_children(yard.pid, pids, 4096);
}
