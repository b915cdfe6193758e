/* What all log directories share: where a write is laid out, the copies of
 * lines that go to standard error and standard output, and the datagrams. */
#ifndef WEIR_BUFFERS_H
#define WEIR_BUFFERS_H

#include "buf.h"
#include "conf.h"
#include "copies.h"
#include "datagrams.h"
#include "options.h"

struct buffers {
	struct buf out;
	struct copies alerts, copies;
	struct datagrams datagrams;
	size_t front; /* bytes of stamp and prefix that copies have room for */
	bool told_slow; /* that expressions are interpreted */
};

void buffers_init(struct buffers *b);

/* Room for what such a config lays out, too: 0, or -ENOMEM and all is as good
 * as before. To be called before a route uses the config. */
int buffers_fit(struct buffers *b, const struct options *options,
    const struct conf *conf);

void buffers_free(struct buffers *b);

#endif
