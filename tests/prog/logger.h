/* A log daemon as its supervisor sees it: a pipe, a ring and directories that
 * outlive it, and a process that comes and goes. What the drivers share. */
#ifndef WEIR_TEST_LOGGER_H
#define WEIR_TEST_LOGGER_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* memfd_create */
#endif
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	EXIT_BROKEN = 1, /* the promise is */
	EXIT_VOID = 2,   /* nothing was proved */
	EXIT_USAGE = 100,
	LOGGER_RING_FD = 10, /* at least; every shell passes such on */
	LOGGER_ARGS = 80,
	LABEL_CHARS = 25,
	NAME_CHARS = 27,
	PATH_ROOM = 1024,
};

#define MS INT64_C(1000000) /* ns in a millisecond */
#define WAIT_LIMIT (20000 * MS)

enum ring { RING_FD, RING_FILE };

struct logger {
	const char *argv[LOGGER_ARGS + 1];
	int n_argv;
	enum ring ring_kind;
	int rd, wr; /* the pipe */
	int ring;   /* -1: none */
	int err;    /* its stderr */
	pid_t pid;  /* 0: not there */
};

static inline int64_t
now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * INT64_C(1000000000) + ts.tv_nsec;
}

__attribute__((format(printf, 1, 2))) static inline _Noreturn void
give_up(const char *form, ...)
{
	va_list ap;

	fflush(stdout);
	va_start(ap, form);
	vfprintf(stderr, form, ap);
	va_end(ap);
	fprintf(stderr, "\n");
	exit(EXIT_BROKEN);
}

/* --- waiting --------------------------------------------------------------*/

/* The driver's own signals are only ever waited for; and orphans of a killed
 * logger come to the driver. */
static inline void
signals_take(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGCHLD);
	sigaddset(set, SIGHUP);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGTERM);
	sigprocmask(SIG_BLOCK, set, NULL);
	signal(SIGPIPE, SIG_IGN);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	prctl(PR_SET_TIMERSLACK, 1000);
}

/* Waits until a child ends or `until` is past; gives up when asked to. */
static inline void
child_event(const sigset_t *set, int64_t until)
{
	int64_t left = until - now_ns();
	struct timespec ts;
	int sig;

	if (left < 0)
		left = 0;
	ts.tv_sec = (time_t)(left / 1000000000);
	ts.tv_nsec = (long)(left % 1000000000);
	sig = sigtimedwait(set, NULL, &ts);
	if (sig > 0 && sig != SIGCHLD)
		give_up("stopped by signal %d", sig);
}

/* True: it ended before `until`, and *status says how. */
static inline bool
child_ended(const sigset_t *set, pid_t pid, int64_t until, int *status)
{
	for (;;) {
		if (waitpid(pid, status, WNOHANG) == pid)
			return true;
		if (now_ns() >= until)
			return false;
		child_event(set, until);
	}
}

/* Reaps children other than these two. */
static inline void
strays_reap(pid_t a, pid_t b)
{
	siginfo_t si;

	for (;;) {
		si.si_pid = 0;
		if (waitid(P_ALL, 0, &si, WEXITED | WNOHANG | WNOWAIT) < 0 ||
		    si.si_pid == 0 || si.si_pid == a || si.si_pid == b)
			return;
		waitpid(si.si_pid, NULL, WNOHANG);
	}
}

static inline void
strays_kill(void)
{
	char path[64];
	long pid;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/self/task/%ld/children",
	    (long)getpid());
	f = fopen(path, "r");
	while (f && fscanf(f, "%ld", &pid) == 1)
		kill((pid_t)pid, SIGKILL);
	if (f)
		fclose(f);
}

/* Waits for whatever is left, a processor say; kills it when it lingers. */
static inline bool
strays_end(const sigset_t *set, int64_t limit)
{
	int64_t until = now_ns() + limit;
	pid_t pid;

	while ((pid = waitpid(-1, NULL, WNOHANG)) >= 0) {
		if (pid > 0)
			continue;
		if (now_ns() >= until) {
			strays_kill();
			while (waitpid(-1, NULL, 0) > 0)
				;
			return false;
		}
		child_event(set, until);
	}
	return true;
}

static inline const char *
status_words(int status)
{
	static char words[64];

	if (WIFSIGNALED(status))
		snprintf(words, sizeof(words), "was killed by signal %d",
		    WTERMSIG(status));
	else
		snprintf(words, sizeof(words), "exited %d",
		    WEXITSTATUS(status));
	return words;
}

/* --- the logger -----------------------------------------------------------*/

static inline int
fd_keep(int fd, const char *what)
{
	if (fd < 0)
		give_up("%s: %s", what, strerror(errno));
	return fd;
}

static inline void
logger_arg(struct logger *lg, const char *arg)
{
	if (lg->n_argv == LOGGER_ARGS)
		give_up("too many arguments");
	lg->argv[lg->n_argv++] = arg;
}

/* A fresh pipe, and a fresh ring, left empty. */
static inline void
logger_pipe(struct logger *lg)
{
	int fd[2], low;

	if (pipe2(fd, O_CLOEXEC) < 0)
		give_up("pipe: %s", strerror(errno));
	lg->rd = fd[0];
	lg->wr = fd[1];
	lg->ring = -1;
	if (lg->ring_kind == RING_FILE)
		return;
	low = fd_keep(memfd_create("ring", MFD_CLOEXEC | MFD_ALLOW_SEALING),
	    "memfd_create");
	lg->ring = fd_keep(fcntl(low, F_DUPFD_CLOEXEC, LOGGER_RING_FD),
	    "F_DUPFD_CLOEXEC");
	close(low);
}

static inline void
fd_drop(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static inline _Noreturn void
logger_exec(const struct logger *lg, const char *fault, const char *log)
{
	char *argv[LOGGER_ARGS + 1], text[64];
	struct stat st;
	sigset_t none;
	int i;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	if (dup2(lg->rd, 0) < 0 || dup2(lg->err, 1) < 0 || dup2(lg->err, 2) < 0)
		_exit(126);
	unsetenv("WEIR_RING");
	unsetenv("WEIR_FAULT");
	unsetenv("WEIR_FAULT_LOG");
	if (lg->ring >= 0 && fstat(lg->ring, &st) == 0) {
		fcntl(lg->ring, F_SETFD, 0);
		snprintf(text, sizeof(text), "%d:%llu", lg->ring,
		    (unsigned long long)st.st_ino);
		setenv("WEIR_RING", text, 1);
	}
	if (fault)
		setenv("WEIR_FAULT", fault, 1);
	if (log)
		setenv("WEIR_FAULT_LOG", log, 1);
	for (i = 0; i < lg->n_argv; i++)
		argv[i] = strdup(lg->argv[i]);
	argv[i] = NULL;
	execvp(argv[0], argv);
	_exit(127);
}

/* fault and log: WEIR_FAULT and WEIR_FAULT_LOG, or NULL. */
static inline void
logger_start(struct logger *lg, const char *fault, const char *log)
{
	fflush(stdout);
	lg->pid = fork();
	if (lg->pid < 0)
		give_up("fork: %s", strerror(errno));
	if (lg->pid == 0)
		logger_exec(lg, fault, log);
}

/* --- directories ----------------------------------------------------------*/

/* dir/name into out, which has PATH_ROOM. */
static inline const char *
path_join(char *out, const char *dir, const char *name)
{
	int n = snprintf(out, PATH_ROOM, "%s/%s", dir, name);

	if (n < 0 || n >= PATH_ROOM)
		give_up("path too long: %s/%s", dir, name);
	return out;
}

/* A new directory under one for temporary files, in memory where possible;
 * name ends in XXXXXX. */
static inline void
temp_make(char *out, const char *tmp, const char *name)
{
	struct stat st;

	if (!tmp)
		tmp = stat("/dev/shm", &st) == 0 ? "/dev/shm" : "/tmp";
	path_join(out, tmp, name);
	if (!mkdtemp(out))
		give_up("mkdtemp: %s: %s", out, strerror(errno));
}

/* A log directory with n0 (nothing is pruned) and this config, where ';' is a
 * line end too. */
static inline void
dir_make(const char *path, const char *config)
{
	char name[PATH_ROOM];
	FILE *f;

	path_join(name, path, "config");
	if (mkdir(path, 0755) < 0 || !(f = fopen(name, "w")))
		give_up("%s: %s", name, strerror(errno));
	fprintf(f, "n0\n");
	for (; *config; config++)
		fputc(*config == ';' ? '\n' : *config, f);
	fprintf(f, "\n");
	if (fclose(f) != 0)
		give_up("%s: %s", name, strerror(errno));
}

/* Removes a directory and all in it, one level of directories deep. */
static inline void
dir_remove(const char *path)
{
	struct dirent *de;
	char name[PATH_ROOM];
	DIR *d = opendir(path);

	while (d && (de = readdir(d))) {
		if (strcmp(de->d_name, ".") == 0 ||
		    strcmp(de->d_name, "..") == 0)
			continue;
		path_join(name, path, de->d_name);
		if (unlink(name) < 0 && errno == EISDIR)
			dir_remove(name);
	}
	if (d)
		closedir(d);
	rmdir(path);
}

struct names {
	char (*v)[NAME_CHARS + 1];
	size_t n, room;
};

static inline int
name_order(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* The old files, oldest first. Of a file and its processed copy, both there
 * because the logger died between two steps, only the copy counts. */
static inline void
names_read(struct names *nm, const char *path)
{
	struct dirent *de;
	size_t i, k = 0;
	DIR *d = opendir(path);

	nm->n = 0;
	while (d && (de = readdir(d))) {
		if (de->d_name[0] != '@' || strlen(de->d_name) != NAME_CHARS ||
		    (de->d_name[26] != 's' && de->d_name[26] != 'u'))
			continue;
		if (nm->n == nm->room) {
			nm->room = nm->room ? nm->room * 2 : 64;
			nm->v = realloc(nm->v, nm->room * sizeof(*nm->v));
			if (!nm->v)
				give_up("out of memory");
		}
		memcpy(nm->v[nm->n++], de->d_name, sizeof(*nm->v));
	}
	if (d)
		closedir(d);
	if (nm->n > 0)
		qsort(nm->v, nm->n, sizeof(*nm->v), name_order);
	for (i = 0; i < nm->n; i++) {
		if (k > 0 && memcmp(nm->v[k - 1], nm->v[i], LABEL_CHARS) == 0)
			continue;
		memmove(nm->v[k++], nm->v[i], sizeof(*nm->v));
	}
	nm->n = k;
}

/* The end of what the logger said. */
static inline void
logger_said(const struct logger *lg)
{
	char text[4096];
	off_t end = lseek(lg->err, 0, SEEK_END);
	off_t from = end > (off_t)sizeof(text) ? end - (off_t)sizeof(text) : 0;
	ssize_t n = pread(lg->err, text, sizeof(text), from);

	if (n > 0)
		printf("the logger said:\n%.*s", (int)n, text);
}

/* --- random numbers -------------------------------------------------------*/

static inline uint64_t
random_next(uint64_t *state)
{
	uint64_t x = *state += UINT64_C(0x9e3779b97f4a7c15);

	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

static inline int64_t
random_between(uint64_t *state, int64_t least, int64_t most)
{
	return least +
	       (int64_t)(random_next(state) % (uint64_t)(most - least + 1));
}

#endif
