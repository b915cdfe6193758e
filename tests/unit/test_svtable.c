/* supervisor/svtable, svjson, out */
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

#include "svjson.h"
#include "svtable.h"
#include "svtell.h"

static struct out out;

/* What was put and not flushed. */
static const char *
text(void)
{
	out.mem[out.n] = 0;
	return out.mem;
}

static const struct {
	uint64_t seconds;
	const char *text;
} spans[] = {
	{ 0, "0s" },
	{ 59, "59s" },
	{ 60, "1m 0s" },
	{ 61, "1m 1s" },
	{ 3599, "59m 59s" },
	{ 3600, "1h 0m" },
	{ 86399, "23h 59m" },
	{ 86400, "1d 0h" },
	{ 90000, "1d 1h" },
	{ UINT64_MAX, "213503982334601d 7h" },
};

static void
a_span_has_two_units_at_most(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof spans / sizeof spans[0]; i++) {
		char span[SVTABLE_SPAN];

		svtable_span(span, spans[i].seconds);
		assert_string_equal(span, spans[i].text);
	}
}

static struct svsight
sight(const char *name, enum svctl_found found, struct status st)
{
	struct svsight s = { .name = name };

	s.service.found = found;
	s.service.sv.status = st;
	s.service.normally = SVLINE_UP;
	return s;
}

static struct status
now(pid_t pid, enum status_want want, enum status_state st)
{
	return (struct status){ .since_ns = svtell_now() * 1000000000,
		.pid = pid,
		.want = want,
		.state = st };
}

static void
columns_stand_under_each_other(void **state)
{
	struct svsight s[4];

	(void)state;
	s[0] = sight("nginx", SVCTL_FINE, now(4711, WANT_UP, STATUS_RUN));
	s[0].has_log = true;
	s[0].log = s[0].service;
	s[1] = sight("b\033[1mx", SVCTL_FINE, now(0, WANT_DOWN, STATUS_DOWN));
	s[2] = sight("\xc3\xa4", SVCTL_NO_RUNSV, (struct status){ 0 });
	s[3] = sight("no", SVCTL_NO_OK, (struct status){ 0 });
	s[3].service.sv.err = -EACCES;
	for (int i = 0; i < 2; i++) /* a second would change them */
		s[i].service.sv.status.since_ns = INT64_C(1) << 62;
	out_init(&out);
	svtable_print(&out, s, 4, false);
	assert_string_equal(text(),
	    "SERVICE  STATE               PID  SINCE  LOG\n"
	    "nginx    run                4711  0s     run\n"
	    "b?[1mx   down, normally up     -  0s     -\n"
	    "\xc3\xa4        no runsv              -  -      -\n"
	    "no       no permission         -  -      -\n");
}

static void
a_long_name_moves_its_own_row_only(void **state)
{
	struct svsight s[2];

	(void)state;
	s[0] = sight("a-name-that-is-longer-than-any-other-one", SVCTL_NO_RUNSV,
	    (struct status){ 0 });
	s[1] = sight("b\xc2\x9bm", SVCTL_NO_RUNSV, (struct status){ 0 });
	out_init(&out);
	svtable_print(&out, s, 2, false);
	assert_string_equal(text(),
	    "SERVICE  STATE     PID  SINCE  LOG\n"
	    "a-name-that-is-longer-than-any-other-one  no runsv    -  -      "
	    "-\n"
	    "b??m     no runsv    -  -      -\n");
}

static void
colours_change_nothing_but_colour(void **state)
{
	struct svsight s =
	    sight("nginx", SVCTL_FINE, now(4711, WANT_UP, STATUS_RUN));

	(void)state;
	s.service.sv.status.since_ns = INT64_C(1) << 62;
	out_init(&out);
	svtable_print(&out, &s, 1, true);
	assert_non_null(strstr(text(), "nginx    \033[32mrun\033[0m"));
}

static const struct {
	const char *text, *json;
} strings[] = {
	{ "", "\"\"" },
	{ "plain name", "\"plain name\"" },
	{ "\"\\", "\"\\\"\\\\\"" },
	{ "\n\t\x01\x7f", "\"\\u000a\\u0009\\u0001\\u007f\"" },
	{ "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80",
	    "\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\"" },
	{ "a\xff"
	  "b",
	    "\"a\\ufffdb\"" },
	{ "\xc3", "\"\\ufffd\"" },
	{ "\xc0\x80", "\"\\ufffd\\ufffd\"" },
	{ "\xed\xa0\x80", "\"\\ufffd\\ufffd\\ufffd\"" },
	{ "\xf4\x90\x80\x80", "\"\\ufffd\\ufffd\\ufffd\\ufffd\"" },
	{ "\xe2\x82", "\"\\ufffd\\ufffd\"" },
};

static void
any_bytes_make_a_json_string(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof strings / sizeof strings[0]; i++) {
		out_init(&out);
		svjson_string(&out, strings[i].text);
		assert_string_equal(text(), strings[i].json);
	}
}

static void
json_says_all_of_a_service(void **state)
{
	struct svsight s =
	    sight("a", SVCTL_FINE, now(0, WANT_DOWN, STATUS_DOWN));

	(void)state;
	s.service.sv.status.since_ns = INT64_C(4000000000) * 1000000000;
	out_init(&out);
	svjson_begin(&out);
	svjson_end(&out, 0);
	assert_string_equal(text(), "[]\n");
	out_init(&out);
	svjson_begin(&out);
	svjson_sight(&out, 0, &s);
	s = sight("b", SVCTL_NO_OK, (struct status){ 0 });
	s.service.sv.err = -ENOENT;
	svjson_sight(&out, 1, &s);
	svjson_end(&out, 2);
	assert_string_equal(text(),
	    "[\n{\"service\":\"a\",\"state\":\"down\",\"pid\":null,"
	    "\"seconds\":0,\"since\":4000000000,\"want\":\"down\","
	    "\"normally\":\"up\",\"paused\":false,\"got_term\":false,"
	    "\"log\":null},\n"
	    "{\"service\":\"b\",\"state\":null,"
	    "\"error\":\"unable to open supervise/ok\","
	    "\"reason\":\"file does not exist\",\"log\":null}\n]\n");
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
		cmocka_unit_test(a_span_has_two_units_at_most),
		cmocka_unit_test(columns_stand_under_each_other),
		cmocka_unit_test(a_long_name_moves_its_own_row_only),
		cmocka_unit_test(colours_change_nothing_but_colour),
		cmocka_unit_test(any_bytes_make_a_json_string),
		cmocka_unit_test(json_says_all_of_a_service),
		cmocka_unit_test(a_text_of_any_length_comes_out),
		cmocka_unit_test(a_write_that_failed_is_told_at_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
