/* supervisor/lent */
#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "lent.h"

/* The text without "NAME=". */
static const char *
value(const struct lent *l, char mem[LENT_TEXT])
{
	struct buf b;

	buf_init(&b, mem, LENT_TEXT);
	/* One after the other, as they are made. */
	assert_int_equal(l->write_fd, l->read_fd + 1);
	assert_true(l->ring_fd < 0 || l->ring_fd == l->read_fd + 2);
	assert_int_equal(lent_text(l, l->read_fd, &b), 0);
	buf_ch(&b, 0);
	assert_false(b.over);
	return strchr(mem, '=') + 1;
}

static void
what_is_made_is_close_on_exec_and_empty(void **state)
{
	struct lent l;
	struct stat st;

	(void)state;
	assert_int_equal(lent_make(&l), 0);
	assert_true(lent_is_open(&l));
	assert_int_equal(fcntl(l.read_fd, F_GETFD), FD_CLOEXEC);
	assert_int_equal(fcntl(l.write_fd, F_GETFD), FD_CLOEXEC);
	assert_int_equal(fcntl(l.ring_fd, F_GETFD), FD_CLOEXEC);
	assert_return_code(fstat(l.ring_fd, &st), errno);
	assert_int_equal(st.st_size, 0);
	lent_close(&l);
	assert_false(lent_is_open(&l));
	assert_int_equal(l.ring_fd, -1);
}

static void
a_ring_grows_and_does_not_shrink(void **state)
{
	struct lent l;

	(void)state;
	assert_int_equal(lent_make(&l), 0);
	assert_return_code(ftruncate(l.ring_fd, 8192), errno);
	if (fcntl(l.ring_fd, F_GET_SEALS) & F_SEAL_SHRINK)
		assert_int_equal(ftruncate(l.ring_fd, 4096), -1);
	lent_close(&l);
}

static void
what_is_said_is_what_is_taken(void **state)
{
	char mem[LENT_TEXT], c;
	struct lent l, m;

	(void)state;
	assert_int_equal(lent_make(&l), 0);
	fcntl(l.read_fd, F_SETFD, 0);
	fcntl(l.write_fd, F_SETFD, 0);
	fcntl(l.ring_fd, F_SETFD, 0);
	assert_int_equal(lent_take(&m, value(&l, mem)), 0);
	assert_memory_equal(&l, &m, sizeof l);
	assert_int_equal(fcntl(l.read_fd, F_GETFD), FD_CLOEXEC);
	assert_int_equal(fcntl(l.write_fd, F_GETFD), FD_CLOEXEC);
	assert_int_equal(fcntl(l.ring_fd, F_GETFD), FD_CLOEXEC);
	assert_int_equal(write(m.write_fd, "x", 1), 1);
	assert_int_equal(read(m.read_fd, &c, 1), 1);
	lent_close(&m);
}

static void
a_pipe_may_be_lent_without_a_ring(void **state)
{
	char mem[LENT_TEXT];
	struct lent l, m;
	struct buf b;

	(void)state;
	assert_int_equal(lent_make(&l), 0);
	close(l.ring_fd);
	l.ring_fd = -1;
	assert_int_equal(lent_take(&m, value(&l, mem)), 0);
	assert_memory_equal(&l, &m, sizeof l);
	buf_init(&b, mem, sizeof mem);
	assert_int_equal(lent_ring_text(&l, &b), -ENOENT);
	lent_close(&l);
}

static void
the_logger_is_told_its_ring(void **state)
{
	char mem[LENT_TEXT], want[LENT_TEXT];
	struct stat st;
	struct lent l;
	struct buf b;

	(void)state;
	assert_int_equal(lent_make(&l), 0);
	buf_init(&b, mem, sizeof mem);
	assert_int_equal(lent_ring_text(&l, &b), 0);
	buf_ch(&b, 0);
	fstat(l.ring_fd, &st);
	snprintf(want, sizeof want, "WEIR_RING=10:%llu",
	    (unsigned long long)st.st_ino);
	assert_string_equal(mem, want);
	lent_close(&l);
}

static void
what_is_not_what_it_is_said_to_be_is_not_taken(void **state)
{
	struct lent l, m;
	unsigned long long p, r;
	struct stat st;
	size_t i;

	(void)state;
	assert_int_equal(lent_make(&l), 0);
	fstat(l.read_fd, &st);
	p = st.st_ino;
	fstat(l.ring_fd, &st);
	r = st.st_ino;
	fcntl(l.read_fd, F_SETFD, 0);
	const struct {
		int read_fd, write_fd;
		unsigned long long pipe;
		int ring_fd;
		unsigned long long ring;
		const char *end;
	} cases[] = {
		{ l.ring_fd, l.write_fd, p, l.ring_fd, r, "" },
		{ l.read_fd, l.ring_fd, p, l.ring_fd, r, "" },
		{ l.read_fd, l.write_fd, p + 1, l.ring_fd, r, "" },
		{ l.read_fd, l.write_fd, p, l.read_fd, r, "" },
		{ l.read_fd, l.write_fd, p, l.ring_fd, r + 1, "" },
		{ l.read_fd, l.write_fd, p, 999, r, "" },
		{ 2, l.write_fd, p, l.ring_fd, r, "" },
		{ l.read_fd, l.write_fd, p, l.ring_fd, r, " " },
		{ l.read_fd, l.write_fd, p, l.ring_fd, r, ":1" },
	};
	const char *const broken[] = { "", ":", "3", "3:4", "3:4:5:6", "a",
		"3:4:5:6:", "-3:4:5:6:7", "99999999999999999999:4:5:6:7",
		"4294967299:4:5:6:7" };

	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char text[160];

		snprintf(text, sizeof text, "%d:%d:%llu:%d:%llu%s",
		    cases[i].read_fd, cases[i].write_fd, cases[i].pipe,
		    cases[i].ring_fd, cases[i].ring, cases[i].end);
		assert_true(lent_take(&m, text) < 0);
		assert_false(lent_is_open(&m));
		assert_int_equal(fcntl(l.read_fd, F_GETFD), 0);
	}
	for (i = 0; i < sizeof broken / sizeof broken[0]; i++)
		assert_true(lent_take(&m, broken[i]) < 0);
	lent_close(&l);
}

static void
the_numbers_may_be_the_childs(void **state)
{
	char here[LENT_TEXT], there[LENT_TEXT], want[LENT_TEXT];
	unsigned long v[5];
	struct buf b;
	struct lent l;

	(void)state;
	assert_int_equal(lent_make(&l), 0);
	assert_int_equal(sscanf(value(&l, here), "%lu:%lu:%lu:%lu:%lu", &v[0],
			     &v[1], &v[2], &v[3], &v[4]),
	    5);
	buf_init(&b, there, sizeof(there));
	assert_int_equal(lent_text(&l, 70, &b), 0);
	buf_ch(&b, 0);
	snprintf(want, sizeof(want), "WEIR_LOG=70:71:%lu:72:%lu", v[2], v[4]);
	assert_string_equal(there, want);
	lent_close(&l);
}

static void
they_move_to_higher_numbers(void **state)
{
	struct stat before, after;
	struct lent l, none = lent_none();

	(void)state;
	assert_int_equal(lent_make(&l), 0);
	assert_return_code(fstat(l.read_fd, &before), errno);
	lent_move(&l, 90);
	assert_true(l.read_fd >= 90 && l.write_fd >= 90 && l.ring_fd >= 90);
	assert_int_equal(fcntl(l.write_fd, F_GETFD), FD_CLOEXEC);
	assert_return_code(fstat(l.read_fd, &after), errno);
	assert_int_equal(before.st_ino, after.st_ino);
	/* There are no such numbers: all is as it was. */
	before = after;
	lent_move(&l, 1 << 30);
	assert_return_code(fstat(l.read_fd, &after), errno);
	assert_int_equal(before.st_ino, after.st_ino);
	lent_close(&l);
	lent_move(&none, 90);
	assert_false(lent_is_open(&none));
}

static void
one_that_is_not_needed_is_kept_as_long_as_something_is_in_it(void **state)
{
	struct lent l;
	char c = 'x';

	(void)state;
	assert_int_equal(lent_make(&l), 0);
	assert_int_equal(write(l.write_fd, &c, 1), 1);
	lent_spare(&l);
	assert_true(lent_is_open(&l));
	assert_int_equal(read(l.read_fd, &c, 1), 1);
	lent_spare(&l);
	assert_false(lent_is_open(&l));
	lent_spare(&l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_made_is_close_on_exec_and_empty),
		cmocka_unit_test(a_ring_grows_and_does_not_shrink),
		cmocka_unit_test(what_is_said_is_what_is_taken),
		cmocka_unit_test(a_pipe_may_be_lent_without_a_ring),
		cmocka_unit_test(the_logger_is_told_its_ring),
		cmocka_unit_test(
		    what_is_not_what_it_is_said_to_be_is_not_taken),
		cmocka_unit_test(the_numbers_may_be_the_childs),
		cmocka_unit_test(they_move_to_higher_numbers),
		cmocka_unit_test(
		    one_that_is_not_needed_is_kept_as_long_as_something_is_in_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
