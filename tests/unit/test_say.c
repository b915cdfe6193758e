/* lib/say */
#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "loop.h"
#include "say.h"
#include "sys.h"
#include "unit/stuck.h"

static int real_stderr;

/* Standard error becomes fd, until put_back(). */
static void
redirect(int fd)
{
	real_stderr = dup(2);
	dup2(fd, 2);
	close(fd);
}

static void
put_back(void)
{
	dup2(real_stderr, 2);
	close(real_stderr);
}

/* Keeps the ends of messages, so that two writes would show. */
static int
redirect_to_socket(void)
{
	int s[2];

	assert_return_code(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, s), errno);
	redirect(s[1]);
	return s[0];
}

static size_t
message(int from, char *text, size_t n)
{
	ssize_t r = recv(from, text, n - 1, MSG_DONTWAIT);

	if (r < 0)
		r = 0;
	text[r] = '\0';
	return (size_t)r;
}

static void
a_line_is_program_level_text_and_reason(void **state)
{
	static const char *const want[] = {
		"weir: info: before its name\n",
		"prog: fatal: unable to open: d/config: file does not exist\n",
		"prog: warning: odd: access denied\n",
		"prog: pausing: no reason\n",
		"prog: info: \n",
		"prog: plain: file does not exist\n",
		"runsv ./a?b: warning: x?y?z?\303\244?: broken pipe\n",
	};
	char got[7][128];
	size_t i;
	int from = redirect_to_socket();

	(void)state;
	say_info(0, "before its name");
	say_as("prog");
	say_fatal(ENOENT, "unable to open: ", "d", "/config");
	say_warning(-EACCES, "odd");
	say_pausing(0, "no reason");
	say_info(0, "");
	say_plain(ENOENT, "plain");
	say_as("runsv ./a\nb");
	say_warning(EPIPE, "x\ny\033z\177\303\244\t");
	say_as("prog");
	put_back();
	for (i = 0; i < 7; i++)
		message(from, got[i], sizeof(got[i]));
	close(from);
	for (i = 0; i < 7; i++)
		assert_string_equal(got[i], want[i]);
	assert_int_equal(say_dropped(), 0);
}

/* The line with n letters as its text. */
static size_t
said(size_t n, char *got, size_t size)
{
	char *text = malloc(n + 1);
	int from = redirect_to_socket();

	memset(text, 'x', n);
	text[n] = '\0';
	say_as("p");
	say_info(0, text);
	put_back();
	n = message(from, got, size);
	close(from);
	free(text);
	return n;
}

static void
a_line_over_4000_bytes_is_cut_and_shows_it(void **state)
{
	const size_t around = strlen("p: info: ") + 1;
	char got[8192];
	size_t n;

	(void)state;
	n = said(4000 - around, got, sizeof(got));
	assert_int_equal(n, 4000);
	assert_string_equal(got + n - 4, "xxx\n");
	n = said(4001 - around, got, sizeof(got));
	assert_int_equal(n, 4000);
	assert_string_equal(got + n - 5, "x...\n");
	n = said(100000, got, sizeof(got));
	assert_int_equal(n, 4000);
	assert_string_equal(got + n - 5, "x...\n");
}

static void
a_full_pipe_drops_the_line_and_counts_it(void **state)
{
	unsigned long before = say_dropped(), dropped;
	char drain[4096];
	int fd[2], sent = 0, got = 0;
	ssize_t r;

	(void)state;
	assert_return_code(pipe(fd), errno);
	redirect(fd[1]);
	alarm(10); /* a say that waits would wait for ever */
	while (say_dropped() == before && sent < 100000) {
		say_info(0, "again and again and again");
		sent++;
	}
	say_info(0, "and again");
	alarm(0);
	dropped = say_dropped() - before;
	put_back();
	while ((r = read(fd[0], drain, sizeof(drain))) > 0)
		while (r-- > 0)
			got += drain[r] == '\n';
	close(fd[0]);
	assert_int_equal(dropped, 2);
	assert_int_equal(got, sent - 1);
}

/* Where the room is less than a line, and nobody reads. */
static void
a_terminal_that_nobody_reads_drops_the_line(void **state)
{
	unsigned long before = say_dropped(), dropped;
	int master, tty = stuck_terminal(&master), sent;
	char text[3000];

	(void)state;
	if (os_pipe_size(2) == -ENOSYS) /* portable: it waits */
		skip();
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	redirect(tty);
	alarm(10); /* a say that waits would wait for ever */
	for (sent = 0; sent < 1000 && say_dropped() == before; sent++)
		say_info(0, text);
	alarm(0);
	dropped = say_dropped() - before;
	put_back();
	close(master);
	assert_int_equal(dropped, 1);
	assert_true(sent > 1);
}

/* How many lines come out of it until there are n, or no more. */
static int
lines_from(int master, int n)
{
	char some[4096];
	ssize_t r;
	int got = 0;

	while (got < n && (r = read(master, some, sizeof(some))) > 0)
		while (r-- > 0)
			got += some[r] == '\n';
	return got;
}

static void
a_patient_line_goes_to_a_terminal_in_parts(void **state)
{
	unsigned long before = say_dropped();
	int master, tty = stuck_terminal(&master), status, i;
	char text[3000];
	pid_t pid;

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	redirect(tty);
	say_waits(20 * LOOP_S);
	pid = fork();
	if (pid == 0) {
		alarm(20);
		loop_wait(NULL, 0, loop_now() + 50 * LOOP_MS);
		_exit(lines_from(master, 20) != 20);
	}
	for (i = 0; i < 20; i++)
		say_info(0, text);
	say_waits(0);
	put_back();
	assert_int_equal(say_dropped(), before);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	close(master);
}

static void
a_patient_line_waits_for_a_reader_that_is_late(void **state)
{
	unsigned long before = say_dropped();
	char all[65536];
	int fd[2], status;
	pid_t pid;

	(void)state;
	assert_return_code(pipe(fd), errno);
	stuck_fill(fd[1]);
	redirect(fd[1]);
	say_waits(20 * LOOP_S);
	pid = fork();
	if (pid == 0) {
		loop_wait(NULL, 0, loop_now() + 50 * LOOP_MS);
		_exit(read(fd[0], all, sizeof(all)) <= 0);
	}
	say_info(0, "in the end");
	say_waits(0);
	put_back();
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(say_dropped(), before);
	assert_true(read(fd[0], all, sizeof(all)) > 0);
	assert_non_null(strstr(all, "in the end\n"));
	close(fd[0]);
}

static void
a_stuck_reader_costs_a_patient_line_its_wait_once(void **state)
{
	unsigned long before = say_dropped();
	int64_t from = loop_now(), took;
	int fd[2], i;

	(void)state;
	assert_return_code(pipe(fd), errno);
	stuck_fill(fd[1]);
	redirect(fd[1]);
	say_waits(300 * LOOP_MS);
	for (i = 0; i < 100; i++)
		say_info(0, "nobody reads");
	took = loop_now() - from;
	say_waits(0);
	put_back();
	close(fd[0]);
	assert_int_equal(say_dropped() - before, 100);
	assert_true(took >= 300 * LOOP_MS);
	assert_true(took < 100 * 300 * LOOP_MS / 2);
}

static void
a_reader_that_left_is_no_broken_pipe(void **state)
{
	unsigned long before = say_dropped(), dropped;
	int fd[2];

	(void)state;
	assert_return_code(pipe(fd), errno);
	signal(SIGPIPE, SIG_DFL);
	redirect(fd[1]);
	close(fd[0]);
	say_info(0, "nobody listens");
	dropped = say_dropped() - before;
	put_back();
	assert_int_equal(dropped, 1);
}

static void
a_closed_standard_error_only_counts(void **state)
{
	unsigned long before = say_dropped(), dropped;

	(void)state;
	real_stderr = dup(2);
	close(2);
	say_info(0, "nobody listens");
	dropped = say_dropped() - before;
	put_back();
	assert_int_equal(dropped, 1);
}

static void
info_can_be_left_out_and_nothing_else_is(void **state)
{
	char got[256];
	int fd[2];
	ssize_t n;

	(void)state;
	assert_return_code(pipe(fd), errno);
	redirect(fd[1]);
	say_no_info();
	say_info(0, "left out");
	say_pausing(0, "said");
	put_back();
	n = read(fd[0], got, sizeof(got) - 1);
	close(fd[0]);
	assert_true(n > 0);
	got[n] = '\0';
	assert_null(strstr(got, "left out"));
	assert_non_null(strstr(got, "pausing: said"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_is_program_level_text_and_reason),
		cmocka_unit_test(a_line_over_4000_bytes_is_cut_and_shows_it),
		cmocka_unit_test(a_full_pipe_drops_the_line_and_counts_it),
		cmocka_unit_test(a_terminal_that_nobody_reads_drops_the_line),
		cmocka_unit_test(a_patient_line_goes_to_a_terminal_in_parts),
		cmocka_unit_test(
		    a_patient_line_waits_for_a_reader_that_is_late),
		cmocka_unit_test(
		    a_stuck_reader_costs_a_patient_line_its_wait_once),
		cmocka_unit_test(a_reader_that_left_is_no_broken_pipe),
		cmocka_unit_test(a_closed_standard_error_only_counts),
		cmocka_unit_test(info_can_be_left_out_and_nothing_else_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
