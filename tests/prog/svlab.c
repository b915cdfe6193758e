/* Services for tests of sv. */
#define _GNU_SOURCE
#include "svlab.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

struct lab lab;

enum { FAKES = 40, WORDS_ROOM = 4096 };

static struct fake {
	char name[64];
	int ok, control;
} fakes[FAKES];

const char *
at(const char *form, ...)
{
	static char path[8][PATH_ROOM];
	static unsigned i;
	char name[PATH_ROOM / 2];
	va_list ap;

	va_start(ap, form);
	vsnprintf(name, sizeof name, form, ap);
	va_end(ap);
	return path_join(path[i++ % 8], lab.home, name);
}

/* A program of which only the name counts is called by that. */
static const char *
called_sv(const char *program, const char *dir)
{
	static char path[4][PATH_ROOM];
	static unsigned i;
	char *link = path[i++ % 4], room[PATH_ROOM];

	dir_new(path_join(room, lab.stage->tmp, dir), 0755);
	path_join(link, room, "sv");
	want(symlink(program, link) == 0, "%s: %s", link, strerror(errno));
	return link;
}

void
lab_enter(const struct stage *st)
{
	const char *peer = getenv("RUNIT_SV");

	lab.stage = st;
	path_join(lab.home, st->tmp, "service");
	dir_new(lab.home, 0755);
	lab.sv = called_sv(st->programs[0], "bin");
	lab.sv_fault = called_sv(st->programs[1], "bin-fault");
	lab.runsv = st->programs[2];
	lab.runit_sv = peer && *peer ? called_sv(peer, "bin-runit") : NULL;
}

/* --- asking sv -------------------------------------------------------------*/

static int
temp_fd(const char *name)
{
	return fd_keep(memfd_create(name, MFD_CLOEXEC), "memfd_create");
}

/* Words into the program; `room` holds them until it has started. */
static void
split(struct program *pg, char *room, const char *words)
{
	char *save, *word, *equal;
	bool front = true;

	snprintf(room, WORDS_ROOM, "%s", words);
	for (word = strtok_r(room, " ", &save); word;
	     word = strtok_r(NULL, " ", &save)) {
		equal = strchr(word, '=');
		if (front && equal && word[0] >= 'A' && word[0] <= 'Z') {
			*equal = 0;
			program_env(pg, word, equal + 1);
			continue;
		}
		front = false;
		program_word(pg, strcmp(word, "''") == 0 ? "" : word);
	}
}

static pid_t
start(const char *program, const char *words, int out, int err)
{
	struct program pg = { .dir = lab.stage->tmp };
	char room[WORDS_ROOM];
	pid_t pid;
	int null = fd_keep(open("/dev/null", O_RDONLY | O_CLOEXEC), "null");

	program_word(&pg, program);
	program_env(&pg, "SVDIR", lab.home);
	program_env(&pg, "SVWAIT", NULL);
	split(&pg, room, words);
	program_fd(&pg, 0, null);
	program_fd(&pg, 1, out);
	program_fd(&pg, 2, err);
	pid = program_start(&pg);
	close(null);
	return pid;
}

static void
take(char *text, size_t room, int fd)
{
	ssize_t n = pread(fd, text, room - 1, 0);

	text[n > 0 ? n : 0] = 0;
	close(fd);
}

struct said *
ask_as(const char *program, const char *argv0, const char *words)
{
	static struct said answers[3];
	static unsigned i;
	struct said *s = &answers[i++ % 3];
	int out = temp_fd("out"), err = temp_fd("err");
	char path[PATH_ROOM];
	int64_t from = now_ns();
	pid_t pid;

	if (argv0) {
		unlink(path_join(path, lab.stage->tmp, argv0));
		want(symlink(program, path) == 0, "%s", path);
		program = path;
	}
	pid = start(program, words, out, err);
	want(child_ended(pid, now_ns() + WAIT_LIMIT, &s->status), "%s %s hangs",
	    program, words);
	s->ns = now_ns() - from;
	s->code = WIFEXITED(s->status) ? WEXITSTATUS(s->status) : -1;
	take(s->out, sizeof s->out, out);
	take(s->err, sizeof s->err, err);
	return s;
}

struct said *
ask(const char *form, ...)
{
	char words[WORDS_ROOM];
	va_list ap;

	va_start(ap, form);
	vsnprintf(words, sizeof words, form, ap);
	va_end(ap);
	return ask_as(lab.sv, NULL, words);
}

pid_t
ask_aside(const char *words, const char *out)
{
	int fd = fd_keep(
	    open(out, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), out);
	pid_t pid = start(lab.sv, words, fd, fd);

	close(fd);
	return pid;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

char *
without_numbers(char *text)
{
	char *to = text, *p = text;

	while (*p) {
		char *end = p;
		bool pid;

		while (is_digit(*end))
			end++;
		pid = to - text >= 4 && memcmp(to - 4, "pid ", 4) == 0;
		if (end > p &&
		    (pid || (*end == 's' && (p == text || p[-1] == ' ')))) {
			*to++ = '#';
			p = end;
		} else if (end > p) {
			while (p < end)
				*to++ = *p++;
		} else {
			*to++ = *p++;
		}
	}
	*to = 0;
	return text;
}

bool
said_like(const struct said *s, int code, const char *out)
{
	static char text[sizeof s->out];

	strcpy(text, s->out);
	return s->code == code && strcmp(without_numbers(text), out) == 0;
}

/* --- services that only look so --------------------------------------------*/

static struct fake *
find(const char *name)
{
	for (int i = 0; i < FAKES; i++)
		if (strcmp(fakes[i].name, name) == 0)
			return &fakes[i];
	give_up("no such service: %s", name);
}

void
fake_make(const char *name)
{
	struct fake *f = find("");

	snprintf(f->name, sizeof f->name, "%s", name);
	dir_new(at("%s", name), 0755);
	dir_new(at("%s/supervise", name), 0755);
	want(mkfifo(at("%s/supervise/ok", name), 0600) == 0 &&
		 mkfifo(at("%s/supervise/control", name), 0600) == 0,
	    "mkfifo: %s", strerror(errno));
	f->ok = fd_keep(open(at("%s/supervise/ok", name),
			    O_RDONLY | O_NONBLOCK | O_CLOEXEC),
	    name);
	f->control = fd_keep(open(at("%s/supervise/control", name),
				 O_RDWR | O_NONBLOCK | O_CLOEXEC),
	    name);
	fake_is(name, 5, 0, WANT_DOWN, STATUS_DOWN);
}

void
fake_status(const char *name, const struct status *st)
{
	unsigned char record[STATUS_SIZE];
	const char *new = at("%s/supervise/status.new", name);

	status_pack(record, st);
	file_put(new, record, sizeof record, 0644);
	want(rename(new, at("%s/supervise/status", name)) == 0, "rename");
}

void
fake_is(const char *name, int64_t ago_s, pid_t pid, enum status_want want,
    enum status_state state)
{
	const struct status st = { .since_ns = wall_ns() - ago_s * 1000 * MS,
		.pid = pid,
		.want = want,
		.state = state };

	fake_status(name, &st);
}

const char *
fake_took(const char *name)
{
	static char letters[64];
	ssize_t n = read(find(name)->control, letters, sizeof letters - 1);

	letters[n > 0 ? n : 0] = 0;
	return letters;
}

void
fake_leave(const char *name)
{
	struct fake *f = find(name);

	fd_drop(&f->ok);
	fd_drop(&f->control);
}

/* --- services with a runsv -------------------------------------------------*/

void
script(const char *path, const char *text)
{
	file_put(path, text, strlen(text), 0755);
}

void
live_make(const char *name, const char *run)
{
	dir_new(at("%s", name), 0755);
	script(at("%s/run", name), run);
}

static bool
listens(const char *name)
{
	int fd = open(at("%s/supervise/ok", name),
	    O_WRONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

pid_t
live_start(const char *name)
{
	struct program pg = { .dir = lab.home };
	pid_t pid;

	program_words(&pg, lab.runsv, name, NULL);
	pid = program_start(&pg);
	await(listens(name), WAIT_LIMIT, "no runsv for %s", name);
	return pid;
}

static bool
is_in(const char *name, enum status_state state, struct status *st)
{
	struct bytes b = { 0 };
	bool so;

	so = file_add(&b, at("%s/supervise/status", name)) &&
	     status_unpack(st, (const unsigned char *)b.p, b.n) == 0 &&
	     st->state == state;
	bytes_free(&b);
	return so;
}

void
live_await(const char *name, enum status_state state, struct status *st)
{
	struct status any;

	await(is_in(name, state, st ? st : &any), WAIT_LIMIT,
	    "%s does not get into state %d", name, (int)state);
}
