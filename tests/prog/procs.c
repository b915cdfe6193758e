/* procs: processors that fail, hang, flood or are killed; logging goes on. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "scene.h"

/* How many bytes a processor has put into a file of ours: one a run. */
static long
runs(const char *name)
{
	char path[PATH_ROOM];

	return (long)file_size(path_join(path, sc.tmp, name));
}

/* A config whose processor counts its runs in the file `runs`. */
static struct place *
place_with(const char *before, const char *command)
{
	char config[2 * PATH_ROOM];

	snprintf(config, sizeof(config), "%s;!printf x >>%s/runs && ( %s )",
	    before, sc.tmp, command);
	for (char *p = strchr(config, '!'); *p; p++)
		want(*p != ';', "no ';' in a command here");
	return place_new(config);
}

/* Writes until there have been that many rotations. */
static void
rotate_times(struct place *pl, size_t n)
{
	while (n-- > 0) {
		size_t was = files_of(pl, ".s") + files_of(pl, ".u");

		feed(20);
		await(pipe_holds() == 0 && file_size(in(pl, "current")) > 0,
		    WAIT_LIMIT, "nothing is written");
		poke(SIGALRM);
		await(files_of(pl, ".s") + files_of(pl, ".u") > was ||
			  files_of(pl, ".t") > 0,
		    WAIT_LIMIT, "it does not rotate");
	}
}

static void
all_processed(struct place *pl, int64_t limit)
{
	await(files_of(pl, ".u") == 0 && files_of(pl, ".t") == 0, limit,
	    "%zu files are not processed", files_of(pl, ".u"));
}

static struct place *
at_work(struct place *pl)
{
	logger_on(pl);
	begin_ready();
	return pl;
}

/* --- success --------------------------------------------------------------*/

static void
works(void)
{
	struct place *pl = at_work(place_new("s2000;!cat"));
	struct stat st;
	size_t i;

	feed(1000);
	await(pipe_holds() == 0, WAIT_LIMIT, "it does not read");
	all_processed(pl, WAIT_LIMIT);
	end();
	want(files_of(pl, ".s") > 40, "%zu old files", files_of(pl, ".s"));
	place_is_whole(pl);
	want(files_of(pl, ".t") == 0, "a .t is left");
	for (i = 0; i < pl->names.n; i++) {
		if (pl->names.v[i][26] != 's')
			continue;
		want(lstat(in(pl, pl->names.v[i]), &st) == 0 &&
			 (st.st_mode & 0777) == 0744,
		    "%s has mode %o", pl->names.v[i], st.st_mode & 0777);
	}
}

static void
state_is_carried(void)
{
	/* Each run adds a letter to what the last one left. */
	struct place *pl =
	    at_work(place_new("!cat && cat <&4 >&5 && printf x >&5"));
	int i;

	for (i = 1; i <= 5; i++) {
		rotate_times(pl, 1);
		all_processed(pl, WAIT_LIMIT);
		await(file_size(in(pl, "state")) == i, WAIT_LIMIT,
		    "state has %lld bytes, not %d",
		    (long long)file_size(in(pl, "state")), i);
		want(!file_is(in(pl, "newstate")), "newstate is left");
	}
	end_by(SIGTERM, WAIT_LIMIT);
	begin_ready();
	rotate_times(pl, 1);
	all_processed(pl, WAIT_LIMIT);
	want(strcmp(file_text(in(pl, "state")), "xxxxxx") == 0,
	    "state is lost in a restart");
	end();
	place_is_whole(pl);
}

/* What fails leaves the old state. */
static void
state_after_failure(void)
{
	struct place *pl =
	    at_work(place_new("!cat && printf bad >&5 && exit 1"));

	file_write(in(pl, "state"), "good");
	rotate_times(pl, 1);
	await(has_said("processor failed"), WAIT_LIMIT, "it does not fail");
	want(strcmp(file_text(in(pl, "state")), "good") == 0, "state changed");
	end_by(SIGTERM, 8000 * MS);
	want(strcmp(file_text(in(pl, "state")), "good") == 0, "state changed");
}

/* Killed when the second file's result is there and its state is not: the first
 * one's turn, which fails, is not before that. */
static void
state_after_kill(void)
{
	struct place *pl = place_new("!read n && printf %s $n >&5 && "
				     "test $n = second && rm state && "
				     "mkdir state");

	file_write(in(pl, "@400000005000000000000001.u"), "first\n");
	file_write(in(pl, "@400000005000000000000002.u"), "second\n");
	at_work(pl);
	await(has_said("/state: is a directory"), WAIT_LIMIT,
	    "the second one does not succeed");
	end_by(SIGKILL, WAIT_LIMIT);
	want(files_of(pl, ".s") == 1 && files_of(pl, ".u") == 2,
	    "it was not between its steps");
	want(rmdir(in(pl, "state")) == 0, "rmdir: %s", strerror(errno));
	begin_ready();
	await(files_of(pl, ".u") == 1, WAIT_LIMIT, "it is not finished");
	want(strcmp(file_text(in(pl, "state")), "second") == 0, "state is %s",
	    file_text(in(pl, "state")));
	end_by(SIGTERM, 8000 * MS);
}

/* --- names that are taken -------------------------------------------------*/

/* It says so once a try, and it does everything once the way is free. */
static void
in_the_way(struct place *pl, const char *name)
{
	char words[64];
	long said_now;

	snprintf(words, sizeof(words), "/%s: is a directory", name);
	await(has_said(words), WAIT_LIMIT, "it does not say who is in the way");
	feed(100);
	/* At 0, 1 and 3 s. */
	measure_for(1500 * MS);
	said_now = times_said(words);
	want(said_now >= 2 && said_now <= 3, "said %ld times", said_now);
	want(files_of(pl, ".u") > 0, "no .u is kept");
	want(pipe_holds() == 0, "logging does not go on");
	want(rmdir(in(pl, name)) == 0, "rmdir: %s", strerror(errno));
	all_processed(pl, 10000 * MS);
	end();
	place_is_whole(pl);
}

static void
directory_state(void)
{
	struct place *pl = place_new("!cat");

	want(mkdir(in(pl, "state"), 0755) == 0, "mkdir: %s", strerror(errno));
	at_work(pl);
	rotate_times(pl, 3);
	in_the_way(pl, "state");
}

static void
directory_newstate(void)
{
	struct place *pl = place_new("!cat");

	want(mkdir(in(pl, "newstate"), 0755) == 0, "mkdir: %s",
	    strerror(errno));
	at_work(pl);
	rotate_times(pl, 3);
	in_the_way(pl, "newstate");
}

/* After the command has succeeded: it is not run again for that. */
static void
directory_meanwhile(void)
{
	struct place *pl = place_with("",
	    "cat && ( test -e once || ( touch once && rm state && mkdir state "
	    ") )");

	at_work(pl);
	rotate_times(pl, 1);
	await(files_of(pl, ".s") == 1, WAIT_LIMIT, "there is no result");
	in_the_way(pl, "state");
	want(runs("runs") == 1, "%ld runs", runs("runs"));
}

/* The output's name is ours to use. */
static void
directory_trial(void)
{
	struct place *pl = place_new("!cat");
	const char *trial = in(pl, "@400000005000000000000000.t");

	want(mkdir(trial, 0755) == 0, "mkdir: %s", strerror(errno));
	file_write(in(pl, "@400000005000000000000000.t/x"), "in it");
	file_write(in(pl, "@400000005000000000000000.u"), "");
	at_work(pl);
	all_processed(pl, WAIT_LIMIT);
	want(has_said("set aside"), "it does not say so");
	want(strcmp(file_text(in(pl, "@400000005000000000000000.x/x")),
		 "in it") == 0,
	    "it is not there any more");
	feed(100);
	end();
	place_is_whole(pl);
}

/* Who takes its output away makes it begin again. */
static void
output_removed(void)
{
	struct place *pl = place_with("",
	    "cat && ( test -e once || ( touch once && rm @*.t ) )");

	at_work(pl);
	rotate_times(pl, 1);
	all_processed(pl, WAIT_LIMIT);
	want(runs("runs") == 2, "%ld runs", runs("runs"));
	end();
	place_is_whole(pl);
}

/* --- failure --------------------------------------------------------------*/

static void
keeps_failing(const char *command, long *count)
{
	struct place *pl = at_work(place_with("", command));
	int64_t start, cpu;
	double s;
	long before, said_now;

	rotate_times(pl, 1);
	await(runs("runs") > 0, WAIT_LIMIT, "it does not run");
	start = now_ns();
	before = times_said("svlogd: ");
	cpu = cpu_ns(sc.lg.pid);
	while (now_ns() - start < 3500 * MS) {
		feed(10);
		measure_for(50 * MS);
	}
	s = (double)(now_ns() - start) / 1e9;
	cpu = cpu_ns(sc.lg.pid) - cpu;
	*count = runs("runs");
	want(*count >= 2, "it is not tried again");
	want((double)*count <= 1 + s, "%ld runs in %.1f s", *count, s);
	said_now = times_said("svlogd: ") - before;
	want((double)said_now <= 1 + s, "%ld lines in %.1f s", said_now, s);
	want(cpu < 150 * MS, "%.0f ms of CPU", ms_of(cpu));
	want(files_of(pl, ".u") == 1 && files_of(pl, ".s") == 0,
	    "the file is not kept as it was");
	await(place_bytes(pl) == sc.bytes_sent, WAIT_LIMIT,
	    "logging does not go on");
	file_write(in(pl, "config"), "n0\n!cat\n");
	poke(SIGHUP);
	all_processed(pl, WAIT_LIMIT);
	end();
	place_is_whole(pl);
}

static void
exits_1(void)
{
	long n;

	keeps_failing("exit 1", &n);
	/* At 0, 1 and 3 s: each wait is twice the one before. */
	want(n <= 4, "%ld runs: no backoff", n);
}

static void
killed(void)
{
	long n;

	keeps_failing("kill -9 $$", &n);
}

static void
killed_after_output(void)
{
	long n;

	keeps_failing("head -c 100 && kill -15 $$", &n);
}

static void
not_found(void)
{
	long n;

	keeps_failing("/no/such/program", &n);
}

/* --- time -----------------------------------------------------------------*/

static void
hangs(void)
{
	struct place *pl = at_work(place_with("s100000", "sleep 1000"));
	int64_t took;

	feed(2000);
	await(runs("runs") == 1, WAIT_LIMIT, "it does not run");
	feed(20000); /* 2.7 MB: far more than a pipe and a ring hold */
	until_written(pl, WAIT_LIMIT);
	want(runs("runs") == 1, "a second one was started");
	want(files_of(pl, ".u") > 15, "%zu rotations", files_of(pl, ".u"));
	poke(SIGHUP);
	feed(100);
	took = end_by(SIGTERM, 15000 * MS);
	want(took >= 4500 * MS && took <= 6500 * MS, "TERM took %.0f ms",
	    ms_of(took));
	want(strays_end(1000 * MS), "the processor lives on");
	file_write(in(pl, "config"), "n0\ns100000\n!cat\n");
	begin_ready();
	all_processed(pl, WAIT_LIMIT);
	end();
	place_is_whole(pl);
}

/* Its whole group goes, not only the shell. */
static void
hung_group(void)
{
	struct place *pl = at_work(place_with("", "sleep 1000 | sleep 1000"));

	rotate_times(pl, 1);
	await(runs("runs") == 1, WAIT_LIMIT, "it does not run");
	end_by(SIGTERM, 15000 * MS);
	want(strays_end(1000 * MS), "its children live on");
	want(files_of(pl, ".u") == 1, "the file is not kept");
}

/* Rotations do not wait for one that is slow. */
static double
throughput(const char *config)
{
	struct place *pl = place_new(config);
	int64_t at;

	sc.lg.n_argv = 1;
	logger_on(pl);
	logger_pipe(&sc.lg);
	fcntl(sc.lg.wr, F_SETFL, O_NONBLOCK);
	sc.lines_sent = sc.bytes_sent = 0;
	begin_ready();
	at = now_ns();
	feed(100000);
	await(pipe_holds() == 0, WAIT_LIMIT, "it does not read");
	at = now_ns() - at;
	kill(sc.lg.pid, SIGKILL);
	want(has_ended(WAIT_LIMIT, &(int){ 0 }), "it lives");
	fd_drop(&sc.lg.wr);
	fd_drop(&sc.lg.rd);
	fd_drop(&sc.lg.ring);
	return (double)sc.bytes_sent / ((double)at / 1e9);
}

static void
as_fast(void)
{
	double with, without, best = 0;
	int i;

	for (i = 0; i < 6 && best < 0.9; i++) {
		without = throughput("s1000000;n5");
		with = throughput("s1000000;n5;!sleep 1000");
		if (with / without > best)
			best = with / without;
		strays_clear();
	}
	printf("  %.2f of the throughput without\n", best);
	/* One that waited for it would be at 0; how close it is, on a machine
	 * that does nothing else, is no matter here. */
	want(best >= 0.5, "%.2f of the throughput without", best);
}

static void
huge_output(void)
{
	struct place *pl =
	    at_work(place_new("!head -c 50000000 /dev/zero && cat >/dev/null"));

	rotate_times(pl, 2);
	feed(5000);
	all_processed(pl, WAIT_LIMIT);
	want(place_bytes(pl) > 100000000, "the output is cut");
	end();
}

static void
many_words(void)
{
	struct place *pl =
	    at_work(place_new("!cat && yes talk | head -n 200000 >&2"));

	rotate_times(pl, 1);
	all_processed(pl, WAIT_LIMIT);
	end();
	place_is_whole(pl);
}

/* --- killed in between ----------------------------------------------------*/

static void
logger_killed(void)
{
	struct place *pl = place_new("s2000;!cat");
	int i;

	logger_on(pl);
	begin_ready();
	for (i = 0; i < 60; i++) {
		feed(40 + (uint64_t)i);
		await(pipe_holds() == 0 || i % 2, WAIT_LIMIT,
		    "it does not read");
		end_by(SIGKILL, WAIT_LIMIT);
		begin_ready();
	}
	all_processed(pl, WAIT_LIMIT);
	end();
	place_is_whole(pl);
	want(files_of(pl, ".s") > 30, "%zu old files", files_of(pl, ".s"));
}

static void
leftovers(void)
{
	struct place *pl = place_new("!cat");
	struct check *ck = &pl->check;
	char name[32];
	int i;

	/* What a crash leaves: undone files, a trial, old ones. */
	for (i = 0; i < 30; i++) {
		char line[LINE_MAX_BYTES + 1];

		line[line_make(&sc.lines, sc.lines_sent++, line)] = '\0';
		snprintf(name, sizeof(name), "@4000000050000000%08x.u", i);
		file_write(in(pl, name), line);
	}
	file_write(in(pl, "@400000005000000000000003.t"), "half of it");
	logger_on(pl);
	begin_ready();
	all_processed(pl, WAIT_LIMIT);
	feed(10);
	end();
	place_read(ck, pl);
	check_want(ck);
}

/* --- fork -----------------------------------------------------------------*/

static void
fork_fails(void)
{
	struct place *pl = place_with("", "cat");
	int64_t start;
	double s;

	sc.fault = "fail:fork:EAGAIN:1+";
	logger_on(pl);
	begin_ready();
	start = now_ns();
	rotate_times(pl, 1);
	await(has_said("unable to run processor"), WAIT_LIMIT,
	    "the fault did not fire");
	while (now_ns() - start < 2500 * MS) {
		feed(10);
		measure_for(20 * MS);
	}
	s = (double)(now_ns() - start) / 1e9;
	want(place_bytes(pl) == sc.bytes_sent, "logging does not go on");
	want(times_said("unable to sync old files: ") == 1,
	    "that nothing is synced is said %ld times",
	    times_said("unable to sync old files: "));
	want((double)lines_said() <= 3 + s, "%ld lines in %.1f s", lines_said(),
	    s);
	want(runs("runs") == 0, "it ran");
	want(files_of(pl, ".t") == 0 && !file_is(in(pl, "newstate")),
	    "an output is left");
	end_by(SIGTERM, 8000 * MS);
	sc.fault = NULL;
	begin_ready();
	all_processed(pl, WAIT_LIMIT);
	end();
	place_is_whole(pl);
}

static void
fork_fails_once(void)
{
	struct place *pl = place_with("", "cat");

	sc.fault = "fail:fork:EAGAIN:1 fail:fork:EAGAIN:2 "
		   "fail:fork:ENOMEM:3";
	logger_on(pl);
	begin_ready();
	rotate_times(pl, 1);
	await(has_said("unable to run processor"), WAIT_LIMIT,
	    "the fault did not fire");
	all_processed(pl, 8000 * MS);
	end();
	place_is_whole(pl);
}

/* --- what it inherits -----------------------------------------------------*/

static void
inherits_nothing(void)
{
	struct place *pl;
	const char *text, *p;
	char words[2 * PATH_ROOM], path[PATH_ROOM];
	sigset_t set;

	/* A logger that is started with as much as there can be. */
	want(fcntl(sc.lg.err, F_DUPFD, 30) >= 0 &&
		 fcntl(sc.lg.err, F_DUPFD, 3) >= 0,
	    "dup: %s", strerror(errno));
	signal(SIGPIPE, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
	signal(SIGUSR1, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	sigprocmask(SIG_BLOCK, &set, NULL);
	snprintf(words, sizeof(words), "!sh %s/probe.sh", sc.tmp);
	pl = place_new(words);
	file_write(path_join(path, sc.tmp, "probe.sh"),
	    "exec >all\n" /* neither a pipe nor what a shell puts aside */
	    "ls /proc/$$/fd\n"
	    "exec >fds\n"
	    "grep -v -x 10 all\n"
	    "exec >probe\n"
	    "echo fds $(cat fds)\n"
	    /* Not by a child: around its vfork() a shell blocks signals. */
	    "while read -r name bits; do\n"
	    "  case $name in SigBlk:|SigIgn:) echo \"$name $bits\";; esac\n"
	    "done </proc/$$/status\n"
	    "echo \"ring ${WEIR_RING-none}\"\n"
	    "echo \"cwd $(readlink /proc/$$/cwd)\"\n"
	    "echo \"group $(cut -d' ' -f5 /proc/$$/stat) $PPID\"\n"
	    "echo end\n");
	at_work(pl);
	rotate_times(pl, 1);
	await(strstr(file_text(in(pl, "probe")), "end\n"), WAIT_LIMIT,
	    "it does not run");
	text = file_text(in(pl, "probe"));
	want(strncmp(text, "fds 0 1 2 4 5\n", 14) == 0, "%.40s", text);
	want((p = strstr(text, "SigBlk:")) && strtoull(p + 7, NULL, 16) == 0,
	    "%s", text);
	want((p = strstr(text, "SigIgn:")) && strtoull(p + 7, NULL, 16) == 0,
	    "%s", text);
	want(strstr(text, "ring none"), "%s", text);
	snprintf(words, sizeof(words), "cwd %s\n", pl->path);
	want(strstr(text, words), "%s", text);
	end();
}

/* Its standard error is the logger's. */
static void
speaks(void)
{
	struct place *pl =
	    at_work(place_new("!cat && echo the processor speaks >&2"));

	rotate_times(pl, 1);
	all_processed(pl, WAIT_LIMIT);
	want(times_said("the processor speaks") == 1, "nothing is heard");
	end();
}

/* What waits for a processor is not pruned; what it made is, in the end. */
static void
not_pruned(void)
{
	struct place *pl = at_work(place_with("n3", "cat && sleep 0.1"));

	rotate_times(pl, 12);
	all_processed(pl, WAIT_LIMIT);
	want(!has_said("processor failed"), "one was taken away");
	want(runs("runs") == 12, "%ld runs", runs("runs"));
	rotate_times(pl, 1);
	all_processed(pl, WAIT_LIMIT);
	end();
	want(files_of(pl, ".s") >= 3 && files_of(pl, ".s") <= 4,
	    "%zu old files", files_of(pl, ".s"));
	place_read(&pl->check, pl);
	want(pl->check.next == sc.lines_sent, "not the newest are left");
}

static const struct scene scenes[] = {
	{ "a processor makes every .u a .s with mode 0744", works, 0 },
	{ "state comes from newstate, over a restart too", state_is_carried,
	    0 },
	{ "a failed processor leaves state as it was", state_after_failure, 0 },
	{ "killed before it renames newstate, it does so first",
	    state_after_kill, 0 },
	{ "a processor that exits 1 is tried at most once a second", exits_1,
	    0 },
	{ "a processor that is killed has failed", killed, 0 },
	{ "a processor that is killed after its output has failed",
	    killed_after_output, 0 },
	{ "a processor that cannot be found is tried seldom", not_found, 0 },
	{ "a hung processor does not stop logging, nor TERM", hangs, 0 },
	{ "a hung processor's children end with it", hung_group, 0 },
	{ "a hung processor costs no throughput", as_fast, 0 },
	{ "a processor may write far more than it reads", huge_output, 0 },
	{ "a processor that floods standard error does no harm", many_words,
	    0 },
	{ "every .u is processed after SIGKILLs", logger_killed, 0 },
	{ "what a crash left is processed, oldest first", leftovers, 0 },
	{ "fork fails: logging goes on, and it is processed later", fork_fails,
	    0 },
	{ "fork fails for a while: it is processed then", fork_fails_once, 0 },
	{ "a processor has fds 0 1 2 4 5, clean signals, no ring",
	    inherits_nothing, 0 },
	{ "a processor's standard error is the logger's", speaks, 0 },
	{ "state is a directory: said by name, .u kept, over with it",
	    directory_state, 0 },
	{ "newstate is a directory: said by name, .u kept, over with it",
	    directory_newstate, 0 },
	{ "state becomes a directory: what is processed stays so",
	    directory_meanwhile, 0 },
	{ "a directory with the output's name is set aside", directory_trial,
	    0 },
	{ "a processor without output is run again", output_removed, 0 },
	{ "what waits for a processor is not pruned, n files are kept",
	    not_pruned, 0 },
};

int
main(int argc, char **argv)
{
	(void)argc;
	return scenes_main(argv, scenes, sizeof(scenes) / sizeof(scenes[0]));
}
