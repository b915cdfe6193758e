/* A service directory and its runsv, for drivers with scenes. */
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

struct svc svc;

static void
tell_words(void)
{
	printf("  it said:\n%s", svc_words());
	printf("  trace:\n%s", file_text(svc_path("trace")));
	printf("  stat: %s", file_text(svc_path("supervise/stat")));
}

void
svc_enter(const struct stage *st)
{
	umask(022);
	memset(&svc, 0, sizeof(svc));
	svc.stage = st;
	svc.program = st->programs[0];
	path_join(svc.dir, st->tmp, "service");
	path_join(svc.said, st->tmp, "said");
	dir_new(svc.dir, 0755);
	file_write(svc.said, "");
	if (chdir(st->tmp) < 0)
		give_up("%s: %s", st->tmp, strerror(errno));
	verdict_tell_by(tell_words);
}

const char *
svc_path(const char *name)
{
	static char paths[4][PATH_ROOM];
	static unsigned at;

	return path_join(paths[at++ % 4], svc.dir, name);
}

/* Makes the directory of a name that has one. */
static void
directory_of(const char *name)
{
	const char *slash = strrchr(name, '/');
	char dir[PATH_ROOM];

	if (!slash)
		return;
	snprintf(dir, sizeof(dir), "%.*s", (int)(slash - name), name);
	directory_of(dir);
	if (mkdir(svc_path(dir), 0755) < 0 && errno != EEXIST)
		give_up("%s: %s", dir, strerror(errno));
}

void
svc_put(const char *name, const char *text)
{
	directory_of(name);
	file_write(svc_path(name), text);
}

/* Written elsewhere and renamed: a script that is being run is never open for
 * writing. */
void
svc_script(const char *name, const char *text)
{
	char whole[4096];
	int n = snprintf(whole, sizeof(whole), "#!/bin/sh\n%s\n", text);

	directory_of(name);
	file_put(svc_path(".new"), whole, (size_t)n, 0755);
	if (rename(svc_path(".new"), svc_path(name)) < 0)
		give_up("%s: %s", name, strerror(errno));
}

void
svc_log(void)
{
	svc_script("log/run", "exec cat >>lines");
}

void
svc_launch(void)
{
	int said =
	    fd_keep(open(svc.said, O_WRONLY | O_APPEND | O_CLOEXEC), "said");
	struct program pg = svc.pg;

	if (pg.n_words == 0)
		program_words(&pg, svc.program, "service", NULL);
	program_fd(&pg, 2, said);
	pg.dir = svc.stage->tmp;
	svc.pid = program_start(&pg);
	close(said);
}

static bool
is_there(const char *name)
{
	int fd = open(svc_path(name), O_WRONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

void
svc_start(void)
{
	svc_launch();
	await(is_there("supervise/ok"), WAIT_LIMIT, "nobody is there");
	if (file_is(svc_path("log/run")))
		await(is_there("log/supervise/ok"), WAIT_LIMIT,
		    "nobody is there for the log");
}

static void
tell(const char *name, const char *bytes)
{
	int fd = open(svc_path(name), O_WRONLY | O_NONBLOCK | O_CLOEXEC);

	want(fd >= 0, "%s: %s", name, strerror(errno));
	want(write(fd, bytes, strlen(bytes)) == (ssize_t)strlen(bytes),
	    "%s: %s", name, strerror(errno));
	close(fd);
}

void
svc_tell(const char *bytes)
{
	tell("supervise/control", bytes);
}

void
svc_tell_log(const char *bytes)
{
	tell("log/supervise/control", bytes);
}

static bool
is_text(const char *name, const char *text, const char *end)
{
	const char *is = file_text(svc_path(name));
	size_t n = strlen(text);

	return strncmp(is, text, n) == 0 && strcmp(is + n, end) == 0;
}

struct status
svc_status(const char *name)
{
	struct bytes b = { 0 };
	struct status st;

	/* It is written after supervise/stat, which is what others wait for. */
	await(file_is(svc_path(name)), WAIT_LIMIT, "no %s", name);
	want(file_add(&b, svc_path(name)), "%s: not read", name);
	want(b.n == STATUS_SIZE, "%s has %zu bytes", name, b.n);
	want(status_unpack(&st, (unsigned char *)b.p, b.n) == 0,
	    "%s makes no sense", name);
	bytes_free(&b);
	return st;
}

/* Whether both files say so; stat is the first to be written. */
static bool
is_stat(const char *stat, const char *status, const char *text)
{
	char mem[STATUS_TEXT];
	struct status st;
	struct buf b;

	if (!is_text(stat, text, "\n"))
		return false;
	st = svc_status(status);
	if (st.want == WANT_DOWN && strstr(text, "want exit"))
		st.want = WANT_EXIT;
	buf_init(&b, mem, sizeof(mem) - 1);
	status_text(&b, &st);
	mem[b.n - 1] = '\0';
	return strcmp(mem, text) == 0;
}

void
svc_await(const char *stat)
{
	await(is_stat("supervise/stat", "supervise/status", stat), WAIT_LIMIT,
	    "stat is %s, not %s", file_text(svc_path("supervise/stat")), stat);
}

void
svc_await_log(const char *stat)
{
	await(is_stat("log/supervise/stat", "log/supervise/status", stat),
	    WAIT_LIMIT, "the log's stat is %s, not %s",
	    file_text(svc_path("log/supervise/stat")), stat);
}

void
svc_await_text(const char *name, const char *text)
{
	await(is_text(name, text, ""), WAIT_LIMIT, "%s is:\n%snot:\n%s", name,
	    file_text(svc_path(name)), text);
}

void
svc_await_part(const char *name, const char *part)
{
	await(strstr(file_text(svc_path(name)), part), WAIT_LIMIT,
	    "%s has no %s in it", name, part);
}

pid_t
svc_process(void)
{
	return atoi(file_text(svc_path("supervise/pid")));
}

pid_t
svc_logger(void)
{
	return atoi(file_text(svc_path("log/supervise/pid")));
}

const char *
svc_words(void)
{
	return file_text(svc.said);
}

size_t
times(const char *text, const char *part)
{
	size_t n = 0;

	for (; (text = strstr(text, part)); text += strlen(part))
		n++;
	return n;
}

int
svc_ended(void)
{
	int status;

	want(child_ended(svc.pid, now_ns() + WAIT_LIMIT, &status),
	    "runsv does not end");
	svc.pid = 0;
	return status;
}

void
svc_stop(void)
{
	int status;

	kill(svc.pid, SIGTERM);
	status = svc_ended();
	want(status_is(status, 0), "runsv: %s", status_words(status));
}
