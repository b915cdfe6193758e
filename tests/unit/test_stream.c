/* svlogd/stream, archive and merge: what is asked of log directories */
#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "gzip.h"
#include "loop.h"
#include "merge.h"
#include "name.h"
#include "scan.h"
#include "stamp.h"
#include "unit/home.h"

#define S INT64_C(1000000000)

enum { ROOM = 1 << 20, ALL = -1 };

static char got[ROOM];
static struct sieve sieve;
static struct query query;

static void
ask(int64_t since_s, int64_t until_s, int last, const char *pattern)
{
	char words[SIEVE_WORDS];

	sieve_free(&sieve);
	query = (struct query){ since_s < 0 ? INT64_MIN : since_s * S,
		until_s < 0 ? INT64_MAX : until_s * S,
		last < 0 ? STREAM_ALL : (uint64_t)last, &sieve };
	if (pattern)
		assert_int_equal(sieve_add(&sieve, pattern, words), 0);
}

static void
put(const char *name, const char *text)
{
	int fd = openat(home, name, O_WRONLY | O_CREAT | O_APPEND, 0644);

	assert_return_code(fd, errno);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static void
label(char name[NAME_SIZE], int64_t s, enum name_kind kind)
{
	name_make(name, s * S, kind);
}

static void
put_old(int64_t s, enum name_kind kind, const char *text)
{
	char name[NAME_SIZE];

	label(name, s, kind);
	put(name, text);
}

/* Lines "TIME n" of each second of [from, to), or without a time. */
static char *
lines(int64_t from, int64_t to, enum stamp_style style)
{
	static char text[8][65536];
	static unsigned at;
	char *t = text[at++ % 8], *p = t;
	struct stamp st;

	stamp_init(&st, style);
	for (int64_t s = from; s < to; s++) {
		struct view v = stamp_text(&st, s * S);

		p += sprintf(p, "%.*s%lld\n", (int)v.n, v.p, (long long)s);
	}
	*p = 0;
	return t;
}

static const char *
collect(struct stream *s)
{
	struct run r;
	size_t n = 0;

	while (stream_next(s, &r)) {
		assert_true(n + r.text.n < sizeof(got));
		memcpy(got + n, r.text.p, r.text.n);
		n += r.text.n;
	}
	got[n] = 0;
	return got;
}

static const char *
answer(void)
{
	struct stream s;

	assert_int_equal(stream_open(&s, home_path, &query), 0);
	collect(&s);
	stream_close(&s);
	return got;
}

/* Three files and current: seconds 1000 to 1400, a label each hundred. */
static void
make_log(enum stamp_style style)
{
	put_old(1100, NAME_OLD, lines(1000, 1100, style));
	put_old(1200, NAME_UNDONE, lines(1100, 1200, style));
	put_old(1300, NAME_OLD, lines(1200, 1300, style));
	put("current", lines(1300, 1400, style));
}

static void
files_come_in_the_order_of_their_labels(void **state)
{
	(void)state;
	make_log(STAMP_TAI);
	put_old(1250, NAME_TRIAL, "what a processor writes\n");
	put_old(1260, NAME_ASIDE, "what is not trusted\n");
	put("lock", "");
	put("config", "s1000\n");
	put("@nothing", "none\n");
	ask(-1, -1, ALL, NULL);
	assert_string_equal(answer(), lines(1000, 1400, STAMP_TAI));
}

static void
of_two_files_with_one_label_the_finished_one_counts(void **state)
{
	(void)state;
	put_old(1100, NAME_UNDONE, "raw\n");
	put_old(1100, NAME_OLD, "processed\n");
	ask(-1, -1, ALL, NULL);
	assert_string_equal(answer(), "processed\n");
}

static void
a_window_has_its_first_moment_and_not_its_last(void **state)
{
	static const int64_t windows[][2] = { { 1000, 1400 }, { 1050, 1051 },
		{ 1050, 1050 }, { 1099, 1101 }, { 1100, 1300 }, { 999, 1001 },
		{ 1399, 2000 }, { 1400, 2000 }, { 0, 10 }, { 1250, 1350 } };

	(void)state;
	make_log(STAMP_CIVIL);
	for (size_t i = 0; i < sizeof(windows) / sizeof(windows[0]); i++) {
		int64_t from = windows[i][0], to = windows[i][1];

		ask(from, to, ALL, NULL);
		from = from < 1000 ? 1000 : from;
		to = to > 1400 ? 1400 : to;
		if (strcmp(answer(), lines(from, to, STAMP_CIVIL)) != 0)
			fail_msg("window %zu: %s", i, got);
	}
	ask(1350, -1, ALL, NULL);
	assert_string_equal(answer(), lines(1350, 1400, STAMP_CIVIL));
	ask(-1, 1050, ALL, NULL);
	assert_string_equal(answer(), lines(1000, 1050, STAMP_CIVIL));
}

/* A batch that is cut by a rotation has one time for both files. */
static void
a_line_with_a_stamp_before_its_files_label_is_found(void **state)
{
	(void)state;
	put_old(1100, NAME_OLD, lines(1000, 1100, STAMP_ISO));
	put("current", lines(1098, 1200, STAMP_ISO));
	ask(1099, 1100, ALL, NULL);
	strcpy(got + ROOM / 2, lines(1099, 1100, STAMP_ISO));
	strcat(got + ROOM / 2, lines(1098, 1100, STAMP_ISO));
	assert_string_equal(answer(), got + ROOM / 2);
}

static void
without_stamps_a_file_is_in_the_window_as_a_whole(void **state)
{
	(void)state;
	make_log(STAMP_NONE);
	ask(1150, 1250, ALL, NULL);
	assert_string_equal(answer(), lines(1100, 1300, STAMP_NONE));
	ask(1250, -1, ALL, NULL);
	assert_string_equal(answer(), lines(1200, 1400, STAMP_NONE));
	ask(-1, 1100, ALL, NULL);
	assert_string_equal(answer(), lines(1000, 1100, STAMP_NONE));
}

static void
a_line_without_a_stamp_belongs_to_the_one_before(void **state)
{
	(void)state;
	put("current", lines(1000, 1002, STAMP_CIVIL));
	put("current", "  at main.c:1\n");
	put("current", lines(1002, 1004, STAMP_CIVIL));
	ask(1001, 1002, ALL, NULL);
	answer();
	assert_non_null(strstr(got, "1001\n  at main.c:1\n"));
	assert_null(strstr(got, "1002\n"));
}

/* Long traces, of several blocks: "TIME n", then lines without a time. */
static void
put_traces(int64_t from, int64_t to, size_t each)
{
	static char text[1 << 20];

	for (int64_t s = from; s < to; s++) {
		char *p = text;

		p += sprintf(p, "%s", lines(s, s + 1, STAMP_CIVIL));
		for (size_t i = 0; i < each; i++)
			p += sprintf(p, "  at frame %zu of %lld\n", i,
			    (long long)s);
		put("current", text);
	}
}

static size_t
count_of(const char *words)
{
	size_t n = 0;

	for (const char *p = got; (p = strstr(p, words)); p++)
		n++;
	return n;
}

static void
so_do_all_of_them_however_many_blocks_that_are(void **state)
{
	enum { EACH = 25000 };

	(void)state;
	put_traces(1000, 1003, EACH);
	ask(1001, 1002, ALL, NULL);
	answer();
	assert_int_equal(count_of(" of 1001\n"), EACH);
	assert_int_equal(count_of("\n"), EACH + 1);
	ask(1003, -1, ALL, NULL);
	assert_string_equal(answer(), "");
	/* Counted from the end: blocks begin inside a trace. */
	ask(1001, 1002, EACH - 5, NULL);
	answer();
	assert_int_equal(count_of(" of 1001\n"), EACH - 5);
	assert_int_equal(count_of("\n"), EACH - 5);
	ask(-1, 1001, EACH - 5, NULL);
	answer();
	assert_int_equal(count_of(" of 1000\n"), EACH - 5);
	assert_int_equal(count_of("\n"), EACH - 5);
}

static void
the_last_lines_are_the_last_across_files(void **state)
{
	static const int lasts[] = { 1, 2, 99, 100, 101, 150, 250, 399, 400,
		401, 100000 };

	(void)state;
	make_log(STAMP_TAI);
	for (size_t i = 0; i < sizeof(lasts) / sizeof(lasts[0]); i++) {
		int n = lasts[i] < 400 ? lasts[i] : 400;

		ask(-1, -1, lasts[i], NULL);
		if (strcmp(answer(), lines(1400 - n, 1400, STAMP_TAI)) != 0)
			fail_msg("last %d", lasts[i]);
	}
	ask(-1, -1, 0, NULL);
	assert_string_equal(answer(), "");
	ask(-1, 1250, 100, NULL);
	assert_string_equal(answer(), lines(1150, 1250, STAMP_TAI));
	ask(1240, 1250, 100, NULL);
	assert_string_equal(answer(), lines(1240, 1250, STAMP_TAI));
	ask(1240, 1250, 3, NULL);
	assert_string_equal(answer(), lines(1247, 1250, STAMP_TAI));
}

static void
the_last_lines_are_the_last_that_match(void **state)
{
	(void)state;
	make_log(STAMP_NONE);
	ask(-1, -1, 3, "11$");
	assert_string_equal(answer(), "1111\n1211\n1311\n");
	ask(-1, -1, 2, "1111");
	assert_string_equal(answer(), "1111\n");
	ask(-1, -1, 2, "nothing");
	assert_string_equal(answer(), "");
}

static void
a_line_that_goes_on_in_the_next_file_is_one_line(void **state)
{
	(void)state;
	put_old(1100, NAME_OLD, "one\ntw");
	put_old(1200, NAME_OLD, "o and m");
	put("current", "ore\nthree\n");
	ask(-1, -1, ALL, "two|tw$");
	assert_string_equal(answer(), "two and more\n");
	ask(-1, -1, ALL, "three");
	assert_string_equal(answer(), "three\n");
}

/* Makes gzip of an old file, under the same name. */
static void
compress(int64_t s, bool ours)
{
	char name[NAME_SIZE], command[256];
	int log, fd;

	label(name, s, NAME_OLD);
	if (!ours) {
		snprintf(command, sizeof(command),
		    "cd %s && gzip %s && mv %s.gz %s", home_path, name, name,
		    name);
		assert_int_equal(system(command), 0);
		return;
	}
	log = openat(home, name, O_RDONLY);
	fd = openat(home, "packed", O_RDWR | O_CREAT | O_TRUNC, 0644);
	assert_int_equal(gzip_pack(log, fd, 6, 0, s * S), 0);
	assert_return_code(renameat(home, "packed", home, name), errno);
	close(fd);
	close(log);
}

/* Wherever it is begun to read, and whatever the files are. */
static void
the_end_of_such_a_line_is_none_by_itself(void **state)
{
	(void)state;
	put_old(1100, NAME_OLD, "one\ntw");
	put_old(1200, NAME_OLD, "o and m");
	put("current", "ore\nthree\n");
	for (int packed = 0; packed <= 2; packed++) {
		if (packed > 0)
			compress(packed == 1 ? 1100 : 1200, packed == 1);
		ask(-1, -1, 1, NULL);
		assert_string_equal(answer(), "three\n");
		ask(-1, -1, 2, NULL);
		assert_string_equal(answer(), "two and more\nthree\n");
		ask(-1, -1, 3, NULL);
		assert_string_equal(answer(), "one\ntwo and more\nthree\n");
		ask(1150, -1, ALL, NULL);
		assert_string_equal(answer(), "three\n");
		ask(-1, -1, 1, "two|tw$");
		assert_string_equal(answer(), "two and more\n");
	}
}

/* 1 there was a line that had no end, and what follows has a stamp. */
static void
what_has_a_stamp_begins_a_line(void **state)
{
	struct stream s;
	struct run r;

	(void)state;
	put_old(1100, NAME_OLD, "torn");
	put("current", lines(1200, 1201, STAMP_TAI));
	ask(-1, -1, ALL, NULL);
	assert_int_equal(stream_open(&s, home_path, &query), 0);
	assert_int_equal(stream_next(&s, &r), 1);
	assert_true(r.open);
	assert_int_equal(stream_next(&s, &r), 1);
	assert_false(r.goes_on);
	stream_close(&s);
}

static void
move(int64_t s, const char *from, const char *to)
{
	char name[2][NAME_SIZE + 8];

	label(name[0], s, NAME_OLD);
	memcpy(name[1], name[0], NAME_SIZE);
	strcpy(name[0] + 25, from);
	strcpy(name[1] + 25, to);
	assert_return_code(renameat(home, name[0], home, name[1]), errno);
}

static void
what_got_another_name_meanwhile_is_found(void **state)
{
	char name[NAME_SIZE];
	struct stream s;

	(void)state;
	make_log(STAMP_TAI);
	ask(-1, -1, ALL, NULL);
	assert_int_equal(stream_open(&s, home_path, &query), 0);
	move(1200, ".u", ".s");
	move(1300, ".s", ".s.gz");
	label(name, 1500, NAME_OLD);
	assert_return_code(renameat(home, "current", home, name), errno);
	put("current", "later\n");
	assert_string_equal(collect(&s), lines(1000, 1400, STAMP_TAI));
	assert_false(s.archive.trouble);
	stream_close(&s);
}

static void
what_is_deleted_meanwhile_is_told_and_passed_over(void **state)
{
	char name[NAME_SIZE];
	struct stream s;

	(void)state;
	make_log(STAMP_NONE);
	ask(-1, -1, ALL, NULL);
	assert_int_equal(stream_open(&s, home_path, &query), 0);
	label(name, 1300, NAME_OLD);
	assert_return_code(unlinkat(home, name, 0), errno);
	assert_return_code(unlinkat(home, "current", 0), errno);
	strcpy(got + ROOM / 2, lines(1000, 1200, STAMP_NONE));
	strcat(got + ROOM / 2, lines(1300, 1400, STAMP_NONE));
	assert_string_equal(collect(&s), got + ROOM / 2);
	assert_true(s.archive.trouble);
	stream_close(&s);
}

static void
what_is_no_plain_file_is_not_read(void **state)
{
	char name[NAME_SIZE];
	struct stream s;

	(void)state;
	label(name, 1100, NAME_OLD);
	assert_return_code(symlinkat("/etc/passwd", home, name), errno);
	assert_return_code(mkfifoat(home, "current", 0644), errno);
	ask(-1, -1, ALL, NULL);
	assert_int_equal(stream_open(&s, home_path, &query), 0);
	assert_string_equal(collect(&s), "");
	assert_true(s.archive.trouble);
	stream_close(&s);
}

static void
gzip_is_known_by_what_is_in_it(void **state)
{
	(void)state;
	make_log(STAMP_ISO);
	compress(1100, true);
	compress(1300, false);
	ask(-1, -1, ALL, NULL);
	assert_string_equal(answer(), lines(1000, 1400, STAMP_ISO));
	ask(1050, 1250, ALL, NULL);
	assert_string_equal(answer(), lines(1050, 1250, STAMP_ISO));
	ask(-1, -1, 350, NULL);
	assert_string_equal(answer(), lines(1050, 1400, STAMP_ISO));
	ask(-1, 1260, 3, "7$");
	answer();
	assert_non_null(strstr(got, "1237\n"));
	assert_non_null(strstr(got, "1257\n"));
	assert_null(strstr(got, "1227\n"));
}

/* The first member that may have lines of then is one of a trace, whose time
 * is in the member before. */
static void
gzip_is_not_entered_inside_a_trace(void **state)
{
	static char trace[300000];

	(void)state;
	memset(trace, 'y', 262000);
	for (char *p = trace + 262000; p + 7 < trace + sizeof(trace); p += 7)
		strcpy(p, "\n  at x");
	put_old(1300, NAME_OLD, lines(1000, 1100, STAMP_CIVIL));
	put_old(1300, NAME_OLD, trace);
	put_old(1300, NAME_OLD, "\n");
	put_old(1300, NAME_OLD, lines(1200, 1300, STAMP_CIVIL));
	compress(1300, true);
	ask(1250, -1, ALL, NULL);
	assert_string_equal(answer(), lines(1250, 1300, STAMP_CIVIL));
	ask(-1, -1, 50, NULL);
	assert_string_equal(answer(), lines(1250, 1300, STAMP_CIVIL));
}

/* A file of a thousand lines a second, some MiB, that does not compress well;
 * its size. */
static uint64_t
put_large(int64_t from, int64_t to)
{
	uint64_t x = 88172645463325252u;
	char name[NAME_SIZE];
	struct stamp st;
	struct stat is;
	FILE *f;
	int fd;

	label(name, to, NAME_OLD);
	fd = openat(home, name, O_WRONLY | O_CREAT, 0644);
	f = fdopen(fd, "w");
	assert_non_null(f);
	stamp_init(&st, STAMP_TAI);
	for (int64_t ms = from * 1000; ms < to * 1000; ms++) {
		struct view v = stamp_text(&st, ms * 1000000);

		fprintf(f, "%.*s", (int)v.n, v.p);
		for (int i = 0; i < 8; i++) {
			x ^= x << 13;
			x ^= x >> 7;
			x ^= x << 17;
			fprintf(f, "%016llx", (unsigned long long)x);
		}
		fprintf(f, "\n");
	}
	fclose(f);
	compress(to, true);
	assert_int_equal(fstatat(home, name, &is, 0), 0);
	return (uint64_t)is.st_size;
}

static void
of_gzip_only_the_members_in_the_window_are_read(void **state)
{
	uint64_t bytes = 0, n = 0;
	struct stream s;
	struct run r;

	(void)state;
	for (int64_t at = 1000; at < 1100; at += 20)
		bytes += put_large(at, at + 20);
	ask(1049, 1050, ALL, NULL);
	assert_int_equal(stream_open(&s, home_path, &query), 0);
	while (stream_next(&s, &r))
		n += scan_count(r.text);
	assert_int_equal(n, 1000);
	/* The headers of one file, and the members that are begun. */
	assert_true(bytes > 5000000);
	assert_true(s.archive.source.reads.bytes < 500000);
	assert_true(s.archive.source.reads.calls < 40);
	stream_close(&s);
	ask(-1, -1, 10, NULL);
	assert_int_equal(stream_open(&s, home_path, &query), 0);
	while (stream_next(&s, &r))
		n += scan_count(r.text);
	assert_int_equal(n, 1010);
	assert_true(s.archive.source.reads.bytes < 500000);
	stream_close(&s);
}

/* svlogd is in the middle of a write. If its end takes too long, on a machine
 * that has no time, the line is as it was: then it was waited for. */
static void
a_line_that_is_being_written_comes_whole(void **state)
{
	const int64_t begin = loop_now();
	pid_t pid;

	(void)state;
	put("current", "one\ntw");
	pid = fork();
	assert_return_code(pid, errno);
	if (pid == 0) {
		poll(NULL, 0, 10); /* else there is nothing to wait for */
		put("current", "o\nthree\n");
		_exit(0);
	}
	ask(-1, -1, 1, NULL);
	answer();
	if (strcmp(got, "tw") != 0)
		assert_true(
		    strcmp(got, "two\n") == 0 || strcmp(got, "three\n") == 0);
	else
		assert_true(loop_now() - begin >= 100 * LOOP_MS);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void
a_line_that_nobody_ends_comes_as_it_is(void **state)
{
	(void)state;
	put("current", "one\ntw");
	ask(-1, -1, ALL, NULL);
	assert_string_equal(answer(), "one\ntw");
	ask(-1, -1, 1, NULL);
	assert_string_equal(answer(), "tw");
}

/* --- following ------------------------------------------------------------*/

static void
rotate(int64_t s)
{
	char name[NAME_SIZE];

	label(name, s, NAME_OLD);
	assert_return_code(renameat(home, "current", home, name), errno);
}

static void
what_is_written_later_comes_once(void **state)
{
	struct stream s;

	(void)state;
	put_old(1100, NAME_OLD, "old\n");
	put("current", "a\n");
	ask(-1, -1, 0, NULL);
	assert_int_equal(stream_open(&s, home_path, &query), 0);
	archive_follow(&s.archive);
	assert_string_equal(collect(&s), "");
	put("current", "b\nc");
	assert_string_equal(collect(&s), "b\n");
	put("current", "c\n");
	rotate(1200);
	assert_string_equal(collect(&s), "cc\n");
	put("current", "d\n");
	rotate(1300);
	put("current", "e\n");
	rotate(1400);
	put("current", "f\n");
	assert_string_equal(collect(&s), "d\ne\nf\n");
	rotate(1500);
	compress(1500, false);
	put("current", "g\n");
	rotate(1600);
	compress(1600, true);
	put("current", "h\n");
	assert_string_equal(collect(&s), "g\nh\n");
	put("current", "not ended");
	assert_string_equal(collect(&s), "");
	rotate(1700);
	put("current", "");
	assert_string_equal(collect(&s), "not ended");
	assert_return_code(unlinkat(home, "current", 0), errno);
	assert_string_equal(collect(&s), "");
	put("current", "@i\n");
	assert_string_equal(collect(&s), "@i\n");
	assert_false(s.archive.trouble);
	stream_close(&s);
}

static void
link_previous(int64_t s)
{
	char name[NAME_SIZE];

	label(name, s, NAME_OLD);
	assert_return_code(linkat(home, "previous", home, name, 0), errno);
	assert_return_code(unlinkat(home, "previous", 0), errno);
}

/* multilog calls it `previous` for a while. */
static void
what_gets_its_label_late_comes_once(void **state)
{
	struct stream s;

	(void)state;
	put("current", "a\n");
	ask(-1, -1, ALL, NULL);
	assert_int_equal(stream_open(&s, home_path, &query), 0);
	archive_follow(&s.archive);
	assert_string_equal(collect(&s), "a\n");
	for (int64_t at = 1100; at < 1400; at += 100) {
		assert_return_code(renameat(home, "current", home, "previous"),
		    errno);
		put("current", "b\n");
		assert_string_equal(collect(&s), "b\n");
		link_previous(at);
		put("current", "c\n");
		assert_string_equal(collect(&s), "c\n");
	}
	rotate(1400);
	put("current", "d\n");
	assert_string_equal(collect(&s), "d\n");
	assert_false(s.archive.trouble);
	stream_close(&s);
}

static void
one_that_is_deleted_unread_does_not_hide_the_next(void **state)
{
	struct stream s;
	char name[NAME_SIZE];

	(void)state;
	put("current", "a\n");
	ask(-1, -1, ALL, NULL);
	assert_int_equal(stream_open(&s, home_path, &query), 0);
	archive_follow(&s.archive);
	assert_string_equal(collect(&s), "a\n");
	rotate(1100);
	put("current", "b\n");
	rotate(1200);
	put("current", "c\n");
	label(name, 1100, NAME_OLD);
	assert_return_code(unlinkat(home, name, 0), errno);
	assert_string_equal(collect(&s), "b\nc\n");
	stream_close(&s);
}

/* From now on, whatever is in `current` already. */
static void
without_stamps_what_is_written_later_is_of_then(void **state)
{
	const struct timespec old[2] = { { 1000, 0 }, { 1000, 0 } };
	struct stream s;

	(void)state;
	put("current", "a\n");
	assert_return_code(utimensat(home, "current", old, 0), errno);
	ask(2000, -1, ALL, NULL);
	assert_int_equal(stream_open(&s, home_path, &query), 0);
	archive_follow(&s.archive);
	assert_string_equal(collect(&s), "");
	put("current", "b\n");
	assert_string_equal(collect(&s), "b\n");
	stream_close(&s);
}

static void
a_log_may_begin_later(void **state)
{
	struct stream s;

	(void)state;
	ask(-1, -1, 10, NULL);
	assert_int_equal(stream_open(&s, home_path, &query), 0);
	archive_follow(&s.archive);
	assert_string_equal(collect(&s), "");
	put("current", "a\n");
	assert_string_equal(collect(&s), "a\n");
	stream_close(&s);
}

/* --- several --------------------------------------------------------------*/

enum { DIRS = 3 };

static const char *
merged(void)
{
	char path[DIRS][128];
	struct stream s[DIRS], *of;
	struct merge m;
	struct run r;
	size_t n = 0;

	for (int i = 0; i < DIRS; i++) {
		snprintf(path[i], sizeof(path[i]), "%s/%d", home_path, i);
		assert_int_equal(stream_open(&s[i], path[i], &query), 0);
	}
	assert_int_equal(merge_init(&m, s, DIRS), 0);
	while (merge_next(&m, &r, &of)) {
		memcpy(got + n, r.text.p, r.text.n);
		n += r.text.n;
	}
	got[n] = 0;
	merge_free(&m);
	for (int i = 0; i < DIRS; i++)
		stream_close(&s[i]);
	return got;
}

/* Seconds from 1000 on, each in one directory or in two. */
static void
make_dirs(void)
{
	static const enum stamp_style styles[] = { STAMP_TAI, STAMP_CIVIL,
		STAMP_ISO };
	char name[32];

	for (int i = 0; i < DIRS; i++) {
		snprintf(name, sizeof(name), "%d", i);
		assert_return_code(mkdirat(home, name, 0755), errno);
	}
	for (int s = 1000; s < 1300; s++)
		for (int i = 0; i < DIRS; i++) {
			if (s * 7919 / 13 % DIRS == i)
				continue;
			snprintf(name, sizeof(name), "%d/current", i);
			put(name, lines(s, s + 1, styles[i]));
		}
}

static void
several_come_by_time_then_as_they_were_named(void **state)
{
	char *p;
	long last = 0;
	int n = 0, style = 0;

	(void)state;
	make_dirs();
	ask(-1, -1, ALL, NULL);
	merged();
	for (p = strtok(got, "\n"); p; p = strtok(NULL, "\n"), n++) {
		int now = p[0] == '@' ? 0 : p[10] == '_' ? 1 : 2;
		long s = strtol(p + 26, NULL, 10);

		assert_true(s >= last);
		assert_true(s > last || now > style);
		last = s;
		style = now;
	}
	assert_int_equal(n, 600);
}

static void
the_last_of_several_are_the_last_of_all(void **state)
{
	static char all[ROOM];

	(void)state;
	make_dirs();
	ask(-1, -1, ALL, NULL);
	strcpy(all, merged());
	for (int last = 1; last < 700; last += 50) {
		char *p = all + strlen(all);

		for (int n = 0; n < last && p > all; n++)
			for (p--; p > all && p[-1] != '\n'; p--)
				;
		ask(-1, -1, last, NULL);
		if (strcmp(merged(), p) != 0)
			fail_msg("last %d", last);
	}
}

/* Of the line that is one too many the end is in another file. */
static void
what_is_passed_over_is_so_to_its_end(void **state)
{
	char name[NAME_SIZE], path[64];

	(void)state;
	make_dirs();
	for (int i = 0; i < DIRS; i++) {
		snprintf(path, sizeof(path), "%d/current", i);
		assert_return_code(unlinkat(home, path, 0), errno);
		put(path, i == 0 ? " and its end\n" : "");
	}
	label(name, 1000, NAME_OLD);
	snprintf(path, sizeof(path), "0/%s", name);
	put(path, "one too many");
	label(name, 2000, NAME_OLD);
	snprintf(path, sizeof(path), "1/%s", name);
	put(path, "the last\n");
	ask(-1, -1, 1, NULL);
	assert_string_equal(merged(), "the last\n");
	ask(-1, -1, 2, NULL);
	assert_string_equal(merged(), "one too many and its end\nthe last\n");
}

static void
a_directory_keeps_its_order_whatever_its_times(void **state)
{
	(void)state;
	make_dirs();
	put("0/current", lines(900, 901, STAMP_TAI));
	put("0/current", lines(2000, 2001, STAMP_TAI));
	ask(-1, -1, ALL, NULL);
	merged();
	assert_true(strstr(got, " 900\n") > strstr(got, " 1298\n"));
	assert_string_equal(got + strlen(got) - 6, " 2000\n");
}

/* A directory with a trace in it, which has a time of its own neither where it
 * is told nor where it is not; some lines are of before any stamp. */
static void
a_line_without_a_stamp_comes_with_the_one_before(void **state)
{
	(void)state;
	make_dirs();
	unlinkat(home, "0/current", 0);
	unlinkat(home, "1/current", 0);
	unlinkat(home, "2/current", 0);
	put("0/current", "  early\n");
	put("0/current", lines(1000, 1001, STAMP_TAI));
	put("0/current", "  at a\n  at b\n");
	put("0/current", lines(1002, 1003, STAMP_TAI));
	put("0/current", "  at c\n");
	put("1/current", lines(1000, 1003, STAMP_CIVIL));
	put("2/current", "");
	ask(-1, -1, ALL, "^\\d*(\\d\\d)$|^ ");
	merged();
	assert_true(strstr(got, "  early") == got);
	assert_true(strstr(got, "  at a") < strstr(got, "_00:16:40."));
	assert_true(strstr(got, "_00:16:42.") > strstr(got, "  at c"));
	ask(-1, -1, ALL, "^ |_|^1001");
	merged();
	assert_true(strstr(got, "  at b") < strstr(got, "_00:16:41."));
	assert_true(strstr(got, "  at c") > strstr(got, "_00:16:41."));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(files_come_in_the_order_of_their_labels),
		TEST(of_two_files_with_one_label_the_finished_one_counts),
		TEST(a_window_has_its_first_moment_and_not_its_last),
		TEST(a_line_with_a_stamp_before_its_files_label_is_found),
		TEST(without_stamps_a_file_is_in_the_window_as_a_whole),
		TEST(a_line_without_a_stamp_belongs_to_the_one_before),
		TEST(so_do_all_of_them_however_many_blocks_that_are),
		TEST(the_last_lines_are_the_last_across_files),
		TEST(the_last_lines_are_the_last_that_match),
		TEST(a_line_that_goes_on_in_the_next_file_is_one_line),
		TEST(the_end_of_such_a_line_is_none_by_itself),
		TEST(what_has_a_stamp_begins_a_line),
		TEST(what_got_another_name_meanwhile_is_found),
		TEST(what_is_deleted_meanwhile_is_told_and_passed_over),
		TEST(what_is_no_plain_file_is_not_read),
		TEST(gzip_is_known_by_what_is_in_it),
		TEST(gzip_is_not_entered_inside_a_trace),
		TEST(of_gzip_only_the_members_in_the_window_are_read),
		TEST(a_line_that_is_being_written_comes_whole),
		TEST(a_line_that_nobody_ends_comes_as_it_is),
		TEST(what_is_written_later_comes_once),
		TEST(what_gets_its_label_late_comes_once),
		TEST(one_that_is_deleted_unread_does_not_hide_the_next),
		TEST(without_stamps_what_is_written_later_is_of_then),
		TEST(a_log_may_begin_later),
		TEST(several_come_by_time_then_as_they_were_named),
		TEST(the_last_of_several_are_the_last_of_all),
		TEST(what_is_passed_over_is_so_to_its_end),
		TEST(a_directory_keeps_its_order_whatever_its_times),
		TEST(a_line_without_a_stamp_comes_with_the_one_before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
