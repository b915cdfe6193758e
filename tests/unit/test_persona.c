/* supervisor/persona */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "persona.h"

enum { WORDS = 16 };

/* Words between single blanks. */
struct line {
	char text[256];
	char *argv[WORDS + 1];
};

static char **
cut(struct line *l, const char *text)
{
	char *at = l->text;
	size_t n = 0;

	strcpy(l->text, text);
	do {
		l->argv[n++] = at;
		at = strchr(at, ' ');
		if (at != NULL)
			*at++ = '\0';
	} while (at != NULL && n < WORDS);
	l->argv[n] = NULL;
	return l->argv;
}

static int
parse(struct line *l, struct change *c, struct misuse *why, const char *text)
{
	char **argv = cut(l, text);

	return persona_parse(persona_find(argv[0]), c, argv, why);
}

static const char *
usage_of(const char *name, struct misuse why)
{
	static char text[2048];
	struct buf b;

	buf_init(&b, text, sizeof(text) - 1);
	persona_usage(persona_find(name), name, &why, &b);
	text[b.n] = '\0';
	return text;
}

/* --- names ----------------------------------------------------------------*/

static const struct {
	const char *name, *usage;
} names[] = {
	{ "chpst",
	    "usage: chpst [-vVPi012] [-u user[:group]] [-U user[:group]] "
	    "[-b argv0] [-e dir] [-/ root] [-C pwd] [-n nice] [-l|-L lock] "
	    "[-m n] [-d n] [-o n] [-p n] [-f n] [-c n] [-r n] [-t n] prog\n"
	    "\n" },
	{ "setuidgid", "usage: setuidgid account child\n\n" },
	{ "/bin/setuidgid", "usage: setuidgid account child\n\n" },
	{ "dsetuidgid", "usage: setuidgid account child\n\n" },
	{ "envuidgid", "usage: envuidgid account child\n\n" },
	{ "./denvdir", "usage: envdir dir child\n\n" },
	{ "pgrphack", "usage: pgrphack child\n\n" },
	{ "setlock", "usage: setlock [ -nNxX ] file program [ arg ... ]\n\n" },
	{ "softlimit",
	    "usage: softlimit [-a allbytes] [-c corebytes] [-d databytes] "
	    "[-f filebytes] [-l lockbytes] [-m membytes] [-o openfiles] "
	    "[-p processes] [-r residentbytes] [-s stackbytes] [-t cpusecs] "
	    "child\n\n" },
};

static void
each_name_has_its_usage(void **state)
{
	const struct misuse form = { MISUSE_FORM, 0 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_string_equal(usage_of(names[i].name, form),
		    names[i].usage);
	assert_ptr_equal(persona_find(""), persona_find("chpst"));
	assert_ptr_equal(persona_find("ddsetlock"), persona_find("chpst"));
	assert_ptr_equal(persona_find("setlock/"), persona_find("chpst"));
}

static void
what_is_wrong_stands_before_the_usage(void **state)
{
	(void)state;
	assert_string_equal(
	    usage_of("/x/dpgrphack", (struct misuse){ MISUSE_LETTER, 'x' }),
	    "dpgrphack: illegal option -- x\nusage: pgrphack child\n\n");
	assert_string_equal(
	    usage_of("pgrphack", (struct misuse){ MISUSE_ARG, 'x' }),
	    "pgrphack: option requires an argument -- x\n"
	    "usage: pgrphack child\n\n");
	assert_string_equal(
	    usage_of("pgrphack", (struct misuse){ MISUSE_VERSION, 0 }),
	    "weir chpst 0.1\nusage: pgrphack child\n\n");
}

/* --- what is no command line ----------------------------------------------*/

static const struct {
	const char *line;
	int kind;
	char letter;
} misuses[] = {
	{ "chpst", MISUSE_FORM, 0 },
	{ "chpst -v", MISUSE_FORM, 0 },
	{ "chpst --", MISUSE_FORM, 0 },
	{ "chpst -x a", MISUSE_LETTER, 'x' },
	{ "chpst -vx a", MISUSE_LETTER, 'x' },
	{ "chpst -0- a", MISUSE_LETTER, '-' },
	{ "chpst -: a", MISUSE_LETTER, ':' },
	{ "chpst -s 5 a", MISUSE_LETTER, 's' },
	{ "chpst -u", MISUSE_ARG, 'u' },
	{ "chpst -vu", MISUSE_ARG, 'u' },
	{ "chpst -V a", MISUSE_VERSION, 0 },
	{ "chpst -V -x", MISUSE_VERSION, 0 },
	{ "chpst -x -V", MISUSE_LETTER, 'x' },
	{ "chpst -n x -V", MISUSE_FORM, 0 },
	{ "chpst -l a -L b -x c", MISUSE_FORM, 0 },
	{ "chpst -l a -l a c", MISUSE_FORM, 0 },
	{ "chpst -o x a", MISUSE_FORM, 0 },
	{ "chpst -o 5x a", MISUSE_FORM, 0 },
	{ "chpst -o -5 a", MISUSE_FORM, 0 },
	{ "setuidgid", MISUSE_FORM, 0 },
	{ "setuidgid a", MISUSE_FORM, 0 },
	{ "envdir a", MISUSE_FORM, 0 },
	{ "pgrphack", MISUSE_FORM, 0 },
	{ "setlock", MISUSE_FORM, 0 },
	{ "setlock a", MISUSE_FORM, 0 },
	{ "setlock -V a b", MISUSE_LETTER, 'V' },
	{ "softlimit", MISUSE_FORM, 0 },
	{ "softlimit -o", MISUSE_ARG, 'o' },
	{ "softlimit -x a", MISUSE_LETTER, 'x' },
	{ "softlimit -o == a", MISUSE_FORM, 0 },
};

static void
what_makes_no_sense_is_misuse(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(misuses) / sizeof(misuses[0]); i++) {
		struct misuse why;
		struct change c;
		struct line l;
		int r = parse(&l, &c, &why, misuses[i].line);

		if (r != -EINVAL || (int)why.kind != misuses[i].kind ||
		    (misuses[i].letter && why.letter != misuses[i].letter))
			fail_msg("%s: %d, %d '%c'", misuses[i].line, r,
			    (int)why.kind, why.letter);
	}
}

/* --- what is --------------------------------------------------------------*/

static void
nothing_is_changed_that_was_not_asked_for(void **state)
{
	static const struct change none;
	struct misuse why;
	struct change c;
	struct line l;

	(void)state;
	assert_int_equal(parse(&l, &c, &why, "chpst a -u x"), 0);
	assert_string_equal(c.argv[0], "a");
	assert_string_equal(c.argv[1], "-u");
	c.argv = NULL;
	assert_memory_equal(&c, &none, sizeof(c));
}

static void
options_may_be_joined_and_glued(void **state)
{
	struct misuse why;
	struct change c;
	struct line l;

	(void)state;
	assert_int_equal(parse(&l, &c, &why,
			     "chpst -vP0 -2i -uuser:group -U :1:2 -bname "
			     "-e env -/root -C / -Llock -- -b a"),
	    0);
	assert_true(c.verbose && c.session && c.closed[0] && !c.closed[1] &&
		    c.closed[2] && c.all_groups && !c.is_account);
	assert_string_equal(c.user, "user:group");
	assert_string_equal(c.env_user, ":1:2");
	assert_string_equal(c.argv0, "name");
	assert_string_equal(c.env_dir, "env");
	assert_string_equal(c.root, "root");
	assert_string_equal(c.dir, "/");
	assert_string_equal(c.lock, "lock");
	assert_false(c.lock_waits);
	assert_string_equal(c.argv[0], "-b");
}

static void
words_are_what_the_name_says(void **state)
{
	struct misuse why;
	struct change c;
	struct line l;

	(void)state;
	assert_int_equal(parse(&l, &c, &why, "setuidgid -x -u a"), 0);
	assert_string_equal(c.user, "-x");
	assert_string_equal(c.argv[0], "-u");
	assert_true(c.is_account);
	assert_int_equal(parse(&l, &c, &why, "envuidgid me a"), 0);
	assert_string_equal(c.env_user, "me");
	assert_null(c.user);
	assert_int_equal(parse(&l, &c, &why, "envdir -- a"), 0);
	assert_string_equal(c.env_dir, "--");
	assert_int_equal(parse(&l, &c, &why, "pgrphack -P"), 0);
	assert_true(c.session);
	assert_int_equal(parse(&l, &c, &why, "setlock -- -n a"), 0);
	assert_string_equal(c.lock, "-n");
}

static const struct {
	const char *line;
	bool waits, leaves;
} locks[] = {
	{ "setlock f a", true, false },
	{ "setlock -N f a", true, false },
	{ "setlock -n f a", false, false },
	{ "setlock -nN f a", true, false },
	{ "setlock -Nn f a", false, false },
	{ "setlock -x f a", true, true },
	{ "setlock -xX f a", true, false },
	{ "setlock -n -x f a", false, true },
	{ "chpst -l f a", true, false },
	{ "chpst -L f a", false, false },
};

static void
setlock_waits_unless_told_not_to(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(locks) / sizeof(locks[0]); i++) {
		struct misuse why;
		struct change c;
		struct line l;

		assert_int_equal(parse(&l, &c, &why, locks[i].line), 0);
		assert_string_equal(c.lock, "f");
		if (c.lock_waits != locks[i].waits ||
		    c.lock_or_leave != locks[i].leaves)
			fail_msg("%s", locks[i].line);
	}
}

/* --- limits and numbers ---------------------------------------------------*/

static const struct {
	const char *line;
	unsigned set; /* the limits that are set to 5, a bit each */
} limits[] = {
	{ "chpst -d 5 a", 1u << RLIMITS_DATA },
	{ "chpst -o 5 a", 1u << RLIMITS_FILES },
	{ "chpst -p 5 a", 1u << RLIMITS_PROCESSES },
	{ "chpst -f 5 a", 1u << RLIMITS_FILE },
	{ "chpst -c 5 a", 1u << RLIMITS_CORE },
	{ "chpst -r 5 a", 1u << RLIMITS_RESIDENT },
	{ "chpst -t 5 a", 1u << RLIMITS_CPU },
	{ "chpst -m 5 a", 1u << RLIMITS_DATA | 1u << RLIMITS_STACK |
			      1u << RLIMITS_LOCKED | 1u << RLIMITS_MEMORY },
	{ "chpst -m 5 -d 6 a",
	    1u << RLIMITS_STACK | 1u << RLIMITS_LOCKED | 1u << RLIMITS_MEMORY },
	{ "softlimit -a 5 a", 1u << RLIMITS_MEMORY },
	{ "softlimit -l 5 a", 1u << RLIMITS_LOCKED },
	{ "softlimit -s 5 a", 1u << RLIMITS_STACK },
	{ "softlimit -m 6 -s5 a", 1u << RLIMITS_STACK },
};

static void
each_letter_sets_its_limits(void **state)
{
	size_t i, k;

	(void)state;
	for (i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		struct misuse why;
		struct change c;
		unsigned set = 0;
		struct line l;

		assert_int_equal(parse(&l, &c, &why, limits[i].line), 0);
		for (k = 0; k < RLIMITS; k++)
			if (c.limit[k].is_set && c.limit[k].soft == 5)
				set |= 1u << k;
		if (set != limits[i].set)
			fail_msg("%s: %x", limits[i].line, set);
	}
}

static const struct {
	const char *text;
	int result, nicer;
} nices[] = {
	{ "5", 0, 5 },
	{ "+5", 0, 5 },
	{ "-5", 0, -5 },
	{ "", 0, 0 },
	{ "-", 0, 0 },
	{ "+", 0, 0 },
	{ "99999", 0, 1000 },
	{ "-18446744073709551617", 0, -1000 },
	{ "x", -EINVAL, 0 },
	{ "5x", -EINVAL, 0 },
	{ " 5", -EINVAL, 0 },
	{ "--5", -EINVAL, 0 },
	{ "+-5", -EINVAL, 0 },
};

static void
a_nice_value_has_a_sign_and_does_not_wrap(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(nices) / sizeof(nices[0]); i++) {
		int nicer = 77, r = persona_nice(&nicer, nices[i].text);

		if (r != nices[i].result || (r == 0 && nicer != nices[i].nicer))
			fail_msg("'%s': %d, %d", nices[i].text, r, nicer);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_name_has_its_usage),
		cmocka_unit_test(what_is_wrong_stands_before_the_usage),
		cmocka_unit_test(what_makes_no_sense_is_misuse),
		cmocka_unit_test(nothing_is_changed_that_was_not_asked_for),
		cmocka_unit_test(options_may_be_joined_and_glued),
		cmocka_unit_test(words_are_what_the_name_says),
		cmocka_unit_test(setlock_waits_unless_told_not_to),
		cmocka_unit_test(each_letter_sets_its_limits),
		cmocka_unit_test(a_nice_value_has_a_sign_and_does_not_wrap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
