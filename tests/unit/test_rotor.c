/* svlogd/rotor */
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

#include "rotor.h"
#include "unit/home.h"

#define S INT64_C(1000000000)

static struct current current;
static struct rotor rotor;

static int
setup(void **state)
{
	assert_int_equal(enter(state), 0);
	rotor = (struct rotor){ .current = &current,
		.dirfd = home,
		.mode = 0640,
		.kind = NAME_OLD };
	return current_create(&current, home, 0640);
}

static int
teardown(void **state)
{
	current_leave(&current);
	return leave(state);
}

static const struct {
	int64_t now, newest, label;
} rows[] = {
	{ 100, 0, 100 },
	{ 100, 99, 100 },
	{ 100, 100, 101 },
	{ 100, 500, 501 },
	{ 0, 0, 1 },
	{ -5, 0, 1 },
	{ -5, 700, 701 },
	{ 1, 0, 1 },
};

static void
labels_only_rise(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rotor_label_ns(rows[i].now, rows[i].newest) !=
		    rows[i].label)
			fail_msg("row %zu", i);
}

static void
a_rotation_names_the_old_file_and_makes_a_new_one(void **state)
{
	struct iovec text = { (char[]){ 'a', 'b', 'c' }, 3 };
	char last[NAME_SIZE] = "";
	struct stat st;
	int i;

	(void)state;
	for (i = 0; i < 20; i++) {
		uint64_t old = current.ino;

		assert_int_equal(current_write(&current, &text, 1, 0), 3);
		rotor.kind = i & 1 ? NAME_UNDONE : NAME_OLD;
		rotor_start(&rotor);
		assert_int_equal(rotor_run(&rotor), 0);
		assert_int_equal(rotor.state, ROTOR_IDLE);
		assert_int_equal(rotor.size, 3);
		assert_int_equal(name_letter(rotor.named), rotor.kind);
		assert_true(strcmp(rotor.named, last) > 0);
		strcpy(last, rotor.named);
		assert_int_equal(fstatat(home, rotor.named, &st, 0), 0);
		assert_int_equal(st.st_ino, old);
		assert_int_equal(st.st_size, 3);
		assert_int_equal(fstatat(home, "current", &st, 0), 0);
		assert_int_equal(st.st_ino, current.ino);
		assert_int_equal(st.st_size, 0);
		assert_int_equal(st.st_mode & 07777, 0640);
		assert_int_equal(current.size, 0);
	}
}

/* The clock is far behind the newest file. */
static void
a_label_is_above_the_newest(void **state)
{
	char name[NAME_SIZE];

	(void)state;
	rotor.newest_ns = INT64_C(9000000000) * S;
	rotor_start(&rotor);
	assert_int_equal(rotor_run(&rotor), 0);
	name_make(name, INT64_C(9000000000) * S + 1, NAME_OLD);
	assert_string_equal(rotor.named, name);
}

static void
no_file_is_ever_replaced(void **state)
{
	char name[NAME_SIZE];
	struct stat st;
	int i;

	(void)state;
	rotor.newest_ns = INT64_C(9000000000) * S;
	for (i = 1; i <= 5; i++) {
		name_make(name, rotor.newest_ns + i, NAME_OLD);
		close(openat(home, name, O_CREAT | O_EXCL | O_WRONLY, 0600));
	}
	rotor_start(&rotor);
	assert_int_equal(rotor_run(&rotor), 0);
	name_make(name, INT64_C(9000000000) * S + 6, NAME_OLD);
	assert_string_equal(rotor.named, name);
	assert_int_equal(fstatat(home, name, &st, 0), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
}

static void
a_current_that_was_taken_away_is_made_anew(void **state)
{
	struct stat st;

	(void)state;
	assert_int_equal(unlinkat(home, "current", 0), 0);
	rotor_start(&rotor);
	assert_int_equal(rotor_run(&rotor), 0);
	assert_int_equal(fstatat(home, "current", &st, 0), 0);
	assert_int_equal(st.st_ino, current.ino);
}

static void
anything_can_be_set_aside(void **state)
{
	struct stat st;

	(void)state;
	assert_int_equal(symlinkat("/etc/passwd", home, "strange"), 0);
	assert_int_equal(rotor_set_aside(&rotor, "strange", NAME_ASIDE), 0);
	assert_int_equal(fstatat(home, rotor.named, &st, AT_SYMLINK_NOFOLLOW),
	    0);
	assert_true(S_ISLNK(st.st_mode));
	assert_int_equal(rotor_set_aside(&rotor, "strange", NAME_ASIDE),
	    -ENOENT);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		T(labels_only_rise),
		T(a_rotation_names_the_old_file_and_makes_a_new_one),
		T(a_label_is_above_the_newest),
		T(no_file_is_ever_replaced),
		T(a_current_that_was_taken_away_is_made_anew),
		T(anything_can_be_set_aside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
