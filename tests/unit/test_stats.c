/* svlogd/stats */
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

#include "stats.h"
#include "unit/counts.h"

static char text[STATS_SIZE];

static void
make(const struct ring_counts *n, const struct stats_extra *extra,
    uint64_t serial)
{
	struct buf b;

	buf_init(&b, text, sizeof(text));
	stats_text(&b, n, extra, serial);
	assert_int_equal(b.n, STATS_SIZE);
	assert_false(b.over);
}

static uint64_t
value_of(const char *name)
{
	static char all[STATS_SIZE + 2];
	char line[64];
	const char *at;

	snprintf(all, sizeof(all), "\n%.*s", STATS_SIZE, text);
	snprintf(line, sizeof(line), "\n%s ", name);
	at = strstr(all, line);
	if (!at)
		fail_msg("no %s", name);
	return strtoull(at + strlen(line), NULL, 10);
}

static void
the_size_is_fixed_and_the_last_byte_a_newline(void **state)
{
	struct ring_counts none = { 0 }, most;
	struct stats_extra extra = { 0 };

	(void)state;
	make(&none, &extra, 0);
	assert_int_equal(text[STATS_SIZE - 1], '\n');
	memset(&most, 0xff, sizeof(most));
	memset(&extra, 0xff, sizeof(extra));
	for (extra.n_targets = 0; extra.n_targets < CONF_MAX_TARGETS;)
		extra.targets[extra.n_targets++] = most.outcome;
	make(&most, &extra, UINT64_MAX);
	assert_int_equal(text[STATS_SIZE - 1], '\n');
	assert_true(value_of("read_lines") == UINT64_MAX);
	assert_true(value_of("sync_failures") == UINT64_MAX);
	assert_true(value_of("target_h_failed") == UINT64_MAX);
	assert_true(value_of("end") == UINT64_MAX);
}

static void
a_whole_one_begins_and_ends_with_the_same_number(void **state)
{
	struct ring_counts n = { 0 };
	struct stats_extra extra = { 0 };

	(void)state;
	make(&n, &extra, 4711);
	assert_memory_equal(text, "begin 4711\n", 11);
	assert_int_equal(value_of("end"), 4711);
	assert_int_equal(value_of("begin"), 4711);
}

static void
each_counter_has_its_name_and_read_is_the_sum(void **state)
{
	static const uint64_t b[OUTCOMES] = { [OUTCOME_UNREACHABLE] = 26 };
	struct stats_extra extra = { .now_ns = 8,
		.current_size = 9,
		.pipe_full_ns = 10,
		.copies_dropped = 11,
		.targets = { some_counts.outcome, b },
		.n_targets = 2 };
	static const struct {
		const char *name;
		uint64_t value;
	} want[] = {
		{ "cut_lines", 1 },
		{ "alerts", 2 },
		{ "rotations", 3 },
		{ "processor_runs", 4 },
		{ "processor_failures", 5 },
		{ "sync_ns", 6 },
		{ "sync_failures", 7 },
		{ "time_ns", 8 },
		{ "current_bytes", 9 },
		{ "pipe_full_ns", 10 },
		{ "copies_dropped", 11 },
		{ "masked_lines", 12 },
		{ "withheld_lines", 13 },
		{ "given_up", 14 },
		{ "forwarded_lines", 15 },
		{ "forwarded_bytes", 16 },
		{ "datagrams", 17 },
		{ "datagrams_sent", 18 },
		{ "datagrams_refused", 19 },
		{ "datagrams_unreachable", 20 },
		{ "datagrams_too_large", 21 },
		{ "datagrams_blocked", 22 },
		{ "datagrams_unresolved", 23 },
		{ "datagrams_failed", 24 },
		{ "datagrams_unknown", 25 },
		{ "target_a_blocked", 22 },
		{ "target_b_unreachable", 26 },
		{ "target_b_sent", 0 },
	};
	size_t i;

	(void)state;
	make(&some_counts, &extra, 1);
	for (i = 0; i < sizeof(want) / sizeof(want[0]); i++)
		assert_int_equal(value_of(want[i].name), want[i].value);
	assert_int_equal(value_of("read_lines"),
	    value_of("written_lines") + value_of("deselected_lines") +
		value_of("dropped_lines") + value_of("forwarded_lines"));
	assert_int_equal(value_of("read_bytes"),
	    value_of("written_bytes") + value_of("deselected_bytes") +
		value_of("dropped_bytes") + value_of("forwarded_bytes"));
}

static void
each_line_is_a_name_a_blank_and_a_number(void **state)
{
	struct ring_counts n = { .read_lines = 123 };
	struct stats_extra extra = { 0 };
	size_t at = 0;

	(void)state;
	make(&n, &extra, 1);
	while (text[at] != ' ') {
		at += strspn(text + at, "abcdefghijklmnopqrstuvwxyz_");
		assert_int_equal(text[at++], ' ');
		assert_true(strspn(text + at, "0123456789") > 0);
		at += strspn(text + at, "0123456789");
		assert_int_equal(text[at++], '\n');
	}
	assert_int_equal(at + strspn(text + at, " "), STATS_SIZE - 1);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_size_is_fixed_and_the_last_byte_a_newline),
		cmocka_unit_test(
		    a_whole_one_begins_and_ends_with_the_same_number),
		cmocka_unit_test(each_counter_has_its_name_and_read_is_the_sum),
		cmocka_unit_test(each_line_is_a_name_a_blank_and_a_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
