/* svlogd/reader */
#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "reader.h"
#include "sys.h"
#include "unit/random.h"

/* A pipe, and a ring that outlives whoever uses it. */
static int from, to, file;
static struct scrub plain;

/* The process that uses it. */
static struct reader rd;
static struct ring r;
static bool is_open;

static void
end(void)
{
	if (!is_open)
		return;
	is_open = false;
	reader_close(&rd);
	ring_close(&r);
}

/* The next process, with its input; the one before is gone. */
static void
begin_with(int fd, const struct scrub *map)
{
	uint64_t stale;

	end();
	assert_int_equal(ring_open_fd(&r, dup(file), &stale), 0);
	assert_int_equal(reader_open(&rd, fd, &r, map), 0);
	is_open = true;
}

static void
begin(int fd)
{
	begin_with(fd, &plain);
}

/* The first process, with an empty ring. */
static void
begin_anew(int fd)
{
	end();
	assert_int_equal(ftruncate(file, 0), 0);
	begin(fd);
}

static int
enter(void **state)
{
	int fd[2];

	(void)state;
	if (pipe(fd) < 0)
		return -1;
	from = fd[0];
	to = fd[1];
	scrub_init(&plain);
	file = os_memfd("test", 0);
	if (file < 0)
		return -1;
	begin(from);
	return 0;
}

static int
leave(void **state)
{
	(void)state;
	end();
	close(from);
	if (to >= 0)
		close(to);
	close(file);
	return 0;
}

/* A directory has written everything before wr. */
static void
written(uint64_t wr)
{
	struct ring_out out;
	int slot = ring_find_out(&r, 7, 8, 9, &out);

	out.wr = wr;
	ring_commit_out(&r, slot, &out);
}

static void
feed(int fd, const char *text)
{
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

/* A read of all there is gives n. */
#define FILLS(oldest, n)                                                       \
	assert_int_equal(reader_fill(&rd, oldest, RING_DATA), n)

static void
check_pending(uint64_t at, const char *want)
{
	assert_int_equal(r.in.rd - at, strlen(want));
	assert_memory_equal(ring_at(&r, at), want, strlen(want));
}

/* --- reading ------------------------------------------------------------- */

static const struct {
	const char *text;
	uint64_t ready;
} reads[] = {
	{ "a", 0 },
	{ "a\n", 2 },
	{ "a\nb", 2 },
	{ "123456789012345", 0 },
	{ "12345678901234\n", 15 },
	{ "123456789012345\n", 16 },
	{ "1234567890123456\nab", 17 },
	{ "\n\n\n", 3 },
};

static void
a_read_takes_all_and_finds_the_whole_lines(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(reads) / sizeof(reads[0]); i++) {
		size_t n = strlen(reads[i].text);

		begin_anew(from);
		assert_int_equal(rd.kind, READER_PIPE);
		assert_false(rd.foreign);
		feed(to, reads[i].text);
		assert_int_equal(reader_waiting(&rd), n);
		FILLS(0, n);
		check_pending(0, reads[i].text);
		assert_int_equal(rd.ready, reads[i].ready);
		assert_int_equal(r.in.intent, 0);
		assert_false(rd.eof);
		FILLS(0, -EAGAIN);
	}
}

static void
lines_are_whole_across_reads(void **state)
{
	(void)state;
	feed(to, "a");
	FILLS(0, 1);
	assert_int_equal(rd.ready, 0);
	feed(to, "b\nc");
	FILLS(0, 3);
	assert_int_equal(rd.ready, 3);
	feed(to, "d");
	FILLS(0, 1);
	assert_int_equal(rd.ready, 3);
	feed(to, "\n");
	FILLS(0, 1);
	assert_int_equal(rd.ready, 6);
	check_pending(0, "ab\ncd\n");
}

static void
no_more_is_read_than_asked_for(void **state)
{
	(void)state;
	feed(to, "abcdefghijklmnopqrstuvwxyz");
	assert_int_equal(reader_fill(&rd, 0, 3), 3);
	assert_int_equal(reader_fill(&rd, 0, 20), 20);
	assert_int_equal(reader_waiting(&rd), 3);
	check_pending(0, "abcdefghijklmnopqrstuvw");
}

static void
the_end_comes_after_the_last_byte(void **state)
{
	(void)state;
	FILLS(0, -EAGAIN);
	feed(to, "tail");
	close(to);
	to = -1;
	FILLS(0, 4);
	assert_false(rd.eof);
	FILLS(0, 0);
	assert_true(rd.eof);
	assert_int_equal(rd.ready, 0);
}

static void
an_empty_ring_starts_again_at_its_first_byte(void **state)
{
	(void)state;
	feed(to, "first\n");
	FILLS(0, 6);
	feed(to, "second\n");
	FILLS(6, 7);
	check_pending(6, "second\n");
	assert_memory_equal(r.data, "second\n", 7);
	feed(to, "third\n");
	FILLS(6, 6);
	check_pending(6, "second\nthird\n");
	assert_memory_equal(r.data, "second\nthird\n", 13);
}

static void
bytes_are_scrubbed_and_newlines_stay(void **state)
{
	struct scrub map;

	(void)state;
	scrub_init(&map);
	scrub_set(&map, '_', view_str("x"));
	map.map['\n'] = '\n';
	begin_with(from, &map);
	feed(to, "ab\txc\n\x80x");
	FILLS(0, 8);
	check_pending(0, "ab__c\n__");
}

/* --- a full ring --------------------------------------------------------- */

static void
fill_up(uint64_t oldest, char c)
{
	static char text[4096];
	ssize_t n;

	memset(text, c, sizeof(text));
	do {
		assert_int_equal(write(to, text, sizeof(text)), sizeof(text));
		n = reader_fill(&rd, oldest, RING_DATA);
		assert_true(n > 0 || n == -ENOBUFS);
	} while (n > 0);
}

static void
a_ring_full_of_one_line_goes_out_by_force(void **state)
{
	(void)state;
	fill_up(0, 'x');
	assert_int_equal(r.in.rd, RING_DATA);
	assert_int_equal(rd.ready, 0);
	assert_false(rd.eof);
	assert_int_equal(reader_waiting(&rd), 4096);
	reader_force(&rd);
	assert_int_equal(rd.ready, RING_DATA);
	feed(to, "y\nz");
	FILLS(RING_DATA, 4096 + 3);
	assert_int_equal(rd.ready, RING_DATA + 4096 + 2);
}

static void
a_read_takes_what_there_is_room_for(void **state)
{
	uint64_t room;

	(void)state;
	fill_up(0, 'x');
	while (
	    read(from, (char[4096]){ 0 }, 4096) == 4096 && reader_waiting(&rd))
		;
	for (room = 1; room < 7; room++) {
		uint64_t oldest = r.in.rd - RING_DATA + room;

		feed(to, "1234567");
		FILLS(oldest, room);
		FILLS(oldest, -ENOBUFS);
		assert_int_equal(reader_waiting(&rd), 7 - room);
		while (reader_waiting(&rd))
			assert_int_equal(read(from, (char[1]){ 0 }, 1), 1);
	}
}

static void
a_read_never_covers_what_is_still_wanted(void **state)
{
	uint64_t oldest = 0, wrote = 0, at;
	unsigned i, full = 0;

	(void)state;
	for (i = 0; i < 8000; i++) {
		char text[5000];
		size_t n = 1 + random_below(sizeof(text)), k;
		ssize_t got;

		for (k = 0; k < n; k++)
			text[k] = (char)((wrote + k) * 7 % 251);
		if (reader_waiting(&rd) + n < 30000) {
			assert_int_equal(write(to, text, n), n);
			wrote += n;
		}
		got = reader_fill(&rd, oldest, 1 + random_below(9000));
		assert_true(got > 0 || got == -ENOBUFS || got == -EAGAIN);
		assert_true(r.in.rd - oldest <= RING_DATA);
		if (got != -ENOBUFS && random_below(600) > 0)
			continue;
		/* Full, mostly: all that is wanted is there still. */
		full += got == -ENOBUFS;
		for (at = oldest; at < r.in.rd; at++)
			if ((unsigned char)*ring_at(&r, at) != at * 7 % 251)
				fail_msg("byte %lu of %lu", at, r.in.rd);
		oldest += 1 + random_below((size_t)(r.in.rd - oldest));
		if (random_below(30) == 0)
			oldest = r.in.rd;
	}
	assert_true(wrote > 4 * RING_DATA && full > 10);
}

/* --- the clock ----------------------------------------------------------- */

static void
the_tail_keeps_the_time_of_its_first_byte(void **state)
{
	int64_t first, second;

	(void)state;
	feed(to, "a\nb");
	reader_fill(&rd, 0, RING_DATA);
	first = r.in.fresh_ns;
	assert_int_equal(r.in.fresh, 0);
	usleep(2000);
	feed(to, "c");
	reader_fill(&rd, 2, RING_DATA);
	second = r.in.fresh_ns;
	assert_true(second > first);
	assert_int_equal(r.in.fresh, 3);
	assert_int_equal(r.in.tail_ns, first);
	usleep(2000);
	feed(to, "d\ne"); /* b began in the first read */
	reader_fill(&rd, 2, RING_DATA);
	assert_int_equal(r.in.tail_ns, first);
	usleep(2000);
	first = r.in.fresh_ns;
	feed(to, "f\n"); /* e in the third */
	reader_fill(&rd, 6, RING_DATA);
	assert_int_equal(r.in.tail_ns, first);
	usleep(2000);
	feed(to, "g"); /* a read that ended no line and began in none */
	reader_fill(&rd, 8, RING_DATA);
	first = r.in.fresh_ns;
	feed(to, "h");
	reader_fill(&rd, 8, RING_DATA);
	assert_int_equal(r.in.tail_ns, first);
}

/* --- crashes ------------------------------------------------------------- */

static const struct {
	const char *before; /* read and committed before */
	const char *text;   /* of the read that a crash interrupts */
	bool happened;      /* the kernel's part of it */
} crashes[] = {
	{ "", "a", false },
	{ "", "a", true },
	{ "", "hello\n", false },
	{ "", "hello\n", true },
	{ "", "this is a longer line\nand", false },
	{ "", "this is a longer line\nand", true },
	{ "a\nb", "c\n", false },
	{ "a\nb", "c\n", true },
	{ "a\nb", "a line and a bit\nof the next", false },
	{ "a\nb", "a line and a bit\nof the next", true },
};

/* Up to the intent, as reader_fill() does; then the read or not. */
static void
crash(size_t i)
{
	size_t n = strlen(crashes[i].text);
	struct ring_in in;

	begin(from);
	written(0);
	if (*crashes[i].before) {
		feed(to, crashes[i].before);
		reader_fill(&rd, 0, RING_DATA);
	}
	feed(to, crashes[i].text);
	in = r.in;
	in.intent = n;
	in.mark_n = n < 16 ? 1 : 8;
	memset(in.mark, ~crashes[i].text[n - 1], sizeof(in.mark));
	memcpy(ring_at(&r, in.rd) + n - in.mark_n, in.mark, in.mark_n);
	ring_commit_in(&r, &in);
	if (crashes[i].happened)
		assert_int_equal(read(from, ring_at(&r, in.rd), n), n);
}

static void
a_crash_in_a_read_neither_loses_nor_repeats(void **state)
{
	char want[128];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(crashes) / sizeof(crashes[0]); i++) {
		int status;
		pid_t pid;

		end();
		assert_int_equal(ftruncate(file, 0), 0);
		pid = fork();
		if (pid == 0) {
			crash(i);
			_exit(0);
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_int_equal(status, 0);
		begin(from);
		assert_false(rd.foreign);
		assert_int_equal(r.in.intent, 0);
		snprintf(want, sizeof(want), "%s%s", crashes[i].before,
		    crashes[i].happened ? crashes[i].text : "");
		check_pending(0, want);
		snprintf(want, sizeof(want), "%s%s", crashes[i].before,
		    crashes[i].text);
		if (crashes[i].happened)
			FILLS(0, -EAGAIN);
		else
			FILLS(0, strlen(crashes[i].text));
		check_pending(0, want);
		assert_int_equal(rd.ready,
		    strrchr(want, '\n') ? strrchr(want, '\n') - want + 1 : 0);
	}
}

static void
the_mark_of_a_short_read_differs_from_its_last_byte(void **state)
{
	unsigned i;

	(void)state;
	if (os_tee(-1, -1, 1) == -ENOSYS)
		skip(); /* the portable layer cannot look ahead */
	for (i = 0; i < 200; i++) {
		char text[15];
		size_t n = 1 + random_below(15);

		memset(text, (int)random_below(256), sizeof(text));
		text[n - 1] = (char)random_below(256);
		assert_int_equal(write(to, text, n), n);
		assert_int_equal(reader_fill(&rd, r.in.rd, RING_DATA), n);
		assert_int_equal(r.in.mark_n, 1);
		assert_int_equal(r.in.mark[0], (unsigned char)~text[n - 1]);
	}
}

static void
an_unfinished_tail_is_completed_by_the_next_process(void **state)
{
	(void)state;
	written(0);
	feed(to, "a\nhalf");
	reader_fill(&rd, 0, RING_DATA);
	written(2);
	begin(from);
	assert_int_equal(rd.ready, 2);
	check_pending(2, "half");
	feed(to, " and half\n");
	reader_fill(&rd, 2, RING_DATA);
	check_pending(2, "half and half\n");
	assert_int_equal(rd.ready, 16);
}

static void
what_came_through_another_pipe_is_pending_until_adopted(void **state)
{
	int fd[2];

	(void)state;
	written(0);
	feed(to, "a\ntail");
	reader_fill(&rd, 0, RING_DATA);
	assert_int_equal(pipe(fd), 0);
	feed(fd[1], "new\n");
	begin(fd[0]);
	assert_true(rd.foreign);
	assert_int_equal(rd.ready, 2);
	check_pending(0, "a\ntail");
	begin(fd[0]); /* that one died before it was all written */
	assert_true(rd.foreign);
	written(6);
	reader_adopt(&rd);
	assert_false(rd.foreign);
	assert_int_equal(rd.ready, 6);
	FILLS(6, 4);
	check_pending(6, "new\n");
	begin(fd[0]);
	assert_false(rd.foreign);
	close(fd[0]);
	close(fd[1]);
}

static void
another_pipe_without_anything_pending_is_adopted_at_once(void **state)
{
	int fd[2];

	(void)state;
	written(0);
	feed(to, "a\n");
	reader_fill(&rd, 0, RING_DATA);
	written(2);
	assert_int_equal(pipe(fd), 0);
	begin(fd[0]);
	assert_false(rd.foreign);
	close(fd[0]);
	close(fd[1]);
}

/* --- not a pipe ---------------------------------------------------------- */

static void
a_file_is_read_to_its_end_and_its_position_counts(void **state)
{
	char path[] = "/tmp/weir-reader-XXXXXX";
	int fd = mkstemp(path), i;

	(void)state;
	unlink(path);
	feed(fd, "one\ntwo\nthree");
	for (i = 0; i < 2; i++) { /* the read happened, or not */
		struct ring_in in;

		lseek(fd, 0, SEEK_SET);
		begin_anew(fd);
		assert_int_equal(rd.kind, READER_FILE);
		written(0);
		assert_int_equal(reader_fill(&rd, 0, 4), 4);
		in = r.in;
		in.intent = 4;
		in.file_at = 4;
		in.mark_n = 4; /* which a file does not need */
		ring_commit_in(&r, &in);
		if (i == 0)
			assert_int_equal(read(fd, ring_at(&r, 4), 4), 4);
		begin(fd);
		assert_int_equal(r.in.rd, i == 0 ? 8 : 4);
		while (reader_fill(&rd, 0, RING_DATA) > 0)
			;
		assert_true(rd.eof);
		check_pending(0, "one\ntwo\nthree");
		assert_int_equal(rd.ready, 8);
	}
	close(fd);
}

/* What the system has one number of 32 bits for. */
static void
a_file_may_be_larger_than_an_int(void **state)
{
	static const int64_t sizes[] = { INT64_C(1) << 31, INT64_C(1) << 32,
		(INT64_C(1) << 32) + 5 };
	char path[] = "/tmp/weir-reader-XXXXXX";
	int fd = mkstemp(path);
	size_t i;

	(void)state;
	unlink(path);
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		assert_int_equal(ftruncate(fd, sizes[i]), 0);
		lseek(fd, 0, SEEK_SET);
		begin_anew(fd);
		assert_int_equal(reader_fill(&rd, 0, 16), 16);
		assert_false(rd.eof);
		assert_true(reader_waiting(&rd) >= RING_DATA);
	}
	close(fd);
}

static void
a_socket_is_read_as_a_pipe_is(void **state)
{
	int fd[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	begin(fd[0]);
	assert_int_equal(rd.kind, READER_OTHER);
	FILLS(0, -EAGAIN);
	feed(fd[1], "a\nb");
	FILLS(0, 3);
	assert_int_equal(rd.ready, 2);
	close(fd[1]);
	FILLS(0, 0);
	assert_true(rd.eof);
	close(fd[0]);
}

static void
a_device_that_holds_nothing_is_at_its_end(void **state)
{
	int fd = open("/dev/null", O_RDONLY);

	(void)state;
	begin(fd);
	FILLS(0, 0);
	assert_true(rd.eof);
	close(fd);
}

static void
only_a_pipe_is_a_pipe(void **state)
{
	int fd = open("/dev/null", O_RDONLY);

	(void)state;
	assert_true(reader_is_pipe(from));
	assert_false(reader_is_pipe(file));
	assert_false(reader_is_pipe(fd));
	assert_false(reader_is_pipe(-1));
	close(fd);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, enter, leave)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(a_read_takes_all_and_finds_the_whole_lines),
		TEST(lines_are_whole_across_reads),
		TEST(no_more_is_read_than_asked_for),
		TEST(the_end_comes_after_the_last_byte),
		TEST(an_empty_ring_starts_again_at_its_first_byte),
		TEST(bytes_are_scrubbed_and_newlines_stay),
		TEST(a_ring_full_of_one_line_goes_out_by_force),
		TEST(a_read_takes_what_there_is_room_for),
		TEST(a_read_never_covers_what_is_still_wanted),
		TEST(the_tail_keeps_the_time_of_its_first_byte),
		TEST(a_crash_in_a_read_neither_loses_nor_repeats),
		TEST(the_mark_of_a_short_read_differs_from_its_last_byte),
		TEST(an_unfinished_tail_is_completed_by_the_next_process),
		TEST(what_came_through_another_pipe_is_pending_until_adopted),
		TEST(another_pipe_without_anything_pending_is_adopted_at_once),
		TEST(a_file_is_read_to_its_end_and_its_position_counts),
		TEST(a_file_may_be_larger_than_an_int),
		TEST(a_socket_is_read_as_a_pipe_is),
		TEST(a_device_that_holds_nothing_is_at_its_end),
		TEST(only_a_pipe_is_a_pipe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
