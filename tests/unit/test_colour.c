/* lib/colour */
#define _GNU_SOURCE

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "colour.h"

static const struct {
	const char *no, *force, *term;
	bool may;
} colours[] = {
	{ NULL, "1", "xterm", true },
	{ "", "1", "xterm", true },
	{ "1", "1", "xterm", false },
	{ NULL, "1", NULL, true },
	{ NULL, "0", "xterm", false }, /* no terminal here */
	{ NULL, NULL, "xterm", false },
};

static void
set(const char *name, const char *value)
{
	if (value)
		setenv(name, value, 1);
	else
		unsetenv(name);
}

static void
colours_are_for_terminals_whose_users_do_not_object(void **state)
{
	int saved = dup(1), null = open("/dev/null", O_WRONLY);

	(void)state;
	for (size_t i = 0; i < sizeof colours / sizeof colours[0]; i++) {
		bool may;

		set("NO_COLOR", colours[i].no);
		set("CLICOLOR_FORCE", colours[i].force);
		set("TERM", colours[i].term);
		dup2(null, 1);
		may = colour_is_wanted();
		dup2(saved, 1);
		assert_int_equal(may, colours[i].may);
	}
	close(saved);
	close(null);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    colours_are_for_terminals_whose_users_do_not_object),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
