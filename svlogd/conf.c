/* A log directory's config text to a struct. */
#include "conf.h"

#include <errno.h>
#include <stdlib.h>

#include "glob.h"
#include "gzip.h"
#include "hash.h"
#include "num.h"
#include "pcre.h"

static const struct num_unit size_units[] = { { 'k', 1024 },
	{ 'm', 1024 * 1024 }, { 0, 0 } };
static const struct num_unit time_units[] = { { 'm', 60 }, { 'h', 3600 },
	{ 0, 0 } };

/* What one line gets to see. A handler returns NULL, or why its line is not
 * (wholly) used. */
struct line {
	struct conf *c;
	struct view arg;       /* after the letter; NUL-terminated in c->text */
	unsigned number;       /* from 1 */
	size_t at;             /* of the problem in arg */
	bool error;            /* and it is an error */
	int err;               /* -ENOMEM: give up */
	struct pcre_error why; /* where the words are PCRE2's */
};

static const char trailing[] = "what follows the number is not used";

/* A number as runit takes it: leading digits, none is 0, the rest ignored. */
static const char *
old_number(struct line *l, const struct num_unit *units, uint64_t *value)
{
	struct num n = num_scan(l->arg, units, INT64_MAX);

	*value = n.value;
	if (n.over)
		return "number too large, the largest is used";
	if (n.used < l->arg.n)
		return n.used ? trailing : "no digits, taken as 0";
	return NULL;
}

/* A number of one of our own lines: the whole line or nothing. */
static const char *
new_number(struct line *l, const struct num_unit *units, uint64_t *value)
{
	if (num_parse(l->arg, units, 0, INT64_MAX, value) < 0)
		return "not a number, line ignored";
	return NULL;
}

static const char *
set_size(struct line *l)
{
	return old_number(l, size_units, &l->c->size);
}

static const char *
set_keep(struct line *l)
{
	return old_number(l, NULL, &l->c->keep);
}

static const char *
set_keep_full(struct line *l)
{
	return old_number(l, NULL, &l->c->keep_full);
}

static const char *
set_age(struct line *l)
{
	const char *why = old_number(l, time_units, &l->c->age_s);

	/* Seconds become nanoseconds later. */
	if (l->c->age_s > INT64_MAX / 2000000000)
		l->c->age_s = INT64_MAX / 2000000000;
	return why;
}

static const char *
set_processor(struct line *l)
{
	l->c->processor = l->arg.n ? l->arg.p : NULL;
	return NULL;
}

static const char *
set_prefix(struct line *l)
{
	if (l->arg.n) /* runit, too, keeps an earlier one */
		l->c->prefix = l->arg;
	return NULL;
}

static int
use_rule(struct line *l, struct match m, enum select_what what, bool yes)
{
	struct select_list *rules = &l->c->select.of[what];
	int rc = select_add(&l->c->select, m, what, yes);

	if (rc == 0)
		rules->rule[rules->n - 1].line = l->number;
	return rc;
}

static const char *
add_rule(struct line *l, enum select_what what, bool yes)
{
	struct match m;

	l->err = glob_compile(&m, l->arg);
	if (l->err == 0)
		l->err = use_rule(l, m, what, yes);
	return NULL;
}

static const char *
add_log(struct line *l)
{
	return add_rule(l, SELECT_LOG, true);
}

static const char *
add_no_log(struct line *l)
{
	return add_rule(l, SELECT_LOG, false);
}

static const char *
add_stderr(struct line *l)
{
	return add_rule(l, SELECT_STDERR, true);
}

static const char *
add_no_stderr(struct line *l)
{
	return add_rule(l, SELECT_STDERR, false);
}

/* A second letter, and what the expression behind it is for. */
static const struct expression {
	char letter;
	bool is_mask;
	enum select_what what;
	bool yes;
} expressions[] = {
	{ '+', false, SELECT_LOG, true },
	{ '-', false, SELECT_LOG, false },
	{ 'e', false, SELECT_STDERR, true },
	{ 'E', false, SELECT_STDERR, false },
	{ 'm', true, SELECT_WHATS, false },
};

enum { N_EXPRESSIONS = sizeof expressions / sizeof expressions[0] };

static const struct expression *
expression_of(struct view arg)
{
	for (unsigned i = 0; arg.n > 0 && i < N_EXPRESSIONS; i++)
		if (expressions[i].letter == arg.p[0])
			return &expressions[i];
	return NULL;
}

static const char *
use_expression(struct line *l, const struct expression *e, struct match m)
{
	struct view engine = pcre_engine(&m);

	l->c->expressions++;
	l->c->interpreted += !pcre_is_compiled(&m);
	l->c->engine = hash_bytes(l->c->engine, engine.p, engine.n);
	l->err = e->is_mask ? masks_add(&l->c->masks, m)
	                    : use_rule(l, m, e->what, e->yes);
	return NULL;
}

/* NULL: used, or no memory. */
static const char *
compile(struct line *l, const struct expression *e, struct view re)
{
	struct match m;

	l->err = e->is_mask ? pcre_compile_groups(&m, re, &l->why)
	                    : pcre_compile(&m, re, &l->why);
	if (l->err == 0)
		return use_expression(l, e, m);
	if (l->err == -ENOMEM)
		return NULL;
	l->err = 0;
	l->at += l->why.at;
	l->c->lost_masks += e->is_mask;
	return l->why.words;
}

/* The only lines that can be in error: these are new, and their text means
 * nothing to runit. */
static const char *
add_expression(struct line *l)
{
	const struct expression *e = expression_of(l->arg);
	struct view re = view_from(l->arg, 1);

	l->error = true;
	if (!e)
		return "+, -, e, E or m must follow";
	l->at = 1;
	if (re.n == 0)
		return "there is no expression";
	if (l->c->expressions == CONF_MAX_EXPRESSIONS)
		return "there are 64 expressions before it, no more are taken";
	return compile(l, e, re);
}

static const char *
set_total(struct line *l)
{
	return new_number(l, num_bytes, &l->c->total);
}

static const char *
set_total_age(struct line *l)
{
	uint64_t s;
	const char *why = new_number(l, num_seconds, &s);

	if (why)
		return why;
	if (s > INT64_MAX / 2000000000)
		return "age too large, line ignored";
	l->c->total_s = s;
	return NULL;
}

static const char *
set_sync(struct line *l)
{
	uint64_t ms;

	if (num_parse(l->arg, NULL, 0, 86400000, &ms) < 0)
		return "not milliseconds up to a day, line ignored";
	l->c->sync_ms = ms;
	return NULL;
}

static const char *
set_mode(struct line *l)
{
	uint64_t mode;

	if (num_octal(l->arg, 0777, &mode) < 0)
		return "not an octal file mode, line ignored";
	if ((mode & 0600) != 0600)
		return "the owner must be able to read and write, "
		       "line ignored";
	if (mode & 0111)
		return "the x bits mark a closed file, line ignored";
	l->c->mode = (mode_t)mode;
	return NULL;
}

static const char *
set_gzip(struct line *l)
{
	uint64_t level = GZIP_LEVEL;

	if (l->arg.n && num_parse(l->arg, NULL, 1, GZIP_BEST, &level) < 0)
		return "not a level from 1 to 9, line ignored";
	l->c->gzip_level = (int)level;
	return NULL;
}

static const char *
set_full(struct line *l)
{
	if (view_eq(l->arg, view_str("block")))
		l->c->drop = false;
	else if (view_eq(l->arg, view_str("drop")))
		l->c->drop = true;
	else
		return "neither Bblock nor Bdrop, line ignored";
	return NULL;
}

static const char *
set_copy_out(struct line *l)
{
	if (l->arg.n)
		return "O takes no text, line ignored";
	l->c->copy_out = true;
	return NULL;
}

/* Where datagrams go. One that is not to be had is no error of the config as a
 * whole: without it lines go to the log, as by runit. */
static const char *
add_target(struct line *l, bool only)
{
	struct conf *c = l->c;
	struct conf_target t = { .line = l->number };
	struct address_error why;
	size_t i;

	if (address_parse(&t.address, l->arg, &why) < 0)
		goto bad;
	for (i = 0; i < c->n_targets; i++)
		if (address_is(&c->targets[i].address, &t.address))
			break;
	if (i == CONF_MAX_TARGETS) {
		why.words = "there are 8 before it, no more are taken";
		goto bad;
	}
	c->targets[i] = t;
	c->n_targets += i == c->n_targets;
	c->only |= only;
	l->at = why.at;
	return why.words;
bad:
	c->bad_targets++;
	l->at = why.at;
	return why.words;
}

static const char *
add_also_target(struct line *l)
{
	return add_target(l, false);
}

static const char *
add_only_target(struct line *l)
{
	return add_target(l, true);
}

static const char *
set_form(struct line *l)
{
	return frame_form_parse(&l->c->form, l->arg, &l->at);
}

static const char *
skip_comment(struct line *l)
{
	(void)l;
	return NULL;
}

/* Every line a config can have. */
static const struct directive {
	char letter;
	const char *(*set)(struct line *l);
	const char *form;
} directives[] = {
	{ '#', skip_comment, "#" },
	{ 's', set_size, "sN[k|m]" },
	{ 'n', set_keep, "nN" },
	{ 'N', set_keep_full, "NN" },
	{ 't', set_age, "tN[m|h]" },
	{ '!', set_processor, "!COMMAND" },
	{ 'p', set_prefix, "pTEXT" },
	{ '+', add_log, "+GLOB" },
	{ '-', add_no_log, "-GLOB" },
	{ 'e', add_stderr, "eGLOB" },
	{ 'E', add_no_stderr, "EGLOB" },
	{ 'S', set_total, "SN[k|m|g]" },
	{ 'A', set_total_age, "AN[m|h|d]" },
	{ 'y', set_sync, "yN" },
	{ 'm', set_mode, "mMODE" },
	{ 'z', set_gzip, "z[LEVEL]" },
	{ 'B', set_full, "Bblock, Bdrop" },
	{ 'O', set_copy_out, "O" },
	{ '~', add_expression, "~+RE ~-RE ~eRE ~ERE ~mRE" },
	{ 'u', add_also_target, "uADDRESS[:PORT]" },
	{ 'U', add_only_target, "UADDRESS[:PORT]" },
	{ 'F', set_form, "F3164, F5424, Fraw" },
};

enum { N_DIRECTIVES = sizeof directives / sizeof directives[0] };

static const struct directive *
find(char letter)
{
	for (unsigned i = 0; i < N_DIRECTIVES; i++)
		if (directives[i].letter == letter)
			return &directives[i];
	return NULL;
}

void
conf_init(struct conf *c)
{
	*c = (struct conf){
		.size = 1000000,
		.keep = 10,
		.keep_full = 10,
		.mode = 0644,
		.prefix = { "", 0 },
	};
	frame_form_init(&c->form);
	select_init(&c->select);
	masks_init(&c->masks);
}

void
conf_free(struct conf *c)
{
	select_free(&c->select);
	masks_free(&c->masks);
	free(c->text);
	conf_init(c);
}

/* One line, without its newline, its last byte followed by a NUL. */
static int
parse_line(struct conf *c, struct view text, unsigned number,
    conf_report *report, void *arg)
{
	struct line l = {
		.c = c,
		.arg = view_from(text, 1),
		.number = number,
	};
	struct conf_problem problem = { .line = number, .column = 1 };
	const struct directive *d;

	if (text.n == 0)
		return 0;
	d = find(text.p[0]);
	if (d) {
		problem.what = d->form;
		problem.why = d->set(&l);
		problem.column = 2 + (unsigned)l.at;
		problem.error = l.error;
	} else {
		problem.what = "unknown first character";
		problem.why = "line ignored";
	}
	if (problem.why && problem.error)
		c->errors++;
	if (problem.why && report)
		report(arg, &problem);
	return l.err;
}

int
conf_parse(struct conf *c, struct view text, conf_report *report, void *arg)
{
	size_t at = 0;

	conf_init(c);
	c->text = malloc(text.n + 1);
	if (!c->text)
		return -ENOMEM;
	if (text.n)
		memcpy(c->text, text.p, text.n);
	c->text[text.n] = 0;
	c->text_n = text.n;

	for (unsigned number = 1; at < text.n; number++) {
		struct view rest = view_of(c->text + at, text.n - at);
		char *end = memchr(c->text + at, '\n', rest.n);
		size_t n = end ? (size_t)(end - rest.p) : rest.n;
		int r;

		if (end)
			*end = 0;
		r = parse_line(c, view_first(rest, n), number, report, arg);
		if (r < 0) {
			conf_free(c);
			return r;
		}
		at += n + 1;
	}
	return 0;
}

bool
conf_processor_is_gzip(const char *command)
{
	static const char level[] = "gzip -";

	if (strcmp(command, "gzip") == 0 || strcmp(command, "gzip -9c -") == 0)
		return true;
	return strncmp(command, level, sizeof level - 1) == 0 &&
	       command[sizeof level - 1] >= '1' &&
	       command[sizeof level - 1] <= '9' && command[sizeof level] == 0;
}
