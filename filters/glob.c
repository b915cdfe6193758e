/* Wildcard patterns, compiled into a few operations over the line. */
#include "glob.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum glob_kind {
	GLOB_RUN,   /* these n bytes, the last of which is c */
	GLOB_TO,    /* go to the first c, which is not used up */
	GLOB_FIND,  /* both: go to the first run[0], and a run from there */
	GLOB_REST,  /* whatever is left */
	GLOB_PLUS,  /* one or more c */
	GLOB_NEVER, /* a + with nothing behind it */
	GLOB_END,   /* nothing may be left */
};

struct glob_op {
	enum glob_kind kind;
	char c;
	uint32_t tail; /* the last bytes of a run, where it has so many */
	size_t n;
	const char *run; /* borrowed from the text behind the operations */
};

static bool
is_special(char c)
{
	return c == '*' || c == '+';
}

/* Where the first operation in `text` ends. */
static size_t
glob_next(struct glob_op *op, struct view text)
{
	size_t n = 0;

	*op = (struct glob_op){ .kind = GLOB_END };
	if (text.n == 0)
		return 0;
	if (text.p[0] == '*' && text.n > 1 && !is_special(text.p[1])) {
		n = glob_next(op, view_from(text, 1));
		op->kind = GLOB_FIND;
		return 1 + n;
	}
	if (text.p[0] == '*') {
		op->kind = text.n > 1 ? GLOB_TO : GLOB_REST;
		op->c = text.n > 1 ? text.p[1] : 0;
		return 1;
	}
	if (text.p[0] == '+') {
		op->kind = text.n > 1 ? GLOB_PLUS : GLOB_NEVER;
		op->c = text.n > 1 ? text.p[1] : 0;
		return text.n > 1 ? 2 : 1;
	}
	while (n < text.n && !is_special(text.p[n]))
		n++;
	*op = (struct glob_op){
		.kind = GLOB_RUN,
		.c = text.p[n - 1],
		.n = n,
		.run = text.p,
	};
	if (n >= sizeof(op->tail))
		memcpy(&op->tail, text.p + n - sizeof(op->tail),
		    sizeof(op->tail));
	return n;
}

static size_t
glob_count(struct view v, char c)
{
	size_t n = 0;

	while (n < v.n && v.p[n] == c)
		n++;
	return n;
}

/* The last bytes of a run go first: behind a star the first one fits. */
static inline bool
may_be_at(const struct glob_op *op, const char *p, size_t n)
{
	uint32_t tail;

	if (n < op->n)
		return false;
	if (op->n < sizeof(tail))
		return p[op->n - 1] == op->c;
	memcpy(&tail, p + op->n - sizeof(tail), sizeof(tail));
	return tail == op->tail;
}

static inline bool
is_at(const struct glob_op *op, const char *p, size_t n)
{
	return may_be_at(op, p, n) &&
	       (op->n == 1 || memcmp(p, op->run, op->n) == 0);
}

/* Bytes up to the end of the first run, or 0: found nowhere. */
static inline size_t
find(const struct glob_op *op, struct view line)
{
	const char *to = line.n ? memchr(line.p, op->run[0], line.n) : NULL;
	size_t n = to ? (size_t)(to - line.p) : 0;

	return to && is_at(op, to, line.n - n) ? n + op->n : 0;
}

/* Every operation looks at what is left of the line, never behind it. The
 * pointer moves only where there is something: an empty line may be NULL. */
__attribute__((noinline)) static bool
hit_from(const struct glob_op *op, struct view line)
{
	const char *to;
	size_t n;

	for (;; op++) {
		n = op->n;
		switch (op->kind) {
		case GLOB_RUN:
			if (!is_at(op, line.p, line.n))
				return false;
			break;
		case GLOB_FIND:
			n = find(op, line);
			if (n == 0)
				return false;
			break;
		case GLOB_TO:
			to = line.n ? memchr(line.p, op->c, line.n) : NULL;
			if (!to)
				return false;
			n = (size_t)(to - line.p);
			break;
		case GLOB_PLUS:
			n = glob_count(line, op->c);
			if (n == 0)
				return false;
			break;
		case GLOB_REST:
			return true;
		case GLOB_NEVER:
			return false;
		case GLOB_END:
			return line.n == 0;
		}
		line = view_of(line.p + n, line.n - n);
	}
}

/* Most lines differ in the first run: they are done with at the first look. */
static bool
glob_hit(const void *self, struct view line)
{
	const struct glob_op *op = self;

	if (op->kind == GLOB_RUN && !may_be_at(op, line.p, line.n))
		return false;
	return hit_from(op, line);
}

static const struct match_ops glob_ops = {
	.name = "glob",
	.hit = glob_hit,
	.free = free,
};

static const struct match_ops glob_all_ops = {
	.name = "glob",
	.hit = glob_hit,
	.free = free,
	.all = true,
};

int
glob_compile(struct match *m, struct view text)
{
	/* No operation is shorter than a byte; one more ends the program. */
	struct glob_op *op = malloc((text.n + 1) * sizeof(*op) + text.n);
	char *copy;

	if (!op)
		return -ENOMEM;
	*m = (struct match){ &glob_ops, op, MATCH_ALL };
	if (view_eq(text, view_str("*")))
		m->ops = &glob_all_ops;
	copy = (char *)(op + text.n + 1);
	if (text.n > 0)
		memcpy(copy, text.p, text.n);
	text.p = copy;
	if (text.n > 1 && text.p[0] == '*') {
		/* In its own right it is matched again, whatever it is. */
		m->from = (unsigned char)text.p[1];
		text = view_from(text, 1);
	}
	do
		text = view_from(text, glob_next(op, text));
	while (op++->kind != GLOB_END);
	return 0;
}

bool
glob_matches(struct view pattern, struct view line)
{
	size_t i = 0, at = 0;

	while (i < pattern.n) {
		char c = pattern.p[i++];

		if (c == '*') {
			if (i == pattern.n)
				return true;
			while (at < line.n && line.p[at] != pattern.p[i])
				at++;
			if (at == line.n)
				return false;
			continue;
		}
		if (c == '+') {
			if (i == pattern.n)
				return false;
			c = pattern.p[i++];
			if (at == line.n || line.p[at] != c)
				return false;
			while (at < line.n && line.p[at] == c)
				at++;
			continue;
		}
		if (at == line.n || line.p[at++] != c)
			return false;
	}
	return at == line.n;
}
