/* rings: a ring that is stale, foreign, false, taken, or too small. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "scene.h"

/* --- pieces ---------------------------------------------------------------*/

/* The boot's number, as bytes. */
static void
boot_bytes(unsigned char id[16])
{
	FILE *f = fopen("/proc/sys/kernel/random/boot_id", "r");
	unsigned byte;
	int i;

	want(f, "no boot_id: %s", strerror(errno));
	for (i = 0; i < 16; i++) {
		int c = fgetc(f);

		if (c != '-')
			ungetc(c, f);
		want(fscanf(f, "%2x", &byte) == 1, "a strange boot_id");
		id[i] = (unsigned char)byte;
	}
	fclose(f);
}

/* Makes a ring look as if it came from before this boot. */
static void
make_stale(int fd)
{
	unsigned char id[16], head[4096];
	size_t i;

	boot_bytes(id);
	want(pread(fd, head, sizeof(head), 0) == (ssize_t)sizeof(head),
	    "cannot read the ring");
	for (i = 0; i + 16 <= sizeof(head); i++) {
		if (memcmp(head + i, id, 16) == 0)
			break;
	}
	want(i + 16 <= sizeof(head), "there is no boot_id in the ring");
	head[i] ^= 0xff;
	want(pwrite(fd, head + i, 1, (off_t)i) == 1, "pwrite");
}

/* A pipe instead of the one before; what was in that is gone. */
static void
pipe_renew(void)
{
	int fd[2];

	want(pipe2(fd, O_CLOEXEC) == 0, "pipe: %s", strerror(errno));
	want(dup2(fd[0], sc.lg.rd) >= 0 && dup2(fd[1], sc.lg.wr) >= 0,
	    "dup2: %s", strerror(errno));
	close(fd[0]);
	close(fd[1]);
	fcntl(sc.lg.rd, F_SETFD, FD_CLOEXEC);
	fcntl(sc.lg.wr, F_SETFD, FD_CLOEXEC);
	fcntl(sc.lg.wr, F_SETFL, O_NONBLOCK);
}

/* Lines that are in the ring and in no file; the logger is dead. */
static void
make_pending(uint64_t n, const char *tail)
{
	sc.fault = "fail:write:EIO:1+";
	begin();
	feed(n);
	if (tail)
		want(write(sc.lg.wr, tail, strlen(tail)) ==
			 (ssize_t)strlen(tail),
		    "write: %s", strerror(errno));
	await(pipe_holds() == 0, WAIT_LIMIT, "it does not read");
	await(has_said("unable to write"), WAIT_LIMIT,
	    "the fault did not fire");
	end_by(SIGKILL, WAIT_LIMIT);
	sc.fault = NULL;
}

/* --- whose it is ----------------------------------------------------------*/

static void
stale(void)
{
	struct place *pl = place_new("");
	uint64_t from;

	logger_on(pl);
	make_pending(100, NULL);
	want(place_bytes(pl) == 0, "something was written");
	make_stale(sc.lg.ring);
	from = sc.lines_sent;
	sc.bytes_sent = 0;
	begin();
	feed(100);
	until_written(pl, WAIT_LIMIT);
	want(times_said("before this boot") == 1, "it says nothing");
	end();
	pl->check.next = from;
	place_is_whole(pl);
}

static void
stale_file(void)
{
	struct place *pl = place_new("");
	uint64_t from;
	int fd;

	fd_drop(&sc.lg.ring);
	logger_on(pl);
	make_pending(100, NULL);
	fd =
	    fd_keep(open(in(pl, "lock.ring"), O_RDWR | O_CLOEXEC), "lock.ring");
	make_stale(fd);
	close(fd);
	from = sc.lines_sent;
	begin();
	feed(100);
	await(place_bytes(pl) > 0, WAIT_LIMIT, "nothing is written");
	want(times_said("before this boot") == 1, "it says nothing");
	end();
	pl->check.next = from;
	place_is_whole(pl);
}

/* Another pipe: what is pending is logged, and the unfinished line with a
 * newline; then the new pipe's. */
static void
foreign(void)
{
	struct place *pl = place_new("");
	const char *text, *tail = "begun and not ended";

	logger_on(pl);
	make_pending(100, tail);
	pipe_renew();
	begin();
	feed(100);
	end();
	text = strstr(file_text(in(pl, "current")), tail);
	want(text, "the unfinished line is gone");
	want(text[-1] == '\n' && text[strlen(tail)] == '\n',
	    "the unfinished line is not a line of its own");
	pl->check.shown = CHECK_SHOWN;
	place_read(&pl->check, pl);
	(void)check_end(&pl->check, sc.lines_sent);
	want(pl->check.torn == 1, "torn %llu",
	    (unsigned long long)pl->check.torn);
	want(check_lost(&pl->check) == 0 && pl->check.doubled == 0,
	    "lost %llu, doubled %llu",
	    (unsigned long long)check_lost(&pl->check),
	    (unsigned long long)pl->check.doubled);
}

static void
foreign_killed(void)
{
	struct place *pl = place_new("s3000");
	int i;

	logger_on(pl);
	for (i = 0; i < 10; i++) {
		begin();
		feed(50);
		await(pipe_holds() == 0, WAIT_LIMIT, "it does not read");
		end_by(i % 3 ? SIGKILL : SIGTERM, WAIT_LIMIT);
		pipe_renew();
	}
	begin();
	feed(10);
	end();
	place_is_whole(pl);
}

/* --- the config changes ---------------------------------------------------*/

/* With stamps the bytes differ from one config to the next: what is in
 * current beyond the record is cut, not skipped. */
static void
config_changed(void)
{
	struct place *pl = place_new("");
	char short_write[64];
	const char *p;
	int i, lines = 0;

	logger_on(pl);
	for (i = 0; i < 6; i++) {
		file_write(in(pl, "config"),
		    i % 2 ? "n0\npone: \n" : "n0\nptwo, longer: \n");
		snprintf(short_write, sizeof(short_write),
		    "short:write:%d:1 fail:write:EIO:2+", 100 + i * 37);
		sc.fault = short_write;
		begin();
		feed(20);
		await(times_said("unable to write") == i + 1, WAIT_LIMIT,
		    "the fault did not fire");
		end_by(SIGKILL, WAIT_LIMIT);
	}
	sc.fault = NULL;
	file_write(in(pl, "config"), "n0\np\n");
	begin();
	feed(20);
	end();
	place_is_whole(pl);
	for (p = file_text(in(pl, "current")); *p; p++)
		lines += *p == '\n';
	want(lines == (int)sc.lines_sent, "%d lines", lines);
}

/* --- a line longer than the ring ------------------------------------------*/

enum { LONG_LINE = 3 << 20 };

static void
long_send(const char *text, size_t n)
{
	size_t at = 0;
	ssize_t put;

	while (at < n) {
		put = write(sc.lg.wr, text + at, n - at);
		if (put > 0)
			at += (size_t)put;
		else
			want(pipe_takes(WAIT_LIMIT), "nobody reads");
	}
}

/* Reads a file that has no newline but at its end. */
static void
long_is(struct place *pl, const char *text, size_t n)
{
	const char *got = file_text(in(pl, "current"));
	size_t i;

	want((size_t)file_size(in(pl, "current")) == n, "%lld bytes of %zu",
	    (long long)file_size(in(pl, "current")), n);
	for (i = 0; i < n && got[i] == text[i]; i++)
		;
	want(i == n, "it differs at byte %zu", i);
}

static void
longer_than_the_ring(void)
{
	struct place *pl = place_new("s0");
	char *text = malloc(LONG_LINE);
	uint64_t random = 1;
	size_t i, at, n;
	int kills = 0;

	if (!text)
		give_up("out of memory");
	for (i = 0; i < LONG_LINE; i++)
		text[i] = (char)random_between(&random, ' ', '~');
	text[LONG_LINE - 1] = '\n';
	logger_on(pl);
	begin();
	for (at = 0; at < LONG_LINE; at += n) {
		n = LONG_LINE - at < 100000 ? LONG_LINE - at : 100000;
		long_send(text + at, n);
		if (kills++ % 3 == 0) {
			await(pipe_holds() == 0, WAIT_LIMIT,
			    "it does not read");
			end_by(kills % 2 ? SIGKILL : SIGTERM, WAIT_LIMIT);
			begin();
		}
	}
	end();
	want(kills > 20, "%d pieces only", kills);
	long_is(pl, text, LONG_LINE);
	free(text);
}

static void
longer_than_the_file(void)
{
	struct place *pl = place_new("s100000");
	char *text = malloc(LONG_LINE);
	size_t i;
	uint64_t n;

	if (!text)
		give_up("out of memory");
	memset(text, 'x', LONG_LINE);
	text[LONG_LINE - 1] = '\n';
	logger_on(pl);
	begin();
	for (i = 0; i < LONG_LINE; i += LONG_LINE / 4) {
		long_send(text + i, LONG_LINE / 4);
		end_by(SIGKILL, WAIT_LIMIT);
		begin();
	}
	end();
	n = place_bytes(pl);
	want(n == LONG_LINE, "%llu bytes", (unsigned long long)n);
	for (i = 0; i < pl->names.n; i++)
		want(file_size(in(pl, pl->names.v[i])) <= 100000,
		    "%s is longer than s", pl->names.v[i]);
	free(text);
}

/* --- WEIR_RING is false ---------------------------------------------------*/

/* Starts it with a WEIR_RING of our own words. */
static void
begin_with(const char *words)
{
	sc.lg.argv[0] = sc.svlogd;
	fflush(stdout);
	sc.lg.pid = fork();
	want(sc.lg.pid >= 0, "fork: %s", strerror(errno));
	if (sc.lg.pid > 0)
		return;
	/* As logger_exec(), but for the words. */
	signals_take(&sc.set);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	sigprocmask(SIG_UNBLOCK, &sc.set, NULL);
	dup2(sc.lg.rd, 0);
	dup2(sc.lg.err, 1);
	dup2(sc.lg.err, 2);
	if (sc.lg.ring >= 0)
		fcntl(sc.lg.ring, F_SETFD, 0);
	setenv("WEIR_RING", words, 1);
	execl(sc.svlogd, sc.svlogd, sc.place[0].path, (char *)NULL);
	_exit(127);
}

static void
false_words(void)
{
	static const char *const words[] = { "", "x", "10x", "-1",
		"10:", "10:0", "10:x", "99999999999999999999", "999", ":1", "3",
		"10:1:1", " 10" };
	struct place *pl = place_new("");
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		begin_with(words[i]);
		feed(20);
		await(pipe_holds() == 0, WAIT_LIMIT, "%s: it does not read",
		    words[i]);
		want(file_is(in(pl, "lock.ring")),
		    "\"%s\": it has no ring of its own", words[i]);
		end_by(i % 2 ? SIGTERM : SIGKILL, WAIT_LIMIT);
	}
	want(lines_said() <= (long)i, "%ld lines are said", lines_said());
	logger_on(pl);
	begin();
	feed(1);
	end();
	place_is_whole(pl);
}

/* The descriptor is something else: a file with text stays as it is. */
static void
not_a_ring(void)
{
	struct place *pl = place_new("");
	char path[PATH_ROOM], words[64], big[8192];
	const char *text = "precious text\n";
	int fd[2], spare = fcntl(sc.lg.ring, F_DUPFD_CLOEXEC, 30);

	path_join(path, sc.tmp, "precious");
	file_write(path, text);
	fd[0] = fd_keep(open(path, O_RDWR | O_CLOEXEC), path);
	want(dup2(fd[0], sc.lg.ring) >= 0, "dup2: %s", strerror(errno));
	snprintf(words, sizeof(words), "%d", sc.lg.ring);
	begin_with(words);
	feed(20);
	await(place_bytes(pl) > 0, WAIT_LIMIT, "nothing is written");
	end_by(SIGTERM, WAIT_LIMIT);
	want(strcmp(file_text(path), text) == 0 &&
		 (size_t)file_size(path) == strlen(text),
	    "the file was written to");
	memset(big, 'x', sizeof(big));
	want(pwrite(fd[0], big, sizeof(big), 0) == (ssize_t)sizeof(big) &&
		 ftruncate(fd[0], 2 << 20) == 0,
	    "pwrite");
	begin_with(words);
	feed(20);
	await(pipe_holds() == 0, WAIT_LIMIT, "it does not read");
	end_by(SIGTERM, WAIT_LIMIT);
	want(pread(fd[0], big, sizeof(big), 0) == (ssize_t)sizeof(big) &&
		 big[0] == 'x' && big[100] == 'x',
	    "the long file was written to");
	want(pipe2(fd, O_CLOEXEC) == 0 && dup2(fd[0], sc.lg.ring) >= 0, "pipe");
	begin_with(words);
	feed(20);
	await(pipe_holds() == 0, WAIT_LIMIT, "it does not read");
	end_by(SIGTERM, WAIT_LIMIT);
	want(dup2(spare, sc.lg.ring) >= 0, "dup2");
	begin_with("2"); /* standard error, a file */
	feed(20);
	await(pipe_holds() == 0, WAIT_LIMIT, "it does not read");
	end_by(SIGTERM, WAIT_LIMIT);
	want(lseek(sc.lg.err, 0, SEEK_END) < 100000,
	    "standard error was taken for a ring");
	logger_on(pl);
	begin();
	feed(20);
	end();
	place_is_whole(pl);
}

/* Any bytes at all: it starts afresh. */
static void
garbage(void)
{
	struct place *pl = place_new("");
	uint64_t random = 7, from = 0;
	char block[4096];
	int round, i, k, status;
	size_t b;

	logger_on(pl);
	begin();
	feed(10);
	await(pipe_holds() == 0, WAIT_LIMIT, "it does not read");
	end_by(SIGKILL, WAIT_LIMIT);
	for (round = 0; round < 60; round++) {
		from = sc.lines_sent;
		/* Some bytes of the head after the magic, or all of it. */
		for (i = 0; i < 8; i++) {
			off_t at = (off_t)random_between(&random,
			    round % 3 ? 8 : 0, round % 3 ? 4096 : 65536);

			k = (int)random_between(&random, 1,
			    round % 2 ? 8 : (int)sizeof(block));
			for (b = 0; b < sizeof(block); b++)
				block[b] =
				    (char)random_between(&random, 0, 255);
			want(pwrite(sc.lg.ring, block, (size_t)k, at) == k,
			    "pwrite");
		}
		begin();
		feed(10);
		await(pipe_holds() == 0 || has_ended(0, &status), WAIT_LIMIT,
		    "round %d: it does not read", round);
		want(sc.lg.pid > 0, "round %d: it %s", round,
		    status_words(status));
		end_by(SIGKILL, WAIT_LIMIT);
	}
	begin();
	feed(1);
	end();
	pl->check.shown = CHECK_SHOWN;
	place_read(&pl->check, pl);
	want(pl->check.next == sc.lines_sent, "the last lines are not there");
	want(pl->check.next > from, "nothing was sent");
}

/* A second logger with the same ring (x | svlogd in a run script) gets a file
 * of its own, and neither loses a line. */
static void
second_user(void)
{
	struct place *pl = place_new(""), *other = place_new("");
	struct logger first;
	uint64_t lines, bytes;
	int status;

	logger_on(pl);
	begin();
	feed(100);
	until_written(pl, WAIT_LIMIT);
	first = sc.lg;
	lines = sc.lines_sent;
	bytes = sc.bytes_sent;

	logger_pipe(&sc.lg);
	fd_drop(&sc.lg.ring);
	sc.lg.ring = first.ring; /* the same */
	fcntl(sc.lg.wr, F_SETFL, O_NONBLOCK);
	sc.lg.n_argv = 1;
	logger_on(other);
	sc.lines_sent = sc.bytes_sent = 0;
	begin();
	feed(100);
	until_written(other, WAIT_LIMIT);
	want(file_is(in(other, "lock.ring")), "it shares the ring");
	end_by(SIGKILL, WAIT_LIMIT);
	begin();
	feed(100);
	fd_drop(&sc.lg.wr);
	want(has_ended(WAIT_LIMIT, &status) && status == 0,
	    "it does not end at EOF");
	place_is_whole(other);

	sc.lg = first;
	sc.lines_sent = lines;
	sc.bytes_sent = bytes;
	feed(100);
	until_written(pl, WAIT_LIMIT);
	end_by(SIGKILL, WAIT_LIMIT);
	begin();
	feed(100);
	end();
	place_is_whole(pl);
}

/* --- what it leaves -------------------------------------------------------*/

static void
ring_file_is_private(void)
{
	struct place *pl = place_new("");
	struct stat st;

	fd_drop(&sc.lg.ring);
	logger_on(pl);
	umask(0);
	begin();
	feed(10);
	until_written(pl, WAIT_LIMIT);
	want(stat(in(pl, "lock.ring"), &st) == 0, "there is no lock.ring");
	want((st.st_mode & 0777) == 0600, "its mode is %o", st.st_mode & 0777);
	want(st.st_blocks * 512 >= st.st_size, "it has holes");
	end();
	want(!file_is(in(pl, "lock.ring")), "it stays when all is written");
	place_is_whole(pl);
}

/* A lock.ring that is not what it should be is not used. */
static void
ring_file_unsafe(void)
{
	struct place *pl = place_new("");
	char victim[PATH_ROOM];
	const char *ring = in(pl, "lock.ring"), *text = "victim\n";
	int i;

	path_join(victim, sc.tmp, "victim");
	file_write(victim, text);
	fd_drop(&sc.lg.ring);
	logger_on(pl);
	for (i = 0; i < 5; i++) {
		unlink(in(pl, "lock.ring"));
		rmdir(in(pl, "lock.ring"));
		ring = in(pl, "lock.ring");
		want(i == 0   ? symlink(victim, ring) == 0
		     : i == 1 ? link(victim, ring) == 0
		     : i == 2 ? mkfifo(ring, 0600) == 0
		     : i == 3 ? mkdir(ring, 0755) == 0
			      : mknod(ring, S_IFREG | 0644, 0) == 0,
		    "case %d: %s", i, strerror(errno));
		begin();
		feed(20);
		until_written(pl, WAIT_LIMIT);
		end_by(SIGTERM, WAIT_LIMIT);
		want(times_said("lock.ring") == i + 1,
		    "case %d: it says nothing", i);
		want(strcmp(file_text(victim), text) == 0,
		    "case %d: the victim was written to", i);
	}
	begin();
	feed(1);
	end();
	place_is_whole(pl);
}

/* A directory of before is in the ring, pending; it is not in use now. */
static void
fewer_directories(void)
{
	struct place *pl = place_new(""), *other = place_new("");

	logger_on(pl);
	logger_on(other);
	make_pending(50, NULL);
	sc.lg.n_argv = 2; /* the first directory only */
	begin();
	feed(50);
	end();
	place_is_whole(pl);
}

static const struct scene scenes[] = {
	{ "a ring from before this boot is discarded, and that is said", stale,
	    0 },
	{ "a lock.ring from before this boot is discarded", stale_file, 0 },
	{ "a ring of another pipe: what is pending is logged, tail and all",
	    foreign, 0 },
	{ "a ring goes from pipe to pipe and loses nothing", foreign_killed,
	    0 },
	{ "a config changed between crash and restart doubles nothing",
	    config_changed, 0 },
	{ "a line longer than the ring is whole, whoever is killed",
	    longer_than_the_ring, 0 },
	{ "a line longer than s and the ring is cut at s, and all there",
	    longer_than_the_file, 0 },
	{ "a WEIR_RING that says nothing sensible is not used", false_words,
	    0 },
	{ "a WEIR_RING that is no ring is left alone", not_a_ring, 0 },
	{ "no bytes in a ring make it crash or stop", garbage, 0 },
	{ "the second user of a ring has one of its own", second_user, 0 },
	{ "lock.ring is 0600, without holes, and goes when all is written",
	    ring_file_is_private, 0 },
	{ "a lock.ring that is a link or no file is not used", ring_file_unsafe,
	    0 },
	{ "a directory that is not used any more holds nothing up",
	    fewer_directories, 0 },
};

int
main(int argc, char **argv)
{
	(void)argc;
	return scenes_main(argv, scenes, sizeof(scenes) / sizeof(scenes[0]));
}
