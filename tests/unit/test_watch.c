/* supervisor/watch */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
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

#include "watch.h"

static char base[] = "/tmp/test_watch.XXXXXX";
static struct watch w;

/* A path in the test's directory; some at a time. */
static const char *
in(const char *name)
{
	static char paths[4][64];
	static unsigned next;
	char *path = paths[next++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", base, name);
	return path;
}

static void
dir(const char *name)
{
	assert_int_equal(mkdir(in(name), 0755), 0);
}

static void
link_to(const char *text, const char *name)
{
	assert_int_equal(symlink(text, in(name)), 0);
}

static bool
news(void)
{
	struct pollfd pfd = { .fd = w.fd, .events = POLLIN };
	bool readable = poll(&pfd, 1, 0) == 1;
	bool said = watch_news(&w);

	assert_int_equal(readable, said);
	assert_false(watch_news(&w));
	return said;
}

static int
setup(void **state)
{
	(void)state;
	strcpy(strrchr(base, '.'), ".XXXXXX");
	assert_non_null(mkdtemp(base));
	assert_int_equal(watch_open(&w), 0);
	if (w.fd < 0)
		return 0;
	dir("a");
	dir("a/real");
	dir("b");
	dir("c");
	link_to("real", "a/link");
	link_to("../a/link", "b/far");
	return 0;
}

static int
teardown(void **state)
{
	char command[80];

	(void)state;
	watch_close(&w);
	snprintf(command, sizeof(command), "rm -rf %s", base);
	return system(command);
}

/* The system tells nobody. */
static bool
is_deaf(void)
{
	if (w.fd >= 0)
		return false;
	assert_int_equal(watch_way(&w, base), 0);
	assert_int_equal(watch_names(&w, base), 0);
	assert_false(watch_news(&w));
	return true;
}

static void
names_that_come_and_go_are_news(void **state)
{
	(void)state;
	if (is_deaf())
		return;
	assert_int_equal(watch_names(&w, in("a")), 0);
	assert_int_equal(watch_names(&w, in("a")), 0);
	assert_false(news());
	dir("b/other");
	assert_false(news());
	dir("a/new");
	assert_true(news());
	dir("a/new/inside");
	assert_false(news());
	assert_int_equal(rename(in("a/new"), in("b/new")), 0);
	assert_true(news());
	assert_int_equal(rename(in("b/new"), in("a/new")), 0);
	assert_true(news());
	assert_int_equal(watch_names(&w, in("none")), -ENOENT);
}

static void
each_link_on_the_way_is_watched_and_nothing_else(void **state)
{
	(void)state;
	if (is_deaf())
		return;
	assert_int_equal(watch_way(&w, in("b/far")), 0);
	assert_false(news());
	dir("c/new");
	assert_false(news());
	dir("a/real/new");
	assert_false(news());
	/* The last link, then the first, then what they lead to. */
	assert_int_equal(unlink(in("b/far")), 0);
	assert_true(news());
	assert_int_equal(unlink(in("a/link")), 0);
	assert_true(news());
	assert_int_equal(rename(in("a/real"), in("a/unreal")), 0);
	assert_true(news());
}

static void
a_link_in_the_middle_may_lead_far_away(void **state)
{
	char path[128];

	(void)state;
	if (is_deaf())
		return;
	link_to(base, "c/top");
	snprintf(path, sizeof(path), "%s//c/top/b/.././b/far//", base);
	assert_int_equal(watch_way(&w, path), 0);
	assert_int_equal(rename(in("c/top"), in("c/bottom")), 0);
	assert_true(news());
	assert_int_equal(rename(in("a/link"), in("a/other")), 0);
	assert_true(news());
}

static void
what_is_not_there_yet_is_watched_for(void **state)
{
	(void)state;
	if (is_deaf())
		return;
	link_to("../c/later/on", "b/dangling");
	assert_int_equal(watch_way(&w, in("b/dangling")), 0);
	assert_false(news());
	dir("c/later");
	assert_true(news());
	assert_int_equal(watch_way(&w, in("none/at/all")), 0);
	dir("none");
	assert_true(news());
}

static void
links_that_lead_in_a_circle_end(void **state)
{
	char path[PATH_MAX + 10];

	(void)state;
	if (is_deaf())
		return;
	link_to("two", "one");
	link_to("one", "two");
	assert_int_equal(watch_way(&w, in("one/and/more")), -ELOOP);
	link_to("grows/grows", "grows");
	assert_int_equal(watch_way(&w, in("grows")), -ELOOP);
	memset(path, 'x', sizeof(path));
	path[sizeof(path) - 1] = 0;
	assert_int_equal(watch_way(&w, path), -ENAMETOOLONG);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(names_that_come_and_go_are_news),
		T(each_link_on_the_way_is_watched_and_nothing_else),
		T(a_link_in_the_middle_may_lead_far_away),
		T(what_is_not_there_yet_is_watched_for),
		T(links_that_lead_in_a_circle_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
