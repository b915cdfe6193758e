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

#include "unit/home.h"
#include "watch.h"

static struct watch w;

static void
link_to(const char *text, const char *name)
{
	assert_int_equal(symlink(text, home_in(name)), 0);
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
	assert_int_equal(enter(state), 0);
	assert_int_equal(watch_open(&w), 0);
	if (w.fd < 0)
		return 0;
	home_mkdir("a");
	home_mkdir("a/real");
	home_mkdir("b");
	home_mkdir("c");
	link_to("real", "a/link");
	link_to("../a/link", "b/far");
	return 0;
}

static int
teardown(void **state)
{
	watch_close(&w);
	return leave(state);
}

/* The system tells nobody. */
static bool
is_deaf(void)
{
	if (w.fd >= 0)
		return false;
	assert_int_equal(watch_way(&w, home_path), 0);
	assert_int_equal(watch_names(&w, home_path), 0);
	assert_false(watch_news(&w));
	return true;
}

static void
names_that_come_and_go_are_news(void **state)
{
	(void)state;
	if (is_deaf())
		return;
	assert_int_equal(watch_names(&w, home_in("a")), 0);
	assert_int_equal(watch_names(&w, home_in("a")), 0);
	assert_false(news());
	home_mkdir("b/other");
	assert_false(news());
	home_mkdir("a/new");
	assert_true(news());
	home_mkdir("a/new/inside");
	assert_false(news());
	assert_int_equal(rename(home_in("a/new"), home_in("b/new")), 0);
	assert_true(news());
	assert_int_equal(rename(home_in("b/new"), home_in("a/new")), 0);
	assert_true(news());
	assert_int_equal(watch_names(&w, home_in("none")), -ENOENT);
}

static void
each_link_on_the_way_is_watched_and_nothing_else(void **state)
{
	(void)state;
	if (is_deaf())
		return;
	assert_int_equal(watch_way(&w, home_in("b/far")), 0);
	assert_false(news());
	home_mkdir("c/new");
	assert_false(news());
	home_mkdir("a/real/new");
	assert_false(news());
	/* The last link, then the first, then what they lead to. */
	assert_int_equal(unlink(home_in("b/far")), 0);
	assert_true(news());
	assert_int_equal(unlink(home_in("a/link")), 0);
	assert_true(news());
	assert_int_equal(rename(home_in("a/real"), home_in("a/unreal")), 0);
	assert_true(news());
}

static void
a_link_in_the_middle_may_lead_far_away(void **state)
{
	char path[128];

	(void)state;
	if (is_deaf())
		return;
	link_to(home_path, "c/top");
	snprintf(path, sizeof(path), "%s//c/top/b/.././b/far//", home_path);
	assert_int_equal(watch_way(&w, path), 0);
	assert_int_equal(rename(home_in("c/top"), home_in("c/bottom")), 0);
	assert_true(news());
	assert_int_equal(rename(home_in("a/link"), home_in("a/other")), 0);
	assert_true(news());
}

static void
what_is_not_there_yet_is_watched_for(void **state)
{
	(void)state;
	if (is_deaf())
		return;
	link_to("../c/later/on", "b/dangling");
	assert_int_equal(watch_way(&w, home_in("b/dangling")), 0);
	assert_false(news());
	home_mkdir("c/later");
	assert_true(news());
	assert_int_equal(watch_way(&w, home_in("none/at/all")), 0);
	home_mkdir("none");
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
	assert_int_equal(watch_way(&w, home_in("one/and/more")), -ELOOP);
	link_to("grows/grows", "grows");
	assert_int_equal(watch_way(&w, home_in("grows")), -ELOOP);
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
