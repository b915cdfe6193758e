/* Copies of lines to a stream that must never hold up the log. */
#include "copies.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#include "scan.h"
#include "sys.h"

#ifndef PIPE_BUF
#define PIPE_BUF 512
#endif

enum { QUEUE = 64 * 1024 };

static const char cut_mark[] = "...";

int
copies_open(struct copies *c, int fd, size_t most, size_t front)
{
	size_t stage = most + front + sizeof cut_mark + 1;
	char *mem, *queue;

	if (stage < QUEUE / 4)
		stage = QUEUE / 4;
	mem = malloc(stage);
	if (!mem)
		return -ENOMEM;
	if (QUEUE + stage > c->queue.cap) {
		queue = realloc(c->queue.p, QUEUE + stage);
		if (!queue) {
			free(mem);
			return -ENOMEM;
		}
		c->queue.p = queue;
		c->queue.cap = QUEUE + stage;
	}
	free(c->stage.p);
	buf_init(&c->stage, mem, stage);
	c->staged = 0;
	c->most = most;
	c->fd = fd;
	return 0;
}

void
copies_close(struct copies *c)
{
	free(c->stage.p);
	free(c->queue.p);
	*c = (struct copies){ .fd = -1 };
}

bool
copies_stage(struct copies *c, struct view stamp, struct view prefix,
    struct view text)
{
	struct buf *b = &c->stage;
	size_t before = b->n;

	buf_put(b, stamp);
	buf_put(b, prefix);
	buf_put(b, view_first(text, c->most));
	if (text.n >= c->most)
		buf_str(b, cut_mark);
	buf_ch(b, '\n');
	if (b->over) {
		b->over = false;
		b->n = before;
		return false;
	}
	c->staged++;
	return true;
}

void
copies_forget(struct copies *c)
{
	c->stage.n = 0;
	c->staged = 0;
}

void
copies_queue(struct copies *c)
{
	if (c->staged == 0)
		return;
	if (c->sent == c->queue.n)
		c->sent = c->queue.n = 0;
	buf_put(&c->queue, buf_view(&c->stage));
	if (c->queue.over || c->fd < 0) {
		c->queue.over = false;
		c->dropped += c->staged;
	}
	copies_forget(c);
}

/* Of a long run of lines, those that one write takes as a whole; or of a long
 * line, as much. */
static size_t
part(const char *p)
{
	size_t n = scan_whole_lines(view_of(p, PIPE_BUF));

	return n ? n : PIPE_BUF;
}

/* A line of which a part is out counts, too. */
static void
drop_queue(struct copies *c)
{
	struct view rest = view_from(buf_view(&c->queue), c->sent);

	c->dropped += scan_count(rest);
	c->sent = c->queue.n = 0;
}

void
copies_send(struct copies *c)
{
	while (copies_pending(c)) {
		size_t n = c->queue.n - c->sent;
		ssize_t put;

		if (n > PIPE_BUF)
			n = part(c->queue.p + c->sent);
		put = os_write_nowait(c->fd, c->queue.p + c->sent, n);
		if (put == -EAGAIN)
			return;
		if (put == -EBADF)
			c->fd = -1;
		if (put < 0) { /* nobody there any more */
			drop_queue(c);
			return;
		}
		c->sent += (size_t)put;
	}
	c->sent = c->queue.n = 0;
}
