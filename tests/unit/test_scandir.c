/* supervisor/scandir */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "loop.h"
#include "scandir.h"

/* Time is what a test says it is; directories are numbers. */
struct world {
	struct scandir sd;
	int64_t now;
	pid_t next_pid;
};

static int
setup(void **state)
{
	static struct world w;

	w = (struct world){ .now = 100 * LOOP_S, .next_pid = 1000 };
	*state = &w;
	return 0;
}

/* "one=1 two=2": a complete scan that sees these names, and which directory
 * each leads to. */
static void
scan(struct world *w, const char *names)
{
	const char *p = names;

	scandir_begin(&w->sd);
	while (*p) {
		struct entry *e;
		char name[64];
		unsigned ino;
		int n;

		assert_int_equal(sscanf(p, " %63[^= ]=%u%n", name, &ino, &n),
		    2);
		assert_true(scandir_see(&w->sd, name, 1, ino, w->now, &e) >= 0);
		assert_string_equal(e->name, name);
		p += n + (int)strspn(p + n, " ");
	}
	scandir_end(&w->sd, true);
}

static int
teardown(void **state)
{
	struct world *w = *state;

	FOR_ENTRIES (&w->sd, e) {
		e->there = false;
		e->dropped = true;
	}
	scan(w, "");
	assert_int_equal(w->sd.n, 0);
	scandir_free(&w->sd);
	return 0;
}

/* It must be there. */
static struct entry *
entry(struct world *w, const char *name, unsigned ino)
{
	size_t i = 0;

	while (i < w->sd.n &&
	       (strcmp(w->sd.v[i].name, name) || w->sd.v[i].ino != ino))
		i++;
	assert_true(i < w->sd.n);
	return &w->sd.v[i];
}

/* Does all that is to be done now, and says what it was: "start one". */
static const char *
work(struct world *w)
{
	static char done[4096];

	done[0] = 0;
	FOR_ENTRIES (&w->sd, e) {
		const char *what = NULL;

		switch (scandir_act(&w->sd, e, w->now)) {
		case SCANDIR_WAIT:
			continue;
		case SCANDIR_LOOK:
			scandir_ready(e);
			e--; /* again */
			continue;
		case SCANDIR_HAIL:
			what = "hail";
			scandir_put_off(e, w->now + 5 * LOOP_S);
			break;
		case SCANDIR_START:
			what = "start";
			scandir_started(e, w->next_pid++, w->now);
			break;
		case SCANDIR_STOP:
			what = "stop";
			scandir_told(e);
			break;
		case SCANDIR_DROP:
			what = "drop";
			scandir_dropped(e);
			break;
		}
		snprintf(done + strlen(done), sizeof(done) - strlen(done),
		    "%s%s %s=%u", *done ? ", " : "", what, e->name,
		    (unsigned)e->ino);
	}
	assert_true(scandir_deadline(&w->sd, w->now) > w->now);
	return done;
}

static void
dies(struct world *w, const char *name, unsigned ino)
{
	struct entry *e = entry(w, name, ino);

	assert_ptr_equal(scandir_reaped(&w->sd, e->pid, w->now), e);
	assert_int_equal(e->pid, 0);
}

static void
each_service_gets_one_runsv(void **state)
{
	struct world *w = *state;

	scan(w, "one=1 two=2");
	assert_string_equal(work(w), "start one=1, start two=2");
	assert_string_equal(work(w), "");
	scan(w, "two=2 one=1");
	assert_string_equal(work(w), "");
	assert_int_equal(scandir_running(&w->sd), 2);
	assert_true(scandir_deadline(&w->sd, w->now) == LOOP_NEVER);
}

static void
what_is_gone_is_stopped_once_and_forgotten_when_it_has_ended(void **state)
{
	struct world *w = *state;

	scan(w, "one=1 two=2");
	work(w);
	scan(w, "two=2");
	assert_string_equal(work(w), "stop one=1");
	scan(w, "two=2");
	assert_string_equal(work(w), "");
	dies(w, "one", 1);
	assert_string_equal(work(w), "drop one=1");
	assert_string_equal(work(w), "");
	scan(w, "two=2");
	assert_int_equal(w->sd.n, 1);
}

/* An array from which entries are removed by moving the last into the hole
 * skips that one. */
static void
all_that_are_gone_are_stopped_at_once(void **state)
{
	struct world *w = *state;

	scan(w, "a=1 b=2 c=3 d=4 e=5");
	work(w);
	scan(w, "c=3");
	assert_string_equal(work(w), "stop a=1, stop b=2, stop d=4, stop e=5");
	dies(w, "a", 1);
	dies(w, "b", 2);
	dies(w, "d", 4);
	dies(w, "e", 5);
	assert_string_equal(work(w), "drop a=1, drop b=2, drop d=4, drop e=5");
	scan(w, "c=3");
	assert_int_equal(w->sd.n, 1);
	assert_int_equal(entry(w, "c", 3)->pid, 1002);
}

static void
one_that_comes_back_waits_for_its_runsv_to_end(void **state)
{
	struct world *w = *state;

	scan(w, "one=1");
	work(w);
	scan(w, "");
	assert_string_equal(work(w), "stop one=1");
	scan(w, "one=1");
	assert_string_equal(work(w), "");
	w->now += 10 * LOOP_S;
	assert_string_equal(work(w), "");
	dies(w, "one", 1);
	assert_string_equal(work(w), "start one=1");
	assert_int_equal(w->sd.n, 1);
}

static void
another_directory_of_the_same_name_waits_for_the_old_one(void **state)
{
	struct world *w = *state;

	scan(w, "one=1");
	work(w);
	scan(w, "one=7");
	assert_string_equal(work(w), "stop one=1");
	w->now += 10 * LOOP_S;
	assert_string_equal(work(w), "");
	dies(w, "one", 1);
	assert_string_equal(work(w), "drop one=1, start one=7");
	scan(w, "one=7");
	assert_int_equal(w->sd.n, 1);
}

static void
an_inode_that_is_used_again_by_another_name_is_another_service(void **state)
{
	struct world *w = *state;

	scan(w, "one=1");
	work(w);
	scan(w, "two=1");
	assert_string_equal(work(w), "stop one=1");
	dies(w, "one", 1);
	assert_string_equal(work(w), "drop one=1, start two=1");
}

static void
names_that_were_exchanged_are_both_started_anew(void **state)
{
	struct world *w = *state;

	scan(w, "a=1 b=2");
	work(w);
	scan(w, "a=2 b=1");
	assert_string_equal(work(w), "stop a=1, stop b=2");
	dies(w, "a", 1);
	/* Each new one has an old one's name and the other's directory. */
	assert_string_equal(work(w), "drop a=1");
	dies(w, "b", 2);
	assert_string_equal(work(w), "drop b=2, start a=2, start b=1");
}

static void
of_two_names_for_one_directory_the_first_has_the_runsv(void **state)
{
	struct world *w = *state;

	scan(w, "one=1 link=1");
	assert_string_equal(work(w), "start one=1");
	dies(w, "one", 1);
	/* Even while it rests. */
	assert_string_equal(work(w), "");
	w->now += LOOP_S;
	assert_string_equal(work(w), "start one=1");
	scan(w, "link=1");
	assert_string_equal(work(w), "stop one=1");
	dies(w, "one", 1);
	assert_string_equal(work(w), "drop one=1, start link=1");
}

static void
a_runsv_that_dies_is_started_again_at_most_once_a_second(void **state)
{
	struct world *w = *state;

	scan(w, "one=1");
	work(w);
	w->now += 10 * LOOP_MS;
	dies(w, "one", 1);
	assert_string_equal(work(w), "");
	assert_true(scandir_deadline(&w->sd, w->now) == w->now + 990 * LOOP_MS);
	w->now += 990 * LOOP_MS;
	assert_string_equal(work(w), "start one=1");
	w->now += 5 * LOOP_S;
	dies(w, "one", 1);
	assert_string_equal(work(w), "start one=1");
}

static void
nor_is_one_that_is_removed_and_made_again_and_again(void **state)
{
	struct world *w = *state;

	scan(w, "one=1");
	work(w);
	dies(w, "one", 1);
	scan(w, "");
	assert_string_equal(work(w), "drop one=1");
	/* The scan that forgets it is the one that sees it again. */
	scan(w, "one=1");
	assert_int_equal(w->sd.n, 1);
	assert_int_equal(entry(w, "one", 1)->state, ENTRY_NEW);
	assert_string_equal(work(w), "");
	w->now += LOOP_S;
	assert_string_equal(work(w), "start one=1");
}

static void
one_that_another_has_is_looked_at_and_not_started(void **state)
{
	struct world *w = *state;

	scan(w, "one=1");
	work(w);
	dies(w, "one", 1);
	scandir_suspect(entry(w, "one", 1));
	assert_string_equal(work(w), "");
	w->now += LOOP_S;
	assert_string_equal(work(w), "hail one=1");
	w->now += 4 * LOOP_S;
	assert_string_equal(work(w), "");
	w->now += 1 * LOOP_S;
	assert_string_equal(work(w), "hail one=1");
	scandir_ready(entry(w, "one", 1));
	w->now += 5 * LOOP_S;
	assert_string_equal(work(w), "start one=1");
}

static void
one_that_another_has_is_waited_for_without_looking(void **state)
{
	struct world *w = *state;
	struct entry *e;
	size_t i, n;
	int fd[2];

	scan(w, "one=1 two=2 three=3");
	work(w);
	dies(w, "two", 2);
	e = entry(w, "two", 2);
	scandir_suspect(e);
	assert_int_equal(pipe(fd), 0);
	scandir_hold(e, fd[1]);
	w->now += 3600 * LOOP_S;
	assert_string_equal(work(w), "");
	assert_true(scandir_deadline(&w->sd, w->now) == LOOP_NEVER);
	for (i = 0; i <= SCANDIR_FDS; i++) { /* whatever else is polled */
		n = scandir_poll(&w->sd, i);
		assert_int_equal(n, i + 1);
		assert_int_equal(poll(w->sd.fds + i, 1, 0), 0);
		scandir_polled(&w->sd, i, w->now);
		assert_int_equal(e->ok, fd[1]);
	}
	close(fd[0]);
	scandir_poll(&w->sd, 0);
	assert_int_equal(poll(w->sd.fds, 1, 0), 1);
	scandir_polled(&w->sd, 0, w->now);
	assert_int_equal(e->ok, -1);
	assert_int_equal(fcntl(fd[1], F_GETFD), -1);
	assert_int_equal(scandir_poll(&w->sd, 0), 0);
	assert_string_equal(work(w), "hail two=2");
}

static void
what_is_held_is_closed_when_its_service_is_gone(void **state)
{
	struct world *w = *state;
	int fd[2];

	scan(w, "one=1");
	work(w);
	dies(w, "one", 1);
	scandir_suspect(entry(w, "one", 1));
	assert_int_equal(pipe(fd), 0);
	scandir_hold(entry(w, "one", 1), fd[1]);
	scan(w, "");
	assert_string_equal(work(w), "drop one=1");
	assert_int_equal(fcntl(fd[1], F_GETFD), -1);
	scan(w, "one=1"); /* it is back, and new */
	w->now += LOOP_S;
	assert_string_equal(work(w), "start one=1");
	close(fd[0]);
}

static void
what_a_killed_runsv_left_behind_counts_as_running(void **state)
{
	struct world *w = *state;
	int fd[2];

	scan(w, "one=1 two=2 three=3");
	work(w);
	dies(w, "one", 1);
	dies(w, "two", 2);
	dies(w, "three", 3);
	assert_int_equal(scandir_running(&w->sd), 0);
	scandir_orphan(entry(w, "one", 1), true);
	scandir_orphan(entry(w, "two", 2), true);
	scandir_orphan(entry(w, "three", 3), true);
	assert_int_equal(scandir_running(&w->sd), 3);
	scandir_suspect(entry(w, "two", 2)); /* another's has it */
	assert_int_equal(pipe(fd), 0);
	scandir_hold(entry(w, "two", 2), fd[1]);
	assert_int_equal(scandir_running(&w->sd), 2);
	scan(w, "two=2 three=3"); /* there is no name to start one by */
	assert_int_equal(scandir_running(&w->sd), 1);
	scandir_orphan(entry(w, "three", 3), false);
	assert_int_equal(scandir_running(&w->sd), 0);
	close(fd[0]);
}

static void
a_scan_that_was_cut_short_removes_nobody(void **state)
{
	struct world *w = *state;
	struct entry *e;

	scan(w, "one=1 two=2");
	work(w);
	scandir_begin(&w->sd);
	assert_int_equal(scandir_see(&w->sd, "three", 1, 3, w->now, &e), 1);
	scandir_end(&w->sd, false);
	assert_string_equal(work(w), "start three=3");
	scan(w, "three=3");
	assert_string_equal(work(w), "stop one=1, stop two=2");
}

static void
a_name_that_cannot_be_looked_at_is_what_it_was(void **state)
{
	struct world *w = *state;

	scan(w, "one=1 two=2");
	work(w);
	scandir_begin(&w->sd);
	scandir_keep(&w->sd, "two");
	scandir_keep(&w->sd, "never seen");
	scandir_end(&w->sd, true);
	assert_string_equal(work(w), "stop one=1");
}

static void
there_may_be_many_thousands(void **state)
{
	enum { MANY = 5000 };
	struct world *w = *state;
	struct entry *e;
	char name[32];

	for (int pass = 0; pass < 2; pass++) {
		scandir_begin(&w->sd);
		for (unsigned i = 0; i < MANY; i++) {
			snprintf(name, sizeof(name), "s%u", i);
			assert_int_equal(
			    scandir_see(&w->sd, name, 1, i, w->now, &e),
			    pass == 0);
		}
		scandir_end(&w->sd, true);
	}
	work(w);
	assert_int_equal(scandir_running(&w->sd), MANY);
	assert_ptr_equal(scandir_reaped(&w->sd, 1000 + MANY - 1, w->now),
	    entry(w, "s4999", 4999));
	assert_null(scandir_reaped(&w->sd, 1000 + MANY, w->now));
	FOR_ENTRIES (&w->sd, other)
		if (other->pid)
			scandir_reaped(&w->sd, other->pid, w->now);
}

static void
nobody_but_a_scan_takes_memory(void **state)
{
	struct world *w = *state;
	struct entry *e;
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		dup2(open("/dev/null", O_WRONLY), 2);
		scandir_see(&w->sd, "one", 1, 1, w->now, &e);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(each_service_gets_one_runsv),
		T(what_is_gone_is_stopped_once_and_forgotten_when_it_has_ended),
		T(all_that_are_gone_are_stopped_at_once),
		T(one_that_comes_back_waits_for_its_runsv_to_end),
		T(another_directory_of_the_same_name_waits_for_the_old_one),
		T(an_inode_that_is_used_again_by_another_name_is_another_service),
		T(names_that_were_exchanged_are_both_started_anew),
		T(of_two_names_for_one_directory_the_first_has_the_runsv),
		T(a_runsv_that_dies_is_started_again_at_most_once_a_second),
		T(nor_is_one_that_is_removed_and_made_again_and_again),
		T(one_that_another_has_is_looked_at_and_not_started),
		T(one_that_another_has_is_waited_for_without_looking),
		T(what_is_held_is_closed_when_its_service_is_gone),
		T(what_a_killed_runsv_left_behind_counts_as_running),
		T(a_scan_that_was_cut_short_removes_nobody),
		T(a_name_that_cannot_be_looked_at_is_what_it_was),
		T(there_may_be_many_thousands),
		T(nobody_but_a_scan_takes_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
