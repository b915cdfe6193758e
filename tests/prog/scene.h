/* Scenes: a logger, its directories, and a fault that is seen to happen.
 *
 * A driver is a table of scenes, each a sentence that is true and the function
 * that shows it. Each runs in a process of its own, under a time limit, in a
 * directory and a mount namespace that are gone afterwards; some at a time.
 *
 *     NAME [--only WORDS] [--lanes N] [--long N] -- svlogd svlogd-fault
 *
 * Exit 0, or 1 where a sentence is not true. */
#ifndef WEIR_TEST_SCENE_H
#define WEIR_TEST_SCENE_H

#include "line.h"
#include "logger.h"
#include "option.h"

#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>

enum {
	SCENE_DIRS = 8,
	SCENE_LANES = 16,
	SCENE_LIMIT_S = 40,
	SCENE_SKIPPED = 77,
	EXIT_TROUBLE = 111, /* the logger's */
};

struct scene {
	const char *name;
	void (*play)(void);
	size_t arg; /* sc.arg then */
};

struct place {
	char path[PATH_ROOM], name[32];
	struct check check;
	struct names names;
};

/* One scene's world; each process has its own. */
static struct {
	sigset_t set;
	struct logger lg;
	struct lines lines;
	struct place place[SCENE_DIRS];
	size_t n_places;
	char tmp[PATH_ROOM], err[PATH_ROOM];
	const char *svlogd, *svlogd_fault;
	const char *fault, *clock, *points; /* for the next logger */
	const char *only;
	long lanes, n_long;
	uint64_t lines_sent, bytes_sent;
	char part[LINE_MAX_BYTES]; /* of a line: what the pipe did not take */
	size_t part_n, part_at;
	size_t arg;
} sc = { .lanes = 4 };

/* --- words ----------------------------------------------------------------*/

/* Ends the scene unless the condition holds. */
#define want(cond, ...)                                                        \
	do {                                                                   \
		if (!(cond))                                                   \
			scene_fail(__FILE__, __LINE__, __VA_ARGS__);           \
	} while (0)

__attribute__((format(printf, 3, 4))) static inline _Noreturn void
scene_fail(const char *file, int line, const char *form, ...)
{
	va_list ap;

	printf("  %s:%d: ", file, line);
	va_start(ap, form);
	vprintf(form, ap);
	va_end(ap);
	printf("\n");
	logger_said(&sc.lg);
	exit(EXIT_BROKEN);
}

static inline _Noreturn void
skip(const char *why)
{
	printf("  %s: %s\n", why, strerror(errno));
	exit(SCENE_SKIPPED);
}

static inline double
ms_of(int64_t ns)
{
	return (double)ns / 1e6;
}

/* Waits a little before another look. */
static inline void
look_again(void)
{
	nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
}

/* Looks until the condition holds; the scene ends when it does not in time. */
#define await(cond, limit, ...)                                                \
	do {                                                                   \
		int64_t await_until = now_ns() + (limit);                      \
                                                                               \
		while (!(cond)) {                                              \
			if (now_ns() > await_until)                            \
				scene_fail(__FILE__, __LINE__, __VA_ARGS__);   \
			look_again();                                          \
		}                                                              \
	} while (0)

/* Lets time pass while nothing is expected: a measurement's length. */
static inline void
measure_for(int64_t ns)
{
	nanosleep(&(struct timespec){ .tv_sec = (time_t)(ns / 1000000000),
		      .tv_nsec = (long)(ns % 1000000000) },
	    NULL);
}

/* --- what the logger says -------------------------------------------------*/

/* All of it since the scene began; valid until the next call. */
static inline const char *
said(void)
{
	static char *text;
	off_t end = lseek(sc.lg.err, 0, SEEK_END);
	ssize_t n;

	free(text);
	text = calloc(1, (size_t)end + 1);
	if (!text)
		give_up("out of memory");
	n = pread(sc.lg.err, text, (size_t)end, 0);
	text[n > 0 ? n : 0] = '\0';
	return text;
}

static inline bool
has_said(const char *words)
{
	return strstr(said(), words) != NULL;
}

/* How many lines it said so far. */
static inline long
lines_said(void)
{
	const char *p;
	long n = 0;

	for (p = said(); *p; p++)
		n += *p == '\n';
	return n;
}

/* How many lines with these words. */
static inline long
times_said(const char *words)
{
	const char *p = said();
	long n = 0;

	for (; (p = strstr(p, words)); p += strcspn(p, "\n"))
		n++;
	return n;
}

/* --- directories ----------------------------------------------------------*/

static inline struct place *
place_at(const char *path)
{
	struct place *pl = &sc.place[sc.n_places++];
	const char *name = strrchr(path, '/');

	want(sc.n_places <= SCENE_DIRS, "too many directories");
	snprintf(pl->path, sizeof(pl->path), "%s", path);
	snprintf(pl->name, sizeof(pl->name), "%.31s", name ? name + 1 : path);
	check_init(&pl->check, &sc.lines, pl->name, 0);
	return pl;
}

/* A log directory; config as for dir_make(). */
static inline struct place *
place_new(const char *config)
{
	struct place *pl;
	char path[PATH_ROOM], name[32];

	snprintf(name, sizeof(name), "log%zu", sc.n_places);
	pl = place_at(path_join(path, sc.tmp, name));
	dir_make(pl->path, config);
	return pl;
}

/* path/name; valid until four more. */
static inline const char *
in(const struct place *pl, const char *name)
{
	static char path[4][PATH_ROOM];
	static unsigned i;

	return path_join(path[i++ % 4], pl->path, name);
}

static inline void
file_write(const char *path, const char *text)
{
	int fd = fd_keep(
	    open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644), path);

	want(write(fd, text, strlen(text)) == (ssize_t)strlen(text), "%s: %s",
	    path, strerror(errno));
	close(fd);
}

/* The file's contents; valid until the next call. */
static inline const char *
file_text(const char *path)
{
	static char *text;
	struct stat st;
	ssize_t n = 0;
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	free(text);
	if (fd < 0 || fstat(fd, &st) < 0)
		st.st_size = 0;
	text = calloc(1, (size_t)st.st_size + 1);
	if (!text)
		give_up("out of memory");
	if (fd >= 0) {
		n = read(fd, text, (size_t)st.st_size);
		close(fd);
	}
	text[n > 0 ? n : 0] = '\0';
	return text;
}

/* A file of /proc, cut; valid until the next call. */
static inline const char *
proc_text(const char *path)
{
	static char text[4096];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);

	if (fd >= 0)
		close(fd);
	text[n > 0 ? n : 0] = '\0';
	return text;
}

static inline bool
file_is(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

static inline off_t
file_size(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 ? st.st_size : 0;
}

/* Bytes of log in it. */
static inline uint64_t
place_bytes(struct place *pl)
{
	uint64_t n;
	size_t i;

	names_read(&pl->names, pl->path);
	n = (uint64_t)file_size(in(pl, "current"));
	for (i = 0; i < pl->names.n; i++)
		n += (uint64_t)file_size(in(pl, pl->names.v[i]));
	return n;
}

/* Links, and what has another name elsewhere, are no log. */
static inline void
place_read_file(struct check *ck, const struct place *pl, const char *name)
{
	static char buf[1 << 16];
	int fd =
	    open(in(pl, name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;
	ssize_t n;

	if (fd < 0)
		return;
	ck->file = name;
	ck->at = 0;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_nlink == 1) {
		while ((n = read(fd, buf, sizeof(buf))) > 0)
			check_bytes(ck, buf, (size_t)n);
	}
	close(fd);
}

/* Adds what is in one directory to a check that may go on elsewhere. */
static inline void
place_read(struct check *ck, struct place *pl)
{
	size_t i;

	names_read(&pl->names, pl->path);
	for (i = 0; i < pl->names.n; i++)
		place_read_file(ck, pl, pl->names.v[i]);
	place_read_file(ck, pl, "current");
}

static inline void
check_want(struct check *ck)
{
	bool good = check_end(ck, sc.lines_sent);

	want(good,
	    "%s: of %llu lines lost %llu, doubled %llu, torn %llu, out of "
	    "order %llu",
	    ck->where, (unsigned long long)sc.lines_sent,
	    (unsigned long long)check_lost(ck), (unsigned long long)ck->doubled,
	    (unsigned long long)ck->torn, (unsigned long long)ck->disordered);
}

/* Every line that was sent is there, whole, once and in order. */
static inline void
place_is_whole(struct place *pl)
{
	place_read(&pl->check, pl);
	check_want(&pl->check);
}

/* --- the logger -----------------------------------------------------------*/

static inline void
logger_on(struct place *pl)
{
	logger_arg(&sc.lg, pl->path);
}

/* Starts it, with what sc says of faults. */
static inline void
begin(void)
{
	bool is_fault = sc.fault || sc.clock || sc.points;

	sc.lg.argv[0] = is_fault ? sc.svlogd_fault : sc.svlogd;
	if (sc.clock)
		setenv("WEIR_FAULT_CLOCK", sc.clock, 1);
	logger_start(&sc.lg, sc.fault, sc.points);
}

/* Whether its signals come where it reads them, or it is no more. */
static inline bool
is_ready(void)
{
	const char *text, *blocked;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%ld/status", (long)sc.lg.pid);
	text = proc_text(path);
	blocked = strstr(text, "SigBlk:");
	return !blocked || strstr(text, "Z (zombie)") ||
	       (strtoull(blocked + 7, NULL, 16) >> (SIGALRM - 1) & 1);
}

/* Starts it, and waits until it is ready for signals. */
static inline void
begin_ready(void)
{
	begin();
	await(is_ready(), WAIT_LIMIT, "it does not get ready");
}

/* Sends it a signal, which finds it ready. */
static inline void
poke(int sig)
{
	await(is_ready(), WAIT_LIMIT, "it does not get ready");
	kill(sc.lg.pid, sig);
}

static inline bool
has_ended(int64_t limit, int *status)
{
	if (!child_ended(&sc.set, sc.lg.pid, now_ns() + limit, status))
		return false;
	sc.lg.pid = 0;
	return true;
}

/* Sends it a signal and sees it go; how long that took. */
static inline int64_t
end_by(int sig, int64_t limit)
{
	int64_t at;
	int status;

	if (sig != SIGKILL)
		await(is_ready(), WAIT_LIMIT, "it does not get ready");
	at = now_ns();
	want(kill(sc.lg.pid, sig) == 0, "there is no logger");
	want(has_ended(limit, &status), "signal %d: still there after %.0f ms",
	    sig, ms_of(limit));
	if (sig == SIGKILL)
		want(WIFSIGNALED(status), "%s", status_words(status));
	else
		want(status == 0, "%s", status_words(status));
	return now_ns() - at;
}

/* The input ends, and then the logger. */
static inline void
end(void)
{
	int status;

	want(sc.part_n == 0, "a line is not through");
	fd_drop(&sc.lg.wr);
	want(has_ended(WAIT_LIMIT, &status), "it does not end at EOF");
	want(status == 0, "%s", status_words(status));
	strays_end(&sc.set, WAIT_LIMIT);
}

static inline int64_t
cpu_ns(pid_t pid)
{
	struct timespec ts;
	clockid_t clock;

	if (clock_getcpuclockid(pid, &clock) != 0 ||
	    clock_gettime(clock, &ts) != 0)
		return 0;
	return ts.tv_sec * INT64_C(1000000000) + ts.tv_nsec;
}

/* --- lines ----------------------------------------------------------------*/

/* What the pipe takes of the line under way, or of the next one. */
static inline bool
send_some(void)
{
	ssize_t n;

	if (sc.part_n == 0) {
		sc.part_n = line_make(&sc.lines, sc.lines_sent, sc.part);
		sc.part_at = 0;
	}
	n = write(sc.lg.wr, sc.part + sc.part_at, sc.part_n - sc.part_at);
	if (n <= 0)
		return false;
	sc.part_at += (size_t)n;
	sc.bytes_sent += (uint64_t)n;
	if (sc.part_at == sc.part_n) {
		sc.part_n = 0;
		sc.lines_sent++;
	}
	return true;
}

static inline bool
pipe_takes(int64_t limit)
{
	struct pollfd p = { .fd = sc.lg.wr, .events = POLLOUT };

	return poll(&p, 1, (int)(limit / MS)) > 0;
}

/* The next lines, n or a few bytes more than the pipe took of them. */
static inline void
feed(uint64_t n)
{
	uint64_t until = sc.lines_sent + n;

	while (sc.lines_sent < until || sc.part_n > 0) {
		if (!send_some())
			want(pipe_takes(WAIT_LIMIT),
			    "nobody reads the pipe: line %llu",
			    (unsigned long long)sc.lines_sent);
	}
}

/* As many as the pipe takes, until it took none for a while. */
static inline void
feed_full(void)
{
	while (send_some() || pipe_takes(40 * MS))
		;
}

/* Ends the line that feed_full() began. */
static inline void
feed_rest(void)
{
	feed(0);
}

static inline int
pipe_holds(void)
{
	int n = 0;

	ioctl(sc.lg.rd, FIONREAD, &n);
	return n;
}

/* Until all that was sent is in the directory; how long that took. For logs
 * that are as long as their input. */
static inline int64_t
until_written(struct place *pl, int64_t limit)
{
	int64_t at = now_ns();

	await(place_bytes(pl) >= sc.bytes_sent, limit,
	    "%s: %llu of %llu bytes after %.0f ms", pl->name,
	    (unsigned long long)place_bytes(pl),
	    (unsigned long long)sc.bytes_sent, ms_of(limit));
	return now_ns() - at;
}

/* --- mounts ---------------------------------------------------------------*/

/* From here on mounts are this scene's own. */
static inline void
mounts_own(void)
{
	static bool done;

	if (done)
		return;
	if (unshare(CLONE_NEWNS) < 0 ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		skip("not permitted to mount");
	done = true;
}

/* A small file system at path, which is made. */
static inline void
mount_small(const char *path, const char *options)
{
	mounts_own();
	want(mkdir(path, 0755) == 0, "mkdir: %s", strerror(errno));
	if (mount("small", path, "tmpfs", 0, options) < 0)
		skip("cannot mount a tmpfs");
}

/* Fills what is left of a file system. */
static inline void
fill(const char *path)
{
	static char block[1 << 16];
	int fd = fd_keep(
	    open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600), path);
	size_t n = sizeof(block);

	while (n > 0) {
		if (write(fd, block, n) < 0)
			n /= 2;
	}
	close(fd);
}

/* --- playing --------------------------------------------------------------*/

/* Orphans come to us one generation after the other. */
static inline void
scene_clean(void)
{
	if (sc.lg.pid > 0)
		kill(sc.lg.pid, SIGKILL);
	for (;;) {
		strays_kill();
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
		if (waitpid(-1, NULL, WNOHANG) < 0)
			return;
		look_again();
	}
}

static inline void
scene_set(size_t number)
{
	char name[32];

	signals_take(&sc.set);
	atexit(scene_clean);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	snprintf(name, sizeof(name), "/%zu", number);
	strncat(sc.tmp, name, sizeof(sc.tmp) - strlen(sc.tmp) - 1);
	if (mkdir(sc.tmp, 0755) < 0)
		give_up("%s: %s", sc.tmp, strerror(errno));
	path_join(sc.err, sc.tmp, "stderr");
	sc.lg.err =
	    fd_keep(open(sc.err, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0600),
		sc.err);
	lines_init(&sc.lines, number + 1, 16, 218);
	logger_pipe(&sc.lg);
	fcntl(sc.lg.wr, F_SETFL, O_NONBLOCK);
}

struct lane {
	const struct scene *scene;
	pid_t pid;
	int out;
	int64_t start;
};

static inline void
lane_start(struct lane *ln, const struct scene *scene, size_t number)
{
	ln->scene = scene;
	ln->start = now_ns();
	ln->out = fd_keep(memfd_create("out", MFD_CLOEXEC), "memfd_create");
	fflush(stdout);
	ln->pid = fork();
	if (ln->pid < 0)
		give_up("fork: %s", strerror(errno));
	if (ln->pid > 0)
		return;
	dup2(ln->out, 1);
	dup2(ln->out, 2);
	setvbuf(stdout, NULL, _IOLBF, 0);
	scene_set(number);
	sc.arg = scene->arg;
	scene->play();
	exit(0);
}

/* True unless the sentence turned out not to be true. */
static inline bool
lane_report(struct lane *ln, int status)
{
	bool is_skipped =
	    WIFEXITED(status) && WEXITSTATUS(status) == SCENE_SKIPPED;
	double s = (double)(now_ns() - ln->start) / 1e9;
	char text[16384];
	ssize_t n = pread(ln->out, text, sizeof(text), 0);

	close(ln->out);
	ln->pid = 0;
	printf("%s: %s (%.1f s)\n",
	    status == 0  ? "ok"
	    : is_skipped ? "skipped"
			 : "FAILED",
	    ln->scene->name, s);
	if (WIFSIGNALED(status))
		printf("  %s\n", status_words(status));
	printf("%.*s", n > 0 ? (int)n : 0, text);
	fflush(stdout);
	return status == 0 || is_skipped;
}

/* What is asked to take longer may. */
static inline int64_t
scene_limit(void)
{
	return (SCENE_LIMIT_S + 20 * sc.n_long) * 1000 * MS;
}

/* Waits for one of them; kills one that takes too long. */
static inline bool
lanes_wait(struct lane *ln, long n)
{
	sigset_t stop;
	int status;
	long i;

	for (;;) {
		sigpending(&stop);
		if (sigismember(&stop, SIGINT) || sigismember(&stop, SIGTERM) ||
		    sigismember(&stop, SIGHUP))
			give_up("stopped");
		for (i = 0; i < n; i++) {
			if (ln[i].pid == 0)
				continue;
			if (waitpid(ln[i].pid, &status, WNOHANG) == ln[i].pid)
				return lane_report(&ln[i], status);
			if (now_ns() - ln[i].start > scene_limit())
				kill(ln[i].pid, SIGKILL);
		}
		look_again();
	}
}

static char scenes_tmp[PATH_ROOM];

static inline void
scenes_clean(void)
{
	if (scenes_tmp[0] == '\0' || strcmp(scenes_tmp, sc.tmp) != 0)
		return; /* in a scene */
	scene_clean();
	dir_remove(scenes_tmp);
}

static inline bool
scenes_play(const struct scene *scenes, size_t n)
{
	struct lane lanes[SCENE_LANES] = { 0 };
	long busy = 0, i;
	bool good = true;
	size_t at;

	for (at = 0; at < n || busy > 0;) {
		if (at < n && sc.only && !strstr(scenes[at].name, sc.only)) {
			at++;
		} else if (at < n && busy < sc.lanes) {
			for (i = 0; lanes[i].pid; i++)
				;
			lane_start(&lanes[i], &scenes[at], at);
			at++;
			busy++;
		} else {
			good &= lanes_wait(lanes, sc.lanes);
			busy--;
		}
	}
	return good;
}

static inline bool
scene_set_only(const char *arg)
{
	sc.only = arg;
	return true;
}

static inline bool
scene_set_lanes(const char *arg)
{
	return option_number(arg, 1, SCENE_LANES, &sc.lanes);
}

static inline bool
scene_set_long(const char *arg)
{
	return option_number(arg, 0, 100000, &sc.n_long);
}

static inline int
scenes_main(char **argv, const struct scene *scenes, size_t n)
{
	static const struct option_row rows[] = {
		{ "--only", "WORDS", "sentences with these", scene_set_only },
		{ "--lanes", "N", "so many at a time", scene_set_lanes },
		{ "--long", "N", "more of it; what, the driver says",
		    scene_set_long },
	};

	options_read(rows, sizeof(rows) / sizeof(rows[0]), argv, &sc.lg);
	if (sc.lg.n_argv != 2)
		options_usage(rows, sizeof(rows) / sizeof(rows[0]), argv[0]);
	sc.svlogd = sc.lg.argv[0];
	sc.svlogd_fault = sc.lg.argv[1];
	if (access(sc.svlogd, X_OK) < 0 || access(sc.svlogd_fault, X_OK) < 0)
		give_up("no such programs: %s %s", sc.svlogd, sc.svlogd_fault);
	sc.lg.n_argv = 1;
	if (geteuid() != 0) {
		printf("skipped: all of it: not root\n");
		return 0;
	}
	signals_take(&sc.set);
	temp_make(scenes_tmp, getenv("TMPDIR"), "weir-scene.XXXXXX");
	snprintf(sc.tmp, sizeof(sc.tmp), "%s", scenes_tmp);
	if (chmod(sc.tmp, 0755) < 0)
		give_up("%s: %s", sc.tmp, strerror(errno));
	atexit(scenes_clean);
	return scenes_play(scenes, n) ? 0 : EXIT_BROKEN;
}

#endif
