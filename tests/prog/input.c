/* input: command lines and configs that make no sense, and what svlogd costs
 * when all is well. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
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
	char path[PATH_ROOM], name[32];
	struct place *pl;
	int status;
	size_t i;

	snprintf(name, sizeof(name), "dir%zu", n);
	sc.n_places = 0;
	sc.lg.n_argv = 1;
	sc.lines_sent = sc.bytes_sent = 0;
	want(ftruncate(sc.lg.err, 0) == 0, "ftruncate");
	pl = place_at(path_join(path, sc.tmp, name));
	dir_make(pl->path, "");
	for (i = 0; c->argv[i]; i++)
		logger_arg(&sc.lg,
		    c->argv[i] == DIR_WORD ? pl->path : c->argv[i]);
	logger_pipe(&sc.lg);
	fcntl(sc.lg.wr, F_SETFL, O_NONBLOCK);
	begin();
	if (c->code == 0) {
		feed(50);
		end();
		place_is_whole(pl);
	} else {
		want(has_ended(WAIT_LIMIT, &status), "command %zu: it runs", n);
		want(WIFEXITED(status) && WEXITSTATUS(status) == c->code,
		    "command %zu: %s", n, status_words(status));
		want(lines_said() == c->lines, "command %zu: %ld lines", n,
		    lines_said());
	}
	want(has_said(c->says), "command %zu: it does not say %s", n, c->says);
	fd_drop(&sc.lg.rd);
	fd_drop(&sc.lg.wr);
	fd_drop(&sc.lg.ring);
}

static void
command_lines(void)
{
	size_t i;

	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
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
config_try(const char *config, size_t n)
{
	char path[PATH_ROOM], name[32], where[PATH_ROOM + 32];
	struct place *pl;

	snprintf(name, sizeof(name), "dir%zu", n);
	sc.n_places = 0;
	sc.lg.n_argv = 1;
	sc.lines_sent = sc.bytes_sent = 0;
	want(ftruncate(sc.lg.err, 0) == 0, "ftruncate");
	pl = place_at(path_join(path, sc.tmp, name));
	dir_make(pl->path, config);
	logger_pipe(&sc.lg);
	fcntl(sc.lg.wr, F_SETFL, O_NONBLOCK);
	logger_on(pl);
	begin_ready();
	feed(30);
	poke(SIGHUP);
	feed(30);
	end();
	place_is_whole(pl);
	snprintf(where, sizeof(where), "warning: %s/config:2:", pl->path);
	want(has_said(where), "\"%s\": there is no warning", config);
	want(lines_said() <= 4, "\"%s\": %ld lines", config, lines_said());
	fd_drop(&sc.lg.rd);
	fd_drop(&sc.lg.ring);
}

static void
bad_configs(void)
{
	size_t i;

	for (i = 0; i < sizeof(configs) / sizeof(configs[0]); i++)
		config_try(configs[i], i);
}

/* A config of any size and any bytes; other directories do not suffer. */
static void
huge_configs(void)
{
	struct place *pl = place_new(""), *other = place_new("");
	char *text = malloc(3 << 20);
	uint64_t random = 3;
	size_t i;
	int fd, round;

	if (!text)
		give_up("out of memory");
	logger_on(pl);
	logger_on(other);
	begin_ready();
	for (round = 0; round < 6; round++) {
		/* Comments up to 1 MiB, then too large, then anything. */
		for (i = 0; i < 3 << 20; i++)
			text[i] = round < 4
			              ? "#\n"[i % 2]
			              : (char)random_between(&random, 0, 255);
		fd = fd_keep(
		    open(in(pl, "config"), O_WRONLY | O_TRUNC | O_CLOEXEC),
		    "config");
		i = round == 0   ? (1 << 20) - 1
		    : round == 1 ? 1 << 20
		    : round == 2 ? (1 << 20) + 1
		    : round == 3 ? 3 << 20
		                 : 20000;
		want(write(fd, text, i) == (ssize_t)i, "write");
		close(fd);
		poke(SIGHUP);
		feed(20);
		await(pipe_holds() == 0, WAIT_LIMIT,
		    "round %d: it does not "
		    "read",
		    round);
	}
	end_by(SIGTERM, WAIT_LIMIT);
	begin_ready();
	feed(20);
	end();
	place_is_whole(other);
	free(text);
}

/* A number too large is a large number, never a small one. */
static void
no_number_wraps(void)
{
	struct place *pl =
	    place_new("s18446744073709551617;n18446744073709551618;"
		      "t18446744073709551617");

	logger_on(pl);
	begin();
	feed(2000);
	end();
	place_is_whole(pl);
	want(pl->names.n == 0, "%zu rotations", pl->names.n);
}

/* Any bytes in the lines: they come out as they went in. */
static void
any_bytes(void)
{
	struct place *pl = place_new("s0");
	char *text = malloc(1 << 20);
	uint64_t random = 11;
	size_t i, at;
	ssize_t n;
	const char *got;

	if (!text)
		give_up("out of memory");
	for (i = 0; i < 1 << 20; i++)
		text[i] = (char)random_between(&random, 0, 255);
	text[(1 << 20) - 1] = '\n';
	logger_on(pl);
	begin_ready();
	for (at = 0; at<1 << 20; at += n> 0 ? (size_t)n : 0) {
		n = write(sc.lg.wr, text + at,
		    (size_t)random_between(&random, 1, 5000) %
			((1 << 20) - at + 1));
		if (n < 0)
			want(pipe_takes(WAIT_LIMIT), "nobody reads");
		if (random_between(&random, 0, 20) == 0) {
			end_by(SIGKILL, WAIT_LIMIT);
			begin_ready();
		}
	}
	end();
	got = file_text(in(pl, "current"));
	want(file_size(in(pl, "current")) == 1 << 20, "%lld bytes",
	    (long long)file_size(in(pl, "current")));
	want(memcmp(got, text, 1 << 20) == 0, "they differ");
	free(text);
}

/* --- what it costs --------------------------------------------------------*/

static long
status_kb(const char *key)
{
	char path[64];
	const char *p;

	snprintf(path, sizeof(path), "/proc/%ld/status", (long)sc.lg.pid);
	p = strstr(proc_text(path), key);
	return p ? atol(p + strlen(key)) : 0;
}

static void
little_memory(void)
{
	static const char *const when[] = { "idle", "after a line", "loaded" };
	static const uint64_t lines[] = { 0, 1, 200000 };
	struct place *pl = place_new("s1000000;n3");
	long anon, shared;
	int i;

	logger_on(pl);
	begin_ready();
	for (i = 0; i < 3; i++) {
		feed(lines[i]);
		await(pipe_holds() == 0, WAIT_LIMIT, "it does not read");
		anon = status_kb("RssAnon:");
		shared = status_kb("RssShmem:");
		printf("  %s: RssAnon %ld kB, RssShmem %ld kB\n", when[i], anon,
		    shared);
		/* Sanitizers have memory of their own. */
		want(anon < 1024 || getenv("WEIR_SANITIZED"),
		    "%ld kB of its own", anon);
		want(shared < (i < 2 ? 1024 : 2 * 1024 + 512), "%ld kB shared",
		    shared);
	}
	end();
}

/* Nothing is cut off the heap while lines flow. */
static void
no_memory_is_taken(void)
{
	char trace[PATH_ROOM], *line, *rest, *call = NULL;
	struct place *pl;
	long rotations = 0, writes = 0;
	int status;

	if (access("/usr/bin/strace", X_OK) < 0)
		skip("no strace");
	if (getenv("WEIR_SANITIZED")) {
		errno = 0;
		skip("sanitizers take memory");
	}
	path_join(trace, sc.tmp, "trace");
	pl = place_new("s200000;n3;-none*;+*");
	logger_pipe(&sc.lg);
	fcntl(sc.lg.wr, F_SETFL, O_NONBLOCK);
	sc.lg.n_argv = 0;
	logger_arg(&sc.lg, "/usr/bin/strace");
	logger_arg(&sc.lg, "-qq");
	logger_arg(&sc.lg, "-o");
	logger_arg(&sc.lg, trace);
	logger_arg(&sc.lg, "-e");
	logger_arg(&sc.lg,
	    "trace=brk,mmap,munmap,mremap,write,renameat2,renameat");
	logger_arg(&sc.lg, sc.svlogd);
	logger_arg(&sc.lg, "-t");
	logger_arg(&sc.lg, "-r_");
	logger_arg(&sc.lg, pl->path);
	logger_start(&sc.lg, NULL, NULL);
	feed(20000);
	fd_drop(&sc.lg.wr);
	want(has_ended(WAIT_LIMIT, &status), "it does not end");
	if (status != 0 && rotations == 0 && !*file_text(trace))
		skip("strace is not permitted");
	for (line = strdup(file_text(trace)); *line; line = rest) {
		rest = line + strcspn(line, "\n");
		if (*rest)
			*rest++ = '\0';
		/* What comes after the last rotation is the end. */
		if (strncmp(line, "renameat", 8) == 0) {
			want(!call || rotations == 0, "after %ld rotations: %s",
			    rotations, call);
			rotations++;
			call = NULL;
		} else if (strncmp(line, "write(", 6) == 0) {
			writes++;
		} else {
			call = line;
		}
	}
	want(rotations > 5 && writes > 50, "%ld rotations, %ld writes",
	    rotations, writes);
	printf("  %ld rotations, %ld writes\n", rotations, writes);
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
	return scenes_main(argv, scenes, sizeof(scenes) / sizeof(scenes[0]));
}
