/* What a log must not hold, hidden in a line. */
#include "mask.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include "pcre.h"

enum { WORD = 64, WORDS = MASK_MOST / WORD };

struct mask_room {
	uint64_t hidden[WORDS]; /* a bit for each byte of the line */
	char text[MASK_ROOM];
};

void
masks_init(struct masks *ms)
{
	*ms = (struct masks){ 0 };
}

static int
grow(struct masks *ms)
{
	size_t cap = ms->cap ? 2 * ms->cap : 4;
	struct match *v = realloc(ms->v, cap * sizeof *v);

	if (!v)
		return -ENOMEM;
	ms->v = v;
	ms->cap = cap;
	return 0;
}

int
masks_add(struct masks *ms, struct match m)
{
	int rc = ms->n < ms->cap ? 0 : grow(ms);

	if (rc == 0 && !ms->room) {
		ms->room = malloc(sizeof *ms->room);
		if (!ms->room)
			rc = -ENOMEM;
	}
	if (rc < 0) {
		match_free(&m);
		return rc;
	}
	ms->v[ms->n++] = m;
	return 0;
}

void
masks_free(struct masks *ms)
{
	for (size_t i = 0; i < ms->n; i++)
		match_free(&ms->v[i]);
	free(ms->v);
	free(ms->room);
	masks_init(ms);
}

/* --- which bytes are hidden ----------------------------------------------- */

/* The bits of a word from bit `from` up to bit `to`, which may be 64. */
static uint64_t
bits(size_t from, size_t to)
{
	uint64_t below = to < WORD ? (UINT64_C(1) << to) - 1 : UINT64_MAX;

	return below & UINT64_MAX << from;
}

static void
hide(uint64_t *hidden, size_t from, size_t to)
{
	while (from < to) {
		size_t word = from / WORD, end = (word + 1) * WORD;

		if (end > to)
			end = to;
		hidden[word] |= bits(from % WORD, end - word * WORD);
		from = end;
	}
}

/* From `at` on, the first byte that is hidden, or is not; or n. */
static size_t
find(const uint64_t *hidden, size_t at, bool is_hidden, size_t n)
{
	uint64_t flip = is_hidden ? 0 : UINT64_MAX;

	while (at < n) {
		uint64_t left =
		    (hidden[at / WORD] ^ flip) & bits(at % WORD, WORD);

		if (left) {
			at = at / WORD * WORD + (size_t)__builtin_ctzll(left);
			return at < n ? at : n;
		}
		at = (at / WORD + 1) * WORD;
	}
	return n;
}

/* True: there is something to hide. A span that was turned around by \K, or
 * took no part, has nothing. */
static bool
hide_spans(uint64_t *hidden, const struct pcre_span *spans, int n)
{
	bool any = false;

	for (int i = 0; i < n; i++) {
		if (spans[i].from >= spans[i].to)
			continue;
		hide(hidden, spans[i].from, spans[i].to);
		any = true;
	}
	return any;
}

/* All matches of one mask: 1: it hides something, 0, or -1: it was given up.
 * Where a match is empty the next may begin at the same byte. */
static int
look(const struct match *m, struct view line, uint64_t *hidden)
{
	const int first = pcre_groups(m) > 0; /* 0: the whole match */
	const struct pcre_span *spans;
	bool not_empty = false, any = false;
	size_t at = 0;
	int n;

	while ((n = pcre_find(m, line, at, not_empty, &spans)) > 0) {
		if (!first)
			n = 1;
		any |= hide_spans(hidden, spans + first, n - first);
		if (spans->to > at && spans->to <= line.n) {
			at = spans->to;
			not_empty = spans->from == spans->to;
		} else if (!not_empty) {
			not_empty = true;
		} else if (at++ == line.n) {
			break;
		} else {
			not_empty = false;
		}
	}
	return n < 0 ? -1 : any;
}

/* --- what becomes of the line --------------------------------------------- */

static struct view
rewrite(struct mask_room *room, struct view line)
{
	const size_t sign = sizeof MASK_SIGN - 1;
	size_t at = 0;
	char *to = room->text;

	while (at < line.n) {
		size_t from = find(room->hidden, at, true, line.n);

		memcpy(to, line.p + at, from - at);
		to += from - at;
		at = find(room->hidden, from, false, line.n);
		if (at == from)
			break;
		memcpy(to, MASK_SIGN, sign);
		to += sign;
	}
	*to = '\n';
	return view_of(room->text, (size_t)(to - room->text));
}

struct masked
masks_withhold(void)
{
	static const char words[] =
	    MASK_SIGN " line withheld: it could not be masked\n";

	return (
	    struct masked){ MASK_WITHHELD, view_of(words, sizeof words - 2) };
}

struct masked
masks_apply(const struct masks *ms, struct view line)
{
	struct mask_room *room = ms->room;
	bool any = false;

	if (line.n > MASK_MOST)
		return masks_withhold();
	memset(room->hidden, 0,
	    (line.n + WORD - 1) / WORD * sizeof room->hidden[0]);
	for (size_t i = 0; i < ms->n; i++) {
		int n = look(&ms->v[i], line, room->hidden);

		if (n < 0)
			return masks_withhold();
		any |= n;
	}
	if (!any)
		return (struct masked){ MASK_SHOWN, line };
	return (struct masked){ MASK_HIDDEN, rewrite(room, line) };
}
