/* rings: a ring that is stale, foreign, false, taken, or too small. */
#define _GNU_SOURCE
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
	feed(n);
	send_bytes(tail, strlen(tail));
	begin(); /* now: after a write that failed it reads no more */
	until_read();
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
	make_pending(100, "");
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
	make_pending(100, "");
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
	place_holds(pl, CHECK_TORN);
	want(pl->check.torn == 1, "torn %llu",
	    (unsigned long long)pl->check.torn);
}

static void
foreign_killed(void)
{
	struct place *pl = place_new("s3000");
	int i;

	logger_on(pl);
	for (i = 0; i < 10; i++) {
		begin();
		feed_and_read(50);
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

/* Its bytes are from `least` to `most`. */
static char *
long_line(int64_t least, int64_t most)
{
	char *text = malloc(LONG_LINE);
	uint64_t random = 1;
	size_t i;

	if (!text)
		give_up("out of memory");
	for (i = 0; i < LONG_LINE; i++)
		text[i] = (char)random_between(&random, least, most);
	text[LONG_LINE - 1] = '\n';
	return text;
}

/* All of it is in the directory, in one file or in pieces. */
static void
long_is(struct place *pl, const char *text)
{
	struct bytes got = { 0 };
	size_t i;

	dir_bytes(&got, &pl->names, pl->path);
	want(got.n == LONG_LINE, "%zu bytes", got.n);
	for (i = 0; i < LONG_LINE && got.p[i] == text[i]; i++)
		;
	want(i == LONG_LINE, "it differs at byte %zu", i);
	bytes_free(&got);
}

static void
longer_than_the_ring(void)
{
	struct place *pl = begin_in("s0");
	char *text = long_line(' ', '~');
	size_t at, n;
	int kills = 0;

	for (at = 0; at < LONG_LINE; at += n) {
		n = LONG_LINE - at < 100000 ? LONG_LINE - at : 100000;
		send_bytes(text + at, n);
		if (kills++ % 3 == 0) {
			until_read();
			end_by(kills % 2 ? SIGKILL : SIGTERM, WAIT_LIMIT);
			begin();
		}
	}
	end();
	want(kills > 20, "%d pieces only", kills);
	long_is(pl, text);
	want(pl->names.n == 0, "it is in %zu files", pl->names.n + 1);
	free(text);
}

static void
longer_than_the_file(void)
{
	struct place *pl = begin_in("s100000");
	char *text = long_line('x', 'z');
	size_t i;

	for (i = 0; i < LONG_LINE; i += LONG_LINE / 4) {
		send_bytes(text + i, LONG_LINE / 4);
		killed_and_begun();
	}
	end();
	long_is(pl, text);
	for (i = 0; i < pl->names.n; i++)
		want(file_size(in(pl, pl->names.v[i])) <= 100000,
		    "%s is longer than s", pl->names.v[i]);
	free(text);
}

/* --- WEIR_RING is false ---------------------------------------------------*/

/* A logger at work with a WEIR_RING of our own words. */
static void
begin_with(const char *words)
{
	sc.lg.ring_words = words;
	begin();
	sc.lg.ring_words = NULL;
	feed_and_read(20);
}

/* A life as usual, in which all comes out that is to come. */
static void
live_and_be_whole(struct place *pl, uint64_t n)
{
	begin();
	feed(n);
	end();
	place_is_whole(pl);
}

static void
false_words(void)
{
	static const char *const words[] = { "", "x", "10x", "-1",
		"10:", "10:0", "10:x", "99999999999999999999", "999", ":1", "3",
		"10:1:1", " 10" };
	struct place *pl = place_new("");
	size_t i;

	logger_on(pl);
	for (i = 0; i < COUNT(words); i++) {
		begin_with(words[i]);
		want(file_is(in(pl, "lock.ring")),
		    "\"%s\": it has no ring of its own", words[i]);
		/* The next one does not look into this one's lock.ring. */
		until_written(pl, WAIT_LIMIT);
		end_by(SIGTERM, WAIT_LIMIT);
	}
	want(lines_said() <= (long)i, "%ld lines are said", lines_said());
	live_and_be_whole(pl, 1);
}

/* Gives it that descriptor for a ring, by its number alone. */
static void
live_with_fd(int fd)
{
	char words[32];

	want(dup2(fd, sc.lg.ring) >= 0, "dup2: %s", strerror(errno));
	snprintf(words, sizeof(words), "%d", sc.lg.ring);
	begin_with(words);
	end_by(SIGTERM, WAIT_LIMIT);
}

/* The descriptor is something else: a file with text stays as it is. */
static void
not_a_ring(void)
{
	static char big[8192], got[8192];
	const char *text = "precious text\n";
	struct place *pl = place_new("");
	int pipe_fd[2], file, spare = fcntl(sc.lg.ring, F_DUPFD_CLOEXEC, 30);
	char path[PATH_ROOM];

	logger_on(pl);
	path_join(path, sc.tmp, "precious");
	file_write(path, text);
	file = fd_keep(open(path, O_RDWR | O_CLOEXEC), path);
	live_with_fd(file);
	want(strcmp(file_text(path), text) == 0, "the file was written to");

	memset(big, 'x', sizeof(big));
	want(pwrite(file, big, sizeof(big), 0) == (ssize_t)sizeof(big) &&
		 ftruncate(file, 2 << 20) == 0,
	    "pwrite");
	live_with_fd(file);
	want(pread(file, got, sizeof(got), 0) == (ssize_t)sizeof(got) &&
		 memcmp(got, big, sizeof(big)) == 0,
	    "the long file was written to");

	want(pipe2(pipe_fd, O_CLOEXEC) == 0, "pipe");
	live_with_fd(pipe_fd[0]);
	begin_with("2"); /* standard error, a file */
	end_by(SIGTERM, WAIT_LIMIT);
	want(strlen(said()) < 100000, "standard error was taken for a ring");

	want(dup2(spare, sc.lg.ring) >= 0, "dup2");
	live_and_be_whole(pl, 20);
}

/* Any bytes at all: it starts afresh. */
static void
spoil(uint64_t *random, size_t most, int64_t from, int64_t to)
{
	char block[4096];
	size_t n = (size_t)random_between(random, 1, (int64_t)most), i;

	for (i = 0; i < n; i++)
		block[i] = (char)random_between(random, 0, 255);
	want(pwrite(sc.lg.ring, block, n, random_between(random, from, to)) ==
		 (ssize_t)n,
	    "pwrite: %s", strerror(errno));
}

static void
garbage(void)
{
	struct place *pl = begin_in("");
	uint64_t random = 7, from = 0;
	int round, i, status;

	feed_and_read(10);
	end_by(SIGKILL, WAIT_LIMIT);
	for (round = 0; round < 60; round++) {
		from = sc.lines_sent;
		/* Some bytes of the head after the magic, or all of it. */
		for (i = 0; i < 8; i++)
			spoil(&random, round % 2 ? 8 : 4096, round % 3 ? 8 : 0,
			    round % 3 ? 4096 : 65536);
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
	place_holds(pl, ~0U);
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

	begin_on(pl);
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
	killed_and_begun();
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
	killed_and_begun();
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

static char victim[PATH_ROOM];

static bool
make_symlink(const char *path)
{
	return symlink(victim, path) == 0;
}

static bool
make_link(const char *path)
{
	return link(victim, path) == 0;
}

static bool
make_fifo(const char *path)
{
	return mkfifo(path, 0600) == 0;
}

static bool
make_dir(const char *path)
{
	return mkdir(path, 0755) == 0;
}

static bool
make_readable(const char *path)
{
	return mknod(path, S_IFREG | 0644, 0) == 0;
}

/* A lock.ring that is not what it should be is not used. */
static void
ring_file_unsafe(void)
{
	static bool (*const make[])(const char *) = { make_symlink, make_link,
		make_fifo, make_dir, make_readable };
	const char *text = "victim\n";
	struct place *pl = place_new("");
	size_t i;

	path_join(victim, sc.tmp, "victim");
	file_write(victim, text);
	fd_drop(&sc.lg.ring);
	logger_on(pl);
	for (i = 0; i < COUNT(make); i++) {
		tree_remove(in(pl, "lock.ring"));
		want(make[i](in(pl, "lock.ring")), "case %zu: %s", i,
		    strerror(errno));
		begin();
		feed(20);
		until_written(pl, WAIT_LIMIT);
		end_by(SIGTERM, WAIT_LIMIT);
		want(times_said("lock.ring") == (long)i + 1,
		    "case %zu: it says nothing", i);
		want(strcmp(file_text(victim), text) == 0,
		    "case %zu: the victim was written to", i);
	}
	live_and_be_whole(pl, 1);
}

/* Lines that are in a lock.ring only; then there is a ring that is lent. */
static void
lent_gives_way(void)
{
	struct place *pl = place_new("");
	int lent = sc.lg.ring;

	sc.lg.ring = -1;
	logger_on(pl);
	make_pending(100, "unfinished ");
	sc.lg.ring = lent;
	begin();
	send_bytes("and ended\n", 10);
	feed(100);
	await(strstr(file_text(in(pl, "current")), "unfinished and ended\n"),
	    WAIT_LIMIT, "the unfinished line is not whole");
	end_by(SIGKILL, WAIT_LIMIT);
	begin();
	feed(100);
	end();
	place_holds(pl, CHECK_TORN);
	want(pl->check.torn == 1, "torn %llu",
	    (unsigned long long)pl->check.torn);
	want(!file_is(in(pl, "lock.ring")), "lock.ring is still there");
}

/* The directories are named in another order after a crash. */
static void
ring_of_the_second(void)
{
	struct place *pl = place_new(""), *other = place_new("");
	const char *first;

	fd_drop(&sc.lg.ring);
	logger_on(pl);
	logger_on(other);
	make_pending(100, "");
	first = sc.lg.argv[sc.lg.n_argv - 2];
	sc.lg.argv[sc.lg.n_argv - 2] = sc.lg.argv[sc.lg.n_argv - 1];
	sc.lg.argv[sc.lg.n_argv - 1] = first;
	live_and_be_whole(pl, 50);
	place_is_whole(other);
}

/* A directory of before is in the ring, pending; it is not in use now. */
static void
fewer_directories(void)
{
	struct place *pl = place_new(""), *other = place_new("");

	logger_on(pl);
	logger_on(other);
	make_pending(50, "");
	sc.lg.n_argv = 2; /* the first directory only */
	live_and_be_whole(pl, 50);
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
	{ "a lent ring gives way to a lock.ring that a crash left",
	    lent_gives_way, 0 },
	{ "a lock.ring is found whichever directory it is in",
	    ring_of_the_second, 0 },
	{ "a directory that is not used any more holds nothing up",
	    fewer_directories, 0 },
};

int
main(int argc, char **argv)
{
	(void)argc;
	return scenes_main(argv, scenes, COUNT(scenes));
}
