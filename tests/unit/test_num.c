/* lib/num */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "num.h"

static const struct {
	const char *text;
	const struct num_unit *units;
	uint64_t max;
	struct num num;
} scans[] = {
	{ "", NULL, 9, { 0, 0, false } },
	{ "x1", NULL, 9, { 0, 0, false } },
	{ "k", num_bytes, 9, { 0, 0, false } },
	{ " 1", NULL, 9, { 0, 0, false } },
	{ "-1", NULL, 9, { 0, 0, false } },
	{ "+1", NULL, 9, { 0, 0, false } },
	{ "0", NULL, 0, { 0, 1, false } },
	{ "1", NULL, 0, { 0, 1, true } },
	{ "100", NULL, 0, { 0, 3, true } },
	{ "007", NULL, 9, { 7, 3, false } },
	{ "12abc", NULL, 99, { 12, 2, false } },
	{ "12k", NULL, 99, { 12, 2, false } },
	{ "2k", num_bytes, 2048, { 2048, 2, false } },
	{ "2k", num_bytes, 2047, { 2047, 2, true } },
	{ "2kk", num_bytes, 9999, { 2048, 2, false } },
	{ "2 k", num_bytes, 9999, { 2, 1, false } },
	{ "2K", num_bytes, 9999, { 2, 1, false } },
	{ "3m", num_bytes, UINT64_MAX, { 3145728, 2, false } },
	{ "3g", num_bytes, UINT64_MAX, { 3221225472, 2, false } },
	{ "3m", num_seconds, UINT64_MAX, { 180, 2, false } },
	{ "3h", num_seconds, UINT64_MAX, { 10800, 2, false } },
	{ "3d", num_seconds, UINT64_MAX, { 259200, 2, false } },
	{ "255", NULL, 255, { 255, 3, false } },
	{ "256", NULL, 255, { 255, 3, true } },
	{ "18446744073709551615", NULL, UINT64_MAX, { UINT64_MAX, 20, false } },
	{ "18446744073709551616", NULL, UINT64_MAX, { UINT64_MAX, 20, true } },
	{ "18446744073709551620", NULL, UINT64_MAX, { UINT64_MAX, 20, true } },
	{ "99999999999999999999999999k", num_bytes, 1000, { 1000, 27, true } },
	{ "17179869184g", num_bytes, UINT64_MAX, { UINT64_MAX, 12, true } },
	{ "17179869183g", num_bytes, UINT64_MAX,
	    { UINT64_C(17179869183) << 30, 12, false } },
};

static void
a_scan_reads_digits_and_one_unit_and_never_wraps(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(scans) / sizeof(scans[0]); i++) {
		struct num num = num_scan(view_str(scans[i].text),
		    scans[i].units, scans[i].max);

		if (num.value != scans[i].num.value ||
		    num.used != scans[i].num.used ||
		    num.over != scans[i].num.over)
			fail_msg("\"%s\": value %llu used %zu over %d",
			    scans[i].text, (unsigned long long)num.value,
			    num.used, num.over);
	}
}

static void
a_scan_stops_at_the_end_of_its_view(void **state)
{
	struct num num;

	(void)state;
	num = num_scan(view_of("123k", 2), num_bytes, UINT64_MAX);
	assert_int_equal(num.value, 12);
	assert_int_equal(num.used, 2);
	num = num_scan(view_of("1\0", 2), num_bytes, UINT64_MAX);
	assert_int_equal(num.value, 1);
	assert_int_equal(num.used, 1);
}

static const struct {
	const char *text;
	uint64_t min, max;
	int result;
	uint64_t value;
} parses[] = {
	{ "5", 1, 9, 0, 5 },
	{ "1", 1, 9, 0, 1 },
	{ "9", 1, 9, 0, 9 },
	{ "0", 1, 9, -ERANGE, 77 },
	{ "10", 1, 9, -ERANGE, 77 },
	{ "99999999999999999999", 0, UINT64_MAX, -ERANGE, 77 },
	{ "", 0, 9, -EINVAL, 77 },
	{ "5x", 0, 9, -EINVAL, 77 },
	{ "5 ", 0, 9, -EINVAL, 77 },
	{ "1kk", 0, 9999, -EINVAL, 77 },
	{ "1k", 0, 9999, 0, 1024 },
};

static void
a_parse_takes_the_whole_text_or_leaves_the_value(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(parses) / sizeof(parses[0]); i++) {
		uint64_t value = 77;
		int r = num_parse(view_str(parses[i].text), num_bytes,
		    parses[i].min, parses[i].max, &value);

		if (r != parses[i].result || value != parses[i].value)
			fail_msg("\"%s\": %d, value %llu", parses[i].text, r,
			    (unsigned long long)value);
	}
}

static const struct {
	const char *text;
	int result;
	uint64_t value;
} octals[] = {
	{ "0", 0, 0 },
	{ "0640", 0, 0640 },
	{ "777", 0, 0777 },
	{ "1000", -ERANGE, 77 },
	{ "7777777777777777777777777", -ERANGE, 77 },
	{ "", -EINVAL, 77 },
	{ "8", -EINVAL, 77 },
	{ "64k", -EINVAL, 77 },
	{ "-1", -EINVAL, 77 },
};

static void
an_octal_number_has_octal_digits_only(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(octals) / sizeof(octals[0]); i++) {
		uint64_t value = 77;
		int r = num_octal(view_str(octals[i].text), 0777, &value);

		if (r != octals[i].result || value != octals[i].value)
			fail_msg("\"%s\": %d, value %llu", octals[i].text, r,
			    (unsigned long long)value);
	}
}

static void
a_hexadecimal_digit_is_one_of_either_case(void **state)
{
	(void)state;
	for (int c = -128; c < 256; c++) {
		const char *digits = "0123456789abcdef";
		const char *at =
		    c > 0 && c < 128
			? strchr(digits, c >= 'A' && c <= 'F' ? c | 32 : c)
			: NULL;

		assert_int_equal(num_hex((char)c), at ? at - digits : -1);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    a_scan_reads_digits_and_one_unit_and_never_wraps),
		cmocka_unit_test(a_scan_stops_at_the_end_of_its_view),
		cmocka_unit_test(
		    a_parse_takes_the_whole_text_or_leaves_the_value),
		cmocka_unit_test(an_octal_number_has_octal_digits_only),
		cmocka_unit_test(a_hexadecimal_digit_is_one_of_either_case),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
