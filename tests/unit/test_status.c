/* supervisor/status */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "status.h"

#define S INT64_C(1000000000)

static const struct {
	struct status status;
	const char *record; /* STATUS_SIZE bytes */
	const char *text;
} cases[] = {
	{ { 0, 0, false, WANT_DOWN, false, STATUS_DOWN },
	    "\x40\0\0\0\0\0\0\x0a\0\0\0\0\0\0\0\0\0d\0\0", "down\n" },
	{ { 0, 0, false, WANT_UP, false, STATUS_DOWN },
	    "\x40\0\0\0\0\0\0\x0a\0\0\0\0\0\0\0\0\0u\0\0", "down\n" },
	{ { 1795346846 * S + 367735500, 28746, false, WANT_DOWN, false,
	      STATUS_RUN },
	    "\x40\0\0\0\x6b\x02\xd1\xa8\x15\xeb\x32\xcc\x4a\x70\0\0\0d\0\x01",
	    "run, want down\n" },
	{ { 1 * S, 0x01020304, true, WANT_UP, true, STATUS_RUN },
	    "\x40\0\0\0\0\0\0\x0b\0\0\0\0\x04\x03\x02\x01\x01u\x01\x01",
	    "run, paused, got TERM\n" },
	{ { 1 * S, 7, true, WANT_DOWN, true, STATUS_RUN },
	    "\x40\0\0\0\0\0\0\x0b\0\0\0\0\x07\0\0\0\x01"
	    "d\x01\x01",
	    "run, paused, got TERM, want down\n" },
	{ { 2 * S, 7, false, WANT_UP, false, STATUS_FINISH },
	    "\x40\0\0\0\0\0\0\x0c\0\0\0\0\x07\0\0\0\0u\0\x02", "finish\n" },
};

enum { CASES = sizeof(cases) / sizeof(cases[0]) };

static void
a_record_is_the_20_bytes_that_others_read(void **state)
{
	unsigned char record[STATUS_SIZE];

	(void)state;
	for (int i = 0; i < CASES; i++) {
		status_pack(record, &cases[i].status);
		assert_memory_equal(record, cases[i].record, STATUS_SIZE);
	}
}

static void
a_record_read_again_is_what_was_written(void **state)
{
	(void)state;
	for (int i = 0; i < CASES; i++) {
		const struct status *want = &cases[i].status;
		struct status got;

		assert_int_equal(status_unpack(&got,
				     (const unsigned char *)cases[i].record,
				     STATUS_SIZE),
		    0);
		assert_int_equal(got.since_ns, want->since_ns);
		assert_int_equal(got.pid, want->pid);
		assert_int_equal(got.paused, want->paused);
		assert_int_equal(got.want, want->want);
		assert_int_equal(got.got_term, want->got_term);
		assert_int_equal(got.state, want->state);
	}
}

static void
daemontools_18_bytes_are_enough(void **state)
{
	struct status got;

	(void)state;
	assert_int_equal(status_unpack(&got,
			     (const unsigned char *)cases[2].record,
			     STATUS_OLD_SIZE),
	    0);
	assert_int_equal(got.state, STATUS_RUN);
	assert_int_equal(got.pid, 28746);
}

static void
bytes_that_nobody_writes_are_refused(void **state)
{
	static const struct {
		int at;
		unsigned char byte;
	} bad[] = { { 0, 0x3f }, { 0, 0xff }, { 3, 9 }, { 8, 0xff },
		{ 15, 0x80 }, { 16, 2 }, { 18, 2 }, { 19, 3 } };
	struct status got;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		unsigned char record[STATUS_SIZE];

		memcpy(record, cases[3].record, STATUS_SIZE);
		record[bad[i].at] = bad[i].byte;
		assert_int_equal(status_unpack(&got, record, STATUS_SIZE),
		    -EINVAL);
	}
	for (size_t n = 0; n < STATUS_OLD_SIZE; n++)
		assert_int_equal(status_unpack(&got,
				     (const unsigned char *)cases[0].record, n),
		    -EINVAL);
}

static void
stat_says_state_then_what_is_special(void **state)
{
	(void)state;
	for (int i = 0; i < CASES; i++) {
		char text[STATUS_TEXT];
		struct buf b;

		buf_init(&b, text, sizeof text);
		status_text(&b, &cases[i].status);
		buf_ch(&b, 0);
		assert_string_equal(text, cases[i].text);
	}
}

static void
want_exit_is_told_apart_in_stat_alone(void **state)
{
	struct status st = { .pid = 9, .want = WANT_EXIT, .state = STATUS_RUN };
	unsigned char record[STATUS_SIZE];
	char text[STATUS_TEXT];
	struct buf b;

	(void)state;
	status_pack(record, &st);
	assert_int_equal(record[17], 'd');
	buf_init(&b, text, sizeof text);
	status_text(&b, &st);
	buf_ch(&b, 0);
	assert_string_equal(text, "run, want exit\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_record_is_the_20_bytes_that_others_read),
		cmocka_unit_test(a_record_read_again_is_what_was_written),
		cmocka_unit_test(daemontools_18_bytes_are_enough),
		cmocka_unit_test(bytes_that_nobody_writes_are_refused),
		cmocka_unit_test(stat_says_state_then_what_is_special),
		cmocka_unit_test(want_exit_is_told_apart_in_stat_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
