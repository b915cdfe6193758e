/* supervisor/svtable, svjson */
#define _GNU_SOURCE

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
a_name_that_is_too_long_is_cut_between_characters(void **state)
{
	static char name[400];
	struct svsight s = sight(name, SVCTL_FINE, now(1, WANT_UP, STATUS_RUN));

	(void)state;
	memset(name, 'a', 254);
	strcpy(name + 254, "\xc3\xa4xyz");
	out_init(&out);
	svtable_print(&out, &s, 1, false);
	assert_null(strstr(text(), "\xc3"));
	assert_non_null(strstr(text(), "aaa  run"));
	memcpy(name + 253, "\xc3\xa4", 2);
	out_init(&out);
	svtable_print(&out, &s, 1, false);
	assert_non_null(strstr(text(), "aaa\xc3\xa4  run"));
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

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_span_has_two_units_at_most),
		cmocka_unit_test(columns_stand_under_each_other),
		cmocka_unit_test(a_long_name_moves_its_own_row_only),
		cmocka_unit_test(
		    a_name_that_is_too_long_is_cut_between_characters),
		cmocka_unit_test(colours_change_nothing_but_colour),
		cmocka_unit_test(json_says_all_of_a_service),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
