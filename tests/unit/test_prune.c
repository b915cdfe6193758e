/* svlogd/prune */
#define _GNU_SOURCE

#include <dirent.h>
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

#include "prune.h"
#include "unit/home.h"
#include "unit/random.h"

#define S INT64_C(1000000000)

static const int64_t epoch = INT64_C(1700000000) * S;

/* --- the choice ---------------------------------------------------------- */

/* Files of 10 bytes, one second apart. */
static const struct {
	size_t files, seen; /* in all, and the oldest of them that are known */
	uint64_t keep, total;
	int64_t born_after; /* seconds after the oldest */
	size_t go;
} rows[] = {
	{ 0, 0, 0, 0, 0, 0 },
	{ 1, 1, 0, 0, 0, 0 },
	{ 5, 5, 0, 0, 0, 0 },
	{ 5, 5, 5, 0, 0, 0 },
	{ 5, 5, 4, 0, 0, 1 },
	{ 5, 5, 1, 0, 0, 4 },
	{ 5, 5, 9, 0, 0, 0 },
	{ 9, 3, 2, 0, 0, 3 },
	{ 9, 3, 7, 0, 0, 2 },
	{ 5, 5, 0, 50, 0, 0 },
	{ 5, 5, 0, 49, 0, 1 },
	{ 5, 5, 0, 30, 0, 2 },
	{ 5, 5, 0, 29, 0, 3 },
	/* The newest stays whatever the caps say. */
	{ 5, 5, 0, 1, 0, 4 },
	{ 1, 1, 0, 1, 0, 0 },
	{ 5, 5, 0, 0, 1000, 4 },
	{ 1, 1, 1, 1, 1000, 0 },
	{ 5, 5, 0, 0, 1, 1 },
	{ 5, 5, 0, 0, 3, 3 },
	/* Any of them is reason enough. */
	{ 5, 5, 4, 25, 0, 3 },
	{ 5, 5, 2, 45, 1, 3 },
	{ 5, 5, 4, 45, 2, 2 },
};

static void
the_oldest_go_until_the_caps_hold(void **state)
{
	size_t i, k;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct prune_found found = { .files = rows[i].files,
			.bytes = 10 * rows[i].files };
		struct prune_caps caps = { .keep = rows[i].keep,
			.total = rows[i].total };
		struct prune_file v[16];
		size_t go;

		if (rows[i].born_after)
			caps.born_after = epoch + rows[i].born_after * S;
		for (k = 0; k < rows[i].files; k++)
			name_make(found.newest, epoch + (int64_t)k * S,
			    NAME_OLD);
		for (k = 0; k < rows[i].seen; k++) {
			name_make(v[k].name, epoch + (int64_t)k * S, NAME_OLD);
			v[k].bytes = 10;
		}
		go = prune_choose(v, rows[i].seen, &found, &caps);
		if (go != rows[i].go)
			fail_msg("row %zu: %zu", i, go);
	}
}

/* --- real directories ---------------------------------------------------- */

static void
make_file(const char *name, size_t bytes)
{
	int fd = openat(home, name, O_WRONLY | O_CREAT | O_EXCL, 0644);

	assert_return_code(fd, errno);
	assert_int_equal(ftruncate(fd, (off_t)bytes), 0);
	close(fd);
}

/* The i-th file, in order of age. */
static void
make_old(size_t i, enum name_kind kind, size_t bytes)
{
	char name[NAME_SIZE];

	name_make(name, epoch + (int64_t)i * S, kind);
	make_file(name, bytes);
}

static bool
old_home_has(size_t i, enum name_kind kind)
{
	char name[NAME_SIZE];

	name_make(name, epoch + (int64_t)i * S, kind);
	return home_has(name);
}

static struct {
	unsigned n, failed;
	char last[NAME_SIZE];
} told;

static void
tell(void *arg, const char *name, int err)
{
	assert_ptr_equal(arg, &told);
	told.n++;
	told.failed += err < 0;
	snprintf(told.last, sizeof(told.last), "%s", name);
}

static int
run(const struct prune_caps *caps, unsigned most)
{
	memset(&told, 0, sizeof(told));
	return prune_run(home, caps, most, NULL, tell, &told);
}

static void
check_files(size_t first, size_t n, size_t all)
{
	size_t i;

	for (i = 0; i < all; i++)
		if (old_home_has(i, NAME_OLD) != (i >= first && i < first + n))
			fail_msg("file %zu", i);
}

static void
all_beyond_the_cap_go_at_once(void **state)
{
	static const size_t counts[] = { 0, 1, 9, 10, 11, 31, 32, 33, 42, 43,
		64, 65, 3000 };
	size_t c, i;

	(void)state;
	for (c = 0; c < sizeof(counts) / sizeof(counts[0]); c++) {
		struct prune_caps caps = { .keep = 10 };
		size_t n = counts[c], go = n > 10 ? n - 10 : 0;

		for (i = 0; i < n; i++)
			make_old(i * 7919 % n, NAME_OLD, 0);
		assert_int_equal(run(&caps, UINT32_MAX), go);
		assert_int_equal(told.n, go);
		check_files(go, n - go, n);
		caps.keep = 1;
		run(&caps, UINT32_MAX);
		check_files(n ? n - 1 : 0, n ? 1 : 0, n);
		if (n) {
			char name[NAME_SIZE];

			name_make(name, epoch + (int64_t)(n - 1) * S, 's');
			unlinkat(home, name, 0);
		}
	}
}

static void
the_caps_on_bytes_and_age_hold(void **state)
{
	struct prune_caps caps = { .total = 2000 };
	size_t i;

	(void)state;
	for (i = 0; i < 100; i++)
		make_old(i, NAME_OLD, 100);
	assert_int_equal(run(&caps, UINT32_MAX), 80);
	check_files(80, 20, 100);
	caps.total = 0;
	caps.born_after = epoch + 95 * S;
	assert_int_equal(run(&caps, UINT32_MAX), 15);
	check_files(95, 5, 100);
	caps.born_after = epoch + 1000 * S;
	caps.total = 1;
	caps.keep = 1;
	assert_int_equal(run(&caps, UINT32_MAX), 4);
	check_files(99, 1, 100);
	assert_int_equal(run(&caps, UINT32_MAX), 0);
}

static void
no_cap_means_no_file_goes(void **state)
{
	struct prune_caps caps = { .keep = 0 };
	size_t i;

	(void)state;
	for (i = 0; i < 100; i++)
		make_old(i, NAME_OLD, 100);
	assert_int_equal(run(&caps, UINT32_MAX), 0);
	assert_int_equal(told.n, 0);
	check_files(0, 100, 100);
}

static void
no_more_go_than_asked_for(void **state)
{
	struct prune_caps caps = { .keep = 1 };
	size_t i;

	(void)state;
	for (i = 0; i < 100; i++)
		make_old(i, NAME_OLD, 100);
	assert_int_equal(run(&caps, 1), 1);
	check_files(1, 99, 100);
	assert_int_equal(run(&caps, 40), 40);
	check_files(41, 59, 100);
	assert_int_equal(run(&caps, 0), 0);
	check_files(41, 59, 100);
}

static void
the_file_a_processor_has_stays(void **state)
{
	char busy[NAME_SIZE];
	struct prune_caps caps = { .keep = 2, .busy = { busy } };
	size_t i;

	(void)state;
	for (i = 0; i < 50; i++)
		make_old(i, i == 3 ? NAME_UNDONE : NAME_OLD, 0);
	name_make(busy, epoch + 3 * S, NAME_UNDONE);
	make_old(3, NAME_TRIAL, 0); /* its output */
	make_old(4, NAME_TRIAL, 0); /* of a dead one */
	assert_int_equal(run(&caps, UINT32_MAX), 48);
	assert_true(old_home_has(3, NAME_UNDONE));
	assert_true(old_home_has(3, NAME_TRIAL));
	assert_false(old_home_has(4, NAME_TRIAL));
	check_files(49, 1, 50);
}

static void
make_packed(size_t i, enum name_kind kind)
{
	char name[NAME_SIZE], packed[NAME_SIZE];

	name_make(name, epoch + (int64_t)i * S, kind);
	name_pack(packed, name, kind);
	make_file(packed, 10);
}

/* Compressed files go in the order of their labels, as any other. */
static void
a_compressed_file_is_an_old_file(void **state)
{
	struct prune_caps caps = { .keep = 3 };
	size_t i;

	(void)state;
	for (i = 0; i < 6; i++) {
		if (i & 1)
			make_packed(i, NAME_OLD);
		else
			make_old(i, NAME_OLD, 10);
	}
	make_packed(2, NAME_TRIAL); /* of a dead one */
	assert_int_equal(run(&caps, UINT32_MAX), 3);
	assert_int_equal(told.n, 4);
	caps = (struct prune_caps){ .total = 20 };
	assert_int_equal(run(&caps, UINT32_MAX), 1);
	caps = (struct prune_caps){ .born_after = epoch + 100 * S };
	assert_int_equal(run(&caps, UINT32_MAX), 1);
	assert_false(old_home_has(4, NAME_OLD)); /* 5 is the newest */
}

/* While one is made, and after a crash, both are there. */
static void
a_file_and_its_compressed_one_are_one_file(void **state)
{
	struct prune_caps caps = { .keep = 3, .total = 30 };
	char busy[NAME_SIZE];
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		make_old(i, NAME_OLD, 10);
		make_packed(i, NAME_OLD);
	}
	name_make(busy, epoch + 1 * S, NAME_OLD);
	make_packed(1, NAME_TRIAL);
	caps.busy[1] = busy;
	assert_int_equal(run(&caps, UINT32_MAX), 0);
	assert_int_equal(told.n, 0);
	caps.keep = 1;
	assert_int_equal(run(&caps, UINT32_MAX), 1);
	assert_false(old_home_has(0, NAME_OLD));
	assert_true(old_home_has(1, NAME_OLD));
}

static void
each_kind_counts_and_trials_go(void **state)
{
	struct prune_caps caps = { .keep = 3 };
	size_t i;

	(void)state;
	for (i = 0; i < 8; i++)
		make_old(i, i & 1 ? NAME_UNDONE : NAME_OLD, 0);
	for (i = 0; i < 5; i++)
		make_old(10 + i, NAME_TRIAL, 0);
	make_old(20, NAME_ASIDE, 0);
	assert_int_equal(run(&caps, UINT32_MAX), 6);
	assert_int_equal(told.n, 11);
	assert_true(old_home_has(20, NAME_ASIDE));
	assert_true(old_home_has(7, NAME_UNDONE));
	assert_true(old_home_has(6, NAME_OLD));
	assert_false(old_home_has(5, NAME_UNDONE));
	for (i = 0; i < 5; i++)
		assert_false(old_home_has(10 + i, NAME_TRIAL));
}

/* A clock that once ran ahead leaves names that sort last. */
static void
files_in_the_future_are_the_newest(void **state)
{
	struct prune_caps caps = { .keep = 2, .born_after = epoch + 1000 * S };

	(void)state;
	make_old(1, NAME_OLD, 0);
	make_old(2, NAME_OLD, 0);
	make_old(1000000000, NAME_OLD, 0);
	make_old(1000000001, NAME_OLD, 0);
	assert_int_equal(run(&caps, UINT32_MAX), 2);
	assert_true(old_home_has(1000000000, NAME_OLD));
	assert_true(old_home_has(1000000001, NAME_OLD));
}

static void
foreign_names_are_never_touched(void **state)
{
	static const char *const names[] = { "current", "config", "lock",
		"lock.ring", "lock.stats", "state", "newstate", "notes", "@",
		"@4000000065", "@400000006553f10a3b9aca00.u.gz",
		"@400000006553f10a3b9aca00.s.bz", "@400000006553f10a3b9aca00.",
		"@400000006553f10a3b9aca00.ss", "x400000006553f10a3b9aca00.s",
		".@40000000.s", "a.t", "400000006553f10a3b9aca00.s" };
	struct prune_caps caps = { .keep = 1,
		.total = 1,
		.born_after = INT64_MAX };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		make_file(names[i], 1000);
	make_old(1, NAME_OLD, 10);
	make_old(2, NAME_OLD, 10);
	assert_int_equal(run(&caps, UINT32_MAX), 1);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!home_has(names[i]))
			fail_msg("%s is gone", names[i]);
	check_files(2, 1, 3);
}

/* runit counts any name of 27 characters that begins with an @. */
static void
names_without_a_time_count_but_have_no_age(void **state)
{
	struct prune_caps caps = { .born_after = INT64_MAX };

	(void)state;
	make_file("@zzzzzzzzzzzzzzzzzzzzzzzz.s", 1);
	make_file("@0000000000000000000000zz.s", 1);
	assert_int_equal(run(&caps, UINT32_MAX), 0);
	caps = (struct prune_caps){ .keep = 1 };
	assert_int_equal(run(&caps, UINT32_MAX), 1);
	assert_true(home_has("@zzzzzzzzzzzzzzzzzzzzzzzz.s"));
}

static void
one_that_cannot_go_does_not_keep_the_others(void **state)
{
	struct prune_caps caps = { .keep = 5 };
	char name[NAME_SIZE];
	size_t i;

	(void)state;
	name_make(name, epoch, NAME_OLD);
	assert_int_equal(mkdirat(home, name, 0755), 0);
	for (i = 1; i < 100; i++)
		make_old(i, NAME_OLD, 0);
	run(&caps, UINT32_MAX);
	assert_true(told.failed > 0);
	assert_true(home_has(name));
	check_files(0, 1, 95); /* the directory, and five or four more */
	assert_true(old_home_has(99, NAME_OLD));
	assert_true(old_home_has(96, NAME_OLD));
	assert_int_equal(unlinkat(home, name, AT_REMOVEDIR), 0);
}

static void
nor_does_the_newest_go_in_its_place(void **state)
{
	struct prune_caps caps = { .keep = 1 };
	char name[NAME_SIZE];

	(void)state;
	name_make(name, epoch, NAME_OLD);
	assert_int_equal(mkdirat(home, name, 0755), 0);
	make_old(1, NAME_OLD, 0);
	make_old(2, NAME_OLD, 0);
	assert_int_equal(run(&caps, UINT32_MAX), 1);
	assert_true(old_home_has(0, NAME_OLD));
	assert_false(old_home_has(1, NAME_OLD));
	assert_true(old_home_has(2, NAME_OLD));
	assert_int_equal(unlinkat(home, name, AT_REMOVEDIR), 0);
}

/* When the first one is told of somebody else deletes the second. */
static void
delete_the_second(void *arg, const char *name, int err)
{
	char second[NAME_SIZE];

	tell(arg, name, err);
	name_make(second, epoch + S, NAME_OLD);
	unlinkat(home, second, 0);
}

static void
one_that_somebody_else_deletes_is_gone_too(void **state)
{
	struct prune_caps caps = { .keep = 3 };
	size_t i;

	(void)state;
	for (i = 0; i < 5; i++)
		make_old(i, NAME_OLD, 0);
	memset(&told, 0, sizeof(told));
	assert_int_equal(
	    prune_run(home, &caps, UINT32_MAX, NULL, delete_the_second, &told),
	    2);
	assert_int_equal(told.n, 2);
	check_files(2, 3, 5);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_oldest_go_until_the_caps_hold),
		TEST(all_beyond_the_cap_go_at_once),
		TEST(the_caps_on_bytes_and_age_hold),
		TEST(no_cap_means_no_file_goes),
		TEST(no_more_go_than_asked_for),
		TEST(the_file_a_processor_has_stays),
		TEST(a_compressed_file_is_an_old_file),
		TEST(a_file_and_its_compressed_one_are_one_file),
		TEST(each_kind_counts_and_trials_go),
		TEST(files_in_the_future_are_the_newest),
		TEST(foreign_names_are_never_touched),
		TEST(names_without_a_time_count_but_have_no_age),
		TEST(one_that_cannot_go_does_not_keep_the_others),
		TEST(nor_does_the_newest_go_in_its_place),
		TEST(one_that_somebody_else_deletes_is_gone_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
