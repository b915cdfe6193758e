/* packs: old files that are compressed beside the log (the z line), while
 * loggers and compressors are killed, stopped and out of space. */
#define _GNU_SOURCE
#include "scene.h"

/* --- what there is -------------------------------------------------------- */

static size_t
old_files(const struct place *pl)
{
	return files_of(pl, ".s") + files_of(pl, ".s.gz") + files_of(pl, ".u");
}

static void
all_packed(const struct place *pl)
{
	await(files_of(pl, ".s") == 0 && files_of(pl, ".t.gz") == 0, WAIT_LIMIT,
	    "%zu files are not compressed", files_of(pl, ".s"));
}

/* Every .gz there is, those included whose plain file is there too: whole, and
 * dressed as a closed file. */
static void
packed_are_whole(struct place *pl)
{
	struct bytes b = { 0 };
	struct stat st;
	size_t i;

	names_all(&pl->names, pl->path);
	for (i = 0; i < pl->names.n; i++) {
		const char *name = pl->names.v[i];

		if (strcmp(name + LABEL_CHARS, ".s.gz") != 0)
			continue;
		want(lstat(in(pl, name), &st) == 0 &&
			 (st.st_mode & 0777) == 0744,
		    "%s has mode %o", name, st.st_mode & 0777);
		b.n = 0;
		log_add(&b, in(pl, name));
	}
	bytes_free(&b);
}

/* ... and all lines are there, by gzip(1) too. */
static void
is_whole(struct place *pl)
{
	char command[PATH_ROOM + 64];

	packed_are_whole(pl);
	snprintf(command, sizeof(command), "cd %s && gzip -t ./@*.s.gz",
	    pl->path);
	want(files_of(pl, ".s.gz") == 0 || system(command) == 0,
	    "gzip does not take it");
	place_is_whole(pl);
}

/* A counter of lock.stats. */
static long
counter(const struct place *pl, const char *name)
{
	const char *p = strstr(file_text(in(pl, "lock.stats")), name);

	want(p, "no counter %s", name);
	return atol(p + strlen(name));
}

/* Writes until there have been that many rotations. */
static void
rotate_times(struct place *pl, size_t n)
{
	while (n-- > 0) {
		feed_and_read(20);
		await(file_size(in(pl, "current")) > 0, WAIT_LIMIT,
		    "nothing is written");
		poke(SIGALRM);
		await(file_size(in(pl, "current")) == 0, WAIT_LIMIT,
		    "it does not rotate");
	}
}

static void
configure(struct place *pl, const char *text)
{
	file_write(in(pl, "config"), text);
}

#define LARGE "@400000000000000b00000000"

/* A large .s from before, so that a compressor is busy with it. */
static void
put_large(struct place *pl, size_t n)
{
	struct bytes b = { 0 };
	uint64_t state = 7;

	while (b.n < n) {
		uint64_t word = random_between(&state, 0, INT64_MAX);
		char text[32];

		bytes_add(&b, text,
		    (size_t)snprintf(text, sizeof(text), "%llx\n",
			(unsigned long long)word));
	}
	file_put(in(pl, "@400000000000000b00000000.s"), b.p, b.n, 0744);
	bytes_free(&b);
}

/* The compressor at work on that, stopped in the midst of it. */
static pid_t
stopped_at_work(struct place *pl)
{
	pid_t pid = 0;

	await(file_size(in(pl, LARGE ".t.gz")) > 0 &&
		  proc_children(sc.lg.pid, &pid, 1) == 1,
	    WAIT_LIMIT, "nothing is being compressed");
	want(kill(pid, SIGSTOP) == 0, "kill: %s", strerror(errno));
	want(!file_is(in(pl, LARGE ".s.gz")), "it was too quick");
	return pid;
}

/* --- all goes well -------------------------------------------------------- */

static void
works(void)
{
	struct place *pl = begin_in("s20000;z");

	feed(5000);
	until_read();
	all_packed(pl);
	await(counter(pl, "compressed_files ") == (long)files_of(pl, ".s.gz"),
	    WAIT_LIMIT, "not counted");
	want(counter(pl, "compressed_bytes_in ") >
		 counter(pl, "compressed_bytes_out "),
	    "counted as %ld to %ld bytes", counter(pl, "compressed_bytes_in "),
	    counter(pl, "compressed_bytes_out "));
	end();
	want(files_of(pl, ".s.gz") > 20, "%zu files", files_of(pl, ".s.gz"));
	want(files_of(pl, ".t.gz") == 0, "a .t.gz is left");
	want(counter(pl, "compressor_failures ") == 0, "failures");
	is_whole(pl);
}

static void
stamped(void)
{
	struct place *pl;

	logger_stamp(&sc.lg, (long)sc.arg);
	pl = begin_in("s20000;z1");
	pl->check.stamp = (int)sc.arg;
	feed(3000);
	until_read();
	all_packed(pl);
	end();
	is_whole(pl);
}

static void
from_before(void)
{
	struct place *pl = begin_in("s20000");
	size_t n;

	feed(3000);
	end_by(SIGTERM, WAIT_LIMIT);
	n = files_of(pl, ".s");
	want(n > 10, "%zu old files", n);
	configure(pl, "n0\ns20000\nz9\n");
	begin_ready();
	all_packed(pl);
	end();
	want(files_of(pl, ".s.gz") == n, "%zu of %zu", files_of(pl, ".s.gz"),
	    n);
	is_whole(pl);
}

static void
hang_ups(void)
{
	struct place *pl = begin_ready_on(place_new("#"));

	rotate_times(pl, 3);
	configure(pl, "n0\nz\n");
	poke(SIGHUP);
	all_packed(pl);
	want(files_of(pl, ".s.gz") == 3, "%zu", files_of(pl, ".s.gz"));
	configure(pl, "n0\nzz\n");
	poke(SIGHUP);
	await(has_said("not a level from 1 to 9"), WAIT_LIMIT, "not told");
	rotate_times(pl, 2);
	configure(pl, "n0\n#z\n");
	poke(SIGHUP);
	rotate_times(pl, 1);
	want(files_of(pl, ".s") == 3, "%zu", files_of(pl, ".s"));
	configure(pl, "n0\nz\n");
	poke(SIGHUP);
	all_packed(pl);
	put_large(pl, 1000); /* older than all that it knows */
	poke(SIGHUP);
	all_packed(pl);
	want(unlink(in(pl, LARGE ".s.gz")) == 0, "it is not there");
	end();
	want(files_of(pl, ".s.gz") == 6, "%zu", files_of(pl, ".s.gz"));
	is_whole(pl);
}

static void
processed_first(void)
{
	struct place *pl = begin_in("s20000;z;!cat");

	feed(3000);
	until_read();
	await(files_of(pl, ".u") == 0, WAIT_LIMIT, "not processed");
	all_packed(pl);
	end();
	want(files_of(pl, ".s.gz") > 10, "%zu", files_of(pl, ".s.gz"));
	is_whole(pl);
}

/* What a processor made gzip keeps its name. */
static void
packed_by_processor(void)
{
	struct place *pl = begin_ready_on(place_new("z;!gzip"));

	rotate_times(pl, 3);
	await(files_of(pl, ".u") == 0, WAIT_LIMIT, "not processed");
	configure(pl, "n0\nz\n");
	poke(SIGHUP);
	rotate_times(pl, 1);
	await(files_of(pl, ".s.gz") == 1, WAIT_LIMIT, "not compressed");
	end();
	want(files_of(pl, ".s") == 3, "%zu", files_of(pl, ".s"));
}

static void
pruned(void)
{
	struct place *pl = begin_ready_on(place_new("n3;z"));
	size_t i;

	for (i = 0; i < 10; i++) {
		rotate_times(pl, 1);
		all_packed(pl);
	}
	end();
	want(old_files(pl) == 3, "%zu old files", old_files(pl));
	packed_are_whole(pl);
	pl->check.may = CHECK_OLDEST;
	place_read(&pl->check, pl);
	want(pl->check.next == sc.lines_sent, "not the newest are left");
}

static void
many_directories(void)
{
	size_t i, most = 0;

	for (i = 0; i < SCENE_DIRS; i++)
		logger_on(place_new("s5000;z9"));
	begin();
	for (i = 0; i < 60; i++) {
		pid_t pids[16];
		size_t n = proc_children(sc.lg.pid, pids, 16);

		feed(100);
		most = n > most ? n : most;
	}
	until_read();
	for (i = 0; i < SCENE_DIRS; i++)
		all_packed(&sc.place[i]);
	end();
	/* One syncs, and some have just ended. */
	want(most <= 5, "%zu children at once", most);
	for (i = 0; i < SCENE_DIRS; i++)
		is_whole(&sc.place[i]);
}

/* --- somebody dies -------------------------------------------------------- */

static long
how_often(void)
{
	return sc.n_long ? sc.n_long : 25;
}

static void
logger_killed(void)
{
	struct place *pl = begin_in("s30000;z");
	uint64_t state = sc.lines.seed;
	long i;

	for (i = 0; i < how_often(); i++) {
		feed(random_between(&state, 10, 1500));
		measure_for((int64_t)random_between(&state, 0, 8) * MS);
		killed_and_begun();
		packed_are_whole(pl);
	}
	until_read();
	all_packed(pl);
	end();
	is_whole(pl);
}

/* So many files, and it is left in peace until it has caught up. */
enum { MANY = 60 };

static void
compressor_killed(void)
{
	struct place *pl = begin_in("s100000;z9");
	uint64_t state = sc.lines.seed;
	long killed = 0;
	pid_t pids[4];
	size_t n;

	while (killed < how_often() / 3) { /* each is followed by a pause */
		if (files_of(pl, ".s") > MANY)
			await(files_of(pl, ".s") < MANY / 4, WAIT_LIMIT,
			    "it does not go on");
		feed(random_between(&state, 10, 1500));
		n = proc_children(sc.lg.pid, pids, 4);
		while (n-- > 0)
			killed += kill(pids[n], SIGKILL) == 0;
	}
	packed_are_whole(pl);
	want(counter(pl, "compressor_failures ") >= 0, "no counter");
	end_by(SIGTERM, WAIT_LIMIT);
	begin_ready();
	all_packed(pl);
	end();
	is_whole(pl);
}

/* The child of a killed logger and that of the next one are not in each
 * other's way. */
static void
orphan(void)
{
	struct place *pl = place_new("z");
	pid_t pid;

	put_large(pl, 4000000);
	begin_on(pl);
	pid = stopped_at_work(pl);
	killed_and_begun();
	rotate_times(pl, 2);
	await(files_of(pl, ".s.gz") == 2, WAIT_LIMIT, "others wait for it");
	want(file_is(in(pl, LARGE ".s")), "it was not done with");
	want(kill(pid, SIGCONT) == 0, "kill: %s", strerror(errno));
	await(file_is(in(pl, LARGE ".s.gz")) && !file_is(in(pl, LARGE ".s")),
	    WAIT_LIMIT, "it is not compressed");
	end();
	packed_are_whole(pl);
}

/* No line has come for a while when it ends. */
static void
late(void)
{
	struct place *pl = place_new("s100000;z");
	pid_t pid;

	put_large(pl, 4000000);
	begin_on(pl);
	pid = stopped_at_work(pl);
	measure_for(1500 * MS);
	want(counter(pl, "compressed_files ") == 0, "counted too early");
	want(kill(pid, SIGCONT) == 0, "kill: %s", strerror(errno));
	await(counter(pl, "compressed_files ") == 1, WAIT_LIMIT, "not counted");
	end();
}

/* --- the compressor hangs or cannot --------------------------------------- */

static void
hangs(void)
{
	struct place *pl = place_new("s100000;z");
	int64_t took;

	put_large(pl, 4000000);
	begin_on(pl);
	stopped_at_work(pl);
	feed(20000);
	until_read();
	poke(SIGHUP);
	feed(100);
	took = end_by(SIGTERM, 15000 * MS);
	want(took >= 4500 * MS && took <= 9000 * MS, "TERM took %.0f ms",
	    ms_of(took));
	want(strays_end(1000 * MS), "the compressor lives on");
	want(files_of(pl, ".s.gz") == 0, "somebody else is compressed");
	want(files_of(pl, ".t.gz") == 0, "a .t.gz is left");
	begin_ready();
	all_packed(pl);
	end();
	packed_are_whole(pl);
	want(unlink(in(pl, LARGE ".s.gz")) == 0, "it is not there");
	place_is_whole(pl);
}

/* A backlog is no reason to stay. */
static void
term_with_much_to_do(void)
{
	struct place *pl = begin_in("s2000");

	feed(20000);
	end_by(SIGTERM, WAIT_LIMIT);
	configure(pl, "n0\ns2000\nz9\n");
	begin_ready();
	end_in_time();
	want(files_of(pl, ".s") > 100, "only %zu files are left to compress",
	    files_of(pl, ".s"));
	is_whole(pl);
}

static void
in_the_way(void)
{
	struct place *pl = place_new("z");
	long n;

	put_large(pl, 1000);
	want(mkdir(in(pl, LARGE ".s.gz"), 0755) == 0, "mkdir");
	begin_ready_on(pl);
	await(has_said("unable to compress: "), WAIT_LIMIT, "not told");
	rotate_times(pl, 2);
	await(files_of(pl, ".s.gz") == 3, WAIT_LIMIT, "others wait for it");
	measure_for(1500 * MS);
	n = times_said("unable to compress: ");
	want(n >= 1 && n <= 4, "said %ld times", n); /* at 0, 1 and 3 s */
	want(rmdir(in(pl, LARGE ".s.gz")) == 0, "rmdir: %s", strerror(errno));
	await(!file_is(in(pl, LARGE ".s")), WAIT_LIMIT, "not tried again");
	end();
	want(unlink(in(pl, LARGE ".s.gz")) == 0, "it is not there");
	is_whole(pl);
}

static void
fork_fails(void)
{
	struct place *pl;

	sc.fault = "fail:fork:EAGAIN:1";
	pl = begin_ready_on(place_new("s20000;z"));
	feed(3000);
	until_read();
	sc.fault = NULL;
	all_packed(pl);
	end();
	is_whole(pl);
}

/* --- the disk is full ----------------------------------------------------- */

/* What is being compressed goes before a log does. */
static void
full_while_packing(void)
{
	struct place *pl = place_small("s100000;N1;z9", "size=16m");
	size_t n;

	put_large(pl, 6000000);
	fd_drop(&sc.lg.ring);
	begin_ready_on(pl);
	stopped_at_work(pl);
	rotate_times(pl, 3);
	n = old_files(pl);
	disk_fill(sc.ballast);
	feed(200);
	await(!file_is(in(pl, LARGE ".t.gz")), WAIT_LIMIT,
	    "what is being compressed stays");
	until_read();
	want(!has_said("out of disk space, delete"), "an old file is gone");
	want(old_files(pl) >= n, "an old file is gone");
	want(unlink(sc.ballast) == 0, "unlink: %s", strerror(errno));
	all_packed(pl);
	end();
	packed_are_whole(pl);
	want(unlink(in(pl, LARGE ".s.gz")) == 0, "it is not there");
	place_is_whole(pl);
}

/* No room for what is to be written: the file stays, until there is some. */
static void
no_room_to_pack(void)
{
	struct place *pl = place_small("#", "size=16m");

	begin_ready_on(pl);
	rotate_times(pl, 1);
	put_large(pl, 6000000);
	disk_fill(sc.ballast);
	want(truncate(sc.ballast, file_size(sc.ballast) - 1000000) == 0,
	    "truncate");
	configure(pl, "n0\nz\n");
	poke(SIGHUP);
	await(has_said("unable to compress: "), WAIT_LIMIT, "not told");
	want(file_is(in(pl, LARGE ".s")), "the log is gone");
	await(!file_is(in(pl, LARGE ".t.gz")), WAIT_LIMIT, "half is left");
	feed(100);
	until_read();
	want(unlink(sc.ballast) == 0, "unlink: %s", strerror(errno));
	all_packed(pl);
	end();
	want(unlink(in(pl, LARGE ".s.gz")) == 0, "it is not there");
	is_whole(pl);
}

/* --- others --------------------------------------------------------------- */

/* runit's takes no notice, and what it left is compressed afterwards. */
static void
runit_and_back(void)
{
	const char *theirs = getenv("RUNIT_SVLOGD"), *ours = sc.svlogd;
	struct place *pl = place_new("n2;z");
	size_t n;

	if (!theirs || access(theirs, X_OK) < 0) {
		errno = ENOENT;
		skip("no svlogd of runit");
	}
	configure(pl, "n0\nz\n");
	begin_ready_on(pl);
	rotate_times(pl, 4);
	all_packed(pl);
	end_by(SIGTERM, WAIT_LIMIT);
	sc.svlogd = theirs;
	configure(pl, "n4\nz\n");
	begin_ready();
	rotate_times(pl, 3);
	end_by(SIGTERM, WAIT_LIMIT);
	n = files_of(pl, ".s.gz");
	want(n == 4 && files_of(pl, ".s") == 3, "%zu and %zu files", n,
	    files_of(pl, ".s"));
	sc.svlogd = ours;
	configure(pl, "n0\nz\n");
	begin_ready();
	all_packed(pl);
	end_by(SIGTERM, WAIT_LIMIT);
	want(files_of(pl, ".s.gz") == 7, "%zu", files_of(pl, ".s.gz"));
	is_whole(pl);
	configure(pl, "n2\nz\n");
	begin_ready();
	rotate_times(pl, 1);
	all_packed(pl);
	end();
	want(old_files(pl) == 2, "%zu old files", old_files(pl));
}

/* Whoever can write to it can also say that it be compressed. */
static void
foreign_directory(void)
{
	struct place *pl = place_new("s20000;z");

	want(chown(pl->path, 65534, 65534) == 0, "chown");
	want(chown(in(pl, "config"), 65534, 65534) == 0, "chown");
	begin_on(pl);
	feed(1000);
	until_read();
	all_packed(pl);
	end();
	want(files_of(pl, ".s.gz") > 3, "%zu", files_of(pl, ".s.gz"));
	is_whole(pl);
}

/* As by pkill(1), or where a service manager ends all that bears the name. */
static void
all_are_told(void)
{
	static const int signals[] = { SIGHUP, SIGALRM, SIGTERM };
	struct place *pl = place_new("s100000;z");
	pid_t pid;
	size_t i;

	put_large(pl, 4000000);
	begin_on(pl);
	pid = stopped_at_work(pl);
	for (i = 0; i < COUNT(signals); i++)
		want(kill(pid, signals[i]) == 0, "kill: %s", strerror(errno));
	want(kill(pid, SIGCONT) == 0, "kill: %s", strerror(errno));
	all_packed(pl);
	await(counter(pl, "compressed_files ") == 1, WAIT_LIMIT, "not counted");
	want(counter(pl, "compressor_failures ") == 0, "it failed");
	end();
}

static const struct scene scenes[] = {
	{ "what is compressed when it is quiet is counted, too", late, 0 },
	{ "every old file is compressed, whole and counted", works, 0 },
	{ "so it is with -t", stamped, 1 },
	{ "so it is with -ttt", stamped, 3 },
	{ "what was there before is compressed", from_before, 0 },
	{ "HUP brings z and takes it away", hang_ups, 0 },
	{ "what a processor made is compressed", processed_first, 0 },
	{ "what a processor compressed is left alone", packed_by_processor, 0 },
	{ "compressed files are pruned as others", pruned, 0 },
	{ "of many directories few compress at once, and all do",
	    many_directories, 0 },
	{ "SIGKILLs of the logger leave every file whole", logger_killed, 0 },
	{ "SIGKILLs of the compressor leave every file whole",
	    compressor_killed, 0 },
	{ "an orphan and the next compressor share no file", orphan, 0 },
	{ "what is said to all svlogds is not for a compressor", all_are_told,
	    0 },
	{ "a hung compressor does not stop logging, nor TERM", hangs, 0 },
	{ "TERM does not wait for all that could be compressed",
	    term_with_much_to_do, 0 },
	{ "a directory in the way: told, tried seldom, over with it",
	    in_the_way, 0 },
	{ "fork fails once: it is compressed later", fork_fails, 0 },
	{ "full disk: the compressor goes before an old file",
	    full_while_packing, 0 },
	{ "full disk: a log that cannot be compressed stays", no_room_to_pack,
	    0 },
	{ "runit's svlogd passes over them, and back", runit_and_back, 0 },
	{ "z counts in a directory of others", foreign_directory, 0 },
};

int
main(int argc, char **argv)
{
	(void)argc;
	return scenes_main(argv, scenes, COUNT(scenes));
}
