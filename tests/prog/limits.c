/* limits: more directories than there are records, files that may not grow,
 * memory that is given back, descriptors that are not there or are stuck. */
#define _GNU_SOURCE
#include "scene.h"

#include <sys/resource.h>

enum {
	DIRS = 66,
	RECORDS = 64,
	FILE_LIMIT = 3000000,
	KB = 1024,
	SHARERS = 6, /* of a pipe */
	ROUNDS = 300,
};

/* It logs to all of them, and says for which of them it cannot promise. */
static void
more_directories_than_records(void)
{
	static const size_t some[] = { 0, RECORDS - 1, RECORDS, DIRS - 1 };
	char path[DIRS][PATH_ROOM], name[16];
	size_t i;

	for (i = 0; i < DIRS; i++) {
		snprintf(name, sizeof(name), "dir%zu", i);
		dir_make(path_join(path[i], sc.tmp, name), "s20000");
		logger_arg(&sc.lg, path[i]);
	}
	begin();
	feed(1000);
	end();
	want(times_said("no room for a record") == DIRS - RECORDS,
	    "said %ld times", times_said("no room for a record"));
	want(!has_said("out of disk space"), "it blames the disk");
	for (i = 0; i < COUNT(some); i++)
		place_is_whole(place_at(path[some[i]]));
}

/* A file may not grow beyond a limit that the config does not know: then that
 * is where it ends. */
static void
files_that_may_not_grow(void)
{
	struct rlimit old, less;
	struct place *pl = place_new("s0");

	want(getrlimit(RLIMIT_FSIZE, &old) == 0, "getrlimit");
	less = (struct rlimit){ FILE_LIMIT, old.rlim_max };
	/* Small batches: a whole one has to fit. */
	fcntl(sc.lg.wr, F_SETPIPE_SZ, 4096);
	fd_drop(&sc.lg.ring);
	want(setrlimit(RLIMIT_FSIZE, &less) == 0, "setrlimit");
	begin_on(pl);
	want(setrlimit(RLIMIT_FSIZE, &old) == 0, "setrlimit");
	feed(100000);
	end();
	place_is_whole(pl);
	want(pl->names.n >= 3, "%zu old files", pl->names.n);
}

/* Not even one write of what is waiting fits in. */
static void
writes_that_exceed_a_file(void)
{
	static const char *const configs[] = { "s0", "s0;p> " };
	struct rlimit old, less;
	size_t i;

	want(getrlimit(RLIMIT_FSIZE, &old) == 0, "getrlimit");
	less = (struct rlimit){ 50000, old.rlim_max };
	for (i = 0; i < COUNT(configs); i++) {
		struct place *pl = begin_ready_on(place_new(configs[i]));

		end_by(SIGTERM, WAIT_LIMIT); /* its ring has its size now */
		fcntl(sc.lg.wr, F_SETPIPE_SZ, 1 << 20);
		feed(4000);
		want(setrlimit(RLIMIT_FSIZE, &less) == 0, "setrlimit");
		begin();
		want(setrlimit(RLIMIT_FSIZE, &old) == 0, "setrlimit");
		end();
		if (i == 0)
			place_is_whole(pl);
		names_read(&pl->names, pl->path);
		want(pl->names.n >= 9, "%zu old files", pl->names.n);
		want(!has_said("unable to write"), "it complains");
		scene_anew();
	}
}

/* Smaller than a ring: it makes do with memory, and says what that costs. */
static void
no_file_may_be_as_large_as_a_ring(void)
{
	struct rlimit old, less;
	struct place *pl = place_new("s0");

	want(getrlimit(RLIMIT_FSIZE, &old) == 0, "getrlimit");
	less = (struct rlimit){ 50000, old.rlim_max };
	fcntl(sc.lg.wr, F_SETPIPE_SZ, 4096);
	fd_drop(&sc.lg.ring);
	want(setrlimit(RLIMIT_FSIZE, &less) == 0, "setrlimit");
	begin_on(pl);
	want(setrlimit(RLIMIT_FSIZE, &old) == 0, "setrlimit");
	feed(4000);
	end();
	place_is_whole(pl);
	want(pl->names.n >= 3, "%zu old files", pl->names.n);
	want(has_said("no lock.ring"), "it does not say so");
}

/* What one large read has touched is given back some seconds later. */
static void
memory_after_a_burst(void)
{
	long most, now;

	begin_ready_on(place_new("s1000000"));
	fcntl(sc.lg.wr, F_SETPIPE_SZ, 1 << 20);
	kill(sc.lg.pid, SIGSTOP);
	feed_full();
	kill(sc.lg.pid, SIGCONT);
	feed_rest();
	until_read();
	most = proc_status(sc.lg.pid, "RssShmem:");
	want(most > 512, "only %ld kB: no burst", most);
	await((now = proc_status(sc.lg.pid, "RssShmem:")) < most / 4,
	    WAIT_LIMIT, "it keeps %ld of %ld kB", now, most);
	printf("  from %ld kB to %ld kB\n", most, now);
	feed(100);
	end();
	place_is_whole(&sc.place[0]);
}

/* Neither its words nor copies get into a file that has such a number. */
static void
no_standard_output_and_error(void)
{
	char path[PATH_ROOM], text[3 * PATH_ROOM];
	struct place *pl = place_new("s20000;O;e*;bad");

	snprintf(text, sizeof(text), "#!/bin/sh\nexec %s \"$@\" >&- 2>&-\n",
	    sc.svlogd);
	path_join(path, sc.tmp, "closed");
	file_put(path, text, strlen(text), 0755);
	sc.svlogd = path;
	logger_arg(&sc.lg, "-v");
	begin_on(pl);
	feed(1000);
	end();
	place_is_whole(pl);
	want(file_size(in(pl, "lock")) == 0, "something is in lock");
}

/* What it says and copies goes there, not to its file. */
static void
begin_with(int err)
{
	int file = sc.lg.err;

	sc.lg.err = err;
	begin();
	sc.lg.err = file;
}

/* It has room for a part of what is written, and then for nothing. */
static void
stuck_terminal(void)
{
	int master = fd_keep(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC),
	    "posix_openpt");
	struct place *pl = place_new("s10000000;e*");
	int tty;

	want(grantpt(master) == 0 && unlockpt(master) == 0, "grantpt: %s",
	    strerror(errno));
	tty = fd_keep(open(ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC),
	    "the terminal");
	logger_on(pl);
	begin_with(tty);
	feed(5000);
	until_written(pl, WAIT_LIMIT);
	close(tty);
	close(master); /* or it would be given time at the end */
	end();
	place_is_whole(pl);
}

/* Each time there is room for one write, all of them want it. Who is stuck
 * there does not log what comes then. */
static void
stuck_pipe_of_many(void)
{
	struct logger many[SHARERS];
	struct place *pl[SHARERS];
	char line[1000], room[4 * KB];
	int err[2], i, n, status;

	want(pipe2(err, O_CLOEXEC) == 0, "pipe: %s", strerror(errno));
	fcntl(err[0], F_SETFL, O_NONBLOCK);
	for (i = 0; i < SHARERS; i++) {
		if (i > 0)
			logger_pipe(&sc.lg);
		sc.lg.n_argv = 1;
		logger_on(pl[i] = place_new("s10000000;e*"));
		begin_with(err[1]);
		many[i] = sc.lg;
	}
	memset(line, 'x', sizeof(line));
	line[sizeof(line) - 1] = '\n';
	for (n = 1; n <= ROUNDS; n++) {
		for (i = 0; i < SHARERS; i++)
			want(write(many[i].wr, line, sizeof(line)) ==
				 sizeof(line),
			    "write: %s", strerror(errno));
		for (i = 0; i < SHARERS; i++)
			await(file_size(in(pl[i], "current")) ==
				  n * (off_t)sizeof(line),
			    WAIT_LIMIT, "logger %d is stuck, round %d", i, n);
		(void)!read(err[0], room, sizeof(room));
	}
	want(fcntl(err[1], F_GETFL) == O_WRONLY, "the pipe has other flags");
	close(err[0]); /* or they would be given time at the end */
	for (i = 0; i < SHARERS; i++) {
		fd_drop(&many[i].wr);
		want(logger_ended(&many[i], WAIT_LIMIT, &status) && status == 0,
		    "logger %d does not end", i);
	}
}

/* Such a standard input is told, and it ends. */
static void
no_input(void)
{
	int status;

	fd_drop(&sc.lg.rd);
	sc.lg.rd = fd_keep(open(sc.tmp, O_RDONLY | O_CLOEXEC), sc.tmp);
	begin_on(place_new(""));
	want(has_ended(WAIT_LIMIT, &status), "it stays");
	want(status == 0, "%s", status_words(status));
	want(times_said("unable to read standard input: is a directory") == 1,
	    "it does not say why");
}

/* What is not there, and what says nothing. */
static void
check_of_nothing(void)
{
	struct place *pl = place_new("");
	int status;

	logger_arg(&sc.lg, "-n");
	logger_on(place_below(sc.tmp, "missing"));
	logger_on(pl);
	want(unlink(in(pl, "config")) == 0, "unlink: %s", strerror(errno));
	begin();
	want(has_ended(WAIT_LIMIT, &status), "it stays");
	want(WIFEXITED(status) && WEXITSTATUS(status) == 2, "%s",
	    status_words(status));
	want(has_said("unable to open log directory"), "it does not say so");
	want(has_said("rotated near 1000000 bytes"), "no plan");
	want(!has_said("on a full disk"), "as much stays as ever");
	want(!file_is(in(pl, "current")), "it wrote something");
}

/* N10 is less than all. */
static void
check_of_a_full_disk(void)
{
	struct place *pl = place_new("n0");
	int status;

	logger_arg(&sc.lg, "-n");
	logger_on(pl);
	begin();
	want(has_ended(WAIT_LIMIT, &status), "it stays");
	want(status_is(status, 0), "%s", status_words(status));
	want(has_said("on a full disk keeps 10 of them"), "it does not say so");
}

static const struct scene scenes[] = {
	{ "more directories than records: all get all, and it is said",
	    more_directories_than_records, 0 },
	{ "a file that may not grow any more is rotated",
	    files_that_may_not_grow, 0 },
	{ "a file that one write exceeds is rotated at its limit",
	    writes_that_exceed_a_file, 0 },
	{ "where files may not be as large as a ring, memory will do",
	    no_file_may_be_as_large_as_a_ring, 0 },
	{ "memory of a burst is given back when it is quiet",
	    memory_after_a_burst, 0 },
	{ "without standard output and error nothing goes astray",
	    no_standard_output_and_error, 0 },
	{ "a terminal that nobody reads holds up no log", stuck_terminal, 0 },
	{ "a pipe that many share and nobody reads holds up no log",
	    stuck_pipe_of_many, 0 },
	{ "a standard input that cannot be read ends it", no_input, 0 },
	{ "a check of what is not there ends with 2", check_of_nothing, 0 },
	{ "a check says what a full disk leaves", check_of_a_full_disk, 0 },
};

int
main(int argc, char **argv)
{
	(void)argc;
	return scenes_main(argv, scenes, COUNT(scenes));
}
