/* supervisor/role */
#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
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

#include "loop.h"
#include "role.h"
#include "unit/home.h"

static struct lent lent = { 20, 21, -1 };

static struct role_of
of(bool is_log)
{
	struct role_of o = { home, is_log, &lent };

	return o;
}

static void
a_service_writes_to_the_pipe(void **state)
{
	struct role_of o = of(false);
	struct role r;

	(void)state;
	role_run(&r, &o, false);
	assert_string_equal(r.sp.argv[0], "./run");
	assert_null(r.sp.argv[1]);
	assert_int_equal(r.sp.cwd, home);
	assert_int_equal(r.sp.n_fd, 1);
	assert_int_equal(r.sp.fd[0].to, 1);
	assert_int_equal(r.sp.fd[0].from, 21);
	assert_string_equal(r.sp.words, "unable to start ./run");
	assert_int_equal(r.sp.unable, 111);
	assert_null(r.sp.env);
	role_run(&r, &o, true);
	assert_null(r.sp.words);
}

static void
a_logger_reads_from_it_and_has_the_ring(void **state)
{
	struct role_of o = of(true);
	struct role r;

	(void)state;
	role_run(&r, &o, false);
	assert_int_equal(r.sp.n_fd, 1);
	assert_int_equal(r.sp.fd[0].to, 0);
	assert_int_equal(r.sp.fd[0].from, 20);
	assert_string_equal(r.sp.words, "unable to start log/./run");
	assert_null(r.sp.env);
	lent.ring_fd = lent_ring();
	role_run(&r, &o, false);
	assert_int_equal(r.sp.n_fd, 2);
	assert_int_equal(r.sp.fd[1].to, LENT_RING_FD);
	assert_int_equal(r.sp.fd[1].from, lent.ring_fd);
	assert_memory_equal(r.sp.env, "WEIR_RING=10:", 13);
	close(lent.ring_fd);
	lent.ring_fd = -1;
}

static void
finish_is_told_how_run_ended(void **state)
{
	static const struct {
		int status;
		const char *code, *signal;
	} cases[] = {
		{ 0, "0", "0" },
		{ 7 << 8, "7", "0" },
		{ 255 << 8, "255", "0" },
		{ SIGTERM, "-1", "15" },
		{ SIGSEGV | 128, "-1", "139" },
		{ -1, "-1", "0" },
	};
	struct role_of o = of(false);
	struct role r;
	size_t i;

	(void)state;
	assert_false(role_finish(&r, &o, 0));
	home_put("finish", "", 0644); /* executable or not */
	for (i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_true(role_finish(&r, &o, cases[i].status));
		assert_string_equal(r.sp.argv[0], "./finish");
		assert_string_equal(r.sp.argv[1], cases[i].code);
		assert_string_equal(r.sp.argv[2], cases[i].signal);
		assert_null(r.sp.argv[3]);
		assert_int_equal(r.sp.fd[0].from, 21);
	}
}

static void
a_control_script_counts_if_its_owner_may_execute_it(void **state)
{
	struct role_of o = of(false);
	struct role r;

	(void)state;
	assert_int_equal(role_script(&r, &o, CONTROL_TERM, 5), 0);
	mkdirat(home, "control", 0755);
	assert_int_equal(role_script(&r, &o, CONTROL_TERM, 5), 0);
	home_put("control/t", "", 0655);
	assert_int_equal(role_script(&r, &o, CONTROL_TERM, 5), 0);
	home_put("control/t", "", 0700);
	assert_int_equal(role_script(&r, &o, CONTROL_TERM, 5), 1);
	assert_string_equal(r.sp.argv[0], "control/t");
	assert_string_equal(r.sp.argv[1], "5");
	assert_null(r.sp.argv[2]);
	assert_string_equal(r.sp.words, "unable to run control/t");
	home_put("control/u", "", 0700);
	assert_int_equal(role_script(&r, &o, CONTROL_UP, 0), 1);
	assert_string_equal(r.sp.argv[0], "control/u");
	assert_null(r.sp.argv[1]);
	mkdirat(home, "control/k", 0755);
	assert_int_equal(role_script(&r, &o, CONTROL_KILL, 5), 0);
}

static void
a_file_of_seconds_is_read_or_is_none(void **state)
{
	static const struct {
		const char *text;
		int64_t seconds; /* 0: none */
	} cases[] = {
		{ "5", 5 },
		{ "5\n", 5 },
		{ "300 seconds\n", 300 },
		{ "", 0 },
		{ "0\n", 0 },
		{ "-5\n", 0 },
		{ "x\n", 0 },
		{ "99999999999999999999\n", INT32_MAX },
	};
	size_t i;

	(void)state;
	assert_int_equal(role_seconds(home, "limit"), -ENOENT);
	for (i = 0; i < sizeof cases / sizeof *cases; i++) {
		int64_t want = cases[i].seconds * LOOP_S;

		home_put("limit", cases[i].text, 0644);
		assert_int_equal(role_seconds(home, "limit"),
		    want ? want : -EINVAL);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_service_writes_to_the_pipe),
		TEST(a_logger_reads_from_it_and_has_the_ring),
		TEST(finish_is_told_how_run_ended),
		TEST(a_control_script_counts_if_its_owner_may_execute_it),
		TEST(a_file_of_seconds_is_read_or_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
