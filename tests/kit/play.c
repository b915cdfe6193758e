/* Scenes: each a sentence that is true and the function that shows it. */
#define _GNU_SOURCE
#include "kit/play.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kit/child.h"
#include "kit/option.h"
#include "kit/verdict.h"

enum {
	LANES = 16,
	LIMIT_S = 40,    /* for a scene */
	LIMIT_LONG = 20, /* more seconds for each one of --long */
	OUTPUT_SHOWN = 16384,
};

struct lane {
	const struct scene *scene;
	pid_t pid; /* 0: free */
	int out;   /* what the scene says */
	int64_t start;
};

static struct {
	const struct cast *cast;
	char **programs;
	const char *only;
	long lanes, n_long;
	char tmp[PATH_ROOM];
	pid_t pid; /* the player's, not a scene's */
} pl = { .only = "", .lanes = 4 };

/* --- a scene's process ----------------------------------------------------*/

/* What a scene takes goes with its process: the leak sanitizer, which asks
 * this, is for the programs. */
int __lsan_is_turned_off(void);

int
__lsan_is_turned_off(void)
{
	return 1;
}

static _Noreturn void
scene_run(const struct scene *scene, size_t number, int out)
{
	static struct stage st;
	char name[32];

	dup2(out, 1);
	dup2(out, 2);
	setvbuf(stdout, NULL, _IOLBF, 0);
	signals_take();
	atexit(strays_clear);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	snprintf(name, sizeof(name), "%zu", number);
	dir_new(path_join(st.tmp, pl.tmp, name), 0755);
	st.number = number;
	st.arg = scene->arg;
	st.n_long = pl.n_long;
	st.programs = pl.programs;
	pl.cast->enter(&st);
	scene->play();
	exit(0);
}

/* --- lanes ----------------------------------------------------------------*/

static void
lane_start(struct lane *ln, const struct scene *scene, size_t number)
{
	ln->scene = scene;
	ln->start = now_ns();
	ln->out = fd_keep(memfd_create("out", MFD_CLOEXEC), "memfd_create");
	fflush(stdout);
	ln->pid = fork();
	if (ln->pid < 0)
		give_up("fork: %s", strerror(errno));
	if (ln->pid == 0)
		scene_run(scene, number, ln->out);
}

/* True unless the sentence turned out not to be true. */
static bool
lane_report(struct lane *ln, int status)
{
	bool is_skipped = status_is(status, EXIT_SKIPPED);
	char text[OUTPUT_SHOWN];
	ssize_t n = pread(ln->out, text, sizeof(text), 0);

	close(ln->out);
	ln->pid = 0;
	printf("%s: %s (%.1f s)\n",
	    status == 0  ? "ok"
	    : is_skipped ? "skipped"
			 : "FAILED",
	    ln->scene->name, ms_of(now_ns() - ln->start) / 1000);
	if (WIFSIGNALED(status))
		printf("  %s\n", status_words(status));
	printf("%.*s", n > 0 ? (int)n : 0, text);
	fflush(stdout);
	return status == 0 || is_skipped;
}

static int64_t
lane_limit(void)
{
	return (LIMIT_S + LIMIT_LONG * pl.n_long) * 1000 * MS;
}

/* Waits for one of them; kills one that takes too long. */
static bool
lanes_wait(struct lane *lanes)
{
	struct lane *ln;
	int status;

	for (;;) {
		for (ln = lanes; ln < lanes + pl.lanes; ln++) {
			if (ln->pid == 0)
				continue;
			if (waitpid(ln->pid, &status, WNOHANG) == ln->pid)
				return lane_report(ln, status);
			if (now_ns() - ln->start > lane_limit())
				kill(ln->pid, SIGKILL);
		}
		child_event(now_ns() + 100 * MS);
	}
}

static bool
play_all(const struct scene *scenes, size_t n)
{
	struct lane lanes[LANES] = { 0 };
	long busy = 0, i;
	bool good = true;
	size_t at = 0;

	while (at < n || busy > 0) {
		if (at < n && !strstr(scenes[at].name, pl.only)) {
			at++;
		} else if (at < n && busy < pl.lanes) {
			for (i = 0; lanes[i].pid; i++)
				;
			lane_start(&lanes[i], &scenes[at], at);
			at++;
			busy++;
		} else {
			good &= lanes_wait(lanes);
			busy--;
		}
	}
	return good;
}

/* --- the player -----------------------------------------------------------*/

static void
clean(void)
{
	if (getpid() != pl.pid)
		return;
	strays_clear();
	tree_remove(pl.tmp);
}

static void
programs_set(const struct option_row *rows, char **argv)
{
	size_t n;

	pl.programs = options_read(rows, argv, pl.cast->programs);
	for (n = 0; pl.programs[n]; n++) {
		if (access(pl.programs[n], X_OK) < 0)
			give_up("no such program: %s", pl.programs[n]);
	}
	if (n != pl.cast->n_programs)
		options_usage(rows, argv[0], pl.cast->programs);
}

int
play(const struct cast *cast, const struct scene *scenes, size_t n, char **argv)
{
	static const struct option_row rows[] = {
		{ "--only", "WORDS", "sentences with these", .set = option_text,
		    .to = &pl.only },
		{ "--lanes", "N", "so many at a time", .set = option_number,
		    .to = &pl.lanes, .least = 1, .most = LANES },
		{ "--long", "N", "more of it; what, the driver says",
		    .set = option_number, .to = &pl.n_long, .most = 100000 },
		{ .more = NULL },
	};

	pl.cast = cast;
	programs_set(rows, argv);
	if (geteuid() != 0) {
		printf("skipped: all of it: not root\n");
		return 0;
	}
	signals_take();
	temp_make(pl.tmp, getenv("TMPDIR"), "weir-scene.XXXXXX");
	pl.pid = getpid();
	atexit(clean);
	if (chmod(pl.tmp, 0755) < 0)
		give_up("%s: %s", pl.tmp, strerror(errno));
	return play_all(scenes, n) ? 0 : EXIT_BROKEN;
}
