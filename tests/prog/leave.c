/* leave: TERM ends it in time, however much there is to do; what it waits for
 * makes it forget no signal. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "scene.h"

#include <sys/file.h>
#include <sys/socket.h>

enum { OLD_FILES = 20000, MANY_DIRS = 60, RING_BYTES = 1 << 20 };

/* A second to write, and a child's syncs where others are busy; it gives
 * up only after 6. */
#define LEAVE_GATE (5800 * MS)

static void
add_old_files(const struct place *pl, unsigned n)
{
	char name[NAME_CHARS + 1];

	while (n-- > 0) {
		snprintf(name, sizeof(name), "@40000000500000%02x%08x.s",
		    n >> 16, n & 0xffff);
		file_write(in(pl, name), "old\n");
		chmod(in(pl, name), 0744);
	}
}

/* It has all that a pipe holds before it, and TERM. */
static void
ends_in_time(void)
{
	int64_t took;

	feed_full();
	took = end_by(SIGTERM, WAIT_LIMIT);
	printf("  ended after %.0f ms\n", ms_of(took));
	want(took <= LEAVE_GATE, "after %.0f ms", ms_of(took));
}

/* A file a line, and the whole directory to be looked at for each. */
static void
many_old_files(void)
{
	struct place *pl = place_new("s1000;S1g");

	fcntl(sc.lg.wr, F_SETPIPE_SZ, 1 << 20);
	add_old_files(pl, OLD_FILES);
	logger_arg(&sc.lg, "-l900");
	logger_on(pl);
	begin_ready();
	ends_in_time();
}

/* A cap that was lowered: more goes than one look at the directory finds. */
static void
many_to_delete(void)
{
	struct place *pl = place_new("s1000;n100");

	add_old_files(pl, OLD_FILES);
	logger_arg(&sc.lg, "-l900");
	logger_on(pl);
	begin_ready();
	ends_in_time();
}

static void
all_are_deleted_at_the_end(void)
{
	struct place *pl = place_new("s20000;n5");

	add_old_files(pl, OLD_FILES / 20);
	logger_on(pl);
	begin();
	feed(2000);
	end();
	names_read(&pl->names, pl->path);
	want(pl->names.n == 5, "%zu old files", pl->names.n);
}

static void
many_directories(void)
{
	char path[MANY_DIRS][PATH_ROOM], name[16];
	int i;

	fcntl(sc.lg.wr, F_SETPIPE_SZ, 1 << 20);
	logger_arg(&sc.lg, "-l900");
	for (i = 0; i < MANY_DIRS; i++) {
		snprintf(name, sizeof(name), "many%d", i);
		dir_make(path_join(path[i], sc.tmp, name), "s1000;n2");
		logger_arg(&sc.lg, path[i]);
	}
	begin_ready();
	ends_in_time();
}

/* A socket instead of the pipe, with much room, and no ring. */
static void
socket_open(void)
{
	int fd[2], room = 64 << 20;

	want(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd) == 0,
	    "socketpair: %s", strerror(errno));
	fd_drop(&sc.lg.ring);
	close(sc.lg.rd);
	close(sc.lg.wr);
	sc.lg.rd = fd[0];
	sc.lg.wr = fd[1];
	fcntl(sc.lg.wr, F_SETFL, O_NONBLOCK);
	setsockopt(sc.lg.wr, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof(room));
}

/* Nobody would find what it leaves: it goes on for as long as that gets less.
 * The log of its calls is what makes it slow. */
static void
slow_without_a_ring(void)
{
	struct place *pl = place_new("s1000");
	char points[PATH_ROOM];
	int64_t took;

	socket_open();
	feed(8000);
	sc.points = path_join(points, sc.tmp, "points");
	logger_arg(&sc.lg, "-l900");
	logger_on(pl);
	begin_ready();
	took = end_by(SIGTERM, WAIT_LIMIT);
	printf("  ended after %.0f ms\n", ms_of(took));
	want(took > 1000 * MS, "this was not slow: %.0f ms", ms_of(took));
	place_is_whole(pl);
}

/* The number at the end of what it said with these words. */
static uint64_t
number_said(const char *words)
{
	const char *p = strstr(said(), words);
	size_t n;

	want(p, "it does not say \"%s\"", words);
	n = strcspn(p, "\n");
	while (n > 0 && p[n - 1] >= '0' && p[n - 1] <= '9')
		n--;
	return strtoull(p + n, NULL, 10);
}

/* What was read, nobody keeps and cannot be written. */
static void
stuck_without_a_ring(void)
{
	struct place *pl = place_small("s0;N1", "size=2m");
	uint64_t lost, missing;
	int64_t took;
	int status;

	socket_open();
	begin_ready_on(pl);
	feed(30000);
	await(has_said("out of disk space"), WAIT_LIMIT, "it is not full");
	took = now_ns();
	poke(SIGTERM);
	want(has_ended(WAIT_LIMIT, &status), "it does not end");
	took = now_ns() - took;
	want(took <= LEAVE_GATE, "after %.0f ms", ms_of(took));
	want(WIFEXITED(status) && WEXITSTATUS(status) == EXIT_TROUBLE, "%s",
	    status_words(status));
	lost = number_said("could not be written and is lost, bytes: ");
	missing = sc.bytes_sent - (uint64_t)pipe_holds() - place_bytes(pl);
	/* A part of the last write may be there nevertheless. */
	want(missing > 0 && lost >= missing && lost < missing + RING_BYTES,
	    "%llu of %llu bytes, it says", (unsigned long long)lost,
	    (unsigned long long)missing);
}

/* At the end of input what may be dropped gets five seconds. */
static void
drops_at_the_end(void)
{
	struct place *pl = place_new("s0;Bdrop");
	uint64_t dropped;

	sc.fault = "fail:write:ENOSPC:10+";
	begin_on(pl);
	feed(30000);
	end();
	dropped = number_said("not said in the log of ");
	pl->check.may = CHECK_LOST;
	place_read(&pl->check, pl);
	want(dropped > 0 && pl->check.good + dropped == sc.lines_sent,
	    "of %llu lines %llu are there, %llu dropped",
	    (unsigned long long)sc.lines_sent,
	    (unsigned long long)pl->check.good, (unsigned long long)dropped);
}

static void
drops_the_last_line(void)
{
	struct place *pl = place_new("s0;Bdrop");

	sc.fault = "fail:write:ENOSPC:1+";
	begin_on(pl);
	send_bytes("one\ntwo", 7);
	end();
	want(has_said("out of disk space"), "it does not fail");
	want(place_counter(pl, "read_lines") == 2 &&
		 place_counter(pl, "dropped_lines") == 2 &&
		 place_counter(pl, "dropped_bytes") == 7,
	    "the last line is not among them");
}

/* Another one has the lock for as long as it likes: until that is closed. */
static int
lock_of(const struct place *pl)
{
	int fd = fd_keep(
	    open(in(pl, "lock"), O_WRONLY | O_CREAT | O_CLOEXEC, 0600), "lock");

	want(flock(fd, LOCK_EX) == 0, "flock: %s", strerror(errno));
	return fd;
}

static void
waiting_for_a_lock(void)
{
	struct place *pl = place_new("s0"), *locked = place_new("s0");
	int64_t took;

	lock_of(locked);
	logger_on(locked);
	feed(100);
	begin_ready_on(pl);
	took = end_by(SIGTERM, WAIT_LIMIT);
	want(took <= LEAVE_GATE, "after %.0f ms", ms_of(took));
	place_is_whole(pl);
}

/* They come when the one directory has read its config and the other waits. */
static void
told_while_it_waits(void)
{
	struct place *pl = place_new("s0"), *locked = place_new("s0");
	char read[PATH_ROOM + 16];
	int fd;

	logger_arg(&sc.lg, "-v");
	begin_ready_on(pl);
	feed(10);
	until_written(pl, WAIT_LIMIT);
	end_by(SIGTERM, WAIT_LIMIT);
	fd = lock_of(locked);
	logger_on(locked);
	begin_ready();
	snprintf(read, sizeof(read), "read: %s/config", pl->path);
	await(times_said(read) == 2, WAIT_LIMIT, "it reads no config");
	file_write(in(pl, "config"), "n0\ns0\npnew: \n");
	poke(SIGHUP);
	poke(SIGALRM);
	await(proc_status(sc.lg.pid, "ShdPnd:") == 0, WAIT_LIMIT,
	    "it takes no signals");
	close(fd);
	await(files_of(pl, ".s") == 1, WAIT_LIMIT, "ALRM is lost");
	want(times_said(read) == 3, "HUP is lost");
	feed(10);
	end();
	want(strncmp(file_text(in(pl, "current")), "new: ", 5) == 0,
	    "the old config counts");
}

/* What lock.stats has said is not taken back: not by a successor, not even
 * where nothing is written any more before the end. */
static void
counts_survive(void)
{
	struct place *pl = place_new("s0;n0");

	begin_ready_on(pl);
	feed(10);
	until_written(pl, WAIT_LIMIT);
	poke(SIGALRM);
	await(files_of(pl, ".s") == 1, WAIT_LIMIT, "it does not rotate");
	await(place_counter(pl, "rotations") == 1, WAIT_LIMIT,
	    "it does not say so");
	end_by(sc.arg ? SIGKILL : SIGTERM, WAIT_LIMIT);
	begin();
	end();
	want(place_counter(pl, "written_lines") == 10, "lines are forgotten");
	want(place_counter(pl, "rotations") == 1, "the rotation is forgotten");
}

static const struct scene scenes[] = {
	{ "with thousands of old files a file a line does not hold up TERM",
	    many_old_files, 0 },
	{ "nor do thousands that are to be deleted", many_to_delete, 0 },
	{ "at the end of input all are deleted that have to go",
	    all_are_deleted_at_the_end, 0 },
	{ "nor do sixty directories", many_directories, 0 },
	{ "without a ring it goes on as long as lines get written",
	    slow_without_a_ring, 0 },
	{ "without a ring it says how much is lost on a full disk",
	    stuck_without_a_ring, 0 },
	{ "at the end of input it says how much Bdrop has dropped",
	    drops_at_the_end, 0 },
	{ "... the last line too, where it has no end", drops_the_last_line,
	    0 },
	{ "it does not wait for a lock any longer", waiting_for_a_lock, 0 },
	{ "what was counted is counted for the next one, too", counts_survive,
	    0 },
	{ "... also where it is killed", counts_survive, 1 },
	{ "while it waits for a lock it forgets neither HUP nor ALRM",
	    told_while_it_waits, 0 },
};

int
main(int argc, char **argv)
{
	(void)argc;
	return scenes_main(argv, scenes, sizeof(scenes) / sizeof(scenes[0]));
}
