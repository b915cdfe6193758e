/* Properties of any bytes for a status: refused, or read into what was written
 * (the same bytes come out again, and mean the same), and the line and the
 * text made of it never need more room than they are given. */
#include <stdint.h>
#include <stdlib.h>

#include "fuzz/fuzz.h"
#include "status.h"
#include "svline.h"
#include "wanted.h"

static void
check_line(const struct status *st, enum svline_normally normally, int64_t now)
{
	char *text = malloc(SVLINE_ROOM);
	struct buf b;

	require(text != NULL);
	buf_init(&b, text, SVLINE_ROOM);
	svline_state(&b, st, normally, now);
	require(!b.over && b.n > 0);
	for (size_t i = 0; i < b.n; i++)
		require(text[i] >= ' ' && text[i] <= '~');
	require(svline_age(st, now) <= INT64_MAX);
	free(text);
}

static void
check_text(const struct status *st)
{
	char *text = malloc(STATUS_TEXT);
	struct buf b;

	require(text != NULL);
	buf_init(&b, text, STATUS_TEXT);
	status_text(&b, st);
	require(!b.over && b.n > 0 && text[b.n - 1] == '\n');
	free(text);
}

/* What was read packs into the same bytes; but for the want, of which `u` and
 * what is neither `u` nor `d` mean the same. */
static void
check_again(const struct status *st, const uint8_t *data, size_t size)
{
	unsigned char record[STATUS_SIZE];
	struct status again;

	status_pack(record, st);
	for (size_t i = 0; i < size; i++)
		require(record[i] == data[i] || i == 17);
	require(record[17] == (data[17] == 'd' ? 'd' : 'u'));
	require(status_unpack(&again, record, STATUS_SIZE) == 0);
	require(again.since_ns == st->since_ns && again.pid == st->pid);
	require(again.paused == st->paused && again.want == st->want);
	require(again.got_term == st->got_term && again.state == st->state);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct status st;
	unsigned char *record = malloc(size + 1);

	require(record != NULL);
	for (size_t i = 0; i < size; i++)
		record[i] = data[i];
	if (status_unpack(&st, record, size) == 0) {
		require(size == STATUS_SIZE || size == STATUS_OLD_SIZE);
		require(st.pid >= 0 && st.since_ns >= 0);
		check_again(&st, data, size);
		check_text(&st);
		for (int n = SVLINE_UNKNOWN; n <= SVLINE_DOWN; n++) {
			check_line(&st, (enum svline_normally)n, 0);
			check_line(&st, (enum svline_normally)n, INT64_MAX);
		}
		for (int w = WANTED_NOTHING; w <= WANTED_GONE; w++)
			(void)wanted_find((enum wanted)w, &st, &st);
	}
	free(record);
	return 0;
}
