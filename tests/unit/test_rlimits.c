/* supervisor/rlimits */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "rlimits.h"

static const struct {
	const char *text;
	int result;
	struct rlimits_want limit;
} values[] = {
	{ "0", 0, { .is_set = true } },
	{ "", 0, { .is_set = true } },
	{ "5", 0, { .is_set = true, .soft = 5 } },
	{ "010", 0, { .is_set = true, .soft = 10 } },
	{ "18446744073709551621", 0,
	    { .is_set = true, .soft = RLIM_INFINITY } },
	{ "=", 0, { .is_set = true, .to_hard = true } },
	{ "5:6", 0,
	    { .is_set = true, .soft = 5, .has_hard = true, .hard = 6 } },
	{ "=:6", 0,
	    { .is_set = true, .to_hard = true, .has_hard = true, .hard = 6 } },
	{ "5:99999999999999999999", 0,
	    { .is_set = true,
		.soft = 5,
		.has_hard = true,
		.hard = RLIM_INFINITY } },
	{ "x", -EINVAL, { 0 } },
	{ "5x", -EINVAL, { 0 } },
	{ " 5", -EINVAL, { 0 } },
	{ "+5", -EINVAL, { 0 } },
	{ "-5", -EINVAL, { 0 } },
	{ "==", -EINVAL, { 0 } },
	{ "=5", -EINVAL, { 0 } },
	{ "5:", -EINVAL, { 0 } },
	{ "5:=", -EINVAL, { 0 } },
	{ "5:6:7", -EINVAL, { 0 } },
	{ "5:x", -EINVAL, { 0 } },
};

static void
a_limit_is_a_number_or_the_hard_one(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		const struct rlimits_want *want = &values[i].limit;
		struct rlimits_want l;
		int r = rlimits_parse(&l, values[i].text);

		if (r != values[i].result)
			fail_msg("'%s': %d", values[i].text, r);
		if (r == 0 &&
		    (l.is_set != want->is_set || l.to_hard != want->to_hard ||
			l.has_hard != want->has_hard || l.soft != want->soft ||
			l.hard != want->hard))
			fail_msg("'%s': %llu:%llu", values[i].text,
			    (unsigned long long)l.soft,
			    (unsigned long long)l.hard);
	}
}

static struct rlimit
core(void)
{
	struct rlimit rl;

	assert_int_equal(getrlimit(RLIMIT_CORE, &rl), 0);
	return rl;
}

static void
the_soft_limit_goes_as_far_as_the_hard_one(void **state)
{
	struct rlimits_want want[RLIMITS] = {
		[RLIMITS_CORE] = { .is_set = true,
		    .has_hard = true,
		    .hard = 4096,
		    .soft = 1024,
		    .is_cap = true },
	};
	struct rlimits_want *w = &want[RLIMITS_CORE];

	(void)state;
	assert_int_equal(rlimits_set_hard(want), 0);
	assert_int_equal(core().rlim_max, 4096);
	assert_true(core().rlim_cur <= 4096);
	assert_int_equal(rlimits_set_soft(want, false), 0);
	assert_int_equal(core().rlim_cur, 1024);
	w->soft = 8192;
	assert_int_equal(rlimits_set_soft(want, false), 0);
	assert_int_equal(core().rlim_cur, 4096);
	w->soft = 0;
	assert_int_equal(rlimits_set_soft(want, false), 0);
	assert_int_equal(core().rlim_cur, 0);
	w->to_hard = true;
	assert_int_equal(rlimits_set_soft(want, false), 0);
	assert_int_equal(core().rlim_cur, 4096);
	*w = (struct rlimits_want){ .has_hard = true, .hard = 0 };
	assert_int_equal(rlimits_set_hard(want), 0);
	assert_int_equal(rlimits_set_soft(want, false), 0);
	assert_int_equal(core().rlim_cur, 4096);
	assert_int_equal(core().rlim_max, 4096);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_limit_is_a_number_or_the_hard_one),
		cmocka_unit_test(the_soft_limit_goes_as_far_as_the_hard_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
