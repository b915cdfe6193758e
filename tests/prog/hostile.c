/* hostile: a log directory that somebody else owns, and plays with.
 *
 * --long N: the races go on for N seconds each. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "scene.h"

#include <grp.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/un.h>

enum { VICTIMS = 4, RACE_S = 3 };

/* --- the victim -----------------------------------------------------------*/

static char victim[PATH_ROOM];

static const struct {
	const char *name, *text;
	mode_t mode;
} victims[VICTIMS] = {
	{ "empty", "", 0644 },
	{ "plain", "do not touch\n", 0600 },
	{ "program", "#!/bin/sh\n", 0755 },
	{ "done", "a log, cleanly closed\n", 0744 },
};

/* A tree of root's that must stay as it is. */
static void
victim_make(void)
{
	char path[PATH_ROOM];
	struct timespec long_ago[2] = { { .tv_sec = 1000000 },
		{ .tv_sec = 1000000 } };
	int i;

	path_join(victim, sc.tmp, "victim");
	want(mkdir(victim, 0755) == 0, "mkdir: %s", strerror(errno));
	for (i = 0; i < VICTIMS; i++) {
		file_write(path_join(path, victim, victims[i].name),
		    victims[i].text);
		want(chmod(path, victims[i].mode) == 0 &&
			 utimensat(AT_FDCWD, path, long_ago, 0) == 0,
		    "%s: %s", path, strerror(errno));
	}
	utimensat(AT_FDCWD, victim, long_ago, 0);
}

/* Not a byte, mode, owner, time or name of it has changed. */
static void
victim_is_well(const char *when)
{
	char path[PATH_ROOM];
	struct stat st;
	int i;

	for (i = 0; i < VICTIMS; i++) {
		path_join(path, victim, victims[i].name);
		want(stat(path, &st) == 0, "%s: %s is gone", when, path);
		want((st.st_mode & 07777) == victims[i].mode,
		    "%s: %s has mode %o", when, path, st.st_mode & 07777);
		want(st.st_uid == 0 && st.st_mtime == 1000000,
		    "%s: %s was touched", when, path);
		want(strcmp(file_text(path), victims[i].text) == 0,
		    "%s: %s was written to", when, path);
	}
	want(stat(victim, &st) == 0 && st.st_mtime == 1000000,
	    "%s: a file was made or removed", when);
}

/* --- things in the way ----------------------------------------------------*/

enum kind {
	LINK_EMPTY,
	LINK_PLAIN,
	LINK_PROGRAM,
	LINK_DONE,
	LINK_NEW, /* to a name that is not there */
	LINK_DIR,
	LINK_SELF,
	HARD_EMPTY,
	HARD_DONE,
	FIFO,
	SOCKET,
	DIRECTORY,
	FULL_DIRECTORY,
	DEVICE,
	KINDS,
};

static bool
make_link(const char *to, const char *path)
{
	char target[PATH_ROOM];

	return symlink(path_join(target, victim, to), path) == 0;
}

static bool
make_hard(const char *to, const char *path)
{
	char target[PATH_ROOM];

	return link(path_join(target, victim, to), path) == 0;
}

static bool
make_socket(const char *path)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool done;

	snprintf(sa.sun_path, sizeof(sa.sun_path), "%.100s", path);
	done = bind(fd, (struct sockaddr *)&sa, sizeof(sa)) == 0;
	close(fd);
	return done;
}

static bool
make_kind(enum kind kind, const char *path)
{
	char below[PATH_ROOM];

	switch (kind) {
	case LINK_EMPTY:
		return make_link("empty", path);
	case LINK_PLAIN:
		return make_link("plain", path);
	case LINK_PROGRAM:
		return make_link("program", path);
	case LINK_DONE:
		return make_link("done", path);
	case LINK_NEW:
		return make_link("new", path);
	case LINK_DIR:
		return make_link(".", path);
	case LINK_SELF:
		return symlink(path, path) == 0;
	case HARD_EMPTY:
		return make_hard("empty", path);
	case HARD_DONE:
		return make_hard("done", path);
	case FIFO:
		return mkfifo(path, 0666) == 0;
	case SOCKET:
		return make_socket(path);
	case FULL_DIRECTORY:
		return mkdir(path, 0777) == 0 &&
		       mkdir(path_join(below, path, "below"), 0777) == 0;
	case DIRECTORY:
		return mkdir(path, 0777) == 0;
	case DEVICE:
		return mknod(path, S_IFCHR | 0666, 1 << 8 | 3) == 0;
	case KINDS:
		break;
	}
	return false;
}

static void
give_away(struct place *pl)
{
	want(chown(pl->path, NOBODY, NOBODY) == 0 &&
		 chown(in(pl, "config"), NOBODY, NOBODY) == 0,
	    "chown: %s", strerror(errno));
}

/* A logger meets every kind of thing in the place of `name`, in root's
 * directory and in nobody's; it logs on, and the victim stays as it is. */
static void
meets(const char *name, const char *config)
{
	char dir[64], when[64], path[PATH_ROOM];
	struct place *pl;
	int kind, whose;

	victim_make();
	for (kind = 0; kind < KINDS * 2; kind++) {
		whose = kind / KINDS;
		snprintf(when, sizeof(when), "kind %d, %s", kind % KINDS,
		    whose ? "nobody's" : "root's");
		snprintf(dir, sizeof(dir), "dir%d", kind);
		sc.n_places = 0;
		sc.lg.n_argv = 1;
		sc.lines_sent = sc.bytes_sent = 0;
		pl = place_at(path_join(path, sc.tmp, dir));
		dir_make(pl->path, config);
		if (whose)
			give_away(pl);
		want(make_kind((enum kind)(kind % KINDS), in(pl, name)),
		    "%s: %s", when, strerror(errno));
		logger_pipe(&sc.lg);
		fcntl(sc.lg.wr, F_SETFL, O_NONBLOCK);
		logger_on(pl);
		begin();
		feed(20);
		await(pipe_holds() == 0, WAIT_LIMIT, "%s: it does not read",
		    when);
		poke(SIGALRM);
		feed(20);
		poke(SIGHUP);
		feed(20);
		end();
		victim_is_well(when);
		place_is_whole(pl);
		fd_drop(&sc.lg.rd);
		fd_drop(&sc.lg.ring);
	}
}

static void
meets_current(void)
{
	meets("current", "s2000");
}

static void
meets_lock(void)
{
	meets("lock", "s2000");
}

static void
meets_stats(void)
{
	meets("lock.stats", "s2000");
}

static void
meets_state(void)
{
	meets("state", "s2000;!cat");
}

static void
meets_newstate(void)
{
	meets("newstate", "s2000;!cat; echo new >&5");
}

static void
meets_trial(void)
{
	meets("@400000000000000000000000.t", "s2000;n4000;!cat");
}

static void
meets_old(void)
{
	meets("@400000000000000000000001.s", "s2000;n4000");
}

static void
meets_undone(void)
{
	meets("@400000000000000000000001.u", "s2000;n4000;!cat");
}

/* The config may be a link, and to anything: it is then not a config. */
static void
meets_config(void)
{
	struct place *pl;
	char dir[64], path[PATH_ROOM];
	int kind;

	victim_make();
	for (kind = 0; kind < KINDS; kind++) {
		snprintf(dir, sizeof(dir), "dir%d", kind);
		sc.n_places = 0;
		sc.lg.n_argv = 1;
		sc.lines_sent = sc.bytes_sent = 0;
		pl = place_at(path_join(path, sc.tmp, dir));
		dir_make(pl->path, "");
		give_away(pl);
		want(unlink(in(pl, "config")) == 0 &&
			 make_kind((enum kind)kind, in(pl, "config")),
		    "kind %d: %s", kind, strerror(errno));
		logger_pipe(&sc.lg);
		fcntl(sc.lg.wr, F_SETFL, O_NONBLOCK);
		logger_on(pl);
		begin_ready();
		poke(SIGHUP);
		feed(20);
		end();
		victim_is_well("config");
		place_is_whole(pl);
		want(!has_said("touch"), "it quotes somebody's file");
		fd_drop(&sc.lg.rd);
		fd_drop(&sc.lg.ring);
	}
}

/* --- to open is an act ----------------------------------------------------*/

enum thing { A_FIFO, A_DEVICE, A_TERMINAL, A_FILE, THINGS };

/* The path of such a thing, new, below the scene's directory where it can. */
static void
thing_make(enum thing thing, char path[PATH_ROOM])
{
	int master;

	path_join(path, sc.tmp, "thing");
	unlink(path);
	switch (thing) {
	case A_FIFO:
		want(mkfifo(path, 0666) == 0, "mkfifo: %s", strerror(errno));
		break;
	case A_DEVICE:
		want(make_kind(DEVICE, path), "mknod: %s", strerror(errno));
		break;
	case A_TERMINAL:
		master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
		want(master >= 0 && grantpt(master) == 0 &&
			 unlockpt(master) == 0,
		    "posix_openpt: %s", strerror(errno));
		snprintf(path, PATH_ROOM, "%s", ptsname(master));
		break;
	case A_FILE:
		file_write(path, "s2000\n");
		break;
	case THINGS:
		break;
	}
}

/* A descriptor that is readable once somebody has opened it. */
static int
opens_watch(const char *path)
{
	int fd = fd_keep(inotify_init1(IN_NONBLOCK | IN_CLOEXEC), "inotify");

	fd_keep(inotify_add_watch(fd, path, IN_OPEN), path);
	return fd;
}

static bool
opens_seen(int watch)
{
	struct pollfd pfd = { .fd = watch, .events = POLLIN };

	return poll(&pfd, 1, 0) == 1;
}

static void
unopened(void)
{
	char path[PATH_ROOM];
	struct place *pl;
	int thing, watch;

	for (thing = 0; thing < THINGS; thing++) {
		scene_anew();
		thing_make((enum thing)thing, path);
		pl = place_new("");
		want(unlink(in(pl, "config")) == 0 &&
			 symlink(path, in(pl, "config")) == 0 &&
			 lchown(in(pl, "config"), NOBODY, NOBODY) == 0 &&
			 chown(pl->path, NOBODY, NOBODY) == 0,
		    "%s: %s", path, strerror(errno));
		watch = opens_watch(path);
		if (thing != A_FILE)
			check_in_vain(pl);
		sc.lg.n_argv = 1;
		begin_ready_on(pl);
		poke(SIGHUP);
		feed(20);
		end();
		place_is_whole(pl);
		want(opens_seen(watch) == (thing == A_FILE), "%s was %sopened",
		    path, thing == A_FILE ? "not " : "");
		want(times_said("unable to read config: ") ==
			 (thing == A_FILE ? 0 : 3),
		    "%s: said %ld times", path,
		    times_said("unable to read config: "));
		close(watch);
	}
}

/* The disk with the configs is not there yet: no reason to delete by the
 * defaults. */
static void
leads_to_nothing(void)
{
	struct place *pl = place_new("");

	want(unlink(in(pl, "config")) == 0 &&
		 symlink("missing", in(pl, "config")) == 0,
	    "symlink: %s", strerror(errno));
	check_in_vain(pl);
	sc.lg.n_argv = 1;
	begin_ready_on(pl);
	poke(SIGHUP);
	await(has_said("keeping the old one"), WAIT_LIMIT, "it is quiet");
	feed(20);
	end();
	place_is_whole(pl);
	want(times_said("symbolic link to nothing") == 3, "said %ld times",
	    times_said("symbolic link to nothing"));
}

/* Names of old files that cannot be removed do not stop pruning. */
static void
prune_goes_on(void)
{
	struct place *pl = place_new("s2000;n5");
	size_t i, n = 0;

	want(mkdir(in(pl, "@400000000000000000000001.s"), 0755) == 0 &&
		 mkdir(in(pl, "@400000000000000000000001.t"), 0755) == 0 &&
		 mkdir(in(pl, "@400000000000000000000001.u"), 0755) == 0,
	    "mkdir: %s", strerror(errno));
	logger_on(pl);
	begin();
	feed(1000);
	end();
	names_read(&pl->names, pl->path);
	for (i = 0; i < pl->names.n; i++) {
		if (file_size(in(pl, pl->names.v[i])) > 100)
			n++;
	}
	want(n >= 2 && n <= 7, "%zu old files", pl->names.n);
	want(times_said("unable") < 10, "%ld lines are said", lines_said());
}

/* --- processors -----------------------------------------------------------*/

struct trust {
	const char *words;
	uid_t dir_owner;
	mode_t dir_mode;
	bool is_link;
	uid_t link_owner, file_owner;
	mode_t file_mode;
	const char *command;
	bool runs;
};

static const struct trust trusts[] = {
	{ "root's own", 0, 0755, false, 0, 0, 0644, "echo ran", true },
	{ "nobody's", NOBODY, 0755, false, 0, NOBODY, 0644, "echo ran", false },
	{ "nobody's directory, root's file", NOBODY, 0755, false, 0, 0, 0644,
	    "echo ran", false },
	{ "group-writable", 0, 0775, false, 0, 0, 0644, "echo ran", false },
	{ "world-writable, sticky", 0, 01777, false, 0, 0, 0644, "echo ran",
	    false },
	{ "root's link to root's file", NOBODY, 0755, true, 0, 0, 0644,
	    "echo ran", true },
	{ "nobody's link to root's file", NOBODY, 0755, true, NOBODY, 0, 0644,
	    "echo ran", false },
	{ "root's link to nobody's file", NOBODY, 0755, true, 0, NOBODY, 0644,
	    "echo ran", false },
	{ "root's link to a file others write", NOBODY, 0755, true, 0, 0, 0666,
	    "echo ran", false },
	{ "gzip in nobody's", NOBODY, 0755, false, 0, NOBODY, 0644, "gzip",
	    true },
	{ "gzip -3 in nobody's", NOBODY, 0755, false, 0, NOBODY, 0644,
	    "gzip -3", true },
	{ "more than gzip in nobody's", NOBODY, 0755, false, 0, NOBODY, 0644,
	    "gzip; echo ran", false },
};

/* A directory whose whole way is root's, unlike that of our others. */
static const char safe[] = "/mnt";

static void
trust_try(const struct trust *t, const char *dir)
{
	char path[PATH_ROOM], target[PATH_ROOM], name[96];
	const char *text;
	struct place *pl;

	sc.n_places = 0;
	sc.lg.n_argv = 1;
	pl = place_at(path_join(path, sc.tmp, dir));
	snprintf(name, sizeof(name), "%s.config", dir);
	want(mkdir(pl->path, 0755) == 0, "mkdir");
	snprintf(target, sizeof(target), "%s",
	    t->is_link ? path_join(path, safe, name) : in(pl, "config"));
	snprintf(name, sizeof(name), "n0\n!%s\n", t->command);
	file_write(target, name);
	want(chown(target, t->file_owner, t->file_owner) == 0 &&
		 chmod(target, t->file_mode) == 0,
	    "%s: %s", t->words, strerror(errno));
	if (t->is_link)
		want(symlink(target, in(pl, "config")) == 0 &&
			 lchown(in(pl, "config"), t->link_owner,
			     t->link_owner) == 0,
		    "%s: %s", t->words, strerror(errno));
	want(chown(pl->path, t->dir_owner, t->dir_owner) == 0 &&
		 chmod(pl->path, t->dir_mode) == 0,
	    "%s: %s", t->words, strerror(errno));
	logger_on(pl);
	logger_pipe(&sc.lg);
	fcntl(sc.lg.wr, F_SETFL, O_NONBLOCK);
	begin();
	feed(5);
	await(pipe_holds() == 0 && file_size(in(pl, "current")) > 0, WAIT_LIMIT,
	    "%s: nothing is written", t->words);
	poke(SIGALRM);
	await(place_bytes(pl) > 0 && pl->names.n == 1 &&
		  pl->names.v[0][26] == 's',
	    WAIT_LIMIT, "%s: there is no old file", t->words);
	end();
	names_read(&pl->names, pl->path);
	text = file_text(in(pl, pl->names.v[0]));
	want((text[0] != 'S') == t->runs, "%s: the processor %s", t->words,
	    t->runs ? "did not run" : "ran");
	fd_drop(&sc.lg.rd);
	fd_drop(&sc.lg.ring);
}

static void
trusted_only(void)
{
	char dir[32];
	size_t i;

	mounts_own();
	if (mount("safe", safe, "tmpfs", 0, "mode=755") < 0)
		skip("cannot mount over /mnt");
	for (i = 0; i < sizeof(trusts) / sizeof(trusts[0]); i++) {
		snprintf(dir, sizeof(dir), "trust%zu", i);
		trust_try(&trusts[i], dir);
	}
	want(times_said("processor ignored") == 8, "said %ld times",
	    times_said("processor ignored"));
}

/* --- races ----------------------------------------------------------------*/

/* How many tricks were played, in memory that both see. */
struct played {
	volatile long tricks, refused;
};

static void
become_nobody(void)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (setgroups(0, NULL) < 0 || setgid(NOBODY) < 0 || setuid(NOBODY) < 0)
		_exit(1);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
}

static const char *const prey[] = { "current", "lock", "state", "newstate",
	"lock.stats", "lock.ring", "config", "old", "undone", "trial" };

enum { PREY = sizeof(prey) / sizeof(prey[0]), PREY_LABELS = 7 };

/* One of the names, the last three being of files there are now. */
static void
prey_choose(uint64_t *random, struct names *nm, const char *dir, char *out)
{
	long i = (long)random_between(random, 0, PREY - 1);

	if (i < PREY_LABELS) {
		path_join(out, dir, prey[i]);
		return;
	}
	names_read(nm, dir);
	if (nm->n == 0)
		path_join(out, dir, "current");
	else
		path_join(out, dir,
		    nm->v[random_between(random, 0, (int64_t)nm->n - 1)]);
	if (i == PREY - 1)
		out[strlen(out) - 1] = 't';
}

static void
remove_any(const char *path)
{
	char below[PATH_ROOM];

	if (unlink(path) < 0 && errno == EISDIR) {
		rmdir(path_join(below, path, "below"));
		rmdir(path);
	}
}

/* Something that is no log file, or a config. */
static bool
trick_make(int kind, const char *path)
{
	bool done;
	int fd;

	if (kind < KINDS)
		return make_kind((enum kind)kind, path);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	done = fd >= 0 && dprintf(fd, "s2000\n!echo >%s/new\n", victim) > 0;
	close(fd);
	return done;
}

/* Swaps names for links, FIFOs, directories, and one for another, as fast as
 * it can. */
static _Noreturn void
swapper(const char *dir, struct played *played)
{
	char path[PATH_ROOM], other[PATH_ROOM];
	struct names nm = { 0 };
	uint64_t random = 1;
	int kind;

	become_nobody();
	for (;;) {
		prey_choose(&random, &nm, dir, path);
		kind = (int)random_between(&random, 0, KINDS + 6);
		if (kind > KINDS + 2) {
			prey_choose(&random, &nm, dir, other);
		} else {
			/* Made beside, so that the name is never missing. */
			path_join(other, dir, "aside");
			remove_any(other);
			if (!trick_make(kind, other)) {
				played->refused++;
				continue;
			}
		}
		if (rename(other, path) < 0) {
			remove_any(path);
			rename(other, path);
		}
		played->tricks++;
	}
}

/* Reads config while `current` has its name, and root's link when it is
 * looked at again - if the logger looks twice. */
static _Noreturn void
config_swapper(const char *dir, struct played *played)
{
	char config[PATH_ROOM], current[PATH_ROOM], keep[PATH_ROOM];

	become_nobody();
	path_join(config, dir, "config");
	path_join(current, dir, "current");
	path_join(keep, dir, "keep");
	for (;;) {
		rename(config, keep);
		played->tricks += rename(current, config) == 0;
		rename(config, current);
		rename(keep, config);
	}
}

/* The config is a link to a file, and to a FIFO, in turn. */
static _Noreturn void
link_swapper(const char *dir, struct played *played)
{
	char config[PATH_ROOM], aside[PATH_ROOM];

	become_nobody();
	path_join(config, dir, "config");
	path_join(aside, dir, "aside");
	for (;;) {
		played->tricks +=
		    symlink("file", aside) == 0 && rename(aside, config) == 0;
		played->tricks +=
		    symlink("fifo", aside) == 0 && rename(aside, config) == 0;
	}
}

static struct played *
racer_start(struct place *pl, void (*racer)(const char *, struct played *))
{
	struct played *played = mmap(NULL, sizeof(*played),
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t pid;

	if (played == MAP_FAILED)
		give_up("out of memory");
	fflush(stdout);
	pid = fork();
	want(pid >= 0, "fork: %s", strerror(errno));
	if (pid == 0)
		racer(pl->path, played);
	return played;
}

static int64_t
race_until(void)
{
	return now_ns() + (sc.n_long > 0 ? sc.n_long : RACE_S) * 1000 * MS;
}

static void
swapped(void)
{
	struct place *pl = place_new("s2000;n20;!cat; echo new >&5");
	int64_t until = race_until();
	struct played *played;
	uint64_t random = 5;
	int status;
	long i, ends = 0;

	victim_make();
	give_away(pl);
	logger_on(pl);
	begin_ready();
	played = racer_start(pl, swapper);
	for (i = 0; now_ns() < until; i++) {
		while (random_between(&random, 0, 50) && send_some())
			;
		poke(i % 2 ? SIGALRM : SIGHUP);
		look_again();
		if (i % 50 == 49) {
			poke(i % 100 == 49 ? SIGKILL : SIGTERM);
			want(has_ended(10000 * MS, &status), "it does not end");
			begin_ready();
			ends++;
		} else if (has_ended(0, &status)) {
			want(WIFEXITED(status) &&
				 WEXITSTATUS(status) == EXIT_TROUBLE,
			    "%s", status_words(status));
			begin_ready();
		}
	}
	victim_is_well("the race");
	printf("  %ld tricks, %ld refused, %ld ends, %ld set aside\n",
	    played->tricks, played->refused, ends, times_said("set aside"));
	want(played->tricks > 1000, "%ld tricks only", played->tricks);
	want(has_said("set aside"), "it met none of them");
}

static void
config_raced(void)
{
	struct place *pl = place_new("");
	int64_t until = race_until();
	struct played *played;
	char line[PATH_ROOM + 64], path[PATH_ROOM];
	long i;

	victim_make();
	snprintf(line, sizeof(line), "!echo >%s/new\n", victim);
	mounts_own();
	if (mount("safe", safe, "tmpfs", 0, "mode=755") < 0)
		skip("cannot mount over /mnt");
	path_join(path, safe, "trusted");
	file_write(path, "n0\n");
	want(unlink(in(pl, "config")) == 0 &&
		 symlink(path, in(pl, "config")) == 0,
	    "symlink: %s", strerror(errno));
	want(chown(pl->path, NOBODY, NOBODY) == 0, "chown");
	logger_on(pl);
	begin_ready();
	want(write(sc.lg.wr, line, strlen(line)) == (ssize_t)strlen(line),
	    "write: %s", strerror(errno));
	await(file_size(in(pl, "current")) > 0, WAIT_LIMIT,
	    "nothing is written");
	played = racer_start(pl, config_swapper);
	for (i = 0; now_ns() < until; i++) {
		poke(SIGHUP);
		if (i % 16 == 15) {
			(void)!write(sc.lg.wr, line, strlen(line));
			poke(SIGALRM);
		}
		look_again();
		want(access(path_join(path, victim, "new"), F_OK) < 0,
		    "a log line ran as root's processor (after %ld tricks)",
		    played->tricks);
	}
	want(played->tricks > 1000, "%ld tricks only", played->tricks);
	printf("  %ld tricks, %ld HUPs\n", played->tricks, i);
}

static void
link_raced(void)
{
	struct place *pl = place_new("");
	int64_t until = race_until();
	struct played *played;
	int fifo, file;
	long i;

	file_write(in(pl, "file"), "s2000\n");
	want(mkfifo(in(pl, "fifo"), 0666) == 0 &&
		 chown(pl->path, NOBODY, NOBODY) == 0,
	    "%s", strerror(errno));
	fifo = opens_watch(in(pl, "fifo"));
	file = opens_watch(in(pl, "file"));
	played = racer_start(pl, link_swapper);
	begin_ready_on(pl);
	for (i = 0; now_ns() < until; i++) {
		poke(SIGHUP);
		look_again();
	}
	end_by(SIGTERM, WAIT_LIMIT);
	want(!opens_seen(fifo), "the FIFO was opened (after %ld tricks)",
	    played->tricks);
	want(opens_seen(file), "the file never was");
	want(has_said("unable to read config"), "it never met the FIFO");
	want(played->tricks > 1000, "%ld tricks only", played->tricks);
	printf("  %ld tricks, %ld HUPs\n", played->tricks, i);
}

/* --- other loggers and other directories ----------------------------------*/

static void
second_logger(void)
{
	struct place *pl = place_new("");
	struct logger first;
	int64_t at, took;
	int status;

	logger_on(pl);
	begin();
	feed(10);
	until_written(pl, WAIT_LIMIT);
	first = sc.lg;
	at = now_ns();
	logger_pipe(&sc.lg);
	begin();
	want(has_ended(WAIT_LIMIT, &status), "the second one stays");
	took = now_ns() - at;
	want(WIFEXITED(status) && WEXITSTATUS(status) == EXIT_TROUBLE, "%s",
	    status_words(status));
	want(took >= 4500 * MS && took <= 6500 * MS, "after %.0f ms",
	    ms_of(took));
	want(times_said("unable to lock directory") == 1 && lines_said() == 2,
	    "%ld lines are said", lines_said());
	sc.lg = first;
	feed(10);
	end();
	place_is_whole(pl);
}

/* It gets the directory when the first one leaves in time. */
static void
second_logger_waits(void)
{
	struct place *pl = place_new("");
	struct logger first;
	uint64_t lines;
	int status;

	logger_on(pl);
	begin();
	feed(10);
	until_written(pl, WAIT_LIMIT);
	first = sc.lg;
	logger_pipe(&sc.lg);
	fcntl(sc.lg.wr, F_SETFL, O_NONBLOCK);
	begin();
	feed(10);
	measure_for(300 * MS);
	fd_drop(&first.wr);
	want(child_ended(first.pid, now_ns() + WAIT_LIMIT, &status) &&
		 status == 0,
	    "the first one does not end");
	lines = sc.lines_sent;
	until_written(pl, 2000 * MS);
	want(lines == sc.lines_sent, "?");
	end();
	place_is_whole(pl);
}

static void
one_is_missing(void)
{
	struct place *pl, *missing;
	char path[PATH_ROOM];

	missing = place_at(path_join(path, sc.tmp, "missing"));
	pl = place_new("s5000");
	logger_on(missing);
	logger_on(pl);
	begin();
	feed(500);
	until_written(pl, WAIT_LIMIT);
	want(times_said("unable to open log directory") == 1 &&
		 lines_said() == 1,
	    "%ld lines are said", lines_said());
	want(mkdir(missing->path, 0755) == 0, "mkdir");
	poke(SIGHUP);
	await(file_is(in(missing, "current")), WAIT_LIMIT,
	    "HUP does not bring it");
	feed(100);
	end();
	place_is_whole(pl);
	missing->check.next = 500;
	place_is_whole(missing);
}

static void
not_its_config(void)
{
	struct place *pl, *other;

	want(chown(sc.tmp, NOBODY, NOBODY) == 0 &&
		 fchown(sc.lg.err, NOBODY, NOBODY) == 0,
	    "chown: %s", strerror(errno));
	pl = place_new("pone: ;-*;s2000");
	other = place_new("pother: ;-*;s2000");
	want(chmod(in(other, "config"), 0) == 0 &&
		 chown(other->path, NOBODY, NOBODY) == 0 &&
		 chown(pl->path, NOBODY, NOBODY) == 0,
	    "chown: %s", strerror(errno));
	logger_on(pl);
	logger_on(other);
	as_nobody();
	begin();
	feed(50);
	until_written(other, WAIT_LIMIT);
	want(times_said("unable to read config") == 1, "said %ld times",
	    times_said("unable to read config"));
	poke(SIGHUP);
	feed(50);
	end();
	place_is_whole(other);
	want(place_bytes(pl) == 0, "the first config does not count");
}

static const struct scene scenes[] = {
	{ "nothing is written through a `current` that is not ours",
	    meets_current, 0 },
	{ "nothing is written through a `lock` that is not ours", meets_lock,
	    0 },
	{ "nothing is written through a `lock.stats` that is not ours",
	    meets_stats, 0 },
	{ "nothing is read or written through a `state` that is not ours",
	    meets_state, 0 },
	{ "nothing is written through a `newstate` that is not ours",
	    meets_newstate, 0 },
	{ "nothing is written through a .t that is not ours", meets_trial, 0 },
	{ "nothing happens to what an old file's name leads to", meets_old, 0 },
	{ "nothing happens to what a .u leads to", meets_undone, 0 },
	{ "a config that is no file is none, and is not quoted", meets_config,
	    0 },
	{ "a config that leads to what is no file is not opened", unopened, 0 },
	{ "a config that leads to nothing is one that cannot be read",
	    leads_to_nothing, 0 },
	{ "what cannot be pruned does not stop pruning", prune_goes_on, 0 },
	{ "a processor runs only where nobody else can set it", trusted_only,
	    0 },
	{ "names swapped at any time: nothing outside is touched", swapped, 0 },
	{ "a config swapped at any time: no log line is run", config_raced, 0 },
	{ "a config swapped at any time: only a file is opened", link_raced,
	    0 },
	{ "a second svlogd gives up after 5 s with 111", second_logger, 0 },
	{ "a second svlogd waits for the first to leave", second_logger_waits,
	    0 },
	{ "a missing directory does not trouble the others, and HUP "
	  "brings it",
	    one_is_missing, 0 },
	{ "a config that may not be read is nobody else's", not_its_config, 0 },
};

int
main(int argc, char **argv)
{
	(void)argc;
	return scenes_main(argv, scenes, sizeof(scenes) / sizeof(scenes[0]));
}
