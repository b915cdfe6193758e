/* Copies of lines to a stream that must never hold up the log: standard error
 * (alerts) and standard output.
 *
 * Lines are staged while a batch is laid out, and queued once the record says
 * that the batch is written: each goes out at most once. The queue is sent as
 * the other end takes it, at most PIPE_BUF at a time; what does not fit in it
 * is dropped and counted. */
#ifndef WEIR_COPIES_H
#define WEIR_COPIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "view.h"

struct copies {
	int fd;      /* -1: gone */
	size_t most; /* of a line's text; longer ones end in "..." */
	struct buf stage;
	uint64_t staged;  /* lines in stage */
	struct buf queue; /* whole lines, from `sent` on */
	size_t sent;
	uint64_t dropped; /* lines */
};

/* Memory for lines of up to `most` bytes of text behind `front` bytes of
 * stamp and prefix: 0 or -ENOMEM. May be called again, at reload. */
int copies_open(struct copies *c, int fd, size_t most, size_t front);
void copies_close(struct copies *c);

/* Stages a line, cut at `most`: false where there is no room now. */
bool copies_stage(struct copies *c, struct view stamp, struct view prefix,
    struct view text);

/* Whether a line of that text behind `front` bytes has room now. */
static inline bool
copies_fits(const struct copies *c, size_t front, struct view text)
{
	return buf_room(&c->stage) >=
	       front + view_first(text, c->most).n + sizeof "...";
}

/* Forgets what is staged; or makes it part of the queue. */
void copies_forget(struct copies *c);
void copies_queue(struct copies *c);

static inline bool
copies_pending(const struct copies *c)
{
	return c->fd >= 0 && c->queue.n > c->sent;
}

/* Sends what the other end takes without waiting: see os_write_nowait(). */
void copies_send(struct copies *c);

#endif
