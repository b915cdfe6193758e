/* What a service is doing: the record in supervise/status and the words in
 * supervise/stat. */
#include "status.h"

#include <errno.h>

#include "loop.h"
#include "tai.h"
#include "wire.h"

enum {
	AT_SECONDS = 0,
	AT_NS = 8,
	AT_PID = 12,
	AT_PAUSED = 16,
	AT_WANT = 17,
	AT_TERM = 18,
	AT_STATE = 19,
};

static const char *const names[] = {
	[STATUS_DOWN] = "down",
	[STATUS_RUN] = "run",
	[STATUS_FINISH] = "finish",
};

const char *
status_name(enum status_state state)
{
	return names[state];
}

void
status_pack(unsigned char record[STATUS_SIZE], const struct status *st)
{
	int64_t ns = st->since_ns > 0 ? st->since_ns : 0;

	wire_put_big(record + AT_SECONDS, 8,
	    TAI_EPOCH + (uint64_t)(ns / LOOP_S));
	wire_put_big(record + AT_NS, 4, (uint64_t)(ns % LOOP_S));
	/* It alone has the lowest byte first. */
	wire_put_little(record + AT_PID, 4, (uint64_t)st->pid);
	record[AT_PAUSED] = st->paused;
	record[AT_WANT] = st->want == WANT_UP ? 'u' : 'd';
	record[AT_TERM] = st->got_term;
	record[AT_STATE] = (unsigned char)st->state;
}

static int
unpack_time(struct status *st, const unsigned char *record)
{
	uint64_t s = wire_get_big(record + AT_SECONDS, 8);
	uint64_t ns = wire_get_big(record + AT_NS, 4);

	if (s < TAI_EPOCH || ns >= (uint64_t)LOOP_S ||
	    s - TAI_EPOCH >= (uint64_t)(INT64_MAX / LOOP_S))
		return -EINVAL;
	st->since_ns = (int64_t)(s - TAI_EPOCH) * LOOP_S + (int64_t)ns;
	return 0;
}

int
status_unpack(struct status *st, const unsigned char *record, size_t n)
{
	uint64_t pid;

	if (n != STATUS_SIZE && n != STATUS_OLD_SIZE)
		return -EINVAL;
	*st = (struct status){ 0 };
	if (unpack_time(st, record) < 0)
		return -EINVAL;
	pid = wire_get_little(record + AT_PID, 4);
	if (pid > INT32_MAX || record[AT_PAUSED] > 1)
		return -EINVAL;
	st->pid = (pid_t)pid;
	st->paused = record[AT_PAUSED];
	/* daemontools writes 0 for a service told nothing yet. */
	st->want = record[AT_WANT] == 'd' ? WANT_DOWN : WANT_UP;
	if (n == STATUS_OLD_SIZE) {
		st->state = pid ? STATUS_RUN : STATUS_DOWN;
		return 0;
	}
	if (record[AT_TERM] > 1 || record[AT_STATE] > STATUS_FINISH)
		return -EINVAL;
	st->got_term = record[AT_TERM];
	st->state = (enum status_state)record[AT_STATE];
	return 0;
}

void
status_text(struct buf *b, const struct status *st)
{
	buf_str(b, status_name(st->state));
	if (st->paused)
		buf_str(b, ", paused");
	if (st->got_term)
		buf_str(b, ", got TERM");
	if (st->state != STATUS_DOWN && st->want == WANT_DOWN)
		buf_str(b, ", want down");
	if (st->state != STATUS_DOWN && st->want == WANT_EXIT)
		buf_str(b, ", want exit");
	buf_ch(b, '\n');
}
