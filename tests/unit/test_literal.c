/* filters/literal */
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

#include "literal.h"

/* Against memmem(3), on texts that repeat much. */
static void
what_is_found_is_the_first_place(void **state)
{
	char hay[300], needle[6];

	(void)state;
	for (unsigned round = 0; round < 200000; round++) {
		size_t n = (size_t)(random() % 300);
		size_t m = 1 + (size_t)(random() % 5);
		char *room = malloc(n ? n : 1);

		for (size_t i = 0; i < n; i++)
			hay[i] = "abc"[random() % 3];
		for (size_t i = 0; i < m; i++)
			needle[i] = "abc"[random() % 3];
		needle[m] = 0;
		assert_non_null(room);
		memcpy(room, hay, n);
		if (literal_find(view_of(needle, m), view_of(room, n)) !=
		    memmem(room, n, needle, m))
			fail_msg("%s in %.*s", needle, (int)n, hay);
		free(room);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_found_is_the_first_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
