/* Regular expressions without memory. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fault.h"
#include "mask.h"
#include "pcre.h"

/* The ways a pattern is run, and what is certain to need memory of its own. */
static const char *const expressions[] = { "(a|b)+\\d{2,}(?=c)",
	"(*NO_JIT)(a|b)+\\d{2,}(?=c)",
	"(.)(.)(.)(.)(.)(.)(.)(.)(.)(.)(.)(.)(.)(.)(.)(.)" };

/* To be the first test: what all patterns share is made once. */
static void
an_allocation_that_fails_is_told_and_harms_nothing(void **state)
{
	unsigned long fired = 0;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(expressions) / sizeof(expressions[0]); i++) {
		struct view re = view_str(expressions[i]);
		struct pcre_error err;
		struct match m;
		unsigned long n = 1;
		int rc;

		do {
			fault_call("alloc", n++, ENOMEM, false);
			rc = pcre_compile_groups(&m, re, &err);
			assert_true(rc == 0 || rc == -ENOMEM);
			if (fault_fired() && rc == 0)
				fail_msg("%s: %lu was not missed", re.p, n - 1);
			fired += fault_fired();
		} while (rc < 0);
		fault_clear();
		assert_false(match_hit(&m, view_str("ab")));
		match_free(&m);
	}
	assert_true(fired > 5);
}

/* Whatever the line makes of it: found, not found, given up. */
static const char *const lines[] = { "", "ab12c",
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	"aaaaaaaaaaaaaaaaaaaaaaaaaaa"
	"aaaaaaaaaaaaaaaaaaaaaaaaaaa",
	"xyz ab12c ab12c" };

static void
no_memory_is_taken_while_lines_are_looked_at(void **state)
{
	static const char *const some[] = { "(a|b)+\\d{2,}(?=c)", "(a+)+[!?]",
		"(*NO_JIT)(a+)+[!?]", "(*NO_JIT)ab(1.)?",
		"(*NO_JIT)^(?<p>a(?&p)b|c)[!?]" };
	struct match m[5];
	struct pcre_error err;
	struct masks ms;
	uint64_t before = pcre_given_up();
	size_t i, k, round;

	(void)state;
	masks_init(&ms);
	for (i = 0; i < 5; i++) {
		assert_int_equal(pcre_compile(&m[i], view_str(some[i]), &err),
		    0);
		if (i == 0 || i == 3) {
			struct match groups;

			assert_int_equal(pcre_compile_groups(&groups,
					     view_str(some[i]), &err),
			    0);
			assert_int_equal(masks_add(&ms, groups), 0);
		}
	}
	fault_call("alloc", 1, ENOMEM, true);
	for (round = 0; round < 100; round++)
		for (k = 0; k < 4; k++) {
			for (i = 0; i < 5; i++)
				match_hit(&m[i], view_str(lines[k]));
			masks_apply(&ms, view_str(lines[k]));
		}
	assert_int_equal(fault_fired(), 0);
	fault_clear();
	assert_true(pcre_given_up() >= before + 200);
	for (i = 0; i < 5; i++)
		match_free(&m[i]);
	masks_free(&ms);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    an_allocation_that_fails_is_told_and_harms_nothing),
		cmocka_unit_test(no_memory_is_taken_while_lines_are_looked_at),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
