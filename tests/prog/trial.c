/* A random trial for two log daemons. */
#include "trial.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "glob.h"
#include "kit/play.h"
#include "kit/random.h"
#include "kit/verdict.h"

const char *const trial_dir[TRIAL_DIRS] = { "0", "1", "2" };

/* --- chance ---------------------------------------------------------------*/

static size_t
below(struct trial *t, size_t n)
{
	return (size_t)(random_next(&t->random) % n);
}

static bool
percent(struct trial *t, size_t n)
{
	return below(t, 100) < n;
}

static const char *
one_of(struct trial *t, const char *const *v, size_t n)
{
	return v[below(t, n)];
}

#define ONE_OF(t, v) one_of(t, v, COUNT(v))

__attribute__((format(printf, 2, 3))) static void
text_add(struct text *x, const char *form, ...)
{
	va_list ap;
	int n;

	va_start(ap, form);
	n = vsnprintf(x->p + x->n, sizeof(x->p) - x->n, form, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= sizeof(x->p) - x->n)
		give_up("a text of a trial is too long");
	x->n += (size_t)n;
}

/* --- options --------------------------------------------------------------*/

__attribute__((format(printf, 2, 3))) static void
word(struct trial *t, const char *form, ...)
{
	va_list ap;

	if (t->n_words == TRIAL_ARGS)
		give_up("too many arguments in a trial");
	va_start(ap, form);
	vsnprintf(t->words[t->n_words++], sizeof(t->words[0]), form, ap);
	va_end(ap);
}

static void
make_stamp(struct trial *t)
{
	static const char *const forms[][3] = { { "-t", "-t", "-t" },
		{ "-tt", "-t -t", "-tt" }, { "-ttt", "-tt -t", "-tttt" } };
	const char *form;

	t->stamp = percent(t, 40) ? 0 : (int)below(t, 3) + 1;
	if (t->stamp == 0)
		return;
	form = forms[t->stamp - 1][below(t, 3)];
	while (strchr(form, ' ')) {
		word(t, "%.*s", (int)strcspn(form, " "), form);
		form += strcspn(form, " ") + 1;
	}
	word(t, "%s", form);
}

static void
make_scrub(struct trial *t)
{
	static const char *const bys[] = { "_", "?", "a", " ", "*", "\t",
		"\xc3" };
	static const char *const lists[] = { "", "a", "ab", "*+", " ", "x/z",
		"\xa4", "_", "a_", "-" };
	const char *by = NULL, *list = NULL;

	scrub_init(&t->scrub);
	if (percent(t, 60))
		return;
	if (percent(t, 60))
		by = ONE_OF(t, bys);
	if (!by || percent(t, 50))
		list = ONE_OF(t, lists);
	if (by && percent(t, 50)) {
		word(t, "-r%s", by);
	} else if (by) {
		word(t, "-r");
		word(t, "%s", by);
	}
	if (list) {
		word(t, "-R");
		word(t, "%s", list);
	}
	scrub_set(&t->scrub, by ? *by : '_', view_str(list ? list : ""));
	t->scrub.map['\n'] = '\n';
}

static void
make_lengths(struct trial *t)
{
	static const unsigned some[] = { 1, 2, 3, 5, 8, 13, 16, 30, 64, 100,
		255, 256, 999, 1000, 1001, 2000 };

	t->line_max = LINE_MAX_DEFAULT;
	if (percent(t, 30)) {
		if (percent(t, 10))
			word(t, "-l0");
		return;
	}
	t->line_max = some[below(t, COUNT(some))];
	if (t->stepwise && t->line_max < 8)
		t->line_max = 8;
	if (percent(t, 50)) {
		word(t, "-l%zu", t->line_max);
	} else {
		word(t, "-l");
		word(t, "%zux", t->line_max);
	}
	if (percent(t, 30))
		word(t, "-b%zu", t->line_max + 1 + below(t, 9));
	else if (percent(t, 30) || t->line_max >= 1024)
		word(t, "-b%zu", t->line_max + 1 + below(t, 4096));
}

/* A command line that nothing can be done with. */
static void
make_failure(struct trial *t)
{
	static const char *const bad[] = { "-r", "-rab", "-b1000", "-b5", "-x",
		"-V", "-r\xc3\xa4" };

	t->fails = true;
	if (percent(t, 30)) {
		t->n_dirs = 0;
		if (percent(t, 50))
			word(t, "missing");
		return;
	}
	word(t, "%s", ONE_OF(t, bad));
	if (strcmp(t->words[t->n_words - 1], "-r") == 0)
		word(t, "%s", "");
}

static void
make_options(struct trial *t)
{
	if (percent(t, 2)) {
		make_failure(t);
		return;
	}
	make_stamp(t);
	make_scrub(t);
	make_lengths(t);
	if (t->stepwise || percent(t, 20))
		word(t, percent(t, 50) ? "-v" : "-vv");
	if (percent(t, 5))
		word(t, "--");
}

/* --- input ----------------------------------------------------------------*/

enum { SMALL, WORDS, BYTES, ALPHABETS };

static char
random_char(struct trial *t, size_t alphabet)
{
	static const char *const odd[] = { "\xc3\xa4", "\xe2\x82\xac", "\t",
		"\r", "\033", "\177", "\001", "\x80", "\xff", "~" };
	const char *o;
	char c;

	switch (alphabet) {
	case SMALL:
		return "ab*+ "[below(t, 5)];
	case WORDS:
		if (percent(t, 5)) {
			o = ONE_OF(t, odd);
			return o[below(t, strlen(o))];
		}
		return "abxyz/=-ABerr 0123"[below(t, 18)];
	default:
		c = (char)below(t, 256);
		t->has_nul |= c == 0;
		return c == '\n' ? 0 : c;
	}
}

static size_t
random_length(struct trial *t, size_t alphabet)
{
	size_t l = t->line_max;

	if (percent(t, 10))
		return 0;
	if (percent(t, alphabet == SMALL ? 80 : 50))
		return below(t, 12);
	if (percent(t, 30))
		return below(t, 80);
	switch (below(t, 7)) {
	case 0:
		return l - 1;
	case 1:
		return l;
	case 2:
		return l + 1;
	case 3:
		return 2 * l;
	case 4:
		return 2 * l + 1;
	case 5:
		return below(t, 3 * l);
	default:
		return percent(t, 10) ? below(t, 5000) : below(t, l);
	}
}

/* The text of a line; it never begins as an old file of ours does. */
static void
make_line(struct trial *t, size_t alphabet, size_t most)
{
	size_t i, n = random_length(t, alphabet);

	if (n > most)
		n = most;
	for (i = 0; i < n; i++)
		t->input[t->n_input++] = random_char(t, alphabet);
	if (n > 0 && t->input[t->n_input - n] == '#')
		t->input[t->n_input - n] = '.';
	if (n > t->longest)
		t->longest = n;
	t->lines++;
}

static void
make_piece(struct trial *t)
{
	size_t lines = percent(t, 50) ? below(t, 100) : below(t, 12);
	size_t kind = below(t, ALPHABETS + 1);
	size_t room = INPUT_ROOM / TRIAL_STEPS / 2;
	size_t from = t->n_input;
	bool shorter = percent(t, 60);

	if (t->stepwise && kind == BYTES)
		kind = WORDS;
	while (lines-- > 0 && t->n_input - from < room) {
		make_line(t, kind == ALPHABETS ? below(t, 2) : kind,
		    shorter ? t->line_max / 2 + 1 : 6000);
		t->input[t->n_input++] = '\n';
	}
}

/* What waits with each piece of the line that the next one begins with. */
static void
make_overlap(struct trial *t, struct step *st)
{
	size_t n = percent(t, 50) ? 0 : below(t, t->line_max);

	while (n-- > 0 && t->input[st->upto] != '\n')
		st->upto++;
}

/* Each piece ends in a line that says so. */
static void
make_input(struct trial *t)
{
	size_t i;

	if (!t->stepwise) {
		t->n_steps = 1;
		make_piece(t);
		if (t->n_input > 0 && percent(t, 25))
			t->n_input--; /* "tail" */
		t->step[0].upto = t->n_input;
		t->step[0].kind = STEP_END;
		return;
	}
	t->n_steps = 2 + below(t, TRIAL_STEPS - 1);
	for (i = 0; i < t->n_steps; i++) {
		make_piece(t);
		t->n_input +=
		    (size_t)sprintf(t->input + t->n_input, "sync%zu\n", i);
		t->lines++;
		if (t->longest < 5)
			t->longest = 5;
		t->step[i].upto = t->n_input;
		t->step[i].kind = percent(t, 60) ? STEP_ALRM : STEP_HUP;
	}
	for (i = 0; i < t->n_steps - 1; i++)
		make_overlap(t, &t->step[i]);
	t->step[i].kind = STEP_END;
	t->ends_by_term = percent(t, 30);
}

/* --- patterns -------------------------------------------------------------*/

static bool
ends_in_star(struct view v)
{
	return v.n > 0 && v.p[v.n - 1] == '*';
}

/* "plus": whether runit's matcher may say yes to a line by reading on at its
 * end: a +X takes the last of it while pattern is left, or begins there. */
static bool
may_read_on(struct view pattern, struct view line)
{
	size_t i = 0;

	while (i < pattern.n) {
		struct view head = view_first(pattern, i);

		if (pattern.p[i++] != '+')
			continue;
		if (!ends_in_star(head) && glob_matches(head, line))
			return true;
		if (i == pattern.n)
			return memchr(line.p, 0, line.n) != NULL;
		i++;
		if (glob_matches(view_first(pattern, i), line))
			return true;
	}
	return false;
}

static bool
is_safe_pattern(const struct trial *t, struct view pattern)
{
	char head[INPUT_ROOM];
	size_t at = 0;

	if (!memchr(pattern.p, '+', pattern.n))
		return true;
	while (at < t->n_input) {
		struct view rest = view_of(t->input + at, t->n_input - at);
		const char *end = memchr(rest.p, '\n', rest.n);
		size_t n = end ? (size_t)(end - rest.p) : rest.n;
		size_t seen = n < t->line_max ? n : t->line_max;

		memcpy(head, rest.p, seen);
		scrub_apply(&t->scrub, head, seen);
		if (may_read_on(pattern, view_of(head, seen)))
			return false;
		at += n + 1;
	}
	return true;
}

/* A piece of a line of the input with stars in it, or just anything. */
static size_t
random_pattern(struct trial *t, char *p)
{
	size_t i, n = 0, from, len = below(t, 8);

	if (t->n_input == 0 || percent(t, 50)) {
		for (i = 0; i < len; i++)
			p[n++] = "ab*+ xe"[below(t, 7)];
		return n;
	}
	from = below(t, t->n_input);
	while (from > 0 && t->input[from - 1] != '\n')
		from--;
	if (percent(t, 30))
		p[n++] = '*';
	for (i = from; i < from + len && i < t->n_input; i++) {
		char c = t->input[i];

		if (c == '\n' || c == 0)
			break;
		if (percent(t, 15))
			p[n++] = '+';
		p[n++] = percent(t, 10) ? '*' : c;
	}
	if (percent(t, 60))
		p[n++] = '*';
	return n;
}

static void
add_pattern(struct trial *t, struct plan *pl)
{
	char p[64];
	size_t n;

	do
		n = random_pattern(t, p);
	while (!is_safe_pattern(t, view_of(p, n)));
	text_add(&pl->text, "%c%.*s\n", "++--eeE"[below(t, 7)], (int)n, p);
}

/* --- configs --------------------------------------------------------------*/

/* The letters that mean nothing to either, and strays of those that mean
 * something to us. */
static void
add_stray(struct trial *t, struct plan *pl)
{
	static const char *const strays[] = { "#", "#s5", "", " ", "\t", " s5",
		"a", "b!x", "c", "ddd", "k5", "x*", "L", "9", "@x", "\\+a",
		"\xc3\xa4", "Sfoo", "Ax", "y-", "mx", "m9", "Bx", "Ofoo", "t0",
		"t", "t100h", "tx", "N3", "N", "N99x", "\r" };

	text_add(&pl->text, "%s\n", ONE_OF(t, strays));
}

static uint64_t
random_size(struct trial *t)
{
	uint64_t l = t->line_max, all = t->n_input + 1;

	switch (below(t, 9)) {
	case 0:
		return l;
	case 1:
		return l + 1 + below(t, 40);
	case 2:
		return l > 1 ? l - 1 : 1;
	case 3:
		return 2 * l;
	case 4:
		return l + all / (1 + below(t, 20));
	case 5:
		return 1 + all / (1 + below(t, 20));
	case 6:
		return 1 + below(t, 200);
	case 7:
		return below(t, (size_t)l) + 1;
	default:
		return 0;
	}
}

/* At most some hundred rotations. */
static bool
is_too_small(const struct trial *t, const struct plan *pl, uint64_t size)
{
	uint64_t all = t->n_input + t->lines * (FRONT_MOST + 8);
	uint64_t most = pl->processor ? 12 : 200;

	if (size == 0)
		return false;
	if (size / 2 > t->line_max)
		return all / (size / 2) > most;
	return all / size > most || (size >= t->line_max && t->lines > most);
}

static void
add_size(struct trial *t, struct plan *pl)
{
	static const char *const tails[] = { "", "", "", "", "x", " ", " 5",
		"b", "K", "\r", "-" };
	static const char *const none[] = { "", "x", "0", "-5", " 100", "k",
		"99999999999999999999", "4294967496" };
	uint64_t size = random_size(t);

	while (is_too_small(t, pl, size))
		size = size * 2 + 1;
	if (size == 0 || percent(t, 10)) {
		text_add(&pl->text, "s%s\n", ONE_OF(t, none));
		pl->size = 0;
		return;
	}
	pl->size = size;
	if (percent(t, 10)) {
		pl->size = (size + 1023) / 1024 * 1024;
		text_add(&pl->text, "s%lluk%s\n",
		    (unsigned long long)pl->size / 1024, ONE_OF(t, tails));
	} else if (percent(t, 2)) {
		pl->size = 1048576;
		text_add(&pl->text, "s1m%s\n", ONE_OF(t, tails));
	} else {
		text_add(&pl->text, "s%llu%s\n", (unsigned long long)size,
		    ONE_OF(t, tails));
	}
}

static void
add_keep(struct trial *t, struct plan *pl)
{
	static const struct {
		const char *text;
		uint64_t n;
	} some[] = { { "0", 0 }, { "1", 1 }, { "2", 2 }, { "3", 3 },
		{ "3x", 3 }, { "5 ", 5 }, { "10", 10 }, { "", 0 }, { "k", 0 },
		{ "1k", 1 }, { "4294967298", UINT64_C(4294967298) } };
	size_t i = below(t, COUNT(some));

	pl->keep = some[i].n;
	text_add(&pl->text, "n%s\n", some[i].text);
}

static void
add_prefix(struct trial *t, struct plan *pl)
{
	static const char *const some[] = { "", "host: ", "p", " ", "@x",
		"a b  ", "*", "\t", "\xc3\xa4 ", "0123456789012345678901: " };
	const char *p = ONE_OF(t, some);

	text_add(&pl->text, "p%s\n", p);
	if (*p) /* else the one before stays */
		pl->front = (t->stamp ? 26 : 0) + strlen(p);
}

/* What each of them writes depends on all that it reads. Those of the second
 * list would hide the stamps. */
static void
add_processor(struct trial *t, struct plan *pl)
{
	static const char *const some[] = { "cat", "exec cat", "tr xy XY",
		"sed s/x/yyyy/", "cat; cat <&4 >&5; echo run >&5",
		"cat; pwd >/dev/null; wc -c <current >/dev/null", "" };
	static const char *const others[] = { "wc -c",
		"n=$(wc -c); echo $n; cat <&4; cat <&4 >&5; echo $n >&5",
		"tr ab BA | tee copy", "cksum; cat <&4 >&5; echo run >&5" };

	if (t->stamp || percent(t, 50))
		pl->processor = ONE_OF(t, some);
	else
		pl->processor = ONE_OF(t, others);
	text_add(&pl->text, "!%s\n", pl->processor);
	if (!*pl->processor)
		pl->processor = NULL;
}

static void
make_body(struct trial *t, struct plan *pl)
{
	size_t i, n = below(t, 9);
	bool rules = percent(t, 60);

	if (percent(t, 12))
		add_processor(t, pl);
	if (!t->stepwise && percent(t, 70))
		add_size(t, pl);
	if (percent(t, 50))
		add_keep(t, pl);
	for (i = 0; i < n; i++) {
		switch (below(t, 10)) {
		case 0:
			if (!t->stepwise)
				add_size(t, pl);
			break;
		case 1:
			add_keep(t, pl);
			break;
		case 2:
			add_prefix(t, pl);
			break;
		case 3:
		case 4:
			add_stray(t, pl);
			break;
		default:
			if (rules)
				add_pattern(t, pl);
			break;
		}
	}
}

/* The last line may lack its newline. */
static void
make_last(struct trial *t, struct plan *pl)
{
	static const char *const ends[] = { "#x", "zz", "s", "n", "p", "x", "#",
		"N5", "-", "+", "E" };
	const char *end;

	if (percent(t, 80))
		return;
	end = ONE_OF(t, ends);
	if (t->stepwise && *end == '-')
		end = "#";
	text_add(&pl->text, "%s", end);
	pl->one_letter_last = !end[1]; /* "letter" */
	if (*end == 's')
		pl->size = 0;
	else if (*end == 'n')
		pl->keep = 0;
}

static bool
may_split(const struct trial *t, const struct plan *pl, size_t size)
{
	size_t most = pl->front + t->longest + 1;

	if (pl->size == 0)
		return false;
	return pl->size < t->line_max || most > t->line_max ||
	       (size < pl->size && size + most > pl->size);
}

static void
make_plan(struct trial *t, struct plan *pl, size_t size)
{
	memset(pl, 0, sizeof(*pl));
	pl->size = 1000000;
	pl->keep = 10;
	pl->front = t->stamp ? 26 : 0;
	make_body(t, pl);
	if (t->stepwise) {
		text_add(&pl->text, "s0\n+sync*\n");
		pl->size = 0;
	}
	if (may_split(t, pl, size)) {
		/* "cut": the files' sum is what can be compared. */
		text_add(&pl->text, "n0\n");
		pl->keep = 0;
		pl->splits = true;
		if (pl->processor && strcmp(pl->processor, "cat") != 0) {
			text_add(&pl->text, "!cat\n");
			pl->processor = "cat";
		}
	}
	make_last(t, pl);
	pl->splits = pl->splits && pl->size > 0;
}

/* --- directories ----------------------------------------------------------*/

/* Lines that no logger of a trial writes: '#' at the front; '$' ends the last
 * one where its newline is missing. */
static void
make_current(struct trial *t, struct home *h)
{
	static const enum found often[] = { FOUND_NONE, FOUND_NONE, FOUND_NONE,
		FOUND_EMPTY, FOUND_CLEAN, FOUND_CLEAN, FOUND_UNDONE };
	size_t i, n = percent(t, 70) ? below(t, 4) : below(t, 40);

	h->found = often[below(t, COUNT(often))];
	if (h->found < FOUND_CLEAN)
		return;
	for (i = 0; i <= n; i++)
		text_add(&h->current, "#was there %zu\n", i);
	if (percent(t, 20)) {
		h->current.p[h->current.n - 1] = '$';
	}
}

static void
make_old(struct trial *t, struct home *h)
{
	size_t i, n = percent(t, 60) ? 0 : below(t, TRIAL_OLD + 1);

	h->n_old = n;
	for (i = 0; i < n; i++) {
		snprintf(h->old[i], sizeof(h->old[i]),
		    "@400000005%07zx%08zx.%c", below(t, 1 << 28),
		    below(t, 1000000000),
		    percent(t, 85)   ? 's'
		    : percent(t, 70) ? 'u'
				     : 't');
		h->old_mode[i] = percent(t, 80) ? 0744 : 0644;
	}
}

/* Nothing in it makes the two keep different files. */
static bool
is_plain(const struct home *h)
{
	return h->n_old == 0 && h->found != FOUND_UNDONE &&
	       !h->plan.processor && !h->again.processor;
}

static void
make_home(struct trial *t, struct home *h)
{
	size_t i, size, stepping = 0;

	make_current(t, h);
	make_old(t, h);
	size = h->current.n; /* an undone one may become clean below */
	make_plan(t, &h->plan, size);
	for (i = 0; i < t->n_steps; i++)
		stepping += t->step[i].kind == STEP_HUP;
	h->again = h->plan;
	while (stepping) {
		make_plan(t, &h->again, size);
		if (h->again.keep == h->plan.keep ||
		    (h->again.keep - 1 >= h->plan.keep - 1 && is_plain(h)))
			break; /* else "keep" is too hard to model */
	}
	h->has_state = h->plan.processor && percent(t, 30);
	if (!h->plan.processor && !h->again.processor)
		return;
	/* "undone": we process what a crash left. */
	if (h->found == FOUND_UNDONE)
		h->found = FOUND_CLEAN;
	for (i = 0; i < h->n_old; i++)
		h->old[i][NAME_CHARS - 1] = 's';
}

/* --- all of it ------------------------------------------------------------*/

void
trial_make(struct trial *t, uint64_t seed)
{
	size_t i;

	memset(t, 0, sizeof(*t));
	t->seed = seed;
	t->random = seed * UINT64_C(0x2545f4914f6cdd1d);
	scrub_init(&t->scrub);
	t->line_max = LINE_MAX_DEFAULT;
	t->n_dirs = percent(t, 65) ? 1 : 1 + below(t, TRIAL_DIRS);
	t->stepwise = percent(t, 12);
	make_options(t);
	if (t->fails)
		t->stepwise = false;
	make_input(t);
	for (i = 0; i < t->n_dirs; i++) {
		make_home(t, &t->home[i]);
		word(t, "%s%s%s", percent(t, 10) ? "./" : "", trial_dir[i],
		    percent(t, 10) ? "/" : "");
	}
	if (!t->stepwise && percent(t, 2))
		word(t, "missing");
}
