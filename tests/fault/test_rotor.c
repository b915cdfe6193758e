/* svlogd/rotor, each of its system calls failing once */
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
#include "rotor.h"

static char home_path[64];

static int
enter(void **state)
{
	(void)state;
	fault_clear();
	strcpy(home_path, "/tmp/weir-rotor-XXXXXX");
	return mkdtemp(home_path) ? 0 : -1;
}

static int
leave(void **state)
{
	char command[96];

	(void)state;
	fault_clear();
	snprintf(command, sizeof(command), "rm -rf %s", home_path);
	return system(command);
}

static unsigned
count_names(int home)
{
	DIR *d = fdopendir(dup(home));
	unsigned n = 0;

	rewinddir(d);
	while (readdir(d))
		n++;
	closedir(d);
	return n - 2;
}

/* A step that fails is done again, and only that one. -EEXIST is the caller's
 * business: the new current is there, if not as it should be. */
static void
a_step_that_fails_keeps_the_state(void **state)
{
	static const int errors[] = { EIO, ENOSPC, EMFILE, EACCES };
	unsigned long n, injected = 1;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		for (n = injected = 1; injected; n++) {
			int home = open(home_path, O_RDONLY | O_DIRECTORY);
			struct current c;
			struct rotor r = { .current = &c,
				.dirfd = home,
				.mode = 0644,
				.kind = NAME_OLD };
			struct stat st;
			uint64_t old;
			int rc;

			unlinkat(home, "current", 0);
			assert_int_equal(current_create(&c, home, 0644), 0);
			old = c.ino;
			rotor_start(&r);
			fault_at(n, errors[i]);
			rc = rotor_run(&r);
			injected = fault_fired();
			fault_clear();
			if (rc < 0) {
				assert_int_equal(rc, -errors[i]);
				assert_int_not_equal(r.state, ROTOR_IDLE);
				rc = rotor_run(&r);
				assert_true(rc == 0 || rc == -EEXIST);
			}
			assert_int_equal(fstatat(home, r.named, &st, 0), 0);
			assert_int_equal(st.st_ino, old);
			assert_int_equal(fstatat(home, "current", &st, 0), 0);
			assert_int_equal(st.st_size, 0);
			assert_int_equal(count_names(home), 2);
			unlinkat(home, r.named, 0);
			current_leave(&c);
			close(home);
		}
		assert_true(n > 3);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, enter, leave)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(a_step_that_fails_keeps_the_state),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
