/* supervisor/logpipe */
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
#include <unistd.h>

#include <cmocka.h>

#include "logpipe.h"
#include "sys.h"

static void
what_is_not_lent_is_made_once(void **state)
{
	struct logpipe lp;
	struct lent was;

	(void)state;
	unsetenv(LENT_LOG);
	logpipe_take(&lp);
	assert_false(lent_is_open(&lp.lent));
	assert_int_equal(logpipe_open(&lp), 0);
	assert_false(logpipe_is_kept_open(&lp));
	was = lp.lent;
	assert_int_equal(logpipe_open(&lp), 0);
	assert_memory_equal(&lp.lent, &was, sizeof(was));
	sys_drop(&lp.lent.ring_fd);
	assert_int_equal(logpipe_open(&lp), 0);
	assert_int_equal(lp.lent.ring_fd, was.ring_fd);
	lent_close(&lp.lent);
}

/* As a child of runsvdir has them. */
static void
lend(struct lent *l, int *writing)
{
	char mem[LENT_TEXT];
	struct buf b;

	assert_int_equal(lent_make(l), 0);
	assert_int_equal(l->write_fd, l->read_fd + 1);
	buf_init(&b, mem, sizeof(mem));
	assert_int_equal(lent_text(l, l->read_fd, &b), 0);
	buf_ch(&b, 0);
	assert_int_equal(setenv(LENT_LOG, strchr(mem, '=') + 1, 1), 0);
	assert_int_equal(setenv(LENT_RING, "10:1", 1), 0);
	*writing = fcntl(l->write_fd, F_DUPFD_CLOEXEC, 20);
	assert_return_code(*writing, errno);
}

static void
what_is_lent_is_used_and_kept_open_by_who_lent_it(void **state)
{
	struct logpipe lp;
	struct lent l;
	int writing;

	(void)state;
	lend(&l, &writing);
	logpipe_take(&lp);
	assert_memory_equal(&lp.lent, &l, sizeof(l));
	assert_null(getenv(LENT_LOG));
	assert_null(getenv(LENT_RING));
	assert_int_equal(write(lp.lent.write_fd, "line\n", 5), 5);
	logpipe_end(&lp);
	assert_int_equal(lp.lent.write_fd, -1);
	assert_int_equal(logpipe_left(&lp), 5);
	assert_true(logpipe_is_kept_open(&lp));
	close(writing);
	assert_false(logpipe_is_kept_open(&lp));
	assert_int_equal(logpipe_left(&lp), 5);
	lent_close(&lp.lent);
}

static void
what_is_not_what_it_is_said_to_be_is_not_used(void **state)
{
	struct logpipe lp;

	(void)state;
	setenv(LENT_LOG, "0:1:2:3:4", 1);
	logpipe_take(&lp);
	assert_false(lent_is_open(&lp.lent));
	assert_false(lp.is_lent);
	assert_null(getenv(LENT_LOG));
}

static void
it_stays_what_it_is_where_that_was_left_or_nothing(void **state)
{
	const struct adopt_file none = { 0, 0 };
	struct logpipe lp;
	struct adopt_file pipe, other;
	struct lent was;
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	(void)state;
	logpipe_take(&lp);
	assert_int_equal(logpipe_open(&lp), 0);
	was = lp.lent;
	assert_int_equal(adopt_file_of(lp.lent.read_fd, &pipe), 0);
	assert_int_equal(adopt_file_of(fd, &other), 0);
	assert_int_equal(logpipe_become(&lp, 0, 0, &none, &none), 0);
	assert_int_equal(logpipe_become(&lp, 0, 0, &pipe, &none), 0);
	assert_int_equal(logpipe_become(&lp, 0, 0, &other, &none), -ENOENT);
	assert_memory_equal(&lp.lent, &was, sizeof(was));
	close(fd);
	lent_close(&lp.lent);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_not_lent_is_made_once),
		cmocka_unit_test(
		    what_is_lent_is_used_and_kept_open_by_who_lent_it),
		cmocka_unit_test(what_is_not_what_it_is_said_to_be_is_not_used),
		cmocka_unit_test(
		    it_stays_what_it_is_where_that_was_left_or_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
