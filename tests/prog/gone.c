/* gone: a log directory or a file of it that is taken away, and comes back. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "scene.h"

#include <grp.h>

enum { NOBODY = 65534 };

#define HEAL_GATE (1000 * MS)

/* A logger at work in one directory. */
static struct place *
at_work(const char *config)
{
	struct place *pl = place_new(config);

	logger_on(pl);
	begin();
	feed(500);
	await(pipe_holds() == 0 && place_bytes(pl) > 0, WAIT_LIMIT,
	    "it does not read");
	return pl;
}

static void
remove_all(struct place *pl)
{
	int tries;

	/* A living logger may make a file in it meanwhile, as with rm -rf. */
	for (tries = 0; tries < 1000 && file_is(pl->path); tries++)
		dir_remove(pl->path);
	want(!file_is(pl->path), "it was not removed");
}

static void
make_again(struct place *pl, const char *config)
{
	dir_make(pl->path, config);
}

/* Until the first byte is in a fresh directory; asserts that it took at most
 * a second. */
static void
heals(struct place *pl)
{
	int64_t at = now_ns(), took;

	await(place_bytes(pl) > 0, WAIT_LIMIT, "it does not heal");
	took = now_ns() - at;
	want(took <= HEAL_GATE, "healed after %.0f ms", ms_of(took));
	printf("  healed after %.0f ms\n", ms_of(took));
}

/* What was there is gone, by the will of whoever removed it: from line `from`
 * on, or from one a little before it, all is there. */
static void
whole_from(struct place *pl, uint64_t from)
{
	struct check *ck = &pl->check;
	uint64_t lost;

	ck->shown = CHECK_SHOWN;
	place_read(ck, pl);
	lost = ck->n_gaps > 0 && ck->gaps[0].from == 0 ? ck->gaps[0].to : 0;
	want(lost <= from, "the first line is %llu, not %llu",
	    (unsigned long long)lost, (unsigned long long)from);
	if (lost > 0)
		ck->gaps[0].from = lost;
	check_want(ck);
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
	make_again(pl, "s50000");
	heals(pl);
	feed_rest();
	feed(300);
	end();
	whole_from(pl, from);
}

/* The line that fills current was the last one before it. */
static void
removed_before_rotation(void)
{
	struct place *pl = place_new("s20000");
	uint64_t from;

	logger_on(pl);
	begin();
	do {
		feed(1);
		until_written(pl, WAIT_LIMIT);
	} while (file_size(in(pl, "current")) < 18990);
	from = sc.lines_sent;
	remove_all(pl);
	poke(SIGALRM);
	feed(300);
	feed_full();
	make_again(pl, "s20000");
	heals(pl);
	feed_rest();
	end();
	whole_from(pl, from);
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
	make_again(pl, "");
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
		make_again(pl, "s5000");
		heals(pl);
		feed(100);
		await(pipe_holds() == 0, WAIT_LIMIT, "it does not read");
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
	int status;

	remove_all(pl);
	feed_full();
	end_by(SIGKILL, WAIT_LIMIT);
	begin();
	want(has_ended(WAIT_LIMIT, &status), "it runs without a directory");
	want(WIFEXITED(status) && WEXITSTATUS(status) == EXIT_TROUBLE, "%s",
	    status_words(status));
	make_again(pl, "s50000");
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
	int64_t took;

	remove_all(pl);
	feed_full();
	took = end_by(SIGTERM, 10000 * MS);
	want(took <= 1500 * MS, "TERM took %.0f ms", ms_of(took));
	make_again(pl, "s50000");
	begin();
	heals(pl);
	feed_rest();
	end();
	whole_from(pl, from);
}

/* mv log log.old; mkdir log: every line is in the one or the other. */
static void
replaced(void)
{
	struct place *pl = at_work("s50000"), *old;
	char path[PATH_ROOM];
	int64_t at, took;

	snprintf(path, sizeof(path), "%.1000s.old", pl->path);
	want(rename(pl->path, path) == 0, "rename: %s", strerror(errno));
	old = place_at(path);
	make_again(pl, "s50000");
	at = now_ns();
	while (place_bytes(pl) == 0) {
		feed(1);
		want(now_ns() - at < WAIT_LIMIT, "it stays in the old one");
		look_again();
	}
	took = now_ns() - at;
	want(took <= HEAL_GATE * 2, "healed after %.0f ms", ms_of(took));
	printf("  healed after %.0f ms\n", ms_of(took));
	feed(300);
	end();
	place_read(&old->check, old);
	place_read(&old->check, pl);
	check_want(&old->check);
	want(file_size(in(pl, "lock")) == 0 && file_is(in(pl, "lock")),
	    "the new one is not locked");
}

/* Moved, and nothing in its place: what is open stays good. */
static void
moved(void)
{
	struct place *pl = at_work("s5000");
	char path[PATH_ROOM];
	int64_t until = now_ns() + 1300 * MS;

	snprintf(path, sizeof(path), "%.1000s.old", pl->path);
	want(rename(pl->path, path) == 0, "rename: %s", strerror(errno));
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
		await(pipe_holds() == 0, WAIT_LIMIT, "it does not read");
		if (i % 3 == 0) {
			end_by(SIGKILL, WAIT_LIMIT);
			begin();
		}
	}
	feed(1);
	end();
	pl->check.shown = CHECK_SHOWN;
	place_read(&pl->check, pl);
	(void)check_end(&pl->check, sc.lines_sent);
	want(pl->check.doubled == 0 && pl->check.torn == 0,
	    "doubled %llu, torn %llu", (unsigned long long)pl->check.doubled,
	    (unsigned long long)pl->check.torn);
}

/* cp current copy; : >current. The lines are in the copy or in current. */
static void
current_truncated(void)
{
	struct place *pl = at_work("s0"), *copy;
	char path[PATH_ROOM], name[PATH_ROOM];
	int i;

	copy = place_at(path_join(path, sc.tmp, "copy"));
	want(mkdir(copy->path, 0755) == 0, "mkdir");
	for (i = 0; i < 20; i++) {
		feed(37);
		await(place_bytes(pl) + place_bytes(copy) >= sc.bytes_sent,
		    WAIT_LIMIT, "not all is written");
		/* Nobody writes now: what is copied is what is cut. */
		snprintf(name, sizeof(name), "@%024d.s", i);
		file_write(in(copy, name), file_text(in(pl, "current")));
		want(truncate(in(pl, "current"), 0) == 0, "truncate: %s",
		    strerror(errno));
		if (i % 4 == 1) {
			end_by(SIGKILL, WAIT_LIMIT);
			begin();
		} else if (i % 4 == 2) {
			poke(SIGHUP);
		} else if (i % 4 == 3) {
			poke(SIGALRM);
		}
	}
	feed(50);
	end();
	place_read(&copy->check, copy);
	place_read(&copy->check, pl);
	check_want(&copy->check);
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
	pl->check.shown = CHECK_SHOWN;
	place_read(&pl->check, pl);
	(void)check_end(&pl->check, sc.lines_sent);
	want(pl->check.good >= 1, "nothing is left");
	want(pl->check.torn == 0 && pl->check.disordered == 0,
	    "torn %llu, out of order %llu", (unsigned long long)pl->check.torn,
	    (unsigned long long)pl->check.disordered);
}

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
	pl->check.shown = CHECK_SHOWN;
	place_read(&pl->check, pl);
	(void)check_end(&pl->check, sc.lines_sent);
	want(pl->check.next == sc.lines_sent, "the newest lines are gone");
	want(pl->check.doubled == 0 && pl->check.torn == 0,
	    "doubled %llu, torn %llu", (unsigned long long)pl->check.doubled,
	    (unsigned long long)pl->check.torn);
}

/* Somebody makes a new current while a rotation is between its two steps. */
static void
current_made_meanwhile(void)
{
	struct place *pl = place_new("s20000");
	char fault[512] = "";
	int i;

	/* The opens after the first few fail for a while. */
	for (i = 8; i < 20; i++)
		snprintf(fault + strlen(fault), sizeof(fault) - strlen(fault),
		    "fail:openat:EMFILE:%d ", i);
	sc.fault = fault;
	logger_on(pl);
	begin();
	await(file_is(in(pl, "current")), WAIT_LIMIT, "no current");
	feed(50);
	await(pipe_holds() == 0, WAIT_LIMIT, "it does not read");
	for (i = 0; i < 400 && !has_said("unable to rotate"); i++) {
		feed(1);
		poke(SIGALRM);
		look_again();
	}
	want(has_said("unable to rotate"), "the fault did not fire");
	want(!file_is(in(pl, "current")), "current is there");
	file_write(in(pl, "current"), "");
	feed(200);
	await(place_bytes(pl) >= sc.bytes_sent, 6000 * MS,
	    "it does not heal: %llu of %llu bytes",
	    (unsigned long long)place_bytes(pl),
	    (unsigned long long)sc.bytes_sent);
	end();
	place_is_whole(pl);
}

/* --- as nobody ------------------------------------------------------------*/

static void
become_nobody(void)
{
	if (setgroups(0, NULL) < 0 || setgid(NOBODY) < 0 || setuid(NOBODY) < 0)
		skip("cannot become nobody");
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
chmod_0(void)
{
	struct place *pl;
	int64_t at;

	all_nobodys();
	pl = at_work("s5000");
	want(chmod(pl->path, 0) == 0, "chmod: %s", strerror(errno));
	feed(100); /* rotates, if it could */
	await(has_said("access denied"), WAIT_LIMIT, "it could rotate");
	feed_full();
	want(chmod(pl->path, 0755) == 0, "chmod: %s", strerror(errno));
	at = now_ns();
	feed_rest();
	await(place_bytes(pl) >= sc.bytes_sent, WAIT_LIMIT, "it does not heal");
	want(now_ns() - at <= HEAL_GATE, "healed after %.0f ms",
	    ms_of(now_ns() - at));
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
	logger_on(other);
	begin();
	feed(100);
	until_written(pl, WAIT_LIMIT);
	want(chmod(pl->path, 0) == 0, "chmod: %s", strerror(errno));
	poke(SIGHUP);
	feed(5);
	await(has_said("access denied"), WAIT_LIMIT, "HUP is not noticed");
	want(chmod(pl->path, 0755) == 0, "chmod: %s", strerror(errno));
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
	struct place *pl = place_new("");
	char fault[512] = "";
	int i;

	for (i = 0; i < 6; i++)
		snprintf(fault + strlen(fault), sizeof(fault) - strlen(fault),
		    "fail:write:EROFS:%d fail:openat:EROFS:%d ", 3 + i, 9 + i);
	sc.fault = fault;
	logger_on(pl);
	begin();
	for (i = 0; i < 10; i++) {
		feed(20);
		await(pipe_holds() == 0, WAIT_LIMIT, "it does not read");
	}
	await(has_said("read-only"), WAIT_LIMIT, "the fault did not fire");
	until_written(pl, 6000 * MS);
	feed(100);
	end();
	place_is_whole(pl);
}

static void
read_only_at_start(void)
{
	struct place *pl;
	char path[PATH_ROOM], dir[PATH_ROOM];
	int status, i;

	path_join(path, sc.tmp, "small");
	mount_small(path, "size=8m");
	pl = place_at(path_join(dir, path, "log"));
	dir_make(pl->path, "s50000");
	logger_on(pl);
	begin();
	feed(1000);
	end_by(SIGKILL, WAIT_LIMIT);
	feed_full();
	want(mount("small", path, NULL, MS_REMOUNT | MS_RDONLY, NULL) == 0,
	    "remount: %s", strerror(errno));
	for (i = 0; i < 3; i++) {
		begin();
		want(has_ended(WAIT_LIMIT, &status), "it runs");
		want(WIFEXITED(status) && WEXITSTATUS(status) == EXIT_TROUBLE,
		    "%s", status_words(status));
	}
	want(times_said("read-only file system") == 3, "it does not say why");
	want(mount("small", path, NULL, MS_REMOUNT, NULL) == 0, "remount: %s",
	    strerror(errno));
	begin();
	feed_rest();
	until_written(pl, HEAL_GATE);
	end();
	place_is_whole(pl);
}

/* A new file system over the directory: as if it were replaced. */
static void
mounted_over(void)
{
	struct place *pl = at_work("s50000");
	uint64_t from;
	int64_t at;

	mounts_own();
	/* The logger has its own view of mounts: it must be in ours. */
	end_by(SIGTERM, WAIT_LIMIT);
	begin();
	feed(10);
	until_written(pl, WAIT_LIMIT);
	if (mount("over", pl->path, "tmpfs", 0, "size=8m") < 0)
		skip("cannot mount a tmpfs");
	at = now_ns();
	from = sc.lines_sent;
	while (place_bytes(pl) == 0) {
		feed(1);
		want(now_ns() - at < WAIT_LIMIT, "it stays below");
		look_again();
	}
	want(now_ns() - at <= 2 * HEAL_GATE, "healed after %.0f ms",
	    ms_of(now_ns() - at));
	feed(100);
	end();
	pl->check.shown = CHECK_SHOWN;
	place_read(&pl->check, pl);
	want(pl->check.n_gaps == 1 && pl->check.gaps[0].to >= from,
	    "lines are missing");
	want(umount(pl->path) == 0, "umount: %s", strerror(errno));
	from = pl->check.gaps[0].to;
	free(pl->check.gaps);
	check_init(&pl->check, &sc.lines, pl->name, 0);
	place_read(&pl->check, pl);
	want(pl->check.next == from, "lines are missing between the two");
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
	return scenes_main(argv, scenes, sizeof(scenes) / sizeof(scenes[0]));
}
