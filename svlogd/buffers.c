/* What all log directories share. */
#include "buffers.h"

#include <errno.h>
#include <stdlib.h>

#include "route.h"

/* Of a line's text that goes to standard output. */
enum { COPY_MOST = 16 * 1024 };

void
buffers_init(struct buffers *b)
{
	*b = (struct buffers){
		.alerts = { .fd = -1 },
		.copies = { .fd = -1 },
	};
}

static int
fit_out(struct buffers *b, size_t need)
{
	char *mem;

	if (need <= b->out.cap)
		return 0;
	mem = realloc(b->out.p, need);
	if (!mem)
		return -ENOMEM;
	buf_init(&b->out, mem, need);
	return 0;
}

static int
fit_copies(struct buffers *b, size_t line_max, size_t front)
{
	int rc;

	if (front <= b->front)
		return 0;
	rc = copies_open(&b->alerts, 2, line_max, front);
	if (rc == 0)
		rc = copies_open(&b->copies, 1, COPY_MOST, front);
	if (rc == 0)
		b->front = front;
	return rc;
}

int
buffers_fit(struct buffers *b, const struct options *options,
    const struct conf *conf)
{
	int rc = fit_out(b, route_buffer(options, conf));

	if (rc == 0 && conf->n_targets)
		rc = datagrams_open(&b->datagrams, conf->form.max);
	if (rc < 0)
		return rc;
	return fit_copies(b, (size_t)options->line_max,
	    STAMP_SIZE + conf->prefix.n);
}

void
buffers_free(struct buffers *b)
{
	copies_close(&b->alerts);
	copies_close(&b->copies);
	datagrams_close(&b->datagrams);
	free(b->out.p);
	b->out = (struct buf){ 0 };
}
