/* svlogd/current */
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
#include <unistd.h>

#include <cmocka.h>

#include "current.h"

static char path[64];
static int dir = -1;
static struct stat home;
static struct current c;

static int
enter(void **state)
{
	(void)state;
	strcpy(path, "/tmp/weir-current-XXXXXX");
	if (!mkdtemp(path))
		return -1;
	dir = open(path, O_RDONLY | O_DIRECTORY);
	c = (struct current){ .fd = -1 };
	return dir < 0 ? -1 : fstat(dir, &home);
}

static int
leave(void **state)
{
	(void)state;
	current_leave(&c);
	unlinkat(dir, "current", 0);
	unlinkat(dir, "current", AT_REMOVEDIR);
	close(dir);
	return rmdir(path);
}

static void
make(const char *text, mode_t mode)
{
	int fd = openat(dir, "current", O_WRONLY | O_CREAT | O_EXCL, mode);

	assert_return_code(fd, errno);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static void
its_mode_says_how_it_was_left(void **state)
{
	static const struct {
		const char *text;
		mode_t mode;
		enum current_found found;
	} rows[] = {
		{ "", 0644, CURRENT_CLEAN },
		{ "text\n", 0744, CURRENT_CLEAN },
		{ "text\n", 0644, CURRENT_UNDONE },
		{ "text\n", 0711, CURRENT_CLEAN },
	};
	size_t i;

	(void)state;
	assert_int_equal(current_open(&c, dir, &home), CURRENT_NONE);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		make(rows[i].text, rows[i].mode);
		assert_int_equal(current_open(&c, dir, &home), rows[i].found);
		assert_int_equal(c.size, strlen(rows[i].text));
		current_leave(&c);
		assert_int_equal(unlinkat(dir, "current", 0), 0);
	}
}

static void
what_is_no_file_of_its_own_is_not_opened(void **state)
{
	(void)state;
	assert_int_equal(mkdirat(dir, "current", 0755), 0);
	assert_int_equal(current_open(&c, dir, &home), CURRENT_UNSAFE);
	assert_true(c.fd < 0);
	assert_int_equal(unlinkat(dir, "current", AT_REMOVEDIR), 0);
	assert_int_equal(mkfifoat(dir, "current", 0644), 0);
	assert_int_equal(current_open(&c, dir, &home), CURRENT_UNSAFE);
	assert_int_equal(unlinkat(dir, "current", 0), 0);
	assert_int_equal(symlinkat("elsewhere", dir, "current"), 0);
	assert_int_equal(current_open(&c, dir, &home), CURRENT_UNSAFE);
	assert_true(c.fd < 0);
}

static void
a_new_one_replaces_nothing(void **state)
{
	(void)state;
	make("text\n", 0644);
	assert_int_equal(current_create(&c, dir, 0640), -EEXIST);
	assert_int_equal(unlinkat(dir, "current", 0), 0);
	assert_int_equal(current_create(&c, dir, 0640), 0);
	assert_int_equal(c.size, 0);
}

/* The parts "one", "", "two", from each byte on. */
static void
a_write_goes_on_where_the_last_one_ended(void **state)
{
	char one[] = "one", two[] = "two", got[8];
	const struct iovec parts[] = { { one, 3 }, { one, 0 }, { two, 3 } };
	size_t skip;

	(void)state;
	assert_int_equal(current_create(&c, dir, 0644), 0);
	for (skip = 0; skip <= 6; skip++) {
		assert_int_equal(current_cut(&c, 0), 0);
		assert_int_equal(current_write(&c, parts, 3, skip), 6 - skip);
		assert_int_equal(c.size, 6 - skip);
		assert_int_equal(pread(c.fd, got, sizeof(got), 0), 6 - skip);
		assert_memory_equal(got, &"onetwo"[skip], 6 - skip);
	}
}

static void
the_parts_are_found_again_byte_by_byte(void **state)
{
	char one[] = "one", two[] = "two";
	const struct iovec parts[] = { { one, 3 }, { two, 3 } };
	size_t n;

	(void)state;
	make("before one two", 0644);
	assert_int_equal(current_open(&c, dir, &home), CURRENT_UNDONE);
	for (n = 0; n <= 3; n++)
		assert_true(current_holds(&c, 7, parts, n));
	assert_false(current_holds(&c, 7, parts, 4)); /* a blank */
	assert_false(current_holds(&c, 8, parts, 1));
	assert_int_equal(current_cut(&c, 10), 0);
	assert_int_equal(current_write(&c, parts + 1, 1, 0), 3);
	assert_true(current_holds(&c, 7, parts, 6));
	assert_int_equal(current_cut(&c, 12), 0);
	assert_false(current_holds(&c, 7, parts, 6)); /* it ends before */
}

static void
a_check_tells_who_took_what_away(void **state)
{
	char text[] = "text\n";
	const struct iovec part = { text, 5 };

	(void)state;
	assert_int_equal(current_create(&c, dir, 0644), 0);
	assert_int_equal(current_write(&c, &part, 1, 0), 5);
	assert_int_equal(current_check(&c, 5), 0);
	/* Cut before the write: what was written is there. */
	assert_int_equal(current_write(&c, &part, 1, 0), 5);
	assert_int_equal(ftruncate(c.fd, 5), 0);
	assert_int_equal(current_check(&c, 5), 0);
	assert_int_equal(c.size, 5);
	/* Cut behind it: that is gone. */
	assert_int_equal(current_write(&c, &part, 1, 0), 5);
	assert_int_equal(ftruncate(c.fd, 0), 0);
	assert_int_equal(current_check(&c, 5), -ESTALE);
	/* Somebody else appended. */
	assert_int_equal(current_cut(&c, 0), 0);
	assert_int_equal(current_write(&c, &part, 1, 0), 5);
	assert_int_equal(write(c.fd, "more", 4), 4);
	assert_int_equal(current_check(&c, 5), 0);
	assert_int_equal(c.size, 9);
	assert_int_equal(unlinkat(dir, "current", 0), 0);
	assert_int_equal(current_check(&c, 5), -ENOENT);
}

static void
a_seal_is_the_owner_s_x_bit(void **state)
{
	struct stat st;

	(void)state;
	assert_int_equal(current_seal(&c, 0640), 0); /* there is none */
	assert_int_equal(current_create(&c, dir, 0640), 0);
	assert_int_equal(current_seal(&c, 0640), 0);
	assert_true(c.fd < 0);
	assert_int_equal(fstatat(dir, "current", &st, 0), 0);
	assert_int_equal(st.st_mode & 07777, 0740);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, enter, leave)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(its_mode_says_how_it_was_left),
		TEST(what_is_no_file_of_its_own_is_not_opened),
		TEST(a_new_one_replaces_nothing),
		TEST(a_write_goes_on_where_the_last_one_ended),
		TEST(the_parts_are_found_again_byte_by_byte),
		TEST(a_check_tells_who_took_what_away),
		TEST(a_seal_is_the_owner_s_x_bit),
	};

	umask(022);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
