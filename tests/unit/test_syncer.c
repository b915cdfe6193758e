/* svlogd/syncer */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "loop.h"
#include "syncer.h"

static void
the_first_write_is_the_one_that_counts(void **state)
{
	struct syncer s;

	(void)state;
	syncer_init(&s);
	syncer_wrote(&s, 0, 100);
	assert_int_equal(s.at, LOOP_NEVER);
	syncer_wrote(&s, 50, 100);
	assert_int_equal(s.at, 150);
	syncer_wrote(&s, 50, 120);
	assert_int_equal(s.at, 150);
}

static void
a_window_that_gets_shorter_counts_at_once(void **state)
{
	struct syncer s;

	(void)state;
	syncer_init(&s);
	syncer_wrote(&s, 1000, 100);
	syncer_wrote(&s, 50, 120);
	assert_int_equal(s.at, 170);
	/* A longer one does not put off what is due. */
	syncer_wrote(&s, 1000, 130);
	assert_int_equal(s.at, 170);
}

static void
the_disk_has_its_rest(void **state)
{
	struct syncer s;

	(void)state;
	syncer_init(&s);
	s.rest = 500;
	syncer_wrote(&s, 50, 100);
	assert_int_equal(s.at, 500);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_write_is_the_one_that_counts),
		cmocka_unit_test(a_window_that_gets_shorter_counts_at_once),
		cmocka_unit_test(the_disk_has_its_rest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
