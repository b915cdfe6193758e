/* memory: each allocation of svlogd's fails, once, in turn: at the start, at
 * HUP, in a check. It says so and ends or goes on; no line is lost. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "scene.h"

enum { PLAIN, RICH, LATER, WORLD_DIRS, BATCH_LINES = 50 };

/* All that takes memory: more rules than fit at first, and more room. */
#define RULES "+z*;-zz*;ezzz*;Ezzz*;-+ a*;-*zzzz;~-^z$;~e(*NO_JIT)^z$;~m^(z)$"
#define PREFIX "a prefix that takes some room in front of every line: "
#define RICH_CONFIG                                                            \
	"s30000;n7;N3;t1000;S1m;A1d;y50;m640;O;Bblock;p" PREFIX ";!cat;" RULES \
	";" RULES ";" RULES ";-zzz"

static struct place *dir[WORLD_DIRS];
static char world[PATH_ROOM], log_of_allocs[PATH_ROOM];

/* A fresh one in the same scene. */
static void
world_make(void)
{
	static const char *const names[] = { "plain", "rich", "later" };
	size_t i;

	scene_anew();
	dir_new(path_join(world, sc.tmp, "world"), 0755);
	path_join(log_of_allocs, world, "allocs");
	setenv("WEIR_FAULT_ALLOCS", log_of_allocs, 1);
	for (i = 0; i < WORLD_DIRS; i++)
		dir[i] = place_below(world, names[i]);
	logger_arg(&sc.lg, "-v");
	logger_arg(&sc.lg, "-r_");
	logger_arg(&sc.lg, "-l500");
	for (i = 0; i < WORLD_DIRS; i++)
		logger_on(dir[i]);
}

static void
world_drop(void)
{
	size_t i;

	for (i = 0; i < WORLD_DIRS; i++) {
		free(dir[i]->check.gaps);
		free(dir[i]->names.v);
		memset(dir[i], 0, sizeof(*dir[i]));
	}
	tree_remove(world);
}

static void
config_write(const struct place *pl, const char *config)
{
	char text[1024], *p;

	snprintf(text, sizeof(text), "%s;", config);
	for (p = text; (p = strchr(p, ';'));)
		*p = '\n';
	file_write(in(pl, "config"), text);
}

/* How many allocations there were. */
static long
allocs(void)
{
	const char *p = file_text(log_of_allocs);
	long n = 0;

	for (; *p; p++)
		n += *p == '\n';
	return n;
}

/* The n-th allocation fails in what begins next; `more`: and each after it. */
static void
fail_at(long n, bool more)
{
	static char fault[64];

	snprintf(fault, sizeof(fault), "fail:alloc:ENOMEM:%ld%s", n,
	    more ? "+" : "");
	sc.fault = fault;
}

static bool
has_failed(void)
{
	return strstr(file_text(log_of_allocs), " fails") != NULL;
}

/* Lines of a directory, with these words in them. */
static uint64_t
lines_with(struct place *pl, const char *words)
{
	uint64_t n = 0;
	const char *p;
	size_t i;

	names_read(&pl->names, pl->path);
	for (i = 0; i <= pl->names.n; i++) {
		p = file_text(
		    in(pl, i < pl->names.n ? pl->names.v[i] : "current"));
		for (; (p = strstr(p, words)); p += strlen(words))
			n++;
	}
	return n;
}

static int
ends(void)
{
	int status;

	fd_drop(&sc.lg.wr);
	want(has_ended(WAIT_LIMIT, &status), "it does not end at EOF");
	want(WIFEXITED(status), "%s", status_words(status));
	return WEXITSTATUS(status);
}

/* --- the start ------------------------------------------------------------*/

static void
at_the_start(void)
{
	bool fired = true;
	long n;

	for (n = 1; fired; n++) {
		int code;

		world_make();
		dir_make(dir[PLAIN]->path, "s20000");
		dir_make(dir[RICH]->path, RICH_CONFIG);
		dir_make(dir[LATER]->path, "s5000;" RULES);
		feed(BATCH_LINES);
		fail_at(n, false);
		begin();
		code = ends();
		fired = has_failed();
		want(code == 0 || code == EXIT_TROUBLE, "alloc %ld: exit %d", n,
		    code);
		if (code != 0) {
			want(fired && has_said("fatal: unable to start: out of "
					       "memory"),
			    "alloc %ld: it does not say why it ended", n);
			sc.fault = NULL;
			begin();
			want(ends() == 0, "alloc %ld: not then either", n);
		}
		place_is_whole(dir[PLAIN]);
		place_is_whole(dir[LATER]);
		want(lines_with(dir[RICH], PREFIX) == BATCH_LINES,
		    "alloc %ld: lines are missing", n);
		world_drop();
	}
	want(n > 30, "only %ld allocations", n);
}

static void
in_a_check(void)
{
	bool fired = true;
	long n;

	for (n = 1; fired; n++) {
		int code;

		world_make();
		dir_make(dir[PLAIN]->path, "s20000");
		dir_make(dir[RICH]->path, RICH_CONFIG);
		dir_make(dir[LATER]->path, RULES);
		sc.lg.argv[1] = "-n"; /* for -v */
		fail_at(n, false);
		begin();
		code = ends();
		fired = has_failed();
		want(code == (fired ? 2 : 0), "alloc %ld: exit %d", n, code);
		want(!fired || has_said("out of memory"),
		    "alloc %ld: it does not say why", n);
		world_drop();
	}
	want(n > 20, "only %ld allocations", n);
}

/* --- at work --------------------------------------------------------------*/

/* At work in two directories with little in their configs, the third not yet
 * there. */
static void
world_begin(void)
{
	dir_make(dir[PLAIN]->path, "s20000");
	dir_make(dir[RICH]->path, "s0");
	begin();
	feed(BATCH_LINES);
	until_written(dir[PLAIN], WAIT_LIMIT);
	until_written(dir[RICH], WAIT_LIMIT);
}

/* The first world tells how many are taken at the start. */
static long
taken_at_start(void)
{
	long n;

	world_make();
	fail_at(1000000, false);
	world_begin();
	n = allocs();
	want(n > 0, "no allocation at all");
	want(ends() == 0, "it fails without a fault");
	world_drop();
	return n;
}

static void
at_hup(void)
{
	long n, start = taken_at_start();
	bool fired = true;

	for (n = 1; fired; n++) {
		uint64_t rich;

		world_make();
		fail_at(start + n, false);
		world_begin();
		config_write(dir[PLAIN], "s10000;n0;" RULES ";" RULES);
		config_write(dir[RICH], "n0;p" PREFIX ";" RULES ";" RULES);
		dir_make(dir[LATER]->path, RULES);
		poke(SIGHUP);
		await(has_said("sighangup"), WAIT_LIMIT, "it does not hear");
		feed(BATCH_LINES);
		want(ends() == 0, "alloc %ld: it fails", n);
		fired = has_failed();
		want(!fired || has_said("out of memory"),
		    "alloc %ld: it does not say so", n);
		place_is_whole(dir[PLAIN]);
		rich = lines_with(dir[RICH], PREFIX);
		want(rich == (has_said("rich: keeping") ? 0 : BATCH_LINES),
		    "alloc %ld: %llu lines by the new config", n,
		    (unsigned long long)rich);
		want(lines_with(dir[RICH], "\n") == 2 * BATCH_LINES,
		    "alloc %ld: lines are missing", n);
		want(file_is(in(dir[LATER], "current")) ==
			 !has_said("later: out of memory"),
		    "alloc %ld: the new directory", n);
		world_drop();
	}
	want(n > 20, "only %ld allocations", n);
}

/* A directory that took another's place has a config of its own. */
static void
at_replacement(void)
{
	long start = taken_at_start();
	char old[PATH_ROOM];
	struct place *pl;

	world_make();
	pl = dir[PLAIN];
	fail_at(start + 1, true);
	world_begin();
	path_join(old, world, "old");
	want(rename(pl->path, old) == 0, "rename");
	dir_make(pl->path, RULES);
	feed(1);
	await(has_failed(), WAIT_LIMIT, "it takes no memory");
	feed_full();
	await(has_said("out of memory"), WAIT_LIMIT, "it does not say why");
	end_by(SIGTERM, WAIT_LIMIT);
	sc.fault = NULL;
	begin();
	feed_rest();
	want(ends() == 0, "it fails");
	place_read(&pl->check, place_at(old));
	place_is_whole(pl);
}

static void
while_lines_flow(void)
{
	long before, after;
	int i;

	world_make();
	dir_make(dir[PLAIN]->path, "s20000;n0");
	dir_make(dir[RICH]->path, RICH_CONFIG);
	dir_make(dir[LATER]->path, "s5000;y1;" RULES);
	fail_at(1000000, false);
	begin();
	feed(BATCH_LINES);
	until_written(dir[PLAIN], WAIT_LIMIT);
	before = allocs();
	for (i = 0; i < 20; i++) {
		feed(1000);
		poke(SIGALRM);
		unlink(in(dir[LATER], "current"));
	}
	until_written(dir[PLAIN], WAIT_LIMIT);
	after = allocs();
	want(ends() == 0, "it fails");
	place_is_whole(dir[PLAIN]);
	want(dir[PLAIN]->names.n > 100, "too few rotations");
	want(before > 0 && after == before, "%ld allocations, then %ld", before,
	    after);
}

static const struct scene scenes[] = {
	{ "no memory at the start: 111 and a word, or all is logged",
	    at_the_start, 0 },
	{ "no memory in a check: 2 and a word", in_a_check, 0 },
	{ "no memory at HUP: the old config stays, and it says so", at_hup, 0 },
	{ "no memory for a replaced directory: it waits and loses nothing",
	    at_replacement, 0 },
	{ "no memory is taken while lines flow", while_lines_flow, 0 },
};

int
main(int argc, char **argv)
{
	(void)argc;
	return scenes_main(argv, scenes, COUNT(scenes));
}
