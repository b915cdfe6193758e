/* input: command lines and configs that make no sense, and what svlogd costs
 * when all is well. */
#define _GNU_SOURCE
#include "scene.h"

/* --- command lines --------------------------------------------------------*/

struct command {
	const char *argv[6]; /* DIR: a good one */
	int code;
	long lines; /* on standard error; 0: it runs */
	const char *says;
};

static const char DIR_WORD[] = "DIR";

static const struct command commands[] = {
	{ { NULL }, 111, 1, "usage: " },
	{ { "-x", DIR_WORD }, 111, 1, "usage: " },
	{ { "--long", DIR_WORD }, 111, 1, "usage: " },
	{ { "-t" }, 111, 1, "usage: " },
	{ { "-b", "1000", DIR_WORD }, 111, 1, "usage: " },
	{ { "-b", "500", "-l", "500", DIR_WORD }, 111, 1, "usage: " },
	{ { "-b", "10", DIR_WORD }, 111, 1, "usage: " },
	{ { "-r", "ab", DIR_WORD }, 111, 1, "usage: " },
	{ { "-r", "", DIR_WORD }, 111, 1, "usage: " },
	{ { "-l" }, 111, 1, "usage: " },
	{ { "-V" }, 111, 2, "usage: " },
	{ { "missing" }, 111, 2, "file does not exist" },
	{ { "" }, 111, 2, "no functional log directories" },
	{ { "/dev/null" }, 111, 2, "not a directory" },
	{ { "missing", "missing" }, 111, 3, "no functional log" },
	{ { "-b", "0", DIR_WORD }, 0, 0, "" },
	{ { "-l", "0", DIR_WORD }, 0, 0, "" },
	{ { "-l", "x", DIR_WORD }, 0, 0, "option -l" },
	{ { "-l", "99999999999999999999", DIR_WORD }, 0, 0, "option -l" },
	{ { "-w", "99999999999999999999", DIR_WORD }, 0, 0, "option -w" },
	{ { "-b", "4294967297", DIR_WORD }, 0, 0, "option -b" },
	{ { "-l4294967297", DIR_WORD }, 0, 0, "option -l" },
	{ { "--", DIR_WORD }, 0, 0, "" },
	{ { "missing", DIR_WORD }, 0, 0, "file does not exist" },
};

static void
command_try(const struct command *c, size_t n)
{
	struct place *pl;
	int status;
	size_t i;

	scene_anew();
	pl = place_new("");
	for (i = 0; c->argv[i]; i++)
		logger_arg(&sc.lg,
		    c->argv[i] == DIR_WORD ? pl->path : c->argv[i]);
	begin();
	if (c->code == 0) {
		feed(50);
		end();
		place_is_whole(pl);
	} else {
		want(has_ended(WAIT_LIMIT, &status), "command %zu: it runs", n);
		want(status_is(status, c->code), "command %zu: %s", n,
		    status_words(status));
		want(lines_said() == c->lines, "command %zu: %ld lines", n,
		    lines_said());
	}
	want(has_said(c->says), "command %zu: it does not say %s", n, c->says);
}

static void
command_lines(void)
{
	size_t i;

	for (i = 0; i < COUNT(commands); i++)
		command_try(&commands[i], i);
}

/* --- configs --------------------------------------------------------------*/

/* Each makes one warning with file, line and column, and loses nothing. */
static const char *const configs[] = { "sx", "s1000000x",
	"s99999999999999999999", "s18446744073709551617", "nx",
	"n99999999999999999999", "Nx", "t9x", "t99999999999999999999", "t1d",
	"y", "yx", "y-1", "y99999999999999", "m", "m999", "m7777", "m0000",
	"m0755", "B", "Bfoo", "Ox", "S", "Sx", "S1000x", "Ax",
	"A99999999999999999999", "Q", "\x01", "~", "\xff\xfe" };

static void
config_try(const char *config)
{
	char where[PATH_ROOM + 32];
	struct place *pl;

	scene_anew();
	pl = begin_ready_on(place_new(config));
	feed(30);
	poke(SIGHUP);
	feed(30);
	end();
	place_is_whole(pl);
	snprintf(where, sizeof(where), "warning: %s/config:2:", pl->path);
	want(has_said(where), "\"%s\": there is no warning", config);
	want(lines_said() <= 4, "\"%s\": %ld lines", config, lines_said());
}

static void
bad_configs(void)
{
	size_t i;

	for (i = 0; i < COUNT(configs); i++)
		config_try(configs[i]);
}

enum { HUGE = 3 << 20 };

static char *
random_bytes(size_t n, uint64_t random)
{
	char *text = malloc(n);
	size_t i;

	if (!text)
		give_up("out of memory");
	for (i = 0; i < n; i++)
		text[i] = (char)random_between(&random, 0, 255);
	return text;
}

/* A config of any size and any bytes; other directories do not suffer. */
static void
huge_configs(void)
{
	static const struct {
		size_t n;
		bool is_random; /* else comments */
	} rows[] = {
		{ (1 << 20) - 1, false },
		{ 1 << 20, false },
		{ (1 << 20) + 1, false }, /* too large */
		{ HUGE, false },
		{ 20000, true },
	};
	struct place *pl = place_new(""), *other = place_new("");
	char *noise = random_bytes(HUGE, 3), *comments = malloc(HUGE);
	size_t i;

	if (!comments)
		give_up("out of memory");
	for (i = 0; i < HUGE; i++)
		comments[i] = "#\n"[i % 2];
	logger_on(pl);
	begin_ready_on(other);
	for (i = 0; i < COUNT(rows); i++) {
		file_put(in(pl, "config"), rows[i].is_random ? noise : comments,
		    rows[i].n, 0644);
		poke(SIGHUP);
		feed_and_read(20);
	}
	end_by(SIGTERM, WAIT_LIMIT);
	begin_ready();
	feed(20);
	end();
	place_is_whole(other);
	free(comments);
	free(noise);
}

/* A number too large is a large number, never a small one. */
static void
no_number_wraps(void)
{
	struct place *pl =
	    begin_in("s18446744073709551617;n18446744073709551618;"
		     "t18446744073709551617");

	feed(2000);
	end();
	place_is_whole(pl);
	want(pl->names.n == 0, "%zu rotations", pl->names.n);
}

/* Any bytes in the lines: they come out as they went in. */
static void
any_bytes(void)
{
	const size_t n = 1 << 20;
	struct place *pl = begin_ready_on(place_new("s0"));
	struct bytes got = { 0 };
	char *text = random_bytes(n, 11);
	uint64_t random = 11;
	size_t at, most;

	text[n - 1] = '\n';
	for (at = 0; at < n; at += most) {
		most = (size_t)random_between(&random, 1, 5000);
		most = most < n - at ? most : n - at;
		send_bytes(text + at, most);
		if (random_between(&random, 0, 20) == 0)
			killed_and_begun();
	}
	end();
	dir_bytes(&got, &pl->names, pl->path);
	want(got.n == n, "%zu bytes", got.n);
	want(memcmp(got.p, text, n) == 0, "they differ");
	bytes_free(&got);
	free(text);
}

/* --- what it costs --------------------------------------------------------*/

static void
little_memory(void)
{
	static const struct {
		const char *when;
		uint64_t lines;
		long shared; /* kB, at most */
	} rows[] = {
		{ "idle", 0, 1024 },
		{ "after a line", 1, 1024 },
		{ "loaded", 200000, 2 * 1024 + 512 },
	};
	long anon, shared;
	size_t i;

	begin_ready_on(place_new("s1000000;n3"));
	for (i = 0; i < COUNT(rows); i++) {
		feed_and_read(rows[i].lines);
		anon = proc_status(sc.lg.pid, "RssAnon:");
		shared = proc_status(sc.lg.pid, "RssShmem:");
		printf("  %s: RssAnon %ld kB, RssShmem %ld kB\n", rows[i].when,
		    anon, shared);
		want(anon > 0, "RssAnon is not told");
		/* Sanitizers have memory of their own. */
		want(anon < 1024 || getenv("WEIR_SANITIZED"),
		    "%ld kB of its own", anon);
		want(shared < rows[i].shared, "%ld kB shared", shared);
	}
	end();
}

/* What strace saw: no call but writes and rotations from the first rotation to
 * the last. */
static void
trace_is_quiet(const char *text)
{
	const char *line, *call = NULL;
	long rotations = 0, writes = 0;

	for (line = text; *line; line += strcspn(line, "\n"), line += !!*line) {
		/* What comes after the last rotation is the end. */
		if (strncmp(line, "renameat", 8) == 0) {
			want(!call || rotations == 0,
			    "after %ld rotations: %.60s", rotations, call);
			rotations++;
			call = NULL;
		} else if (strncmp(line, "write(", 6) == 0) {
			writes++;
		} else {
			call = line;
		}
	}
	want(rotations > 5 && writes > 30, "%ld rotations, %ld writes",
	    rotations, writes);
	printf("  %ld rotations, %ld writes\n", rotations, writes);
}

/* Nothing is cut off the heap while lines flow. */
static void
no_memory_is_taken(void)
{
	char trace[PATH_ROOM];
	const char *const words[] = { "/usr/bin/strace", "-qq", "-o", trace,
		"-e", "trace=brk,mmap,munmap,mremap,write,renameat2,renameat",
		sc.svlogd, "-t", "-r_" };
	int status;
	size_t i;

	if (access(words[0], X_OK) < 0)
		skip("no strace");
	errno = 0;
	if (getenv("WEIR_SANITIZED"))
		skip("sanitizers take memory");
	path_join(trace, sc.tmp, "trace");
	sc.lg.n_argv = 0;
	for (i = 0; i < COUNT(words); i++)
		logger_arg(&sc.lg, words[i]);
	logger_on(place_new("s200000;n3;-none*;+*"));
	logger_start(&sc.lg, NULL, NULL, NULL);
	feed(20000);
	fd_drop(&sc.lg.wr);
	want(has_ended(WAIT_LIMIT, &status), "it does not end");
	if (status != 0 && !*file_text(trace))
		skip("strace is not permitted");
	trace_is_quiet(file_text(trace));
}

static const struct scene scenes[] = {
	{ "a bad command line exits 111 with one clear line", command_lines,
	    0 },
	{ "a bad config line is one warning with its place, and no line is "
	  "lost",
	    bad_configs, 0 },
	{ "a config of any size and bytes loses no other directory's lines",
	    huge_configs, 0 },
	{ "no number of a config wraps", no_number_wraps, 0 },
	{ "any bytes come out as they went in, whoever is killed", any_bytes,
	    0 },
	{ "it takes little memory", little_memory, 0 },
	{ "it takes no memory while lines flow", no_memory_is_taken, 0 },
};

int
main(int argc, char **argv)
{
	(void)argc;
	return scenes_main(argv, scenes, COUNT(scenes));
}
