/* svlog: reads the directories that svlogd writes. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "ask.h"
#include "audit.h"
#include "buf.h"
#include "find.h"
#include "follow.h"
#include "loop.h"
#include "merge.h"
#include "pcre.h"
#include "report.h"
#include "say.h"
#include "scan.h"
#include "show.h"
#include "sys.h"
#include "version.h"

/* As grep(1) exits. */
enum { FOUND, FOUND_NOTHING, TROUBLE };

static int
usage(bool version)
{
	char text[512];
	struct buf b;

	buf_init(&b, text, sizeof text);
	if (version)
		buf_str(&b, "weir svlog " VERSION "\n");
	buf_str(&b, "usage: svlog");
	buf_str(&b, ask_usage);
	sys_write(version ? 1 : 2, b.p, b.n);
	return version ? FOUND : TROUBLE;
}

/* Words to directories. True: each stood for some. */
static bool
find(struct find *f, const struct ask *a)
{
	bool all = true;

	if (a->n_words == 0) {
		int r = find_all(f);

		if (r < 0)
			say_fatal(r, "unable to read ", f->svdir);
		else if (f->n == 0 && !f->trouble)
			say_fatal(0, "no service has a log: ", f->svdir);
		return r == 0 && !f->trouble;
	}
	for (size_t i = 0; i < a->n_words; i++) {
		int r = find_word(f, a->words[i]);

		if (r < 0)
			say_fatal(r, "unable to read ", a->words[i]);
		else if (r == 0)
			say_fatal(0,
			    "no log directory, nor a service with one: ",
			    a->words[i]);
		all = all && r > 0;
	}
	return all;
}

/* What is open of the directories: how many. */
static size_t
open_all(struct stream *s, const struct find *f, const struct query *q,
    bool *trouble)
{
	size_t n = 0;

	for (size_t i = 0; i < f->n; i++) {
		int r = stream_open(&s[n], f->v[i].path, q);

		if (r < 0) {
			say_warning(r, "unable to read ", f->v[i].path);
			*trouble = true;
			continue;
		}
		s[n++].name = f->v[i].name;
	}
	return n;
}

/* Lines that begin in it. */
static uint64_t
begins(const struct run *r)
{
	return scan_count(r->text) + r->open - r->goes_on;
}

/* Counts in each stream's `lines` what of it is told; only where those that are
 * too many have to be found out does their order matter. */
static void
count_lines(struct merge *m)
{
	bool in_order = m->skip > 0;
	struct stream *of;
	struct run r;

	for (size_t i = 0; i < m->n; i++)
		m->stream[i].lines = 0;
	while (in_order && merge_next(m, &r, &of))
		of->lines += begins(&r);
	for (size_t i = 0; !in_order && i < m->n; i++)
		while (stream_next(&m->stream[i], &r))
			m->stream[i].lines += begins(&r);
}

/* The number of lines, of each directory where there are several. */
static int
count(struct merge *m, struct show *show)
{
	int some = 0;

	count_lines(m);
	for (size_t i = 0; i < m->n; i++) {
		struct stream *s = &m->stream[i];

		some |= s->lines > 0;
		if (m->n > 1) {
			out_shown(&show->out, view_str(s->name));
			out_str(&show->out, ":");
		}
		out_u64(&show->out, s->lines);
		out_str(&show->out, "\n");
	}
	return out_flush(&show->out) < 0 ? show->out.err : some;
}

/* 1 if there were lines, 0 if none, or why standard output failed. */
static int
print(struct merge *m, struct show *show)
{
	struct stream *of;
	struct run run;
	int some = 0, r;

	while (show->out.err == 0 && merge_next(m, &run, &of)) {
		show_run(show, &run, of);
		some = 1;
	}
	r = show_end(show);
	return r < 0 ? r : some;
}

/* Three for each directory, of which there may be many: as many as there may
 * be. */
static void
raise_descriptors(void)
{
	struct rlimit rl;

	if (sys_getrlimit(RLIMIT_NOFILE, &rl) == 0 &&
	    rl.rlim_cur < rl.rlim_max) {
		rl.rlim_cur = rl.rlim_max;
		sys_setrlimit(RLIMIT_NOFILE, &rl);
	}
}

static const enum show_format formats[] = {
	[ASK_TEXT] = SHOW_TEXT,
	[ASK_RAW] = SHOW_RAW,
	[ASK_JSON] = SHOW_JSON,
};

static int
lines(const struct ask *a, const struct find *f)
{
	static struct show show;
	struct stream *s = calloc(f->n ? f->n : 1, sizeof *s);
	struct merge m = { .n = 0 };
	bool trouble = false;
	int r;

	if (!s) {
		say_fatal(-ENOMEM, "unable to begin");
		return TROUBLE;
	}
	raise_descriptors();
	m.n = open_all(s, f, &a->query, &trouble);
	r = merge_init(&m, s, m.n);
	show_init(&show, formats[a->format], m.n > 1);
	if (r == 0 && m.n > 0)
		r = a->follow  ? follow_run(&m, &show)
		    : a->count ? count(&m, &show)
		               : print(&m, &show);
	for (size_t i = 0; i < m.n; i++) {
		trouble = trouble || s[i].archive.trouble;
		stream_close(&s[i]);
	}
	merge_free(&m);
	free(s);
	say_number("", "matches given up, as they took too many steps",
	    pcre_given_up());
	if (r == -EPIPE)
		return FOUND;
	if (r < 0)
		say_fatal(r, "unable to print");
	return r < 0 || trouble ? TROUBLE : r > 0 ? FOUND : FOUND_NOTHING;
}

/* As the two say: 0, more than 0 where something is wrong, or -errno. */
static int
inspect(const struct ask *a, const struct find *f)
{
	static struct out out;
	int wrong = 0, r;

	out_init(&out);
	if (a->what == ASK_STAT)
		return report_print(&out, f, a->format);
	for (size_t i = 0; i < f->n; i++) {
		r = audit_run(&out, f->v[i].path, f->v[i].name);
		if (r < 0)
			say_warning(r, "unable to read ", f->v[i].path);
		wrong |= r != 0;
	}
	r = out_flush(&out);
	return r < 0 ? r : wrong;
}

static int
answer(const struct ask *a, const struct find *f)
{
	int r;

	if (a->what == ASK_LINES)
		return lines(a, f);
	r = inspect(a, f);
	if (r < 0 && r != -EPIPE)
		say_fatal(r, "unable to print");
	return r < 0 && r != -EPIPE ? TROUBLE : r > 0;
}

int
main(int argc, char *argv[])
{
	struct find f;
	struct ask a;
	bool all;
	int code;

	say_as("svlog");
	say_waits(LOOP_NEVER);
	if (ask_parse(&a, argc, argv, sys_wall_ns()) < 0) {
		ask_free(&a);
		return a.version ? usage(true) : TROUBLE;
	}
	find_init(&f);
	all = find(&f, &a);
	code = f.n > 0 ? answer(&a, &f) : TROUBLE;
	find_free(&f);
	ask_free(&a);
	return all ? code : TROUBLE;
}
