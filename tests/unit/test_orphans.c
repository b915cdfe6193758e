/* svlogd/orphans, and the child of svlogd/seal that frees them */
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
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "loop.h"
#include "orphans.h"
#include "seal.h"
#include "sys.h"
#include "unit/home.h"

#ifdef __linux__
#include <sys/inotify.h>
#endif

static struct orphans o;

/* Where nothing can be held, all is freed at once: nothing to be seen. */
static void
need_holding(void)
{
	int fd;

	orphans_init(&o);
	home_put("probe", "", 0600);
	fd = os_hold(home, "probe");
	unlinkat(home, "probe", 0);
	if (fd == -ENOSYS)
		skip();
	assert_return_code(fd, -fd);
	close(fd);
}

static void
put_bytes(const char *name, size_t n)
{
	int fd = openat(home, name, O_WRONLY | O_CREAT | O_EXCL, 0600);

	assert_return_code(fd, errno);
	assert_int_equal(posix_fallocate(fd, 0, (off_t)n), 0);
	close(fd);
}

static void
a_large_file_keeps_its_bytes_until_it_is_let_go(void **state)
{
	struct stat st;
	int fd;

	(void)state;
	need_holding();
	put_bytes("large", ORPHAN_LEAST);
	assert_int_equal(orphans_unlink(&o, home, "large"), 0);
	assert_false(home_has("large"));
	assert_int_equal(o.n, 1);
	fd = o.fds[0];
	assert_return_code(fstat(fd, &st), errno);
	assert_int_equal(st.st_nlink, 0);
	assert_int_equal(o.bytes, ORPHAN_LEAST);
	assert_true(orphans_let_go(&o));
	assert_int_equal(fcntl(fd, F_GETFD), -1);
	assert_int_equal(o.bytes, 0);
	assert_false(orphans_let_go(&o));
}

/* A small one, one that has another name, one that is no file; and what cannot
 * be deleted is not held either. */
static void
what_is_not_worth_it_is_not_held(void **state)
{
	int first = open_fds();

	(void)state;
	need_holding();
	put_bytes("small", ORPHAN_LEAST / 2);
	put_bytes("twice", ORPHAN_LEAST);
	assert_return_code(linkat(home, "twice", home, "other", 0), errno);
	assert_return_code(mkfifoat(home, "fifo", 0600), errno);
	home_mkdir("dir");
	assert_int_equal(orphans_unlink(&o, home, "small"), 0);
	assert_int_equal(orphans_unlink(&o, home, "twice"), 0);
	assert_int_equal(orphans_unlink(&o, home, "fifo"), 0);
	assert_int_equal(orphans_unlink(&o, home, "none"), -ENOENT);
	assert_true(orphans_unlink(&o, home, "dir") < 0);
	assert_false(home_has("small") || home_has("twice"));
	assert_true(home_has("other") && home_has("dir"));
	assert_int_equal(o.n, 0);
	assert_int_equal(open_fds(), first);
}

static void
they_are_never_more_than_so_many(void **state)
{
	size_t i;

	(void)state;
	need_holding();
	for (i = 0; i < ORPHANS_MOST + 2; i++) {
		char name[8];

		snprintf(name, sizeof(name), "%zu", i);
		assert_int_equal(orphans_full(&o), i >= ORPHANS_MOST);
		put_bytes(name, ORPHAN_LEAST);
		assert_int_equal(orphans_unlink(&o, home, name), 0);
		assert_false(home_has(name));
	}
	assert_int_equal(o.n, ORPHANS_MOST);
	orphans_let_go(&o);
}

/* One may be larger than that. */
static void
they_never_hold_more_than_so_many_bytes(void **state)
{
	(void)state;
	need_holding();
	put_bytes("half", ORPHANS_BYTES / 2);
	put_bytes("more", ORPHANS_BYTES / 2 + 4096);
	put_bytes("rest", ORPHANS_BYTES / 2);
	put_bytes("over", ORPHANS_BYTES + 4096);
	assert_int_equal(orphans_unlink(&o, home, "half"), 0);
	assert_int_equal(orphans_unlink(&o, home, "more"), 0);
	assert_int_equal(o.n, 1);
	assert_false(home_has("more") || orphans_full(&o));
	assert_int_equal(orphans_unlink(&o, home, "rest"), 0);
	assert_int_equal(o.n, 2);
	assert_true(orphans_full(&o));
	orphans_let_go(&o);
	assert_int_equal(orphans_unlink(&o, home, "over"), 0);
	assert_int_equal(o.n, 1);
	assert_true(orphans_full(&o));
	orphans_let_go(&o);
	/* The order makes no difference. */
	put_bytes("little", ORPHAN_LEAST);
	put_bytes("much", ORPHANS_BYTES - ORPHAN_LEAST);
	assert_int_equal(orphans_unlink(&o, home, "little"), 0);
	assert_int_equal(orphans_unlink(&o, home, "much"), 0);
	assert_int_equal(o.n, 2);
	assert_true(orphans_full(&o));
	orphans_let_go(&o);
	put_bytes("more", ORPHANS_BYTES / 2 + 4096);
	put_bytes("half", ORPHANS_BYTES / 2);
	assert_int_equal(orphans_unlink(&o, home, "more"), 0);
	assert_int_equal(orphans_unlink(&o, home, "half"), 0);
	assert_int_equal(o.n, 1);
	orphans_let_go(&o);
}

/* --- the child ----------------------------------------------------------- */

/* The test is the child: it has the end of the pipe that is read from. */
static void
what_a_child_has_is_not_free_before_it_says_so(void **state)
{
	int ends[2], first = open_fds();
	char go;

	(void)state;
	need_holding();
	assert_int_equal(orphans_free(&o, 0), 0);
	put_bytes("large", ORPHAN_LEAST);
	assert_int_equal(orphans_unlink(&o, home, "large"), 0);
	assert_return_code(pipe(ends), errno);
	orphans_give(&o, ends[1]);
	assert_int_equal(o.n, 0);
	assert_int_equal(read(ends[0], &go, 1), 1);
	assert_int_equal(orphans_free(&o, loop_now()), -EAGAIN);
	assert_int_equal(orphans_free(&o, loop_now() + LOOP_MS), -EAGAIN);
	close(ends[0]);
	assert_int_equal(orphans_free(&o, LOOP_NEVER), 1);
	assert_int_equal(orphans_free(&o, 0), 0);
	assert_int_equal(open_fds(), first);
}

static void
what_was_deleted_since_goes_before_a_child_is_awaited(void **state)
{
	int ends[2], first = open_fds();

	(void)state;
	need_holding();
	assert_return_code(pipe(ends), errno);
	orphans_give(&o, ends[1]);
	put_bytes("large", ORPHAN_LEAST);
	assert_int_equal(orphans_unlink(&o, home, "large"), 0);
	assert_int_equal(orphans_free(&o, 0), 1);
	assert_int_equal(o.n, 0);
	assert_int_equal(orphans_free(&o, 0), -EAGAIN);
	orphans_close(&o);
	assert_int_equal(orphans_free(&o, 0), 0);
	close(ends[0]);
	assert_int_equal(open_fds(), first);
}

static void
the_child_before_and_all_that_is_held_is_closed_in_the_end(void **state)
{
	int before[2], ends[2], first = open_fds();

	(void)state;
	need_holding();
	assert_return_code(pipe(before), errno);
	assert_return_code(pipe(ends), errno);
	orphans_give(&o, before[1]);
	orphans_give(&o, ends[1]);
	put_bytes("large", ORPHAN_LEAST);
	assert_int_equal(orphans_unlink(&o, home, "large"), 0);
	orphans_close(&o);
	close(before[0]);
	close(ends[0]);
	assert_int_equal(open_fds(), first);
}

#ifdef __linux__

/* A descriptor that is readable when the file is no more. */
static int
watch_end_of(const char *name)
{
	int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);

	assert_return_code(fd, errno);
	assert_return_code(inotify_add_watch(fd, home_in(name), IN_DELETE_SELF),
	    errno);
	return fd;
}

static bool
is_ready(int fd, int ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, ms) == 1;
}

static void
the_child_frees_them_and_the_parent_keeps_none(void **state)
{
	struct seal s = { .pid = 0 };
	int fd, status, err, first = open_fds(), gone;

	(void)state;
	need_holding();
	put_bytes("large", ORPHAN_LEAST);
	gone = watch_end_of("large");
	assert_int_equal(orphans_unlink(&o, home, "large"), 0);
	fd = o.fds[0];
	assert_false(is_ready(gone, 0));
	assert_int_equal(seal_start(&s, &home, 1, NULL, 0, &o), 0);
	assert_int_equal(o.n, 0);
	assert_int_equal(fcntl(fd, F_GETFD), -1);
	assert_true(is_ready(gone, 10000));
	assert_int_equal(waitpid(s.pid, &status, 0), s.pid);
	assert_int_equal(seal_reaped(&s, s.pid, status, 0, &err), 0);
	close(gone);
	assert_int_equal(orphans_free(&o, LOOP_NEVER), 1);
	assert_int_equal(open_fds(), first);
}

#endif

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_large_file_keeps_its_bytes_until_it_is_let_go),
		TEST(what_is_not_worth_it_is_not_held),
		TEST(they_are_never_more_than_so_many),
		TEST(they_never_hold_more_than_so_many_bytes),
		TEST(what_a_child_has_is_not_free_before_it_says_so),
		TEST(what_was_deleted_since_goes_before_a_child_is_awaited),
		TEST(
		    the_child_before_and_all_that_is_held_is_closed_in_the_end),
#ifdef __linux__
		TEST(the_child_frees_them_and_the_parent_keeps_none),
#endif
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
