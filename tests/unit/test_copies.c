/* svlogd/copies */
#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "copies.h"
#include "sys.h"
#include "unit/stuck.h"

static int from, to;
static struct copies c;

static int
enter(void **state)
{
	int fd[2];

	(void)state;
	if (pipe2(fd, O_NONBLOCK) < 0)
		return -1;
	from = fd[0];
	to = fd[1];
	memset(&c, 0, sizeof(c));
	return copies_open(&c, to, 10, 40);
}

static int
leave(void **state)
{
	(void)state;
	copies_close(&c);
	if (from >= 0)
		close(from);
	close(to);
	return 0;
}

static bool
stage(const char *stamp, const char *prefix, const char *text)
{
	return copies_stage(&c, view_str(stamp), view_str(prefix),
	    view_str(text));
}

static const char *
received(void)
{
	static char text[200000];
	ssize_t n = read(from, text, sizeof(text) - 1);

	text[n > 0 ? n : 0] = '\0';
	return text;
}

static const struct {
	const char *text, *want;
} rows[] = {
	{ "", "@p:\n" },
	{ "short", "@p:short\n" },
	{ "123456789", "@p:123456789\n" },
	{ "1234567890", "@p:1234567890...\n" }, /* filled, as runit has it */
	{ "1234567890x", "@p:1234567890...\n" },
};

static void
a_long_line_is_cut_and_says_so(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_true(stage("@", "p:", rows[i].text));
		copies_queue(&c);
		assert_true(copies_pending(&c));
		copies_send(&c);
		assert_string_equal(received(), rows[i].want);
		assert_false(copies_pending(&c));
	}
}

static void
only_what_is_queued_goes_out(void **state)
{
	(void)state;
	assert_true(stage("", "", "one"));
	copies_forget(&c);
	copies_queue(&c);
	assert_false(copies_pending(&c));
	assert_true(stage("", "", "two"));
	copies_send(&c);
	assert_string_equal(received(), "");
	assert_true(stage("", "", "three"));
	copies_queue(&c);
	copies_send(&c);
	assert_string_equal(received(), "two\nthree\n");
	assert_int_equal(c.dropped, 0);
}

static void
a_full_stage_takes_no_more_and_no_part_of_one(void **state)
{
	size_t n = 0, before;

	(void)state;
	while (copies_fits(&c, 3, view_str("xxxxx"))) {
		assert_true(stage("s", "pp", "xxxxx"));
		n++;
	}
	before = c.stage.n;
	while (stage("s", "pp", "xxxxx"))
		n++;
	assert_int_equal(c.stage.n, 9 * n);
	assert_true(c.stage.n >= before);
	assert_int_equal(c.staged, n);
	copies_forget(&c);
	assert_true(stage("", "", "again"));
}

static void
a_reader_that_does_not_read_costs_counted_lines(void **state)
{
	static char all[500000];
	size_t n = 0, i;
	uint64_t lines;
	ssize_t got;

	(void)state;
	for (lines = 0; lines < 100000; lines++) {
		assert_true(stage("", "", "123456"));
		copies_queue(&c);
		copies_send(&c); /* never waits */
	}
	assert_true(c.dropped > 0);
	do {
		got = read(from, all + n, sizeof(all) - n);
		n += got > 0 ? (size_t)got : 0;
		copies_send(&c);
	} while (got > 0 || copies_pending(&c));
	assert_int_equal(n % 7, 0);
	for (i = 0; i < n; i += 7)
		assert_memory_equal(all + i, "123456\n", 7);
	assert_int_equal(n / 7 + c.dropped, lines);
}

/* It has room for a part, and nobody reads. */
static void
a_terminal_that_nobody_reads_costs_counted_lines(void **state)
{
	int master, tty = stuck_terminal(&master), lines;
	static char text[3001];

	(void)state;
	if (os_pipe_size(to) == -ENOSYS) /* portable: it waits */
		skip();
	memset(text, 'x', sizeof(text) - 1);
	copies_close(&c);
	assert_int_equal(copies_open(&c, tty, sizeof(text), 40), 0);
	alarm(10);
	for (lines = 0; lines < 1000 && c.dropped == 0; lines++) {
		assert_true(stage("", "", text));
		copies_queue(&c);
		copies_send(&c); /* never waits */
	}
	alarm(0);
	assert_int_equal(c.dropped, 1);
	assert_true(copies_pending(&c));
	close(tty);
	close(master);
}

/* Our own words go to the same place: they must not land inside a line. */
static void
a_write_ends_with_a_line(void **state)
{
	static char text[4096];
	size_t most = 0;
	ssize_t n;
	int i;

	(void)state;
	for (i = 0; i < 3000; i++) {
		assert_true(stage("", "", "12345"));
		copies_queue(&c);
	}
	assert_true(fcntl(to, F_SETPIPE_SZ, 4096) >= 4096);
	while (copies_pending(&c)) {
		copies_send(&c);
		n = read(from, text, sizeof(text));
		assert_true(n > 0);
		assert_int_equal(text[n - 1], '\n');
		most = (size_t)n > most ? (size_t)n : most;
	}
	assert_true(most > 4000);
}

static void
a_reader_that_left_costs_counted_lines(void **state)
{
	(void)state;
	close(from);
	from = -1;
	assert_true(stage("", "", "x"));
	assert_true(stage("", "", "y"));
	copies_queue(&c);
	copies_send(&c);
	assert_false(copies_pending(&c));
	assert_int_equal(c.dropped, 2);
}

/* What is opened with its number later is no place for them. */
static void
a_descriptor_that_was_closed_is_not_written_to_again(void **state)
{
	(void)state;
	close(to);
	assert_true(stage("@", "p:", "one"));
	copies_queue(&c);
	copies_send(&c);
	assert_false(copies_pending(&c));
	assert_int_equal(c.dropped, 1);
	assert_int_equal(dup2(from, to), to); /* leave() closes it */
	assert_true(stage("@", "p:", "two"));
	copies_queue(&c);
	assert_false(copies_pending(&c));
	assert_int_equal(c.dropped, 2);
}

static void
opening_again_keeps_what_is_queued(void **state)
{
	static char longer[5000];

	(void)state;
	assert_true(stage("", "", "old"));
	copies_queue(&c);
	assert_int_equal(copies_open(&c, to, 20000, 100), 0);
	memset(longer, 'x', sizeof(longer) - 1);
	assert_true(stage("", "", longer));
	copies_queue(&c);
	while (copies_pending(&c))
		copies_send(&c);
	assert_int_equal(strlen(received()), 4 + sizeof(longer));
	assert_int_equal(c.dropped, 0);
}

/* What copies_open() was told has room, has room. */
static void
the_longest_line_always_fits_an_empty_stage_and_queue(void **state)
{
	static const size_t sizes[] = { 1, 10, 4000, 16384, 100000, 400000 };
	static char text[400001], front[1001];
	size_t i;

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	memset(front, 'f', sizeof(front) - 1);
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		copies_close(&c);
		assert_int_equal(copies_open(&c, to, sizes[i], 1000), 0);
		assert_true(copies_fits(&c, 1000, view_str(text)));
		assert_true(stage("", front, text));
		copies_queue(&c);
		assert_int_equal(c.dropped, 0);
		assert_true(copies_pending(&c));
	}
	/* And when it is opened again for longer ones. */
	copies_close(&c);
	assert_int_equal(copies_open(&c, to, 10, 1000), 0);
	assert_int_equal(copies_open(&c, to, 400000, 1000), 0);
	assert_true(stage("", front, text));
	copies_queue(&c);
	assert_int_equal(c.dropped, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, enter, leave)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(a_long_line_is_cut_and_says_so),
		TEST(only_what_is_queued_goes_out),
		TEST(a_full_stage_takes_no_more_and_no_part_of_one),
		TEST(a_reader_that_does_not_read_costs_counted_lines),
		TEST(a_terminal_that_nobody_reads_costs_counted_lines),
		TEST(a_write_ends_with_a_line),
		TEST(a_reader_that_left_costs_counted_lines),
		TEST(a_descriptor_that_was_closed_is_not_written_to_again),
		TEST(opening_again_keeps_what_is_queued),
		TEST(the_longest_line_always_fits_an_empty_stage_and_queue),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
