/* svlogd/pack, each of its system calls failing once, and dying after each */
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
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "fault/fault.h"
#include "gzip.h"
#include "pack.h"
#include "unit/random.h"

#define LABEL "@400000000000000b00000005"
#define PLAIN LABEL ".s"
#define TRIAL LABEL ".t.gz"
#define PACKED LABEL ".s.gz"

enum {
	BYTES = 300000,
	SYNCS = 3, /* of the log, the packed one, the directory */
};

static char text[BYTES], home_path[64];
static int home;

static void
put_log(void)
{
	int fd = openat(home, PLAIN, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	assert_return_code(fd, errno);
	assert_int_equal(write(fd, text, BYTES), BYTES);
	close(fd);
}

static bool
is_there(const char *name)
{
	return faccessat(home, name, F_OK, 0) == 0;
}

/* Whether the file holds the log; without a fault. */
static bool
plain_is_whole(void)
{
	static char got[BYTES + 1];
	int fd = openat(home, PLAIN, O_RDONLY);
	ssize_t n = read(fd, got, sizeof(got));

	close(fd);
	return n == BYTES && memcmp(got, text, BYTES) == 0;
}

static bool
packed_is_whole(void)
{
	int packed = openat(home, PACKED, O_RDONLY);
	int log = openat(home, "log", O_RDONLY);
	int rc = gzip_check(packed, log);

	close(packed);
	close(log);
	return rc == 0;
}

/* At any moment: what is there under a log's name is whole, and one is. */
static void
none_is_half(const char *when, unsigned long n)
{
	bool plain = is_there(PLAIN), packed = is_there(PACKED);

	if (!plain && !packed)
		fail_msg("%s %lu: the log is gone", when, n);
	if (plain && !plain_is_whole())
		fail_msg("%s %lu: the plain one is not whole", when, n);
	if (packed && !packed_is_whole())
		fail_msg("%s %lu: the packed one is not whole", when, n);
}

/* Another run, without a fault, brings it to its end. */
static void
it_can_be_finished(const char *when, unsigned long n)
{
	struct stat st;
	int rc = is_there(PLAIN) ? pack_file(home, PLAIN, 1) : 0;

	if (rc != 0)
		fail_msg("%s %lu: then %s", when, n, strerror(-rc));
	none_is_half(when, n);
	assert_false(is_there(PLAIN));
	assert_int_equal(fstatat(home, PACKED, &st, 0), 0);
	assert_int_equal(st.st_mode, S_IFREG | 0744);
	unlinkat(home, PACKED, 0);
	unlinkat(home, TRIAL, 0);
}

static void
a_call_that_fails_leaves_the_log_whole(void **state)
{
	static const int errors[] = { EIO, ENOSPC };
	unsigned long n, fired, failures = 0;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		for (n = fired = 1; fired; n++) {
			int rc;

			put_log();
			fault_at(n, errors[i]);
			rc = pack_file(home, PLAIN, 1);
			fired = fault_fired();
			fault_clear();
			none_is_half("call", n);
			failures += rc < 0;
			if (rc < 0)
				assert_int_equal(rc, -errors[i]);
			if (rc < 0 && rc != -EIO && is_there(TRIAL))
				fail_msg("call %lu: something is left", n);
			it_can_be_finished("call", n);
		}
		assert_true(n > 20);
	}
	assert_true(failures > 25);
}

/* The bytes, and the name in the directory: before the power goes both must be
 * on the disk, or the log. */
static void
the_log_stays_until_all_of_the_packed_one_is_on_the_disk(void **state)
{
	unsigned long n, fired;

	(void)state;
	for (n = fired = 1; fired; n++) {
		int rc;

		put_log();
		fault_call("fsync", n, EIO, false);
		rc = pack_file(home, PLAIN, 1);
		fired = fault_fired();
		fault_clear();
		assert_int_equal(rc, fired ? -EIO : 0);
		assert_int_equal(is_there(PLAIN), fired != 0);
		it_can_be_finished("fsync", n);
	}
	assert_int_equal(n - 2, SYNCS);
}

/* Without memory, nothing is touched. */
static void
without_memory_the_log_stays(void **state)
{
	unsigned long n, fired = 1;

	(void)state;
	for (n = 1; fired; n++) {
		int rc;

		put_log();
		fault_call("alloc", n, ENOMEM, false);
		rc = pack_file(home, PLAIN, 1);
		fired = fault_fired();
		fault_clear();
		assert_int_equal(rc, fired ? -ENOMEM : 0);
		none_is_half("alloc", n);
		it_can_be_finished("alloc", n);
	}
	assert_true(n > 3);
}

static void
a_death_after_any_call_leaves_the_log_whole(void **state)
{
	unsigned long n;
	bool died = true;

	(void)state;
	for (n = 1; died; n++) {
		int status;
		pid_t pid;

		put_log();
		pid = fork();
		if (pid == 0) {
			fault_die(n);
			_exit(pack_file(home, PLAIN, 1) < 0);
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		died = WIFSIGNALED(status);
		if (!died)
			assert_int_equal(status, 0);
		none_is_half("death", n);
		it_can_be_finished("death", n);
	}
	assert_true(n > 30);
}

static int
leave(void **state)
{
	char command[96];

	(void)state;
	fault_clear();
	close(home);
	snprintf(command, sizeof(command), "rm -rf %s", home_path);
	return system(command);
}

/* In memory, where there is such a place: there are hundreds of syncs. */
static int
begin(void **state)
{
	int fd;

	(void)state;
	fault_clear();
	strcpy(home_path, "/dev/shm/weir-pack-XXXXXX");
	if (mkdtemp(home_path) == NULL) {
		strcpy(home_path, "/tmp/weir-pack-XXXXXX");
		if (mkdtemp(home_path) == NULL)
			return -1;
	}
	home = open(home_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	random_lines(text, BYTES, 200);
	fd = openat(home, "log", O_WRONLY | O_CREAT, 0600);
	if (fd < 0 || write(fd, text, BYTES) != BYTES)
		return -1;
	return close(fd);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, leave)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(a_call_that_fails_leaves_the_log_whole),
		TEST(the_log_stays_until_all_of_the_packed_one_is_on_the_disk),
		TEST(without_memory_the_log_stays),
		TEST(a_death_after_any_call_leaves_the_log_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
