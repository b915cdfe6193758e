/* supervisor/vars */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "vars.h"

static char a1[] = "A=1", a2[] = "A=2", aa[] = "AA=3", odd[] = "A",
	    empty[] = "=x", b[] = "B=4";
static char *const from[] = { a1, aa, a2, odd, empty, b, NULL };

/* All of them, a blank after each. */
static const char *
text_of(const struct vars *vars)
{
	static char text[256];
	size_t i, n = 0;

	text[0] = '\0';
	for (i = 0; i < vars->n; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s ",
		    vars->v[i]);
	assert_null(vars->v[vars->n]);
	return text;
}

static void
variables_are_copied_as_they_are(void **state)
{
	char *const none[] = { NULL };
	struct vars vars;

	(void)state;
	assert_int_equal(vars_init(&vars, from), 0);
	assert_string_equal(text_of(&vars), "A=1 AA=3 A=2 A =x B=4 ");
	assert_ptr_not_equal(vars.v[0], a1);
	vars_free(&vars);
	assert_int_equal(vars_init(&vars, none), 0);
	assert_string_equal(text_of(&vars), "");
	vars_free(&vars);
}

static void
all_of_a_name_are_replaced_by_one(void **state)
{
	struct vars vars;

	(void)state;
	assert_int_equal(vars_init(&vars, from), 0);
	assert_int_equal(vars_set(&vars, "A", view_str("new")), 0);
	assert_string_equal(text_of(&vars), "AA=3 A =x B=4 A=new ");
	assert_int_equal(vars_set(&vars, "A", view_of(NULL, 0)), 0);
	assert_string_equal(text_of(&vars), "AA=3 A =x B=4 A= ");
	assert_int_equal(vars_set(&vars, "C", view_of("xyz", 2)), 0);
	assert_string_equal(text_of(&vars), "AA=3 A =x B=4 A= C=xy ");
	vars_free(&vars);
}

static void
all_of_a_name_are_removed(void **state)
{
	struct vars vars;

	(void)state;
	assert_int_equal(vars_init(&vars, from), 0);
	vars_unset(&vars, "A");
	assert_string_equal(text_of(&vars), "AA=3 A =x B=4 ");
	vars_unset(&vars, "nosuch");
	vars_unset(&vars, "B");
	assert_string_equal(text_of(&vars), "AA=3 A =x ");
	vars_free(&vars);
}

static void
there_is_room_for_many(void **state)
{
	char *const none[] = { NULL };
	struct vars vars;
	char name[16];
	int i;

	(void)state;
	assert_int_equal(vars_init(&vars, none), 0);
	for (i = 0; i < 1000; i++) {
		snprintf(name, sizeof(name), "V%d", i);
		assert_int_equal(vars_set(&vars, name, view_str("x")), 0);
		assert_null(vars.v[i + 1]);
	}
	assert_string_equal(vars.v[999], "V999=x");
	vars_free(&vars);
}

static void
a_name_has_no_equals_sign(void **state)
{
	(void)state;
	assert_true(vars_is_name("A"));
	assert_true(vars_is_name("with blanks, and more"));
	assert_false(vars_is_name(""));
	assert_false(vars_is_name("="));
	assert_false(vars_is_name("A="));
	assert_false(vars_is_name("A=B"));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(variables_are_copied_as_they_are),
		cmocka_unit_test(all_of_a_name_are_replaced_by_one),
		cmocka_unit_test(all_of_a_name_are_removed),
		cmocka_unit_test(there_is_room_for_many),
		cmocka_unit_test(a_name_has_no_equals_sign),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
