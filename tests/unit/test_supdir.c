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

#include "loop.h"
#include "supdir.h"
#include "sys.h"
#include "unit/home.h"

static const struct status running = {
	.since_ns = INT64_C(1795000000123456789),
	.pid = 4711,
	.want = WANT_UP,
	.state = STATUS_RUN,
};

/* A file's text, or NULL. */
static const char *
text_of(const char *name)
{
	static char text[128];
	int fd = openat(home, name, O_RDONLY);
	ssize_t n;

	if (fd < 0)
		return NULL;
	n = read(fd, text, sizeof text - 1);
	close(fd);
	text[n > 0 ? n : 0] = 0;
	return text;
}

static mode_t
mode_of(const char *name)
{
	struct stat st;

	return fstatat(home, name, &st, AT_SYMLINK_NOFOLLOW) < 0 ? 0
	                                                         : st.st_mode;
}

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
	assert_int_equal(mode_of("supervise"), S_IFDIR | 0700);
	assert_int_equal(mode_of("supervise/lock"), S_IFREG | 0600);
	assert_int_equal(mode_of("supervise/control"), S_IFIFO | 0600);
	assert_int_equal(mode_of("supervise/ok"), S_IFIFO | 0600);
	assert_int_equal(mode_of("supervise/pid"), S_IFREG | 0644);
	assert_int_equal(mode_of("supervise/stat"), S_IFREG | 0644);
	assert_int_equal(mode_of("supervise/status"), S_IFREG | 0644);
	assert_string_equal(text_of("supervise/pid"), "4711\n");
	assert_string_equal(text_of("supervise/stat"), "run\n");
	assert_int_equal(mode_of("supervise/stat.new"), 0);
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
		assert_int_equal(mode_of("elsewhere"), S_IFDIR | 0700);
		assert_int_equal(mode_of("elsewhere/ok"), S_IFIFO | 0600);
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
	assert_int_equal(mode_of("target"), 0);
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
	for (i = 0; i < TRIES && mode_of("target") == 0; i++) {
		struct supdir d;

		supdir_init(&d, "");
		supdir_lock(&d, home);
		supdir_close(&d);
	}
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(mode_of("target"), 0);
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
	assert_int_equal(mode_of("supervise"), S_IFDIR | 0755);
	assert_int_equal(mode_of("supervise/ok"), S_IFIFO | 0660);
	assert_int_equal(mode_of("supervise/control"), S_IFIFO | 0620);
	assert_int_equal(mode_of("supervise/status"), S_IFREG | 0640);
	fstatat(home, "supervise/status", &is, 0);
	if (geteuid() == 0) {
		assert_int_equal(is.st_uid, 1);
		assert_int_equal(is.st_gid, 2);
	}
	supdir_close(&d);
}

/* The inode of a file changes when it is written. */
static ino_t
inode_of(const char *name)
{
	struct stat st;

	assert_return_code(fstatat(home, name, &st, 0), errno);
	return st.st_ino;
}

static void
what_has_not_changed_is_not_written(void **state)
{
	struct supdir d = made();
	struct status st = running;
	ino_t pid, stat;

	(void)state;
	supdir_show(&d, &st);
	pid = inode_of("supervise/pid");
	stat = inode_of("supervise/stat");
	assert_return_code(linkat(home, "supervise/stat", home, "s", 0), 0);
	assert_return_code(linkat(home, "supervise/pid", home, "p", 0), 0);
	supdir_show(&d, &st);
	assert_int_equal(inode_of("supervise/stat"), stat);
	st.got_term = true;
	supdir_show(&d, &st);
	assert_int_not_equal(inode_of("supervise/stat"), stat);
	assert_int_equal(inode_of("supervise/pid"), pid);
	assert_string_equal(text_of("supervise/stat"), "run, got TERM\n");
	st.pid = 0;
	supdir_show(&d, &st);
	assert_int_not_equal(inode_of("supervise/pid"), pid);
	assert_string_equal(text_of("supervise/pid"), "");
	supdir_close(&d);
}

static void
a_new_file_never_goes_through_what_was_put_in_its_place(void **state)
{
	struct supdir d = made();

	(void)state;
	home_put("victim", "precious", 0644);
	assert_return_code(symlinkat("../victim", home, "supervise/stat.new"),
	    errno);
	supdir_show(&d, &running);
	assert_string_equal(text_of("victim"), "precious");
	assert_string_equal(text_of("supervise/stat"), "run\n");
	assert_int_equal(mode_of("supervise/stat") & S_IFMT, S_IFREG);
	supdir_close(&d);
}

static void
what_cannot_be_written_is_tried_again(void **state)
{
	struct supdir d = made();

	(void)state;
	assert_return_code(mkdirat(home, "supervise/stat", 0700), errno);
	assert_return_code(mkdirat(home, "supervise/stat/x", 0700), errno);
	assert_int_equal(d.retry_at, LOOP_NEVER);
	supdir_show(&d, &running);
	assert_true(
	    d.retry_at > loop_now() && d.retry_at < loop_now() + 2 * LOOP_S);
	unlinkat(home, "supervise/stat/x", AT_REMOVEDIR);
	unlinkat(home, "supervise/stat", AT_REMOVEDIR);
	supdir_show(&d, &running);
	assert_int_equal(d.retry_at, LOOP_NEVER);
	assert_string_equal(text_of("supervise/pid"), "4711\n");
	assert_string_equal(text_of("supervise/stat"), "run\n");
	supdir_close(&d);
}

static enum status_want
want_of_record(void)
{
	struct status st = { 0 };
	unsigned char record[STATUS_SIZE];
	int fd = openat(home, "supervise/status", O_RDONLY);

	assert_return_code(fd, errno);
	assert_int_equal(read(fd, record, sizeof record), sizeof record);
	close(fd);
	assert_int_equal(status_unpack(&st, record, sizeof record), 0);
	return st.want;
}

static void
where_no_file_can_be_made_the_record_goes_into_the_old_one(void **state)
{
	struct supdir d = made();
	struct status st = running;

	(void)state;
	supdir_show(&d, &st);
	st.want = WANT_DOWN;
	assert_return_code(mkdirat(home, "supervise/status.new", 0700), errno);
	supdir_show(&d, &st);
	assert_int_equal(want_of_record(), WANT_DOWN);
	assert_true(d.retry_at != LOOP_NEVER);
	/* ... but not where that has another name, somewhere else. */
	st.want = WANT_UP;
	assert_return_code(linkat(home, "supervise/status", home, "mine", 0),
	    errno);
	supdir_show(&d, &st);
	assert_int_equal(want_of_record(), WANT_DOWN);
	assert_return_code(unlinkat(home, "mine", 0), errno);
	assert_return_code(unlinkat(home, "supervise/status.new", AT_REMOVEDIR),
	    errno);
	supdir_show(&d, &st);
	assert_int_equal(want_of_record(), WANT_UP);
	assert_int_equal(d.retry_at, LOOP_NEVER);
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
	assert_int_equal(mode_of("supervise/ok"), S_IFIFO | 0600);
	assert_int_equal(mode_of("supervise/control"), S_IFREG | 0600);
	assert_return_code(unlinkat(home, "supervise/control", 0), errno);
	supdir_mend(&d);
	assert_int_equal(mode_of("supervise/control"), S_IFIFO | 0600);
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
		TEST(what_has_not_changed_is_not_written),
		TEST(a_new_file_never_goes_through_what_was_put_in_its_place),
		TEST(what_cannot_be_written_is_tried_again),
		TEST(
		    where_no_file_can_be_made_the_record_goes_into_the_old_one),
		TEST(fifos_that_were_removed_or_replaced_are_made_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
