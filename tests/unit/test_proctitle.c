/* supervisor/proctitle */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "proctitle.h"

static void
put(struct proctitle *t, const char *text)
{
	proctitle_put(t, view_str(text));
}

static void
seven_characters_are_needed(void **state)
{
	char six[] = "log: .", seven[] = "log: ..", none[] = "";
	struct proctitle t;

	(void)state;
	assert_int_equal(proctitle_init(&t, none), -EINVAL);
	assert_int_equal(proctitle_init(&t, six), -EINVAL);
	assert_int_equal(t.n, 0);
	assert_int_equal(proctitle_init(&t, seven), 0);
	assert_int_equal(t.n, 2);
}

static void
the_first_five_stay_and_the_rest_moves_on(void **state)
{
	char log[] = "log: ..........";
	struct proctitle t;

	(void)state;
	assert_int_equal(proctitle_init(&t, log), 0);
	put(&t, "abc");
	assert_string_equal(log, "log: .......abc");
	put(&t, "");
	assert_string_equal(log, "log: .......abc");
	put(&t, "defghijk");
	assert_string_equal(log, "log: bcdefghijk");
	put(&t, "0123456789");
	assert_string_equal(log, "log: 0123456789");
	put(&t, "only the end of this fits");
	assert_string_equal(log, "log:  this fits");
}

static void
newlines_show_nul_does_not_and_control_bytes_do_no_harm(void **state)
{
	static const char text[] = "a\0\nb\t\0\0\033[0m\177\xc3\xa4";
	char log[] = "log: .............";
	struct proctitle t;

	(void)state;
	assert_int_equal(proctitle_init(&t, log), 0);
	proctitle_put(&t, view_of(text, sizeof(text) - 1));
	assert_string_equal(log, "log: ..a\nb\t?[0m?\xc3\xa4");
}

/* However the text comes in, the window holds the end of it. */
static void
cut_anywhere_the_window_is_the_same(void **state)
{
	static const char text[] = "some\0 words, and \0 more words";
	size_t n = sizeof(text) - 1;

	(void)state;
	for (size_t a = 0; a <= n; a++) {
		for (size_t b = a; b <= n; b++) {
			char log[] = "log: ............";
			struct proctitle t;

			assert_int_equal(proctitle_init(&t, log), 0);
			proctitle_put(&t, view_of(text, a));
			proctitle_put(&t, view_of(text + a, b - a));
			proctitle_put(&t, view_of(text + b, n - b));
			assert_string_equal(log, "log:   more words");
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(seven_characters_are_needed),
		cmocka_unit_test(the_first_five_stay_and_the_rest_moves_on),
		cmocka_unit_test(
		    newlines_show_nul_does_not_and_control_bytes_do_no_harm),
		cmocka_unit_test(cut_anywhere_the_window_is_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
