/* A scene with svlogd: a logger, its directories, numbered lines. */
#define _GNU_SOURCE
#include "scene.h"

#include <grp.h>

struct world sc;

#define TERM_GATE (1500 * MS)

/* --- what the logger says -------------------------------------------------*/

const char *
said(void)
{
	return logger_text(&sc.lg);
}

bool
has_said(const char *words)
{
	return strstr(said(), words) != NULL;
}

long
lines_said(void)
{
	const char *p;
	long n = 0;

	for (p = said(); *p; p++)
		n += *p == '\n';
	return n;
}

long
times_said(const char *words)
{
	const char *p = said();
	long n = 0;

	for (; (p = strstr(p, words)); p += strcspn(p, "\n"))
		n++;
	return n;
}

/* --- directories ----------------------------------------------------------*/

struct place *
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

struct place *
place_below(const char *dir, const char *name)
{
	char path[PATH_ROOM];

	return place_at(path_join(path, dir, name));
}

struct place *
place_new(const char *config)
{
	static unsigned n; /* no name comes twice, not even in another life */
	struct place *pl;
	char name[32];

	snprintf(name, sizeof(name), "log%u", n++);
	pl = place_below(sc.tmp, name);
	dir_make(pl->path, config);
	return pl;
}

struct place *
place_small(const char *config, const char *options)
{
	struct place *pl;

	path_join(sc.small, sc.tmp, "small");
	path_join(sc.ballast, sc.small, "ballast");
	mount_small(sc.small, options);
	pl = place_below(sc.small, "log");
	dir_make(pl->path, config);
	return pl;
}

size_t
files_of(const struct place *pl, const char *end)
{
	struct dirent *de;
	DIR *d = opendir(pl->path);
	size_t n = 0;

	while (d && (de = readdir(d)))
		n += de->d_name[0] == '@' &&
		     strlen(de->d_name) >= LABEL_CHARS &&
		     strcmp(de->d_name + LABEL_CHARS, end) == 0;
	if (d)
		closedir(d);
	return n;
}

const char *
in(const struct place *pl, const char *name)
{
	static char path[4][PATH_ROOM];
	static unsigned i;

	return path_join(path[i++ % 4], pl->path, name);
}

uint64_t
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

uint64_t
place_counter(const struct place *pl, const char *name)
{
	char words[64];
	const char *at;

	snprintf(words, sizeof(words), "\n%s ", name);
	at = strstr(file_text(in(pl, "lock.stats")), words);
	want(at, "no %s in lock.stats", name);
	return strtoull(at + strlen(words), NULL, 10);
}

void
place_read(struct check *ck, struct place *pl)
{
	dir_check(ck, &pl->names, pl->path);
}

void
check_want(struct check *ck)
{
	bool good = check_end(ck, sc.lines_sent);

	want(good, "%s: of %llu lines %s", ck->where,
	    (unsigned long long)sc.lines_sent, check_words(ck));
}

void
place_holds(struct place *pl, unsigned may)
{
	pl->check.may = may;
	place_read(&pl->check, pl);
	check_want(&pl->check);
}

void
place_is_whole(struct place *pl)
{
	place_holds(pl, 0);
}

void
places_are_whole(struct place *first, struct place *then)
{
	place_read(&first->check, first);
	place_read(&first->check, then);
	check_want(&first->check);
}

/* --- the logger -----------------------------------------------------------*/

void
logger_on(struct place *pl)
{
	logger_arg(&sc.lg, pl->path);
}

void
begin(void)
{
	bool is_fault = sc.fault || sc.clock || sc.points;

	sc.lg.argv[0] = is_fault ? sc.svlogd_fault : sc.svlogd;
	logger_start(&sc.lg, sc.fault, sc.points, sc.clock);
}

struct place *
begin_on(struct place *pl)
{
	logger_on(pl);
	begin();
	return pl;
}

struct place *
begin_in(const char *config)
{
	return begin_on(place_new(config));
}

static void
until_ready(void)
{
	await(proc_minds(sc.lg.pid, SIGALRM), WAIT_LIMIT,
	    "it does not get ready");
}

void
begin_ready(void)
{
	begin();
	until_ready();
}

struct place *
begin_ready_on(struct place *pl)
{
	logger_on(pl);
	begin_ready();
	return pl;
}

void
begin_in_vain(void)
{
	int status;

	begin();
	want(has_ended(WAIT_LIMIT, &status), "it runs");
	want(status_is(status, EXIT_TROUBLE), "%s", status_words(status));
}

void
check_in_vain(struct place *pl)
{
	int status;

	logger_arg(&sc.lg, "-n");
	logger_on(pl);
	begin();
	want(has_ended(WAIT_LIMIT, &status), "it stays");
	want(status_is(status, 2), "%s", status_words(status));
}

void
poke(int sig)
{
	until_ready();
	kill(sc.lg.pid, sig);
}

bool
has_ended(int64_t limit, int *status)
{
	return logger_ended(&sc.lg, limit, status);
}

int64_t
end_by(int sig, int64_t limit)
{
	int64_t at;
	int status;

	if (sig != SIGKILL)
		until_ready();
	at = now_ns();
	want(kill(sc.lg.pid, sig) == 0, "there is no logger");
	want(has_ended(limit, &status), "signal %d: still there after %.0f ms",
	    sig, ms_of(limit));
	want(sig == SIGKILL ? WIFSIGNALED(status) : status == 0, "%s",
	    status_words(status));
	return now_ns() - at;
}

void
end_in_time(void)
{
	int64_t took = end_by(SIGTERM, WAIT_LIMIT);

	want(took <= TERM_GATE, "TERM took %.0f ms", ms_of(took));
}

void
killed_and_begun(void)
{
	end_by(SIGKILL, WAIT_LIMIT);
	begin();
}

void
end(void)
{
	int status;

	want(sc.part_n == 0, "a line is not through");
	fd_drop(&sc.lg.wr);
	want(has_ended(WAIT_LIMIT, &status), "it does not end at EOF");
	want(status == 0, "%s", status_words(status));
	strays_end(WAIT_LIMIT);
}

/* --- lines ----------------------------------------------------------------*/

bool
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

bool
pipe_takes(int64_t limit)
{
	struct pollfd p = { .fd = sc.lg.wr, .events = POLLOUT };

	return poll(&p, 1, (int)(limit / MS)) > 0;
}

void
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

void
feed_full(void)
{
	while (send_some() || pipe_takes(40 * MS))
		;
}

void
feed_rest(void)
{
	feed(0);
}

void
send_bytes(const char *p, size_t n)
{
	ssize_t put;

	while (n > 0) {
		put = write(sc.lg.wr, p, n);
		if (put > 0) {
			p += put;
			n -= (size_t)put;
		} else {
			want(pipe_takes(WAIT_LIMIT), "nobody reads the pipe");
		}
	}
}

int
pipe_holds(void)
{
	int n = 0;

	ioctl(sc.lg.rd, FIONREAD, &n);
	return n;
}

void
until_read(void)
{
	await(pipe_holds() == 0, WAIT_LIMIT, "it does not read");
}

void
feed_and_read(uint64_t n)
{
	feed(n);
	until_read();
}

int64_t
until_written(struct place *pl, int64_t limit)
{
	int64_t at = now_ns();

	await(place_bytes(pl) >= sc.bytes_sent, limit,
	    "%s: %llu of %llu bytes after %.0f ms", pl->name,
	    (unsigned long long)place_bytes(pl),
	    (unsigned long long)sc.bytes_sent, ms_of(limit));
	return now_ns() - at;
}

/* --- the world ------------------------------------------------------------*/

static void
tell(void)
{
	logger_said(&sc.lg);
}

static void
pipe_open(void)
{
	logger_pipe(&sc.lg);
	fcntl(sc.lg.wr, F_SETFL, O_NONBLOCK);
}

void
scene_anew(void)
{
	logger_drop(&sc.lg);
	pipe_open();
	sc.lg.n_argv = 1;
	sc.n_places = 0;
	sc.lines_sent = sc.bytes_sent = 0;
	sc.part_n = 0;
	want(ftruncate(sc.lg.err, 0) == 0, "ftruncate: %s", strerror(errno));
}

void
as_nobody(void)
{
	if (setgroups(0, NULL) < 0 || setgid(NOBODY) < 0 || setuid(NOBODY) < 0)
		skip("cannot become nobody");
	if (access(sc.svlogd, X_OK) < 0)
		skip("nobody cannot get at the program");
}

static void
enter(const struct stage *st)
{
	verdict_tell_by(tell);
	sc.tmp = st->tmp;
	sc.svlogd = st->programs[0];
	sc.svlogd_fault = st->programs[1];
	sc.n_long = st->n_long;
	sc.arg = st->arg;
	lines_init(&sc.lines, st->number + 1, 16, 218);
	logger_err(&sc.lg, sc.tmp);
	sc.lg.n_argv = 1;
	pipe_open();
}

int
scenes_main(char **argv, const struct scene *scenes, size_t n)
{
	static const struct cast cast = { "svlogd svlogd-fault", 2, enter };

	return play(&cast, scenes, n, argv);
}
