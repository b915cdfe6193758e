/* Perl's regular expressions, as PCRE2 has them, over bytes. */
#include "pcre.h"

#include <errno.h>
#include <stdlib.h>

#include "literal.h"
#include "pcremem.h"
#include "scan.h"
#include "syntax.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

/* What a line may cost, in steps. PCRE2 begins to count anew wherever a match
 * may begin, so each place has its share. Where that is too little, the line is
 * tried once more in a way that counts all steps. */
enum {
	STEPS = 140000,        /* of a line, */
	STEPS_A_BYTE = 40,     /* or so many where it is long */
	STEPS_A_PLACE = 20000, /* where there is no such way */
	STEPS_AHEAD = 1000,    /* where many lines are looked over */
};

/* What else one match may cost. */
enum {
	DEPTH = 10000,
	STACK = 256 * 1024, /* bytes, for JIT; made once, never grows */
	NESTING = 100,      /* of brackets */
};

/* A pattern, and what lines are looked over with: a text without which there is
 * no match, or the pattern itself, for many lines at once. */
struct pattern {
	pcre2_code *line;
	pcre2_code *once; /* the same in one go; NULL: there is no such thing */
	pcre2_code *lines; /* NULL: there is no such thing */
	struct view text;  /* empty: none is known; it lies behind this */
};

/* What all patterns share; made with the first and kept. */
static struct {
	pcre2_general_context *memory;
	pcre2_compile_context *compiling;
	pcre2_match_context *matching;
	pcre2_match_data *found;
	pcre2_jit_stack *stack;
	uint64_t given_up;
} the;

/* --- what all patterns share ---------------------------------------------- */

static int
make_contexts(void)
{
	if (!the.memory)
		the.memory = pcre2_general_context_create(pcremem_take,
		    pcremem_give, NULL);
	if (the.memory && !the.compiling)
		the.compiling = pcre2_compile_context_create(the.memory);
	if (the.compiling && !the.matching)
		the.matching = pcre2_match_context_create(the.memory);
	if (!the.matching)
		return -ENOMEM;
	/* A line has no newline in it; \R is what it is everywhere. */
	pcre2_set_newline(the.compiling, PCRE2_NEWLINE_LF);
	pcre2_set_bsr(the.compiling, PCRE2_BSR_ANYCRLF);
	pcre2_set_max_pattern_length(the.compiling, PCRE_MOST);
	pcre2_set_parens_nest_limit(the.compiling, NESTING);
	pcre2_set_heap_limit(the.matching, PCREMEM_KIB);
	pcre2_set_depth_limit(the.matching, DEPTH);
	return 0;
}

/* Room for the spans of a match. */
static int
make_found(uint32_t spans)
{
	pcre2_match_data *found;

	if (the.found && pcre2_get_ovector_count(the.found) >= spans)
		return 0;
	found = pcre2_match_data_create(spans, the.memory);
	if (!found)
		return -ENOMEM;
	if (the.found)
		pcre2_match_data_free(the.found);
	the.found = found;
	return 0;
}

/* What a pattern needs in order to run, in the one way or in the other. */
static int
make_runnable(bool compiled)
{
	if (!compiled)
		return pcremem_make_rooms();
	if (the.stack)
		return 0;
	the.stack = pcre2_jit_stack_create(STACK, STACK, the.memory);
	if (!the.stack)
		return -ENOMEM;
	pcre2_jit_stack_assign(the.matching, NULL, the.stack);
	return 0;
}

/* --- matching ------------------------------------------------------------- */

/* PCRE2's words for what a match came to, which may be an error. */
typedef int run_fn(const pcre2_code *code, struct view v, size_t at,
    uint32_t options);

static inline PCRE2_SPTR
text(struct view line)
{
	return (PCRE2_SPTR)(line.p ? line.p : "");
}

static int
run_compiled(const pcre2_code *code, struct view v, size_t at, uint32_t options)
{
	return pcre2_jit_match(code, text(v), v.n, at, options, the.found,
	    the.matching);
}

static int
run_interpreted(const pcre2_code *code, struct view v, size_t at,
    uint32_t options)
{
	int rc;

	pcremem_use_rooms(true);
	rc = pcre2_match(code, text(v), v.n, at, options | PCRE2_NO_JIT,
	    the.found, the.matching);
	pcremem_use_rooms(false);
	return rc;
}

/* Steps for n bytes. */
static inline uint32_t
steps(size_t n)
{
	return n < STEPS / STEPS_A_BYTE ? STEPS : (uint32_t)n * STEPS_A_BYTE;
}

static inline int
run_limited(const struct pattern *p, run_fn *run, struct view line, size_t at,
    uint32_t options)
{
	uint32_t all = steps(line.n - at);
	uint32_t share = all / (uint32_t)(line.n - at + 1);
	int rc;

	pcre2_set_match_limit(the.matching, p->once ? share : STEPS_A_PLACE);
	rc = run(p->line, line, at, options);
	if (rc != PCRE2_ERROR_MATCHLIMIT || !p->once)
		return rc;
	pcre2_set_match_limit(the.matching, all);
	return run(p->once, line, at, options);
}

/* What a match came to: as pcre_find() returns it. PCRE2's 0 is a match with
 * more groups than there is room for. */
static inline int
outcome(int rc)
{
	if (rc == PCRE2_ERROR_NOMATCH)
		return 0;
	if (rc < 0) {
		the.given_up++;
		return -1;
	}
	return rc ? rc : 1;
}

static bool
hit_compiled(const void *self, struct view line)
{
	const struct pattern *p = self;

	return outcome(run_limited(p, run_compiled, line, 0, 0)) > 0;
}

static bool
hit_interpreted(const void *self, struct view line)
{
	const struct pattern *p = self;

	return outcome(run_limited(p, run_interpreted, line, 0, 0)) > 0;
}

static struct match_ahead
find_text(const struct pattern *p, struct view lines)
{
	const char *at = literal_find(p->text, lines);
	size_t n = at ? (size_t)(at - lines.p) : lines.n;

	n = scan_whole_lines(view_first(lines, n));
	return (struct match_ahead){ n, at };
}

/* A match that is given up here says nothing: its line is asked for itself, and
 * it is that which counts. */
static struct match_ahead
find_match(const struct pattern *p, struct view lines, run_fn *run)
{
	size_t at;
	int rc;

	pcre2_set_match_limit(the.matching, STEPS_AHEAD);
	rc = run(p->lines, lines, 0, 0);
	if (rc == PCRE2_ERROR_NOMATCH)
		return (struct match_ahead){ scan_whole_lines(lines), false };
	at = rc < 0 ? 0 : pcre2_get_ovector_pointer(the.found)[0];
	return (struct match_ahead){ scan_whole_lines(view_first(lines, at)),
		true };
}

static inline struct match_ahead
look_over(const struct pattern *p, struct view lines, run_fn *run)
{
	if (p->text.n > 0)
		return find_text(p, lines);
	if (p->lines)
		return find_match(p, lines, run);
	return (struct match_ahead){ 0, true };
}

static void
ahead_compiled(const void *self, struct view lines, struct match_ahead *found)
{
	*found = look_over(self, lines, run_compiled);
}

static void
ahead_interpreted(const void *self, struct view lines,
    struct match_ahead *found)
{
	*found = look_over(self, lines, run_interpreted);
}

static void
free_pattern(void *self)
{
	struct pattern *p = self;

	pcre2_code_free(p->line);
	pcre2_code_free(p->once);
	pcre2_code_free(p->lines);
	free(p);
}

static const struct match_ops compiled_ops = {
	.name = "regular expression",
	.hit = hit_compiled,
	.free = free_pattern,
	.ahead = ahead_compiled,
};

static const struct match_ops interpreted_ops = {
	.name = "regular expression, interpreted",
	.hit = hit_interpreted,
	.free = free_pattern,
	.ahead = ahead_interpreted,
};

int
pcre_find(const struct match *m, struct view line, size_t at, bool not_empty,
    const struct pcre_span **spans)
{
	uint32_t options = not_empty ? PCRE2_NOTEMPTY_ATSTART : 0;

	*spans = (const struct pcre_span *)(void *)pcre2_get_ovector_pointer(
	    the.found);
	return outcome(run_limited(m->self,
	    m->ops == &compiled_ops ? run_compiled : run_interpreted, line, at,
	    options));
}

/* --- compiling ------------------------------------------------------------ */

static int
fail(struct pcre_error *err, int code, size_t at)
{
	if (code == PCRE2_ERROR_HEAP_FAILED)
		return -ENOMEM;
	err->at = at;
	pcre2_get_error_message(code, (PCRE2_UCHAR *)err->words,
	    sizeof err->words);
	return -EINVAL;
}

static size_t
size_of(const pcre2_code *code, uint32_t what)
{
	size_t n = 0;

	pcre2_pattern_info(code, what, &n);
	return n;
}

size_t
pcre_groups(const struct match *m)
{
	uint32_t n = 0;

	pcre2_pattern_info(((const struct pattern *)m->self)->line,
	    PCRE2_INFO_CAPTURECOUNT, &n);
	return n;
}

/* Whether it is machine code now: 1 or 0, which is no failure, or -ENOMEM. */
static int
to_machine_code(pcre2_code *code)
{
	pcremem_lacked();
	pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
	if (pcremem_lacked())
		return -ENOMEM;
	return size_of(code, PCRE2_INFO_JITSIZE) > 0;
}

/* The way in which it is run from now on. */
static int
choose_way(struct match *m)
{
	const struct pattern *p = m->self;
	int rc = to_machine_code(p->line);

	if (rc < 0)
		return rc;
	if (rc > 0)
		m->ops = &compiled_ops;
	return make_runnable(rc > 0);
}

static int
compile_code(pcre2_code **code, struct view re, uint32_t options,
    struct pcre_error *err)
{
	/* What has Unicode would be checked for it, line by line, or not be
	 * checked and read beyond its end. */
	const uint32_t never =
	    PCRE2_NEVER_BACKSLASH_C | PCRE2_NEVER_UTF | PCRE2_NEVER_UCP;
	int why;
	size_t at;

	*code = pcre2_compile(text(re), re.n, options | never, &why, &at,
	    the.compiling);
	return *code ? 0 : fail(err, why, at);
}

/* The same in another form, for the same way to run it, where there can be such
 * a thing: 0, also where there cannot, or -ENOMEM. */
static int
compile_form(const struct match *m, struct view form, uint32_t options,
    pcre2_code **code)
{
	struct pcre_error err;
	int rc = form.n ? compile_code(code, form, options, &err) : 0;

	if (rc == -ENOMEM)
		return rc;
	if (!*code || !pcre_is_compiled(m))
		return 0;
	rc = to_machine_code(*code);
	if (rc == 0) {
		pcre2_code_free(*code);
		*code = NULL;
	}
	return rc < 0 ? rc : 0;
}

enum use {
	USE_LINE,   /* yes or no */
	USE_BEHIND, /* ... where the line does not begin at its beginning */
	USE_GROUPS,
};

/* Whether many lines are looked over with the pattern itself. */
static bool
has_use_of_lines(const struct pattern *p, struct view re, enum use use)
{
	return p->text.n == 0 &&
	       (use == USE_LINE ||
		   (use == USE_BEHIND && !syntax_has_begin(re)));
}

static int
compile_forms(const struct match *m, struct view re, enum use use,
    uint32_t options)
{
	char form[SYNTAX_LINEWISE(PCRE_MOST) + SYNTAX_ONCE];
	struct pattern *p = m->self;
	size_t n = syntax_once(re, form);
	int rc = compile_form(m, view_of(form, n), options | PCRE2_ANCHORED,
	    &p->once);

	if (rc < 0 || !has_use_of_lines(p, re, use))
		return rc;
	n = syntax_linewise(re, form);
	return compile_form(m, view_of(form, n), options | PCRE2_MULTILINE,
	    &p->lines);
}

static int
compile(struct match *m, struct view re, enum use use, struct pcre_error *err)
{
	uint32_t options = use == USE_LINE ? PCRE2_NO_AUTO_CAPTURE : 0;
	struct pattern *p;
	int rc = make_contexts();
	char *room;

	if (rc < 0)
		return rc;
	p = calloc(1, sizeof *p + re.n);
	if (!p)
		return -ENOMEM;
	room = (char *)(p + 1);
	*m = (struct match){ &interpreted_ops, p, MATCH_ALL };
	rc = compile_code(&p->line, re, options, err);
	if (rc == 0)
		rc = make_found(
		    use == USE_GROUPS ? 1 + (uint32_t)pcre_groups(m) : 1);
	if (rc == 0)
		rc = choose_way(m);
	if (rc == 0)
		p->text = view_of(room, syntax_text(re, room));
	if (rc == 0)
		rc = compile_forms(m, re, use, options);
	if (rc < 0)
		match_free(m);
	return rc;
}

int
pcre_compile(struct match *m, struct view re, struct pcre_error *err)
{
	return compile(m, re, USE_LINE, err);
}

int
pcre_compile_behind(struct match *m, struct view re, struct pcre_error *err)
{
	return compile(m, re, USE_BEHIND, err);
}

int
pcre_compile_groups(struct match *m, struct view re, struct pcre_error *err)
{
	return compile(m, re, USE_GROUPS, err);
}

/* --- what is known -------------------------------------------------------- */

uint64_t
pcre_given_up(void)
{
	return the.given_up;
}

bool
pcre_is_compiled(const struct match *m)
{
	return m->ops == &compiled_ops;
}

struct view
pcre_engine(const struct match *m)
{
	static char words[128];
	int n = pcre2_config(PCRE2_CONFIG_VERSION, NULL); /* with its NUL */

	words[0] = pcre_is_compiled(m) ? 'c' : 'i';
	words[1] = 0;
	if (n > 0 && (size_t)n < sizeof words)
		pcre2_config(PCRE2_CONFIG_VERSION, words + 1);
	return view_str(words);
}
