/* svlogd/source */
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
#include <zlib.h>

#include <cmocka.h>

#include "dated.h"
#include "gzip.h"
#include "scan.h"
#include "source.h"
#include "stamp.h"
#include "unit/home.h"
#include "unit/random.h"

#define S INT64_C(1000000000)

enum { LOG_ROOM = 6 << 20, LINES = 20000 };

static char text[LOG_ROOM], got[LOG_ROOM];
static size_t text_n;

/* n lines, one each second from 1000 s on, of some 100 bytes. */
static void
make_lines(size_t n, enum stamp_style style)
{
	struct stamp st;

	stamp_init(&st, style);
	text_n = 0;
	for (size_t i = 0; i < n; i++) {
		struct view v = stamp_text(&st, (int64_t)(1000 + i) * S);

		memcpy(text + text_n, v.p, v.n);
		text_n += v.n;
		text_n += (size_t)sprintf(text + text_n, "line %zu ", i);
		for (size_t k = 0; k < 40 + i * 7919 % 80; k++)
			text[text_n++] = "abcdefghijklmnop"[(i * i + k) % 16];
		text[text_n++] = '\n';
	}
}

static int
put(const char *name)
{
	int fd = openat(home, name, O_RDWR | O_CREAT | O_TRUNC, 0644);

	assert_return_code(fd, errno);
	assert_int_equal(write(fd, text, text_n), text_n);
	lseek(fd, 0, SEEK_SET);
	return fd;
}

/* The text as a file of that kind. */
static int
file_of(enum source_kind kind)
{
	char path[96];
	int fd, log;
	gzFile z;

	snprintf(path, sizeof(path), "%s/log", home_path);
	if (kind == SOURCE_PLAIN)
		return put("log");
	if (kind == SOURCE_MEMBERS) {
		log = put("plain");
		fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0644);
		assert_int_equal(gzip_pack(log, fd, 6, 0, INT64_MAX), 0);
		close(log);
		return fd;
	}
	/* Two members, as who appends to a file makes them. */
	for (int i = 0; i < 2; i++) {
		size_t half = text_n / 2;

		z = gzopen(path, i ? "ab" : "wb");
		assert_non_null(z);
		if (text_n > 0)
			assert_true(
			    gzwrite(z, text + (i ? half : 0),
				(unsigned)(i ? text_n - half : half)) > 0);
		gzclose(z);
	}
	return open(path, O_RDWR);
}

/* All blocks together; what they say of themselves is true. */
static size_t
read_all(struct source *s, int *end)
{
	bool open = false;
	struct block b;
	size_t n = 0;

	while ((*end = source_next(s, &b)) > 0) {
		assert_true(b.text.n > 0 && n + b.text.n <= sizeof(got));
		assert_int_equal(b.goes_on, open);
		open = b.text.p[b.text.n - 1] != '\n';
		assert_int_equal(b.open, open);
		memcpy(got + n, b.text.p, b.text.n);
		n += b.text.n;
	}
	return n;
}

static void
is_read(enum source_kind kind)
{
	struct source s;
	int end;

	source_init(&s);
	assert_int_equal(source_open(&s, file_of(kind)), 0);
	if (text_n > 0)
		assert_int_equal(s.kind, kind);
	for (int i = 0; i < 2; i++) {
		size_t n = read_all(&s, &end);

		assert_int_equal(end, 0);
		assert_int_equal(n, text_n);
		assert_memory_equal(got, text, n);
		source_seek(&s, 0, SOURCE_END);
	}
	assert_false(s.damaged);
	source_free(&s);
}

static void
of_each_kind(void (*test)(enum source_kind kind))
{
	test(SOURCE_PLAIN);
	test(SOURCE_MEMBERS);
	test(SOURCE_GZIP);
}

static void
a_file_of_any_kind_gives_its_lines(void **state)
{
	(void)state;
	make_lines(LINES, STAMP_CIVIL);
	of_each_kind(is_read);
	make_lines(1, STAMP_NONE);
	of_each_kind(is_read);
	text_n--; /* without a line end */
	of_each_kind(is_read);
	text_n = 0;
	is_read(SOURCE_PLAIN);
}

static void
a_line_longer_than_a_block_comes_in_pieces(void **state)
{
	(void)state;
	memset(text, 'x', sizeof(text));
	text_n = 3 * SOURCE_ROOM + 17;
	of_each_kind(is_read);
	text[10] = text[text_n - 5] = '\n';
	of_each_kind(is_read);
	/* Two bytes a character, none cut. */
	for (size_t i = 1; i + 1 < text_n; i += 2)
		memcpy(text + i, "\xc3\xa9", 2);
	text[0] = 'x';
	of_each_kind(is_read);
	memset(text, 0x80, text_n);
	of_each_kind(is_read);
}

static void
no_piece_ends_inside_a_character(void **state)
{
	struct source s;
	struct block b;

	(void)state;
	text_n = 2 * SOURCE_ROOM + 1;
	text[0] = 'x';
	for (size_t i = 1; i < text_n; i += 2)
		memcpy(text + i, "\xc3\xa9", 2);
	source_init(&s);
	assert_int_equal(source_open(&s, file_of(SOURCE_PLAIN)), 0);
	assert_int_equal(source_next(&s, &b), 1);
	assert_int_equal((unsigned char)b.text.p[b.text.n - 1], 0xa9);
	assert_true(b.open);
	source_free(&s);
}

/* The time of the first line at a place. */
static int64_t
time_at(struct source *s, uint64_t at)
{
	struct block b;
	int64_t ns;

	source_seek(s, at, SOURCE_END);
	if (source_next(s, &b) <= 0)
		return INT64_MAX;
	assert_int_equal(dated_ns(b.text, &ns), 0);
	return ns;
}

static void
finds(enum source_kind kind, enum stamp_style style)
{
	static const int64_t times[] = { 0, 999, 1000, 1001, 5000, 12345, 20998,
		20999, 21000, 99999 };
	uint64_t at, bytes;
	struct source s;
	int64_t from;

	make_lines(LINES, style);
	source_init(&s);
	assert_int_equal(source_open(&s, file_of(kind)), 0);
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		bytes = s.reads.bytes;
		assert_int_equal(source_find(&s, times[i] * S, &at), 0);
		bytes = s.reads.bytes - bytes;
		from = time_at(&s, at);
		/* Not behind it, and near. */
		if (at > 0 && from > times[i] * S)
			fail_msg("%lld: too far", (long long)times[i]);
		if (kind != SOURCE_GZIP && times[i] < 21000 &&
		    from < (times[i] - 8000) * S)
			fail_msg("%lld: %lld", (long long)times[i],
			    (long long)from);
		assert_true(bytes < 64 * 1024);
	}
	source_free(&s);
}

static void
a_time_is_found_without_reading_all(void **state)
{
	(void)state;
	for (enum source_kind k = SOURCE_PLAIN; k <= SOURCE_GZIP; k++) {
		finds(k, STAMP_TAI);
		finds(k, STAMP_CIVIL);
		finds(k, STAMP_ISO);
	}
}

static void
without_stamps_the_place_is_the_beginning(void **state)
{
	struct source s;
	uint64_t at = 1;

	(void)state;
	make_lines(LINES, STAMP_NONE);
	source_init(&s);
	assert_int_equal(source_open(&s, file_of(SOURCE_PLAIN)), 0);
	assert_int_equal(source_find(&s, 5000 * S, &at), 0);
	assert_int_equal(at, 0);
	source_free(&s);
}

static void
goes_back(enum source_kind kind)
{
	uint64_t end = SOURCE_END, at, all = 0;
	struct source s;
	int r;

	source_init(&s);
	assert_int_equal(source_open(&s, file_of(kind)), 0);
	while (end > 0) {
		size_t n;

		assert_int_equal(source_before(&s, end, &at), 0);
		assert_true(at < end);
		source_seek(&s, at, end);
		n = read_all(&s, &r);
		assert_int_equal(r, 0);
		all += n;
		assert_memory_equal(got, text + text_n - all, n);
		assert_true(all == text_n || text[text_n - all - 1] == '\n');
		end = at;
	}
	assert_int_equal(all, text_n);
	source_free(&s);
}

static void
from_the_end_backward_each_line_comes_once(void **state)
{
	(void)state;
	make_lines(LINES, STAMP_CIVIL);
	of_each_kind(goes_back);
	text_n -= 3;
	of_each_kind(goes_back);
	memset(text + 1000, 'x', 3 * SOURCE_ROOM);
	of_each_kind(goes_back);
	memset(text, 'x', text_n);
	of_each_kind(goes_back);
}

/* --- with an index and without --------------------------------------------*/

static struct index ix;
static unsigned char index_bytes[INDEX_SIZE];

/* Opens a file for reading once more. */
static void
open_again(struct source *s, int fd)
{
	source_init(s);
	assert_int_equal(source_open(s, dup(fd)), 0);
	assert_int_equal(s->kind, SOURCE_MEMBERS);
}

/* The text as gzip without an index: its size. */
static uint64_t
make_bare(int *fd)
{
	struct source s;
	uint64_t at = 0;
	struct member m;

	*fd = file_of(SOURCE_MEMBERS);
	open_again(&s, *fd);
	while (source_member(&s, at, &m))
		at += m.size;
	assert_int_equal(ftruncate(*fd, (off_t)at), 0);
	assert_int_equal(source_index(&s), 0);
	source_free(&s);
	return at;
}

/* What an index of runs of `each` members tells of it. */
static void
make_index(int fd, size_t each)
{
	struct source s;
	uint64_t at = 0;
	struct member m;

	open_again(&s, fd);
	ix.n = 0;
	for (size_t i = 0; source_member(&s, at, &m); i++, at += m.size) {
		struct index_run *run;

		if (i % each == 0) {
			ix.run[ix.n] = (struct index_run){ 0, 0 };
			if (ix.n > 0)
				ix.run[ix.n].newest_ns =
				    ix.run[ix.n - 1].newest_ns;
			ix.n++;
		}
		run = &ix.run[ix.n - 1];
		run->size += m.size;
		if (run->newest_ns < m.last_ns)
			run->newest_ns = m.last_ns;
	}
	source_free(&s);
}

static void
put_index(int fd, uint64_t at)
{
	size_t n = index_write(index_bytes, &ix);

	assert_int_equal(ftruncate(fd, (off_t)at), 0);
	assert_int_equal(pwrite(fd, index_bytes, n, (off_t)at), n);
}

enum { TIMES = 60, PLACES = 200 };

struct places {
	uint64_t of[PLACES];
	size_t n;
};

/* All places that are found: from times, and from the end backward. */
static void
find_all(int fd, struct places *p)
{
	uint64_t end = SOURCE_END;
	struct source s;

	open_again(&s, fd);
	for (p->n = 0; p->n < TIMES; p->n++)
		assert_int_equal(source_find(&s,
				     (int64_t)(p->n * LINES / 40) * S,
				     &p->of[p->n]),
		    0);
	for (; end > 0 && p->n < PLACES; p->n++) {
		assert_int_equal(source_before(&s, end, &p->of[p->n]), 0);
		assert_true(p->of[p->n] < end);
		end = p->of[p->n];
	}
	assert_int_equal(end, 0);
	source_free(&s);
}

static bool
is_same(const struct places *a, const struct places *b)
{
	return a->n == b->n &&
	       memcmp(a->of, b->of, a->n * sizeof a->of[0]) == 0;
}

/* With an index of runs of any length, all places are those that are found
 * without one. */
static void
no_place_moves(void)
{
	struct places bare, now;
	uint64_t size;
	struct stat st;
	int fd;

	size = make_bare(&fd);
	find_all(fd, &bare);
	for (size_t each = 1; each <= 5; each++) {
		make_index(fd, each);
		put_index(fd, size);
		find_all(fd, &now);
		if (!is_same(&bare, &now))
			fail_msg("runs of %zu", each);
	}
	close(fd);
	/* The one that was made is that of runs of one. */
	fd = file_of(SOURCE_MEMBERS);
	make_index(fd, 1);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_size, size + index_write(index_bytes, &ix));
	find_all(fd, &now);
	assert_true(is_same(&bare, &now));
	close(fd);
}

static void
make_many_lines(void)
{
	make_lines(2 * LINES - 4000, STAMP_CIVIL);
}

static void
an_index_moves_no_place(void **state)
{
	size_t middle;

	(void)state;
	make_many_lines();
	no_place_moves();
	/* A line of four members and more, at a place of its own. */
	memset(text + 1500000, 'x', 4 * SOURCE_ROOM + 5000);
	no_place_moves();
	/* The last one. */
	memset(text + text_n - 3 * SOURCE_ROOM, 'x', 3 * SOURCE_ROOM);
	no_place_moves();
	/* Times that go back by half of all. */
	make_many_lines();
	middle = text_n / 2;
	while (text[middle - 1] != '\n')
		middle++;
	memcpy(got, text, middle);
	memmove(text, text + middle, text_n - middle);
	memcpy(text + text_n - middle, got, middle);
	no_place_moves();
	/* None that is told. */
	make_lines(2 * LINES, STAMP_NONE);
	no_place_moves();
}

static void
a_large_file_with_an_index_takes_a_few_reads(void **state)
{
	struct source s;
	uint64_t at, calls;
	int fd;

	(void)state;
	make_many_lines();
	fd = file_of(SOURCE_MEMBERS);
	open_again(&s, fd);
	for (int64_t t = 1000; t < 40000; t += 1000) {
		calls = s.reads.calls;
		assert_int_equal(source_find(&s, t * S, &at), 0);
		assert_true(s.reads.calls - calls <= 6);
	}
	assert_int_equal(source_before(&s, SOURCE_END, &at), 0);
	calls = s.reads.calls;
	assert_int_equal(source_before(&s, at, &at), 0);
	assert_true(s.reads.calls - calls <= 6);
	source_free(&s);
	close(fd);
}

/* What an index may tell instead of what is true: whether there was anything to
 * change. */
static bool
lie(unsigned kind, uint32_t i)
{
	struct index_run *run = &ix.run[i];
	int64_t before = i > 0 ? run[-1].newest_ns : 0;

	switch (kind) {
	case 0: /* older than it is */
		run->newest_ns = before;
		return true;
	case 1: /* newer */
		for (; i < ix.n; i++)
			ix.run[i].newest_ns += 300 * S;
		return true;
	case 2: /* all up to here old */
		for (uint32_t k = 0; k <= i; k++)
			ix.run[k].newest_ns = 0;
		return true;
	case 3: /* all from here on new */
		for (; i < ix.n; i++)
			ix.run[i].newest_ns = INT64_MAX;
		return true;
	case 4: /* a byte longer, the next one shorter */
	case 5: /* by all of it but what a member needs */
		if (i + 1 == ix.n)
			return false;
		before = kind == 4 ? 1 : (int64_t)run[1].size - 60;
		run->size += (uint64_t)before;
		run[1].size -= (uint64_t)before;
		return true;
	case 6: /* two of them one: no lie that the headers tell */
		if (i + 1 == ix.n)
			return false;
		run[1].size += run->size;
		ix.n--;
		memmove(run, run + 1, (ix.n - i) * sizeof *run);
		return true;
	default: /* two as in each other's place */
		if (i + 1 == ix.n)
			return false;
		before = (int64_t)run->size;
		run->size = run[1].size;
		run[1].size = (uint64_t)before;
		return true;
	}
}

static void
an_index_that_lies_moves_no_place(void **state)
{
	struct places bare, now;
	uint64_t size;
	int fd;

	(void)state;
	make_many_lines();
	size = make_bare(&fd);
	find_all(fd, &bare);
	make_index(fd, 1);
	for (uint32_t i = 0, n = ix.n; i < n; i++) {
		for (unsigned kind = 0; kind < 8; kind++) {
			make_index(fd, 1);
			if (!lie(kind, i))
				continue;
			put_index(fd, size);
			find_all(fd, &now);
			if (!is_same(&bare, &now))
				fail_msg("lie %u about run %u", kind, i);
		}
	}
	close(fd);
}

static void
an_index_with_a_wrong_bit_moves_no_place(void **state)
{
	struct places bare, now;
	uint64_t size;
	int fd;
	size_t n;

	(void)state;
	make_many_lines();
	size = make_bare(&fd);
	find_all(fd, &bare);
	make_index(fd, 1);
	n = index_write(index_bytes, &ix);
	for (size_t i = 0; i < n; i++) {
		put_index(fd, size);
		index_bytes[i] ^= (unsigned char)(1 << random_below(8));
		assert_int_equal(pwrite(fd, index_bytes, n, (off_t)size), n);
		find_all(fd, &now);
		if (!is_same(&bare, &now))
			fail_msg("byte %zu", i);
	}
	close(fd);
}

static void
the_index_of_two_files_that_were_joined_is_none(void **state)
{
	struct source s;
	struct stat st;
	int fd, end;
	size_t n;

	(void)state;
	make_lines(LINES, STAMP_CIVIL);
	fd = file_of(SOURCE_MEMBERS);
	assert_int_equal(fstat(fd, &st), 0);
	n = (size_t)pread(fd, got, (size_t)st.st_size, 0);
	assert_int_equal(pwrite(fd, got, n, st.st_size), n);
	open_again(&s, fd);
	assert_int_equal(source_index(&s), -EBADMSG);
	assert_int_equal(read_all(&s, &end), 2 * text_n);
	assert_memory_equal(got + text_n, text, text_n);
	source_free(&s);
	close(fd);
}

static void
gzip_that_is_cut_gives_what_it_has_then_an_error(void **state)
{
	struct source s;
	struct stat st;
	int end, fd;
	size_t n;

	(void)state;
	make_lines(LINES, STAMP_CIVIL);
	for (enum source_kind k = SOURCE_MEMBERS; k <= SOURCE_GZIP; k++) {
		fd = file_of(k);
		assert_int_equal(fstat(fd, &st), 0);
		assert_int_equal(ftruncate(fd, st.st_size - 9), 0);
		source_init(&s);
		assert_int_equal(source_open(&s, fd), 0);
		n = read_all(&s, &end);
		assert_int_equal(end, -EBADMSG);
		assert_true(n > text_n / 2);
		assert_memory_equal(got, text, n);
		source_free(&s);
	}
}

static void
gzip_that_is_damaged_is_an_error_and_never_more(void **state)
{
	struct source s;
	struct stat st;
	int end, fd;

	(void)state;
	make_lines(LINES, STAMP_CIVIL);
	for (enum source_kind k = SOURCE_MEMBERS; k <= SOURCE_GZIP; k++) {
		fd = file_of(k);
		assert_int_equal(fstat(fd, &st), 0);
		assert_int_equal(pwrite(fd, "\0\0\0\0", 4, st.st_size / 3), 4);
		source_init(&s);
		assert_int_equal(source_open(&s, fd), 0);
		assert_true(read_all(&s, &end) < text_n);
		assert_int_equal(end, -EBADMSG);
		source_free(&s);
	}
}

static void
what_follows_gzip_and_is_none_is_an_error(void **state)
{
	struct source s;
	int end, fd;

	(void)state;
	make_lines(100, STAMP_CIVIL);
	fd = file_of(SOURCE_GZIP);
	lseek(fd, 0, SEEK_END);
	assert_int_equal(write(fd, "rubbish", 7), 7);
	source_init(&s);
	assert_int_equal(source_open(&s, fd), 0);
	assert_int_equal(read_all(&s, &end), text_n);
	assert_int_equal(end, -EBADMSG);
	assert_true(s.damaged);
	source_free(&s);
}

static void
a_living_file_gives_whole_lines_as_they_come(void **state)
{
	struct source s;
	struct block b;
	int fd, w;

	(void)state;
	text_n = 0;
	fd = put("log");
	w = openat(home, "log", O_WRONLY | O_APPEND);
	source_init(&s);
	assert_int_equal(source_open(&s, fd), 0);
	s.live = true;
	assert_int_equal(source_next(&s, &b), 0);
	assert_int_equal(write(w, "one\ntw", 6), 6);
	assert_int_equal(source_next(&s, &b), 1);
	assert_true(view_eq(b.text, view_str("one\n")));
	assert_int_equal(source_next(&s, &b), 0);
	assert_int_equal(write(w, "o\nthr", 5), 5);
	assert_int_equal(source_next(&s, &b), 1);
	assert_true(view_eq(b.text, view_str("two\n")));
	assert_int_equal(source_next(&s, &b), 0);
	s.live = false;
	assert_int_equal(source_next(&s, &b), 1);
	assert_true(view_eq(b.text, view_str("thr")));
	assert_true(b.open);
	assert_int_equal(source_next(&s, &b), 0);
	close(w);
	source_free(&s);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(a_file_of_any_kind_gives_its_lines),
		TEST(a_line_longer_than_a_block_comes_in_pieces),
		TEST(no_piece_ends_inside_a_character),
		TEST(a_time_is_found_without_reading_all),
		TEST(without_stamps_the_place_is_the_beginning),
		TEST(from_the_end_backward_each_line_comes_once),
		TEST(an_index_moves_no_place),
		TEST(a_large_file_with_an_index_takes_a_few_reads),
		TEST(an_index_that_lies_moves_no_place),
		TEST(an_index_with_a_wrong_bit_moves_no_place),
		TEST(the_index_of_two_files_that_were_joined_is_none),
		TEST(gzip_that_is_cut_gives_what_it_has_then_an_error),
		TEST(gzip_that_is_damaged_is_an_error_and_never_more),
		TEST(what_follows_gzip_and_is_none_is_an_error),
		TEST(a_living_file_gives_whole_lines_as_they_come),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
