/* Properties of any regular expression on any line: machine code and the
 * interpreter agree unless one of them gives up, spans are inside of the line,
 * a mask shows nothing that was not there, in the order in which it was, and
 * the order of masks does not matter; of lines that were looked over none is a
 * hit. The first byte is the length of the
 * expression, a second one splits it in two; the line follows. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include "fuzz/fuzz.h"
#include "mask.h"
#include "pcre.h"

/* In a room of its own, so that the sanitizer sees the end of it. */
static struct view
room_of(struct view a, struct view b)
{
	char *p = malloc(a.n + b.n + 1);

	require(p != NULL);
	if (a.n > 0)
		memcpy(p, a.p, a.n);
	if (b.n > 0)
		memcpy(p + a.n, b.p, b.n);
	return view_of(p, a.n + b.n);
}

static void
drop(struct view v)
{
	free((void *)(uintptr_t)v.p);
}

static bool
compile(struct match *m, struct view re, bool groups)
{
	struct pcre_error err;
	int rc = groups ? pcre_compile_groups(m, re, &err)
	                : pcre_compile(m, re, &err);

	require(rc == 0 || (rc == -EINVAL && err.words[0] && err.at <= re.n));
	return rc == 0;
}

static void
check_hits(struct view re, struct view line)
{
	struct view slow = room_of(view_str("(*NO_JIT)"), re);
	struct match a, b;

	if (!compile(&a, re, false)) {
		drop(slow);
		return;
	}
	if (compile(&b, slow, false)) {
		uint64_t before = pcre_given_up();
		bool hit = match_hit(&a, line);

		require(match_hit(&b, line) == hit || pcre_given_up() > before);
		match_free(&b);
	}
	match_free(&a);
	drop(slow);
}

static void
check_spans(struct view re, struct view line)
{
	const struct pcre_span *spans;
	struct match m;
	int n;

	if (!compile(&m, re, true))
		return;
	n = pcre_find(&m, line, 0, false, &spans);
	require(n <= 1 + (int)pcre_groups(&m));
	for (int i = 0; i < n; i++)
		require(
		    (spans[i].from == SIZE_MAX && spans[i].to == SIZE_MAX) ||
		    (spans[i].from <= line.n && spans[i].to <= line.n));
	match_free(&m);
}

/* Lines: bytes of `line` stand for newlines where they are the expression's
 * last one; each has `front` in front. */
static struct view
lines_of(struct view re, struct view line, struct view front)
{
	char *p = malloc((line.n + 1) * (front.n + 1)), *to = p;
	size_t from = 0;

	require(p != NULL);
	for (size_t i = 0; i <= line.n; i++) {
		if (i < line.n && line.p[i] != '\n' &&
		    (re.n == 0 || line.p[i] != re.p[re.n - 1]))
			continue;
		memcpy(to, front.p, front.n);
		to += front.n;
		if (i > from)
			memcpy(to, line.p + from, i - from);
		to += i - from;
		*to++ = '\n';
		from = i + 1;
	}
	return view_of(p, (size_t)(to - p));
}

/* None of the lines that it has looked over is a hit. */
static void
check_clear(const struct match *m, struct view lines, struct view front)
{
	struct match_ahead ahead;
	const char *p = lines.p, *end;

	match_look(m, lines, &ahead);
	require(ahead.clear <= lines.n);
	for (; p < lines.p + ahead.clear; p = end + 1) {
		struct view one;

		end = memchr(p, '\n', (size_t)(lines.p + lines.n - p));
		require(end != NULL && end < lines.p + ahead.clear);
		p += front.n;
		one = room_of(view_of(p, (size_t)(end - p)), view_of(NULL, 0));
		require(!match_hit(m, one));
		drop(one);
	}
}

static void
check_ahead(struct view re, struct view line)
{
	static const char stamp[] = "2026-11-28_05:37:09.20068 ";
	struct view front[2] = { view_of("", 0), view_str(stamp) };
	struct pcre_error err;
	struct match m;

	for (int i = 0; i < 2; i++) {
		struct view lines = lines_of(re, line, front[i]);
		int rc = i == 0 ? pcre_compile(&m, re, &err)
		                : pcre_compile_behind(&m, re, &err);

		if (rc == 0) {
			check_clear(&m, lines, front[i]);
			match_free(&m);
		}
		drop(lines);
	}
}

/* Whether masked is the line with some of it replaced. */
static bool
is_of(struct view masked, struct view line)
{
	size_t at = 0, i = 0;

	while (i < masked.n) {
		if (at < line.n && masked.p[i] == line.p[at]) {
			i++;
			at++;
		} else if (masked.p[i] == '*') {
			i++; /* a sign, or what stands behind one */
		} else if (at < line.n) {
			at++;
		} else {
			return false;
		}
	}
	return true;
}

static void
check_masks(struct view one, struct view other, struct view line)
{
	struct view first[2] = { one, other }, text[2];
	enum mask_fate fate[2] = { MASK_SHOWN, MASK_SHOWN };

	for (int i = 0; i < 2; i++) {
		struct masks ms;
		struct masked m;
		struct match match;

		masks_init(&ms);
		for (int k = 0; k < 2; k++)
			if (compile(&match, first[k ^ i], true))
				require(masks_add(&ms, match) == 0);
		m.text = line;
		if (ms.n > 0) {
			m = masks_apply(&ms, line);
			fate[i] = m.fate;
		}
		require(m.text.n < MASK_ROOM);
		require(fate[i] != MASK_SHOWN || m.text.p == line.p);
		require(fate[i] != MASK_HIDDEN || is_of(m.text, line));
		text[i] = room_of(m.text, view_of(NULL, 0));
		masks_free(&ms);
	}
	require(fate[0] == fate[1] && view_eq(text[0], text[1]));
	drop(text[0]);
	drop(text[1]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct view all = view_of((const char *)data, size);
	struct view re, line, one, other;
	struct view none = view_of(NULL, 0);

	if (size < 2 || size > 2048)
		return 0;
	all = view_from(all, 2);
	re = room_of(view_first(all, data[0]), none);
	line = room_of(view_from(all, data[0]), none);
	one = room_of(view_first(re, data[1]), none);
	other = room_of(view_from(re, data[1]), none);
	check_hits(re, line);
	check_ahead(re, line);
	check_spans(re, line);
	check_masks(one, other, line);
	drop(re);
	drop(line);
	drop(one);
	drop(other);
	return 0;
}
