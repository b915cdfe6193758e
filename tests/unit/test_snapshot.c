/* init/snapshot */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "snapshot.h"

static const struct snapshot some = {
	.stage = { STAGE_TOLD, true },
	.pid = 4711,
	.number = 2,
	.script = 12,
	.script_which = 1,
	.forced = true,
	.crashes = 3,
	.crash_at = 5,
	.due_at = INT64_MAX,
	.start_at = 1234567890123456789,
	.script_at = 0,
	.end_by = 77,
};

static const char *
written(const struct snapshot *s)
{
	static char text[512];
	struct buf b;

	buf_init(&b, text, sizeof(text));
	snapshot_write(s, &b);
	assert_false(b.over);
	return text;
}

static void
what_is_written_is_read_again(void **state)
{
	struct snapshot s = { 0 };

	(void)state;
	assert_true(snapshot_read(&s, written(&some)));
	assert_int_equal(s.stage.state, some.stage.state);
	assert_true(s.stage.container);
	assert_int_equal(s.pid, some.pid);
	assert_int_equal(s.number, some.number);
	assert_int_equal(s.script, some.script);
	assert_int_equal(s.script_which, some.script_which);
	assert_true(s.forced);
	assert_int_equal(s.crashes, some.crashes);
	assert_true(s.crash_at == some.crash_at);
	assert_true(s.due_at == some.due_at);
	assert_true(s.start_at == some.start_at);
	assert_true(s.script_at == some.script_at);
	assert_true(s.end_by == some.end_by);
}

static void
other_words_change_nothing(void **state)
{
	static const char *const words[] = { "", "single",
		"weir-resumes=1:", "weir-resumes=1:1,2",
		"weir-resumes=2:0,0,0,0,0,0,0,0,0,0,0,0,0",
		"weir-resumes=1:99,0,0,0,0,0,0,0,0,0,0,0,0",
		"weir-resumes=1:0,2,0,0,0,0,0,0,0,0,0,0,0",
		"weir-resumes=1:0,0,0,0,0,0,0,0,0,0,0,0,0,",
		"weir-resumes=1:0,0,0,0,0,0,0,0,0,0,0,0,0x",
		"weir-resumes=1:0,0,0,9,0,0,0,0,0,0,0,0,0" };
	struct snapshot s = some;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (snapshot_read(&s, words[i]))
			fail_msg("was read: %s", words[i]);
		assert_string_equal(written(&s), written(&some));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read_again),
		cmocka_unit_test(other_words_change_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
