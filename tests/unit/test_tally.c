/* supervisor/tally */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tally.h"

static const struct {
	size_t of[OUTCOMES]; /* fine, down, failed, unknown, barred */
	int code, lsb, lsb_status;
} rows[] = {
	{ { 0, 0, 0, 0, 0 }, 0, 0, 0 },
	{ { 3, 0, 0, 0, 0 }, 0, 0, 0 },
	{ { 1, 1, 0, 0, 0 }, 0, 0, 3 },
	{ { 0, 1, 0, 0, 0 }, 0, 0, 3 },
	{ { 0, 0, 1, 0, 0 }, 1, 1, 1 },
	{ { 0, 0, 0, 1, 0 }, 1, 1, 4 },
	{ { 7, 2, 2, 1, 0 }, 3, 1, 4 },
	{ { 0, 0, 99, 0, 0 }, 99, 1, 1 },
	{ { 0, 0, 60, 60, 0 }, 99, 1, 4 },
	{ { 0, 0, 0, 0, 1 }, 100, 4, 4 },
	{ { 5, 1, 0, 0, 2 }, 100, 4, 4 },
	{ { 0, 0, 1, 0, 2 }, 3, 4, 4 },
};

static void
the_exit_code_counts_what_failed(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct tally t = { { 0 } };

		for (int o = 0; o < OUTCOMES; o++)
			for (size_t n = 0; n < rows[i].of[o]; n++)
				tally_add(&t, (enum outcome)o);
		if (tally_exit(&t, false, false) != rows[i].code ||
		    tally_exit(&t, false, true) != rows[i].code ||
		    tally_exit(&t, true, false) != rows[i].lsb ||
		    tally_exit(&t, true, true) != rows[i].lsb_status)
			fail_msg("row %zu", i);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_exit_code_counts_what_failed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
