/* filters/pcremem */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pcremem.h"

enum { KIB = 1024 };

/* What one match takes, and gives back. That memory lacks, and is told so, is
 * in fault/test_pcre.c. */
static void
a_match_has_two_rooms_and_no_more(void **state)
{
	void *first, *second;

	(void)state;
	assert_int_equal(pcremem_make_rooms(), 0);
	pcremem_use_rooms(true);
	first = pcremem_take(KIB, NULL);
	second = pcremem_take(PCREMEM_KIB * KIB, NULL);
	assert_non_null(first);
	assert_non_null(second);
	assert_ptr_not_equal(first, second);
	assert_null(pcremem_take(1, NULL));
	pcremem_give(first, NULL);
	assert_null(pcremem_take(2 * PCREMEM_KIB * KIB, NULL));
	assert_ptr_equal(pcremem_take(KIB, NULL), first);
	pcremem_give(second, NULL);
	pcremem_give(first, NULL);
	pcremem_use_rooms(false);
	assert_false(pcremem_lacked());
}

/* It may be given back while the rooms are in use, and the other way round. */
static void
all_else_is_the_c_librarys(void **state)
{
	void *other, *room, *second;

	(void)state;
	other = pcremem_take(4 * PCREMEM_KIB * KIB, NULL);
	assert_non_null(other);
	assert_int_equal(pcremem_make_rooms(), 0);
	pcremem_use_rooms(true);
	room = pcremem_take(1, NULL);
	pcremem_give(other, NULL);
	second = pcremem_take(1, NULL);
	assert_ptr_not_equal(second, room);
	pcremem_give(second, NULL);
	pcremem_use_rooms(false);
	pcremem_give(room, NULL);
	pcremem_give(NULL, NULL);
	pcremem_use_rooms(true);
	assert_ptr_equal(pcremem_take(1, NULL), room);
	pcremem_give(room, NULL);
	pcremem_use_rooms(false);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_match_has_two_rooms_and_no_more),
		cmocka_unit_test(all_else_is_the_c_librarys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
