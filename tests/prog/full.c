/* full: a disk that is full, and then is not any more. */
#define _GNU_SOURCE
#include "scene.h"

#define FULL "out of disk space"
#define RESUME_GATE (250 * MS)
#define KB 1024

/* Once there is space again it holds all that pipe and ring held up, 1 MiB
 * each, or old files would be given up for it. */
#define ROOMY "size=16m"

/* Nothing is left of the disk but so many bytes. */
static void
space_left(off_t spare)
{
	disk_fill(sc.ballast);
	want(truncate(sc.ballast, file_size(sc.ballast) - spare) == 0,
	    "truncate: %s", strerror(errno));
}

static void
space_again(void)
{
	want(unlink(sc.ballast) == 0, "unlink: %s", strerror(errno));
}

static struct place *
small_place(const char *config, const char *options, off_t spare)
{
	struct place *pl = place_small(config, options);

	if (spare >= 0)
		space_left(spare);
	return pl;
}

static void
is_full(void)
{
	want(has_said(FULL), "the disk did not get full");
}

/* Feeds until the disk is full and nothing goes on. */
static void
run_into_it(void)
{
	int64_t until = now_ns() + WAIT_LIMIT;

	do
		feed_full();
	while (!has_said(FULL) && now_ns() < until);
	is_full();
	feed_full();
	want(sc.part_n > 0 || pipe_holds() > 0, "the pipe is not full");
}

/* A logger whose disk has just become full. */
static struct place *
begin_full(const char *config, const char *options, off_t spare)
{
	struct place *pl = begin_on(small_place(config, options, spare));

	run_into_it();
	return pl;
}

/* The same with its ring on that disk. */
static struct place *
begin_full_ring(const char *config, const char *options, off_t spare)
{
	fd_drop(&sc.lg.ring);
	return begin_full(config, options, spare);
}

/* There is space: all that was held up and n lines more come through. */
static void
goes_on(struct place *pl, uint64_t n)
{
	space_again();
	feed_rest();
	feed(n);
	end();
	place_is_whole(pl);
}

/* When the first byte gets through, after there is space. */
static int64_t
until_resumed(struct place *pl, void (*make_space)(void))
{
	uint64_t was = place_bytes(pl);
	int64_t at = now_ns();

	make_space();
	await(place_bytes(pl) > was, WAIT_LIMIT, "it does not resume");
	return now_ns() - at;
}

/* --- nothing is lost ------------------------------------------------------*/

static void
said_once(void)
{
	struct place *pl = begin_full("s100000", ROOMY, 256 * KB);

	want(lines_said() <= 1, "it says more than one line");
	goes_on(pl, 2000);
}

static void
resumes_in_time(void)
{
	struct place *pl =
	    begin_on(small_place("s1000000", "size=8m", 64 * KB));
	int64_t took, best = INT64_MAX;
	int i;

	for (i = 0; i < 5; i++) {
		run_into_it();
		took = until_resumed(pl, space_again);
		best = took < best ? took : best;
		feed_rest();
		until_written(pl, WAIT_LIMIT);
		space_left(32 * KB);
	}
	want(best <= RESUME_GATE, "%.0f ms at best", ms_of(best));
	printf("  resumed after %.0f ms at best\n", ms_of(best));
	goes_on(pl, 0);
}

/* Nothing is read and no signal comes when what was held up is written. */
static void
told_when_it_goes_on(void)
{
	struct place *pl = small_place("s0", ROOMY, 16 * KB);

	feed(450); /* one read takes all */
	begin_on(pl);
	await(has_said(FULL), WAIT_LIMIT, "the disk did not get full");
	measure_for(1500 * MS); /* lock.stats has told of that */
	want(place_counter(pl, "written_lines") < sc.lines_sent,
	    "all is there");
	space_again();
	await(place_counter(pl, "written_lines") == sc.lines_sent, WAIT_LIMIT,
	    "lock.stats does not tell");
	end();
	place_is_whole(pl);
}

static void
quiet_and_idle(void)
{
	struct place *pl = begin_full("", ROOMY, 64 * KB);
	int64_t cpu = cpu_ns(sc.lg.pid), at = now_ns();
	long said_before = lines_said();

	measure_for(2000 * MS);
	cpu = cpu_ns(sc.lg.pid) - cpu;
	want(lines_said() - said_before <= 2, "%ld lines in 2 s",
	    lines_said() - said_before);
	want(cpu * 50 <= now_ns() - at, "%.1f ms of CPU in 2 s", ms_of(cpu));
	goes_on(pl, 0);
}

static void
hup_meanwhile(void)
{
	static const int signals[] = { SIGHUP, SIGALRM, SIGHUP };
	struct place *pl = begin_full("", ROOMY, 64 * KB + 1234);
	size_t i;

	for (i = 0; i < COUNT(signals); i++) {
		poke(signals[i]);
		measure_for(30 * MS);
	}
	goes_on(pl, 100);
}

static void
new_config_meanwhile(void)
{
	struct place *pl = begin_full("", ROOMY, 64 * KB + 1234);

	file_write(in(pl, "config"), "n0\ns50000\n");
	poke(SIGHUP);
	measure_for(300 * MS);
	goes_on(pl, 100);
}

/* --- inodes ---------------------------------------------------------------*/

enum { INODES = 24 };

static const char *
inode_path(int i)
{
	static char path[PATH_ROOM];
	char name[32];

	snprintf(name, sizeof(name), "inode%d", i);
	return path_join(path, sc.small, name);
}

static void
inodes_again(void)
{
	int i;

	for (i = 0; i < INODES; i++)
		unlink(inode_path(i));
}

static void
no_inodes(void)
{
	struct place *pl =
	    begin_on(small_place("s20000", "size=8m,nr_inodes=24", -1));
	int64_t took;
	int i, made = 0;

	await(file_is(in(pl, "current")), WAIT_LIMIT, "no current");
	for (i = 0; i < INODES; i++)
		made += mknod(inode_path(i), S_IFREG | 0600, 0) == 0;
	want(made > 0 && made < INODES, "%d inodes were left", made);
	run_into_it();
	took = until_resumed(pl, inodes_again);
	want(took <= 2 * RESUME_GATE, "resumed after %.0f ms", ms_of(took));
	want(mount("small", sc.small, NULL, MS_REMOUNT,
		 "size=8m,nr_inodes=4000") == 0,
	    "remount: %s", strerror(errno));
	feed_rest();
	end();
	place_is_whole(pl);
}

/* --- the ring on that disk ------------------------------------------------*/

static void
ring_has_its_blocks(void)
{
	struct place *pl = begin_full_ring("s100000", ROOMY, 1500 * KB);
	struct stat st;

	want(stat(in(pl, "lock.ring"), &st) == 0, "there is no lock.ring");
	want(st.st_blocks * 512 >= st.st_size, "lock.ring has holes");
	end_by(SIGKILL, WAIT_LIMIT);
	begin_ready();
	feed_full();
	await(times_said(FULL) >= 2, WAIT_LIMIT,
	    "the disk is not full any more");
	goes_on(pl, 500);
}

static void
no_room_for_ring(void)
{
	struct place *pl = begin_full_ring("s100000", ROOMY, 300 * KB);

	want(times_said("no lock.ring") == 1, "it says nothing of the ring");
	goes_on(pl, 500);
}

static void
term_with_ring_file(void)
{
	struct place *pl = begin_full_ring("", ROOMY, 1400 * KB);

	end_in_time();
	space_again();
	begin();
	feed_rest();
	feed(100);
	end();
	place_is_whole(pl);
}

/* --- ended meanwhile ------------------------------------------------------*/

static void
term_meanwhile(void)
{
	struct place *pl = begin_full("", ROOMY, 64 * KB);

	end_in_time();
	begin_ready();
	feed_full();
	end_in_time();
	space_again();
	begin();
	feed_rest();
	feed(100);
	end();
	place_is_whole(pl);
}

/* There is a processor to wait for, and nothing to write meanwhile. */
static void
term_and_idle(void)
{
	int64_t cpu, at;
	int status;

	begin_full("s50000;n0;N1000;!sleep 1000", "size=2m", 400 * KB);
	cpu = cpu_ns(sc.lg.pid);
	at = now_ns();
	poke(SIGTERM);
	measure_for(3000 * MS);
	cpu = cpu_ns(sc.lg.pid) - cpu;
	want(cpu * 10 <= now_ns() - at, "%.1f ms of CPU in 3 s", ms_of(cpu));
	want(has_ended(WAIT_LIMIT, &status), "it does not end");
}

static void
kill_meanwhile(void)
{
	struct place *pl = begin_full("s50000", ROOMY, 300 * KB);
	int i;

	for (i = 0; i < 5; i++) {
		killed_and_begun();
		feed_full();
	}
	goes_on(pl, 500);
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

	pl->check.may = CHECK_LOST;
	marked = place_markers(pl);
	check_want(&pl->check);
	lost = check_lost(&pl->check);
	want(marked > 0, "nothing was dropped");
	want(marked == lost, "%llu are missing, the log says %llu",
	    (unsigned long long)lost, (unsigned long long)marked);
}

/* A logger that has dropped lines of `n`: it never blocks. */
static struct place *
begin_dropping(const char *config, off_t spare, uint64_t n)
{
	struct place *pl = begin_on(small_place(config, ROOMY, spare));

	feed(n);
	is_full();
	return pl;
}

/* There is space: the log says what is missing, before more than `had` other
 * marker lines. */
static void
tells(struct place *pl, long had)
{
	space_again();
	await(marker_lines(pl) > had, 2000 * MS, "no marker line in time");
}

static void
drops_end(struct place *pl, uint64_t n)
{
	feed(n);
	end();
	drops_are_counted(pl);
}

static void
drop_counts(void)
{
	struct place *pl =
	    begin_dropping("Bdrop;s100000", 256 * KB, 40000); /* 5 MB */

	tells(pl, 0);
	drops_end(pl, 200);
}

static void
drop_again(void)
{
	static const int signals[] = { SIGTERM, SIGKILL, SIGTERM };
	struct place *pl = begin_on(small_place("Bdrop", ROOMY, 200 * KB));
	size_t i;

	for (i = 0; i < COUNT(signals); i++) {
		if (i > 0)
			space_left(3210);
		feed(20000);
		is_full();
		tells(pl, (long)i);
		feed(200);
		end_by(signals[i], WAIT_LIMIT);
		begin();
		feed(10);
	}
	drops_end(pl, 0);
}

static void
drop_killed(void)
{
	struct place *pl =
	    begin_on(small_place("Bdrop;s40000", ROOMY, 200 * KB));
	int i;

	for (i = 0; i < 8; i++) {
		feed(5000);
		killed_and_begun();
	}
	is_full();
	space_again();
	drops_end(pl, 500);
}

static void
drop_ended(void)
{
	struct place *pl = begin_dropping("Bdrop", 100 * KB, 20000);

	end_in_time();
	space_again();
	begin();
	drops_end(pl, 100);
}

/* What came through another pipe is to be written before anything is read. */
static void
drop_of_another_pipe(void)
{
	struct place *pl = small_place("s0;Bdrop", ROOMY, 16 * KB);
	int ring = sc.lg.ring;

	feed(450);
	begin_on(pl);
	await(has_said(FULL), WAIT_LIMIT, "the disk did not get full");
	end_by(SIGKILL, WAIT_LIMIT);
	logger_pipe(&sc.lg);
	fd_drop(&sc.lg.ring);
	sc.lg.ring = ring; /* the same */
	fcntl(sc.lg.wr, F_SETFL, O_NONBLOCK);
	begin();
	feed(4000); /* more than a pipe takes */
	space_again();
	drops_end(pl, 500);
}

static void
other_directory(void)
{
	struct place *pl = small_place("Bdrop", ROOMY, 200 * KB);
	struct place *other = place_new("s100000");

	logger_on(pl);
	begin_on(other);
	feed(30000);
	is_full();
	until_written(other, WAIT_LIMIT);
	tells(pl, 0);
	drops_end(pl, 100);
	place_is_whole(other);
}

/* --- N --------------------------------------------------------------------*/

static void
pruned_for_space(void)
{
	want(times_said("out of disk space, delete: ") > 10,
	    "nothing had to go");
}

/* Only the oldest files went, and some are left. */
static void
prune_by_n(const char *config, size_t keep)
{
	struct place *pl = begin_on(small_place(config, "size=2m", 700 * KB));

	feed(40000);
	end();
	pruned_for_space();
	place_holds(pl, CHECK_OLDEST);
	want(pl->names.n >= keep, "%zu old files are left", pl->names.n);
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
	pruned_for_space();
	place_holds(pl, CHECK_OLDEST);
}

static void
prune_keeps(void)
{
	struct place *pl = begin_full("s50000;n0;N1000", "size=2m", 400 * KB);

	want(times_said("delete: ") == 0, "it deleted something");
	goes_on(pl, 0);
}

/* What waits for a processor that hangs does not fill the disk for ever. */
static void
prune_waiting(void)
{
	struct place *pl = begin_on(
	    small_place("s50000;n3;N4;!sleep 1000", "size=2m", 700 * KB));

	feed(20000);
	end_by(SIGTERM, WAIT_LIMIT);
	pruned_for_space();
	place_holds(pl, CHECK_LOST); /* the one in process stays */
	want(pl->check.next == sc.lines_sent, "the newest lines are gone");
	want(pl->names.n >= 4, "%zu old files are left", pl->names.n);
}

/* One of two directories has lines to come when the logger dies, and cannot be
 * opened when the next one starts, reads, and ends. */
static void
kept_for_later(void)
{
	struct place *pl = place_new("s0");
	struct place *away = small_place("s0", ROOMY, 8 * KB);
	char elsewhere[PATH_ROOM];

	if (sc.arg)
		fd_drop(&sc.lg.ring); /* lock.ring, in the other one */
	logger_on(pl);
	feed(450);
	begin_on(away);
	await(has_said(FULL), WAIT_LIMIT, "the disk did not get full");
	until_written(pl, WAIT_LIMIT);
	end_by(SIGKILL, WAIT_LIMIT);
	space_again();
	path_join(elsewhere, sc.small, "elsewhere");
	want(rename(away->path, elsewhere) == 0, "rename");
	begin_ready();
	feed(50);
	until_written(pl, WAIT_LIMIT);
	end_by(SIGTERM, WAIT_LIMIT);
	want(has_said("unable to open log directory"), "it is there");
	want(rename(elsewhere, away->path) == 0, "rename");
	begin();
	end();
	place_is_whole(pl);
	place_is_whole(away);
}

static const struct scene scenes[] = {
	{ "a full disk loses no line and is said once", said_once, 0 },
	{ "logging resumes within 250 ms of there being space", resumes_in_time,
	    0 },
	{ "lock.stats tells when what was held up is written",
	    told_when_it_goes_on, 0 },
	{ "a full disk costs no CPU and at most a line a second",
	    quiet_and_idle, 0 },
	{ "HUP and ALRM on a full disk double and lose nothing", hup_meanwhile,
	    0 },
	{ "a new config on a full disk doubles and loses nothing",
	    new_config_meanwhile, 0 },
	{ "no inodes left: no line is lost, and it resumes", no_inodes, 0 },
	{ "lock.ring has its blocks before the disk is full",
	    ring_has_its_blocks, 0 },
	{ "no room for lock.ring is said once, and nothing is lost",
	    no_room_for_ring, 0 },
	{ "TERM on a full disk ends it, and the next one loses nothing",
	    term_meanwhile, 0 },
	{ "TERM on a full disk leaves the rest in lock.ring",
	    term_with_ring_file, 0 },
	{ "TERM on a full disk waits for a processor idly", term_and_idle, 0 },
	{ "SIGKILL on a full disk loses and doubles nothing", kill_meanwhile,
	    0 },
	{ "Bdrop says in the log exactly how many lines are missing",
	    drop_counts, 0 },
	{ "Bdrop counts exactly, stopped and killed in between", drop_again,
	    0 },
	{ "Bdrop counts exactly when killed on a full disk", drop_killed, 0 },
	{ "Bdrop ends by TERM on a full disk, and the next one tells",
	    drop_ended, 0 },
	{ "Bdrop holds up no other pipe either", drop_of_another_pipe, 0 },
	{ "a directory that drops takes no line from another", other_directory,
	    0 },
	{ "N below n gives the oldest files for space", prune_below_n, 0 },
	{ "N above n gives the oldest files for space", prune_above_n, 0 },
	{ "without inodes the oldest files go for a new one", prune_for_inodes,
	    0 },
	{ "N files are kept on a full disk", prune_keeps, 0 },
	{ "a processor that hangs does not fill the disk for ever",
	    prune_waiting, 0 },
	{ "what is for a directory that is away is kept for it", kept_for_later,
	    0 },
	{ "... in lock.ring, too", kept_for_later, 1 },
};

int
main(int argc, char **argv)
{
	(void)argc;
	return scenes_main(argv, scenes, COUNT(scenes));
}
