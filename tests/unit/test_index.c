/* filters/index */
#define _GNU_SOURCE

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "index.h"
#include "unit/random.h"

enum { MOST = 5 * INDEX_RUNS };

static struct member members[MOST];
static struct index made, got;
static unsigned char bytes[INDEX_SIZE];
static size_t size;

/* Members of any size, their times rising but for a few. */
static void
make_members(size_t n)
{
	for (size_t i = 0; i < n; i++) {
		members[i].size = MEMBER_HEAD + MEMBER_TAIL + 1;
		members[i].size +=
		    (uint32_t)random_below(MEMBER_SIZE + 1 - members[i].size);
		members[i].last_ns = (int64_t)(i * 100 + random_below(120));
	}
	index_init(&made);
	for (size_t i = 0; i < n; i++)
		index_add(&made, &members[i]);
	size = index_write(bytes, &made);
}

static uint64_t
size_of(size_t n)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += members[i].size;
	return sum;
}

static int64_t
newest_of(size_t n)
{
	int64_t newest = 0;

	for (size_t i = 0; i < n; i++)
		if (members[i].last_ns > newest)
			newest = members[i].last_ns;
	return newest;
}

static struct view
view(void)
{
	return view_of((const char *)bytes, size);
}

static size_t
told_size(void)
{
	return index_size(view_from(view(), size - INDEX_TAIL));
}

static const size_t counts[] = { 1, 2, 3, 9, 100, INDEX_RUNS - 1, INDEX_RUNS,
	INDEX_RUNS + 1, INDEX_RUNS + 2, 2 * INDEX_RUNS, 2 * INDEX_RUNS + 1,
	2 * INDEX_RUNS + 5, 4 * INDEX_RUNS, 4 * INDEX_RUNS + 1, MOST };

enum { COUNTS = sizeof counts / sizeof counts[0] };

static void
a_run_is_the_fewest_members_that_leave_room(void **state)
{
	(void)state;
	for (size_t k = 0; k < COUNTS; k++) {
		size_t n = counts[k], each = 1, end;

		make_members(n);
		while ((n + each - 1) / each > INDEX_RUNS)
			each *= 2;
		assert_int_equal(made.n, (n + each - 1) / each);
		for (size_t i = 0; i < made.n; i += 1 + made.n / 97) {
			end = (i + 1) * each < n ? (i + 1) * each : n;
			assert_true(made.run[i].size ==
				    size_of(end) - size_of(i * each));
			assert_true(made.run[i].newest_ns == newest_of(end));
		}
	}
}

static void
what_is_written_is_read_back(void **state)
{
	(void)state;
	for (size_t k = 0; k < COUNTS; k++) {
		make_members(counts[k]);
		assert_true(size <= INDEX_SIZE);
		assert_int_equal(told_size(), size);
		assert_int_equal(index_read(&got, view(), size_of(counts[k])),
		    0);
		assert_true(index_same(&made, &got));
		got.run[got.n - 1].newest_ns++;
		assert_false(index_same(&made, &got));
	}
}

static void
an_index_is_these_bytes(void **state)
{
	static const unsigned char want[] = {
		0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 3, 42, 0, 'w', 'i', 38, 0, 1,
		0,                               /* version */
		0x01, 0x02, 0, 0, 0, 0, 0, 0,    /* bytes of the first run */
		8, 7, 6, 5, 4, 3, 2, 1,          /* and its time */
		0x03, 0x02, 0x01, 0, 0, 0, 0, 0, /* of the second */
		8, 7, 6, 5, 4, 3, 2, 1,          /* not older, though it is */
		64, 0, 0, 0,                     /* size */
		3, 0, 0, 0, 0, 0, 0, 0, 0, 0,    /* no data */
	};
	struct member m = {
		.size = 0x201,
		.last_ns = INT64_C(0x0102030405060708),
	};

	(void)state;
	index_init(&made);
	index_add(&made, &m);
	m.size = 0x10203;
	m.last_ns = 5;
	index_add(&made, &m);
	assert_int_equal(index_write(bytes, &made), sizeof(want));
	assert_memory_equal(bytes, want, sizeof(want));
}

/* But for a higher time of the last run and one between its neighbours' times,
 * no other bytes can be this file's. */
static void
an_index_that_cannot_be_true_is_none(void **state)
{
	(void)state;
	make_members(20);
	for (size_t i = 0; i < size; i++) {
		size_t in_run = i < INDEX_HEAD || i >= size - INDEX_TAIL
		                    ? 0
		                    : (i - INDEX_HEAD) % INDEX_RUN;

		bytes[i] ^= 0x80;
		if (in_run < 8 || in_run == 15)
			assert_int_equal(index_read(&got, view(), size_of(20)),
			    -EINVAL);
		bytes[i] ^= 0x80;
	}
	assert_int_equal(index_read(&got, view(), size_of(20)), 0);
	assert_int_equal(index_read(&got, view(), size_of(20) - 1), -EINVAL);
	assert_int_equal(index_read(&got, view(), size_of(20) + 1), -EINVAL);
	for (size_t n = 0; n < size; n++)
		assert_int_equal(
		    index_read(&got, view_first(view(), n), size_of(20)),
		    -EINVAL);
}

static void
a_time_that_goes_back_is_none(void **state)
{
	(void)state;
	make_members(20);
	made.run[7].newest_ns = made.run[6].newest_ns - 1;
	index_write(bytes, &made);
	assert_int_equal(index_read(&got, view(), size_of(20)), -EINVAL);
}

static void
the_end_of_a_file_tells_whether_it_has_an_index(void **state)
{
	static const size_t never[] = { 0, 31, 47, 49, INDEX_SIZE + INDEX_RUN,
		UINT32_MAX };

	(void)state;
	make_members(3);
	assert_int_equal(told_size(), size);
	assert_int_equal(index_size(view_from(view(), size - INDEX_TAIL + 1)),
	    0);
	for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++) {
		for (unsigned k = 0; k < 4; k++)
			bytes[size - INDEX_TAIL + k] =
			    (unsigned char)(never[i] >> 8 * k);
		assert_int_equal(told_size(), 0);
	}
	make_members(3);
	for (size_t i = size - INDEX_TAIL + 4; i < size; i++) {
		bytes[i]++;
		assert_int_equal(told_size(), 0);
		bytes[i]--;
	}
}

/* Run by run, from the definition. */
static size_t
slowly_before(int64_t since_ns, uint64_t end)
{
	size_t i = 0;
	uint64_t at = 0;

	while (i + 1 < made.n) {
		at += made.run[i].size;
		if (at >= end ||
		    (since_ns != INT64_MAX && newest_of(i + 1) >= since_ns))
			break;
		i++;
	}
	return i;
}

static void
what_is_older_is_passed_over_but_for_the_last_run(void **state)
{
	(void)state;
	make_members(50);
	members[45].last_ns = INT64_MAX; /* as where nothing is told */
	for (uint32_t i = 45; i < made.n; i++)
		made.run[i].newest_ns = INT64_MAX;
	for (int i = 0; i < 10000; i++) {
		int64_t since = (int64_t)random_below(5200);
		uint64_t end = random_u64() % (size_of(50) + 1000), at;
		size_t n;

		if (i % 3 == 0)
			since = INT64_MAX;
		if (i % 3 == 1)
			end = UINT64_MAX;
		if (i % 4 == 0) /* where a run ends, or a byte beside it */
			end =
			    size_of(1 + random_below(50)) + random_below(3) - 1;
		n = index_before(&made, since, end, &at);
		assert_int_equal(n, slowly_before(since, end));
		assert_true(at == size_of(n));
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_run_is_the_fewest_members_that_leave_room),
		cmocka_unit_test(what_is_written_is_read_back),
		cmocka_unit_test(an_index_is_these_bytes),
		cmocka_unit_test(an_index_that_cannot_be_true_is_none),
		cmocka_unit_test(a_time_that_goes_back_is_none),
		cmocka_unit_test(
		    the_end_of_a_file_tells_whether_it_has_an_index),
		cmocka_unit_test(
		    what_is_older_is_passed_over_but_for_the_last_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
