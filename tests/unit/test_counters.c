/* svlogd/counters */
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

#include "counters.h"
#include "stats.h"
#include "unit/counts.h"
#include "unit/home.h"

static const struct {
	const char *text;
	int r;
	size_t n;
} rows[] = {
	{ "begin 1\nread_lines 5\nend 1\n   \n", 0, 1 },
	{ "begin 1\nread_lines 5\nlater_ones 7\nend 1\n", 0, 2 },
	{ "begin 1\nend 1\n", 0, 0 },
	{ "begin 18446744073709551615\nend 18446744073709551615\n", 0, 0 },
	{ "begin 1\nread_lines 5\nend 2\n", -EAGAIN, 1 },
	{ "begin 1\nread_lines 5\n", -EINVAL, 1 },
	{ "begin 1\nread_lines 5", -EINVAL, 0 },
	{ "begin 1\nread_lines\nend 1\n", -EINVAL, 0 },
	{ "begin 1\nread_lines x\nend 1\n", -EINVAL, 0 },
	{ "begin 1\nread_lines 18446744073709551616\nend 1\n", -EINVAL, 0 },
	{ "begin 1\nRead 1\nend 1\n", -EINVAL, 0 },
	{ "begin 1\na_name_of_more_than_31_characters__ 1\nend 1\n", -EINVAL,
	    0 },
	{ "begin 1\n\nend 1\n", -EINVAL, 0 },
	{ "read_lines 5\nend 1\n", -EINVAL, 0 },
	{ "", -EINVAL, 0 },
};

static void
only_a_whole_text_is_read(void **state)
{
	struct counters c;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int r = counters_parse(&c, view_str(rows[i].text));

		if (r != rows[i].r || c.n != rows[i].n)
			fail_msg("row %zu: %d, %zu", i, r, c.n);
	}
}

static void
more_counters_than_there_is_room_for_are_refused(void **state)
{
	char text[4096] = "begin 1\n";
	struct counters c;

	(void)state;
	for (int i = 0; i <= COUNTERS_MOST; i++)
		strcat(text, "a 1\n");
	strcat(text, "end 1\n");
	assert_int_equal(counters_parse(&c, view_str(text)), -EINVAL);
}

static void
what_svlogd_writes_is_read_back(void **state)
{
	struct stats_extra extra = { .now_ns = 8, .current_size = 9 };
	uint64_t most[OUTCOMES] = { 9, 9 };
	char text[STATS_SIZE];
	struct counters c;
	struct buf b;
	int fd;

	(void)state;
	while (extra.n_targets < CONF_MAX_TARGETS)
		extra.targets[extra.n_targets++] = most;
	buf_init(&b, text, sizeof(text));
	stats_text(&b, &some_counts, &extra, 7);
	assert_int_equal(counters_read(&c, home), -ENOENT);
	fd = openat(home, "lock.stats", O_WRONLY | O_CREAT, 0644);
	assert_int_equal(write(fd, b.p, b.n), STATS_SIZE);
	close(fd);
	assert_int_equal(counters_read(&c, home), 0);
	assert_int_equal(counters_get(&c, "read_lines"), 75);
	assert_int_equal(counters_get(&c, "target_h_refused"), 9);
	assert_int_equal(counters_get(&c, "rotations"), 3);
	assert_int_equal(counters_get(&c, "time_ns"), 8);
	assert_int_equal(counters_get(&c, "nothing"), 0);
	assert_true(counters_agree(&c));
}

static void
the_sums_are_checked(void **state)
{
	struct counters c;

	(void)state;
	counters_parse(&c, view_str("begin 1\nread_lines 3\nwritten_lines 2\n"
				    "dropped_lines 1\nend 1\n"));
	assert_true(counters_agree(&c));
	c.v[0].value = 4;
	assert_false(counters_agree(&c));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_a_whole_text_is_read),
		cmocka_unit_test(
		    more_counters_than_there_is_room_for_are_refused),
		TEST(what_svlogd_writes_is_read_back),
		cmocka_unit_test(the_sums_are_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
