/* supervisor/supdir */
#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "supdir.h"
#include "sys.h"
#include "unit/home.h"

static const struct status running = {
	.since_ns = INT64_C(1795000000123456789),
	.pid = 4711,
	.want = WANT_UP,
	.state = STATUS_RUN,
};

static struct supdir
made(void)
{
	struct supdir d;

	supdir_init(&d, "");
	assert_int_equal(supdir_lock(&d, home), 0);
	assert_int_equal(supdir_open(&d), 0);
	assert_int_equal(supdir_announce(&d), 0);
	return d;
}

static void
what_is_made_has_runits_names_and_modes(void **state)
{
	mode_t mask = umask(022);
	struct supdir d = made();

	(void)state;
	supdir_show(&d, &running);
	umask(mask);
	assert_int_equal(home_mode("supervise"), S_IFDIR | 0700);
	assert_int_equal(home_mode("supervise/lock"), S_IFREG | 0600);
	assert_int_equal(home_mode("supervise/control"), S_IFIFO | 0600);
	assert_int_equal(home_mode("supervise/ok"), S_IFIFO | 0600);
	assert_int_equal(home_mode("supervise/pid"), S_IFREG | 0644);
	assert_int_equal(home_mode("supervise/stat"), S_IFREG | 0644);
	assert_int_equal(home_mode("supervise/status"), S_IFREG | 0644);
	assert_string_equal(home_text("supervise/pid"), "4711\n");
	assert_string_equal(home_text("supervise/stat"), "run\n");
	assert_int_equal(home_mode("supervise/stat.new"), 0);
	supdir_close(&d);
}

static void
one_at_a_time_has_the_lock(void **state)
{
	struct supdir d = made(), e;

	(void)state;
	supdir_init(&e, "");
	assert_int_equal(supdir_lock(&e, home), -EAGAIN);
	supdir_close(&d);
	assert_int_equal(supdir_lock(&e, home), 0);
	supdir_close(&e);
}

static void
whoever_looks_at_ok_sees_that_somebody_is_there(void **state)
{
	struct supdir d = made();
	int fd = openat(home, "supervise/ok", O_WRONLY | O_NONBLOCK);

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	supdir_close(&d);
	assert_int_equal(openat(home, "supervise/ok", O_WRONLY | O_NONBLOCK),
	    -1);
	assert_int_equal(errno, ENXIO);
}

static void
commands_are_read_as_they_were_written(void **state)
{
	struct supdir d = made();
	int fd = openat(home, "supervise/control", O_WRONLY | O_NONBLOCK);
	char bytes[8];

	(void)state;
	assert_int_equal(supdir_commands(&d, bytes, 8), 0);
	assert_int_equal(write(fd, "tcu", 3), 3);
	close(fd);
	assert_int_equal(supdir_commands(&d, bytes, 2), 2);
	assert_memory_equal(bytes, "tc", 2);
	assert_int_equal(supdir_commands(&d, bytes, 8), 1);
	assert_int_equal(bytes[0], 'u');
	assert_int_equal(supdir_commands(&d, bytes, 8), 0);
	supdir_close(&d);
}

static void
where_a_link_leads_is_made(void **state)
{
	static const char *const links[] = { "elsewhere", "./elsewhere" };
	char absolute[96];
	size_t i;

	(void)state;
	snprintf(absolute, sizeof absolute, "%s/elsewhere", home_path);
	for (i = 0; i < 3; i++) {
		struct supdir d;

		assert_return_code(
		    symlinkat(i < 2 ? links[i] : absolute, home, "supervise"),
		    errno);
		d = made();
		assert_int_equal(home_mode("elsewhere"), S_IFDIR | 0700);
		assert_int_equal(home_mode("elsewhere/ok"), S_IFIFO | 0600);
		supdir_close(&d);
		d = made(); /* again, now that it is there */
		supdir_close(&d);
		unlinkat(home, "supervise", 0);
		assert_return_code(renameat(home, "elsewhere", home,
				       i == 0   ? "a"
				       : i == 1 ? "b"
						: "c"),
		    errno);
	}
}

static void
a_strangers_link_is_not_followed(void **state)
{
	struct supdir d;

	(void)state;
	if (geteuid() != 0)
		return;
	mkdirat(home, "target", 0700);
	assert_return_code(symlinkat("target", home, "supervise"), errno);
	assert_return_code(
	    fchownat(home, "supervise", 1, 1, AT_SYMLINK_NOFOLLOW), errno);
	supdir_init(&d, "");
	assert_int_equal(supdir_lock(&d, home), -EPERM);
	supdir_close(&d);
	assert_return_code(
	    fchownat(home, "supervise", 0, 0, AT_SYMLINK_NOFOLLOW), errno);
	assert_return_code(fchownat(home, "target", 1, 1, 0), errno);
	assert_int_equal(supdir_lock(&d, home), -EPERM);
	supdir_close(&d);
}

static void
nothing_is_made_where_a_strangers_link_leads(void **state)
{
	struct supdir d;

	(void)state;
	if (geteuid() != 0)
		return;
	assert_return_code(symlinkat("target", home, "supervise"), errno);
	assert_return_code(
	    fchownat(home, "supervise", 1, 1, AT_SYMLINK_NOFOLLOW), errno);
	supdir_init(&d, "");
	assert_int_equal(supdir_lock(&d, home), -EPERM);
	assert_int_equal(supdir_lock(&d, home), -EPERM); /* nor a second time */
	assert_int_equal(home_mode("target"), 0);
	supdir_close(&d);
}

/* Two names that are each other's all the time, until it is killed. */
static pid_t
swap_names(const char *a, const char *b)
{
	pid_t pid = fork();

	while (pid == 0 &&
	       syscall(SYS_renameat2, home, a, home, b, RENAME_EXCHANGE) == 0)
		;
	if (pid == 0)
		_exit(1);
	return pid;
}

/* What counts is the directory that has the name, never where the link led. */
static void
a_strangers_link_that_comes_and_goes_is_not_followed(void **state)
{
	enum { TRIES = 20000 };
	struct stat target, is;
	pid_t pid;
	int i;

	(void)state;
	if (geteuid() != 0)
		return;
	mkdirat(home, "supervise", 0700);
	mkdirat(home, "target", 0700);
	assert_return_code(fstatat(home, "target", &target, 0), errno);
	assert_return_code(symlinkat("target", home, "aside"), errno);
	assert_return_code(fchownat(home, "aside", 1, 1, AT_SYMLINK_NOFOLLOW),
	    errno);
	pid = swap_names("supervise", "aside");
	for (i = 0; i < TRIES; i++) {
		struct supdir d;

		supdir_init(&d, "");
		if (supdir_lock(&d, home) == 0 && fstat(d.fd, &is) == 0)
			assert_int_not_equal(is.st_ino, target.st_ino);
		supdir_close(&d);
	}
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

/* Between a look at the directory and one at where the link leads. */
static void
nothing_is_made_where_such_a_link_leads(void **state)
{
	enum { TRIES = 100000 };
	pid_t pid;
	int i;

	(void)state;
	if (geteuid() != 0)
		return;
	mkdirat(home, "supervise", 0700);
	assert_return_code(symlinkat("target", home, "aside"), errno);
	assert_return_code(fchownat(home, "aside", 1, 1, AT_SYMLINK_NOFOLLOW),
	    errno);
	pid = swap_names("supervise", "aside");
	for (i = 0; i < TRIES && home_mode("target") == 0; i++) {
		struct supdir d;

		supdir_init(&d, "");
		supdir_lock(&d, home);
		supdir_close(&d);
	}
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(home_mode("target"), 0);
}

static void
what_is_in_the_way_is_told_apart(void **state)
{
	static const struct {
		const char *name; /* a directory if it ends in a slash */
		const char *verb, *what;
		int err;
	} cases[] = {
		{ "supervise", "unable to open ", "supervise/lock", -ENOTDIR },
		{ "supervise/control", "",
		    "supervise/control exists but is not a fifo", -EEXIST },
		{ "supervise/control/", "",
		    "supervise/control exists but is not a fifo", -EEXIST },
		{ "supervise/lock/", "unable to open ", "supervise/lock",
		    -EISDIR },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof *cases; i++) {
		char name[32], command[96];
		struct supdir d;
		int rc;

		snprintf(command, sizeof command, "rm -rf %s/supervise",
		    home_path);
		assert_int_equal(system(command), 0);
		strcpy(name, cases[i].name);
		if (strchr(name, '/'))
			mkdirat(home, "supervise", 0700);
		if (name[strlen(name) - 1] == '/') {
			name[strlen(name) - 1] = 0;
			mkdirat(home, name, 0700);
		} else {
			home_put(name, "", 0600);
		}
		supdir_init(&d, "");
		rc = supdir_lock(&d, home);
		if (rc == 0)
			rc = supdir_open(&d);
		assert_int_equal(rc, cases[i].err);
		assert_string_equal(d.verb, cases[i].verb);
		assert_string_equal(d.name, cases[i].what);
		supdir_close(&d);
	}
}

static void
an_ok_that_is_a_file_is_lived_with(void **state)
{
	struct supdir d;

	(void)state;
	mkdirat(home, "supervise", 0700);
	home_put("supervise/ok", "", 0600);
	d = made();
	supdir_close(&d);
}

static void
owners_and_modes_that_were_set_are_kept(void **state)
{
	struct supdir d = made();
	struct status st = running;
	struct stat is;

	(void)state;
	supdir_show(&d, &st);
	assert_return_code(fchmodat(home, "supervise", 0755, 0), errno);
	assert_return_code(fchmodat(home, "supervise/ok", 0660, 0), errno);
	assert_return_code(fchmodat(home, "supervise/control", 0620, 0), errno);
	assert_return_code(fchmodat(home, "supervise/status", 0640, 0), errno);
	if (geteuid() == 0)
		assert_return_code(fchownat(home, "supervise/status", 1, 2, 0),
		    errno);
	supdir_close(&d);
	d = made();
	st.pid++;
	supdir_show(&d, &st);
	assert_int_equal(home_mode("supervise"), S_IFDIR | 0755);
	assert_int_equal(home_mode("supervise/ok"), S_IFIFO | 0660);
	assert_int_equal(home_mode("supervise/control"), S_IFIFO | 0620);
	assert_int_equal(home_mode("supervise/status"), S_IFREG | 0640);
	fstatat(home, "supervise/status", &is, 0);
	if (geteuid() == 0) {
		assert_int_equal(is.st_uid, 1);
		assert_int_equal(is.st_gid, 2);
	}
	supdir_close(&d);
}

static void
fifos_that_were_removed_or_replaced_are_made_again(void **state)
{
	struct supdir d = made();
	char c;
	int fd;

	(void)state;
	assert_return_code(unlinkat(home, "supervise/ok", 0), errno);
	assert_return_code(unlinkat(home, "supervise/control", 0), errno);
	home_put("supervise/control", "", 0600);
	supdir_mend(&d);
	assert_int_equal(home_mode("supervise/ok"), S_IFIFO | 0600);
	assert_int_equal(home_mode("supervise/control"), S_IFREG | 0600);
	assert_return_code(unlinkat(home, "supervise/control", 0), errno);
	supdir_mend(&d);
	assert_int_equal(home_mode("supervise/control"), S_IFIFO | 0600);
	fd = openat(home, "supervise/control", O_WRONLY | O_NONBLOCK);
	assert_return_code(fd, errno);
	assert_int_equal(write(fd, "d", 1), 1);
	assert_int_equal(supdir_commands(&d, &c, 1), 1);
	assert_int_equal(c, 'd');
	close(fd);
	supdir_mend(&d); /* nothing to do */
	fd = openat(home, "supervise/ok", O_WRONLY | O_NONBLOCK);
	assert_return_code(fd, errno);
	close(fd);
	supdir_close(&d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_made_has_runits_names_and_modes),
		TEST(one_at_a_time_has_the_lock),
		TEST(whoever_looks_at_ok_sees_that_somebody_is_there),
		TEST(commands_are_read_as_they_were_written),
		TEST(where_a_link_leads_is_made),
		TEST(a_strangers_link_is_not_followed),
		TEST(nothing_is_made_where_a_strangers_link_leads),
		TEST(a_strangers_link_that_comes_and_goes_is_not_followed),
		TEST(nothing_is_made_where_such_a_link_leads),
		TEST(what_is_in_the_way_is_told_apart),
		TEST(an_ok_that_is_a_file_is_lived_with),
		TEST(owners_and_modes_that_were_set_are_kept),
		TEST(fifos_that_were_removed_or_replaced_are_made_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
