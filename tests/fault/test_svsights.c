/* supervisor/svsights: what is seen does not depend on who looks */
#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
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

#include "fault/fault.h"
#include "svsights.h"
#include "sys.h"
#include "unit/home.h"

enum { MANY = 431, RUNS = 7, HAS_LOG = 3 }; /* each so-manieth */

static char name[MANY][16];
static const char *names[MANY];
static struct svdir svdir;
static int ok; /* of them all: one FIFO by many names */

static void
supervise(const char *dir, unsigned pid)
{
	const struct status st = { 5, pid, false, WANT_UP, false, STATUS_RUN };
	unsigned char record[STATUS_SIZE];
	char path[64];
	int f;

	snprintf(path, sizeof path, "%s/supervise", dir);
	assert_return_code(mkdirat(home, path, 0700), errno);
	snprintf(path, sizeof path, "%s/supervise/ok", dir);
	assert_return_code(linkat(home, "ok", home, path, 0), errno);
	snprintf(path, sizeof path, "%s/supervise/status", dir);
	status_pack(record, &st);
	f = openat(home, path, O_WRONLY | O_CREAT, 0644);
	assert_return_code(f, errno);
	assert_int_equal(write(f, record, sizeof record), sizeof record);
	close(f);
}

static void
make_service(unsigned i)
{
	char log[32];

	snprintf(name[i], sizeof name[i], "s%u", i);
	names[i] = name[i];
	assert_return_code(mkdirat(home, name[i], 0755), errno);
	if (i % RUNS == 0)
		return; /* one that nobody supervises */
	supervise(name[i], 1000 + i);
	if (i % HAS_LOG != 0)
		return;
	snprintf(log, sizeof log, "%s/log", name[i]);
	assert_return_code(mkdirat(home, log, 0755), errno);
	supervise(log, 2000 + i);
}

static int
setup(void **state)
{
	assert_int_equal(enter(state), 0);
	fault_clear();
	assert_return_code(mkfifoat(home, "ok", 0600), errno);
	ok = openat(home, "ok", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	assert_return_code(ok, errno);
	for (unsigned i = 0; i < MANY; i++)
		make_service(i);
	svdir_open(&svdir, home_path);
	return 0;
}

static int
teardown(void **state)
{
	fault_clear();
	svdir_close(&svdir);
	close(ok);
	return leave(state);
}

static void
check_one(const struct svsight *s, unsigned i)
{
	bool runs = i % RUNS != 0, has_log = runs && i % HAS_LOG == 0;

	assert_string_equal(s->name, name[i]);
	assert_int_equal(s->service.found, runs ? SVCTL_FINE : SVCTL_NO_OK);
	assert_int_equal(s->has_log, has_log);
	if (runs) {
		assert_int_equal(s->service.sv.status.pid, 1000 + i);
		assert_int_equal(s->service.normally, SVLINE_UP);
	}
	if (has_log) {
		assert_int_equal(s->log.found, SVCTL_FINE);
		assert_int_equal(s->log.sv.status.pid, 2000 + i);
	}
}

static void
check_all(void)
{
	struct svsights all;

	assert_int_equal(svsights_take(&all, &svdir, names, MANY), 0);
	assert_int_equal(all.n, MANY);
	for (unsigned i = 0; i < MANY; i++)
		check_one(&all.v[i], i);
	svsights_free(&all);
}

/* How many calls it takes the process itself to look at the first n. */
static unsigned long
own_calls(size_t n)
{
	struct svsights all;
	unsigned long calls;

	fault_clear();
	assert_int_equal(svsights_take(&all, &svdir, names, n), 0);
	calls = fault_calls();
	svsights_free(&all);
	return calls;
}

static void
many_are_seen_as_one_by_one(void **state)
{
	(void)state;
	check_all();
}

static void
processes_share_the_work(void **state)
{
	(void)state;
	if (sys_processors() == 1)
		skip();
	assert_true(own_calls(MANY) < own_calls(MANY / 3) * 5 / 2);
}

static void
few_are_no_work_to_share(void **state)
{
	struct svsights all;

	(void)state;
	fault_call("fork", 1, EAGAIN, true);
	assert_int_equal(svsights_take(&all, &svdir, names, 100), 0);
	assert_int_equal(fault_fired(), 0);
	svsights_free(&all);
}

static void
none_are_seen_where_none_are_named(void **state)
{
	struct svsights all;

	(void)state;
	assert_int_equal(svsights_take(&all, &svdir, names, 0), 0);
	assert_int_equal(all.n, 0);
	svsights_free(&all);
}

static void
where_no_process_can_be_had_this_one_looks_at_all(void **state)
{
	(void)state;
	if (sys_processors() == 1)
		skip();
	fault_call("fork", 1, EAGAIN, true);
	check_all();
	assert_true(fault_fired() > 0);
}

/* Whoever has SIGCHLD ignored, as some parents leave it, hears that there was
 * no child when it has ended. */
static void
what_nobody_says_is_finished_is_looked_at_again(void **state)
{
	unsigned long calls;

	(void)state;
	if (sys_processors() == 1)
		skip();
	signal(SIGCHLD, SIG_IGN);
	check_all();
	calls = own_calls(MANY);
	signal(SIGCHLD, SIG_DFL);
	assert_true(calls > own_calls(MANY / 3) * 5 / 2);
}

static volatile bool dies;

static void
die_at_once(void)
{
	if (dies)
		raise(SIGKILL);
}

static void
what_a_process_died_over_is_looked_at_again(void **state)
{
	(void)state;
	if (sys_processors() == 1)
		skip();
	assert_int_equal(pthread_atfork(NULL, NULL, die_at_once), 0);
	dies = true;
	check_all();
	dies = false;
}

static void
without_memory_nothing_is_seen(void **state)
{
	struct svsights all;

	(void)state;
	fault_call("share", 1, ENOMEM, false);
	assert_int_equal(svsights_take(&all, &svdir, names, MANY), -ENOMEM);
	assert_int_equal(fault_fired(), 1);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		T(many_are_seen_as_one_by_one),
		T(processes_share_the_work),
		T(few_are_no_work_to_share),
		T(none_are_seen_where_none_are_named),
		T(where_no_process_can_be_had_this_one_looks_at_all),
		T(what_nobody_says_is_finished_is_looked_at_again),
		T(what_a_process_died_over_is_looked_at_again),
		T(without_memory_nothing_is_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
