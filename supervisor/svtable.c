/* What is seen of services, as a table for people. */
#include "svtable.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "svtell.h"
#include "utf8.h"

enum column { SERVICE, STATE, PID, SINCE, LOG, COLUMNS };

enum { CELL = 256, NAME_WIDTH = 32 };

static const char *const heads[COLUMNS] = { "SERVICE", "STATE", "PID", "SINCE",
	"LOG" };

struct row {
	char cell[COLUMNS][CELL];
	const char *paint[COLUMNS];
};

static const char plain[] = "";
static const char green[] = "\033[32m";
static const char yellow[] = "\033[33m";
static const char red[] = "\033[31m";
static const char bold[] = "\033[1m";
static const char off[] = "\033[0m";

void
svtable_span(char text[SVTABLE_SPAN], uint64_t s)
{
	static const struct {
		uint64_t unit, part;
		const char *name, *part_name;
	} spans[] = { { 86400, 3600, "d ", "h" }, { 3600, 60, "h ", "m" },
		{ 60, 1, "m ", "s" }, { 1, 1, "s", NULL } };
	size_t i = 0;
	struct buf b;

	while (s < spans[i].unit && spans[i].part_name)
		i++;
	buf_init(&b, text, SVTABLE_SPAN - 1);
	buf_u64(&b, s / spans[i].unit);
	buf_str(&b, spans[i].name);
	if (spans[i].part_name) {
		buf_u64(&b, s % spans[i].unit / spans[i].part);
		buf_str(&b, spans[i].part_name);
	}
	text[b.n] = 0;
}

/* Cut where it does not fit, between two characters; what a terminal might
 * obey is replaced. */
static void
put_name(char cell[CELL], const char *name)
{
	size_t n = strlen(name);

	if (n >= CELL)
		n = utf8_whole(view_of(name, CELL - 1));
	memcpy(cell, name, n);
	cell[n] = 0;
	for (size_t i = 0, more; i < n; i += more ? more : 1) {
		more = utf8_shown(view_of(cell + i, n - i));
		if (more == 0)
			cell[i] = '?';
	}
}

static const char *
paint_of(const struct svsight_one *one)
{
	const struct status *st = &one->sv.status;

	if (one->found != SVCTL_FINE)
		return red;
	if (st->state == STATUS_RUN && st->want == WANT_UP && !st->paused &&
	    !st->got_term)
		return green;
	if (st->state == STATUS_DOWN && st->want != WANT_UP &&
	    one->normally == SVLINE_DOWN)
		return plain;
	return yellow;
}

/* Short: the whole of it is for `sv status` to say. */
static const char *
trouble_words(const struct svsight_one *one)
{
	if (svctl_is_barred(one->found, &one->sv))
		return "no permission";
	if (one->found == SVCTL_NO_RUNSV ||
	    (one->found == SVCTL_NO_OK && one->sv.err == -ENOENT))
		return "no runsv";
	return svctl_rows[one->found].words;
}

static void
put_state(char cell[CELL], const struct svsight_one *one)
{
	struct buf b;

	buf_init(&b, cell, CELL - 1);
	if (one->found == SVCTL_FINE) {
		buf_str(&b, status_name(one->sv.status.state));
		svline_marks(&b, &one->sv.status, one->normally);
	} else {
		buf_str(&b, trouble_words(one));
	}
	cell[b.n] = 0;
}

static void
fill(struct row *row, const struct svsight *s, int64_t now_s, bool colour)
{
	const struct status *st = &s->service.sv.status;
	bool known = s->service.found == SVCTL_FINE;

	put_name(row->cell[SERVICE], s->name);
	put_state(row->cell[STATE], &s->service);
	strcpy(row->cell[PID], "-");
	strcpy(row->cell[SINCE], "-");
	strcpy(row->cell[LOG], "-");
	if (known && st->pid)
		snprintf(row->cell[PID], CELL, "%ld", (long)st->pid);
	if (known)
		svtable_span(row->cell[SINCE], svline_age(st, now_s));
	if (s->has_log)
		put_state(row->cell[LOG], &s->log);
	for (int c = 0; c < COLUMNS; c++)
		row->paint[c] = plain;
	if (colour)
		row->paint[STATE] = paint_of(&s->service);
	if (colour && s->has_log)
		row->paint[LOG] = paint_of(&s->log);
}

/* On the screen: a character of UTF-8 is its first byte. */
static size_t
width_of(const char *cell)
{
	size_t n = 0;

	for (; *cell; cell++)
		n += ((unsigned char)*cell & 0xc0) != 0x80;
	return n;
}

static void
blanks(struct out *out, size_t n)
{
	while (n-- > 0)
		out_str(out, " ");
}

/* Numbers stand to the right, and nothing follows the last cell. */
static void
put_cell(struct out *out, enum column c, const char *cell, const char *paint,
    size_t width)
{
	size_t taken = width_of(cell), pad = width > taken ? width - taken : 0;

	if (c == PID)
		blanks(out, pad);
	if (*paint)
		out_str(out, paint);
	out_str(out, cell);
	if (*paint)
		out_str(out, off);
	if (c == LOG)
		out_str(out, "\n");
	else
		blanks(out, c == PID ? 2 : pad + 2);
}

/* A name that is longer than others moves its own row only. */
static void
widen(size_t width[COLUMNS], const struct row *row)
{
	for (int c = 0; c < COLUMNS; c++) {
		size_t n = width_of(row->cell[c]);

		if (n > width[c] && (c != SERVICE || n <= NAME_WIDTH))
			width[c] = n;
	}
}

void
svtable_print(struct out *out, const struct svsight *s, size_t n, bool colour)
{
	const int64_t now_s = svtell_now(); /* no column grows meanwhile */
	size_t width[COLUMNS];
	struct row row;

	for (int c = 0; c < COLUMNS; c++)
		width[c] = strlen(heads[c]);
	for (size_t i = 0; i < n; i++) {
		fill(&row, &s[i], now_s, colour);
		widen(width, &row);
	}
	for (int c = 0; c < COLUMNS; c++)
		put_cell(out, (enum column)c, heads[c], colour ? bold : plain,
		    width[c]);
	for (size_t i = 0; i < n; i++) {
		fill(&row, &s[i], now_s, colour);
		for (int c = 0; c < COLUMNS; c++)
			put_cell(out, (enum column)c, row.cell[c], row.paint[c],
			    width[c]);
	}
}
