/* adopt: runsv and runsvdir are killed, after every call and at random; the
 * service goes on, once, on the same pipe, and is soon looked after again.
 *
 * The service is a witness (witness.h), its logger is svlogd. --long N: every
 * point, not one of some, and 5 N kills in a storm. */
#define _GNU_SOURCE
#include "logs.h"
#include "witness.h"
#include "yard.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sys.h"

/* Behind those of the yard. */
enum { RUNSV_FAULT = YARD_PROGRAMS, SVLOGD, SV, PROGRAMS };

enum {
	LANES = 8, /* scenes that share the points of runsv */
	LANES_DIR = 2,
	STRIDE = 8,    /* one of so many points, without --long */
	SURVIVALS = 2, /* in a row: there are no more points */
	POINTS_LEAST = 100,
	KILLS = 6,
	NOBODY = 64999, /* a user's number */
	CAP_PTRACE = 19,
};

/* The promise is a second; a busy machine may take longer. */
#define ADOPT_LIMIT (10000 * MS)

static struct {
	struct program program; /* as it was at first */
	size_t arg;
	long n_long;
	struct witness *w;
	pid_t runsv; /* the last that was seen to be there */
	int64_t gone_at;
	long adopted; /* how often there was another one */
	int64_t slowest;
	uint64_t random;
	char points[PATH_ROOM];
} me;

/* --- the service and its runsv --------------------------------------------*/

static const char *
point(void)
{
	static struct points pt;

	points_read(&pt, me.points);
	return point_name(&pt, (long)pt.n);
}

static long
n_points(void)
{
	static struct points pt;

	points_read(&pt, me.points);
	return (long)pt.n;
}

static void
tell_more(void)
{
	const char *text = yard_said();
	size_t n = strlen(text);

	printf("  at point %ld, %s; starts %ld, finishes %ld, lines %llu\n",
	    n_points(), point(), atomic_load(&me.w->starts),
	    atomic_load(&me.w->finishes),
	    (unsigned long long)atomic_load(&me.w->lines));
	printf("  --- it said:\n%s", text + (n > 2000 ? n - 2000 : 0));
}

static void
enter(const struct stage *stage)
{
	static struct stage st;

	st = *stage;
	st.arg = FAKE; /* runsv is a script that chooses one */
	yard_enter(&st);
	me.program = yard.program;
	me.arg = stage->arg;
	me.n_long = stage->n_long;
	me.random = 1 + stage->number;
	me.w = witness_new(yard_in("witness"));
	path_join(me.points, stage->tmp, "points");
	verdict_tell_by(tell_more);
}

/* The next runsv is the fault build, told so; all others are not. */
static void
one_fault(const char *fault)
{
	char script[3 * PATH_ROOM];

	snprintf(script, sizeof(script),
	    "if mv ../fault ../fault.now 2>/dev/null; then\n"
	    "echo $$ >../fault.pid\n"
	    "WEIR_FAULT=`cat ../fault.now` WEIR_FAULT_LOG=%s exec %s \"$@\"\n"
	    "fi\nexec %s \"$@\"",
	    me.points, yard.stage->programs[RUNSV_FAULT],
	    yard.stage->programs[YARD_RUNSV]);
	yard_fake(script);
	unlink(me.points);
	unlink(yard_in("fault"));
	if (fault)
		file_write(yard_in("fault"), fault);
}

/* Every runsv is. */
static void
faults(const char *fault)
{
	char script[3 * PATH_ROOM];

	snprintf(script, sizeof(script),
	    "WEIR_FAULT='%s' WEIR_FAULT_LOG=%s exec %s \"$@\"", fault,
	    me.points, yard.stage->programs[RUNSV_FAULT]);
	yard_fake(script);
}

/* Before the words of a run: as another user. */
static const char *
as_nobody(void)
{
	static char text[64];

	snprintf(text, sizeof(text), "setpriv --reuid %d --clear-groups ",
	    NOBODY);
	return text;
}

static void
service_make(const char *before, int lines, bool deaf)
{
	char text[4 * PATH_ROOM];

	tree_remove(yard_in("sv/a"));
	witness_clear(me.w);
	yard_service("aside", NULL);
	snprintf(text, sizeof(text), "exec %s%s", before,
	    witness_words(yard_in("witness"), lines, deaf));
	yard_script(yard_in("aside/run"), text);
	snprintf(text, sizeof(text), "exec %s",
	    witness_finish(yard_in("witness")));
	yard_script(yard_in("aside/finish"), text);
	dir_new(yard_in("aside/control"), 0755);
	yard_script(yard_in("aside/control/h"), "exit 1");
	dir_new(yard_in("aside/log"), 0755);
	snprintf(text, sizeof(text), "exec %s%s ./main", before,
	    yard.stage->programs[SVLOGD]);
	yard_script(yard_in("aside/log/run"), text);
	dir_make(yard_in("aside/log/main"), "s100000");
	if (*before && chown(yard_in("aside/log/main"), NOBODY, NOBODY) < 0)
		give_up("chown: %s", strerror(errno));
	if (rename(yard_in("aside"), yard_in("sv/a")) < 0)
		give_up("rename: %s", strerror(errno));
}

static bool
lives(pid_t pid)
{
	const char *state = strrchr(proc_text(pid, "stat"), ')');

	return state && state[2] != 'Z' && state[2] != 'X';
}

/* Who took the lock, as the kernel knows; 0: nobody who lives. */
static pid_t
lock_holder(void)
{
	const char *p = file_text("/proc/locks");
	unsigned long ino;
	unsigned major, minor;
	struct stat st;
	int pid;

	if (stat(yard_in("sv/a/supervise/lock"), &st) < 0)
		return 0;
	for (; *p; p += strcspn(p, "\n"), p += *p != '\0') {
		if (sscanf(p, "%*s FLOCK %*s %*s %d %x:%x:%lu", &pid, &major,
			&minor, &ino) == 4 &&
		    ino == st.st_ino && major == major(st.st_dev) &&
		    minor == minor(st.st_dev))
			return lives(pid) ? pid : 0;
	}
	return 0;
}

static bool
is_told(const char *fifo, char letter)
{
	int fd = open(yard_in("sv/a/supervise/%s", fifo),
	    O_WRONLY | O_NONBLOCK | O_CLOEXEC);
	bool told = fd >= 0;

	if (fd >= 0 && letter)
		told = write(fd, &letter, 1) == 1;
	if (fd >= 0)
		close(fd);
	return told;
}

/* Looks whether there is another runsv: true once for each. */
static bool
is_another(void)
{
	pid_t pid = lock_holder();

	if (pid == 0 || !is_told("ok", 0))
		pid = 0;
	if (pid == me.runsv) {
		me.gone_at = 0;
		return false;
	}
	if (me.runsv && me.gone_at == 0)
		me.gone_at = now_ns();
	if (pid == 0)
		return false;
	if (me.runsv) {
		if (now_ns() - me.gone_at > me.slowest)
			me.slowest = now_ns() - me.gone_at;
		me.adopted++;
	}
	me.gone_at = 0;
	me.runsv = pid;
	return true;
}

static void
await_another(void)
{
	await(is_another(), ADOPT_LIMIT, "no other runsv");
}

static bool
is_stat(const char *stat)
{
	return strcmp(file_text(yard_in("sv/a/supervise/stat")), stat) == 0;
}

static pid_t
pid_of(const char *path)
{
	return (pid_t)atol(file_text(yard_in("%s/supervise/pid", path)));
}

static const char *
fd_link(pid_t pid, int fd)
{
	static char texts[2][256];
	static unsigned at;
	char *text = texts[at++ % 2], path[64];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%ld/fd/%d", (long)pid, fd);
	n = readlink(path, text, sizeof(texts[0]) - 1);
	text[n > 0 ? n : 0] = '\0';
	return text;
}

static bool
is_one_pipe(void)
{
	const char *out = fd_link(pid_of("sv/a"), 1);

	return *out && strcmp(out, fd_link(pid_of("sv/a/log"), 0)) == 0;
}

static bool
is_up(void)
{
	return is_stat("run\n") && pid_of("sv/a") == atomic_load(&me.w->pid) &&
	       me.w->starts > 0 && is_one_pipe();
}

static bool
is_down(void)
{
	return is_stat("down\n") && me.w->finishes >= me.w->starts;
}

static bool
is_paused(void)
{
	return is_stat("run, paused\n");
}

static bool
has_heard_hup(void)
{
	return me.w->heard[SIGHUP] > 0;
}

static bool
has_heard_usr1(void)
{
	return me.w->heard[SIGUSR1] > 0;
}

/* There is, and its service is up. */
static bool
is_kept(void)
{
	is_another();
	return me.runsv && me.gone_at == 0 && is_up();
}

/* No process is left: they all are the driver's, in the end. */
static bool
is_gone(void)
{
	pid_t pid;

	strays_reap(0, 0);
	return proc_children(getpid(), &pid, 1) == 0;
}

/* Until it is so. A runsv that dies over a command has lost it: then its
 * successor is told. */
static void
obey(char letter, bool (*is_so)(void))
{
	int64_t until = now_ns() + WAIT_LIMIT;
	bool told = false;

	while (!is_so()) {
		if (is_another())
			told = false;
		if (!told)
			told = is_told("control", letter);
		want(now_ns() < until, "%c is not obeyed; stat is %s", letter,
		    file_text(yard_in("sv/a/supervise/stat")));
		look_again();
	}
}

static void
kill_it(pid_t pid, int sig)
{
	want(pid > 1 && kill(pid, sig) == 0, "there is nobody to be killed");
}

/* Whom the driver started: runsvdir, or runsv alone. */
static void
kill_first(void)
{
	int status;

	kill_it(yard.pid, SIGKILL);
	want(child_ended(yard.pid, now_ns() + WAIT_LIMIT, &status), "it lives");
}

/* How many runsv there are without a runsvdir. */
static size_t
n_runsv(void)
{
	pid_t pids[64];
	size_t i, n, all;

	strays_reap(0, 0);
	all = proc_children(getpid(), pids, 64);
	for (i = n = 0; i < all; i++) {
		const char *words = proc_text(pids[i], "cmdline");

		/* The script's name is the second word. */
		n += strstr(words, "/runsv") != NULL ||
		     strstr(words + strlen(words) + 1, "/runsv") != NULL;
	}
	return n;
}

/* All of it ends. One that wants the lock gives up before. */
static void
leave(void)
{
	kill_first();
	await(n_runsv() == 1, WAIT_LIMIT, "%zu runsv", n_runsv());
	obey('x', is_gone);
}

static void
nothing_is_lost(void)
{
	static struct names names;
	struct check ck;
	bool good;

	check_init(&ck, witness_lines(), "log/main", 0);
	dir_check(&ck, &names, yard_in("sv/a/log/main"));
	good = check_end(&ck, atomic_load(&me.w->lines));
	want(good, "%s", check_words(&ck));
	want(ck.good > 0, "nothing was logged");
	check_free(&ck);
}

/* may: so many runs may have been ended before they said that they started. */
static void
never_two(long may)
{
	long more = me.w->finishes - me.w->starts;

	want(me.w->twice == 0, "there were two");
	want(more >= 0 && more <= may, "not each run had its finish");
	want(!strstr(yard_said(), "unable to lock directory"),
	    "there were two loggers");
}

static void
start_runsvdir(void)
{
	yard.program = me.program;
	yard_start("sv", NULL);
}

/* --- after each call of runsv ---------------------------------------------*/

/* What happens in a life, before its end; whether the service may have ended,
 * for want of somebody who knew that it was to, and started again. */
static const struct {
	char letter;
	bool (*is_so)(void);
	bool again;
} steps[] = {
	{ 'h', has_heard_hup, false },
	{ '1', has_heard_usr1, false },
	{ 'p', is_paused, false },
	{ 'c', is_up, false },
	{ 'd', is_down, true },
	{ 'u', is_up, false },
};

/* How many more starts than it takes there may have been. */
static long
live(void)
{
	long adopted, may = 0;
	size_t i;

	await(is_kept(), WAIT_LIMIT, "it is not up");
	for (i = 0; i < COUNT(steps); i++) {
		adopted = me.adopted;
		obey(steps[i].letter, steps[i].is_so);
		may += steps[i].again && (me.adopted > adopted || me.gone_at);
	}
	return may;
}

/* Told to exit it is started again by runsvdir, as one that dies is. */
static void
exit_and_begin(void)
{
	pid_t old = me.runsv;

	want(is_told("control", 'x'), "nobody is there");
	await(is_kept() && me.runsv != old, WAIT_LIMIT, "it is not up again");
}

/* It dies right after it has noted the point. */
static bool
has_died(long k)
{
	if (n_points() < k)
		return false;
	await(!lives((pid_t)atol(file_text(yard_in("fault.pid")))), WAIT_LIMIT,
	    "it has not died");
	return true;
}

/* One life, in which runsv dies at point k: false where it has not so many. */
static bool
dies_at(long k)
{
	long may, starts;
	char fault[32];
	bool died, exits;

	me.runsv = 0;
	me.gone_at = 0;
	snprintf(fault, sizeof(fault), "die:%ld", k);
	one_fault(fault);
	service_make("", 1, false);
	start_runsvdir();
	may = live();
	exits = !has_died(k);
	await(is_kept(), WAIT_LIMIT, "it is not up");
	if (exits)
		exit_and_begin();
	died = has_died(k);
	await(is_kept(), WAIT_LIMIT, "it is not up");
	starts = 2 + (exits && !died);
	may += exits && died;
	want(me.w->starts >= starts && me.w->starts <= starts + may,
	    "%ld starts, not %ld", atomic_load(&me.w->starts), starts);
	leave();
	never_two(may);
	nothing_is_lost();
	return died;
}

static void
runsv_dies_anywhere(void)
{
	long stride = me.n_long ? 1 : STRIDE, step = LANES * stride, n = 0, k;
	int lived = 0;

	for (k = 1 + (long)me.arg * stride; lived < SURVIVALS; k += step) {
		if (dies_at(k)) {
			n++;
			lived = 0;
		} else {
			lived++;
		}
	}
	printf("  %ld deaths, the last at %ld; %ld seen from outside, "
	       "adopted in %.0f ms at most\n",
	    n, k - (SURVIVALS + 1) * step, me.adopted, ms_of(me.slowest));
	want(me.slowest < ADOPT_LIMIT, "that is too long");
	want(k - (SURVIVALS + 1) * step >= POINTS_LEAST,
	    "too few points to prove anything");
}

/* --- after each call of runsvdir ------------------------------------------*/

static bool
runsvdir_dies_at(long k)
{
	char fault[32];
	int status;

	me.runsv = 0;
	me.gone_at = 0;
	one_fault(NULL);
	service_make("", 1, false);
	yard.program = me.program;
	yard.program.words[0] = yard.stage->programs[YARD_FAULT];
	snprintf(fault, sizeof(fault), "die:%ld", k);
	program_env(&yard.program, "WEIR_FAULT", fault);
	program_env(&yard.program, "WEIR_FAULT_LOG", me.points);
	yard_start("sv", NULL);
	await(is_kept() || n_points() == k, WAIT_LIMIT, "it is not up");
	if (n_points() < k && me.runsv)
		kill_it(me.runsv, SIGKILL);
	await((n_points() < k && is_another()) || n_points() == k, ADOPT_LIMIT,
	    "no other runsv");
	if (n_points() < k) {
		leave();
		return false;
	}
	want(child_ended(yard.pid, now_ns() + WAIT_LIMIT, &status) &&
		 status_is_signal(status, SIGKILL),
	    "it has not died");
	start_runsvdir();
	await(is_kept(), WAIT_LIMIT, "it is not up");
	want(me.w->starts == 1, "it started %ld times",
	    atomic_load(&me.w->starts));
	leave();
	never_two(0);
	nothing_is_lost();
	return true;
}

static void
runsvdir_dies_anywhere(void)
{
	long stride = me.n_long ? 1 : STRIDE, step = LANES_DIR * stride, k;

	for (k = 1 + (long)me.arg * stride; runsvdir_dies_at(k); k += step)
		;
	printf("  the last death at %ld\n", k - step);
	want(k > 20, "too few points to prove anything");
}

/* --- at random ------------------------------------------------------------*/

enum { KILL_RUNSV = 1, KILL_RUNSVDIR = 2, KILL_ANY = 4 };

static void
hit(unsigned what)
{
	me.gone_at = now_ns();
	if (what & KILL_RUNSV)
		kill_it(me.runsv, SIGKILL);
	if (what & KILL_RUNSVDIR) {
		kill_first();
		start_runsvdir();
	}
	if (what & KILL_RUNSV)
		await_another();
	me.gone_at = 0;
}

/* As sv shows it. */
static void
status_is_right(pid_t pid)
{
	char text[2 * PATH_ROOM], line[256] = "";
	FILE *f;

	snprintf(text, sizeof(text), "exec %s status %s",
	    yard.stage->programs[SV], yard_in("sv/a"));
	f = popen(text, "r");
	if (!f || !fgets(line, sizeof(line), f))
		give_up("no status");
	pclose(f);
	snprintf(text, sizeof(text), "run: %s: (pid %ld) ", yard_in("sv/a"),
	    (long)pid);
	want(strncmp(line, text, strlen(text)) == 0, "sv says %s", line);
}

static void
storm(void)
{
	long i, kills = me.n_long ? 5 * me.n_long : KILLS;
	unsigned what = (unsigned)me.arg;
	pid_t pid;

	one_fault(NULL);
	service_make("", 5, false);
	start_runsvdir();
	await(is_kept(), WAIT_LIMIT, "it is not up");
	pid = atomic_load(&me.w->pid);
	for (i = 0; i < kills; i++) {
		measure_for(random_between(&me.random, 0, 300 * MS));
		if (what & KILL_ANY)
			what = KILL_ANY |
			       (unsigned)random_between(&me.random, 1, 3);
		hit(what);
		await(is_up(), WAIT_LIMIT, "it is not up");
		status_is_right(pid);
		want(lives(pid) && me.w->starts == 1, "another service");
	}
	want(what == KILL_RUNSVDIR || me.adopted > kills / 3,
	    "too few met a runsv");
	printf("  %ld kills, %ld of runsv, adopted in %.0f ms at most, %llu "
	       "lines\n",
	    kills, me.adopted, ms_of(me.slowest),
	    (unsigned long long)atomic_load(&me.w->lines));
	leave();
	never_two(0);
	nothing_is_lost();
}

/* Its runsvdir was killed a while ago: the next one has not started it, and
 * looks whether it is still there. */
static void
another_s_runsv(void)
{
	int i;

	one_fault(NULL);
	service_make("", 5, false);
	start_runsvdir();
	for (i = 0; i < 3; i++) {
		await(is_kept(), WAIT_LIMIT, "it is not up");
		hit(KILL_RUNSVDIR);
		measure_for(1500 * MS); /* it has tried, and looks */
		hit(KILL_RUNSV);
	}
	await(is_kept(), WAIT_LIMIT, "it is not up");
	want(me.w->starts == 1, "another service");
	printf("  adopted in %.0f ms at most\n", ms_of(me.slowest));
	leave();
	never_two(0);
	nothing_is_lost();
}

/* --- alone ----------------------------------------------------------------*/

/* A runsv without runsvdir. */
static void
start_alone(void)
{
	yard.program = me.program;
	yard.program.words[0] = yard_in("bin/runsv");
	yard.program.dir = yard_in("sv");
	yard_start("a", NULL);
}

static void
leave_alone(void)
{
	obey('x', is_gone);
	never_two(0);
	nothing_is_lost();
}

static void
alone_it_finds_the_pipe(void)
{
	char pipe[256];
	pid_t logger;
	int i;

	one_fault(NULL);
	service_make("", 5, false);
	start_alone();
	await(is_kept(), WAIT_LIMIT, "it is not up");
	snprintf(pipe, sizeof(pipe), "%s", fd_link(pid_of("sv/a"), 1));
	for (i = 0; i < 5; i++) {
		kill_first();
		start_alone();
		await_another();
		await(is_up(), WAIT_LIMIT, "it is not up");
		want(strcmp(pipe, fd_link(pid_of("sv/a"), 1)) == 0,
		    "another pipe");
		/* The pipe is runsv's too: the logger's end is not its end. */
		logger = pid_of("sv/a/log");
		kill_it(logger, SIGKILL);
		await(pid_of("sv/a/log") > 0 && pid_of("sv/a/log") != logger,
		    WAIT_LIMIT, "no logger");
		await(is_up(), WAIT_LIMIT, "no logger");
	}
	want(me.w->starts == 1, "another service");
	leave_alone();
}

static void
drop_ptrace(void)
{
	if (prctl(PR_CAPBSET_DROP, CAP_PTRACE, 0, 0, 0) < 0)
		skip("capabilities cannot be dropped");
}

/* arg: it does not mind TERM. */
static void
the_old_one_ends_first(void)
{
	pid_t old;

	drop_ptrace();
	one_fault(NULL);
	service_make(as_nobody(), me.arg ? 0 : 5, me.arg);
	start_alone();
	await(is_kept(), WAIT_LIMIT, "it is not up");
	old = atomic_load(&me.w->pid);
	kill_first();
	start_alone();
	await_another();
	await(me.w->starts == 2 && is_up(), WAIT_LIMIT, "it is not up again");
	want(!lives(old), "there are two");
	want(strstr(yard_said(), "the old process is ended and started anew: "
				 "its pipe cannot be had: access denied\n"),
	    "it is not said");
	if (!me.arg) {
		leave_alone();
		return;
	}
	want(is_told("control", 'x'), "nobody is there");
	obey('k', is_gone);
	never_two(0);
}

/* One that is told to fail takes over, or exits, maybe a moment after it is
 * there: then the next one does. Which it was. */
static bool
takes_over(const char *fault)
{
	int64_t until = now_ns() + WAIT_LIMIT;
	int status;
	bool ended;

	one_fault(fault);
	kill_first();
	start_alone();
	while (!is_another() && lives(yard.pid)) {
		want(now_ns() < until, "it neither takes over nor exits");
		look_again();
	}
	measure_for(20 * MS);
	ended = waitpid(yard.pid, &status, WNOHANG) == yard.pid;
	if (ended) {
		want(status_is(status, 111), "it %s", status_words(status));
		start_alone();
		await_another();
	}
	await(is_up(), WAIT_LIMIT, "it is not up after %s", fault);
	return !ended;
}

/* Each call of a successor fails once, until there is none in its start. */
static void
a_successor_that_fails_starts_no_second(void)
{
	char fault[64];
	long k, exits = 0;
	bool fired = true;

	one_fault(NULL);
	service_make("", 1, false);
	start_alone();
	await(is_kept(), WAIT_LIMIT, "it is not up");
	for (k = 1; fired; k++) {
		snprintf(fault, sizeof(fault), "fail:any:EMFILE:%ld", k);
		exits += !takes_over(fault);
		fired = strstr(file_text(me.points), " EMFILE\n");
		want(me.w->starts == 1, "%s: another service", fault);
	}
	printf("  %ld calls failed, of which %ld made it exit\n", k - 2, exits);
	want(k > 30, "too few calls to prove anything");
	leave_alone();
}

/* With a runsvdir there is no need to look. */
static void
a_lent_pipe_needs_no_rights(void)
{
	drop_ptrace();
	one_fault(NULL);
	service_make(as_nobody(), 5, false);
	start_runsvdir();
	await(is_kept(), WAIT_LIMIT, "it is not up");
	hit(KILL_RUNSV);
	await(is_up(), WAIT_LIMIT, "it is not up");
	want(me.w->starts == 1, "another service");
	leave();
	never_two(0);
	nothing_is_lost();
}

/* --- without pidfd --------------------------------------------------------*/

static void
without_pidfd(void)
{
	pid_t pid;

	faults("fail:pidfd_open:ENOSYS:1+");
	service_make("", 5, false);
	start_runsvdir();
	await(is_kept(), WAIT_LIMIT, "it is not up");
	pid = atomic_load(&me.w->pid);
	hit(KILL_RUNSV);
	await(is_up(), WAIT_LIMIT, "it is not up");
	want(pid == atomic_load(&me.w->pid), "another service");
	want(strstr(file_text(me.points), ":pidfd_open ENOSYS\n"),
	    "it had a pidfd");
	/* A signal reaches it, and its end is seen. */
	obey('h', has_heard_hup);
	kill_it(pid, SIGTERM);
	await(me.w->starts == 2 && is_up(), WAIT_LIMIT, "its end is not seen");
	want(me.w->code == -1 && me.w->status == 0, "finish is told %d %d",
	    me.w->code, me.w->status);
	leave();
	never_two(0);
	nothing_is_lost();
}

/* --- how it ended ---------------------------------------------------------*/

/* Whether the system tells that to others than the parent. */
static bool
is_told_of_ends(void)
{
	pid_t pid = fork();
	int fd, status = 0, rc;

	if (pid == 0)
		_exit(WITNESS_CODE);
	fd = pid < 0 ? -1 : os_pidfd_open(pid);
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		give_up("fork: %s", strerror(errno));
	rc = fd < 0 ? fd : os_pidfd_status(fd, &status);
	if (fd >= 0)
		close(fd);
	return rc == 0 && status_is(status, WITNESS_CODE);
}

static void
finish_is_told(long n, int code)
{
	await(me.w->finishes == n, WAIT_LIMIT, "no finish");
	want(me.w->code == code && me.w->status == 0,
	    "finish is told %d %d, not %d 0", me.w->code, me.w->status, code);
}

/* Its end is seen when it is a zombie, and known when somebody has waited for
 * it. arg 0: who is to wait is quick; 1: slow; 2: does not. */
static void
its_end_is_known(void)
{
	int code = is_told_of_ends() && me.arg < 2 ? WITNESS_CODE : -1;
	long i, n = me.arg ? 3 : me.n_long ? 5 * me.n_long : KILLS;
	pid_t pid;

	one_fault(NULL);
	service_make("", 0, false);
	start_runsvdir();
	for (i = 0; i < n; i++) {
		await(is_kept(), WAIT_LIMIT, "it is not up");
		hit(KILL_RUNSV);
		pid = atomic_load(&me.w->pid);
		if (me.arg)
			kill_it(yard.pid, SIGSTOP);
		kill_it(pid, SIGQUIT);
		if (me.arg) {
			await(!lives(pid), WAIT_LIMIT, "it lives");
			measure_for(20 * MS); /* the zombie is seen */
		}
		if (me.arg == 2)
			finish_is_told(i + 1, -1);
		if (me.arg)
			kill_it(yard.pid, SIGCONT);
		finish_is_told(i + 1, code);
	}
	await(is_up(), WAIT_LIMIT, "it is not up");
	leave();
	never_two(0);
}

/* --- all of it ------------------------------------------------------------*/

#define LANE(j)                                                                \
	{                                                                      \
		"runsv dies after each call (" #j " of 8)",                    \
		    runsv_dies_anywhere, (j)-1                                 \
	}

static const struct scene scenes[] = {
	LANE(1),
	LANE(2),
	LANE(3),
	LANE(4),
	LANE(5),
	LANE(6),
	LANE(7),
	LANE(8),
	{ "runsvdir dies after each call (1 of 2)", runsvdir_dies_anywhere, 0 },
	{ "runsvdir dies after each call (2 of 2)", runsvdir_dies_anywhere, 1 },
	{ "runsv is killed at random", storm, KILL_RUNSV },
	{ "runsvdir is killed at random", storm, KILL_RUNSVDIR },
	{ "both are killed at random", storm, KILL_RUNSV | KILL_RUNSVDIR },
	{ "either or both are killed at random", storm, KILL_ANY },
	{ "the runsv of another runsvdir is succeeded too", another_s_runsv,
	    0 },
	{ "a runsv alone finds the pipe of its predecessor",
	    alone_it_finds_the_pipe, 0 },
	{ "alone and without rights it ends the old service first",
	    the_old_one_ends_first, 0 },
	{ "... by force if need be", the_old_one_ends_first, 1 },
	{ "whichever call of a successor fails, there is no second service",
	    a_successor_that_fails_starts_no_second, 0 },
	{ "a lent pipe needs no rights", a_lent_pipe_needs_no_rights, 0 },
	{ "without pidfd a service is taken over, and its end is seen",
	    without_pidfd, 0 },
	{ "finish is told how an adopted service ended", its_end_is_known, 0 },
	{ "... where it is waited for late", its_end_is_known, 1 },
	{ "... or, where it is not waited for, that nobody knows",
	    its_end_is_known, 2 },
};

int
main(int argc, char **argv)
{
	static const struct cast cast = {
		"runsvdir runsvdir-fault runsv runsv-fault svlogd sv", PROGRAMS,
		enter
	};

	(void)argc;
	witness_main(argv);
	return play(&cast, scenes, COUNT(scenes), argv);
}
