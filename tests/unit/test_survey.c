/* supervisor/survey */
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
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "loop.h"
#include "say.h"
#include "survey.h"
#include "unit/home.h"

static char sv[64];
static struct survey s;
static struct scandir sd;
static int64_t now;
static int said, old_err;

/* As if it had been so for long: nobody looks again for being too young. */
static void
age(const char *name)
{
	struct timespec ts[2] = { { .tv_nsec = UTIME_OMIT } };

	clock_gettime(CLOCK_REALTIME, &ts[1]);
	ts[1].tv_sec -= 100;
	assert_int_equal(utimensat(AT_FDCWD, home_in(name), ts, 0), 0);
}

static int
setup(void **state)
{
	assert_int_equal(enter(state), 0);
	snprintf(sv, sizeof(sv), "%s/sv", home_path);
	home_mkdir("sv");
	said = open(home_in("said"), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC,
	    0600);
	old_err = dup(2);
	assert_true(said >= 0 && old_err >= 0);
	dup2(said, 2);
	say_as("survey");
	now = loop_now();
	survey_init(&s, sv);
	return 0;
}

static int
teardown(void **state)
{
	dup2(old_err, 2);
	close(old_err);
	close(said);
	survey_close(&s);
	scandir_free(&sd);
	return leave(state);
}

/* What it said since the last time. */
static const char *
words(void)
{
	static char text[4096];
	ssize_t n = pread(said, text, sizeof(text) - 1, 0);

	text[n > 0 ? n : 0] = 0;
	assert_int_equal(ftruncate(said, 0), 0);
	return text;
}

/* Nobody tells: what it finds it finds by looking. */
static void
be_deaf(void)
{
	watch_close(&s.watch);
}

static void
tick(int64_t later)
{
	now += later;
	survey_tick(&s, &sd, now);
}

/* "a b": what it takes to be there, by name. */
static const char *
there(void)
{
	static char text[256];
	size_t n = 0;

	text[0] = 0;
	for (char c = 'a'; c <= 'z'; c++)
		FOR_ENTRIES (&sd, e)
			if (e->there && e->name[0] == c)
				n +=
				    (size_t)snprintf(text + n, sizeof(text) - n,
					"%s%s", n ? " " : "", e->name);
	return text;
}

static void
the_first_look_is_at_once_and_finds_directories(void **state)
{
	(void)state;
	home_mkdir("sv/a");
	home_mkdir("sv/b");
	home_mkdir("sv/.hidden");
	home_mkdir("c");
	assert_int_equal(symlink("../c", home_in("sv/c")), 0);
	close(open(home_in("sv/file"), O_CREAT | O_WRONLY, 0644));
	assert_true(survey_deadline(&s) <= now);
	tick(0);
	assert_string_equal(there(), "a b c");
	assert_string_equal(words(), "");
	/* Of a service the link is what is made last. */
	FOR_ENTRIES (&sd, e)
		assert_int_equal(e->state,
		    e->name[0] == 'c' ? ENTRY_DUE : ENTRY_NEW);
}

static void
a_directory_just_changed_is_looked_at_again_soon(void **state)
{
	(void)state;
	tick(0);
	be_deaf();
	assert_true(survey_deadline(&s) == now + LOOP_S);
	/* Another change at the very same time, as far as one can see. */
	home_mkdir("sv/a");
	assert_int_equal(
	    utimensat(AT_FDCWD, sv,
		(struct timespec[]){ s.last.st_mtim, s.last.st_mtim }, 0),
	    0);
	tick(LOOP_S);
	assert_string_equal(there(), "a");
}

static void
a_quiet_one_is_looked_at_each_5_seconds(void **state)
{
	(void)state;
	age("sv");
	tick(0);
	be_deaf();
	assert_true(survey_deadline(&s) == now + 5 * LOOP_S);
	home_mkdir("sv/a");
	tick(4 * LOOP_S);
	assert_string_equal(there(), "");
	tick(1 * LOOP_S);
	assert_string_equal(there(), "a");
}

static void
what_links_lead_to_is_looked_at_each_minute(void **state)
{
	(void)state;
	home_mkdir("one");
	assert_int_equal(symlink("../one", home_in("sv/a")), 0);
	age("sv");
	tick(0);
	be_deaf();
	assert_string_equal(there(), "a");
	assert_int_equal(rmdir(home_in("one")), 0);
	for (int i = 0; i < 11; i++)
		tick(5 * LOOP_S);
	assert_string_equal(there(), "a");
	tick(5 * LOOP_S);
	assert_string_equal(there(), "");
	assert_string_equal(words(), "");
}

static void
who_asks_gets_a_look_at_once(void **state)
{
	(void)state;
	age("sv");
	tick(0);
	be_deaf();
	home_mkdir("sv/a");
	survey_ask(&s);
	tick(100 * LOOP_MS);
	assert_string_equal(there(), "a");
}

static void
news_is_looked_at_once_and_not_too_often(void **state)
{
	(void)state;
	age("sv");
	tick(0);
	if (s.watch.fd < 0)
		return;
	home_mkdir("sv/a");
	survey_heard(&s);
	assert_true(survey_deadline(&s) < now + LOOP_S);
	s.rest = now + 50 * LOOP_MS;
	assert_true(survey_deadline(&s) == now + 50 * LOOP_MS);
	tick(10 * LOOP_MS);
	assert_string_equal(there(), "");
	tick(40 * LOOP_MS);
	assert_string_equal(there(), "a");
	survey_heard(&s);
	assert_true(survey_deadline(&s) > now);
}

static void
what_leads_nowhere_is_told_when_the_directory_changes(void **state)
{
	static const char nowhere[] = "survey: warning: unable to stat x: "
				      "file does not exist\n";

	(void)state;
	assert_int_equal(symlink("nowhere", home_in("sv/x")), 0);
	age("sv");
	tick(0);
	assert_string_equal(words(), nowhere);
	tick(60 * LOOP_S);
	assert_string_equal(words(), "");
	home_mkdir("sv/a");
	age("sv");
	tick(60 * LOOP_S);
	assert_string_equal(words(), nowhere);
	survey_ask(&s);
	tick(LOOP_S);
	assert_string_equal(words(), nowhere);
}

static void
a_directory_that_is_gone_takes_nobody_along(void **state)
{
	char want[256];

	(void)state;
	home_mkdir("sv/a");
	tick(0);
	be_deaf();
	assert_int_equal(rename(sv, home_in("gone")), 0);
	snprintf(want, sizeof(want),
	    "survey: warning: unable to stat %s: file does not exist\n", sv);
	tick(5 * LOOP_S);
	assert_string_equal(there(), "a");
	assert_string_equal(words(), want);
	/* Soon again, but not with words, until it has lasted. */
	assert_true(survey_deadline(&s) == now + LOOP_S);
	for (int i = 0; i < 59; i++) {
		tick(LOOP_S);
		assert_string_equal(words(), "");
	}
	tick(LOOP_S);
	assert_string_equal(words(), want);
	home_mkdir("sv");
	home_mkdir("sv/b");
	tick(LOOP_S);
	assert_string_equal(there(), "b");
}

static void
a_file_in_its_place_is_told_otherwise(void **state)
{
	char want[256];

	(void)state;
	assert_int_equal(rmdir(sv), 0);
	close(open(sv, O_CREAT | O_WRONLY, 0644));
	snprintf(want, sizeof(want),
	    "survey: warning: unable to change directory to %s: "
	    "not a directory\n",
	    sv);
	tick(0);
	assert_string_equal(words(), want);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(the_first_look_is_at_once_and_finds_directories),
		T(a_directory_just_changed_is_looked_at_again_soon),
		T(a_quiet_one_is_looked_at_each_5_seconds),
		T(what_links_lead_to_is_looked_at_each_minute),
		T(who_asks_gets_a_look_at_once),
		T(news_is_looked_at_once_and_not_too_often),
		T(what_leads_nowhere_is_told_when_the_directory_changes),
		T(a_directory_that_is_gone_takes_nobody_along),
		T(a_file_in_its_place_is_told_otherwise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
