/* svlogd/audit */
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

#include "audit.h"
#include "gzip.h"
#include "unit/home.h"

#define FIRST "@400000000000044c00000000.s"  /* 1090 s */
#define SECOND "@40000000000004b000000000.s" /* 1190 s */
#define AT(minute, second) "1970-01-01_00:" #minute ":" #second ".00000 "

static struct out out;

/* What it says, one text. */
static const char *
audit(int wrong)
{
	int r;

	out_init(&out);
	r = audit_run(&out, home_path, "log");
	out.mem[out.n] = 0;
	if (r != wrong)
		fail_msg("%d: %s", r, out.mem);
	return out.mem;
}

enum { FILES = 3 };

static const struct {
	const char *file[FILES]; /* FIRST, SECOND, current */
	const char *stats;
	int wrong;
	const char *says;
} rows[] = {
	{ { "a\n", "b\n", "c\n" }, NULL, 0,
	    "log: 3 files, 0 compressed, 3 lines: sound\n" },
	{ { AT(18, 00) "a\n", AT(18, 30) "b\n", AT(18, 30) "c\n" }, NULL, 0,
	    "log: 3 files, 0 compressed, 3 lines: sound\n" },
	{ { NULL, NULL, "c" }, NULL, 0,
	    "log: 1 file, 0 compressed, 1 line: sound\n" },
	{ { "a long", " line\n", "c\n" }, NULL, 0,
	    "log: 3 files, 0 compressed, 2 lines: sound\n" },
	{ { AT(18, 00) "a", AT(18, 30) "b\n", "" }, NULL, 1,
	    "log: " SECOND ": the last line of the file before is cut off\n"
	    "log: 3 files, 0 compressed, 2 lines: 1 wrong\n" },
	{ { AT(18, 00) "a\n" AT(17, 59) "b\n", NULL, NULL }, NULL, 1,
	    "log: " FIRST ": line 2: its time is before that of the line "
	    "before\nlog: 1 file, 0 compressed, 2 lines: 1 wrong\n" },
	{ { AT(18, 00) "a\n", AT(17, 59) "b\n", NULL }, NULL, 1,
	    "log: " SECOND ": line 1: its time is before that of the line "
	    "before\nlog: 2 files, 0 compressed, 2 lines: 1 wrong\n" },
	{ { AT(20, 00) "a\n", NULL, NULL }, NULL, 1,
	    "log: " FIRST ": line 1: its time is after the file's label\n"
	    "log: 1 file, 0 compressed, 1 line: 1 wrong\n" },
	{ { AT(18, 00) "a\nb\n" AT(18, 01) "c\n", NULL, NULL }, NULL, 1,
	    "log: " FIRST ": line 2: no stamp, between lines that have one\n"
	    "log: 1 file, 0 compressed, 3 lines: 1 wrong\n" },
	{ { "a\n", "b\n", "c\n" },
	    "begin 1\nread_lines 3\nwritten_lines 3\nrotations 2\nend 1\n", 0,
	    "log: 3 files, 0 compressed, 3 lines: sound\n" },
	{ { "a\n", "b\n", "c\n" },
	    "begin 1\nread_lines 3\nwritten_lines 3\nrotations 1\nend 1\n", 1,
	    "log: lock.stats counts 3 lines written, there are 2\n"
	    "log: 3 files, 0 compressed, 3 lines: 1 wrong\n" },
	{ { "a\n", "b\n", "c\n" },
	    "begin 1\nread_lines 9\nwritten_lines 9\nrotations 3\nend 1\n", 0,
	    "log: 3 files, 0 compressed, 3 lines: sound\n" },
	{ { "a\n", "b\n", "c\n" },
	    "begin 1\nread_lines 9\nwritten_lines 9\nrotations 2\n"
	    "processor_runs 1\nend 1\n",
	    0, "log: 3 files, 0 compressed, 3 lines: sound\n" },
	{ { NULL, NULL, "c\n" },
	    "begin 1\nread_lines 2\nwritten_lines 1\nend 1\n", 1,
	    "log: lock.stats: more or less was read than written, "
	    "deselected, forwarded and dropped\nlog: 1 file, 0 compressed, 1 "
	    "line: 1 wrong\n" },
};

static void
what_is_wrong_is_named_and_nothing_else(void **state)
{
	static const char *const names[FILES] = { FIRST, SECOND, "current" };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (int k = 0; k < FILES; k++) {
			unlinkat(home, names[k], 0);
			if (rows[i].file[k])
				home_put(names[k], rows[i].file[k], 0644);
		}
		unlinkat(home, "lock.stats", 0);
		if (rows[i].stats)
			home_put("lock.stats", rows[i].stats, 0644);
		if (strcmp(audit(rows[i].wrong), rows[i].says) != 0)
			fail_msg("row %zu: %s", i, out.mem);
	}
}

/* A compressed file of some members. */
static int
pack(void)
{
	int log = openat(home, "plain", O_RDWR | O_CREAT | O_TRUNC, 0644);
	int fd = openat(home, FIRST, O_RDWR | O_CREAT | O_TRUNC, 0644);

	for (int i = 0; i < 10000; i++)
		assert_true(
		    dprintf(log, AT(18, 00) "%d %d\n", i, i * 7919) > 0);
	lseek(log, 0, SEEK_SET);
	assert_int_equal(gzip_pack(log, fd, 6, 0, INT64_C(1090000000000)), 0);
	close(log);
	return fd;
}

static void
a_compressed_file_is_what_its_headers_say(void **state)
{
	unsigned char c;
	struct stat st;
	int fd = pack();

	(void)state;
	assert_string_equal(audit(0),
	    "log: 1 file, 1 compressed, 10000 lines: sound\n");
	/* The number of lines in the first header. */
	assert_int_equal(pread(fd, &c, 1, 18), 1);
	c ^= 1;
	assert_int_equal(pwrite(fd, &c, 1, 18), 1);
	assert_non_null(
	    strstr(audit(1), "a member is not what its header says"));
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(pwrite(fd, "?", 1, st.st_size), 1);
	assert_non_null(strstr(audit(2), "something follows the gzip data"));
	close(fd);
	fd = pack();
	assert_int_equal(ftruncate(fd, st.st_size - 4), 0);
	assert_non_null(strstr(audit(1), "gzip data that is not sound"));
	close(fd);
}

/* A compressed file of so many members that it has an index. */
static int
pack_many(void)
{
	int log = openat(home, "plain", O_RDWR | O_CREAT | O_TRUNC, 0644);
	int fd = openat(home, FIRST, O_RDWR | O_CREAT | O_TRUNC, 0644);

	for (int i = 0; i < 60000; i++)
		assert_true(dprintf(log, "1970-01-01_00:17:%02d.00000 %030d\n",
				i / 1000, i * 7919) > 0);
	lseek(log, 0, SEEK_SET);
	assert_int_equal(gzip_pack(log, fd, 1, 0, INT64_C(1090000000000)), 0);
	close(log);
	return fd;
}

static void
an_index_is_what_the_headers_say(void **state)
{
	static const char words[] = "the index is not what the headers say";
	unsigned char size[4], c[2];
	struct stat st;
	off_t last; /* the last run's time */
	int fd = pack_many();

	(void)state;
	assert_string_equal(audit(0),
	    "log: 1 file, 1 compressed, 60000 lines: sound\n");
	assert_int_equal(fstat(fd, &st), 0);
	last = st.st_size - 14 - 8;
	/* It can be true, but is not. */
	assert_int_equal(pread(fd, c, 2, last), 2);
	c[1]++;
	assert_int_equal(pwrite(fd, c, 2, last), 2);
	assert_non_null(strstr(audit(1), words));
	c[1]--;
	assert_int_equal(pwrite(fd, c, 2, last), 2);
	audit(0);
	/* It cannot. */
	assert_int_equal(pwrite(fd, "\xff", 1, last - 1), 1);
	assert_non_null(strstr(audit(1), words));
	assert_int_equal(pwrite(fd, "", 1, last - 1), 1);
	audit(0);
	/* None at all is none that is wrong. */
	assert_int_equal(pread(fd, size, 4, st.st_size - 14), 4);
	assert_int_equal(ftruncate(fd, st.st_size - size[0] - 256 * size[1]),
	    0);
	audit(0);
	close(fd);
}

static void
a_directory_that_is_not_there_is_an_error(void **state)
{
	(void)state;
	out_init(&out);
	assert_int_equal(audit_run(&out, "/nonexistent", "log"), -ENOENT);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(what_is_wrong_is_named_and_nothing_else),
		TEST(a_compressed_file_is_what_its_headers_say),
		TEST(an_index_is_what_the_headers_say),
		cmocka_unit_test(a_directory_that_is_not_there_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
