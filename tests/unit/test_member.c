/* filters/member */
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

#include "member.h"
#include "unit/random.h"

#define S INT64_C(1000000000)
#define AT(n) "1970-01-01_00:00:0" #n ".00000 "

enum { FROM = 1, TO = 9 }; /* s: of the files in the tables */

/* --- where a member ends -------------------------------------------------- */

static const struct {
	const char *text;
	bool last;
	size_t n;
} cuts[] = {
	{ "one\ntwo\nthr", false, 8 },
	{ "one\ntwo\nthr", true, 11 },
	{ "one\ntwo\n", false, 8 },
	{ "\n", false, 1 },
	{ "\nx", false, 1 },
	{ "a line that goes on", false, 19 },
	{ "a line that goes on", true, 19 },
	{ "", true, 0 },
};

static void
a_member_ends_with_a_line_if_one_does(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++)
		if (member_cut(view_str(cuts[i].text), cuts[i].last) !=
		    cuts[i].n)
			fail_msg("row %zu", i);
}

/* --- what a text tells ---------------------------------------------------- */

static const struct {
	const char *text;
	const char *before; /* the member before it; NULL: none */
	struct member want;
} texts[] = {
	{ AT(2) "one\n" AT(3) "two\n" AT(4) "three\n", NULL,
	    { .first_ns = 2 * S, .last_ns = 4 * S, .lines = 3 } },
	{ AT(2) "one\n", NULL,
	    { .first_ns = 2 * S, .last_ns = 2 * S, .lines = 1 } },
	{ AT(2) "one", NULL,
	    { .first_ns = 2 * S, .last_ns = 2 * S, .lines = 1, .open = true } },
	/* Stamps count where the first and the last line have one. */
	{ AT(2) "one\nmore of it\n" AT(4) "three\n", NULL,
	    { .first_ns = 2 * S, .last_ns = 4 * S, .lines = 3 } },
	{ AT(2) "one\ntwo\n", NULL,
	    { .first_ns = FROM * S,
		.last_ns = TO * S,
		.lines = 2,
		.undated = true } },
	{ "one\n" AT(2) "two\n", NULL,
	    { .first_ns = FROM * S,
		.last_ns = TO * S,
		.lines = 2,
		.undated = true } },
	{ AT(4) "one\n" AT(2) "two\n", NULL,
	    { .first_ns = FROM * S,
		.last_ns = TO * S,
		.lines = 2,
		.undated = true } },
	{ "one\n\ntwo", NULL,
	    { .first_ns = FROM * S,
		.last_ns = TO * S,
		.lines = 3,
		.open = true,
		.undated = true } },
	{ "\n", NULL,
	    { .first_ns = FROM * S,
		.last_ns = TO * S,
		.lines = 1,
		.undated = true } },
	/* The rest of a line is no line, and as old as its beginning. */
	{ "rest\n" AT(3) "two\n", AT(2) "one",
	    { .first_ns = 2 * S,
		.last_ns = 3 * S,
		.lines = 1,
		.inside = true } },
	{ "rest\n", AT(2) "one",
	    { .first_ns = 2 * S, .last_ns = 2 * S, .inside = true } },
	{ "rest", AT(2) "one",
	    { .first_ns = 2 * S,
		.last_ns = 2 * S,
		.inside = true,
		.open = true } },
	{ "rest\n", "one",
	    { .first_ns = FROM * S,
		.last_ns = TO * S,
		.inside = true,
		.undated = true } },
	{ "rest\n" AT(3) "two\n", "one",
	    { .first_ns = FROM * S,
		.last_ns = TO * S,
		.lines = 1,
		.inside = true } },
	/* A line that ended needs no more than that. */
	{ AT(3) "two\n", AT(2) "one\n",
	    { .first_ns = 3 * S, .last_ns = 3 * S, .lines = 1 } },
};

static bool
is_same(const struct member *a, const struct member *b)
{
	return a->first_ns == b->first_ns && a->last_ns == b->last_ns &&
	       a->lines == b->lines && a->bytes == b->bytes &&
	       a->size == b->size && a->inside == b->inside &&
	       a->open == b->open && a->undated == b->undated;
}

static void
a_text_tells_its_lines_and_their_times(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct member before, m, want = texts[i].want;

		if (texts[i].before)
			member_describe(&before, view_str(texts[i].before),
			    NULL, FROM * S, TO * S);
		member_describe(&m, view_str(texts[i].text),
		    texts[i].before ? &before : NULL, FROM * S, TO * S);
		want.bytes = (uint32_t)strlen(texts[i].text);
		if (!is_same(&m, &want))
			fail_msg("row %zu: %lld to %lld, %u lines", i,
			    (long long)m.first_ns, (long long)m.last_ns,
			    m.lines);
	}
}

static void
the_times_of_a_file_never_go_back(void **state)
{
	struct member m;

	(void)state;
	member_describe(&m, view_str("one\n"), NULL, 9 * S, 2 * S);
	assert_true(m.first_ns == 2 * S && m.last_ns == 2 * S);
}

/* --- header and tail ------------------------------------------------------ */

static struct member
random_member(void)
{
	struct member m = {
		.first_ns = (int64_t)(random_u64() >> 2),
		.bytes = (uint32_t)random_below(MEMBER_BYTES + 1),
		.size = MEMBER_HEAD + MEMBER_TAIL + 1,
		.inside = random_below(2),
		.open = random_below(2),
		.undated = random_below(2),
	};

	m.last_ns = m.first_ns + (int64_t)(random_u64() >> 2);
	m.lines = (uint32_t)random_below(m.bytes + 1);
	m.size += (uint32_t)random_below(MEMBER_SIZE + 1 - m.size);
	return m;
}

static struct view
head_of(unsigned char head[MEMBER_HEAD])
{
	return view_of((const char *)head, MEMBER_HEAD);
}

static void
what_is_written_is_read_back(void **state)
{
	unsigned char head[MEMBER_HEAD];
	unsigned i;

	(void)state;
	for (i = 0; i < 100000; i++) {
		struct member m = random_member(), got;

		member_head(head, &m, 1 + (int)(i % 9));
		assert_int_equal(member_read(head_of(head), &got), 0);
		assert_true(is_same(&m, &got));
		assert_int_equal(member_read(view_of((const char *)head,
						 random_below(MEMBER_HEAD)),
				     &got),
		    -EINVAL);
	}
}

static void
a_header_is_these_bytes(void **state)
{
	static const unsigned char want[] = {
		0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 2, 3, 34, 0, 'w', 'r', 30, 0, 1,
		6,                      /* open, undated */
		2, 0, 0, 0,             /* lines */
		0, 0, 4, 0,             /* bytes */
		0x01, 0x02, 0, 0,       /* size */
		8, 7, 6, 5, 4, 3, 2, 1, /* first_ns */
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, /* last_ns */
	};
	static const unsigned char tail[] = { 4, 3, 2, 1, 8, 7, 6, 5 };
	unsigned char head[MEMBER_HEAD], end[MEMBER_TAIL];
	struct member m = {
		.first_ns = INT64_C(0x0102030405060708),
		.last_ns = INT64_MAX,
		.lines = 2,
		.bytes = MEMBER_BYTES,
		.size = 0x201,
		.open = true,
		.undated = true,
	};

	(void)state;
	member_head(head, &m, 9);
	assert_memory_equal(head, want, sizeof(want));
	member_head(head, &m, 1);
	assert_int_equal(head[8], 4); /* as fast as it gets: RFC 1952 */
	member_head(head, &m, 6);
	assert_int_equal(head[8], 0);
	member_tail(end, 0x01020304, 0x05060708);
	assert_memory_equal(end, tail, sizeof(tail));
}

/* One byte of a header, and what it must not become. */
static const struct {
	size_t at;
	unsigned char value;
} wrong[] = {
	{ 0, 0x1e }, { 1, 0x8a }, { 2, 7 }, { 3, 0 }, { 3, 12 }, { 10, 35 },
	{ 11, 1 }, { 12, 'W' }, { 13, 'W' }, { 14, 29 }, { 15, 1 }, { 16, 0 },
	{ 16, 2 }, { 17, 8 }, { 17, 255 },
	{ 21, 1 },               /* more lines than bytes */
	{ 24, 5 },               /* more bytes than a member has */
	{ 29, 1 },               /* larger than one can be */
	{ 37, 0x80 },            /* before 1970 */
	{ 45, 0x80 }, { 45, 0 }, /* the last before the first */
};

static void
a_header_that_cannot_be_true_is_none(void **state)
{
	struct member m = {
		.first_ns = INT64_C(0x0102030405060708),
		.last_ns = INT64_C(0x0202030405060708),
		.lines = 2,
		.bytes = 1000,
		.size = 500,
	};
	unsigned char head[MEMBER_HEAD];
	struct member got;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		member_head(head, &m, 6);
		assert_int_equal(member_read(head_of(head), &got), 0);
		head[wrong[i].at] = wrong[i].value;
		if (member_read(head_of(head), &got) != -EINVAL)
			fail_msg("row %zu", i);
	}
	for (i = 0; i <= MEMBER_HEAD + MEMBER_TAIL + 1; i++) {
		m.size = (uint32_t)i;
		member_head(head, &m, 6);
		assert_int_equal(member_read(head_of(head), &got),
		    i > MEMBER_HEAD + MEMBER_TAIL ? 0 : -EINVAL);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_member_ends_with_a_line_if_one_does),
		cmocka_unit_test(a_text_tells_its_lines_and_their_times),
		cmocka_unit_test(the_times_of_a_file_never_go_back),
		cmocka_unit_test(what_is_written_is_read_back),
		cmocka_unit_test(a_header_is_these_bytes),
		cmocka_unit_test(a_header_that_cannot_be_true_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
