/* lib/tai */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tai.h"

#define S INT64_C(1000000000)

static const struct {
	int64_t ns;
	const char *label;
} labels[] = {
	{ 0, "@400000000000000a00000000" },
	{ 1, "@400000000000000a00000001" },
	{ S - 1, "@400000000000000a3b9ac9ff" },
	{ S, "@400000000000000b00000000" },
	{ 6 * S, "@400000000000001000000000" },
	{ 1700000000 * S + 123456500, "@400000006553f10a075bcbf4" },
	{ INT64_C(4294967286) * S, "@400000010000000000000000" },
	{ INT64_MAX, "@4000000225c17d0e32f2d7ff" },
};

enum { LABELS = sizeof(labels) / sizeof(labels[0]) };

static void
a_label_counts_from_2_to_the_62_plus_10(void **state)
{
	char label[TAI_LABEL + 1];
	int i;

	(void)state;
	for (i = 0; i < LABELS; i++) {
		memset(label, '#', sizeof(label));
		tai_label(label, labels[i].ns);
		assert_int_equal(label[TAI_LABEL], '#');
		label[TAI_LABEL] = '\0';
		assert_string_equal(label, labels[i].label);
	}
}

static void
a_parse_undoes_a_label(void **state)
{
	int64_t ns;
	int i;

	(void)state;
	for (i = 0; i < LABELS; i++) {
		ns = -1;
		assert_int_equal(tai_parse(view_str(labels[i].label), &ns), 0);
		assert_true(ns == labels[i].ns);
	}
	assert_int_equal(tai_parse(view_str("@400000006553F10A075BCBF4"), &ns),
	    0);
	assert_true(ns == 1700000000 * S + 123456500);
}

static const char *const bad[] = {
	"",
	"@",
	"@400000000000000a0000000",    /* short */
	"@400000000000000a000000000",  /* long */
	"@400000000000000a00000000.s", /* a file's name */
	" 400000000000000a00000000",
	"@400000000000000g00000000",
	"@400000000000000a0000000-",
	"@400000000000000900000000", /* 1969 */
	"@000000000000000a00000000",
	"@400000000000000a3b9aca00", /* 10^9 ns */
	"@400000000000000affffffff",
	"@4000000225c17d0e32f2d800", /* one ns past the end */
	"@4000000225c17d0f00000000",
	"@800000000000000a00000000",
	"@ffffffffffffffff00000000",
};

static void
what_is_no_label_is_refused_and_leaves_the_value(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		int64_t ns = 77;

		if (tai_parse(view_str(bad[i]), &ns) != -EINVAL || ns != 77)
			fail_msg("%s", bad[i]);
	}
}

static void
the_next_label_is_the_label(void **state)
{
	static const int64_t steps[] = { 0, 1, 15, 16, 999, S / 3, S - 1, S,
		S + 1, 16 * S, 86400 * S, -1, -S };
	size_t i, j;

	(void)state;
	for (i = 0; i < 1000; i++) {
		int64_t last = 1700000000 * S + (int64_t)i * 7654321;

		for (j = 0; j < sizeof(steps) / sizeof(steps[0]); j++) {
			int64_t ns = last + steps[j];
			char a[TAI_LABEL], b[TAI_LABEL];

			tai_label(a, last);
			tai_label_next(a, last, ns);
			tai_label(b, ns);
			assert_memory_equal(a, b, TAI_LABEL);
		}
	}
}

static void
labels_sort_by_time(void **state)
{
	int i;

	(void)state;
	for (i = 1; i < LABELS; i++) {
		char a[TAI_LABEL], b[TAI_LABEL];

		tai_label(a, labels[i - 1].ns);
		tai_label(b, labels[i].ns);
		assert_true(memcmp(a, b, TAI_LABEL) < 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_label_counts_from_2_to_the_62_plus_10),
		cmocka_unit_test(a_parse_undoes_a_label),
		cmocka_unit_test(
		    what_is_no_label_is_refused_and_leaves_the_value),
		cmocka_unit_test(the_next_label_is_the_label),
		cmocka_unit_test(labels_sort_by_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
