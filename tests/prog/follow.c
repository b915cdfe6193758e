/* follow: svlog -f reads what svlogd writes, line by line, while files are
 * rotated, compressed, deleted, and their directory replaced. */
#define _GNU_SOURCE
#include "scene.h"

enum { ROTATIONS = 100 };

/* What svlog prints goes to a file, or waits in a pipe. */
static struct {
	pid_t pid;
	int out; /* the file, or the pipe's other end */
	char says[PATH_ROOM];
	struct check check;
} rd;

/* Why svlog is not told of what is written, by a scene's number. */
static const char *const deaf[] = { NULL, "fail:watch_fd:EMFILE:1",
	"fail:watch_growth:ENOSPC:1+" };

static const char *
program(void)
{
	static char path[PATH_ROOM];
	const char *slash = strrchr(sc.svlogd, '/');

	snprintf(path, sizeof(path), "%.*ssvlog%s",
	    slash ? (int)(slash - sc.svlogd + 1) : 0, sc.svlogd,
	    deaf[sc.arg] ? "-fault" : "");
	return path;
}

/* Whether the reader is told of changes. */
static bool
is_told(void)
{
	char path[64], what[64];
	int fd;

	for (fd = 3; fd < 20; fd++) {
		ssize_t n;

		snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)rd.pid, fd);
		n = readlink(path, what, sizeof(what) - 1);
		what[n > 0 ? n : 0] = '\0';
		if (strstr(what, "inotify"))
			return true;
	}
	return false;
}

static void
read_by(const char *const *words, int out)
{
	struct program pg = { .n_words = 0 };
	int err;

	path_join(rd.says, sc.tmp, "says");
	err = fd_keep(open(rd.says, O_WRONLY | O_CREAT | O_CLOEXEC, 0644),
	    rd.says);
	program_word(&pg, program());
	for (; *words; words++)
		program_word(&pg, *words);
	program_fd(&pg, 1, out);
	program_fd(&pg, 2, err);
	if (deaf[sc.arg])
		program_env(&pg, "WEIR_FAULT", deaf[sc.arg]);
	rd.pid = program_start(&pg);
	close(err);
	check_init(&rd.check, &sc.lines, "svlog", 0);
}

/* All lines from the first on, to a file. */
static void
read_all(const struct place *pl)
{
	const char *const words[] = { "-f", "-o", "raw", "-s", "@0", pl->path,
		NULL };
	char path[PATH_ROOM];
	int out;

	file_write(path_join(path, sc.tmp, "out"), "");
	out = fd_keep(open(path, O_WRONLY | O_APPEND | O_CLOEXEC), path);
	rd.out = fd_keep(open(path, O_RDONLY | O_CLOEXEC), path);
	read_by(words, out);
	close(out);
}

/* ... to a pipe, which is full soon. */
static void
read_late(const struct place *pl)
{
	const char *const words[] = { "-f", "-o", "raw", "-s", "@0", pl->path,
		NULL };
	int fd[2];

	want(pipe2(fd, O_CLOEXEC) == 0, "pipe: %s", strerror(errno));
	read_by(words, fd[1]);
	close(fd[1]);
	rd.out = fd[0];
}

/* What has come since the last time goes into the check. */
static void
take(void)
{
	static char p[1 << 16];
	struct pollfd look = { .fd = rd.out, .events = POLLIN };
	ssize_t n = 1;

	while (n > 0 && poll(&look, 1, 0) > 0) {
		n = read(rd.out, p, sizeof(p));
		if (n > 0)
			check_bytes(&rd.check, p, (size_t)n);
	}
}

static bool
has_come(void)
{
	take();
	return rd.check.next >= sc.lines_sent;
}

static void
stop(void)
{
	int status;

	kill(rd.pid, SIGTERM);
	want(child_ended(rd.pid, now_ns() + WAIT_LIMIT, &status) &&
		 status_is_signal(status, SIGTERM),
	    "svlog: %s", status_words(status));
	take();
}

/* Every line has come, once and in order, and nothing was said. */
static void
is_whole(void)
{
	await(has_come(), WAIT_LIMIT, "of %llu lines %llu came: %s",
	    (unsigned long long)sc.lines_sent,
	    (unsigned long long)rd.check.next, file_text(rd.says));
	stop();
	check_want(&rd.check);
	want(*file_text(rd.says) == 0, "it says: %s", file_text(rd.says));
}

static struct place *
ready_in(const char *config)
{
	struct place *pl = begin_ready_on(place_new(config));

	/* Before that svlog takes it for no log directory. */
	await(file_is(in(pl, "current")), WAIT_LIMIT, "there is no log");
	return pl;
}

static void
feed_rotations(struct place *pl, size_t n)
{
	do {
		feed(1000);
		names_read(&pl->names, pl->path);
	} while (pl->names.n < n);
}

static void
at_full_load(void)
{
	struct place *pl = ready_in("s20000");

	read_all(pl);
	feed_rotations(pl, ROTATIONS);
	is_whole();
	end();
}

static void
far_behind(void)
{
	struct place *pl = ready_in("s20000");

	feed(100);
	read_late(pl);
	feed_rotations(pl, ROTATIONS);
	until_read();
	is_whole();
	end();
}

static void
compressed(void)
{
	struct place *pl = ready_in("s20000;!gzip -1");

	read_late(pl);
	feed_rotations(pl, 10);
	is_whole();
	end();
}

/* By svlogd itself, while somebody reads. */
static void
packed(void)
{
	struct place *pl = ready_in("s20000;z1");
	char name[PATH_ROOM], label[LABEL_CHARS + sizeof(".s.gz")];

	if (has_said("not built"))
		skip("svlogd does not compress");
	read_late(pl);
	feed_rotations(pl, 10);
	snprintf(label, sizeof(label), "%.*s.s.gz", LABEL_CHARS,
	    pl->names.v[0]);
	path_join(name, pl->path, label);
	for (int i = 0; i < 5; i++)
		feed(500);
	await(file_is(name), WAIT_LIMIT, "%s is not there", name);
	feed(500);
	is_whole();
	end();
}

static void
killed(void)
{
	struct place *pl = ready_in("s20000");

	read_all(pl);
	for (int i = 0; i < 30; i++) {
		feed(500);
		killed_and_begun();
	}
	await(has_come(), WAIT_LIMIT, "the last line does not come");
	want(is_told() == !deaf[sc.arg], "it is told, or it is not");
	is_whole();
	end();
}

static void
line_by_line(void)
{
	struct place *pl = ready_in("s2000");

	read_all(pl);
	for (int i = 0; i < 100; i++) {
		feed(1);
		await(has_come(), WAIT_LIMIT, "line %d does not come", i);
	}
	is_whole();
	end();
}

/* Lines may be gone with their files, but none comes twice or out of order,
 * and it is said that files are gone. */
static void
pruned(void)
{
	struct place *pl = ready_in("s20000;n2");

	feed(100);
	read_late(pl);
	for (int i = 0; i < 60; i++)
		feed(1000);
	until_read();
	rd.check.may = CHECK_LOST | CHECK_OLDEST;
	await(has_come(), WAIT_LIMIT, "the last line does not come: %s",
	    file_text(rd.says));
	stop();
	check_want(&rd.check);
	want(check_lost(&rd.check) > 0, "nothing was deleted too early");
	end();
}

static void
replaced(void)
{
	struct place *pl = ready_in("s20000");
	char aside[PATH_ROOM];

	read_all(pl);
	feed(300);
	await(has_come(), WAIT_LIMIT, "the first lines do not come");
	path_join(aside, sc.tmp, "aside");
	want(rename(pl->path, aside) == 0, "rename: %s", strerror(errno));
	dir_make(pl->path, "s20000");
	await(file_is(in(pl, "current")) || (feed(1), false), WAIT_LIMIT,
	    "svlogd does not notice");
	feed(300);
	await(has_come(), WAIT_LIMIT, "what follows does not come: %s",
	    file_text(rd.says));
	stop();
	check_want(&rd.check);
	want(strstr(file_text(rd.says), "another directory"), "it says: %s",
	    file_text(rd.says));
	end();
}

/* The reader of a pipe goes away, and so does svlog, without a word. */
static void
unread(void)
{
	struct place *pl = ready_in("");
	int status;

	feed(10);
	read_late(pl);
	await((take(), rd.check.next == 10), WAIT_LIMIT, "no lines");
	close(rd.out);
	want(child_ended(rd.pid, now_ns() + WAIT_LIMIT, &status),
	    "it does not end");
	want(*file_text(rd.says) == 0, "it says: %s", file_text(rd.says));
	end();
}

int
main(int argc, char **argv)
{
	static const struct scene scenes[] = {
		{ "across 100 rotations at full load no line is missed or "
		  "told twice",
		    at_full_load, 0 },
		{ "a reader that is 100 rotations behind gets every line once",
		    far_behind, 0 },
		{ "files that are compressed before their turn are read, once",
		    compressed, 0 },
		{ "files that svlogd compresses meanwhile are read, once",
		    packed, 0 },
		{ "svlogd is killed 30 times, and the reader does not notice",
		    killed, 0 },
		{ "where nobody tells of writes no line is missed", killed, 1 },
		{ "where no directory can be watched no line is missed", killed,
		    2 },
		{ "each line comes by itself, across rotations", line_by_line,
		    0 },
		{ "files that are deleted too early cost their lines, no other",
		    pruned, 0 },
		{ "a directory that is replaced is followed on", replaced, 0 },
		{ "where nobody tells of writes a new directory is followed on",
		    replaced, 1 },
		{ "when nobody reads any more it ends, without a word", unread,
		    0 },
	};

	(void)argc;
	return scenes_main(argv, scenes, COUNT(scenes));
}
