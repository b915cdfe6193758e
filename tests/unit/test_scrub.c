/* Bytes replaced by a map. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scrub.h"

#define TEXT(s)                                                                \
	{                                                                      \
		s, sizeof(s) - 1                                               \
	}

static const struct {
	char by;
	struct view also, line, scrubbed;
} cases[] = {
	{ '_', TEXT(""), TEXT(""), TEXT("") },
	{ '_', TEXT(""), TEXT("plain ~text"), TEXT("plain ~text") },
	{ '.', TEXT(""), TEXT("tab\there"), TEXT("tab.here") },
	{ '_', TEXT(""), TEXT("\0\037 ~\177\200\377"), TEXT("__ ~___") },
	{ '?', TEXT(""), TEXT("na\303\257ve"), TEXT("na??ve") },
	{ '_', TEXT("abc"), TEXT("a cab\n"), TEXT("_ ____") },
	{ '_', TEXT(" "), TEXT("\33[1m x"), TEXT("_[1m_x") },
	{ 'a', TEXT("a"), TEXT("ab\r"), TEXT("aba") },
	{ '\t', TEXT(" "), TEXT("a b\177"), TEXT("a\tb\t") },
};

static void
unprintable_and_named_bytes_are_replaced(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct view line = cases[i].line;
		struct scrub s;
		char got[16] = "";

		memcpy(got, line.p, line.n);
		scrub_init(&s);
		scrub_set(&s, cases[i].by, cases[i].also);
		assert_true(s.on);
		scrub_apply(&s, got, line.n);
		assert_int_equal(line.n, cases[i].scrubbed.n);
		assert_memory_equal(got, cases[i].scrubbed.p, line.n);
	}
}

static void
every_byte_value_is_replaced_or_kept_as_documented(void **state)
{
	unsigned char all[256];
	struct scrub s;
	int i;

	(void)state;
	for (i = 0; i < 256; i++)
		all[i] = (unsigned char)i;
	scrub_init(&s);
	scrub_set(&s, '#', view_str("xyz"));
	scrub_apply(&s, (char *)all, sizeof(all));
	for (i = 0; i < 256; i++) {
		bool kept =
		    i >= 32 && i <= 126 && i != 'x' && i != 'y' && i != 'z';

		assert_int_equal(all[i], kept ? i : '#');
	}
}

static void
nothing_is_replaced_until_it_is_set(void **state)
{
	char text[] = "\1a\377";
	struct scrub s;

	(void)state;
	scrub_init(&s);
	assert_false(s.on);
	scrub_apply(&s, text, 3);
	assert_memory_equal(text, "\1a\377", 3);
}

static void
only_the_given_bytes_are_touched_at_every_length(void **state)
{
	char text[80];
	struct scrub s;
	size_t n, i;

	(void)state;
	scrub_init(&s);
	scrub_set(&s, '_', view_str(""));
	for (n = 0; n < sizeof(text); n++) {
		memset(text, 1, sizeof(text));
		scrub_apply(&s, text, n);
		for (i = 0; i < sizeof(text); i++)
			assert_int_equal(text[i], i < n ? '_' : 1);
	}
	scrub_apply(&s, NULL, 0);
}

static void
setting_again_forgets_what_was_set_before(void **state)
{
	char text[] = "a\1";
	struct scrub s;

	(void)state;
	scrub_init(&s);
	scrub_set(&s, '_', view_str("a"));
	scrub_set(&s, '.', view_str("b"));
	scrub_apply(&s, text, 2);
	assert_string_equal(text, "a.");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(unprintable_and_named_bytes_are_replaced),
		cmocka_unit_test(
		    every_byte_value_is_replaced_or_kept_as_documented),
		cmocka_unit_test(nothing_is_replaced_until_it_is_set),
		cmocka_unit_test(
		    only_the_given_bytes_are_touched_at_every_length),
		cmocka_unit_test(setting_again_forgets_what_was_set_before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
