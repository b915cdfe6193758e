/* svlogd/frame */
#define _GNU_SOURCE

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "frame.h"

enum { ROOM = FRAME_MOST };

/* 2003-08-24T05:14:15.000003Z, of an example in RFC 5424. */
static const int64_t august = INT64_C(1061702055000003000);
/* 2003-10-11T22:14:15.003Z, of another. */
static const int64_t october = INT64_C(1065910455003000000);

static char room[ROOM + 64];
static struct frame frame;

static struct view
put(const char *form, struct frame_line line, size_t line_max)
{
	struct frame_form f;
	struct buf b;
	size_t at;

	frame_form_init(&f);
	if (form && frame_form_parse(&f, view_str(form), &at))
		fail_msg("%s: %zu", form, at);
	frame_init(&frame, &f, line_max, "mymachine.example.com");
	memset(room, '~', sizeof(room));
	buf_init(&b, room, f.max);
	frame_put(&frame, &b, &line);
	assert_false(b.over);
	assert_true(b.n <= f.max);
	assert_int_equal(b.p[b.n - 1], '\n');
	assert_int_equal(room[f.max], '~');
	return buf_view(&b);
}

static void
same(struct view got, const char *want)
{
	if (!view_eq(got, view_str(want)))
		fail_msg("%.*s", (int)got.n, got.p);
}

static struct frame_line
line_of(int64_t ns, const char *text)
{
	return (struct frame_line){
		.ns = ns,
		.stamp = view_str("STAMP "),
		.prefix = view_of("", 0),
		.text = view_str(text),
	};
}

static const struct {
	const char *form;
	int64_t ns;
	const char *text, *want;
} frames[] = {
	/* The header of RFC 3164, 5.4, example 1; its date is in October. */
	{ "3164 auth.crit su", INT64_C(1065910455000000000),
	    "'su root' failed for lonvick on /dev/pts/8",
	    "<34>Oct 11 22:14:15 mymachine su: 'su root' failed for lonvick "
	    "on /dev/pts/8\n" },
	/* A day of one digit has a blank in front. */
	{ "3164 local4.notice app", INT64_C(1054450800999999999), "x",
	    "<165>Jun  1 07:00:00 mymachine app: x\n" },
	/* RFC 5424, 6.5, example 1: ID47 is a MSGID, which we have none of. */
	{ "5424 auth.crit su", october,
	    "'su root' failed for lonvick on /dev/pts/8",
	    "<34>1 2003-10-11T22:14:15.003000Z mymachine.example.com su - - "
	    "[meta sequenceId=\"1\"] 'su root' failed for lonvick on "
	    "/dev/pts/8\n" },
	/* Example 2. */
	{ "5424 local4.notice myproc", august,
	    "%% It's time to make the do-nuts.",
	    "<165>1 2003-08-24T05:14:15.000003Z mymachine.example.com myproc "
	    "- - [meta sequenceId=\"1\"] %% It's time to make the do-nuts.\n" },
	{ "5424 kern.emerg x", 0, "",
	    "<0>1 1970-01-01T00:00:00.000000Z mymachine.example.com x - - "
	    "[meta sequenceId=\"1\"] \n" },
	{ "5424 local7.debug x", INT64_C(1999), "a",
	    "<191>1 1970-01-01T00:00:00.000001Z mymachine.example.com x - - "
	    "[meta sequenceId=\"1\"] a\n" },
	/* UTF-8 is marked as such, and what is none is not. */
	{ "5424 user.info x", 0, "\xc3\xa9t\xc3\xa9",
	    "<14>1 1970-01-01T00:00:00.000000Z mymachine.example.com x - - "
	    "[meta sequenceId=\"1\"] \xef\xbb\xbf\xc3\xa9t\xc3\xa9\n" },
	{ "5424 user.info x", 0, "\xe9t\xe9",
	    "<14>1 1970-01-01T00:00:00.000000Z mymachine.example.com x - - "
	    "[meta sequenceId=\"1\"] \xe9t\xe9\n" },
	{ "5424 user.info x", 0, "\xc3\xa9\xed\xa0\x80",
	    "<14>1 1970-01-01T00:00:00.000000Z mymachine.example.com x - - "
	    "[meta sequenceId=\"1\"] \xc3\xa9\xed\xa0\x80\n" },
	{ "5424 user.info x", 0, "\xc3\xa9\xe2\x82",
	    "<14>1 1970-01-01T00:00:00.000000Z mymachine.example.com x - - "
	    "[meta sequenceId=\"1\"] \xc3\xa9\xe2\x82\n" },
	{ "3164 user.info x", 0, "\xc3\xa9t\xc3\xa9",
	    "<14>Jan  1 00:00:00 mymachine x: \xc3\xa9t\xc3\xa9\n" },
	/* Control bytes are spelled out. */
	{ "3164 user.info x", 0, "\x1b[31m\t\x7f\\",
	    "<14>Jan  1 00:00:00 mymachine x: \\x1b[31m\\x09\\x7f\\\n" },
	{ "5424 user.info x", 0, "\xc3\xa9\r",
	    "<14>1 1970-01-01T00:00:00.000000Z mymachine.example.com x - - "
	    "[meta sequenceId=\"1\"] \xef\xbb\xbf\xc3\xa9\\x0d\n" },
	/* As runit sends it. */
	{ NULL, 0, "", "STAMP \n" },
	{ "raw", 0, "short", "STAMP short\n" },
	{ "raw", 0, "\x1b[31m\t\x7f\xff", "STAMP \x1b[31m\t\x7f\xff\n" },
	{ "raw", 0, "1234567890123456789", "STAMP 1234567890123456789\n" },
	{ "raw", 0, "12345678901234567890", "STAMP 12345678901234567890...\n" },
	{ "raw", 0, "123456789012345678901",
	    "STAMP 12345678901234567890...\n" },
};

static void
a_line_becomes_what_the_style_says(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(frames) / sizeof(frames[0]); i++)
		same(put(frames[i].form, line_of(frames[i].ns, frames[i].text),
			 20),
		    frames[i].want);
}

static void
a_prefix_is_part_of_the_text_and_a_stamp_is_not(void **state)
{
	struct frame_line l = line_of(0, "text");

	(void)state;
	l.prefix = view_str("web\x01: ");
	same(put("3164 user.info x", l, 20),
	    "<14>Jan  1 00:00:00 mymachine x: web\\x01: text\n");
	same(put("raw", l, 20), "STAMP web\x01: text\n");
	l.prefix = view_str("\xc3\xa9: ");
	same(put("5424 user.info x", l, 20),
	    "<14>1 1970-01-01T00:00:00.000000Z mymachine.example.com x - - "
	    "[meta sequenceId=\"1\"] \xef\xbb\xbf\xc3\xa9: text\n");
	/* Text that is broken makes the whole of it no UTF-8. */
	l.text = view_str("\xff");
	same(put("5424 user.info x", l, 20),
	    "<14>1 1970-01-01T00:00:00.000000Z mymachine.example.com x - - "
	    "[meta sequenceId=\"1\"] \xc3\xa9: \xff\n");
}

static void
the_sequence_begins_anew_after_two_to_the_31(void **state)
{
	static const struct {
		uint64_t sequence;
		const char *want;
	} rows[] = {
		{ 0, "\"1\"" },
		{ 41, "\"42\"" },
		{ 2147483646, "\"2147483647\"" },
		{ 2147483647, "\"1\"" },
		{ UINT64_C(2147483647) * 5 + 2, "\"3\"" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct frame_line l = line_of(0, "x");
		struct view v;

		l.sequence = rows[i].sequence;
		v = put("5424 user.info x", l, 20);
		assert_non_null(
		    memmem(v.p, v.n, rows[i].want, strlen(rows[i].want)));
	}
}

static void
nul_is_spelled_out_in_a_frame_and_passes_in_raw(void **state)
{
	struct frame_line l = line_of(0, "");

	(void)state;
	l.text = view_of("a\0b", 3);
	same(put("3164 user.info x", l, 20),
	    "<14>Jan  1 00:00:00 mymachine x: a\\x00b\n");
	assert_true(view_eq(put("raw", l, 20), view_of("STAMP a\0b\n", 10)));
}

static void
local_time_is_what_3164_wants(void **state)
{
	struct frame_form f;
	struct buf b;
	struct frame_line l = line_of(INT64_C(1072915200000000000), "x");
	size_t at;

	(void)state;
	assert_null(frame_form_parse(&f, view_str("3164 user.info x"), &at));
	frame_init(&frame, &f, 20, "h");
	frame.east_s = -3600;
	buf_init(&b, room, f.max);
	frame_put(&frame, &b, &l);
	same(buf_view(&b), "<14>Dec 31 23:00:00 h x: x\n");
}

/* Whatever the length, a datagram is as long as it may be at most, and what is
 * missing is told. */
static void
what_does_not_fit_is_cut_with_a_mark(void **state)
{
	static const char *const forms[] = { "3164 local0.info app",
		"5424 local0.info app", "3164 local0.info app max=480",
		"5424 local0.info app max=480", "raw max=480",
		"5424 local0.info app max=65507", "raw", "raw max=65507" };
	static char text[70001];
	size_t i, n;

	(void)state;
	memset(text, 'x', sizeof(text));
	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		bool cut = false;

		for (n = 0; n <= 70000; n += n < 2200 ? 1 : 33900) {
			struct frame_line l = line_of(0, "");
			struct view v;
			size_t there = 0, end;

			l.text = view_of(text, n);
			v = put(forms[i], l, 100000);
			for (end = v.n - 1; end > 0 && v.p[end - 1] == '.';)
				end--;
			while (there < end && v.p[end - 1 - there] == 'x')
				there++;
			if (end < v.n - 1) { /* cut: nothing is wasted */
				assert_int_equal(v.n, frame.form.max);
				assert_int_equal(v.n - 1 - end, 3);
				assert_true(there < n);
				cut = true;
			} else {
				assert_false(cut);
				assert_int_equal(there, n);
			}
		}
		assert_true(cut);
	}
}

static void
no_sequence_and_no_escape_is_cut(void **state)
{
	static const char *const forms[] = { "3164 local0.info app max=480",
		"5424 local0.info app max=480", "raw max=480" };
	static const char *const units[] = { "\xd0\xb6", "\xe2\x82\xac",
		"\xf0\x9f\x98\x80", "\x1b" };
	char text[1200];
	size_t i, k, shift;

	(void)state;
	for (i = 0; i < 3; i++) {
		for (k = 0; k < 4; k++) {
			for (shift = 0; shift < 6; shift++) {
				size_t unit = strlen(units[k]), n = shift;
				struct frame_line l = line_of(0, "");
				struct view v;
				const char *last;

				memset(text, 'x', shift);
				while (n + unit < sizeof(text)) {
					memcpy(text + n, units[k], unit);
					n += unit;
				}
				l.text = view_of(text, n);
				v = put(forms[i], l, 5000);
				assert_memory_equal(v.p + v.n - 4, "...\n", 4);
				last = k == 3 && i < 2 ? "\\x1b" : units[k];
				assert_memory_equal(v.p + v.n - 4 -
							strlen(last),
				    last, strlen(last));
				assert_true(v.n + 4 > 480);
			}
		}
	}
}

static const struct {
	const char *text;
	int at; /* -1: good */
} forms[] = {
	{ "raw", -1 },
	{ "raw max=480", -1 },
	{ "3164 local0.info tag", -1 },
	{ "5424  user.debug  a:b[1]  max=65507", -1 },
	{ "3164 security.info tag", 5 },
	{ "", 0 },
	{ "3165 local0.info tag", 0 },
	{ "RAW", 0 },
	{ "raw local0.info tag", 4 },
	{ "raw max=479", 4 },
	{ "raw max=65508", 4 },
	{ "raw max=500 x", 12 },
	{ "3164", 4 },
	{ "3164 local0", 5 },
	{ "3164 local0.", 5 },
	{ "3164 local0.information tag", 5 },
	{ "3164 local8.info tag", 5 },
	{ "3164 local0.info", 16 },
	{ "3164 local0.info a:b", 17 },
	{ "3164 local0.info abcdefghijklmnopqrstuvwxyz0123456", 17 },
	{ "5424 local0.info abcdefghijklmnopqrstuvwxyz0123456", -1 },
	{ "5424 local0.info "
	  "abcdefghijklmnopqrstuvwxyz0123456abcdefghijklmnop",
	    17 },
	{ "5424 local0.info a\xc3\xa9", 17 },
	{ "5424 local0.info a max=", 19 },
	{ "5424 local0.info a max=500k", 19 },
	{ "5424 local0.info a b", 19 },
	{ "5424 local0.info a max=500 max=600", 27 },
};

static void
a_form_is_taken_whole_or_not_at_all(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		struct frame_form f, before;
		size_t at;
		const char *why;

		frame_form_init(&f);
		f.max = 777;
		before = f;
		why = frame_form_parse(&f, view_str(forms[i].text), &at);
		if (!why != (forms[i].at < 0) ||
		    (why && at != (size_t)forms[i].at))
			fail_msg("%s: %s at %zu", forms[i].text,
			    why ? why : "good", at);
		if (why)
			assert_memory_equal(&f, &before, sizeof(f));
		else
			assert_int_not_equal(f.max, 777);
	}
}

static void
a_host_name_is_one_or_a_dash(void **state)
{
	static const struct {
		const char *name, *of_3164, *of_5424;
	} rows[] = {
		{ "web1", "web1", "web1" },
		{ "web1.example.org", "web1", "web1.example.org" },
		{ "", "-", "-" },
		{ ".org", "-", ".org" },
		{ "a b\n\xff", "ab", "ab" },
	};
	struct frame_form f;
	size_t i, at;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_null(
		    frame_form_parse(&f, view_str("3164 user.info x"), &at));
		frame_init(&frame, &f, 20, rows[i].name);
		assert_string_equal(frame.host, rows[i].of_3164);
		assert_null(
		    frame_form_parse(&f, view_str("5424 user.info x"), &at));
		frame_init(&frame, &f, 20, rows[i].name);
		assert_string_equal(frame.host, rows[i].of_5424);
	}
}

static void
each_facility_and_severity_has_its_number(void **state)
{
	static const char *const some[] = { "kern", "user", "mail", "daemon",
		"auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv",
		"ftp" };
	unsigned i;

	(void)state;
	for (i = 0; i < sizeof(some) / sizeof(some[0]); i++)
		assert_string_equal(frame_facility(i), some[i]);
	assert_string_equal(frame_facility(16), "local0");
	assert_string_equal(frame_facility(23), "local7");
	assert_string_equal(frame_severity(0), "emerg");
	assert_string_equal(frame_severity(3), "err");
	assert_string_equal(frame_severity(7), "debug");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_becomes_what_the_style_says),
		cmocka_unit_test(
		    a_prefix_is_part_of_the_text_and_a_stamp_is_not),
		cmocka_unit_test(the_sequence_begins_anew_after_two_to_the_31),
		cmocka_unit_test(
		    nul_is_spelled_out_in_a_frame_and_passes_in_raw),
		cmocka_unit_test(local_time_is_what_3164_wants),
		cmocka_unit_test(what_does_not_fit_is_cut_with_a_mark),
		cmocka_unit_test(no_sequence_and_no_escape_is_cut),
		cmocka_unit_test(a_form_is_taken_whole_or_not_at_all),
		cmocka_unit_test(a_host_name_is_one_or_a_dash),
		cmocka_unit_test(each_facility_and_severity_has_its_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
