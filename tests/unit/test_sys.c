/* lib/sys and lib/os */
#define _GNU_SOURCE

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "sys.h"
#include "unit/alarm.h"
#include "unit/home.h"
#include "unit/stuck.h"

enum { KIB = 1024, BAD = 999 }; /* BAD is no descriptor */

static int fd[2];

static int
setup(void **state)
{
	assert_int_equal(enter(state), 0);
	return sys_pipe(fd);
}

static int
teardown(void **state)
{
	close(fd[0]);
	close(fd[1]);
	return leave(state);
}

static int
make_file(const char *name, const char *text)
{
	int f = openat(home, name, O_RDWR | O_CREAT | O_EXCL, 0644);

	assert_return_code(f, errno);
	assert_int_equal(write(f, text, strlen(text)), strlen(text));
	return f;
}

static bool
is_portable(void)
{
	return os_pipe_size(fd[0]) == -ENOSYS;
}

static off_t
disk_bytes(int f)
{
	struct stat st;

	assert_return_code(fstat(f, &st), errno);
	return (off_t)st.st_blocks * 512;
}

/* What a child returns, from 0 to 99; 100 and more: the signal it died of. */
static int
in_child(int (*what)(void))
{
	int status;
	pid_t pid = sys_fork();

	if (pid == 0)
		_exit(what());
	assert_true(pid > 0);
	assert_int_equal(sys_waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) ? 100 + WTERMSIG(status)
	                           : WEXITSTATUS(status);
}

/* --- sys.def --- */

static void
a_call_that_fails_says_why(void **state)
{
	struct rlimit rl = { 0, 0 };
	struct pollfd bad = { .fd = BAD, .events = POLLIN };
	char *const argv[] = { NULL };
	char c = 0;
	struct iovec iov = { .iov_base = &c, .iov_len = 1 };
	struct stat st;

	(void)state;
	assert_int_equal(sys_open("/nonexistent/x", O_RDONLY, 0), -ENOENT);
	assert_int_equal(sys_openat(BAD, "x", O_RDONLY, 0), -EBADF);
	assert_int_equal(sys_close(BAD), -EBADF);
	assert_int_equal(sys_renameat(home, "absent", "b"), -ENOENT);
	assert_int_equal(sys_unlinkat(home, "absent"), -ENOENT);
	assert_int_equal(sys_fstat(BAD, &st), -EBADF);
	assert_int_equal(sys_fstatat(home, "absent", &st, 0), -ENOENT);
	assert_int_equal(sys_free_bytes(BAD), -EBADF);
	assert_int_equal(sys_fchmod(BAD, 0600), -EBADF);
	assert_int_equal(sys_ftruncate(BAD, 0), -EBADF);
	assert_int_equal(sys_futimens(BAD, NULL), -EBADF);
	assert_int_equal(sys_fsync(BAD), -EBADF);
	assert_int_equal(sys_fdatasync(BAD), -EBADF);
	assert_int_equal(sys_flock(BAD), -EBADF);
	assert_int_equal(sys_setlk(BAD), -EBADF);
	assert_int_equal(sys_read(BAD, &c, 1), -EBADF);
	assert_int_equal(sys_write(BAD, &c, 1), -EBADF);
	assert_int_equal(sys_writev(BAD, &iov, 1), -EBADF);
	assert_int_equal(sys_pwrite(BAD, &c, 1, 0), -EBADF);
	assert_int_equal(sys_lseek(fd[0], 0, SEEK_SET), -ESPIPE);
	assert_int_equal(sys_readable(BAD), -EBADF);
	assert_int_equal(sys_poll(&bad, 1, 0), 1);
	assert_int_equal(sys_execve("/nonexistent/x", argv, argv), -ENOENT);
	assert_int_equal(sys_waitpid(-1, NULL, WNOHANG), -ECHILD);
	assert_int_equal(sys_kill(getpid(), 9999), -EINVAL);
	assert_int_equal(sys_dup2(BAD, 3), -EBADF);
	assert_int_equal(sys_fchdir(BAD), -EBADF);
	assert_int_equal(sys_chdir("/nonexistent/x"), -ENOENT);
	assert_int_equal(sys_chroot("/nonexistent/x"), -ENOENT);
	assert_int_equal(sys_chmod("/nonexistent/x", 0), -ENOENT);
	assert_int_equal(sys_symlinkat("x", BAD, "y"), -EBADF);
	assert_int_equal(sys_flock_wait(BAD), -EBADF);
	assert_int_equal(sys_getrlimit(9999, &rl), -EINVAL);
	assert_int_equal(sys_setrlimit(9999, &rl), -EINVAL);
	assert_int_equal(sys_getgroups(-1, NULL), -EINVAL);
	assert_int_equal(sys_setpgid(-1, 0), -EINVAL);
	assert_int_equal(sys_mark("here"), 0);
}

static void
a_file_is_made_written_renamed_and_removed(void **state)
{
	char abcd[] = "abcd", got[8] = "";
	struct iovec iov[2] = { { abcd, 2 }, { abcd + 2, 2 } };
	struct timespec times[2] = { { 7, 0 }, { 1700000000, 0 } };
	struct stat st;
	int f;

	(void)state;
	f = sys_openat(home, "a", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	assert_true(f >= 0);
	assert_int_equal(sys_writev(f, iov, 2), 4);
	assert_int_equal(sys_write(f, "ef", 2), 2);
	assert_int_equal(sys_pwrite(f, "X", 1, 1), 1);
	assert_int_equal(sys_lseek(f, 0, SEEK_SET), 0);
	assert_int_equal(sys_read(f, got, sizeof(got)), 6);
	assert_string_equal(got, "aXcdef");
	assert_int_equal(sys_ftruncate(f, 3), 0);
	assert_int_equal(sys_fchmod(f, 0640), 0);
	assert_int_equal(sys_fsync(f), 0);
	assert_int_equal(sys_fdatasync(f), 0);
	assert_int_equal(sys_futimens(f, times), 0);
	assert_int_equal(sys_fstat(f, &st), 0);
	assert_int_equal(st.st_mtim.tv_sec, 1700000000);
	assert_int_equal(st.st_size, 3);
	assert_true(sys_free_bytes(f) > 0);
	assert_int_equal(st.st_mode, S_IFREG | 0640);
	assert_int_equal(sys_close(f), 0);
	assert_int_equal(sys_renameat(home, "a", "b"), 0);
	assert_int_equal(sys_fstatat(home, "b", &st, AT_SYMLINK_NOFOLLOW), 0);
	assert_int_equal(sys_unlinkat(home, "b"), 0);
	assert_int_equal(faccessat(home, "b", F_OK, 0), -1);
}

static void
a_read_outlasts_signals(void **state)
{
	pid_t pid;
	ssize_t r;
	char c;

	(void)state;
	pid = sys_fork();
	if (pid == 0) {
		usleep(50000);
		_exit(write(fd[1], "x", 1) == 1 ? 0 : 1);
	}
	every_ms(5);
	r = sys_read(fd[0], &c, 1);
	every_ms(0);
	assert_int_equal(r, 1);
	assert_int_equal(sys_waitpid(pid, NULL, 0), pid);
}

static void
a_wait_for_a_child_outlasts_signals(void **state)
{
	pid_t pid, r;
	int status = -1;

	(void)state;
	pid = sys_fork();
	if (pid == 0) {
		usleep(50000);
		_exit(3);
	}
	every_ms(5);
	r = sys_waitpid(pid, &status, 0);
	every_ms(0);
	assert_int_equal(r, pid);
	assert_int_equal(WEXITSTATUS(status), 3);
}

static void
a_signal_ends_a_poll_with_0(void **state)
{
	struct pollfd in = { .fd = fd[0], .events = POLLIN };
	int64_t start = sys_mono_ns();
	int r;

	(void)state;
	every_ms(5);
	r = sys_poll(&in, 1, INT64_C(5000000000));
	every_ms(0);
	assert_int_equal(r, 0);
	assert_true(sys_mono_ns() - start < INT64_C(4000000000));
}

static void
a_poll_waits_for_its_nanoseconds(void **state)
{
	struct pollfd in = { .fd = fd[0], .events = POLLIN };
	int64_t start = sys_mono_ns();

	(void)state;
	assert_int_equal(sys_poll(&in, 1, 0), 0);
	assert_int_equal(sys_poll(&in, 1, 20000001), 0);
	assert_true(sys_mono_ns() - start >= 20000001);
	assert_int_equal(write(fd[1], "x", 1), 1);
	assert_int_equal(sys_poll(&in, 1, -1), 1);
	assert_int_equal(in.revents, POLLIN);
}

static void
readable_counts_the_bytes_in_a_pipe(void **state)
{
	(void)state;
	assert_int_equal(sys_readable(fd[0]), 0);
	assert_int_equal(write(fd[1], "12345", 5), 5);
	assert_int_equal(sys_readable(fd[0]), 5);
}

static void
both_ends_of_a_pipe_close_on_exec(void **state)
{
	(void)state;
	assert_int_equal(fcntl(fd[0], F_GETFD), FD_CLOEXEC);
	assert_int_equal(fcntl(fd[1], F_GETFD), FD_CLOEXEC);
	assert_int_equal(fcntl(fd[0], F_GETFL) & O_NONBLOCK, 0);
}

static void
the_second_flock_is_EAGAIN(void **state)
{
	int one = make_file("lock", "");
	int two = openat(home, "lock", O_RDWR);

	(void)state;
	assert_int_equal(sys_flock(one), 0);
	assert_int_equal(sys_flock(one), 0);
	assert_int_equal(sys_flock(two), -EAGAIN);
	close(one);
	assert_int_equal(sys_flock(two), 0);
	close(two);
}

static int
child_locks(void)
{
	int r = sys_setlk(openat(home, "lock", O_RDWR));

	return r == 0 ? 0 : r == -EAGAIN ? 1 : 2;
}

static void
a_record_lock_of_another_process_is_EAGAIN(void **state)
{
	int f = make_file("lock", "");

	(void)state;
	assert_int_equal(in_child(child_locks), 0);
	assert_int_equal(sys_setlk(f), 0);
	assert_int_equal(in_child(child_locks), 1);
	close(f);
}

static void
the_clocks_tell_the_time(void **state)
{
	int64_t wall = sys_wall_ns() / 1000000000, mono = sys_mono_ns();

	(void)state;
	assert_in_range(wall, time(NULL) - 2, time(NULL) + 2);
	usleep(1000);
	assert_true(sys_mono_ns() - mono >= 1000000);
}

/* --- users, limits, places --- */

static void
users_and_groups_are_found_by_name(void **state)
{
	uid_t uid = 9;
	gid_t gid = 9, gids[4];

	(void)state;
	assert_int_equal(sys_find_user("root", &uid, &gid), 1);
	assert_int_equal(uid, 0);
	assert_int_equal(gid, 0);
	assert_int_equal(sys_find_user("no such user", &uid, &gid), 0);
	assert_int_equal(sys_find_group("no such group", &gid), 0);
	assert_int_equal(sys_find_group("root", &gid), 1);
	assert_int_equal(gid, 0);
	assert_true(os_groups_of("no such user", 7, gids, 4) >= 1);
	assert_int_equal(gids[0], 7);
	assert_int_equal(os_groups_of("no such user", 7, gids, 0), -E2BIG);
}

static int
child_becomes_another(void)
{
	const gid_t some[2] = { 7, 8 };
	gid_t gid[3], gids[8];
	uid_t uid[3];

	if (os_set_groups(2, some) != 0 || os_set_gids(5) != 0 ||
	    os_set_uids(6) != 0)
		return 1;
	if (os_get_uids(uid) != 0 || os_get_gids(gid) != 0)
		return 2;
	if (uid[0] != 6 || uid[1] != 6 || uid[2] != 6 || gid[0] != 5 ||
	    gid[1] != 5 || gid[2] != 5)
		return 3;
	if (sys_getgroups(8, gids) != 2 || gids[0] + gids[1] != 15)
		return 4;
	if (os_set_uids(0) != -EPERM || os_set_gids(0) != -EPERM)
		return 5;
	return os_set_groups(2, some) == -EPERM ? 0 : 6;
}

static void
a_process_becomes_another_user_for_good(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(in_child(child_becomes_another), 0);
}

static void
a_program_without_more_rights_is_not_privileged(void **state)
{
	(void)state;
	assert_int_equal(os_is_privileged(), 0);
}

static int
child_is_limited(void)
{
	struct rlimit rl;

	if (sys_getrlimit(RLIMIT_NOFILE, &rl) != 0)
		return 1;
	rl.rlim_cur = 33;
	if (sys_setrlimit(RLIMIT_NOFILE, &rl) != 0)
		return 2;
	rl.rlim_cur = 0;
	if (sys_getrlimit(RLIMIT_NOFILE, &rl) != 0 || rl.rlim_cur != 33)
		return 3;
	return open("/", O_RDONLY) >= 0 && dup2(0, 33) < 0 ? 0 : 4;
}

static int
child_is_nicer(void)
{
	int before = getpriority(PRIO_PROCESS, 0);

	/* -1 is a value, too. */
	if (sys_nice(3) != 0 || sys_nice(1000) != 0)
		return 1;
	if (getpriority(PRIO_PROCESS, 0) != 19)
		return 2;
	if (geteuid() == 0 && before == 0 && sys_nice(-20) == 0 &&
	    getpriority(PRIO_PROCESS, 0) != -1)
		return 3;
	return 0;
}

/* Its classes are idle: 5; and 3, above 13 bits. */
static int
child_gets_processor_and_disk_last(void)
{
	int rc = os_idle();

#ifdef SYS_ioprio_get
	if (rc == 0)
		return syscall(SYS_ioprio_get, 1, 0) >> 13 == 3 &&
		               syscall(SYS_sched_getscheduler, 0) == 5
		           ? 0
		           : 1;
#endif
	return rc == -ENOSYS ? 0 : 2;
}

static int
child_moves(void)
{
	struct stat here, there;

	if (stat("/", &there) != 0 || sys_chdir("/") != 0 ||
	    stat(".", &here) != 0)
		return 1;
	if (here.st_ino != there.st_ino)
		return 2;
	if (geteuid() != 0)
		return sys_chroot("/") == -EPERM ? 0 : 3;
	if (sys_chroot(home_path) != 0 || sys_chdir("/") != 0)
		return 4;
	return access("/inside", F_OK) == 0 ? 0 : 5;
}

static void
limits_nice_values_and_places_are_the_processs_own(void **state)
{
	(void)state;
	close(make_file("inside", ""));
	assert_int_equal(in_child(child_is_limited), 0);
	assert_int_equal(in_child(child_is_nicer), 0);
	assert_int_equal(in_child(child_gets_processor_and_disk_last), 0);
	assert_int_equal(in_child(child_moves), 0);
}

static void
a_link_has_a_text(void **state)
{
	char text[8] = "";

	(void)state;
	assert_int_equal(sys_symlinkat("there", home, "link"), 0);
	assert_int_equal(sys_symlinkat("there", home, "link"), -EEXIST);
	assert_int_equal(sys_readlinkat(home, "link", text, sizeof(text)), 5);
	assert_string_equal(text, "there");
}

static int
child_holds_a_lock(void)
{
	int f = openat(home, "lock", O_RDWR);

	if (sys_flock(f) != 0 || write(fd[1], "x", 1) != 1)
		return 1;
	usleep(50000);
	return 0; /* which lets go */
}

static void
a_lock_can_be_waited_for(void **state)
{
	int f = make_file("lock", ""), status;
	pid_t pid = sys_fork();
	char c;

	(void)state;
	if (pid == 0)
		_exit(child_holds_a_lock());
	assert_int_equal(read(fd[0], &c, 1), 1);
	assert_int_equal(sys_flock(f), -EAGAIN);
	every_ms(5);
	assert_int_equal(sys_flock_wait(f), 0);
	every_ms(0);
	assert_int_equal(sys_waitpid(pid, &status, 0), pid);
	assert_int_equal(WEXITSTATUS(status), 0);
	close(f);
}

/* --- signals --- */

static const int signals[] = { SIGHUP, SIGUSR1, SIGCHLD };

static int
child_reads_signals(void)
{
	struct pollfd in = { .events = POLLIN };
	sigset_t all;

	signal(SIGHUP, SIG_IGN); /* as nohup leaves it */
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	in.fd = os_signal_fd(signals, 3);
	if (in.fd < 0 || fcntl(in.fd, F_GETFD) != FD_CLOEXEC)
		return 1;
	if (os_signal_next(in.fd) != 0)
		return 2;
	kill(getpid(), SIGHUP);
	kill(getpid(), SIGHUP);
	if (sys_poll(&in, 1, INT64_C(1000000000)) != 1)
		return 3;
	if (os_signal_next(in.fd) != SIGHUP)
		return 4;
	if (os_signal_next(in.fd) != 0)
		return 5;
	kill(getpid(), SIGHUP); /* again, now that it was read */
	kill(getpid(), SIGUSR1);
	if (os_signal_next(in.fd) + os_signal_next(in.fd) != SIGHUP + SIGUSR1)
		return 6;
	if (os_signal_next(in.fd) != 0)
		return 7;
	return sys_poll(&in, 1, 0) == 0 ? 0 : 8;
}

static void
signals_arrive_as_a_readable_descriptor(void **state)
{
	(void)state;
	assert_int_equal(in_child(child_reads_signals), 0);
}

static int
child_waits_for_its_child(void)
{
	struct pollfd in = { .events = POLLIN };
	pid_t pid;

	signal(SIGCHLD, SIG_IGN);
	in.fd = os_signal_fd(signals, 3);
	pid = sys_fork();
	if (pid == 0)
		_exit(5);
	while (os_signal_next(in.fd) != SIGCHLD)
		if (sys_poll(&in, 1, INT64_C(5000000000)) < 0)
			return 1;
	return sys_waitpid(pid, NULL, WNOHANG) == pid ? 0 : 2;
}

static void
a_childs_end_arrives_even_where_it_was_ignored(void **state)
{
	(void)state;
	assert_int_equal(in_child(child_waits_for_its_child), 0);
}

static int
child_refuses_signal(void)
{
	static const int none[] = { 9999 };

	return os_signal_fd(none, 1) == -EINVAL ? 0 : 1;
}

static void
a_signal_that_does_not_exist_is_EINVAL(void **state)
{
	(void)state;
	assert_int_equal(in_child(child_refuses_signal), 0);
}

static int
child_clears(void)
{
	if (os_signal_fd(signals, 3) < 0 || os_signal_ignore(SIGTERM) < 0)
		return 1;
	if (os_signal_clear() != 0)
		return 2;
	kill(getpid(), SIGCHLD); /* whose default is nothing */
	raise(SIGTERM);
	return 3;
}

static int
child_clears_handler(void)
{
	if (os_signal_fd(signals, 3) < 0 || os_signal_clear() != 0)
		return 1;
	raise(SIGHUP);
	return 2;
}

/* What is ignored after a child was cleared is so in the next one, too. */
static int
child_ignores_and_clears(void)
{
	if (os_signal_clear() != 0 || os_signal_ignore(SIGHUP) != 0 ||
	    os_signal_ignore(SIGKILL) != -EINVAL)
		return 1;
	raise(SIGHUP);
	if (os_signal_clear() != 0)
		return 2;
	raise(SIGHUP);
	return 3;
}

static void
cleared_signals_are_default_and_unblocked(void **state)
{
	(void)state;
	assert_int_equal(in_child(child_ignores_and_clears), 100 + SIGHUP);
	assert_int_equal(in_child(child_clears), 100 + SIGTERM);
	assert_int_equal(in_child(child_clears_handler), 100 + SIGHUP);
}

static int
child_keeps_signals_from_its_parent(void)
{
	int in = os_signal_fd(signals, 3), status = 0;
	pid_t pid = sys_fork();

	if (pid == 0) { /* killed before it could clear */
		raise(SIGUSR1);
		os_signal_clear();
		_exit(0);
	}
	sys_waitpid(pid, &status, 0);
	if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGUSR1)
		return 1;
	return os_signal_next(in) == SIGCHLD && os_signal_next(in) == 0 ? 0 : 2;
}

static void
a_signal_to_a_child_before_exec_is_the_childs(void **state)
{
	(void)state;
	assert_int_equal(in_child(child_keeps_signals_from_its_parent), 0);
}

/* --- pipes --- */

static void
a_pipe_says_its_size_and_grows(void **state)
{
	int f = make_file("file", "");
	int r = (int)os_pipe_size(f);

	(void)state;
	close(f);
	if (is_portable()) {
		assert_int_equal(r, -ENOSYS);
		assert_int_equal(os_pipe_resize(fd[0], 1), -ENOSYS);
		return;
	}
	assert_int_equal(r, -EINVAL);
	assert_true(os_pipe_size(fd[0]) >= 4096);
	assert_int_equal(os_pipe_resize(fd[0], 131072), 131072);
	assert_int_equal(os_pipe_size(fd[1]), 131072);
	assert_int_equal(os_pipe_resize(fd[0], SIZE_MAX), -EINVAL);
}

static void
a_read_that_would_wait_is_EAGAIN(void **state)
{
	int f = make_file("file", "text");
	char got[8];
	int null = open("/dev/null", O_RDONLY);

	(void)state;
	alarm(10); /* a read that waits would wait for ever */
	assert_int_equal(os_read_nowait(fd[0], got, 8), -EAGAIN);
	assert_int_equal(write(fd[1], "12345", 5), 5);
	assert_int_equal(os_read_nowait(fd[0], got, 3), 3);
	assert_memory_equal(got, "123", 3);
	assert_int_equal(os_read_nowait(fd[0], got, 8), 2);
	assert_int_equal(os_read_nowait(fd[0], got, 8), -EAGAIN);
	assert_int_equal(fcntl(fd[0], F_GETFL) & O_NONBLOCK, 0);
	close(fd[1]);
	assert_int_equal(os_read_nowait(fd[0], got, 8), 0);
	fd[1] = -1;
	lseek(f, 1, SEEK_SET);
	assert_int_equal(os_read_nowait(f, got, 2), 2);
	assert_memory_equal(got, "ex", 2);
	assert_int_equal(os_read_nowait(f, got, 8), 1);
	assert_int_equal(os_read_nowait(f, got, 8), 0);
	assert_int_equal(os_read_nowait(null, got, 8), 0);
	assert_int_equal(os_read_nowait(BAD, got, 8), -EBADF);
	alarm(0);
	close(f);
	close(null);
}

static void
a_terminal_with_nothing_typed_is_EAGAIN(void **state)
{
	int master, tty = stuck_terminal(&master);
	char got[8];

	(void)state;
	alarm(10);
	assert_int_equal(os_read_nowait(tty, got, 8), -EAGAIN);
	assert_int_equal(write(master, "hi\n", 3), 3);
	assert_int_equal(os_read_nowait(tty, got, 8), 3);
	alarm(0);
	close(tty);
	close(master);
}

static const char many[64 * KIB];

static void
a_full_one_takes(int to, const char *what)
{
	int flags = fcntl(to, F_GETFL);

	assert_int_equal(os_write_nowait(to, what, 5), 5);
	stuck_fill(to);
	assert_int_equal(os_write_nowait(to, what, 5), -EAGAIN);
	assert_int_equal(os_write_nowait(to, many, sizeof(many)), -EAGAIN);
	assert_int_equal(fcntl(to, F_GETFL), flags);
}

static void
a_write_that_would_wait_is_EAGAIN(void **state)
{
	static const int types[] = { SOCK_STREAM, SOCK_SEQPACKET };
	int s[2], i, master, tty = stuck_terminal(&master);

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	alarm(10); /* a write that waits would wait for ever */
	a_full_one_takes(fd[1], "piped");
	a_full_one_takes(tty, "typed");
	for (i = 0; i < 2; i++) {
		assert_return_code(socketpair(AF_UNIX, types[i], 0, s), errno);
		a_full_one_takes(s[0], "plugs");
		close(s[1]);
		assert_true(os_write_nowait(s[0], "x", 1) < 0);
		close(s[0]);
	}
	alarm(0);
	signal(SIGPIPE, SIG_DFL);
	close(tty);
	close(master);
}

static void
what_never_waits_takes_all(void **state)
{
	int f = make_file("file", "123");
	int null = open("/dev/null", O_WRONLY),
	    in = open("/dev/null", O_RDONLY);

	(void)state;
	assert_int_equal(os_write_nowait(f, many, sizeof(many)), sizeof(many));
	assert_int_equal(lseek(f, 0, SEEK_CUR), 3 + sizeof(many));
	assert_int_equal(os_write_nowait(null, many, 5), 5);
	assert_int_equal(os_write_nowait(in, many, 5), -EBADF);
	assert_true(is_portable() || os_write_nowait(fd[0], "x", 1) == -EBADF);
	assert_int_equal(os_write_nowait(BAD, many, 5), -EBADF);
	close(f);
	close(null);
	close(in);
}

/* That there is room for a byte does not mean for all of them: as if another
 * writer had taken it after a look. */
static void
a_write_with_room_for_a_part_writes_a_part(void **state)
{
	int master, tty = stuck_terminal(&master), fifo, i;
	char some[4 * KIB];
	ssize_t r;

	(void)state;
	if (is_portable())
		skip();
	assert_int_equal(sys_mkfifoat(home, "fifo", 0600), 0);
	fifo = openat(home, "fifo", O_RDWR);
	stuck_fill(fd[1]);
	stuck_fill(fifo);
	assert_int_equal(read(fd[0], some, sizeof(some)), sizeof(some));
	assert_int_equal(read(fifo, some, sizeof(some)), sizeof(some));
	alarm(10);
	assert_int_equal(os_write_nowait(fd[1], many, sizeof(many)),
	    sizeof(some));
	assert_int_equal(os_write_nowait(fifo, many, sizeof(many)),
	    sizeof(some));
	for (i = 0; i < 1000; i++) {
		r = os_write_nowait(tty, many, 3 * KIB);
		if (r != 3 * KIB)
			break;
	}
	assert_true(r == -EAGAIN || (r > 0 && r < 3 * KIB));
	alarm(0);
	close(fifo);
	close(tty);
	close(master);
}

static void
a_tee_copies_and_consumes_nothing(void **state)
{
	char got[8] = "";
	int to[2];

	(void)state;
	assert_int_equal(sys_pipe(to), 0);
	if (is_portable()) {
		assert_int_equal(os_tee(fd[0], to[1], 3), -ENOSYS);
	} else {
		assert_int_equal(os_tee(fd[0], to[1], 3), -EAGAIN);
		assert_int_equal(write(fd[1], "12345", 5), 5);
		assert_int_equal(os_tee(fd[0], to[1], 3), 3);
		assert_int_equal(sys_readable(to[0]), 3);
		assert_int_equal(read(to[0], got, 8), 3);
		assert_string_equal(got, "123");
		assert_int_equal(sys_readable(fd[0]), 5);
	}
	close(to[0]);
	close(to[1]);
}

/* --- files --- */

static void
a_file_is_born_when_it_is_made(void **state)
{
	int64_t before = sys_wall_ns(), born;
	struct timespec early[2] = { { 1, 0 }, { 1, 0 } };
	int f = make_file("file", "");

	(void)state;
	futimens(f, early);
	born = os_birth_ns(f);
	close(f);
	if (born != -ENOSYS) {
		assert_true(born >= before - 1000000000);
		assert_true(born <= sys_wall_ns());
	}
	assert_true(is_portable() || os_birth_ns(BAD) == -EBADF);
}

static void
a_rename_to_a_name_that_exists_is_refused(void **state)
{
	char got[8] = "";
	int f;

	(void)state;
	close(make_file("a", "a"));
	close(make_file("b", "b"));
	assert_return_code(symlinkat("absent", home, "link"), errno);
	assert_int_equal(os_rename_new(home, "a", "b"), -EEXIST);
	assert_int_equal(os_rename_new(home, "a", "link"), -EEXIST);
	assert_int_equal(os_rename_new(home, "absent", "c"), -ENOENT);
	assert_int_equal(os_rename_new(home, "a", "c"), 0);
	assert_int_equal(faccessat(home, "a", F_OK, 0), -1);
	f = openat(home, "b", O_RDONLY);
	assert_int_equal(read(f, got, 8), 1);
	assert_string_equal(got, "b");
	close(f);
}

static void
a_reserved_file_has_its_blocks_and_its_bytes(void **state)
{
	int f = make_file("file", "text");
	struct stat st;
	char got[8] = "";

	(void)state;
	assert_int_equal(os_reserve(f, 256 * KIB + 5), 0);
	assert_return_code(fstat(f, &st), errno);
	assert_int_equal(st.st_size, 256 * KIB + 5);
	assert_true(disk_bytes(f) >= 256 * KIB);
	assert_int_equal(pread(f, got, 8, 0), 8);
	assert_memory_equal(got, "text\0\0\0", 8);
	close(f);
	assert_int_equal(os_reserve(BAD, 10), -EBADF);
}

static void
a_memfd_is_zeros_of_its_size(void **state)
{
	int f = os_memfd("test", 64 * KIB), g = os_memfd("test", 1);
	struct stat st;
	char c = 'x';

	(void)state;
	assert_true(f >= 0 && g >= 0);
	assert_return_code(fstat(f, &st), errno);
	assert_int_equal(st.st_size, 64 * KIB);
	assert_int_equal(fcntl(f, F_GETFD), FD_CLOEXEC);
	assert_int_equal(pread(f, &c, 1, 64 * KIB - 1), 1);
	assert_int_equal(c, 0);
	assert_int_equal(pwrite(f, "x", 1, 0), 1);
	assert_int_equal(pread(g, &c, 1, 0), 1);
	assert_int_equal(c, 0); /* another file */
	close(f);
	close(g);
	assert_int_equal(os_memfd("test", -1), -EINVAL);
}

/* --- the ring --- */

enum { HEAD = 64 * KIB, DATA = 128 * KIB };

static void
a_run_that_wraps_is_contiguous_in_a_ring(void **state)
{
	int f = os_memfd("ring", HEAD + DATA);
	char *base, got[8] = "";
	void *map;

	(void)state;
	assert_int_equal(os_map_ring(f, HEAD, DATA, &map), 0);
	base = map;
	memcpy(base, "head", 5);
	memcpy(base + HEAD + DATA - 3, "123456", 6);
	assert_memory_equal(base + HEAD, "456", 3);
	assert_int_equal(pread(f, got, 3, HEAD + DATA - 3), 3);
	assert_string_equal(got, "123");
	assert_int_equal(pread(f, got, 3, HEAD), 3);
	assert_string_equal(got, "456");
	assert_int_equal(pwrite(f, "7", 1, HEAD + 1), 1);
	assert_memory_equal(base + HEAD + DATA, "476", 3);
	assert_memory_equal(base, "head", 5);
	base[HEAD + 2 * DATA - 1] = 'z';
	assert_int_equal(base[HEAD + DATA - 1], 'z');
	assert_int_equal(os_unmap_ring(map, HEAD, DATA), 0);
	close(f);
}

static void
a_ring_may_be_memory_that_is_no_file(void **state)
{
	char *base;
	void *map;
	int r = os_map_ring(-1, HEAD, DATA, &map);

	(void)state;
	if (r == -EBADF)
		skip(); /* portable */
	assert_int_equal(r, 0);
	base = map;
	memcpy(base, "head", 5);
	memcpy(base + HEAD + DATA - 3, "123456", 6);
	assert_memory_equal(base + HEAD, "456", 3);
	base[HEAD + 2 * DATA - 1] = 'z';
	assert_int_equal(base[HEAD + DATA - 1], 'z');
	assert_string_equal(base, "head");
	assert_int_equal(os_unmap_ring(map, HEAD, DATA), 0);
}

static void
a_read_may_fill_a_ring_across_its_end(void **state)
{
	int f = os_memfd("ring", HEAD + DATA);
	char *base;
	void *map;

	(void)state;
	assert_int_equal(os_map_ring(f, HEAD, DATA, &map), 0);
	base = map;
	assert_int_equal(write(fd[1], "12345678", 8), 8);
	assert_int_equal(os_map_touch(base + HEAD + DATA - 4, 8), 0);
	assert_int_equal(os_read_nowait(fd[0], base + HEAD + DATA - 4, 8), 8);
	assert_memory_equal(base + HEAD, "5678", 4);
	assert_int_equal(os_unmap_ring(map, HEAD, DATA), 0);
	close(f);
}

static void
a_ring_that_cannot_be_mapped_says_why(void **state)
{
	const size_t huge = SIZE_MAX - 64 * KIB + 1;
	int f = open("/dev/null", O_RDONLY);
	void *map = NULL;

	(void)state;
	assert_int_equal(os_map_ring(BAD, HEAD, DATA, &map), -EBADF);
	assert_int_equal(os_map_ring(f, HEAD, 0, &map), -EINVAL);
	assert_int_equal(os_map_ring(f, HEAD, huge, &map), -EINVAL);
	assert_int_equal(os_map_ring(f, 0, SIZE_MAX / 2 + 1, &map), -EINVAL);
	assert_true(os_map_ring(f, HEAD, DATA, &map) < 0);
	assert_null(map);
	close(f);
}

static void
touched_pages_are_there_and_keep_their_bytes(void **state)
{
	int f = os_memfd("ring", HEAD + DATA);
	char *base;
	void *map;

	(void)state;
	assert_int_equal(pwrite(f, "text", 4, HEAD + 4096), 4);
	assert_int_equal(os_map_ring(f, HEAD, DATA, &map), 0);
	base = map;
	assert_true(disk_bytes(f) < 32 * KIB);
	/* from the end of a page to the start of another */
	assert_int_equal(os_map_touch(base + HEAD + 4095, 61441), 0);
	assert_true(disk_bytes(f) >= 64 * KIB);
	assert_memory_equal(base + HEAD + 4096, "text", 4);
	assert_int_equal(base[HEAD], 0);
	assert_int_equal(os_map_touch(base + HEAD, 0), 0);
	assert_int_equal(os_unmap_ring(map, HEAD, DATA), 0);
	close(f);
}

static void
forgotten_pages_keep_their_bytes_unless_punched(void **state)
{
	int f = os_memfd("ring", HEAD + DATA);
	char *data;
	off_t full;
	void *map;
	size_t i;

	(void)state;
	assert_int_equal(os_map_ring(f, HEAD, DATA, &map), 0);
	data = (char *)map + HEAD;
	memset(map, 'x', HEAD + DATA);
	full = disk_bytes(f);
	assert_int_equal(os_map_forget(data + 1, 65536, f, HEAD + 1, false), 0);
	assert_int_equal(data[0], 'x');
	assert_int_equal(data[4096], 'x');
	assert_int_equal(disk_bytes(f), full);
	assert_int_equal(os_map_forget(data + 1, 10, f, HEAD + 1, false), 0);
	assert_int_equal(os_map_forget(data + 1, 0, f, HEAD + 1, true), 0);
	assert_int_equal(os_map_forget(data + 1, 65536, f, HEAD + 1, true), 0);
	if (!is_portable()) /* before a look makes them again */
		assert_true(disk_bytes(f) <= full - 60 * KIB);
	for (i = 0; i < 65538; i++)
		assert_int_equal(data[i], i < 1 || i > 65536 ? 'x' : 0);
	assert_int_equal(((char *)map)[HEAD - 1], 'x');
	assert_int_equal(os_unmap_ring(map, HEAD, DATA), 0);
	close(f);
}

/* --- the rest --- */

static void
random_bytes_differ(void **state)
{
	unsigned char a[1024], b[1024];
	int i, zeros = 0;

	(void)state;
	memset(a, 0, sizeof(a));
	assert_int_equal(os_random(a, sizeof(a)), 0);
	assert_int_equal(os_random(b, sizeof(b)), 0);
	assert_memory_not_equal(a, b, sizeof(a));
	for (i = 0; i < 1024; i++)
		zeros += a[i] == 0;
	assert_true(zeros < 64);
	assert_int_equal(os_random(a, 0), 0);
}

static void
a_boot_has_one_id(void **state)
{
	static const unsigned char zero[16];
	unsigned char a[16], b[16];

	(void)state;
	memset(a, 1, sizeof(a));
	assert_int_equal(os_boot_id(a), 0);
	assert_int_equal(os_boot_id(b), 0);
	assert_memory_equal(a, b, 16);
	if (!is_portable())
		assert_memory_not_equal(a, zero, 16);
}

static int
child_closes(void)
{
	int i;

	for (i = 10; i < 80; i++)
		if (dup2(fd[0], i) < 0)
			return 1;
	if (os_close_from(20, false) != 0)
		return 2;
	for (i = 10; i < 80; i++)
		if ((fcntl(i, F_GETFD) < 0) != (i >= 20))
			return 3;
	return 0;
}

static int
child_marks(void)
{
	int i;

	for (i = 10; i < 80; i++)
		if (dup2(fd[0], i) < 0)
			return 1;
	if (os_close_from(20, true) != 0)
		return 2;
	for (i = 10; i < 80; i++)
		if (fcntl(i, F_GETFD) != (i >= 20 ? FD_CLOEXEC : 0))
			return 3;
	return 0;
}

static void
every_descriptor_from_a_number_on_is_closed_or_marked(void **state)
{
	(void)state;
	assert_int_equal(in_child(child_closes), 0);
	assert_int_equal(in_child(child_marks), 0);
}

enum { FILES = 120 };

/* Counts the names f0, f1, ... with a buffer of n bytes; each comes once. */
static int
names(size_t n)
{
	bool seen[FILES] = { false };
	char buf[2048];
	int count = 0;
	ssize_t r, at;

	assert_int_equal(sys_lseek(home, 0, SEEK_SET), 0);
	while ((r = os_dir_names(home, buf, n)) > 0) {
		uint16_t size;

		for (at = 0; at < r; at += size) {
			const char *name = buf + at + sizeof(size);
			int i = atoi(name + 1);

			memcpy(&size, buf + at, sizeof(size));
			assert_int_equal(size % 2, 0);
			assert_in_range(size - strlen(name), 3, 4);
			if (name[0] == '.')
				continue;
			assert_in_range(i, 0, FILES - 1);
			assert_false(seen[i]);
			seen[i] = true;
			count++;
		}
		assert_int_equal(at, r);
	}
	assert_int_equal(r, 0);
	return count;
}

static void
each_name_in_a_directory_comes_once(void **state)
{
	char name[32];
	int i;

	(void)state;
	for (i = 0; i < FILES; i++) {
		snprintf(name, sizeof(name), "f%d%.*s", i, i % 9, "--------");
		close(make_file(name, ""));
	}
	assert_int_equal(names(2048), FILES);
	assert_int_equal(names(2048), FILES);
	assert_int_equal(names(300), FILES);
	assert_int_equal(names(64), FILES);
}

static void
a_directory_that_cannot_be_read_says_why(void **state)
{
	char buf[64];
	int f = make_file("a-name-that-needs-more-than-that", "");

	(void)state;
	assert_int_equal(os_dir_names(BAD, buf, 64), -EBADF);
	assert_int_equal(os_dir_names(f, buf, 64), -ENOTDIR);
	assert_int_equal(os_dir_names(home, buf, 2), -EINVAL);
	close(f);
}

static void
links_fifos_and_directories_are_made_in_a_directory(void **state)
{
	struct stat st;
	char text[8];

	(void)state;
	assert_int_equal(sys_mkdirat(home, "d", 0700), 0);
	assert_int_equal(sys_mkdirat(home, "d", 0700), -EEXIST);
	assert_int_equal(sys_fstatat(home, "d", &st, 0), 0);
	assert_true(S_ISDIR(st.st_mode));
	assert_int_equal(sys_mkfifoat(home, "p", 0600), 0);
	assert_int_equal(sys_mkfifoat(home, "p", 0600), -EEXIST);
	assert_int_equal(sys_fstatat(home, "p", &st, 0), 0);
	assert_true(S_ISFIFO(st.st_mode));
	assert_return_code(symlinkat("d", home, "l"), errno);
	assert_int_equal(sys_readlinkat(home, "l", text, sizeof(text)), 1);
	assert_int_equal(text[0], 'd');
	assert_int_equal(sys_readlinkat(home, "d", text, 8), -EINVAL);
}

static void
an_owner_is_set(void **state)
{
	int f = make_file("mine", "");
	struct stat st;

	(void)state;
	assert_int_equal(sys_fchown(f, geteuid(), getegid()), 0);
	assert_int_equal(sys_fstat(f, &st), 0);
	assert_int_equal(st.st_uid, geteuid());
	assert_int_equal(sys_fchown(BAD, 0, 0), -EBADF);
	close(f);
}

static void
only_a_regular_file_is_opened(void **state)
{
	int f = make_file("file", "text");
	char got[8];

	(void)state;
	close(f);
	home_mkdir("d");
	assert_int_equal(sys_mkfifoat(home, "p", 0600), 0);
	assert_return_code(symlinkat("file", home, "l"), errno);
	assert_return_code(symlinkat("p", home, "lp"), errno);
	f = os_open_regular(home, "l", O_RDONLY | O_CLOEXEC);
	assert_return_code(f, -f);
	assert_int_equal(fcntl(f, F_GETFD), FD_CLOEXEC);
	assert_int_equal(read(f, got, sizeof(got)), 4);
	close(f);
	alarm(10); /* to open a FIFO would wait for ever */
	assert_int_equal(os_open_regular(home, "d", O_RDONLY), -EPERM);
	assert_int_equal(os_open_regular(home, "p", O_RDONLY), -EPERM);
	assert_int_equal(os_open_regular(home, "lp", O_RDONLY), -EPERM);
	assert_int_equal(os_open_regular(home, "no", O_RDONLY), -ENOENT);
	alarm(0);
}

static void
a_sealed_file_grows_and_does_not_shrink(void **state)
{
	int f = os_memfd("weir-test", KIB);

	(void)state;
	if (os_seal_shrink(f) == 0) {
		assert_int_equal(sys_ftruncate(f, 2 * KIB), 0);
		assert_int_equal(sys_ftruncate(f, KIB), -EPERM);
	}
	close(f);
}

/* A child that waits for the end of fd[0]'s pipe and exits with a code. */
static pid_t
waiting_child(int code)
{
	pid_t pid = fork();
	char c;

	if (pid != 0)
		return pid;
	close(fd[1]);
	if (read(fd[0], &c, 1) == 0)
		_exit(code);
	_exit(99);
}

static void
end_child(pid_t pid)
{
	siginfo_t si;

	close(fd[1]);
	fd[1] = -1;
	assert_return_code(waitid(P_PID, (id_t)pid, &si, WEXITED | WNOWAIT),
	    errno);
}

static void
a_process_has_one_start_until_it_ends(void **state)
{
	pid_t pid = waiting_child(7);
	int64_t start = os_process_start(pid);

	(void)state;
	if (start != -ENOSYS) {
		assert_true(start > 0);
		assert_int_equal(os_process_start(pid), start);
		assert_true(os_process_start(1) < start);
	}
	end_child(pid);
	if (start != -ENOSYS)
		assert_int_equal(os_process_start(pid), -ESRCH);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	if (start != -ENOSYS)
		assert_int_equal(os_process_start(pid), -ESRCH);
}

/* That one cannot look is no sign of its end. */
static void
a_process_has_not_ended_for_want_of_descriptors(void **state)
{
	struct rlimit was, few;
	int64_t start;

	(void)state;
	assert_int_equal(sys_getrlimit(RLIMIT_NOFILE, &was), 0);
	few = was;
	few.rlim_cur = 0;
	assert_int_equal(sys_setrlimit(RLIMIT_NOFILE, &few), 0);
	start = os_process_start(getpid());
	assert_int_equal(sys_setrlimit(RLIMIT_NOFILE, &was), 0);
	assert_true(start == -EMFILE || start == -ENOSYS);
}

/* As /proc has it. */
static char
state_of(pid_t pid)
{
	char path[64], text[512] = "";
	const char *at;
	int f;

	snprintf(path, sizeof(path), "/proc/%ld/stat", (long)pid);
	f = open(path, O_RDONLY);
	assert_return_code(f, errno);
	assert_true(read(f, text, sizeof(text) - 1) > 0);
	close(f);
	at = strrchr(text, ')');
	assert_non_null(at);
	return at[2];
}

static void *
wait_for_end(void *unused)
{
	char c;

	(void)unused;
	_exit(read(fd[0], &c, 1) == 0 ? 7 : 99);
}

/* The system has its state as that of a process which has ended. */
static void
a_process_goes_on_without_its_first_thread(void **state)
{
	pid_t pid = fork();
	pthread_t other;
	int64_t start;
	int i;

	(void)state;
	if (pid == 0) {
		close(fd[1]);
		if (pthread_create(&other, NULL, wait_for_end, NULL) != 0)
			_exit(98);
		pthread_exit(NULL);
	}
	start = os_process_start(pid);
	for (i = 0; start >= 0 && state_of(pid) != 'Z'; i++) {
		assert_true(i < 10000);
		poll(NULL, 0, 1);
	}
	if (start != -ENOSYS)
		assert_int_equal(os_process_start(pid), start);
	end_child(pid);
	if (start != -ENOSYS)
		assert_int_equal(os_process_start(pid), -ESRCH);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void
a_pidfd_is_signalled_polled_and_says_how_it_ended(void **state)
{
	pid_t pid = waiting_child(7);
	int pidfd = os_pidfd_open(pid), status = -1, r;
	struct pollfd look = { .fd = pidfd, .events = POLLIN };

	(void)state;
	if (pidfd == -ENOSYS) {
		end_child(pid);
		assert_int_equal(waitpid(pid, NULL, 0), pid);
		return;
	}
	assert_true(pidfd >= 0);
	assert_int_equal(os_pidfd_signal(pidfd, 0), 0);
	assert_int_equal(poll(&look, 1, 0), 0);
	end_child(pid);
	assert_int_equal(poll(&look, 1, -1), 1);
	r = os_pidfd_status(pidfd, &status);
	assert_true(r == -EAGAIN || r == -ENOSYS);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(os_pidfd_signal(pidfd, 0), -ESRCH);
	r = os_pidfd_status(pidfd, &status);
	if (r != -ENOSYS && r != -ESRCH) { /* before Linux 6.15 */
		assert_int_equal(r, 0);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), 7);
	}
	close(pidfd);
	assert_int_equal(os_pidfd_open(pid), -ESRCH);
	assert_true(os_pidfd_status(BAD, &status) < 0);
}

static void
what_a_process_has_open_can_be_opened_again(void **state)
{
	struct stat st, other;
	int again;

	(void)state;
	assert_int_equal(sys_fstat(fd[0], &st), 0);
	assert_int_equal(sys_fstat(home, &other), 0);
	again = os_open_of(getpid(), &st, O_WRONLY);
	if (again == -ENOSYS)
		return;
	assert_true(again > fd[1]);
	assert_int_equal(fcntl(again, F_GETFD), FD_CLOEXEC);
	assert_int_equal(write(again, "x", 1), 1);
	assert_int_equal(sys_readable(fd[0]), 1);
	close(again);
	other.st_ino++;
	assert_int_equal(os_open_of(getpid(), &other, O_RDONLY), -ENOENT);
	assert_int_equal(os_open_of(INT32_MAX, &st, O_RDONLY), -ENOENT);
}

static ssize_t
reports_of(int watch, int number)
{
	int which[32];
	ssize_t n, all = 0;

	while ((n = os_watch_read(watch, which, 32)) > 0)
		for (ssize_t i = 0; i < n; i++)
			all += which[i] == number;
	assert_int_equal(n, 0);
	return all;
}

static void
a_watched_directory_reports_a_rename(void **state)
{
	char path[96];
	int a, b, watch = os_watch_fd();
	struct pollfd in = { .fd = watch, .events = POLLIN };

	(void)state;
	if (watch == -ENOSYS) {
		assert_int_equal(os_watch_dir(0, home_path), -ENOSYS);
		assert_int_equal(os_watch_read(0, NULL, 0), -ENOSYS);
		return;
	}
	assert_int_equal(fcntl(watch, F_GETFD), FD_CLOEXEC);
	snprintf(path, sizeof(path), "%s/sub", home_path);
	assert_int_equal(sys_mkdirat(home, "sub", 0700), 0);
	a = os_watch_dir(watch, home_path);
	b = os_watch_dir(watch, path);
	assert_true(a >= 0 && b >= 0 && a != b);
	assert_int_equal(os_watch_dir(watch, path), b);
	assert_int_equal(reports_of(watch, b), 0);
	close(make_file("sub/new", ""));
	assert_return_code(renameat(home, "sub/new", home, "sub/file"), errno);
	assert_int_equal(sys_poll(&in, 1, 0), 1);
	assert_true(reports_of(watch, b) > 0);
	assert_int_equal(sys_poll(&in, 1, 0), 0);
	for (int i = 0; i < 100; i++) /* more than one read's worth */
		assert_return_code(renameat(home, i % 2 ? "sub/b" : "sub/file",
				       home, i % 2 ? "sub/file" : "sub/b"),
		    errno);
	assert_int_equal(reports_of(watch, b), 200);
	close(make_file("file", ""));
	assert_true(reports_of(watch, a) > 0);
	assert_int_equal(os_watch_dir(watch, "/nonexistent"), -ENOENT);
	assert_int_equal(os_watch_dir(watch, "/dev/null"), -ENOTDIR);
	close(watch);
}

static void
a_directory_that_grows_reports_writes(void **state)
{
	int number, f, watch = os_watch_fd();

	(void)state;
	if (watch == -ENOSYS) {
		assert_int_equal(os_watch_growth(0, home_path), -ENOSYS);
		return;
	}
	f = make_file("file", "");
	number = os_watch_growth(watch, home_path);
	assert_true(number >= 0);
	assert_int_equal(reports_of(watch, number), 0);
	assert_int_equal(write(f, "x", 1), 1);
	assert_true(reports_of(watch, number) > 0);
	assert_return_code(renameat(home, "file", home, "other"), errno);
	assert_true(reports_of(watch, number) > 0);
	assert_int_equal(os_watch_growth(watch, "/dev/null"), -ENOTDIR);
	close(f);
	close(watch);
}

static void
a_subreaper_gets_orphans(void **state)
{
	pid_t child, orphan = 0;
	int status;

	(void)state;
	if (os_subreaper() == -ENOSYS)
		return;
	child = fork();
	if (child == 0) {
		orphan = fork();
		if (orphan == 0)
			_exit(7);
		_exit(write(fd[1], &orphan, sizeof(orphan)) < 0);
	}
	assert_int_equal(sys_waitpid(child, &status, 0), child);
	assert_int_equal(read(fd[0], &orphan, sizeof(orphan)), sizeof(orphan));
	assert_int_equal(sys_waitpid(orphan, &status, 0), orphan);
	assert_int_equal(WEXITSTATUS(status), 7);
}

static void
the_power_signal_can_be_waited_for(void **state)
{
	int power = os_power_signal();

	(void)state;
	if (power == -ENOSYS)
		return;
	assert_true(power > 0 && power < SIGRTMIN);
}

static int
child_takes_what_is_pending(void)
{
	static const int cont = SIGCONT;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCONT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	raise(SIGCONT);
	return os_signal_next(os_signal_fd(&cont, 1)) == SIGCONT ? 0 : 1;
}

static void
a_signal_that_is_pending_is_taken_too(void **state)
{
	(void)state;
	assert_int_equal(in_child(child_takes_what_is_pending), 0);
}

static void
nobody_ends_a_machine_without_rights(void **state)
{
	(void)state;
	if (geteuid() == 0) /* who may would */
		return;
	assert_true(os_reboot(SYS_HALT) < 0);
	assert_true(os_ctrl_alt_del() < 0);
}

static void
the_first_pids_are_a_machines(void **state)
{
	(void)state;
	assert_in_range(os_first_pids(), 0, 1);
	assert_int_equal(os_own_terminal(BAD), -EBADF);
	assert_int_equal(sys_sync(), 0);
}

static void
crash_twice(int sig)
{
	if (sig == SIGSEGV)
		raise(SIGBUS);
	_exit(sig == SIGBUS ? 3 : 4);
}

static int
child_crashes(void)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	os_on_crash(crash_twice);
	raise(SIGSEGV);
	return 6;
}

static void
a_crash_calls_what_it_is_to_and_so_does_one_there(void **state)
{
	(void)state;
	assert_int_equal(in_child(child_crashes), 3);
}

static void
a_descriptor_is_made_not_to_wait_and_to_wait(void **state)
{
	char c;

	(void)state;
	assert_int_equal(sys_nonblock(fd[0]), 0);
	assert_int_equal(sys_read(fd[0], &c, 1), -EAGAIN);
	assert_int_equal(fcntl(fd[1], F_GETFL) & O_NONBLOCK, 0);
	assert_int_equal(sys_blocking(fd[0]), 0);
	assert_int_equal(fcntl(fd[0], F_GETFL) & O_NONBLOCK, 0);
	assert_int_equal(sys_nonblock(BAD), -EBADF);
	assert_int_equal(sys_blocking(BAD), -EBADF);
}

static int
child_notices(void)
{
	int which[8], news = os_notice_fd();
	struct pollfd in = { .fd = news, .events = POLLIN };
	int dir = open(home_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int i;

	if (news < 0 || fcntl(news, F_GETFD) != FD_CLOEXEC || dir < 0)
		return 1;
	if (os_notice_dir(dir) != 0 || os_notice_read(news, which, 8) != 0)
		return 2;
	for (i = 0; i < 20; i++)
		if (renameat(home, i % 2 ? "b" : "a", home, i % 2 ? "a" : "b") <
		    0)
			return 3;
	if (sys_poll(&in, 1, 0) != 1)
		return 4;
	for (i = 0; os_notice_read(news, which, 1) == 1; i++)
		if (which[0] != dir)
			return 5;
	if (i != 20 || sys_poll(&in, 1, 0) != 0)
		return 6;
	close(dir);
	if (renameat(home, "a", home, "b") < 0 || sys_poll(&in, 1, 0) != 0)
		return 7;
	return os_notice_dir(BAD) == -EBADF ? 0 : 8;
}

static void
a_noticed_directory_reports_a_rename(void **state)
{
	(void)state;
	if (is_portable()) {
		assert_int_equal(os_notice_fd(), -ENOSYS);
		assert_int_equal(os_notice_dir(home), -ENOSYS);
		assert_int_equal(os_notice_read(0, NULL, 0), -ENOSYS);
		return;
	}
	close(make_file("a", ""));
	assert_int_equal(in_child(child_notices), 0);
}

static void
what_may_be_done_to_a_file_is_known(void **state)
{
	(void)state;
	close(make_file("file", ""));
	assert_int_equal(sys_faccessat(home, "file", R_OK), 0);
	assert_int_equal(sys_faccessat(home, "file", X_OK), -EACCES);
	assert_int_equal(fchmodat(home, "file", 0755, 0), 0);
	assert_int_equal(sys_faccessat(home, "file", X_OK), 0);
	assert_int_equal(sys_faccessat(home, "none", R_OK), -ENOENT);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

/* --- datagrams ------------------------------------------------------------ */

/* A receiver on the loopback interface, at any port. */
static int
receiver(int family, unsigned *port)
{
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6,
		.sin6_addr = IN6ADDR_LOOPBACK_INIT };
	struct sockaddr_in in = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	const void *at = &in;
	socklen_t n = sizeof(in);
	int sock = socket(family, SOCK_DGRAM | SOCK_NONBLOCK, 0);

	if (family == AF_INET6) {
		at = &in6;
		n = sizeof(in6);
	}
	if (sock < 0 || bind(sock, at, n) < 0)
		return -1;
	n = sizeof(in6);
	assert_int_equal(getsockname(sock, (struct sockaddr *)&in6, &n), 0);
	*port = ntohs(in6.sin6_port); /* in the same place in both */
	return sock;
}

static void
a_datagram_arrives_as_it_was_sent(void **state)
{
	static const struct {
		int family;
		struct sys_ip ip;
	} rows[] = {
		{ AF_INET, { .version = 4, .bytes = { 127, 0, 0, 1 } } },
		{ AF_INET6, { .version = 6, .bytes = { [15] = 1 } } },
	};
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		unsigned port = 0;
		int to = receiver(rows[i].family, &port), sock;
		char got[10];

		if (to < 0 && rows[i].family == AF_INET6)
			continue; /* it is turned off here */
		assert_true(to >= 0);
		sock = sys_udp(&rows[i].ip, port);
		assert_true(sock >= 0);
		assert_true(fcntl(sock, F_GETFD) & FD_CLOEXEC);
		assert_true(fcntl(sock, F_GETFL) & O_NONBLOCK);
		assert_int_equal(sys_send(sock, "a\0b", 3), 3);
		assert_int_equal(recv(to, got, sizeof(got), 0), 3);
		assert_memory_equal(got, "a\0b", 3);
		assert_int_equal(sys_udp_error(sock), 0);
		/* Nobody is there any more. */
		close(to);
		assert_int_equal(sys_send(sock, "c", 1), 1);
		assert_int_equal(sys_udp_error(sock), -ECONNREFUSED);
		assert_int_equal(sys_udp_error(sock), 0);
		close(sock);
	}
}

static void
a_datagram_that_cannot_go_is_an_error(void **state)
{
	static char large[65536];
	struct sys_ip ip = { .version = 4, .bytes = { 127, 0, 0, 1 } };
	struct sys_ip none = { .version = 0 };
	int sock = sys_udp(&ip, 9);

	(void)state;
	assert_true(sock >= 0);
	assert_int_equal(sys_send(sock, large, sizeof(large)), -EMSGSIZE);
	close(sock);
	assert_int_equal(sys_udp(&none, 9), -EDESTADDRREQ);
	assert_int_equal(sys_send(-1, "a", 1), -EBADF);
	assert_int_equal(sys_udp_error(-1), -EBADF);
}

static void
a_host_is_found_by_its_name_or_not(void **state)
{
	struct sys_ip ips[4];
	char label[65];
	int n, i;

	(void)state;
	n = sys_find_host("127.0.0.1", ips, 4);
	assert_int_equal(n, 1);
	assert_int_equal(ips[0].version, 4);
	assert_memory_equal(ips[0].bytes, "\x7f\0\0\1", 4);
	n = sys_find_host("::1", ips, 4);
	assert_int_equal(n, 1);
	assert_int_equal(ips[0].version, 6);
	n = sys_find_host("localhost", ips, 4);
	if (n == 0 && access("/etc/hosts", R_OK) < 0)
		skip();
	assert_true(n >= 1 && n <= 4);
	for (i = 0; i < n; i++)
		assert_true(ips[i].version == 4 || ips[i].version == 6);
	assert_int_equal(sys_find_host("localhost", ips, 1), 1);
	memset(label, 'a', 64); /* 63 is the most */
	label[64] = 0;
	assert_int_equal(sys_find_host(label, ips, 4), 0);
}

static void
this_host_has_a_name(void **state)
{
	char name[256], one[1];

	(void)state;
	assert_int_equal(sys_host_name(name, sizeof(name)), 0);
	assert_true(strlen(name) > 0);
	(void)sys_host_name(one, sizeof(one));
	assert_int_equal(one[0], 0);
}

static void
local_time_is_ahead_of_utc_by_so_much(void **state)
{
	static const struct {
		const char *tz;
		int64_t at;
		int east_s;
	} rows[] = {
		{ "UTC0", 0, 0 },
		{ "XST-5:30", 1700000000, 19800 },
		{ "XST3", 1704067199, -10800 },  /* 2023-12-31 23:59:59 */
		{ "XST-14", 1704067199, 50400 }, /* already next year */
		{ "XST-1XDT,M3.5.0,M10.5.0/3", 1711846799, 3600 },
		{ "XST-1XDT,M3.5.0,M10.5.0/3", 1711846800, 7200 },
	};
	int east_s;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		setenv("TZ", rows[i].tz, 1);
		tzset();
		assert_int_equal(sys_zone(rows[i].at, &east_s), 0);
		if (east_s != rows[i].east_s)
			fail_msg("%s: %d", rows[i].tz, east_s);
	}
	unsetenv("TZ");
	tzset();
	assert_int_equal(sys_zone(INT64_MAX, &east_s), -EOVERFLOW);
}

static int *shared;

static int
write_shared(void)
{
	*shared += 41;
	return 0;
}

static void
memory_is_shared_with_a_child(void **state)
{
	void *p;

	(void)state;
	assert_int_equal(sys_share(sizeof *shared, &p), 0);
	shared = p;
	assert_int_equal(*shared, 0);
	*shared = 1;
	assert_int_equal(in_child(write_shared), 0);
	assert_int_equal(*shared, 42);
	assert_int_equal(sys_unshare(p, sizeof *shared), 0);
	assert_int_equal(sys_share(0, &p), -EINVAL);
	assert_int_equal(sys_unshare((char *)home_path + 1, 1), -EINVAL);
}

static void
there_is_a_processor(void **state)
{
	(void)state;
	assert_in_range(sys_processors(), 1, 1 << 20);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_call_that_fails_says_why),
		T(a_file_is_made_written_renamed_and_removed),
		T(a_read_outlasts_signals),
		T(a_wait_for_a_child_outlasts_signals),
		T(a_signal_ends_a_poll_with_0),
		T(a_poll_waits_for_its_nanoseconds),
		T(readable_counts_the_bytes_in_a_pipe),
		T(both_ends_of_a_pipe_close_on_exec),
		T(the_second_flock_is_EAGAIN),
		T(a_record_lock_of_another_process_is_EAGAIN),
		T(the_clocks_tell_the_time),
		T(memory_is_shared_with_a_child),
		T(there_is_a_processor),
		T(users_and_groups_are_found_by_name),
		T(a_process_becomes_another_user_for_good),
		T(a_program_without_more_rights_is_not_privileged),
		T(limits_nice_values_and_places_are_the_processs_own),
		T(a_link_has_a_text),
		T(a_lock_can_be_waited_for),
		T(signals_arrive_as_a_readable_descriptor),
		T(a_childs_end_arrives_even_where_it_was_ignored),
		T(a_signal_that_does_not_exist_is_EINVAL),
		T(cleared_signals_are_default_and_unblocked),
		T(a_signal_to_a_child_before_exec_is_the_childs),
		T(a_pipe_says_its_size_and_grows),
		T(a_read_that_would_wait_is_EAGAIN),
		T(a_terminal_with_nothing_typed_is_EAGAIN),
		T(a_write_that_would_wait_is_EAGAIN),
		T(what_never_waits_takes_all),
		T(a_write_with_room_for_a_part_writes_a_part),
		T(a_tee_copies_and_consumes_nothing),
		T(a_file_is_born_when_it_is_made),
		T(a_rename_to_a_name_that_exists_is_refused),
		T(a_reserved_file_has_its_blocks_and_its_bytes),
		T(a_memfd_is_zeros_of_its_size),
		T(a_run_that_wraps_is_contiguous_in_a_ring),
		T(a_ring_may_be_memory_that_is_no_file),
		T(a_read_may_fill_a_ring_across_its_end),
		T(a_ring_that_cannot_be_mapped_says_why),
		T(touched_pages_are_there_and_keep_their_bytes),
		T(forgotten_pages_keep_their_bytes_unless_punched),
		T(random_bytes_differ),
		T(a_boot_has_one_id),
		T(every_descriptor_from_a_number_on_is_closed_or_marked),
		T(each_name_in_a_directory_comes_once),
		T(a_directory_that_cannot_be_read_says_why),
		T(links_fifos_and_directories_are_made_in_a_directory),
		T(an_owner_is_set),
		T(only_a_regular_file_is_opened),
		T(a_sealed_file_grows_and_does_not_shrink),
		T(a_process_has_one_start_until_it_ends),
		T(a_process_has_not_ended_for_want_of_descriptors),
		T(a_process_goes_on_without_its_first_thread),
		T(a_pidfd_is_signalled_polled_and_says_how_it_ended),
		T(what_a_process_has_open_can_be_opened_again),
		T(a_watched_directory_reports_a_rename),
		T(a_directory_that_grows_reports_writes),
		T(a_noticed_directory_reports_a_rename),
		T(a_subreaper_gets_orphans),
		T(the_power_signal_can_be_waited_for),
		T(a_signal_that_is_pending_is_taken_too),
		T(nobody_ends_a_machine_without_rights),
		T(the_first_pids_are_a_machines),
		T(a_crash_calls_what_it_is_to_and_so_does_one_there),
		T(a_descriptor_is_made_not_to_wait_and_to_wait),
		T(what_may_be_done_to_a_file_is_known),
		cmocka_unit_test(a_datagram_arrives_as_it_was_sent),
		cmocka_unit_test(a_datagram_that_cannot_go_is_an_error),
		cmocka_unit_test(a_host_is_found_by_its_name_or_not),
		cmocka_unit_test(this_host_has_a_name),
		cmocka_unit_test(local_time_is_ahead_of_utc_by_so_much),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
