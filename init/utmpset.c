/* utmpset: says in utmp that nobody is logged in on a line any more. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "loop.h"
#include "say.h"
#include "sys.h"
#include "usage.h"
#include "utmp.h"
#include "version.h"
#include "view.h"

enum { EXIT_USAGE = 1, EXIT_TROUBLE = 111, LOCK_TRIES = 50 };

static const char utmp[] = "/var/run/utmp", wtmp[] = "/var/log/wtmp";

/* letter: an option that there is not; or 0. */
static int
usage(const char *prog, int letter)
{
	char words[] = "utmpset: illegal option -- ?\n";
	const char *before = "";

	if (letter == 'V') {
		before = "weir utmpset " VERSION "\n";
	} else if (letter != 0) {
		words[sizeof(words) - 3] = (char)letter;
		before = words;
	}
	usage_say(before, prog, " [-w] line\n\n");
	return EXIT_USAGE;
}

/* As the C library locks it. Nobody has it for long. */
static int
lock(int fd)
{
	int tries, r = -EAGAIN;

	for (tries = 0; r == -EAGAIN && tries < LOCK_TRIES; tries++) {
		if (tries > 0)
			loop_wait(NULL, 0, loop_now() + 100 * LOOP_MS);
		r = sys_setlk(fd);
	}
	return r;
}

static int
open_locked(const char *path, int flags)
{
	int fd = sys_open(path, flags | O_CLOEXEC | O_NOCTTY, 0664), r;

	if (fd < 0) {
		say_fatal(fd, "unable to open ", path);
		return fd;
	}
	r = lock(fd);
	if (r < 0) {
		say_fatal(r, "unable to lock ", path);
		sys_close(fd);
		return r;
	}
	return fd;
}

static void
stamp(struct utmp_record *rec)
{
	int64_t now = sys_wall_ns();

	rec->type = UTMP_DEAD;
	rec->s = (utmp_long)(now / LOOP_S);
	rec->us = (utmp_long)(now % LOOP_S / 1000);
}

/* Whether somebody is there, on that line. */
static bool
is_on(const struct utmp_record *rec, struct view line)
{
	return rec->name[0] != 0 && line.n <= UTMP_LINE &&
	       memcmp(rec->line, line.p, line.n) == 0 &&
	       (line.n == UTMP_LINE || rec->line[line.n] == 0);
}

/* 1 where the entry is found and changed, 0 where there is none, or -errno. */
static int
log_out(int fd, struct view line)
{
	const ssize_t size = sizeof(struct utmp_record);
	struct utmp_record rec;
	ssize_t r;
	off_t at;

	for (at = 0;; at += size) {
		r = sys_pread(fd, &rec, sizeof(rec), at);
		if (r < size)
			return r < 0 ? (int)r : 0;
		if (is_on(&rec, line))
			break;
	}
	memset(rec.name, 0, sizeof(rec.name));
	memset(rec.host, 0, sizeof(rec.host));
	stamp(&rec);
	r = sys_pwrite(fd, &rec, sizeof(rec), at);
	if (r >= 0 && r < size)
		r = -EIO;
	return r < 0 ? (int)r : 1;
}

static int
set_utmp(const char *line)
{
	int fd = open_locked(utmp, O_RDWR), r;

	if (fd < 0)
		return EXIT_TROUBLE;
	r = log_out(fd, view_str(line));
	sys_close(fd);
	if (r > 0)
		return 0;
	if (r == 0)
		say_warning(0, "unable to logout line ", line,
		    " in utmp: no such entry");
	else
		say_warning(r, "unable to logout line ", line, " in utmp");
	return EXIT_TROUBLE;
}

/* A record that was cut short would spoil all that come after it: ours, and one
 * that somebody else has left. The C library does so, too. */
static int
append(int fd, const struct utmp_record *rec)
{
	const ssize_t size = sizeof(*rec);
	off_t end = sys_lseek(fd, 0, SEEK_END);
	ssize_t r;

	if (end > 0 && end % size != 0) {
		end -= end % size;
		sys_ftruncate(fd, end);
	}
	r = sys_write(fd, rec, sizeof(*rec));
	if (r == size)
		return 0;
	if (r > 0 && end >= 0)
		sys_ftruncate(fd, end);
	return r < 0 ? (int)r : -EIO;
}

static int
add_wtmp(const char *line)
{
	struct utmp_record rec = { 0 };
	struct view v = view_first(view_str(line), UTMP_LINE);
	int fd = open_locked(wtmp, O_WRONLY | O_APPEND | O_CREAT), r;

	if (fd < 0)
		return EXIT_TROUBLE;
	memcpy(rec.line, v.p, v.n);
	stamp(&rec);
	r = append(fd, &rec);
	sys_close(fd);
	if (r >= 0)
		return 0;
	say_warning(r, "unable to logout line ", line, " in wtmp");
	return EXIT_TROUBLE;
}

int
main(int argc, char *argv[])
{
	const char *prog = argc > 0 ? argv[0] : "utmpset";
	bool and_wtmp = false;
	int c;

	say_as("utmpset");
	opterr = 0;
	while ((c = getopt(argc, argv, "+wV")) != -1) {
		if (c != 'w')
			return usage(prog, c == 'V' ? c : optopt);
		and_wtmp = true;
	}
	if (optind >= argc)
		return usage(prog, 0);
	c = set_utmp(argv[optind]);
	return c != 0 || !and_wtmp ? c : add_wtmp(argv[optind]);
}
