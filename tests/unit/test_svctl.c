/* supervisor/svctl, svdir, svsight */
#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "svsight.h"
#include "unit/home.h"

/* SVDIR, with one service "a" in it, which is supervised while `ok` is open;
 * the test works in there. */
static int back;
static int ok, control;
static struct svdir svdir;
static struct svctl sv;

static void
put(const char *path, const void *p, size_t n)
{
	int f = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	assert_return_code(f, errno);
	assert_int_equal(write(f, p, n), n);
	close(f);
}

static void
put_status(const char *path, const struct status *st)
{
	unsigned char record[STATUS_SIZE];

	status_pack(record, st);
	put(path, record, sizeof record);
}

static const struct status runs = { 5, 77, false, WANT_UP, false, STATUS_RUN };

static int
setup(void **state)
{
	back = open(".", O_RDONLY | O_DIRECTORY);
	if (enter(state) < 0 || fchdir(home) < 0 || mkdir("a", 0755) < 0 ||
	    mkdir("a/supervise", 0700) < 0 ||
	    mkfifo("a/supervise/ok", 0600) < 0 ||
	    mkfifo("a/supervise/control", 0600) < 0)
		return -1;
	put_status("a/supervise/status", &runs);
	ok = open("a/supervise/ok", O_RDONLY | O_NONBLOCK);
	control = open("a/supervise/control", O_RDWR | O_NONBLOCK);
	svdir_open(&svdir, home_path);
	return svdir_enter(&svdir, &sv, "a") == SVCTL_FINE ? 0 : -1;
}

static int
teardown(void **state)
{
	svctl_close(&sv);
	svdir_close(&svdir);
	close(ok);
	close(control);
	if (fchdir(back) < 0)
		return -1;
	close(back);
	return leave(state);
}

/* --- where a service is ----------------------------------------------------*/

static void
a_name_is_in_svdir_and_a_path_is_its_own(void **state)
{
	static const struct {
		const char *name;
		enum svctl_found found;
		int err;
	} rows[] = {
		{ "a", SVCTL_FINE, 0 },
		{ "deep/b", SVCTL_FINE, 0 },
		{ "./deep/b", SVCTL_FINE, 0 },
		{ "deep/b/", SVCTL_FINE, 0 },
		{ "..", SVCTL_FINE, 0 },
		{ "/tmp", SVCTL_FINE, 0 },
		{ "b", SVCTL_NO_DIR, -ENOENT },
		{ "b/", SVCTL_NO_DIR, -ENOENT },
		{ "", SVCTL_NO_DIR, -ENOENT },
		{ "file", SVCTL_NO_DIR, -ENOTDIR },
		{ "loop", SVCTL_NO_DIR, -ELOOP },
	};

	(void)state;
	assert_return_code(mkdir("deep", 0755), errno);
	assert_return_code(mkdir("deep/b", 0755), errno);
	assert_return_code(symlink("loop", "loop"), errno);
	put("file", "", 0);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct svctl other;
		enum svctl_found r = svdir_enter(&svdir, &other, rows[i].name);

		if (r != rows[i].found || other.err != rows[i].err)
			fail_msg("row %zu: %d %d", i, (int)r, other.err);
		svctl_close(&other);
	}
}

static void
a_name_that_ends_in_a_slash_is_not_in_svdir(void **state)
{
	struct svctl other;

	(void)state;
	assert_return_code(chdir("/"), errno);
	assert_int_equal(svdir_enter(&svdir, &other, "a"), SVCTL_FINE);
	svctl_close(&other);
	assert_int_equal(svdir_enter(&svdir, &other, "a/"), SVCTL_NO_DIR);
	assert_int_equal(svdir_enter(&svdir, &other, "./a"), SVCTL_NO_DIR);
}

static void
without_svdir_only_paths_are_found(void **state)
{
	struct svctl other;
	struct svdir none;

	(void)state;
	svdir_open(&none, "/nonexistent");
	assert_int_equal(svdir_enter(&none, &other, "a"), SVCTL_NO_DIR);
	assert_int_equal(other.err, -ENOENT);
	assert_int_equal(svdir_enter(&none, &other, "./a"), SVCTL_FINE);
	svctl_close(&other);
	svdir_close(&none);
}

/* --- looking ---------------------------------------------------------------*/

static void
a_service_that_is_supervised_is_seen(void **state)
{
	(void)state;
	assert_int_equal(svctl_look(&sv), SVCTL_FINE);
	assert_int_equal(sv.status.pid, 77);
	assert_int_equal(sv.ok, -1);
	assert_int_equal(svctl_down(&sv), 0);
	put("a/down", "", 0);
	assert_int_equal(svctl_down(&sv), 1);
}

static void
supervise_may_be_a_link(void **state)
{
	(void)state;
	assert_return_code(rename("a/supervise", "elsewhere"), errno);
	assert_return_code(symlink("../elsewhere", "a/supervise"), errno);
	assert_int_equal(svctl_look(&sv), SVCTL_FINE);
	assert_int_equal(svctl_send(&sv, "u"), SVCTL_FINE);
}

static void
nobody_at_ok_is_no_runsv(void **state)
{
	(void)state;
	close(ok);
	ok = -1;
	assert_int_equal(svctl_look(&sv), SVCTL_NO_RUNSV);
	assert_int_equal(sv.err, 0);
}

/* What a stranger may have put in the place of a file. */
struct odd {
	const char *words;
	void (*make)(const char *path);
};

static void
make_none(const char *path)
{
	(void)path;
}

static void
make_dir(const char *path)
{
	assert_return_code(mkdir(path, 0755), errno);
}

static void
make_fifo(const char *path)
{
	assert_return_code(mkfifo(path, 0600), errno);
}

static void
make_link(const char *path)
{
	put("victim", "safe", 4);
	assert_return_code(symlink("../../victim", path), errno);
}

static void
make_file(const char *path)
{
	put(path, "safe", 4);
}

static void
make_hard_link(const char *path)
{
	put("victim", "safe", 4);
	assert_return_code(link("victim", path), errno);
}

/* Swaps the file for something else; nothing hangs. */
static void
odd_is(const char *path, void (*make)(const char *), enum svctl_found found,
    int err)
{
	enum svctl_found r;

	assert_return_code(unlink(path), errno);
	make(path);
	alarm(10);
	r = svctl_look(&sv);
	if (r == SVCTL_FINE)
		r = svctl_send(&sv, "d");
	alarm(0);
	if (r != found || sv.err != err)
		fail_msg("%s: %d %d", path, (int)r, sv.err);
	if (remove(path) < 0)
		assert_int_equal(errno, ENOENT);
	unlink("victim");
}

static void
odd_things_at_ok_are_told(void **state)
{
	const char *path = "a/supervise/ok";

	(void)state;
	odd_is(path, make_none, SVCTL_NO_OK, -ENOENT);
	make_fifo(path);
	odd_is(path, make_dir, SVCTL_NO_OK, -EISDIR);
	make_fifo(path);
	odd_is(path, make_link, SVCTL_NO_OK, -ELOOP);
}

static void
odd_things_at_status_are_told(void **state)
{
	const char *path = "a/supervise/status";

	(void)state;
	odd_is(path, make_none, SVCTL_NO_STATUS, -ENOENT);
	put_status(path, &runs);
	odd_is(path, make_dir, SVCTL_UNREAD, -EISDIR);
	put_status(path, &runs);
	odd_is(path, make_link, SVCTL_NO_STATUS, -ELOOP);
	put_status(path, &runs);
	odd_is(path, make_fifo, SVCTL_BAD_STATUS, 0);
	put_status(path, &runs);
	odd_is(path, make_file, SVCTL_BAD_STATUS, 0);
}

static void
only_a_fifo_is_written_to(void **state)
{
	const char *path = "a/supervise/control";

	(void)state;
	odd_is(path, make_none, SVCTL_NO_CONTROL, -ENOENT);
	make_fifo(path);
	odd_is(path, make_dir, SVCTL_NO_CONTROL, -EISDIR);
	make_fifo(path);
	odd_is(path, make_fifo, SVCTL_NO_RUNSV, 0);
	make_fifo(path);
	odd_is(path, make_link, SVCTL_NO_CONTROL, -ELOOP);
	make_fifo(path);
	odd_is(path, make_file, SVCTL_NO_CONTROL, -EINVAL);
}

static void
a_file_of_somebody_else_is_not_written_to_by_its_second_name(void **state)
{
	char text[8] = "";
	int f;

	(void)state;
	assert_return_code(unlink("a/supervise/control"), errno);
	make_hard_link("a/supervise/control");
	assert_int_equal(svctl_send(&sv, "d"), SVCTL_NO_CONTROL);
	f = open("victim", O_RDONLY);
	assert_int_equal(read(f, text, sizeof text), 4);
	assert_string_equal(text, "safe");
	close(f);
}

static void
a_status_that_is_none_is_not_believed(void **state)
{
	unsigned char record[STATUS_SIZE + 2];

	(void)state;
	status_pack(record, &runs);
	record[STATUS_SIZE] = 0;
	put("a/supervise/status", record, STATUS_SIZE + 1);
	assert_int_equal(svctl_look(&sv), SVCTL_BAD_STATUS);
	put("a/supervise/status", record, STATUS_SIZE - 1);
	assert_int_equal(svctl_look(&sv), SVCTL_BAD_STATUS);
	put("a/supervise/status", record, 0);
	assert_int_equal(svctl_look(&sv), SVCTL_BAD_STATUS);
	put("a/supervise/status", record, STATUS_OLD_SIZE);
	assert_int_equal(svctl_look(&sv), SVCTL_FINE);
	record[19] = 3;
	put("a/supervise/status", record, STATUS_SIZE);
	assert_int_equal(svctl_look(&sv), SVCTL_BAD_STATUS);
	assert_int_equal(sv.err, 0);
}

/* --- sending, and the end of a runsv ---------------------------------------*/

static void
letters_come_in_one_piece(void **state)
{
	char got[8] = "";

	(void)state;
	assert_int_equal(svctl_send(&sv, ""), SVCTL_FINE);
	assert_int_equal(read(control, got, sizeof got), -1);
	assert_int_equal(svctl_send(&sv, "tcu"), SVCTL_FINE);
	assert_int_equal(read(control, got, sizeof got), 3);
	assert_memory_equal(got, "tcu", 3);
}

static void
a_control_that_nobody_reads_is_told_and_not_waited_for(void **state)
{
	char full[4096] = { 0 };

	(void)state;
	while (write(control, full, sizeof full) > 0)
		;
	alarm(10);
	assert_int_equal(svctl_send(&sv, "d"), SVCTL_UNSENT);
	alarm(0);
	assert_int_equal(sv.err, -EAGAIN);
}

static void
the_end_of_a_runsv_is_an_error_at_ok(void **state)
{
	struct pollfd p;

	(void)state;
	assert_int_equal(svctl_hold(&sv), SVCTL_FINE);
	p = (struct pollfd){ .fd = sv.ok };
	assert_int_equal(poll(&p, 1, 0), 0);
	close(ok);
	ok = -1;
	assert_int_equal(poll(&p, 1, 10000), 1);
	assert_true(p.revents & (POLLERR | POLLHUP));
}

/* --- the log ---------------------------------------------------------------*/

static void
a_log_is_a_service_of_its_own(void **state)
{
	struct svsight s;

	(void)state;
	svsight_take(&s, &svdir, "a");
	assert_int_equal(s.service.found, SVCTL_FINE);
	assert_int_equal(s.service.normally, SVLINE_UP);
	assert_false(s.has_log);
	assert_return_code(symlink("/nonexistent", "a/log"), errno);
	svsight_take(&s, &svdir, "a");
	assert_false(s.has_log);
	assert_return_code(unlink("a/log"), errno);
	put("a/log", "", 0);
	svsight_take(&s, &svdir, "a");
	assert_true(s.has_log);
	assert_int_equal(s.log.found, SVCTL_NO_LOG_DIR);
	assert_int_equal(s.log.sv.err, -ENOTDIR);
	assert_return_code(unlink("a/log"), errno);
	assert_return_code(mkdir("a/log", 0755), errno);
	svsight_take(&s, &svdir, "a");
	assert_true(s.has_log);
	assert_int_equal(s.log.found, SVCTL_NO_OK);
	assert_int_equal(s.log.sv.err, -ENOENT);
	assert_return_code(symlink("../supervise", "a/log/supervise"), errno);
	put("a/log/down", "", 0);
	svsight_take(&s, &svdir, "a");
	assert_int_equal(s.log.found, SVCTL_FINE);
	assert_int_equal(s.log.sv.status.pid, 77);
	assert_int_equal(s.log.normally, SVLINE_DOWN);
}

static void
a_look_without_opening_finds_the_same(void **state)
{
	char long_name[5000];
	static const struct {
		const char *name;
		enum svctl_found found;
		int err;
	} rows[] = {
		{ "a", SVCTL_FINE, 0 },
		{ "./a", SVCTL_FINE, 0 },
		{ "a/", SVCTL_FINE, 0 },
		{ "b", SVCTL_NO_DIR, -ENOENT },
		{ "", SVCTL_NO_DIR, -ENOENT },
		{ "file", SVCTL_NO_DIR, -ENOTDIR },
		{ "loop", SVCTL_NO_DIR, -ELOOP },
		{ "bare", SVCTL_NO_OK, -ENOENT },
		{ "odd", SVCTL_NO_OK, -ENOTDIR },
	};
	struct svsight s;

	(void)state;
	put("file", "", 0);
	assert_return_code(symlink("loop", "loop"), errno);
	assert_return_code(mkdir("bare", 0755), errno);
	assert_return_code(mkdir("odd", 0755), errno);
	put("odd/supervise", "", 0);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		svsight_take(&s, &svdir, rows[i].name);
		if (s.service.found != rows[i].found ||
		    s.service.sv.err != rows[i].err)
			fail_msg("row %zu: %d %d", i, (int)s.service.found,
			    s.service.sv.err);
	}
	memset(long_name, 'x', sizeof long_name - 1);
	long_name[sizeof long_name - 1] = 0;
	svsight_take(&s, &svdir, long_name);
	assert_int_equal(s.service.found, SVCTL_NO_DIR);
	assert_int_equal(s.service.sv.err, -ENAMETOOLONG);
}

/* --- permission ------------------------------------------------------------*/

static void
want_of_permission_is_told_from_trouble(void **state)
{
	struct svctl barred = { .err = -EACCES }, absent = { .err = -ENOENT };

	(void)state;
	assert_true(svctl_is_barred(SVCTL_NO_OK, &barred));
	assert_false(svctl_is_barred(SVCTL_NO_OK, &absent));
	assert_false(svctl_is_barred(SVCTL_FINE, &barred));
	assert_false(svctl_is_barred(SVCTL_NO_RUNSV, &(struct svctl){ 0 }));
}

static void
who_may_only_read_sees_the_status(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	assert_return_code(chmod(home_path, 0755), errno);
	assert_return_code(seteuid(65534), errno);
	assert_int_equal(svctl_look(&sv), SVCTL_NO_OK);
	assert_int_equal(sv.err, -EACCES);
	assert_return_code(seteuid(0), errno);
	assert_return_code(chmod("a/supervise", 0755), errno);
	assert_return_code(seteuid(65534), errno);
	assert_int_equal(svctl_look(&sv), SVCTL_FINE);
	assert_int_equal(sv.status.pid, 77);
	assert_int_equal(svctl_send(&sv, "d"), SVCTL_NO_CONTROL);
	assert_true(svctl_is_barred(SVCTL_NO_CONTROL, &sv));
	assert_return_code(seteuid(0), errno);
	assert_return_code(chmod("a/supervise/status", 0600), errno);
	assert_return_code(seteuid(65534), errno);
	assert_int_equal(svctl_look(&sv), SVCTL_NO_OK);
	assert_int_equal(sv.err, -EACCES);
	assert_return_code(seteuid(0), errno);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		T(a_name_is_in_svdir_and_a_path_is_its_own),
		T(a_name_that_ends_in_a_slash_is_not_in_svdir),
		T(without_svdir_only_paths_are_found),
		T(a_service_that_is_supervised_is_seen),
		T(supervise_may_be_a_link),
		T(nobody_at_ok_is_no_runsv),
		T(odd_things_at_ok_are_told),
		T(odd_things_at_status_are_told),
		T(only_a_fifo_is_written_to),
		T(a_file_of_somebody_else_is_not_written_to_by_its_second_name),
		T(a_status_that_is_none_is_not_believed),
		T(letters_come_in_one_piece),
		T(a_control_that_nobody_reads_is_told_and_not_waited_for),
		T(the_end_of_a_runsv_is_an_error_at_ok),
		T(a_log_is_a_service_of_its_own),
		T(a_look_without_opening_finds_the_same),
		T(want_of_permission_is_told_from_trouble),
		T(who_may_only_read_sees_the_status),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
