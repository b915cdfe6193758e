/* svlogd/pack: what there may be; calls that fail and deaths are
 * tests/fault/test_pack.c */
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
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "member.h"
#include "pack.h"
#include "unit/home.h"

#define LABEL "@400000000000000b00000005"
#define PLAIN LABEL ".s"
#define TRIAL LABEL ".t.gz"
#define PACKED LABEL ".s.gz"

static const char text[] = "one\ntwo\nthree\n";

static int
put(const char *name, const char *p, mode_t mode)
{
	int fd = openat(home, name, O_RDWR | O_CREAT | O_TRUNC, 0600);

	assert_return_code(fd, errno);
	assert_int_equal(write(fd, p, strlen(p)), strlen(p));
	assert_int_equal(fchmod(fd, mode), 0);
	return fd;
}

/* Whether gzip(1) gets the text out of it. */
static bool
is_whole(void)
{
	char command[256];

	snprintf(command, sizeof(command),
	    "test \"$(gzip -dc <%s/" PACKED ")\" = \"$(printf "
	    "'one\\ntwo\\nthree')\"",
	    home_path);
	return system(command) == 0;
}

static void
only_the_packed_one_is_left(void)
{
	assert_true(is_whole());
	assert_false(home_has(PLAIN));
	assert_false(home_has(TRIAL));
}

static void
a_file_is_replaced_by_a_packed_one_like_it(void **state)
{
	struct timespec times[2] = { { 1600000000, 5 }, { 1600000001, 6 } };
	struct stat st;
	int fd = put(PLAIN, text, 0640);

	(void)state;
	assert_int_equal(futimens(fd, times), 0);
	if (geteuid() == 0)
		assert_int_equal(fchown(fd, 7, 8), 0);
	close(fd);
	assert_int_equal(pack_file(home, PLAIN, 6), 0);
	only_the_packed_one_is_left();
	assert_int_equal(fstatat(home, PACKED, &st, 0), 0);
	assert_int_equal(st.st_mode, S_IFREG | 0740);
	assert_int_equal(st.st_mtim.tv_sec, 1600000001);
	if (geteuid() == 0)
		assert_true(st.st_uid == 7 && st.st_gid == 8);
}

static void
its_times_are_from_its_label_and_the_one_before(void **state)
{
	char head[MEMBER_HEAD];
	struct member m;
	int fd;

	(void)state;
	close(put(PLAIN, text, 0744));
	close(put("@400000000000000a00000007.s.gz", "", 0744));
	close(put("@400000000000000a00000003.s", "", 0744));
	close(put("@400000000000000c00000003.s", "", 0744));
	assert_int_equal(pack_file(home, PLAIN, 6), 0);
	fd = openat(home, PACKED, O_RDONLY);
	assert_int_equal(read(fd, head, sizeof(head)), sizeof(head));
	close(fd);
	assert_int_equal(member_read(view_of(head, sizeof(head)), &m), 0);
	assert_true(m.undated && m.first_ns == 7);
	assert_true(m.last_ns == 1000000005);
}

/* --- what a crash left --------------------------------------------------- */

static void
a_packed_one_that_holds_it_stays(void **state)
{
	struct stat before, after;

	(void)state;
	close(put(PLAIN, text, 0744));
	assert_int_equal(pack_file(home, PLAIN, 6), 0);
	assert_int_equal(fstatat(home, PACKED, &before, 0), 0);
	close(put(PLAIN, text, 0744));
	assert_int_equal(pack_file(home, PLAIN, 6), 0);
	assert_int_equal(fstatat(home, PACKED, &after, 0), 0);
	assert_int_equal(before.st_ino, after.st_ino);
	only_the_packed_one_is_left();
}

static void
a_packed_one_that_does_not_is_made_again(void **state)
{
	static const char *const lefts[] = { "", "x", "\x1f\x8b", text };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(lefts) / sizeof(lefts[0]); i++) {
		close(put(PLAIN, text, 0744));
		close(put(PACKED, lefts[i], 0744));
		close(put(TRIAL, lefts[i], 0600));
		assert_int_equal(pack_file(home, PLAIN, 6), 0);
		only_the_packed_one_is_left();
	}
	/* It is whole, but of another log. */
	close(put(PLAIN, "other\n", 0744));
	assert_int_equal(pack_file(home, PLAIN, 6), 0);
	close(put(PLAIN, text, 0744));
	assert_int_equal(pack_file(home, PLAIN, 6), 0);
	only_the_packed_one_is_left();
}

static void
links_in_its_way_are_replaced_and_not_followed(void **state)
{
	struct stat st;

	(void)state;
	close(put("victim", "kept", 0600));
	close(put(PLAIN, text, 0744));
	assert_int_equal(symlinkat("victim", home, PACKED), 0);
	assert_int_equal(symlinkat("victim", home, TRIAL), 0);
	assert_int_equal(pack_file(home, PLAIN, 6), 0);
	only_the_packed_one_is_left();
	assert_int_equal(fstatat(home, PACKED, &st, AT_SYMLINK_NOFOLLOW), 0);
	assert_true(S_ISREG(st.st_mode));
	assert_int_equal(fstatat(home, "victim", &st, 0), 0);
	assert_true(st.st_size == 4 && (st.st_mode & 0777) == 0600);
}

/* --- what is not packed -------------------------------------------------- */

static void
what_has_its_name_and_is_no_file_is_left_alone(void **state)
{
	(void)state;
	assert_int_equal(pack_file(home, PLAIN, 6), -ENOENT);
	close(put("victim", text, 0600));
	assert_int_equal(symlinkat("victim", home, PLAIN), 0);
	assert_int_equal(pack_file(home, PLAIN, 6), -EPERM);
	assert_int_equal(unlinkat(home, PLAIN, 0), 0);
	assert_int_equal(linkat(home, "victim", home, PLAIN, 0), 0);
	assert_int_equal(pack_file(home, PLAIN, 6), -EPERM);
	assert_int_equal(unlinkat(home, PLAIN, 0), 0);
	assert_int_equal(mkdirat(home, PLAIN, 0700), 0);
	assert_int_equal(pack_file(home, PLAIN, 6), -EPERM);
	assert_true(home_has(PLAIN) && !home_has(PACKED) && !home_has(TRIAL));
}

static void
what_is_gzip_already_is_left_alone(void **state)
{
	(void)state;
	close(put(PLAIN, "\x1f\x8b\x08 by a processor", 0744));
	assert_int_equal(pack_file(home, PLAIN, 6), -EALREADY);
	assert_true(home_has(PLAIN) && !home_has(PACKED) && !home_has(TRIAL));
}

static void
what_another_process_packs_is_left_to_it(void **state)
{
	int fd = put(PLAIN, text, 0744);

	(void)state;
	assert_int_equal(flock(fd, LOCK_EX), 0);
	assert_int_equal(pack_file(home, PLAIN, 6), -EAGAIN);
	assert_true(home_has(PLAIN) && !home_has(PACKED) && !home_has(TRIAL));
	close(fd);
	assert_int_equal(pack_file(home, PLAIN, 6), 0);
	only_the_packed_one_is_left();
}

static void
a_directory_in_its_way_is_an_error(void **state)
{
	(void)state;
	close(put(PLAIN, text, 0744));
	assert_int_equal(mkdirat(home, PACKED, 0700), 0);
	assert_true(pack_file(home, PLAIN, 6) < 0);
	assert_true(home_has(PLAIN) && !home_has(TRIAL));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(a_file_is_replaced_by_a_packed_one_like_it),
		TEST(its_times_are_from_its_label_and_the_one_before),
		TEST(a_packed_one_that_holds_it_stays),
		TEST(a_packed_one_that_does_not_is_made_again),
		TEST(links_in_its_way_are_replaced_and_not_followed),
		TEST(what_has_its_name_and_is_no_file_is_left_alone),
		TEST(what_is_gzip_already_is_left_alone),
		TEST(what_another_process_packs_is_left_to_it),
		TEST(a_directory_in_its_way_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
