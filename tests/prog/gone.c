/* gone: a log directory or a file of it that is taken away, and comes back. */
#define _GNU_SOURCE
#include "scene.h"

#define HEAL_GATE (1000 * MS)

/* A logger at work in one directory. */
static struct place *
at_work(const char *config)
{
	struct place *pl = begin_in(config);

	feed_and_read(500);
	await(place_bytes(pl) > 0, WAIT_LIMIT, "nothing is written");
	return pl;
}

/* It was healthy again since `at`, in time. */
static void
healed(int64_t at, int64_t limit)
{
	int64_t took = now_ns() - at;

	want(took <= limit, "healed after %.0f ms", ms_of(took));
	printf("  healed after %.0f ms\n", ms_of(took));
}

/* Until the first byte is in a fresh directory. */
static void
heals(struct place *pl)
{
	int64_t at = now_ns();

	await(place_bytes(pl) > 0, WAIT_LIMIT, "it does not heal");
	healed(at, HEAL_GATE);
}

/* The same, where it has to be found first, and lines come one by one. */
static void
is_found(struct place *pl)
{
	int64_t at = now_ns();

	while (place_bytes(pl) == 0) {
		feed(1);
		want(now_ns() - at < WAIT_LIMIT, "it stays where it was");
		look_again();
	}
	healed(at, HEAL_GATE * 2);
}

static void
moved_to(struct place *pl, char *path)
{
	want(snprintf(path, PATH_ROOM, "%s.old", pl->path) < PATH_ROOM, "long");
	want(rename(pl->path, path) == 0, "rename: %s", strerror(errno));
}

static void
remove_all(struct place *pl)
{
	int tries;

	/* A living logger may make a file in it meanwhile, as with rm -rf. */
	for (tries = 0; tries < 1000 && file_is(pl->path); tries++)
		tree_remove(pl->path);
	want(!file_is(pl->path), "it was not removed");
}

/* --- a removed directory --------------------------------------------------*/

/* What was there is gone, by the will of whoever removed it: from line `from`
 * on, or from one a little before it, all is there. */
static void
whole_from(struct place *pl, uint64_t from)
{
	struct check *ck = &pl->check;

	place_holds(pl, CHECK_OLDEST);
	want(check_lost(ck) <= from, "the first line is %llu, not %llu",
	    (unsigned long long)check_lost(ck), (unsigned long long)from);
}

/* The directory is there again: what was held up and n lines more come. */
static void
comes_back(struct place *pl, const char *config, uint64_t from, uint64_t n)
{
	dir_make(pl->path, config);
	heals(pl);
	feed_rest();
	feed(n);
	end();
	whole_from(pl, from);
}

static void
removed(void)
{
	struct place *pl = at_work("s50000");
	uint64_t from = sc.lines_sent;

	remove_all(pl);
	feed(300);
	await(has_said("taken away"), WAIT_LIMIT, "it says nothing");
	feed_full();
	comes_back(pl, "s50000", from, 300);
}

/* The line that fills current was the last one before it. */
static void
removed_before_rotation(void)
{
	struct place *pl = begin_in("s20000");
	uint64_t from;

	do {
		feed(1);
		until_written(pl, WAIT_LIMIT);
	} while (file_size(in(pl, "current")) < 18990);
	from = sc.lines_sent;
	remove_all(pl);
	poke(SIGALRM);
	feed(300);
	feed_full();
	comes_back(pl, "s20000", from, 0);
}

/* ALRM alone, while nothing is written. */
static void
removed_and_rotated(void)
{
	struct place *pl = at_work("");
	uint64_t from = sc.lines_sent;

	remove_all(pl);
	poke(SIGALRM);
	await(lines_said() > 0, WAIT_LIMIT, "it notices nothing");
	dir_make(pl->path, "");
	feed(10);
	heals(pl);
	end();
	whole_from(pl, from);
}

/* Old files that want a sync are gone too. */
static void
removed_after_rotations(void)
{
	struct place *pl = at_work("s10000");
	int64_t used;

	/* The next sync of old files is not yet due. */
	feed(200);
	until_written(pl, WAIT_LIMIT);
	remove_all(pl);
	feed(1);
	await(has_said("taken away"), WAIT_LIMIT, "it does not see it");
	used = cpu_ns(sc.lg.pid);
	measure_for(500 * MS);
	used = cpu_ns(sc.lg.pid) - used;
	want(used < 100 * MS, "it used %.0f ms of 500", ms_of(used));
	end_by(SIGTERM, WAIT_LIMIT);
}

static void
removed_many_times(void)
{
	struct place *pl = at_work("s5000");
	uint64_t from = 0;
	int i;

	for (i = 0; i < 8; i++) {
		from = sc.lines_sent;
		remove_all(pl);
		if (i % 2)
			poke(SIGALRM);
		feed(100 + (uint64_t)i);
		dir_make(pl->path, "s5000");
		heals(pl);
		feed_and_read(100);
		poke(SIGHUP);
	}
	feed(50);
	end();
	whole_from(pl, from);
}

static void
removed_killed(void)
{
	struct place *pl = at_work("s50000");
	uint64_t from = sc.lines_sent;

	remove_all(pl);
	feed_full();
	end_by(SIGKILL, WAIT_LIMIT);
	begin_in_vain();
	dir_make(pl->path, "s50000");
	begin();
	heals(pl);
	feed_rest();
	end();
	whole_from(pl, from);
}

static void
term_when_removed(void)
{
	struct place *pl = at_work("s50000");
	uint64_t from = sc.lines_sent;

	remove_all(pl);
	feed_full();
	end_in_time();
	dir_make(pl->path, "s50000");
	begin();
	heals(pl);
	feed_rest();
	end();
	whole_from(pl, from);
}

/* --- a moved directory ----------------------------------------------------*/

/* mv log log.old; mkdir log: every line is in the one or the other. */
static void
replaced(void)
{
	struct place *pl = at_work("s50000");
	char path[PATH_ROOM];
	struct place *old;

	moved_to(pl, path);
	old = place_at(path);
	dir_make(pl->path, "s50000");
	is_found(pl);
	feed(300);
	end();
	places_are_whole(old, pl);
	want(file_size(in(pl, "lock")) == 0 && file_is(in(pl, "lock")),
	    "the new one is not locked");
}

/* ... and the processor of the one ends, that of the other has its turn. */
static void
replaced_in_process(void)
{
	struct place *pl = at_work("!touch begun && sleep 1000");
	char path[PATH_ROOM];
	struct place *old;

	poke(SIGALRM);
	await(file_is(in(pl, "begun")), WAIT_LIMIT, "it does not run");
	moved_to(pl, path);
	old = place_at(path);
	dir_make(pl->path, "!cat");
	is_found(pl);
	poke(SIGALRM);
	await(files_of(pl, ".s") == 1, WAIT_LIMIT,
	    "the new one's does not run");
	end_by(SIGTERM, WAIT_LIMIT);
	want(strays_end(1000 * MS), "the old one's lives on");
	want(files_of(old, ".u") == 1 && files_of(old, ".t") == 1,
	    "the old directory is not left as it was");
	places_are_whole(old, pl);
}

/* Moved, and nothing in its place: what is open stays good. */
static void
moved(void)
{
	struct place *pl = at_work("s5000");
	int64_t until = now_ns() + 1300 * MS;
	char path[PATH_ROOM];

	moved_to(pl, path);
	snprintf(pl->path, sizeof(pl->path), "%s", path);
	while (now_ns() < until) {
		feed(1);
		look_again();
	}
	until_written(pl, WAIT_LIMIT);
	want(lines_said() == 0, "it complains");
	end();
	place_is_whole(pl);
}

/* A new file system over the directory: as if it were replaced. */
static void
mounted_over(void)
{
	struct place *pl = at_work("s50000");
	uint64_t from;

	mounts_own();
	/* The logger has its own view of mounts: it must be in ours. */
	end_by(SIGTERM, WAIT_LIMIT);
	begin();
	feed(10);
	until_written(pl, WAIT_LIMIT);
	mount_small(pl->path, "size=8m");
	from = sc.lines_sent;
	is_found(pl);
	feed(100);
	end();
	place_holds(pl, CHECK_OLDEST);
	want(check_lost(&pl->check) >= from, "lines are doubled");
	from = check_lost(&pl->check);
	want(umount(pl->path) == 0, "umount: %s", strerror(errno));
	check_free(&pl->check);
	check_init(&pl->check, &sc.lines, pl->name, 0);
	place_read(&pl->check, pl);
	want(check_end(&pl->check, from), "below: %s", check_words(&pl->check));
}

/* --- current --------------------------------------------------------------*/

static void
current_removed(void)
{
	struct place *pl = at_work("");
	uint64_t from = sc.lines_sent;

	want(unlink(in(pl, "current")) == 0, "unlink: %s", strerror(errno));
	feed(200);
	heals(pl);
	end();
	whole_from(pl, from);
}

/* ... while a line is half-written: it is whole in the new one. */
static void
current_removed_in_line(void)
{
	struct place *pl = at_work("s5000");
	int i;

	for (i = 0; i < 20; i++) {
		/* It may just be between two files. */
		await(unlink(in(pl, "current")) == 0, WAIT_LIMIT, "unlink: %s",
		    strerror(errno));
		feed(7);
		await(file_is(in(pl, "current")), HEAL_GATE, "no current");
		until_read();
		if (i % 3 == 0)
			killed_and_begun();
	}
	feed(1);
	end();
	place_holds(pl, CHECK_LOST | CHECK_DISORDERED);
}

/* cp current copy; : >current. The lines are in the copy or in current. */
static void
current_truncated(void)
{
	struct place *pl = at_work("s0"), *copy = place_below(sc.tmp, "copy");
	char name[PATH_ROOM];
	int i;

	dir_new(copy->path, 0755);
	for (i = 0; i < 20; i++) {
		feed(37);
		await(place_bytes(pl) + place_bytes(copy) >= sc.bytes_sent,
		    WAIT_LIMIT, "not all is written");
		/* Nobody writes now: what is copied is what is cut. */
		snprintf(name, sizeof(name), "@%024d.s", i);
		file_write(in(copy, name), file_text(in(pl, "current")));
		want(truncate(in(pl, "current"), 0) == 0, "truncate: %s",
		    strerror(errno));
		if (i % 4 == 1)
			killed_and_begun();
		else if (i % 4 > 1)
			poke(i % 4 == 2 ? SIGHUP : SIGALRM);
	}
	feed(50);
	end();
	places_are_whole(copy, pl);
}

/* While it writes: no line is cut in two, none comes twice. */
static void
current_truncated_at_work(void)
{
	struct place *pl = at_work("s0");
	int64_t until = now_ns() + 500 * MS;
	long cuts = 0;

	while (now_ns() < until) {
		feed(50);
		/* It may just be between two files. */
		cuts += truncate(in(pl, "current"), 0) == 0;
	}
	feed(50);
	end();
	want(cuts > 10, "%ld cuts only", cuts);
	place_holds(pl, CHECK_LOST);
	want(pl->check.good >= 1, "nothing is left");
}

/* Somebody makes a new current while a rotation is between its two steps. */
static void
current_made_meanwhile(void)
{
	struct place *pl;
	char fault[512] = "";
	int i;

	/* The opens after the first few fail for a while. */
	for (i = 8; i < 20; i++)
		snprintf(fault + strlen(fault), sizeof(fault) - strlen(fault),
		    "fail:openat:EMFILE:%d ", i);
	sc.fault = fault;
	pl = begin_in("s20000");
	await(file_is(in(pl, "current")), WAIT_LIMIT, "no current");
	feed_and_read(50);
	for (i = 0; i < 400 && !has_said("unable to rotate"); i++) {
		feed(1);
		poke(SIGALRM);
		look_again();
	}
	want(has_said("unable to rotate"), "the fault did not fire");
	want(!file_is(in(pl, "current")), "current is there");
	file_write(in(pl, "current"), "");
	feed(200);
	until_written(pl, 6000 * MS);
	end();
	place_is_whole(pl);
}

/* --- old files ------------------------------------------------------------*/

static void
old_removed(void)
{
	struct place *pl = at_work("s5000;n5;!cat");
	int64_t until = now_ns() + 700 * MS;
	size_t i;

	while (now_ns() < until) {
		feed(60);
		names_read(&pl->names, pl->path);
		for (i = 0; i < pl->names.n; i++)
			unlink(in(pl, pl->names.v[i]));
	}
	poke(SIGALRM);
	feed(100);
	end();
	want(!has_said("fatal"), "it gives up");
	place_holds(pl, CHECK_LOST);
	want(pl->check.next == sc.lines_sent, "the newest lines are gone");
}

/* --- as nobody ------------------------------------------------------------*/

static void
become_nobody(void)
{
	as_nobody();
	prctl(PR_SET_DUMPABLE, 1);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
}

static void
all_nobodys(void)
{
	want(chown(sc.tmp, NOBODY, NOBODY) == 0 &&
		 fchown(sc.lg.err, NOBODY, NOBODY) == 0,
	    "chown: %s", strerror(errno));
	become_nobody();
}

static void
mode_is(struct place *pl, mode_t mode)
{
	want(chmod(pl->path, mode) == 0, "chmod: %s", strerror(errno));
}

static void
is_denied(void)
{
	await(has_said("access denied"), WAIT_LIMIT, "it was let in");
}

/* One that is mounted read-only, or has chattr's a or i. */
static void
old_unchangeable(void)
{
	struct place *pl = place_new("s50000");
	const char *old = in(pl, "@400000006b0a1ef428f515ee.s");

	mounts_own();
	file_put(old, "", 0, 0644);
	want(mount(old, old, NULL, MS_BIND, NULL) == 0 &&
		 mount(NULL, old, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY,
		     NULL) == 0,
	    "mount: %s", strerror(errno));
	begin_on(pl);
	await(has_said("unable to sync old files"), WAIT_LIMIT, "it is quiet");
	measure_for(6000 * MS); /* it is tried again after 5 s */
	want(times_said("unable to sync old files") == 1, "it is not quiet");
	want(has_said("unable to sync old files: "), "it does not say why");
	feed(2000);
	end();
	place_is_whole(pl);
}

static void
chmod_0(void)
{
	struct place *pl;
	int64_t at;

	all_nobodys();
	pl = at_work("s5000");
	mode_is(pl, 0);
	feed(100); /* rotates, if it could */
	is_denied();
	feed_full();
	mode_is(pl, 0755);
	at = now_ns();
	feed_rest();
	until_written(pl, WAIT_LIMIT);
	healed(at, HEAL_GATE);
	end();
	place_is_whole(pl);
}

/* Not even HUP makes it forget a directory it cannot enter now. */
static void
chmod_0_hup(void)
{
	struct place *pl, *other;

	all_nobodys();
	pl = place_new("s5000");
	other = place_new("s5000");
	logger_on(pl);
	begin_on(other);
	feed(100);
	until_written(pl, WAIT_LIMIT);
	mode_is(pl, 0);
	poke(SIGHUP);
	feed(5);
	is_denied();
	mode_is(pl, 0755);
	feed(500);
	end();
	place_is_whole(pl);
	place_is_whole(other);
}

/* --- read-only ------------------------------------------------------------*/

/* A file system that became read-only under it: every write and open fails
 * so, for a while. (A tmpfs in use cannot really be made read-only.) */
static void
read_only_at_work(void)
{
	struct place *pl;
	char fault[512] = "";
	int i;

	for (i = 0; i < 6; i++)
		snprintf(fault + strlen(fault), sizeof(fault) - strlen(fault),
		    "fail:write:EROFS:%d fail:openat:EROFS:%d ", 3 + i, 9 + i);
	sc.fault = fault;
	pl = begin_in("");
	for (i = 0; i < 10; i++)
		feed_and_read(20);
	await(has_said("read-only"), WAIT_LIMIT, "the fault did not fire");
	until_written(pl, 6000 * MS);
	feed(100);
	end();
	place_is_whole(pl);
}

static void
remount(const char *path, unsigned long flags)
{
	want(mount("small", path, NULL, MS_REMOUNT | flags, NULL) == 0,
	    "remount: %s", strerror(errno));
}

static void
read_only_at_start(void)
{
	struct place *pl;
	char path[PATH_ROOM];
	int i;

	mount_small(path_join(path, sc.tmp, "small"), "size=8m");
	pl = place_below(path, "log");
	dir_make(pl->path, "s50000");
	begin_on(pl);
	feed(1000);
	end_by(SIGKILL, WAIT_LIMIT);
	feed_full();
	remount(path, MS_RDONLY);
	for (i = 0; i < 3; i++)
		begin_in_vain();
	want(times_said("read-only file system") == 3, "it does not say why");
	remount(path, 0);
	begin();
	feed_rest();
	until_written(pl, HEAL_GATE);
	end();
	place_is_whole(pl);
}

static const struct scene scenes[] = {
	{ "a removed directory heals within 1 s of being made again", removed,
	    0 },
	{ "a directory removed when current is full heals",
	    removed_before_rotation, 0 },
	{ "a directory removed before ALRM heals", removed_and_rotated, 0 },
	{ "a directory removed after rotations is waited for idly",
	    removed_after_rotations, 0 },
	{ "a directory removed again and again heals each time",
	    removed_many_times, 0 },
	{ "killed without its directory, it loses nothing", removed_killed, 0 },
	{ "TERM without a directory ends it and loses nothing",
	    term_when_removed, 0 },
	{ "a replaced directory is found within a second, no line lost",
	    replaced, 0 },
	{ "a replaced directory's processor ends, the new one's runs",
	    replaced_in_process, 0 },
	{ "a directory that was moved away stays good", moved, 0 },
	{ "a removed current is made again at once", current_removed, 0 },
	{ "current removed again and again tears and doubles nothing",
	    current_removed_in_line, 0 },
	{ "copytruncate loses and doubles nothing", current_truncated, 0 },
	{ "current truncated at full load tears nothing",
	    current_truncated_at_work, 0 },
	{ "old files removed under it are not missed", old_removed, 0 },
	{ "a current made by somebody else does not stop a rotation",
	    current_made_meanwhile, 0 },
	{ "an old file that cannot be changed is said once a minute",
	    old_unchangeable, 0 },
	{ "a directory it may not enter any more heals", chmod_0, 0 },
	{ "HUP with a directory it may not enter loses nothing", chmod_0_hup,
	    0 },
	{ "a file system read-only for a while loses nothing",
	    read_only_at_work, 0 },
	{ "a read-only file system at the start loses nothing",
	    read_only_at_start, 0 },
	{ "a file system mounted over the directory is found", mounted_over,
	    0 },
};

int
main(int argc, char **argv)
{
	(void)argc;
	return scenes_main(argv, scenes, COUNT(scenes));
}
