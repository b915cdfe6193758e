/* lib/out */
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
#include <unistd.h>

#include <cmocka.h>

#include "out.h"

static struct out out;

/* What was put and not flushed. */
static const char *
text(void)
{
	out.mem[out.n] = 0;
	return out.mem;
}

static const struct {
	const char *text, *json;
} strings[] = {
	{ "", "" },
	{ "plain name", "plain name" },
	{ "\"\\", "\\\"\\\\" },
	{ "\n\t\x01\x7f", "\\u000a\\u0009\\u0001\\u007f" },
	{ "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80",
	    "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80" },
	{ "a\xff"
	  "b",
	    "a\\ufffdb" },
	{ "\xc3", "\\ufffd" },
	{ "\xc0\x80", "\\ufffd\\ufffd" },
	{ "\xed\xa0\x80", "\\ufffd\\ufffd\\ufffd" },
	{ "\xf4\x90\x80\x80", "\\ufffd\\ufffd\\ufffd\\ufffd" },
	{ "\xe2\x82", "\\ufffd\\ufffd" },
	/* What a terminal might obey. */
	{ "\xc2\x9b"
	  "31m",
	    "\\u009b31m" },
	{ "\xe2\x80\xae"
	  "a\xe2\x81\xa6",
	    "\\u202ea\\u2066" },
};

static void
any_bytes_make_the_inside_of_a_json_string(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof strings / sizeof strings[0]; i++) {
		out_init(&out);
		out_json(&out, view_str(strings[i].text));
		assert_string_equal(text(), strings[i].json);
	}
}

static void
numbers_are_written_in_full(void **state)
{
	(void)state;
	out_init(&out);
	out_u64(&out, 0);
	out_str(&out, " ");
	out_u64(&out, UINT64_MAX);
	assert_string_equal(text(), "0 18446744073709551615");
}

static void
a_text_of_any_length_comes_out(void **state)
{
	static char big[100000], got[300000];
	int pipe_fd[2], saved = dup(1), n = 0;
	ssize_t r;
	pid_t pid;

	(void)state;
	memset(big, 'x', sizeof big - 1);
	assert_return_code(pipe(pipe_fd), errno);
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		dup2(pipe_fd[1], 1);
		close(pipe_fd[0]);
		fcntl(1, F_SETFL, O_NONBLOCK); /* as some shells leave it */
		out_init(&out);
		out_str(&out, "<");
		out_str(&out, big);
		out_str(&out, big);
		out_str(&out, ">");
		_exit(out_flush(&out) == 0 ? 0 : 1);
	}
	close(pipe_fd[1]);
	while ((r = read(pipe_fd[0], got + n, sizeof got - (size_t)n)) > 0)
		n += (int)r;
	assert_int_equal(n, 2 * (sizeof big - 1) + 2);
	assert_int_equal(got[0], '<');
	assert_int_equal(got[n - 1], '>');
	close(pipe_fd[0]);
	close(saved);
}

static void
a_write_that_failed_is_told_at_the_end(void **state)
{
	int saved = dup(1), full = open("/dev/full", O_WRONLY);
	int r;

	(void)state;
	if (full < 0)
		skip();
	fflush(stdout);
	dup2(full, 1);
	out_init(&out);
	out_str(&out, "text");
	r = out_flush(&out);
	out_str(&out, "more");
	dup2(saved, 1);
	close(full);
	close(saved);
	assert_int_equal(r, -ENOSPC);
	assert_int_equal(out_flush(&out), -ENOSPC);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_bytes_make_the_inside_of_a_json_string),
		cmocka_unit_test(numbers_are_written_in_full),
		cmocka_unit_test(a_text_of_any_length_comes_out),
		cmocka_unit_test(a_write_that_failed_is_told_at_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
