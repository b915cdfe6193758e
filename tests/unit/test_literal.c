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

static const char *
find(const char *text, struct view v, const char *sample)
{
	struct literal l;

	literal_init(&l, view_str(text));
	if (sample)
		literal_tune(&l, view_str(sample));
	return literal_find(&l, v);
}

static void
the_rarest_byte_is_the_one_that_is_looked_for(void **state)
{
	struct literal l;

	(void)state;
	literal_init(&l, view_str("aXbc"));
	literal_tune(&l, view_str("abcabcabcaXa"));
	assert_int_equal(l.rare, 1);
	literal_tune(&l, view_str("XXXXXXXXXXXXaaab"));
	assert_int_equal(l.rare, 3);
}

/* Against memmem(3), on texts that repeat much. */
static void
what_is_found_is_the_first_place(void **state)
{
	char hay[64], needle[6];

	(void)state;
	for (unsigned round = 0; round < 200000; round++) {
		size_t n = (size_t)(random() % 64);
		size_t m = 1 + (size_t)(random() % 5);
		char *room = malloc(n ? n : 1);

		for (size_t i = 0; i < n; i++)
			hay[i] = "abc"[random() % 3];
		for (size_t i = 0; i < m; i++)
			needle[i] = "abc"[random() % 3];
		needle[m] = 0;
		hay[n < 63 ? n : 63] = 0;
		assert_non_null(room);
		memcpy(room, hay, n);
		if (find(needle, view_of(room, n), round % 2 ? hay : NULL) !=
		    memmem(room, n, needle, m))
			fail_msg("%s in %.*s", needle, (int)n, hay);
		free(room);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_rarest_byte_is_the_one_that_is_looked_for),
		cmocka_unit_test(what_is_found_is_the_first_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
