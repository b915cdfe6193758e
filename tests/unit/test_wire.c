/* lib/wire */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "wire.h"

static const struct {
	unsigned n;
	uint64_t value;
	unsigned char big[8], little[8];
} rows[] = {
	{ 1, 0xfe, { 0xfe }, { 0xfe } },
	{ 2, 0x0102, { 1, 2 }, { 2, 1 } },
	{ 4, 0x80000001, { 0x80, 0, 0, 1 }, { 1, 0, 0, 0x80 } },
	{ 8, UINT64_C(0x0102030405060708), { 1, 2, 3, 4, 5, 6, 7, 8 },
	    { 8, 7, 6, 5, 4, 3, 2, 1 } },
	{ 8, UINT64_MAX, { 255, 255, 255, 255, 255, 255, 255, 255 },
	    { 255, 255, 255, 255, 255, 255, 255, 255 } },
};

static void
each_order_has_its_first_byte_and_is_read_back(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		unsigned char to[8] = { 0 };

		wire_put_big(to, rows[i].n, rows[i].value);
		assert_memory_equal(to, rows[i].big, sizeof(to));
		assert_true(wire_get_big(to, rows[i].n) == rows[i].value);
		memset(to, 0, sizeof(to));
		wire_put_little(to, rows[i].n, rows[i].value);
		assert_memory_equal(to, rows[i].little, sizeof(to));
		assert_true(wire_get_little(to, rows[i].n) == rows[i].value);
	}
}

static void
what_does_not_fit_is_cut_off_at_the_top(void **state)
{
	unsigned char to[3] = { 0, 0, 77 };

	(void)state;
	wire_put_big(to, 2, 0x990102);
	assert_true(wire_get_big(to, 2) == 0x0102);
	wire_put_little(to, 2, 0x990102);
	assert_true(wire_get_little(to, 2) == 0x0102);
	assert_int_equal(to[2], 77);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    each_order_has_its_first_byte_and_is_read_back),
		cmocka_unit_test(what_does_not_fit_is_cut_off_at_the_top),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
