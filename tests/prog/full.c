/* full: a disk that is full, and then is not any more. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "scene.h"

#define FULL "out of disk space"
#define RESUME_GATE (250 * MS)

static char small[PATH_ROOM], ballast[PATH_ROOM];

/* A log directory on a file system of 2 MB; `spare` bytes are left free. */
static struct place *
small_place(const char *config, const char *options, off_t spare)
{
	struct place *pl;
	char path[PATH_ROOM];

	path_join(small, sc.tmp, "small");
	path_join(ballast, small, "ballast");
	mount_small(small, options);
	pl = place_at(path_join(path, small, "log"));
	dir_make(pl->path, config);
	if (spare >= 0) {
		fill(ballast);
		want(truncate(ballast, file_size(ballast) - spare) == 0,
		    "truncate: %s", strerror(errno));
	}
	return pl;
}

/* Feeds until the disk is full and nothing goes on. */
static void
run_into_it(void)
{
	int64_t until = now_ns() + WAIT_LIMIT;

	do
		feed_full();
	while (!has_said(FULL) && now_ns() < until);
	want(has_said(FULL), "the disk did not get full");
	feed_full();
	want(sc.part_n > 0 || pipe_holds() > 0, "the pipe is not full");
}

static void
space_again(void)
{
	want(unlink(ballast) == 0, "unlink: %s", strerror(errno));
}

/* When the first byte gets through, after there is space. */
static int64_t
until_resumed(struct place *pl)
{
	uint64_t was = place_bytes(pl);
	int64_t at = now_ns();

	space_again();
	await(place_bytes(pl) > was, WAIT_LIMIT, "it does not resume");
	return now_ns() - at;
}

static void
nothing_is_lost(void)
{
	struct place *pl = small_place("s100000", "size=2m", 256 * 1024);
	int64_t took;

	logger_on(pl);
	begin();
	run_into_it();
	want(lines_said() <= 1, "it says more than one line");
	took = until_resumed(pl);
	want(took <= RESUME_GATE * 2, "resumed only after %.0f ms",
	    ms_of(took));
	printf("  resumed after %.0f ms\n", ms_of(took));
	feed_rest();
	feed(2000);
	end();
	place_is_whole(pl);
}

static void
resumes_in_time(void)
{
	struct place *pl = small_place("s1000000", "size=8m", 64 * 1024);
	int64_t took, best = INT64_MAX;
	int i;

	logger_on(pl);
	begin();
	for (i = 0; i < 5; i++) {
		run_into_it();
		took = until_resumed(pl);
		best = took < best ? took : best;
		feed_rest();
		until_written(pl, WAIT_LIMIT);
		fill(ballast);
		want(truncate(ballast, file_size(ballast) - 32768) == 0,
		    "truncate: %s", strerror(errno));
	}
	want(best <= RESUME_GATE, "%.0f ms at best", ms_of(best));
	space_again();
	end();
	place_is_whole(pl);
}

static void
quiet_and_idle(void)
{
	struct place *pl = small_place("", "size=2m", 64 * 1024);
	int64_t cpu, at;
	long said_before;

	logger_on(pl);
	begin();
	run_into_it();
	said_before = lines_said();
	cpu = cpu_ns(sc.lg.pid);
	at = now_ns();
	measure_for(2000 * MS);
	cpu = cpu_ns(sc.lg.pid) - cpu;
	want(lines_said() - said_before <= 2, "%ld lines in 2 s",
	    lines_said() - said_before);
	want(cpu * 50 <= now_ns() - at, "%.1f ms of CPU in 2 s", ms_of(cpu));
	space_again();
	feed_rest();
	end();
	place_is_whole(pl);
}

static void
hup_meanwhile(void)
{
	struct place *pl = small_place("", "size=2m", 64 * 1024 + 1234);
	int i;

	logger_on(pl);
	begin();
	run_into_it();
	for (i = 0; i < 3; i++) {
		poke(i == 1 ? SIGALRM : SIGHUP);
		measure_for(30 * MS);
	}
	space_again();
	feed_rest();
	feed(100);
	end();
	place_is_whole(pl);
}

static void
new_config_meanwhile(void)
{
	struct place *pl = small_place("", "size=2m", 64 * 1024 + 1234);

	logger_on(pl);
	begin();
	run_into_it();
	file_write(in(pl, "config"), "n0\ns50000\n");
	poke(SIGHUP);
	measure_for(300 * MS);
	space_again();
	feed_rest();
	feed(100);
	end();
	place_is_whole(pl);
}

static void
no_inodes(void)
{
	struct place *pl = small_place("s20000", "size=8m,nr_inodes=24", -1);
	char name[32], path[PATH_ROOM];
	int64_t at, took;
	uint64_t was;
	int i, made = 0;

	logger_on(pl);
	begin();
	await(file_is(in(pl, "current")), WAIT_LIMIT, "no current");
	for (i = 0; i < 24; i++) {
		snprintf(name, sizeof(name), "inode%d", i);
		made +=
		    mknod(path_join(path, small, name), S_IFREG | 0600, 0) == 0;
	}
	want(made > 0 && made < 24, "%d inodes were left", made);
	run_into_it();
	was = place_bytes(pl);
	at = now_ns();
	for (i = 0; i < 24; i++) {
		snprintf(name, sizeof(name), "inode%d", i);
		unlink(path_join(path, small, name));
	}
	await(place_bytes(pl) > was, WAIT_LIMIT, "it does not resume");
	took = now_ns() - at;
	want(took <= 2 * RESUME_GATE, "resumed after %.0f ms", ms_of(took));
	want(mount("small", small, NULL, MS_REMOUNT,
		 "size=8m,nr_inodes=4000") == 0,
	    "remount: %s", strerror(errno));
	feed_rest();
	end();
	place_is_whole(pl);
}

/* Without WEIR_RING: the ring is a file on the disk that gets full. */
static void
ring_file(void)
{
	struct place *pl = small_place("s100000", "size=3m", 1500 * 1024);
	struct stat st;

	fd_drop(&sc.lg.ring);
	logger_on(pl);
	begin();
	run_into_it();
	want(stat(in(pl, "lock.ring"), &st) == 0, "there is no lock.ring");
	want(st.st_blocks * 512 >= st.st_size, "lock.ring has holes");
	end_by(SIGKILL, WAIT_LIMIT);
	begin_ready();
	feed_full();
	await(times_said(FULL) >= 2, WAIT_LIMIT,
	    "the disk is not full any more");
	space_again();
	feed_rest();
	feed(500);
	end();
	place_is_whole(pl);
}

static void
no_ring_file(void)
{
	struct place *pl = small_place("s100000", "size=2m", 300 * 1024);

	fd_drop(&sc.lg.ring);
	logger_on(pl);
	begin();
	run_into_it();
	want(times_said("no lock.ring") == 1, "it says nothing of the ring");
	space_again();
	feed_rest();
	feed(500);
	end();
	place_is_whole(pl);
}

static void
term_meanwhile(void)
{
	struct place *pl = small_place("", "size=2m", 64 * 1024);
	int64_t took;

	logger_on(pl);
	begin();
	run_into_it();
	took = end_by(SIGTERM, 10000 * MS);
	want(took <= 1500 * MS, "TERM took %.0f ms", ms_of(took));
	begin_ready();
	feed_full();
	took = end_by(SIGTERM, 10000 * MS);
	want(took <= 1500 * MS, "TERM took %.0f ms", ms_of(took));
	space_again();
	begin();
	feed_rest();
	feed(100);
	end();
	place_is_whole(pl);
}

static void
term_with_ring_file(void)
{
	struct place *pl = small_place("", "size=3m", 1400 * 1024);
	int64_t took;

	fd_drop(&sc.lg.ring);
	logger_on(pl);
	begin();
	run_into_it();
	took = end_by(SIGTERM, 10000 * MS);
	want(took <= 1500 * MS, "TERM took %.0f ms", ms_of(took));
	space_again();
	begin();
	feed_rest();
	feed(100);
	end();
	place_is_whole(pl);
}

static void
kill_meanwhile(void)
{
	struct place *pl = small_place("s50000", "size=2m", 300 * 1024);
	int i;

	logger_on(pl);
	begin();
	run_into_it();
	for (i = 0; i < 5; i++) {
		end_by(SIGKILL, WAIT_LIMIT);
		begin();
		feed_full();
	}
	space_again();
	feed_rest();
	feed(500);
	end();
	place_is_whole(pl);
}

/* --- drops ----------------------------------------------------------------*/

/* Takes marker lines out of a directory's text and adds their numbers up; the
 * rest goes to its check. */
static uint64_t
markers(struct place *pl, const char *name)
{
	const char *p = file_text(in(pl, name)), *nl;
	uint64_t sum = 0;
	unsigned long long n;
	char rest[32];

	pl->check.file = name;
	for (; *p; p = nl) {
		nl = p + strcspn(p, "\n");
		nl += *nl == '\n';
		if (sscanf(p, "svlogd: warning: %llu lines dropped%20[:]", &n,
			rest) == 2)
			sum += n;
		else
			check_bytes(&pl->check, p, (size_t)(nl - p));
	}
	return sum;
}

static uint64_t
place_markers(struct place *pl)
{
	uint64_t sum = 0;
	size_t i;

	names_read(&pl->names, pl->path);
	for (i = 0; i < pl->names.n; i++)
		sum += markers(pl, pl->names.v[i]);
	return sum + markers(pl, "current");
}

static long
markers_in(const struct place *pl, const char *name)
{
	const char *p = file_text(in(pl, name));
	long n = 0;

	while ((p = strstr(p, " lines dropped: "))) {
		p++;
		n++;
	}
	return n;
}

/* How many marker lines there are. */
static long
marker_lines(struct place *pl)
{
	long n = markers_in(pl, "current");
	size_t i;

	names_read(&pl->names, pl->path);
	for (i = 0; i < pl->names.n; i++)
		n += markers_in(pl, pl->names.v[i]);
	return n;
}

/* The lines that are missing are as many as the log says are. */
static void
drops_are_counted(struct place *pl)
{
	uint64_t marked, lost;

	pl->check.shown = CHECK_SHOWN; /* some are lost, and should be */
	marked = place_markers(pl);
	(void)check_end(&pl->check, sc.lines_sent);
	lost = check_lost(&pl->check);
	want(marked > 0, "nothing was dropped");
	want(pl->check.doubled == 0 && pl->check.disordered == 0,
	    "doubled %llu, out of order %llu",
	    (unsigned long long)pl->check.doubled,
	    (unsigned long long)pl->check.disordered);
	want(pl->check.torn == 0, "torn %llu",
	    (unsigned long long)pl->check.torn);
	want(marked == lost, "%llu are missing, the log says %llu",
	    (unsigned long long)lost, (unsigned long long)marked);
}

static void
drop_counts(void)
{
	struct place *pl = small_place("Bdrop;s100000", "size=2m", 256 * 1024);

	logger_on(pl);
	begin();
	feed(40000); /* some 5 MB: never blocks */
	want(has_said(FULL), "the disk did not get full");
	space_again();
	await(marker_lines(pl) > 0, 2000 * MS, "no marker line in time");
	feed(200);
	end();
	drops_are_counted(pl);
}

static void
drop_twice(void)
{
	struct place *pl = small_place("Bdrop", "size=2m", 200 * 1024 + 77);
	int i;

	logger_on(pl);
	begin();
	for (i = 0; i < 3; i++) {
		feed(20000);
		want(times_said(FULL) > 0, "the disk did not get full");
		space_again();
		await(marker_lines(pl) > i, 2000 * MS,
		    "no marker line in time");
		feed(200);
		end_by(i == 1 ? SIGKILL : SIGTERM, WAIT_LIMIT);
		want(truncate(in(pl, "config"), 0) == 0, "truncate");
		file_write(in(pl, "config"), "n0\nBdrop\n");
		begin();
		feed(10);
		if (i == 2)
			break;
		fill(ballast);
		want(truncate(ballast, file_size(ballast) - 3210) == 0,
		    "truncate: %s", strerror(errno));
	}
	end();
	drops_are_counted(pl);
}

static void
drop_killed(void)
{
	struct place *pl = small_place("Bdrop;s40000", "size=2m", 200 * 1024);
	int i;

	logger_on(pl);
	begin();
	for (i = 0; i < 8; i++) {
		feed(5000);
		end_by(SIGKILL, WAIT_LIMIT);
		begin();
	}
	want(has_said(FULL), "the disk did not get full");
	space_again();
	feed(500);
	end();
	drops_are_counted(pl);
}

static void
other_directory(void)
{
	struct place *pl = small_place("Bdrop", "size=2m", 200 * 1024);
	struct place *other = place_new("s100000");

	logger_on(pl);
	logger_on(other);
	begin();
	feed(30000);
	want(has_said(FULL), "the disk did not get full");
	until_written(other, WAIT_LIMIT);
	space_again();
	await(marker_lines(pl) > 0, 2000 * MS, "no marker line in time");
	feed(100);
	end();
	drops_are_counted(pl);
	place_is_whole(other);
}

static void
drop_ends(void)
{
	struct place *pl = small_place("Bdrop", "size=2m", 100 * 1024);
	int64_t took;

	logger_on(pl);
	begin();
	feed(20000);
	want(has_said(FULL), "the disk did not get full");
	took = end_by(SIGTERM, 10000 * MS);
	want(took <= 1500 * MS, "TERM took %.0f ms", ms_of(took));
	space_again();
	begin();
	feed(100);
	end();
	drops_are_counted(pl);
}

/* --- N --------------------------------------------------------------------*/

/* Only the oldest files went, and some are left. */
static void
prune_by_n(const char *config, size_t keep)
{
	struct place *pl = small_place(config, "size=2m", 700 * 1024);
	struct check *ck = &pl->check;

	logger_on(pl);
	begin();
	feed(40000);
	end();
	want(times_said("out of disk space, delete: ") > 10,
	    "nothing had to go");
	ck->shown = CHECK_SHOWN; /* some are lost, and should be */
	place_read(ck, pl);
	(void)check_end(ck, sc.lines_sent);
	want(pl->names.n >= keep, "%zu old files are left", pl->names.n);
	want(ck->n_gaps == 1 && ck->gaps[0].from == 0,
	    "what is missing is not the oldest");
	want(ck->doubled == 0 && ck->torn == 0 && ck->disordered == 0,
	    "doubled %llu, torn %llu", (unsigned long long)ck->doubled,
	    (unsigned long long)ck->torn);
}

static void
prune_below_n(void)
{
	prune_by_n("s50000;n30;N4", 4);
}

static void
prune_above_n(void)
{
	prune_by_n("s50000;n0;N4", 4);
}

/* Nor is there one for a new current without. */
static void
prune_for_inodes(void)
{
	struct place *pl =
	    small_place("s50000;n100;N4", "size=16m,nr_inodes=24", -1);

	logger_on(pl);
	begin();
	feed(20000);
	end();
	want(times_said("out of disk space, delete: ") > 10,
	    "nothing had to go");
	pl->check.shown = CHECK_SHOWN;
	place_read(&pl->check, pl);
	want(pl->check.next == sc.lines_sent, "the newest lines are gone");
}

static void
prune_keeps(void)
{
	struct place *pl =
	    small_place("s50000;n0;N1000", "size=2m", 400 * 1024);

	logger_on(pl);
	begin();
	run_into_it();
	want(times_said("delete: ") == 0, "it deleted something");
	space_again();
	feed_rest();
	end();
	place_is_whole(pl);
}

/* What waits for a processor that hangs does not fill the disk for ever. */
static void
prune_waiting(void)
{
	struct place *pl =
	    small_place("s50000;n3;N4;!sleep 1000", "size=2m", 700 * 1024);

	logger_on(pl);
	begin();
	feed(20000);
	end_by(SIGTERM, 15000 * MS);
	want(times_said("out of disk space, delete: ") > 10,
	    "nothing had to go");
	pl->check.shown = CHECK_SHOWN;
	place_read(&pl->check, pl);
	want(pl->check.next == sc.lines_sent, "the newest lines are gone");
	want(pl->names.n >= 4, "%zu old files are left", pl->names.n);
}

static const struct scene scenes[] = {
	{ "a full disk loses no line and is said once", nothing_is_lost, 0 },
	{ "logging resumes within 250 ms of there being space", resumes_in_time,
	    0 },
	{ "a full disk costs no CPU and at most a line a second",
	    quiet_and_idle, 0 },
	{ "HUP and ALRM on a full disk double and lose nothing", hup_meanwhile,
	    0 },
	{ "a new config on a full disk doubles and loses nothing",
	    new_config_meanwhile, 0 },
	{ "no inodes left: no line is lost, and it resumes", no_inodes, 0 },
	{ "lock.ring has its blocks before the disk is full", ring_file, 0 },
	{ "no room for lock.ring is said once, and nothing is lost",
	    no_ring_file, 0 },
	{ "TERM on a full disk ends it, and the next one loses nothing",
	    term_meanwhile, 0 },
	{ "TERM on a full disk leaves the rest in lock.ring",
	    term_with_ring_file, 0 },
	{ "SIGKILL on a full disk loses and doubles nothing", kill_meanwhile,
	    0 },
	{ "Bdrop says in the log exactly how many lines are missing",
	    drop_counts, 0 },
	{ "Bdrop counts exactly, stopped and killed in between", drop_twice,
	    0 },
	{ "Bdrop counts exactly when killed on a full disk", drop_killed, 0 },
	{ "Bdrop ends by TERM on a full disk, and the next one tells",
	    drop_ends, 0 },
	{ "a directory that drops takes no line from another", other_directory,
	    0 },
	{ "N below n gives the oldest files for space", prune_below_n, 0 },
	{ "N above n gives the oldest files for space", prune_above_n, 0 },
	{ "without inodes the oldest files go for a new one", prune_for_inodes,
	    0 },
	{ "N files are kept on a full disk", prune_keeps, 0 },
	{ "a processor that hangs does not fill the disk for ever",
	    prune_waiting, 0 },
};

int
main(int argc, char **argv)
{
	(void)argc;
	return scenes_main(argv, scenes, sizeof(scenes) / sizeof(scenes[0]));
}
