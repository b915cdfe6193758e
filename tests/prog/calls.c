/* calls: each system call that svlogd makes fails, once or for longer.
 *
 * One life of a logger is played: start, lines, rotations by size and ALRM, a
 * processor, HUP, a removed current, TERM, and another start. A first life
 * counts the calls of a kind; then it is played again with that call failing
 * here and there. Whatever fails, no line is lost, doubled or torn.
 *
 * --long N: every error, at N places each. */
#define _GNU_SOURCE
#include "scene.h"

enum { PLACES = 2, WHILE = 5 };

#define CLEAR_GATE (250 * MS)
#define WHILE_GATE (WHILE * 250 * MS + 1000 * MS)
#define WATCH (1000 * MS)
#define TERM_GATE (7000 * MS)

static const char *const calls[] = {
#define SYS(type, name, params, args) #name,
#include "os/os.def"
#include "sys.def"
#undef SYS
};

enum { CALLS = COUNT(calls) };

static const char *const errors[] = { "EIO", "ENOSPC", "EDQUOT", "EMFILE",
	"ENOMEM", "EAGAIN" };

/* What is special about a call. */
enum {
	NO_CALL = 1, /* made in children, which are left alone; cannot fail */
	VITAL = 2,   /* without it there is no waiting, or knowing what there
	              * is: no sense in its failing for ever */
	WRITER = 4,  /* it may move less than it is asked to */
};

static const struct {
	const char *name;
	unsigned is;
} specials[] = {
	{ "execve", NO_CALL },
	{ "setsid", NO_CALL },
	{ "dup2", NO_CALL },
	{ "fchdir", NO_CALL },
	{ "signal_clear", NO_CALL },
	{ "close_from", NO_CALL },
	{ "mark", NO_CALL },
	{ "wall_ns", NO_CALL },
	{ "mono_ns", NO_CALL },
	{ "poll", VITAL },
	{ "readable", VITAL },
	{ "signal_fd", VITAL },
	{ "signal_next", VITAL },
	{ "waitpid", VITAL },
	{ "close", VITAL },
	{ "write", WRITER },
	{ "writev", WRITER },
	{ "pwrite", WRITER },
};

static bool
call_is(const char *call, unsigned what)
{
	size_t i;

	for (i = 0; i < COUNT(specials); i++) {
		if (strcmp(specials[i].name, call) == 0)
			return specials[i].is & what;
	}
	return false;
}

/* --- one life -------------------------------------------------------------*/

enum life_kind { LIFE_LENT, LIFE_FILE, LIVES };

static struct {
	enum life_kind kind;
	const char *words; /* the fault */
	struct place *place;
	int64_t took; /* the longest that a batch needed */
	bool ready;   /* a batch has come through */
} life;

static void
life_restart(int status)
{
	want(!life.ready, "%s: it gave up: %s", life.words,
	    status_words(status));
	want(status_is(status, EXIT_TROUBLE), "%s: %s", life.words,
	    status_words(status));
	sc.fault = NULL; /* the next one fares better */
	begin();
}

/* A batch is through when every byte is in the directory. */
static void
life_batch(uint64_t n, int64_t limit)
{
	int64_t at = now_ns();
	int status;

	feed(n);
	while (place_bytes(life.place) < sc.bytes_sent) {
		if (has_ended(0, &status)) {
			life_restart(status);
			at = now_ns();
		}
		want(now_ns() - at < limit,
		    "%s: %llu of %llu bytes after "
		    "%.0f ms",
		    life.words, (unsigned long long)place_bytes(life.place),
		    (unsigned long long)sc.bytes_sent, ms_of(limit));
		look_again();
	}
	life.ready = true;
	if (now_ns() - at > life.took)
		life.took = now_ns() - at;
}

/* A fresh world in the same scene. A lent ring and spans; or a ring of its own,
 * line by line, in a directory that is nobody's. */
static void
life_begin(const char *words)
{
	scene_anew();
	if (life.kind == LIFE_LENT) {
		life.place = place_new("s20000;N1000;y1;!cat");
	} else {
		life.place = place_new("s20000;N1000;y1;enothing");
		want(chown(life.place->path, NOBODY, NOBODY) == 0, "chown: %s",
		    strerror(errno));
		fd_drop(&sc.lg.ring);
	}
	life.words = sc.fault = words;
	life.took = 0;
	life.ready = false;
	begin_on(life.place);
}

/* Until the pipe is empty; a fault may delay that, and what follows sees. */
static void
life_reads(void)
{
	int64_t until = now_ns() + 300 * MS;

	while (pipe_holds() > 0 && now_ns() < until)
		look_again();
}

/* The beginning of a line: so few bytes are read in another way. */
static void
life_bits(void)
{
	sc.part_n = line_make(&sc.lines, sc.lines_sent, sc.part);
	want(write(sc.lg.wr, sc.part, 5) == 5, "the pipe is full");
	sc.part_at = 5;
	sc.bytes_sent += 5;
	life_reads();
}

static void
life_go_on(int64_t limit)
{
	life_batch(10, limit);
	life_bits();
	feed(1);
	life_reads();
	life_batch(1, limit);
	poke(SIGALRM);
	life_batch(40, limit);
	poke(SIGHUP);
	life_batch(30, limit);
	poke(SIGALRM);
	life_batch(400, limit); /* half a pipe */
}

/* TERM; then a logger without a fault finds all that is missing. */
static void
life_stop(void)
{
	int status;

	if (sc.lg.pid == 0)
		return;
	poke(SIGTERM);
	want(has_ended(TERM_GATE, &status), "%s: TERM does not end it",
	    life.words);
	want(WIFEXITED(status), "%s: %s", life.words, status_words(status));
}

static void
life_end(void)
{
	life_stop();
	sc.fault = NULL;
	begin();
	feed(5);
	end();
	place_is_whole(life.place);
	tree_remove(life.place->path);
	unlink(sc.points);
}

/* --- faults ---------------------------------------------------------------*/

/* Lines of the points' log with that call; those where it failed only. */
static long
points(const char *call, bool failed)
{
	const char *p = file_text(sc.points);
	char name[40];
	long n = 0;
	size_t len;

	snprintf(name, sizeof(name), ":%s", call);
	for (; *p; p += len + (p[len] == '\n')) {
		const char *end = strstr(p, name);

		len = strcspn(p, "\n");
		if (!end || end > p + len)
			continue;
		end += strlen(name);
		n += *end == ' ' || (!failed && *end == '\n');
	}
	return n;
}

/* How often a life makes the call; of the first kind of life that does. */
static long
calls_count(const char *call)
{
	static char log[PATH_ROOM];
	long n;
	int i;

	sc.points = path_join(log, sc.tmp, "points");
	for (i = 0; i < LIVES; i++) {
		life.kind = (enum life_kind)i;
		life_begin(NULL);
		life_go_on(WAIT_LIMIT);
		life_stop();
		n = points(call, false);
		life_end();
		if (n > 0)
			return n;
	}
	printf("  no life here calls %s\n", call);
	exit(EXIT_SKIPPED);
}

/* Plays a life with that fault; whether it fired. */
static bool
try_life(const char *words, const char *call, int64_t limit)
{
	bool fired;

	life_begin(words);
	life_go_on(limit);
	life_stop();
	fired = points(call, true) > 0;
	life_end();
	return fired;
}

/* What passes at once is over in 250 ms. A machine that is busy gets another
 * chance; a logger that sleeps too long does not use it. */
static bool
try_fast(const char *words, const char *call)
{
	int64_t best = INT64_MAX;
	bool fired = false;
	int i;

	for (i = 0; i < 8 && best > CLEAR_GATE; i++) {
		fired |= try_life(words, call, 5000 * MS);
		best = life.took < best ? life.took : best;
	}
	want(best <= CLEAR_GATE, "%s: over only after %.0f ms", words,
	    ms_of(best));
	return fired;
}

/* The i-th of `places` among n calls: the first, then evenly. */
static long
place_of(long i, long places, long n)
{
	return places > 1 ? 1 + i * (n - 1) / (places - 1) : 1;
}

/* At one place; where a life happened not to get so far, at an earlier. */
static void
once_at(const char *call, const char *error, long k)
{
	char words[96];

	do {
		snprintf(words, sizeof(words), "fail:%s:%s:%ld", call, error,
		    k);
		if (try_fast(words, call))
			return;
	} while ((k = k * 2 / 3) > 0);
	want(false, "%s: the fault did not fire", words);
}

static void
once(const char *call, long n)
{
	long places = sc.n_long > 0 ? sc.n_long : PLACES, i, err;

	for (i = 0; i < places && i < n; i++) {
		for (err = 0; err < (long)COUNT(errors); err++) {
			if (sc.n_long > 0 || err % 3 == i)
				once_at(call, errors[err],
				    place_of(i, places, n));
		}
	}
}

static void
is_short(const char *call, long n)
{
	static const int sizes[] = { 1, 100, 1000 };
	char words[96];
	long i;

	for (i = 0; i < 3; i++) {
		/* A short one is no error, and not in the log. */
		snprintf(words, sizeof(words),
		    "short:%s:%d:%ld short:%s:7:%ld+", call, sizes[i],
		    place_of(i, 3, n), call, place_of(i, 3, n) + 2);
		(void)try_life(words, call, 5000 * MS);
	}
}

static void
for_a_while(const char *call, long n)
{
	char words[512];
	long i, k;

	for (k = n / 2 + 1; k > 0; k = k * 2 / 3) {
		words[0] = '\0';
		for (i = 0; i < WHILE; i++)
			snprintf(words + strlen(words),
			    sizeof(words) - strlen(words), "fail:%s:%s:%ld ",
			    call, errors[i % 2], k + i);
		if (try_life(words, call, WHILE_GATE))
			return;
	}
	want(false, "%s: the fault did not fire", words);
}

/* A quiet logger that still listens. */
static void
watch(const char *words)
{
	int64_t cpu = cpu_ns(sc.lg.pid), at = now_ns();
	long lines = times_said("svlogd: ");

	measure_for(WATCH);
	cpu = cpu_ns(sc.lg.pid) - cpu;
	at = now_ns() - at;
	lines = times_said("svlogd: ") - lines;
	want(lines <= (at + 999 * MS) / (1000 * MS), "%s: %ld lines in %.1f s",
	    words, lines, ms_of(at) / 1000);
	want(cpu * 50 <= at, "%s: %.0f ms of CPU in %.1f s", words, ms_of(cpu),
	    ms_of(at) / 1000);
}

/* From the k-th call on; whether it fired. */
static bool
for_ever_from(const char *call, const char *error, long k)
{
	char words[96];
	bool fired;
	int status;

	snprintf(words, sizeof(words), "fail:%s:%s:%ld+", call, error, k);
	life_begin(words);
	feed(40);
	poke(SIGALRM);
	feed(60);
	poke(SIGHUP);
	measure_for(500 * MS);
	if (has_ended(0, &status))
		want(status_is(status, EXIT_TROUBLE) &&
			 (k == 1 || !points(call, true)),
		    "%s: it gave up: %s", words, status_words(status));
	else if (points(call, true) > 0)
		watch(words);
	life_stop();
	fired = points(call, true) > 0;
	life_end();
	return fired;
}

static void
for_ever(const char *call, long n)
{
	long k;

	for (k = n / 2 + 1; k > 1; k /= 2) {
		if (for_ever_from(call, "ENOSPC", k))
			break;
	}
	if (k <= 1 || sc.n_long > 0)
		(void)for_ever_from(call, "EIO", 1);
}

/* --- all of them ----------------------------------------------------------*/

static void
play_once(void)
{
	const char *call = calls[sc.arg];
	long n = calls_count(call);

	once(call, n);
	if (call_is(call, WRITER))
		is_short(call, n);
	for_a_while(call, n);
}

static void
play_for_ever(void)
{
	const char *call = calls[sc.arg];

	for_ever(call, calls_count(call));
}

static struct scene scenes[CALLS * 2];
static char names[CALLS * 2][96];
static size_t n_scenes;

static void
scene_add(const char *words, void (*show)(void), size_t call)
{
	snprintf(names[n_scenes], sizeof(names[0]), "%s %s", calls[call],
	    words);
	scenes[n_scenes].name = names[n_scenes];
	scenes[n_scenes].play = show;
	scenes[n_scenes++].arg = call;
}

/* CALLS: the calls that svlogd has use for, with blanks between; other
 * programs' are behind the same door. */
static bool
is_asked_for(const char *call)
{
	const char *all = getenv("CALLS"), *at = all;
	size_t n = strlen(call);

	while (at && (at = strstr(at, call))) {
		if ((at == all || at[-1] == ' ') && strchr(" ", at[n]))
			return true;
		at += n;
	}
	return !all;
}

int
main(int argc, char **argv)
{
	size_t i;

	(void)argc;
	for (i = 0; i < CALLS; i++) {
		if (call_is(calls[i], NO_CALL) || !is_asked_for(calls[i]))
			continue;
		if (!call_is(calls[i], VITAL))
			scene_add("fails for ever: quiet, idle, TERM ends "
				  "it, nothing is lost",
			    play_for_ever, i);
		scene_add("fails for a moment: over in 250 ms, nothing is "
			  "lost",
		    play_once, i);
	}
	return scenes_main(argv, scenes, n_scenes);
}
