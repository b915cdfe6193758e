/* svlogd -n: what each directory's config would do. */
#include "check.h"

#include <errno.h>

#include "buf.h"
#include "confdir.h"
#include "dir.h"
#include "mask.h"
#include "say.h"
#include "sys.h"

enum { CLEAN, WARNINGS, ERRORS };
enum { SHOWN = 20 }; /* rules of a kind */

/* "  text NUMBER unit", or the other text where the number is 0. */
static void
amount(struct buf *b, const char *text, uint64_t n, const char *unit,
    const char *none)
{
	buf_str(b, "  ");
	if (n == 0) {
		buf_str(b, none);
	} else {
		buf_str(b, text);
		buf_u64(b, n);
		buf_str(b, unit);
	}
	buf_ch(b, '\n');
}

static void
octal(struct buf *b, unsigned value)
{
	buf_ch(b, (char)('0' + (value >> 9 & 7)));
	buf_ch(b, (char)('0' + (value >> 6 & 7)));
	buf_ch(b, (char)('0' + (value >> 3 & 7)));
	buf_ch(b, (char)('0' + (value & 7)));
}

static void
rule(struct buf *b, const struct select_rule *r)
{
	buf_str(b, "    line ");
	buf_u64(b, r->line);
	buf_str(b, r->yes ? " selects, " : " deselects, ");
	buf_str(b, r->match.ops->name);
	buf_ch(b, '\n');
}

/* In the order in which they are asked, the first few. */
static void
rules(struct buf *b, const struct select_list *l, const char *words)
{
	if (l->n == 0)
		return;
	buf_str(b, words);
	buf_u64(b, l->n);
	buf_str(b,
	    l->n > 1 ? "; the first of these that matches decides\n" : "\n");
	for (size_t i = 0; i < l->n && i < SHOWN; i++)
		rule(b, &l->rule[l->n - 1 - i]);
	if (l->n > SHOWN)
		buf_str(b, "    ...\n");
}

static void
lines(struct buf *b, const struct conf *c)
{
	const struct select *s = &c->select;

	if (s->of[SELECT_LOG].n == 0)
		buf_str(b, "  every line is logged\n");
	else
		buf_str(b, "  a line that no rule matches is logged\n");
	rules(b, &s->of[SELECT_LOG], "  rules for the log: ");
	rules(b, &s->of[SELECT_STDERR], "  rules for standard error: ");
	if (c->masks.n == 0)
		return;
	amount(b, "masks: ", c->masks.n, "; what they match becomes " MASK_SIGN,
	    "");
	amount(b, "withholds lines of more than ", MASK_MOST, " bytes", "");
}

static void
datagrams(struct buf *b, const struct conf *c)
{
	const struct frame_form *f = &c->form;

	if (c->n_targets == 0)
		return;
	amount(b, "datagrams, to so many targets: ", c->n_targets,
	    c->only ? "; only what none takes is logged" : "", "");
	buf_str(b, "    ");
	if (f->style == FRAME_RAW) {
		buf_str(b, "as the line is logged");
	} else {
		buf_str(b,
		    f->style == FRAME_3164 ? "RFC 3164, " : "RFC 5424, ");
		buf_str(b, frame_facility(f->facility));
		buf_ch(b, '.');
		buf_str(b, frame_severity(f->severity));
	}
	buf_str(b, ", at most ");
	buf_u64(b, f->max);
	buf_str(b, " bytes\n");
}

/* Every name has to have an address: how many have none. */
static unsigned
look_up(const char *path, const struct conf *c)
{
	struct sys_ip ip;
	unsigned missing = 0;

	for (size_t i = 0; i < c->n_targets; i++) {
		const struct conf_target *t = &c->targets[i];
		char number[BUF_DECIMAL];

		if (!t->address.name[0] ||
		    sys_find_host(t->address.name, &ip, 1) > 0)
			continue;
		missing++;
		say_warning(0, path, "/config:", buf_decimal(number, t->line),
		    ": its name is not found");
	}
	return missing;
}

static void
plan(struct buf *b, const char *path, const struct conf *c)
{
	/* The newest stays in any case. */
	uint64_t left = c->keep_full ? c->keep_full : 1;

	buf_str(b, path);
	buf_str(b, ":\n");
	lines(b, c);
	amount(b, "rotated near ", c->size, " bytes", "no limit of size");
	if (c->age_s)
		amount(b, "rotated after ", c->age_s, " seconds", "");
	amount(b, "keeps ", c->keep, " old files", "keeps all old files");
	if (c->keep == 0 || left < c->keep)
		amount(b, "on a full disk keeps ", left, " of them", "");
	if (c->total)
		amount(b, "keeps ", c->total, " bytes of old files", "");
	if (c->total_s)
		amount(b, "keeps old files for ", c->total_s, " seconds", "");
	buf_str(b, "  file mode ");
	octal(b, c->mode);
	buf_ch(b, '\n');
	if (c->sync_ms)
		amount(b, "on disk within ", c->sync_ms, " ms", "");
	if (c->processor)
		buf_str(b, "  old files go through a processor\n");
	if (c->gzip_level)
		amount(b, "old files are compressed, level ",
		    (uint64_t)c->gzip_level, "", "");
	if (c->prefix.n)
		amount(b, "a prefix of ", c->prefix.n, " bytes", "");
	if (c->copy_out)
		buf_str(b, "  copied to standard output\n");
	datagrams(b, c);
	buf_str(b, "  if it cannot be written, ");
	buf_str(b, c->drop ? "lines are dropped and counted\n"
			   : "the service waits\n");
}

static int
check_dir(const char *path)
{
	char text[4096];
	struct buf b;
	struct conf conf;
	struct stat home;
	unsigned problems = 0;
	int rc, fd = dir_open(path);

	rc = fd < 0 ? fd : sys_fstat(fd, &home);
	if (rc < 0) {
		say_warning(rc, "unable to open log directory: ", path);
		return ERRORS;
	}
	rc = confdir_read(&conf, fd, path, dir_is_foreign(&home), &problems);
	sys_close(fd);
	if (rc == -ENOENT) {
		conf_init(&conf);
	} else if (rc < 0) {
		say_warning(rc, "unable to read config: ", path);
		return ERRORS;
	}
	buf_init(&b, text, sizeof text);
	plan(&b, path, &conf);
	sys_write(1, b.p, b.n);
	conf.bad_targets += look_up(path, &conf);
	rc = conf.errors || conf.bad_targets ? ERRORS
	     : problems                      ? WARNINGS
	                                     : CLEAN;
	conf_free(&conf);
	return rc;
}

int
check_run(const struct options *options)
{
	int worst = CLEAN;

	for (size_t i = 0; i < options->n_dirs; i++) {
		int r = check_dir(options->dirs[i]);

		if (r > worst)
			worst = r;
	}
	return worst;
}
