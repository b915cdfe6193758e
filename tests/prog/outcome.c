/* What a log daemon makes of a trial: exit code, directories, words. */
#define _GNU_SOURCE
#include "outcome.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kit/child.h"
#include "kit/file.h"
#include "kit/verdict.h"
#include "logger.h"

struct totals *total;

static char complaint[512];

bool
differ(const char *form, ...)
{
	va_list ap;

	va_start(ap, form);
	vsnprintf(complaint, sizeof(complaint), form, ap);
	va_end(ap);
	return false;
}

const char *
differ_words(void)
{
	return complaint;
}

void
differ_forget(void)
{
	complaint[0] = '\0';
}

const char *
outcome_who(const struct outcome *o)
{
	return o->is_weir ? "weir" : "runit";
}

bool
is_label(const char *name)
{
	return name[0] == '@' && strlen(name) == NAME_CHARS;
}

/* --- what both get --------------------------------------------------------*/

static void
put(const char *dir, const char *name, const void *p, size_t n, unsigned mode)
{
	char path[PATH_ROOM];

	file_put(path_join(path, dir, name), p, n, mode);
}

static void
config_put(const char *dir, const struct plan *pl, bool is_weir)
{
	struct text x = pl->text;

	if (!is_weir && pl->one_letter_last) {
		x.p[x.n++] = '\n';
		total->letter++;
	}
	put(dir, "config", x.p, x.n, 0644);
}

static void
home_put(const char *dir, const struct home *h, bool is_weir)
{
	static const unsigned modes[FOUNDS] = { 0, 0644, 0744, 0644 };
	char text[64];
	size_t i;

	dir_new(dir, 0755);
	config_put(dir, &h->plan, is_weir);
	if (h->found != FOUND_NONE)
		put(dir, "current", h->current.p, h->current.n,
		    modes[h->found]);
	for (i = 0; i < h->n_old; i++) {
		snprintf(text, sizeof(text), "#old %zu\n", i);
		put(dir, h->old[i], text, strlen(text), h->old_mode[i]);
	}
	if (h->has_state)
		put(dir, "state", "#state\n", 7, 0644);
	put(dir, "@stranger.s", "", 0, 0600);
}

/* The input as runit has to see it. */
static size_t
input_for_runit(const struct trial *t, char *to)
{
	size_t i, in_line = 0, n = t->n_input;
	bool changed = false;

	for (i = 0; i < n; i++) {
		char c = t->input[i];

		if (c == '\n')
			in_line = 0;
		else if (in_line++ >= t->line_max)
			scrub_apply(&t->scrub, &c, 1);
		changed |= c != t->input[i];
		to[i] = c;
	}
	total->scrub += changed;
	if (n > 0 && to[n - 1] != '\n') {
		to[n++] = '\n';
		total->tail++;
	}
	return n;
}

/* --- one logger -----------------------------------------------------------*/

struct run {
	const struct trial *t;
	struct logger lg;
	struct outcome *o;
	char input[INPUT_ROOM + 8];
	size_t n_input, fed;
	size_t hups; /* how often the configs have to be read again */
};

static bool
ends_in(const char *dir, const char *text)
{
	char path[PATH_ROOM], end[16];
	size_t n = strlen(text);
	bool yes = false;
	int fd;

	fd = open(path_join(path, dir, "current"), O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	if (lseek(fd, -(off_t)n, SEEK_END) >= 0 &&
	    read(fd, end, n) == (ssize_t)n)
		yes = memcmp(end, text, n) == 0;
	close(fd);
	return yes;
}

/* Rotated, and the processor through. */
static bool
has_rotated(const struct run *r, size_t d)
{
	static struct names nm;
	const char *dir = trial_dir[d];
	char path[PATH_ROOM];
	size_t i;

	path_join(path, dir, "current");
	if (!file_is(path) || file_size(path) > 0)
		return false;
	if (!r->t->home[d].plan.processor && !r->t->home[d].again.processor)
		return true;
	names_read(&nm, dir);
	for (i = 0; i < nm.n; i++)
		if (nm.v[i][NAME_CHARS - 1] == 'u')
			return false;
	return true;
}

/* How often it said that it read that config. */
static size_t
times_read(const struct run *r, size_t d)
{
	const char *p = r->o->said.p;
	char words[80];
	size_t n = 0;

	snprintf(words, sizeof(words), "%s/config\n",
	    r->t->words[r->t->n_words - (int)r->t->n_dirs + (int)d]);
	while ((p = strstr(p, "svlogd: info: read: "))) {
		p += strlen("svlogd: info: read: ");
		n += strncmp(p, words, strlen(words)) == 0;
	}
	return n;
}

/* NUL bytes and all; one more ends it. */
static void
said_read(struct run *r)
{
	struct bytes *said = &r->o->said;
	off_t size = lseek(r->lg.err, 0, SEEK_END);
	ssize_t n;

	said->n = 0;
	bytes_more(said, (size_t)size + 1);
	n = pread(r->lg.err, said->p, (size_t)size, 0);
	said->n = n > 0 ? (size_t)n : 0;
	said->p[said->n] = '\0';
}

/* Whether what was asked for in a step has happened everywhere. */
static bool
is_done(struct run *r, size_t step, int what)
{
	char sync[16];
	size_t d;

	snprintf(sync, sizeof(sync), "sync%zu\n", step);
	if (what == STEP_HUP)
		said_read(r);
	for (d = 0; d < r->t->n_dirs; d++) {
		if (what == STEP_ALRM && !has_rotated(r, d))
			return false;
		if (what == STEP_HUP && times_read(r, d) <= r->hups)
			return false;
		if (what == STEP_END && !ends_in(trial_dir[d], sync))
			return false;
	}
	return true;
}

/* runit waits for input between looking for a signal and waiting for one:
 * one that comes there has no effect until the next. */
static void
signal_again(const struct run *r, int what, unsigned looks)
{
	static const int signals_of[] = { SIGALRM, SIGHUP, 0 };

	if (!r->o->is_weir && looks % 200 == 199)
		kill(r->lg.pid, signals_of[what]);
}

/* A look twice a millisecond, and at the logger's end at once. */
static bool
wait_done(struct run *r, size_t step, int what)
{
	static const char *const names[] = { "rotation", "new config",
		"last line" };
	int64_t until = now_ns() + WAIT_LIMIT;
	unsigned looks = 0;

	while (!is_done(r, step, what)) {
		if (logger_ended(&r->lg, 0, &r->o->status))
			return differ("%s ended in step %zu", outcome_who(r->o),
			    step);
		if (now_ns() >= until)
			return differ("%s: no %s in step %zu",
			    outcome_who(r->o), names[what], step);
		signal_again(r, what, looks++);
		child_event(now_ns() + MS / 2);
	}
	return true;
}

static void
feed(struct run *r, size_t upto)
{
	size_t n = upto - r->fed;

	if (n > 0 && write(r->lg.wr, r->input + r->fed, n) != (ssize_t)n)
		give_up("write to the pipe: %s", strerror(errno));
	r->fed = upto;
}

static bool
step_run(struct run *r, size_t i)
{
	const struct step *st = &r->t->step[i];
	size_t d;

	feed(r, st->upto);
	if (!wait_done(r, i, STEP_END))
		return false;
	switch (st->kind) {
	case STEP_ALRM:
		kill(r->lg.pid, SIGALRM);
		return wait_done(r, i, STEP_ALRM);
	case STEP_HUP:
		for (d = 0; d < r->t->n_dirs; d++)
			config_put(trial_dir[d], &r->t->home[d].again,
			    r->o->is_weir);
		said_read(r);
		r->hups = times_read(r, 0);
		kill(r->lg.pid, SIGHUP);
		return wait_done(r, i, STEP_HUP);
	case STEP_END:
		if (r->t->ends_by_term)
			kill(r->lg.pid, SIGTERM);
		break;
	}
	return true;
}

static bool
feed_all(struct run *r)
{
	size_t i;

	if (!r->t->stepwise) {
		feed(r, r->n_input);
		fd_drop(&r->lg.wr);
		logger_start(&r->lg, NULL, NULL, NULL);
		return true;
	}
	logger_start(&r->lg, NULL, NULL, NULL);
	for (i = 0; i < r->t->n_steps; i++)
		if (!step_run(r, i))
			return false;
	if (!r->t->ends_by_term)
		fd_drop(&r->lg.wr);
	return true;
}

/* runit may not hear the first TERM, as above. */
static bool
has_ended(struct run *r)
{
	int64_t until = now_ns() + WAIT_LIMIT;

	while (!logger_ended(&r->lg, WAIT_LIMIT / 100, &r->o->status)) {
		if (now_ns() >= until)
			return false;
		if (!r->o->is_weir && r->t->ends_by_term)
			kill(r->lg.pid, SIGTERM);
	}
	return true;
}

static bool
run_end(struct run *r, bool fed)
{
	bool ended = fed && has_ended(r);

	logger_drop(&r->lg);
	if (r->lg.pid > 0)
		kill(r->lg.pid, SIGKILL);
	if (!strays_end(5000 * MS) && ended)
		return differ("%s left a child behind", outcome_who(r->o));
	if (fed && !ended)
		return differ("%s does not end", outcome_who(r->o));
	return ended;
}

static void
prepare(struct run *r, const char *program)
{
	const struct trial *t = r->t;
	size_t d;
	int i;

	dir_new(outcome_who(r->o), 0755);
	if (chdir(outcome_who(r->o)) < 0)
		give_up("chdir: %s", strerror(errno));
	for (d = 0; d < t->n_dirs; d++)
		home_put(trial_dir[d], &t->home[d], r->o->is_weir);
	r->n_input = t->n_input;
	memcpy(r->input, t->input, t->n_input);
	if (!r->o->is_weir)
		r->n_input = input_for_runit(t, r->input);
	r->lg.ring_kind = RING_FILE;
	logger_pipe(&r->lg);
	logger_err(&r->lg, "..");
	fd_keep(ftruncate(r->lg.err, 0), "ftruncate");
	logger_arg(&r->lg, program);
	for (i = 0; i < t->n_words; i++)
		logger_arg(&r->lg, t->words[i]);
}

/* --- what is left ---------------------------------------------------------*/

static void
file_take(struct result *r, const char *dir, const char *name)
{
	struct file *f = &r->v[r->n_files];
	char path[PATH_ROOM];
	struct stat st;

	if (r->n_files == OUTCOME_FILES)
		give_up("%s: too many files", dir);
	f->at = r->data.n;
	if (!file_add(&r->data, path_join(path, dir, name)) ||
	    lstat(path, &st) < 0)
		return;
	snprintf(f->name, sizeof(f->name), "%s", name);
	f->n = r->data.n - f->at;
	f->mode = st.st_mode & 07777;
	r->n_files++;
}

static int
is_other(const struct dirent *de)
{
	return !is_label(de->d_name) && de->d_name[0] != '.' &&
	       strcmp(de->d_name, "lock.stats") != 0; /* only weir has it */
}

/* All other names. */
static void
others_take(struct bytes *others, const char *dir)
{
	struct dirent **v;
	int i, n = scandir(dir, &v, is_other, alphasort);

	others->n = 0;
	for (i = 0; i < n; i++) {
		bytes_add(others, " ", 1);
		bytes_add(others, v[i]->d_name, strlen(v[i]->d_name));
		free(v[i]);
	}
	bytes_add(others, "", 1);
	if (n >= 0)
		free(v);
}

static void
result_take(struct result *r, const char *dir)
{
	static struct names names;
	char path[PATH_ROOM];
	size_t i;

	r->n_files = r->data.n = r->state.n = 0;
	names_all(&names, dir);
	for (i = 0; i < names.n; i++)
		file_take(r, dir, names.v[i]);
	file_take(r, dir, "current");
	others_take(&r->others, dir);
	(void)file_add(&r->state, path_join(path, dir, "state"));
}

bool
outcome_take(struct outcome *o, const struct trial *t, const char *program,
    bool is_weir)
{
	static struct run empty, r;
	bool fine;
	size_t d;

	o->is_weir = is_weir;
	o->status = 0;
	r = empty;
	r.t = t;
	r.o = o;
	prepare(&r, program);
	o->from_ns = wall_ns();
	fine = feed_all(&r);
	fine = run_end(&r, fine);
	o->to_ns = wall_ns();
	said_read(&r);
	close(r.lg.err);
	for (d = 0; d < t->n_dirs; d++)
		result_take(&o->dir[d], trial_dir[d]);
	if (chdir("..") < 0)
		give_up("chdir: %s", strerror(errno));
	return fine;
}
