/* The lines that a config can have. */
#include "directive.h"

#include <assert.h>
#include <errno.h>

#include "glob.h"
#include "gzip.h"
#include "hash.h"
#include "num.h"

static const struct num_unit size_units[] = { { 'k', 1024 },
	{ 'm', 1024 * 1024 }, { 0, 0 } };
static const struct num_unit time_units[] = { { 'm', 60 }, { 'h', 3600 },
	{ 0, 0 } };

static const char trailing[] = "what follows the number is not used";

/* A number as runit takes it: leading digits, none is 0, the rest ignored. */
static const char *
old_number(struct directive_line *l, const struct num_unit *units,
    uint64_t *value)
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
new_number(struct directive_line *l, const struct num_unit *units,
    uint64_t *value)
{
	if (num_parse(l->arg, units, 0, INT64_MAX, value) < 0)
		return "not a number, line ignored";
	return NULL;
}

static const char *
set_size(struct directive_line *l)
{
	return old_number(l, size_units, &l->c->size);
}

static const char *
set_keep(struct directive_line *l)
{
	return old_number(l, NULL, &l->c->keep);
}

static const char *
set_keep_full(struct directive_line *l)
{
	return old_number(l, NULL, &l->c->keep_full);
}

static const char *
set_age(struct directive_line *l)
{
	const char *why = old_number(l, time_units, &l->c->age_s);

	/* Seconds become nanoseconds later. */
	if (l->c->age_s > INT64_MAX / 2000000000)
		l->c->age_s = INT64_MAX / 2000000000;
	return why;
}

static const char *
set_processor(struct directive_line *l)
{
	l->c->processor = l->arg.n ? l->arg.p : NULL;
	return NULL;
}

static const char *
set_prefix(struct directive_line *l)
{
	if (l->arg.n) /* runit, too, keeps an earlier one */
		l->c->prefix = l->arg;
	return NULL;
}

/* What a pattern is for, by its letter, and an expression, by the one behind
 * its ~; there only masks are, too. */
static const struct use {
	char letter;
	bool is_mask;
	enum select_what what;
	bool yes;
} uses[] = {
	{ '+', false, SELECT_LOG, true },
	{ '-', false, SELECT_LOG, false },
	{ 'e', false, SELECT_STDERR, true },
	{ 'E', false, SELECT_STDERR, false },
	{ 'm', true, SELECT_WHATS, false },
};

enum { N_USES = sizeof uses / sizeof uses[0] };

static const struct use *
use_of(char letter)
{
	for (unsigned i = 0; i < N_USES; i++)
		if (uses[i].letter == letter)
			return &uses[i];
	return NULL;
}

static int
add_rule(struct directive_line *l, const struct use *use, struct match m)
{
	struct select_list *rules = &l->c->select.of[use->what];
	int rc = select_add(&l->c->select, m, use->what, use->yes);

	if (rc == 0)
		rules->rule[rules->n - 1].line = l->number;
	return rc;
}

static const char *
add_glob(struct directive_line *l)
{
	const struct use *use = use_of(l->letter);
	struct match m;

	assert(use);
	l->err = glob_compile(&m, l->arg);
	if (l->err == 0)
		l->err = add_rule(l, use, m);
	return NULL;
}

static const char *
use_expression(struct directive_line *l, const struct use *use, struct match m)
{
	struct view engine = pcre_engine(&m);

	l->c->expressions++;
	l->c->interpreted += !pcre_is_compiled(&m);
	l->c->engine = hash_bytes(l->c->engine, engine.p, engine.n);
	l->err =
	    use->is_mask ? masks_add(&l->c->masks, m) : add_rule(l, use, m);
	return NULL;
}

/* NULL: used, or no memory. */
static const char *
compile(struct directive_line *l, const struct use *use, struct view re)
{
	struct match m;

	l->err = use->is_mask ? pcre_compile_groups(&m, re, &l->why)
	                      : pcre_compile(&m, re, &l->why);
	if (l->err == 0)
		return use_expression(l, use, m);
	if (l->err == -ENOMEM)
		return NULL;
	l->err = 0;
	l->at += l->why.at;
	l->c->lost_masks += use->is_mask;
	return l->why.words;
}

/* The only lines that can be in error: these are new, and their text means
 * nothing to runit. */
static const char *
add_expression(struct directive_line *l)
{
	const struct use *use = l->arg.n ? use_of(l->arg.p[0]) : NULL;
	struct view re = view_from(l->arg, 1);

	l->error = true;
	if (!use)
		return "+, -, e, E or m must follow";
	l->at = 1;
	if (re.n == 0)
		return "there is no expression";
	if (l->c->expressions == CONF_MAX_EXPRESSIONS)
		return "there are 64 expressions before it, no more are taken";
	return compile(l, use, re);
}

static const char *
set_total(struct directive_line *l)
{
	return new_number(l, num_bytes, &l->c->total);
}

static const char *
set_total_age(struct directive_line *l)
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
set_sync(struct directive_line *l)
{
	uint64_t ms;

	if (num_parse(l->arg, NULL, 0, 86400000, &ms) < 0)
		return "not milliseconds up to a day, line ignored";
	l->c->sync_ms = ms;
	return NULL;
}

static const char *
set_mode(struct directive_line *l)
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
set_gzip(struct directive_line *l)
{
	uint64_t level = GZIP_LEVEL;

	if (l->arg.n && num_parse(l->arg, NULL, 1, GZIP_BEST, &level) < 0)
		return "not a level from 1 to 9, line ignored";
	l->c->gzip_level = (int)level;
	return NULL;
}

static const char *
set_full(struct directive_line *l)
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
set_copy_out(struct directive_line *l)
{
	if (l->arg.n)
		return "O takes no text, line ignored";
	l->c->copy_out = true;
	return NULL;
}

/* False where there is no room for one more. The last line of an address
 * counts. */
static bool
keep_target(struct conf *c, const struct conf_target *t)
{
	size_t i;

	for (i = 0; i < c->n_targets; i++)
		if (address_is(&c->targets[i].address, &t->address))
			break;
	if (i == CONF_MAX_TARGETS)
		return false;
	c->targets[i] = *t;
	c->n_targets += i == c->n_targets;
	return true;
}

/* Where datagrams go. One that is not to be had is no error of the config as a
 * whole: without it lines go to the log, as by runit. */
static const char *
add_target(struct directive_line *l)
{
	struct conf_target t = { .line = l->number };
	struct address_error why;
	int rc = address_parse(&t.address, l->arg, &why);

	l->at = why.at;
	if (rc == 0 && keep_target(l->c, &t)) {
		l->c->only |= l->letter == 'U';
		return why.words;
	}
	l->c->bad_targets++;
	return rc < 0 ? why.words : "there are 8 before it, no more are taken";
}

static const char *
set_form(struct directive_line *l)
{
	return frame_form_parse(&l->c->form, l->arg, &l->at);
}

static const char *
skip_comment(struct directive_line *l)
{
	(void)l;
	return NULL;
}

static const struct directive directives[] = {
	{ '#', skip_comment, "#" },
	{ 's', set_size, "sN[k|m]" },
	{ 'n', set_keep, "nN" },
	{ 'N', set_keep_full, "NN" },
	{ 't', set_age, "tN[m|h]" },
	{ '!', set_processor, "!COMMAND" },
	{ 'p', set_prefix, "pTEXT" },
	{ '+', add_glob, "+GLOB" },
	{ '-', add_glob, "-GLOB" },
	{ 'e', add_glob, "eGLOB" },
	{ 'E', add_glob, "EGLOB" },
	{ 'S', set_total, "SN[k|m|g]" },
	{ 'A', set_total_age, "AN[m|h|d]" },
	{ 'y', set_sync, "yN" },
	{ 'm', set_mode, "mMODE" },
	{ 'z', set_gzip, "z[LEVEL]" },
	{ 'B', set_full, "Bblock, Bdrop" },
	{ 'O', set_copy_out, "O" },
	{ '~', add_expression, "~+RE ~-RE ~eRE ~ERE ~mRE" },
	{ 'u', add_target, "uADDRESS[:PORT]" },
	{ 'U', add_target, "UADDRESS[:PORT]" },
	{ 'F', set_form, "F3164, F5424, Fraw" },
};

enum { N_DIRECTIVES = sizeof directives / sizeof directives[0] };

const struct directive *
directive_find(char letter)
{
	for (unsigned i = 0; i < N_DIRECTIVES; i++)
		if (directives[i].letter == letter)
			return &directives[i];
	return NULL;
}
