/* filters/gzip */
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

#include "gzip.h"
#include "index.h"
#include "member.h"
#include "unit/home.h"
#include "unit/random.h"

#include <zlib.h>

enum { MOST = 3 << 20, FROM = 1000, TO = 2000 };
enum { NO_INDEX = 8 }; /* members that need none */

static char text[MOST], back[MOST + 1], packed[MOST];
static size_t packed_n;

/* A file in home with that content, open for reading. */
static int
file_of(const char *name, const char *p, size_t n)
{
	int fd = openat(home, name, O_RDWR | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_true(write(fd, p, n) == (ssize_t)n);
	assert_true(lseek(fd, 0, SEEK_SET) == 0);
	return fd;
}

/* Packs n bytes of text, and leaves the result in `packed` too. */
static void
pack(size_t n, int level)
{
	int log = file_of("log", text, n), out = file_of("packed", "", 0);

	assert_int_equal(gzip_pack(log, out, level, FROM, TO), 0);
	packed_n = (size_t)pread(out, packed, MOST, 0);
	close(log);
	close(out);
}

/* What gzip_check() says of n bytes of `packed` and log_n of `text`. */
static int
check(size_t n, size_t log_n)
{
	int log = file_of("log", text, log_n);
	int in = file_of("packed", packed, n);
	int rc = gzip_check(in, log);

	close(log);
	close(in);
	return rc;
}

/* What zlib makes of a member. */
static size_t
inflate_member(size_t at, size_t size)
{
	z_stream z = { .next_in = (Bytef *)packed + at };

	z.avail_in = (uInt)size;
	z.next_out = (Bytef *)back;
	z.avail_out = MOST;
	assert_int_equal(inflateInit2(&z, 31), Z_OK);
	assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
	assert_int_equal(z.avail_in, 0);
	inflateEnd(&z);
	return z.total_out;
}

/* What is left of `packed` behind all members is their index, where there are
 * enough for one, and else nothing. */
static void
ends_with(const struct index *ix, size_t at)
{
	static struct index told;

	if (ix->n <= NO_INDEX) {
		assert_int_equal(at, packed_n);
		return;
	}
	assert_int_equal(
	    index_read(&told, view_of(packed + at, packed_n - at), at), 0);
	assert_true(index_same(ix, &told));
	assert_int_equal(inflate_member(at, packed_n - at), 0);
}

/* From header to header: each member can be had by itself, holds what it says,
 * and the next begins where it says. How many. */
static unsigned
walk(size_t n)
{
	static struct index ix;
	size_t at = 0, done = 0;
	unsigned members = 0;
	bool open = false;
	struct member m;

	index_init(&ix);
	for (; member_read(view_of(packed + at, packed_n - at), &m) == 0;
	     members++) {
		assert_true(m.size <= packed_n - at);
		assert_int_equal(inflate_member(at, m.size), m.bytes);
		assert_true(done + m.bytes <= n);
		assert_memory_equal(text + done, back, m.bytes);
		assert_int_equal(m.inside, open);
		open = m.bytes > 0 && back[m.bytes - 1] != '\n';
		assert_int_equal(m.open, open);
		/* It ends inside a line only where nothing else was to be. */
		if (open && done + m.bytes < n)
			assert_null(memchr(back, '\n', m.bytes));
		index_add(&ix, &m);
		at += m.size;
		done += m.bytes;
	}
	assert_true(done == n);
	ends_with(&ix, at);
	return members;
}

static void
one_line(size_t n)
{
	memset(text, 'x', n);
	text[n - 1] = '\n';
}

static void
lines(size_t n)
{
	random_lines(text, n, 200);
}

static void
no_line(size_t n)
{
	memset(text, 'x', n);
}

static void
noise(size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		text[i] = (char)random_u64();
}

static void
noise_without_end(size_t n)
{
	noise(n);
	while (memchr(text, '\n', n))
		*(char *)memchr(text, '\n', n) = 'x';
}

/* 300 bytes, then a line as long as two members and more. */
static void
long_line(size_t n)
{
	lines(n);
	memset(text + 300, 'x', n - 600);
}

static const struct {
	const char *what;
	void (*make)(size_t n);
	size_t n;
	unsigned members;
} logs[] = {
	{ "nothing", lines, 0, 1 },
	{ "a newline", one_line, 1, 1 },
	{ "a byte", no_line, 1, 1 },
	{ "a line", one_line, 100, 1 },
	{ "an unfinished line", no_line, 100, 1 },
	{ "a member of one line", one_line, MEMBER_BYTES, 1 },
	{ "a member and a byte", no_line, MEMBER_BYTES + 1, 2 },
	{ "a member less a byte", no_line, MEMBER_BYTES - 1, 1 },
	{ "two members of a line", no_line, 2 * MEMBER_BYTES, 2 },
	{ "members without an index", no_line, 8 * MEMBER_BYTES, 8 },
	{ "the fewest with one", no_line, 8 * MEMBER_BYTES + 1, 9 },
	{ "lines", lines, MOST, 13 },
	{ "noise", noise, 1 << 20, 5 },
	{ "noise without a line end", noise_without_end, 1 << 20, 4 },
	{ "a long line between others", long_line, 3 * MEMBER_BYTES, 0 },
};

static void
a_log_comes_back_as_it_was_member_by_member(void **state)
{
	static const int levels[] = { 1, 6, 9 };
	size_t i, k;

	(void)state;
	for (i = 0; i < sizeof(logs) / sizeof(logs[0]); i++) {
		logs[i].make(logs[i].n);
		for (k = 0; k < 3; k++) {
			unsigned members;

			pack(logs[i].n, levels[k]);
			members = walk(logs[i].n);
			if (logs[i].members && members != logs[i].members)
				fail_msg("%s: %u members", logs[i].what,
				    members);
			if (check(packed_n, logs[i].n) != 0)
				fail_msg("%s: not what it was", logs[i].what);
		}
	}
}

static void
any_other_log_is_told(void **state)
{
	size_t n = MEMBER_BYTES + 5000, i;

	(void)state;
	lines(n);
	pack(n, 6);
	assert_int_equal(check(packed_n, n), 0);
	assert_int_equal(check(packed_n, n - 1), -EBADMSG);
	text[n] = '\n';
	assert_int_equal(check(packed_n, n + 1), -EBADMSG);
	for (i = 0; i < n; i += 9973) {
		text[i] ^= 1;
		assert_int_equal(check(packed_n, n), -EBADMSG);
		text[i] ^= 1;
	}
}

static void
whatever_is_not_all_of_it_is_told(void **state)
{
	size_t n = MEMBER_BYTES + 5000, i;

	(void)state;
	lines(n);
	pack(n, 6);
	for (i = 0; i < packed_n; i += i < 100 ? 1 : 997)
		assert_int_equal(check(i, n), -EBADMSG);
	assert_int_equal(check(packed_n - 1, n), -EBADMSG);
	packed[packed_n] = 0;
	assert_int_equal(check(packed_n + 1, n), -EBADMSG);
	/* A bit anywhere but where a header tells what is told elsewhere. */
	for (i = MEMBER_HEAD; i < 60000; i += 613) {
		packed[i] ^= 16;
		assert_int_equal(check(packed_n, n), -EBADMSG);
		packed[i] ^= 16;
	}
	assert_int_equal(check(packed_n, n), 0);
}

static void
gzip_of_others_is_checked_too(void **state)
{
	size_t n = 700000;
	char command[200];
	int fd;

	(void)state;
	lines(n);
	close(file_of("log", text, n));
	snprintf(command, sizeof(command),
	    "cd %s && { head -c 300000 log | gzip -9; tail -c +300001 log | "
	    "gzip -1; } >packed",
	    home_path);
	assert_int_equal(system(command), 0);
	fd = openat(home, "packed", O_RDONLY);
	packed_n = (size_t)read(fd, packed, MOST);
	close(fd);
	assert_int_equal(check(packed_n, n), 0);
	text[650000] ^= 1;
	assert_int_equal(check(packed_n, n), -EBADMSG);
}

static void
every_program_for_gzip_takes_it(void **state)
{
	static const struct {
		const char *name, *command; /* of one that is here */
	} programs[] = {
		{ "gzip", "gzip -t <packed && gzip -dc <packed" },
		{ "zcat", "ln -sf packed p.gz && zcat p.gz" },
		{ "zgrep", "ln -sf packed p.gz && zgrep -a '' p.gz" },
		{ "pigz", "pigz -dc <packed" },
		{ "bsdcat", "bsdcat packed" },
		{ "busybox", "busybox gzip -dc <packed" },
		{ "7z", "7z x -so -tgzip packed" },
		{ "python3", "python3 -c 'import gzip, sys, shutil; "
			     "shutil.copyfileobj(gzip.open(\"packed\"), "
			     "sys.stdout.buffer)'" },
		{ "perl && perl -MIO::Uncompress::Gunzip -e 1",
		    "perl -MIO::Uncompress::Gunzip=gunzip -e "
		    "'gunzip(\"packed\", \"-\", MultiStream => 1)'" },
	};
	size_t n = 11 * MEMBER_BYTES, i;
	char command[400];

	(void)state;
	lines(n);
	text[n - 1] = '\n';
	pack(n, 6);
	assert_true(walk(n) > NO_INDEX);
	for (i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
		snprintf(command, sizeof(command),
		    "cd %s || exit; { command -v %s; } >out 2>&1 || exit 0; "
		    "{ %s; } >out && cmp out log",
		    home_path, programs[i].name, programs[i].command);
		if (system(command) != 0)
			fail_msg("%s", programs[i].name);
	}
}

/* A little gzip may hold very much. */
static void
more_is_not_inflated_than_there_was(void **state)
{
	char command[200];
	int fd;

	(void)state;
	snprintf(command, sizeof(command),
	    "head -c 400000000 /dev/zero | gzip -9 >%s/packed", home_path);
	assert_int_equal(system(command), 0);
	fd = openat(home, "packed", O_RDONLY);
	packed_n = (size_t)read(fd, packed, MOST);
	close(fd);
	memset(text, 0, 1000);
	assert_int_equal(check(packed_n, 1000), -EBADMSG);
}

static void
times_are_those_of_stamps_or_of_the_file(void **state)
{
	struct member m;
	size_t n = 0;

	(void)state;
	n = (size_t)sprintf(text,
	    "@400000000000000a00000007 one\n@400000000000000a00000009 two\n");
	pack(n, 6);
	assert_int_equal(member_read(view_of(packed, packed_n), &m), 0);
	assert_true(m.first_ns == 7 && m.last_ns == 9 && !m.undated);
	assert_int_equal(m.lines, 2);
	lines(1000);
	pack(1000, 6);
	assert_int_equal(member_read(view_of(packed, packed_n), &m), 0);
	assert_true(m.first_ns == FROM && m.last_ns == TO && m.undated);
}

static void
what_cannot_be_read_or_written_is_said(void **state)
{
	int log, full = open("/dev/full", O_WRONLY);

	(void)state;
	lines(1000);
	log = file_of("log", text, 1000);
	if (full >= 0)
		assert_int_equal(gzip_pack(log, full, 6, 0, 0), -ENOSPC);
	assert_int_equal(gzip_pack(home, log, 6, 0, 0), -EISDIR);
	assert_int_equal(gzip_check(home, log), -EISDIR);
	close(log);
	close(full);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(a_log_comes_back_as_it_was_member_by_member),
		TEST(any_other_log_is_told),
		TEST(whatever_is_not_all_of_it_is_told),
		TEST(gzip_of_others_is_checked_too),
		TEST(every_program_for_gzip_takes_it),
		TEST(more_is_not_inflated_than_there_was),
		TEST(times_are_those_of_stamps_or_of_the_file),
		TEST(what_cannot_be_read_or_written_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
