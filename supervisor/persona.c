/* What chpst is called as, and what its command line asks for. */
#include "persona.h"

#include <errno.h>
#include <stddef.h>
#include <stdint.h>

#include "num.h"
#include "version.h"

enum { NICE_MOST = 1000 };

#define AT(field) .at = offsetof(struct change, field)
#define LIMIT(limit) (1u << (limit))

struct option {
	const char *letters; /* each of them is this option */
	const char *arg;     /* the usage's word for it; NULL: it takes none */
	/* 0, or -EINVAL where it cannot be meant. NULL: asks for the version */
	int (*set)(struct change *c, const struct option *o, char letter,
	    const char *arg);
	size_t at;       /* what it sets */
	unsigned limits; /* ... or which limits */
	bool is_cap;
};

struct persona {
	const char *name;
	const struct option *options; /* up to one without letters; or NULL */
	const char *flags[2];         /* around the flags in the usage */
	const char *word;             /* in front of the program; or NULL */
	size_t at;                    /* what that sets */
	const char *program;
	void (*begin)(struct change *c); /* or NULL */
};

/* --- numbers --------------------------------------------------------------*/

int
persona_nice(int *nicer, const char *text)
{
	bool is_minus = *text == '-';
	struct num n;

	if (is_minus || *text == '+')
		text++;
	n = num_scan(view_str(text), NULL, NICE_MOST);
	if (text[n.used] != '\0')
		return -EINVAL;
	*nicer = is_minus ? -(int)n.value : (int)n.value;
	return 0;
}

/* --- what an option does --------------------------------------------------*/

static int
set_true(struct change *c, const struct option *o, char letter, const char *arg)
{
	(void)letter;
	(void)arg;
	*(bool *)((char *)c + o->at) = true;
	return 0;
}

static int
set_false(struct change *c, const struct option *o, char letter,
    const char *arg)
{
	(void)letter;
	(void)arg;
	*(bool *)((char *)c + o->at) = false;
	return 0;
}

static void
set_string(struct change *c, size_t at, const char *text)
{
	*(const char **)(void *)((char *)c + at) = text;
}

static int
set_text(struct change *c, const struct option *o, char letter, const char *arg)
{
	(void)letter;
	set_string(c, o->at, arg);
	return 0;
}

static int
set_nice(struct change *c, const struct option *o, char letter, const char *arg)
{
	(void)o;
	(void)letter;
	c->is_nicer = true;
	return persona_nice(&c->nicer, arg);
}

static int
set_lock(struct change *c, const struct option *o, char letter, const char *arg)
{
	(void)o;
	if (c->lock != NULL) /* which one? */
		return -EINVAL;
	c->lock = arg;
	c->lock_waits = letter == 'l';
	return 0;
}

static int
set_limits(struct change *c, const struct option *o, char letter,
    const char *arg)
{
	struct rlimits_want w;
	unsigned i;

	(void)letter;
	if (rlimits_parse(&w, arg) < 0)
		return -EINVAL;
	w.is_cap = o->is_cap;
	for (i = 0; i < RLIMITS; i++)
		if (o->limits & LIMIT(i))
			c->limit[i] = w;
	return 0;
}

enum {
	ALL_MEMORY = LIMIT(RLIMITS_DATA) | LIMIT(RLIMITS_STACK) |
	             LIMIT(RLIMITS_LOCKED) | LIMIT(RLIMITS_MEMORY),
};

/* In the order of the usage. */
static const struct option chpst_options[] = {
	{ "v", NULL, set_true, AT(verbose) },
	{ "V", .set = NULL },
	{ "P", NULL, set_true, AT(session) },
	{ "i", NULL, set_true, AT(all_groups) },
	{ "0", NULL, set_true, AT(closed[0]) },
	{ "1", NULL, set_true, AT(closed[1]) },
	{ "2", NULL, set_true, AT(closed[2]) },
	{ "u", "user[:group]", set_text, AT(user) },
	{ "U", "user[:group]", set_text, AT(env_user) },
	{ "b", "argv0", set_text, AT(argv0) },
	{ "e", "dir", set_text, AT(env_dir) },
	{ "/", "root", set_text, AT(root) },
	{ "C", "pwd", set_text, AT(dir) },
	{ "n", "nice", .set = set_nice },
	{ "lL", "lock", .set = set_lock },
	{ "m", "n", set_limits, .limits = ALL_MEMORY, .is_cap = true },
	{ "d", "n", set_limits, .limits = LIMIT(RLIMITS_DATA) },
	{ "o", "n", set_limits, .limits = LIMIT(RLIMITS_FILES) },
	{ "p", "n", set_limits, .limits = LIMIT(RLIMITS_PROCESSES) },
	{ "f", "n", set_limits, .limits = LIMIT(RLIMITS_FILE) },
	{ "c", "n", set_limits, .limits = LIMIT(RLIMITS_CORE) },
	{ "r", "n", set_limits, .limits = LIMIT(RLIMITS_RESIDENT) },
	{ "t", "n", set_limits, .limits = LIMIT(RLIMITS_CPU) },
	{ .letters = NULL },
};

static const struct option setlock_options[] = {
	{ "n", NULL, set_false, AT(lock_waits) },
	{ "N", NULL, set_true, AT(lock_waits) },
	{ "x", NULL, set_true, AT(lock_or_leave) },
	{ "X", NULL, set_false, AT(lock_or_leave) },
	{ .letters = NULL },
};

static const struct option softlimit_options[] = {
	{ "a", "allbytes", set_limits, .limits = LIMIT(RLIMITS_MEMORY) },
	{ "c", "corebytes", set_limits, .limits = LIMIT(RLIMITS_CORE) },
	{ "d", "databytes", set_limits, .limits = LIMIT(RLIMITS_DATA) },
	{ "f", "filebytes", set_limits, .limits = LIMIT(RLIMITS_FILE) },
	{ "l", "lockbytes", set_limits, .limits = LIMIT(RLIMITS_LOCKED) },
	{ "m", "membytes", set_limits, .limits = ALL_MEMORY, .is_cap = true },
	{ "o", "openfiles", set_limits, .limits = LIMIT(RLIMITS_FILES) },
	{ "p", "processes", set_limits, .limits = LIMIT(RLIMITS_PROCESSES) },
	{ "r", "residentbytes", set_limits, .limits = LIMIT(RLIMITS_RESIDENT) },
	{ "s", "stackbytes", set_limits, .limits = LIMIT(RLIMITS_STACK) },
	{ "t", "cpusecs", set_limits, .limits = LIMIT(RLIMITS_CPU) },
	{ .letters = NULL },
};

/* --- who we are -----------------------------------------------------------*/

static void
begin_account(struct change *c)
{
	c->is_account = true;
}

static void
begin_group(struct change *c)
{
	c->session = true;
}

static void
begin_lock(struct change *c)
{
	c->lock_waits = true;
}

/* The first is who we are by any other name. */
static const struct persona personas[] = {
	{ "chpst", chpst_options, { "[-", "]" }, .program = "prog" },
	{ "setuidgid", .word = "account", AT(user), .program = "child",
	    .begin = begin_account },
	{ "envuidgid", .word = "account", AT(env_user), .program = "child",
	    .begin = begin_account },
	{ "envdir", .word = "dir", AT(env_dir), .program = "child" },
	{ "pgrphack", .program = "child", .begin = begin_group },
	{ "setlock", setlock_options, { "[ -", " ]" }, "file", AT(lock),
	    .program = "program [ arg ... ]", .begin = begin_lock },
	{ "softlimit", softlimit_options, .program = "child" },
};

static const char *
base_name(const char *name)
{
	const char *slash = strrchr(name, '/');

	return slash ? slash + 1 : name;
}

/* The usage knows nothing of a `d` in front, either. */
static const char *
called(const char *name)
{
	name = base_name(name);
	return *name == 'd' ? name + 1 : name;
}

const struct persona *
persona_find(const char *name)
{
	size_t i;

	for (i = 1; i < sizeof(personas) / sizeof(personas[0]); i++)
		if (strcmp(personas[i].name, called(name)) == 0)
			return &personas[i];
	return &personas[0];
}

/* --- parsing --------------------------------------------------------------*/

static const struct option *
find_option(const struct persona *p, char letter)
{
	const struct option *o;

	for (o = p->options; o->letters != NULL; o++)
		if (strchr(o->letters, letter) != NULL)
			return o;
	return NULL;
}

/* The options of one word, and the next word if the last of them wants it: how
 * many words that were, or -EINVAL. */
static int
parse_letters(const struct persona *p, struct change *c, char *const argv[],
    struct misuse *why)
{
	const char *at;

	for (at = argv[0] + 1; *at != '\0'; at++) {
		const struct option *o = find_option(p, *at);
		const char *arg = NULL;

		why->letter = *at;
		why->kind = MISUSE_LETTER;
		if (o == NULL)
			return -EINVAL;
		why->kind = MISUSE_VERSION;
		if (o->set == NULL)
			return -EINVAL;
		if (o->arg != NULL) {
			arg = at[1] ? at + 1 : argv[1];
			why->kind = MISUSE_ARG;
			if (arg == NULL)
				return -EINVAL;
		}
		why->kind = MISUSE_FORM;
		if (o->set(c, o, *at, arg) < 0)
			return -EINVAL;
		if (arg != NULL)
			return arg == argv[1] ? 2 : 1;
	}
	return 1;
}

/* Options end at "--", at whatever begins so, and at a word that is none. */
static int
parse_options(const struct persona *p, struct change *c, char *argv[],
    struct misuse *why)
{
	int i = 0;

	while (argv[i] != NULL && argv[i][0] == '-' && argv[i][1] != '\0') {
		int n;

		if (argv[i][1] == '-')
			return i + 1;
		n = parse_letters(p, c, argv + i, why);
		if (n < 0)
			return n;
		i += n;
	}
	return i;
}

int
persona_parse(const struct persona *p, struct change *c, char *argv[],
    struct misuse *why)
{
	*c = (struct change){ 0 };
	*why = (struct misuse){ MISUSE_FORM, 0 };
	if (p->begin)
		p->begin(c);
	if (*argv != NULL)
		argv++;
	if (p->options) {
		int n = parse_options(p, c, argv, why);

		if (n < 0)
			return n;
		argv += n;
	}
	why->kind = MISUSE_FORM;
	if (p->word && *argv != NULL)
		set_string(c, p->at, *argv++);
	if (*argv == NULL)
		return -EINVAL;
	c->argv = argv;
	return 0;
}

/* --- the usage ------------------------------------------------------------*/

static void
put_flags(const struct persona *p, struct buf *b)
{
	const struct option *o;

	buf_str(b, " ");
	buf_str(b, p->flags[0]);
	for (o = p->options; o->letters != NULL; o++)
		if (o->arg == NULL)
			buf_str(b, o->letters);
	buf_str(b, p->flags[1]);
}

static void
put_option(const struct option *o, struct buf *b)
{
	const char *letter;

	buf_str(b, " [");
	for (letter = o->letters; *letter != '\0'; letter++) {
		buf_str(b, letter == o->letters ? "-" : "|-");
		buf_ch(b, *letter);
	}
	buf_ch(b, ' ');
	buf_str(b, o->arg);
	buf_ch(b, ']');
}

static void
put_problem(const char *name, const struct misuse *why, struct buf *b)
{
	switch (why->kind) {
	case MISUSE_FORM:
		return;
	case MISUSE_VERSION:
		buf_str(b, "weir chpst " VERSION "\n");
		return;
	case MISUSE_LETTER:
		buf_str(b, name);
		buf_str(b, ": illegal option -- ");
		break;
	case MISUSE_ARG:
		buf_str(b, name);
		buf_str(b, ": option requires an argument -- ");
		break;
	}
	buf_ch(b, why->letter);
	buf_ch(b, '\n');
}

void
persona_usage(const struct persona *p, const char *name,
    const struct misuse *why, struct buf *b)
{
	const struct option *o;

	put_problem(base_name(name), why, b);
	buf_str(b, "usage: ");
	buf_str(b, called(name));
	if (p->flags[0])
		put_flags(p, b);
	for (o = p->options; o && o->letters != NULL; o++)
		if (o->arg != NULL)
			put_option(o, b);
	if (p->word) {
		buf_ch(b, ' ');
		buf_str(b, p->word);
	}
	buf_ch(b, ' ');
	buf_str(b, p->program);
	buf_str(b, "\n\n");
}
