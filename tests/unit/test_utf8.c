/* lib/utf8 */
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
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "utf8.h"

static const struct {
	const char *text;
	size_t length; /* of the first character */
	size_t whole;  /* of the text */
} rows[] = {
	{ "", 0, 0 },
	{ "a", 1, 1 },
	{ "\x7f", 1, 1 },
	{ "\x80", 0, 1 },
	{ "\xc2\xa0", 2, 2 },
	{ "\xc2", 0, 0 },
	{ "\xc1\xbf", 0, 2 },
	{ "\xc3\xa9x", 2, 3 },
	{ "a\xc3", 1, 1 },
	{ "\xe2\x82\xac", 3, 3 },
	{ "\xe2\x82", 0, 0 },
	{ "aa\xe2\x82", 1, 2 },
	{ "\xe2\x82x", 0, 3 },
	{ "\xe0\x9f\xbf", 0, 3 },
	{ "\xed\xa0\x80", 0, 3 },
	{ "\xf0\x9f\x98\x80", 4, 4 },
	{ "\xf0\x9f\x98", 0, 0 },
	{ "ab\xf0\x9f\x98", 1, 2 },
	{ "\xf4\x90\x80\x80", 0, 4 },
	{ "\xff", 0, 1 },
	{ "\x80\x80\x80\x80", 0, 4 },
};

static void
only_whole_characters_have_a_length(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (utf8_length(view_str(rows[i].text)) != rows[i].length)
			fail_msg("row %zu", i);
}

static void
what_may_go_on_is_not_at_the_end_of_a_whole_text(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct view v = view_str(rows[i].text);

		if (utf8_whole(v) != rows[i].whole)
			fail_msg("row %zu: %zu", i, utf8_whole(v));
	}
}

static const struct {
	const char *text;
	size_t shown;
} fit[] = {
	{ "", 0 },
	{ " ", 1 },
	{ "~", 1 },
	{ "\x1f", 0 },
	{ "\x7f", 0 },
	{ "\xff", 0 },
	{ "\xc2\x9f", 0 },
	{ "\xc2\xa0", 2 },
	{ "\xe2\x80\xa9", 3 },
	{ "\xe2\x80\xaa", 0 },
	{ "\xe2\x80\xae", 0 },
	{ "\xe2\x80\xaf", 3 },
	{ "\xe2\x81\xa5", 3 },
	{ "\xe2\x81\xa6", 0 },
	{ "\xe2\x81\xa9", 0 },
	{ "\xe2\x81\xaa", 3 },
	{ "\xf0\x9f\x98\x80", 4 },
};

static void
what_a_terminal_might_obey_is_not_shown(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(fit) / sizeof(fit[0]); i++)
		if (utf8_shown(view_str(fit[i].text)) != fit[i].shown)
			fail_msg("row %zu", i);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_whole_characters_have_a_length),
		cmocka_unit_test(
		    what_may_go_on_is_not_at_the_end_of_a_whole_text),
		cmocka_unit_test(what_a_terminal_might_obey_is_not_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
