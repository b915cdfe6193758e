/* supervisor/salvage */
#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "salvage.h"
#include "sys.h"

static struct lent old;
static struct adopt_file pipe_file, ring_file;
static pid_t who;

/* A process that has them open, when nobody else has any more. */
static int
setup(void **state)
{
	(void)state;
	assert_int_equal(lent_make(&old), 0);
	assert_int_equal(adopt_file_of(old.read_fd, &pipe_file), 0);
	adopt_file_of(old.ring_fd, &ring_file); /* or none */
	who = fork();
	if (who == 0)
		for (;;)
			pause();
	assert_true(who > 0);
	lent_close(&old);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	kill(who, SIGKILL);
	return waitpid(who, NULL, 0) == who ? 0 : -1;
}

static void
is_that_pipe(struct lent *l)
{
	struct adopt_file f;
	char c = 0;

	assert_int_equal(adopt_file_of(l->read_fd, &f), 0);
	assert_true(adopt_is_file(&f, &pipe_file));
	assert_int_equal(write(l->write_fd, "x", 1), 1);
	assert_int_equal(read(l->read_fd, &c, 1), 1);
	assert_int_equal(c, 'x');
	assert_int_equal(fcntl(l->read_fd, F_GETFD), FD_CLOEXEC);
	assert_int_equal(fcntl(l->write_fd, F_GETFD), FD_CLOEXEC);
}

static void
a_pipe_is_had_back_from_either_process_the_ring_from_the_logger(void **state)
{
	const struct {
		pid_t service, logger;
	} rows[] = { { who, 0 }, { 0, who }, { getpid(), who }, { who, who } };
	struct lent l;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int rc = salvage_lent(&l, rows[i].service, rows[i].logger,
		    &pipe_file, &ring_file);

		if (rc == -ENOSYS)
			skip();
		assert_int_equal(rc, 0);
		is_that_pipe(&l);
		assert_int_equal(l.ring_fd >= 0,
		    rows[i].logger && ring_file.ino);
		lent_close(&l);
	}
}

static void
another_pipe_is_none(void **state)
{
	struct adopt_file other = pipe_file;
	struct lent l;

	(void)state;
	other.ino++;
	assert_true(salvage_lent(&l, who, who, &other, &ring_file) < 0);
	assert_false(lent_is_open(&l));
	assert_int_equal(salvage_lent(&l, 0, 0, &pipe_file, &ring_file),
	    -ENOENT);
	assert_false(lent_is_open(&l));
}

static void
a_ring_that_is_gone_costs_not_the_pipe(void **state)
{
	struct adopt_file other = ring_file;
	struct lent l;
	int rc;

	(void)state;
	other.ino++;
	rc = salvage_lent(&l, who, who, &pipe_file, &other);
	if (rc == -ENOSYS)
		skip();
	assert_int_equal(rc, 0);
	is_that_pipe(&l);
	assert_int_equal(l.ring_fd, -1);
	lent_close(&l);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		T(a_pipe_is_had_back_from_either_process_the_ring_from_the_logger),
		T(another_pipe_is_none),
		T(a_ring_that_is_gone_costs_not_the_pipe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
