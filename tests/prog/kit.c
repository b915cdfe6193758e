/* kit: what the other drivers rely on; it finds what is wrong with lines, and
 * leaves no process and no file behind. */
#define _GNU_SOURCE
#include "kit/kit.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct stage *stage;

static void
enter(const struct stage *st)
{
	stage = st;
}

static const char *
in_tmp(const char *name)
{
	static char path[PATH_ROOM];

	return path_join(path, stage->tmp, name);
}

/* A shell at work on that command, writing to the scene's file `out`. */
static void
shell(struct program *pg, const char *command)
{
	program_words(pg, stage->programs[0], "-c", command, NULL);
	program_fd(pg, 1,
	    fd_keep(open(in_tmp("out"), O_WRONLY | O_CREAT | O_CLOEXEC, 0600),
		"out"));
}

static void
shell_ends(struct program *pg, int code)
{
	pid_t pid = program_start(pg);
	int status;

	want(child_ended(pid, now_ns() + WAIT_LIMIT, &status), "it hangs");
	want(status_is(status, code), "%s", status_words(status));
}

/* --- lines ----------------------------------------------------------------*/

enum { LINES = 20 };

/* The numbers of lines that are written, -1 for half of one; and what is to
 * be said of them. */
static const struct {
	int seq[LINES + 2];
	int n;
	unsigned may;
	bool good;
	const char *words;
} mixes[] = {
	{ { 0, 1, 2, 3 }, 4, 0, true,
	    "lost 0, doubled 0, torn 0, out of order 0" },
	{ { 0, 1, 3 }, 3, 0, false,
	    "lost 1, doubled 0, torn 0, out of order 0" },
	{ { 0, 1, 3 }, 3, CHECK_OLDEST, false,
	    "lost 1, doubled 0, torn 0, out of order 0" },
	{ { 0, 1, 3 }, 3, CHECK_LOST, true,
	    "lost 1, doubled 0, torn 0, out of order 0" },
	{ { 2, 3 }, 2, CHECK_OLDEST, true,
	    "lost 2, doubled 0, torn 0, out of order 0" },
	{ { 0, 1, 2 }, 3, 0, false,
	    "lost 1, doubled 0, torn 0, out of order 0" },
	{ { 0, 1, 1, 2, 3 }, 5, 0, false,
	    "lost 0, doubled 1, torn 0, out of order 0" },
	{ { 0, 1, 0, 2, 3 }, 5, CHECK_DOUBLED, true,
	    "lost 0, doubled 1, torn 0, out of order 0" },
	{ { 0, 2, 1, 3 }, 4, 0, false,
	    "lost 0, doubled 0, torn 0, out of order 1" },
	{ { 0, 3, 1 }, 3, CHECK_DISORDERED, false,
	    "lost 1, doubled 0, torn 0, out of order 1" },
	{ { 0, -1, 1, 2, 3 }, 5, 0, false,
	    "lost 1, doubled 0, torn 1, out of order 0" },
	{ { 0, 1, 2, 3, -1 }, 5, 0, false,
	    "lost 0, doubled 0, torn 1, out of order 0" },
	{ { 0, 1, 2, 3, 4 }, 5, 0, false,
	    "lost 0, doubled 0, torn 0, out of order 0" },
};

static void
faults_are_found(void)
{
	static struct lines lines;
	static struct check ck;
	char line[LINE_MAX_BYTES];
	size_t row, len;
	int i;

	lines_init(&lines, 7, 10, 300);
	for (row = 0; row < COUNT(mixes); row++) {
		check_init(&ck, &lines, "mix", 0);
		ck.may = mixes[row].may;
		ck.shown = 100;
		for (i = 0; i < mixes[row].n; i++) {
			int seq = mixes[row].seq[i];

			len = line_make(&lines, (uint64_t)(seq < 0 ? 9 : seq),
			    line);
			check_bytes(&ck, line, seq < 0 ? len / 2 : len);
		}
		want(check_end(&ck, 4) == mixes[row].good, "row %zu", row);
		want(strcmp(check_words(&ck), mixes[row].words) == 0,
		    "row %zu: %s", row, check_words(&ck));
		check_free(&ck);
	}
}

/* Any one bit of a line that is another tears it. */
static void
bits_are_found(void)
{
	static struct lines lines;
	char line[LINE_MAX_BYTES];
	uint64_t n;
	size_t len, i;

	lines_init(&lines, 1, 40, 40);
	len = line_make(&lines, 12345, line);
	want(line_is(&lines, line, len, &n) && n == 12345, "number %llu",
	    (unsigned long long)n);
	for (i = 0; i < len * 8; i++) {
		line[i / 8] = (char)(line[i / 8] ^ 1 << i % 8);
		want(!line_is(&lines, line, len, &n), "bit %zu", i);
		line[i / 8] = (char)(line[i / 8] ^ 1 << i % 8);
	}
}

static void
writer_ends_its_line(void)
{
	static struct lines lines;
	static struct check ck;
	struct writing wr = { .ls = &lines, .least = 1, .most = 700 };
	struct progress *pr = progress_new();
	int fd = fd_keep(
	    open(in_tmp("lines"), O_WRONLY | O_CREAT | O_CLOEXEC, 0600), "");
	pid_t pid;
	int status;

	lines_init(&lines, 3, 10, 400);
	pid = writer_start(&wr, fd, pr);
	await(pr->lines > 1000, WAIT_LIMIT, "it does not write");
	kill(pid, SIGTERM);
	want(child_ended(pid, now_ns() + WAIT_LIMIT, &status) && status == 0,
	    "it does not end");
	check_init(&ck, &lines, "writer", 0);
	check_file(&ck, in_tmp("lines"), "lines");
	want(check_end(&ck, pr->lines), "%s", check_words(&ck));
	want((uint64_t)file_size(in_tmp("lines")) == pr->bytes, "bytes");
}

/* --- programs -------------------------------------------------------------*/

static void
program_has_what_it_is_given(void)
{
	struct program pg = { .dir = stage->tmp };
	char expect[PATH_ROOM + 64];

	setenv("WEIR_FAULT", "die:1", 1);
	/* No fork while the mask is read: a shell blocks signals for one. */
	shell(&pg, "echo $0 $FOO ${WEIR_FAULT-none} ${HOME-none}; pwd; cat <&7;"
		   "while read -r name mask; do case $name in SigBlk:) "
		   "echo $name $mask;; esac; done </proc/$$/status");
	program_word(&pg, "name");
	program_env(&pg, "FOO", "bar");
	program_env(&pg, "HOME", NULL);
	file_write(in_tmp("seven"), "seven\n");
	program_fd(&pg, 7,
	    fd_keep(open(in_tmp("seven"), O_RDONLY | O_CLOEXEC), "seven"));
	shell_ends(&pg, 0);
	snprintf(expect, sizeof(expect), "name bar none none\n%s\nseven\n",
	    stage->tmp);
	want(strncmp(file_text(in_tmp("out")), expect, strlen(expect)) == 0,
	    "%s", file_text(in_tmp("out")));
	want(strstr(file_text(in_tmp("out")), "SigBlk: 0000000000000000"), "%s",
	    file_text(in_tmp("out")));
}

/* Two descriptors may change their places. */
static void
program_swaps(void)
{
	struct program pg = { 0 };
	char command[64];
	int a, b;

	file_write(in_tmp("a"), "a\n");
	file_write(in_tmp("b"), "b\n");
	a = fd_keep(open(in_tmp("a"), O_RDONLY | O_CLOEXEC), "a");
	b = fd_keep(open(in_tmp("b"), O_RDONLY | O_CLOEXEC), "b");
	snprintf(command, sizeof(command),
	    "cat /proc/self/fd/%d /proc/self/fd/%d", a, b);
	shell(&pg, command);
	program_fd(&pg, a, b);
	program_fd(&pg, b, a);
	shell_ends(&pg, 0);
	want(strcmp(file_text(in_tmp("out")), "b\na\n") == 0, "%s",
	    file_text(in_tmp("out")));
}

static void
ends_are_told_apart(void)
{
	struct program pg = { 0 };
	pid_t pid;
	int status;

	shell(&pg, "exec sleep 1000");
	pid = program_start(&pg);
	want(!child_ended(pid, now_ns() + 20 * MS, &status), "it ended");
	want(proc_is(pid) && !proc_minds(pid, SIGTERM), "it minds TERM");
	kill(pid, SIGTERM);
	want(child_ended(pid, now_ns() + WAIT_LIMIT, &status) &&
		 status_is_signal(status, SIGTERM) && !status_is(status, 0),
	    "%s", status_words(status));
	want(!proc_is(pid), "it is there");
}

static void
traps_are_seen(void)
{
	struct program pg = { 0 };
	pid_t pid;

	shell(&pg, "trap : TERM; while :; do sleep 1000; done");
	pid = program_start(&pg);
	await(proc_minds(pid, SIGTERM), WAIT_LIMIT, "the trap is not seen");
	await(!proc_minds(pid, SIGALRM), WAIT_LIMIT, "another one is");
}

/* What a killed program leaves is ours, and ends. */
static void
strays_end_here(void)
{
	struct program pg = { 0 };
	pid_t pid, child;

	shell(&pg, "(sleep 1000 & sleep 1000) & wait");
	pid = program_start(&pg);
	await(proc_children(pid, &child, 1) == 1, WAIT_LIMIT, "no child");
	kill(pid, SIGKILL);
	want(!strays_end(100 * MS), "nothing was left");
	want(!proc_is(child), "it lives on");
	want(strays_end(0), "something is left");
}

/* --- verdicts -------------------------------------------------------------*/

static void
breaks(void)
{
	await(1 > 2, 10 * MS, "one is %d", 1);
}

static void
gives_up(void)
{
	temp_make((char[PATH_ROOM]){ 0 }, "/no/such", "a.XXXXXX");
}

static void
skips(void)
{
	skip("not here");
}

static void
verdicts_have_their_codes(void)
{
	static const struct {
		void (*play)(void);
		int code;
	} rows[] = { { breaks, EXIT_BROKEN }, { gives_up, EXIT_BROKEN },
		{ skips, EXIT_SKIPPED } };
	int null = fd_keep(open("/dev/null", O_WRONLY | O_CLOEXEC), "null");
	int status;
	pid_t pid;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		fflush(stdout);
		pid = fork();
		if (pid == 0) {
			dup2(null, 1);
			dup2(null, 2);
			rows[i].play();
			exit(0);
		}
		want(child_ended(pid, now_ns() + WAIT_LIMIT, &status), "hangs");
		want(status_is(status, rows[i].code), "row %zu: %s", i,
		    status_words(status));
	}
}

static void
trees_are_removed(void)
{
	char path[PATH_ROOM], tree[PATH_ROOM];

	temp_make(tree, stage->tmp, "tree.XXXXXX");
	file_write(in_tmp("kept"), "kept");
	dir_new(path_join(path, tree, "a"), 0700);
	dir_new(path_join(path, tree, "a/b"), 0);
	file_put(path_join(path, tree, "a/f"), "x", 1, 0);
	want(symlink(in_tmp("kept"), path_join(path, tree, "a/link")) == 0 &&
		 mkfifo(path_join(path, tree, "fifo"), 0600) == 0,
	    "symlink, mkfifo");
	tree_remove(tree);
	want(!file_is(tree), "it is there");
	want(file_size(in_tmp("kept")) == 4, "the link was followed");
}

static const struct scene scenes[] = {
	{ "lines that are lost, doubled, torn or out of order are found",
	    faults_are_found, 0 },
	{ "a line with any bit changed is torn", bits_are_found, 0 },
	{ "a writer that is told to stop ends its line", writer_ends_its_line,
	    0 },
	{ "a program has the words, descriptors, names and place it is given",
	    program_has_what_it_is_given, 0 },
	{ "two descriptors may change their places", program_swaps, 0 },
	{ "how a child ended is told apart", ends_are_told_apart, 0 },
	{ "a program that minds a signal is seen to", traps_are_seen, 0 },
	{ "what a killed program leaves is ours, and ends", strays_end_here,
	    0 },
	{ "a driver's end has its code", verdicts_have_their_codes, 0 },
	{ "a tree is removed, and nothing that it links to", trees_are_removed,
	    0 },
};

int
main(int argc, char **argv)
{
	static const struct cast cast = { "shell", 1, enter };

	(void)argc;
	return play(&cast, scenes, COUNT(scenes), argv);
}
