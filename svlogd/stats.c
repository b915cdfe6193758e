/* Counters that other programs can read: the file lock.stats. */
#include "stats.h"

#include <stddef.h>
#include <string.h>

#define COUNT(name)                                                            \
	{                                                                      \
#name, offsetof(struct ring_counts, name)                      \
	}

static const struct {
	const char *name;
	size_t at;
} counts[] = {
	COUNT(read_lines),
	COUNT(read_bytes),
	COUNT(written_lines),
	COUNT(written_bytes),
	COUNT(deselected_lines),
	COUNT(deselected_bytes),
	COUNT(dropped_lines),
	COUNT(dropped_bytes),
	COUNT(cut_lines),
	COUNT(masked_lines),
	COUNT(withheld_lines),
	COUNT(given_up),
	COUNT(alerts),
	COUNT(rotations),
	COUNT(processor_runs),
	COUNT(processor_failures),
	COUNT(sync_ns),
	COUNT(sync_failures),
	COUNT(compressed_files),
	COUNT(compressed_bytes_in),
	COUNT(compressed_bytes_out),
	COUNT(compressor_failures),
	COUNT(forwarded_lines),
	COUNT(forwarded_bytes),
	COUNT(datagrams),
	COUNT(datagrams_unknown),
};

static void
put(struct buf *b, const char *name, uint64_t value)
{
	buf_str(b, name);
	buf_ch(b, ' ');
	buf_u64(b, value);
	buf_ch(b, '\n');
}

/* What became of datagrams: of all, or of those to one target, which are
 * called by letters. */
static void
put_outcomes(struct buf *b, const char *whose, const uint64_t *n)
{
	char name[48];
	struct buf words;

	for (int o = 0; o < OUTCOMES; o++) {
		buf_init(&words, name, sizeof name);
		buf_str(&words, whose);
		buf_str(&words, outcome_names[o]);
		buf_ch(&words, 0);
		put(b, name, n[o]);
	}
}

void
stats_text(struct buf *b, const struct ring_counts *n,
    const struct stats_extra *extra, uint64_t serial)
{
	put(b, "begin", serial);
	put(b, "time_ns", (uint64_t)extra->now_ns);
	put(b, "current_bytes", extra->current_size);
	for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
		uint64_t value;

		memcpy(&value, (const char *)n + counts[i].at, sizeof value);
		put(b, counts[i].name, value);
	}
	put_outcomes(b, "datagrams_", n->outcome);
	for (size_t i = 0; i < extra->n_targets; i++) {
		char whose[] = "target_a_";

		whose[sizeof "target_" - 1] = (char)('a' + i);
		put_outcomes(b, whose, extra->targets[i]);
	}
	put(b, "copies_dropped", extra->copies_dropped);
	put(b, "pipe_full_ns", extra->pipe_full_ns);
	put(b, "end", serial);
	while (buf_room(b) > 1)
		buf_ch(b, ' ');
	buf_ch(b, '\n');
}
