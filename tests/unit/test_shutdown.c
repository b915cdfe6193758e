/* supervisor/shutdown */
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

#include "loop.h"
#include "shutdown.h"
#include "sys.h"
#include "unit/home.h"

/* A service that another's runsv has, and what that listens to. */
static struct scandir set;
static struct shutdown end;
static int ok, control, log_control;

static const int64_t start = 1000 * LOOP_S;

static int
fifo(const char *name)
{
	int fd;

	assert_return_code(mkfifoat(home, name, 0600), errno);
	fd = openat(home, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	assert_return_code(fd, errno);
	return fd;
}

static int
setup(void **state)
{
	struct entry *e;

	assert_int_equal(enter(state), 0);
	home_mkdir("a");
	home_mkdir("a/supervise");
	home_mkdir("a/log");
	home_mkdir("a/log/supervise");
	ok = fifo("a/supervise/ok");
	control = fifo("a/supervise/control");
	log_control = fifo("a/log/supervise/control");
	set = (struct scandir){ .n = 0 };
	scandir_begin(&set);
	assert_int_equal(scandir_see(&set, "a", 1, 2, start, &e), 1);
	scandir_end(&set, true);
	scandir_suspect(e);
	shutdown_init(&end, &set, home_path);
	return 0;
}

static int
teardown(void **state)
{
	sys_drop(&ok);
	sys_drop(&control);
	sys_drop(&log_control);
	scandir_free(&set);
	return leave(state);
}

/* The letters that came since the last look. */
static const char *
heard(int fd)
{
	static char letters[8];
	ssize_t n = read(fd, letters, sizeof(letters) - 1);

	letters[n > 0 ? n : 0] = 0;
	return letters;
}

static void
services_are_told_then_killed_and_then_loggers_are_told(void **state)
{
	(void)state;
	assert_int_equal(end.phase, SHUTDOWN_NOT);
	shutdown_begin(&end, start);
	assert_int_equal(end.phase, SHUTDOWN_TOLD);
	assert_string_equal(heard(control), "x");
	shutdown_tick(&end, start + 6 * LOOP_S - 1);
	assert_string_equal(heard(control), "");
	shutdown_tick(&end, start + 6 * LOOP_S);
	assert_int_equal(end.phase, SHUTDOWN_KILLED);
	assert_string_equal(heard(control), "k");
	assert_string_equal(heard(log_control), "");
	shutdown_tick(&end, start + 8 * LOOP_S);
	assert_int_equal(end.phase, SHUTDOWN_LOGGERS);
	assert_string_equal(heard(log_control), "t");
	shutdown_tick(&end, start + 8600 * LOOP_MS);
	assert_int_equal(end.phase, SHUTDOWN_OVER);
	assert_string_equal(heard(control), "");
	assert_string_equal(heard(log_control), "");
}

static void
it_ends_as_soon_as_nobody_is_there(void **state)
{
	(void)state;
	shutdown_begin(&end, start);
	assert_true(shutdown_deadline(&end, start) < start + LOOP_S);
	shutdown_tick(&end, start + LOOP_MS);
	assert_int_equal(end.phase, SHUTDOWN_TOLD);
	sys_drop(&ok);
	shutdown_tick(&end, start + 2 * LOOP_MS);
	assert_int_equal(end.phase, SHUTDOWN_OVER);
}

static void
who_is_left_to_himself_is_told_nothing(void **state)
{
	(void)state;
	shutdown_leave(&end);
	assert_int_equal(end.phase, SHUTDOWN_OVER);
	assert_string_equal(heard(control), "");
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(services_are_told_then_killed_and_then_loggers_are_told),
		T(it_ends_as_soon_as_nobody_is_there),
		T(who_is_left_to_himself_is_told_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
