/* What the text of an expression alone says about its matches. */
#include "syntax.h"

#include <string.h>

/* Letters that behind a backslash stand for no text of their own and change
 * nothing else; those that can neither be nor see a newline; those of a class
 * that cannot be one. */
static const char known_escapes[] = "dDwWsSbBhHvVRAzZ";
static const char line_escapes[] = "dwSbBh";
static const char line_class_escapes[] = "dwSh";

static bool
is_one_of(const char *set, char c)
{
	return c && strchr(set, c);
}

static bool
is_letter_or_digit(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	       (c >= 'a' && c <= 'z');
}

static bool
begins(struct view v, const char *words)
{
	size_t n = strlen(words);

	return v.n >= n && memcmp(v.p, words, n) == 0;
}

/* Bytes of the escape that v begins with: 2, or 0 if it is a letter's that is
 * not one of those. */
static size_t
escape_size(struct view v, const char *letters)
{
	if (v.n < 2 ||
	    (is_letter_or_digit(v.p[1]) && !is_one_of(letters, v.p[1])))
		return 0;
	return 2;
}

/* Bytes of the class that v begins with, or 0 where it is not plain: what looks
 * like another one in it, the two characters that are special at its
 * beginning, and escapes of other letters. */
static size_t
class_size(struct view v, const char *letters)
{
	size_t n = begins(v, "[^") ? 2 : 1, more;

	if (n < v.n && is_one_of("]-", v.p[n]))
		return 0;
	for (; n < v.n && v.p[n] != ']'; n += more) {
		more = v.p[n] == '\\' ? escape_size(view_from(v, n), letters)
		                      : v.p[n] != '[';
		if (more == 0)
			return 0;
	}
	return n < v.n ? n + 1 : 0;
}

/* Bytes of the beginning of a group, or 0 where it is more than that. */
static size_t
group_size(struct view v)
{
	if (begins(v, "(?:"))
		return 3;
	return begins(v, "(?") || begins(v, "(*") ? 0 : 1;
}

/* --- the text that is in every match
 * ----------------------------------------*/

enum {
	SHORTEST = 2,
	LONG = 4, /* of two long ones the later says more */
};

/* Bytes that stand one behind the other in every match, at the end of what is
 * written; before them the best such run so far. */
struct run {
	char *to;
	size_t best, n;
};

static void
run_add(struct run *run, char c)
{
	run->to[run->best + run->n++] = c;
}

static void
run_end(struct run *run)
{
	if (run->n > run->best || run->n >= LONG) {
		memmove(run->to, run->to + run->best, run->n);
		run->best = run->n;
	}
	run->n = 0;
}

/* Bytes of what v begins with, or 0 where that may be anything. *c is the byte
 * that it stands for, or 0. */
static size_t
item_size(struct view v, char *c)
{
	size_t n = 1;

	*c = 0;
	switch (v.p[0]) {
	case '\\':
		n = escape_size(v, known_escapes);
		if (n > 0 && !is_letter_or_digit(v.p[1]))
			*c = v.p[1];
		break;
	case '[':
		n = class_size(v, known_escapes);
		if (n == 3)
			*c = v.p[1];
		break;
	case '(':
		n = group_size(v);
		break;
	case ')':
	case '^':
	case '$':
	case '.':
	case '|':
		break;
	default:
		*c = v.p[0];
	}
	return n;
}

/* Bytes of what v begins with that say how often the item before it is there:
 * *maybe is whether it may not be there at all. */
static size_t
times_size(struct view v, bool *maybe)
{
	size_t n = 0;

	*maybe = false;
	while (n < v.n && is_one_of("?*+{", v.p[n])) {
		*maybe |= v.p[n] != '+';
		if (v.p[n++] != '{')
			continue;
		while (n < v.n && is_one_of("0123456789, ", v.p[n]))
			n++;
		n += n < v.n && v.p[n] == '}';
	}
	return n;
}

size_t
syntax_text(struct view re, char *to)
{
	struct run run = { to, 0, 0 };
	int depth = 0;

	while (re.n > 0) {
		char c, first = re.p[0];
		size_t n = item_size(re, &c), times;
		bool maybe;

		if (n == 0 || (first == '|' && depth == 0))
			return 0;
		depth += (first == '(') - (first == ')');
		re = view_from(re, n);
		times = times_size(re, &maybe);
		re = view_from(re, times);
		if (c && depth == 0 && !maybe)
			run_add(&run, c);
		if (!c || depth > 0 || times > 0)
			run_end(&run);
	}
	run_end(&run);
	return run.best >= SHORTEST ? run.best : 0;
}

/* --- many lines at once
 * ------------------------------------------------------*/

/* Bytes of what v begins with, or 0 where it is not a line's. */
static size_t
line_item_size(struct view v)
{
	switch (v.p[0]) {
	case '\\':
		return escape_size(v, line_escapes);
	case '[':
		return class_size(v,
		    begins(v, "[^") ? known_escapes : line_class_escapes);
	case '(':
		if (begins(v, "(?i)") || begins(v, "(?i:"))
			return 4;
		return group_size(v);
	default:
		return 1;
	}
}

static bool
has_control(struct view v)
{
	for (size_t i = 0; i < v.n; i++)
		if ((unsigned char)v.p[i] < ' ')
			return true;
	return false;
}

static char *
put(char *to, struct view v)
{
	memcpy(to, v.p, v.n);
	return to + v.n;
}

size_t
syntax_linewise(struct view re, char *to)
{
	char *const from = to;

	if (has_control(re))
		return 0;
	while (re.n > 0) {
		size_t n = line_item_size(re), begin = 0;

		if (n == 0)
			return 0;
		/* What is not to be this or that is not to be a newline. */
		if (begins(re, "[^")) {
			begin = 2;
			to = put(to, view_first(re, begin));
			to = put(to, view_str("\\n"));
		}
		to = put(to, view_of(re.p + begin, n - begin));
		re = view_from(re, n);
	}
	return (size_t)(to - from);
}

bool
syntax_has_begin(struct view re)
{
	size_t n = 1;

	for (; re.n > 0 && n > 0 && re.p[0] != '^'; re = view_from(re, n))
		n = line_item_size(re);
	return re.n > 0;
}

/* --- all places in one go ------------------------------------------------- */

static bool
has(struct view v, const char *words)
{
	for (; v.n > 0; v = view_from(v, 1))
		if (begins(v, words))
			return true;
	return false;
}

size_t
syntax_once(struct view re, char *to)
{
	/* Verbs, and what may speak of the whole expression. */
	static const char *const others[] = { "(*", "(?R", "(?0", "\\g" };
	char *const from = to;

	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
		if (has(re, others[i]))
			return 0;
	to = put(to, view_str("(?s:.*?)\\K(?:"));
	to = put(to, re);
	to = put(to, view_str(")"));
	return (size_t)(to - from);
}
