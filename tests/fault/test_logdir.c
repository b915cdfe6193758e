/* svlogd/logdir, each of its system calls failing once */
#define _GNU_SOURCE

#include <dirent.h>
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
#include <unistd.h>

#include <cmocka.h>

#include "fault/fault.h"
#include "logdir.h"
#include "loop.h"
#include "say.h"
#include "tai.h"

enum { TRIES = 30, ROOM = 65536 };

static const int errors[] = { EIO, ENOSPC, EDQUOT, EMFILE, ENOMEM };

static char home[64];
static struct ring ring;
static struct options options;
static struct buffers buffers;
static struct orphans orphans;
static char input[900], got[ROOM];
static struct logdir ld;

static int
enter(void **state)
{
	size_t i;

	(void)state;
	fault_clear();
	strcpy(home, "/tmp/weir-logdir-XXXXXX");
	if (!mkdtemp(home))
		return -1;
	options = (struct options){ .line_max = 1000, .buffer = 4096 };
	scrub_init(&options.scrub);
	buffers_init(&buffers);
	orphans_init(&orphans);
	for (i = 0; i < sizeof(input); i++)
		input[i] = i % 20 == 19 ? '\n' : (char)('a' + i / 20 % 26);
	for (i = 0; i < sizeof(input); i += 20)
		memcpy(input + i,
		    (char[]){ (char)('0' + i / 200),
			(char)('0' + i / 20 % 10) },
		    2);
	return ring_open_anonymous(&ring);
}

static int
leave(void **state)
{
	char command[96];

	(void)state;
	fault_clear();
	ring_close(&ring);
	buffers_free(&buffers);
	snprintf(command, sizeof(command), "rm -rf %s", home);
	return system(command);
}

/* --- the directory ------------------------------------------------------- */

static void
make_file(const char *name, const char *text, mode_t mode)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", home, name);
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND, mode);
	assert_return_code(fd, errno);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static void
empty_home(void)
{
	char command[160];

	snprintf(command, sizeof(command), "rm -rf %s; mkdir %s", home, home);
	assert_int_equal(system(command), 0);
}

static int
is_log(const struct dirent *d)
{
	return d->d_name[0] == '@' || strcmp(d->d_name, "current") == 0;
}

static int
by_age(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name); /* @ is before c */
}

static int
count_logs(void)
{
	struct dirent **v;
	int n = scandir(home, &v, is_log, by_age);

	assert_true(n >= 0);
	for (int i = 0; i < n; i++)
		free(v[i]);
	free(v);
	return n;
}

static size_t
add_file(const char *name, size_t n)
{
	char path[512];
	ssize_t r;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", home, name);
	fd = open(path, O_RDONLY);
	assert_return_code(fd, errno);
	r = read(fd, got + n, sizeof(got) - n);
	assert_true(r >= 0);
	close(fd);
	return n + (size_t)r;
}

/* All files in their order, stamps taken off. */
static size_t
read_home(void)
{
	struct dirent **v;
	size_t n = 0, from, to, k;
	int i, files = scandir(home, &v, is_log, by_age);

	assert_true(files >= 0);
	for (i = 0; i < files; i++) {
		n = add_file(v[i]->d_name, n);
		free(v[i]);
	}
	free(v);
	if (!options.stamp)
		return n;
	for (from = to = 0; from < n;) {
		char *end = memchr(got + from, '\n', n - from);

		assert_true(n - from > STAMP_SIZE);
		from += STAMP_SIZE;
		k = end ? (size_t)(end + 1 - (got + from)) : n - from;
		memmove(got + to, got + from, k);
		to += k;
		from += k;
	}
	return to;
}

static void
check_home(const char *want, size_t n, unsigned long fault, int err)
{
	size_t k = read_home();

	if (k != n || memcmp(got, want, n) != 0)
		fail_msg("call %lu, error %d: %zu bytes, not %zu:\n%.*s", fault,
		    err, k, n, (int)k, got);
}

/* --- what a daemon does with it ------------------------------------------ */

/* The first n bytes of input are in the ring. */
static void
provide(size_t n)
{
	struct ring_in in = ring.in;

	memcpy(ring_at(&ring, in.rd), input + in.rd, n - in.rd);
	in.fresh = in.rd;
	in.fresh_ns += 1000000000;
	in.rd = n;
	ring_commit_in(&ring, &in);
}

static void
pump(uint64_t ready)
{
	int tries = 0;

	while (logdir_pump(&ld, ready, false, LOOP_NEVER) < 0) {
		if (tries++ == TRIES)
			fail_msg("still fails after %d times", TRIES);
		ld.trouble.retry_at = 0; /* so as not to wait */
	}
	assert_true(logdir_is_done(&ld, ready, false));
}

static void
begin(void)
{
	int tries = 0;

	logdir_init(&ld, home, &options, &buffers, &orphans);
	while (logdir_open(&ld) < 0)
		assert_true(tries++ < TRIES);
	logdir_attach(&ld, &ring, ring.in.rd);
	ld.trouble.retry_at =
	    ld.trouble.retry_at == LOOP_NEVER ? LOOP_NEVER : 0;
}

static void
work(void)
{
	begin();
	provide(400);
	pump(400);
	logdir_rotate(&ld);
	provide(620);
	pump(620);
	logdir_tick(&ld, loop_now() + 2 * LOOP_S);
	logdir_stats(&ld, 0);
	provide(sizeof(input));
	pump(sizeof(input));
	logdir_close(&ld);
	conf_free(&ld.conf);
}

static void
restart_ring(void)
{
	ring_close(&ring);
	assert_int_equal(ring_open_anonymous(&ring), 0);
}

static void
each_call_fails_once(const char *config, const char *old)
{
	unsigned long n, injected;
	char want[ROOM];
	size_t i, k;

	for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		injected = 1;
		for (n = 1; injected; n++) { /* until no fault went off */
			empty_home();
			restart_ring();
			make_file("config", config, 0644);
			if (old)
				make_file("current", old, 0644);
			k = old ? strlen(old) : 0;
			memcpy(want, old ? old : "", k);
			memcpy(want + k, input, sizeof(input));
			fault_at(n, errors[i]);
			work();
			injected = fault_fired();
			fault_clear();
			check_home(want, k + sizeof(input), n, errors[i]);
		}
		assert_true(n > 30);
	}
}

static void
no_call_that_fails_once_costs_or_repeats_a_byte(void **state)
{
	(void)state;
	each_call_fails_once("s200\nn0\n", NULL);
}

static void
nor_does_it_line_by_line_with_stamps(void **state)
{
	(void)state;
	options.stamp = STAMP_TAI;
	each_call_fails_once("s300\nn0\n", NULL);
}

static void
nor_does_it_after_a_crash_without_a_ring(void **state)
{
	(void)state;
	each_call_fails_once("n0\ny1\n", "left by a crash\n");
}

/* --- one kind of call, for ever, then well again ------------------------- */

static void
a_disk_that_was_full_is_written_to_in_order_afterwards(void **state)
{
	static const char *const calls[] = { "write", "openat", "rename_new",
		"fchmod", "fstat" };
	size_t c, i;

	(void)state;
	for (c = 0; c < sizeof(calls) / sizeof(calls[0]); c++) {
		for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
			int k;

			empty_home();
			restart_ring();
			make_file("config", "s200\nn0\n", 0644);
			begin();
			provide(300);
			pump(300);
			fault_call(calls[c], 1, errors[i], true);
			provide(sizeof(input));
			for (k = 0; k < 5; k++) {
				ld.trouble.retry_at = 0;
				logdir_rotate(&ld);
				logdir_pump(&ld, sizeof(input), false,
				    LOOP_NEVER);
			}
			assert_true(fault_fired() > 0);
			fault_clear();
			ld.trouble.retry_at = 0;
			pump(sizeof(input));
			logdir_close(&ld);
			conf_free(&ld.conf);
			check_home(input, sizeof(input), c, errors[i]);
		}
	}
}

/* --- crashes ------------------------------------------------------------- */

/* As the kernel does when a process dies. */
static void
die(void)
{
	close(ld.place.fd);
	close(ld.place.lock_fd);
	if (ld.stats_fd >= 0)
		close(ld.stats_fd);
	if (ld.writer.current.fd >= 0)
		close(ld.writer.current.fd);
	conf_free(&ld.conf);
}

static void
a_crash_after_any_failure_neither_loses_nor_repeats(void **state)
{
	unsigned long n, injected = 1;

	(void)state;
	for (n = 1; injected; n++) {
		empty_home();
		restart_ring();
		make_file("config", "s200\nn0\n", 0644);
		begin();
		provide(300);
		pump(300);
		provide(620);
		logdir_rotate(&ld);
		fault_at(n, EIO);
		logdir_pump(&ld, 620, false, LOOP_NEVER);
		injected = fault_fired();
		fault_clear();
		die();
		begin();
		pump(620);
		provide(sizeof(input));
		pump(sizeof(input));
		logdir_close(&ld);
		conf_free(&ld.conf);
		check_home(input, sizeof(input), n, EIO);
	}
	assert_true(n > 5);
}

/* The ring must not forget what was read for a directory that could not yet
 * be written to. */
static void
a_directory_without_a_current_yet_holds_what_is_read(void **state)
{
	(void)state;
	logdir_init(&ld, home, &options, &buffers, &orphans);
	assert_int_equal(logdir_open(&ld), 0);
	fault_call("openat", 1, ENOSPC, true);
	logdir_attach(&ld, &ring, 0);
	fault_clear();
	assert_true(ld.writer.current.fd < 0);
	provide(300);
	assert_int_equal(ring_oldest(&ring), 0);
	die();
	begin();
	pump(300);
	logdir_close(&ld);
	conf_free(&ld.conf);
	check_home(input, 300, 0, ENOSPC);
}

/* After a crash, more is in current than we can have written. */
static void
bytes_a_stranger_appended_do_not_stand_for_later_lines(void **state)
{
	char strange[101], line[21] = { 0 }, want[ROOM];

	(void)state;
	memset(strange, 'x', 99);
	strcpy(strange + 99, "\n");
	make_file("config", "s0\n", 0644);
	begin();
	provide(100);
	pump(100);
	provide(120);
	/* All of it was written, and not committed. */
	memcpy(line, input + 100, 20);
	make_file("current", line, 0644);
	make_file("current", strange, 0644);
	die();
	begin();
	pump(120);
	provide(300);
	pump(300);
	logdir_close(&ld);
	conf_free(&ld.conf);
	memcpy(want, input, 120);
	memcpy(want + 120, strange, 100);
	memcpy(want + 220, input + 120, 180);
	check_home(want, 400, 0, 0);
}

static void
nor_do_they_keep_a_full_current_from_rotating(void **state)
{
	char strange[101];
	size_t n;

	(void)state;
	memset(strange, 'x', 99);
	strcpy(strange + 99, "\n");
	make_file("config", "s130\n", 0644);
	begin();
	provide(100);
	pump(100);
	provide(300);
	make_file("current", strange, 0644);
	die();
	alarm(10); /* it must not go round in a circle */
	begin();
	pump(300);
	alarm(0);
	logdir_close(&ld);
	conf_free(&ld.conf);
	n = read_home();
	assert_true(n > 300);
}

/* The stamps of a batch that is half written stay what they are. */
static void
a_later_read_does_not_change_stamps_half_written(void **state)
{
	char line[STAMP_SIZE];
	int64_t ns, last = 0;
	int fd, i;

	(void)state;
	options.stamp = STAMP_TAI;
	make_file("config", "s0\nBdrop\n", 0644);
	begin();
	provide(100);
	pump(100);
	provide(200);
	/* A write that was not finished: one line and half a stamp. */
	fault_call("fstat", 1, EIO, false);
	assert_int_equal(logdir_pump(&ld, 200, false, LOOP_NEVER), -EIO);
	fault_clear();
	assert_true(ld.writer.ahead > 0);
	fd = openat(ld.place.fd, "current", O_RDWR);
	assert_int_equal(ftruncate(fd, (off_t)ld.writer.out.off + 46 + 13), 0);
	ld.writer.ahead = 59;
	ld.writer.current.size = ld.writer.out.off + 59;
	provide(300);
	ld.trouble.retry_at = 0;
	pump(300);
	logdir_close(&ld);
	conf_free(&ld.conf);
	/* All that was read at the same time: 1 ns apart. */
	for (i = 5; i < 10; i++) {
		assert_int_equal(pread(fd, line, STAMP_SIZE, i * 46),
		    STAMP_SIZE);
		assert_int_equal(tai_parse(view_of(line, TAI_LABEL), &ns), 0);
		if (i > 5)
			assert_int_equal(ns - last, 1);
		last = ns;
	}
	close(fd);
}

/* The word on what was dropped is in the file, and the record does not say so.
 */
static void
a_crash_after_it_does_not_double_the_word_on_what_was_dropped(void **state)
{
	static const char word[] = "svlogd: warning: 5 lines dropped: ";
	char *p;

	(void)state;
	make_file("config", "s0\nBdrop\n", 0644);
	begin();
	provide(100);
	fault_call("write", 1, ENOSPC, true);
	assert_int_equal(logdir_pump(&ld, 100, false, LOOP_NEVER), -ENOSPC);
	fault_clear();
	logdir_drop(&ld, 100, false);
	ld.trouble.retry_at = 0;
	fault_call("fstat", 1, EIO, false);
	assert_int_equal(logdir_pump(&ld, 100, false, LOOP_NEVER), -EIO);
	assert_int_equal(fault_fired(), 1);
	fault_clear();
	die();
	begin();
	pump(100);
	logdir_close(&ld);
	conf_free(&ld.conf);
	got[read_home()] = '\0';
	p = strstr(got, word);
	assert_non_null(p);
	assert_null(strstr(p + 1, word));
}

/* The same with the newline that ends the input. */
static void
nor_does_it_double_the_last_newline(void **state)
{
	char want[111];

	(void)state;
	make_file("config", "s0\n", 0644);
	begin();
	provide(110);
	pump(110);
	fault_call("fstat", 1, EIO, false);
	assert_int_equal(logdir_pump(&ld, 110, true, LOOP_NEVER), -EIO);
	assert_int_equal(fault_fired(), 1);
	fault_clear();
	die();
	begin();
	assert_int_equal(logdir_pump(&ld, 110, true, LOOP_NEVER), 0);
	logdir_close(&ld);
	conf_free(&ld.conf);
	memcpy(want, input, 110);
	want[110] = '\n';
	check_home(want, 111, 0, 0);
}

/* What is half-written can neither stay nor go: it gets an end. */
static void
a_half_written_line_that_stays_gets_an_end(void **state)
{
	char want[ROOM];

	(void)state;
	make_file("config", "s0\n", 0644);
	begin();
	provide(100);
	fault_call("fstat", 1, EIO, false);
	assert_int_equal(logdir_pump(&ld, 100, false, LOOP_NEVER), -EIO);
	fault_clear();
	/* As if only so much had been written. */
	assert_int_equal(ftruncate(ld.writer.current.fd, 30), 0);
	ld.writer.current.size = ld.writer.ahead = 30;
	make_file("config", "pnew: \n", 0644);
	fault_call("ftruncate", 1, EPERM, false);
	logdir_reload(&ld);
	assert_int_equal(fault_fired(), 1);
	fault_clear();
	pump(100);
	logdir_close(&ld);
	conf_free(&ld.conf);
	got[read_home()] = '\0';
	snprintf(want, sizeof(want), "%.30s\nnew: %.20s", input, input);
	assert_memory_equal(got, want, strlen(want));
}

/* Deletes a file that is worth being held. */
static void
delete_large(void)
{
	int dir = open(home, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int fd = openat(dir, "held", O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	assert_return_code(fd, errno);
	assert_int_equal(posix_fallocate(fd, 0, ORPHAN_LEAST), 0);
	close(fd);
	assert_int_equal(orphans_unlink(&orphans, dir, "held"), 0);
	close(dir);
}

/* The space may be wanted before anybody could let go. */
static void
nothing_is_held_where_little_is_free(void **state)
{
	(void)state;
	delete_large();
	if (orphans.n == 0)
		skip(); /* portable; or there is little */
	fault_call("free_bytes", 1, EIO, true);
	delete_large();
	assert_int_equal(fault_fired(), 1);
	assert_int_equal(orphans.n, 1);
	orphans_let_go(&orphans);
}

/* What is deleted and not yet free goes before any file that has a name. */
static void
a_full_disk_costs_no_old_file_while_deleted_ones_are_held(void **state)
{
	(void)state;
	make_file("@400000003b4a39c23294b13c.s", "old\n", 0744);
	make_file("@400000003b4a39c23294b13d.s", "new\n", 0744);
	make_file("config", "s0\nn5\nN1\n", 0644);
	begin();
	delete_large();
	if (orphans.n == 0)
		skip();
	provide(100);
	fault_call("write", 1, ENOSPC, false);
	pump(100);
	assert_int_equal(fault_fired(), 1);
	assert_int_equal(orphans.n, 0);
	assert_int_equal(count_logs(), 3);
	fault_call("write", 1, ENOSPC, false);
	provide(200);
	pump(200);
	assert_int_equal(fault_fired(), 1);
	assert_int_equal(count_logs(), 2);
	logdir_close(&ld);
	conf_free(&ld.conf);
}

/* Nor while a child still has them, even if that takes long. */
static void
a_full_disk_costs_no_old_file_while_a_child_frees_others(void **state)
{
	int child[2];

	(void)state;
	make_file("@400000003b4a39c23294b13c.s", "old\n", 0744);
	make_file("@400000003b4a39c23294b13d.s", "new\n", 0744);
	make_file("config", "s0\nn5\nN1\n", 0644);
	begin();
	assert_return_code(pipe(child), errno);
	orphans_give(&orphans, child[1]);
	provide(100);
	fault_call("write", 1, ENOSPC, false);
	assert_int_equal(logdir_pump(&ld, 100, false, LOOP_NEVER), -ENOSPC);
	assert_int_equal(fault_fired(), 1);
	assert_int_equal(count_logs(), 3);
	close(child[0]);
	fault_call("write", 1, ENOSPC, false);
	pump(100);
	assert_int_equal(fault_fired(), 1);
	assert_int_equal(count_logs(), 3);
	logdir_close(&ld);
	conf_free(&ld.conf);
}

static void
copies_can_be_asked_for_later(void **state)
{
	(void)state;
	make_file("config", "s0\n", 0644);
	logdir_init(&ld, home, &options, &buffers, &orphans);
	assert_int_equal(logdir_open(&ld), 0);
	logdir_attach(&ld, &ring, 0);
	assert_null(ld.route.copies);
	make_file("config", "O\n", 0644);
	logdir_reload(&ld);
	assert_ptr_equal(ld.route.copies, &buffers.copies);
	logdir_close(&ld);
	conf_free(&ld.conf);
}

/* The config of the directory that takes its place may need more room. */
static void
a_directory_made_anew_gets_its_own_buffers(void **state)
{
	char config[9000], want[9100];

	(void)state;
	make_file("config", "s0\n", 0644);
	begin();
	provide(100);
	pump(100);
	empty_home();
	memset(config, 'p', 8999);
	config[8999] = '\0';
	make_file("config", config, 0644);
	logdir_tick(&ld, loop_now() + LOOP_S);
	provide(120);
	pump(120);
	logdir_close(&ld);
	conf_free(&ld.conf);
	memcpy(want, config, 8998);
	memcpy(want + 8998, input + 100, 20);
	check_home(want, 9018, 0, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, enter, leave)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(no_call_that_fails_once_costs_or_repeats_a_byte),
		TEST(nor_does_it_line_by_line_with_stamps),
		TEST(nor_does_it_after_a_crash_without_a_ring),
		TEST(a_disk_that_was_full_is_written_to_in_order_afterwards),
		TEST(a_crash_after_any_failure_neither_loses_nor_repeats),
		TEST(a_directory_without_a_current_yet_holds_what_is_read),
		TEST(bytes_a_stranger_appended_do_not_stand_for_later_lines),
		TEST(nor_do_they_keep_a_full_current_from_rotating),
		TEST(a_later_read_does_not_change_stamps_half_written),
		TEST(
		    a_crash_after_it_does_not_double_the_word_on_what_was_dropped),
		TEST(nor_does_it_double_the_last_newline),
		TEST(a_half_written_line_that_stays_gets_an_end),
		TEST(nothing_is_held_where_little_is_free),
		TEST(a_full_disk_costs_no_old_file_while_deleted_ones_are_held),
		TEST(a_full_disk_costs_no_old_file_while_a_child_frees_others),
		TEST(copies_can_be_asked_for_later),
		TEST(a_directory_made_anew_gets_its_own_buffers),
	};

	say_no_info();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
