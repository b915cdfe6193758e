/* svlogd/show */
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

#include "show.h"

#define TT "2026-11-22_16:51:04.07799 "
#define TTT "2026-11-22T16:51:04.07799 "
#define TAI "@400000006a12f1420a5f8e67 "

static struct show show;
static struct archive_file file = { .name = "current" };
static struct stream stream = { .name = "web" };
static struct stream other = { .name = "db" };

enum { AS_IS = 0, NAMES = 1, ESCAPE = 2, COLOUR = 4 };

static void
begin(enum show_format format, int how)
{
	stream.archive = (struct archive){ .file = &file, .n = 1 };
	other.archive = stream.archive;
	show_init(&show, format, how & NAMES);
	show.escape = how & ESCAPE;
	show.colour = how & COLOUR;
}

static void
give(const char *text, bool goes_on, bool open, const struct stream *of)
{
	struct run r = { view_str(text), goes_on, open };

	show_run(&show, &r, of);
}

/* What would be written, before it is. */
static const char *
shown(void)
{
	show.out.mem[show.out.n] = 0;
	return show.out.mem;
}

static const struct {
	enum show_format format;
	int how;
	const char *text, *want;
} rows[] = {
	{ SHOW_RAW, AS_IS, TAI "a\33\xff\n", TAI "a\33\xff\n" },
	{ SHOW_TEXT, AS_IS, TT "a\n" TTT "b\nc\n", TT "a\n" TTT "b\nc\n" },
	{ SHOW_TEXT, AS_IS, TAI "a\nb@c\n",
	    "2026-05-24_12:38:16.17403 a\nb@c\n" },
	{ SHOW_TEXT, NAMES, TT "a\nb\n", TT "web: a\nweb: b\n" },
	{ SHOW_TEXT, COLOUR, TT "a\n",
	    "\33[2m2026-11-22_16:51:04.07799\33[0m a\n" },
	{ SHOW_TEXT, COLOUR | NAMES, "a\n", "\33[36mweb\33[0m: a\n" },
	{ SHOW_TEXT, AS_IS, "\33[31m\n", "\33[31m\n" },
	{ SHOW_TEXT, ESCAPE, "\33[31m\a\177\ta\rb\n",
	    "\\x1b[31m\\x07\\x7f\ta\\x0db\n" },
	{ SHOW_TEXT, ESCAPE, "a\r\n\r\n\r", "a\r\n\r\n\\x0d" },
	{ SHOW_TEXT, ESCAPE,
	    "\xe2\x80\xae"
	    "a\n",
	    "\\xe2\\x80\\xae"
	    "a\n" },
	{ SHOW_TEXT, ESCAPE, "gr\xc3\xbc\xc3\x9f \xe2\x82\xac\n",
	    "gr\xc3\xbc\xc3\x9f \xe2\x82\xac\n" },
	{ SHOW_TEXT, ESCAPE, "\xc2\x9b\xff\xc3\n", "\\xc2\\x9b\\xff\\xc3\n" },
	{ SHOW_TEXT, ESCAPE, "a\\x1bc\\n\\xg1\n", "a\\x5cx1bc\\n\\xg1\n" },
	{ SHOW_JSON, AS_IS, TT "a\"b\\\33\xff\xc3\xa9\n",
	    "{\"time\":\"2026-11-22T16:51:04.077990000Z\",\"log\":\"web\","
	    "\"file\":\"current\",\"text\":\"a\\\"b\\\\\\u001b\\ufffd\xc3\xa9"
	    "\"}\n" },
	{ SHOW_JSON, AS_IS, TAI "a\n",
	    "{\"time\":\"2026-05-24T12:38:16.174034535Z\",\"log\":\"web\","
	    "\"file\":\"current\",\"text\":\"a\"}\n" },
	{ SHOW_JSON, AS_IS, "\n",
	    "{\"time\":null,\"log\":\"web\",\"file\":\"current\",\"text\":\"\""
	    "}\n" },
};

static void
each_format_shows_a_line_in_its_way(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		begin(rows[i].format, rows[i].how);
		give(rows[i].text, false, false, &stream);
		if (strcmp(shown(), rows[i].want) != 0)
			fail_msg("row %zu: %s", i, shown());
	}
}

static void
a_line_in_pieces_is_one_line(void **state)
{
	(void)state;
	begin(SHOW_TEXT, NAMES | ESCAPE);
	give("a\nb", false, true, &stream);
	give("c\33", true, true, &stream);
	give("d\n", true, false, &stream);
	assert_string_equal(shown(), "web: a\nweb: bc\\x1bd\n");
	begin(SHOW_JSON, AS_IS);
	give("b", false, true, &stream);
	give("c\n", true, false, &stream);
	assert_non_null(strstr(shown(), "\"text\":\"bc\"}\n"));
	begin(SHOW_RAW, AS_IS);
	give("b", false, true, &stream);
	give("c\n", true, false, &stream);
	assert_string_equal(shown(), "bc\n");
}

static void
a_line_without_an_end_gets_one_where_another_begins(void **state)
{
	(void)state;
	begin(SHOW_TEXT, AS_IS);
	give("torn", false, true, &stream);
	give(TT "a\n", true, false, &stream);
	assert_string_equal(shown(), "torn\n" TT "a\n");
	begin(SHOW_TEXT, NAMES);
	give("torn", false, true, &stream);
	give("a\n", false, false, &other);
	assert_string_equal(shown(), "web: torn\ndb: a\n");
	begin(SHOW_RAW, AS_IS);
	give("torn", false, true, &stream);
	give(TT "a\n", true, false, &stream);
	assert_string_equal(shown(), "torn" TT "a\n");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_format_shows_a_line_in_its_way),
		cmocka_unit_test(a_line_in_pieces_is_one_line),
		cmocka_unit_test(
		    a_line_without_an_end_gets_one_where_another_begins),
	};

	unsetenv("CLICOLOR_FORCE");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
