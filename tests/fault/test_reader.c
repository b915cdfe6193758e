/* svlogd/reader, each of its system calls failing once */
#define _GNU_SOURCE

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "fault/fault.h"
#include "reader.h"

static struct ring ring;
static struct reader reader;
static struct scrub plain;
static int fd[2];

static void
begin(bool socket)
{
	scrub_init(&plain);
	assert_int_equal(
	    socket ? socketpair(AF_UNIX, SOCK_STREAM, 0, fd) : pipe(fd), 0);
	assert_int_equal(ring_open_anonymous(&ring), 0);
	assert_int_equal(reader_open(&reader, fd[0], &ring, &plain), 0);
}

static void
end(void)
{
	fault_clear();
	reader_close(&reader);
	ring_close(&ring);
	close(fd[0]);
	if (fd[1] >= 0)
		close(fd[1]);
}

static void
feed(const char *text)
{
	assert_int_equal(write(fd[1], text, strlen(text)), strlen(text));
}

static const char *const parts[] = { "a\n", "a line of some length\nand ",
	"its end\n", "x", "y\nz" };

enum { PARTS = sizeof(parts) / sizeof(parts[0]) };

/* Every call of a run once; the end is not come while bytes are there. */
static void
each_call_fails_once(bool socket, int err)
{
	unsigned long n, injected = 1;
	size_t i;

	for (n = 1; injected; n++) {
		char want[128] = "";

		begin(socket);
		fault_at(n, err);
		for (i = 0; i < PARTS; i++) {
			unsigned tries = 0;

			feed(parts[i]);
			strcat(want, parts[i]);
			while (ring.in.rd < strlen(want)) {
				reader_fill(&reader, 0, RING_DATA);
				if (reader.eof)
					fail_msg("call %lu: the end", n);
				assert_true(tries++ < 5);
			}
		}
		injected = fault_fired();
		fault_clear();
		assert_int_equal(ring.in.rd, strlen(want));
		assert_memory_equal(ring_at(&ring, 0), want, strlen(want));
		assert_int_equal(reader.ready, strlen(want) - 1);
		end();
	}
	assert_true(n > PARTS);
}

static void
no_call_that_fails_once_costs_a_byte_of_a_pipe(void **state)
{
	(void)state;
	each_call_fails_once(false, EIO);
	each_call_fails_once(false, EAGAIN);
	each_call_fails_once(false, ENOMEM);
}

/* What came between two looks is not the end either. */
static void
nor_of_a_socket(void **state)
{
	(void)state;
	each_call_fails_once(true, EIO);
	each_call_fails_once(true, EAGAIN);
}

/* A look ahead that failed must not be taken for that of the next read. */
static void
a_mark_is_of_the_bytes_about_to_be_read(void **state)
{
	static const char *const calls[] = { "read", "tee" };
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		begin(false);
		feed("ab");
		fault_call(calls[i], 1, EIO, false);
		assert_int_equal(reader_fill(&reader, 0, RING_DATA), 2);
		assert_int_equal(fault_fired(), 1);
		fault_clear();
		feed("cd");
		assert_int_equal(reader_fill(&reader, 2, RING_DATA), 2);
		assert_int_equal(ring.in.mark_n, 1);
		assert_int_equal(ring.in.mark[0], (unsigned char)~'d');
		end();
	}
}

static void
without_a_private_pipe_short_reads_are_marked_at_random(void **state)
{
	(void)state;
	scrub_init(&plain);
	assert_int_equal(pipe(fd), 0);
	assert_int_equal(ring_open_anonymous(&ring), 0);
	fault_call("pipe", 1, EMFILE, true);
	assert_int_equal(reader_open(&reader, fd[0], &ring, &plain), 0);
	fault_clear();
	assert_int_equal(reader.peek[0], -1);
	feed("abc");
	assert_int_equal(reader_fill(&reader, 0, RING_DATA), 3);
	assert_int_equal(ring.in.mark_n, 3);
	assert_memory_equal(ring_at(&ring, 0), "abc", 3);
	end();
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    no_call_that_fails_once_costs_a_byte_of_a_pipe),
		cmocka_unit_test(nor_of_a_socket),
		cmocka_unit_test(a_mark_is_of_the_bytes_about_to_be_read),
		cmocka_unit_test(
		    without_a_private_pipe_short_reads_are_marked_at_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
